"""The studio's comments: filters, changes of many at once, and what only their owner may do."""

import pytest

from tests.support.commands import recorded_queries
from videos.models import Comment

LIST, BULK = "/api/v1/studio/comments", "/api/v1/studio/comments/bulk"


@pytest.fixture
def video(cast):
    return cast.video(title="The first film")


def said(cast, video, text, who="stranger"):
    path = f"/api/v1/videos/{video.pk}/comments"
    return cast.api(who).post(path, {"text": text}, format="json").json()["id"]


def replied(cast, thread, text, who):
    path = f"/api/v1/comments/{thread}/replies"
    return cast.api(who).post(path, {"text": text}, format="json").json()["id"]


def listed(cast, **query):
    answer = cast.api("owner").get(LIST, query)
    assert answer.status_code == 200, answer.content
    return [row["text"] for row in answer.json()["results"]]


def changed(cast, ids, action, who="owner", status=200):
    answer = cast.api(who).post(BULK, {"ids": ids, "action": action}, format="json")
    assert answer.status_code == status, answer.content
    return answer.json()


def test_filters_leave_what_they_name(cast, video):
    other = cast.video(title="The second film")
    first = said(cast, video, "A Question (really?)")
    said(cast, other, "Praise")
    replied(cast, first, "Another voice", "member")
    said(cast, video, "My own remark", who="owner")
    assert listed(cast) == ["My own remark", "Another voice", "Praise", "A Question (really?)"]
    assert listed(cast, video=other.pk) == ["Praise"]
    assert listed(cast, q="question (REALLY?") == ["A Question (really?)"]
    assert listed(cast, q="question", video=other.pk) == []
    assert listed(cast, unanswered="1") == ["Praise", "A Question (really?)"]
    replied(cast, first, "An answer", "owner")
    assert listed(cast, unanswered="1") == ["Praise"]
    assert cast.api("owner").get(LIST, {"unanswered": "yes"}).status_code == 400
    assert cast.api("stranger").get(LIST, {"video": video.pk}).json()["results"] == []


def test_held_comments_are_in_all(cast, video):
    cast.api("owner").patch("/api/v1/studio/comment-rules", {"words": ["spam"]}, format="json")
    said(cast, video, "spam here")
    said(cast, video, "fine")
    assert listed(cast) == ["fine"]
    assert listed(cast, state="held") == ["spam here"]
    assert listed(cast, state="all") == ["fine", "spam here"]
    assert listed(cast, state="all", q="spam") == ["spam here"]


@pytest.mark.usefixtures("uncached_rows")
def test_rows_name_their_video_and_a_filter_costs_one_more_read(cast, video):
    said(cast, video, "fine")
    row = cast.api("owner").get(LIST).json()["results"][0]
    assert row["about"]["title"] == "The first film"
    assert "thumbnail_url" in row["about"]

    def asked(**query):
        with recorded_queries() as commands:
            listed(cast, **query)
        return len(commands)

    plain = asked()
    assert asked(q="fine", video=video.pk, unanswered="1") == plain + 1
    for number in range(5):
        said(cast, cast.video(), f"fine {number}")
    assert asked() == plain


def test_many_are_approved_and_deleted_at_once_and_again(cast, video):
    cast.api("owner").patch("/api/v1/studio/comment-rules", {"hold_all": True}, format="json")
    ids = [said(cast, video, f"number {number}") for number in range(3)]
    assert changed(cast, ids[:2], "approve")["missing"] == []
    assert sorted(Comment.objects.filter(state="shown").values_list("pk", flat=True)) == sorted(ids[:2])
    assert sorted(changed(cast, ids[:2], "approve")["changed"]) == sorted(ids[:2])
    video.refresh_from_db()
    assert video.comment_count == 2
    assert sorted(changed(cast, ids, "delete")["changed"]) == sorted(ids)
    assert changed(cast, ids, "delete") == {"changed": [], "missing": ids}
    video.refresh_from_db()
    assert (Comment.objects.count(), video.comment_count) == (0, 0)


def test_others_comments_are_missing_not_changed(cast, video):
    mine = said(cast, video, "mine")
    assert changed(cast, [mine, "A" * 16, "$bad"], "delete", who="stranger") == {
        "changed": [],
        "missing": [mine, "A" * 16, "$bad"],
    }
    assert Comment.objects.count() == 1
    changed(cast, [mine], "explode", status=400)
    changed(cast, [], "delete", status=400)
    changed(cast, ["A" * 16] * 101, "delete", status=400)


def test_the_page_changes_many_by_form(cast, video):
    page, back = cast.page("owner"), "/studio/comments?state=shown"
    ids = [said(cast, video, f"number {number}") for number in range(2)]
    content = page.get("/studio/comments").content.decode()
    assert "The first film" in content
    assert content.count("data-pick") == 2
    asked = page.post("/studio/comments/bulk", {"ids": ids, "action": "delete", "next": back})
    assert "Delete 2 comments?" in asked.content.decode()
    assert Comment.objects.count() == 2
    done = page.post(
        "/studio/comments/bulk", {"ids": ids, "action": "delete", "next": back, "confirmed": "1"}
    )
    assert done.url == back
    assert Comment.objects.count() == 0
    assert page.post("/studio/comments/bulk", {"action": "delete"}).url == "/studio/comments"
    assert page.post("/studio/comments/bulk", {"ids": ids, "action": "explode"}).status_code == 404
    assert cast.page("anonymous").post("/studio/comments/bulk", {"ids": ids}).url.startswith("/login")


def test_a_reply_by_form_comes_back_to_the_list(cast, video):
    thread = said(cast, video, "A question")
    page = cast.page("owner")
    said_back = page.post(
        f"/comments/{thread}", {"text": "An answer", "next": "/studio/comments?unanswered=1"}
    )
    assert said_back.url == "/studio/comments?unanswered=1"
    assert "All caught up" in page.get("/studio/comments?state=shown&unanswered=1").content.decode()
    assert "No comments match" in page.get("/studio/comments?q=zebra").content.decode()
