"""Rows that requests use again for a moment: the same answers with fewer commands, and every change is seen at once."""

import base64
from contextlib import contextmanager
from urllib.parse import urlsplit

import pytest
from django.http import HttpResponse
from django.test import RequestFactory
from pymongo import MongoClient

from accounts import sessions, staff_actions
from accounts.models import User
from streamsite import change_mark
from streamsite.front.middleware import FrontMiddleware
from streamsite.kept_answers import KeptAnswersMiddleware
from streamsite.mongo.engine import kept_documents
from streamsite.site_settings import sections, services
from streamsite.site_settings.features import Features
from tests.support.commands import recorded
from tests.support.users import PASSWORD
from videos.models import Comment, Video
from videos.models.comment import CommentState

LIST = "/api/v1/videos"
# Beside the caller's own account, which is always read from the database.
ROWS = {"find accounts_user", "find videos_video", "find playlists_playlist"}


@pytest.fixture(autouse=True)
def _kept(settings):
    settings.KEPT_ROW_SECONDS = 60.0


@pytest.fixture
def film(cast):
    return cast.video(title="Kept walrus", tags=["walrus"], has_poster=True)


def commands_of(call):
    with recorded() as made:
        answer = call()
    return made, answer


def without_caller(commands):
    rest = list(commands)
    rest.remove("find accounts_user")
    return rest


@contextmanager
def as_another_process():
    """Leave what this process keeps as it is: what is done inside is done elsewhere on the host."""
    before = kept_documents._generation
    yield
    kept_documents._generation = before


def test_rows_that_were_just_read_are_used_again(cast, film, settings):
    cast.api("member").post(f"{LIST}/{film.pk}/comments", {"text": "Nice."}, format="json")
    api, page = cast.api("member"), cast.page("member")
    for client, address in (
        (api, f"{LIST}/{film.pk}"),
        (api, f"{LIST}/{film.pk}/comments"),
        (api, "/api/v1/channels/owner"),
        (api, "/api/v1/channels/owner/subscribers"),
        (page, f"/watch/{film.pk}/comments"),
    ):
        client.get(address)
        made, again = commands_of(lambda client=client, address=address: client.get(address))
        assert len(ROWS.intersection(without_caller(made))) == 0, address
        settings.KEPT_ROW_SECONDS = 0
        made, uncached = commands_of(lambda client=client, address=address: client.get(address))
        settings.KEPT_ROW_SECONDS = 60.0
        assert len(ROWS.intersection(without_caller(made))) > 0, address
        if client is api:  # forms on pages have a token of their own
            assert again.content == uncached.content
        assert again.status_code == uncached.status_code == 200


def test_changes_by_another_process_are_seen_at_once(cast, film):
    owner, member, address = cast.api("owner"), cast.api("member"), f"{LIST}/{film.pk}"

    def seen():
        return member.get(address).json()

    assert seen()["title"] == "Kept walrus"
    with as_another_process():
        owner.patch(address, {"title": "Another walrus"}, format="json")
    assert seen()["title"] == "Another walrus"
    with as_another_process():
        owner.patch("/api/v1/me", {"full_name": "New name"}, format="json")
    assert seen()["channel"]["full_name"] == "New name"
    assert member.get("/api/v1/channels/owner").json()["full_name"] == "New name"
    with as_another_process():
        member.put("/api/v1/channels/owner/subscription")
    assert member.get("/api/v1/channels/owner").json()["counts"]["subscribers"] == 1
    with as_another_process():
        owner.patch(address, {"visibility": "private"}, format="json")
    assert member.get(address).status_code == 404
    assert owner.get(address).status_code == 200


def test_a_suspended_account_is_gone_at_once(cast, film):
    member = cast.api("member")
    assert member.get("/api/v1/channels/owner").status_code == 200
    assert member.get(f"{LIST}/{film.pk}").status_code == 200
    with as_another_process():
        staff_actions.suspend(cast.owner, actor=cast.staff, reason="other")
        change_mark.renew()  # as the request of the administration does
    assert member.get("/api/v1/channels/owner").status_code == 404
    assert member.get(f"{LIST}/{film.pk}").status_code == 404


