"""The embedded MongoDB: one ``mongod`` on loopback as a single-node replica set with its own password.

No Django here: the supervisor and the tests start it before settings are read.
"""

from __future__ import annotations

import ctypes
import fcntl
import os
import secrets
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import IO, Any
from urllib.parse import quote

from pymongo import MongoClient
from pymongo.errors import ConnectionFailure, OperationFailure, PyMongoError

from streamsite import atomic_files, folders, log_rotation
from streamsite.mongo import choice, compatibility, last_used
from streamsite.mongo.binary import environment_for, is_bundled, version_of
from streamsite.mongo.failed_start import explain_failed_start, is_of_another_version

USER = "streamsite"
DATABASE = "streamsite"
# Members of a replica set know each other by the key file, as this user. Only this module speaks as it.
SUPERVISOR: dict[str, Any] = {"username": "__system", "authSource": "local", "authMechanism": "SCRAM-SHA-256"}
REPLICA_SET = "rs0"
START_SECONDS = 60
NOT_YET_INITIALIZED = 94
PR_SET_PDEATHSIG = 1
# How long MongoDB is waited for to open a new log.
REOPEN_SECONDS = 2.0


class EmbeddedMongoError(Exception):
    """The embedded server could not be started; the message is for the person at the terminal."""


class OtherVersionError(EmbeddedMongoError):
    """The data is of a version of MongoDB that this one cannot open."""


def default_cache_gb() -> float:
    """Return a sixteenth of the machine's memory, within 0.25 and 2 GiB.

    A transaction's changes stay in the cache until it ends: two of 10,000 documents each, at the same time, filled
    0.25 GiB and stood still.
    """
    total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1024**3
    return round(min(max(total / 16, 0.25), 2.0), 2)


