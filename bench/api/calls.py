"""The calls that are compared, as the site and as the Node backends are asked for them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import quote

from bench.api.client import Ask

API = "/api/v1"
LIKE = b'{"value": "like"}'


@dataclass(frozen=True)
class Facts:
    """The ids that requests need. ``far_list`` is the site's address of a page far into the list of videos.

    ``far_page`` is that page's number, and ``far_before`` the optimized backend's cursor of it.
    """

    video: str
    videos: list[str]
    words: list[str]
    playlist: str
    followable: str
    far_list: str
    far_page: int
    far_before: str


@dataclass(frozen=True)
class Call:
    """A row of the table. ``site`` and ``node`` return the request with a number, of which even ones undo odd ones.

    ``node`` is asked of both backends. A call with ``is_parallel`` off writes one row, so only one request of it is
    under way at a time.
    """

    name: str
    site: Callable[[Facts, int], Ask]
    node: Callable[[Facts, int], Ask]
    signed_in: bool = True
    is_parallel: bool = True


def read(path: Callable[[Facts, int], str]) -> Callable[[Facts, int], Ask]:
    """Return a maker of GET requests from one of paths."""
    return lambda facts, number: Ask("GET", path(facts, number))


def _both(name: str, path: str, *, query: str = "", node_query: str = "", **options: bool) -> Call:
    """Return a call whose path is the same everywhere, below the site's prefix; ``{}`` are fields of the facts."""

    def fill(template: str) -> Callable[[Facts, int], str]:
        return lambda facts, _number: template.format(**vars(facts))

    return Call(name, read(fill(API + path + query)), read(fill(path + node_query)), **options)


def _word(facts: Facts, number: int) -> str:
    return quote(facts.words[number % len(facts.words)])


def _far(name: str, **options: bool) -> Call:
    return Call(
        name,
        read(lambda facts, _: facts.far_list),
        read(lambda facts, _: f"/videos?page={facts.far_page}&before={facts.far_before}"),
        **options,
    )


def _search(name: str, **options: bool) -> Call:
    return Call(
        name,
        # The space says that the word is not the beginning of a longer one.
        read(lambda facts, number: f"{API}/videos?q={_word(facts, number)}+"),
        read(lambda facts, number: f"/search?q={_word(facts, number)}"),
        **options,
    )


def _site_like(facts: Facts, number: int) -> Ask:
    path = f"{API}/videos/{_liked(facts, number)}/reaction"
    return Ask("DELETE", path) if number % 2 else Ask("PUT", path, LIKE)


def _node_like(facts: Facts, number: int) -> Ask:
    return Ask("POST", f"/videos/{_liked(facts, number)}/like")


def _liked(facts: Facts, number: int) -> str:
    return facts.videos[number // 2 % len(facts.videos)]


def _site_subscribe(facts: Facts, number: int) -> Ask:
    return Ask("DELETE" if number % 2 else "PUT", f"{API}/channels/{facts.followable}/subscription")


def _node_subscribe(facts: Facts, number: int) -> Ask:
    return Ask("POST", f"/channels/{facts.followable}/subscription")


SIGNED_IN = (
    _both("me", "/me"),
    _both("channel, small", "/channels/small"),
    _both("channel, star", "/channels/star"),
    _both("channel's videos", "/channels/star/videos"),
    _both("list, page 1", "/videos"),
    _far("list, page far"),
    _both("video", "/videos/{video}"),
    _both("my subscriptions", "/me/subscriptions"),
    _both("subscribers of star", "/channels/star/subscribers"),
    _both("history", "/me/history"),
    _both("comments", "/videos/{video}/comments"),
    _both(
        "playlist of 200, first 100",
        "/playlists/{playlist}/items",
        query="?page_size=100",
        node_query="?limit=100",
    ),
    Call("like (toggle)", _site_like, _node_like),
    Call("subscribe (toggle)", _site_subscribe, _node_subscribe, is_parallel=False),
    _search("search, one word"),
)
VISITORS = (
    _both("visitor: channel, small", "/channels/small", signed_in=False),
    _both("visitor: channel, star", "/channels/star", signed_in=False),
    _both("visitor: list, page 1", "/videos", signed_in=False),
    _far("visitor: list, page far", signed_in=False),
    _both("visitor: video", "/videos/{video}", signed_in=False),
    _search("visitor: search, one word", signed_in=False),
)
CALLS = (*SIGNED_IN, *VISITORS)
