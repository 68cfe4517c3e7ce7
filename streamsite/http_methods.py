"""Groups of HTTP methods that several rules go by."""

from __future__ import annotations

# Requests that ask for a file or page.
READ_METHODS = ("GET", "HEAD")
# Requests that change nothing, by RFC 9110, section 9.2.1.
SAFE_METHODS = frozenset({*READ_METHODS, "OPTIONS", "TRACE"})
