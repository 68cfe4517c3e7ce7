"""Invite links: who may create, see, revoke and use them, and what ends them."""

from datetime import timedelta

import pytest
from django.utils import timezone

from playlists.models import Playlist, PlaylistInvite
from streamsite.mongo.collections import collection
from tests.support.commands import recorded

ACCEPT = "/api/v1/playlist-invites/accept"


@pytest.fixture
def playlist(cast):
    body = {"title": "Shared", "visibility": "private"}
    return cast.api("owner").post("/api/v1/playlists", body, format="json").json()["id"]


def path_of(playlist, invite=""):
    return f"/api/v1/playlists/{playlist}/invites" + (f"/{invite}" if invite else "")


def created(cast, playlist, status=201, who="owner", **body):
    answer = cast.api(who).post(path_of(playlist), body, format="json")
    assert answer.status_code == status, answer.content
    return answer.json()


def joined(cast, url, who="stranger"):
    return cast.api(who).post(ACCEPT, {"token": url.rsplit("/", 1)[1]}, format="json")


def uses(cast, playlist):
    return [row["uses"] for row in cast.api("owner").get(path_of(playlist)).json()["results"]]


def test_a_link_makes_a_collaborator_once(cast, playlist):
    invite = created(cast, playlist)
    assert cast.api("stranger").get(f"/api/v1/playlists/{playlist}").status_code == 404
    first = joined(cast, invite["url"])
    assert first.status_code == 200
    assert first.json()["role"] == "collaborator"
    assert joined(cast, invite["url"]).status_code == 200
    assert uses(cast, playlist) == [1]
    assert joined(cast, invite["url"], "member").status_code == 200
    assert uses(cast, playlist) == [2]
    people = cast.api("owner").get(f"/api/v1/playlists/{playlist}").json()["collaborators"]
    assert [row["username"] for row in people] == ["stranger", "member"]
    assert cast.api("stranger").get("/api/v1/me/notifications").json()["results"] == []
    cast.api("owner").delete(f"/api/v1/playlists/{playlist}/collaborators/stranger")
    assert cast.api("stranger").get(f"/api/v1/playlists/{playlist}").status_code == 404


def test_someone_who_was_removed_does_not_join_again_by_the_link(cast, playlist):
    url = created(cast, playlist)["url"]
    for who in ("stranger", "member"):
        assert joined(cast, url, who).status_code == 200
    # Who leaves may come back.
    left = cast.api("member").delete(f"/api/v1/playlists/{playlist}/collaborators/member")
    assert left.status_code == 204
    assert joined(cast, url, "member").status_code == 200
    removed = cast.api("owner").delete(f"/api/v1/playlists/{playlist}/collaborators/stranger")
    assert removed.status_code == 204
    assert joined(cast, url).status_code == 404
    assert uses(cast, playlist) == []
    people = cast.api("owner").get(f"/api/v1/playlists/{playlist}").json()["collaborators"]
    assert [row["username"] for row in people] == ["member"]


def test_the_secret_is_shown_once_and_not_stored(cast, playlist):
    invite = created(cast, playlist)
    token = invite["url"].rsplit("/", 1)[1]
    listed = cast.api("owner").get(path_of(playlist)).content.decode()
    assert invite["id"] in listed
    assert token not in listed
    assert token not in str(list(collection(PlaylistInvite._meta.db_table).find()))


def test_a_repeated_creation_conceals_the_secret(cast, playlist):
    key = {"Idempotency-Key": "once-and-again"}
    first = cast.api("owner").post(path_of(playlist), {}, format="json", headers=key).json()
    again = cast.api("owner").post(path_of(playlist), {}, format="json", headers=key).json()
    assert again["id"] == first["id"]
    token = first["url"].rsplit("/", 1)[1]
    assert token not in str(list(collection("idempotency").find()))
    assert PlaylistInvite.objects.count() == 1


