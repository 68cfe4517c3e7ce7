"""Caches of one process whose values expire: the decorator ``cached`` and ``ExpiringCache`` beneath it.

Nothing here is shared between processes. A value may be out of date by the seconds that its cache names, in every
process but the one that calls ``discard`` or ``clear``.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Hashable
from functools import update_wrapper
from threading import Lock
from typing import Generic, ParamSpec, Protocol, TypeVar, cast

from cachetools import TLRUCache
from cachetools.keys import hashkey
from django.conf import settings

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")
Default = TypeVar("Default")
Parameters = ParamSpec("Parameters")

_MISSING = object()


class ExpiringCache(Generic[Key, Value]):
    """Up to ``max_entries`` values, each for some seconds; the least recently used give way. All threads share it.

    ``seconds`` may be a function of the value, called when the value is stored.
    """

    def __init__(self, *, seconds: float | Callable[[Value], float], max_entries: int = 1) -> None:
        def expires_at(key: Key, value: Value, now: float) -> float:
            return now + (seconds(value) if callable(seconds) else seconds)

        self._lock = Lock()
        self._version = 0
        # The timer is looked up at each call: tests replace it.
        self._values: TLRUCache[Key, Value] = TLRUCache(
            max_entries, expires_at, timer=lambda: time.monotonic()
        )

    def get(self, key: Key, default: Default) -> Value | Default:
        """Return the value of ``key``, ``default`` when there is none or its time is over."""
        with self._lock:
            return self._values.get(key, default)

    def put(self, key: Key, value: Value) -> None:
        """Store a value in place of the one that is there."""
        with self._lock:
            self._values[key] = value

    def load(
        self, key: Key, look_up: Callable[[], Value], *, keep: Callable[[Value], bool] | None = None
    ) -> Value:
        """Return what ``look_up`` finds, and store it; drop what was stored instead when ``keep`` refuses it.

        A look-up that began before a ``discard`` or ``clear`` is not stored: it may have read what was there before.
        Two threads may look up the same at the same time.
        """
        version = self._version
        value = look_up()
        with self._lock:
            if keep is not None and not keep(value):
                self._values.pop(key, None)
            elif version == self._version:
                self._values[key] = value
        return value

    def get_or_load(self, key: Key, look_up: Callable[[], Value]) -> Value:
        """Return the value of ``key``; what ``look_up`` finds, and store it, when there is none."""
        found = self.get(key, _MISSING)
        # The comparison with the sentinel leaves a value, which mypy cannot see.
        return self.load(key, look_up) if found is _MISSING else found  # type: ignore[return-value]

    def discard(self, key: Key) -> None:
        """Drop one value."""
        with self._lock:
            self._version += 1
            self._values.pop(key, None)

    def clear(self) -> None:
        """Drop every value."""
        with self._lock:
            self._version += 1
            self._values.clear()


def digest_key(*parts: object) -> bytes:
    """Return a key of 16 bytes for parts whose length clients choose."""
    return hashlib.blake2b(repr(parts).encode(errors="surrogatepass"), digest_size=16).digest()


def setting_seconds(name: str) -> Callable[[object], float]:
    """Return a value for ``seconds`` that reads a setting at each call, because tests change it."""
    return lambda _value: float(getattr(settings, name))


class Cached(Generic[Parameters, Value]):
    """A function whose results are remembered by its arguments; made by ``cached``."""

    def __init__(
        self,
        function: Callable[Parameters, Value],
        cache: ExpiringCache[Hashable, Value],
        keep: Callable[[Value], bool] | None,
    ) -> None:
        self._function, self._keep = function, keep
        self.cache = cache
        update_wrapper(self, function)

    def __call__(self, *args: Parameters.args, **kwargs: Parameters.kwargs) -> Value:
        """Return the remembered result, else call the function."""
        found = self.cache.get(self._key(*args, **kwargs), _MISSING)
        # The comparison with the sentinel leaves a value, which mypy cannot see.
        return self.refresh(*args, **kwargs) if found is _MISSING else found  # type: ignore[return-value]

    def refresh(self, *args: Parameters.args, **kwargs: Parameters.kwargs) -> Value:
        """Call the function whatever is remembered, and remember its result."""
        return self.cache.load(
            self._key(*args, **kwargs), lambda: self._function(*args, **kwargs), keep=self._keep
        )

    def discard(self, *args: Parameters.args, **kwargs: Parameters.kwargs) -> None:
        """Drop the result for these arguments."""
        self.cache.discard(self._key(*args, **kwargs))

    def clear(self) -> None:
        """Drop every result."""
        self.cache.clear()

    def _key(self, *args: object, **kwargs: object) -> Hashable:
        return hashkey(*cast(tuple[Hashable], args), **kwargs)


class CachedDecorator(Protocol):
    """The decorator that ``cached`` returns."""

    def __call__(self, function: Callable[Parameters, Value], /) -> Cached[Parameters, Value]:
        """Return ``function`` with its results remembered."""
        ...


def cached(
    *,
    seconds: float | Callable[..., float],
    max_entries: int = 1,
    keep: Callable[..., bool] | None = None,
) -> CachedDecorator:
    """Decorate a function to remember its results, by its arguments, for ``seconds``.

    Results that ``keep`` refuses are not remembered, nor are exceptions. ``refresh``, ``discard`` and ``clear`` are
    methods of the decorated function.
    """

    def decorate(function: Callable[Parameters, Value]) -> Cached[Parameters, Value]:
        return Cached(function, ExpiringCache(seconds=seconds, max_entries=max_entries), keep)

    return decorate
