"""Compare response times of lists, searches and pages in libraries of 1,000 and of 100,000 videos.

Run by ``script/bench library`` (``BENCH_VIDEOS`` is the larger number). Two whole sites run at once, each with a
database of its own, and are asked in turns over one open connection each, so that what disturbs the machine disturbs
both. Times are those of a client on the same machine, in milliseconds.
"""

from __future__ import annotations

import http.client
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypedDict
from urllib.parse import quote, urlsplit

from pymongo.database import Database

from bench import library_pages
from tests.support.http_client import Caller
from tests.support.mongo import root_uri
from tests.support.stack import ROOT, Stack

SMALL, LARGE = 1_000, int(os.environ.get("BENCH_VIDEOS", "100000"))
TRIES = int(os.environ.get("BENCH_TRIES", "120"))
# A folder that keeps the large site, so that filling it is done once; by default it is gone afterwards.
FOLDER = os.environ.get("BENCH_FOLDER", "")
MAX_RETRIES, RETRY_SECONDS = 10, 5.0
# Rows of history for each video: with a million videos ten would need many gigabytes.
HISTORY = int(os.environ.get("BENCH_HISTORY", "10"))
PEOPLE = ("star", "small", "fan20", "fan500", "fan2000", "staffer")
FAR = 1_000  # pages of 20
PHRASES = 10  # different ones that are asked for in turns
API = "/api/v1"


class Facts(TypedDict, total=False):
    """The values that the seed prints, and the addresses of pages far into its lists."""

    words: list[list[str]]
    tag: str
    frequent: str
    video: str
    videos: list[str]
    short_list: str
    medium_list: str
    long_list: str
    far_list: str
    far_comments: str
    far_history: str
    far_subscribers: str
    far_items: str


def phrases(titles: list[list[str]], many: int, *, is_frequent: bool) -> list[str]:
    """Return ``PHRASES`` phrases of ``many`` different words of the titles, those with the most frequent words or not.

    A phrase is as frequent as the rarest of its words.
    """
    counts = Counter(word for title in titles for word in title)
    starts = [(title, at) for title in titles for at in range(len(title) - many + 1)]
    known = {tuple(title[at : at + many]) for title, at in starts}
    different = [phrase for phrase in known if len(set(phrase)) == many]
    ordered = sorted(different, key=lambda phrase: (min(counts[word] for word in phrase), phrase))
    return [" ".join(phrase) for phrase in (ordered[-PHRASES:] if is_frequent else ordered[:PHRASES])]


