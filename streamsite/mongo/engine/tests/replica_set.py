"""A replica set of real servers on loopback, whose primary can be made to step down or to die."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
from pathlib import Path

from pymongo import MongoClient
from pymongo.errors import PyMongoError

from streamsite.mongo.binary import environment_for, find_mongod
from streamsite.mongo.server import end_with_parent

NAME = "three"
TIMEOUT_SECONDS = 40


class ReplicaSet:
    """``with ReplicaSet(folder) as replica_set``: running when entered, ended when left."""

    def __init__(self, folder: Path, *, members: int = 3, test_commands: bool = False) -> None:
        self.folder = folder
        self.members = members
        self.test_commands = test_commands
        self.servers: dict[str, subprocess.Popen[bytes]] = {}

    @property
    def uri(self) -> str:
        """The connection string with all members."""
        return f"mongodb://{','.join(self.servers)}/?replicaSet={NAME}"

    def __enter__(self) -> ReplicaSet:
        options = ("--setParameter", "enableTestCommands=1") if self.test_commands else ()
        for number in range(self.members):
            host, server = start_server(self.folder / str(number), options=options)
            self.servers[host] = server
        members = [{"_id": number, "host": host} for number, host in enumerate(self.servers)]
        settings = {"electionTimeoutMillis": 1_000, "heartbeatIntervalMillis": 300}
        for host in self.servers:
            with self._direct(host) as client:
                client.admin.command("ping")
        with self._direct(next(iter(self.servers))) as first:
            first.admin.command("replSetInitiate", {"_id": NAME, "members": members, "settings": settings})
        self.primary()
        return self

    def __exit__(self, *exception: object) -> None:
        for server in self.servers.values():
            server.kill()
        for server in self.servers.values():
            server.wait(timeout=20)

    def primary(self) -> str:
        """Wait until there is a primary; its address."""
        deadline = time.monotonic() + TIMEOUT_SECONDS
        while time.monotonic() < deadline:
            for host, server in self.servers.items():
                if server.poll() is None and self._is_primary(host):
                    return host
            time.sleep(0.05)
        raise AssertionError("the replica set has no primary")

    def step_down(self) -> None:
        """Ask the primary to hand over."""
        with self._direct(self.primary()) as client:
            client.admin.command("replSetStepDown", 10, secondaryCatchUpPeriodSecs=5)

    def kill_primary(self) -> str:
        """End the primary as a power cut would; its address."""
        host = self.primary()
        os.kill(self.servers[host].pid, signal.SIGKILL)
        self.servers[host].wait(timeout=20)
        return host

    def _is_primary(self, host: str) -> bool:
        try:
            with self._direct(host) as client:
                return bool(client.admin.command("hello").get("isWritablePrimary"))
        except PyMongoError:
            return False

    @staticmethod
    def _direct(host: str) -> MongoClient[dict[str, object]]:
        return MongoClient(
            f"mongodb://{host}/?directConnection=true", serverSelectionTimeoutMS=TIMEOUT_SECONDS * 1000
        )


def start_server(
    folder: Path, *, replica_set: str | None = NAME, options: tuple[str, ...] = ()
) -> tuple[str, subprocess.Popen[bytes]]:
    """Start a server with its data in a new folder; its address and its process, which is the caller's to end."""
    folder.mkdir(parents=True)
    port = _free_port()
    binary = find_mongod()
    command = [
        str(binary),
        "--dbpath", str(folder),
        "--port", str(port),
        "--bind_ip", "127.0.0.1",
        "--nounixsocket",
        "--wiredTigerCacheSizeGB", "0.25",
        "--logpath", str(folder / "mongod.log"),
        *(("--replSet", replica_set, "--oplogSize", "50") if replica_set else ()),
        *options,
    ]  # fmt: skip
    server = subprocess.Popen(
        command,
        env=environment_for(binary),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        preexec_fn=end_with_parent,
    )
    return f"127.0.0.1:{port}", server


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
