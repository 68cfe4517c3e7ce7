"""Stop a running encoder when its work has become useless."""

from __future__ import annotations

from collections.abc import Callable

from streamsite.tasks.lease import current_lease

CHECK_EVERY_CALLS = 4


class Stopper:
    """The ``canceled`` of ``transcoding.ffmpeg.run``: true when the lease is lost, or when ``is_useless`` says so.

    It is called several times a second; ``is_useless``, which reads the database, once a second.
    """

    def __init__(self, is_useless: Callable[[], bool]) -> None:
        self._is_useless = is_useless
        self._calls = 0

    def __call__(self) -> bool:
        """Return whether the encoder is to stop now."""
        self._calls += 1
        if current_lease().lost.is_set():
            return True
        return self._calls % CHECK_EVERY_CALLS == 0 and self._is_useless()
