"""Videos and channels that are not to be recommended: what obeys, the limits, and how it is taken back."""

import pytest

from tests.support.commands import recorded
from videos import hidden, hidden_store, tasks
from videos.models import Video

VIDEO, CHANNEL = "/api/v1/me/not-interested", "/api/v1/me/hidden-channels"


@pytest.fixture
def library(cast):
    """Three videos of one category and tag: two of the owner's, one of a stranger's."""
    common = {"category": "music", "tags": ["alpha"], "trend": 1.0}
    return [
        cast.video(title="Alpha one", **common),
        cast.video(title="Alpha two", **common),
        cast.video(title="Alpha three", owner=cast.stranger, **common),
    ]


def on_page(cast, path, who="member"):
    answer = cast.page(who).get(path)
    assert answer.status_code == 200
    return {card["title"] for card in answer.context["page"]["results"]}


def by_api(cast, path, who="member"):
    return {card["title"] for card in cast.api(who).get(f"/api/v1{path}").json()["results"]}


CHOSEN = ["/", "/category/music", "/tag/alpha", "/trending"]


def test_a_hidden_video_is_chosen_no_more_for_that_viewer_only(cast, library):
    one, two, three = library
    assert cast.api("member").put(f"{VIDEO}/{one.pk}").status_code == 204
    assert cast.api("member").put(f"{VIDEO}/{one.pk}").status_code == 204
    for path in CHOSEN:
        assert on_page(cast, path) == {"Alpha two", "Alpha three"}, path
        assert len(on_page(cast, path, "staff")) == 3, path
        assert len(on_page(cast, path, "anonymous")) == 3, path
    assert cast.page("member").get("/category/music").context["total"] == 2
    assert by_api(cast, "/trending") == {"Alpha two", "Alpha three"}
    assert by_api(cast, f"/videos/{two.pk}/related") == {"Alpha three"}
    assert by_api(cast, f"/videos/{two.pk}/related", "anonymous") == {"Alpha one", "Alpha three"}
    offered = cast.api("member").get("/api/v1/search/suggest?q=alpha").json()["results"]
    assert {one["text"] for one in offered} == {"Alpha two", "Alpha three"}
    assert three.title in {row["title"] for row in cast.api("member").get(VIDEO).json()["results"]} | {
        "Alpha three"
    }


def test_a_hidden_channel_is_chosen_no_more(cast, library):
    assert cast.api("member").put(f"{CHANNEL}/owner").status_code == 204
    for path in CHOSEN:
        assert on_page(cast, path) == {"Alpha three"}, path
    assert by_api(cast, f"/videos/{library[0].pk}/related") == {"Alpha three"}
    assert [row["username"] for row in cast.api("member").get(CHANNEL).json()["results"]] == ["owner"]
    assert cast.api("member").delete(f"{CHANNEL}/owner").status_code == 204
    assert cast.api("member").delete(f"{CHANNEL}/owner").status_code == 204
    assert len(on_page(cast, "/")) == 3


def test_what_a_viewer_looks_for_or_follows_stays(cast, library):
    cast.api("member").put("/api/v1/channels/owner/subscription")
    cast.api("member").put(f"{CHANNEL}/owner")
    assert len(on_page(cast, "/search?q=alpha")) == 3
    assert on_page(cast, "/@owner/videos") == {"Alpha one", "Alpha two"}
    assert on_page(cast, "/feed") == {"Alpha one", "Alpha two"}
    assert len(by_api(cast, "/videos")) == 3
    assert cast.page("member").get(f"/watch/{library[0].pk}").status_code == 200


def test_nobody_hides_themselves_or_what_they_may_not_see(cast, library):
    assert cast.api("owner").put(f"{CHANNEL}/owner").status_code == 400
    assert cast.api("member").put(f"{CHANNEL}/nobody-here").status_code == 404
    secret = cast.video(visibility="private")
    assert cast.api("member").put(f"{VIDEO}/{secret.pk}").status_code == 404
    assert cast.api("member").delete(f"{VIDEO}/{secret.pk}").status_code == 204
    cast.api("member").put(f"{VIDEO}/{library[0].pk}")
    Video.objects.filter(pk=library[0].pk).update(visibility="private", listed=False)
    assert cast.api("member").get(VIDEO).json()["results"] == []


