"""Exit codes of the command."""

from __future__ import annotations

from streamsite_client.errors import (
    ApiError,
    Forbidden,
    NetworkError,
    NotFound,
    NotStreamsite,
    SignInRequired,
    Throttled,
    Unauthorized,
    Unavailable,
    UploadInterrupted,
)

OK = 0
FAILED = 1  # something was refused, or some of the files failed
USAGE = 2  # the arguments make no sense
UNREACHABLE = 3  # no answer, or the site cannot answer now: the same command may succeed later
NOT_SIGNED_IN = 4  # sign in (again)
NOT_ALLOWED = 5  # not there, hidden, or not the caller's
INTERRUPTED = 130  # Ctrl-C


class UsageError(Exception):
    """Arguments that make no sense."""


def code_of(error: Exception) -> int:
    """Return the exit code for an error."""
    match error:
        case UsageError():
            return USAGE
        case SignInRequired() | Unauthorized():
            return NOT_SIGNED_IN
        case NotFound() | Forbidden():
            return NOT_ALLOWED
        case NetworkError() | NotStreamsite() | Throttled() | Unavailable() | UploadInterrupted():
            return UNREACHABLE
        case _:
            return FAILED


def sentence_of(error: Exception) -> str:
    """Return what is wrong, for people."""
    if isinstance(error, OSError) and error.filename:
        return f"{error.filename}: {error.strerror}"
    text = str(error) or type(error).__name__
    if isinstance(error, SignInRequired | Unauthorized):
        text += " Sign in with: streamsite login SITE" if "Sign in with" not in text else ""
    if isinstance(error, ApiError) and error.request_id:
        text += f" [{error.code}, request {error.request_id}]"
    return text
