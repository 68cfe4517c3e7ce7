"""The cache of callers: safe requests use it, changes invalidate it, and unsafe requests bypass it."""

import pytest
from rest_framework.test import APIClient

from accounts import kept_callers, sessions, staff_actions
from accounts.models import User
from streamsite import change_mark
from tests.support.commands import recorded
from tests.support.users import PASSWORD

ME = "/api/v1/me"


@pytest.fixture(autouse=True)
def _kept(settings):
    settings.KEPT_CALLER_SECONDS = 60.0


def commands_of(call):
    with recorded() as made:
        answer = call()
    return made, answer


def test_a_second_read_looks_nobody_up(cast):
    api = cast.api("owner")
    first = api.get(ME)
    made, again = commands_of(lambda: api.get(ME))
    assert made == []
    assert again.json() == first.json()


def test_changes_look_everybody_up(cast):
    api = cast.api("owner")
    api.get(ME)
    made, _ = commands_of(lambda: api.patch(ME, {"bio": "New."}, format="json"))
    assert {"find accounts_user", "find auth_session"} <= set(made)
    assert api.get(ME).json()["bio"] == "New."


def test_a_caller_sees_their_own_change_at_once(cast):
    api, other = cast.api("owner"), cast.api("owner")
    for number in range(3):
        assert other.get(ME).status_code == 200
        api.patch(f"{ME}", {"full_name": f"Name {number}"}, format="json")
        assert other.get(ME).json()["full_name"] == f"Name {number}"


def test_signing_out_ends_it(cast):
    api = cast.api("owner")
    assert api.get(ME).status_code == 200
    assert api.post("/api/v1/auth/logout-all", format="json").status_code in {200, 204}
    assert api.get(ME).status_code == 401


def test_a_replayed_refresh_token_ends_it(cast):
    body = {"login": "owner", "password": PASSWORD, "client": "native"}
    assert cast.owner.is_active
    first = APIClient().post("/api/v1/auth/token", body, format="json").json()
    second = _refresh(first["refresh"]).json()
    thief = APIClient(HTTP_AUTHORIZATION=f"Bearer {second['access']}")
    _refresh(second["refresh"])
    assert thief.get(ME).status_code == 200
    assert _refresh(first["refresh"]).json()["code"] == "refresh_reused"
    assert thief.get(ME).status_code == 401


def _refresh(token):
    return APIClient().post("/api/v1/auth/token/refresh", {"refresh": token}, format="json")


def test_a_suspension_in_the_admin_ends_it(cast):
    api = cast.api("owner")
    assert api.get(ME).status_code == 200
    page = cast.page("staff")
    staff_actions.suspend(User.objects.get(username="owner"), actor=cast.staff, reason="Spam")
    page.post("/admin/login/", {})  # any request that may change something
    assert api.get(ME).status_code == 401


def test_a_token_ends_with_its_time_although_it_is_kept(cast, monkeypatch):
    api = cast.api("owner")
    assert api.get(ME).status_code == 200
    raw = next(iter(kept_callers._callers._values))
    mark = change_mark.current()
    assert kept_callers.find(raw, mark) is not None
    later = kept_callers.time.time() + 3_600
    monkeypatch.setattr(kept_callers.time, "time", lambda: later)
    assert kept_callers.find(raw, mark) is None


def test_what_a_request_does_to_its_account_stays_its_own(cast):
    api = cast.api("owner")
    api.get(ME)
    raw = next(iter(kept_callers._callers._values))
    mark = change_mark.current()
    first, _ = kept_callers.find(raw, mark)
    first.full_name = "Changed"
    first.preferences["theme"] = "dark"
    second, _ = kept_callers.find(raw, mark)
    assert second.full_name != "Changed"
    assert "theme" not in second.preferences
    assert second.pk == cast.owner.pk
    assert second._state.adding is False


def test_a_refused_token_is_not_kept(cast):
    api = cast.api("owner")
    session = sessions.list_sessions(User.objects.get(username="owner"), None)[0]["id"]
    sessions.revoke(session, cast.owner.pk, "test")
    assert api.get(ME).status_code == 401
    assert not kept_callers._callers._values


def test_it_is_five_seconds_together_with_the_session(settings):
    from streamsite.settings import KEPT_CALLER_SECONDS

    assert sessions.LIVE_CACHE_SECONDS + KEPT_CALLER_SECONDS <= 5.0
