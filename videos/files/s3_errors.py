"""Errors of the S3 client as the site's own."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from boto3.exceptions import Boto3Error
from botocore.exceptions import BotoCoreError, ClientError

from videos.files.bucket_errors import BucketUnavailable

logger = logging.getLogger("streamsite.bucket")

MISSING = {"404", "NoSuchKey", "NotFound"}


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
