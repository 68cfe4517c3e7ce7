"""Why a file could not become a stream, as codes for programs and sentences for the uploader."""


class TranscodeError(Exception):
    """Base of every failure in this package.

    `code` is stable and goes into the API. `detail` is a sentence for the uploader: it never holds a path,
    a command line or the output of a tool. `log` is the end of the tool's own output, for the staff's log.
    `retryable` tells whether a second try on the same file can end otherwise. `keeps_source` tells that the file is
    kept all the same: what refused it may be a fault of ours, and an update may convert it.
    """

    code = "transcode_failed"
    retryable = False
    keeps_source = False

    def __init__(self, detail: str, *, log: str = "") -> None:
        super().__init__(detail)
        self.detail = detail
        self.log = log


class UnsupportedMedia(TranscodeError):
    """Not a video of a kind this site accepts."""

    code = "unsupported_media"


class TooLarge(TranscodeError):
    """A video, but longer, wider or faster than the limits allow."""

    code = "too_large"


class UnreadableMedia(TranscodeError):
    """A video container whose content is damaged, cut off or empty."""

    code = "unreadable_media"


class EncryptedMedia(TranscodeError):
    """A video or sound that only its seller's player can decrypt."""

    code = "encrypted_media"


class EncodeFailed(TranscodeError):
    """The encoder could not finish for a reason outside the file, such as a full disk."""

    code = "transcode_failed"
    retryable = True


class Unconvertible(EncodeFailed):
    """The encoder gave up on the file, or made something else of it than was planned. It would do so again."""

    code = "unconvertible_media"
    retryable = False
    keeps_source = True


class Killed(EncodeFailed):
    """The tool was killed from outside: by the machine, not by the file. Nothing is known about the file."""


class TimedOut(TranscodeError):
    """A step used more time than its limit."""

    code = "transcode_timeout"
    retryable = True


class Cancelled(TranscodeError):
    """The caller asked to stop."""

    code = "cancelled"
    retryable = True

    def __init__(self) -> None:
        super().__init__("The conversion was stopped.")


_PERMANENT_CODES = frozenset(
    kind.code for kind in (UnsupportedMedia, TooLarge, UnreadableMedia, EncryptedMedia, Unconvertible)
)


def is_retryable(code: str) -> bool:
    """Whether another try on the same file can end otherwise after a failure with this code."""
    return code not in _PERMANENT_CODES
