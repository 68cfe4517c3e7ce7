"""Notifications on the site and, if wanted, by email."""
