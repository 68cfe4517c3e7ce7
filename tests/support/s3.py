"""An S3 server on this machine, in a process of its own, for the tests of the bucket."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import boto3
from botocore.client import BaseClient
from botocore.exceptions import BotoCoreError, ClientError

from tests.support.stack import free_port

START_SECONDS = 30
NAME, KEY_ID, SECRET = "films", "AKIATESTTESTTESTTEST", "only-for-tests-only-for-tests"


class S3Server:
    """``moto``: keeps objects in memory, so that what was in the bucket is gone after ``stop``."""

    def __init__(self, log: Path) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = log
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def environment(self) -> dict[str, str]:
        """The settings by which a site uses it."""
        return {
            "MEDIA_STORAGE": "s3",
            "S3_BUCKET": NAME,
            "S3_ENDPOINT_URL": self.url,
            "S3_ACCESS_KEY_ID": KEY_ID,
            "S3_SECRET_ACCESS_KEY": SECRET,
        }

    @property
    def client(self) -> BaseClient:
        """A client beside the site's own."""
        return boto3.client(
            "s3",
            endpoint_url=self.url,
            region_name="us-east-1",
            aws_access_key_id=KEY_ID,
            aws_secret_access_key=SECRET,
        )

    def start(self) -> None:
        """Start, wait for it, and make the bucket."""
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(self.port)],
                env=os.environ
                | {"MOTO_DISABLE_GLOBAL_CORS": "true"},  # as a real one: only what the bucket's rules allow
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        client, deadline = self.client, time.monotonic() + START_SECONDS
        while True:
            try:
                client.create_bucket(Bucket=NAME)
            except (BotoCoreError, ClientError):
                if time.monotonic() > deadline or self._process.poll() is not None:
                    raise
                time.sleep(0.1)
            else:
                return

    def object_names(self, start: str = "") -> list[str]:
        """Return the names of all objects below ``videos/``, without that part, that begin with ``start``."""
        pages = self.client.get_paginator("list_objects_v2").paginate(Bucket=NAME, Prefix=f"videos/{start}")
        return [entry["Key"].removeprefix("videos/") for page in pages for entry in page.get("Contents", ())]

    def stop(self) -> None:
        """End the process."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait(timeout=10)
            self._process = None
