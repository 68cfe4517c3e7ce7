"""Pages and forms of playlists: who may send them, and saving a video without scripts."""

import pytest

from playlists import services
from playlists.models import Playlist, PlaylistItem


@pytest.fixture
def shared(cast):
    """Create the owner's playlist with one video and the member as collaborator; return it with the item's id."""
    video = cast.video(title="First")
    playlist = services.create_playlist(
        cast.owner, {"title": "Trip", "visibility": "public", "video_ids": [video.pk]}
    )
    services.add_collaborator(playlist, cast.member)
    return f"/playlists/{playlist.pk}", PlaylistItem.objects.get().pk


FORMS = {
    "edit": {"title": "Taken over", "visibility": "public"},
    "sort": {"sort": "newest"},
    "delete": {},
    "collaborators": {"username": "stranger"},
    "collaborators/owner/remove": {},
    "items/add": {"video_id": "x"},
    "items/{item}/remove": {},
    "items/{item}/move": {"direction": "down"},
    "items/{item}/note": {"note": "Taken over"},
}
FOR_COLLABORATORS = {"items/add", "items/{item}/move"}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("visibility", ["public", "private"])
def test_forms_are_for_collaborators_or_the_owner(cast, shared, form, visibility):
    place, item = shared
    assert cast.stranger
    Playlist.objects.update(visibility=visibility)
    before = Playlist.objects.values().get()
    url = f"{place}/{form.format(item=item)}"
    assert cast.page("anonymous").post(url, FORMS[form])["Location"].startswith("/login")
    hidden = {"public": 403, "private": 404}[visibility]
    for who in ("stranger", "staff"):
        assert cast.page(who).post(url, FORMS[form]).status_code == hidden, who
    answer = cast.page("member").post(url, FORMS[form])
    assert answer.status_code == (302 if form in FOR_COLLABORATORS else 403)
    assert Playlist.objects.values().get() == before
    assert cast.page("owner").post(url, FORMS[form]).status_code == 302


def test_saving_a_video_without_scripts(cast, shared):
    place, _ = shared
    video = cast.video(title="Second")
    list_id = place.rsplit("/", 1)[1]
    page = cast.page("member")
    url = f"/playlists/save/{video.pk}?next=/trending"
    text = page.get(url).content.decode()
    assert "Watch later" in text
    assert "Trip" in text
    sent = {"shown": ["later", list_id], "in": ["later", list_id], "next": "/trending"}
    for _ in range(2):
        assert page.post(url, sent)["Location"] == "/trending"
    found = dict(Playlist.objects.values_list("title", "item_count"))
    assert found == {"Trip": 2, "Watch later": 1}
    assert page.get(url).content.decode().count(" checked") == 2 + 1  # and the form's own visibility
    page.post(url, sent | {"in": []})
    assert dict(Playlist.objects.values_list("title", "item_count")) == {"Trip": 1, "Watch later": 0}
    page.post(url, {"title": "Made here", "visibility": "private"})
    assert Playlist.objects.get(title="Made here").item_count == 1
    assert page.post(url, {"title": "", "visibility": "private"}).status_code == 400


def test_saving_changes_only_what_is_ones_own(cast, shared):
    place, _ = shared
    video = cast.video(title="Second")
    list_id = place.rsplit("/", 1)[1]
    sent = {"shown": [list_id, "x" * 16], "in": [list_id, "x" * 16]}
    assert cast.page("stranger").post(f"/playlists/save/{video.pk}", sent).status_code == 302
    assert Playlist.objects.get().item_count == 1
    hidden = cast.video(visibility="private").pk
    assert cast.page("stranger").get(f"/playlists/save/{hidden}").status_code == 404
    assert cast.page("anonymous").get(f"/playlists/save/{video.pk}").status_code == 302
    away = cast.page("stranger").post(f"/playlists/save/{video.pk}", sent | {"next": "//evil.example"})
    assert away["Location"] == video.get_absolute_url()


def test_a_refused_removal_is_shown(cast, shared):
    place, item = shared
    video_id = PlaylistItem.objects.get(pk=item).video_id
    sent = {"shown": [place.rsplit("/", 1)[1]], "in": []}
    answer = cast.page("member").post(f"/playlists/save/{video_id}", sent, follow=True)
    assert b"Trip: Only the playlist" in answer.content
    assert PlaylistItem.objects.count() == 1


def test_a_form_from_an_older_version_is_told_so(cast, shared):
    place, item = shared
    services.add_video(Playlist.objects.get(), cast.owner, cast.video().pk)
    sent = {"direction": "down", "version": "1"}
    answer = cast.page("owner").post(f"{place}/items/{item}/move", sent, follow=True)
    assert b"Someone changed this in the meantime" in answer.content
    version = Playlist.objects.get().version
    cast.page("owner").post(f"{place}/items/{item}/move", {"direction": "bottom", "version": version})
    assert PlaylistItem.objects.order_by("-rank").first().pk == item


@pytest.mark.parametrize("tab", ["", "shared", "saved", "nonsense"])
def test_the_library_of_somebody_new_is_empty_in_words(cast, tab):
    text = cast.page("stranger").get(f"/library?show={tab}").content.decode()
    assert 'class="empty"' in text


def test_more_of_a_playlist_is_a_fragment(cast, shared):
    place, _ = shared
    for number in range(5):
        services.add_video(Playlist.objects.get(), cast.owner, cast.video(title=f"More {number}").pk)
    page = cast.page("owner")
    more = page.get(page.get(f"{place}?page_size=2").context["page"]["next"], HTTP_HX_REQUEST="true")
    assert b"<html" not in more.content
    assert [row["position"] for row in more.context["page"]["results"]] == [2, 3]
