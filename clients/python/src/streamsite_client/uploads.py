"""Resumable uploads by tus 1.0: in chunks with checksums, continued after whatever broke them off."""

from __future__ import annotations

import base64
import hashlib
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field

from streamsite_client.core import Core, path_of
from streamsite_client.errors import (
    ApiError,
    FileChanged,
    NetworkError,
    NotFound,
    NotStreamsite,
    UploadInterrupted,
)
from streamsite_client.memory import Begun, UploadMemory
from streamsite_client.models import Visibility
from streamsite_client.sources import Source, Uploadable, opened
from streamsite_client.steps import Answer, Flow, Request, Sleep, Work

TUS = {"Tus-Resumable": "1.0.0"}
CHUNK_TYPE = {"Content-Type": "application/offset+octet-stream"}
CHUNK_BYTES = 8 * 1024 * 1024
# At another offset, damaged on the way, or the site is busy: what has arrived says how to go on.
RECOVERABLE_STATUSES = {409, 423, 460, 500, 502, 503, 504}
MAX_FAILURES = 8
MAX_PAUSE_SECONDS = 20.0

OnProgress = Callable[[int, int], None]


@dataclass(frozen=True)
class Uploaded:
    """A file that has arrived whole; the site processes it as the video ``video_id``."""

    video_id: str
    size: int


@dataclass
class _Transfer:
    """An upload in progress."""

    core: Core
    source: Source
    path: str
    offset: int = 0
    video_id: str = ""
    failures: int = 0
    chunk_bytes: int = CHUNK_BYTES
    on_progress: OnProgress | None = field(default=None, repr=False)

    def reach(self, offset: int) -> None:
        """Note that the site has ``offset`` bytes, and tell so."""
        if offset > self.offset:
            self.failures = 0
        self.offset = offset
        if self.on_progress:
            self.on_progress(offset, self.source.size)


def upload(
    core: Core,
    /,
    source: Uploadable,
    *,
    title: str | None = None,
    description: str | None = None,
    visibility: Visibility = "private",
    category: str | None = None,
    language: str | None = None,
    license: str | None = None,  # noqa: A002 - the API's name
    originally_published_on: str | None = None,
    on_progress: OnProgress | None = None,
    memory: UploadMemory | None = None,
    chunk_bytes: int = CHUNK_BYTES,
) -> Flow[Uploaded]:
    """Upload a file as a new video; return its id once all bytes have arrived.

    ``on_progress`` is called with the numbers of bytes that have arrived and of all. With a ``memory``, the same call
    continues an upload that another process has begun. Raises ``UploadInterrupted`` when the site cannot be reached for
    long, ``FileChanged``, ``ApiError``.
    """
    opened_source: Source = yield Work(lambda: opened(source))
    if opened_source.size == 0:
        raise ValueError(f"{opened_source.name} is empty.")
    metadata = {
        "filename": opened_source.name,
        "title": title,
        "description": description,
        "visibility": visibility,
        "category": category,
        "language": language,
        "license": license,
        "originally_published_on": originally_published_on,
    }
    header = ",".join(f"{name} {_base64(value.encode())}" for name, value in metadata.items() if value)
    fingerprint = f"{core.site}:{opened_source.fingerprint}" if memory and opened_source.fingerprint else ""
    begun: Begun | None = None
    if memory and fingerprint:
        begun = yield Work(lambda: memory.get(fingerprint))
    transfer = yield from _begin(core, opened_source, header, begun, memory, fingerprint)
    transfer.chunk_bytes, transfer.on_progress = chunk_bytes, on_progress
    transfer.reach(transfer.offset)
    while transfer.offset < opened_source.size:
        yield from _send_chunk(transfer)
    if memory and fingerprint:
        yield Work(lambda: memory.forget(fingerprint))
    return Uploaded(transfer.video_id, opened_source.size)


