"""``script/server``: MongoDB, nginx, web and worker under one process, with readable logs and a clean Ctrl-C.

Runs before Django is configured: it makes the data folder, starts MongoDB (unless ``MONGODB_URI`` is set), prepares
the database in one short process, then keeps nginx, web and worker running until it is told to stop.
"""

from __future__ import annotations

import argparse
import errno
import hashlib
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from pymongo import MongoClient
from pymongo.errors import PyMongoError

from streamsite import atomic_files, env, folders, network, privileges, site_id
from streamsite.console import copy_lines, print_line
from streamsite.front.binary import NginxUnavailableError
from streamsite.front.process import Front, FrontError, SettingsError, raise_file_limit, strip_request
from streamsite.mongo.binary import MongodUnavailableError
from streamsite.mongo.server import EmbeddedMongo, EmbeddedMongoError, end_with_parent
from streamsite.mongo.watchdog import ServerWatchdog, read_silence_limit
from streamsite.server_command import granian_command

ROOT = Path(__file__).resolve().parent.parent
START_SECONDS = 60
STOP_SECONDS = 12
MIN_FREE_BYTES = 400 * 1024**2
QUICK_DEATH_SECONDS = 5
# Said to the processes that it starts, and to nobody else.
OWN_VARIABLES = {"STREAMSITE_FRONT", "STREAMSITE_NETWORK_HOSTS"}
MAX_QUICK_DEATHS = 5


class StartError(Exception):
    """The site cannot start; the message is one line for the person at the terminal."""


@dataclass
class Child:
    """A process that is kept running.

    ``once`` children are not restarted when they end well; ``socket`` is removed before each start, because a killed
    process leaves it behind.
    """

    name: str
    command: list[str]
    once: bool = False
    socket: Path | None = None
    stop_signal: signal.Signals = signal.SIGTERM
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    quick_deaths: int = 0
    not_before: float = 0.0
    readers: list[threading.Thread] = field(default_factory=list)


