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
        *("192.0.2.1", "198.18.0.1", "2001:db8::1"),
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
    monkeypatch.setattr(socket, "create_connection", lambda *args: pytest.fail("connected"))
    client = outbound.Client([outbound.parse_allowed_host("fcm.googleapis.com")], seconds=1)
    with pytest.raises(outbound.OutboundRefused, match="not public"):
        client.post("https://fcm.googleapis.com/x", b"", {})


@pytest.fixture
def server(tmp_path, monkeypatch):
    made = PushService(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(made.authority))
    outbound._tls.cache_clear()
    yield made
    made.stop()
    outbound._tls.cache_clear()


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
    "entry", ["", "*", "*.", "https://x.org", "x.org/", "x.org:0", "x.org:70000", "a b", "-x", "*x.org"]
)
def test_entries_that_are_no_hosts(entry):
    assert outbound.parse_allowed_host(entry) is None
