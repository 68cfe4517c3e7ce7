"""``ls``."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice

from streamsite_client.cli.exit_codes import OK
from streamsite_client.cli.session import Session
from streamsite_client.models import Card, Playlist


def ls(session: Session) -> int:
    """List the caller's videos, or their playlists, or the videos of a playlist or a channel."""
    args, client = session.args, session.client
    if args.playlists:
        _show_playlists(session, client.playlists.mine())
    elif args.playlist:
        _show_videos(session, (item["video"] for item in client.playlists.items(args.playlist)))
    elif args.channel:
        _show_videos(session, client.channels.videos(args.channel.removeprefix("@")))
    else:
        _show_videos(session, client.videos.mine(args.query, status=args.status))
    return OK


def _show_videos(session: Session, rows: Iterable[Card]) -> None:
    found = list(islice(rows, session.args.limit))
    session.output.table(
        found,
        [
            [row["id"], row["status"], row["visibility"], clock(row["duration"]), row["title"]]
            for row in found
        ],
    )


def _show_playlists(session: Session, rows: Iterable[Playlist]) -> None:
    found = list(islice(rows, session.args.limit))
    session.output.table(
        found, [[row["id"], row["visibility"], row["item_count"], row["title"]] for row in found]
    )


def clock(seconds: float) -> str:
    """Return a duration as people read it."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
