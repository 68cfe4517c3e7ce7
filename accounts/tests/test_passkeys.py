"""``/auth/passkeys``: adding, using, and removing passkeys, and what is refused."""

from datetime import UTC, datetime, timedelta

import pytest
from rest_framework.test import APIClient

from accounts import auth_session_store, sessions, staff_actions
from accounts.models import ApiToken, User
from accounts.passkeys import challenge_store, relying_party, store
from accounts.tests.passkey_fixtures import AUTH, BASE, REFUSED, add, device, options, post, result, sign_in
from streamsite.mongo.collections import collection
from tests.support.authenticator import PRESENT, Authenticator, base64url
from tests.support.mailbox import deliver, token_in
from tests.support.users import PASSWORD

__all__ = ["device"]


def test_a_passkey_signs_in_without_password(cast, device):
    answer = sign_in(device)
    assert answer.status_code == 200
    assert answer.json()["user"]["username"] == "owner"
    session = auth_session_store.find(answer.json()["session_id"])
    assert (session["amr"], session["client"]) == (["passkey"], "native")
    me = APIClient(HTTP_AUTHORIZATION=f"Bearer {answer.json()['access']}").get(BASE).json()["results"]
    assert [(row["name"], row["last_used_at"] is not None) for row in me] == [("Laptop", True)]


def test_the_browser_gets_a_cookie_and_remember_me_as_with_a_password(device):
    client = APIClient()
    credential = device.sign(options(client))
    answer = post(client, f"{BASE}/token", {"credential": credential, "remember": True})
    assert "refresh" not in answer.json()
    assert int(answer.cookies["refresh"]["max-age"]) > 86_400
    assert auth_session_store.find(answer.json()["session_id"])["remember"] is True


def test_the_owner_is_told_when_one_is_added_and_removed(cast):
    client = cast.api("owner")
    made = add(client, Authenticator(), name="Work laptop").json()
    assert client.delete(f"{BASE}/{made['id']}").status_code == 204
    messages = deliver()
    assert [message.subject for message in messages] == [
        "Streamsite: Passkey added",
        "Streamsite: Passkey removed",
    ]
    assert all("Work laptop" in message.body for message in messages)
    events = [row["what"] for row in client.get(f"{AUTH}/activity").json()["results"]]
    assert events[:2] == ["passkey_removed", "passkey_added"]


def test_options_are_the_same_for_everyone_but_for_the_challenge(cast, device):
    found = [options(APIClient()), options(cast.api("owner")), options(cast.api("stranger"))]
    assert len({one.pop("challenge") for one in found}) == 3
    assert found[0] == found[1] == found[2]
    assert found[0]["allowCredentials"] == []
    assert (found[0]["rpId"], found[0]["userVerification"]) == ("localhost", "required")


# --- challenges ---


def test_a_challenge_counts_once(device):
    client = APIClient()
    credential = device.sign(options(client))
    assert post(client, f"{BASE}/token", {"credential": credential}).status_code == 200
    device.count = 9
    assert result(post(client, f"{BASE}/token", {"credential": credential})) == REFUSED


def test_a_challenge_counts_in_its_browser_only(device):
    mine, other = APIClient(), APIClient()
    options(other)
    credential = device.sign(options(mine))
    assert result(post(other, f"{BASE}/token", {"credential": credential})) == REFUSED
    assert result(post(APIClient(), f"{BASE}/token", {"credential": credential})) == REFUSED
    assert post(mine, f"{BASE}/token", {"credential": credential}).status_code == 200


def test_two_tabs_of_a_browser_have_a_challenge_each(device):
    client = APIClient()
    first, second = options(client), options(client)
    assert post(client, f"{BASE}/token", {"credential": device.sign(first)}).status_code == 200
    assert post(client, f"{BASE}/token", {"credential": device.sign(second)}).status_code == 200


def test_a_challenge_ends_after_five_minutes(device):
    client = APIClient()
    given = options(client)
    past = datetime.now(UTC) - timedelta(seconds=1)
    collection(challenge_store.CHALLENGES).update_many({}, {"$set": {"expires_at": past}})
    assert result(post(client, f"{BASE}/token", {"credential": device.sign(given)})) == REFUSED


@pytest.mark.parametrize("purpose", ["second_factor", "proof"])
def test_a_challenge_counts_for_its_purpose_only(device, purpose):
    client = APIClient()
    credential = device.sign(options(client, purpose))
    assert result(post(client, f"{BASE}/token", {"credential": credential})) == REFUSED


