"""``POST /auth/token``, ``/auth/token/verify``, and access by bearer tokens."""

import base64
import json
import time
from typing import ClassVar

import jwt
import pytest
from django.contrib.auth.hashers import MD5PasswordHasher
from django.test import RequestFactory
from rest_framework.test import APIClient

from accounts import sessions, signing_keys, web_sessions
from accounts.signing_keys import key_ring
from accounts.tokens import AccessToken
from accounts.web_sessions import SESSION_KEY
from tests.support.users import PASSWORD

URL = "/api/v1/auth/token"
INVALID = {"code": "invalid_credentials", "detail": "Incorrect username or password."}


def sign_in(**changes):
    body = {"login": "owner", "password": PASSWORD} | changes
    return APIClient().post(URL, body, format="json")


def me(token, scheme="Bearer"):
    return APIClient().get("/api/v1/me", HTTP_AUTHORIZATION=f"{scheme} {token}")


def signed(**changes):
    claims = AccessToken.issue("someone", "sid").payload | {
        "iss": "http://localhost:8000",
        "aud": "http://localhost:8000/api",
    }
    claims = {key: value for key, value in (claims | changes).items() if value is not ...}
    return jwt.encode(
        claims, key_ring().signing, algorithm="EdDSA", headers={"kid": key_ring().kid, "typ": "at+jwt"}
    )