def _begin(
    core: Core,
    source: Source,
    metadata: str,
    begun: Begun | None,
    memory: UploadMemory | None,
    fingerprint: str,
) -> Flow[_Transfer]:
    """Return the upload that has begun, if the site still has it, or a new one."""
    if begun and begun["path"]:
        transfer = _Transfer(core, source, core.own_path(begun["path"]))
        try:
            yield from _ask_offset(transfer)
        except NotFound:
            begun = None  # expired or deleted
        else:
            return transfer
    # Remembered before it is sent: a creation whose answer is lost is then repeated, not made again.
    key = begun["key"] if begun else str(uuid.uuid4())
    yield from _remember(memory, fingerprint, {"key": key, "path": ""})
    try:
        answer = yield from _create(core, source, metadata, key)
    except ApiError as error:
        if error.code != "idempotency_mismatch":
            raise
        answer = yield from _create(core, source, metadata, key := str(uuid.uuid4()))
    transfer = _Transfer(core, source, core.own_path(answer.headers.get("location", "")))
    transfer.video_id = answer.headers.get("x-video-id", "")
    transfer.offset = _offset_of(answer) if "upload-offset" in answer.headers else 0
    yield from _remember(memory, fingerprint, {"key": key, "path": transfer.path})
    return transfer


def _create(core: Core, source: Source, metadata: str, key: str) -> Flow[Answer]:
    headers = TUS | {"Upload-Length": str(source.size), "Upload-Metadata": metadata}
    answer = yield from core.exchange(Request("POST", "uploads", headers=headers, key=key, content=b""))
    return answer


def _remember(memory: UploadMemory | None, fingerprint: str, begun: Begun) -> Flow[None]:
    if memory and fingerprint:
        yield Work(lambda: memory.put(fingerprint, begun))


def _send_chunk(transfer: _Transfer) -> Flow[None]:
    """Send the next bytes; on trouble wait, and ask how far the upload is."""
    length = min(transfer.chunk_bytes, transfer.source.size - transfer.offset)
    chunk: bytes = yield Work(lambda: transfer.source.read(transfer.offset, length))
    if len(chunk) != length:
        raise FileChanged(f"{transfer.source.name} changed while it was uploaded.")
    digest = hashlib.sha256(chunk).digest()
    headers = {"Upload-Offset": str(transfer.offset), "Upload-Checksum": f"sha256 {_base64(digest)}"}
    request = Request("PATCH", transfer.path, headers=TUS | CHUNK_TYPE | headers, content=chunk)
    try:
        answer = yield from transfer.core.exchange(request)
    except (NetworkError, ApiError) as error:
        yield from _recover(transfer, error)
    else:
        transfer.reach(_offset_of(answer))


def _recover(transfer: _Transfer, error: NetworkError | ApiError) -> Flow[None]:
    """Wait and ask how far the upload is. Raises ``error`` when nothing helps, ``UploadInterrupted`` in the end."""
    if isinstance(error, ApiError) and error.status not in RECOVERABLE_STATUSES:
        raise error
    transfer.failures += 1
    if transfer.failures > MAX_FAILURES:
        raise UploadInterrupted(f"{transfer.source.name}: {error}") from error
    yield Sleep(min(MAX_PAUSE_SECONDS, 0.25 * 2**transfer.failures))
    try:
        yield from _ask_offset(transfer)
    except NetworkError as again:
        raise UploadInterrupted(f"{transfer.source.name}: {again}") from again


def _ask_offset(transfer: _Transfer) -> Flow[None]:
    answer = yield from transfer.core.exchange(Request("HEAD", transfer.path, headers=TUS))
    length = answer.headers.get("upload-length")
    if length is not None and length != str(transfer.source.size):
        raise FileChanged(f"{transfer.source.name} is not the file that was being uploaded.")
    transfer.video_id = answer.headers.get("x-video-id", transfer.video_id)
    transfer.reach(_offset_of(answer))


def _offset_of(answer: Answer) -> int:
    try:
        return int(answer.headers["upload-offset"])
    except (KeyError, ValueError):
        raise NotStreamsite("The answer does not say how much has arrived.") from None


def cancel(core: Core, /, upload_id: str) -> Flow[None]:
    """Cancel an unfinished upload and delete its draft."""
    yield from core.exchange(Request("DELETE", path_of("uploads", upload_id), headers=TUS))


def _base64(content: bytes) -> str:
    return base64.b64encode(content).decode()
