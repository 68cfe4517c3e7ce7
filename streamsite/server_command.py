"""The web server's command line, for ``script/server`` and ``manage.py run_web`` alike.

Without nginx in front a slow client occupies a thread while its body comes in or its answer goes out, so there are
many: they begin when they are needed and end when they are idle.
"""

from __future__ import annotations

import sys
from pathlib import Path

LOGGING = Path(__file__).parent / "granian_logging.json"

THREADS = 256
# Behind nginx a thread waits for nobody but those who send large bodies.
THREADS_BEHIND_NGINX = 128
# Connections, of which most are kept open and silent, that one process serves.
CONNECTIONS = 2048
HEADER_MILLISECONDS = 15_000


def granian_command(host: str, port: int, workers: int, *, socket: Path | None = None) -> list[str]:
    """Return the command line of the web server with ``workers`` processes.

    It listens on the unix socket ``socket``, or else on ``host`` and ``port``.
    """
    place = (
        ["--uds", str(socket), "--uds-permissions", "0600"]
        if socket
        else ["--host", host, "--port", str(port)]
    )
    threads = THREADS_BEHIND_NGINX if socket else THREADS
    return [
        *(sys.executable, "-m", "granian", "--interface", "wsgi", "--http", "1"),
        *(*place, "--workers", str(workers), "--log-level", "error"),
        # The site writes a line for each request itself.
        *("--no-access-log", "--log-config", str(LOGGING)),
        *("--blocking-threads", str(threads), "--backlog", "1024", "--backpressure", str(CONNECTIONS)),
        *("--http1-header-read-timeout", str(HEADER_MILLISECONDS)),
        *("--respawn-failed-workers", "--workers-kill-timeout", "5"),
        "streamsite.wsgi:application",
    ]
