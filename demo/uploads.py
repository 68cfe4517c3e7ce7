"""Turn clips into videos of the demo's channels."""

from __future__ import annotations

import tempfile
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings

from accounts import email_verification
from accounts.models import User
from accounts.registration import upload_rights
from demo import activity, clip_files, people, store
from demo.ids import demo_video_id
from demo.tables.clips import Clip
from streamsite.tasks.lease import current_lease
from streamsite.visibility import Visibility
from videos import services, tasks, thumbnails
from videos.models import Video


def make_video(clip: Clip, since: datetime) -> None:
    """Make the clip's video with everything around it, as far as it is missing.

    Raises ``Canceled`` when people need the machine.
    """
    owner = people.demo_users().get(clip.channel)
    if owner is None or not _may_publish(owner):
        return
    pk = demo_video_id(clip.key)
    if not Video.objects.filter(pk=pk).exists():
        _upload(clip, owner, pk, since)
    video = Video.objects.select_related("channel").filter(pk=pk).first()
    if video is not None and store.wanted_since() is not None:
        activity.add_to_clip(clip, video, since)


def _may_publish(owner: User) -> bool:
    """Return whether the site's rules let this account upload without confirming an address first."""
    return upload_rights.may_upload(owner) and not email_verification.needs_verified_email(owner)


def _upload(clip: Clip, owner: User, pk: str, since: datetime) -> None:
    published = since - timedelta(days=clip.days)

    def queue_and_date(video: Video) -> None:
        """Queue the processing, and date the video back: nobody is told about it."""
        made = {"created_at": published - timedelta(hours=3), "published_at": published}
        Video.objects.filter(pk=video.pk).update(updated_at=published, **made)
        tasks.enqueue_demo_processing(video)

    with tempfile.TemporaryDirectory(dir=settings.FILE_UPLOAD_TEMP_DIR) as folder:
        file = clip_files.render_clip(clip, Path(folder))
        current_lease().check()
        if store.wanted_since() is None:
            return
        video = services.create_from_upload(
            owner,
            file,
            filename=f"{clip.key}.mp4",
            size=file.stat().st_size,
            data={
                "title": clip.title,
                "description": clip.description,
                "category": clip.category,
                "tags": list(clip.tags),
                "language": clip.languages[0] if clip.languages else "",
                "visibility": Visibility.PUBLIC,
            },
            enqueue=queue_and_date,
            video_id=pk,
        )
        with file.with_name(clip_files.COVER).open("rb") as cover:
            thumbnails.set_image(video, cover)
