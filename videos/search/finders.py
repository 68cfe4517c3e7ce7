"""Search results besides videos: channels, and whatever other apps register.

A finder shows its best few on the search page and in suggestions, and all of them page by page.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Generic, TypeVar

from django.http import HttpRequest
from rest_framework.request import Request

from streamsite.api.json_types import PageDict
from streamsite.api.pagination import paginate_keys
from streamsite.visibility import Viewer
from videos.search import name_index
from videos.search.name_index import NameIndex, NameQuery, RankKey

Row = TypeVar("Row")
Body = TypeVar("Body")
Brief = TypeVar("Brief")
Shown = TypeVar("Shown")
MAX_SHOWN = 3


@dataclass(frozen=True)
class FinderResults(Generic[Body]):
    """The best few, as mappings, and whether there are more."""

    rows: list[Body]
    more: bool


@dataclass(frozen=True)
class Finder(Generic[Row, Body, Brief]):
    """One kind of thing that is found by its name.

    ``load(viewer, ids)`` returns those that ``viewer`` may see in lists, in the order of ``ids``. ``body(viewer,
    rows)`` maps them, ``brief`` does so for suggestions. ``exact(text)`` returns the name by which one
    thing, which comes first, would be called exactly this; "" if none can be. ``template`` draws ``rows`` on the page.
    """

    name: str
    label: str
    template: str
    index: NameIndex
    load: Callable[[Viewer, Sequence[str]], list[Row]]
    body: Callable[[Viewer, list[Row]], list[Body]]
    brief: Callable[[Viewer, list[Row]], list[Brief]]
    exact: Callable[[str], str] = lambda text: ""

    def page(self, request: HttpRequest | Request, query: str, *, absolute: bool = True) -> PageDict[Body]:
        """Return a page of what ``query`` finds in the contract's list form. It leads forward only."""
        wanted = self._named(name_index.parse_query(query), query)

        def load(after: list[Any] | None, size: int) -> list[RankKey]:
            return self.index.find(wanted, most=size, after=(after[0], after[1]) if after else None)

        keys, following = paginate_keys(request, load, parts=2, absolute=absolute)
        return {"next": following, "previous": None, "results": self._shown(request.user, keys, self.body)}

    def some(self, viewer: Viewer, query: str, *, most: int = MAX_SHOWN) -> FinderResults[Body]:
        """Return the best few of what ``query`` finds."""
        keys = self.index.find(self._named(name_index.parse_query(query), query), most=most + 1)
        return FinderResults(self._shown(viewer, keys[:most], self.body), len(keys) > most)

    def suggest(self, viewer: Viewer, text: str, *, most: int = MAX_SHOWN) -> list[Brief]:
        """Return the best few whose names have the beginnings of all words of ``text``."""
        keys = self.index.find(self._named(name_index.parse_typed(text), text), most=most)
        return self._shown(viewer, keys, self.brief)

    def _named(self, wanted: NameQuery, text: str) -> NameQuery:
        return replace(wanted, exact=self.exact(text))

    def _shown(
        self,
        viewer: Viewer,
        keys: list[RankKey],
        body: Callable[[Viewer, list[Row]], list[Shown]],
    ) -> list[Shown]:
        ids = [thing_id for _, thing_id in keys]
        return body(viewer, self.load(viewer, ids)) if ids else []


AnyFinder = Finder[Any, Any, Any]
_finders: dict[str, AnyFinder] = {}


def register_finder(finder: AnyFinder) -> None:
    """Let a kind of thing be found on the search page."""
    _finders[finder.name] = finder


def registered_finders() -> list[AnyFinder]:
    """Return the finders in the order of their registration."""
    return list(_finders.values())


def get_finder(name: str) -> AnyFinder | None:
    """Return the finder of that name, if there is one."""
    return _finders.get(name)


def rebuild_name_indexes() -> int:
    """Store the names of everything that can be found; return how many they are."""
    return sum(finder.index.rebuild() for finder in registered_finders())


def has_outdated_index() -> bool:
    """Return whether an index of names has to be built."""
    return any(finder.index.is_outdated() for finder in registered_finders())
