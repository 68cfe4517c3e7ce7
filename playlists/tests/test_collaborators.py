"""``/playlists/{id}/collaborators/{username}``: who may add to and sort another account's playlist."""

import pytest

from accounts.signals import account_deleted
from playlists.models import Playlist, PlaylistItem
from subscriptions.models import Notification
from videos import blocks

URL = "/api/v1/playlists"


@pytest.fixture
def shared(cast):
    """Create the owner's private playlist with one video and the member as collaborator; return its URL."""
    body = {"title": "Trip", "video_ids": [cast.video(title="First").pk]}
    url = f"{URL}/{cast.api('owner').post(URL, body, format='json').json()['id']}"
    assert cast.member
    answer = cast.api("owner").put(f"{url}/collaborators/member")
    assert [one["username"] for one in answer.json()["collaborators"]] == ["member"]
    return url


def add(cast, url, who, **fields):
    body = {"video_id": cast.video(title="Added").pk, **fields}
    return cast.api(who).post(f"{url}/items", body, format="json")


def ids(cast, url):
    return [row["id"] for row in cast.api("owner").get(f"{url}/items").json()["results"]]


def test_a_collaborator_opens_adds_and_sorts(cast, shared):
    member = cast.api("member")
    body = member.get(shared).json()
    assert (body["role"], body["can_edit"]) == ("collaborator", False)
    added = add(cast, shared, "member", note="From me").json()
    assert (added["added_by"], added["note"], added["can_edit"]) == ("member", "From me", True)
    first, second = ids(cast, shared)
    assert member.patch(f"{shared}/items/{second}", {"before": first}, format="json").status_code == 200
    assert ids(cast, shared) == [second, first]


def test_a_collaborator_takes_out_only_what_they_added(cast, shared):
    added = add(cast, shared, "member").json()["id"]
    (other,) = set(ids(cast, shared)) - {added}
    member = cast.api("member")
    assert member.delete(f"{shared}/items/{other}").status_code == 403
    assert member.patch(f"{shared}/items/{other}", {"note": "Mine"}, format="json").status_code == 403
    assert member.patch(f"{shared}/items/{added}", {"note": "Mine"}, format="json").json()["note"] == "Mine"
    assert member.delete(f"{shared}/items/{added}").status_code == 204
    added = add(cast, shared, "member").json()["id"]
    assert cast.api("owner").delete(f"{shared}/items/{added}").status_code == 204


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("patch", "", {"title": "Taken over"}), ("patch", "", {"sort": "newest"}), ("delete", "", None),
        ("put", "/collaborators/stranger", None), ("delete", "/collaborators/stranger", None),
    ],
)  # fmt: skip
def test_a_collaborator_does_nothing_else(cast, shared, method, path, body):
    assert cast.stranger
    cast.api("owner").put(f"{shared}/collaborators/stranger")
    answer = getattr(cast.api("member"), method)(f"{shared}{path}", body, format="json")
    assert answer.status_code == 403
    found = Playlist.objects.get()
    assert (found.title, found.sort, len(found.collaborators)) == ("Trip", "manual", 2)


def test_access_ends_at_once_and_what_was_added_stays(cast, shared):
    added = add(cast, shared, "member").json()["id"]
    assert cast.api("owner").delete(f"{shared}/collaborators/member").status_code == 204
    member = cast.api("member")
    for answer in (
        member.get(shared),
        add(cast, shared, "member"),
        member.delete(f"{shared}/items/{added}"),
        member.patch(f"{shared}/items/{added}", {"position": 0}, format="json"),
    ):
        assert answer.status_code == 404
    assert added in ids(cast, shared)
    cast.api("owner").patch(shared, {"visibility": "public"}, format="json")
    assert add(cast, shared, "member").status_code == 403


def test_a_collaborator_may_leave_and_leaving_twice_is_no_failure(cast, shared):
    cast.api("owner").patch(shared, {"visibility": "unlisted"}, format="json")
    member = cast.api("member")
    for _ in range(2):
        assert member.delete(f"{shared}/collaborators/member").status_code == 204
    assert Playlist.objects.get().collaborators == []


def test_inviting_twice_changes_nothing_and_tells_once(cast, shared):
    before = Playlist.objects.get().version
    again = cast.api("owner").put(f"{shared}/collaborators/member")
    assert (again.status_code, again.json()["version"]) == (200, before)
    told = Notification.objects.get(user=cast.member)
    assert (told.kind, told.title, told.actor_id) == ("share", "Trip", cast.owner.pk)
    listed = cast.api("member").get("/api/v1/me/notifications").json()["results"]
    assert listed[0]["text"].endswith("invited you to collaborate on “Trip”")