class EmbeddedMongo:
    """A ``mongod`` of this process on ``<data>/db``. ``start`` blocks until it accepts writes.

    The folder is locked while the object lives, so that two servers on one folder are refused. The password and
    the replica set's key file are in ``<data>/keys`` (mode 0600); the connection string is in
    ``<data>/run/mongodb-uri`` while the server runs. Its user may read, write and index ``database`` (by default
    ``MONGODB_NAME`` of the environment) and nothing else; what needs more goes through ``supervising``.
    """

    def __init__(
        self,
        data_dir: Path,
        *,
        cache_gb: float | None = None,
        log: Callable[[str], None] | None = None,
        database: str = "",
    ) -> None:
        self.data_dir = data_dir
        self.database = database or os.environ.get("MONGODB_NAME", "").strip() or DATABASE
        self.cache_gb = cache_gb or default_cache_gb()
        self.log = log or (lambda line: None)
        self.process: subprocess.Popen[bytes] | None = None
        self._binary: Path | None = None
        # Whether the process has answered since it was started; it may be hung or dead by now.
        self.is_ready = False
        self.port = 0
        self._next_reopen = 0.0
        self._lock: IO[str] | None = None
        self._password = ""

    @property
    def uri(self) -> str:
        """The site's connection string, password included: never log it."""
        return f"mongodb://{USER}:{quote(self._password)}@127.0.0.1:{self.port}/?directConnection=true"

    def supervising(self) -> MongoClient[dict[str, Any]]:
        """Return a client that may do everything, for the caller to close."""
        key = self._kept_secret("mongodb_keyfile")
        return MongoClient(self._address, password=key, serverSelectionTimeoutMS=2_000, **SUPERVISOR)

    def warning(self) -> str:
        """Return what a person who starts a bundled server should know, "" for a server of their own."""
        binary = self.binary
        if not is_bundled(binary):
            return ""
        version = version_of(binary)
        aged = ", past its end of life," if version.startswith("6.") else ""
        return (
            f"the bundled MongoDB {version}{aged} is for trying out and one machine; "
            "docs/operations.md says how to move to MongoDB 8"
        )

    def start(self, meanwhile: Callable[[], None] | None = None) -> None:
        """Start the server, initiate the replica set and see to the site's user.

        ``meanwhile`` is called once between the process's start and its first answer, when ``uri`` is known.
        """
        for name in ("db", "keys", "run", "logs"):
            folders.create(self.data_dir / name, folders.PRIVATE)
        self._take_lock()
        self._password = self._kept_secret("mongodb_password")
        self._kept_secret("mongodb_keyfile")
        self.port = self._choose_port()
        self._launch_fitting(meanwhile)
        self._prepare()
        atomic_files.write_atomically(self.data_dir / "run" / "mongodb-uri", self.uri)

    @property
    def binary(self) -> Path:
        """The mongod of this data folder. Raises ``MongodUnavailableError`` when there is none."""
        if self._binary is None:
            found = choice.choose(self.data_dir)
            if found.remark:
                self.log(found.remark)
            self._binary = found.binary
        return self._binary

    def _launch_fitting(self, meanwhile: Callable[[], None] | None) -> None:
        """Start the mongod of this data folder, or another one when it cannot open the data."""
        try:
            self.launch(meanwhile)
        except OtherVersionError:
            other = choice.choose_after_refusal(self.data_dir, self.binary)
            if other is None:
                raise
            self.log(other.remark)
            self._binary = other.binary
            self.launch()

    def launch(self, meanwhile: Callable[[], None] | None = None) -> None:
        """Start the process on the chosen port, call ``meanwhile`` and wait until it answers."""
        self.is_ready = False
        log_path = self.data_dir / "logs" / "mongod.log"
        binary = self.binary
        command = [
            str(binary),
            "--dbpath", str(self.data_dir / "db"),
            "--port", str(self.port),
            "--bind_ip", "127.0.0.1",
            "--nounixsocket",
            "--replSet", REPLICA_SET,
            "--oplogSize", "200",
            # Only for writes that may be lost in a crash: those that are acknowledged wait for the journal, and have it
            # written at once. Ten times a second, the default, is half of what an idle server does.
            "--journalCommitInterval", "500",
            "--keyFile", str(self.data_dir / "keys" / "mongodb_keyfile"),
            "--noscripting",
            "--networkMessageCompressors", "disabled",
            "--wiredTigerCacheSizeGB", str(self.cache_gb),
            "--setParameter", "enableLocalhostAuthBypass=false",
            "--setParameter", "diagnosticDataCollectionEnabled=false",
            "--setParameter", "shutdownTimeoutMillisForSignaledShutdown=100",
            "--setParameter", "maxTransactionLockRequestTimeoutMillis=500",
            "--logpath", str(log_path),
            "--logappend",
            "--logRotate", "reopen",
            "--quiet",
        ]  # fmt: skip
        log_rotation.shift(log_path)
        self.process = subprocess.Popen(  # noqa: S603 - our own binary and paths
            command,
            env=environment_for(binary),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            start_new_session=True,
            preexec_fn=end_with_parent,
        )
        if meanwhile is not None:
            meanwhile()
        self._wait_until_answering(log_path)

    def raise_compatibility(self) -> str:
        """Let the data be of this MongoDB's series, which the one before cannot open any more. Raises ``PyMongoError``.

        Return the series, "" when it was so before.
        """
        with self.supervising() as client:
            raised = compatibility.raise_by_one(client, version_of(self.binary))
            self._record(client)
        return raised

    def _record(self, client: MongoClient[dict[str, Any]]) -> None:
        """Keep beside the data which MongoDB has used it; on a full disk another start does."""
        record = last_used.LastUsed(str(self.binary), version_of(self.binary), compatibility.read(client))
        with suppress(OSError):
            last_used.write(self.data_dir, record)

    def rotate_log(self, limit: int) -> None:
        """Begin a new log file when the present one has more than ``limit`` bytes; the last few are kept."""
        log_path = self.data_dir / "logs" / "mongod.log"
        process = self.process
        if process is None or process.poll() is not None or not self.is_ready:
            return
        if log_rotation.is_larger(log_path, limit):
            log_rotation.shift(log_path)
        elif log_path.exists() or time.monotonic() < self._next_reopen:
            return
        # It goes on in the file that was moved until it opens the new one, so no line is lost. It does so at most once
        # a second and forgets who asks more often, so it is asked again while there is no file.
        process.send_signal(signal.SIGUSR1)
        self._next_reopen = time.monotonic() + REOPEN_SECONDS

    def stop(self) -> None:
        """Stop the server and release the folder. Safe to call twice."""
        process = self.process
        if process is not None and process.poll() is None:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait(timeout=10)
        if self._lock is not None:  # without it the file is another server's
            (self.data_dir / "run" / "mongodb-uri").unlink(missing_ok=True)
            self._lock.close()
            self._lock = None

    def _take_lock(self) -> None:
        lock = (self.data_dir / "run" / "lock").open("w", encoding="utf-8")
        (self.data_dir / "run" / "lock").chmod(0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.close()
            raise EmbeddedMongoError(
                f"another server is running on the data folder {self.data_dir}: "
                "stop it, or use --data with another folder"
            ) from None
        self._lock = lock

    def _kept_secret(self, name: str) -> str:
        path = self.data_dir / "keys" / name
        if not path.is_file() or not path.read_text(encoding="utf-8").strip():
            atomic_files.write_atomically(path, secrets.token_hex(24))
        return path.read_text(encoding="utf-8").strip()

    def _choose_port(self) -> int:
        """Return the port of the last run when it is free, so that the replica set's configuration still fits."""
        kept = self.data_dir / "run" / "mongodb-port"
        last = int(kept.read_text() or 0) if kept.is_file() else 0
        for candidate in (last, 0) if last else (0,):
            with socket.socket() as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                try:
                    probe.bind(("127.0.0.1", candidate))
                except OSError:
                    continue
                port: int = probe.getsockname()[1]
            kept.write_text(str(port))
            return port
        raise EmbeddedMongoError("no free port on 127.0.0.1 for MongoDB")

    def _wait_until_answering(self, log_path: Path) -> None:
        process = self.process
        if process is None:
            return
        deadline = time.monotonic() + START_SECONDS
        client: MongoClient[dict[str, Any]] = MongoClient(self._address, serverSelectionTimeoutMS=200)
        with client:
            while time.monotonic() < deadline:
                if process.poll() is not None:
                    is_other = is_of_another_version(log_path)
                    raise (OtherVersionError if is_other else EmbeddedMongoError)(
                        self._why_it_ended(log_path)
                    )
                try:
                    client.admin.command("hello")
                except ConnectionFailure:
                    time.sleep(0.02)
                else:
                    self.is_ready = True
                    return
        raise EmbeddedMongoError(f"MongoDB did not answer within {START_SECONDS} s; see {log_path}")

    def _why_it_ended(self, log_path: Path) -> str:
        stderr = self.process.stderr.read() if self.process and self.process.stderr else b""
        return explain_failed_start(self.data_dir, log_path, stderr.decode(errors="replace"))

    def _prepare(self) -> None:
        """Configure the replica set on this port, as primary, with the site's user."""
        try:
            with self.supervising() as client:
                self._configure(client)
                self._wait_for_primary(client)
                self._grant(client)
                self._record(client)
        except PyMongoError as error:
            raise EmbeddedMongoError(f"MongoDB does not answer ({error.__class__.__name__})") from error

    def _grant(self, client: MongoClient[dict[str, object]]) -> None:
        """Make the site's user, or give the one of an earlier version today's password and no more than its rights."""
        rights = [{"role": role, "db": self.database} for role in ("readWrite", "dbAdmin")]
        known = client.admin.command("usersInfo", USER)["users"]
        command = "updateUser" if known else "createUser"
        client.admin.command(command, USER, pwd=self._password, roles=rights)

    def _configure(self, client: MongoClient[dict[str, object]]) -> None:
        """Initiate the replica set, or point its only member at today's port."""
        try:
            config = client.admin.command("replSetGetConfig")["config"]
        except OperationFailure as error:
            if error.code != NOT_YET_INITIALIZED:
                raise
            client.admin.command("replSetInitiate", self._configuration(version=1))
            return
        if config["members"][0]["host"] != self._member():
            client.admin.command(
                "replSetReconfig", self._configuration(version=config["version"] + 1), force=True
            )

    def _configuration(self, *, version: int) -> dict[str, object]:
        return {
            "_id": REPLICA_SET,
            "version": version,
            "members": [{"_id": 0, "host": self._member()}],
            "settings": {"electionTimeoutMillis": 2_000},
        }

    def _member(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def _address(self) -> str:
        return f"mongodb://{self._member()}/?directConnection=true"

    @staticmethod
    def _wait_for_primary(client: MongoClient[dict[str, object]]) -> None:
        deadline = time.monotonic() + START_SECONDS
        while not client.admin.command("hello").get("isWritablePrimary"):
            if time.monotonic() > deadline:
                raise EmbeddedMongoError("MongoDB's replica set has no primary")
            time.sleep(0.02)


def end_with_parent(number: signal.Signals = signal.SIGTERM) -> None:
    """Ask the kernel to end this process with the one that started it, however that one ends."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, number)
