"""Requests to addresses that callers gave go to allowed hosts at public addresses, and nowhere else."""

import socket

import pytest

from streamsite import outbound
from tests.support.push_service import PushService


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "0.0.0.1", "100.64.0.1"),
        *("224.0.0.1", "255.255.255.255", "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "ff02::1"),
        *("::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "2002:7f00:1::"),
        *("::127.0.0.1",),
        *("192.0.2.1", "198.18.0.1", "2001:db8::1", "192.88.99.1", "192.0.0.9", "240.0.0.1"),
        *("fec0::1", "64:ff9b:1::7f00:1", "::ffff:0:127.0.0.1", "2001::1", "3fff::1", "5f00::1", "100::1"),
    ],
)  # fmt: skip
def test_addresses_that_are_not_public(address):
    assert not outbound.is_public(address)


@pytest.mark.parametrize(
    "address", ["8.8.8.8", "142.250.74.10", "2a00:1450:4001:80b::200a", "64:ff9b::808:808"]
)
def test_public_addresses(address):
    assert outbound.is_public(address)


def test_a_name_with_one_private_address_is_refused(monkeypatch):
    """The name of a push service may be answered by whoever runs the resolver."""
    answers = [
        (socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 443)) for address in ("8.8.8.8", "10.0.0.1")
    ]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **options: answers)
    monkeypatch.setattr(socket, "socket", lambda *args: pytest.fail("connected"))
    client = outbound.Client([outbound.parse_allowed_host("fcm.googleapis.com")], seconds=1)
    with pytest.raises(outbound.OutboundRefused, match="not public"):
        client.post("https://fcm.googleapis.com/x", b"", {})


@pytest.fixture
def server(tmp_path, monkeypatch):
    made = PushService(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(made.authority))
    outbound.tls_context.cache_clear()
    yield made
    made.stop()
    outbound.tls_context.cache_clear()


def test_redirects_are_not_followed_and_the_connection_is_kept(server):
    client = outbound.Client([outbound.parse_allowed_host(server.host, may_be_private=True)], seconds=5)
    server.answers["/a"] = [(307, {"Location": f"https://{server.host}/b"})]
    assert client.post(f"https://{server.host}/a", b"x", {}).status == 307
    kept = client._connection
    assert client.post(f"https://{server.host}/c?d=e", b"y", {}) == outbound.Answer(201)
    assert client._connection is kept
    assert [(one.path, one.body) for one in server.requests] == [("/a", b"x"), ("/c?d=e", b"y")]
    client.close()


def test_other_hosts_and_names_that_no_certificate_proves_get_nothing(server, monkeypatch):
    allowed = outbound.parse_allowed_host(server.host, may_be_private=True)
    client = outbound.Client([allowed], seconds=5)
    with pytest.raises(outbound.OutboundRefused):
        client.post("https://127.0.0.1/x", b"", {})
    named = server.host.replace("127.0.0.1", "localhost")
    other = outbound.Client([outbound.parse_allowed_host(named, may_be_private=True)], seconds=5)
    with pytest.raises(OSError, match="certificate"):
        other.post(f"https://{named}/x", b"", {})
    private = outbound.Client([outbound.parse_allowed_host(server.host)], seconds=5)
    with pytest.raises(outbound.OutboundRefused, match="not public"):
        private.post(f"https://{server.host}/x", b"", {})
    assert server.requests == []


def test_a_server_that_says_nothing_is_given_up():
    silent = socket.create_server(("127.0.0.1", 0))
    host = f"127.0.0.1:{silent.getsockname()[1]}"
    client = outbound.Client([outbound.parse_allowed_host(host, may_be_private=True)], seconds=0.2)
    with pytest.raises(TimeoutError):
        client.post(f"https://{host}/x", b"", {})
    silent.close()


@pytest.mark.parametrize(
    "entry",
    [
        *("", "*", "*.", "https://x.org", "x.org/", "x.org:0", "x.org:70000", "a b", "-x", "*x.org"),
        *("x..org", "x-.org", "*.[::1]", "[::1%eth0]", f"{'a' * 64}.org", "a." * 126 + "org"),
    ],
)  # fmt: skip
def test_entries_that_are_no_hosts(entry):
    assert outbound.parse_allowed_host(entry) is None


LONG = ".".join(["a" * 63] * 3)


@pytest.mark.parametrize(
    "host",
    [
        *("a..x.org", ".x.org", "..x.org", "-a.x.org", "a-.x.org", "a_b.x.org", "a%2eb.x.org", "a,b.x.org", "a.x.org."),
        *(f"{'a' * 64}.x.org", f"{'a' * 300}.x.org", f"{LONG}.{'a' * 56}.x.org", "a.x.org:", "a.x.org:+443"),
        *("[::1%25.x.org]", "[::1%25a.x.org]", "[fe80::1%25.x.org]:443", "[v1.x.org]", "[a.x.org]", "[::1].x.org"),
    ],
)  # fmt: skip
def test_subdomains_are_host_names(host):
    allowed = [outbound.parse_allowed_host("*.x.org"), outbound.parse_allowed_host("[::1]")]
    assert outbound.find_allowed(f"https://{host}/", allowed) is None


@pytest.mark.parametrize(
    ("entry", "host"),
    [
        *(("*.x.org", "a.x.org"), ("*.x.org", "A-1.b.X.org"), ("*.x.org", f"{'a' * 63}.x.org:443")),
        *(("*.x.org", f"{LONG}.{'a' * 55}.x.org"), ("*.x.org", "xn--bcher-kva.x.org")),
        *(("[::1]:8443", "[::1]:8443"), ("127.0.0.1", "127.0.0.1"), ("localhost", "localhost")),
    ],
)  # fmt: skip
def test_hosts_that_an_entry_allows(entry, host):
    allowed = outbound.parse_allowed_host(entry)
    assert outbound.find_allowed(f"https://{host}/", [allowed]) == allowed


@pytest.mark.parametrize("host", ["a..x.org", ".x.org", "a" * 300])
def test_names_that_cannot_be_looked_up_are_refused(host):
    with pytest.raises(outbound.OutboundRefused, match="no name"):
        outbound.resolve(host, 443, may_be_private=True)


@pytest.mark.parametrize(
    ("url", "lower"),
    [
        ("https://FCM.Example.org:443/Ab?C=D", "https://fcm.example.org:443/Ab?C=D"),
        ("https://X.org?Https://X.org", "https://x.org?Https://X.org"),
        ("https://x.org/A?", "https://x.org/A?"),
    ],
)
def test_only_the_host_of_an_address_is_put_in_lower_case(url, lower):
    assert outbound.lower_host(url) == lower
