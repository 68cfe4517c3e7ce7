"""The client of an S3 server: its options and timeouts. Needs the packages of ``requirements-s3.txt``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import boto3
from botocore.client import BaseClient
from botocore.config import Config

PARALLEL = 8


@dataclass(frozen=True)
class ClientTimeouts:
    """Timeouts of a client in seconds, and its number of tries."""

    connect: float
    read: float
    tries: int


BACKGROUND = ClientTimeouts(connect=3, read=15, tries=2)
# A user waits for the response, and will retry by themselves.
REQUEST = ClientTimeouts(connect=2, read=2.5, tries=1)
# Of many hours, which one lost answer is no reason to begin again.
BACKUP = ClientTimeouts(connect=5, read=60, tries=5)


def client_factory(
    *, endpoint: str, region: str, key_id: str, secret: str, in_host: bool, timeouts: ClientTimeouts
) -> Callable[[], BaseClient]:
    """Return a function that creates a client, which any number of threads may share."""
    # Without a key boto3 asks the machine for its role. A token of the environment's is never joined to our key.
    session = boto3.Session(aws_access_key_id=key_id or None, aws_secret_access_key=secret or None)
    config = Config(
        signature_version="s3v4",
        s3={"addressing_style": "virtual" if in_host else "path"},
        connect_timeout=timeouts.connect,
        read_timeout=timeouts.read,
        retries={"total_max_attempts": timeouts.tries, "mode": "standard"},
        max_pool_connections=2 * PARALLEL,
        tcp_keepalive=True,
        # Servers other than Amazon's may not know the newer checksums.
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
    )
    return partial(session.client, "s3", endpoint_url=endpoint, region_name=region, config=config)
