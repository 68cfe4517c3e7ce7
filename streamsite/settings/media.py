"""Uploads, encoding, and what an account may have."""

from __future__ import annotations

import os
from pathlib import Path

from streamsite import env
from streamsite.settings.api import BEHIND_FRONT

# Lines of the rungs of a ladder, and x264's presets.
_SHORT_SIDES = (2160, 1440, 1080, 720, 480, 360, 240, 144)
_PRESETS = ("ultrafast", "superfast", "veryfast", "faster", "fast", "medium", "slow")
_DEFAULT_PRESET = "veryfast"

MAX_UPLOAD_BYTES = env.integer("MAX_UPLOAD_BYTES", 4 * 1024**3, least=1_000, most=10 * 1024**4)
# How a ladder is encoded; ``videos.transcoding.profiles`` says what each means.
TRANSCODE_CODEC = env.choice("TRANSCODE_CODEC", "h264", ("h264", "vp9", "av1"))
TRANSCODE_SHORT_SIDES = env.integer_list("TRANSCODE_RUNGS", _SHORT_SIDES, among=_SHORT_SIDES)
TRANSCODE_BITRATE_PERCENT = env.integer("TRANSCODE_BITRATE_PERCENT", 100, least=25, most=400)
TRANSCODE_PRESET = env.choice("TRANSCODE_PRESET", _DEFAULT_PRESET, _PRESETS)
MAX_VIDEO_SECONDS = env.integer("MAX_VIDEO_SECONDS", 6 * 3600, least=1, most=48 * 3600)
# What one account may upload in all, 0 for no limit; staff can give an account a quota of its own. That of approved
# creators and of staff is the one of everyone unless it is set.
_MAX_QUOTA = 10 * 1024**5
USER_QUOTA_BYTES = env.integer("USER_QUOTA_BYTES", 0, least=0, most=_MAX_QUOTA)
CREATOR_QUOTA_BYTES = env.optional_integer("CREATOR_QUOTA_BYTES", least=0, most=_MAX_QUOTA)
STAFF_QUOTA_BYTES = env.optional_integer("STAFF_QUOTA_BYTES", least=0, most=_MAX_QUOTA)
UPLOAD_EXPIRES_HOURS = env.integer("UPLOAD_EXPIRES_HOURS", 48, least=1, most=30 * 24)
MAX_OPEN_UPLOADS_PER_USER = 100
# Parts of files that wait to be joined; they have no draft of their own.
MAX_PARTIAL_UPLOADS_PER_USER = 1_000
MAX_CAPTIONS_PER_VIDEO = 60
MAX_SHARE_LINKS_PER_VIDEO = 100
# What one account may have in all, so that nobody can fill the database within the rate limits.
MAX_CAPTIONS_PER_USER = env.integer("MAX_CAPTIONS_PER_USER", 10_000, least=1, most=10**7)
MAX_SHARE_LINKS_PER_USER = env.integer("MAX_SHARE_LINKS_PER_USER", 5_000, least=1, most=10**7)
MAX_PLAYLISTS_PER_USER = env.integer("MAX_PLAYLISTS_PER_USER", 1_000, least=1, most=10**7)
MAX_PLAYLIST_ITEMS_PER_USER = env.integer("MAX_PLAYLIST_ITEMS_PER_USER", 200_000, least=1, most=10**9)
MAX_SAVED_PLAYLISTS_PER_USER = env.integer("MAX_SAVED_PLAYLISTS_PER_USER", 5_000, least=1, most=10**7)
MAX_SUBSCRIPTIONS_PER_USER = env.integer("MAX_SUBSCRIPTIONS_PER_USER", 5_000, least=1, most=10**7)
MAX_BLOCKS_PER_USER = env.integer("MAX_BLOCKS_PER_USER", 10_000, least=1, most=10**7)
# These are part of conditions on every list that is made for the account.
MAX_HIDDEN_VIDEOS_PER_USER = env.integer("MAX_HIDDEN_VIDEOS_PER_USER", 1_000, least=1, most=10_000)
MAX_HIDDEN_CHANNELS_PER_USER = env.integer("MAX_HIDDEN_CHANNELS_PER_USER", 1_000, least=1, most=10_000)
DISK_WATERMARK_BYTES = env.integer("DISK_WATERMARK_BYTES", 512 * 1024**2, least=0, most=10 * 1024**4)
MEDIA_TOKEN_SECONDS = env.integer("MEDIA_TOKEN_SECONDS", 6 * 3600, least=60, most=7 * 86_400)
MEDIA_STATE_CACHE_SECONDS = 2.0
# Returns the file that ``streamsite.edge`` sends by the path of a request.
EDGE_FILES = "videos.media_edge.find_file"
MEDIA_ACCEL_PREFIX = env.matching(
    "MEDIA_ACCEL_PREFIX",
    "/internal/" if BEHIND_FRONT else "",
    r"(?:/[\w.~-]+)+/?|",
    allowed="use the path of nginx's internal location, such as /internal/",
)
# Read by ``videos.transcoding``; a wrong one is better known before the first video.
env.executable("FFMPEG_BIN")
if not all(Path(folder).is_dir() for folder in env.text("FFMPEG_LIBRARIES").split(os.pathsep) if folder):
    raise env.invalid_value("FFMPEG_LIBRARIES", f"use folders that exist, separated by {os.pathsep}")
