"""Sentences about the processing of a file. They are stored in English and translated when they are shown."""

from __future__ import annotations

from django.utils.translation.trans_null import gettext_noop

OUT_OF_ATTEMPTS_DETAIL = gettext_noop("Processing failed several times. You can retry it.")
COVER_SHOWN = gettext_noop("The file has no video, so its cover art is shown beside a waveform of its audio.")
PICTURE_DRAWN = gettext_noop("The file has no video, so a waveform was drawn from its audio.")
COPIED = gettext_noop("Video copied without re-encoding at %(width)dx%(height)d.")
# By the reason why a track in the ladder's own codec was encoded all the same; see ladder.COPY_OBSTACLES.
ENCODED = {
    "": gettext_noop("Video encoded from %(codec)s, %(width)dx%(height)d."),
    "container": gettext_noop(
        "Video encoded from %(codec)s, %(width)dx%(height)d, because this file format can't be copied."
    ),
    "unread": gettext_noop(
        "Video encoded from %(codec)s, %(width)dx%(height)d, because it couldn't be checked frame by frame in time."
    ),
    "color": gettext_noop(
        "Video encoded from %(codec)s, %(width)dx%(height)d, because its color format doesn't play everywhere."
    ),
    "shape": gettext_noop(
        "Video encoded from %(codec)s, %(width)dx%(height)d, because its shape or size needed to change."
    ),
    "changes": gettext_noop(
        "Video encoded from %(codec)s, %(width)dx%(height)d, because its frame size changes midway."
    ),
    "cut": gettext_noop(
        "Video encoded from %(codec)s, %(width)dx%(height)d, because the file hides some of its frames."
    ),
    "open_gop": gettext_noop(
        "Video encoded from %(codec)s, %(width)dx%(height)d, because its key frames depend on other frames."
    ),
    "rate": gettext_noop(
        "Video encoded from %(codec)s, %(width)dx%(height)d, because its frames are unevenly spaced."
    ),
    "bitrate": gettext_noop(
        "Video encoded from %(codec)s, %(width)dx%(height)d, because its bit rate is too high for streaming."
    ),
    "key_frames": gettext_noop(
        "Video encoded from %(codec)s, %(width)dx%(height)d, because its key frames are too far apart or in the wrong "
        "places."
    ),
    "longer_sound": gettext_noop(
        "Video encoded from %(codec)s, %(width)dx%(height)d, because the audio is longer than the video."
    ),
}
SIZES = gettext_noop("Available sizes: %(sizes)s.")
VIDEO_LEFT_OUT = gettext_noop("Only one video track can be played. Left out: %(tracks)s.")
TONE_MAPPED = gettext_noop("HDR (%(format)s) converted to standard dynamic range (tone mapping).")
NOT_TONE_MAPPED = gettext_noop("This server can't convert HDR (%(format)s), so colors may look washed out.")
DEINTERLACED = gettext_noop("Interlaced video deinterlaced.")
ROTATED = gettext_noop("Video rotated by %(degrees)d degrees, as set in the file.")
PIXELS_SQUARED = gettext_noop("Non-square pixels scaled to %(width)dx%(height)d.")
CROPPED = gettext_noop(
    "Cropped the pixels that the file marks as hidden (top %(top)d, bottom %(bottom)d, left %(left)d, "
    "right %(right)d)."
)
SIZE_CHANGES = gettext_noop(
    "The frame size changes midway (%(sizes)s). It is fitted into %(width)dx%(height)d throughout."
)
CLOCK_MENDED = gettext_noop(
    "Jumps in the recording's timestamps: %(count)d. The parts were joined without gaps."
)
RATE_UNSTATED = gettext_noop(
    "Plays at %(rate)s frames per second, because the file doesn't state its frame rate."
)
RATE_KEPT = gettext_noop("Plays at %(rate)s frames per second, as in the file.")
RATE_OF_FIELDS = gettext_noop(
    "Plays at %(rate)s frames per second, one for each field of the interlaced video."
)
RATE_REDUCED = gettext_noop(
    "Plays at %(rate)s frames per second, reduced from %(source)s because %(limit)d is the limit."
)
RATE_VARYING = gettext_noop(
    "Plays at %(rate)s frames per second, which fits the file's varying frame rate (average %(source)s)."
)
PICTURE_HELD = gettext_noop(
    "The audio is %(seconds)s seconds longer than the video, so the last frame stays on screen."
)
SILENT = gettext_noop("The file has no audio.")
SOUND_UNDECODABLE = gettext_noop("The audio (%(tracks)s) can't be decoded here, so the video is silent.")
SOUND_LEFT_OUT = gettext_noop("Audio tracks left out: %(tracks)s.")
SOUND_TRACKS = gettext_noop("Audio tracks available in the player: %(count)d.")
LOUDER = gettext_noop("Audio made %(gain)s dB louder.")
QUIETER = gettext_noop("Audio made %(gain)s dB quieter.")
SUBTITLES_IMPORTED = gettext_noop("Subtitle tracks imported from the file: %(count)d.")
BITMAP_SUBTITLES_LEFT_OUT = gettext_noop(
    "Image-based subtitles left out: %(tracks)s. Upload them as a text file instead."
)
SUBTITLES_LEFT_OUT = gettext_noop("Unsupported subtitles left out: %(tracks)s.")
SUBTITLES_UNREADABLE = gettext_noop("Subtitles without readable text left out: %(tracks)s.")
CHAPTERS_IMPORTED = gettext_noop("Chapters imported from the file: %(count)d.")
SANDBOXED = gettext_noop("Processed in a sandbox without network or other files (Landlock and seccomp).")
PARTLY_SANDBOXED = {
    "landlock": gettext_noop(
        "Processed in a sandbox that this server supports only in part (Landlock, without seccomp)."
    ),
    "seccomp": gettext_noop(
        "Processed in a sandbox that this server supports only in part (seccomp, without Landlock)."
    ),
}
NOT_SANDBOXED = gettext_noop("Processed without a sandbox, which this server doesn't support.")

ALL: tuple[str, ...] = (
    *(
        COVER_SHOWN,
        PICTURE_DRAWN,
        COPIED,
        *ENCODED.values(),
        SIZES,
        VIDEO_LEFT_OUT,
        TONE_MAPPED,
        NOT_TONE_MAPPED,
    ),
    *(DEINTERLACED, ROTATED, PIXELS_SQUARED, CROPPED, SIZE_CHANGES, CLOCK_MENDED, RATE_UNSTATED, RATE_KEPT),
    *(RATE_OF_FIELDS, RATE_REDUCED, RATE_VARYING, PICTURE_HELD, SILENT, SOUND_UNDECODABLE, SOUND_LEFT_OUT),
    *(SOUND_TRACKS, LOUDER, QUIETER, SUBTITLES_IMPORTED, BITMAP_SUBTITLES_LEFT_OUT, SUBTITLES_LEFT_OUT),
    *(SUBTITLES_UNREADABLE, CHAPTERS_IMPORTED, SANDBOXED, *PARTLY_SANDBOXED.values(), NOT_SANDBOXED),
)