def test_a_browser_gets_its_refresh_token_in_a_cookie_only(cast):
    cast.owner  # noqa: B018 - makes the account
    answer = sign_in()
    assert answer.status_code == 200
    body = answer.json()
    assert body["token_type"] == "Bearer"
    assert body["expires_in"] == 600
    assert body["user"]["username"] == "owner"
    assert "refresh" not in body
    cookie = answer.cookies["refresh"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Strict"
    assert cookie["path"] == "/api/v1/auth"
    assert not cookie["max-age"]
    assert cookie.value not in answer.content.decode()
    assert answer["Cache-Control"] == "no-store, no-transform"


def test_remember_makes_the_cookie_outlive_the_browser(cast):
    cast.owner  # noqa: B018
    assert 13 * 86_400 < int(sign_in(remember=True).cookies["refresh"]["max-age"]) <= 14 * 86_400


def test_a_native_client_gets_its_refresh_token_in_the_body(cast):
    cast.owner  # noqa: B018
    answer = sign_in(client="native")
    assert answer.json()["refresh"]
    assert "refresh" not in answer.cookies


def test_the_email_address_signs_in_too(cast):
    cast.owner  # noqa: B018
    assert sign_in(login="owner@example.org").status_code == 200


def test_the_login_may_be_called_username(cast):
    named = {"username": cast.owner.username, "password": PASSWORD}
    assert APIClient().post(URL, named, format="json").status_code == 200
    assert sign_in(username="nobody").status_code == 200
    assert set(APIClient().post(URL, {}, format="json").json()["fields"]) == {"login", "password"}
    wrong = APIClient().post(URL, {"username": {"$ne": None}, "password": "x"}, format="json")
    assert set(wrong.json()["fields"]) == {"login"}


def test_wrong_unknown_and_inactive_answer_alike(cast):
    cast.owner  # noqa: B018
    cast.user("gone", is_active=False)
    attempts = [{}, {"login": "nobody"}, {"login": "gone"}, {"login": "gone@example.org"}]
    answers = [sign_in(password="wrong wrong", **attempt) for attempt in attempts]
    answers.append(sign_in(login="gone"))  # with the right password
    assert [answer.status_code for answer in answers] == [401] * 5
    for answer in answers:
        body = answer.json()
        body.pop("request_id")
        assert body == INVALID


def test_an_oversized_password_is_refused_before_anything_is_computed(cast):
    cast.owner  # noqa: B018
    answer = sign_in(password="x" * 1_048_576)
    assert answer.status_code == 400
    assert "password" in answer.json()["fields"]


def test_the_eleventh_failure_is_throttled_for_that_address_only(cast, settings):
    settings.THROTTLE_SCALE = 1
    cast.owner  # noqa: B018
    for _ in range(10):
        assert sign_in(password="wrong wrong").status_code == 401
    refused = sign_in()
    assert refused.status_code == 429
    assert refused.json()["code"] == "throttled"
    assert int(refused["Retry-After"]) > 0
    body = {"login": "owner", "password": PASSWORD}
    assert APIClient(REMOTE_ADDR="198.51.100.7").post(URL, body, format="json").status_code == 200


def test_username_and_address_share_a_counter_that_does_not_show(cast, settings):
    settings.THROTTLE_SCALE = 1
    cast.owner  # noqa: B018
    by_name = [sign_in(password="wrong wrong").json()["code"] for _ in range(11)]
    # Ten tries are used up: the right password is wrong now, as it would be for an address that nobody has.
    by_address = [sign_in(login="owner@example.org").json() for _ in range(11)]
    by_nobodys = [sign_in(login="nobody@example.org").json() for _ in range(11)]
    assert by_name == ["invalid_credentials"] * 10 + ["throttled"]
    for ours, nobodys in zip(by_address, by_nobodys, strict=True):
        assert (ours["code"], ours["detail"]) == (nobodys["code"], nobodys["detail"])
    body = {"login": "owner@example.org", "password": PASSWORD}
    assert APIClient(REMOTE_ADDR="198.51.100.7").post(URL, body, format="json").status_code == 200


@pytest.mark.parametrize("value", [{"$ne": None}, {"$gt": ""}, ["owner"], 5, None])
def test_operators_are_not_credentials(cast, value):
    cast.owner  # noqa: B018
    assert sign_in(login=value).status_code == 400
    assert sign_in(password=value).status_code == 400


def test_a_bearer_token_opens_the_account_in_any_case_of_the_scheme(cast):
    token = cast.access_token(cast.owner)
    for scheme in ("Bearer", "bearer", "BEARER"):
        assert me(token, scheme).json()["username"] == "owner"


@pytest.mark.parametrize("header", ["Bearer", "Bearer ", "Bearer a b", "Bearer x", "Bearer é"])
def test_malformed_bearer_headers_are_401(database, header):
    answer = APIClient().get("/api/v1/me", HTTP_AUTHORIZATION=header)
    assert answer.status_code == 401
    assert answer.json()["code"] == "token_invalid"


def test_two_authorization_headers_are_400(cast):
    token = cast.access_token(cast.owner)
    answer = APIClient().get("/api/v1/me", HTTP_AUTHORIZATION=f"Bearer {token}, Bearer {token}")
    assert answer.status_code == 400


def test_a_token_in_the_query_string_is_ignored(cast):
    token = cast.access_token(cast.owner)
    assert APIClient().get(f"/api/v1/me?access_token={token}&token={token}").status_code == 401


def segment(value):
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def test_unsigned_and_foreign_signatures_are_refused(cast):
    good = cast.access_token(cast.owner)
    head, claims, signature = good.split(".")
    kid = key_ring().kid
    public = key_ring().verifying[kid].public_bytes_raw()
    forged = [
        f"{segment({'alg': 'none', 'typ': 'at+jwt', 'kid': kid})}.{claims}.",
        f"{segment({'alg': 'None', 'typ': 'at+jwt', 'kid': kid})}.{claims}.",
        f"{head}.{claims}.",
        f"{head}.{claims}.{signature[:-4]}AAAA",
        f"{segment({'alg': 'EdDSA', 'typ': 'at+jwt', 'kid': 'other'})}.{claims}.{signature}",
        jwt.encode({"sub": cast.owner.pk}, public, algorithm="HS256", headers={"kid": kid, "typ": "at+jwt"}),
    ]
    for token in forged:
        assert me(token).json()["code"] == "token_invalid"
    assert me(good).status_code == 200


@pytest.mark.parametrize(
    "changes",
    [
        {"aud": "https://other"}, {"iss": "https://other"}, {"exp": ...}, {"jti": ...}, {"sid": ...}, {"sub": ...},
        {"exp": 1e308}, {"exp": "x"}, {"exp": -1}, {"exp": True}, {"exp": 2**70}, {"iat": time.time() + 3600},
        {"sid": 5}, {"token_type": "refresh"},
    ],
)  # fmt: skip
def test_wrong_claims_are_401_and_never_500(database, changes):
    answer = me(signed(**changes))
    assert answer.status_code == 401
    # A time in the past is an expired token, even a nonsensical one.
    past = changes.get("exp") in (-1, True)
    assert answer.json()["code"] == ("token_expired" if past else "token_invalid")


def test_an_expired_token_says_so(database):
    assert me(signed(exp=int(time.time()) - 6)).json()["code"] == "token_expired"


def test_an_inactive_user_is_refused_with_the_reason(cast):
    token = cast.access_token(cast.owner)
    type(cast.owner).objects.filter(pk=cast.owner.pk).update(is_active=False)
    assert me(token).json()["code"] == "user_inactive"


def spellings(token):
    """Return other texts that a lenient decoder reads as the same token."""
    head, claims, signature = token.split(".")
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    # 64 bytes are 86 characters; the last four bits are unused.
    last = alphabet[alphabet.index(signature[-1]) ^ 1]
    assert base64.urlsafe_b64decode(f"{signature[:-1]}{last}==") == base64.urlsafe_b64decode(f"{signature}==")
    return [
        f"{token}==",
        f"{token}=",
        f"{token}.",
        f"{head}=.{claims}.{signature}",
        f"{head}.{claims}==.{signature}",
        f"{head}.{claims}.{signature[:-1]}{last}",
        f"{head}.{claims}.{signature[:9]}!{signature[9:]}",
    ]


def test_a_token_has_one_spelling(cast):
    cast.owner  # noqa: B018
    granted = sign_in(client="native").json()
    for access in spellings(granted["access"]):
        body = {"token": access}
        verified = APIClient().post("/api/v1/auth/token/verify", body, format="json")
        assert (verified.status_code, verified.json()["code"]) == (401, "token_invalid"), access
        assert me(access).json()["code"] == "token_invalid", access
    refresh = granted["refresh"]
    for raw in spellings(refresh):
        answer = APIClient().post("/api/v1/auth/token/refresh", {"refresh": raw}, format="json")
        assert (answer.status_code, answer.json()["code"]) == (401, "refresh_invalid"), raw
        assert APIClient().post("/api/v1/auth/logout", {"refresh": raw}, format="json").status_code == 204
    assert me(granted["access"]).status_code == 200
    good = APIClient().post("/api/v1/auth/token/refresh", {"refresh": refresh}, format="json")
    assert good.status_code == 200


def test_a_sign_in_in_a_browser_ends_the_session_of_its_cookie(cast):
    cast.owner  # noqa: B018
    browser, other = APIClient(), APIClient()
    body = {"login": "owner", "password": PASSWORD}
    elsewhere = other.post(URL, body, format="json").json()["session_id"]
    first = browser.post(URL, body, format="json").json()["session_id"]
    assert browser.post(URL, body | {"password": "wrong wrong"}, format="json").status_code == 401
    assert sessions.user_id_for_session(first) == cast.owner.pk
    second = browser.post(URL, body, format="json").json()["session_id"]
    assert [sessions.user_id_for_session(one) for one in (elsewhere, first, second)] == [
        cast.owner.pk,
        None,
        cast.owner.pk,
    ]


def test_a_sign_in_on_the_page_ends_the_session_of_its_cookie(cast):
    page = cast.page("owner")
    first = page.session[SESSION_KEY]
    request = RequestFactory().post("/login")
    request.session = page.session
    web_sessions.sign_in(request, cast.member, remember=False, amr=["pwd"])
    assert sessions.user_id_for_session(first) is None
    assert sessions.user_id_for_session(request.session[SESSION_KEY]) == cast.member.pk


def test_verify_answers_with_the_claims(cast):
    token = cast.access_token(cast.owner)
    answer = APIClient().post("/api/v1/auth/token/verify", {"token": token}, format="json")
    assert answer.status_code == 200
    assert answer.json()["sub"] == cast.owner.pk
    bad = APIClient().post("/api/v1/auth/token/verify", {"token": "nonsense"}, format="json")
    assert (bad.status_code, bad.json()["code"]) == (401, "token_invalid")


def test_verify_tells_a_refresh_token_apart(cast):
    cast.owner  # noqa: B018
    refresh = sign_in(client="native").json()["refresh"]
    answer = APIClient().post("/api/v1/auth/token/verify", {"token": refresh}, format="json")
    assert (answer.status_code, answer.json()["code"]) == (401, "wrong_token_type")


class CountingHasher(MD5PasswordHasher):
    """Counts how often a password is hashed."""

    calls: ClassVar[list[str]] = []

    def encode(self, password, salt, iterations=None):
        self.calls.append(password)
        return super().encode(password, salt)


@pytest.mark.parametrize("login", ["owner", "nobody", "inactive", "owner@example.org", "nobody@example.org"])
def test_every_refusal_costs_one_hash(cast, settings, login):
    cast.owner  # noqa: B018
    cast.user("inactive", is_active=False)
    settings.PASSWORD_HASHERS = [f"{__name__}.CountingHasher"]
    CountingHasher.calls.clear()
    answer = sign_in(login=login, password="a wrong password")
    assert {key: answer.json()[key] for key in INVALID} == INVALID
    assert CountingHasher.calls == ["a wrong password"]


def test_keys_rotate_without_ending_sessions(cast, settings, tmp_path):
    settings.TOKEN_KEYS_DIR = tmp_path
    first = signing_keys.create_key(tmp_path)
    signing_keys.clear_cache()
    try:
        old = cast.access_token(cast.owner)
        second = signing_keys.create_key(tmp_path)
        (tmp_path / f"{second}.pem").rename(tmp_path / f"z{second}.pem")
        signing_keys.clear_cache()
        new = cast.access_token(cast.owner)
        assert jwt.get_unverified_header(old)["kid"] == first
        assert jwt.get_unverified_header(new)["kid"] == f"z{second}"
        assert [me(token).status_code for token in (old, new)] == [200, 200]
        (tmp_path / f"{first}.pem").unlink()
        signing_keys.clear_cache()
        assert me(old).json()["code"] == "token_invalid"
        assert me(new).status_code == 200
    finally:
        signing_keys.clear_cache()
