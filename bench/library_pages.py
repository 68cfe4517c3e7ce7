"""Pages asked for by eight people at once: what visitors and people who are signed in wait for. Part of ``library``.

Each page is asked for by eight connections all the time, so times include waiting for a web process. For *uncached*,
something changes before each page that anybody asks for, so nothing that was kept for a moment is used.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from itertools import count
from pathlib import Path
from urllib.parse import quote, urlsplit

from bench import change_marks
from bench.api.client import Address, Ask
from bench.api.load import Load
from tests.support.stack import Stack

AT_ONCE = 8
SECONDS = float(os.environ.get("BENCH_SECONDS", "3"))
# In ms at the 95th percentile, for visitors and for people who are signed in.
BARS = (25, 50)

# Makes the path of the request with a number.
Paths = Callable[[int], str]


def pages(video: str, videos: list[str], words: list[str]) -> dict[str, Paths]:
    """Return the pages by name; *watch* is one video and *watch, any* another one each time."""
    return {
        "home": lambda _: "/",
        "watch": lambda _: f"/watch/{video}",
        "watch, any": lambda number: f"/watch/{videos[number % len(videos)]}",
        "channel": lambda _: "/@star",
        "trending": lambda _: "/trending",
        "search": lambda number: f"/search?q={quote(words[number % len(words)])}",
    }


def measure_pages(site: Stack, every: Mapping[str, Paths], cookies: Mapping[str, str]) -> None:
    """Print a table of the milliseconds that pages take visitors and whoever has ``cookies``."""
    mark = change_marks.find_mark(site.data_dir)
    host = urlsplit(site.url)
    address = Address(host.port or 80, host=host.netloc)
    session = "; ".join(f"{name}={value}" for name, value in cookies.items())
    print(f"\n{AT_ONCE} at once, ms p50 and p95; bars: visitors {BARS[0]}, signed in {BARS[1]}\n")
    print("| page | visitor | visitor, uncached | signed in | signed in, uncached |\n|---|---|---|---|---|")
    for name, path_of in every.items():
        cells = []
        for cookie in ("", session):
            for renewed in (None, mark):
                load = Load(name, address, _requests(path_of, address.host, cookie, renewed))
                times = load.run(AT_ONCE, SECONDS)
                cells.append(f"{times.percentile(50):.1f}, {times.percentile(95):.1f}")
        print(f"| {name} | {' | '.join(cells)} |")


def _requests(path_of: Paths, host: str, cookie: str, mark: Path | None) -> Iterator[bytes]:
    for number in count():
        if mark is not None:
            change_marks.renew_mark(mark)
        encoded = Ask("GET", path_of(number)).encode(host)
        head = encoded.removesuffix(b"\r\n").replace(b"application/json", b"text/html")
        yield head + (f"Cookie: {cookie}\r\n".encode() if cookie else b"") + b"\r\n"
