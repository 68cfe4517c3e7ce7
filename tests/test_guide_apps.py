"""The guide's Express, FastAPI, and Django apps, its verifiers, and its React page, against a running site."""

import base64
import inspect
import json
import re
import time
from concurrent.futures import ThreadPoolExecutor

import jwt
import pytest
import requests
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from playwright.sync_api import expect

from accounts import signing_keys
from tests.support import npm, snippets
from tests.support.guide_apps import APPS, PACKAGES, VERIFIERS, Workshop
from tests.support.guide_people import PASSWORD, Person, name_of, resigner
from tests.support.stack import ROOT
from tests.test_guide import BLOCKS

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]
CLICK_BOTH = """() => {
  for (const button of document.querySelectorAll("button")) if (button.textContent.startsWith("Load")) button.click();
}"""
JOSE_KEEPS_SECONDS = 600  # cacheMaxAge, unless it is set
OURS = {"X-Requested-With": "test"}


@pytest.fixture(scope="module")
def workshop(tmp_path_factory):
    made = Workshop(tmp_path_factory.mktemp("guide"), snippets.files_of(BLOCKS))
    try:
        (made.folder / "node_modules").symlink_to(npm.installed(PACKAGES))
    except npm.NpmMissingError as error:
        pytest.skip(str(error))
    yield made
    made.stop()


def test_the_guide_installs_the_packages_that_are_tested_here():
    commands = "".join(block.code for block in BLOCKS if block.language == snippets.SETUP)
    pinned = json.loads((PACKAGES / "package.json").read_text())["dependencies"]
    assert {name for line in re.findall("npm install (.+)", commands) for name in line.split()} == set(pinned)
    required = (ROOT / "requirements.txt").read_text() + (ROOT / "requirements-dev.txt").read_text()
    wanted = {name for line in re.findall("pip install (.+)", commands) for name in line.split()}
    for name in {name.strip('"').partition("[")[0] for name in wanted}:
        assert re.search(rf"^{name}==", required, re.MULTILINE | re.IGNORECASE), name


def test_a_new_key_is_published_for_longer_than_verifiers_keep_the_set():
    kept = inspect.signature(jwt.PyJWKClient).parameters["lifespan"].default
    assert max(kept, JOSE_KEEPS_SECONDS) + signing_keys.RELOAD_SECONDS < signing_keys.LEAD_SECONDS


@pytest.fixture
def person(site, request):
    return Person(site, name_of(request.node))


@pytest.fixture
def resigned(site):
    return resigner(site)


@pytest.fixture
def expired(resigned):
    return lambda token: resigned(token, iat=int(time.time()) - 700, exp=int(time.time()) - 100)


@pytest.fixture(scope="module", params=APPS)
def app(request, workshop, site):
    return workshop.start(request.param, site.url)


@pytest.fixture(scope="module")
def verifiers(workshop, site):
    return [workshop.start(name, site.url, short_lived=True) for name in VERIFIERS]


class Page:
    """What a page of the app does: it keeps cookies and sends the header."""

    def __init__(self, app, person):
        self.app, self.name, self.http = app, person.name, requests.Session()

    def sign_in(self, password=PASSWORD):
        body = {"login": self.name, "password": password}
        return self.http.post(f"{self.app}/session", json=body, headers=OURS, timeout=30)

    def refresh(self, cookie=None, headers=OURS):
        cookies = {"refresh": cookie} if cookie else None
        send = requests.post if cookie else self.http.post
        return send(f"{self.app}/session/refresh", headers=headers, cookies=cookies, timeout=30)

    def profile(self, access):
        headers = {"Authorization": f"Bearer {access}"}
        return self.http.get(f"{self.app}/profile", headers=headers, timeout=30)


def codes(*answers):
    return [(answer.status_code, answer.json()["code"]) for answer in answers]


def deletes_cookie(answer):
    """Return whether the answer deletes the refresh cookie at the path it was set for."""
    header = answer.headers.get("Set-Cookie", "")
    return bool(re.match(r'refresh=("")?;', header)) and "path=/session" in header.lower()


def test_a_person_signs_in_through_the_app_and_out_again(app, person):
    page = Page(app, person)
    assert codes(page.sign_in("wrong")) == [(401, "invalid_credentials")]
    answer = page.sign_in()
    assert answer.json().keys() == {"access", "expires_in"}
    assert answer.headers["Cache-Control"] == "no-store"
    cookie = answer.headers["Set-Cookie"].lower()
    for attribute in ("refresh=ey", "httponly", "samesite=strict", "path=/session", "max-age=1209600"):
        assert attribute in cookie
    access = answer.json()["access"]
    assert page.profile(access).json()["username"] == person.name
    assert page.http.delete(f"{app}/session", headers=OURS, timeout=30).status_code == 204
    assert codes(page.refresh()) == [(401, "refresh_missing")]
    refused = person.post("/auth/token/verify", {"token": access})
    assert codes(refused) == [(401, "session_revoked")]


