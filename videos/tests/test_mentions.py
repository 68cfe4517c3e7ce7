"""Suggestions of channels to mention: those in the conversation first, nobody who is hidden from the caller."""

import pytest

from tests.support.commands import recorded_queries


@pytest.fixture
def video(cast):
    assert cast.member
    return cast.video()


def said(cast, video, text, who="stranger"):
    path = f"/api/v1/videos/{video.pk}/comments"
    return cast.api(who).post(path, {"text": text}, format="json").json()["id"]


def replied(cast, thread, text, who):
    assert (
        cast.api(who).post(f"/api/v1/comments/{thread}/replies", {"text": text}, format="json").status_code
        == 201
    )


def suggested(cast, who, **query):
    answer = cast.api(who).get("/api/v1/mentions", query)
    assert answer.status_code == 200, answer.content
    return [row["username"] for row in answer.json()["results"]]


def test_the_conversation_comes_first_and_nobody_is_offered_themselves(cast, video):
    thread = said(cast, video, "A question")
    replied(cast, thread, "An answer", "member")
    assert suggested(cast, "owner", thread=thread) == ["stranger", "member"]
    assert suggested(cast, "member", thread=thread) == ["owner", "stranger"]
    assert suggested(cast, "member", about="video", id=video.pk) == ["owner", "stranger"]
    row = cast.api("member").get("/api/v1/mentions", {"thread": thread}).json()["results"][0]
    assert row["is_owner"] is True
    assert row["url"].endswith("/@owner")


def test_typed_letters_narrow_and_find_other_channels(cast, video):
    thread = said(cast, video, "A question")
    assert suggested(cast, "owner", thread=thread, q="st")[0] == "stranger"
    assert suggested(cast, "owner", thread=thread, q="memb") == ["member"]
    assert suggested(cast, "owner", thread=thread, q="@Memb") == ["member"]
    assert suggested(cast, "owner", thread=thread, q="zz") == []


def test_a_hidden_conversation_is_absent(cast, video):
    secret = cast.video(visibility="private")
    api = cast.api("stranger")
    assert api.get("/api/v1/mentions", {"about": "video", "id": secret.pk}).status_code == 404
    assert api.get("/api/v1/mentions", {"about": "nonsense", "id": video.pk}).status_code == 404
    assert api.get("/api/v1/mentions").status_code == 404
    assert api.get("/api/v1/mentions", {"thread": "A" * 16}).status_code == 404
    assert (
        cast.api("anonymous").get("/api/v1/mentions", {"about": "video", "id": video.pk}).status_code == 401
    )


def test_blocked_channels_are_not_offered(cast, video):
    thread = said(cast, video, "A question")
    assert cast.api("owner").put("/api/v1/me/blocks/stranger").status_code in {200, 204}
    assert "stranger" not in suggested(cast, "owner", thread=thread)
    assert "stranger" not in suggested(cast, "owner", thread=thread, q="stran")


@pytest.mark.usefixtures("uncached_rows")
def test_a_long_thread_costs_what_a_short_one_does(cast, video):
    thread = said(cast, video, "A question")

    def asked():
        with recorded_queries() as commands:
            suggested(cast, "owner", thread=thread)
        return commands

    few = asked()
    for number in range(5):
        replied(cast, thread, f"Reply {number}", "member")
    assert len(asked()) == len(few)
