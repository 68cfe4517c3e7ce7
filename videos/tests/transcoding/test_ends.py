"""Sound and picture end together, and no segment is too short for a player."""

import shutil
from fractions import Fraction
from pathlib import Path

import av
import pytest

from tests.support.clips import run_generator
from videos.transcoding.errors import EncodeFailed
from videos.transcoding.finishing import finish_ladder
from videos.transcoding.fragments import cut_segment, join_segments, read_segment, read_track
from videos.transcoding.playlists import (
    IFRAMES,
    INDEX,
    MASTER,
    Segment,
    build_media_playlist,
    measure_bandwidth,
    read_playlist,
)
from videos.transcoding.profiles import VP9, Profile
from videos.transcoding.verification import verify_output

SOUND_FRAME = 1024 / 48000
SMALL = (64, 36)
# Seconds of picture and of sound (None: silent), frames per second.
LENGTHS = [
    (8, 8, "25"),
    (8.02, 8.02, "25"),
    (7.98, 7.98, "50"),
    (4.1, 4.1, "30000/1001"),
    (8.008, 8.008, "24000/1001"),
    (3, 8.02, "30"),
    (8, 3, "30"),
    (8.1, None, "25"),
    (0.2, 0.2, "25"),
    (0.04, 0.04, "25"),
]


def film(path: Path, picture: float, sound: float | None, rate: str, options=()) -> Path:
    args = ["-f", "lavfi", "-i", f"testsrc2=s={SMALL[0]}x{SMALL[1]}:r={rate}:d={picture}"]
    if sound is not None:
        args += ["-f", "lavfi", "-i", f"sine=frequency=440:sample_rate=44100:duration={sound}"]
    args += ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-c:a", "aac"]
    return run_generator([*args, *options, str(path)], path)


def presented(folder: Path) -> tuple[float, float]:
    """First and last moment of a rendition, by its media and not by its playlist."""
    playlist = read_playlist(folder / INDEX)
    track = read_track(folder / playlist.init_uri)
    facts = [read_segment(folder / segment.uri, track) for segment in playlist.segments]
    return float(facts[0].start), float(facts[-1].end)


def require_good_ends(folder: Path) -> None:
    ends = {}
    for index in folder.glob("*/index.m3u8"):
        playlist = read_playlist(index)
        start, ends[index.parent.name] = presented(index.parent)
        assert start == 0, index
        assert playlist.duration == pytest.approx(ends[index.parent.name], abs=0.001), index
        assert len(playlist.segments) == 1 or min(item.duration for item in playlist.segments) >= 0.5, index
    sounds = [ends.pop(name) for name in list(ends) if name.startswith("audio")]
    picture = min(ends.values())
    for sound in sounds:
        assert picture - SOUND_FRAME - 0.001 <= sound <= picture + 0.001


@pytest.mark.parametrize(("picture", "sound", "rate"), LENGTHS)
def test_every_length_ends_in_one_moment(encode, tmp_path, picture, sound, rate):
    folder, _, plan, result = encode(film(tmp_path / "film.mp4", picture, sound, rate))
    require_good_ends(folder)
    assert result.duration == pytest.approx(plan.duration, abs=0.05)


def test_a_copied_track_ends_with_its_sound(encode, tmp_path):
    grid = ["-g", "50", "-keyint_min", "50", "-sc_threshold", "0", "-preset", "medium", "-b:v", "50k"]
    folder, _, plan, _ = encode(film(tmp_path / "film.mp4", 8.2, 8.2, "25", grid))
    assert plan.copies_top
    require_good_ends(folder)
    assert [item.duration for item in read_playlist(folder / "36p" / INDEX).segments] == [4.0, 4.2]


def test_a_newer_codec_ends_with_its_sound(encode, tmp_path):
    folder, *_ = encode(film(tmp_path / "film.mp4", 4.1, 4.1, "25"), Profile(codec=VP9))
    require_good_ends(folder)


@pytest.fixture(scope="module")
def long_film(encode, tmp_path_factory):
    """A ladder of two segments and a joined remainder: (folder, plan)."""
    path = tmp_path_factory.mktemp("ends") / "film.mp4"
    folder, _, plan, _ = encode(film(path, 8.2, 8.2, "25"))
    return folder, plan


