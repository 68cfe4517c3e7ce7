"""Behind a TLS proxy: the cookies' exact attributes, and what plain HTTP gets."""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import cast
from urllib.parse import urlencode

import pytest

from tests.support.stack import Stack
from tests.support.users import PASSWORD

pytestmark = [pytest.mark.slow, pytest.mark.timeout(120)]
HOST = "video.example.org"


class Answer(http.client.HTTPResponse):
    """One that was read."""

    content: bytes


SignIns = dict[bool, Answer]


@pytest.fixture(scope="module")
def secure(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """A site whose address is https, as it runs behind a proxy on the same machine."""
    folder: Path = tmp_path_factory.mktemp("https")
    environment = {"SITE_URL": f"https://{HOST}", "BEHIND_TLS_PROXY": "1", "TRUSTED_PROXIES": "1"}
    environment["HSTS_INCLUDE_SUBDOMAINS"] = "1"
    stack = Stack(folder, ALLOWED_HOSTS=f"{HOST},localhost", **environment)
    stack.start()
    yield stack
    stack.kill()


def call(
    site: Stack, method: str, path: str, body: Mapping[str, object] | None = None, **more: str
) -> Answer:
    connection = http.client.HTTPConnection("127.0.0.1", site.port, timeout=30)
    headers = {"Host": HOST, "X-Forwarded-Proto": "https", "X-Forwarded-For": "198.51.100.9", **more}
    if body is not None:
        headers["Content-Type"] = "application/json"
    connection.request(method, path, json.dumps(body) if body is not None else None, headers)
    answer = cast(Answer, connection.getresponse())
    answer.content = answer.read()
    connection.close()
    return answer


def parts(header: str) -> tuple[str, str, set[str]]:
    """Name, value and lower-case attributes of a Set-Cookie header; times without their values."""
    first, *rest = header.split("; ")
    name, _, value = first.partition("=")
    return (
        name,
        value,
        {part.lower().split("=")[0] if "expires" in part.lower() else part.lower() for part in rest},
    )


@pytest.fixture(scope="module")
def signed_in(secure: Stack) -> SignIns:
    """Sign-ins without and with "remember"."""
    body = {"username": "secure", "email": "secure@example.org", "password": PASSWORD}
    assert call(secure, "POST", "/api/v1/auth/register", body).status == 201
    login = {"login": "secure", "password": PASSWORD}
    return {
        remember: call(secure, "POST", "/api/v1/auth/token", {**login, "remember": remember})
        for remember in (False, True)
    }


def test_the_refresh_cookie_has_exactly_its_attributes(signed_in: SignIns) -> None:
    expected = {"path=/api/v1/auth", "secure", "httponly", "samesite=strict"}
    name, value, attributes = parts(signed_in[False].getheader("Set-Cookie", ""))
    assert (name, attributes) == ("__Secure-refresh", expected)
    assert value not in signed_in[False].content.decode()
    name, _, attributes = parts(signed_in[True].getheader("Set-Cookie", ""))
    (age,) = {part for part in attributes if part.startswith("max-age=")}
    assert 14 * 86_400 - 60 < int(age.removeprefix("max-age=")) <= 14 * 86_400
    assert attributes - {age, "expires"} == expected


def test_it_rotates_and_is_deleted_with_the_same_attributes(secure: Stack, signed_in: SignIns) -> None:
    name, value, _ = parts(signed_in[False].getheader("Set-Cookie", ""))
    cookie = {"Cookie": f"{name}={value}", "X-Requested-With": "test", "Origin": f"https://{HOST}"}
    answer = call(secure, "POST", "/api/v1/auth/token/refresh", **cookie)
    assert answer.status == 200
    _, fresh, _ = parts(answer.getheader("Set-Cookie") or "")
    out = call(secure, "POST", "/api/v1/auth/logout", **cookie | {"Cookie": f"{name}={fresh}"})
    deleted = parts(out.getheader("Set-Cookie") or "")
    assert deleted[:2] in {(name, ""), (name, '""')}
    assert {"max-age=0", "path=/api/v1/auth", "secure", "httponly", "samesite=strict"} <= deleted[2]


def test_another_scheme_or_port_is_another_origin(secure: Stack, signed_in: SignIns) -> None:
    name, value, _ = parts(signed_in[True].getheader("Set-Cookie", ""))
    for origin in (f"http://{HOST}", f"https://{HOST}:8443", "https://example.org", f"https://a.{HOST}"):
        headers = {"Cookie": f"{name}={value}", "X-Requested-With": "test", "Origin": origin}
        assert call(secure, "POST", "/api/v1/auth/token/refresh", **headers).status == 403, origin


def test_pages_have_host_cookies_and_strict_transport(secure: Stack) -> None:
    answer = call(secure, "GET", "/login")
    assert answer.getheader("Strict-Transport-Security") == "max-age=31536000; includeSubDomains"
    cookies = [parts(value) for name, value in answer.getheaders() if name.lower() == "set-cookie"]
    assert cookies
    for name, _, attributes in cookies:
        assert name.startswith("__Host-"), name
        assert {"secure", "path=/"} <= attributes
        assert not any(attribute.startswith("domain") for attribute in attributes)


def test_a_form_works_with_the_host_cookie_alone(secure: Stack, signed_in: SignIns) -> None:
    cookies = [
        parts(value) for name, value in call(secure, "GET", "/login").getheaders() if name == "set-cookie"
    ]
    (token,) = [value for name, value, _ in cookies if name == "__Host-csrftoken"]
    body = {"login": "secure", "password": PASSWORD, "csrfmiddlewaretoken": token}
    for cookie, status in (("csrftoken", 403), ("__Host-csrftoken", 302)):
        connection = http.client.HTTPConnection("127.0.0.1", secure.port, timeout=30)
        headers = {
            "Host": HOST,
            "X-Forwarded-Proto": "https",
            "X-Forwarded-For": "198.51.100.9",
            "Content-Type": "application/x-www-form-urlencoded",
            "Cookie": f"{cookie}={token}",
            "Origin": f"https://{HOST}",
        }
        connection.request("POST", "/login", urlencode(body), headers)
        assert connection.getresponse().status == status, cookie
        connection.close()


def test_without_tls_in_front_it_says_where_to_go(secure: Stack) -> None:
    answer = call(secure, "GET", "/login", **{"X-Forwarded-Proto": "http"})
    assert answer.status in {301, 308}
    assert answer.getheader("Location") == f"https://{HOST}/login"
