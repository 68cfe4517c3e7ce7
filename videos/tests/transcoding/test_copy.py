"""A source that fits is taken over as it is, for the top rendition; one that does not is encoded."""

import hashlib
from itertools import pairwise

import av
import pytest

from streamsite.testing.clips import make_clip
from videos.transcoding.ladder import plan
from videos.transcoding.playlists import INDEX, read_playlist
from videos.transcoding.probe import probe
from videos.transcoding.profiles import Profile

GRID = ["-g", "50", "-keyint_min", "50", "-sc_threshold", "0"]


def fitting(path, seconds=9, size=(640, 360), fps=25, options=()):
    return make_clip(
        path,
        seconds,
        size,
        fps,
        options=[*GRID, "-b:v", "400k", "-maxrate", "500k", "-bufsize", "500k", *options],
    )


def pictures(path):
    """A hash of every decoded picture and its time."""
    found = []
    with av.open(str(path)) as container:
        start = None
        for frame in container.decode(video=0):
            start = frame.time if start is None else start
            planes = b"".join(bytes(plane) for plane in frame.planes)
            found.append(
                (round(frame.time - start, 2), hashlib.sha1(planes, usedforsecurity=False).hexdigest())
            )
    return found


@pytest.mark.parametrize("suffix", [".mp4", ".mkv"])
def test_a_source_on_the_grid_is_copied_picture_by_picture(encode, tmp_path, suffix):
    source = fitting(tmp_path / f"source{suffix}")
    folder, _, ladder, result = encode(source)
    assert ladder.copies_top
    top = folder / "360p"
    assert pictures(top / INDEX) == pictures(source)
    durations = {
        rendition.name: [
            segment.duration for segment in read_playlist(folder / rendition.name / INDEX).segments
        ]
        for rendition in ladder.renditions
    }
    assert len(durations) == 3
    for one, other in pairwise(durations.values()):
        assert one == pytest.approx(other, abs=0.05)
    assert result.renditions[0].bandwidth < 700_000


def test_a_small_source_needs_no_encoding_at_all(encode, tmp_path):
    source = make_clip(
        tmp_path / "tiny.mp4",
        5,
        (256, 144),
        25,
        audio=False,
        options=[*GRID, "-b:v", "100k", "-maxrate", "120k", "-bufsize", "120k"],
    )
    folder, _, ladder, _ = encode(source)
    assert ladder.copies_top
    assert pictures(folder / "144p" / INDEX) == pictures(source)


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("key frames elsewhere", {"options": ["-g", "60", "-keyint_min", "60"]}),
        (
            "too dense",
            {"options": ["-b:v", "8M", "-maxrate", "8M", "-bufsize", "8M", "-x264-params", "nal-hrd=cbr"]},
        ),
        ("ten bits", {"options": ["-pix_fmt", "yuv420p10le"]}),
        ("full chroma", {"options": ["-pix_fmt", "yuv444p"]}),
    ],
)
def test_what_does_not_fit_is_encoded(tmp_path, name, options):
    source = fitting(tmp_path / "source.mp4", 5, **options)
    info = probe(source)
    assert not plan(info).copies_top, name


def test_a_source_above_the_largest_rung_is_encoded(tmp_path):
    info = probe(fitting(tmp_path / "source.mp4", 5))
    assert plan(info).copies_top
    assert not plan(info, Profile(short_sides=(240, 144))).copies_top


def test_a_source_in_another_codec_is_encoded(tmp_path):
    assert not plan(
        probe(make_clip(tmp_path / "source.webm", 3, (640, 360), 25, options=["-g", "50"]))
    ).copies_top
