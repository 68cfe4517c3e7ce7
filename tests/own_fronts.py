"""nginx and Caddy as an operator runs them: the shipped configuration, TLS, and a user who is not the site's.

Starting processes under other users needs root; without it the tests are skipped, and say so.
"""

from __future__ import annotations

import io
import os
import shutil
import ssl
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPSConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from cryptography import x509
from django.core.management import call_command

from tests.support import certificates
from tests.support.http_client import Caller
from tests.support.stack import ROOT, Stack, free_port

NAME = "videos.example.org"
# The site's user and group, and the web server's user, who shares the group.
SITE_USER, FRONT_USER = 10_001, 10_002
# Python or the checkout may lie in root's home: the capability lets the site's user read them. The web server has none.
AS_SITE_USER = (
    *("setpriv", "--reuid", str(SITE_USER), "--regid", str(SITE_USER), "--clear-groups"),
    *("--inh-caps", "+dac_read_search", "--ambient-caps", "+dac_read_search"),
)
START_SECONDS = 60


def require_root() -> None:
    """Skip the test for somebody who cannot start processes under other users."""
    if os.geteuid() != 0:
        pytest.skip("this needs root: site and web server run under users of their own")
    for program in ("setpriv", "curl"):
        if shutil.which(program) is None:
            pytest.skip(f"this needs the program {program}")


@contextmanager
def site_folder() -> Iterator[Path]:
    """Make a folder of the site's user that others may pass through; pytest's own folders are closed to them."""
    folder = Path(tempfile.mkdtemp(prefix="streamsite-front-", dir="/tmp"))
    try:
        folder.chmod(0o755)
        os.chown(folder, SITE_USER, SITE_USER)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def make_public_site(folder: Path) -> Stack:
    """Return a site with the settings that the documents name for a proxy that ends TLS, under its own user."""
    return Stack(
        folder,
        arguments=("--no-front",),
        wrapper=AS_SITE_USER,
        SITE_URL=f"https://{NAME}",
        ALLOWED_HOSTS=f"{NAME},localhost",
        BEHIND_TLS_PROXY="1",
        TRUSTED_PROXIES="1",
        MEDIA_ACCEL_PREFIX="/internal/",
    )


def write_certificate(folder: Path) -> None:
    """Write ``fullchain.pem`` and ``privkey.pem`` for ``NAME``, which is its own authority."""
    public, key = certificates.make_self_signed(NAME, x509.DNSName(NAME))
    (folder / "fullchain.pem").write_bytes(public)
    (folder / "privkey.pem").write_bytes(key)


