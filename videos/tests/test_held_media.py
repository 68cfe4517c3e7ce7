"""Media URLs that are good by themselves: who is given them, what ends them, and API tokens on media."""

from datetime import timedelta
from urllib.parse import urlsplit

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from accounts import api_tokens, auth_session_store, sessions
from accounts.models import ApiToken, User
from streamsite.errors import Absent
from streamsite.mongo.collections import collection
from tests.support.http_client import PASSWORD
from videos import services, share_links
from videos.files import paths, tokens
from videos.models import Caption, ShareLink, Video
from videos.views import media

NOBODY = Client()
FILES = ("master.m3u8", "storyboard.vtt", "poster.webp", "download.mp4", "360p/seg_00000.m4s")


@pytest.fixture
def film(cast):
    """A private film of two minutes with one file of each kind."""
    video = cast.video(
        visibility="private",
        duration=120.0,
        has_poster=True,
        has_storyboard=True,
        has_download=True,
        allow_download=True,
    )
    folder = paths.generation_dir(video.pk, "gen1")
    (folder / "360p").mkdir(parents=True)
    for name in FILES:
        (folder / name).write_bytes(b"content")
    return video


def path(url):
    """``url`` without its origin, as the test client takes it."""
    return urlsplit(url)._replace(scheme="", netloc="").geturl()


def status(url, client=NOBODY, **headers):
    return client.get(path(url), **headers).status_code


def given(client, film):
    """Every media URL of the film's API answer."""
    body = client.get(f"/api/v1/videos/{film.pk}").json()
    named = ("hls_url", "storyboard_url", "thumbnail_url", "download_url")
    segment = body["hls_url"].replace("master.m3u8", "360p/seg_00000.m4s")
    return [*(body[name] for name in named), segment]


def token(cast, *scopes):
    return cast.api_token(cast.owner, *scopes)


def script(text):
    return Client(HTTP_AUTHORIZATION=f"Token {text}")


@pytest.fixture
def ways(cast, film):
    """The ways of getting the film's URLs, each with what ends it."""
    row, text = token(cast)
    page, bearer, shared = cast.page("owner"), cast.api("owner"), Client()
    link = share_links.create_link(film, {})
    assert shared.get(path(share_links.link_url(link))).status_code == 200
    session_id = given(bearer, film)[0].split("~s")[1].split("~")[0]
    return {
        "page": (page, lambda: page.post("/logout")),
        "bearer": (bearer, lambda: sessions.revoke(session_id, cast.owner.pk, "revoked")),
        "token": (script(text), lambda: api_tokens.revoke(cast.owner.pk, row.pk)),
        "link": (shared, lambda: share_links.revoke_link(film, link.pk)),
    }


@pytest.mark.parametrize("way", ["page", "bearer", "token", "link"])
def test_the_answer_is_good_by_itself_until_what_got_it_ends(film, ways, way):
    client, end = ways[way]
    urls = given(client, film)
    assert [status(url) for url in urls] == [200] * 5
    assert {NOBODY.get(path(url))["Cache-Control"] for url in urls} == {"private, no-store"}
    end()
    assert [status(url) for url in urls] == [404] * 5
    others = [given(other, film)[0] for name, (other, _) in ways.items() if name != way]
    assert [status(url) for url in others] == [200] * 3


@pytest.mark.parametrize("way", ["page", "bearer", "token", "link"])
@pytest.mark.parametrize("after", ["public", "unlisted"])
def test_a_change_of_visibility_ends_it_for_good(film, ways, way, after):
    urls = given(ways[way][0], film)
    for visibility in (after, "private"):
        services.update(Video.objects.get(pk=film.pk), {"visibility": visibility})
        assert [status(url) for url in urls] == [404] * 5, visibility
    assert [status(url) for url in given(ways[way][0], film)] == [200] * 5


def test_a_token_from_after_the_change_opens_at_once(cast, film, settings):
    """Whatever this process saw of the video a moment before."""
    settings.MEDIA_STATE_CACHE_SECONDS = 60.0
    services.update(film, {"visibility": "public"})
    assert status(given(NOBODY, film)[0]) == 200
    services.update(Video.objects.get(pk=film.pk), {"visibility": "private"})
    assert status(given(script(token(cast)[1]), film)[0]) == 200


