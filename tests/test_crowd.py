"""Many people at one channel, dozens at a time, through two web processes: rows, counters and lists agree."""

import random
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.support.http_client import Caller
from tests.support.profile import walk

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]

PEOPLE, AT_ONCE, TURNS = walk(60, deep=200), walk(20, deep=50), walk(2, deep=6)
# Accounts without a password and an access token for each: signing in is not what is tried here.
CROWD = """
from django.test import RequestFactory
from accounts import sessions
from accounts.models import User
from accounts.tokens import AccessToken
for number in range({people}):
    user = User.objects.create_user(f"crowd-{{number:03d}}")
    session = sessions.create_session(RequestFactory().post("/"), user, client=sessions.NATIVE, remember=False)
    print("token", AccessToken.issue(user.pk, session["_id"]))
"""


def person(site, token):
    """One of the crowd."""
    caller = Caller(site)
    caller.token = token
    return caller


@pytest.fixture(scope="module")
def crowd(site):
    said = site.manage("shell", "-v", "0", "-c", CROWD.format(people=PEOPLE), SITE_URL=site.url)
    tokens = [line.split()[1] for line in said.splitlines() if line.startswith("token ")]
    assert len(tokens) == PEOPLE
    return [person(site, token) for token in tokens]


@pytest.fixture(scope="module")
def star(site, clip):
    caller = Caller(site).sign_up("crowd-star")
    caller.video = caller.wait(caller.upload(clip, visibility="public", title="Crowded"), "ready")["id"]
    _, said = caller.json("POST", f"/api/v1/videos/{caller.video}/comments", {"text": "Like this"})
    caller.comment = said["id"]
    return caller


def everybody(crowd, act):
    """``act(person, number)`` of all at once; what each answered."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(act, crowd, range(len(crowd))))


def test_subscribing_and_unsubscribing(site, crowd, star):
    path = "/api/v1/channels/crowd-star/subscription"

    def act(person, number):
        chance = random.Random(number)
        calls = [chance.choice(["PUT", "DELETE"]) for _ in range(TURNS)] + ["PUT" if number % 3 else "DELETE"]
        return [person.json(method, path, {})[0] for method in calls]

    statuses = Counter(status for person in everybody(crowd, act) for status in person)
    assert statuses == {200: PEOPLE * (TURNS + 1)}
    wanted = {f"crowd-{number:03d}" for number in range(PEOPLE) if number % 3}
    listed, address = [], "/api/v1/channels/crowd-star/subscribers?page_size=100"
    while address:
        _, page = star.json("GET", address)
        listed += [row["username"] for row in page["results"]]
        address = page["next"] and page["next"].removeprefix(site.url)
    assert len(listed) == len(set(listed))
    assert set(listed) == wanted
    assert star.json("GET", "/api/v1/channels/crowd-star")[1]["counts"]["subscribers"] == len(wanted)
    assert "correct" in site.manage("reconcile", "--check")


def test_liking_disliking_and_liking_comments(site, crowd, star):
    video, comment = f"/api/v1/videos/{star.video}", f"/api/v1/comments/{star.comment}"

    def act(person, number):
        chance = random.Random(number)
        statuses = []
        for value in [*chance.choices(["like", "dislike"], k=3), "like" if number % 2 else "dislike"]:
            statuses.append(person.json("PUT", f"{video}/reaction", {"value": value})[0])
            statuses.append(person.json("PUT", f"{comment}/reaction", {"value": value})[0])
        if number % 5 == 0:
            statuses.append(person.json("DELETE", f"{video}/reaction")[0])
        return statuses

    assert {status for person in everybody(crowd, act) for status in person} == {200}
    odd = sum(1 for number in range(PEOPLE) if number % 2)
    kept = sum(1 for number in range(PEOPLE) if number % 2 and number % 5)
    assert star.json("GET", video)[1]["counts"]["likes"] == kept
    assert star.json("GET", comment)[1]["counts"]["likes"] == odd
    assert "correct" in site.manage("reconcile", "--check")
