"""Requests to addresses that users give reach public hosts alone, and end in time and within their size."""

from __future__ import annotations

import gzip
import io
import socket
import threading
import zlib

import pytest

from streamsite import outbound
from streamsite.outbound import Limits, OutboundFailed, OutboundRefused, OutboundTooLarge
from tests.support.raw_server import RawServer, http_answer

SOON = Limits(seconds=20, redirects=5)


@pytest.fixture
def serve(settings):
    """Return a function that starts a server; ``allowed`` servers are in the setting."""
    started = []

    def start(*answers, allowed=True, host="127.0.0.1"):
        made = RawServer(*answers, host=host)
        started.append(made)
        if allowed:
            entry = outbound.parse_private_host(f"{made.host}:{made.port}")
            settings.OUTBOUND_PRIVATE_HOSTS = (*settings.OUTBOUND_PRIVATE_HOSTS, entry)
        return made

    yield start
    for made in started:
        made.stop()


LOCAL = [
    *("http://127.0.0.1:{port}/", "http://[::1]:{six}/", "http://0x7f.1:{port}/", "http://2130706433:{port}/"),
    *("http://0177.0.0.1:{port}/", "http://127.1:{port}/", "http://0:{port}/", "http://0.0.0.0:{port}/"),
    *("http://localhost:{port}/", "http://LOCALHOST:{port}/", "http://localhost.:{port}/", "http://[::]:{six}/"),
    *("http://[::ffff:127.0.0.1]:{port}/", "http://[::ffff:7f00:1]:{port}/", "http://[64:ff9b::7f00:1]:{port}/"),
    *("http://[64:ff9b:1::7f00:1]:{port}/", "http://[::127.0.0.1]:{port}/", "http://[2002:7f00:1::]:{port}/"),
    *("http://127.0.0.1.nip.io@127.0.0.1:{port}/", "http://example.org@127.0.0.1:{port}/"),
    *("http://user:password@127.0.0.1:{port}/", "http://127.0.0.1:{port}\\@example.org/"),
    *("http://example.org#@127.0.0.1:{port}/", "http://127.0.0.1%2f:{port}/", "http://①②⑦.⓪.⓪.①:{port}/"),
    *("http://127。0。0。1:{port}/", "http://127.0.0.1\t:{port}/", " http://127.0.0.1:{port}/"),
    *("http:127.0.0.1:{port}/", "http:///127.0.0.1:{port}/", "//127.0.0.1:{port}/", "HTTP://127.0.0.1:{port}/"),
    *("file:///etc/passwd", "gopher://127.0.0.1:{port}/_GET", "ftp://127.0.0.1:{port}/", "dict://127.0.0.1:{port}/"),
    *("https://127.0.0.1:{port}/", "http://169.254.169.254/latest/meta-data/", "http://[fe80::1%25lo]:{six}/"),
    *("http://10.0.0.1/", "http://[fd00::1]/", "http://[fec0::1]/", "http://intranet/", "http://127.0.0.1/"),
    *("http://example.org:22/", "http://example.org:27017/", "http://example.org:0/", "http:///", "", "x" * 3_000),
]  # fmt: skip


@pytest.mark.parametrize("url", LOCAL)
@pytest.mark.parametrize("may_use_port", [False, True])
def test_local_addresses_get_no_connection(url, may_use_port, serve, settings):
    four, six = serve(allowed=False), serve(allowed=False, host="::1")
    if may_use_port:
        settings.OUTBOUND_PORTS = (four.port, six.port)
    with pytest.raises(OutboundRefused):
        outbound.request("GET", url.format(port=four.port, six=six.port), limits=SOON)
    assert four.connections + six.connections == 0


