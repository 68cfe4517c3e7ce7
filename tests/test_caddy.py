"""``script/server --domain``: what is accepted, what is refused and how, and what Caddy is told."""

from __future__ import annotations

import errno
import http.client
import ipaddress
import json
import os
import re
import socket
import ssl
import subprocess
import sys
import threading
import time
from contextlib import closing
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from django.core.exceptions import ImproperlyConfigured

from streamsite.front.caddy import binary, configuration, log_lines, options, ports, root_certificate
from streamsite.front.caddy.configuration import Behind
from streamsite.front.caddy.names import DomainError, PublicName, parse_name
from streamsite.front.caddy.options import HttpsError, HttpsOptions
from streamsite.front.caddy.process import Https
from streamsite.supervisor.command_line import parse
from tests.support.public_site import require_caddy
from tests.support.stack import ROOT, free_port

NAME = "videos.example.org"
MEDIA = "/media/videos/1/seg_00000.m4s?token=very-secret"


@pytest.fixture(autouse=True)
def _no_settings(monkeypatch):
    for name in (*options.VARIABLES, "SITE_URL", "TRUSTED_PROXIES", "PORT"):
        monkeypatch.delenv(name, raising=False)


def read(*arguments: str) -> HttpsOptions | None:
    return options.read(parse(list(arguments)))


def refusal(*arguments: str) -> str:
    """Return the sentence with which the options are refused, which is one line."""
    with pytest.raises(HttpsError) as refused:
        read(*arguments)
    assert "\n" not in str(refused.value)
    return str(refused.value)


@pytest.mark.parametrize(
    ("text", "host"),
    [
        ("Videos.Example.ORG", "videos.example.org"),
        (" videos.example.org. ", "videos.example.org"),
        ("filme.müller.de", "filme.xn--mller-kva.de"),
        ("filme。例え.jp", "filme.xn--r8jz45g.jp"),
        ("192.168.1.5", "192.168.1.5"),
        ("[FD00::7]", "fd00::7"),
        ("box.local", "box.local"),
        ("localhost", "localhost"),
    ],
)
def test_names_are_read_as_browsers_read_them(text, host):
    assert parse_name(text).host == host


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("https://videos.example.org", "without https://"),
        ("videos.example.org/watch", "without a path"),
        ("user@videos.example.org", "without https://"),
        ("videos.example.org:8443", "--https-port"),
        ("*.example.org", "one name"),
        ("a.example.org, b.example.org", "one name"),
        ("a.example.org b.example.org", "one name"),
        ("", "one name"),
        ("-a.example.org", "not a valid"),
        ("a_b.example.org", "not a valid"),
        ("a..example.org", "not a valid"),
        (f"{'a' * 64}.example.org", "not a valid"),
        (".".join(["a" * 60] * 5), "not a valid"),
        ("xn--a.example.org", "not a valid"),
        ("videos.exam\x00ple.org", "not a valid"),
        ("300.1.1.1", "neither a name nor"),
        ("fe80::1%eth0", "--https-port"),
    ],
)
def test_what_is_no_name_is_refused_with_the_reason(text, why):
    with pytest.raises(DomainError, match=why) as refused:
        parse_name(text)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    "host",
    [
        "192.168.1.5",
        "fd00::7",
        "localhost",
        "box",
        "box.local",
        "a.test",
        "a.home.arpa",
        "a.lan",
        "a.internal",
    ],
)
def test_no_public_authority_is_asked_for_names_that_are_nobodys(host):
    assert PublicName(host).is_private
    assert "--tls internal" in refusal("--domain", host)
    made = read("--domain", host, "--tls", "internal")
    assert made is not None
    assert made.site_url == f"https://{PublicName(host).in_url}"


def test_of_an_authority_of_ones_own_any_name_may_be_asked(tmp_path):
    root = tmp_path / "root.pem"
    root.write_bytes(root_certificate.make(PublicName("ca.lan"))[0])
    made = read("--domain", "a.lan", "--acme-ca", "https://ca.lan/directory", "--acme-ca-root", str(root))
    assert made is not None
    assert (made.acme_ca, made.acme_ca_root, made.authority) == ("https://ca.lan/directory", root, "ca.lan")


def test_lets_encrypt_and_the_usual_ports_are_the_default():
    made = read("--domain", NAME)
    assert made is not None
    assert (made.acme_ca, made.http_port, made.https_port, made.site_url) == (
        options.LETS_ENCRYPT, 80, 443, f"https://{NAME}",
    )  # fmt: skip
    assert made.listeners(443) == [":443"]
    assert read() is None


