"""Operations as methods of sync and async clients, with their own types and documentation."""

from __future__ import annotations

import functools
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from dataclasses import dataclass, field
from typing import Any, Concatenate, Generic, ParamSpec, Protocol, TypeVar, overload

from streamsite_client.core import Core
from streamsite_client.models import Page
from streamsite_client.steps import Flow, Parameter

P = ParamSpec("P")
T = TypeVar("T")
R = TypeVar("R")
S = TypeVar("S")
PAGE_SIZE = 100


class Runner(Protocol):
    """A client that performs flows in the calling thread."""

    core: Core

    def run(self, flow: Flow[T]) -> T:
        """Return the flow's result."""


class AsyncRunner(Protocol):
    """A client that performs flows in an event loop."""

    core: Core

    async def run(self, flow: Flow[T]) -> T:
        """Return the flow's result."""


class Group:
    """Methods of a sync client that belong together."""

    def __init__(self, client: Runner) -> None:
        self.client = client


class AsyncGroup:
    """Methods of an async client that belong together."""

    def __init__(self, client: AsyncRunner) -> None:
        self.client = client


@dataclass(frozen=True)
class Listing(Generic[T]):
    """A list of the API: its path and filters."""

    path: str
    params: dict[str, Parameter] = field(default_factory=dict)

    def first(self, core: Core) -> Flow[Page[T]]:
        """Return the first page."""
        page: Page[T] = yield from core.call("GET", self.path, params={"page_size": PAGE_SIZE} | self.params)
        return page

    def following(self, core: Core, page: Page[T]) -> Flow[Page[T] | None]:
        """Return the page after ``page``, ``None`` after the last one."""
        if not page["next"]:
            return None
        new: Page[T] = yield from core.call("GET", core.own_path(page["next"]))
        return new


class Rows(Generic[T]):
    """The rows of a list, fetched page by page while they are read."""

    def __init__(self, client: Runner, listing: Listing[T]) -> None:
        self._client = client
        self._listing = listing

    def pages(self) -> Iterator[Page[T]]:
        """Yield whole pages, with what the API says about them."""
        core = self._client.core
        page: Page[T] | None = self._client.run(self._listing.first(core))
        while page is not None:
            yield page
            page = self._client.run(self._listing.following(core, page))

    def __iter__(self) -> Iterator[T]:
        for page in self.pages():
            yield from page["results"]


class AsyncRows(Generic[T]):
    """The rows of a list, fetched page by page while they are read."""

    def __init__(self, client: AsyncRunner, listing: Listing[T]) -> None:
        self._client = client
        self._listing = listing

    async def pages(self) -> AsyncIterator[Page[T]]:
        """Yield whole pages, with what the API says about them."""
        core = self._client.core
        page: Page[T] | None = await self._client.run(self._listing.first(core))
        while page is not None:
            yield page
            page = await self._client.run(self._listing.following(core, page))

    async def __aiter__(self) -> AsyncIterator[T]:
        async for page in self.pages():
            for row in page["results"]:
                yield row


class _Bound(Generic[S, P, R]):
    """A descriptor whose methods are made of an operation by ``call``."""

    def __init__(self, operation: Callable[..., Any], call: Callable[[S, Any], Any]) -> None:
        self._operation = operation
        self._call = call
        self.__doc__ = operation.__doc__

    @overload
    def __get__(self, group: None, owner: type) -> _Bound[S, P, R]: ...
    @overload
    def __get__(self, group: S, owner: type) -> Callable[P, R]: ...
    def __get__(self, group: S | None, owner: type) -> Any:
        if group is None:
            return self

        @functools.wraps(self._operation)
        def method(*args: Any, **kwargs: Any) -> Any:
            return self._call(group, functools.partial(self._operation, *args, **kwargs))

        return method


def call(operation: Callable[Concatenate[Core, P], Flow[T]]) -> _Bound[Group, P, T]:
    """Return a method of a sync client."""
    return _Bound(operation, lambda group, bind: group.client.run(bind_core(bind, group.client.core)))


def acall(
    operation: Callable[Concatenate[Core, P], Flow[T]],
) -> _Bound[AsyncGroup, P, Coroutine[Any, Any, T]]:
    """Return a method of an async client, to be awaited."""
    return _Bound(operation, lambda group, bind: group.client.run(bind_core(bind, group.client.core)))


def rows(listing: Callable[P, Listing[T]]) -> _Bound[Group, P, Rows[T]]:
    """Return a method of a sync client whose result is iterated."""
    return _Bound(listing, lambda group, make: Rows(group.client, make()))


def arows(listing: Callable[P, Listing[T]]) -> _Bound[AsyncGroup, P, AsyncRows[T]]:
    """Return a method of an async client whose result is iterated with ``async for``."""
    return _Bound(listing, lambda group, make: AsyncRows(group.client, make()))


def bind_core(operation: functools.partial[Any], core: Core) -> Any:
    """Return the flow of an operation with its arguments, of which the core is the first."""
    return operation.func(core, *operation.args, **operation.keywords)
