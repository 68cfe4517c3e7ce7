from dataclasses import replace
from fractions import Fraction

import pytest

from tests.support.clips import audio_only, make_clip, run_generator, truncated
from videos.transcoding import errors
from videos.transcoding.acceptance import UploadLimits, require_acceptable
from videos.transcoding.probe import probe

HDR10 = "format=yuv420p10le,setparams=color_trc=smpte2084:color_primaries=bt2020:colorspace=bt2020nc:range=tv"


@pytest.fixture(scope="module")
def plain_info(plain):
    return probe(plain)


def test_plain_clip_is_measured(plain_info, plain):
    assert plain_info.container == "mp4"
    assert plain_info.size == plain.stat().st_size
    assert plain_info.duration == pytest.approx(2, abs=0.05)
    assert (plain_info.width, plain_info.height, plain_info.rotation) == (320, 180, 0)
    assert plain_info.frame_rate == 25
    assert (plain_info.video_codec, plain_info.pix_fmt, plain_info.bit_depth) == ("h264", "yuv420p", 8)
    assert plain_info.sound is not None
    assert (plain_info.sound.codec, plain_info.sound.sample_rate) == ("aac", 44100)
    assert not plain_info.is_hdr
    assert not plain_info.interlaced
    require_acceptable(plain_info, UploadLimits())


def test_rotated_clip_has_its_displayed_size(plain, tmp_path):
    turned = tmp_path / "turned.mp4"
    run_generator(["-display_rotation", "90", "-i", str(plain), "-c", "copy", str(turned)], turned)
    info = probe(turned)
    assert (info.width, info.height, info.rotation) == (180, 320, 90)


def test_anamorphic_clip_has_its_displayed_size(tmp_path):
    info = probe(make_clip(tmp_path / "wide.mp4", 0.4, (360, 288), filters="setsar=4/3"))
    assert (info.width, info.height, info.sample_aspect_ratio) == (480, 288, Fraction(4, 3))


def test_hdr_and_bit_depth_are_seen(tmp_path):
    codec = ["-c:v", "libx265", "-x265-params", "log-level=none", "-pix_fmt", "yuv420p10le"]
    info = probe(make_clip(tmp_path / "hdr.mkv", 0.2, (128, 128), filters=HDR10, options=codec))
    assert (info.color_transfer, info.bit_depth, info.is_hdr) == ("pq", 10, True)


def test_interlaced_clip_is_seen(tmp_path):
    clip = make_clip(tmp_path / "i.mp4", 0.4, fps=50, filters="interlace", options=["-flags", "+ildct+ilme"])
    info = probe(clip)
    assert info.interlaced
    assert info.frame_rate == 25


def test_tracks_and_chapters_are_listed(plain, tmp_path):
    words = tmp_path / "words.srt"
    words.write_text("1\n00:00:00,000 --> 00:00:01,000\nHello\n")
    chapters = tmp_path / "chapters.txt"
    chapters.write_text(";FFMETADATA1\n[CHAPTER]\nTIMEBASE=1/1000\nSTART=0\nEND=1000\ntitle=Opening\n")
    clip = tmp_path / "tracks.mkv"
    inputs = ["-i", str(plain), "-i", str(words), "-i", str(chapters)]
    maps = ["-map", "0", "-map", "0:a", "-map", "1", "-map_metadata", "2", "-map_chapters", "2"]
    run_generator([*inputs, *maps, "-c", "copy", "-metadata:s:a:1", "language=deu", str(clip)], clip)
    info = probe(clip)
    assert [track.language for track in info.audio][1] == "deu"
    assert [track.codec for track in info.subtitles] == ["subrip"]
    assert [(chapter.title, chapter.end) for chapter in info.chapters] == [("Opening", 1.0)]


def test_frames_are_counted_when_the_header_says_nothing(tmp_path):
    clip = tmp_path / "bursts.mkv"
    source = "testsrc2=s=64x64:d=6:r=30,select='if(lt(t,3),not(mod(n,10)),1)'"
    run_generator(["-f", "lavfi", "-i", source, "-fps_mode", "vfr", "-c:v", "libx264", str(clip)], clip)
    assert float(probe(clip).frame_rate) == pytest.approx(99 / 6, rel=0.03)


def test_cover_art_is_not_a_video(tmp_path):
    song, picture, covered = (tmp_path / name for name in ("song.m4a", "cover.png", "covered.m4a"))
    audio_only(song)
    run_generator(["-f", "lavfi", "-i", "testsrc2=s=64x64", "-frames:v", "1", str(picture)], picture)
    both = ["-i", str(song), "-i", str(picture), "-map", "0", "-map", "1", "-c", "copy"]
    run_generator([*both, "-disposition:v:0", "attached_pic", str(covered)], covered)
    assert probe(covered).is_audio_only


