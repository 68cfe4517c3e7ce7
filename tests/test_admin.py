"""Django admin: every model can be listed, searched, opened and deleted by staff, and by nobody else."""

import pytest
from django.contrib import admin
from django.contrib.admin.utils import quote
from django.urls import reverse
from django.utils import translation

from accounts.models import User
from playlists.models import Playlist, PlaylistItem, SavedPlaylist
from subscriptions.models import Subscription
from tests.support.commands import recorded_documents
from videos.files import paths
from videos.models import Reaction, Video
from videos.reactions import services

OURS = [User, Video, Playlist, PlaylistItem, SavedPlaylist, Subscription]


@pytest.fixture
def rows(cast):
    """One row of every model."""
    video = cast.video()
    cast.api("member").put("/api/v1/channels/owner/subscription")
    body = {"title": "A list", "video_ids": [video.pk]}
    made = cast.api("member").post("/api/v1/playlists", body | {"visibility": "public"}, format="json").json()
    cast.api("owner").put(f"/api/v1/me/saved-playlists/{made['id']}")
    return {model: model.objects.first() for model in OURS}


def url(model, page, *args):
    ids = [quote(arg) for arg in args]
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=ids)


@pytest.mark.parametrize("model", OURS)
def test_lists_search_filters_and_forms_open(cast, rows, model):
    staff = cast.page("staff")
    assert staff.get(url(model, "changelist")).status_code == 200
    assert staff.get(url(model, "changelist") + "?q=own").status_code == 200
    assert staff.get(url(model, "changelist") + "?o=1.-2").status_code == 200
    assert staff.get(url(model, "change", rows[model].pk)).status_code == 200
    assert staff.get(url(model, "history", rows[model].pk)).status_code == 200
    assert staff.get(url(model, "delete", rows[model].pk)).status_code == 200


def test_only_what_filters_offer_is_filtered_by(cast, rows):
    """Other fields may hold what staff need not know, and conditions that the database cannot answer are faults."""
    staff = cast.page("staff")
    assert staff.get(url(User, "changelist") + "?is_active__exact=1").status_code == 200
    for model, condition in (
        (User, "preferences__contains=a"),
        (User, "password__startswith=a"),
        (Video, "tags__contains=a"),
    ):
        assert staff.get(url(model, "changelist") + f"?{condition}").status_code in {302, 400}, condition


def test_a_filtered_list_goes_once_through_the_index_and_keeps_its_order(cast):
    """Counting finds the keys of the page, by which its rows are read."""
    videos = [cast.video(title=f"Film {number}") for number in range(5)]
    Video.objects.filter(pk=videos[2].pk).update(status="failed")
    with recorded_documents() as commands:
        page = cast.page("staff").get(url(Video, "changelist") + "?status__exact=ready")
    shown = [row.pk for row in page.context["cl"].result_list]
    assert shown == [videos[number].pk for number in (4, 3, 1, 0)]
    assert page.context["cl"].result_count == 4
    filters = [command["filter"] for _, command in commands if command.get("find") == "videos_video"]
    assert sum("status" in str(condition) for condition in filters) == 1
    assert sum("'_id': {'$in'" in str(condition) for condition in filters) == 1


def test_every_model_of_ours_is_registered():
    assert set(OURS) <= set(admin.site._registry)


@pytest.mark.parametrize("who", ["owner", "anonymous"])
def test_others_are_sent_to_the_log_in(cast, who):
    assert cast.page(who).get("/admin/accounts/user/").status_code == 302


def test_reactions_are_looked_at_and_not_written(cast):
    services.react(cast.stranger, cast.video(), "like")
    staff, row = cast.page("staff"), Reaction.objects.get()
    assert b"stranger" in staff.get(url(Reaction, "changelist") + "?q=strang&value=like").content
    assert staff.get(url(Reaction, "change", row.pk)).status_code == 200
    assert staff.post(url(Reaction, "change", row.pk), {"value": "dislike"}).status_code == 403
    assert staff.post(url(Reaction, "delete", row.pk), {"post": "yes"}).status_code == 403
    assert staff.get(url(Reaction, "add")).status_code == 403


def test_staff_find_people_by_name(cast, rows):
    answer = cast.page("staff").get(url(User, "changelist") + "?q=member")
    assert [user.username for user in answer.context["cl"].queryset] == ["member"]


def test_admin_adds_no_rows_that_people_create(cast):
    staff = cast.page("staff")
    for model in OURS:
        assert staff.get(url(model, "add")).status_code == 403, model


def test_a_video_with_reactions_and_comments_is_deleted(cast, rows):
    video = rows[Video]
    services.react(cast.stranger, video, "like")
    cast.api("stranger").post(f"/api/v1/videos/{video.pk}/comments", {"text": "Hello"}, format="json")
    assert cast.page("staff").post(url(Video, "delete", video.pk), {"post": "yes"}).status_code == 302
    assert not Video.objects.exists()


def test_deleting_a_video_removes_its_files_and_counts(cast, rows):
    video = rows[Video]
    folder = paths.generation_dir(video.pk, "gen1")
    folder.mkdir(parents=True)
    cast.page("staff").post(url(Video, "delete", video.pk), {"post": "yes"})
    assert not Video.objects.exists()
    assert not folder.exists()
    assert User.objects.get(username="owner").video_count == 0
    assert Playlist.objects.get().item_count == 0


def test_the_delete_action_uses_the_same_service(cast, rows):
    form = {"action": "delete_selected", "_selected_action": [rows[Video].pk], "post": "yes"}
    cast.page("staff").post(url(Video, "changelist"), form)
    assert not Video.objects.exists()
    assert User.objects.get(username="owner").video_count == 0


def test_admins_log_in_through_the_same_sessions(cast):
    cast.staff  # noqa: B018 - makes the account
    page = cast.page("anonymous")
    assert page.get("/admin/login/?next=/admin/").url == "/login?next=%2Fadmin%2F"
    form = {"login": "staffer", "password": "correct horse battery", "next": "/admin/"}
    assert page.post("/login", form).url == "/admin/"
    assert page.get("/admin/").status_code == 200
    assert page.session["sid"]


def test_every_model_has_a_name_in_the_language_of_the_page(cast):
    for model in admin.site._registry:
        with translation.override("en"):
            english = str(model._meta.verbose_name_plural)
        with translation.override("ar"):
            assert str(model._meta.verbose_name_plural) != english, english
