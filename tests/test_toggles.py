"""Toggles: few commands, exact under a storm, and where one is cut off ``reconcile`` sets right what is wrong."""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections
from django.db.models import Sum

from accounts.models import User
from streamsite.mongo import counters
from streamsite.mongo.collections import collection
from subscriptions import access
from subscriptions import services as subscribing
from subscriptions.models import Subscription
from subscriptions.webhooks import listeners
from tests.support.commands import LOG, recorded
from tests.support.kills import collect_writes, kill_after
from tests.support.profile import walk
from videos import blocks
from videos.models import Reaction, Video
from videos.playback import statistics_store
from videos.reactions import services as reactions

FOLLOWED = "/api/v1/channels/owner/subscription"


def commands(api, method, path, body=None):
    """Return the commands of a call after the one that limits its rate, which is the last to find out who asks."""
    with recorded() as seen:
        answer = getattr(api, method)(path, body, format="json")
    assert answer.status_code in {200, 204}, answer.content
    return seen[seen.index("findAndModify throttle") + 1 :]


def wrong_counters():
    return {
        drift.counter.name: drift.difference for drift in counters.reconcile(correct=False, settle_seconds=0)
    }


def like(person, video, value):
    if value is None:
        reactions.withdraw(person, video)
    else:
        reactions.react(person, video, value)


def test_a_reaction_is_one_read_one_upsert_and_its_counters(cast):
    video, api = cast.video(), cast.api("member")
    path = f"/api/v1/videos/{video.pk}/reaction"
    gate, row = "aggregate videos_video", "findAndModify videos_reaction"
    counted = ["findAndModify videos_video", "update video_day", "update channel_day"]
    assert commands(api, "put", path, {"value": "dislike"}) == [gate, row, *counted]
    assert commands(api, "put", path, {"value": "like"}) == [gate, row, *counted]
    assert commands(api, "put", path, {"value": "like"}) == [gate, row]
    assert commands(api, "delete", path) == [gate, row, *counted]
    assert commands(api, "delete", path) == [gate, row]


def test_a_subscription_is_one_read_one_upsert_and_its_counters(cast):
    assert cast.owner.is_active
    User.objects.filter(pk=cast.owner.pk).update(subscriber_count=8)  # where the rank in the search stays
    listeners.forget()
    assert not listeners.anyone_wants_subscriptions()  # which the process remembers
    api, row = cast.api("member"), "findAndModify subscriptions_subscription"
    counted = ["findAndModify accounts_user", "findAndModify accounts_user", "update channel_day"]
    assert commands(api, "put", FOLLOWED, {}) == ["aggregate accounts_user", row, *counted]
    assert commands(api, "put", FOLLOWED, {"notify": "none"}) == ["aggregate accounts_user", row]
    assert commands(api, "delete", FOLLOWED) == ["find accounts_user", row, *counted]
    assert commands(api, "delete", FOLLOWED) == ["find accounts_user", row]


def test_reactions_to_comments_and_posts_read_what_they_are_to(cast):
    video, api = cast.video(), cast.api("member")
    said = cast.api("stranger").post(f"/api/v1/videos/{video.pk}/comments", {"text": "One"}, format="json")
    post = cast.api("owner").post("/api/v1/posts", {"text": "News"}, format="json")
    path, gate = (
        f"/api/v1/comments/{said.json()['id']}/reaction",
        ["find videos_comment", "find accounts_user", "aggregate videos_video"],
    )
    row, counted = "findAndModify videos_commentreaction", "findAndModify videos_comment"
    assert commands(api, "put", path, {"value": "like"}) == [*gate, row, counted]
    assert commands(api, "put", path, {"value": "like"}) == [*gate, row]
    assert commands(api, "delete", path) == [*gate, row, counted]
    assert commands(api, "delete", path) == [*gate, row]
    path, gate = (
        f"/api/v1/posts/{post.json()['id']}/reaction",
        ["find subscriptions_post", "find accounts_user"],
    )
    row, counted = "findAndModify subscriptions_postreaction", "findAndModify subscriptions_post"
    assert commands(api, "put", path, {"value": "like"}) == [*gate, row, counted]
    assert commands(api, "put", path, {"value": "like"}) == [*gate, row]
    assert commands(api, "delete", path) == [*gate, row, counted]
    assert commands(api, "delete", path) == [*gate, row]


