"""Requests that read run a few at a time, in the order in which they came."""

import threading
import time
from collections import deque

import pytest

from streamsite import external_services, request_turns
from streamsite.external_services import ExternalService
from streamsite.request_turns import InTurn, Turns

PATIENCE = 10


class Site:
    """An application whose requests run until the test ends each of them."""

    def __init__(self):
        self.running, self.most, self.order = 0, 0, []
        self.lock = threading.Lock()
        self.begun = threading.Semaphore(0)
        self.ends = {}

    def __call__(self, environ, start_response):
        name = environ["PATH_INFO"]
        with self.lock:
            self.running += 1
            self.most = max(self.most, self.running)
            self.order.append(name)
            end = self.ends.setdefault(name, threading.Event())
        self.begun.release()
        assert end.wait(PATIENCE)
        with self.lock:
            self.running -= 1
        return [name.encode()]

    def end(self, name):
        self.ends.setdefault(name, threading.Event()).set()


class Callers:
    """Threads that ask ``application``."""

    def __init__(self, application, turns):
        self.application, self.turns, self.threads = application, turns, []

    def ask(self, path, method="GET", **more):
        environ = {"REQUEST_METHOD": method, "PATH_INFO": path} | more
        thread = threading.Thread(target=self.application, args=(environ, None), daemon=True)
        self.threads.append(thread)
        thread.start()

    def ask_and_wait(self, path):
        """Ask, and return when the request waits for its turn."""
        waiting = len(self.turns._waiting)
        self.ask(path)
        until = time.monotonic() + PATIENCE
        while len(self.turns._waiting) == waiting:
            assert time.monotonic() < until
            time.sleep(0.001)

    def join(self):
        for thread in self.threads:
            thread.join(PATIENCE)
            assert not thread.is_alive()


@pytest.fixture
def site():
    return Site()


def callers_of(site, *, at_once, max_wait=PATIENCE):
    turns = Turns(at_once, max_wait)
    return Callers(InTurn(site, turns), turns)


def begin(site, times=1):
    for _ in range(times):
        assert site.begun.acquire(timeout=PATIENCE)


def test_others_wait_and_go_on_in_the_order_in_which_they_came(site):
    callers = callers_of(site, at_once=2)
    callers.ask("/a")
    callers.ask("/b")
    begin(site, 2)
    for path in ("/c", "/d", "/e"):
        callers.ask_and_wait(path)
    for path in ("/a", "/b", "/c"):
        site.end(path)
        begin(site)
    site.end("/d")
    site.end("/e")
    callers.join()
    assert site.order[2:] == ["/c", "/d", "/e"]
    assert site.most == 2


def test_every_turn_is_free_at_the_end(site):
    callers = callers_of(site, at_once=1)
    for path in ("/a", "/b", "/c"):
        site.end(path)
        callers.ask(path)
    callers.join()
    assert callers.turns._free == 1
    assert not callers.turns._waiting


def test_nobody_waits_longer_than_the_limit(site):
    callers = callers_of(site, at_once=1, max_wait=0.05)
    callers.ask("/stuck")
    begin(site)
    callers.ask("/next")
    begin(site)
    assert site.running == 2
    site.end("/stuck")
    site.end("/next")
    callers.join()
    assert callers.turns._free == 1


@pytest.mark.parametrize(
    "request_of",
    [
        {"method": "POST", "path": "/api/v1/auth/token"},
        {"method": "GET", "path": "/search", "CONTENT_LENGTH": "5"},
        {"method": "GET", "path": "/search", "HTTP_TRANSFER_ENCODING": "chunked"},
        {"method": "GET", "path": "/healthz"},
        {"method": "GET", "path": "/readyz/"},
        {"method": "HEAD", "path": "/metrics"},
    ],
)
def test_bodies_and_probes_do_not_wait(site, request_of):
    callers = callers_of(site, at_once=1)
    callers.ask("/stuck")
    begin(site)
    callers.ask(**request_of)
    begin(site)
    site.end("/stuck")
    site.end(request_of["path"])
    callers.join()


def test_who_waits_for_another_service_lets_others_go_on(monkeypatch):
    monkeypatch.setattr(external_services, "_known", [])
    service = ExternalService("turns", unavailable=type("Down", (Exception,), {}), seconds=PATIENCE)
    asked, answered = threading.Event(), threading.Event()

    def application(environ, _):
        if environ["PATH_INFO"] == "/silent":
            service.call(lambda: asked.set() or answered.wait(PATIENCE))
        return []

    turns = Turns(1, PATIENCE)
    callers = Callers(InTurn(application, turns), turns)
    callers.ask("/silent")
    assert asked.wait(PATIENCE)
    InTurn(application, turns)({"REQUEST_METHOD": "GET", "PATH_INFO": "/"}, None)
    assert not answered.is_set()
    answered.set()
    callers.join()
    assert turns._free == 1


def test_an_error_ends_the_turn():
    def application(environ, _):
        raise ValueError(environ["PATH_INFO"])

    turns = Turns(1, PATIENCE)
    with pytest.raises(ValueError, match="/broken"):
        InTurn(application, turns)({"REQUEST_METHOD": "GET", "PATH_INFO": "/broken"}, None)
    assert turns._free == 1


def test_a_turn_that_comes_with_the_limit_is_not_lost():
    turns = Turns(1, 0.0)
    assert turns.take()
    # Whoever is called between the limit and its notice has the turn.
    turns._waiting = deque([threading.Lock()])
    turns._waiting[0].acquire()
    turns.release()
    assert turns._free == 0
    turns.release()
    assert turns._free == 1


def test_a_duration_includes_the_wait():
    came = time.perf_counter() - 2
    assert request_turns.arrival({request_turns.ARRIVAL: came}) == came
    assert request_turns.arrival({}) > came
