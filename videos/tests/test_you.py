"""The hub of a signed-in viewer."""

from accounts.models import User


def test_the_hub_is_for_people_who_are_signed_in(cast):
    assert cast.page("anonymous").get("/you").status_code == 302
    page = cast.page("member").get("/you").content.decode()
    for path in ("/history", "/library", "/watch-later", "/liked", "/studio", "/studio/videos", "/settings"):
        assert f'href="{path}"' in page
    assert 'href="/admin/"' not in page
    assert 'href="/admin/"' in cast.page("staff").get("/you").content.decode()


def test_the_hub_shows_what_was_watched_last_and_nothing_that_is_hidden_since(cast):
    shown, hidden = cast.video(title="Shown"), cast.video(title="Hidden")
    api = cast.api("member")
    for video in (shown, hidden):
        beat = {"position": 5, "watched": [[0, 5]]}
        assert api.post(f"/api/v1/videos/{video.pk}/playback", beat, format="json").status_code == 200
    hidden.visibility = "private"
    hidden.save()
    page = cast.page("member").get("/you").content.decode()
    assert "Shown" in page
    assert "Hidden" not in page


def test_the_theme_is_stored_and_other_words_are_refused(cast):
    page = cast.page("member")
    assert page.post("/you/theme", {"theme": "dark"}).status_code == 302
    assert User.objects.get(username="member").preferences["theme"] == "dark"
    assert page.post("/you/theme", {"theme": "pink"}).status_code == 400
    assert page.get("/you/theme").status_code == 405
    assert cast.page("anonymous").post("/you/theme", {"theme": "dark"}).status_code == 302
