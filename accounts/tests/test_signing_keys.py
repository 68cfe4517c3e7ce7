"""The rotation of signing keys, and ``GET /.well-known/jwks.json``."""

import stat

import jwt
import pytest
import time_machine
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command

from accounts import signing_keys
from accounts.signing_keys import KEY_SET_SECONDS, LEAD_SECONDS, RELOAD_SECONDS
from tests.support.commands import recorded

URL = "/.well-known/jwks.json"
NOW = 1_800_000_000


@pytest.fixture
def folder(settings, tmp_path):
    settings.TOKEN_KEYS_DIR = tmp_path
    signing_keys.clear_cache()
    yield tmp_path
    signing_keys.clear_cache()


def at(seconds):
    return time_machine.travel(NOW + seconds, tick=False)


def rotate(*arguments):
    call_command("rotate_signing_key", *arguments)
    signing_keys.clear_cache()


def kids(client):
    return [key["kid"] for key in client.get(URL).json()["keys"]]


def test_the_set_has_public_halves_only_and_verifies_a_token(client, cast):
    token = cast.access_token(cast.owner)
    answer = client.get(URL)
    assert answer["Content-Type"] == "application/jwk-set+json"
    (key,) = [row for row in answer.json()["keys"] if row["kid"] == jwt.get_unverified_header(token)["kid"]]
    assert key.keys() == {"kty", "crv", "x", "kid", "use", "alg"}
    assert (key["kty"], key["crv"], key["use"], key["alg"]) == ("OKP", "Ed25519", "sig", "EdDSA")
    claims = jwt.decode(
        token,
        jwt.PyJWK(key),
        algorithms=["EdDSA"],
        issuer="http://localhost:8000",
        audience="http://localhost:8000/api",
    )
    assert claims["sub"] == str(cast.owner.pk)


def test_every_origin_may_read_it_and_caches_may_keep_it_for_five_minutes(client, database, folder):
    rotate()
    answer = client.get(URL, HTTP_ORIGIN="https://other.example")
    assert answer["Cache-Control"] == "public, max-age=300"
    assert "Cookie" not in answer.get("Vary", "")
    again = client.get(URL, HTTP_IF_NONE_MATCH=answer["ETag"])
    assert (again.status_code, again.content, again["Cache-Control"]) == (304, b"", "public, max-age=300")
    for response in (answer, again):
        assert response["Access-Control-Allow-Origin"] == "*"
    assert client.post(URL).status_code == 405
    rotate()
    assert client.get(URL, HTTP_IF_NONE_MATCH=answer["ETag"]).status_code == 200


def test_a_new_key_is_published_before_it_signs(client, folder):
    with at(0):
        rotate()
        first = signing_keys.key_ring().kid
        assert kids(client) == [first]
    with at(60):
        rotate()
        assert signing_keys.key_ring().kid == first
        assert len(kids(client)) == 2
    with at(60 + LEAD_SECONDS - 1):
        signing_keys.clear_cache()
        assert signing_keys.key_ring().kid == first
    with at(60 + LEAD_SECONDS):
        signing_keys.clear_cache()
        second = signing_keys.key_ring().kid
        assert kids(client) == [first, second]
    assert second > first
    # By then every process has it, and so has a verifier that keeps the set for ten minutes beside a cache in between.
    assert LEAD_SECONDS >= RELOAD_SECONDS + KEY_SET_SECONDS + 590


def test_a_retired_key_stays_until_its_last_token_is_over(client, folder, settings):
    longest = max(idle for idle, _ in settings.SESSION_LIFETIMES.values())
    with at(0):
        rotate()
        first = signing_keys.key_ring().kid
    with at(60):
        rotate()
    over = 60 + LEAD_SECONDS + longest.total_seconds()
    with at(over - 1):
        rotate()
        assert first in kids(client)
    with at(over + LEAD_SECONDS + 1):
        rotate()
        assert first not in kids(client)
        assert len(kids(client)) == 3


def test_a_process_takes_up_a_new_key_by_itself_and_survives_a_broken_one(folder, monkeypatch):
    clock = [1000.0]
    monkeypatch.setattr(signing_keys.time, "monotonic", lambda: clock[0])
    first = signing_keys.create_key(folder)
    assert list(signing_keys.key_ring().verifying) == [first]
    path = folder / "zz-by-hand.pem"
    path.write_bytes((folder / f"{first}.pem").read_bytes())
    path.chmod(0o600)
    assert signing_keys.key_ring().kid == first
    clock[0] += RELOAD_SECONDS
    assert signing_keys.key_ring().kid == path.stem
    path.write_text("broken")
    clock[0] += RELOAD_SECONDS
    assert signing_keys.key_ring().kid == path.stem


def test_a_key_that_another_process_signs_with_already_is_found(folder, monkeypatch):
    clock, reads = [1000.0], []
    monkeypatch.setattr(signing_keys.time, "monotonic", lambda: clock[0])
    load = signing_keys.load_key_ring
    monkeypatch.setattr(signing_keys, "load_key_ring", lambda path: reads.append(path) or load(path))
    first = signing_keys.create_key(folder)
    assert signing_keys.find_verification_key(first)
    second = signing_keys.create_key(folder)
    assert signing_keys.find_verification_key(second) is None
    clock[0] += signing_keys.UNKNOWN_SECONDS
    assert signing_keys.find_verification_key(second)
    # Whoever invents names makes nobody read the folder more than once a second.
    assert len(reads) == 2
    for number in range(20):
        assert signing_keys.find_verification_key(f"invented-{number}") is None
    assert len(reads) == 2


def test_a_compromised_key_goes_at_once(client, folder):
    rotate()
    (stolen,) = kids(client)
    rotate("--compromised")
    (kid,) = kids(client)
    assert kid != stolen
    assert signing_keys.key_ring().kid == kid
    assert [stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()] == [0o600]


def test_the_set_costs_no_command(client, folder):
    rotate()
    with recorded() as commands:
        assert client.get(URL).status_code == 200
    assert commands == []


def test_a_key_that_is_retired_while_the_folder_is_read_is_left_out(tmp_path):
    kid = signing_keys.create_key(tmp_path)
    (tmp_path / "20200101T000000-abcdef.pem").symlink_to(
        tmp_path / "gone"
    )  # listed, and not there to be read
    assert list(signing_keys.load_key_ring(tmp_path).verifying) == [kid]
    (tmp_path / f"{kid}.pem").unlink()
    with pytest.raises(ImproperlyConfigured, match="no signing key"):
        signing_keys.load_key_ring(tmp_path)
