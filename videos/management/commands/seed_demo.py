"""``manage.py seed_demo``: upload generated clips as demo content."""

from __future__ import annotations

import tempfile
from pathlib import Path

from django.conf import settings

from accounts.models import User
from accounts.registration import upload_rights
from streamsite.management.site_command import SiteCommand
from streamsite.visibility import Visibility
from videos import services, tasks
from videos.models import Video
from videos.transcoding import ffmpeg

TONE = "sine=frequency=440"
NOISE = "anoisesrc=color=pink:amplitude=0.05"
LIFE = "life=size=320x180:mold=10:rate=25:ratio=0.1:death_color=#C83232:life_color=#00ff88"

# Owner, title, picture and sound as ffmpeg's sources, category.
CLIPS = (
    ("northlight", "Color bars and a clear tone", "testsrc2=size=1280x720:rate=30", TONE, "education"),
    ("northlight", "Into the Mandelbrot set", "mandelbrot=size=1280x720:rate=25", TONE, "science"),
    (
        "demo",
        "A game of life",
        f"{LIFE},scale=1280:720:flags=neighbor",
        NOISE,
        "science",
    ),
    ("demo", "Slow gradients", "gradients=size=1280x720:rate=25:speed=0.02", TONE, "other"),
)
SECONDS = 12


class Command(SiteCommand):
    """Uploads a few generated clips through the regular upload service, once."""

    help = "Create the demo clips, unless there are videos already."

    def handle(self, *args: object, **options: object) -> None:
        """Generate and upload the clips that are missing."""
        if Video.objects.exists():
            return
        for username, title, picture, sound, category in CLIPS:
            owner = User.objects.filter(username=username).first()
            if owner is None or not upload_rights.may_upload(owner):
                continue
            with tempfile.TemporaryDirectory(dir=settings.FILE_UPLOAD_TEMP_DIR) as folder:
                clip = Path(folder) / "demo.mp4"
                _generate(clip, picture, sound)
                services.create_from_upload(
                    owner,
                    clip,
                    filename=f"{title}.mp4",
                    size=clip.stat().st_size,
                    data={
                        "title": title,
                        "visibility": Visibility.PUBLIC,
                        "category": category,
                        "description": "A generated clip, so that a new site has something to play.",
                    },
                    enqueue=tasks.enqueue_demo_processing,
                )
            self.stdout.write(f"queued: {title}")


def _generate(target: Path, picture: str, sound: str) -> None:
    arguments = ["-v", "error", "-f", "lavfi", "-i", picture, "-f", "lavfi", "-i", sound, "-t", str(SECONDS)]
    arguments += [
        "-c:v",
        "libx264",
        "-preset",
        "ultrafast",
        "-pix_fmt",
        "yuv420p",
        "-c:a",
        "aac",
        "-y",
        str(target),
    ]
    limits = ffmpeg.ProcessLimits(wall_seconds=120, cpu_seconds=240)
    ffmpeg.run(arguments, limits=limits, files=ffmpeg.SandboxFiles(write=(target.parent,)))
