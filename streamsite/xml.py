"""XML documents for other programs. Text goes in as people typed it and comes out inert.

Names carry their prefix (``media:title``); the root declares what the prefixes mean.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from datetime import datetime
from xml.etree.ElementTree import Element, SubElement, tostring

from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response
from django.utils.http import http_date, quote_etag

from streamsite.cache_headers import REVALIDATED

# What XML 1.0 cannot hold, escaped or not: one such character makes the whole document unreadable.
FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def root(name: str, namespaces: Mapping[str, str], **attributes: str) -> Element:
    """Return the root of a document. ``namespaces`` are by prefix, "" is the one of names without any."""
    declared = {f"xmlns:{prefix}" if prefix else "xmlns": uri for prefix, uri in namespaces.items()}
    return Element(name, declared | attributes)


def add(parent: Element, name: str, text: object = "", /, **attributes: object) -> Element:
    """Return a child of ``parent``; an attribute of ``None`` is left out."""
    given = {key: clean(str(value)) for key, value in attributes.items() if value is not None}
    child = SubElement(parent, name, given)
    child.text = clean(str(text)) or None
    return child


def clean(text: str) -> str:
    """Return ``text`` without the characters that XML forbids."""
    return FORBIDDEN.sub("", text)


def document(element: Element) -> bytes:
    """Return the whole document in UTF-8."""
    written: bytes = tostring(element, encoding="utf-8", xml_declaration=True)
    return written


def respond(
    request: HttpRequest, content: bytes, content_type: str, modified: datetime | None = None
) -> HttpResponse:
    """Return ``content``, or 304 to clients that have it: by its bytes, for those without an ETag by ``modified``."""
    etag = quote_etag(hashlib.blake2b(content, digest_size=12).hexdigest())
    headers = {"ETag": etag, "Cache-Control": REVALIDATED.value}
    seconds = int(modified.timestamp()) if modified else None
    if seconds is not None:
        headers["Last-Modified"] = http_date(seconds)
    answer = HttpResponse(content, content_type=f"{content_type}; charset=utf-8", headers=headers)
    conditional = get_conditional_response(request, etag=etag, last_modified=seconds, response=answer)
    if not isinstance(conditional, HttpResponse):
        return answer
    return REVALIDATED.set_default_on(conditional)
