"""Errors of the conversion: codes for programs, sentences for the uploader."""


class TranscodeError(Exception):
    """Base of every failure in this package.

    `code` is stable and part of the API. `detail` is a sentence for the uploader and never contains a path, a
    command line or a tool's output. `log` is the end of the tool's own output, for the staff's log. `retryable`
    says whether a retry on the same file can succeed. `keeps_source` says that the file is kept anyway: the
    refusal may be our fault, and an update may be able to convert it.
    """

    code = "transcode_failed"
    retryable = False
    keeps_source = False

    def __init__(self, detail: str, *, log: str = "") -> None:
        super().__init__(detail)
        self.detail = detail
        self.log = log


class UnsupportedMedia(TranscodeError):
    """The file is not a video of an accepted kind."""

    code = "unsupported_media"


class TooLarge(TranscodeError):
    """The video is longer, wider or faster than the limits allow."""

    code = "too_large"


class UnreadableMedia(TranscodeError):
    """The container is valid but its content is damaged, cut off or empty."""

    code = "unreadable_media"


class EncryptedMedia(TranscodeError):
    """The content is encrypted; only its seller's player can decrypt it."""

    code = "encrypted_media"


class EncodeFailed(TranscodeError):
    """The encoder failed for a reason outside the file, such as a full disk."""

    code = "transcode_failed"
    retryable = True


class Unconvertible(EncodeFailed):
    """The encoder gave up on the file or produced something else than planned; a retry would do the same."""

    code = "unconvertible_media"
    retryable = False
    keeps_source = True


class Killed(EncodeFailed):
    """The tool was killed from outside, by the machine and not because of the file."""


class TimedOut(TranscodeError):
    """A step exceeded its time limit."""

    code = "transcode_timeout"
    retryable = True


class Canceled(TranscodeError):
    """The caller asked to stop."""

    code = "cancelled"
    retryable = True

    def __init__(self) -> None:
        super().__init__("Processing was stopped.")


_PERMANENT_CODES = frozenset(
    kind.code for kind in (UnsupportedMedia, TooLarge, UnreadableMedia, EncryptedMedia, Unconvertible)
)


def is_retryable(code: str) -> bool:
    """Return whether a retry on the same file can succeed after a failure with this code."""
    return code not in _PERMANENT_CODES
