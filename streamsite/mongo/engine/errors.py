"""pymongo's errors in Django's words."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, NoReturn

from bson.errors import BSONError, InvalidDocument
from djongo import database as dbapi
from pymongo.errors import (
    BulkWriteError,
    ConnectionFailure,
    DocumentTooLarge,
    ExecutionTimeout,
    OperationFailure,
    PyMongoError,
    WaitQueueTimeoutError,
    WTimeoutError,
)

if TYPE_CHECKING:
    from .base import DatabaseWrapper

# What a call can raise: OverflowError for an integer of more than eight bytes, UnicodeError for text that is not
# encodable (a lone surrogate), the DB-API's own from a transaction that cannot be repeated.
DRIVER_ERRORS = (PyMongoError, BSONError, OverflowError, UnicodeError, dbapi.Error)

DUPLICATE_KEY = 11000
DUPLICATE_KEY_CODES = frozenset({DUPLICATE_KEY, 11001, 12582})
DOCUMENT_VALIDATION_FAILURE = 121
CONVERSION_FAILURE = 241
# What an update by an expression fails with when the value breaks a column's rule.
CONSTRAINT_PREFIX = "constraint failed: "
# ConversionFailure, and the two codes for a division by zero in an aggregation.
DATA_CODES = frozenset({CONVERSION_FAILURE, 16608, 4848401})
# WriteConflict, NoSuchTransaction, LockTimeout, and being refused by the server: unauthorized, wrong password,
# no transactions on a standalone server.
OPERATIONAL_CODES = frozenset({112, 251, 24, 13, 18, 20})

# djongo has no types.
DatabaseError: type[Exception] = dbapi.DatabaseError
DataError: type[Exception] = dbapi.DataError
IntegrityError: type[Exception] = dbapi.IntegrityError
OperationalError: type[Exception] = dbapi.OperationalError

TRANSIENT = "TransientTransactionError"
UNKNOWN_COMMIT = "UnknownTransactionCommitResult"


class RepetitionFailed(dbapi.OperationalError):
    """A write of a repeated transaction had another outcome than before, for what others did between the two."""


def is_transient(error: BaseException) -> bool:
    """Return whether the whole transaction may be tried again: the server says so, or others came between."""
    if isinstance(error, RepetitionFailed):
        return True
    return isinstance(error, PyMongoError) and error.has_error_label(TRANSIENT)


def to_database_error(error: BaseException) -> Exception:
    """Return the DB-API exception that stands for a driver error."""
    message = str(error)
    if isinstance(error, BulkWriteError):
        return _bulk_write_error(error)
    if isinstance(error, (ConnectionFailure, ExecutionTimeout, WTimeoutError, WaitQueueTimeoutError)):
        return OperationalError(message)
    if isinstance(error, (InvalidDocument, DocumentTooLarge, BSONError, OverflowError, UnicodeError)):
        return DataError(message)
    if isinstance(error, OperationFailure):
        return _failure(error.code, message, transient=is_transient(error))
    if isinstance(error, PyMongoError) and error.timeout:
        return OperationalError(message)
    return DatabaseError(f"{type(error).__name__}: {message}")


def raise_translated(connection: DatabaseWrapper, error: BaseException) -> NoReturn:
    """Raise the ``django.db`` exception for a driver error, with the driver's as its cause."""
    with connection.wrap_database_errors:
        if isinstance(error, dbapi.Error):
            raise error  # not from itself: whoever followed such a cause would never arrive
        raise to_database_error(error) from error
    raise AssertionError("unreachable: the context manager re-raises")


@contextmanager
def translate_errors(connection: DatabaseWrapper) -> Iterator[None]:
    """Raise the driver's errors within the block as Django's."""
    try:
        yield
    except DRIVER_ERRORS as error:
        raise_translated(connection, error)


def raise_integrity_error(connection: DatabaseWrapper, message: str) -> NoReturn:
    """Raise ``django.db.IntegrityError`` for a rule the engine itself keeps (NOT NULL)."""
    with connection.wrap_database_errors:
        raise IntegrityError(message)
    raise AssertionError("unreachable: the context manager re-raises")


def _bulk_write_error(error: BulkWriteError) -> Exception:
    failures = (error.details or {}).get("writeErrors", [])
    if not failures:
        return OperationalError(str(error))
    first = failures[0]
    return _failure(first.get("code"), first.get("errmsg", str(error)), transient=is_transient(error))


def _failure(code: int | None, message: str, *, transient: bool) -> Exception:
    breaks_rule = code == CONVERSION_FAILURE and CONSTRAINT_PREFIX in message
    if code in DUPLICATE_KEY_CODES or code == DOCUMENT_VALIDATION_FAILURE or breaks_rule:
        return IntegrityError(message)
    if code in OPERATIONAL_CODES or transient:
        return OperationalError(message)
    if code in DATA_CODES:
        return DataError(message)
    return DatabaseError(message)
