"""Why a file could not become a stream, as codes for programs and sentences for the uploader."""


class TranscodeError(Exception):
    """Base of every failure in this package.

    `code` is stable and goes into the API. `detail` is a sentence for the uploader: it never holds a path,
    a command line or the output of a tool. `log` is the end of the tool's own output, for the staff's log.
    `retryable` tells whether a second try on the same file can end otherwise.
    """

    code = "transcode_failed"
    retryable = False

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


class EncodeFailed(TranscodeError):
    """The encoder ended with an error, or its output did not pass the checks."""

    code = "transcode_failed"
    retryable = True


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