def test_other_changes_do_not_end_it(film, ways):
    urls = given(ways["token"][0], film)
    services.update(film, {"title": "Another", "visibility": "private"})
    assert [status(url) for url in urls] == [200] * 5


def test_schedules_and_staff_end_it_too(cast, film, ways):
    urls = given(ways["token"][0], film)
    Video.objects.filter(pk=film.pk).update(publish_at=timezone.now())
    assert services.apply_schedule() == 1
    assert [status(url) for url in urls] == [404] * 5
    services.update(Video.objects.get(pk=film.pk), {"visibility": "private"})
    shared = given(ways["link"][0], film)
    services.take_down(film.pk)
    assert [status(url) for url in shared] == [404] * 5


def test_what_staff_took_down_still_plays_for_its_owner(cast, film, ways):
    services.update(film, {"visibility": "public"})
    services.take_down(film.pk)
    urls = given(ways["bearer"][0], film)
    assert [status(url) for url in urls] == [200] * 5
    page = cast.page("owner").get(f"/watch/{film.pk}").content.decode()
    own = page.partition('data-hls-url="')[2].partition('"')[0]
    assert status(own, cast.page("owner")) == 200
    assert status(own) == 404


def test_deletion_and_closing_end_it(cast, film, ways):
    urls = given(ways["token"][0], film)
    User.objects.filter(pk=cast.owner.pk).update(is_active=False)
    assert [status(url) for url in urls] == [404] * 5
    User.objects.filter(pk=cast.owner.pk).update(is_active=True)
    assert [status(url) for url in urls] == [200] * 5
    services.delete(film)
    assert [status(url) for url in urls] == [404] * 5


def test_a_new_password_ends_what_other_sessions_got(cast, film):
    kept, other = cast.page("owner"), cast.api("owner")
    stays, goes = given(kept, film), given(other, film)
    sent = {"current_password": PASSWORD, "new_password": "an entirely new one"}
    answer = kept.post("/api/v1/auth/password/change", sent, content_type="application/json")
    assert answer.status_code == 200, answer.content
    assert ([status(url) for url in stays], [status(url) for url in goes]) == ([200] * 5, [404] * 5)


@pytest.mark.parametrize(
    ("duration", "alive", "dead"),
    [
        (120.0, 3600 + 119, 3600 + 240),
        (4 * 3600, 5 * 3600 - 1, 5 * 3600 + 90),
        (9 * 3600, 6 * 3600 - 90, 6 * 3600 + 1),
    ],
)
def test_it_lives_for_the_film_and_an_hour_at_most_six(cast, film, duration, alive, dead):
    Video.objects.filter(pk=film.pk).update(duration=duration)
    _, text = token(cast)
    url = given(script(text), film)[0]
    now = timezone.now()
    for seconds, expected in ((alive, 200), (dead, 404)):
        with time_machine.travel(now + timedelta(seconds=seconds), tick=True):
            assert status(url) == expected, seconds


def test_it_ends_with_its_token_in_time(cast, film):
    row, text = token(cast)
    url = given(script(text), film)[0]
    ApiToken.objects.filter(pk=row.pk).update(expires_at=timezone.now() + timedelta(minutes=5))
    assert status(url) == 200
    with time_machine.travel(timezone.now() + timedelta(minutes=6), tick=True):
        assert status(url) == 404


def test_it_ends_with_its_link_in_time(film):
    link, visitor = share_links.create_link(film, {"expires_in": 300}), Client()
    visitor.get(path(share_links.link_url(link)))
    url = given(visitor, film)[0]
    with time_machine.travel(timezone.now() + timedelta(minutes=6), tick=True):
        assert (status(url), ShareLink.objects.count()) == (404, 1)


def test_an_answer_keeps_its_etag_for_a_minute(cast, film):
    client = script(token(cast)[1])
    with time_machine.travel(timezone.now().replace(second=5), tick=False) as clock:
        etag = client.get(f"/api/v1/videos/{film.pk}")["ETag"]
        clock.shift(20)
        assert client.get(f"/api/v1/videos/{film.pk}", HTTP_IF_NONE_MATCH=etag).status_code == 304


