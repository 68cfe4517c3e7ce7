"""Password hashing: its parameters, upgrades of older hashes, and the bounded pool."""

import threading
import time

import pytest
from django.contrib.auth.hashers import Argon2PasswordHasher, PBKDF2PasswordHasher
from django.test import Client
from rest_framework.test import APIClient

from accounts import email_tokens, password_hashing
from accounts.models import User
from streamsite import settings as shipped
from streamsite.errors import Unavailable
from streamsite.server_command import THREADS
from tests.support.users import PASSWORD

TOKEN = "/api/v1/auth/token"
NEW = "another battery staple"


@pytest.fixture
def hashed(cast, settings):
    """Give the cast passwords hashed as on a real site."""
    settings.PASSWORD_HASHERS = shipped.PASSWORD_HASHERS
    return cast


@pytest.fixture
def full(hashed, monkeypatch):
    """Fill the hashing pool so that nobody may wait. Passwords needed by a test are hashed before."""
    hashed.owner  # noqa: B018
    gate = password_hashing.HashingPool(1, max_waiting=0, seconds=5)
    begun, ended = threading.Event(), threading.Event()

    def occupy():
        begun.set()
        ended.wait(60)

    thread = threading.Thread(target=gate.run, args=(occupy,))
    thread.start()
    assert begun.wait(10)
    monkeypatch.setattr(password_hashing, "hashing_pool", gate)
    yield hashed
    ended.set()
    thread.join()


def sign_in(password=PASSWORD, login="owner"):
    return APIClient().post(TOKEN, {"login": login, "password": password}, format="json")


def store(encoded):
    User.objects.filter(username="owner").update(password=encoded)


def stored():
    return User.objects.get(username="owner").password


def test_new_hashes_take_19_mib_twice_in_one_lane(hashed):
    assert hashed.owner.password.startswith("argon2$argon2id$v=19$m=19456,t=2,p=1$")


@pytest.mark.parametrize("former", [Argon2PasswordHasher(), PBKDF2PasswordHasher()])
def test_older_hashes_are_replaced_at_the_next_sign_in(hashed, former):
    hashed.owner  # noqa: B018
    encoded = former.encode(PASSWORD, former.salt())
    store(encoded)
    assert sign_in("a wrong password").status_code == 401
    assert stored() == encoded
    assert sign_in().status_code == 200
    assert stored().startswith("argon2$argon2id$v=19$m=19456,t=2,p=1$")
    renewed = stored()
    assert sign_in().status_code == 200
    assert stored() == renewed


def test_a_replaced_hash_ends_no_page_session_and_a_new_password_ends_them_all(hashed):
    former = PBKDF2PasswordHasher()
    hashed.owner  # noqa: B018
    store(former.encode(PASSWORD, former.salt(), 1_000))
    hashed.forget()
    hashed.owner = User.objects.get(username="owner")
    page = hashed.page("owner")
    assert sign_in().status_code == 200
    assert page.get("/settings/profile").status_code == 200
    assert page.get("/settings/profile").status_code == 200
    other = hashed.page("owner")  # carries the hash from before, as ``page`` did
    user = User.objects.get(username="owner")
    user.set_password(NEW)
    user.save(update_fields=["password"])
    assert page.get("/settings/profile").status_code == 302
    assert other.get("/settings/profile").status_code == 302


def test_a_password_changed_meanwhile_is_not_brought_back(hashed):
    former = PBKDF2PasswordHasher()
    hashed.owner  # noqa: B018
    store(former.encode(PASSWORD, former.salt(), 1_000))
    in_flight = User.objects.get(username="owner")
    changed = User.objects.get(username="owner")
    changed.set_password(NEW)
    changed.save(update_fields=["password"])
    assert in_flight.check_password(PASSWORD)
    assert stored() == changed.password


