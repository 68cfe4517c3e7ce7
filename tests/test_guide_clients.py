"""The guide's clients when the access token has expired, and its table of errors, against a running site."""

import re
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import jwt
import pyotp
import pytest
import requests
from django.conf import settings
from pymongo import MongoClient

from streamsite.markdown_pages import WRITTEN_ORIGIN
from tests.support.guide_people import COOKIE, PASSWORD, Person, name_of, resigner
from tests.support.node import NODE
from tests.test_guide import BLOCKS, TEXT, of, run

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]


@pytest.fixture
def person(site, request):
    return Person(site, name_of(request.node))


@pytest.fixture
def resigned(site):
    return resigner(site)


@pytest.fixture
def expired(resigned):
    return lambda token: resigned(token, iat=int(time.time()) - 700, exp=int(time.time()) - 100)


# --- the clients ---


def test_python_refreshes_once_for_many_threads(site, person, expired, tmp_path):
    classes = next(block.code for block in of("python") if "class Client" in block.code)
    scope = {}
    exec("import requests\n" + classes, scope)  # noqa: S102 - the guide's own example
    client = scope["Client"](person.api, tmp_path / "token")
    client.sign_in(person.name, PASSWORD)
    first, client.access = client.store.read_text(), expired(client.access)
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda _: client.call("GET", "/me").status_code, range(6)))
    assert answers == [200] * 6
    generations = [
        jwt.decode(token, options={"verify_signature": False})["gen"]
        for token in (first, client.store.read_text())
    ]
    assert generations == [0, 1]


def test_node_refreshes_when_told_that_the_token_has_expired(site, person, expired, tmp_path):
    client = next(block.code for block in of("js node") if "class Client" in block.code).replace(
        "#access", "access"
    )
    token = person.sign_in(client="native").json()
    (tmp_path / "token").write_text(token["refresh"])
    program = (
        f"{client}\nconst client = new Client('{person.api}', 'token');\n"
        f"await client.refresh();\nclient.access = '{expired(token['access'])}';\n"
        "const answers = await Promise.all([client.call('/me'), client.call('/me'), client.call('/me')]);\n"
        "console.log(...answers.map((answer) => answer.status));"
    )
    assert run([NODE, "--input-type=module", "-"], program, tmp_path) == "200 200 200\n"
    # One refresh serves every call that was refused, however late its answer came.
    assert jwt.decode((tmp_path / "token").read_text(), options={"verify_signature": False})["gen"] == 2


@pytest.mark.browser
def test_two_tabs_refresh_and_both_go_on(site, chromium, person, expired):
    module = of("js browser")[0].code
    use = "const all = await Promise.all([call('/me'), call('/me'), call('/me')]); return all.map((a) => a.status);"
    context = chromium.new_context()
    context.expose_function("expired", expired)
    tabs = [context.new_page(), context.new_page()]
    for tab in tabs:
        tab.goto(f"{site.url}/developers/tokens")
    sign_in = f"await signIn('{person.name}', '{PASSWORD}'); access = await expired(access);"
    assert tabs[0].evaluate(f"async () => {{ {module} {sign_in} {use} }}") == [200, 200, 200]
    assert tabs[1].evaluate(f"async () => {{ {module} {use} }}") == [200, 200, 200]


# --- the table of errors ---


def table(title):
    """Rows of the table under a heading: ``{code: (status, cookie)}``."""
    section = TEXT.split(f"### {title}\n")[1].split("\n#")[0]
    rows = re.findall(r"^\| `(\w+)` \| (\d+) \| (\w+) \|", section, re.MULTILINE)
    return {code: (int(status), cookie) for code, status, cookie in rows}


def outcome(answer):
    """``(code, (status, what happened to the cookie))`` of an answer."""
    deleted = f"{COOKIE}=;" in answer.headers.get("Set-Cookie", "").replace('""', "")
    return answer.json()["code"], (answer.status_code, "deleted" if deleted else "kept")