def test_captions_of_every_answer_are_good_by_themselves(cast, film):
    _, text = token(cast, "read", "write")
    base, sent = (
        f"/api/v1/videos/{film.pk}/captions",
        {"language": "en", "text": "WEBVTT\n\n00:00.000 --> 00:01.000\nHi\n"},
    )
    made = script(text).post(base, sent, content_type="application/json").json()
    client = script(text)
    listed = client.get(base).json()["results"][0]["url"]
    read = client.get(f"{base}/{Caption.objects.get().pk}").json()["url"]
    full = client.get(f"/api/v1/videos/{film.pk}").json()["captions"][0]["url"]
    assert [status(url) for url in (made["url"], listed, read, full)] == [200] * 4


# --- API tokens on media ---


def owners_url(cast, film):
    """Return the media URL on the owner's page, which needs the owner's identity."""
    page = cast.page("owner").get(f"/watch/{film.pk}").content.decode()
    return page.partition('data-hls-url="')[2].partition('"')[0]


def test_an_api_token_opens_the_owners_media(cast, film):
    url, (row, text) = owners_url(cast, film), token(cast)
    assert status(url) == 404
    assert [status(url.replace("master.m3u8", name), script(text)) for name in FILES] == [200] * 5
    assert ApiToken.objects.get(pk=row.pk).last_used_at is not None
    api_tokens.revoke(cast.owner.pk, row.pk)
    assert status(url, script(text)) == 404


@pytest.mark.parametrize("scopes", [("upload",), ("write",)])
def test_without_the_scope_read_it_opens_nothing(cast, film, scopes):
    assert status(owners_url(cast, film), script(token(cast, *scopes)[1])) == 404


def test_a_strangers_token_opens_nothing(cast, film):
    _, text = cast.api_token(cast.stranger)
    assert status(owners_url(cast, film), script(text)) == 404
    assert script(text).get(f"/api/v1/videos/{film.pk}").status_code == 404
    # Nor does a grant of theirs, however it came to be signed for this video.
    row = ApiToken.objects.get(user=cast.stranger)
    grant = tokens.Grant(tokens.API_TOKEN, row.pk)
    forged = tokens.create_held_token(film.pk, "gen1", grant, epoch=0, duration=1)
    assert status(f"/media/v/{forged}/{film.pk}/gen1/master.m3u8") == 404


@pytest.mark.parametrize("text", ["", "sst_", "sst_" + "x" * 43, "Bearer x", "ä", "x" * 5000])
def test_what_is_no_token_opens_nothing(cast, film, text):
    assert status(owners_url(cast, film), script(text)) == 404


def test_a_change_of_the_password_ends_what_other_sessions_got(cast, film):
    here, there = cast.api("owner"), cast.api("owner")
    script_url = given(script(token(cast)[1]), film)[0]
    kept, ended = given(here, film)[0], given(there, film)[0]
    assert [status(url) for url in (kept, ended, script_url)] == [200, 200, 200]
    body = {"current_password": PASSWORD, "new_password": "another battery staple"}
    assert here.post("/api/v1/auth/password/change", body, format="json").status_code == 200
    collection(auth_session_store.SESSIONS).update_many(
        {}, {"$set": {"revoked_at": None}}
    )  # the epoch alone decides
    media.forget_all()
    assert [status(url) for url in (kept, ended, script_url)] == [200, 404, 404]


# --- forms ---


@pytest.mark.parametrize(
    "change", [("~t", "~s"), ("/v/h", "/v/h1"), ("~0.", "~1."), ("gen1", "gen2"), ("/v/h", "/v/p")]
)
def test_forged_tokens_open_nothing(cast, film, change):
    url = given(script(token(cast)[1]), film)[0]
    assert url.replace(*change) != url
    assert status(url.replace(*change)) == 404


def test_a_long_film_outlives_a_short_window(cast, film, settings):
    settings.MEDIA_TOKEN_SECONDS = 60
    Video.objects.filter(pk=film.pk).update(duration=7200.0)
    page = cast.page("owner")
    url = owners_url(cast, film)
    with time_machine.travel(timezone.now() + timedelta(seconds=7200 + 3000), tick=True):
        assert status(url, page) == 200


def test_nobody_is_given_what_they_may_not_have(cast, film):
    with pytest.raises(Absent):
        share_links.revoke_link(film, "A" * 16)
    assert cast.api("stranger").get(f"/api/v1/videos/{film.pk}").status_code == 404
    services.update(film, {"visibility": "unlisted"})
    urls = {
        given(client, film)[0] for client in (cast.api("owner"), cast.api("stranger"), cast.api("anonymous"))
    }
    assert len(urls) == 1