def test_the_environment_says_the_same_and_the_command_line_wins(monkeypatch):
    for name, value in {
        "DOMAIN": "a.example.org",
        "HTTPS_PORT": "8443",
        "ACME_EMAIL": "me@example.org",
    }.items():
        monkeypatch.setenv(name, value)
    made = read("--http-port", "8080")
    assert made is not None
    assert (made.site_url, made.http_port, made.acme_email) == (
        "https://a.example.org:8443",
        8080,
        "me@example.org",
    )
    other = read("--domain", NAME, "--https-port", "443")
    assert other is not None
    assert other.site_url == f"https://{NAME}"
    monkeypatch.setenv("DOMAIN_TLS", "none")
    with pytest.raises(ImproperlyConfigured, match="DOMAIN_TLS=none"):
        read()


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("--port", "8000"), "--https-port"),
        (("--http-port", "443"), "must differ"),
        (("--https-port", "0"), "between 1 and 65535"),
        (("--acme-ca", "http://ca.lan/directory"), "https address"),
        (("--acme-ca", "letsencrypt"), "https address"),
        (("--acme-ca", "https://[1/"), "https address"),
        (("--acme-ca-root", "/no/such/file", "--acme-ca", "https://ca.lan/d"), "No such file"),
        (("--acme-ca-root", __file__, "--acme-ca", "https://ca.lan/d"), "not a PEM file|no certificate"),
        (("--acme-email", "me"), "not an email address"),
        (("--tls", "internal", "--acme-ca", "https://ca.lan/d"), "leave out --acme-ca"),
        (("--host", "192.0.2.250"), "not an address of this machine"),
    ],
)
def test_contradictions_are_named(arguments, why):
    assert re.search(why, refusal("--domain", NAME, *arguments))


@pytest.mark.parametrize("option", ["--acme-email", "--acme-ca", "--acme-ca-root", "--http-port", "--tls"])
def test_options_of_a_public_site_want_a_domain(option):
    value = {"--http-port": "80", "--tls": "internal"}.get(option, "x")
    assert option in refusal(option, value)


def test_a_site_url_may_name_the_port_of_a_router_and_nothing_else(monkeypatch):
    monkeypatch.setenv("SITE_URL", f"https://{NAME}")
    made = read("--domain", NAME, "--https-port", "8443")
    assert made is not None
    assert (made.site_url, made.https_port) == (f"https://{NAME}", 8443)
    for other in (f"http://{NAME}", "https://other.example.org"):
        monkeypatch.setenv("SITE_URL", other)
        assert "remove SITE_URL" in refusal("--domain", NAME)


def test_proxies_of_ones_own_are_not_passed_over(monkeypatch):
    monkeypatch.setenv("TRUSTED_PROXIES", "2")
    assert "TRUSTED_PROXIES" in refusal("--domain", NAME)


def test_commands_know_the_address_from_the_domain():
    """Links in mails that a command sends are those of the site."""
    code = "from streamsite import settings; print(settings.SITE_URL, settings.ALLOWED_HOSTS)"
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("SITE_URL", "ALLOWED_HOSTS"))
    } | {
        "DOMAIN": "filme.müller.de",
        "SECRET_KEY": "RczIsERUHkfaP-XcDs-_owypldvOBxDcIwtrqysuEsZWgQVzUvDJoaqzImEH2ov3",
    }
    ran = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    assert ran.stdout == "https://filme.xn--mller-kva.de ['filme.xn--mller-kva.de']\n"


# --- the program and its ports ---


def test_a_caddy_on_path_is_taken_only_when_it_is_named(monkeypatch, tmp_path):
    fake = tmp_path / "caddy"
    fake.write_text("#!/bin/sh\necho v2.6.2\n")
    fake.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    monkeypatch.setattr(sys, "executable", str(tmp_path / "bin" / "python"))
    with pytest.raises(HttpsError, match="CADDY_BIN=caddy"):
        binary.find_caddy()
    for named in ("caddy", str(fake)):
        monkeypatch.setenv("CADDY_BIN", named)
        assert binary.find_caddy() == fake
    for wrong in ("echo v2.5.9", "echo v2.9.0; exit 1", "echo nginx"):
        fake.write_text(f"#!/bin/sh\n{wrong}\n")
        with pytest.raises(HttpsError, match=r"2\.6 or newer"):
            binary.find_caddy()
    monkeypatch.setenv("CADDY_BIN", str(tmp_path / "none"))
    with pytest.raises(HttpsError, match=r"2\.6 or newer"):
        binary.find_caddy()


def at(http_port: int, https_port: int) -> HttpsOptions:
    return HttpsOptions(
        PublicName(NAME),
        f"https://{NAME}",
        http_port=http_port,
        https_port=https_port,
        addresses=("127.0.0.1",),
    )


@pytest.mark.parametrize("kind", [socket.SOCK_STREAM, socket.SOCK_DGRAM])
def test_a_port_in_use_is_named_with_its_option(kind):
    with closing(socket.socket(socket.AF_INET, kind)) as taken:
        taken.bind(("127.0.0.1", 0))
        if kind == socket.SOCK_STREAM:
            taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(HttpsError, match=rf"port {port}.* in use .*--https-port"):
            ports.require_free_ports(at(free_port(), port), Path("/nonexistent"))
    ports.require_free_ports(at(free_port(), port), Path("/nonexistent"))


