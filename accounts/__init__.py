"""Accounts: sign-in, sessions, credentials, profiles, and channels seen from outside."""
