"""Pictures and sounds that change midway, and cropping marks."""

import struct
from dataclasses import replace
from pathlib import Path

import av
import pytest
from PIL import ImageChops, ImageStat

from tests.support.clips import make_clip, run_generator
from videos.tests.transcoding.pictures_of import frames, joined
from videos.transcoding import errors
from videos.transcoding.acceptance import UploadLimits, require_acceptable
from videos.transcoding.encode import encode_ladder
from videos.transcoding.ladder import plan
from videos.transcoding.probe import probe
from videos.transcoding.profiles import Profile

GRID = ["-g", "50", "-keyint_min", "50", "-sc_threshold", "0"]
RED, BLUE = "drawbox=c=red:t=fill", "drawbox=c=blue:t=fill"
ONE_RUNG = Profile(short_sides=(180,))


def join_clips(target: Path, *clips: Path) -> Path:
    """Join the clips without encoding, in one track each."""
    names = target.with_suffix(".txt")
    names.write_text("".join(f"file '{clip}'\n" for clip in clips))
    return run_generator(["-f", "concat", "-safe", "0", "-i", str(names), "-c", "copy", str(target)], target)


def colored(path: Path, size: tuple[int, int], color: str, seconds: float = 2, **options) -> Path:
    return make_clip(path, seconds, size, 25, audio=False, filters=color, **options)


def with_clap(path: Path, source: Path, hidden: int) -> Path:
    """Write `source` as an MP4 whose `clap` box hides so many pixels on every side."""
    data = bytearray(source.read_bytes())
    entry = data.rindex(b"avc1") - 4
    width, height = struct.unpack_from(">HH", data, entry + 32)
    fractions = (width - 2 * hidden, 1, height - 2 * hidden, 1, 0, 1, 0, 1)
    end = entry + struct.unpack_from(">I", data, entry)[0]
    data[end:end] = struct.pack(">I4s8i", 40, b"clap", *fractions)
    for name in (b"moov", b"trak", b"mdia", b"minf", b"stbl", b"stsd", b"avc1"):
        start = data.rindex(name) - 4
        struct.pack_into(">I", data, start, struct.unpack_from(">I", data, start)[0] + 40)
    path.write_bytes(data)
    return path


def is_color(pixel, color: str) -> bool:
    red, green, blue = pixel
    wanted = {"red": (200, 0, 0), "blue": (0, 0, 200), "black": (0, 0, 0)}[color]
    return all(abs(one - other) < 60 for one, other in zip((red, green, blue), wanted, strict=True))


def test_a_turned_picture_stands_between_bars_from_the_very_frame_on(encode, tmp_path):
    wide = colored(tmp_path / "wide.webm", (320, 180), RED)
    tall = colored(tmp_path / "tall.webm", (180, 320), BLUE)
    folder, info, *_ = encode(join_clips(tmp_path / "turned.webm", wide, tall), ONE_RUNG)
    assert (info.width, info.height, info.picture_changes) == (320, 180, 1)
    assert set(info.picture_sizes) == {(320, 180), (180, 320)}
    shown = frames(joined(folder / "180p", tmp_path / "joined.mp4"))
    assert {picture.size for _, picture in shown} == {(320, 180)}
    assert len(shown) == 100
    before, after = shown[49][1], shown[50][1]
    assert is_color(before.getpixel((5, 90)), "red")
    assert is_color(before.getpixel((160, 90)), "red")
    assert is_color(after.getpixel((5, 90)), "black")
    assert is_color(after.getpixel((160, 90)), "blue")
    # 180x320 in 320x180 is 102 wide: neither stretched nor cut.
    width = sum(is_color(after.getpixel((x, 90)), "blue") for x in range(320))
    assert width == pytest.approx(180 * 180 / 320, abs=4)


def test_many_changes_repeat_no_picture_and_lose_none(encode, tmp_path):
    """Each change used to begin the picture's clock anew."""
    large = colored(tmp_path / "large.webm", (320, 180), RED, 0.4)
    small = colored(tmp_path / "small.webm", (160, 90), BLUE, 0.4)
    folder, info, *_ = encode(join_clips(tmp_path / "many.webm", *[large, small] * 6), ONE_RUNG)
    assert info.picture_changes == 11
    shown = frames(joined(folder / "180p", tmp_path / "joined.mp4"))
    colors = ["red" if is_color(picture.getpixel((160, 90)), "red") else "blue" for _, picture in shown]
    assert colors == (["red"] * 10 + ["blue"] * 10) * 6
    assert all(
        is_color(picture.getpixel((3, 90)), color) for (_, picture), color in zip(shown, colors, strict=True)
    )


def test_a_call_that_begins_small_gets_the_size_that_it_grows_to(tmp_path):
    small = colored(tmp_path / "small.webm", (160, 90), RED, 1)
    large = colored(tmp_path / "large.webm", (320, 180), BLUE, 2)
    info = probe(join_clips(tmp_path / "growing.webm", small, large))
    assert (info.width, info.height) == (320, 180)
    assert info.picture_sizes == ((320, 180), (160, 90))


