"""What is tried before a public site starts: the program, its ports, the name."""

from __future__ import annotations

import errno
import os
import socket
import subprocess
import sys
import threading
from contextlib import closing
from pathlib import Path

import pytest

from streamsite.front.caddy import binary, ports
from streamsite.front.caddy.names import PublicName
from streamsite.front.caddy.options import HttpsError, HttpsOptions
from tests.support.stack import ROOT, free_port

NAME = "videos.example.org"


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
        taken.bind(("127.0.0.1", free_port()))  # one that is free for the other protocol, too
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
