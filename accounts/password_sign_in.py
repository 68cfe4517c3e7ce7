"""The switch that leaves sign-in to identity providers alone (``PASSWORD_SIGN_IN=0``).

The provider then decides alone who comes in. An operator gets back in by starting the site with ``PASSWORD_SIGN_IN=1``.
"""

from __future__ import annotations

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from streamsite.errors import Forbidden


class PasswordSignInClosed(Forbidden):
    """People sign in by an identity provider only. The same for everyone, whatever was typed."""

    code = "password_sign_in_closed"
    detail = _("Sign in with your organization's account.")


def is_open() -> bool:
    """Return whether passwords and passkeys sign in."""
    return bool(settings.PASSWORD_SIGN_IN)


def require_open() -> None:
    """Raise ``PasswordSignInClosed`` unless passwords and passkeys sign in."""
    if not is_open():
        raise PasswordSignInClosed
