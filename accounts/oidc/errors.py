"""The errors of a sign-in by an identity provider."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from streamsite.errors import SiteError


class OidcFailed(SiteError):
    """Provider, browser, or an attacker did not do what the protocol asks. The log has the reason, the page has not."""

    code = "oidc_failed"
    detail = _("Signing in didn't work. Try again.")

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__()


class OidcDenied(SiteError):
    """The person, or the provider's rules, refused."""

    status, code = 403, "oidc_denied"
    detail = _("The sign-in was canceled or refused.")
