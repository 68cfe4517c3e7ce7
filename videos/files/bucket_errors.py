"""The error that calls to the bucket raise, for the modules that know its client and those that do not."""

from __future__ import annotations

from streamsite.errors import Unavailable


class BucketUnavailable(Unavailable):
    """The bucket does not answer, or not as it should."""
