"""Accounts and groups in Django admin, and links to the pages about registration."""

from django.utils.translation import gettext_lazy as _

from accounts.admin import accounts, groups
from accounts.oidc import providers
from accounts.registration import queue
from streamsite.admin_site import PEOPLE, Link, register_link

__all__ = ["accounts", "groups"]

register_link(Link("registration-queue", _("Sign-up requests"), PEOPLE, queue.PERMISSION, rank=5))
register_link(Link("registration-invitations", _("Invitations"), PEOPLE, queue.PERMISSION, rank=6))
register_link(Link("identity-providers", _("Identity providers"), PEOPLE, providers.PERMISSION, rank=7))