def test_invalid_invitations_are_rejected(cast, shared):
    owner = cast.api("owner")
    assert owner.put(f"{shared}/collaborators/owner").status_code == 400
    assert owner.put(f"{shared}/collaborators/nobody-here").status_code == 404
    closed = cast.user("closed", is_active=False)
    assert owner.put(f"{shared}/collaborators/{closed.username}").status_code == 404
    shy = cast.user("shy")
    blocks.block(shy, cast.owner)
    assert owner.put(f"{shared}/collaborators/shy").status_code == 403
    blocks.block(cast.owner, cast.stranger)
    assert owner.put(f"{shared}/collaborators/stranger").status_code == 409
    assert Playlist.objects.get().collaborators == [cast.member.pk]


@pytest.mark.parametrize("who", ["owner", "member"])
def test_blocking_ends_what_two_do_together(cast, shared, who):
    one, other = (cast.owner, cast.member) if who == "owner" else (cast.member, cast.owner)
    blocks.block(one, other)
    assert Playlist.objects.get().collaborators == []
    assert cast.api("member").get(shared).status_code == 404


def test_at_most_fifty(cast, shared):
    Playlist.objects.update(collaborators=[f"someone{number:09d}" for number in range(50)])
    assert cast.api("owner").put(f"{shared}/collaborators/member").status_code == 409


def test_videos_visible_only_to_their_adder_are_counted_as_hidden(cast, shared):
    mine = cast.video(owner=cast.member, title="Mine", visibility="private").pk
    assert cast.api("member").post(f"{shared}/items", {"video_id": mine}, format="json").status_code == 201
    body = cast.api("owner").get(f"{shared}/items").json()
    assert (len(body["results"]), body["hidden_count"]) == (1, 1)
    assert cast.api("member").get(f"{shared}/items").json()["hidden_count"] == 0
    hidden = PlaylistItem.objects.get(video_id=mine).pk
    assert cast.api("owner").delete(f"{shared}/items/{hidden}").status_code == 204


def test_an_erased_account_leaves_and_its_own_playlists_go(cast, shared):
    added = add(cast, shared, "member").json()["id"]
    cast.api("member").post(URL, {"title": "Gone"}, format="json")
    cast.api("member").put(f"/api/v1/me/watch-later/{cast.video().pk}")
    for _ in range(2):
        account_deleted.send(sender=type(cast.member), user_id=cast.member.pk)
    found = Playlist.objects.get()
    assert (found.title, found.collaborators) == ("Trip", [])
    assert added in ids(cast, shared)


def test_a_closed_owners_playlist_is_absent_for_collaborators(cast, shared):
    type(cast.owner).objects.filter(pk=cast.owner.pk).update(is_active=False)
    assert cast.api("member").get(shared).status_code == 404
    assert cast.api("member").get(f"{URL}?role=collaborator").json()["results"] == []


def test_playlists_by_role(cast, shared):
    cast.api("member").post(URL, {"title": "Own"}, format="json")
    member = cast.api("member")

    def titles(query):
        return [row["title"] for row in member.get(f"{URL}{query}").json()["results"]]

    assert titles("") == ["Own", "Trip"]
    assert (titles("?role=owner"), titles("?role=collaborator")) == (["Own"], ["Trip"])
    assert member.get(f"{URL}?role=admin").status_code == 400


def test_pages_invite_take_out_and_leave(cast, shared):
    place = shared.removeprefix("/api/v1")
    page = cast.page("owner")
    assert cast.stranger
    page.post(f"{place}/collaborators", {"username": "@Stranger"})
    assert b"@stranger" in page.get(f"{place}/edit").content
    assert (
        "no channel of this name"
        in page.post(f"{place}/collaborators", {"username": "nobody-here"}, follow=True).content.decode()
    )
    page.post(f"{place}/collaborators/stranger/remove")
    assert Playlist.objects.get().collaborators == [cast.member.pk]
    guest = cast.page("member")
    assert b"Leave" in guest.get(place).content
    assert b"Trip" in guest.get("/library?show=shared").content
    assert guest.post(f"{place}/collaborators/member/remove").status_code == 302
    assert guest.get(place).status_code == 404


def test_removed_collaborators_lose_their_invitation(cast):
    assert cast.member.is_active
    path = (
        "/api/v1/playlists/"
        + cast.api("owner").post("/api/v1/playlists", {"title": "List"}, format="json").json()["id"]
    )
    cast.api("owner").put(f"{path}/collaborators/member")

    def told():
        return [row["kind"] for row in cast.api("member").get("/api/v1/me/notifications").json()["results"]]

    assert told() == ["share"]
    cast.api("owner").delete(f"{path}/collaborators/member")
    assert told() == []
