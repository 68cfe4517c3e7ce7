"""The processes that one site needs on one machine: the order of their start, and what happens when one ends.

Runs before Django is configured: it makes the data folder, starts MongoDB (unless ``MONGODB_URI`` is set), prepares
the database in one short process, then keeps nginx, web and worker running until it is told to stop; for a public site
(``--domain``) Caddy too.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import FrameType

from django.core.exceptions import ImproperlyConfigured
from pymongo.errors import PyMongoError

from streamsite import env, log_rotation, network, privileges, running_site, start_gate
from streamsite.console import print_line
from streamsite.front import ACCEL_PREFIX
from streamsite.front.binary import NginxUnavailableError
from streamsite.front.caddy import options as https_options
from streamsite.front.caddy.configuration import Behind
from streamsite.front.caddy.options import HttpsError
from streamsite.front.caddy.ports import warn_if_unknown
from streamsite.front.caddy.process import Https
from streamsite.front.process import (
    Front,
    FrontError,
    SettingsError,
    raise_file_limit,
)
from streamsite.mongo.binary import MongodUnavailableError
from streamsite.mongo.server import EmbeddedMongo, EmbeddedMongoError
from streamsite.mongo.watchdog import ServerWatchdog, read_silence_limit
from streamsite.start_gate import StartGate
from streamsite.supervisor import greeting, preflight
from streamsite.supervisor.children import fronts, is_web_up, lasting_children
from streamsite.supervisor.preparation import Preparation
from streamsite.supervisor.processes import StartError, SupervisedProcess
from streamsite.supervisor.signal_pipe import SignalPipe

START_SECONDS = 60
STOP_SECONDS = 12
# Between two looks at the processes and the size of the log, unless one ends; and while one is to be started again.
LOOK_SECONDS, PAUSE_LOOK_SECONDS = 2.0, 0.2
# Said to the processes that it starts, and to nobody else.
OWN_VARIABLES = {"STREAMSITE_FRONT", "STREAMSITE_NETWORK_HOSTS", start_gate.VARIABLE}


class Supervisor:
    """Starts, watches and stops everything that one site needs on one machine."""

    def __init__(self, options: argparse.Namespace) -> None:
        self.options = options
        self.data_dir: Path = options.data.expanduser().resolve()
        self.stopping = threading.Event()
        self.mongo: EmbeddedMongo | None = None
        self.mongo_watch: ServerWatchdog | None = None
        self.log_limit = 0
        self.keeps_compatibility = False
        self.front: Front | None = None
        self.https: Https | None = None
        self.children: list[SupervisedProcess] = []
        # Holds a web server that was started before the database was ready.
        self.gate: StartGate | None = None
        self.place = network.ListenTarget()
        self.environment = {name: value for name, value in os.environ.items() if name not in OWN_VARIABLES}

    def run(self) -> int:
        """Run the site from the first check to the end of its last process; return the exit code."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._on_signal)
        privileges.withhold_low_ports()
        try:
            preflight.check_disk(self.data_dir)
            if self.options.database_only:
                self._serve_database()
            else:
                self._serve_site()
        except (
            StartError,
            EmbeddedMongoError,
            MongodUnavailableError,
            NginxUnavailableError,
            HttpsError,
        ) as error:
            sys.stderr.write(f"script/server: {error}\n")
            return 1
        finally:
            self._stop_all()
        return 0

    def _serve_site(self) -> None:
        self._check_port()
        self._set_environment()
        self._begin_front()
        self._start_mongo(meanwhile=self._start_web_early)
        if self.gate is None:
            self._settle_front()
            self._settle_https()
        self._prepare()
        self._raise_compatibility()
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
        if public := https_options.read(self.options):
            self.https = Https(public, self.data_dir)
            self.https.check_ports()
            warn_if_unknown(public, lambda line: print_line("server", line))
            return
        self.options.port = self.options.port or env.integer("PORT", 8000, least=1, most=65_535)
        try:
            self.place = network.resolve_listen_target(self.options.host or network.LOOPBACK)
            network.require_free_port(self.place, self.options.port)
        except network.HostError as error:
            raise StartError(str(error)) from error

    def _start_mongo(self, meanwhile: Callable[[], None] | None = None) -> None:
        if os.environ.get("MONGODB_URI", "").strip():
            print_line("mongo", "using the server named by MONGODB_URI")
            return
        try:
            mongo_limit, self.log_limit = read_silence_limit(), log_rotation.read_size_limit()
            self.keeps_compatibility = env.flag("MONGOD_KEEP_FCV")
        except ImproperlyConfigured as error:
            raise StartError(str(error)) from error
        self.mongo = EmbeddedMongo(self.data_dir, log=lambda line: print_line("mongo", line))
        begun = time.monotonic()
        self.mongo.start(meanwhile)
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
        if self.https is not None:
            self.environment |= self.https.site_environment()
        preflight.create_secret_key(self.data_dir)

    def _begin_front(self) -> None:
        files = raise_file_limit()
        if not self.options.front:
            return
        port = self.https.options.https_port if self.https else self.options.port
        front = Front(self.data_dir, port, files, self.place, is_behind_caddy=self.https is not None)
        if not front.is_available:
            print_line("front", f"no nginx 1.18 or newer on this machine, so {self._without_nginx}")
            front.clean()
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
            print_line("front", f"{error}: {self._without_nginx}")
            self.front.clean()
            self.front = None
            return
        if remark:
            print_line("front", remark)
        # The site may trust what its own nginx says about the caller, and nobody else reaches the socket.
        self.environment["STREAMSITE_FRONT"] = "1"

    def _settle_https(self) -> None:
        """Put Caddy before nginx, or where there is none before the site, whose files it then sends."""
        if self.https is None:
            return
        if self.front is not None and self.front.own_socket is not None:
            self.https.prepare(Behind(self.front.own_socket))
        else:
            self.environment["MEDIA_ACCEL_PREFIX"] = ACCEL_PREFIX
            self.https.prepare(Behind(self.https.site_socket, self.data_dir / "media"))

    @property
    def _without_nginx(self) -> str:
        return "Caddy sends the files" if self.https else "the site serves requests directly"

    @property
    def _site_socket(self) -> Path | None:
        """The unix socket at which the site answers; ``None`` for a port."""
        if self.front is not None:
            return self.front.socket
        return self.https.site_socket if self.https is not None else None

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

    def _raise_compatibility(self) -> None:
        """Let the data be of this MongoDB's series, now that it has started and the database is prepared."""
        if self.mongo is None or self.stopping.is_set() or self.keeps_compatibility:
            return
        try:
            raised = self.mongo.raise_compatibility()
        except PyMongoError as error:
            why = error.__class__.__name__
            print_line("mongo", f"the data stays of the former MongoDB ({why}); the next start tries again")
            return
        if raised:
            print_line(
                "mongo", f"the data is of MongoDB {raised} now, and none of an earlier series can open it"
            )

    def _preparation(self) -> Preparation | None:
        """Return the stamp of the embedded database; ``None`` for a server elsewhere, which is always prepared."""
        if self.mongo is None:
            return None
        return Preparation(self.data_dir, self.mongo, demo=self.options.demo)

    # --- running ---

    def _start_web_early(self) -> None:
        """Let the web server load its code while MongoDB starts, on a site that was prepared before."""
        preparation = self._preparation()
        if preparation is None or not preparation.was_done or self.stopping.is_set():
            return
        if self.https is not None:  # then what the web server is told depends on whether nginx runs
            self._settle_front()
            self._settle_https()
        elif self.front is not None:
            self.front.make_folder()
        self.gate = StartGate()
        self.children = lasting_children(self.options, self.place, self._site_socket)
        environment = self.environment | {"MONGODB_URI": preparation.uri} | self.gate.environment
        hoped_for = {} if self.front is None else {"STREAMSITE_FRONT": "1"}
        self.children[0].launch(environment | hoped_for, files=(self.gate.reading_end,))
        if hoped_for and self.https is None:
            self._settle_front()
            if self.front is None:  # it is to answer by itself, not behind nginx
                self.children.pop(0).kill()
                self.gate.open()
                self.gate = None

    def _start_children(self) -> None:
        running_site.record(self.data_dir, self.environment["SITE_URL"], self.options.port)
        if self.gate is not None:
            self.gate.open()
        else:
            self.children = lasting_children(self.options, self.place, self._site_socket)
            self.children[0].launch(self.environment)
        self._wait_for("web", lambda: is_web_up(self._site_socket, self.place, self.options.port))
        if self.stopping.is_set():
            return
        # After the web server, because people wait for pages, and loading the code keeps a processor busy.
        for child in self.children[1:]:
            child.launch(self.environment)
        for front, is_ready in fronts(self.front, self.https, self.environment["SITE_URL"]):
            if not self.stopping.is_set():
                self.children.insert(0, front)
                front.launch(self.environment)
                self._wait_for(front.name, is_ready)
        if self.stopping.is_set():
            return
        self._greet(self.environment["SITE_URL"])
        if self.options.demo:
            demo = SupervisedProcess("demo", [sys.executable, "manage.py", "seed_demo"], once=True)
            self.children.append(demo)
            demo.launch(self.environment)

    def _greet(self, site: str) -> None:
        if self.https is not None:
            access = self.https.describe()
        else:
            access = network.describe_access(self.place, site, self.options.port, demo=self.options.demo)
        demo_folder = self.data_dir if self.options.demo else None
        for line in greeting.lines(site, demo_folder, self._preparation(), access):
            print_line("server", line)

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
        signals = SignalPipe()
        while not self.stopping.is_set():
            self._keep_mongo()
            self._keep_children()
            is_pausing = any(child.process is None for child in self.children)
            signals.wait(PAUSE_LOOK_SECONDS if is_pausing else LOOK_SECONDS)

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
        if mongo is None or mongo.process is None:
            return
        if mongo.process.poll() is None:
            mongo.rotate_log(self.log_limit)
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
        if self.gate is not None and not self.gate.is_open:
            self.children.pop(0).kill()  # it has begun nothing, and would not hear that it is to stop
        running = [child for child in self.children if child.is_alive]
        if running or self.mongo is not None:
            print_line("server", "stopping")
        for child in running:
            child.signal(child.stop_signal)
        deadline = time.monotonic() + STOP_SECONDS
        for child in running:
            child.wait(max(0.1, deadline - time.monotonic()))
        running_site.remove(self.data_dir)
        if self.mongo_watch is not None:
            self.mongo_watch.stop()
        for front in (self.front, self.https):
            if front is not None:
                front.clean()
        if self.mongo is not None:
            self.mongo.stop()
            print_line("server", "stopped")
