"""What a search finds besides videos: channels, and whatever other apps register.

A finder shows its best few on the search page and in suggestions, and all of them page by page.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.http import HttpRequest
from rest_framework.request import Request

from streamsite.api.pagination import paginate_keys
from streamsite.visibility import Viewer
from videos.library import names
from videos.library.names import Key, NameIndex, Typed

Row = TypeVar("Row")
MOST_SHOWN = 3


@dataclass(frozen=True)
class Found:
    """The best few, as mappings, and whether there are more."""

    rows: list[dict[str, Any]]
    more: bool


@dataclass(frozen=True)
class Finder(Generic[Row]):
    """One kind of thing that is found by its name.

    ``load(viewer, ids)`` returns those that ``viewer`` may see in lists, in the order of ``ids``. ``body(viewer,
    rows)`` maps them, ``brief`` does so for suggestions. ``exact(text)`` returns the id of the one thing with this
    very name, which comes first. ``template`` draws ``rows`` on the search page.
    """

    name: str
    label: str
    template: str
    index: NameIndex
    load: Callable[[Viewer, Sequence[str]], list[Row]]
    body: Callable[[Viewer, list[Row]], list[dict[str, Any]]]
    brief: Callable[[Viewer, list[Row]], list[dict[str, Any]]]
    exact: Callable[[str], str | None] = lambda text: None

    def page(self, request: HttpRequest | Request, query: str, *, absolute: bool = True) -> dict[str, Any]:
        """Return a page of what ``query`` finds in the contract's list form. It leads forward only."""
        wanted, first = names.asked(query), self.exact(query)

        def load(after: list[Any] | None, size: int) -> list[Key]:
            if after is not None:
                return self._find(wanted, size, (after[0], after[1]), first)
            return self._begin(wanted, size, first)

        keys, following = paginate_keys(request, load, parts=2, absolute=absolute)
        return {"next": following, "previous": None, "results": self._shown(request.user, keys)}

    def some(self, viewer: Viewer, query: str, *, most: int = MOST_SHOWN) -> Found:
        """Return the best few of what ``query`` finds."""
        keys = self._begin(names.asked(query), most + 1, self.exact(query))
        return Found(self._shown(viewer, keys[:most]), len(keys) > most)

    def suggest(self, viewer: Viewer, text: str, *, most: int = MOST_SHOWN) -> list[dict[str, Any]]:
        """Return the best few whose names have the beginnings of all words of ``text``."""
        keys = self._begin(names.typed(text), most, self.exact(text))
        ids = [thing_id for _, thing_id in keys]
        return self.brief(viewer, self.load(viewer, ids)) if ids else []

    def _begin(self, wanted: Typed, size: int, first: str | None) -> list[Key]:
        if first is None:
            return self._find(wanted, size, None, None)
        # Its key comes before every other, and it is left out of what follows.
        return [(TOP, first), *self._find(wanted, size - 1, None, first)]

    def _find(self, wanted: Typed, size: int, after: Key | None, first: str | None) -> list[Key]:
        begin = after if after is not None and after[0] < TOP else None
        return self.index.find(wanted, most=size, after=begin, without=first) if size > 0 else []

    def _shown(self, viewer: Viewer, keys: list[Key]) -> list[dict[str, Any]]:
        ids = [thing_id for _, thing_id in keys]
        return self.body(viewer, self.load(viewer, ids)) if ids else []


TOP = 2**53  # above every rank

_finders: dict[str, Finder[Any]] = {}


def register(finder: Finder[Any]) -> None:
    """Let a kind of thing be found on the search page."""
    _finders[finder.name] = finder


def registered() -> list[Finder[Any]]:
    """Return the finders in the order of their registration."""
    return list(_finders.values())


def named(name: str) -> Finder[Any] | None:
    """Return the finder of that name, if there is one."""
    return _finders.get(name)


def rebuild() -> int:
    """Store the names of everything that can be found; return how many they are."""
    return sum(finder.index.rebuild() for finder in registered())


def is_outdated() -> bool:
    """Return whether an index of names has to be built."""
    return any(finder.index.is_outdated() for finder in registered())
