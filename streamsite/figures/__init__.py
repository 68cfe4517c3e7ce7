"""Figures of the whole site that cost too much for a request: tasks compute and store them, the admin reads them."""
