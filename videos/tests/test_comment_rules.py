"""Holding comments for review, blocking people, and the parts of a text."""

import pytest

from videos import blocks
from videos.comments import filters
from videos.comments import text as comment_text
from videos.models import Block, Comment, Video


def say(cast, who, video, text):
    return cast.api(who).post(f"/api/v1/videos/{video.pk}/comments", {"text": text}, format="json").json()


def texts(cast, video, who="anonymous"):
    page = cast.api(who).get(f"/api/v1/videos/{video.pk}/comments").json()
    return [row["text"] for row in page["results"]]


def count(video):
    return Video.objects.values_list("comment_count", flat=True).get(pk=video.pk)


def test_what_the_owner_wants_to_read_first_waits(database, cast):
    video = cast.video()
    owner = cast.api("owner")
    changed = owner.patch(
        "/api/v1/studio/comment-rules", {"words": ["Crème brûlée", "buy now"]}, format="json"
    )
    assert changed.json() == {"words": ["Crème brûlée", "buy now"], "hold_links": False, "hold_all": False}
    held = say(cast, "stranger", video, "BUY  now, friends")
    assert held["state"] == "held"
    assert say(cast, "stranger", video, "creme BRULEE!")["state"] == "held"
    assert say(cast, "stranger", video, "buying nowhere")["state"] == "shown"
    assert say(cast, "owner", video, "buy now")["state"] == "shown"
    assert count(video) == 2
    assert sorted(texts(cast, video)) == ["buy now", "buying nowhere"]
    own = {"BUY  now, friends", "creme BRULEE!"}
    assert set(texts(cast, video, "stranger")) == own | {"buying nowhere", "buy now"}
    for who, status in (("anonymous", 404), ("member", 404), ("stranger", 200), ("owner", 200)):
        assert cast.api(who).get(f"/api/v1/comments/{held['id']}").status_code == status
    waiting = owner.get("/api/v1/studio/comments?state=held").json()["results"]
    assert [row["held_because"] for row in waiting] == ["Contains “Crème brûlée”", "Contains “buy now”"]
    assert waiting[0]["about"] == {
        "kind": "video",
        "id": video.pk,
        "title": video.title,
        "url": f"http://localhost:8000/watch/{video.pk}",
        "thumbnail_url": None,
    }
    assert owner.put(f"/api/v1/comments/{held['id']}/approval").json()["state"] == "shown"
    assert owner.put(f"/api/v1/comments/{held['id']}/approval").json()["state"] == "shown"
    assert count(video) == 3


def test_links_or_everything_can_be_held(database, cast):
    video = cast.video()
    filters.update_rules(cast.owner.pk, {"hold_links": True})
    assert say(cast, "stranger", video, "see http://example.org")["state"] == "held"
    assert say(cast, "stranger", video, "see nothing")["state"] == "shown"
    filters.update_rules(cast.owner.pk, {"hold_all": True})
    assert say(cast, "stranger", video, "anything")["state"] == "held"
    assert filters.rules_body(filters.get_rules(cast.owner.pk))["hold_links"] is True


def test_an_edit_cannot_slip_past_the_rules(database, cast):
    video = cast.video()
    filters.update_rules(cast.owner.pk, {"words": ["spam"]})
    made = say(cast, "stranger", video, "fine")
    changed = cast.api("stranger").patch(f"/api/v1/comments/{made['id']}", {"text": "spam"}, format="json")
    assert changed.json()["state"] == "held"
    assert (count(video), texts(cast, video)) == (0, [])


@pytest.mark.parametrize(
    "body",
    [
        {"words": "one"},
        {"words": [1]},
        {"words": ["x" * 61]},
        {"words": [f"w{n}" for n in range(501)]},
        {"words": ["!!!"]},
        {"hold_all": "yes"},
        {"hold_links": 1},
    ],
)
def test_rules_that_are_none_are_refused(database, cast, body):
    answer = cast.api("owner").patch("/api/v1/studio/comment-rules", body, format="json")
    assert (answer.status_code, list(answer.json()["fields"])) == (400, list(body))