def test_a_heartbeat_is_one_read_and_two_writes(cast):
    video, api = cast.video(), cast.api("member")
    beat = {"position": 3.0, "watched": [[0, 3]]}
    for _ in range(2):
        asked = commands(api, "post", f"/api/v1/videos/{video.pk}/playback", beat)
        assert asked == ["aggregate videos_video", "findAndModify view_session", "update videos_watch"]


def test_watch_later_reads_the_video_once(cast):
    first, second, api = cast.video(), cast.video(), cast.api("member")
    api.put(f"/api/v1/me/watch-later/{first.pk}")
    for video, reads in ((second, 2), (first, 1)):  # a new item looks whether its video is still there
        asked = commands(api, "put", f"/api/v1/me/watch-later/{video.pk}")
        assert asked.count("find videos_video") == reads, asked


def test_the_read_of_a_toggle_loads_no_whole_row(cast):
    video, api = cast.video(), cast.api("member")
    LOG.documents = []
    api.put(f"/api/v1/videos/{video.pk}/reaction", {"value": "like"}, format="json")
    api.put(FOLLOWED)
    asked, LOG.documents = LOG.documents, None
    pipelines = [command["pipeline"] for _, command in asked if "pipeline" in command]
    assert len(pipelines) == 2
    for stages in pipelines:
        assert len(stages[1]["$project"]) < 12
        assert not {"password", "email", "description"} & stages[1]["$project"].keys()


def test_repeating_a_reaction_leaves_its_place_in_the_list_and_tells_the_likes(cast):
    video, api = cast.video(), cast.api("member")
    path = f"/api/v1/videos/{video.pk}/reaction"
    reactions.react(cast.stranger, video, "like")
    api.put(path, {"value": "like"}, format="json")
    first = Reaction.objects.get(user_id=cast.member.pk)
    assert api.put(path, {"value": "like"}, format="json").json() == {"reaction": "like", "likes": 2}
    again = Reaction.objects.get(user_id=cast.member.pk)
    assert (again.pk, again.created_at) == (first.pk, first.created_at)
    api.put(path, {"value": "dislike"}, format="json")
    changed = Reaction.objects.get(user_id=cast.member.pk)
    assert changed.pk == first.pk
    assert changed.created_at > first.created_at


def test_repeating_a_subscription_tells_what_is_there(cast):
    assert cast.owner.is_active
    subscribing.subscribe(cast.stranger, cast.owner)
    api = cast.api("member")
    api.put(FOLLOWED, {"notify": "none"}, format="json")
    said = {"is_subscribed": True, "notify": "none", "subscribers": 2}
    assert api.put(FOLLOWED, {}, format="json").json() == said
    assert api.delete(FOLLOWED).json() == {"is_subscribed": False, "notify": None, "subscribers": 1}


def test_a_storm_of_reactions_of_few_people_stays_exact(cast):
    video, people = cast.video(), [cast.user(f"fan-{number}") for number in range(3)]

    def act(number):
        try:
            chance = random.Random(number)
            like(chance.choice(people), video, chance.choice(("like", "dislike", None)))
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(act, range(walk(160, deep=800))))
    assert wrong_counters() == {}
    rows, day = Reaction.objects.filter(video_id=video.pk), statistics_store.today()
    for name, owner in (
        (statistics_store.VIDEO_DAYS, {"video": video.pk}),
        (statistics_store.CHANNEL_DAYS, {"channel": video.channel_id}),
    ):
        noted = statistics_store.find_days(name, owner, day, day)[day]
        assert noted.get("likes", 0) == rows.filter(value="like").count()
        assert noted.get("dislikes", 0) == rows.filter(value="dislike").count()


def test_a_storm_of_subscriptions_of_few_people_stays_exact(cast):
    people, channel = [cast.user(f"fan-{number}") for number in range(3)], cast.owner

    def act(number):
        try:
            chance = random.Random(number)
            person, turn = chance.choice(people), chance.choice(("all", "none", None, "end", "end"))
            if turn == "end":
                subscribing.unsubscribe(person, channel)
            else:
                subscribing.subscribe(person, channel, notify=turn)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(act, range(walk(160, deep=800))))
    assert wrong_counters() == {}
    rows = Subscription.objects.filter(channel=channel).count()
    assert User.objects.get(pk=channel.pk).subscriber_count == rows
    assert User.objects.aggregate(n=Sum("subscription_count"))["n"] == rows
    day = collection(statistics_store.CHANNEL_DAYS).find_one({"channel": channel.pk})
    assert day["gained"] - day.get("lost", 0) == rows