def ways(cast):
    """Return every call that hashes a password, as ``{name: callable returning the response}``."""
    token = email_tokens.make_reset_token(cast.owner)
    api, page, anonymous = cast.api("owner"), cast.page("owner"), Client()
    anonymous.cookies["reset_link"] = token
    account = {"username": "newcomer", "email": "newcomer@example.org", "password": PASSWORD}
    login, proof = {"login": "owner", "password": PASSWORD}, {"current_password": PASSWORD}

    def call(client, path, body, method="post"):
        options = {"format": "json"} if isinstance(client, APIClient) else {}
        return lambda: getattr(client, method)(path, body, **options)

    auth = "/api/v1/auth"
    return {
        "sign in": call(APIClient(), f"{auth}/token", login),
        "sign in, unknown": call(APIClient(), f"{auth}/token", login | {"login": "nobody"}),
        "register": call(APIClient(), f"{auth}/register", account),
        "restore": call(APIClient(), f"{auth}/restore", login),
        "change": call(api, f"{auth}/password/change", proof | {"new_password": NEW}),
        "reset": call(APIClient(), f"{auth}/password/reset/confirm", {"token": token, "new_password": NEW}),
        "change address": call(api, f"{auth}/email/change", proof | {"email": "new@example.org"}),
        "close": call(api, "/api/v1/me", {"password": PASSWORD}, "delete"),
        "page: sign in": call(anonymous, "/login", login),
        "page: register": call(anonymous, "/register", account),
        "page: restore": call(anonymous, "/restore", login),
        "page: reset": call(anonymous, "/reset-password", {"new_password": NEW}),
        "page: change": call(page, "/settings/security/password", proof | {"new_password": NEW}),
        "page: change address": call(page, "/settings/security/email", proof | {"email": "new@example.org"}),
        "page: close": call(page, "/settings/delete", proof | {"username": "owner"}),
    }


def test_everything_that_hashes_passes_the_gate(full):
    for name, call in ways(full).items():
        answer = call()
        assert answer.status_code == 503, name
        assert int(answer["Retry-After"]) > 0, name
        if not name.startswith("page"):
            assert answer.json()["code"] == "unavailable", name
    with pytest.raises(Unavailable):
        User.objects.create_superuser("captain", "captain@example.org", PASSWORD)
    assert not User.objects.exclude(username="owner").exists()


def test_unchecked_passwords_count_as_no_failure(full, settings, monkeypatch):
    settings.THROTTLE_SCALE = 1
    with monkeypatch.context() as opened:
        opened.setattr(password_hashing, "hashing_pool", password_hashing.hashing_pool)
        assert {sign_in().status_code for _ in range(12)} == {503}
    monkeypatch.setattr(
        password_hashing, "hashing_pool", password_hashing.HashingPool(1, max_waiting=1, seconds=5)
    )
    assert sign_in().status_code == 200


def test_the_gate_bounds_who_runs_and_who_waits():
    gate = password_hashing.HashingPool(2, max_waiting=3, seconds=30)
    running, most, admitted, refused = [], [], [], []
    ended, lock = threading.Event(), threading.Lock()

    def work():
        running.append(1)
        most.append(len(running))
        ended.wait(30)
        running.pop()

    def one():
        try:
            gate.run(work)
        except Unavailable as error:
            with lock:
                refused.append(error.retry_after)
        else:
            with lock:
                admitted.append(1)

    threads = [threading.Thread(target=one) for _ in range(9)]
    for thread in threads:
        thread.start()
    deadline = time.monotonic() + 20
    while (len(refused) < 4 or len(running) < 2) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert (len(refused), len(admitted)) == (4, 0)  # at once, while everybody else still waits
    ended.set()
    for thread in threads:
        thread.join()
    assert (len(admitted), max(most)) == (5, 2)
    assert gate.run(lambda: "free again") == "free again"


def test_callers_that_wait_too_long_leave_the_queue():
    gate = password_hashing.HashingPool(1, max_waiting=1, seconds=0.05)
    begun, ended, ran = threading.Event(), threading.Event(), []

    def occupy():
        begun.set()
        ended.wait(30)

    thread = threading.Thread(target=gate.run, args=(occupy,))
    thread.start()
    assert begun.wait(10)
    for _ in range(3):  # each leaves its place to the next
        with pytest.raises(Unavailable):
            gate.run(lambda: ran.append(1))
    ended.set()
    thread.join()
    assert gate.run(lambda: "free again") == "free again"
    assert ran == []


def test_a_mistake_in_the_work_is_the_callers_and_frees_the_place():
    gate = password_hashing.HashingPool(1, max_waiting=0, seconds=5)
    for _ in range(2):
        with pytest.raises(ZeroDivisionError):
            gate.run(lambda: 1 // 0)


def test_waiting_leaves_most_threads_of_the_web_server_free():
    assert 0 < password_hashing.MAX_WAITING <= THREADS // 4
