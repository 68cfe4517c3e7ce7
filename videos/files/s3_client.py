"""The client of an S3 server: its options, timeouts and errors."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial

import boto3
from boto3.exceptions import Boto3Error
from botocore.client import BaseClient
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from videos.files.bucket_errors import BucketUnavailable

logger = logging.getLogger("streamsite.bucket")

PARALLEL = 8
MISSING = {"404", "NoSuchKey", "NotFound"}


@dataclass(frozen=True)
class ClientTimeouts:
    """Timeouts of a client in seconds, and its number of tries."""

    connect: float
    read: float
    tries: int


BACKGROUND = ClientTimeouts(connect=3, read=15, tries=2)
# A user waits for the response, and will retry by themselves.
REQUEST = ClientTimeouts(connect=2, read=2.5, tries=1)


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


@contextmanager
def translated_errors() -> Iterator[None]:
    """Translate errors of the packages into the site's. Causes are dropped: their texts name keys and URLs."""
    try:
        yield
    except ClientError as error:
        code = str(error.response.get("Error", {}).get("Code", ""))
        if code in MISSING:
            raise FileNotFoundError from None
        logger.warning("bucket: %s refused: %s", error.operation_name, code)
        raise BucketUnavailable from None
    except (BotoCoreError, Boto3Error) as error:
        logger.warning("bucket: %s", type(error).__name__)
        raise BucketUnavailable from None
