"""Search results other than videos: channels, and what other apps register.

A finder shows its best few results on the search page and in suggestions, and all of them in pages.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from django.http import HttpRequest
from rest_framework.request import Request

from streamsite.api.json_types import PageDict
from streamsite.api.pagination import paginate_keys
from streamsite.visibility import Viewer
from videos.search import name_store
from videos.search.name_store import NameIndex, NameQuery, RankKey

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise as StrOrPromise

Row = TypeVar("Row")
Body = TypeVar("Body")
Brief = TypeVar("Brief")
Shown = TypeVar("Shown")
MAX_SHOWN = 3


@dataclass(frozen=True)
class FinderResults(Generic[Body]):
    """The best few results as mappings, and whether there are more."""

    rows: list[Body]
    more: bool


@dataclass(frozen=True)
class Finder(Generic[Row, Body, Brief]):
    """A kind of object that search finds by name.

    ``load(viewer, ids)`` returns the objects that ``viewer`` may see in lists, in the order of ``ids``. ``body(viewer,
    rows)`` serializes them for results, ``brief(viewer, rows)`` for suggestions. ``exact(text)`` returns the unique
    name that ``text`` stands for, such as a username, or ""; the object with that name comes first. ``template``
    renders the results on the search page.
    """

    name: str
    label: StrOrPromise
    all_label: StrOrPromise
    template: str
    index: NameIndex
    load: Callable[[Viewer, Sequence[str]], list[Row]]
    body: Callable[[Viewer, list[Row]], list[Body]]
    brief: Callable[[Viewer, list[Row]], list[Brief]]
    exact: Callable[[str], str] = lambda text: ""

    def page(self, request: HttpRequest | Request, query: str, *, absolute: bool = True) -> PageDict[Body]:
        """Return a page of results in the API's list form. It links forward only."""
        wanted = self._named(name_store.parse_query(query), query)

        def load(after: list[Any] | None, size: int) -> list[RankKey]:
            return self.index.find(wanted, most=size, after=(after[0], after[1]) if after else None)

        keys, following = paginate_keys(request, load, parts=2, absolute=absolute)
        return {"next": following, "previous": None, "results": self._shown(request.user, keys, self.body)}

    def some(self, viewer: Viewer, query: str, *, most: int = MAX_SHOWN) -> FinderResults[Body]:
        """Return the best few results for ``query``."""
        keys = self.index.find(self._named(name_store.parse_query(query), query), most=most + 1)
        return FinderResults(self._shown(viewer, keys[:most], self.body), len(keys) > most)

    def suggest(self, viewer: Viewer, text: str, *, most: int = MAX_SHOWN) -> list[Brief]:
        """Return the best few whose names start with the words of ``text``."""
        keys = self.index.find(self._named(name_store.parse_typed(text), text), most=most)
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
    """Add a kind of object to the search page."""
    _finders[finder.name] = finder


def registered_finders() -> list[AnyFinder]:
    """Return the finders in order of registration."""
    return list(_finders.values())


def get_finder(name: str) -> AnyFinder | None:
    """Return the finder with this name, or ``None``."""
    return _finders.get(name)


def rebuild_name_indexes() -> int:
    """Rebuild the name indexes of all finders; return the number of names."""
    return sum(finder.index.rebuild() for finder in registered_finders())


def count_names() -> int:
    """Return how many names a rebuild of the indexes of all finders would store."""
    return sum(finder.index.count() for finder in registered_finders())


def has_outdated_index() -> bool:
    """Return whether a name index has to be rebuilt."""
    return any(finder.index.is_outdated() for finder in registered_finders())
