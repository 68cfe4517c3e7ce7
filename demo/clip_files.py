"""Render a clip to a file, in the sandbox and at the lowest priority, and stop when people need the machine."""

from __future__ import annotations

import json
from pathlib import Path

from demo import store
from demo.ids import SEED
from demo.tables.clips import Clip
from streamsite.tasks import control
from videos.processing.stopper import Stopper
from videos.tasks import DEMO_PRIORITY
from videos.transcoding import ffmpeg

DRAWING = Path(__file__).with_name("drawing")
TRANSCODE = "transcode"
# The picture that ``render`` leaves beside the clip for its thumbnail.
COVER = "cover.jpg"
LIMITS = ffmpeg.ProcessLimits(wall_seconds=900, cpu_seconds=180)
# A little room around the instruments, and width.
EFFECTS = "aecho=0.85:0.75:67|139|211:0.22|0.15|0.09,haas=level_in=0.9,aresample=44100"


def render_clip(clip: Clip, folder: Path) -> Path:
    """Return the file of a clip, written into ``folder``.

    Raises ``Canceled`` when a job of somebody's upload waits, when the demo was removed, or when the lease is lost.
    """
    job = {
        "drawing": clip.drawing,
        "width": clip.size[0],
        "height": clip.size[1],
        "fps": clip.fps,
        "seconds": clip.seconds,
        "cover": clip.cover,
        "seed": f"{SEED} {clip.key}",
        "scores": clip.scores,
        "folder": str(folder),
    }
    files = ffmpeg.SandboxFiles(read=(DRAWING.parent,), write=(folder,))
    ffmpeg.run_python(
        DRAWING / "render.py", [json.dumps(job)], limits=LIMITS, files=files, canceled=Stopper(_is_unwanted)
    )
    target = folder / "clip.mp4"
    ffmpeg.run(_mux(clip, folder, target), limits=LIMITS, files=files, canceled=Stopper(_is_unwanted))
    return target


def _mux(clip: Clip, folder: Path, target: Path) -> list[str]:
    """Return the arguments that join pictures and sounds."""
    arguments = ["-v", "error", "-i", str(folder / "pictures.mp4")]
    for number in range(len(clip.scores)):
        arguments += ["-i", str(folder / f"sound-{number}.wav")]
    arguments += ["-map", "0:v"]
    for number in range(len(clip.scores)):
        arguments += ["-map", f"{number + 1}:a"]
    for number, (language, name) in enumerate(clip.tracks):
        of_track = f"-metadata:s:a:{number}"
        arguments += [
            of_track,
            f"language={language}",
            of_track,
            f"title={name}",
            of_track,
            f"handler_name={name}",
        ]
    arguments += ["-c:v", "copy", "-af", EFFECTS, "-c:a", "aac", "-b:a", "112k", "-threads", "1"]
    return [*arguments, "-movflags", "+faststart", "-t", str(clip.seconds), str(target)]


def _is_unwanted() -> bool:
    return is_needed_by_people() or store.wanted_since() is None


def is_needed_by_people() -> bool:
    """Return whether a job that is not the demo's waits for the workers that make videos."""
    return control.has_due(TRANSCODE, above=DEMO_PRIORITY)
