"""API responses: imports by address."""

from __future__ import annotations

from typing import Annotated, Literal, TypedDict

from streamsite.api.json_types import Timestamp


class AddressImportFailureDict(TypedDict):
    """Why an import failed."""

    code: Annotated[
        str,
        "`url_refused`, `not_found`, `denied`, `unreachable`, `not_media`, `too_large`, `no_space`, `not_allowed`, "
        "`live_stream`, `encrypted`, `unsupported_stream`, `deleted`, or `internal`.",
    ]
    detail: Annotated[str, "The reason as a sentence, in the caller's language."]


class AddressImportDict(TypedDict):
    """A video that the site fetches from an address."""

    id: Annotated[str, "The import's id."]
    url: Annotated[str, "The address, as it was given."]
    status: Annotated[
        Literal["queued", "running", "ready", "failed"],
        "`ready` when the whole file is there; the video's own `status` says how far its processing is.",
    ]
    progress: Annotated[float, "From 0 to 1; 0 while the size of the file is not known."]
    received_bytes: Annotated[int, "The bytes that have come."]
    total_bytes: Annotated[int | None, "The size of the file, null while it is not known."]
    video_id: Annotated[str | None, "The id of the video, null for a failed import."]
    playlist_id: Annotated[str | None, "The playlist that the video is added to."]
    failure: Annotated[AddressImportFailureDict | None, "Why it failed."]
    created_at: Annotated[Timestamp, "When the import was asked for."]
    finished_at: Annotated[Timestamp | None, "When it ended."]