def test_a_challenge_that_the_site_did_not_make_is_refused(device):
    client = APIClient()
    given = options(client) | {"challenge": base64url(b"x" * 32)}
    assert result(post(client, f"{BASE}/token", {"credential": device.sign(given)})) == REFUSED


# --- signatures ---


def test_the_user_must_be_verified(device):
    assert result(sign_in(device, flags=PRESENT)) == REFUSED


@pytest.mark.parametrize(
    ("origin", "domain"),
    [
        ("https://evil.example", "localhost"),
        ("http://localhost:9000", "localhost"),
        ("http://localhost:8000", "evil.example"),
    ],
)
def test_a_signature_for_another_site_is_refused(device, origin, domain):
    device.origin, device.domain = origin, domain
    assert result(sign_in(device)) == REFUSED


def test_another_key_is_refused(device):
    other = Authenticator()
    other.credential_id, other.user_handle = device.credential_id, device.user_handle
    assert result(sign_in(other)) == REFUSED


def test_an_unknown_passkey_is_refused_with_the_same_words(device):
    unknown, wrong = sign_in(Authenticator()), sign_in(device, signature=base64url(b"wrong"))
    assert result(unknown) == result(wrong) == REFUSED
    bodies = [{**answer.json(), "request_id": ""} for answer in (unknown, wrong)]
    assert bodies[0] == bodies[1]


def test_a_passkey_of_somebody_else_with_the_owners_handle_is_refused(cast, device):
    mine = Authenticator()
    add(cast.api("stranger"), mine)
    mine.user_handle = cast.owner.pk.encode()
    assert result(sign_in(mine)) == REFUSED


@pytest.mark.parametrize(
    "credential",
    [
        {},
        {"id": "x"},
        {"id": "AA", "rawId": "AA", "type": "public-key", "response": {}},
        {"id": "AA", "rawId": "AA", "type": "other", "response": {"clientDataJSON": "e30"}},
        {
            "id": "AA",
            "rawId": "AA",
            "type": "public-key",
            "response": {"clientDataJSON": "bnVsbA", "authenticatorData": "AA", "signature": "AA"},
        },
        {
            "id": 3,
            "rawId": [],
            "type": "public-key",
            "response": {"clientDataJSON": {}, "authenticatorData": None, "signature": 4},
        },
    ],
)
def test_nonsense_is_refused(device, cast, credential):
    client = APIClient()
    options(client)
    assert result(post(client, f"{BASE}/token", {"credential": credential})) == REFUSED
    body = {"name": "x", "credential": credential}
    assert result(post(cast.api("owner"), BASE, body)) == (400, "passkey_invalid")


@pytest.mark.parametrize("name", ["clientDataJSON", "authenticatorData", "signature", "userHandle"])
@pytest.mark.parametrize("value", ["", "AA", "%%%", base64url(b"\xff" * 300), base64url(b"[" * 9_000)])
def test_a_damaged_part_is_refused(device, name, value):
    assert result(sign_in(device, **{name: value})) == REFUSED


def test_too_much_is_refused(device):
    body = {"credential": {"id": "x" * 20_000}}
    assert result(post(APIClient(), f"{BASE}/token", body)) == (400, "validation_error")


def test_a_count_that_goes_back_is_refused_and_the_owner_is_told(cast, device):
    device.count = 40
    assert sign_in(device).status_code == 200
    deliver()
    device.count = 12
    assert result(sign_in(device)) == REFUSED
    (message,) = deliver()
    assert message.subject == "Streamsite: Security alert: a passkey may have been copied"
    assert "Laptop" in message.body
    device.count = 41
    assert sign_in(device).status_code == 200


def test_a_count_without_a_right_signature_tells_nobody(device):
    device.count = 40
    sign_in(device)
    deliver()
    device.count = 3
    sign_in(device, signature=base64url(b"wrong"))
    assert deliver() == []


def test_a_device_that_does_not_count_signs_in_again_and_again(cast):
    device = Authenticator()
    add(cast.api("owner"), device)
    for _ in range(2):
        device.count = -1  # sends 0
        assert sign_in(device).status_code == 200


def test_failures_are_limited_by_address_and_right_ones_are_not(device, settings):
    settings.THROTTLE_SCALE = 0.1
    for _ in range(7):
        assert sign_in(device).status_code == 200
    wrong = Authenticator()
    client = APIClient()
    answers = [
        post(client, f"{BASE}/token", {"credential": wrong.sign({"challenge": "AA"})}) for _ in "123456"
    ]
    assert [answer.status_code for answer in answers] == [401] * 5 + [429]


