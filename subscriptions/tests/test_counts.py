"""Every displayed count equals the length of the list the viewer sees, with closed, suspended, and blocked accounts."""

import pytest

from accounts import deactivation, staff_actions
from accounts.models import User
from streamsite.mongo import counters
from subscriptions import inactive, services
from subscriptions.models import Subscription
from tests.support.mailbox import deliver
from tests.support.profile import walk
from videos import blocks
from videos.comments import services as comments

VIEWERS = ("anonymous", "member", "owner", "stranger", "staff")


@pytest.fixture
def site(database, cast):
    """Let Ann, Ben, and the others comment on the owner's film, subscribe to each other, and share a playlist."""
    for name in ("ann", "ben"):
        setattr(cast, name, cast.user(name))
    video = cast.video(title="Film")
    for follower in ("ann", "ben", "member", "staff"):
        cast.api(follower).put("/api/v1/channels/owner/subscription")
    for channel in ("ann", "ben"):
        cast.api("owner").put(f"/api/v1/channels/{channel}/subscription")
    cast.api("ann").put("/api/v1/channels/ben/subscription")
    threads = {who: say(cast, who, f"videos/{video.pk}/comments") for who in ("ann", "ben", "owner")}
    for thread in threads.values():
        for who in ("ann", "ben", "stranger"):
            say(cast, who, f"comments/{thread}/replies")
    clips = [cast.video(owner=getattr(cast, who), title=who).pk for who in ("ann", "ben", "owner")]
    made = {"title": "All", "visibility": "public", "video_ids": [video.pk, *clips]}
    playlist = cast.api("owner").post("/api/v1/playlists", made, format="json").json()["id"]
    for who in ("ann", "ben", "member"):
        cast.api(who).put(f"/api/v1/videos/{video.pk}/reaction", {"value": "like"}, format="json")
    return video.pk, playlist


def say(cast, who, place):
    answer = cast.api(who).post(f"/api/v1/{place}", {"text": f"{who} says"}, format="json")
    assert answer.status_code == 201, answer.content
    return answer.json()["id"]


def listed(api, path):
    body = api.get(f"/api/v1/{path}?page_size=100")
    assert body.status_code == 200, (path, body.content)
    return body.json()["results"]


def compare(cast, site):
    """Compare every count with its list, for every viewer; return the number of comments that each sees."""
    video, playlist = site
    seen = {}
    for who in VIEWERS[: walk(3, deep=len(VIEWERS))]:
        api = cast.api(who)
        threads = listed(api, f"videos/{video}/comments")
        replies = 0
        for thread in threads:
            found = listed(api, f"comments/{thread['id']}/replies")
            assert thread["counts"]["replies"] == len(found), (who, thread)
            replies += len(found)
        one = api.get(f"/api/v1/comments/{threads[0]['id']}").json()
        assert one["counts"] == threads[0]["counts"], who
        count = api.get(f"/api/v1/videos/{video}").json()["counts"]["comments"]
        assert count == len(threads) + replies, who
        page = cast.page(who).get(f"/watch/{video}/comments").content.decode()
        assert f'data-comment-count="{count}"' in page, who
        seen[who] = count
        names = User.objects.filter(is_active=True).values_list("username", flat=True)
        for name in names if who == "anonymous" else ():
            counts = api.get(f"/api/v1/channels/{name}").json()["counts"]
            for kind in ("subscribers", "subscriptions", "videos"):
                assert counts[kind] == len(listed(api, f"channels/{name}/{kind}")), (who, name, kind)
        held = api.get(f"/api/v1/playlists/{playlist}").json()
        items = api.get(f"/api/v1/playlists/{playlist}/items").json()
        hidden = items["hidden_count"] if who == "owner" else 0  # who fills the list is told what is hidden
        assert held["item_count"] == len(items["results"]) + hidden, who
        if who != "anonymous":
            mine = api.get("/api/v1/me").json()["counts"]
            assert mine["subscriptions"] == len(listed(api, "me/subscriptions")), who
    return seen


def right():
    """Return the counters that differ from their rows by the nightly comparison."""
    return [drift.counter.name for drift in counters.reconcile(correct=False, settle_seconds=0)]


