"""Try whether the bucket can be used as configured, and say so in sentences: at a start, and in ``check``.

Lists, writes one small object beside the videos and deletes it. Every call is tried once and bounded in time.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterator
from email.utils import parsedate_to_datetime
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register  # noqa: A004 - Django's own name

from streamsite import startup_warnings
from videos.files import bucket

TAG = "bucket"
# Addresses are signed for a few seconds, and signatures themselves hold for 15 minutes.
MAX_SKEW_SECONDS = 2
MISSING = {"NoSuchBucket", "404", "NotFound"}
UNKNOWN_KEY = {"InvalidAccessKeyId", "InvalidClientTokenId", "AuthFailure"}
WRONG_SECRET = {"SignatureDoesNotMatch"}
SKEWED = {"RequestTimeTooSkewed", "RequestExpired"}
ELSEWHERE = {"PermanentRedirect", "AuthorizationHeaderMalformed", "IllegalLocationConstraintException", "301"}
DENIED = {"AccessDenied", "403", "Forbidden"}


def find_problem() -> str:
    """Return why the bucket cannot be used and how to fix it, "" when it works or none is configured."""
    return next(_problems(), "") if bucket.is_configured() else ""


def startup_warning() -> str:
    """Return the warning of web and workers at their start, "" when the bucket works or none is configured."""
    told = find_problem()
    return f"{told} Until then its videos answer 503, and new ones stay on the disk." if told else ""


startup_warnings.register_startup_warning(startup_warning)


@register(TAG, deploy=True)
def check_bucket(**extra: object) -> list[CheckMessage]:
    """Check the bucket, for ``check --deploy``."""
    told = find_problem()
    if not told:
        return []
    if told.startswith("The clock"):
        return [Warning(told, id="streamsite.W031")]
    return [Error(told, id="streamsite.E030")]


def _problems() -> Iterator[str]:
    from videos.files.s3 import Bucket

    target: Bucket = bucket.connect(is_patient=False)
    key = f"{settings.S3_PREFIX}/" if settings.S3_PREFIX else ""
    key += f"streamsite-check-{secrets.token_hex(8)}"
    place = {"Bucket": settings.S3_BUCKET, "Key": key}
    client = target.client
    listed: dict[str, Any] = {}

    def list_objects() -> None:
        listed.update(client.list_objects_v2(Bucket=settings.S3_BUCKET, MaxKeys=1))

    yield from _tried("list", "ListBucket", list_objects)
    yield from _skew(listed)
    yield from _tried("write", "PutObject", lambda: client.put_object(**place, Body=b"streamsite"))
    yield from _tried("read", "GetObject", lambda: client.get_object(**place)["Body"].read())
    yield from _tried("delete", "DeleteObject", lambda: client.delete_object(**place))


def _tried(verb: str, permission: str, call: Callable[[], object]) -> Iterator[str]:
    from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError

    name, server = settings.S3_BUCKET, settings.S3_ENDPOINT_URL or "Amazon S3"
    try:
        call()
    except ClientError as error:
        yield _refused(str(error.response.get("Error", {}).get("Code", "")), error.response, verb, permission)
    except NoCredentialsError:
        yield (
            f"There is no key for the bucket {name}: set S3_ACCESS_KEY_ID and S3_SECRET_ACCESS_KEY,"
            " or give the machine a role."
        )
    except (BotoCoreError, OSError) as error:
        yield (
            f"The bucket's server {server} does not answer ({type(error).__name__}):"
            " check S3_ENDPOINT_URL, S3_REGION and the network."
        )


def _refused(code: str, response: dict[str, Any], verb: str, permission: str) -> str:
    name, server = settings.S3_BUCKET, settings.S3_ENDPOINT_URL or "Amazon S3"
    if code in MISSING:
        return f"There is no bucket {name} at {server}: create it, or correct S3_BUCKET."
    if code in UNKNOWN_KEY:
        return f"{server} does not know the key of S3_ACCESS_KEY_ID: correct it, or create another one."
    if code in WRONG_SECRET:
        return f"S3_SECRET_ACCESS_KEY does not belong to S3_ACCESS_KEY_ID, says {server}: correct it."
    if code in SKEWED:
        return f"The clock of this machine and the one of {server} differ too much: run NTP."
    if code in ELSEWHERE:
        region = response.get("Error", {}).get("Region") or _header(response, "x-amz-bucket-region")
        correct = f"set S3_REGION={region}" if region else "correct S3_REGION or S3_ENDPOINT_URL"
        return f"The bucket {name} is in another region than {settings.S3_REGION}: {correct}."
    if code in DENIED:
        return f"The key may not {verb} in the bucket {name}: give it {permission}."
    return f"The bucket {name} at {server} cannot be used ({verb}: {code or 'no reason given'})."


def _skew(response: dict[str, Any]) -> Iterator[str]:
    try:
        there = parsedate_to_datetime(_header(response, "date")).timestamp()
    except (TypeError, ValueError):
        return
    seconds = abs(time.time() - there)
    if seconds > MAX_SKEW_SECONDS:
        yield (
            f"The clock of this machine and the bucket's differ by {seconds:.0f} s, and addresses are signed for"
            f" {settings.S3_URL_SECONDS} s only: run NTP."
        )


def _header(response: dict[str, Any], name: str) -> str:
    return str(response.get("ResponseMetadata", {}).get("HTTPHeaders", {}).get(name, ""))
