"""Headers that every mail of the site carries."""

from __future__ import annotations

import uuid
from email.utils import formataddr, parseaddr
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.utils.encoding import punycode

from streamsite.site_settings.identity import site_name
from streamsite.tasks.lease import current_lease

# RFC 5322's longest line.
MAX_LINE = 998


class SiteMessage(EmailMultiAlternatives):
    """A message whose addresses in headers stay on the line of their name.

    Python breaks a line over 78 characters behind the colon, which some programs take for an empty header.
    """

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **{"from_email": sender()} | options)

    def message(self, **options: Any) -> Any:
        """Return the message as Django builds it, its headers not folded."""
        built: Any = super().message(**options)
        built.policy = built.policy.clone(max_line_length=MAX_LINE)
        return built


def sender() -> str:
    """Return ``DEFAULT_FROM_EMAIL``, with the site's present name in place of the one in the settings."""
    name, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    if name != settings.SITE_NAME or name == site_name():
        return settings.DEFAULT_FROM_EMAIL
    return formataddr((site_name(), address))


def message_domain() -> str:
    """Return the site's host in ASCII, for message ids and for greeting mail servers."""
    host = urlsplit(settings.SITE_URL).hostname or "localhost"
    return "localhost" if ":" in host else punycode(host)


def message_headers() -> dict[str, str]:
    """Return the headers of any mail. The message id is the same at every try of a job, so that copies are known.

    ``Auto-Submitted`` keeps absence notes from answering (RFC 3834); ``Precedence`` is no standard and left out.
    """
    name = current_lease().job_id or uuid.uuid4().hex
    return {"Message-ID": f"<{name}@{message_domain()}>", "Auto-Submitted": "auto-generated"}
