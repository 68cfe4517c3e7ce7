"""The feed: what came since it was seen last."""

from django.utils import timezone

from subscriptions.models import ReadMarks


def test_the_feed_marks_what_came_since_it_was_seen(cast):
    api = cast.api("member")
    assert cast.owner.is_active
    api.put("/api/v1/channels/owner/subscription")
    cast.video(title="Former")

    def fresh():
        return [card["title"] for card in api.get("/api/v1/me/feed").json()["results"] if card["is_new"]]

    assert fresh() == []
    assert api.post("/api/v1/me/feed/seen").status_code == 204
    cast.video(title="Later", published_at=timezone.now())
    assert fresh() == ["Later"]
    page = cast.page("member")
    assert page.get("/feed").content.decode().count("badge-new") == 1
    before = ReadMarks.objects.get().feed_seen_at
    page.get("/feed")
    assert ReadMarks.objects.get().feed_seen_at == before  # looking changes nothing by itself
    api.post("/api/v1/me/feed/seen")
    assert fresh() == []