def test_beyond_the_cap_it_is_409(cast, library, settings):
    settings.MAX_HIDDEN_VIDEOS_PER_USER = settings.MAX_HIDDEN_CHANNELS_PER_USER = 1
    api = cast.api("member")
    codes = [api.put(f"{VIDEO}/{video.pk}").status_code for video in (*library, library[0])]
    assert codes == [204, 409, 409, 204]
    assert [api.put(f"{CHANNEL}/{name}").status_code for name in ("owner", "stranger")] == [204, 409]
    refused = api.put(f"{VIDEO}/{library[1].pk}").json()
    assert refused["code"] == "limit_reached"
    assert "up to 1 video" in refused["detail"]
    assert api.delete(f"{VIDEO}/{library[0].pk}").status_code == 204
    assert api.put(f"{VIDEO}/{library[1].pk}").status_code == 204


def test_deleted_accounts_and_videos_leave_nothing(cast, library):
    api = cast.api("member")
    api.put(f"{VIDEO}/{library[0].pk}")
    api.put(f"{CHANNEL}/stranger")
    cast.api("staff").put(f"{CHANNEL}/member")
    Video.objects.filter(pk=library[0].pk).delete()
    tasks.forget_video.func(library[0].pk)
    assert hidden_store.find_all(cast.member.pk) == {"video": [], "channel": [cast.stranger.pk]}
    hidden_store.delete_for_user(cast.member.pk)
    assert hidden_store.find_all(cast.member.pk) == {"video": [], "channel": []}
    assert hidden_store.find_all(cast.staff.pk) == {"video": [], "channel": []}


def test_who_hides_costs_one_read_more_and_only_after_a_change(cast, library):
    def reads():
        page = cast.page("member")
        with recorded() as commands:
            page.get("/trending")
        return sum("viewer_hidden" in command for command in commands)

    assert reads() == 0
    cast.api("member").put(f"{VIDEO}/{library[0].pk}")
    assert [reads(), reads()] == [1, 0]
    hidden.clear_cache()
    assert reads() == 1


def test_a_pages_form_hides_and_the_settings_take_it_back(cast, library):
    page, one = cast.page("member"), library[0]
    menu = page.get(f"/watch/{one.pk}/menu?next=/trending").content.decode()
    for part in ("Watch later", f"/playlists/save/{one.pk}", "Not interested", "/report/video/"):
        assert part in menu
    gone = page.post(f"/watch/{one.pk}/hide", {"next": "/trending"}, follow=True)
    assert gone.redirect_chain == [("/trending", 302)]
    assert "recommend this video again" in gone.content.decode()
    page.post("/hide/stranger")
    listed = page.get("/settings/hidden").content.decode()
    assert "Alpha one" in listed
    assert "@stranger" in page.get("/settings/hidden?show=channels").content.decode()
    page.post(f"/watch/{one.pk}/hide", {"act": "show"})
    page.post("/hide/stranger", {"act": "show"})
    assert "No hidden videos" in page.get("/settings/hidden").content.decode()
    assert "No hidden channels" in page.get("/settings/hidden?show=channels").content.decode()


def test_the_menu_of_a_card_as_a_page_is_for_who_may_see_the_video(cast, library):
    secret = cast.video(visibility="private")
    assert cast.page("stranger").get(f"/watch/{secret.pk}/menu").status_code == 404
    menu = cast.page("anonymous").get(f"/watch/{library[0].pk}/menu?next=//evil.example/").content.decode()
    assert "Sign in to save videos" in menu
    assert "evil.example/" not in menu.partition("<main")[2].partition("/login")[0]
    assert "Not interested" not in menu
    for path in (f"/watch/{library[0].pk}/hide", "/hide/owner"):
        assert cast.page("anonymous").post(path).status_code == 302
        assert cast.page("member").get(path).status_code == 405
