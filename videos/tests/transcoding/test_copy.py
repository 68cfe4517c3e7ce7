"""A source that fits is taken over as it is, for the top rendition; one that does not is encoded."""

import hashlib
from itertools import pairwise

import av
import pytest
from PIL import Image

from tests.support.clips import make_clip, run_generator
from videos.tests.transcoding.claps import picture_count
from videos.transcoding.ladder import plan
from videos.transcoding.playlists import INDEX, read_playlist
from videos.transcoding.probe import probe
from videos.transcoding.profiles import Profile
from videos.transcoding.storyboard import make_storyboard
from videos.transcoding.thumbnails import make_thumbnail

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
    """Return a hash of every decoded frame and its time."""
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


def test_an_open_gop_is_encoded(tmp_path):
    """Pictures after its key frames need those before: a player that switches there would show garbage."""
    x264 = "open-gop=1:keyint=50:min-keyint=50:scenecut=0:bframes=3:b-adapt=0"
    options = ["-preset", "veryfast", "-profile:v", "high", "-x264-params", x264]
    info = probe(fitting(tmp_path / "open.mp4", 5, options=options))
    assert plan(info).copy_obstacle == "open_gop"


def test_a_stream_whose_configuration_changes_is_encoded(tmp_path):
    """Two streams of one size in one file, the second with parameter sets of its own among its pictures."""
    parts = [
        make_clip(tmp_path / f"{crf}.ts", 2, (640, 360), 25, audio=False, options=[*GRID, *extra])
        for crf, extra in (("a", ["-bf", "0"]), ("b", ["-refs", "3", "-bf", "0", "-qp", "40"]))
    ]
    joined = tmp_path / "joined.mp4"
    run_generator(["-i", f"concat:{parts[0]}|{parts[1]}", "-c", "copy", str(joined)], joined)
    info = probe(joined)
    assert info.pictures is not None
    assert plan(info).copy_obstacle == "changes"


def test_a_file_with_pictures_before_its_beginning_is_encoded(encode, tmp_path):
    whole = fitting(tmp_path / "whole.mp4", 6, options=["-bf", "2"])
    trimmed = tmp_path / "trimmed.mp4"
    run_generator(["-ss", "1.4", "-i", str(whole), "-c", "copy", str(trimmed)], trimmed)
    folder, info, ladder, _ = encode(trimmed)
    assert info.pictures is not None
    assert info.pictures.discarded > 0
    assert ladder.copy_obstacle == "cut"
    assert (info.frame_rate, ladder.frame_rate) == (25, 25)
    assert picture_count(folder / "360p") == pytest.approx(115, abs=1)


@pytest.fixture(scope="module")
def irregular(encode, tmp_path_factory):
    """A copied rendition with key frames beside the grid, at 1.2 and 2.8 s; every second is lighter than the last."""
    lighter = "geq=lum='20+40*floor(T/0.8)':cb=128:cr=128"
    keys = ["-force_key_frames", "0,1.2,2,2.8,4", "-g", "500", "-keyint_min", "1", "-b:v", "100k"]
    source = make_clip(
        tmp_path_factory.mktemp("irregular") / "source.mp4", 4.8, (256, 144), 25, audio=False,
        filters=lighter, options=keys,
    )  # fmt: skip
    folder, info, ladder, _ = encode(source)
    assert ladder.copies_top
    return folder, info


def light(picture) -> int:
    """Return the step of `irregular` that a frame shows: steps last 0.8 s."""
    gray = picture.convert("L")
    stored = gray.getpixel((gray.width // 2, gray.height // 2)) * 219 / 255 + 16
    return round((stored - 20) / 40)


@pytest.mark.parametrize(("moment", "key_frame"), [(0.5, 0), (1.9, 1.2), (2.0, 2.0), (3.9, 2.8), (4.5, 4.0)])
def test_a_poster_of_a_copied_rendition_shows_its_moment(irregular, tmp_path, moment, key_frame):
    make_thumbnail(irregular[0], moment, tmp_path)
    with Image.open(tmp_path / "poster.webp") as picture:
        assert light(picture) == int(key_frame / 0.8 + 0.001)


def test_a_storyboard_of_a_copied_rendition_shows_its_moments(irregular):
    folder, info = irregular
    board = make_storyboard(folder, duration=info.duration)
    with Image.open(board.sheets[0]) as sheet:
        shown = [
            light(sheet.crop((n * board.tile_width, 0, (n + 1) * board.tile_width, board.tile_height)))
            for n in range(board.tiles)
        ]
    # The key frame nearest to 0, 2 and 4 seconds.
    assert shown == [0, 3, 5]
