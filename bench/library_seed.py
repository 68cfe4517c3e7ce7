"""Fill the database of a site with a library of videos: ``python -m bench.library_seed 100000``.

The settings name the database. The accounts ``star``, ``small``, ``fan20``, ``fan500`` and ``fan2000`` exist already.
Everything else grows with the number of videos: watched rows and one subscriber of ``star`` for each, a comment of the
most discussed video for each. Prints what the measurements need as JSON.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import random
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from typing import Any, NamedTuple, TypeVar

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "streamsite.settings")
django.setup()

from django.db import models  # noqa: E402

from accounts.models import User  # noqa: E402
from playlists.models import Playlist  # noqa: E402
from playlists.services import create_playlist  # noqa: E402
from streamsite.ids import object_id  # noqa: E402
from streamsite.mongo.collections import collection  # noqa: E402
from streamsite.visibility import Visibility  # noqa: E402
from subscriptions.models import Subscription  # noqa: E402
from videos import facet_store, folded_titles  # noqa: E402
from videos.models import CATEGORIES, Comment, Status, Video, Watch  # noqa: E402
from videos.search import finders, index  # noqa: E402
from videos.search import store as search_store  # noqa: E402

Item = TypeVar("Item")
Row = TypeVar("Row", bound=models.Model)

START = dt.datetime(2024, 1, 1, tzinfo=dt.UTC)
CHANNELS = 2_500
BATCH = 2_000
SYLLABLES = (
    "ka",
    "lo",
    "mi",
    "ne",
    "pu",
    "ra",
    "si",
    "to",
    "ve",
    "zan",
    "der",
    "fil",
    "gor",
    "hem",
    "jul",
    "wix",
)
LONGEST_LIST = 5_000
# Collections that grow with the number of videos.
INDEXED_LAST = (
    search_store.SEARCH_VIDEOS,
    *(model._meta.db_table for model in (Video, User, Subscription, Watch, Comment)),
)
LONG_EVERY = 3_333


@dataclass(frozen=True)
class Options:
    """The numbers of rows to insert; the defaults are those of ``script/bench library``."""

    size: int
    channels: int
    history: int


class Seeded(NamedTuple):
    """The parts of an inserted video that other rows repeat: a model takes 20 times the memory."""

    pk: str
    channel_id: str
    title: str
    folded_title: str
    duration: float


def main() -> None:
    """Insert everything, in batches that fit the server's cache."""
    options = _read_options()
    with _indexes_last():
        facts = _fill(options)
    print(json.dumps(facts))


@contextmanager
def _indexes_last() -> Iterator[None]:
    """Build the indexes of large collections when all documents are there: one scan instead of a change for each.

    Unique indexes and those of the few things that are looked up meanwhile stay.
    """
    dropped: dict[str, list[dict[str, Any]]] = {}
    for table in INDEXED_LAST:
        target = collection(table)
        specs = [{**one} for one in target.list_indexes()]
        dropped[table] = [
            {name: value for name, value in one.items() if name not in {"v", "ns"}}
            for one in specs
            if one["name"] != "_id_" and not one.get("unique")
        ]
        for one in dropped[table]:
            target.drop_index(one["name"])
    yield
    for table, wanted in dropped.items():
        collection(table).database.command("createIndexes", table, indexes=wanted)


