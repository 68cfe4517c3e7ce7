"""Copy one video of a site many times, with drawn thumbnails: ``python -m bench.lighthouse.seed VIDEO_ID``.

The settings name the database and the data folder. The copies belong to ``channel0`` to ``channel5`` in turns.
"""

from __future__ import annotations

import copy
import datetime as dt
import io
import os
import random
import shutil
import sys
from collections.abc import Iterator

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "streamsite.settings")
django.setup()

from PIL import Image  # noqa: E402

from accounts.models import User  # noqa: E402
from bench.lighthouse import CHANNELS, VIDEOS  # noqa: E402
from demo.drawing import landscapes  # noqa: E402
from streamsite.ids import video_id  # noqa: E402
from videos import thumbnails  # noqa: E402
from videos.files import paths  # noqa: E402
from videos.models import CATEGORIES, Video  # noqa: E402
from videos.search import finders, index  # noqa: E402

PICTURES = 12
SIZE = (1280, 720)
TITLES = (
    "A walk along the river before the town wakes up",
    "How tides work, with a bucket and two lamps",
    "Night bus",
    "Repairing a radio from 1957: the power supply, the tubes and the dial cord",
    "Bread with three ingredients",
    "Every bridge of the old harbor, from the water",
    "Starlings over the reed bed",
)


def main() -> None:
    """Insert the copies, and index all videos for search."""
    first = Video.objects.get(pk=sys.argv[1])
    channels = [User.objects.get(username=f"channel{number}") for number in range(CHANNELS)]
    drawn = [_jpeg(picture) for picture in _pictures()]
    chance = random.Random(7)
    thumbnails.set_image(first, io.BytesIO(drawn[0]))
    for number in range(1, VIDEOS):
        video = _copy(first, channels[number % CHANNELS], number, chance)
        thumbnails.set_image(video, io.BytesIO(drawn[number % PICTURES]))
        index.refresh_document(video.pk)
    finders.rebuild_name_indexes()


def _copy(first: Video, channel: User, number: int, chance: random.Random) -> Video:
    """Insert one copy; its files are links to those of ``first``."""
    video = copy.copy(first)
    video.pk, video.channel = video_id(), channel
    video.title = f"{TITLES[number % len(TITLES)]}, part {number}"
    video.category = CATEGORIES[number % len(CATEGORIES)][0]
    video.view_count = int(chance.paretovariate(0.5)) % 1_000_000
    video.trend = chance.random()
    published = first.created_at - dt.timedelta(hours=7 * number)
    video.created_at = video.published_at = video.first_published_at = published
    video.comment_count = video.like_count = 0
    source, target = (paths.generation_dir(one.pk, first.generation) for one in (first, video))
    shutil.copytree(source, target, copy_function=os.link)
    video.save(force_insert=True)
    return video


def _pictures() -> Iterator[Image.Image]:
    """Draw the first seconds of scenes of the demo, one picture each."""
    scenes = (landscapes.ridges, landscapes.lake)
    for number in range(PICTURES):
        frames = scenes[number % len(scenes)](SIZE, 1, 8, f"lighthouse-{number}")
        for at, picture in enumerate(frames):
            if at == 1 + number % 6:
                yield picture
                break


def _jpeg(picture: Image.Image) -> bytes:
    kept = io.BytesIO()
    picture.convert("RGB").save(kept, "JPEG", quality=92)
    return kept.getvalue()


if __name__ == "__main__":
    main()
