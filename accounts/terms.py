"""The acceptance of the site's rules and terms on signing up."""

from __future__ import annotations

from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from accounts.models import User
from streamsite.errors import Invalid
from streamsite.site_settings import pages


class TermsNotAccepted(Invalid):
    """The site has rules or terms, and the person did not accept them."""

    code = "terms_not_accepted"


def acceptance_label() -> SafeString | str:
    """Return the label of the checkbox, with links to what is accepted; "" when there is nothing to accept."""
    shown = [
        format_html('<a href="{}" target="_blank" rel="noopener">{}</a>', link.url, link.title)
        for link in pages.links(*pages.ACCEPTED)
    ]
    if len(shown) == 1:
        return format_html(_("I accept the {page}."), page=shown[0])
    return (
        format_html(_("I accept the {rules} and the {terms}."), rules=shown[0], terms=shown[1])
        if shown
        else ""
    )


def accept(user: User, *, accepted: bool) -> None:
    """Note on a new account what its owner accepted. Raises ``TermsNotAccepted`` where that is missing."""
    version = pages.acceptance_version()
    if not version:
        return
    if not accepted:
        names = " · ".join(link.title for link in pages.links(*pages.ACCEPTED))
        sentence = _("Accept the site's rules and terms to sign up: %(pages)s") % {"pages": names}
        raise TermsNotAccepted(sentence, fields={"accept_terms": [sentence]})
    user.terms_version, user.terms_accepted_at = version, timezone.now()
