"""The processes that one site needs on one machine: the order of their start, and what happens when one ends.

Runs before Django is configured: it makes the data folder, starts MongoDB (unless ``MONGODB_URI`` is set), prepares
the database in one short process, then keeps nginx, web and worker running until it is told to stop.
"""

from __future__ import annotations

import argparse
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import FrameType

from django.core.exceptions import ImproperlyConfigured

from streamsite import env, network, setup_link_store
from streamsite.console import print_line
from streamsite.front.binary import NginxUnavailableError
from streamsite.front.process import Front, FrontError, SettingsError, raise_file_limit, strip_request
from streamsite.mongo.binary import MongodUnavailableError
from streamsite.mongo.server import EmbeddedMongo, EmbeddedMongoError
from streamsite.mongo.watchdog import ServerWatchdog, read_silence_limit
from streamsite.server_command import granian_command
from streamsite.supervisor import preflight
from streamsite.supervisor.preparation import Preparation
from streamsite.supervisor.processes import StartError, SupervisedProcess

START_SECONDS = 60
STOP_SECONDS = 12
MIN_FREE_BYTES = 400 * 1024**2
# Said to the processes that it starts, and to nobody else.
OWN_VARIABLES = {"STREAMSITE_FRONT", "STREAMSITE_NETWORK_HOSTS"}