def test_a_size_above_the_limit_is_refused_wherever_it_comes(tmp_path):
    small = colored(tmp_path / "small.webm", (160, 90), RED, 2)
    large = colored(tmp_path / "large.webm", (90, 320), BLUE, 0.4)
    info = probe(join_clips(tmp_path / "growing.webm", small, large))
    assert (info.width, info.height) == (160, 90)
    with pytest.raises(errors.TooLarge, match="90x320"):
        require_acceptable(info, UploadLimits(max_side=300))


def test_h264_that_changes_in_its_own_headers_is_noticed_and_not_copied(tmp_path):
    parts = [
        colored(tmp_path / f"{width}.ts", (width, 180), color, options=GRID)
        for width, color in ((320, RED), (240, BLUE))
    ]
    info = probe(join_clips(tmp_path / "joined.mp4", *parts))
    assert (info.picture_changes, info.is_steady) == (1, False)
    assert (info.width, info.height) == (320, 180)
    assert not plan(info).copies_top


def test_a_steady_source_is_known_to_be_steady(plain):
    info = probe(plain)
    assert (info.picture_changes, info.is_steady, info.picture_sizes) == (0, True, ())


@pytest.mark.parametrize("is_steady", [True, False])
def test_a_graph_for_changes_shows_a_plain_picture_alike(plain, tmp_path, is_steady):
    """A track that cannot be checked for changes takes the longer path to the same frames."""
    info = replace(probe(plain), is_steady=is_steady)
    encode_ladder(plain, info, plan(info), tmp_path, on_progress=lambda share: None, canceled=lambda: False)
    shown = frames(joined(tmp_path / "180p", tmp_path / "joined.mp4"))
    reference = frames(plain)
    assert len(shown) == len(reference) == 50
    for (_, one), (_, other) in zip(shown[::10], reference[::10], strict=True):
        assert max(ImageStat.Stat(ImageChops.difference(one, other)).mean) < 6


def test_sound_that_changes_its_channels_stays_in_time(encode, tmp_path):
    """Two seconds of stereo silence, then the same of 5.1 with a tone, twice."""
    parts = []
    for name, layout, volume in (("a", "stereo", 0), ("b", "5.1", 1)):
        sound = f"sine=f=440:sample_rate=48000:d=2,volume={volume},aformat=channel_layouts={layout}"
        picture = "testsrc2=size=64x64:rate=25:duration=2"
        path = tmp_path / f"{name}.ts"
        args = [
            "-f",
            "lavfi",
            "-i",
            picture,
            "-f",
            "lavfi",
            "-i",
            sound,
            "-c:v",
            "libx264",
            "-c:a",
            "ac3",
            str(path),
        ]
        parts.append(run_generator(args, path))
    folder, _, ladder, _ = encode(join_clips(tmp_path / "joined.ts", *parts, *parts))
    assert ladder.duration == pytest.approx(8, abs=0.2)
    changes = loud_and_quiet(joined(folder / "audio", tmp_path / "joined.mp4"))
    assert changes == pytest.approx([2.0, 4.0, 6.0, 8.0], abs=0.1)


def loud_and_quiet(path: Path) -> list[float]:
    """Seconds at which sound begins or ends, to a hundredth."""
    found, was_loud = [], False
    resampler = av.AudioResampler("s16", "mono", 48000)
    with av.open(str(path)) as container:
        for frame in container.decode(audio=0):
            for part in resampler.resample(frame):
                samples = memoryview(part.planes[0]).cast("h")[: part.samples]
                loudest = max(map(abs, samples))
                if (loudest > 500) != was_loud:
                    was_loud = not was_loud
                    found.append(float(part.pts * part.time_base))
    return found if not was_loud else [*found, found[-1] + 2]


@pytest.mark.parametrize("suffix", [".mp4", ".mkv"])
def test_cropping_marks_are_applied_once(encode, tmp_path, suffix):
    """A red frame of 20 pixels is to be hidden; what it surrounds keeps its shape."""
    filters = "drawbox=c=blue:t=fill,drawbox=c=red:t=20,drawbox=x=140:y=70:w=40:h=40:c=white:t=fill"
    framed = make_clip(tmp_path / "framed.mp4", 0.4, (320, 180), audio=False, filters=filters, options=GRID)
    marked = with_clap(tmp_path / "marked.mp4", framed, 20)
    source = tmp_path / f"source{suffix}"
    run_generator(["-i", str(marked), "-c", "copy", str(source)], source)
    folder, info, ladder, _ = encode(source, Profile(short_sides=(720,)))
    assert info.crop == (20, 20, 20, 20)
    assert (info.width, info.height, ladder.copies_top) == (280, 140, False)
    picture = frames(joined(folder / ladder.renditions[0].name, tmp_path / "joined.mp4"))[0][1]
    assert picture.size == (280, 140)
    for corner in ((1, 1), (278, 1), (1, 138), (278, 138)):
        assert is_color(picture.getpixel(corner), "blue")
    row = [picture.getpixel((x, 70)) for x in range(280)]
    column = [picture.getpixel((140, y)) for y in range(140)]
    white = [sum(min(pixel) > 150 for pixel in line) for line in (row, column)]
    assert white == pytest.approx([40, 40], abs=3)


def test_a_source_without_marks_has_no_cropping(plain):
    assert probe(plain).crop == (0, 0, 0, 0)
