"""Every admin form of every model: what it writes is what the service writes, and everything else is read-only."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.contrib import admin
from django.contrib.admin.utils import quote
from django.contrib.auth.models import Group, Permission
from django.urls import reverse

from accounts import staff_actions, tasks
from accounts.models import User
from playlists import services as playlists
from playlists.models import Playlist, PlaylistItem, SavedPlaylist
from streamsite.models import Job
from streamsite.visibility import Visibility
from subscriptions import services as subscriptions
from subscriptions.models import Broadcast, Notification, Post, Subscription, Webhook
from subscriptions.notifications.services import announce_to_subscribers, notify
from subscriptions.posts import services as posts
from subscriptions.webhooks import services as webhooks
from tests.support.documents import dump, normalize, restore
from tests.support.forms import form_data
from videos import blocks, services, strikes
from videos.comments import filters
from videos.comments import services as comments
from videos.models import Block, Case, Comment, CommentReaction, CommentRules, Reaction, Report, Strike, Video
from videos.reactions import services as reaction_services

SOON = (datetime.now(UTC) + timedelta(days=30)).replace(microsecond=0)
SOON_TYPED = {"publish_at_0": f"{SOON:%Y-%m-%d}", "publish_at_1": f"{SOON:%H:%M:%S}"}


def by_video(**changes):
    return lambda row, actor: services.update(row, changes)


def by_playlist(**changes):
    return lambda row, actor: playlists.update_playlist(row, changes)


def by_edit(**changes):
    return lambda row, actor: staff_actions.edit_account(row, changes, actor=actor)


def by_rights(**changes):
    return lambda row, actor: staff_actions.set_rights(row, actor=actor, **changes)


def by_group(row, actor):
    row.permissions.set(some_permission())
    staff_actions.record_group_change(row, actor=actor)


def by_name(row, actor):
    Group.objects.filter(pk=row.pk).update(name="Helpers")


def some_permission():
    return Permission.objects.filter(codename="change_case")


def everyone():
    return Group.objects.all()


# Model -> field -> (what is typed, the service that does the same). A field that is not here must not be editable.
EDITABLE = {
    User: {
        "full_name": (" New  name ", by_edit(full_name="New  name")),
        "bio": ("Another text", by_edit(bio="Another text")),
        "quota_bytes": ("5000", by_edit(quota_bytes=5000)),
        "is_staff": ("on", by_rights(is_staff=True)),
        "is_superuser": ("on", by_rights(is_superuser=True)),
        "groups": (everyone, lambda row, actor: by_rights(groups=everyone())(row, actor)),
        "user_permissions": (
            some_permission,
            lambda row, actor: by_rights(permissions=some_permission())(row, actor),
        ),
    },
    Group: {"name": ("Helpers", by_name), "permissions": (some_permission, by_group)},
    Video: {
        "title": ("New title", by_video(title="New title")),
        "description": ("See 0:00 start", by_video(description="See 0:00 start")),
        "tags": ("Cats, #dogs", by_video(tags=["Cats", "#dogs"])),
        "category": ("music", by_video(category="music")),
        "license": ("cc-by", by_video(license="cc-by")),
        "is_sensitive": ("on", by_video(is_sensitive=True)),
        "language": ("pt-BR", by_video(language="pt-BR")),
        "originally_published_on": ("2014-03-03", by_video(originally_published_on=date(2014, 3, 3))),
        "visibility": (Visibility.PRIVATE.value, by_video(visibility=Visibility.PRIVATE)),
        "publish_at": (SOON_TYPED, by_video(publish_at=SOON)),
        "publish_visibility": (
            Visibility.UNLISTED.value,
            by_video(publish_visibility=Visibility.UNLISTED),
        ),
        "allow_comments": (None, by_video(allow_comments=False)),
        "allow_embed": (None, by_video(allow_embed=False)),
        "embed_domains": ("example.org", by_video(embed_domains=["example.org"])),
        "allow_download": ("on", by_video(allow_download=True)),
        "normalise_loudness": ("on", by_video(normalise_loudness=True)),
    },
    Playlist: {
        "title": ("New title", by_playlist(title="New title")),
        "description": ("New text", by_playlist(description="New text")),
        "visibility": (Visibility.PRIVATE.value, by_playlist(visibility=Visibility.PRIVATE)),
        "allow_duplicates": ("on", by_playlist(allow_duplicates=True)),
    },
    PlaylistItem: {"note": ("Watch", lambda row, actor: playlists.set_note(row.playlist, row, "Watch"))},
}
LOOKED_AT = (
    *(Block, Broadcast, Case, Comment, CommentReaction, CommentRules, Job, Notification, Post),
    *(Reaction, Report, SavedPlaylist, Strike, Subscription, Webhook),
)


@pytest.fixture
def world(cast):
    """One row of every model that the admin has, by model; signed-in staff."""
    video, member = cast.video(), cast.api("member")
    member.put("/api/v1/channels/owner/subscription")
    said = member.post(f"/api/v1/videos/{video.pk}/comments", {"text": "Hello"}, format="json").json()
    cast.api("owner").put(f"/api/v1/comments/{said['id']}/reaction", {"value": "like"}, format="json")
    reaction_services.react(cast.stranger, video, "like")
    body = {"title": "A list", "video_ids": [video.pk], "visibility": "public"}
    made = member.post("/api/v1/playlists", body, format="json").json()
    cast.api("owner").put(f"/api/v1/me/saved-playlists/{made['id']}")
    cast.api("owner").post("/api/v1/posts", {"text": "News"}, format="json")
    hook = {"url": "https://example.org/", "events": ["video.ready"]}
    cast.api("owner").post("/api/v1/webhooks", hook, format="json")
    blocks.block(cast.owner, cast.stranger)
    filters.update_rules(cast.owner.pk, {"hold_links": True})
    member.post(f"/api/v1/videos/{video.pk}/report", {"reason": "other", "text": "Look"}, format="json")
    strikes.add_strike(cast.owner.pk, Case.objects.get())
    announce_to_subscribers(cast.owner.pk, "video", video.pk)
    notify(cast.owner.pk, "milestone", "ten", url="/", title="Ten")
    Group.objects.create(name="Editors")
    cast.owner.groups.add(Group.objects.create(name="Moderators"))
    tasks.enqueue_mail("restored", cast.owner)
    rows = {model: model.objects.first() for model in admin.site._registry}
    rows[User], rows[Group] = cast.owner, cast.owner.groups.get()
    rows[None] = cast.page("staff")
    return rows


def address(row, page="change"):
    return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_{page}", args=[quote(row.pk)])


def form_of(page, row):
    answer = page.get(address(row))
    assert answer.status_code == 200, row
    return answer.context["adminform"].form


def with_change(sent, name, typed):
    typed = [each.pk for each in typed()] if callable(typed) else typed
    if isinstance(typed, dict):
        return sent | typed
    if typed is None:
        return {key: value for key, value in sent.items() if key != name}
    return sent | {name: typed}


def test_each_form_has_the_fields_that_a_service_writes_and_no_other(world):
    assert set(admin.site._registry) == {*EDITABLE, *LOOKED_AT}
    for model in admin.site._registry:
        assert set(form_of(world[None], world[model]).fields) == set(EDITABLE.get(model, ())), model


def test_read_only_fields_ignore_posted_values(world):
    before = normalize(dump())
    for model in admin.site._registry:
        editable = EDITABLE.get(model, ())
        sent = {field.name: "1" for field in model._meta.fields if field.name not in editable}
        known = form_data(form_of(world[None], world[model]))
        answer = world[None].post(address(world[model]), sent | known)
        assert answer.status_code in {302, 403}, model
    after = normalize(dump())
    assert after == before


@pytest.mark.parametrize("model", EDITABLE, ids=lambda model: model.__name__)
def test_a_form_and_the_service_leave_the_same_documents(cast, world, model):
    page, row = world[None], world[model]
    sent = form_data(form_of(page, row))
    start = dump()
    for name, (typed, service) in EDITABLE[model].items():
        answer = page.post(address(row), with_change(sent, name, typed))
        assert answer.status_code == 302, (name, answer.context and answer.context["errors"])
        by_form = normalize(dump())
        restore(start)
        service(model.objects.get(pk=row.pk), cast.staff)
        by_service = normalize(dump())
        restore(start)
        assert by_form == by_service, name
        assert by_form != normalize(start), name


def test_a_services_refusal_is_shown_and_nothing_is_written(cast, world):
    page, video = world[None], world[Video]
    before = normalize(dump())
    sent = with_change(
        form_data(form_of(page, video)), "tags", "a tag that is far too long for anybody to read at all"
    )
    assert "Add up to 20 tags" in page.post(address(video), sent, follow=True).content.decode()
    assert normalize(dump()) == before


def test_a_form_opened_long_ago_undoes_nothing(cast, world):
    page, owner = world[None], world[User]
    sent = with_change(form_data(form_of(page, owner)), "bio", "New")
    User.objects.filter(pk=owner.pk).update(subscriber_count=7, security_epoch=9, password="another")
    page.post(address(owner), sent)
    row = User.objects.get(pk=owner.pk)
    assert (row.bio, row.subscriber_count, row.security_epoch, row.password) == ("New", 7, 9, "another")


# Model -> the service that deletes a row. What is not here cannot be deleted in the admin.
DELETED = {
    User: lambda row, actor: staff_actions.delete_account(row, actor=actor),
    Group: lambda row, actor: (staff_actions.record_group_change(row, actor=actor), row.delete()),
    Comment: lambda row, actor: comments.delete(row),
    Playlist: lambda row, actor: playlists.delete_playlist(row),
    PlaylistItem: lambda row, actor: playlists.remove_item(row.playlist, row),
    Post: lambda row, actor: posts.delete(row),
    SavedPlaylist: lambda row, actor: playlists.unsave_playlist(row.user, row.playlist_id),
    Subscription: lambda row, actor: subscriptions.unsubscribe(row.subscriber, row.channel),
    Video: lambda row, actor: services.delete(row),
    Webhook: lambda row, actor: webhooks.delete(row),
}


def test_deleting_in_the_admin_and_by_the_service_leave_the_same_documents(cast, world):
    page, start = world[None], dump()
    untouched = normalize(start)
    for model in admin.site._registry:
        row = world[model]
        changelist = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
        chosen = {"action": "delete_selected", "_selected_action": [row.pk], "post": "yes"}
        left = []
        for path, form in ((address(row, "delete"), {"post": "yes"}), (changelist, chosen)):
            assert page.post(path, form).status_code in {200, 302, 403}, model
            left.append(normalize(dump()))
            if left[-1] != untouched:
                restore(start)
        if model not in DELETED:
            assert left == [untouched, untouched], model
            continue
        DELETED[model](model.objects.get(pk=row.pk), cast.staff)
        by_service = normalize(dump())
        restore(start)
        assert left == [by_service, by_service], model
        assert by_service != untouched, model
