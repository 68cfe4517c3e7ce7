"""Compare a whole processing job with the bare ffmpeg command for the same ladder, and measure when it can be played.

Run by ``script/bench transcode``. A generated clip of 60 s, 1080p30 with sound; in turns the bare command, run by
itself, and a job on a running site, from the moment its worker takes it to the moment it is ready. Prints seconds and
the ratio of medians.
"""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import tempfile
import time
from pathlib import Path

import bench.plain  # noqa: F401 - before what marks texts for translation
from tests.support.http_client import Caller
from tests.support.stack import Stack
from videos.transcoding import ladder
from videos.transcoding.encode import build_command
from videos.transcoding.ffmpeg import ffmpeg_binary
from videos.transcoding.playlists import rendition_folders
from videos.transcoding.probe import probe

ROUNDS = int(os.environ.get("BENCH_ROUNDS", "5"))
SECONDS = int(os.environ.get("BENCH_SECONDS", "60"))
BARS = {"whole job / bare command": 1.05, "first playable / bare command": 0.25}


def main() -> None:
    """Make the clip, measure in turns, and print the table."""
    with tempfile.TemporaryDirectory(prefix="streamsite-bench-") as name:
        folder = Path(name)
        clip = make_clip(folder / "clip.mp4")
        site = Stack(folder, web_processes=2)
        site.start()
        try:
            caller = Caller(site).sign_up("bench-transcode")
            rounds = []
            for number in range(ROUNDS + 1):
                figures = {"bare": bare(clip, folder / "bare"), **job(site, caller, clip)}
                print("  ".join(f"{key} {value:6.2f} s" for key, value in figures.items()), flush=True)
                if number:  # the first one warms the disk's cache up
                    rounds.append(figures)
            report(rounds)
        finally:
            site.stop()


def make_clip(path: Path) -> Path:
    """Make a clip with movement, some noise, and a tone: neither a still picture nor the worst case."""
    source = f"testsrc2=size=1920x1080:rate=30:duration={SECONDS},noise=alls=6:allf=t"
    sound = f"sine=frequency=330:sample_rate=48000:duration={SECONDS}"
    command = [str(ffmpeg_binary()), "-nostdin", "-v", "error", "-y", "-f", "lavfi", "-i", source]
    command += ["-f", "lavfi", "-i", sound, "-c:v", "libx264", "-preset", "veryfast", "-g", "250"]
    command += ["-pix_fmt", "yuv420p", "-c:a", "aac", str(path)]
    subprocess.run(command, check=True)
    return path


def bare(clip: Path, out: Path) -> float:
    """Return the seconds of the bare ffmpeg command with a job's arguments."""
    info = probe(clip)
    plan = ladder.plan(info)
    for name in rendition_folders(plan):
        (out / name).mkdir(parents=True)
    command = [str(ffmpeg_binary()), "-nostdin", "-y", *build_command(clip, info, plan, out)]
    begun = time.monotonic()
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL)
    seconds = time.monotonic() - begun
    shutil.rmtree(out)
    return seconds


def job(site: Stack, caller: Caller, clip: Path) -> dict[str, float]:
    """Return the seconds from the start of the job until it can be played and until it is ready."""
    tus = {"Tus-Resumable": "1.0.0"}
    size = str(clip.stat().st_size)
    caller.refresh()
    _, headers, _ = caller.call("POST", "/api/v1/uploads", None, tus | {"Upload-Length": size})
    video_id, path = headers["x-video-id"], headers["location"]
    sent = tus | {"Upload-Offset": "0", "Content-Type": "application/offset+octet-stream"}
    status, _, content = caller.call("PATCH", path, clip.read_bytes(), sent)
    if status != 204:
        raise SystemExit(f"upload: {status} {content!r}")
    begun = playable = 0.0
    while True:
        _, now = caller.json("GET", f"/api/v1/videos/{video_id}/processing")
        moment = time.monotonic()
        if not begun and now["status"] == "processing":
            begun = moment
        if not playable and now["playable"]:
            playable = moment
        if now["status"] == "ready":
            break
        if now["status"] == "failed":
            raise SystemExit(now["error"])
        # Asking is work too, on the very cores that encode.
        time.sleep(0.2 if not playable else 0.4)
    caller.call("DELETE", f"/api/v1/videos/{video_id}")
    return {"job": moment - begun, "playable": playable - begun}


def report(rounds: list[dict[str, float]]) -> None:
    """Print the medians and their ratios."""
    medians = {key: statistics.median(figures[key] for figures in rounds) for key in rounds[0]}
    ratios = {
        "whole job / bare command": medians["job"] / medians["bare"],
        "first playable / bare command": medians["playable"] / medians["bare"],
    }
    print(f"medians of {len(rounds)}: " + ", ".join(f"{key} {value:.2f} s" for key, value in medians.items()))
    for name, ratio in ratios.items():
        print(f"{name}: {ratio:.3f} (at most {BARS[name]})")


if __name__ == "__main__":
    main()
