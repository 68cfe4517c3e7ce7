"""The subtitles of the demo's clips."""

from __future__ import annotations

from demo.tables.clips import Clip
from streamsite.errors import Conflict
from videos.captions import services as captions
from videos.captions.formats.cues import Cue
from videos.models import Video

NAMES = {"en": "English", "de": "Deutsch", "it": "Italiano"}


def add_subtitles(clip: Clip, video: Video) -> None:
    """Add the clip's subtitles in each of its languages, unless they are there."""
    for number, language in enumerate(clip.languages):
        cues = [Cue(start, end, texts[number]) for start, end, texts in clip.lines]
        try:
            captions.add_track(video, cues, language=language, label=NAMES[language])
        except Conflict:
            continue
