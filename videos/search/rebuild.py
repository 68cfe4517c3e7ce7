"""Rebuild all search documents: in batches, from where an interrupted rebuild stopped, with pauses for viewers."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import groupby

from streamsite.mongo.repairs import chunk_values
from streamsite.progress import Progress
from videos.captions import services
from videos.models import Caption, Video
from videos.search import index, phrase_pairs, store

BATCH, IDS_BATCH = 200, 1_000
MAX_SHARE = 100


@dataclass(frozen=True)
class Pace:
    """The percentage of the time in which a rebuild works; it sleeps in the rest, and leaves the machine to viewers."""

    share: int = MAX_SHARE
    sleep: Callable[[float], None] = time.sleep

    def pause_after(self, seconds: float) -> None:
        """Sleep after ``seconds`` of work."""
        if self.share < MAX_SHARE:
            self.sleep(seconds * (MAX_SHARE - self.share) / self.share)


@dataclass(frozen=True)
class _Source:
    """What a document is made of."""

    video: Video
    track: Caption | None

    @property
    def values(self) -> tuple[object, ...]:
        """Return what decides about the document, to be compared."""
        video, channel = self.video, self.video.channel
        known = tuple(getattr(video, name) for name in index.VIDEO_FIELDS)
        names = tuple(getattr(channel, name) for name in index.CHANNEL_FIELDS)
        return (*known, *names, *((self.track.pk, self.track.revision) if self.track else ()))


def rebuild_index(
    progress: Progress | None = None, *, pace: Pace | None = None, from_start: bool = False
) -> int:
    """Rebuild every document, delete those of unlisted videos, recount all words. Idempotent.

    A rebuild that was interrupted within the last day goes on where it stopped, unless ``from_start``. Return the
    number of documents.
    """
    progress, pace = progress or Progress(), pace or Pace()
    after = "" if from_start else store.read_place(index.SCHEMA_VERSION)
    done = _count_up_to(after)
    progress.begin("videos", items=count_listed())
    progress.step(done)
    while ids := _next_ids(after):
        begun = time.monotonic()
        _rebuild_documents(ids)
        after = ids[-1]
        store.write_place(after, index.SCHEMA_VERSION)
        done += len(ids)
        progress.step(len(ids))
        pace.pause_after(time.monotonic() - begun)
    _delete_unlisted(progress)
    with progress.ticking("words"):
        index.recount_terms()
    store.delete_place()
    phrase_pairs.are_indexed.clear()
    return done


def count_listed() -> int:
    """Return how many videos are listed."""
    return Video.objects.filter(listed=True).count()


def count_done() -> int:
    """Return how many videos a rebuild leaves out because an interrupted one has done them."""
    return _count_up_to(store.read_place(index.SCHEMA_VERSION))


def count_unlisted() -> int:
    """Return how many documents are of videos that are not listed. Reads every document's id."""
    return sum(len(ids) for ids in _unlisted())


def _count_up_to(after: str) -> int:
    return Video.objects.filter(listed=True, pk__lte=after).count() if after else 0


def _next_ids(after: str) -> list[str]:
    rows = Video.objects.filter(listed=True, pk__gt=after).order_by("pk")
    return list(rows.values_list("pk", flat=True)[:BATCH])


def _rebuild_documents(ids: list[str]) -> None:
    """Write the documents of some videos, and those again whose video was changed meanwhile."""
    sources = _load(ids)
    texts = index.caption_texts(source.track for source in sources.values() if source.track)
    store.replace_many(
        {
            video_id: index.build_document(source.video, texts.get(video_id, ""))
            for video_id, source in sources.items()
        }
    )
    # Whoever changed a video after it was read may have written its document before this did.
    now = _load(ids)
    for video_id in ids:
        before, after = sources.get(video_id), now.get(video_id)
        if before is None or after is None or before.values != after.values:
            index.refresh_document(video_id, is_counted=False)


def _load(ids: list[str]) -> dict[str, _Source]:
    """Return what the documents of those of the videos that are listed are made of."""
    fields = (*index.VIDEO_FIELDS, *(f"channel__{name}" for name in index.CHANNEL_FIELDS))
    videos = Video.objects.select_related("channel").filter(pk__in=ids, listed=True).only(*fields)
    tracks = Caption.objects.filter(video_id__in=ids).defer("cues").order_by("video_id")
    by_video = {
        video_id: services.sort_tracks(of_one)
        for video_id, of_one in groupby(tracks, lambda one: one.video_id)
    }
    return {
        video.pk: _Source(video, services.fullest_track(by_video.get(video.pk, []), video.language))
        for video in videos
    }


def _delete_unlisted(progress: Progress) -> None:
    progress.begin("documents of other videos")
    for ids in _unlisted():
        for video_id in ids:
            index.refresh_document(video_id, is_counted=False)
        progress.step(len(ids))


def _unlisted() -> Iterator[list[str]]:
    """Yield ids of documents whose videos are not listed."""
    for ids in chunk_values((row["_id"] for row in store.iter_documents({})), IDS_BATCH):
        listed = set(Video.objects.filter(pk__in=ids, listed=True).values_list("pk", flat=True))
        yield [video_id for video_id in ids if video_id not in listed]