def _fill(options: Options) -> dict[str, object]:
    """Insert everything; return what the measurements need."""
    chance = random.Random(7)
    words = _vocabulary(chance, 6_000)
    star, small = (User.objects.get(username=name) for name in ("star", "small"))
    channels = [
        User(username=f"channel{n:05d}", email=f"c{n}@example.org")
        for n in range(min(options.channels, options.size))
    ]
    _store(User, channels)
    videos, tag = _videos(options.size, [star, small, *channels], words, chance)
    User.objects.filter(username="staffer").update(is_staff=True, is_superuser=True)
    crowd = _crowd(options.size)
    _subscribe(star, crowd)
    _subscribe(small, crowd[:10])
    for name, many in (("fan20", 20), ("fan500", 500), ("fan2000", 2_000)):
        _follow(User.objects.get(username=name), channels[:many])
    fan = User.objects.get(username="fan20")
    _history(fan, videos, crowd, options)
    _comments(videos[0], crowd, words, chance)
    short, medium, long = (_playlist(fan, videos, many) for many in (20, 200, LONGEST_LIST))
    step = max(1, options.size // 200)
    return {
        "video": videos[0].pk,
        "videos": [video.pk for video in videos[::step]][:200],
        "tag": tag,
        "frequent": words[1],
        "words": [video.title.split() for video in videos[::step]][:200],
        "short_list": short,
        "medium_list": medium,
        "long_list": long,
    }


def _read_options() -> Options:
    parser = argparse.ArgumentParser()
    parser.add_argument("size", type=int, help="number of videos")
    parser.add_argument("--channels", type=int, default=CHANNELS, help="number of channels that have them")
    parser.add_argument("--history", type=int, default=10, help="watched rows for each video")
    return Options(**vars(parser.parse_args()))


def _videos(
    size: int, channels: list[User], words: list[str], chance: random.Random
) -> tuple[list[Seeded], str]:
    """Insert the videos of ``channels`` in turns, and index them; return them and the second one's tag."""
    seeded: list[Seeded] = []
    tag = ""
    made = (_video(n, channels[n % len(channels)], words, chance) for n in range(size))
    for part in _batches(made):
        tag = tag or part[1].tags[0]
        _store(Video, part)
        documents = [{"_id": video.pk, **index.build_document(video, "")} for video in part]
        collection(search_store.SEARCH_VIDEOS).insert_many(documents, ordered=False)
        seeded += [
            Seeded(video.pk, video.channel_id, video.title, video.folded_title, video.duration)
            for video in part
        ]
    facet_store.refresh_facets(Video._meta.db_table, {})
    facet_store.refresh_facets(search_store.SEARCH_VIDEOS, {})
    index.recount_terms()
    finders.rebuild_name_indexes()
    return seeded, tag


def _crowd(size: int) -> list[str]:
    """Insert the accounts that only watch; return their ids."""
    first = User(username="user000000", email="u0@example.org")
    others = ({"username": f"user{n:06d}", "email": f"u{n}@example.org"} for n in range(1, size))
    return _store_copies(first, others)


def _vocabulary(chance: random.Random, many: int) -> list[str]:
    words = {"".join(chance.choices(SYLLABLES, k=chance.randint(2, 4))) for _ in range(many * 2)}
    return sorted(words)[:many]


def _video(n: int, channel: User, words: list[str], chance: random.Random) -> Video:
    # As in any language: a few words are in many titles, most in few.
    title = [words[min(int(chance.paretovariate(0.6)), len(words) - 1)] for _ in range(5)]
    at = START + dt.timedelta(minutes=n * 7)
    tags = [chance.choice(words[:400])]
    return Video(
        channel=channel,
        title=" ".join(title),
        folded_title=folded_titles.fold_title(" ".join(title)),
        description=" ".join(chance.choices(words, k=40)),
        tags=tags,
        tag_keys=tags,
        category=CATEGORIES[n % len(CATEGORIES)][0],
        language="en" if n % 3 else "de",
        visibility=Visibility.PUBLIC,
        listed=True,
        status=Status.READY,
        generation="g1",
        is_complete=True,
        # Few are long, few have captions.
        duration=float(9_000 if n % LONG_EVERY == 7 else 30 + n % 1_100),
        has_captions=n % LONG_EVERY == 11,
        view_count=int(chance.paretovariate(0.5)) % 10_000_000,
        like_count=n % 977,
        trend=chance.random(),
        created_at=at,
        published_at=at,
        comment_count=0,
    )


def _subscribe(channel: User, fans: list[str]) -> None:
    first = Subscription(subscriber_id=fans[0], channel=channel)
    _store_copies(first, ({"subscriber_id": fan} for fan in fans[1:]))
    User.objects.filter(pk=channel.pk).update(subscriber_count=len(fans))


def _follow(fan: User, channels: list[User]) -> None:
    _store(Subscription, (Subscription(subscriber=fan, channel=channel) for channel in channels))
    User.objects.filter(pk=fan.pk).update(subscription_count=len(channels))


def _history(fan: User, videos: list[Seeded], crowd: list[str], options: Options) -> None:
    """Insert ``options.history`` rows for every video; ``fan`` has one for a fifth of the videos."""
    size = options.size

    def rows() -> Iterator[dict[str, object]]:
        for n in range(options.history * size):
            video = videos[n % size]
            viewer = fan.pk if n < size // 5 else crowd[(n // size * 7_919 + n) % size]
            yield {
                "_id": f"watch{n:011d}",
                "user_id": viewer,
                "video_id": video.pk,
                "title": video.title,
                "folded_title": video.folded_title,
                "position": 20.0,
                "duration": video.duration,
                "completed": False,
                "watched_at": START + dt.timedelta(minutes=n),
            }

    # As documents: a million models take minutes.
    for part in _batches(rows()):
        collection(Watch._meta.db_table, acknowledged_by=1).insert_many(part, ordered=False)


def _comments(video: Seeded, crowd: list[str], words: list[str], chance: random.Random) -> None:
    first = Comment(
        about="video",
        subject=video.pk,
        owner_id=video.channel_id,
        author_id=crowd[0],
        text=" ".join(chance.choices(words, k=12)),
        created_at=START,
    )
    others = (
        {
            "author_id": author,
            "text": " ".join(chance.choices(words, k=12)),
            "score": n % 313,
            "like_count": n % 313,
            "created_at": START + dt.timedelta(seconds=n),
        }
        for n, author in enumerate(crowd[1:], 1)
    )
    _store_copies(first, others)
    Video.objects.filter(pk=video.pk).update(comment_count=len(crowd))


def _playlist(owner: User, videos: list[Seeded], many: int) -> str:
    ids = [video.pk for video in videos[:many]]
    made: Playlist = create_playlist(
        owner, {"title": f"{len(ids)} videos", "visibility": Visibility.PUBLIC, "video_ids": ids}
    )
    return made.pk


def _store_copies(first: models.Model, others: Iterable[Mapping[str, object]]) -> list[str]:
    """Insert a row, and copies of its document with other values; return all ids. Models take ten times as long."""
    _store(type(first), [first])
    documents = collection(first._meta.db_table, acknowledged_by=1)
    (document,) = documents.find({"_id": first.pk})
    ids = [str(first.pk)]
    for part in _batches({**document, "_id": object_id(), **values} for values in others):
        documents.insert_many(part, ordered=False)
        ids += [str(row["_id"]) for row in part]
    return ids


def _store(model: type[Row], rows: Iterable[Row], *, ignore_conflicts: bool = False) -> None:
    for part in _batches(rows):
        model._default_manager.bulk_create(part, ignore_conflicts=ignore_conflicts)


def _batches(rows: Iterable[Item]) -> Iterator[list[Item]]:
    rows = iter(rows)
    while part := list(islice(rows, BATCH)):
        yield part


if __name__ == "__main__":
    main()
