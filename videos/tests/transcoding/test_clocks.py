"""Files whose clock starts anywhere, jumps, or is absent: whole, as long as they are, picture and sound together."""

from dataclasses import replace

import pytest

from tests.support.clips import run_generator
from videos.tests.transcoding.claps import beeps, clap_clip, flashes
from videos.transcoding import errors
from videos.transcoding.acceptance import UploadLimits, require_acceptable
from videos.transcoding.probe import probe
from videos.transcoding.verification import verify_output

TS = ["-f", "mpegts"]


def shifted(path, seconds, offset, options=()):
    return clap_clip(path, seconds, ["-output_ts_offset", str(offset), *options])


def assert_in_sync(folder, ladder, moments):
    seen, heard = flashes(folder / ladder.renditions[0].name, ladder.frame_rate), beeps(folder / "audio")
    assert seen == pytest.approx(moments, abs=0.07)
    assert heard == pytest.approx(seen, abs=1 / float(ladder.frame_rate))


@pytest.mark.parametrize("name", ["late.mkv", "late.webm"])
def test_a_file_that_starts_above_zero_is_whole(tmp_path, encode, name):
    codecs = ["-c:v", "libvpx", "-deadline", "realtime", "-c:a", "libopus"] if name.endswith("webm") else []
    source = shifted(tmp_path / name, 3, 7, codecs)
    require_acceptable(probe(source), UploadLimits())
    folder, info, ladder, _ = encode(source)
    assert (info.duration, info.container_duration) == pytest.approx((3, 3), abs=0.05)
    assert_in_sync(folder, ladder, [0.5, 1.5, 2.5])


def test_a_file_that_starts_above_zero_and_is_cut_off_is_refused(tmp_path):
    whole = shifted(tmp_path / "whole.mkv", 8, 7).read_bytes()
    cut = tmp_path / "cut.mkv"
    cut.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(errors.UnreadableMedia, match="should last 8 seconds"):
        require_acceptable(probe(cut), UploadLimits())


@pytest.mark.parametrize("starts", [(500, 20), (500, 4100), (500, 20, 9000)])
def test_joined_recordings_last_as_long_as_all_of_them(tmp_path, encode, starts):
    """The clock goes back, an hour ahead, or both; the hour is not made of silence."""
    source = tmp_path / "joined.ts"
    parts = [shifted(tmp_path / f"{start}.ts", 2, start, TS).read_bytes() for start in starts]
    source.write_bytes(b"".join(parts))
    folder, info, ladder, result = encode(source)
    length = 2 * len(starts)
    assert info.clock_jumps == len(starts) - 1
    assert (info.duration, result.duration) == pytest.approx((length, length), abs=0.1)
    assert_in_sync(folder, ladder, [number + 0.5 for number in range(length)])


def test_a_clock_that_wraps_does_not_jump(tmp_path):
    info = probe(shifted(tmp_path / "wrap.ts", 3, 95_442.2, TS))
    assert info.duration == pytest.approx(3, abs=0.1)
    assert info.clock_jumps == 0


def test_a_program_stream_without_time_stamps_plays(tmp_path, encode):
    options = ["-c:v", "mpeg2video", "-bf", "2", "-c:a", "mp2", "-f", "vob"]
    source = clap_clip(tmp_path / "dvd.mpg", 3, options)
    source.write_bytes(without_time_stamps(source.read_bytes()))
    folder, info, ladder, _ = encode(source)
    assert (info.frame_rate, ladder.frame_rate) == (30, 30)
    assert info.duration == pytest.approx(3, abs=0.1)
    assert_in_sync(folder, ladder, [0.5, 1.5, 2.5])


@pytest.mark.parametrize("codec", ["mpeg1video", "mpeg2video"])
def test_an_elementary_stream_plays(tmp_path, encode, codec):
    source = tmp_path / "video.m2v"
    picture = "color=gray:s=160x90:r=30:d=3,drawbox=c=white:t=fill:enable='between(t,0.9999,1.0999)'"
    run_generator(["-f", "lavfi", "-i", picture, "-c:v", codec, "-bf", "2", "-f", codec, str(source)], source)
    folder, info, ladder, result = encode(source)
    assert (ladder.frame_rate, info.sound) == (30, None)
    assert result.duration == pytest.approx(3, abs=0.1)
    assert flashes(folder / "90p", ladder.frame_rate) == pytest.approx([1.0], abs=0.07)


def test_a_wrong_length_is_not_tried_again(encoded):
    folder, _, plan, _ = encoded
    with pytest.raises(errors.Unconvertible) as caught:
        verify_output(folder, replace(plan, duration=60.0))
    assert not caught.value.retryable


def without_time_stamps(stream: bytes) -> bytes:
    """Write an MPEG-2 program stream with stuffing in the place of time stamps."""
    content = bytearray(stream)
    at = content.find(b"\x00\x00\x01")
    while at >= 0:
        if content[at + 3] in (0xC0, 0xE0) and content[at + 6] & 0xC0 == 0x80:
            length = content[at + 8]
            stamps = {0x80: 5, 0xC0: 10}.get(content[at + 7] & 0xC0, 0)
            content[at + 7] &= 0x3F
            content[at + 9 : at + 9 + stamps] = b"\xff" * stamps
            at += 9 + length - 3
        at = content.find(b"\x00\x00\x01", at + 3)
    return bytes(content)
