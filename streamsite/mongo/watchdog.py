"""Watches the embedded MongoDB: a server that does not answer is killed, so that the supervisor starts it again.

No Django here, as in ``server``. Writes that were acknowledged are in the journal and survive.
"""

from __future__ import annotations

import threading
import time

import pymongo
from pymongo import MongoClient
from pymongo.errors import PyMongoError

from streamsite import env
from streamsite.mongo.server import EmbeddedMongo

SILENT_SECONDS = 30
# Between two pings: a tenth of the limit, but no less than the first of these; and how long the answer may take.
MIN_PAUSE_SECONDS = 1.0
PINGS_BEFORE_LIMIT = 10
ANSWER_SECONDS = 1.0


def read_silence_limit() -> int:
    """Return the seconds without an answer after which the server is restarted (``MONGODB_SILENT_SECONDS``)."""
    return env.integer("MONGODB_SILENT_SECONDS", SILENT_SECONDS, least=2, most=3_600)


class ServerWatchdog(threading.Thread):
    """Pings the server again and again; kills it after ``limit`` seconds without an answer.

    A process counts from the moment it was ready, so a long recovery at its start is left alone.
    """

    def __init__(self, mongo: EmbeddedMongo, limit: float) -> None:
        super().__init__(name="mongo-watch", daemon=True)
        self._mongo = mongo
        self._limit = limit
        self._pause = max(MIN_PAUSE_SECONDS, limit / PINGS_BEFORE_LIMIT)
        self._ended = threading.Event()

    def stop(self) -> None:
        """Stop the thread."""
        self._ended.set()

    def run(self) -> None:
        """Ping until ``stop``."""
        # Without its account: a ping needs none.
        client: MongoClient[dict[str, object]] = MongoClient(
            f"mongodb://127.0.0.1:{self._mongo.port}/?directConnection=true",
            connectTimeoutMS=2_000,
            serverSelectionTimeoutMS=1_000,
            # The pings say what heartbeats would.
            serverMonitoringMode="poll",
            maxPoolSize=1,
        )
        last, watched = time.monotonic(), None
        with client:
            while not self._ended.wait(self._pause):
                process = self._mongo.process if self._mongo.is_ready else None
                if process is None or process is not watched or self._answers(client):
                    last, watched = time.monotonic(), process
                elif time.monotonic() - last > self._limit and process.poll() is None:
                    self._mongo.log(f"has not answered for {self._limit:g} s; killing it")
                    process.kill()

    @staticmethod
    def _answers(client: MongoClient[dict[str, object]]) -> bool:
        try:
            with pymongo.timeout(ANSWER_SECONDS):
                client.admin.command("ping")
        except PyMongoError:
            return False
        return True
