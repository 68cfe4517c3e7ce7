"""Every route and every method, generated from the URL configuration: what the modes refuse, and what they do not."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, resolve

from streamsite.site_mode import rules
from tests.security.test_pages import contents

UNSAFE = ("POST", "PUT", "PATCH", "DELETE", "PROPFIND")
# Answered before all other middleware, and with 405 to every unsafe method: tests/test_probes.py.
PROBES = {"healthz", "readyz"}
# Routes whose path is a regular expression, with a path that it matches.
EXAMPLES = {
    r"^tag/(?P<tag>.*[^/])\Z": "tag/day",
    r"^api/.": "api/nothing",
    r"^appearance/(?P<light>[0-9a-f]{6})-(?P<dark>[0-9a-f]{6})\.css$": "appearance/0b6a5b-63d6c0.css",
}
SECTIONS = {"mode": "admin/site/mode/", "identity": "admin/site/identity/"}


def routes(resolver=None, prefix=""):
    """Yield ``(view name, path)`` of every route, with something in the place of ids."""
    for entry in (resolver or get_resolver()).url_patterns:
        text = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from routes(entry, text)
        elif isinstance(entry, URLPattern):
            path = concrete(text)
            # An earlier route may take the address of a later one.
            yield resolve(f"/{path}").view_name, path


def concrete(pattern):
    """Return a path of a route. The admin's last two are expressions as well."""
    if pattern in EXAMPLES:
        return EXAMPLES[pattern]
    pattern = pattern.removesuffix("(?P<url>.*)$")
    pattern = re.sub(r"\^\(\?P<app_label>(\w+)\|[^)]*\)/\$", r"\1/", pattern)
    path = re.sub(r"<(?:\w+:)?(\w+)>", lambda found: "identity" if found[1] == "name" else "x1", pattern)
    assert not re.search(r"[\^$<>()]", path), f"{pattern}: give it an example here"
    return path


ROUTES = sorted(set(routes()))
NAMES = {name for name, _ in ROUTES}


def everyone(cast):
    """Callers who may do as much as anybody: a superuser's page and token, and a visitor."""
    token = cast.api("staff")
    return [cast.page("staff"), token, Client()]


def test_the_walk_sees_the_whole_site():
    assert len(ROUTES) > 330
    assert {
        "api-videos",
        "watch",
        "admin:videos_video_change",
        "unsubscribe",
        "api-upload",
        "settings-push",
    } <= NAMES


@pytest.mark.parametrize("table", [rules.WRITES, rules.WRITES_OF_VISITORS, rules.OPEN_IN_MAINTENANCE])
def test_every_exception_is_a_route_with_a_reason(table):
    assert set(table) <= NAMES
    assert all(len(reason) > 20 for reason in table.values())


@pytest.mark.timeout(300)
def test_read_only_refuses_every_unsafe_method_of_every_route(cast, read_only):
    callers = everyone(cast)
    before = contents()
    read_only()
    stored = contents()
    assert stored != before  # the mode itself
    reached = set()
    for name, path in ROUTES:
        if name in PROBES or name in rules.WRITES or name in rules.WRITES_OF_VISITORS:
            reached.add(name)
            continue
        for method in UNSAFE:
            for caller in callers if method == "POST" else callers[:1]:
                answer = caller.generic(method, f"/{path}")
                assert answer.status_code == 503, (method, path)
                assert int(answer["Retry-After"]) > 0, (method, path)
                assert answer["Cache-Control"].startswith("no-store"), (method, path)
                if path.startswith(("api/v1/", "oembed", "media/")):
                    body = answer.json()
                    assert (body["code"], body["mode"]) == ("unavailable", "read_only"), path
                    assert {"detail", "request_id"} <= body.keys()
    assert contents() == stored
    assert reached == PROBES | rules.WRITES.keys() | rules.WRITES_OF_VISITORS.keys()


def test_read_only_refuses_unknown_addresses_and_overridden_methods(cast, read_only):
    read_only()
    assert cast.page("staff").post("/no/such/page").status_code == 503
    api = cast.api("owner")
    assert api.post("/api/v1/no/such").status_code == 503
    for method in ("HEAD", "GET", "OPTIONS"):
        answer = api.post("/api/v1/uploads/AAAAAAAAAAAAAAAA", HTTP_X_HTTP_METHOD_OVERRIDE=method)
        assert answer.status_code == 503, method


def test_read_only_lets_the_exceptions_through(cast, read_only):
    read_only()
    for name, path in ROUTES:
        if name in rules.WRITES or name in rules.WRITES_OF_VISITORS:
            assert Client().post(f"/{path}").status_code != 503, path
    signed_in = cast.page("owner")
    assert signed_in.post("/language", {"language": "de"}).status_code == 503
    assert Client().post("/language", {"language": "de"}).status_code == 302


def test_read_only_keeps_every_safe_answer(cast):
    """What a signed-in reader gets is the same as before, by status."""
    page = cast.page("staff")
    paths = [path for _, path in ROUTES]
    before = {path: page.get(f"/{path}").status_code for path in paths}
    from streamsite.site_mode import services
    from streamsite.site_mode.state import Mode

    services.set_mode(Mode.READ_ONLY, message="Moving to a new disk.")
    assert {path: page.get(f"/{path}").status_code for path in paths} == before
    assert not any(status >= 500 for status in before.values())


def test_maintenance_is_closed_to_everybody_but_staff(cast, maintenance):
    visitors = [Client(), cast.page("owner"), cast.api("owner")]
    maintenance()
    stored = contents()
    for name, path in ROUTES:
        if name in PROBES:
            continue
        for visitor in visitors:
            for method in ("GET", "HEAD", "POST", "DELETE"):
                status = visitor.generic(method, f"/{path}").status_code
                if name not in rules.OPEN_IN_MAINTENANCE:
                    assert status == 503, (method, path)
                elif method in ("GET", "HEAD"):
                    assert status != 503, (method, path)
    changed = {name for name, documents in contents().items() if documents != stored.get(name)}
    # Sign-outs end sessions, and challenges begin sign-ins, which is what they are open for.
    assert changed <= {"auth_session", "auth_challenge", "accounts_audit", "auth_event"}


def test_maintenance_answers_questions_of_browsers_about_the_api_only(maintenance):
    maintenance()
    assert Client().options("/api/v1/uploads").status_code == 204
    for path in ("/", "/api", "/feeds/channels/owner.rss"):
        assert Client().options(path).status_code == 503, path


def test_staff_use_the_site_during_maintenance(cast, maintenance):
    staff, suspended = cast.page("staff"), cast.user("former", is_staff=True)
    maintenance()
    for _, path in ROUTES:
        if not path.startswith("api/v1/"):
            assert staff.get(f"/{path}").status_code != 503, path
    suspended.is_active = False
    suspended.save()
    page = Client()
    page.force_login(suspended, backend="accounts.backends.LoginBackend")
    assert page.get("/").status_code == 503
    assert page.get("/admin/").status_code == 503
