"""Render one clip: ``python -I render.py JOB``, where JOB is the JSON of ``jobs.RenderJob``.

Run by ``demo.clip_files`` in the sandbox of ``videos.transcoding``: it may read this package and write one folder.
The pictures become an H.264 track whose key frames stand where the site's ladder wants them, so that processing
copies the track; each score becomes a WAV file.
"""

from __future__ import annotations

import importlib.util
import json
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL import Image

    Frames = Callable[[tuple[int, int], int, float, str], Iterator[Image.Image]]

NICENESS = 15
GOP_SECONDS = 2
# Bits per pixel and second that a rung may have are far above this.
BITS_PER_PIXEL = 2.4


def main() -> None:
    """Render the clip that the command line describes."""
    os.nice(NICENESS)
    _import_package()
    from demo.drawing import scores, sound

    job = json.loads(sys.argv[1])
    folder, seconds = Path(job["folder"]), float(job["seconds"])
    _encode(job, folder / "pictures.mp4")
    for number, style in enumerate(job["scores"]):
        sound.render(scores.compose(style, job["seed"], seconds), seconds, folder / f"sound-{number}.wav")


def _import_package() -> None:
    """Make ``demo`` importable without its parent folder, which the sandbox hides."""
    place = Path(__file__).resolve().parents[1]
    spec = importlib.util.spec_from_file_location(
        "demo", place / "__init__.py", submodule_search_locations=[str(place)]
    )
    if spec is None or spec.loader is None:
        raise ImportError("demo")
    module = importlib.util.module_from_spec(spec)
    sys.modules["demo"] = module
    spec.loader.exec_module(module)


def _encode(job: dict[str, object], target: Path) -> None:
    import av

    from demo.drawing import canvas

    name, _, function = str(job["drawing"]).partition(".")
    frames: Frames = getattr(importlib.import_module(f"demo.drawing.{name}"), function)
    width, height, fps = int(str(job["width"])), int(str(job["height"])), int(str(job["fps"]))
    ceiling = round(width * height * BITS_PER_PIXEL / 1000)
    with av.open(str(target), "w") as out:
        stream = out.add_stream("libx264", rate=fps)
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        stream.options = {
            "preset": "superfast",
            "crf": "22",
            "threads": "1",
            "x264-params": f"keyint={GOP_SECONDS * fps}:min-keyint={GOP_SECONDS * fps}:scenecut=0:open-gop=0"
            f":vbv-maxrate={ceiling}:vbv-bufsize={ceiling}"
            ":colorprim=bt709:transfer=bt709:colormatrix=bt709:range=tv",
        }
        pictures = frames((width, height), fps, float(str(job["seconds"])), str(job["seed"]))
        for number, picture in enumerate(pictures):
            if number == round(float(str(job["cover"])) * fps):
                canvas.cover(picture).save(target.with_name("cover.jpg"), quality=90)
            drawn = av.VideoFrame.from_image(picture)  # type: ignore[no-untyped-call]
            frame = drawn.reformat(format="yuv420p", dst_colorspace="ITU709")
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))


if __name__ == "__main__":
    main()
