"""Refreshing under load, from outside, on two web processes, while the database is killed."""

from __future__ import annotations

import os
import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.support.http_client import Caller
from tests.support.profile import walk
from tests.support.stack import Stack

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]
ROUNDS, TABS = walk(25, deep=200), 8
URL = "/api/v1/auth/token/refresh"


def refresh_with(site: Stack, token: str) -> tuple[int, str, str]:
    """Status, code and the cookie's new value of one refresh with ``token``."""
    tab = Caller(site)
    tab.cookies["refresh"] = token
    status, body = tab.json("POST", URL, X_Requested_With="test")
    return status, body.get("code", ""), tab.cookies.get("refresh", "")


def test_eight_tabs_refresh_at_once_again_and_again(site: Stack) -> None:
    """Each round is one rotation: eight times 200, one distinct new token."""
    owner = Caller(site).sign_up("storm-tabs")
    token = owner.cookies["refresh"]
    with ThreadPoolExecutor(TABS) as tabs:
        for _ in range(ROUNDS):
            answers = list(tabs.map(lambda _: refresh_with(site, token), range(TABS)))  # noqa: B023
            assert [status for status, _, _ in answers] == [200] * TABS
            (following,) = {value for _, _, value in answers}
            assert following != token
            token = following
    status, listed = owner.json("GET", "/api/v1/auth/sessions")
    assert status == 200
    assert len(listed["results"]) == 1


def test_a_replayed_grandparent_ends_the_family(site: Stack) -> None:
    owner = Caller(site).sign_up("storm-grandparent")
    tokens = [owner.cookies["refresh"]]
    for _ in range(2):
        assert owner.refresh()[0] == 200
        tokens.append(owner.cookies["refresh"])
    access = owner.token
    assert refresh_with(site, tokens[0])[:2] == (401, "refresh_reused")
    assert refresh_with(site, tokens[2])[:2] == (401, "session_revoked")
    caller = Caller(site)
    caller.token = access
    assert caller.json("POST", "/api/v1/playlists", {"title": "x"})[1]["code"] == "session_revoked"
    deadline = time.monotonic() + 10  # safe methods may trust a look of five seconds ago
    while caller.call("GET", "/api/v1/me")[0] == 200:
        assert time.monotonic() < deadline
        time.sleep(0.2)


def test_a_killed_database_breaks_no_session(site: Stack) -> None:
    """Three times kill -9 of mongod while eight people refresh: only 200 and 503, every cookie kept, all go on."""
    people = [Caller(site).sign_up(f"storm-kill-{number}") for number in range(TABS)]
    statuses: list[int] = []
    stop = threading.Event()

    def refresh_on(person: Caller) -> None:
        while not stop.is_set():
            before = person.cookies["refresh"]
            status, _ = person.refresh()
            statuses.append(status)
            if status != 200:
                assert person.cookies.get("refresh") == before, "an outage must not delete the cookie"
                time.sleep(0.1)

    threads = [threading.Thread(target=refresh_on, args=(person,)) for person in people]
    for thread in threads:
        thread.start()
    try:
        for turn in range(1, 4):
            wait_for_refreshes(statuses, turn * 30)
            (mongod,) = site.children("mongod")
            os.kill(mongod, signal.SIGKILL)
            wait_for_the_database(site, mongod)
        wait_for_refreshes(statuses, 120)
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    assert set(statuses) <= {200, 503}, {status: statuses.count(status) for status in set(statuses)}
    assert statuses.count(200) > 100
    for person in people:
        assert person.refresh()[0] == 200
        assert person.json("GET", "/api/v1/me")[0] == 200


def wait_for_refreshes(statuses: list[int], count: int) -> None:
    """Return once so many refreshes were answered well."""
    deadline = time.monotonic() + 60
    while statuses.count(200) < count:
        assert time.monotonic() < deadline, statuses
        time.sleep(0.02)


def wait_for_the_database(site: Stack, killed: int) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if [pid for pid in site.children("mongod") if pid != killed]:
            site.wait_until_answering()
            return
        time.sleep(0.1)
    raise AssertionError("mongod was not started again")
