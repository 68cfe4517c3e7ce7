"""Three MongoDB servers as a deployment has them: a replica set with a key file and a user of the site's own."""

from __future__ import annotations

import os
import secrets
import signal
import subprocess
import time
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import quote

from pymongo import MongoClient
from pymongo.errors import PyMongoError

from streamsite.mongo.binary import environment_for, find_mongod
from streamsite.mongo.server import SUPERVISOR, end_with_parent
from tests.support.stack import free_port

NAME, USER, DATABASE = "rs0", "streamsite", "streamsite"
# As docs/operations.md advises: a new primary within two to three seconds instead of eleven.
SETTINGS = {"electionTimeoutMillis": 2_000, "heartbeatIntervalMillis": 500}
TIMEOUT_SECONDS = 60
Client = MongoClient[dict[str, Any]]


class Member:
    """One server, which keeps its folder and its port over its ends."""

    def __init__(self, number: int, folder: Path, key_file: Path) -> None:
        self.number = number
        self.folder = folder
        self.log = folder.with_suffix(".log")
        self.port = free_port()
        self.host = f"127.0.0.1:{self.port}"
        self._key_file = key_file
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def is_running(self) -> bool:
        """True while the process is there."""
        return self._process is not None and self._process.poll() is None

    @property
    def pid(self) -> int:
        """The id of the running process."""
        assert self._process is not None
        return self._process.pid

    def start(self) -> None:
        """Start the process, without waiting for it."""
        self.folder.mkdir(parents=True, exist_ok=True)
        binary = find_mongod()
        command = [
            str(binary),
            "--dbpath", str(self.folder),
            "--port", str(self.port),
            "--bind_ip", "127.0.0.1",
            "--nounixsocket",
            "--noscripting",
            "--replSet", NAME,
            "--keyFile", str(self._key_file),
            "--oplogSize", "100",
            "--wiredTigerCacheSizeGB", "0.25",
            "--setParameter", "diagnosticDataCollectionEnabled=false",
            "--logpath", str(self.log),
            "--logappend",
            "--quiet",
        ]  # fmt: skip
        self._process = subprocess.Popen(
            command,
            env=environment_for(binary),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            preexec_fn=end_with_parent,
        )

    def kill(self) -> None:
        """End the process as a power cut would."""
        if self._process is not None:
            self._process.kill()
            self._process.wait(timeout=20)

    def wait_for_end(self, seconds: float) -> bool:
        """Return whether the process exited on its own within ``seconds``."""
        assert self._process is not None
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(timeout=seconds)
        return not self.is_running

    def freeze(self) -> None:
        """Let the process hold its connections and say nothing."""
        os.kill(self.pid, signal.SIGSTOP)

    def thaw(self) -> None:
        """Let a frozen process go on."""
        if self.is_running:
            os.kill(self.pid, signal.SIGCONT)


class ReplicaSet:
    """``start`` blocks until there is a primary; ``uri`` is the site's connection string with all members."""

    def __init__(self, folders: list[Path], keys: Path) -> None:
        self._key_file = keys / "member.key"
        self._password = secrets.token_urlsafe(24)
        self.members = [Member(number, folder, self._key_file) for number, folder in enumerate(folders)]

    @property
    def uri(self) -> str:
        """The site's connection string, password included."""
        hosts = ",".join(member.host for member in self.members)
        return f"mongodb://{USER}:{quote(self._password)}@{hosts}/?replicaSet={NAME}&authSource=admin"

    def start(self) -> None:
        """Start all members, initiate the set, and make the site's user."""
        self._key_file.parent.mkdir(parents=True, exist_ok=True)
        self._key_file.write_text(secrets.token_hex(48))
        self._key_file.chmod(0o600)
        for member in self.members:
            member.start()
        for member in self.members:
            self._wait_for(member)
        configured = [{"_id": member.number, "host": member.host} for member in self.members]
        with self._direct(self.members[0]) as client:
            client.admin.command(
                "replSetInitiate", {"_id": NAME, "members": configured, "settings": SETTINGS}
            )
        with self._direct(self.primary()) as client:
            roles = [{"role": role, "db": DATABASE} for role in ("readWrite", "dbAdmin")]
            client.admin.command("createUser", USER, pwd=self._password, roles=roles)

    def stop(self) -> None:
        """End all members at once."""
        for member in self.members:
            member.kill()

    def client(self) -> Client:
        """Return a client with the site's rights, for the caller to close."""
        return MongoClient(self.uri, serverSelectionTimeoutMS=TIMEOUT_SECONDS * 1000)

    def primary(self) -> Member:
        """Wait until a member is primary, and return it. Raises ``TimeoutError``."""
        deadline = time.monotonic() + TIMEOUT_SECONDS
        while time.monotonic() < deadline:
            for member in self.members:
                if member.is_running and self._state(member) == "primary":
                    return member
            time.sleep(0.05)
        raise TimeoutError("the replica set has no primary")

    def secondary(self) -> Member:
        """Return a member that follows the primary."""
        primary = self.primary()
        return next(member for member in self.members if member is not primary)

    def step_down(self) -> None:
        """Ask the primary to hand over to another member."""
        with self._direct(self.primary()) as client:
            client.admin.command("replSetStepDown", 10, secondaryCatchUpPeriodSecs=5)

    def prefer(self, member: Member) -> None:
        """Make ``member`` the primary, and wait for it. Raises ``TimeoutError``."""
        with self._direct(self.primary()) as client:
            config: Any = client.admin.command("replSetGetConfig")["config"]
            for entry in config["members"]:
                entry["priority"] = 5 if entry["_id"] == member.number else 1
            client.admin.command("replSetReconfig", config | {"version": config["version"] + 1})
        deadline = time.monotonic() + TIMEOUT_SECONDS
        while self.primary() is not member:
            if time.monotonic() > deadline:
                raise TimeoutError(f"{member.host} did not become primary")
            time.sleep(0.1)

    def wait_until_whole(self) -> None:
        """Wait until every member is primary or secondary. Raises ``TimeoutError``."""
        deadline = time.monotonic() + TIMEOUT_SECONDS
        while not all(self._state(member) for member in self.members):
            if time.monotonic() > deadline:
                raise TimeoutError("a member of the replica set did not come back")
            time.sleep(0.1)

    def _wait_for(self, member: Member) -> None:
        with self._direct(member, seconds=TIMEOUT_SECONDS) as client:
            client.admin.command("ping")

    def _state(self, member: Member) -> str:
        """Return "primary", "secondary", or "" of a member that is neither now."""
        try:
            with self._direct(member, seconds=1) as client:
                hello = client.admin.command("hello")
        except PyMongoError:
            return ""
        if hello.get("isWritablePrimary"):
            return "primary"
        return "secondary" if hello.get("secondary") else ""

    def _direct(self, member: Member, *, seconds: float = 10) -> Client:
        return MongoClient(
            f"mongodb://{member.host}/?directConnection=true",
            password=self._key_file.read_text(),
            serverSelectionTimeoutMS=round(seconds * 1000),
            connectTimeoutMS=round(seconds * 1000),
            socketTimeoutMS=30_000,
            **SUPERVISOR,
        )