def test_a_joined_segment_holds_every_frame_once(long_film, tmp_path):
    folder, _ = long_film
    for name, count in (("36p", 205), ("audio", 384)):
        playlist = read_playlist(folder / name / INDEX)
        parts = [playlist.init_uri, *(segment.uri for segment in playlist.segments)]
        (tmp_path / "whole.mp4").write_bytes(b"".join((folder / name / part).read_bytes() for part in parts))
        with av.open(str(tmp_path / "whole.mp4")) as container:
            moments = [frame.time for frame in container.decode(container.streams[0])]
        assert len(moments) == count
        assert moments == sorted(set(moments))


def test_finishing_again_changes_nothing(long_film):
    folder, plan = long_film
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    finish_ladder(folder, [plan.renditions[0].name], ["audio"])
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before


def test_each_range_of_the_iframe_playlist_is_one_picture(long_film, tmp_path):
    folder, _ = long_film
    playlist = read_playlist(folder / "36p" / IFRAMES)
    assert "#EXT-X-I-FRAMES-ONLY" in (folder / "36p" / IFRAMES).read_text()
    assert len(playlist.segments) == 2
    for number, segment in enumerate(playlist.segments):
        content = (folder / "36p" / segment.uri).read_bytes()[
            segment.offset : segment.offset + segment.length
        ]
        (tmp_path / "one.mp4").write_bytes((folder / "36p" / playlist.init_uri).read_bytes() + content)
        with av.open(str(tmp_path / "one.mp4")) as container:
            frame = next(container.decode(video=0))
        assert frame.key_frame
        assert frame.time == pytest.approx(4 * number, abs=0.1)
    assert "EXT-X-I-FRAME-STREAM-INF" in (folder / MASTER).read_text()


def test_the_peak_counts_every_run_of_segments(tmp_path):
    """RFC 8216: any run that lasts 0.5 to 1.5 target durations, so a short dense end counts with its neighbor."""
    sizes = {"a": (4.0, 1000), "b": (4.0, 1000), "c": (1.0, 4000)}
    for name, (_, size) in sizes.items():
        (tmp_path / name).write_bytes(bytes(size))
    segments = [Segment(name, seconds) for name, (seconds, _) in sizes.items()]
    (tmp_path / INDEX).write_text(build_media_playlist("init.mp4", segments))
    assert measure_bandwidth(tmp_path).peak == 8 * 5000 / 5
    assert measure_bandwidth(tmp_path).average == -(-8 * 6000 // 9)


def test_sound_can_be_cut_at_any_frame(long_film):
    folder, _ = long_film
    track = read_track(folder / "audio" / "init.mp4")
    first = folder / "audio" / "seg_00000.m4s"
    facts = read_segment(first, track)
    assert cut_segment(first, track, facts.end) == first.read_bytes()
    assert cut_segment(first, track, facts.start) == b""
    shorter = first.with_name("shorter.m4s")
    shorter.write_bytes(cut_segment(first, track, facts.start + 1))
    try:
        assert read_segment(shorter, track).end == facts.start + Fraction(46 * 1024, 48000)
        with pytest.raises(ValueError, match="no samples"):
            join_segments(first, folder / MASTER, track)
    finally:
        shorter.unlink()


@pytest.mark.parametrize(
    "damage",
    [
        lambda folder: shorten(folder / "audio" / INDEX, -0.1),
        lambda folder: shorten(folder / "audio" / INDEX, 0.1),
        lambda folder: shorten(folder / "36p" / INDEX, 3.8),
        lambda folder: (folder / "36p" / "seg_00001.m4s").write_bytes(b"short"),
    ],
)
def test_a_ladder_that_ends_raggedly_does_not_pass(long_film, tmp_path, damage):
    folder, plan = shutil.copytree(long_film[0], tmp_path / "copy"), long_film[1]
    verify_output(folder, plan)
    damage(folder)
    with pytest.raises(EncodeFailed):
        verify_output(folder, plan)


def shorten(index: Path, seconds: float) -> None:
    """Make the playlist say that the last segment is `seconds` shorter."""
    playlist = read_playlist(index)
    last = playlist.segments[-1]
    segments = [*playlist.segments[:-1], Segment(last.uri, last.duration - seconds)]
    index.write_text(build_media_playlist(playlist.init_uri, segments))
