"""The state of an import: whose it is, where the archive is from, and what is here of what it refers to.

What an import creates has ids that follow from the account, the origin and the id in the archive. So the same archive
finds what it has created, and two accounts that import one archive have nothing in common.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from datetime import UTC, datetime

from django.utils.crypto import salted_hmac

from accounts.models import User
from streamsite.errors import Absent
from takeout.imports import codes, values
from takeout.imports.containers import Container, Texts
from takeout.imports.items import VideoRef
from takeout.imports.report import CHANGED, Report
from videos.access import VIDEO_ID, video_for_watching
from videos.models import Video

VIDEO, PLAYLIST, POST, COMMENT = "video", "playlist", "post", "comment"
SIZES = {VIDEO: 11}
# Items of playlists and of Watch later together: each of them is looked up.
MAX_PLAYLIST_ITEMS = 200_000
# Videos that one import creates; the next one goes on behind them.
MAX_VIDEOS = 5_000


@dataclass
class ImportContext:
    """An import that is running.

    ``origin`` names where ids in the archive are from; ``is_own_site`` says that it is this site. ``planned`` are the
    ids in the archive of videos that a rehearsal would create; ``used_media`` are the files that became videos.
    ``items_left`` is how many items of playlists may still be looked up, ``videos_left`` how many videos created.
    """

    user: User
    origin: str
    is_own_site: bool
    is_dry: bool
    container: Container
    texts: Texts
    report: Report
    planned: set[str] = field(default_factory=set)
    used_media: set[str] = field(default_factory=set)
    planned_bytes: int = 0
    items_left: int = field(default_factory=lambda: MAX_PLAYLIST_ITEMS)
    videos_left: int = field(default_factory=lambda: MAX_VIDEOS)

    def derived_id(self, kind: str, ref: str) -> str:
        """Return the id here of what has the id ``ref`` in the archive."""
        parts = "\n".join((self.user.pk, self.origin, kind, ref))
        digest = salted_hmac("takeout.imports", parts, algorithm="sha256").digest()
        return base64.urlsafe_b64encode(digest).decode()[: SIZES.get(kind, 16)]

    def find_own_video(self, ref: str) -> Video | None:
        """Return the account's video that an earlier import created from ``ref``, or that it is on this site."""
        ids = [self.derived_id(VIDEO, ref)]
        if self.is_own_site and VIDEO_ID.match(ref):
            ids.append(ref)
        return Video.objects.select_related("channel").filter(pk__in=ids, channel=self.user).first()

    def resolve(self, ref: VideoRef) -> Video | None:
        """Return the video here that the account may watch, ``None`` when there is none."""
        found = self.find_own_video(ref.id)
        if found is not None or not self.is_own_site:
            return found
        try:
            return video_for_watching(self.user, ref.id)
        except Absent:
            return None

    def will_exist(self, ref: VideoRef) -> bool:
        """Return whether a rehearsal would have created the video by now."""
        return self.is_dry and ref.id in self.planned

    def moment(self, value: datetime | None, kind: str, ref: str) -> datetime:
        """Return the time of an object, now if there is none that is possible, which the report then notes."""
        found = values.possible(value)
        if found is None and value is not None:
            self.report.note(kind, CHANGED, codes.DATE_CHANGED, ref=ref)
        return found or datetime.now(UTC)
