"""What Caddy is told, what of its log is told to people, and what it answers by itself."""

from __future__ import annotations

import http.client
import json
import socket
import ssl
import subprocess
import time
from contextlib import closing
from pathlib import Path

import pytest

from streamsite.front.caddy import configuration, log_lines
from streamsite.front.caddy.configuration import Behind
from streamsite.front.caddy.names import PublicName
from streamsite.front.caddy.options import HttpsError, HttpsOptions
from streamsite.front.caddy.process import Https
from tests.support.public_site import require_caddy
from tests.support.stack import free_port

NAME = "videos.example.org"
MEDIA = "/media/videos/1/seg_00000.m4s?token=very-secret"


def at(http_port: int, https_port: int) -> HttpsOptions:
    return HttpsOptions(
        PublicName(NAME),
        f"https://{NAME}",
        http_port=http_port,
        https_port=https_port,
        addresses=("127.0.0.1",),
    )


def test_nothing_of_a_caller_is_believed_and_nothing_is_unpacked():
    made = configuration.render(at(80, 443), Behind(Path("/run/nginx.sock")), Path("/data/tls"))
    text = json.dumps(made)
    assert "trusted_proxies" not in text
    assert made["admin"]["disabled"] is True
    (proxy,) = [
        step for step in made["apps"]["http"]["servers"]["https"]["routes"][0]["handle"]
        if step["handler"] == "reverse_proxy"
    ]  # fmt: skip
    assert proxy["transport"]["compression"] is False
    assert proxy["upstreams"] == [{"dial": "unix//run/nginx.sock"}]
    assert "handle_response" not in proxy  # nginx sends the files
    assert not {"buffer_requests", "request_buffers", "response_buffers"} & set(proxy)


def test_proofs_over_tls_are_offered_only_where_an_authority_asks_for_them():
    for site_url, is_off in ((f"https://{NAME}", False), (f"https://{NAME}:8443", True)):
        made = configuration.render(
            HttpsOptions(PublicName(NAME), site_url, https_port=8443), Behind(Path("/s")), Path("/t")
        )
        (policy,) = made["apps"]["tls"]["automation"]["policies"]
        (issuer,) = policy["issuers"]
        assert issuer["challenges"]["tls-alpn"]["disabled"] is is_off
        assert issuer["challenges"]["http"]["alternate_port"] == 80


@pytest.mark.parametrize("part", ["a{b", "a|b", "a}b"])
def test_a_folder_that_caddy_would_misread_is_refused(tmp_path, part):
    require_caddy()
    with pytest.raises(HttpsError, match="cannot use a folder"):
        Https(at(80, 443), tmp_path / part).prepare(Behind(Path("/s")))


LINES = [
    ({"level": "info", "logger": "tls.obtain", "msg": "obtaining certificate", "identifier": NAME},
     f"obtaining certificate for {NAME}"),
    ({"level": "info", "logger": "tls.renew", "msg": "certificate renewed successfully", "identifier": NAME,
      "issuer": "acme-v02"}, f"certificate renewed for {NAME} from acme-v02"),
    ({"level": "error", "logger": "tls.obtain", "msg": "will retry", "retrying_in": 60,
      "error": f"[{NAME}] Obtain: [{NAME}] solving challenges: no luck (order=https://a/1) (ca=https://a/d)"},
     "no certificate yet: no luck; trying again in 60 s"),
    ({"level": "error", "logger": "tls.obtain", "msg": "will retry", "retrying_in": 60,
      "error": f"provisioning client: performing request: tls: {log_lines.UNKNOWN_AUTHORITY}"},
     f"no certificate yet: tls: {log_lines.UNKNOWN_AUTHORITY} (--acme-ca-root FILE names the root certificate of an "
     "authority of your own); trying again in 60 s"),
    ({"level": "info", "msg": "serving initial configuration"}, ""),
    ({"level": "warn", "logger": "admin", "msg": "admin endpoint disabled"}, ""),
    ({"level": "error", "msg": "loading initial config: listen tcp :80: bind: address already in use"},
     "loading initial config: listen tcp :80: bind: address already in use"),
]  # fmt: skip


@pytest.mark.parametrize(("entry", "told"), LINES, ids=lambda value: str(value)[:30])
def test_its_log_is_told_in_plain_lines(entry, told):
    assert log_lines.describe(json.dumps(entry)) == told


def test_a_line_that_is_no_entry_stays():
    assert log_lines.describe("panic: boom") == "panic: boom"
    assert log_lines.describe("a \x1b[2Jb\u202ec") == "a [2Jb c"
    assert log_lines.describe("[1]") == "[1]"


@pytest.fixture
def lonely(tmp_path):
    """The ports of a Caddy behind which nobody answers, with a certificate of its own authority."""
    require_caddy()
    made = HttpsOptions(
        PublicName("127.0.0.1"),
        "https://127.0.0.1",
        http_port=free_port(),
        https_port=free_port(),
        addresses=("127.0.0.1",),
        is_internal=True,
    )
    https = Https(made, tmp_path / "data")
    https.prepare(Behind(tmp_path / "nobody.sock"))
    log = tmp_path / "log"
    with log.open("wb") as out:
        process = subprocess.Popen(https.command, env=https.environment, stdout=out, stderr=out)
    try:
        deadline = time.monotonic() + 60
        while not https.is_ready():
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < deadline, log.read_text()
            time.sleep(0.02)
        yield https, log
    finally:
        process.terminate()
        process.wait(timeout=20)


def test_a_site_that_is_away_is_503_in_the_form_that_is_asked_for(lonely):
    https, log = lonely
    (root,) = (https.storage / "authority").rglob("root.crt")
    trust = ssl.create_default_context(cafile=str(root))
    for path, kind in (
        ("/api/v1/videos", "application/json"),
        (MEDIA, "application/json"),
        ("/", "text/plain; charset=utf-8"),
    ):
        line = http.client.HTTPSConnection("127.0.0.1", https.options.https_port, context=trust, timeout=30)
        with closing(line):
            line.request("GET", path)
            answer = line.getresponse()
            content = answer.read()
        assert (answer.status, answer.getheader("Content-Type")) == (503, kind)
        assert answer.getheader("Retry-After") == "5"
        assert answer.getheader("Cache-Control") == "no-store"
        assert answer.getheader("X-Content-Type-Options") == "nosniff"
        if kind == "application/json":
            told = json.loads(content)
            assert told["code"] == "unavailable"
            assert told["request_id"] == answer.getheader("X-Request-Id")
    assert "very-secret" not in log.read_text()


def test_what_is_no_http_is_answered_and_ended(lonely):
    https, _ = lonely
    place = ("127.0.0.1", https.options.http_port)
    for request, status in (
        (b"GET / HTTP/1.1\r\n\r\n", b"400"),
        (b"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", b"400"),
        (b"GET / HTTP/1.1\r\nHost: a\r\nX: " + b"a" * 100_000 + b"\r\n\r\n", b"431"),
    ):
        with socket.create_connection(place, timeout=30) as line:
            line.sendall(request)
            first = line.recv(4096).split(b"\r\n")[0].split()
        assert first[1] == status
