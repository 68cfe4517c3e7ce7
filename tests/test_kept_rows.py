"""Rows that requests use again for a moment: the same answers with fewer commands, and every change is seen at once."""

import pytest
from django.http import HttpResponse
from django.test import RequestFactory

from accounts.models import User
from streamsite import change_mark
from streamsite.kept_answers import KeptAnswersMiddleware
from streamsite.mongo.engine import kept_documents
from streamsite.site_settings import sections, services
from streamsite.site_settings.features import Features
from tests.support.commands import recorded
from videos.models import Comment, Video
from videos.models.comment import CommentState

LIST = "/api/v1/videos"
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
        assert ROWS.isdisjoint(made), address
        settings.KEPT_ROW_SECONDS = 0
        made, anew = commands_of(lambda client=client, address=address: client.get(address))
        settings.KEPT_ROW_SECONDS = 60.0
        assert not ROWS.isdisjoint(made), address
        if client is api:  # forms on pages have a token of their own
            assert again.content == anew.content
        assert again.status_code == anew.status_code == 200


def test_changes_are_seen_at_once(cast, film):
    owner, member, address = cast.api("owner"), cast.api("member"), f"{LIST}/{film.pk}"

    def seen():
        return member.get(address).json()

    assert seen()["title"] == "Kept walrus"
    owner.patch(address, {"title": "Another walrus"}, format="json")
    assert seen()["title"] == "Another walrus"
    owner.patch("/api/v1/me", {"full_name": "New name"}, format="json")
    assert seen()["channel"]["full_name"] == "New name"
    assert member.get("/api/v1/channels/owner").json()["full_name"] == "New name"
    member.put("/api/v1/channels/owner/subscription")
    assert member.get("/api/v1/channels/owner").json()["counts"]["subscribers"] == 1
    owner.patch(address, {"visibility": "private"}, format="json")
    assert member.get(address).status_code == 404
    assert owner.get(address).status_code == 200


def test_a_suspended_account_is_gone_at_once(cast, film):
    member = cast.api("member")
    assert member.get("/api/v1/channels/owner").status_code == 200
    assert member.get(f"{LIST}/{film.pk}").status_code == 200
    User.objects.filter(username="owner").update(is_active=False)
    assert member.get("/api/v1/channels/owner").status_code == 404
    assert member.get(f"{LIST}/{film.pk}").status_code == 404


def test_a_change_by_another_process_is_seen(cast, film):
    member = cast.api("member")
    member.get(f"{LIST}/{film.pk}")
    # As another process would: not through this one's client.
    from django.conf import settings
    from pymongo import MongoClient

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
def test_writes_read_anew(cast, method):
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
    anew = staff.get(address)
    assert again.content == first.content == anew.content
    assert again["ETag"] == anew["ETag"]
    assert again["Cache-Control"] == anew["Cache-Control"]
    assert "private" in again["Cache-Control"]
    assert set(dict(again.items())) == set(dict(anew.items()))
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
