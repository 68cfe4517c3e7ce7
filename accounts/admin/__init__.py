"""Accounts and groups in Django admin."""

from accounts.admin import accounts, groups

__all__ = ["accounts", "groups"]