def test_a_blocked_person_cannot_speak_and_is_not_heard(database, cast):
    video, other = cast.video(), cast.video(owner=cast.member)
    say(cast, "stranger", other, "before")
    api = cast.api("owner")
    assert api.put("/api/v1/me/blocks/stranger").json() == {"is_blocked": True}
    assert api.put("/api/v1/me/blocks/stranger").json() == {"is_blocked": True}
    refused = cast.api("stranger").post(f"/api/v1/videos/{video.pk}/comments", {"text": "x"}, format="json")
    assert (refused.status_code, refused.json()["code"]) == (403, "permission_denied")
    assert texts(cast, other, "owner") == []
    assert texts(cast, other, "member") == ["before"]
    mine = say(cast, "owner", other, "mine")
    path = f"/api/v1/comments/{mine['id']}/replies"
    assert cast.api("stranger").post(path, {"text": "x"}, format="json").status_code == 403
    assert [row["username"] for row in api.get("/api/v1/me/blocks").json()["results"]] == ["stranger"]
    assert api.delete("/api/v1/me/blocks/stranger").json() == {"is_blocked": False}
    assert texts(cast, other, "owner") == ["mine", "before"] or texts(cast, other, "owner") == [
        "before",
        "mine",
    ]
    assert api.put("/api/v1/me/blocks/owner").status_code == 400
    assert api.put("/api/v1/me/blocks/nobody-here").status_code == 404


def test_an_erased_account_leaves_no_block(database, cast):
    blocks.block(cast.owner, cast.stranger)
    blocks.block(cast.stranger, cast.member)
    blocks.block(cast.owner, cast.member)
    blocks.delete_for_user(cast.stranger.pk)
    assert list(Block.objects.values_list("blocker_id", "blocked_id")) == [(cast.owner.pk, cast.member.pk)]


def shown(text, names=(), seconds=600):
    return [
        (piece.kind, piece.text, piece.value)
        for piece in comment_text.split_text(text, dict.fromkeys(names, "id"), seconds)
    ]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("at 1:23 and 0:05.", [("text", "at ", ""), ("moment", "1:23", "83"), ("text", " and ", ""),
                               ("moment", "0:05", "5"), ("text", ".", "")]),
        ("99:00 is beyond", [("text", "99:00 is beyond", "")]),
        ("ratio 1:2 or 12:345 or 1:23:99", [("text", "ratio 1:2 or 12:345 or 1:23:99", "")]),
        ("0:10-0:20, 1:00–1:10", [("moment", "0:10", "10"), ("text", "-", ""), ("moment", "0:20", "20"),
                                  ("text", ", ", ""), ("moment", "1:00", "60"), ("text", "–", ""),
                                  ("moment", "1:10", "70")]),
        ("0:10-99:00 or 2024-10:30", [("moment", "0:10", "10"), ("text", "-99:00 or 2024-10:30", "")]),
        ("1:75:30, 5:00 pm, 1:00:00", [("text", "1:75:30, 5:00 pm, 1:00:00", "")]),
        ("在１：３０这里", [("text", "在", ""), ("moment", "１：３０", "90"), ("text", "这里", "")]),
        ("hi @Bob-1, and @ghost", [("text", "hi ", ""), ("mention", "@Bob-1", "bob-1"), ("text", ", and @ghost", "")]),
        ("mail a@bob-1.org", [("text", "mail a@bob-1.org", "")]),
        ("(see https://a.org/x_(y)).", [("text", "(see ", ""), ("link", "https://a.org/x_(y)", "https://a.org/x_(y)"),
                                        ("text", ").", "")]),
        ("https://a.org/1:23/@bob-1", [("link", "https://a.org/1:23/@bob-1", "https://a.org/1:23/@bob-1")]),
        ("javascript:alert(1) http://", [("text", "javascript:alert(1) http://", "")]),
        ("<b>", [("text", "<b>", "")]),
    ],
)  # fmt: skip
def test_the_parts_of_a_text(text, parts):
    assert shown(text, ["bob-1"]) == parts
    assert "".join(part[1] if part[0] != "link" else part[2] for part in shown(text, ["bob-1"])) == text


def test_long_addresses_are_shown_in_short_and_lead_where_they_say():
    address = "https://example.org/" + "x" * 100
    [(kind, text, value)] = shown(address)
    assert (kind, value) == ("link", address)
    assert text == address[:59] + "…"


def test_who_is_called_is_noted_once(database, cast):
    video = cast.video()
    assert cast.member
    made = say(cast, "stranger", video, "@member @MEMBER @nobody @owner https://x.org/@staffer")
    row = Comment.objects.get(pk=made["id"])
    assert row.mentions == {"member": cast.member.pk, "owner": cast.owner.pk}
