"""Start a site with a library, and both Node backends on its database."""

from __future__ import annotations

import secrets
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pymongo import MongoClient
from pymongo.database import Database

from bench import change_marks
from bench.api import baseline, copies
from bench.api.calls import API, Call, Facts
from bench.api.client import Address, Line
from bench.api.cpu import ProcessGroup
from bench.library import PEOPLE, fill
from bench.library import Facts as Seed
from tests.support.http_client import Caller
from tests.support.mongo import root_uri
from tests.support.stack import Stack

VIEWER = "fan20"
SITE = "site"
PAGE_SIZE = 20
FAR_PAGE = 1_000
VIDEOS_PER_CHANNEL = 40
MIN_CHANNELS, MAX_CHANNELS = 24, 2_500
# Two for each process, so that all of them answer.
LINES_PER_PROCESS = 2


@dataclass
class Backend:
    """A contender: where it is asked, its processes, and the token of the viewer."""

    name: str
    address: Address
    web: ProcessGroup
    lines: list[Line]
    token: str = ""

    def request(self, call: Call, facts: Facts, number: int) -> bytes:
        """Return the bytes of the request with a number."""
        ask = (call.site if self.name == SITE else call.node)(facts, number)
        return ask.encode(self.address.host, self.token if call.signed_in else "")


@dataclass
class World:
    """Everything that runs. ``front`` is nginx in front of the site, when there is one."""

    size: int
    facts: Facts
    backends: list[Backend]
    mongod: ProcessGroup
    front: ProcessGroup
    front_address: Address
    database: Database[dict[str, Any]]
    viewer: Caller = field(repr=False)
    mark: Path

    def renew_token(self) -> None:
        """Sign the viewer in to the site again: access tokens do not last for a whole measurement."""
        self.viewer.sign_in(VIEWER)
        self.backends[0].token = self.viewer.token

    def renew_mark(self) -> None:
        """Make the site forget what it keeps for a moment, as every change does."""
        change_marks.renew_mark(self.mark)

    def front_line(self) -> Line:
        """Return a connection to the site through nginx."""
        return Line(self.front_address)


@contextmanager
def running_world(folder: Path, size: int, processes: int) -> Iterator[World]:
    """Start everything with ``size`` videos, and stop it at the end, also after an error."""
    with ExitStack() as started:
        site = _start_site(started, folder / "site", processes)
        people = {name: Caller(site).sign_up(name) for name in PEOPLE}
        seed = _fill(site, size)
        client = MongoClient[dict[str, Any]](root_uri(site.data_dir), tz_aware=True)
        database = started.enter_context(client)["streamsite"]
        copies.like_video(database, seed["video"])
        copies.copy_collections(database)
        account = database[copies.USERS].find_one({"username": VIEWER}) or {}
        nodes = _start_nodes(started, folder / "node", _node_uri(site.data_dir), processes)
        world = World(
            size=size,
            facts=_facts(site, database, seed, size),
            backends=[
                _site_backend(site, processes),
                *(_node_backend(node, node.token(account), processes) for node in nodes),
            ],
            mongod=ProcessGroup(lambda: site.children("mongod")),
            front=ProcessGroup(lambda: children_named(site, "nginx")),
            front_address=Address(site.port, host=f"localhost:{site.port}"),
            database=database,
            viewer=people[VIEWER],
            mark=change_marks.find_mark(site.data_dir),
        )
        world.renew_token()
        yield world


def _start_site(started: ExitStack, folder: Path, processes: int) -> Stack:
    """Start a site without rate limits that ``started`` stops."""
    site = Stack(
        folder,
        web_processes=processes,
        STREAMSITE_THROTTLE_SCALE="1000000",
        ACCESS_TOKEN_SECONDS="3600",  # noqa: S106 - a duration
    )
    folder.mkdir()
    site.start()
    started.callback(_stop, site)
    return site


