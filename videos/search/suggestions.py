"""Suggestions while typing: titles, channels and playlists with all words, the last one perhaps unfinished."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from streamsite.folding import fold, split_words
from streamsite.visibility import Viewer
from videos import hidden, sensitivity
from videos.models import Video
from videos.schemas.search import SuggestionDict, SuggestionsDict
from videos.search import finders, query_text, store, urls
from videos.search.channels import FINDER as CHANNELS

MAX_SUGGESTIONS = 8
MAX_CHANNELS = 3
MAX_OTHERS = 2
# Read for each suggestion, since several videos may have one title.
SPARE = 3


def suggest(viewer: Viewer, text: str) -> SuggestionsDict:
    """Return ``results``, ``[{kind: "video"|"channel", text, url}]``, channels first, then the most viewed.

    At most ``MAX_SUGGESTIONS``. A title links to its video; one that several videos share, to the search for it.
    ``channels`` has the same channels with their avatars, and there is a list for each other finder, by its name.
    Channels that ``viewer`` blocks are in none of them, and titles that they hid aren't either.
    """
    typed = [word[: query_text.MAX_PREFIX_LENGTH] for word in split_words(text[: query_text.MAX_CHARACTERS])]
    typed = typed[: query_text.MAX_WORDS]
    channels = CHANNELS.suggest(viewer, text, most=MAX_CHANNELS) if typed else []
    offered: list[SuggestionDict] = [
        {"kind": "channel", "text": one["full_name"], "url": one["url"]} for one in channels
    ]
    found: dict[str, object] = {
        "results": (offered + (_titles(viewer, typed) if typed else []))[:MAX_SUGGESTIONS],
        CHANNELS.name: channels,
    }
    for finder in finders.registered_finders():
        if finder is not CHANNELS:
            found[finder.name] = finder.suggest(viewer, text, most=MAX_OTHERS) if typed else []
    return cast(SuggestionsDict, found)


def _titles(viewer: Viewer, typed: Sequence[str]) -> list[SuggestionDict]:
    # The index is asked for the longest word, which the fewest have; the others are looked at in what it finds.
    longest_first = sorted(typed, key=len, reverse=True)
    rows = store.find_popular(
        {"$and": [{"prefixes": word} for word in longest_first]}
        | sensitivity.not_hidden_match(viewer)
        | hidden.hidden_from(viewer).rest_match(),
        {"title": 1},
        MAX_SUGGESTIONS * SPARE,
    )
    found: dict[str, list[store.Document]] = {}
    for row in rows:
        found.setdefault(fold(row["title"]), []).append(row)
    return [
        {"kind": "video", "text": same[0]["title"], "url": _suggestion_url(same)}
        for same in list(found.values())
    ]


def _suggestion_url(same: Sequence[store.Document]) -> str:
    """Return the video's URL when it alone has this title, else that of a search for the title."""
    first = same[0]
    return (
        Video(pk=first["_id"]).get_absolute_url() if len(same) == 1 else urls.text_search_url(first["title"])
    )