class Supervisor:
    """Starts, watches and stops everything that one site needs on one machine."""

    def __init__(self, options: argparse.Namespace) -> None:
        self.options = options
        self.data_dir: Path = options.data.expanduser().resolve()
        self.stopping = threading.Event()
        self.mongo: EmbeddedMongo | None = None
        self.mongo_watch: ServerWatchdog | None = None
        self.front: Front | None = None
        self.children: list[SupervisedProcess] = []
        self.place = network.ListenTarget()
        self.environment = {name: value for name, value in os.environ.items() if name not in OWN_VARIABLES}

    def run(self) -> int:
        """Run the site from the first check to the end of its last process; return the exit code."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._on_signal)
        try:
            preflight.check_disk(self.data_dir)
            if self.options.database_only:
                self._serve_database()
            else:
                self._serve_site()
        except (StartError, EmbeddedMongoError, MongodUnavailableError, NginxUnavailableError) as error:
            sys.stderr.write(f"script/server: {error}\n")
            return 1
        finally:
            self._stop_all()
        return 0

    def _serve_site(self) -> None:
        self._check_port()
        self._set_environment()
        self._begin_front()
        self._start_mongo()
        self._settle_front()
        self._prepare()
        if not self.stopping.is_set():
            self._start_children()
            self._watch()

    def _serve_database(self) -> None:
        """Run MongoDB alone, for restoring a dump and for commands that a site needs before it can start."""
        self._start_mongo()
        if self.mongo is None:
            raise StartError(
                "--database-only is for the bundled MongoDB, and MONGODB_URI names another server"
            )
        print_line(
            "server", f"only MongoDB is running; its address is in {self.data_dir / 'run' / 'mongodb-uri'}"
        )
        print_line("server", "press Ctrl-C to stop")
        while not self.stopping.wait(0.3):
            self._keep_mongo()

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        if self.stopping.is_set() and number == signal.SIGINT:
            return
        self.stopping.set()

    # --- before anything runs ---

    def _check_port(self) -> None:
        try:
            self.place = network.resolve_listen_target(self.options.host)
            network.require_free_port(self.place, self.options.port)
        except network.HostError as error:
            raise StartError(str(error)) from error

    def _start_mongo(self) -> None:
        if os.environ.get("MONGODB_URI", "").strip():
            print_line("mongo", "using the server named by MONGODB_URI")
            return
        try:
            mongo_limit = read_silence_limit()
        except ImproperlyConfigured as error:
            raise StartError(str(error)) from error
        self.mongo = EmbeddedMongo(self.data_dir, log=lambda line: print_line("mongo", line))
        begun = time.monotonic()
        self.mongo.start()
        self.environment["MONGODB_URI"] = self.mongo.uri
        print_line("mongo", f"ready on 127.0.0.1:{self.mongo.port} in {time.monotonic() - begun:.1f} s")
        if warning := self.mongo.warning():
            print_line("mongo", warning)
        self.mongo_watch = ServerWatchdog(self.mongo, mongo_limit)
        self.mongo_watch.start()

    def _set_environment(self) -> None:
        port = self.options.port
        self.environment |= {
            "DJANGO_SETTINGS_MODULE": "streamsite.settings",
            "STREAMSITE_DATA_DIR": str(self.data_dir),
            "PYTHONUNBUFFERED": "1",
            "STREAMSITE_SUPERVISED": "1",
            "SITE_URL": os.environ.get("SITE_URL", "").strip() or f"http://{self.place.site_host}:{port}",
            "STREAMSITE_NETWORK_HOSTS": ",".join(self.place.hosts),
        }
        preflight.create_secret_key(self.data_dir)

    def _begin_front(self) -> None:
        files = raise_file_limit()
        if not self.options.front:
            return
        front = Front(self.data_dir, self.options.port, files, self.place)
        if not front.is_available:
            print_line(
                "front", "no nginx 1.18 or newer on this machine, so the site serves requests directly"
            )
            return
        self.front = front
        front.begin(self.environment)

    def _settle_front(self) -> None:
        if self.front is None:
            return
        try:
            remark = self.front.settle()
        except SettingsError as error:
            raise StartError(str(error)) from error
        except FrontError as error:
            if os.environ.get("NGINX_BIN"):
                raise StartError(f"{error}; --no-front starts the site without nginx") from error
            print_line("front", f"{error}: the site serves requests directly")
            self.front.clean()
            self.front = None
            return
        if remark:
            print_line("front", remark)
        # The site may trust what its own nginx says about the caller, and nobody else reaches the socket.
        self.environment["STREAMSITE_FRONT"] = "1"

    def _prepare(self) -> None:
        preparation = self._preparation()
        if preparation is not None and preparation.is_current(self.environment["SITE_URL"]):
            if self.front is None:  # else its configuration was made of the settings, which are good
                preflight.check_settings(self.environment)
            return
        command = [sys.executable, "manage.py", "prepare", *([] if self.options.demo else ["--no-demo"])]
        if preparation is not None:
            command.append("--no-setup-link")  # printed at the end of the start, and at every one
        print_line("setup", "preparing the database; after an update this may take a minute")
        setup = SupervisedProcess("setup", command, once=True)
        setup.launch(self.environment)
        process = setup.process
        while process is not None and process.poll() is None:
            if self.stopping.wait(0.05):
                process.terminate()
                process.wait(timeout=STOP_SECONDS)
                return
        setup.join_output()
        if process is not None and process.returncode != 0:
            raise StartError("couldn't prepare the database; see the lines above")
        if preparation is not None:
            preparation.mark_done()

    def _preparation(self) -> Preparation | None:
        """Return the stamp of the embedded database; ``None`` for a server elsewhere, which is always prepared."""
        if self.mongo is None:
            return None
        return Preparation(self.data_dir, self.mongo, demo=self.options.demo)

    # --- running ---

    def _start_children(self) -> None:
        self.children = _lasting_children(self.options, self.place, self.front)
        lasting = len(self.children)
        if self.options.demo:
            self.children.append(
                SupervisedProcess("demo", [sys.executable, "manage.py", "seed_demo"], once=True)
            )
        for child in self.children[:lasting]:
            child.launch(self.environment)
        self._wait_for("web", self._is_web_up)
        if self.front is not None and not self.stopping.is_set():
            nginx = SupervisedProcess(
                "front", self.front.command, stop_signal=signal.SIGQUIT, clean=strip_request
            )
            self.children.insert(0, nginx)
            lasting += 1
            nginx.launch(self.environment)
            self._wait_for("front", self._is_front_ready)
        if self.stopping.is_set():
            return
        site = self.environment["SITE_URL"]
        print_line("server", f"Streamsite is running at {site}")
        if self.options.demo:
            self._say_demo_login(site)
        if (preparation := self._preparation()) and (token := preparation.issue_setup_link()):
            print_line("server", setup_link_store.describe(site, token))
        for line in network.describe_access(self.place, site, self.options.port, demo=self.options.demo):
            print_line("server", line)
        print_line("server", "press Ctrl-C to stop")
        for child in self.children[lasting:]:
            child.launch(self.environment)

    def _say_demo_login(self, site: str) -> None:
        kept = self.data_dir / "keys" / "demo_password"
        if kept.is_file():
            password = kept.read_text(encoding="utf-8").strip()
            print_line(
                "server", f"sign in as 'demo', or as 'demoadmin' at {site}/admin/ ; password: {password}"
            )
            print_line(
                "server", "demo videos appear within minutes; 'manage.py remove_demo' removes them all"
            )

    def _is_web_up(self) -> bool:
        if self.front is not None:
            return self.front.is_site_up()
        try:
            socket.create_connection((self.place.own_address, self.options.port), timeout=0.5).close()
        except OSError:
            return False
        return True

    def _is_front_ready(self) -> bool:
        return self.front is not None and self.front.is_ready(self.environment["SITE_URL"])

    def _wait_for(self, name: str, is_up: Callable[[], bool]) -> None:
        deadline = time.monotonic() + START_SECONDS
        child = next(child for child in self.children if child.name == name)
        while time.monotonic() < deadline and not self.stopping.is_set():
            if is_up():
                return
            if not child.is_alive:
                raise StartError(f"{name} exited while starting with {child.describe_end()}")
            self.stopping.wait(0.05)
        if not self.stopping.is_set():
            raise StartError(f"{name} did not answer within {START_SECONDS} s")

    def _watch(self) -> None:
        while not self.stopping.wait(0.3):
            self._keep_mongo()
            self._keep_children()

    def _keep_children(self) -> None:
        for child in list(self.children):
            if child.once and not child.is_alive:
                self.children.remove(child)
                if child.process is not None and child.process.returncode:
                    print_line(child.name, f"exited with code {child.process.returncode}")
            else:
                child.restart_if_ended(self.environment)

    def _keep_mongo(self) -> None:
        mongo = self.mongo
        if mongo is None or mongo.process is None or mongo.process.poll() is None:
            return
        # Keep trying: MongoDB recovers once there is free space on the disk.
        print_line("mongo", f"exited unexpectedly (exit code {mongo.process.returncode}); restarting it")
        try:
            mongo.launch()
            print_line("mongo", "running again")
        except EmbeddedMongoError as error:
            print_line("mongo", str(error))
            self.stopping.wait(2)

    # --- the end ---

    def _stop_all(self) -> None:
        running = [child for child in self.children if child.is_alive]
        if running or self.mongo is not None:
            print_line("server", "stopping")
        for child in running:
            child.signal(child.stop_signal)
        deadline = time.monotonic() + STOP_SECONDS
        for child in running:
            child.wait(max(0.1, deadline - time.monotonic()))
        if self.mongo_watch is not None:
            self.mongo_watch.stop()
        if self.front is not None:
            self.front.clean()
        if self.mongo is not None:
            self.mongo.stop()
            print_line("server", "stopped")


def _lasting_children(
    options: argparse.Namespace, place: network.ListenTarget, front: Front | None
) -> list[SupervisedProcess]:
    """Return web server and workers, not started."""
    # Each queue has a thread of its own: mail and other short work wait for no video. One process saves 80 MB.
    worker = [sys.executable, "manage.py", "run_worker"]
    socket_path = front.socket if front else None
    web = granian_command(place.addresses[-1], options.port, options.workers, socket=socket_path)
    children = [
        SupervisedProcess("web", web, socket=socket_path),
        SupervisedProcess(
            "worker",
            [*worker, "--queue", "transcode", "--queue", "default", "--queue", "mail", "--queue", "push"],
        ),
    ]
    if env.text("S3_BUCKET"):
        # Copying takes long, and is no reason for mail or other videos to wait.
        children.append(SupervisedProcess("storage", [*worker, "--queue", "storage"]))
    if env.text("BACKUP_TO"):
        children.append(SupervisedProcess("backup", [*worker, "--queue", "backup"]))
    return children