def _stop(site: Stack) -> None:
    try:
        site.stop()
    except subprocess.TimeoutExpired:
        site.kill()


def _start_nodes(started: ExitStack, folder: Path, uri: str, processes: int) -> list[baseline.Baseline]:
    """Start both variants of the Node backend, which ``started`` stops."""
    secret, program = secrets.token_hex(32), baseline.install(folder)
    nodes = []
    for variant in baseline.VARIANTS:
        node = baseline.Baseline(variant, program, uri=uri, secret=secret, processes=processes)
        started.callback(node.stop)
        node.start()
        nodes.append(node)
    return nodes


def _fill(site: Stack, size: int) -> Seed:
    begun = time.monotonic()
    channels = max(MIN_CHANNELS, min(MAX_CHANNELS, size // VIDEOS_PER_CHANNEL))
    seed = fill(site, size, f"--channels={channels}", "--history=1")
    print(f"{size:,} videos, filled in {time.monotonic() - begun:.0f} s", flush=True)
    return seed


def _facts(site: Stack, database: Database[dict[str, Any]], seed: Seed, size: int) -> Facts:
    """Return the ids that requests need, and the addresses of a page far into the list."""
    page = min(FAR_PAGE, size // PAGE_SIZE)
    return Facts(
        video=seed["video"],
        videos=seed["videos"],
        words=[words[0] for words in seed["words"]],
        playlist=seed["medium_list"],
        followable="small",
        far_list=_far_list(site, page),
        far_page=page,
        far_before=copies.list_cursor(database, page, PAGE_SIZE),
    )


def _far_list(site: Stack, page: int) -> str:
    """Return the path of the site's list of videos at a page, by following the list in larger steps."""
    caller, path = Caller(site), f"{API}/videos"
    steps = [100] * ((page - 1) * PAGE_SIZE // 100) + [PAGE_SIZE] * (
        (page - 1) * PAGE_SIZE % 100 // PAGE_SIZE
    )
    for step in steps:
        status, body = caller.json("GET", _resized(path, step))
        if status != 200 or body["next"] is None:
            raise SystemExit(f"{path}: {status}, and no page {page}")
        parts = urlsplit(body["next"])
        path = f"{parts.path}?{parts.query}"
    return _resized(path, PAGE_SIZE)


def _resized(path: str, page_size: int) -> str:
    """Return the path with another size of its page."""
    base, _, query = path.partition("?")
    kept = [part for part in query.split("&") if part and not part.startswith("page_size=")]
    return f"{base}?{'&'.join([*kept, f'page_size={page_size}'])}"


def _site_backend(site: Stack, processes: int) -> Backend:
    """Return the site as its web processes answer, without nginx."""
    (server,) = site.children("granian")
    words = Path(f"/proc/{server}/cmdline").read_text().split("\0")
    host = f"localhost:{site.port}"
    socket = Path(words[words.index("--uds") + 1]) if "--uds" in words else None
    address = Address(site.port, socket, host)
    group = ProcessGroup(lambda: site.children("granian"))
    return Backend(SITE, address, group, _lines(address, processes))


def children_named(site: Stack, program: str) -> list[int]:
    """Return the ids of the site's children that run a program; others may name it in their arguments."""
    return [pid for pid in site.children(program) if Path(f"/proc/{pid}/comm").read_text().strip() == program]


def _node_backend(node: baseline.Baseline, token: str, processes: int) -> Backend:
    return Backend(
        node.variant, node.address, ProcessGroup(node.pids), _lines(node.address, processes), token
    )


def _lines(address: Address, processes: int) -> list[Line]:
    return [Line(address) for _ in range(LINES_PER_PROCESS * processes)]


def _node_uri(data_dir: Path) -> str:
    """Return the connection string of the site's database for accounts of ``admin``."""
    base, _, options = root_uri(data_dir).partition("?")
    return f"{base}streamsite?{options}&authSource=admin"