# --- the account's rules ---


def test_a_suspended_account_is_refused_as_with_a_password(cast, device):
    staff_actions.suspend(cast.owner, actor=cast.staff)
    assert result(sign_in(device)) == (401, "invalid_credentials")
    staff_actions.reinstate(User.objects.get(pk=cast.owner.pk), actor=cast.staff)
    assert sign_in(device).status_code == 200


def test_a_closed_account_says_until_when_it_can_be_restored(cast, device):
    body = {"password": PASSWORD}
    assert cast.api("owner").delete("/api/v1/me", body, format="json").status_code == 204
    answer = sign_in(device)
    assert result(answer) == (401, "user_inactive")
    assert answer.json()["restore_until"]


def test_a_sign_in_in_progress_dies_with_the_passkey(cast, device, monkeypatch):
    """The passkey is removed between the read of the account and the session."""
    client = APIClient()
    credential = device.sign(options(client))
    (row,) = store.list_for_user(cast.owner.pk)
    owner = cast.api("owner")
    create = sessions.create_session

    def late(*arguments, **named):
        monkeypatch.setattr(sessions, "create_session", create)
        assert owner.delete(f"{BASE}/{row['_id']}").status_code == 204
        return create(*arguments, **named)

    monkeypatch.setattr(sessions, "create_session", late)
    answer = post(client, f"{BASE}/token", {"credential": credential, "client": "native"})
    me = APIClient(HTTP_AUTHORIZATION=f"Bearer {answer.json()['access']}").get("/api/v1/me")
    assert me.status_code == 401


def test_a_removed_passkey_ends_other_sessions_and_api_tokens(cast, device):
    held = sign_in(device).json()
    cast.api_token(cast.owner, "read")
    (row,) = store.list_for_user(cast.owner.pk)
    client = cast.api("owner")
    assert client.delete(f"{BASE}/{row['_id']}").status_code == 204
    assert client.get("/api/v1/me").status_code == 200
    assert APIClient(HTTP_AUTHORIZATION=f"Bearer {held['access']}").get("/api/v1/me").status_code == 401
    assert ApiToken.objects.filter(user=cast.owner).count() == 0
    assert result(sign_in(device)) == REFUSED


def test_a_passkey_that_was_begun_with_the_old_password_is_not_stored(cast, monkeypatch):
    """The account changes between the check of the session and the write."""
    from accounts.passkeys import services

    check = services.verification.check_registration

    def change_meanwhile(*arguments):
        User.objects.filter(username="owner").update(security_epoch=7)
        return check(*arguments)

    monkeypatch.setattr(services.verification, "check_registration", change_meanwhile)
    assert add(cast.api("owner"), Authenticator()).status_code == 409
    assert store.list_for_user(cast.owner.pk) == []


def test_a_password_change_keeps_passkeys_and_a_reset_removes_them(cast, device):
    body = {"current_password": PASSWORD, "new_password": "another battery staple"}
    assert post(cast.api("owner"), f"{AUTH}/password/change", body).status_code == 200
    assert sign_in(device).status_code == 200
    deliver()
    post(APIClient(), f"{AUTH}/password/reset", {"email": "owner@example.org"})
    raw = token_in(deliver()[0])
    body = {"token": raw, "new_password": "a third battery staple"}
    assert post(APIClient(), f"{AUTH}/password/reset/confirm", body).status_code == 204
    assert result(sign_in(device)) == REFUSED
    assert "Streamsite: Your passkeys were removed" in [message.subject for message in deliver()]


def test_staff_reset_and_removal_end_passkeys(cast, device):
    assert staff_actions.remove_passkeys(cast.owner, actor=cast.staff) is True
    assert staff_actions.remove_passkeys(cast.owner, actor=cast.staff) is False
    assert result(sign_in(device)) == REFUSED
    other = Authenticator()
    cast.__dict__.pop("owner")
    cast.owner = User.objects.get(username="owner")
    assert add(cast.api("owner"), other).status_code == 201
    staff_actions.send_reset_and_sign_out(User.objects.get(username="owner"), actor=cast.staff)
    assert result(sign_in(other)) == REFUSED


def test_a_deleted_account_leaves_no_passkey(cast, device, settings):
    from accounts import deletion

    settings.ERASE_AFTER_DAYS = 0
    cast.api("owner").delete("/api/v1/me", {"password": PASSWORD}, format="json")
    deletion.delete_if_due(cast.owner.pk)
    assert store.list_for_user(cast.owner.pk) == []