def test_the_app_refreshes_once_for_many_requests(app, person, expired):
    page = Page(app, person)
    access = page.sign_in().json()["access"]
    assert codes(page.profile(expired(access))) == [(401, "token_expired")]
    cookie = page.http.cookies["refresh"]
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda _: page.refresh(cookie), range(6)))
    assert [answer.status_code for answer in answers] == [200] * 6
    (successor,) = {answer.cookies["refresh"] for answer in answers}
    assert jwt.decode(successor, options={"verify_signature": False})["gen"] == 1
    assert page.profile(answers[-1].json()["access"]).status_code == 200


def test_the_app_tells_an_expired_a_reused_and_a_revoked_token_apart(app, person, expired):
    page = Page(app, person)
    page.sign_in()
    first = page.http.cookies["refresh"]
    forged = page.refresh(first, headers={})
    assert codes(forged) == [(403, "csrf_failed")]
    assert "Set-Cookie" not in forged.headers
    refusals = [page.refresh(expired(first))]
    assert [page.refresh().status_code for _ in range(2)] == [200, 200]
    refusals += [page.refresh(first), page.refresh()]
    assert codes(*refusals) == [(401, "refresh_expired"), (401, "refresh_reused"), (401, "session_revoked")]
    assert all(deletes_cookie(answer) for answer in refusals)


@pytest.mark.parametrize("name", APPS)
def test_the_app_keeps_the_cookie_while_the_site_is_away(workshop, name):
    away = workshop.start(name, "http://localhost:9")
    answer = requests.post(f"{away}/session/refresh", headers=OURS, cookies={"refresh": "eyJ"}, timeout=30)
    assert codes(answer) == [(503, "unavailable")]
    assert "Retry-After" in answer.headers
    assert "Set-Cookie" not in answer.headers


# --- services that only verify ---


def whoami(verifier, token, scheme="Bearer"):
    headers = {"Authorization": f"{scheme} {token}"} if token else {}
    return requests.get(f"{verifier}/whoami", headers=headers, timeout=30)


def refusals(verifiers, token):
    """What the verifiers say against a token."""
    answers = [whoami(verifier, token) for verifier in verifiers]
    return [answer.text for answer in answers if answer.status_code != 200]


def encoded(part):
    return base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode()


def forgeries(access, public):
    """Yield tokens that a careless verifier would accept."""
    header, claims = (
        jwt.get_unverified_header(access),
        jwt.decode(access, options={"verify_signature": False}),
    )
    unsigned = f"{encoded(header | {'alg': 'none'})}.{encoded(claims)}."
    stranger = Ed25519PrivateKey.generate()
    kept = {name: header[name] for name in ("kid", "typ")}
    yield unsigned
    yield jwt.encode(claims, public, algorithm="HS256", headers=kept)
    yield jwt.encode(claims, stranger, algorithm="EdDSA", headers=kept)
    yield jwt.encode(claims, stranger, algorithm="EdDSA", headers=kept | {"kid": "unknown"})
    yield access[:-8] + "AAAAAAAA"
    yield "not-a-token"


def test_a_verifier_takes_good_access_tokens_and_nothing_else(site, person, verifiers, resigned, expired):
    answer = person.sign_in(client="native").json()
    access = answer["access"]
    keys = requests.get(f"{site.url}/.well-known/jwks.json", timeout=30).json()["keys"]
    bad = [
        *forgeries(access, keys[0]["x"].encode() * 2),
        answer["refresh"],
        resigned(access, aud="https://other.example/api"),
        resigned(access, iss="https://other.example"),
    ]
    for verifier in verifiers:
        good = whoami(verifier, access, "bearer")
        assert good.json() == {"sub": answer["user"]["id"], "sid": answer["session_id"]}
        assert codes(whoami(verifier, "")) == [(401, "not_authenticated")]
        assert codes(whoami(verifier, access, "Token")) == [(401, "not_authenticated")]
        assert codes(whoami(verifier, expired(access))) == [(401, "token_expired")]
        assert codes(*(whoami(verifier, token) for token in bad)) == [(401, "token_invalid")] * len(bad)


@pytest.mark.parametrize("name", VERIFIERS)
def test_a_verifier_without_the_key_set_blames_no_token(workshop, person, name):
    answer = whoami(workshop.start(name, "http://localhost:9"), person.sign_in().json()["access"])
    assert codes(answer) == [(503, "unavailable")]
    assert "Retry-After" in answer.headers


def create_key(site, *, signs_in):
    """Create a key as ``rotate_signing_key`` did some time ago: it signs in so many seconds."""
    folder = site.data_dir / "keys" / "tokens"
    written = folder / f"{signing_keys.create_key(folder)}.pem"
    made = time.gmtime(time.time() - signing_keys.LEAD_SECONDS + signs_in)
    return written.rename(folder / f"{time.strftime('%Y%m%dT%H%M%S', made)}-{written.stem[-6:]}.pem").stem


