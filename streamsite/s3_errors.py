"""Errors of the S3 client as the caller's own. Needs the packages of ``requirements-s3.txt``."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from boto3.exceptions import Boto3Error
from botocore.exceptions import BotoCoreError, ClientError

MISSING = frozenset({"404", "NoSuchKey", "NotFound"})


@dataclass(frozen=True)
class Failure:
    """Why a call failed: what the server said, or the class of what went wrong on the way to it.

    ``operation`` and ``code`` are the server's, and empty when it was not reached or answered something else.
    """

    operation: str = ""
    code: str = ""
    error_class: str = ""


@contextmanager
def translated_errors(as_error: Callable[[Failure], Exception]) -> Iterator[None]:
    """Raise ``FileNotFoundError`` for what is not there, else what ``as_error`` returns.

    Causes are dropped: their texts name keys and signed addresses.
    """
    try:
        yield
    except ClientError as error:
        code = str(error.response.get("Error", {}).get("Code", ""))
        if code in MISSING:
            raise FileNotFoundError from None
        raise as_error(Failure(operation=error.operation_name, code=code)) from None
    except (BotoCoreError, Boto3Error) as error:
        raise as_error(Failure(error_class=type(error).__name__)) from None
