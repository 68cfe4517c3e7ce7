"""``script/server --domain``: which names and options are accepted, and how the others are refused."""

from __future__ import annotations

import os
import re
import subprocess
import sys

import pytest
from django.core.exceptions import ImproperlyConfigured

from streamsite.front.caddy import options, root_certificate
from streamsite.front.caddy.names import DomainError, PublicName, parse_name
from streamsite.front.caddy.options import HttpsError, HttpsOptions
from streamsite.supervisor.command_line import parse
from tests.support.stack import ROOT

NAME = "videos.example.org"


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
    for host, listeners in (("127.0.0.1", ["127.0.0.1:443"]), ("0.0.0.0", ["0.0.0.0:443"]), ("::", [":443"])):  # noqa: S104
        other = read("--domain", NAME, "--host", host)
        assert other is not None
        assert other.listeners(443) == listeners
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