def refresh_refusals(person, resigned, expired):
    """Every refusal of the refresh call that can be provoked from outside."""
    renew = "/auth/token/refresh"
    _, cookie = person.browser_session()
    yield person.post(renew)
    yield person.post(renew, cookie=cookie[:-8] + "AAAAAAAA")
    yield person.post(renew, cookie=expired(cookie))
    yield person.post(renew, cookie=resigned(cookie, gen=99))
    yield person.post(renew, cookie=cookie, Origin="https://evil.example")
    newer = person.post(renew, cookie=cookie).cookies[COOKIE]
    assert person.post(renew, cookie=newer).status_code == 200
    yield person.post(renew, cookie=cookie)
    yield person.post(renew, cookie=newer)
    access, cookie = person.browser_session()
    closed = requests.delete(
        f"{person.api}/me",
        json={"password": PASSWORD},
        headers={"Authorization": f"Bearer {access}"},
        timeout=30,
    )
    assert closed.status_code == 204, closed.text
    yield person.post(renew, cookie=cookie)


def test_refreshing_fails_as_the_table_says(site, person, resigned, expired):
    said = table("Refreshing")
    seen = dict(outcome(answer) for answer in refresh_refusals(person, resigned, expired))
    assert seen == {code: row for code, row in said.items() if code not in {"throttled", "unavailable"}}
    assert said["throttled"] == (429, "kept")
    assert said["unavailable"] == (503, "kept")


def proved_long_ago(site, access):
    """Nobody has entered a password in the token's session for an hour."""
    session_id = jwt.decode(access, options={"verify_signature": False})["sid"]
    with MongoClient((site.data_dir / "run" / "mongodb-uri").read_text()) as client:
        changed = client["streamsite"]["auth_session"].update_one(
            {"_id": session_id}, {"$set": {"auth_time": datetime.now(UTC) - timedelta(hours=1)}}
        )
    assert changed.modified_count == 1


def test_calling_fails_as_the_table_says(site, person, expired):
    access, cookie = person.browser_session()
    token = person.post("/auth/api-tokens", {"name": "reader", "scopes": ["read"]}, access=access).json()[
        "token"
    ]
    wrong = {"current_password": "not this one", "new_password": "another horse battery"}
    answers = [
        person.post("/auth/logout-all"),
        person.post("/auth/logout-all", access=cookie),
        person.post("/auth/logout-all", access=expired(access)),
        person.post("/auth/password/change", wrong, access=access),
        person.post("/auth/logout-all", Authorization=f"Token {token}"),
    ]
    proved_long_ago(site, access)
    answers.append(person.post("/auth/api-tokens", {"name": "late", "scopes": ["read"]}, access=access))
    other = person.browser_session()[0]
    assert person.post("/auth/logout", access=access).status_code == 204
    answers.append(person.post("/auth/logout-all", access=access))
    requests.delete(
        f"{person.api}/me",
        json={"password": PASSWORD},
        headers={"Authorization": f"Bearer {other}"},
        timeout=30,
    )
    answers.append(person.post("/auth/logout-all", access=other))
    assert dict(map(outcome, answers)) == table("Calling the API")


def test_signing_in_fails_as_the_table_says(site, person):
    access, _ = person.browser_session()
    secret = person.post("/auth/totp/setup", access=access).json()["secret"]
    code = pyotp.TOTP(secret).now()
    assert person.post("/auth/totp/enable", {"otp": code}, access=access).status_code == 200
    answers = [
        person.sign_in(password="wrong"),
        person.sign_in(),
        person.sign_in(otp=code),
        person.post("/auth/token", {"login": person.name}),
    ]
    headers = {"Authorization": f"Bearer {access}"}
    closed = requests.delete(f"{person.api}/me", json={"password": PASSWORD}, headers=headers, timeout=30)
    assert closed.status_code == 204
    answers.append(person.sign_in())
    # What passkeys answer, and a site whose people sign in by a provider only, is tested beside them.
    elsewhere = {"throttled", "unavailable", "passkey_invalid", "password_sign_in_closed"}
    assert dict(map(outcome, answers)) == {
        code: row for code, row in table("Signing in").items() if code not in elsewhere
    }


def test_no_snippet_of_the_guide_names_a_token_or_another_host():
    for block in BLOCKS:
        assert not re.search(r"eyJ[\w-]{10,}", block.code)
        hosts = set(re.findall(r"https?://[^/\s\"']+", block.code)) - {WRITTEN_ORIGIN, "https://evil.example"}
        assert hosts == set()
    assert settings.SITE_URL == WRITTEN_ORIGIN