@pytest.mark.parametrize("url", LOCAL)
def test_redirects_to_local_addresses_get_no_connection(url, serve, settings):
    four, six = serve(allowed=False), serve(allowed=False, host="::1")
    settings.OUTBOUND_PORTS = (four.port, six.port)
    wanted = url.format(port=four.port, six=six.port)
    if any(ord(character) > 255 for character in wanted) or not wanted.strip():
        pytest.skip("no header has it")
    if "#" in wanted:
        pytest.skip("without its fragment, which is not sent, it is the address of a public host")
    hop = http_answer(status="302 Found", headers={"Location": "/next"})
    first = serve(
        hop, http_answer(status="307 Temporary Redirect", headers={"Location": wanted}), http_answer()
    )
    # Relative texts lead back to the first server.
    try:
        answer = outbound.request("GET", f"{first.url}/", limits=SOON)
    except OutboundRefused:
        pass
    else:
        assert answer.url.startswith(first.url)
    assert first.connections >= 2
    assert four.connections + six.connections == 0


@pytest.fixture
def resolver(monkeypatch):
    """A resolver that answers with ``answers`` one after the other, and sockets that note where they would connect."""

    class Resolver:
        answers: list[list[str]] = []
        asked: list[str] = []
        connected: list[tuple[str, int]] = []

    made = Resolver()
    made.asked, made.connected = [], []

    def look_up(host, port, *args, **options):
        made.asked.append(host)
        now = made.answers.pop(0) if len(made.answers) > 1 else made.answers[0]
        return [
            (socket.AF_INET6 if ":" in one else socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, port))
            for one in now
        ]

    class NotedSocket(socket.socket):
        def connect(self, address):
            made.connected.append(address[:2])
            raise ConnectionRefusedError

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    monkeypatch.setattr(socket, "socket", NotedSocket)
    return made


def test_a_name_is_looked_up_once_and_its_checked_address_used(resolver):
    """A resolver that answers anew with a local address is not asked again."""
    resolver.answers = [["8.8.8.8", "2a00:1450:4001:80b::200a"], ["127.0.0.1"]]
    with pytest.raises(OutboundFailed):
        outbound.request("GET", "http://rebind.example.org/", limits=SOON)
    assert resolver.asked == ["rebind.example.org"]
    assert resolver.connected == [("8.8.8.8", 80), ("2a00:1450:4001:80b::200a", 80)]


@pytest.mark.parametrize(
    "addresses", [["127.0.0.1"], ["8.8.8.8", "127.0.0.1"], ["::1"], ["::ffff:10.0.0.1"], ["169.254.169.254"]]
)
def test_names_with_a_local_address_get_no_connection(resolver, addresses):
    resolver.answers = [addresses]
    with pytest.raises(OutboundRefused, match="not public"):
        outbound.request("POST", "https://rebind.example.org/", body=b"x", limits=SOON)
    assert resolver.connected == []


def test_a_resolver_that_does_not_answer_is_left_behind(monkeypatch):
    ended = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **options: ended.wait(60) and [])
    with pytest.raises(OutboundFailed, match="in time"):
        outbound.request("GET", "http://slow.example.org/", limits=Limits(seconds=0.2))
    ended.set()


def test_proxies_of_the_environment_are_not_used(serve, monkeypatch):
    proxy, server = serve(allowed=False), serve()
    for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, proxy.url)
    assert outbound.request("GET", server.url).status == 200
    assert (proxy.connections, server.connections) == (0, 1)


def test_only_the_listed_port_of_a_private_host_is_open(serve):
    listed, other = serve(http_answer(b"hello")), serve(allowed=False)
    assert outbound.request("GET", listed.url).body == b"hello"
    with pytest.raises(OutboundRefused):
        outbound.request("GET", other.url)
    assert other.connections == 0


def test_redirects_are_followed_as_often_as_asked_and_credentials_stay(serve):
    last = serve(http_answer(b"here"))
    first = serve(
        http_answer(status="301 Moved", headers={"Location": "/b"}),
        http_answer(status="302 Found", headers={"Location": f"{last.url}/c#part"}),
    )
    answer = outbound.request("GET", f"{first.url}/a", headers={"Authorization": "Bearer x"}, limits=SOON)
    assert (answer.body, answer.url) == (b"here", f"{last.url}/c")
    assert all(b"Bearer x" in head for head in first.heads)
    assert b"Bearer" not in last.heads[0]
    endless = serve(http_answer(status="302 Found", headers={"Location": "/"}))
    with pytest.raises(OutboundFailed, match="too often"):
        outbound.request("GET", endless.url, limits=Limits(redirects=3))
    assert endless.connections == 4


