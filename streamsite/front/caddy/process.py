"""The Caddy that ``script/server --domain`` keeps in front: its files, its command, its readiness."""

from __future__ import annotations

import json
import os
import socket
import ssl
import time
from collections.abc import Iterator
from pathlib import Path

from streamsite import atomic_files, folders
from streamsite.front.caddy import configuration, ports
from streamsite.front.caddy.binary import find_caddy
from streamsite.front.caddy.options import HttpsError, HttpsOptions
from streamsite.front.sockets import SocketFolder

# How long the start waits for the first certificate before it says that the site runs.
CERTIFICATE_SECONDS = 20
# What Caddy needs of the environment. It meets the whole internet, and no secret of the site is its business.
VARIABLES = (
    *("PATH", "LANG", "TZ", "TMPDIR", "SSL_CERT_FILE", "SSL_CERT_DIR", "GOMAXPROCS", "GOMEMLIMIT"),
    *("HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy"),
)
UNUSABLE_IN_PATHS = set("{}|\n")


class Https:
    """Caddy for the site in ``data_dir``. ``prepare`` it, then run ``command`` in ``environment``."""

    def __init__(self, options: HttpsOptions, data_dir: Path) -> None:
        self.options = options
        self.storage = data_dir / "tls"
        self._run_dir = data_dir / "run" / "caddy" / str(options.https_port)
        self._binary = find_caddy()
        self._sockets = SocketFolder(self._run_dir)
        self._authority: configuration.OwnAuthority | None = None
        self._give_up = 0.0

    def check_ports(self) -> None:
        """Raise ``HttpsError`` unless Caddy may listen on its ports."""
        ports.require_free_ports(self.options, self._binary)

    def prepare(self, behind: configuration.Behind) -> None:
        """Write the configuration, and with ``--tls internal`` the authority. Raise ``HttpsError``."""
        for path in (self.storage, behind.socket, behind.media_root):
            if path is not None and set(str(path)) & UNUSABLE_IN_PATHS:
                raise HttpsError(f"Caddy cannot use a folder with one of {{ }} | in its name: {path}")
        for folder in (self.storage, self._run_dir.parent, self._run_dir):
            folders.create(folder, folders.PRIVATE)
        if self.options.is_internal:
            # Here: ``cryptography`` takes 9 MB, which no other site's supervisor needs.
            from streamsite.front.caddy import root_certificate

            self._authority = root_certificate.load_or_make(self.storage / "authority", self.options.name)
        made = configuration.render(self.options, behind, self.storage, self._authority)
        atomic_files.write_atomically(self._configuration, json.dumps(made, indent=1))

    @property
    def command(self) -> list[str]:
        """The command that runs it."""
        return [str(self._binary), "run", "--config", str(self._configuration)]

    @property
    def environment(self) -> dict[str, str]:
        """Its whole environment."""
        own = str(self.storage)
        kept = {name: os.environ[name] for name in VARIABLES if name in os.environ}
        return kept | {"HOME": own, "XDG_DATA_HOME": own, "XDG_CONFIG_HOME": own}

    @property
    def has_certificate(self) -> bool:
        """True when one for the name is kept from an earlier start, from whatever authority."""
        return any((self.storage / "certificates").glob(f"*/{self._file_name}/{self._file_name}.crt"))

    @property
    def site_socket(self) -> Path:
        """The unix socket of a site that has no nginx between."""
        return self._sockets.path / "site.sock"

    def site_environment(self) -> dict[str, str]:
        """Return the settings of a site behind it."""
        return {"SITE_URL": self.options.site_url, "BEHIND_TLS_PROXY": "1", "TRUSTED_PROXIES": "1"}

    def is_ready(self) -> bool:
        """Return whether it answers with a certificate, or listens and has not got one for a while."""
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE  # only whether there is one
        place = (self.options.own_address, self.options.https_port)
        name = None if self.options.name.is_address else self.options.name.host
        try:
            with (
                socket.create_connection(place, timeout=2) as plain,
                context.wrap_socket(plain, server_hostname=name),
            ):
                return True
        except ssl.SSLError:
            self._give_up = self._give_up or time.monotonic() + CERTIFICATE_SECONDS
            return time.monotonic() > self._give_up
        except OSError:
            return False

    def describe(self) -> Iterator[str]:
        """Yield what the person at the terminal should know once it runs."""
        if not self.has_certificate:
            yield (
                f"there is no certificate for {self.options.name.host} yet, so browsers cannot open it; the lines "
                f"of caddy say what {self.options.authority} answers"
            )
        if self._authority is not None:
            from streamsite.front.caddy import root_certificate

            port = "" if self.options.http_port == 80 else f":{self.options.http_port}"
            yield (
                f"phones and other machines trust it once they have installed http://{self.options.name.in_url}{port}"
                f"{configuration.ROOT_CERTIFICATE_PATH} ({self._authority.certificate}), SHA-256 "
                f"{root_certificate.fingerprint(self._authority.certificate)}"
            )

    def clean(self) -> None:
        """Remove the folder of the socket, when it had to be elsewhere."""
        self._sockets.clean()

    @property
    def _configuration(self) -> Path:
        return self._run_dir / "caddy.json"

    @property
    def _file_name(self) -> str:
        """The name as Caddy's storage has it."""
        return self.options.name.host.replace(":", "-")
