"""The one way to say no."""

from __future__ import annotations

from django.db import NotSupportedError


def refuse(node: object, why: str = "") -> NotSupportedError:
    """Return the error for what has no exact counterpart in MongoDB."""
    reason = f" ({why})" if why else ""
    return NotSupportedError(f"{type(node).__name__} is not supported by the MongoDB engine{reason}.")