class WebServer:
    """A web server in front of ``site``: ``port`` speaks TLS, ``plain_port`` leads on to it."""

    def __init__(self, site: Stack | EchoServer, folder: Path) -> None:
        self.site = site
        self.program = ""
        self.folder = folder
        self.port, self.plain_port = free_port(), free_port()
        # curl and Caller take the address from here.
        self.url = f"https://{NAME}:{self.port}"
        write_certificate(folder)

    def replaced(self, text: str, replacements: dict[str, str]) -> str:
        """Return the configuration with what only this machine can know; every line that is replaced must be there."""
        for old, new in replacements.items():
            assert old in text, old
            text = text.replace(old, new)
        return text

    def nginx(self, binary: Path, *arguments: str) -> list[str]:
        """Write the configuration that ``manage.py nginx_conf`` prints; return the command that runs it."""
        text = self.site.manage(
            *("nginx_conf", "--upstream", f"127.0.0.1:{self.site.port}"),
            *("--certificate", str(self.folder / "fullchain.pem"), "--key", str(self.folder / "privkey.pem")),
            *arguments,
        )
        paths = "".join(
            f'  {kind}_temp_path "{self.folder}/{kind}";\n'
            for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        text = self.replaced(
            text,
            {
                "pid /run/nginx.pid;": f"pid {self.folder}/nginx.pid;\ndaemon off;",
                "http {\n": f"http {{\n{paths}",
                "listen 443 ssl": f"listen 127.0.0.1:{self.port} ssl",
                "listen [::]:443 ssl": f"listen [::1]:{self.port} ssl",
                "listen 80;": f"listen 127.0.0.1:{self.plain_port};",
                "listen [::]:80;": f"listen [::1]:{self.plain_port};",
                "gzip_min_length 1000;": "gzip_min_length 10;",
                "root /var/www/letsencrypt;": f"root {self.folder}/letsencrypt;",
            },
        )
        path = self.folder / "nginx.conf"
        path.write_text(text)
        return [str(binary), "-p", str(self.folder), "-c", str(path)]

    def caddy(self, binary: str) -> list[str]:
        """Write the shipped Caddyfile; return the command that runs it."""
        text = self.replaced(
            (ROOT / "deploy" / "Caddyfile").read_text(),
            {
                "{\n\tservers {": "{\n\tadmin off\n\tskip_install_trust\n\tdefault_bind 127.0.0.1\n"
                f"\thttp_port {self.plain_port}\n\thttps_port {self.port}\n\tservers {{",
                "\tencode gzip {": f"\ttls {self.folder}/fullchain.pem {self.folder}/privkey.pem\n\tencode gzip {{",
                "minimum_length 1000": "minimum_length 10",
            },
        )
        path = self.folder / "Caddyfile"
        path.write_text(text)
        return [binary, "run", "--config", str(path), "--adapter", "caddyfile"]

    @contextmanager
    def running(self, command: list[str]) -> Iterator[WebServer]:
        """Run ``command`` as the web server's user, who is in the site's group, until the end of the block."""
        for path in (self.folder, *self.folder.rglob("*")):
            os.chown(path, FRONT_USER, FRONT_USER)
        variables = {
            "STREAMSITE_NAME": NAME,
            "STREAMSITE_UPSTREAM": f"127.0.0.1:{self.site.port}",
            "STREAMSITE_DATA_DIR": str(self.site.data_dir),
        }
        home = {name: str(self.folder) for name in ("HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME")}
        with (self.folder / "log").open("wb") as log:
            process = subprocess.Popen(
                command,
                env=os.environ | variables | home,
                stdout=log,
                stderr=subprocess.STDOUT,
                user=FRONT_USER,
                group=FRONT_USER,
                extra_groups=[SITE_USER],
            )
        try:
            self._wait(process)
            yield self
        finally:
            process.terminate()
            process.wait(timeout=10)

    def _wait(self, process: subprocess.Popen[bytes]) -> None:
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and process.poll() is None:
            try:
                if TlsClient(self).call("GET", "/healthz")[0] == 200:
                    return
            except OSError:
                time.sleep(0.05)
        raise AssertionError((self.folder / "log").read_text())

    def curl(self, path: str, *arguments: str) -> tuple[str, dict[str, list[str]], bytes]:
        """Return version and status such as ``2 200``, headers by lower-case name, and content."""
        ran = subprocess.run(
            [
                *("curl", "-sS", "-i", "--max-time", "20", "--cacert", str(self.folder / "fullchain.pem")),
                *(
                    "--resolve",
                    f"{NAME}:{self.port}:127.0.0.1",
                    "--resolve",
                    f"{NAME}:{self.plain_port}:127.0.0.1",
                ),
                *arguments,
                path if "://" in path else f"{self.url}{path}",
            ],
            capture_output=True,
            check=True,
            timeout=30,
        )
        head, _, content = ran.stdout.partition(b"\r\n\r\n")
        while head.split()[1] == b"100":
            head, _, content = content.partition(b"\r\n\r\n")
        first, *lines = head.decode().split("\r\n")
        headers: dict[str, list[str]] = {}
        for line in lines:
            name, _, value = line.partition(": ")
            headers.setdefault(name.lower(), []).append(value)
        return " ".join(first.removeprefix("HTTP/").split()[:2]), headers, content


class EchoServer:
    """Stands where the site stands, and keeps what a web server in front tells it: ``port``, ``asked``."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, dict[str, str]]] = []
        asked = self.asked

        class Keep(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                asked.append((self.command, {name.lower(): value for name, value in self.headers.items()}))
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def do_HEAD(self) -> None:
                self.do_GET()

            def log_message(self, *arguments: object) -> None:
                """Print nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Keep)
        self.port = self._server.server_port
        self.data_dir = Path("/nonexistent")

    def manage(self, *arguments: str) -> str:
        """Return what a management command prints, run in this process with its settings."""
        stream = io.StringIO()
        call_command(*arguments, stdout=stream)
        return stream.getvalue()

    @contextmanager
    def running(self) -> Iterator[EchoServer]:
        """Answer until the end of the block."""
        thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield self
        finally:
            self._server.shutdown()
            self._server.server_close()
            thread.join()


class TlsClient(Caller):
    """A client of the site through the web server in front."""

    def __init__(self, front: WebServer) -> None:
        super().__init__(front)  # type: ignore[arg-type]
        self.trust = ssl.create_default_context(cafile=str(front.folder / "fullchain.pem"))

    def connect(self) -> HTTPSConnection:
        """Return a connection to loopback that expects the name's certificate."""
        line = _ToLoopback(NAME, self.address.port, timeout=60, context=self.trust)
        line.port_of_front = self.address.port or 443
        return line


class _ToLoopback(HTTPSConnection):
    port_of_front = 443

    def connect(self) -> None:
        import socket

        plain = socket.create_connection(("127.0.0.1", self.port_of_front), timeout=60)
        self.sock = self._context.wrap_socket(plain, server_hostname=NAME)  # type: ignore[attr-defined]
