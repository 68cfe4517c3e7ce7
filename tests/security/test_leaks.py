"""No secret is where it does not belong: all that a busy session used are looked for in everything that is kept."""

from __future__ import annotations

import logging
import re
import time
import zlib
from urllib.parse import unquote

import pymongo
import pyotp
import pytest
from django.conf import settings
from django.core.signing import b64_decode

from streamsite.logs import WithoutSecretsInPaths
from tests.support.http_client import Caller
from tests.support.stack import Stack
from tests.support.users import PASSWORD

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]
AUTH = "/api/v1/auth"
NEW = "another battery staple"


class Witness(Caller):
    """A caller who remembers every cookie and every refusal."""

    def __init__(self, site: Stack) -> None:
        super().__init__(site)
        self.secrets: set[str] = {PASSWORD, NEW}
        self.refusals: list[bytes] = []

    def call(self, method, path, body=None, headers=None):  # type: ignore[no-untyped-def]
        status, answered, content = super().call(method, path, body, headers)
        self.secrets |= {value for name, value in self.cookies.items() if name != "csrftoken"}
        if self.token:
            self.secrets.add(self.token)
        if status >= 400:
            self.refusals.append(content)
        return status, answered, content


def mailed_token(site: Stack, subject: str) -> str:
    """Return the token of the newest mail of this subject."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        for path in sorted((site.data_dir / "mail").glob("*.eml"), reverse=True):
            text = path.read_text()
            if subject in text and (found := re.search(r"\?token=(\S+)", text.replace("=\n", ""))):
                return unquote(found[1].replace("=3D", "="))
        time.sleep(0.2)
    raise AssertionError(f"no mail: {subject}")


def busy_session(site: Stack) -> Witness:
    """Everything that has to do with secrets, right and wrong."""
    person = Witness(site)
    person.sign_up("leaks")
    person.refresh()
    spent = person.cookies["refresh"]
    person.refresh()
    setup = person.json("POST", f"{AUTH}/totp/setup", {})[1]
    code = pyotp.TOTP(setup["secret"]).now()
    codes = person.json("POST", f"{AUTH}/totp/enable", {"otp": code})[1]["recovery_codes"]
    token = person.json(
        "POST", f"{AUTH}/api-tokens", {"name": "leak", "scopes": ["read"]}, Idempotency_Key="k"
    )[1]
    person.secrets |= {setup["secret"], token["token"], *codes}
    Caller(site).call("GET", "/api/v1/me", headers={"Authorization": f"Token {token['token']}"})
    person.json("POST", f"{AUTH}/token", {"login": "leaks", "password": PASSWORD, "otp": codes[0]})
    person.json("POST", f"{AUTH}/token", {"login": PASSWORD, "password": "leaks"})
    person.json("POST", f"{AUTH}/token", {"login": "leaks", "password": PASSWORD, "otp": codes[0]})
    native = {"login": "leaks", "password": PASSWORD, "client": "native", "otp": codes[1]}
    person.secrets.add(person.json("POST", f"{AUTH}/token", native)[1]["refresh"])
    person.json("POST", f"{AUTH}/password/change", {"current_password": "x", "new_password": NEW})
    person.json("POST", f"{AUTH}/password/reset", {"email": "leaks@example.org"})
    reset = mailed_token(site, "Reset your password")
    person.call("GET", f"/reset-password?token={reset}")
    confirm = {"token": reset, "new_password": NEW}
    person.json("POST", f"{AUTH}/password/reset/confirm", confirm)
    person.json("POST", f"{AUTH}/password/reset/confirm", confirm)
    verify = mailed_token(site, "Confirm your email address")
    person.call("GET", f"/verify-email?token={verify}")
    thief = Witness(site)
    thief.cookies["refresh"] = spent
    thief.refresh()
    for path in (f"/api/v1/me?token={person.token}", f"/watch/{person.token}", f"/{person.token}"):
        person.call("GET", path)
    person.json("POST", f"{AUTH}/token", f'{{"login": "{PASSWORD}", "password": "{NEW}", broken')
    person.secrets |= {reset, verify, *thief.secrets}
    person.refusals += thief.refusals
    return person


@pytest.fixture(scope="module")
def person(site: Stack) -> Witness:
    """Somebody who has used every secret there is."""
    return busy_session(site)


def unpacked(data: str) -> str:
    """Return the session as Django's signer packs it."""
    packed = data.split(":", 1)[0]
    content = b64_decode(packed.lstrip(".").encode())
    return (zlib.decompress(content) if packed.startswith(".") else content).decode()