def test_uploads_end_what_is_kept_of_their_video(cast):
    """Chunks change nothing that is kept; the last one changes the video's state, and giving up deletes it."""
    api = cast.api("owner")
    headers = {
        "HTTP_TUS_RESUMABLE": "1.0.0",
        "HTTP_UPLOAD_LENGTH": "4",
        "HTTP_UPLOAD_METADATA": "filename " + base64.b64encode(b"a.mp4").decode(),
    }

    def chunk(upload, offset, content):
        return api.generic(
            "PATCH",
            upload,
            content,
            content_type="application/offset+octet-stream",
            HTTP_TUS_RESUMABLE="1.0.0",
            HTTP_UPLOAD_OFFSET=str(offset),
        )

    upload = urlsplit(api.post("/api/v1/uploads", **headers)["Location"]).path
    address = f"{LIST}/{Video.objects.get().pk}"
    assert api.get(address).json()["status"] == "uploading"
    before = change_mark.current()
    with as_another_process():
        assert chunk(upload, 0, b"ab").status_code == 204
    assert change_mark.current() == before
    with as_another_process():
        assert chunk(upload, 2, b"cd").status_code == 204
    assert api.get(address).json()["status"] != "uploading"

    upload = urlsplit(api.post("/api/v1/uploads", **headers)["Location"]).path
    address = f"{LIST}/{Video.objects.latest('created_at').pk}"
    assert api.get(address).status_code == 200
    with as_another_process():
        assert api.delete(upload, HTTP_TUS_RESUMABLE="1.0.0").status_code == 204
    assert api.get(address).status_code == 404


def test_a_caller_is_looked_up_again(cast, settings, monkeypatch):
    """Another process changes the account after a read of it began with the mark of before."""
    settings.KEPT_CALLER_SECONDS = 60.0
    member = cast.api("member")
    member.get("/api/v1/channels/member")
    original = FrontMiddleware.__call__
    changes = ["New name"]

    def changing(middleware, request):
        if changes:
            with MongoClient(settings.MONGODB_URI) as other:
                accounts = other[settings.DATABASES["default"]["NAME"]][User._meta.db_table]
                accounts.update_one({"_id": cast.member.pk}, {"$set": {"full_name": changes.pop()}})
            change_mark.renew()
        return original(middleware, request)

    monkeypatch.setattr(FrontMiddleware, "__call__", changing)
    member.get("/api/v1/me")
    assert member.get("/api/v1/me").json()["full_name"] == "New name"


def test_a_password_changed_on_another_host_does_not_sign_out_here(cast, settings):
    page = cast.page("member")
    assert page.get("/settings/security").status_code == 200
    here = kept_documents._generation
    form = {"current_password": PASSWORD, "new_password": "a new Passphrase 77"}
    assert page.post("/settings/security/password", form).status_code == 302
    # The next request reaches a host that kept the account a moment ago and has a mark of its own.
    here.mark = change_mark.current()
    kept_documents._generation = here
    sessions.clear_cache()
    assert page.get("/settings/security").status_code == 200
    assert page.get("/settings/security").status_code == 200


def test_what_is_kept_is_the_state_of_the_mark(cast, film, settings):
    member = cast.api("member")
    member.get(f"{LIST}/{film.pk}")
    # As another process would: not through this one's client.
    with MongoClient(settings.MONGODB_URI) as other:
        videos = other[settings.DATABASES["default"]["NAME"]][Video._meta.db_table]
        videos.update_one({"_id": film.pk}, {"$set": {"title": "Changed elsewhere"}})
    assert member.get(f"{LIST}/{film.pk}").json()["title"] == "Kept walrus"
    change_mark.renew()
    assert member.get(f"{LIST}/{film.pk}").json()["title"] == "Changed elsewhere"


def test_a_read_that_writes_renews_the_mark(cast):
    account = cast.owner

    def view(request):
        User.objects.get(pk=account.pk)
        User.objects.filter(pk=account.pk).update(bio="Written by a read")
        assert User.objects.get(pk=account.pk).bio == "Written by a read"
        return HttpResponse()

    User.objects.filter(pk=account.pk).update(bio="Before")
    with kept_documents.reading(change_mark.current(), 60):
        User.objects.get(pk=account.pk)
    before = change_mark.current()
    KeptAnswersMiddleware(view)(RequestFactory().get("/somewhere"))
    assert change_mark.current() != before


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_writes_bypass_it(cast, method):
    seen = []

    def view(request):
        seen.append(kept_documents.current_mark())
        return HttpResponse()

    KeptAnswersMiddleware(view)(getattr(RequestFactory(), method)("/somewhere"))
    KeptAnswersMiddleware(view)(RequestFactory().get("/somewhere"))
    assert seen[0] is None
    assert seen[1] is not None
    assert kept_documents.current_mark() is None