ENDS = {
    "like": lambda cast, video: reactions.react(cast.member, video, "like"),
    "other": lambda cast, video: reactions.react(cast.stranger, video, "dislike"),
    "withdraw": lambda cast, video: reactions.withdraw(cast.stranger, video),
    "subscribe": lambda cast, video: subscribing.subscribe(cast.member, cast.owner),
    "unsubscribe": lambda cast, video: subscribing.unsubscribe(cast.stranger, cast.owner),
}


def begin(cast):
    """Return a video that the stranger likes, of a channel that they follow. The member is there as well."""
    assert cast.member.is_active
    video = cast.video()
    reactions.react(cast.stranger, video, "like")
    subscribing.subscribe(cast.stranger, cast.owner)
    return video


@pytest.mark.parametrize("name", ENDS)
def test_a_toggle_that_is_cut_off_leaves_at_most_two_counters_which_reconcile_sets_right(cast, name):
    act, video = ENDS[name], begin(cast)
    with collect_writes(LOG.writes) as done:
        act(cast, video)
    assert done[0].endswith(("videos_reaction", "subscriptions_subscription"))  # the row decides
    for last in range(1, len(done)):
        Reaction.objects.all().delete()
        Subscription.objects.all().delete()
        Video.objects.all().delete()
        User.objects.update(subscriber_count=0, subscription_count=0, video_count=0)
        video = begin(cast)
        with kill_after(LOG.writes, last):
            act(cast, video)
        assert len(wrong_counters()) <= 2, (last, done)
        assert set(wrong_counters().values()) <= {1}
        counters.reconcile(settle_seconds=0)
        assert wrong_counters() == {}
        act(cast, video)  # goes on as if nothing had been
        assert wrong_counters() == {}


def test_a_share_link_lets_somebody_react_and_a_private_video_nobody(cast):
    video = cast.video(visibility="private")
    path = f"/api/v1/videos/{video.pk}/reaction"
    assert cast.api("member").put(path, {"value": "like"}, format="json").status_code == 404
    assert cast.api("owner").put(path, {"value": "like"}, format="json").status_code == 200
    made = cast.api("owner").post(f"/api/v1/videos/{video.pk}/share-links", {}, format="json").json()
    guest = cast.api("member")
    answer = guest.put(f"{path}?{made['url'].partition('?')[2]}", {"value": "like"}, format="json")
    assert answer.status_code == 200
    User.objects.filter(pk=cast.owner.pk).update(is_active=False)
    for who in ("member", "stranger"):
        assert cast.api(who).put(path, {"value": "like"}, format="json").status_code == 404
    for wrong in ("$ne", "x" * 11, "0"):
        body = {"value": "like"}
        assert guest.put(f"/api/v1/videos/{wrong}/reaction", body, format="json").status_code == 404


def test_the_joined_blocks_are_those_of_the_two(cast):
    def blockers():
        found = access.channel_for_subscribing(cast.member.pk, "OWNER")
        assert found.pk == cast.owner.pk
        return found.relation.blockers

    blocks.block(cast.stranger, cast.owner)
    blocks.block(cast.member, cast.stranger)
    assert blockers() == frozenset()
    blocks.block(cast.member, cast.owner)
    assert blockers() == {cast.member.pk}
    blocks.block(cast.owner, cast.member)
    assert blockers() == {cast.member.pk, cast.owner.pk}


def test_rows_are_counted_only_near_the_limit(cast, settings):
    assert cast.owner.is_active
    counted = "aggregate subscriptions_subscription"
    Subscription.objects.bulk_create(
        Subscription(subscriber=cast.member, channel_id=f"gone-{number}", away=True) for number in range(3)
    )
    for limit, is_counted in ((1_003, False), (1_002, True), (3, True)):
        settings.MAX_SUBSCRIPTIONS_PER_USER = limit
        with recorded() as seen:
            answer = cast.api("member").put(FOLLOWED)
        assert (counted in seen) == is_counted
        assert answer.status_code == (200 if limit > 3 else 409)
        assert Subscription.objects.filter(subscriber=cast.member).count() <= limit
        cast.api("member").delete(FOLLOWED)
    assert wrong_counters() == {}
