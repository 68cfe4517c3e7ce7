"""``upload`` and ``download``."""

from __future__ import annotations

import unicodedata
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from streamsite_client.cli import progress
from streamsite_client.cli.exit_codes import FAILED, OK, UsageError, code_of, sentence_of
from streamsite_client.cli.session import Session
from streamsite_client.client import Client
from streamsite_client.errors import Conflict, SignInRequired, StreamsiteError, Unauthorized
from streamsite_client.memory import UploadMemory
from streamsite_client.uploads import Uploaded

MAX_NAME = 150
RESERVED = set('<>:"/\\|?*')


@dataclass
class Outcome:
    """The result of one file's transfer."""

    file: str
    video_id: str | None = None
    url: str | None = None
    status: str = "failed"
    error: str | None = None


def upload(session: Session) -> int:
    """Upload files one after the other; a file that fails does not keep the others back."""
    args = session.args
    if args.title and len(args.files) > 1:
        raise UsageError("--title is for one file.")
    playlist = find_playlist(session, args.playlist) if args.playlist else None
    outcomes, worst = [], OK
    for name in args.files:
        outcome = Outcome(name)
        try:
            _upload_one(session, Path(name), playlist, outcome)
        except (SignInRequired, Unauthorized):
            raise
        except (StreamsiteError, OSError, ValueError) as error:
            outcome.error = sentence_of(error)
            session.output.warn(f"{name}: {outcome.error}")
            worst = max(worst, code_of(error)) if worst in {OK, code_of(error)} else FAILED
        outcomes.append(outcome)
    session.output.table([asdict(row) for row in outcomes], [_row(row) for row in outcomes])
    return worst


def _row(outcome: Outcome) -> list[str]:
    return [outcome.video_id or "-", outcome.status, outcome.url or "-", outcome.file]


def _upload_one(session: Session, path: Path, playlist: str | None, outcome: Outcome) -> None:
    client, args = session.client, session.args
    uploaded = send_file(
        session,
        path,
        memory=session.memory,
        title=args.title,
        description=args.description,
        visibility=args.visibility,
    )
    outcome.video_id = uploaded.video_id
    outcome.url = f"{session.site}/watch/{uploaded.video_id}"
    outcome.status = "uploaded"
    if args.tag:
        client.videos.update(uploaded.video_id, tags=args.tag)
    if playlist:
        add_to_playlist(client, playlist, uploaded.video_id)
    if args.wait:
        wait_for(session, uploaded.video_id, path.name)
        outcome.status = "ready"


def send_file(
    session: Session,
    path: Path,
    *,
    memory: UploadMemory,
    title: str | None,
    description: str | None,
    visibility: str,
    **fields: Any,
) -> Uploaded:
    """Upload one file with a bar; continue it if it was broken off before."""
    with progress.bar(path.name, is_shown=session.shows_bars) as show:
        uploaded: Uploaded = session.client.videos.upload(
            path,
            title=title,
            description=description,
            visibility=visibility,  # type: ignore[arg-type]
            on_progress=show,
            memory=memory,
            **fields,
        )
    session.output.note(f"{path.name}: uploaded as {uploaded.video_id}")
    return uploaded


def wait_for(session: Session, video_id: str, name: str) -> None:
    """Wait until a video is processed. Raises ``ProcessingFailed``."""
    with progress.bar(f"Processing {name}", is_shown=session.shows_bars, is_bytes=False) as show:
        session.client.videos.wait(video_id, on_progress=lambda part: show(round(part * 100), 100))


def find_playlist(session: Session, wanted: str) -> str:
    """Return the id of the caller's playlist with this id or title; one that is missing is created."""
    rows = list(session.client.playlists.mine())
    if any(row["id"] == wanted for row in rows):
        return wanted
    found = [row["id"] for row in rows if row["title"] == wanted]
    if len(found) > 1:
        raise UsageError(f"{len(found)} playlists are called {wanted!r}. Name one by its id.")
    if found:
        return found[0]
    playlist = session.client.playlists.create(wanted)
    session.output.note(f"Created the private playlist {wanted!r}: {playlist['id']}")
    return playlist["id"]


def add_to_playlist(client: Client, playlist_id: str, video_id: str) -> None:
    """Add a video; one that is there already stays."""
    try:
        client.playlists.add(playlist_id, video_id)
    except Conflict as error:
        if error.code != "already_in_playlist":
            raise


def download(session: Session) -> int:
    """Download a video to a file, continuing what was broken off."""
    args = session.args
    video = session.client.videos.get(args.video)
    target = Path(args.output) if args.output else Path(file_name(video["title"], video["id"]))
    if target.is_dir():
        target /= file_name(video["title"], video["id"])
    if target.exists() and not args.force:
        raise UsageError(f"{target} exists. Use --force to replace it.")
    with progress.bar(target.name, is_shown=session.shows_bars) as show:
        path = session.client.videos.download(video["id"], target, on_progress=show)
    session.output.result(
        {"video_id": video["id"], "file": str(path), "size": path.stat().st_size}, str(path)
    )
    return OK


def file_name(title: str, video_id: str) -> str:
    """Return a name that is a file in the working folder on every system, whatever the title is."""
    kept = "".join(
        "_" if c in RESERVED or unicodedata.category(c).startswith("C") else c for c in title
    ).strip(". ")
    # Names of files have a limit in bytes.
    short = kept.encode()[:MAX_NAME].decode(errors="ignore").strip(". ")
    return f"{short or 'video'} [{video_id}].mp4"
