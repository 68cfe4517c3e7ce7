"""The headers of tus 1.0, read strictly. Pure: strings in, values out, ``SiteError`` for what is not right."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Collection
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.utils.translation import gettext, gettext_lazy

from streamsite.errors import Invalid, SiteError

VERSION = "1.0.0"
EXTENSIONS = (
    "creation,creation-defer-length,creation-with-upload,termination,expiration,checksum,concatenation"
)
CONTENT_TYPE = "application/offset+octet-stream"
ALGORITHMS = ("sha1", "sha256", "sha512", "md5")
MAX_METADATA_LENGTH = 16 * 1024
MAX_NUMBER_DIGITS = 18
MAX_PARTIAL_UPLOADS = 500
PARTIAL = "partial"
UPLOAD_PATH = re.compile(r"\A/api/v1/uploads/([A-Za-z0-9_-]{1,32})/?\Z")


class WrongVersion(SiteError):
    """The request does not say ``Tus-Resumable: 1.0.0``."""

    status, code = 412, "precondition_failed"
    detail = gettext_lazy("Send the header Tus-Resumable: 1.0.0.")

    @property
    def headers(self) -> dict[str, str]:
        """The supported versions."""
        return {"Tus-Version": VERSION}


class ChecksumMismatch(SiteError):
    """The bytes are not those the checksum was made of; none of them is kept."""

    status, code = 460, "checksum_mismatch"
    detail = gettext_lazy("The checksum doesn't match the received bytes. Send this part again.")


@dataclass(frozen=True)
class Checksum:
    """``Upload-Checksum``: the name of a hash and its value for the bytes of one request."""

    algorithm: str
    digest: bytes

    def matches(self, hasher: hashlib._Hash) -> bool:
        """Return whether the digest of ``hasher``, fed with the bytes, is equal."""
        return hasher.digest() == self.digest


@dataclass(frozen=True)
class Concat:
    """``Upload-Concat``: a partial upload (no ids), or a final one made of the uploads ``ids``, in this order."""

    ids: tuple[str, ...] = ()

    @property
    def is_final(self) -> bool:
        """True when it joins partial uploads."""
        return bool(self.ids)


def require_version(header: str | None) -> None:
    """Raise ``WrongVersion`` unless the client speaks this version."""
    if header != VERSION:
        raise WrongVersion


def parse_number(name: str, header: str | None) -> int:
    """Parse a header that is a number of bytes. Raises ``Invalid``."""
    text = (header or "").strip()
    if not text:
        raise Invalid(gettext("Send the header %(name)s.") % {"name": name})
    if not (text.isascii() and text.isdigit() and len(text) <= MAX_NUMBER_DIGITS):
        raise Invalid(gettext("%(name)s must be a whole number of bytes.") % {"name": name})
    return int(text)


def parse_metadata(header: str | None) -> dict[str, str]:
    """Parse ``Upload-Metadata``: comma-separated pairs of a key and, after a space, its value in Base64."""
    if not header or not header.strip():
        return {}
    if len(header) > MAX_METADATA_LENGTH:
        raise Invalid(gettext("Upload-Metadata is too long."))
    pairs: dict[str, str] = {}
    for part in header.split(","):
        key, _, encoded = part.strip().partition(" ")
        if not key or not key.isascii() or key in pairs:
            raise Invalid(gettext("Upload-Metadata must be pairs of different keys and Base64 values."))
        try:
            pairs[key] = base64.b64decode(encoded.strip(), validate=True).decode("utf-8")
        except (binascii.Error, ValueError):
            raise Invalid(
                gettext("The value of %(key)s in Upload-Metadata isn't UTF-8 text in Base64.")
                % {"key": repr(key)}
            ) from None
    return pairs


def parse_length(length: str | None, deferred: str | None) -> int | None:
    """Return ``Upload-Length``, or ``None`` with ``Upload-Defer-Length: 1``; exactly one of both has to be there."""
    if deferred is None:
        return parse_number("Upload-Length", length)
    if deferred.strip() != "1":
        raise Invalid(gettext("Upload-Defer-Length must be 1."))
    if length is not None:
        raise Invalid(gettext("Send either Upload-Length or Upload-Defer-Length."))
    return None


def parse_concat(header: str | None, hosts: Collection[str]) -> Concat | None:
    """Parse ``Upload-Concat``; ``None`` without the header.

    A final upload names partial ones by their URLs, with or without scheme and host; a host must be one of ``hosts``.
    Raises ``Invalid``.
    """
    if header is None:
        return None
    if header.strip() == PARTIAL:
        return Concat()
    word, _, urls = header.strip().partition(";")
    if word.strip() != "final" or not urls.split():
        raise Invalid(
            gettext('Upload-Concat must be "partial", or "final;" followed by the URLs of partial uploads.')
        )
    ids = tuple(_id_of(url, hosts) for url in urls.split())
    if len(ids) > MAX_PARTIAL_UPLOADS:
        raise Invalid(
            gettext("A final upload can have up to %(limit)d partial uploads.")
            % {"limit": MAX_PARTIAL_UPLOADS}
        )
    if len(set(ids)) < len(ids):
        raise Invalid(gettext("Upload-Concat lists a partial upload twice."))
    return Concat(ids)


def _id_of(url: str, hosts: Collection[str]) -> str:
    try:
        parts = urlsplit(url)
    except ValueError:
        parts = urlsplit("")
    match = UPLOAD_PATH.match(parts.path)
    if match is None or parts.query or (parts.netloc and parts.netloc not in hosts):
        raise Invalid(gettext("Upload-Concat has a URL that isn't one of this server's uploads."))
    return match[1]


def parse_checksum(header: str | None) -> Checksum | None:
    """Parse ``Upload-Checksum``: an algorithm and a Base64 digest; ``None`` without the header. Raises ``Invalid``."""
    if header is None:
        return None
    algorithm, _, encoded = header.strip().partition(" ")
    if algorithm not in ALGORITHMS:
        raise Invalid(gettext("Supported checksums: %(names)s.") % {"names": ", ".join(ALGORITHMS)})
    try:
        digest = base64.b64decode(encoded.strip(), validate=True)
    except (binascii.Error, ValueError):
        raise Invalid(gettext("The checksum isn't Base64.")) from None
    if len(digest) != hashlib.new(algorithm, usedforsecurity=False).digest_size:
        raise Invalid(gettext("The checksum has the wrong length."))
    return Checksum(algorithm, digest)