def found(secrets: set[str], text: str) -> list[str]:
    """Return the beginnings of those secrets that occur in ``text``."""
    return sorted(secret[:12] for secret in secrets if len(secret) > 5 and secret in text)


def test_nothing_is_in_the_logs(site: Stack, person: Witness) -> None:
    assert len(person.secrets) > 20
    logs = [
        site.output(),
        *(path.read_text(errors="replace") for path in (site.data_dir / "logs").rglob("*.log*")),
    ]
    assert found(person.secrets, "\n".join(logs)) == []


@pytest.mark.parametrize(
    "path", ["/media/v/p6b0~x.s3cret/id/gen/master.m3u8", "/feeds/private/s3cret.rss", "/decisions/s3cret:x"]
)
def test_the_record_of_a_failed_request_names_no_token(path: str) -> None:
    """Django's own record of a 5xx has the path, for instance while the database is away."""
    assert "without_secrets_in_paths" in settings.LOGGING["loggers"]["django.request"]["filters"]
    record = logging.LogRecord(
        "django.request", logging.ERROR, __file__, 1, "%s: %s", ("Service Unavailable", path), None
    )
    assert WithoutSecretsInPaths().filter(record)
    assert "s3cret" not in record.getMessage()
    assert record.getMessage().startswith(f"Service Unavailable: {path[:7]}")


def test_nothing_is_in_the_database(site: Stack, person: Witness) -> None:
    """Page sessions are decoded first: they are kept compressed."""
    uri = (site.data_dir / "run" / "mongodb-uri").read_text().strip()
    with pymongo.MongoClient(uri) as client:
        database = client["streamsite"]
        names = [name for name in database.list_collection_names() if not name.startswith("system.")]
        assert {
            "accounts_user",
            "auth_session",
            "auth_event",
            "auth_totp",
            "django_session",
            "task_job",
        } <= set(names)
        dump = "\n".join(str(document) for name in names for document in database[name].find())
        for row in database["django_session"].find():
            dump += unpacked(row["session_data"])
    assert found(person.secrets, dump) == []


def test_nothing_is_in_an_error(person: Witness) -> None:
    assert len(person.refusals) >= 8
    assert found(person.secrets, b"\n".join(person.refusals).decode(errors="replace")) == []


def test_nothing_but_its_own_link_is_in_a_mail(site: Stack, person: Witness) -> None:
    texts = [path.read_text().replace("=\n", "") for path in (site.data_dir / "mail").glob("*")]
    mails = re.sub(r"\?token=\S+", "", "\n".join(texts))
    assert "leaks@example.org" in mails
    assert found(person.secrets, mails) == []


def test_what_holds_secrets_is_its_owners_alone(site: Stack, person: Witness) -> None:
    """Folders that nobody else may enter, and the most secret files by themselves as well."""
    for folder in ("keys", "run", "db", "logs"):
        assert (site.data_dir / folder).stat().st_mode & 0o077 == 0, folder
    files = [
        *(site.data_dir / "keys").rglob("*"),
        *(site.data_dir / "mail").rglob("*"),
        site.data_dir / "run/mongodb-uri",
    ]
    for path in files:
        assert path.stat().st_mode & 0o077 == 0, path


def test_nobody_outside_the_group_reads_anything(site: Stack, person: Witness) -> None:
    """A web server in front that is in the site's group gets to media and assets."""
    for folder in (site.data_dir, site.data_dir / "media", site.data_dir / "assets"):
        assert folder.stat().st_mode & 0o777 == 0o750, folder
    for name in ("media", "assets", "work", "mail"):
        for path in (site.data_dir / name).rglob("*"):
            assert path.stat().st_mode & 0o007 == 0, path
