"""The processes that ``script/server`` starts and keeps: web server, workers, and what is in front of them."""

from __future__ import annotations

import argparse
import signal
import socket
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from streamsite import env, network, privileges
from streamsite.front import sockets
from streamsite.front.caddy import log_lines
from streamsite.front.caddy.process import Https
from streamsite.front.process import Front, strip_request
from streamsite.mongo.server import end_with_parent
from streamsite.server_command import granian_command
from streamsite.supervisor.processes import SupervisedProcess

WORKER_QUEUES = ("transcode", "default", "mail", "push", "webhooks")


def lasting_children(
    options: argparse.Namespace, place: network.ListenTarget, socket_path: Path | None
) -> list[SupervisedProcess]:
    """Return web server and workers, not started."""
    # Each queue has a thread of its own: mail and other short work wait for no video. One process saves 80 MB.
    worker = [sys.executable, "manage.py", "run_worker"]
    web = granian_command(place.addresses[-1], options.port, options.workers, socket=socket_path)
    children = [
        SupervisedProcess("web", web, socket=socket_path),
        SupervisedProcess(
            "worker",
            [*worker, *(word for name in WORKER_QUEUES for word in ("--queue", name))],
        ),
    ]
    if env.text("S3_BUCKET"):
        # Copying takes long, and is no reason for mail or other videos to wait.
        children.append(SupervisedProcess("storage", [*worker, "--queue", "storage"]))
    if env.text("BACKUP_TO"):
        children.append(SupervisedProcess("backup", [*worker, "--queue", "backup"]))
    if env.flag("IMPORTS_ENABLED"):
        # What it talks to is chosen by users, and may keep it waiting.
        children.append(SupervisedProcess("imports", [*worker, "--queue", "imports"]))
    return children


def is_web_up(socket_path: Path | None, place: network.ListenTarget, port: int) -> bool:
    """Return whether the web server answers at its unix socket, or else is there at its port."""
    if socket_path is not None:
        return sockets.is_answering(socket_path)
    try:
        socket.create_connection((place.own_address, port), timeout=0.5).close()
    except OSError:
        return False
    return True


def fronts(
    front: Front | None, https: Https | None, site_url: str
) -> Iterator[tuple[SupervisedProcess, Callable[[], bool]]]:
    """Yield nginx and Caddy, the inner one first, not started, and what says whether each is ready."""
    if front is not None:
        nginx = SupervisedProcess(
            "front", front.command, socket=front.own_socket, stop_signal=signal.SIGQUIT, clean=strip_request
        )
        yield nginx, lambda: front.is_ready(site_url)
    if https is not None:
        caddy = SupervisedProcess(
            "caddy",
            https.command,
            clean=log_lines.describe,
            environment=https.environment,
            before_exec=_before_caddy,
        )
        yield caddy, https.is_ready


def _before_caddy() -> None:
    """Of all processes let Caddy alone listen below 1024, where the supervisor may."""
    end_with_parent()
    privileges.allow_low_ports()