def test_a_post_is_not_redirected(serve):
    other = serve()
    first = serve(http_answer(status="307 Temporary Redirect", headers={"Location": other.url}))
    assert outbound.request("POST", first.url, body=b"secret", limits=SOON).status == 307
    assert other.connections == 0


def drip(start: bytes, each: bytes):
    """Return an answer that goes on for as long as anybody listens."""

    def write(connection):
        connection.sendall(start)
        connection.settimeout(0.02)
        for _count in range(100_000):
            connection.sendall(each)
            try:
                if not connection.recv(1):
                    return
            except TimeoutError:
                continue

    return write


@pytest.mark.parametrize(
    ("start", "each"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n", b"x"),
        (b"HTTP/1.1 200 OK\r\n", b"X: y\r\n"[:1]),
        (b"", b"H"),
        (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n"),
    ],
)
def test_a_slow_drip_ends_with_the_time(serve, start, each):
    server = serve(drip(start, each))
    with pytest.raises(OutboundFailed):
        outbound.request("GET", server.url, limits=Limits(seconds=0.5))


@pytest.mark.parametrize(
    "answer",
    [
        http_answer(b"x" * 2_000),
        http_answer(headers={"Content-Length": "99999999999"}),
        b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 2_000,
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n7d0\r\n" + b"x" * 2_000 + b"\r\n0\r\n\r\n",
        http_answer(gzip.compress(bytes(50_000_000)), headers={"Content-Encoding": "gzip"}),
        http_answer(zlib.compress(bytes(50_000_000)), headers={"Content-Encoding": "deflate"}),
    ],
)
def test_larger_answers_are_refused_also_when_they_are_compressed(serve, answer):
    into = io.BytesIO()
    with pytest.raises(OutboundTooLarge):
        outbound.request("GET", serve(answer).url, limits=Limits(max_bytes=1_000), into=into)
    assert len(into.getvalue()) <= 1_000


def test_an_answer_is_cut_where_that_is_wanted(serve):
    answer = outbound.request(
        "GET", serve(http_answer(b"ab" * 900)).url, limits=Limits(max_bytes=3, cut=True)
    )
    assert (answer.status, answer.body, answer.is_cut, answer.size) == (200, b"aba", True, 3)


def test_compressed_answers_are_read_whole_and_written_to_a_file(serve):
    words = b"".join(b"%d " % number for number in range(100_000))
    server = serve(http_answer(gzip.compress(words), headers={"Content-Encoding": "gzip"}))
    into = io.BytesIO()
    answer = outbound.request("GET", server.url, into=into)
    assert (into.getvalue(), answer.body, answer.size) == (words, b"", len(words))


@pytest.mark.parametrize(
    "answer",
    [
        http_answer(b"short", headers={"Content-Length": "50"}),
        http_answer(gzip.compress(b"x" * 1_000)[:-9], headers={"Content-Encoding": "gzip"}),
        http_answer(b"not gzip", headers={"Content-Encoding": "gzip"}),
        http_answer(b"?", headers={"Content-Encoding": "br"}),
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab",
        *(b"", b"nonsense\r\n\r\n", b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 500 + b"\r\n"),
        b"HTTP/1.1 200 OK\r\nX: " + b"y" * 100_000 + b"\r\n\r\n",
    ],
)
def test_broken_answers_are_failures(serve, answer):
    with pytest.raises(OutboundFailed):
        outbound.request("GET", serve(answer).url, limits=Limits(seconds=20))


@pytest.mark.parametrize("name", ["X\r\nY", "X"])
def test_no_header_can_be_smuggled(serve, name):
    server = serve()
    value = "a" if "\r" in name else "a\r\nB: c"
    with pytest.raises(OutboundFailed):
        outbound.request("GET", server.url, headers={name: value})
    assert not any(b"B: c" in head for head in server.heads)
