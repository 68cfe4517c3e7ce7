"""What every mail of the site carries in its head."""

from __future__ import annotations

import uuid
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.encoding import punycode

from streamsite.tasks.lease import current_lease


def domain() -> str:
    """Return the site's host in ASCII, for message ids and for greeting mail servers."""
    host = urlsplit(settings.SITE_URL).hostname or "localhost"
    return "localhost" if ":" in host else punycode(host)


def headers() -> dict[str, str]:
    """Return the headers of any mail. The message id is the same at every try of a job, so that copies are known.

    ``Auto-Submitted`` keeps absence notes from answering (RFC 3834); ``Precedence`` is no standard and left out.
    """
    name = current_lease().job_id or uuid.uuid4().hex
    return {"Message-ID": f"<{name}@{domain()}>", "Auto-Submitted": "auto-generated"}