class Supervisor:
    """Starts, watches and stops everything that one site needs on one machine."""

    def __init__(self, options: argparse.Namespace) -> None:
        self.options = options
        self.data_dir: Path = options.data.expanduser().resolve()
        self.stopping = threading.Event()
        self.mongo: EmbeddedMongo | None = None
        self.mongo_watch: ServerWatchdog | None = None
        self.front: Front | None = None
        self.children: list[Child] = []
        self.place = network.ListenTarget()
        self.environment = {name: value for name, value in os.environ.items() if name not in OWN_VARIABLES}

    def run(self) -> int:
        """Everything from the first check to the last process's end. The process's exit code."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._on_signal)
        try:
            self._check_disk()
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
        print_line("server", "Ctrl-C stops it")
        while not self.stopping.wait(0.3):
            self._keep_mongo()

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        if self.stopping.is_set() and number == signal.SIGINT:
            return
        self.stopping.set()

    # --- before anything runs ---

    def _check_disk(self) -> None:
        try:
            folders.create(self.data_dir, folders.SHARED)
            free = shutil.disk_usage(self.data_dir).free
            probe = self.data_dir / ".writable"
            probe.write_text("")
            probe.unlink()
        except OSError as error:
            if error.errno == errno.ENOSPC:
                raise StartError(
                    f"the disk of {self.data_dir} is full: free some space and start again"
                ) from error
            raise StartError(f"cannot write to the data folder {self.data_dir}: {error.strerror}") from error
        if free < MIN_FREE_BYTES:
            raise StartError(
                f"only {free // 1024**2} MiB are free on the disk of {self.data_dir}; at least 400 MiB are needed"
            )

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
        secret = self.data_dir / "keys" / "secret_key"
        if (
            not any(os.environ.get(name) for name in ("SECRET_KEY", "SECRET_KEY_FILE"))
            # An empty one was left by a start of an earlier version that was killed.
            and not (secret.is_file() and secret.stat().st_size)
        ):
            folders.create(secret.parent, folders.PRIVATE)
            atomic_files.write_atomically(secret, secrets.token_urlsafe(48))

    def _begin_front(self) -> None:
        files = raise_file_limit()
        if not self.options.front:
            return
        front = Front(self.data_dir, self.options.port, files, self.place)
        if not front.is_available:
            print_line("front", "this machine has no nginx 1.18 or newer: the site answers by itself")
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
            print_line("front", f"{error}: the site answers by itself")
            self.front.clean()
            self.front = None
            return
        if remark:
            print_line("front", remark)
        # The site may trust what its own nginx says about the caller, and nobody else reaches the socket.
        self.environment["STREAMSITE_FRONT"] = "1"

    def _prepare(self) -> None:
        if self._is_prepared():
            if self.front is None:  # else its configuration was made of the settings, which are good
                self._check_settings()
            return
        command = [sys.executable, "manage.py", "prepare", *([] if self.options.demo else ["--no-demo"])]
        print_line("setup", "preparing the database; after an update this may take a minute")
        setup = Child("setup", command, once=True)
        self._launch(setup)
        process = setup.process
        while process is not None and process.poll() is None:
            if self.stopping.wait(0.05):
                process.terminate()
                process.wait(timeout=STOP_SECONDS)
                return
        for reader in setup.readers:
            reader.join(timeout=2)
        if process is not None and process.returncode != 0:
            raise StartError("the database could not be prepared; the lines above say why")
        if self.mongo is not None:
            self._stamp.write_text(self._stamped(self._site_document()), encoding="utf-8")
            # Where an earlier version kept it: a copy of the database would take it along.
            (self.data_dir / "db" / "streamsite-prepared").unlink(missing_ok=True)

    def _check_settings(self) -> None:
        """Raise ``StartError`` with the sentence about a setting that cannot work, before anything runs in a loop."""
        command = [sys.executable, "manage.py", "run_worker", "--help"]
        tried = subprocess.run(  # noqa: S603 - our own command
            command, cwd=ROOT, env=self.environment, capture_output=True, text=True, check=False
        )
        if tried.returncode:
            raise StartError(tried.stderr.strip().removeprefix("manage.py: "))

    @property
    def _stamp(self) -> Path:
        """Says for which code, and which state of the embedded database, this folder was prepared; never restored."""
        return self.data_dir / "run" / "prepared"

    def _stamped(self, site: dict[str, Any]) -> str:
        return f"{self._fingerprint} {site.get('prepared', '')}"

    def _site_document(self) -> dict[str, Any]:
        if self.mongo is None:
            return {}
        client: MongoClient[dict[str, Any]] = MongoClient(self.mongo.uri, serverSelectionTimeoutMS=5_000)
        with client:
            return site_id.read_site_document(client[self.mongo.database])

    def _is_prepared(self) -> bool:
        if self.mongo is None or not any((self.data_dir / "keys" / "tokens").glob("*.pem")):
            return False
        if self.environment["SITE_URL"].startswith("https:"):
            return False  # preparing reads the settings, and refuses those that no public site may have
        try:
            site = self._site_document()
            if not site or site_id.read_folder_id(self.data_dir / "media") != site.get("site_id"):
                return False  # preparing says what is wrong, or completes what is missing
        except (PyMongoError, site_id.SiteMismatch):
            return False
        return self._stamp.is_file() and self._stamp.read_text() == self._stamped(site)

    @property
    def _fingerprint(self) -> str:
        database = self.mongo.database if self.mongo else ""
        return _fingerprint(demo=self.options.demo, database=database)

    # --- running ---

    def _start_children(self) -> None:
        # Each queue has a thread of its own: mail and other short work wait for no video. One process saves 80 MB.
        worker = [sys.executable, "manage.py", "run_worker"]
        socket_path = self.front.socket if self.front else None
        host, port = self.place.addresses[-1], self.options.port
        web = granian_command(host, port, self.options.workers, socket=socket_path)
        self.children = [
            Child("web", web, socket=socket_path),
            Child("worker", [*worker, "--queue", "transcode", "--queue", "default", "--queue", "mail"]),
        ]
        if _has_bucket():
            # Copying takes long, and is no reason for mail or other videos to wait.
            self.children.append(Child("storage", [*worker, "--queue", "storage"]))
        lasting = len(self.children)
        if self.options.demo:
            self.children.append(Child("demo", [sys.executable, "manage.py", "seed_demo"], once=True))
        for child in self.children[:lasting]:
            self._launch(child)
        self._wait_for("web", self._is_web_up)
        if self.front is not None and not self.stopping.is_set():
            nginx = Child("front", self.front.command, stop_signal=signal.SIGQUIT)
            self.children.insert(0, nginx)
            lasting += 1
            self._launch(nginx)
            self._wait_for("front", self._is_front_ready)
        if self.stopping.is_set():
            return
        site = self.environment["SITE_URL"]
        print_line("server", f"Streamsite is at {site}")
        if self.options.demo:
            self._say_demo_login(site)
        for line in network.describe_access(self.place, site, self.options.port, demo=self.options.demo):
            print_line("server", line)
        print_line("server", "Ctrl-C stops it")
        for child in self.children[lasting:]:
            self._launch(child)

    def _say_demo_login(self, site: str) -> None:
        kept = self.data_dir / "keys" / "demo_password"
        if kept.is_file():
            password = kept.read_text(encoding="utf-8").strip()
            print_line(
                "server", f"log in as 'demo', or as 'demoadmin' at {site}/admin/ ; password: {password}"
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
            if not self._alive(child):
                raise StartError(f"{name} ended while starting; the lines above say why")
            self.stopping.wait(0.05)
        if not self.stopping.is_set():
            raise StartError(f"{name} did not answer within {START_SECONDS} s")

    def _watch(self) -> None:
        while not self.stopping.wait(0.3):
            self._keep_mongo()
            for child in self.children:
                self._keep(child)

    def _keep_mongo(self) -> None:
        mongo = self.mongo
        if mongo is None or mongo.process is None or mongo.process.poll() is None:
            return
        print_line("mongo", f"ended unexpectedly (exit code {mongo.process.returncode}); starting it again")
        try:
            mongo.launch()
            print_line("mongo", "running again")
        except EmbeddedMongoError as error:
            print_line("mongo", str(error))
            self.stopping.wait(2)

    def _keep(self, child: Child) -> None:
        if self._alive(child) or time.monotonic() < child.not_before:
            return
        process = child.process
        if process is not None:
            code = process.returncode
            if child.once:
                if code:
                    print_line(child.name, f"ended with exit code {code}")
                self.children.remove(child)
                return
            quick = time.monotonic() - child.started < QUICK_DEATH_SECONDS
            child.quick_deaths = child.quick_deaths + 1 if quick else 0
            wait = min(30.0, 0.2 * 2**child.quick_deaths)
            print_line(
                child.name, f"ended unexpectedly (exit code {code}); starting it again in {wait:.1f} s"
            )
            self._signal(child, signal.SIGKILL)  # whatever of its process group has outlived it
            child.process = None
            child.not_before = time.monotonic() + wait
            return
        self._launch(child)

    @staticmethod
    def _alive(child: Child) -> bool:
        return child.process is not None and child.process.poll() is None

    def _launch(self, child: Child) -> None:
        if child.socket is not None:
            child.socket.unlink(missing_ok=True)
        child.process = subprocess.Popen(  # noqa: S603 - our own commands
            child.command,
            cwd=ROOT,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=end_with_parent,
        )
        child.started = time.monotonic()
        if child.process.stdout is not None:
            clean = strip_request if child.name == "front" else str
            reader = threading.Thread(
                target=copy_lines, args=(child.name, child.process.stdout, clean), daemon=True
            )
            reader.start()
            child.readers = [reader]

    # --- the end ---

    def _stop_all(self) -> None:
        running = [child for child in self.children if self._alive(child)]
        if running or self.mongo is not None:
            print_line("server", "stopping")
        for child in running:
            self._signal(child, child.stop_signal)
        deadline = time.monotonic() + STOP_SECONDS
        for child in running:
            if child.process is None:
                continue
            try:
                child.process.wait(timeout=max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                print_line(child.name, "does not stop; ending it")
                self._signal(child, signal.SIGKILL)
                child.process.wait(timeout=5)
            self._signal(child, signal.SIGKILL)  # whatever is left of its process group
        if self.mongo_watch is not None:
            self.mongo_watch.stop()
        if self.front is not None:
            self.front.clean()
        if self.mongo is not None:
            self.mongo.stop()
            print_line("server", "stopped")

    @staticmethod
    def _signal(child: Child, number: signal.Signals) -> None:
        if child.process is None:
            return
        try:
            if number is signal.SIGKILL:
                os.killpg(child.process.pid, number)
            else:
                child.process.send_signal(number)
        except ProcessLookupError:
            return


def _has_bucket() -> bool:
    """Whether the settings name one."""
    return bool(env.text("S3_BUCKET"))


def _fingerprint(*, demo: bool, database: str) -> str:
    """A hash of what ``manage.py prepare`` depends on: migrations, models, indexes, the database, and the demo."""
    digest = hashlib.sha256(f"demo={demo} database={database}".encode())
    sources = [*ROOT.glob("*/migrations/*.py"), *ROOT.glob("*/models.py"), *ROOT.glob("*/mongo.py")]
    sources += [*(ROOT / "streamsite" / "mongo").rglob("*.py"), *(ROOT / "streamsite" / "tasks").glob("*.py")]
    sources += [*ROOT.glob("*/management/commands/*.py"), ROOT / "requirements.txt"]
    for source in sorted(sources):
        digest.update(str(source.relative_to(ROOT)).encode() + b"\0" + source.read_bytes())
    return digest.hexdigest()


def parse(arguments: list[str]) -> argparse.Namespace:
    """The command line of ``script/server``."""
    parser = argparse.ArgumentParser(prog="script/server", description="Run Streamsite on this machine.")
    parser.add_argument("--port", type=int, default=None, help="the port (PORT; 8000)")
    parser.add_argument(
        "--host",
        default=network.LOOPBACK,
        help="open the site to the network: an address or the name of this machine, 0.0.0.0 or :: for all its "
        "addresses (127.0.0.1, for this machine only)",
    )
    parser.add_argument(
        "--data",
        type=Path,
        default=Path(os.environ.get("STREAMSITE_DATA_DIR") or ROOT / "var"),
        help="data folder (STREAMSITE_DATA_DIR; ./var)",
    )
    parser.add_argument(
        "--no-demo", dest="demo", action="store_false", help="create no demo accounts and clips"
    )
    parser.add_argument(
        "--no-front", dest="front", action="store_false", help="let the site answer by itself, without nginx"
    )
    parser.add_argument(
        "--database-only",
        action="store_true",
        help="run the bundled MongoDB alone, to restore a dump into it",
    )
    parser.add_argument(
        "--workers",
        type=int,
        default=min(2, os.cpu_count() or 1),
        help="web processes (at most 2 by default)",
    )
    options = parser.parse_args(arguments)
    if options.port is None:
        options.port = env.integer("PORT", 8000, least=1, most=65_535)
    if not 1 <= options.port <= 65_535:
        parser.error("--port must be between 1 and 65535")
    if not 1 <= options.workers <= 64:
        parser.error("--workers must be between 1 and 64")
    return options


def main() -> int:
    """Run until told to stop. What .env says holds for this process too: address, folder, MongoDB, nginx."""
    try:
        env.load_dotenv(ROOT / ".env")
        options = parse(sys.argv[1:])
        if told := privileges.drop_root(options.data.expanduser().resolve()) or privileges.root_warning():
            print_line("server", told)
        return Supervisor(options).run()
    except ImproperlyConfigured as error:
        sys.stderr.write(f"script/server: {error}\n")
        return 2


if __name__ == "__main__":
    sys.exit(main())