def test_counts_equal_lists_while_accounts_close_and_come_back(cast, site, rf):
    deactivation.deactivate(rf.post("/"), cast.ann)
    deliver()
    # Of 12 go her thread with its three replies, and her replies in two other threads.
    assert set(compare(cast, site).values()) == {6}
    assert right() == []
    staff_actions.suspend(User.objects.get(pk=cast.ben.pk), actor=cast.staff)
    deliver()
    assert set(compare(cast, site).values()) == {2}
    deactivation.reactivate(rf.post("/"), User.objects.get(pk=cast.ann.pk))
    deliver()
    assert Subscription.objects.get(subscriber=cast.ann, channel=cast.ben).away
    assert right() == []
    staff_actions.reinstate(User.objects.get(pk=cast.ben.pk), actor=cast.staff)
    deliver()
    assert set(compare(cast, site).values()) == {12}
    assert right() == []
    assert User.objects.get(pk=cast.owner.pk).subscriber_count == 4


def test_counts_equal_lists_for_who_blocks_and_whatever_is_hidden(cast, site):
    video, _ = site
    blocks.block(cast.owner, cast.ann)
    blocks.block(cast.member, cast.stranger)
    blocks.block(cast.member, cast.ben)
    seen = compare(cast, site)
    # The owner does not see Ann's thread with its three replies, and her replies in two others; the member neither
    # Ben's, in the same way, nor the stranger's in the threads that are left.
    assert (seen.pop("owner"), seen.pop("member")) == (6, 4)
    assert set(seen.values()) == {12}
    blocks.unblock(cast.member, cast.stranger)
    thread = listed(cast.api("anonymous"), f"videos/{video}/comments")[0]["id"]  # the owner's own
    comments.take_down(thread)
    seen = compare(cast, site)
    assert (seen["anonymous"], seen["owner"], seen["member"]) == (8, 3, 3)
    comments.restore(thread)
    assert compare(cast, site)["member"] == 6
    comments.take_down(thread)
    cast.api("staff").delete(f"/api/v1/comments/{thread}")
    assert cast.api("anonymous").get(f"/api/v1/videos/{video}").json()["counts"]["comments"] == 8
    assert right() == []


def test_subscriptions_that_the_previous_release_left_are_set_right(cast, site):
    User.objects.filter(pk=cast.ann.pk).update(is_active=False)
    assert len(list(inactive.ids_out_of_sync())) == 3
    inactive.repair(list(inactive.ids_out_of_sync()))
    assert (list(inactive.ids_out_of_sync()), right()) == ([], [])
    assert User.objects.get(pk=cast.owner.pk).subscriber_count == 3
    User.objects.filter(pk=cast.ann.pk).update(is_active=True)
    inactive.repair(list(inactive.ids_out_of_sync()))
    assert User.objects.get(pk=cast.owner.pk).subscriber_count == 4
    cast.api("ann").delete("/api/v1/channels/owner/subscription")
    assert right() == []


def test_an_account_that_is_erased_while_it_waits_is_counted_once(cast, site, rf):
    deactivation.deactivate(rf.post("/"), cast.ann)
    deliver()
    services.delete_for_user(cast.ann.pk)
    assert User.objects.get(pk=cast.owner.pk).subscriber_count == 3
    assert right() == []


def test_a_post_counts_as_a_video_does(database, cast):
    cast.ann = cast.user("ann")
    post = cast.api("owner").post("/api/v1/posts", {"text": "News"}, format="json").json()["id"]
    thread = say(cast, "ann", f"posts/{post}/comments")
    for who in ("member", "stranger"):
        say(cast, who, f"comments/{thread}/replies")
    say(cast, "member", f"posts/{post}/comments")
    blocks.block(cast.member, cast.ann)
    blocks.block(cast.stranger, cast.member)
    for who, expected in (("anonymous", 4), ("member", 1), ("stranger", 2), ("owner", 4)):
        threads = listed(cast.api(who), f"posts/{post}/comments")
        found = sum(1 + len(listed(cast.api(who), f"comments/{row['id']}/replies")) for row in threads)
        assert found == cast.api(who).get(f"/api/v1/posts/{post}").json()["counts"]["comments"] == expected, (
            who
        )
        assert f">{expected} comment" in cast.page(who).get(f"/posts/{post}").content.decode(), who
