"""The demo's jobs: behind everything that people wait for, one step each, and safe to run again."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone
from django_tasks import task

from demo import clip_files, community, people, sign_ins, store, uploads
from demo.ids import demo_video_id
from demo.tables.clips import BY_KEY, CLIPS
from streamsite.tasks import queue
from streamsite.tasks.backend import enqueue_once
from streamsite.tasks.lease import LeaseLost, current_lease
from videos.models import Status, Video
from videos.tasks import DEMO_PRIORITY
from videos.transcoding.errors import Canceled

# Behind the processing of the demo's own clips, so that the first ones can be watched early.
PRIORITY = DEMO_PRIORITY - 10
AGAIN = timedelta(seconds=20)


@task(queue_name=clip_files.TRANSCODE)
def make_people() -> None:
    """Create channels and viewers, then queue the clips and what comes after them."""
    since = store.wanted_since()
    if since is None or store.is_finished():
        return
    people.create_people(since)
    for clip in CLIPS:
        enqueue_once(make_clip.using(priority=PRIORITY), f"demo:clip:{clip.key}", clip.key)
    enqueue_once(finish.using(priority=PRIORITY), "demo:finish")


@task(queue_name=clip_files.TRANSCODE)
def make_clip(key: str) -> None:
    """Make one clip; step back when a job of somebody's upload waits."""
    since = store.wanted_since()
    if since is None or store.is_finished() or key not in BY_KEY:
        return
    try:
        uploads.make_video(BY_KEY[key], since)
    except Canceled:
        if current_lease().lost.is_set():
            raise LeaseLost from None
        make_clip.using(priority=PRIORITY).enqueue(key)


@task(queue_name=clip_files.TRANSCODE)
def finish() -> None:
    """Add playlists, posts, and announcements once no clip is in the making; look again later until then."""
    since = store.wanted_since()
    if since is None or store.is_finished():
        return
    made = Video.objects.filter(pk__in=[demo_video_id(clip.key) for clip in CLIPS])
    is_busy = made.filter(status__in=[Status.QUEUED, Status.PROCESSING]).exists()
    if is_busy or queue.unfinished_arguments(make_clip.module_path):
        finish.using(priority=PRIORITY, run_after=timezone.now() + AGAIN).enqueue()
        return
    community.add_all(since)
    if made.filter(is_complete=True).count() == len(CLIPS):
        store.mark_finished()


def preview() -> list[str]:
    """Return what ``enqueue_demo`` would do after ``sign_ins.create_sign_ins``, as phrases without a subject."""
    is_wanted = store.wanted_since() is not None and not store.is_finished()
    is_new = store.load() is None and not sign_ins.password_file().is_file() and not Video.objects.exists()
    made = Video.objects.filter(pk__in=[demo_video_id(clip.key) for clip in CLIPS], is_complete=True).count()
    phrase = f"queue what is missing: {len(CLIPS) - made} videos and what belongs to them"
    return [phrase] if is_wanted or is_new else []


def enqueue_demo() -> None:
    """Queue the demo, or what is missing of it after an interruption. Cheap, and safe to repeat."""
    if store.wanted_since() is not None and not store.is_finished():
        enqueue_once(make_people.using(priority=PRIORITY), "demo:people")