def test_a_port_that_is_not_permitted_says_how_to_get_it(monkeypatch):
    def refuse(*arguments: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(ports, "_try_to_bind", refuse)
    with pytest.raises(HttpsError) as refused:
        ports.require_free_ports(at(80, 443), Path("/nonexistent"))
    for word in ("port 80", f"script/install-service --domain {NAME}", "ip_unprivileged_port_start=80"):
        assert word in str(refused.value)
    # A file with capabilities may do what this process may not.
    monkeypatch.setattr(os, "getxattr", lambda *arguments: b"\x01", raising=False)
    ports.require_free_ports(at(80, 443), Path("/nonexistent"))


def test_a_name_that_does_not_resolve_is_a_warning():
    said: list[str] = []
    heard = threading.Event()
    made = HttpsOptions(PublicName("no-such-name.invalid"), "https://no-such-name.invalid")
    ports.warn_if_unknown(made, lambda line: (said.append(line), heard.set())[0])  # type: ignore[func-returns-value]
    assert heard.wait(60)
    assert said[0].startswith("WARNING: no-such-name.invalid does not resolve")


@pytest.mark.parametrize("arguments", [("--domain", "https://a.example"), ("--domain", "127.0.0.1")])
def test_the_start_says_so_in_one_line_and_ends(tmp_path, arguments):
    command = [sys.executable, "-m", "streamsite.supervisor", *arguments, "--data", str(tmp_path / "data")]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert ended.returncode == 1
    (line,) = ended.stderr.splitlines()
    assert line.startswith(f"script/server: --domain {arguments[1]}: ")


# --- what Caddy is told, and says ---


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
     f"no certificate yet: tls: {log_lines.UNKNOWN_AUTHORITY} (--acme-ca-root FILE names the root certificate of an authority of your own); trying again in 60 s"),
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
    assert log_lines.describe("[1]") == "[1]"


# --- an authority of the site's own ---


def issue(authority: tuple[bytes, bytes], name: x509.GeneralName, folder: Path) -> tuple[Path, Path, Path]:
    """Return the files of the root, and of a certificate that its key signed for ``name``."""
    root = x509.load_pem_x509_certificate(authority[0])
    signer = serialization.load_pem_private_key(authority[1], None)
    assert isinstance(signer, ec.EllipticCurvePrivateKey)
    key = ec.generate_private_key(ec.SECP256R1())
    leaf = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([]))
        .issuer_name(root.subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(root.not_valid_before_utc)
        .not_valid_after(root.not_valid_after_utc)
        .add_extension(x509.SubjectAlternativeName([name]), critical=True)
        .sign(signer, hashes.SHA256())
    )
    files = folder / "root.pem", folder / "leaf.pem", folder / "key.pem"
    contents = (
        authority[0],
        leaf.public_bytes(serialization.Encoding.PEM),
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        ),
    )
    for file, content in zip(files, contents, strict=True):
        file.write_bytes(content)
    return files


def is_believed(files: tuple[Path, Path, Path], host: str) -> bool:
    """Return whether OpenSSL, with the root as its only authority, takes the certificate for ``host``."""
    root, leaf, key = files
    client, server = ssl.create_default_context(cafile=str(root)), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(leaf, key)
    to_client, to_server = ssl.MemoryBIO(), ssl.MemoryBIO()
    ends = (
        client.wrap_bio(to_client, to_server, server_hostname=host),
        server.wrap_bio(to_server, to_client, server_side=True),
    )
    for _ in range(10):
        for end in ends:
            try:
                end.do_handshake()
            except ssl.SSLWantReadError:
                continue
            except ssl.SSLError:
                return False
    return True


@pytest.mark.parametrize("host", ["box.local", "192.168.1.5", "fd00::7"])
def test_the_root_vouches_for_its_name_and_for_nothing_else(tmp_path, host):
    def general(text: str) -> x509.GeneralName:
        return (
            x509.IPAddress(ipaddress.ip_address(text))
            if ":" in text or text[-1].isdigit()
            else x509.DNSName(text)
        )

    authority = root_certificate.make(PublicName(host))
    assert is_believed(issue(authority, general(host), tmp_path), host)
    for other in ("bank.example", "other.local", "192.168.1.6", "10.0.0.1", "fd00::8"):
        assert not is_believed(issue(authority, general(other), tmp_path), other), other


def test_the_root_is_made_once_and_its_key_is_its_owners(tmp_path):
    made = root_certificate.load_or_make(tmp_path / "authority", PublicName("fd00::7"))
    again = root_certificate.load_or_make(tmp_path / "authority", PublicName("fd00::7"))
    assert made == again
    assert made.private_key.stat().st_mode & 0o777 == 0o600
    assert made.private_key.parent.stat().st_mode & 0o777 == 0o700
    other = root_certificate.load_or_make(tmp_path / "authority", PublicName("box.local"))
    assert other.ca_id != made.ca_id


# --- Caddy itself, without a site behind ---


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