@dataclass
class World:
    """A running site with a library, and the ids that requests need."""

    size: int
    site: Stack
    callers: dict[str, Caller]
    facts: Facts
    connection: http.client.HTTPConnection = field(init=False)
    turn: int = 0

    def __post_init__(self) -> None:
        address = urlsplit(self.site.url)
        self.connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=120)

    def words(self) -> list[str]:
        """Return the words of another title at every call."""
        self.turn += 1
        return list(self.facts["words"][self.turn % len(self.facts["words"])])

    def phrase(self, many: int, *, is_frequent: bool = True) -> str:
        """Return in quotes another phrase of ``many`` words at every call: of frequent words, or of rare ones."""
        self.turn += 1
        known = phrases(self.facts["words"], many, is_frequent=is_frequent)
        return f'"{known[self.turn % len(known)]}"'

    def get(self, path: str, who: str = "", *, tries: int = 0) -> tuple[float, bytes]:
        """Return the milliseconds and the content of a request that must succeed, after up to ``tries`` failures."""
        caller = self.callers.get(who)
        is_page = not path.startswith(API)
        headers: dict[str, str] = {}
        if caller is not None and is_page:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in caller.cookies.items())
        elif caller is not None:
            headers["Authorization"] = f"Bearer {caller.token}"
        begun = time.perf_counter()
        self.connection.request("GET", path, headers=headers)
        try:
            answer = self.connection.getresponse()
        except http.client.RemoteDisconnected:  # it was idle for long
            self.connection.close()
            return self.get(path, who, tries=tries)
        content = answer.read()
        elapsed = (time.perf_counter() - begun) * 1_000
        if answer.status == 503 and tries:
            # MongoDB still writes to the disk what was filled in, or its cache is empty.
            time.sleep(RETRY_SECONDS)
            return self.get(path, who, tries=tries - 1)
        if answer.status != 200:
            raise SystemExit(f"{path}: {answer.status} {content[:300]!r}")
        return elapsed, content

    def far(self, path: str, who: str = "", pages: int = FAR) -> str:
        """Return the address of the page ``pages`` pages of 20 further on, or of the last one."""
        mark = "&" if "?" in path else "?"
        address = f"{path}{mark}page_size=100"
        for _ in range(pages * 20 // 100):
            following = json.loads(self.get(address, who, tries=MAX_RETRIES)[1])["next"]
            if following is None:
                break
            parts = urlsplit(following)
            address = f"{parts.path}?{parts.query}"
        return address.replace("page_size=100", "page_size=20")


@dataclass
class Question:
    """One row of the table: a request to a world, and who makes it."""

    name: str
    path: Callable[[World], str]
    who: str = ""


QUESTIONS = [
    Question("list, page 1", lambda w: f"{API}/videos"),
    Question("list, page 1,000", lambda w: str(w.facts["far_list"])),
    Question("list by views", lambda w: f"{API}/videos?sort=views"),
    Question("list of a category", lambda w: f"{API}/videos?category=music"),
    Question("with captions (30 videos)", lambda w: f"{API}/videos?captions=1"),
    Question("with captions, by views", lambda w: f"{API}/videos?captions=1&sort=views"),
    Question("long (30 videos)", lambda w: f"{API}/videos?duration=long"),
    Question(
        "long, of a category, by likes", lambda w: f"{API}/videos?duration=long&category=music&sort=likes"
    ),
    Question(
        "medium, with captions, in English", lambda w: f"{API}/videos?duration=medium&captions=1&language=en"
    ),
    Question("of a tag, with captions", lambda w: f"{API}/videos?tag={quote(w.facts['tag'])}&captions=1"),
    Question("uploaded this hour, by views", lambda w: f"{API}/videos?uploaded=hour&sort=views"),
    Question(
        "a frequent word, with captions", lambda w: f"{API}/videos?q={quote(w.facts['frequent'])}+&captions=1"
    ),
    Question("history, a word of one video", lambda w: f"{API}/me/history?q=unheardof", "fan20"),
    Question("history, two words", lambda w: f"{API}/me/history?q={quote(' '.join(w.words()[:2]))}", "fan20"),
    Question("studio, a word of no video", lambda w: f"{API}/studio/videos?q=unheardof", "star"),
    Question("admin: videos", lambda w: "/admin/videos/video/", "staffer"),
    Question("admin: videos of a channel", lambda w: "/admin/videos/video/?q=channel00007", "staffer"),
    Question("admin: videos by title", lambda w: "/admin/videos/video/?q=unheardof", "staffer"),
    Question("admin: failed videos", lambda w: "/admin/videos/video/?status__exact=failed", "staffer"),
    Question("admin: accounts", lambda w: "/admin/accounts/user/", "staffer"),
    Question("admin: subscriptions", lambda w: "/admin/subscriptions/subscription/", "staffer"),
    Question("admin: comments by an author", lambda w: "/admin/videos/comment/?q=user000007", "staffer"),
    Question("search, one word", lambda w: f"{API}/videos?q={quote(w.words()[0])}+"),
    Question("search, two words", lambda w: f"{API}/videos?q={quote(' '.join(w.words()[:2]))}+"),
    Question("search, an unfinished word", lambda w: f"{API}/videos?q={quote(w.words()[1][:4])}"),
    Question("search, a phrase", lambda w: f"{API}/videos?q=%22{quote(' '.join(w.words()[1:3]))}%22"),
    Question("search, a phrase of 2 frequent words", lambda w: f"{API}/videos?q={quote(w.phrase(2))}"),
    Question("search, a phrase of 3 frequent words", lambda w: f"{API}/videos?q={quote(w.phrase(3))}"),
    Question(
        "search, a phrase of 2 rare words",
        lambda w: f"{API}/videos?q={quote(w.phrase(2, is_frequent=False))}",
    ),
    Question("suggestions", lambda w: f"{API}/search/suggest?q={quote(w.words()[2][:3])}"),
    Question("channels by a word", lambda w: f"{API}/channels?q=channel"),
    Question("channels by two words", lambda w: f"{API}/channels?q=channel00007+nobody"),
    Question("one video", lambda w: f"{API}/videos/{w.facts['video']}"),
    Question("related", lambda w: f"{API}/videos/{w.facts['video']}/related"),
    Question("trending", lambda w: f"{API}/trending"),
    Question("comments, page 1", lambda w: f"{API}/videos/{w.facts['video']}/comments"),
    Question("comments, page 1,000", lambda w: str(w.facts["far_comments"])),
    Question("history, page 1", lambda w: f"{API}/me/history", "fan20"),
    Question("history, page 1,000", lambda w: str(w.facts["far_history"]), "fan20"),
    Question("channel", lambda w: f"{API}/channels/star"),
    Question("channel, 10 subscribers", lambda w: f"{API}/channels/small"),
    Question("channel's videos", lambda w: f"{API}/channels/star/videos"),
    Question("subscribers, page 1", lambda w: f"{API}/channels/star/subscribers"),
    Question("subscribers, page 1,000", lambda w: str(w.facts["far_subscribers"])),
    Question("feed of 20 channels", lambda w: f"{API}/me/feed", "fan20"),
    Question("feed of 500 channels", lambda w: f"{API}/me/feed", "fan500"),
    Question("feed of 2,000 channels", lambda w: f"{API}/me/feed", "fan2000"),
    Question("unread notifications, 2,000 channels", lambda w: f"{API}/me/notifications/unread", "fan2000"),
    Question("playlist of 20", lambda w: f"{API}/playlists/{w.facts['short_list']}/items"),
    Question("playlist of 5,000", lambda w: f"{API}/playlists/{w.facts['long_list']}/items"),
    Question("playlist of 5,000, its end", lambda w: str(w.facts["far_items"])),
    Question("home page", lambda w: "/", "fan500"),
    Question("watch page", lambda w: f"/watch/{w.facts['video']}", "fan20"),
    Question("channel page", lambda w: "/@star", "fan20"),
    Question("channel page, 10 subscribers", lambda w: "/@small", "fan20"),
    Question("studio", lambda w: "/studio", "star"),
    Question("studio, own videos", lambda w: f"{API}/studio/videos", "star"),
]


def main() -> None:
    """Start both sites, fill them, measure in turns, and print the table."""
    with tempfile.TemporaryDirectory(prefix="streamsite-bench-") as name:
        folders = [Path(name) / str(SMALL), Path(FOLDER or name) / str(LARGE)]
        sites = [Stack(folder, web_processes=2, STREAMSITE_THROTTLE_SCALE="1000000") for folder in folders]
        try:
            worlds = [begin(site, size) for site, size in zip(sites, (SMALL, LARGE), strict=True)]
            report(measure(worlds))
            pages_at_once(worlds[1])
            publishing(worlds[1])
        finally:
            for site in sites:
                site.stop()


def begin(site: Stack, size: int) -> World:
    """Run a site with ``size`` videos, which are filled in unless its folder has them already."""
    site.data_dir.parent.mkdir(parents=True, exist_ok=True)
    known = site.data_dir.parent / "facts.json"
    site.start()
    if not known.exists():
        for person in PEOPLE:
            Caller(site).sign_up(person)
        begun = time.monotonic()
        known.write_text(json.dumps(fill(site, size, f"--history={HISTORY}")))
        print(f"{size:,} videos, filled in {time.monotonic() - begun:.0f} s", flush=True)
    callers = {person: Caller(site).sign_in(person).sign_in_to_pages(person) for person in PEOPLE}
    facts: Facts = json.loads(known.read_text())
    world = World(size, site, callers, facts)
    video = world.facts["video"]
    world.facts |= {
        "far_list": world.far(f"{API}/videos"),
        "far_comments": world.far(f"{API}/videos/{video}/comments?sort=newest"),
        "far_history": world.far(f"{API}/me/history", "fan20"),
        "far_subscribers": world.far(f"{API}/channels/star/subscribers"),
        "far_items": world.far(f"{API}/playlists/{world.facts['long_list']}/items", pages=240),
    }
    return world


def fill(site: Stack, size: int, *options: str) -> Facts:
    """Insert ``size`` videos and all that belongs to them; return what the seed prints. ``PEOPLE`` exist already."""
    uri = (site.data_dir / "run" / "mongodb-uri").read_text().strip()
    settings = {"MONGODB_URI": uri, "STREAMSITE_DATA_DIR": str(site.data_dir), "SITE_URL": site.url}
    seeded = subprocess.run(
        [sys.executable, "-m", "bench.library_seed", str(size), *options],
        cwd=ROOT, env=os.environ | settings, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if seeded.returncode:
        raise SystemExit(seeded.stderr[-3_000:])
    facts: Facts = json.loads(seeded.stdout.strip().splitlines()[-1])
    return facts


def measure(worlds: list[World]) -> dict[str, list[list[float]]]:
    """Return the milliseconds of every try, by question and world."""
    times: dict[str, list[list[float]]] = {asked.name: [[] for _ in worlds] for asked in QUESTIONS}
    for attempt in range(-10, TRIES):
        for world in worlds if attempt % 20 == 0 else []:  # access tokens last ten minutes
            for person, caller in world.callers.items():
                caller.sign_in(person)
        for asked in QUESTIONS:
            for number, world in enumerate(worlds):
                elapsed, _ = world.get(asked.path(world), asked.who)
                if attempt >= 0:
                    times[asked.name][number].append(elapsed)
    return times


def report(times: dict[str, list[list[float]]]) -> None:
    """Print the medians of both sizes, their ratio, and the larger one's 95th percentile."""
    print(f"\n{'':<40}{SMALL:>9,}{LARGE:>10,}{'ratio':>8}{'p95':>9}")
    for name, (small, large) in times.items():
        low, high = statistics.median(small), statistics.median(large)
        p95 = statistics.quantiles(large, n=20)[-1]
        print(f"{name:<40}{low:>9.2f}{high:>10.2f}{high / low:>8.2f}{p95:>9.2f}")


def pages_at_once(world: World) -> None:
    """Print what pages of a world take eight people at once."""
    facts = world.facts
    every = library_pages.pages(facts["video"], facts["videos"], [words[0] for words in facts["words"]])
    person = world.callers["fan500"].sign_in_to_pages("fan500")
    library_pages.measure_pages(world.site, every, person.cookies)


def publishing(world: World) -> None:
    """Print what publishing a video takes and writes, with 10 subscribers and with all of them."""
    import pymongo

    times: dict[str, list[float]] = {"small": [], "star": []}
    with pymongo.MongoClient(root_uri(world.site.data_dir)) as client:
        videos, status = client["streamsite"]["videos_video"], client["admin"]
        ids = {who: _own(client["streamsite"], who) for who in times}
        videos.update_many(
            {"_id": {"$in": [one for part in ids.values() for one in part]}},
            {"$set": {"visibility": "private", "listed": False, "published_at": None}},
        )
        written = {}
        for number in range(len(ids["small"])):
            for who, spent in times.items():
                path = f"{API}/videos/{ids[who][number]}"
                before = status.command("serverStatus")["opcounters"]
                begun = time.perf_counter()
                code, body = world.callers[who].json("PATCH", path, {"visibility": "public"})
                spent.append((time.perf_counter() - begun) * 1_000)
                if code != 200:
                    raise SystemExit(f"{path}: {code} {body}")
                after = status.command("serverStatus")["opcounters"]
                written[who] = sum(after[kind] - before[kind] for kind in ("insert", "update", "delete"))
    small, star = statistics.median(times["small"]), statistics.median(times["star"])
    print(
        f"\npublishing: {small:.1f} ms with 10 subscribers, {star:.1f} ms with {world.size:,}: {star / small:.2f}"
    )
    print(f"writes (those of the site's periodic work included): {written['small']} and {written['star']}")


def _own(database: Database[dict[str, str]], who: str) -> list[str]:
    (owner,) = (row["_id"] for row in database["accounts_user"].find({"username": who}))
    return [row["_id"] for row in database["videos_video"].find({"channel_id": owner}, {"_id": 1}).limit(20)]


if __name__ == "__main__":
    main()