def test_expired_revoked_and_forged_links_are_absent(cast, playlist):
    invite = created(cast, playlist, expires_in=60)
    PlaylistInvite.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert joined(cast, invite["url"]).status_code == 404
    assert cast.api("owner").get(path_of(playlist)).json()["results"][0]["is_over"] is True
    other = created(cast, playlist)
    assert cast.api("owner").delete(path_of(playlist, other["id"])).status_code == 204
    assert cast.api("owner").delete(path_of(playlist, other["id"])).status_code == 404
    assert joined(cast, other["url"]).status_code == 404
    assert joined(cast, "x/" + "A" * 43).status_code == 404
    assert joined(cast, "x/$ne").status_code == 404
    assert Playlist.objects.get(pk=playlist).collaborators == []


def test_a_link_ends_with_the_owners_credentials_and_the_playlist(cast, playlist):
    invite = created(cast, playlist)
    type(cast.owner).objects.filter(pk=cast.owner.pk).update(security_epoch=cast.owner.security_epoch + 1)
    assert joined(cast, invite["url"]).status_code == 404
    again = created(cast, playlist)
    cast.api("owner").delete(f"/api/v1/playlists/{playlist}")
    assert joined(cast, again["url"]).status_code == 404
    assert PlaylistInvite.objects.count() == 0


def test_blocks_and_ownership_are_refused_and_not_counted(cast, playlist):
    invite = created(cast, playlist)
    assert joined(cast, invite["url"], "owner").status_code == 400
    assert cast.stranger.is_active
    assert cast.api("owner").put("/api/v1/me/blocks/stranger").status_code in {200, 201, 204}
    assert joined(cast, invite["url"]).status_code in {403, 409}
    assert uses(cast, playlist) == [0]


def test_only_the_owner_manages_links(cast, playlist):
    invite = created(cast, playlist)
    joined(cast, invite["url"], "member")
    for who, status in (("member", 403), ("stranger", 404), ("anonymous", 401)):
        assert cast.api(who).get(path_of(playlist)).status_code == status
        assert cast.api(who).post(path_of(playlist), {}, format="json").status_code == status
        assert cast.api(who).delete(path_of(playlist, invite["id"])).status_code == status
    assert joined(cast, invite["url"], "anonymous").status_code == 401


@pytest.mark.parametrize("seconds", [0, -5, 59, 2_592_001, "soon"])
def test_bad_times_are_refused(cast, playlist, seconds):
    created(cast, playlist, status=400, expires_in=seconds)


def test_links_are_few_and_attempts_are_limited(cast, playlist, settings):
    for _number in range(20):
        created(cast, playlist)
    created(cast, playlist, status=409)
    settings.THROTTLE_SCALE = 1
    statuses = {joined(cast, "x/" + "A" * 43).status_code for _number in range(62)}
    assert statuses == {404, 429}
    with recorded() as commands:
        cast.api("owner").get(path_of(playlist))
    assert len(commands) <= 8, commands


def test_pages_create_show_join_and_revoke(cast, playlist):
    owner, stranger = cast.page("owner"), cast.page("stranger")
    shown = owner.post(f"/playlists/{playlist}/invites", {"expires_in": "86400"})
    assert shown.status_code == 200
    assert "no-store" in shown["Cache-Control"]
    content = shown.content.decode()
    path = "/playlists/join/" + content.partition("/playlists/join/")[2][:43]
    assert path not in owner.get(f"/playlists/{playlist}/edit").content.decode()
    assert cast.page("anonymous").get(path).url.startswith("/login?next=/playlists/join/")
    asked = stranger.get(path).content.decode()
    assert "Join playlist" in asked
    assert "Shared" in asked
    assert stranger.post(path).url == f"/playlists/{playlist}"
    assert stranger.get(path).url == f"/playlists/{playlist}"
    assert "1 person joined" in owner.get(f"/playlists/{playlist}/edit").content.decode()
    invite = PlaylistInvite.objects.get()
    assert owner.post(f"/playlists/{playlist}/invites/{invite.pk}/revoke").status_code == 302
    gone = cast.page("member").get(path)
    assert gone.status_code == 404
    assert "doesn't work anymore" in gone.content.decode()
    assert stranger.post(f"/playlists/{playlist}/invites").status_code == 403