def signed_by(site, person, kid):
    """Return a session once every process signs with the key ``kid``."""
    deadline, seen = time.monotonic() + 60, 0
    while time.monotonic() < deadline:
        answer = person.sign_in(client="native").json()
        seen = seen + 1 if jwt.get_unverified_header(answer["access"])["kid"] == kid else 0
        if seen == 12:
            return answer
    raise AssertionError(f"{kid} does not sign")


def test_verifiers_survive_a_rotation_without_a_restart_and_refuse_no_good_token(site, person, verifiers):
    """They fetched the set before the new key was there, and keep it for seconds in place of minutes."""
    # Newer than the key of the site, which may be as old as the folder that tests copy, or too young to sign.
    before = going = signed_by(site, person, create_key(site, signs_in=-1))
    deadline = time.monotonic() + 60
    while refusals(verifiers, before["access"]) and time.monotonic() < deadline:
        time.sleep(0.1)
    new = create_key(site, signs_in=15)
    deadline, kids = time.monotonic() + 60, []
    while kids.count(new) < 12 and time.monotonic() < deadline:
        answer = person.post("/auth/token/refresh", {"refresh": going["refresh"]})
        assert answer.status_code == 200, answer.text
        going = answer.json()
        kids.append(jwt.get_unverified_header(going["access"])["kid"])
        assert refusals(verifiers, going["access"]) == [], kids
    assert kids[0] != new, "it was not published before it signed"
    assert kids.count(new) == 12, "it did not sign"
    assert refusals(verifiers, before["access"]) == []
    published = requests.get(f"{site.url}/.well-known/jwks.json", timeout=30).json()["keys"]
    assert {key["kid"] for key in published} >= set(kids)


# --- the React page ---


@pytest.mark.browser
def test_the_react_page_stays_signed_in_and_says_why_it_was_signed_out(
    workshop, site, chromium, person, expired
):
    workshop.build_page()
    app = workshop.start("app.mjs", site.url)
    context = chromium.new_context(base_url=app)
    page = context.new_page()
    problems, refreshes = [], []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("request", lambda sent: refreshes.append(sent) if sent.url.endswith("/refresh") else None)

    def sign_in():
        page.get_by_label("Username").fill(person.name)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        expect(page.get_by_text(f"Signed in as {person.name}")).to_be_visible()

    def cookie():
        return next(kept["value"] for kept in context.cookies() if kept["name"] == "refresh")

    page.goto("/")
    sign_in()
    page.reload()
    expect(page.get_by_text(f"Signed in as {person.name}")).to_be_visible()
    # Both calls are made with a token that has expired; one refresh serves them.
    old = []

    def age(route):
        header = route.request.headers["authorization"]
        if not old:
            old.append(header)
        token = header.removeprefix("Bearer ")
        headers = {**route.request.headers, "authorization": f"Bearer {expired(token)}"}
        route.continue_(**({"headers": headers} if header == old[0] else {}))

    page.route("**/profile", age)
    refreshes.clear()
    with page.expect_response(lambda answer: answer.url.endswith("/refresh")):
        page.evaluate(CLICK_BOTH)
    expect(page.get_by_text(f"Signed in as {person.name}")).to_be_visible()
    assert len(refreshes) == 1
    page.unroute("**/profile")

    def spend(refresh):
        return requests.post(f"{app}/session/refresh", headers=OURS, cookies={"refresh": refresh}, timeout=30)

    spend(spend(cookie()).cookies["refresh"])
    page.reload()
    expect(page.get_by_role("alert")).to_contain_text("used somewhere else")
    sign_in()
    access = person.sign_in().json()["access"]
    assert person.post("/auth/logout-all", access=access).status_code == 200
    # Reading may go on for the five seconds that a process trusts its last look at the session.
    deadline = time.monotonic() + 20
    while not page.get_by_role("alert").is_visible() and time.monotonic() < deadline:
        with page.expect_response(lambda answer: answer.request.method == "GET"):
            page.get_by_role("button", name="Load with axios").click()
        page.wait_for_timeout(500)  # a refresh may follow, and the form after it
    expect(page.get_by_role("alert")).to_have_text("You were signed out. Sign in again.")
    sign_in()
    # A call that fails while the form is shown leaves the form, its reason and what was typed alone.
    held = []
    page.route(
        "**/profile",
        lambda route: (
            held.append(route)
            if "json" in route.request.headers["accept"]
            else route.fulfill(status=401, json={"code": "token_expired"})
        ),
    )
    spend(spend(cookie()).cookies["refresh"])
    page.evaluate(CLICK_BOTH)
    expect(page.get_by_role("alert")).to_contain_text("used somewhere else")
    page.get_by_label("Username").fill("typed")
    with page.expect_response(lambda answer: answer.url.endswith("/refresh")):
        held[0].fulfill(status=401, json={"code": "token_expired"})
    page.wait_for_timeout(300)  # for the form to be shown anew, if it is
    expect(page.get_by_label("Username")).to_have_value("typed")
    expect(page.get_by_role("alert")).to_contain_text("used somewhere else")
    page.unroute("**/profile")
    sign_in()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_label("Username")).to_be_visible()
    assert problems == []
