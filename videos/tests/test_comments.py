"""Comments and replies: who may say, change and remove what, and counters that equal rows."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from tests.support.commands import recorded_queries
from videos import services as videos
from videos.comments import access, reactions, services, targets
from videos.models import Comment, CommentReaction, Video


def say(cast, who, video, text="Nice", status=201):
    answer = cast.api(who).post(f"/api/v1/videos/{video.pk}/comments", {"text": text}, format="json")
    assert answer.status_code == status, answer.content
    return answer.json()


def answer_to(cast, who, comment, text="Indeed", status=201):
    got = cast.api(who).post(f"/api/v1/comments/{comment['id']}/replies", {"text": text}, format="json")
    assert got.status_code == status, got.content
    return got.json()


def listed(cast, video, who="anonymous", **params):
    return cast.api(who).get(f"/api/v1/videos/{video.pk}/comments", params).json()["results"]


def texts(cast, video, who="anonymous", **params):
    return [row["text"] for row in listed(cast, video, who, **params)]


def count(video):
    return Video.objects.values_list("comment_count", flat=True).get(pk=video.pk)


def shown(video):
    return Comment.objects.filter(subject=video.pk, state="shown").count()


def test_a_comment_has_the_fields_of_the_contract(database, cast):
    video = cast.video()
    made = say(cast, "stranger", video, "  Hello\r\nthere  ")
    assert made["text"] == "Hello\nthere"
    assert made["author"]["username"] == "stranger"
    assert (made["edited_at"], made["pinned"], made["hearted"]) == (None, False, False)
    assert made["counts"] == {"likes": 0, "replies": 0}
    assert made["viewer"] == {
        "reaction": None,
        "following": True,
        "can_edit": True,
        "can_delete": True,
        "can_curate": False,
    }
    row = listed(cast, video)[0]
    assert row == made | {"viewer": None}
    assert count(video) == 1


def test_threads_are_one_level_deep(database, cast):
    video = cast.video()
    first = say(cast, "stranger", video)
    reply = answer_to(cast, "member", first)
    assert reply["parent"] == first["id"]
    answer_to(cast, "owner", reply, status=400)
    assert listed(cast, video)[0]["counts"]["replies"] == 1
    replies = cast.api("anonymous").get(f"/api/v1/comments/{first['id']}/replies").json()["results"]
    assert [row["text"] for row in replies] == ["Indeed"]
    assert count(video) == 2


def test_an_edit_is_marked_and_the_stale_one_refused(database, cast):
    video = cast.video()
    made = say(cast, "stranger", video)
    path = f"/api/v1/comments/{made['id']}"
    api = cast.api("stranger")
    changed = api.patch(path, {"text": "Better"}, format="json", headers={"If-Match": '"v1"'})
    assert (changed.status_code, changed.json()["text"]) == (200, "Better")
    assert changed.json()["edited_at"]
    assert changed["ETag"] == '"v2"'
    stale = api.patch(path, {"text": "Worse"}, format="json", headers={"If-Match": '"v1"'})
    assert (stale.status_code, stale.json()["code"]) == (412, "precondition_failed")
    assert api.delete(path, headers={"If-Match": '"v1"'}).status_code == 412
    assert texts(cast, video) == ["Better"]
    same = api.patch(path, {"text": "Better"}, format="json")
    assert same.json()["version"] == 2


@pytest.mark.parametrize(
    ("who", "patch", "delete", "pin"),
    [
        ("anonymous", 401, 401, 401),
        ("stranger", 403, 403, 403),
        ("member", 200, 204, 403),  # wrote it
        ("owner", 403, 204, 200),  # owns the video
        ("staff", 403, 204, 403),
    ],
)
def test_who_may_do_what(database, cast, who, patch, delete, pin):
    video = cast.video()
    path = f"/api/v1/comments/{say(cast, 'member', video)['id']}"
    api = cast.api(who)
    assert api.put(f"{path}/pin").status_code == pin
    assert api.put(f"{path}/heart").status_code == pin
    assert api.put(f"{path}/approval").status_code == pin
    assert api.patch(path, {"text": "Changed"}, format="json").status_code == patch
    assert api.delete(path).status_code == delete
    assert count(video) == shown(video) == (0 if delete == 204 else 1)


def test_a_removed_thread_takes_its_answers_and_reactions_along(database, cast):
    video = cast.video()
    first, other = say(cast, "stranger", video), say(cast, "stranger", video, "Other")
    reply = answer_to(cast, "member", first)
    for comment in (first, reply, other):
        cast.api("owner").put(f"/api/v1/comments/{comment['id']}/reaction", {"value": "like"}, format="json")
    assert cast.api("stranger").delete(f"/api/v1/comments/{first['id']}").status_code == 204
    assert cast.api("stranger").delete(f"/api/v1/comments/{first['id']}").status_code == 404
    assert texts(cast, video) == ["Other"]
    assert count(video) == shown(video) == 1
    assert CommentReaction.objects.count() == 1


def test_a_reply_that_is_removed_is_counted(database, cast):
    video = cast.video()
    first = say(cast, "stranger", video)
    reply = answer_to(cast, "member", first)
    assert cast.api("member").delete(f"/api/v1/comments/{reply['id']}").status_code == 204
    row = listed(cast, video)[0]
    assert (row["counts"]["replies"], count(video)) == (0, 1)


def test_one_comment_is_pinned_and_leads_in_every_order(database, cast):
    video = cast.video()
    old, loved, new = (say(cast, "stranger", video, text) for text in ("old", "loved", "new"))
    cast.api("member").put(f"/api/v1/comments/{loved['id']}/reaction", {"value": "like"}, format="json")
    assert texts(cast, video) == ["loved", "new", "old"]
    assert texts(cast, video, sort="newest") == ["new", "loved", "old"]
    owner = cast.api("owner")
    owner.put(f"/api/v1/comments/{new['id']}/pin")
    assert owner.put(f"/api/v1/comments/{old['id']}/pin").json()["pinned"] is True
    assert texts(cast, video) == ["old", "loved", "new"]
    assert texts(cast, video, sort="newest") == ["old", "new", "loved"]
    assert Comment.objects.filter(pinned=True).count() == 1
    assert owner.delete(f"/api/v1/comments/{old['id']}/pin").json()["pinned"] is False
    reply = answer_to(cast, "member", loved)
    assert owner.put(f"/api/v1/comments/{reply['id']}/pin").status_code == 400


def test_pages_go_on_where_they_ended(database, cast):
    video = cast.video()
    for number in range(5):
        say(cast, "stranger", video, f"{number}")
    seen, url = [], f"/api/v1/videos/{video.pk}/comments?sort=newest&page_size=2"
    while url:
        page = cast.api("member").get(url).json()
        seen += [row["text"] for row in page["results"]]
        url = page["next"]
    assert seen == ["4", "3", "2", "1", "0"]


def test_unknown_orders_are_refused(database, cast):
    video = cast.video()
    got = cast.api("anonymous").get(f"/api/v1/videos/{video.pk}/comments?sort=worst")
    assert (got.status_code, got.json()["fields"]) == (400, {"sort": ["Choose one of: top, newest."]})


@pytest.mark.parametrize(
    "text", ["", "   ", "\u200b\u200d", "\u3164", None, 7, ["x"], {"$ne": ""}, "x" * 10_001, "\u2800 \ufeff"]
)
def test_a_text_that_shows_nothing_or_too_much_is_refused(database, cast, text):
    video = cast.video()
    got = say(cast, "stranger", video, text, status=400)
    assert (got["code"], list(got["fields"])) == ("validation_error", ["text"])
    assert count(video) == 0


@pytest.mark.parametrize(
    "text", ["👩‍👩‍👧", "مرحبا", "x" * 10_000, "<script>alert(1)</script>", "a\n\n\n\n\n\nb"]
)
def test_any_text_that_shows_something_is_kept(database, cast, text):
    made = say(cast, "stranger", cast.video(), text)
    assert made["text"] == ("a\n\n\nb" if text.startswith("a\n") else text)


def test_comments_follow_their_video(database, cast):
    video = cast.video()
    made = say(cast, "stranger", video)
    Video.objects.filter(pk=video.pk).update(allow_comments=False)
    assert say(cast, "stranger", video, status=403)["code"] == "permission_denied"
    assert texts(cast, video) == ["Nice"]
    Video.objects.filter(pk=video.pk).update(visibility="private")
    for who in ("anonymous", "stranger"):
        for path in (f"/api/v1/videos/{video.pk}/comments", f"/api/v1/comments/{made['id']}"):
            assert cast.api(who).get(path).status_code == 404
    for method, path, body in (
        ("post", f"/api/v1/videos/{video.pk}/comments", {"text": "x"}),
        ("post", f"/api/v1/comments/{made['id']}/replies", {"text": "x"}),
        ("patch", f"/api/v1/comments/{made['id']}", {"text": "x"}),
        ("put", f"/api/v1/comments/{made['id']}/reaction", {"value": "like"}),
        ("post", f"/api/v1/comments/{made['id']}/report", {"reason": "spam"}),
    ):
        assert getattr(cast.api("stranger"), method)(path, body, format="json").status_code == 404, path
    assert cast.api("owner").get(f"/api/v1/comments/{made['id']}").status_code == 200


def test_the_last_word_of_a_viewer_counts_once(database, cast):
    video = cast.video()
    path = f"/api/v1/comments/{say(cast, 'stranger', video)['id']}/reaction"
    api = cast.api("member")
    for value, likes in (("like", 1), ("like", 1), ("dislike", 0), ("like", 1)):
        assert api.put(path, {"value": value}, format="json").json() == {"reaction": value, "likes": likes}
    assert listed(cast, video, "member")[0]["viewer"]["reaction"] == "like"
    assert api.delete(path).json() == {"reaction": None, "likes": 0}
    assert api.delete(path).json() == {"reaction": None, "likes": 0}
    assert api.put(path, {"value": "love"}, format="json").status_code == 400


def test_fifty_likes_at_once_are_counted_exactly(database, cast):
    video = cast.video()
    comment = Comment.objects.get(pk=say(cast, "stranger", video)["id"])
    people = [cast.user(f"fan-{number}") for number in range(10)]

    def act(number):
        try:
            person = people[number % len(people)]
            if number % 7 == 3:
                reactions.withdraw(person, comment)
            else:
                reactions.react(person, comment, "dislike" if number % 3 == 0 else "like")
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(act, range(150)))
    comment.refresh_from_db()
    rows = CommentReaction.objects.filter(comment=comment)
    likes = rows.filter(value="like").count()
    assert (comment.like_count, comment.score) == (likes, likes)
    assert comment.dislike_count == rows.filter(value="dislike").count()


def test_saying_pinning_and_removing_at_once_keeps_the_counters(database, cast):
    video = cast.video()
    subject = targets.video_target(video)
    people = [cast.user(f"fan-{number}") for number in range(8)]
    thread = services.create(cast.stranger, subject, "thread")

    def act(number):
        try:
            person = people[number % 8]
            made = services.create(person, subject, f"{number}", thread=thread if number % 2 else None)
            if number % 3 == 0:
                services.delete(made)
            elif not made.is_reply:
                services.pin(made)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(act, range(64)))
    assert count(video) == shown(video)
    thread.refresh_from_db()
    assert thread.reply_count == Comment.objects.filter(parent=thread.pk).count()
    assert Comment.objects.filter(subject=video.pk, pinned=True).count() == 1


def test_an_answer_to_what_went_meanwhile_is_absent(database, cast):
    video = cast.video()
    thread = Comment.objects.get(pk=say(cast, "stranger", video)["id"])
    services.delete(thread)
    with pytest.raises(access.Absent):
        services.create(cast.member, targets.video_target(video), "late", thread=thread)
    assert (count(video), Comment.objects.count()) == (0, 0)


def test_a_deleted_video_takes_its_comments_along(database, cast):
    from videos import tasks

    video = cast.video()
    made = say(cast, "stranger", video)
    cast.api("member").put(f"/api/v1/comments/{made['id']}/reaction", {"value": "like"}, format="json")
    videos.delete(video)
    assert cast.api("stranger").get(f"/api/v1/comments/{made['id']}").status_code == 404
    tasks.forget_video.func(video.pk)
    assert (Comment.objects.count(), CommentReaction.objects.count()) == (0, 0)


def test_a_closed_account_is_not_heard_until_it_is_restored(database, cast):
    video = cast.video()
    first, other = say(cast, "stranger", video), say(cast, "member", video, "Other")
    answer_to(cast, "stranger", other)
    type(cast.stranger).objects.filter(pk=cast.stranger.pk).update(is_active=False)
    assert texts(cast, video) == ["Other"]
    assert cast.api("anonymous").get(f"/api/v1/comments/{first['id']}").status_code == 404
    services.hide_for_author(cast.stranger.pk)
    services.hide_for_author(cast.stranger.pk)
    assert (count(video), shown(video)) == (1, 1)
    assert listed(cast, video)[0]["counts"]["replies"] == 0
    type(cast.stranger).objects.filter(pk=cast.stranger.pk).update(is_active=True)
    services.restore_for_author(cast.stranger.pk)
    assert sorted(texts(cast, video)) == ["Nice", "Other"]
    assert (count(video), shown(video)) == (3, 3)


def test_an_erased_account_leaves_no_word(database, cast):
    video = cast.video()
    first, other = say(cast, "stranger", video), say(cast, "member", video, "Other")
    answer_to(cast, "stranger", other)
    answer_to(cast, "member", first)
    cast.api("stranger").put(f"/api/v1/comments/{other['id']}/reaction", {"value": "like"}, format="json")
    services.delete_for_author(cast.stranger.pk)
    services.delete_for_author(cast.stranger.pk)
    assert texts(cast, video) == ["Other"]
    assert listed(cast, video)[0]["counts"] == {"likes": 0, "replies": 0}
    assert count(video) == shown(video) == 1


@pytest.mark.usefixtures("uncached_rows")
def test_a_page_of_comments_is_few_commands(database, cast):
    video, api = cast.video(), cast.api("member")
    for number in range(3):
        say(cast, "stranger", video, f"{number}")
    path = f"/api/v1/videos/{video.pk}/comments"
    api.get(path)
    with recorded_queries() as few:
        api.get(path)
    for number in range(15):
        say(cast, "stranger", video, f"more {number}")
    with recorded_queries() as many:
        api.get(path)
    mine = [command for command in many if "auth_session" not in command and "accounts_user" not in command]
    assert len(many) == len(few)
    assert len(mine) <= 5, mine


def test_a_comment_is_written_once_for_one_key(database, cast):
    video = cast.video()
    path = f"/api/v1/videos/{video.pk}/comments"
    key = {"Idempotency-Key": "abc"}
    api = cast.api("stranger")
    one = api.post(path, {"text": "Once"}, format="json", headers=key)
    two = api.post(path, {"text": "Once"}, format="json", headers=key)
    other = api.post(path, {"text": "Twice"}, format="json", headers=key)
    assert one.json()["id"] == two.json()["id"]
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_mismatch")
    assert count(video) == 1


def test_an_edit_loses_pin_and_heart_and_is_refused_to_whom_the_owner_blocks(database, cast):
    video = cast.video()
    said = cast.api("member").post(f"/api/v1/videos/{video.pk}/comments", {"text": "Nice"}, format="json")
    path = f"/api/v1/comments/{said.json()['id']}"
    for name in ("pin", "heart"):
        cast.api("owner").put(f"{path}/{name}")
    after = cast.api("member").patch(path, {"text": "Buy this"}, format="json").json()
    assert (after["pinned"], after["hearted"]) == (False, False)
    cast.api("owner").put("/api/v1/me/blocks/member")
    assert cast.api("member").patch(path, {"text": "Worse"}, format="json").status_code == 403
    assert cast.api("owner").get(path).json()["text"] == "Buy this"


def test_an_author_takes_back_what_they_cannot_read_any_more(database, cast):
    video = cast.video()
    said = cast.api("member").post(f"/api/v1/videos/{video.pk}/comments", {"text": "Oops"}, format="json")
    path = f"/api/v1/comments/{said.json()['id']}"
    cast.api("owner").patch(f"/api/v1/videos/{video.pk}", {"visibility": "private"}, format="json")
    assert cast.api("member").get(path).status_code == 404
    assert cast.api("stranger").delete(path).status_code == 404
    assert cast.api("member").delete(path).status_code == 204
    video.refresh_from_db()
    assert (Comment.objects.count(), video.comment_count) == (0, 0)