# --- registration ---


def test_an_old_sign_in_must_be_confirmed_first(cast, device):
    client = cast.api("owner")
    past = datetime.now(UTC) - timedelta(minutes=11)
    collection(auth_session_store.SESSIONS).update_many({}, {"$set": {"auth_time": past}})
    (row,) = store.list_for_user(cast.owner.pk)
    assert result(post(client, f"{BASE}/registration")) == (403, "proof_required")
    assert result(post(client, BASE, {"name": "x", "credential": {"id": "x"}})) == (403, "proof_required")
    assert result(client.delete(f"{BASE}/{row['_id']}")) == (403, "proof_required")
    credential = device.sign(options(client, "proof"))
    assert post(client, f"{AUTH}/proof", {"passkey": credential}).status_code == 200
    assert post(client, f"{BASE}/registration").status_code == 200


def test_the_passkey_of_another_account_is_no_proof(cast, device):
    client = cast.api("stranger")
    answer = post(client, f"{AUTH}/proof", {"passkey": device.sign(options(client, "proof"))})
    assert result(answer) == (400, "passkey_invalid")


def test_api_tokens_reach_no_passkeys(cast):
    client = APIClient(HTTP_AUTHORIZATION=f"Token {cast.api_token(cast.owner, 'read', 'write')[1]}")
    assert client.get(BASE).status_code == 403
    assert post(client, f"{BASE}/registration").status_code == 403


def test_the_challenge_of_a_registration_counts_in_its_session_once(cast):
    client, device = cast.api("owner"), Authenticator()
    begun = post(client, f"{BASE}/registration").json()["public_key"]
    body = {"name": "x", "credential": device.make(begun)}
    assert result(post(cast.api("owner"), BASE, body)) == (400, "passkey_invalid")
    assert post(client, BASE, body).status_code == 201
    assert result(post(client, BASE, body)) == (400, "passkey_invalid")


def test_a_credential_belongs_to_one_account(cast, device):
    assert result(add(cast.api("stranger"), device)) == (400, "passkey_invalid")


@pytest.mark.parametrize("how", [{"flags": PRESENT}, {"fmt": "tpm"}, {"fmt": "android-safetynet"}])
def test_unverified_users_and_foreign_attestations_are_refused(cast, how):
    assert result(add(cast.api("owner"), Authenticator(), **how)) == (400, "passkey_invalid")


def test_a_passkey_for_another_origin_is_not_added(cast):
    device = Authenticator(origin="https://evil.example")
    assert result(add(cast.api("owner"), device)) == (400, "passkey_invalid")


def test_there_is_a_limit(cast, settings):
    settings.MAX_PASSKEYS_PER_USER = 1
    client = cast.api("owner")
    assert add(client, Authenticator()).status_code == 201
    assert result(add(client, Authenticator())) == (409, "conflict")


def test_names_are_changed_and_checked(cast, device):
    client = cast.api("owner")
    (row,) = client.get(BASE).json()["results"]
    path = f"{BASE}/{row['id']}"
    assert client.patch(path, {"name": " Old  phone "}, format="json").json()["name"] == "Old phone"
    assert client.patch(path, {"name": " "}, format="json").status_code == 400
    stranger = cast.api("stranger")
    assert stranger.patch(path, {"name": "mine"}, format="json").status_code == 404
    assert stranger.delete(path).status_code == 404
    assert sign_in(device).status_code == 200


# --- the relying party ---


@pytest.mark.parametrize(
    ("site_url", "domain", "expected"),
    [
        ("https://video.example.org", "", ("video.example.org", "https://video.example.org")),
        ("https://video.example.org", "example.org", ("example.org", "https://video.example.org")),
        ("http://127.0.0.1:8000", "", ("localhost", "http://localhost:8000")),
        ("http://[::1]:8000", "", ("localhost", "http://localhost:8000")),
        ("https://203.0.113.5", "", None),
    ],
)
def test_the_relying_party_is_the_sites_domain(settings, site_url, domain, expected):
    settings.SITE_URL, settings.PASSKEY_DOMAIN = site_url, domain
    if expected is None:
        assert not relying_party.is_available()
        with pytest.raises(relying_party.PasskeysUnavailable):
            relying_party.current()
    else:
        party = relying_party.current()
        assert (party.domain, party.origin) == expected
