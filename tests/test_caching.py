"""The process's caches: values expire, give way and are discarded, also while somebody looks them up."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from streamsite.caching import ExpiringCache, cached


class Clock:
    """A monotonic clock that tests move."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The clock of every cache."""
    clock = Clock()
    monkeypatch.setattr(time, "monotonic", clock)
    return clock


def test_result_is_remembered_for_its_seconds(clock):
    calls = []

    @cached(seconds=5)
    def look_up() -> int:
        """Documented."""
        calls.append(1)
        return len(calls)

    assert [look_up(), look_up()] == [1, 1]
    clock.now += 4.9
    assert look_up() == 1
    clock.now += 0.1
    assert look_up() == 2
    assert (look_up.__name__, look_up.__doc__) == ("look_up", "Documented.")


def test_none_is_remembered_and_an_exception_is_not():
    calls = []

    @cached(seconds=60, max_entries=10)
    def look_up(name: str) -> None:
        calls.append(name)
        if name == "missing":
            raise FileNotFoundError

    assert [look_up("there"), look_up("there")] == [None, None]
    for _ in range(2):
        with pytest.raises(FileNotFoundError):
            look_up("missing")
    assert calls == ["there", "missing", "missing"]


def test_a_refused_result_is_not_remembered_and_drops_the_old_one():
    answers = [1, None, None, 2]

    @cached(seconds=60, keep=lambda found: found is not None)
    def look_up() -> int | None:
        return answers.pop(0)

    assert look_up() == 1
    assert look_up.refresh() is None
    assert look_up() is None
    assert [look_up(), look_up()] == [2, 2]


def test_one_argument_is_discarded_or_all():
    calls = []

    @cached(seconds=60, max_entries=10)
    def look_up(name: str) -> str:
        calls.append(name)
        return name

    for name in ("a", "b"):
        look_up(name)
    look_up.discard("a")
    for name in ("a", "b"):
        look_up(name)
    assert calls == ["a", "b", "a"]
    look_up.clear()
    look_up("b")
    assert calls == ["a", "b", "a", "b"]


def test_lifetime_may_depend_on_the_value(clock):
    cache: ExpiringCache[str, bool] = ExpiringCache(seconds=lambda good: 60 if good else 1, max_entries=2)
    cache.put("good", True)
    cache.put("bad", False)
    clock.now += 2
    assert (cache.get("good", None), cache.get("bad", None)) == (True, None)


def test_no_lifetime_stores_nothing_and_drops_the_old_value():
    seconds = [60.0]
    cache: ExpiringCache[str, int] = ExpiringCache(seconds=lambda _: seconds[0])
    assert cache.get_or_load("key", lambda: 1) == 1
    seconds[0] = 0.0
    cache.put("key", 2)
    assert cache.get("key", None) is None
    assert cache.get_or_load("key", lambda: 3) == 3
    assert cache.get_or_load("key", lambda: 4) == 4


def test_the_least_recently_used_value_gives_way():
    cache: ExpiringCache[str, int] = ExpiringCache(seconds=60, max_entries=2)
    cache.put("a", 1)
    cache.put("b", 2)
    cache.get("a", None)
    cache.put("c", 3)
    assert [cache.get(key, None) for key in "abc"] == [1, None, 3]


@pytest.mark.parametrize("drop", [lambda cache: cache.discard("key"), lambda cache: cache.clear()])
def test_a_look_up_that_began_before_a_change_is_not_stored(drop):
    """Else a session that was ended meanwhile would count as live for the cache's seconds."""
    cache: ExpiringCache[str, str] = ExpiringCache(seconds=60)
    has_read, may_end = threading.Event(), threading.Event()

    def read_before_the_change() -> str:
        has_read.set()
        assert may_end.wait(10)
        return "before"

    with ThreadPoolExecutor(1) as pool:
        reader = pool.submit(cache.get_or_load, "key", read_before_the_change)
        assert has_read.wait(10)
        drop(cache)
        may_end.set()
        assert reader.result() == "before"
    assert cache.get_or_load("key", lambda: "after") == "after"


def test_threads_share_a_cache():
    cache: ExpiringCache[int, int] = ExpiringCache(seconds=0.01, max_entries=8)

    def work(seed: int) -> None:
        for number in range(2_000):
            key = (seed + number) % 16
            assert cache.get_or_load(key, lambda key=key: key) == key
            if number % 50 == 0:
                cache.discard(key)

    with ThreadPoolExecutor(8) as pool:
        for done in [pool.submit(work, seed) for seed in range(8)]:
            done.result()
