"""The document's introduction: the site, its tags, and how to authenticate."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from streamsite import __version__, origin
from streamsite.site_settings.identity import site_name

API_VERSION = "1.0.0"
LICENSE = {"name": "AGPL-3.0-or-later", "url": "https://www.gnu.org/licenses/agpl-3.0.html"}
DESCRIPTION = """\
Videos, channels, playlists and subscriptions of a self-hosted video site, by Streamsite {version}.

* Bodies are JSON objects in UTF-8, times ISO 8601 in UTC, durations seconds, sizes bytes, ids opaque.
* Lists have pages: follow `next` until it is null. A cursor works only on the list and filters that it came from.
* Errors have `code`, `detail`, `request_id` and, about fields, `fields`. What you may not see answers 404, as what does
  not exist does.
* Any answer can also be 405 `method_not_allowed`, or 500 `internal_error` when something is wrong with the site.
* `POST` that creates honors `Idempotency-Key`: after a 5xx, or without an answer, send it again.
"""
TAGS = {
    "auth": "Accounts, signing in, sessions, tokens, and two-factor authentication.",
    "me": "The caller's own account: profile, history, likes, feed, notifications, and lists.",
    "channels": "Channels as others see them, and subscriptions to them.",
    "videos": "Videos: library, metadata, captions, playing, reactions, and share links.",
    "uploads": "Resumable uploads by the tus protocol 1.0.",
    "comments": "Comments and replies.",
    "mentions": "Suggestions while someone types a mention.",
    "posts": "Short texts of a channel to its subscribers.",
    "playlists": "Playlists, their items, and their collaborators.",
    "playlist-invites": "Links by which accounts become collaborators of a playlist.",
    "search": "Suggestions while someone types a search.",
    "trending": "What people watch.",
    "studio": "An owner's view of their videos and comments, and statistics.",
    "imports": "Videos that the site fetches from an address, where its operator has turned that on.",
    "webhooks": "Events that are sent to programs, and what became of them.",
    "embedding": "For other sites: oEmbed and feeds, without an account.",
    "operations": "Probes, metrics, and public keys.",
}


def info() -> dict[str, Any]:
    """Return the document's ``info``."""
    name = site_name()
    return {
        "title": f"{name} API",
        "version": API_VERSION,
        "description": DESCRIPTION.format(version=__version__),
        "contact": {"name": name, "url": f"{origin.current()}/help"},
        "license": LICENSE,
    }


def servers() -> list[dict[str, str]]:
    """Return the site's address. A loopback address means nothing elsewhere: then it is that of the document."""
    host = urlsplit(origin.current()).hostname or ""
    is_local = host == "localhost" or host.startswith("127.") or host == "::1"
    return [{"url": "/" if is_local else origin.current(), "description": "This site"}]
