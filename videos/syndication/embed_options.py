"""Options of an embedded player in its URL: ``/embed/{id}?start=1m30s&autoplay=1``."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from django.http import QueryDict

from videos.start_times import parse_start_time, requested_start_time

ON, OFF = "1", "0"
LANGUAGE = re.compile(r"\A[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*\Z", re.ASCII)
MAX_LANGUAGE = 12


@dataclass(frozen=True)
class EmbedOptions:
    """Options of the player; the defaults are those of a URL without parameters.

    ``start`` and ``end`` are seconds. Without a ``start`` the player may resume where its viewer left off; ``end``
    is 0 when there is none. ``cc`` is "" (the viewer's setting), "1" (on), "0" (off) or a language tag.
    """

    start: float | None = None
    end: float = 0.0
    autoplay: bool = False
    muted: bool = False
    loop: bool = False
    controls: bool = True
    cc: str = ""

    @classmethod
    def read(cls, params: QueryDict) -> EmbedOptions:
        """Return the options in ``params``; invalid ones are ignored. ``t`` is an alias of ``start``."""
        start = requested_start_time(params)
        end = parse_start_time(params.get("end", "")) or 0.0
        return cls(
            start=start,
            end=end if end > (start or 0.0) else 0.0,
            autoplay=params.get("autoplay") == ON,
            muted=params.get("muted") == ON,
            loop=params.get("loop") == ON,
            controls=params.get("controls") != OFF,
            cc=_captions(params.get("cc", "")),
        )

    def query(self) -> str:
        """Return the options as a query string with its question mark, or "" when all are the defaults."""
        pairs = [
            ("start", _number(self.start)),
            ("end", _number(self.end or None)),
            *((name, ON if getattr(self, name) else "") for name in ("autoplay", "muted", "loop")),
            ("controls", "" if self.controls else OFF),
            ("cc", self.cc),
        ]
        given = [(name, value) for name, value in pairs if value]
        return f"?{urlencode(given)}" if given else ""

    def for_first_video(self) -> EmbedOptions:
        """Return the options for the first video of a playlist, which ``loop`` repeats there."""
        return replace(self, loop=False)

    def for_later_videos(self) -> EmbedOptions:
        """Return the options for the later videos of a playlist."""
        return replace(self, start=None, end=0.0)


def _captions(raw: str) -> str:
    if raw in {ON, OFF}:
        return raw
    return raw if len(raw) <= MAX_LANGUAGE and LANGUAGE.match(raw) else ""


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.3f}".rstrip("0").rstrip(".")
