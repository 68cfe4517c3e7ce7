"""Pages: the queue of new accounts, invitations, and the set-up of a new site."""