def test_mp4_without_its_index_is_unreadable(plain, tmp_path):
    with pytest.raises(errors.UnreadableMedia):
        probe(truncated(tmp_path / "cut.mp4", plain))


@pytest.mark.parametrize("name", ["cut.mp4", "cut.mkv"])
def test_file_that_holds_half_of_what_it_promises_is_refused(tmp_path, name):
    whole = make_clip(
        tmp_path / f"whole-{name}", 8, (160, 90), options=["-movflags", "+faststart", "-g", "25"]
    )
    info = probe(truncated(tmp_path / name, whole))
    assert info.container_duration == pytest.approx(8, abs=0.1)
    with pytest.raises(errors.UnreadableMedia, match=r"cut off\. It should last 8 seconds"):
        require_acceptable(info, UploadLimits())


def test_video_whose_frames_do_not_decode_is_unreadable(plain, tmp_path):
    content = bytearray(plain.read_bytes())
    start, end = content.index(b"mdat") + 4, content.index(b"moov") - 4
    content[start:end] = b"\xff" * (end - start)
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(content)
    with pytest.raises(errors.UnreadableMedia):
        require_acceptable(probe(broken), UploadLimits())


def test_other_video_tracks_are_known(tmp_path):
    twice = tmp_path / "two.mkv"
    pictures = ["-f", "lavfi", "-i", "testsrc2=size=64x64:rate=25:duration=0.4"]
    run_generator([*pictures, *pictures, "-map", "0", "-map", "1", "-c:v:0", "mpeg4", str(twice)], twice)
    info = probe(twice)
    assert (info.video_codec, info.other_videos) == ("mpeg4", ("h264",))


@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        ({"size": 0}, errors.UnreadableMedia, "empty"),
        ({"size": 2**50}, errors.TooLarge, "larger than"),
        ({"duration": 0.0}, errors.UnreadableMedia, "no duration"),
        ({"duration": 1e6}, errors.TooLarge, "longer than 12 hours"),
        ({"width": 16384, "height": 16384}, errors.TooLarge, "16384x16384"),
        ({"width": 8, "height": 8}, errors.UnsupportedMedia, "smaller"),
        ({"frame_rate": Fraction(1000)}, errors.TooLarge, "frames per second"),
        ({"track_count": 200}, errors.UnsupportedMedia, "200 tracks"),
        ({"video_decoder": "exr", "video_codec": "exr"}, errors.UnsupportedMedia, r"codec \(exr\)"),
        ({"decodes": False}, errors.UnreadableMedia, "damaged"),
    ],
)
def test_limits_are_refused_in_words(plain_info, change, error, words):
    with pytest.raises(error, match=words):
        require_acceptable(replace(plain_info, **change), UploadLimits())


def test_huge_picture_is_refused_without_being_decoded(tmp_path):
    huge = {"filters": "scale=8200:8200:flags=neighbor", "options": ["-c:v", "mjpeg", "-pix_fmt", "yuvj420p"]}
    clip = make_clip(tmp_path / "huge.mkv", 0.04, (16, 16), audio=False, **huge)
    info = probe(clip)
    assert not info.decodes
    with pytest.raises(errors.TooLarge):
        require_acceptable(info, UploadLimits())


def test_single_frame_is_a_video(tmp_path):
    info = probe(make_clip(tmp_path / "one.mp4", 0.04))
    require_acceptable(info, UploadLimits())
    assert 0.03 <= info.duration <= 0.1


@pytest.mark.parametrize("suffix", [".mkv", ".mp4"])
def test_the_grid_of_a_screen_recording_is_measured(tmp_path, suffix):
    """Bursts at 30 frames per second and long rests; Matroska rounds the times to milliseconds."""
    clip = tmp_path / f"screen{suffix}"
    source = "testsrc2=s=64x64:d=8:r=30,select='lt(t,1)+between(t,4,5)+eq(n,239)'"
    run_generator(["-f", "lavfi", "-i", source, "-fps_mode", "vfr", "-c:v", "libx264", str(clip)], clip)
    info = probe(clip)
    assert float(info.frame_rate) == pytest.approx(62 / 8, rel=0.05)
    assert float(info.nominal_rate) == pytest.approx(30, rel=0.01)


def test_sound_before_the_picture_does_not_lower_its_rate(plain, tmp_path):
    clip = tmp_path / "late.mkv"
    both = ["-itsoffset", "1.5", "-i", str(plain), "-i", str(plain), "-map", "0:v", "-map", "1:a"]
    run_generator([*both, "-c", "copy", str(clip)], clip)
    assert float(probe(clip).frame_rate) == pytest.approx(25, rel=0.01)
