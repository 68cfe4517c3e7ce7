"""Finding channels by name: in the API, on the search page and in suggestions."""

import re

import pytest
from django.core.management import call_command

from accounts import profile, staff_actions
from accounts.models import User
from accounts.signals import account_deleted
from streamsite.mongo import repairs
from streamsite.mongo.collections import collection
from subscriptions import services as subscribing
from tests.support.commands import recorded_queries
from videos import blocks, tasks
from videos.search import channels, finders

URL = "/api/v1/channels"


def found(cast, q, who="anonymous", **params):
    answer = cast.api(who).get(URL, {"q": q, **params})
    assert answer.status_code == 200, answer.content
    return [channel["username"] for channel in answer.json()["results"]]


def offered(cast, q, who="anonymous"):
    return cast.api(who).get("/api/v1/search/suggest", {"q": q}).json()


def shown(cast, who="anonymous", **params):
    answer = cast.page(who).get("/search", params)
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.fixture
def people(database, cast):
    cast.user("jane_doe.films", full_name="Élan Vital Studio")
    cast.user("nightowl", full_name="Die Nachteule")
    cast.user("plain-name")


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ("elan", ["jane_doe.films"]),
        ("STUDIO", ["jane_doe.films"]),
        ("studio vital", ["jane_doe.films"]),
        ("vit stu", ["jane_doe.films"]),
        ("doe", ["jane_doe.films"]),
        ("films jane", ["jane_doe.films"]),
        ("elanvital", ["jane_doe.films"]),
        ("janedoefilms", ["jane_doe.films"]),
        ("@jane_doe.films", ["jane_doe.films"]),
        ("owl", []),
        ("nachteule", ["nightowl"]),
        ("NIGHTOWL", ["nightowl"]),
        ("name", ["plain-name"]),
        ("studio -vital", []),
        ('"die nachteule"', ["nightowl"]),
        ("elan nobody", []),
        ("elanvitalstudiox", []),
        ("", []),
        ("   ", []),
        ("$where", []),
        (".*", []),
        ("\x00", []),
    ],
)
def test_any_word_of_either_name_finds_a_channel(people, cast, typed, names):
    assert found(cast, typed) == names


def test_channels_are_found_without_videos_and_the_one_so_named_first(database, cast):
    for name in ("own-a", "own-b", "own"):
        cast.user(name)
    many = cast.user("many", full_name="Own Popular")
    for name in ("fan-a", "fan-b"):
        subscribing.subscribe(cast.user(name), many)
    assert found(cast, "own")[:2] == ["own", "many"]
    pages, url = [], f"{URL}?q=own&page_size=1"
    while url:
        page = cast.api("anonymous").get(url).json()
        pages += [channel["username"] for channel in page["results"]]
        url = page["next"]
        cast.user(f"own-new-{len(pages)}")  # what comes meanwhile repeats nothing
        assert len(pages) < 20
    assert pages[:2] == ["own", "many"]
    assert len(pages) == len(set(pages))
    assert {"own", "many", "own-a", "own-b"} <= set(pages)
    subscribing.unsubscribe(User.objects.get(username="fan-a"), many)
    subscribing.unsubscribe(User.objects.get(username="fan-b"), many)
    assert collection(channels.INDEX.table).find_one({"_id": many.pk})["rank"] == 0


def test_a_changed_name_is_found_at_once(people, cast):
    profile.update(User.objects.get(username="nightowl"), {"full_name": "Frühaufsteher"})
    assert found(cast, "fruhaufsteher") == ["nightowl"]
    assert found(cast, "nachteule") == []


@pytest.mark.parametrize("how", ["closed", "suspended", "erased", "blocked"])
def test_who_is_gone_or_blocked_is_never_found(people, cast, how):
    gone = User.objects.get(username="nightowl")
    if how == "closed":
        User.objects.filter(pk=gone.pk).update(is_active=False)
    elif how == "suspended":
        staff_actions.suspend(gone, actor=None)
    elif how == "erased":
        account_deleted.send(sender=User, user_id=gone.pk)
    else:
        blocks.block(cast.member, gone)
    assert found(cast, "nachteule", "member") == []
    assert offered(cast, "nachteule", "member") == {"results": [], "channels": [], "playlists": []}
    assert "nightowl" not in shown(cast, "member", q="nachteule")
    assert "nightowl" not in shown(cast, "member", q="nachteule", show="channels")
    if how == "blocked":  # others still find it
        assert found(cast, "nachteule") == ["nightowl"]
        return
    tasks.relist_channel.func(gone.pk)
    assert collection(channels.INDEX.table).find_one({"_id": gone.pk}) is None or how == "erased"


def test_what_the_previous_release_wrote_is_set_right(people, cast):
    rows = collection(channels.INDEX.table)
    assert not finders.has_outdated_index()
    User.objects.filter(username="nightowl").update(full_name="Renamed Elsewhere")
    missing = User.objects.get(username="plain-name")
    rows.delete_one({"_id": missing.pk})
    rows.insert_one({"_id": "nobody", "shape": 1, "names": [], "prefixes": ["x"], "rank": 0})
    wrong = {one.name: one.wrong for one in repairs.repair_documents()}
    assert wrong["search_channel.names"] == 3
    assert found(cast, "elsewhere") == ["nightowl"]
    assert found(cast, "plain") == ["plain-name"]
    assert repairs.repair_documents() == []
    rows.delete_many({})
    assert finders.has_outdated_index()
    call_command("rebuild_search")
    assert found(cast, "elsewhere") == ["nightowl"]


def test_suggestions_name_channels_with_their_pictures(people, cast):
    answer = offered(cast, "vital")
    assert answer["results"] == [
        {"kind": "channel", "text": "Élan Vital Studio", "url": "http://localhost:8000/@jane_doe.films"}
    ]
    (channel,) = answer["channels"]
    assert channel["username"] == "jane_doe.films"
    assert set(channel) == {"username", "full_name", "avatar_url", "avatar_small_url", "subscribers", "url"}


def test_the_search_page_shows_three_and_leads_to_all(people, cast):
    for number in range(5):
        cast.user(f"own-{number}", full_name="<b>Wonderful</b>")
    html = shown(cast, q="wonderful")
    assert html.count('class="found-channel"') == 3
    assert "<b>Wonderful" not in html
    assert "No videos match, but the results above do." in html
    everything = re.search(r'href="(/search\?[^"]*show=channels)"', html)[1].replace("&amp;", "&")
    assert everything == "/search?q=wonderful&show=channels"
    assert shown(cast, q="wonderful", show="channels").count('class="found-channel"') == 5
    assert "All channels" not in shown(cast, q="nachteule")
    assert "found-channel" not in shown(cast, q="wonderful", duration="short")
    assert "No results for" in shown(cast, q="unheard", show="channels")
    more = cast.page("anonymous").get(
        "/search?q=wonderful&show=channels&page_size=2", headers={"HX-Request": "true"}
    )
    assert "<html" not in more.content.decode()
    assert "cursor=" in more.content.decode()
    second = re.search(r'href="(/search[^"]*cursor[^"]*)"', shown(cast, q="wonderful", show="", page_size=1))
    assert second is None  # no video has this name


def test_finding_costs_few_commands(people, cast):
    for typed in ("vital studio", "nightowl"):
        with recorded_queries() as commands:
            found(cast, typed)
        assert commands == ["aggregate search_channel", "find accounts_user"]
