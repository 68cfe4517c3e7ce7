"""/settings/profile and /settings/preferences, and their effects on other pages."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts import image_storage
from accounts.models import User
from accounts.tests.images import SVG, picture
from tests.support.users import PASSWORD

PROFILE, PREFERENCES, REMOVE = (
    "/settings/profile",
    "/settings/preferences",
    "/settings/profile/remove-picture",
)


def form(**changes):
    return {"full_name": "Ann", "bio": "About", "links": ""} | changes


def image(content):
    return SimpleUploadedFile("a.png", content, "image/png")


def owner():
    return User.objects.get(username="owner")


@pytest.fixture
def page(cast):
    return cast.page("owner")


def test_links_are_written_one_a_line(page):
    sent = form(links="https://a.example\r\n\r\n  http://b.example/x \n")
    assert page.post(PROFILE, sent).status_code == 302
    assert owner().links == ["https://a.example", "http://b.example/x"]
    assert "https://a.example\nhttp://b.example/x</textarea>" in page.get(PROFILE).content.decode()
    about = Client().get("/@owner/about").content.decode()
    assert '<a href="https://a.example" rel="nofollow noopener ugc">' in about


def test_a_bad_link_is_said_beside_the_field_and_nothing_is_kept(page):
    answer = page.post(PROFILE, form(links="https://a.example\njavascript:alert(1)", avatar=image(picture())))
    assert answer.status_code == 400
    assert "Link 2" in str(answer.context["form"].errors["links"])
    assert (owner().full_name, owner().links, owner().avatar) == ("", [], "")


def test_pictures_are_sent_with_the_form_and_shown_everywhere(cast, page):
    cast.video()
    assert page.post(PROFILE, form(avatar=image(picture()), cover=image(picture()))).status_code == 302
    small, large = (f"/media/profiles/{owner().avatar}/avatar-{side}.webp" for side in (96, 256))
    assert small in page.get("/").content.decode()
    assert large in page.get(PROFILE).content.decode()
    channel = Client().get("/@owner").content.decode()
    assert large in channel
    assert f"/media/profiles/{owner().cover}/cover-1600.webp" in channel
    assert small in Client().get("/").content.decode()


@pytest.mark.parametrize("content", [b"", SVG, picture() + b"\0" * 10_500_000])
def test_a_bad_picture_is_said_beside_the_field_and_nothing_is_kept(page, content):
    answer = page.post(PROFILE, form(avatar=image(content), cover=image(picture())))
    assert answer.status_code == 400
    assert list(answer.context["form"].errors) == ["avatar"]
    assert (owner().full_name, owner().avatar, owner().cover) == ("", "", "")


def test_a_body_that_is_too_large_is_refused_before_it_is_read(page):
    answer = page.post(PROFILE, form(avatar=image(b"\0" * 22_000_000)))
    assert answer.status_code == 413
    assert "MB" in answer.content.decode()


@pytest.mark.parametrize("url", [PROFILE, PREFERENCES, REMOVE])
def test_forms_need_the_csrf_token(cast, url):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(cast.owner, backend="accounts.backends.LoginBackend")
    assert browser.post(url, form()).status_code == 403
    assert owner().full_name == ""


def test_the_form_works_with_its_csrf_token(cast):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(cast.owner, backend="accounts.backends.LoginBackend")
    token = browser.get(PROFILE).context["csrf_token"]
    sent = form(csrfmiddlewaretoken=str(token), avatar=image(picture()))
    assert browser.post(PROFILE, sent).status_code == 302
    assert owner().avatar


def test_pictures_can_be_removed(page):
    page.post(PROFILE, form(avatar=image(picture()), cover=image(picture())))
    folder = owner().avatar
    for kind in ("avatar", "avatar", "password"):
        assert page.post(REMOVE, {"kind": kind}).url == PROFILE
    assert (owner().avatar, bool(owner().cover)) == ("", True)
    assert not image_storage.folder_path(folder).exists()
    assert page.get(REMOVE).status_code == 405


def test_preferences_are_shown_and_kept(page):
    sent = {
        "theme": "dark",
        "language": "en",
        "time_zone": "Asia/Tokyo",
        "history_paused": "on",
        "sensitive_content": "warn",
        "subscriptions_private": "on",
    }
    assert page.post(PREFERENCES, sent).status_code == 302
    assert owner().preferences == {
        "theme": "dark",
        "language": "en",
        "time_zone": "Asia/Tokyo",
        "autoplay": False,
        "autoplay_open": False,
        "hover_previews": False,
        "history_paused": True,
        "personalised": False,
        "sensitive_content": "warn",
        "subscriptions_private": True,
        "subscribers_private": False,
    }
    shown = page.get(PREFERENCES).context["form"].initial
    assert (shown["theme"], shown["autoplay"]) == ("dark", False)


def test_an_unknown_theme_is_refused(page):
    assert page.post(PREFERENCES, {"theme": "pink"}).status_code == 400
    assert owner().preferences == {}


@pytest.mark.parametrize("path", ["/", PROFILE, "/@owner"])
def test_a_chosen_theme_comes_with_every_page_on_every_device(cast, page, path):
    assert "data-theme" not in page.get(path).content.decode()[:200]
    page.post(PREFERENCES, {"theme": "dark"})
    other = Client()
    other.post("/login", {"login": "owner", "password": PASSWORD})
    assert ' data-theme="dark">' in other.get(path).content.decode()[:200]
    assert "data-theme" not in Client().get(path).content.decode()[:200]
    assert "data-theme" not in cast.page("stranger").get(path).content.decode()[:200]


@pytest.mark.parametrize("path", [PREFERENCES, REMOVE])
def test_anonymous_people_are_asked_to_log_in(database, path):
    assert Client().post(path, {"kind": "avatar"}).url.startswith("/login")
