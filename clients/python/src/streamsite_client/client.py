"""The sync and the async client. What they do is in ``core`` and ``operations``; how steps are performed is here."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable
from functools import partial
from typing import Any, Self, TypeVar

import httpx

from streamsite_client import async_groups, groups, transport
from streamsite_client.core import Core, site_of
from streamsite_client.steps import Answer, Exclusive, Flow, Receive, Run, Send, Sleep, Step, Work
from streamsite_client.stores import MemoryStore, TokenStore

T = TypeVar("T")


def _core(
    site: str,
    store: TokenStore | None,
    token: str,
    allow_insecure: bool,
    max_retries: int,
    max_wait: float,
    on_wait: Callable[[float, Exception], None] | None,
) -> Core:
    return Core(
        site_of(site, allow_insecure=allow_insecure),
        store or MemoryStore(),
        token=token,
        max_retries=max_retries,
        max_wait=max_wait,
        on_wait=on_wait,
    )


class Client:
    """A client of the site at ``site`` for programs without an event loop; threads may share it.

    ``token`` is a personal API token; without one, sign in with ``account.sign_in``, whose tokens are kept in ``store``
    (in memory by default). A request is repeated up to ``max_retries`` times, as its answers allow, when waiting takes
    up to ``max_wait`` seconds; ``on_wait`` is called before each wait. ``allow_insecure`` admits http to other hosts.
    """

    def __init__(
        self,
        site: str,
        *,
        token: str = "",
        store: TokenStore | None = None,
        allow_insecure: bool = False,
        max_retries: int = 4,
        max_wait: float = 60,
        on_wait: Callable[[float, Exception], None] | None = None,
    ) -> None:
        self.core = _core(site, store, token, allow_insecure, max_retries, max_wait, on_wait)
        self._http = httpx.Client(**transport.OPTIONS)
        self._lock = threading.Lock()
        self.account = groups.Account(self)
        self.videos = groups.Videos(self)
        self.comments = groups.Comments(self)
        self.playlists = groups.Playlists(self)
        self.channels = groups.Channels(self)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections. The session stays."""
        self._http.close()

    def run(self, flow: Flow[T]) -> T:
        """Perform a flow's steps; return its result."""
        run = Run(flow)
        while run.step is not None:
            try:
                value = self._perform(run.step)
            except BaseException as error:
                run.fail(error)
            else:
                run.succeed(value)
        return run.result

    def _perform(self, step: Step) -> Any:
        match step:
            case Send():
                return self._send(step)
            case Receive():
                return self._receive(step)
            case Sleep():
                time.sleep(step.seconds)
            case Work():
                return step.call()
            case Exclusive():
                with self._lock, self.core.store.lock():
                    return self.run(step.flow)
        return None

    def _request(self, step: Send | Receive) -> httpx.Request:
        url = self.core.url_of(step.request.path)
        more = step.headers if isinstance(step, Send) else {}
        return self._http.build_request(**transport.arguments(step.request, url, more))

    def _send(self, step: Send) -> Answer:
        try:
            response = self._http.send(self._request(step))
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise transport.network_error(error, self.core.site) from error
        return transport.answer_of(response, response.content)

    def _receive(self, step: Receive) -> Answer:
        try:
            response = self._http.send(self._request(step), stream=True, follow_redirects=True)
            try:
                refusal = b""
                is_wanted = step.receiver.begin(response.status_code, response.headers)
                for chunk in response.iter_raw() if is_wanted else response.iter_bytes():
                    if is_wanted:
                        step.receiver.write(chunk)
                    elif len(refusal) < transport.MAX_REFUSAL_BYTES:
                        refusal += chunk
                    else:
                        break
            finally:
                response.close()
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise transport.network_error(error, self.core.site) from error
        return transport.answer_of(response, refusal)


class AsyncClient:
    """A client as ``Client`` is one, for programs with asyncio: its calls are awaited. Tasks may share it."""

    def __init__(
        self,
        site: str,
        *,
        token: str = "",
        store: TokenStore | None = None,
        allow_insecure: bool = False,
        max_retries: int = 4,
        max_wait: float = 60,
        on_wait: Callable[[float, Exception], None] | None = None,
    ) -> None:
        self.core = _core(site, store, token, allow_insecure, max_retries, max_wait, on_wait)
        self._http = httpx.AsyncClient(**transport.OPTIONS)
        self._lock = asyncio.Lock()
        self._exclusive_tasks: set[asyncio.Task[Any]] = set()
        self.account = async_groups.AsyncAccount(self)
        self.videos = async_groups.AsyncVideos(self)
        self.comments = async_groups.AsyncComments(self)
        self.playlists = async_groups.AsyncPlaylists(self)
        self.channels = async_groups.AsyncChannels(self)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *error: object) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close the connections, once a refresh in progress has ended. The session stays."""
        await asyncio.gather(*self._exclusive_tasks, return_exceptions=True)
        await self._http.aclose()

    async def run(self, flow: Flow[T]) -> T:
        """Perform a flow's steps; return its result."""
        run = Run(flow)
        while run.step is not None:
            try:
                value = await self._perform(run.step)
            except BaseException as error:
                run.fail(error)
            else:
                run.succeed(value)
        return run.result

    async def _perform(self, step: Step) -> Any:
        match step:
            case Send():
                return await self._send(step)
            case Receive():
                return await self._receive(step)
            case Sleep():
                await asyncio.sleep(step.seconds)
            case Work():
                return await asyncio.to_thread(step.call)
            case Exclusive():
                # A task that is canceled meanwhile must not lose tokens that the site has just given.
                task = asyncio.ensure_future(self._exclude(step))
                self._exclusive_tasks.add(task)
                task.add_done_callback(self._end)
                return await asyncio.shield(task)
        return None

    def _end(self, task: asyncio.Task[Any]) -> None:
        """Forget a task. Its error is looked at, so that asyncio does not complain when nobody waited for it."""
        self._exclusive_tasks.discard(task)
        if not task.cancelled():
            task.exception()

    async def _exclude(self, step: Exclusive) -> Any:
        async with self._lock:
            lock = self.core.store.lock()
            await asyncio.to_thread(lock.__enter__)
            try:
                return await self.run(step.flow)
            finally:
                await asyncio.to_thread(partial(lock.__exit__, None, None, None))

    def _request(self, step: Send | Receive) -> httpx.Request:
        url = self.core.url_of(step.request.path)
        more = step.headers if isinstance(step, Send) else {}
        return self._http.build_request(**transport.arguments(step.request, url, more))

    async def _send(self, step: Send) -> Answer:
        try:
            response = await self._http.send(self._request(step))
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise transport.network_error(error, self.core.site) from error
        return transport.answer_of(response, response.content)

    async def _receive(self, step: Receive) -> Answer:
        try:
            response = await self._http.send(self._request(step), stream=True, follow_redirects=True)
            try:
                refusal = b""
                is_wanted = step.receiver.begin(response.status_code, response.headers)
                async for chunk in response.aiter_raw() if is_wanted else response.aiter_bytes():
                    if is_wanted:
                        step.receiver.write(chunk)
                    elif len(refusal) < transport.MAX_REFUSAL_BYTES:
                        refusal += chunk
                    else:
                        break
            finally:
                await response.aclose()
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise transport.network_error(error, self.core.site) from error
        return transport.answer_of(response, refusal)