# --- bodies that many callers get alike ---------------------------------------------------------


@pytest.fixture
def shared(settings):
    settings.KEPT_ANSWER_SECONDS = 60.0


@pytest.mark.usefixtures("shared")
@pytest.mark.parametrize(
    "address", [LIST, f"{LIST}?q=walrus", f"{LIST}?page_size=1", "/api/v1/channels/owner/videos"]
)
def test_members_share_what_is_the_same_for_all(cast, film, settings, address):
    cast.video(title="Second walrus", tags=["walrus"], has_poster=True)
    member, staff = cast.api("member"), cast.api("staff")
    first = member.get(address)
    made, again = commands_of(lambda: staff.get(address))
    assert not [command for command in made if "video" in command]
    settings.KEPT_ANSWER_SECONDS = 0
    uncached = staff.get(address)
    assert again.content == first.content == uncached.content
    assert again["ETag"] == uncached["ETag"]
    assert again["Cache-Control"] == uncached["Cache-Control"]
    assert "private" in again["Cache-Control"]
    assert set(dict(again.items())) == set(dict(uncached.items()))
    settings.KEPT_ANSWER_SECONDS = 60.0
    cached = staff.get(address, HTTP_IF_NONE_MATCH=again["ETag"])
    assert (cached.status_code, cached.content) == (304, b"")


@pytest.mark.usefixtures("shared")
def test_shared_bodies_end_with_a_change(cast, film):
    member = cast.api("member")
    assert len(member.get(LIST).json()["results"]) == 1
    cast.api("owner").patch(f"{LIST}/{film.pk}", {"visibility": "unlisted"}, format="json")
    assert member.get(LIST).json()["results"] == []


@pytest.mark.usefixtures("shared")
def test_each_address_has_its_own(cast, film):
    member = cast.api("member")
    cast.video(title="Second walrus", has_poster=True)
    for size in (1, 2):
        for _ in range(2):
            assert len(member.get(f"{LIST}?page_size={size}").json()["results"]) == size


@pytest.mark.usefixtures("shared")
def test_who_hides_sensitive_videos_gets_a_list_without_them(cast, film):
    services.save(sections.section_of(Features), {"sensitive_content": "blur"})
    owner, member, staff = cast.api("owner"), cast.api("member"), cast.api("staff")
    owner.patch(f"{LIST}/{film.pk}", {"is_sensitive": True}, format="json")
    for who, choice in ((member, "hide"), (owner, "hide"), (staff, "show")):
        answer = who.patch("/api/v1/me", {"preferences": {"sensitive_content": choice}}, format="json")
        assert answer.status_code == 200, answer.content

    def number(who):
        return len(who.get(LIST).json()["results"])

    for _ in range(2):
        assert number(staff) == 1
        assert number(member) == 0
        assert number(owner) == 1, "owners see their own"


# --- held comments come with the viewer's state -------------------------------------------------


def test_own_held_comments_lead_the_first_page_alone(cast, film, settings):
    member, address = cast.api("member"), f"{LIST}/{film.pk}/comments"
    shown = [member.post(address, {"text": f"Number {n}"}, format="json").json()["id"] for n in range(3)]
    held = member.post(address, {"text": "Held"}, format="json").json()["id"]
    Comment.objects.filter(pk=held).update(state=CommentState.HELD)

    def ids(who, query=""):
        return [row["id"] for row in who.get(f"{address}{query}").json()["results"]]

    assert ids(member)[0] == held
    assert set(ids(member)) == {held, *shown}
    assert set(ids(member, "?cursor=")) == {held, *shown}
    assert held not in ids(cast.api("owner"))
    following = member.get(f"{address}?page_size=2").json()["next"].partition("?")[2]
    assert held not in ids(member, f"?{following}")
    # A page without any other comment shows it as well.
    Comment.objects.filter(pk__in=shown).delete()
    assert ids(member) == [held]
    made, _ = commands_of(lambda: cast.api("owner").get(address))
    assert len([command for command in made if command.endswith("videos_comment")]) == 1
