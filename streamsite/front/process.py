"""The nginx that ``script/server`` keeps in front of the site: its folder, its configuration, its readiness."""

from __future__ import annotations

import http.client
import os
import re
import resource
import secrets
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

from streamsite import folders, network
from streamsite.front import CONNECTIONS, sockets
from streamsite.front.binary import find_nginx
from streamsite.front.sockets import SocketFolder

ROOT = Path(__file__).resolve().parent.parent.parent
MAX_FILES = 65_536
NOT_READY = {502, 503, 504}
# What Python writes before the reason when the settings refuse to load.
REFUSED_SETTINGS = "django.core.exceptions.ImproperlyConfigured: "
# From here on nginx's error log names requests, whose addresses may hold tokens.
REQUEST_PART = re.compile(r", server: .*")


class FrontError(Exception):
    """nginx cannot be started; the message is one line for the person at the terminal."""


class SettingsError(Exception):
    """The site's settings are refused; the message is what they say, and nothing can be started."""


def raise_file_limit() -> int:
    """Let this process and its children open as many files as they may, at most ``MAX_FILES``; return how many."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MAX_FILES if hard == resource.RLIM_INFINITY else min(hard, MAX_FILES)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
        except (OSError, ValueError):  # macOS refuses numbers above its own limit
            return soft
    return wanted


def strip_request(line: str) -> str:
    """Return a line of nginx's error log without the request it is about."""
    return REQUEST_PART.sub("", line)


class Front:
    """nginx on ``port`` at ``place``; the site behind it listens on ``socket``.

    ``is_behind_caddy`` lets it listen on the unix socket ``own_socket`` alone, where Caddy ends TLS.

    Make it, then ``begin`` early (its configuration takes a moment), ``settle`` once the data folder is locked, and run
    ``command``. ``clean`` removes what would be left behind.
    """

    def __init__(
        self,
        data_dir: Path,
        port: int,
        files: int,
        place: network.ListenTarget | None = None,
        *,
        is_behind_caddy: bool = False,
    ) -> None:
        self.port = port
        self.place = place or network.ListenTarget()
        self.run_dir = data_dir / "run" / "nginx" / str(port)
        self._sockets = SocketFolder(self.run_dir)
        self.socket = self._sockets.path / "site.sock"
        # Where nobody but Caddy reaches it: what is said there about the caller is believed.
        self.own_socket = self._sockets.path / "nginx.sock" if is_behind_caddy else None
        self.connections = max(256, min(CONNECTIONS, (files - 64) // 2))
        self.command: list[str] = []
        self._binaries = find_nginx()
        self._rendering: subprocess.Popen[str] | None = None

    @property
    def is_available(self) -> bool:
        """True when this machine has an nginx."""
        return bool(self._binaries)

    def begin(self, environment: dict[str, str]) -> None:
        """Start making the configuration from the settings that ``environment`` gives."""
        listen = ",".join(f"{network.bracket_ipv6(address)}:{self.port}" for address in self.place.addresses)
        if self.own_socket is not None:
            listen = f"unix:{self.own_socket}"
        command = [
            *(sys.executable, "-m", "streamsite.front.configuration"),
            *("--listen", listen, "--upstream", f"unix:{self.socket}"),
            *("--run-dir", str(self.run_dir), "--connections", str(self.connections)),
            # As root the files of the site are root's alone, and nginx would give them up for its own user.
            *(("--user", "root") if os.geteuid() == 0 else ()),
        ]
        # The settings want these two; nothing here uses them.
        unused = {"SECRET_KEY": secrets.token_urlsafe(64), "MONGODB_URI": "mongodb://127.0.0.1:1/"}
        self._rendering = subprocess.Popen(  # noqa: S603 - our own command
            command,
            cwd=ROOT,
            env=environment | unused,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def make_folder(self) -> None:
        """Make the folder of the configuration and, usually, of the sockets. The data folder has to be locked."""
        for folder in (self.run_dir.parent, self.run_dir):
            folders.create(folder, folders.PRIVATE)

    def settle(self) -> str:
        """Write the configuration and choose the first nginx that takes it.

        Return a sentence for the log when that is not the first one. Raise ``FrontError`` when there is none, and
        ``SettingsError`` when a setting is wrong.
        """
        if self._rendering is None:
            raise FrontError("nginx didn't load its configuration")
        text, complaint = self._rendering.communicate(timeout=60)
        if self._rendering.returncode:
            _, refused, reason = complaint.partition(REFUSED_SETTINGS)
            if refused:
                raise SettingsError(reason.strip())
            raise FrontError((complaint.strip().splitlines() or ["couldn't configure nginx"])[-1])
        self.make_folder()
        path = self.run_dir / "nginx.conf"
        path.write_text(text, encoding="utf-8")
        reasons: list[str] = []
        for binary in self._binaries:
            command = binary.command(self.run_dir, path)
            tried = subprocess.run(  # noqa: S603 - found by find_nginx
                [*command, "-t", "-q"], capture_output=True, text=True, timeout=20, check=False
            )
            if tried.returncode == 0:
                self.command = command
                return f"{reasons[0]}; using {binary.path}" if reasons else ""
            reasons.append(f"{binary.path} rejects the configuration ({_last_line(tried.stderr)})")
        raise FrontError("; ".join(reasons))

    def is_ready(self, site_url: str) -> bool:
        """Return whether the site answers through nginx."""
        line = http.client.HTTPConnection(self.place.own_address, self.port, timeout=5)
        try:
            if self.own_socket is not None:
                line.sock = sockets.connect(self.own_socket, seconds=5)
            line.request("GET", "/healthz", headers={"Host": urlsplit(site_url).netloc})
            return line.getresponse().status not in NOT_READY
        except (OSError, http.client.HTTPException):
            return False
        finally:
            line.close()

    def clean(self) -> None:
        """Remove the folder of the socket, when it had to be elsewhere, and end what was begun in vain."""
        if self._rendering is not None and self._rendering.poll() is None:
            self._rendering.kill()
            self._rendering.communicate()
        self._sockets.clean()


def _last_line(text: str) -> str:
    return (text.strip().splitlines() or ["no message"])[-1][:300]
