import re
from dataclasses import replace
from pathlib import Path

import av
import pytest

from tests.support.clips import make_clip, run_generator
from videos.tests.transcoding.fragments import segment_starts
from videos.tests.transcoding.pictures_of import first_picture, joined
from videos.transcoding import errors, ladder
from videos.transcoding.encode import encode_ladder
from videos.transcoding.mp4_boxes import read_init
from videos.transcoding.playlists import read_playlist
from videos.transcoding.probe import probe
from videos.transcoding.verification import verify_output

HDR = "format=yuv420p10le,setparams=color_trc={}:color_primaries=bt2020:colorspace=bt2020nc:range=tv"
X265 = ["-c:v", "libx265", "-x265-params", "log-level=none", "-pix_fmt", "yuv420p10le"]


def variants(folder: Path) -> list[dict[str, str]]:
    lines = [
        line
        for line in (folder / "master.m3u8").read_text().splitlines()
        if line.startswith("#EXT-X-STREAM-INF")
    ]
    return [dict(re.findall(r'([A-Z-]+)=("[^"]*"|[^,]*)', line)) for line in lines]


def test_layout_of_the_output(encoded):
    folder, _, plan, _ = encoded
    names = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    expected = {"master.m3u8", "180p/iframes.m3u8", "144p/iframes.m3u8"}
    for rung in ("180p", "144p", "audio"):
        expected |= {f"{rung}/index.m3u8", f"{rung}/init.mp4", f"{rung}/seg_00000.m4s"}
    assert [item.name for item in plan.renditions] == ["180p", "144p"]
    assert names == expected


def test_master_playlist_describes_every_rung(encoded):
    folder, *_ = encoded
    small, large = variants(folder)
    assert (small["RESOLUTION"], large["RESOLUTION"]) == ("256x144", "320x180")
    assert large["FRAME-RATE"] == "25.000"
    assert re.fullmatch(r'"avc1\.64[0-9a-f]{4},mp4a\.40\.2"', large["CODECS"])
    assert large["AUDIO"] == '"audio"'
    assert int(large["BANDWIDTH"]) >= int(large["AVERAGE-BANDWIDTH"]) > int(small["AVERAGE-BANDWIDTH"]) > 0


def test_playlists_are_finished_and_name_only_neighbors(encoded):
    folder, *_ = encoded
    for index in folder.glob("*/index.m3u8"):
        text = index.read_text()
        assert "#EXT-X-PLAYLIST-TYPE:VOD" in text
        assert text.rstrip().endswith("#EXT-X-ENDLIST")
        assert "/" not in "".join(line for line in text.splitlines() if not line.startswith("#"))


def test_bandwidth_is_measured_from_the_files(encoded):
    folder, _, _, result = encoded
    rung = result.renditions[0]
    segments = sum(path.stat().st_size for path in (folder / rung.name).glob("*.m4s"))
    duration = read_playlist(folder / rung.name / "index.m3u8").duration
    assert rung.average_bandwidth == pytest.approx(segments * 8 / duration, rel=0.01)
    assert result.size == sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def test_rungs_of_a_fast_clip_switch_at_the_same_moments(encode, tmp_path, monkeypatch):
    monkeypatch.setattr(ladder, "FULL_RATE_LINES", 240)
    clip = make_clip(tmp_path / "fast.mp4", 9, (320, 240), "60000/1001", audio=False)
    folder, *_ = encode(clip)
    moments = {name: segment_starts(folder / name) for name in ("240p", "144p")}
    assert moments["240p"] == moments["144p"] == [0.0, 4.004, 8.008]
    durations = [segment.duration for segment in read_playlist(folder / "240p" / "index.m3u8").segments]
    assert durations[:2] == pytest.approx([4.004, 4.004])
    assert [item["FRAME-RATE"] for item in variants(folder)] == ["29.970", "59.940"]


def test_picture_and_sound_start_together(encoded):
    folder, *_ = encoded
    starts = {name: segment_starts(folder / name) for name in ("180p", "144p", "audio")}
    assert starts == {"180p": [0.0], "144p": [0.0], "audio": [0.0]}


def test_every_segment_starts_with_a_key_frame(encode, tmp_path):
    folder, *_ = encode(make_clip(tmp_path / "long.mp4", 9, (160, 90), 30, audio=False))
    init = (folder / "90p" / "init.mp4").read_bytes()
    segments = sorted((folder / "90p").glob("*.m4s"))
    assert len(segments) == 3
    for segment in segments:
        alone = tmp_path / "alone.mp4"
        alone.write_bytes(init + segment.read_bytes())
        with av.open(str(alone)) as container:
            assert next(container.demux(video=0)).is_keyframe


def test_silent_clip_has_no_audio_group(encode, tmp_path):
    folder, _, _, result = encode(make_clip(tmp_path / "silent.mp4", 1, audio=False))
    assert not result.has_audio
    assert not (folder / "audio").exists()
    assert "AUDIO" not in (folder / "master.m3u8").read_text()
    assert "mp4a" not in (folder / "master.m3u8").read_text()


def test_phone_clip_stands_upright(encode, tmp_path):
    """The left half is red; turned by 90 degrees counter-clockwise, red is below."""
    flat, turned = tmp_path / "flat.mp4", tmp_path / "turned.mp4"
    make_clip(flat, 0.4, (320, 180), filters="drawbox=c=blue:t=fill,drawbox=w=iw/2:c=red:t=fill")
    run_generator(["-display_rotation", "90", "-i", str(flat), "-c", "copy", str(turned)], turned)
    folder, *_ = encode(turned)
    picture = first_picture(folder / "180p", tmp_path / "joined.mp4")
    assert picture.size == (180, 320)
    above, below = picture.getpixel((90, 40)), picture.getpixel((90, 280))
    assert above[2] > 150 > above[0]
    assert below[0] > 150 > below[2]


def test_anamorphic_odd_and_deep_sources_become_plain_pictures(encode, tmp_path):
    options = ["-c:v", "ffv1", "-pix_fmt", "yuv444p10le"]
    clip = make_clip(tmp_path / "odd.mkv", 0.4, filters="scale=321:241,setsar=4/3", options=options)
    folder, *_ = encode(clip)
    with av.open(str(joined(folder / "240p", tmp_path / "joined.mp4"))) as container:
        stream = container.streams.video[0]
        assert (stream.codec_context.width, stream.codec_context.height) == (428, 240)
        assert stream.codec_context.pix_fmt == "yuv420p"
        assert stream.sample_aspect_ratio in (None, 1)


@pytest.mark.parametrize("transfer", ["smpte2084", "arib-std-b67"])
def test_hdr_becomes_sdr(encode, tmp_path, transfer):
    clip = make_clip(tmp_path / "hdr.mkv", 0.4, filters=HDR.format(transfer), options=X265)
    folder, info, *_ = encode(clip)
    assert info.is_hdr
    with av.open(str(joined(folder / "144p", tmp_path / "joined.mp4"))) as container:
        context = container.streams.video[0].codec_context
        assert (context.pix_fmt, context.color_trc, context.color_primaries) == ("yuv420p", 1, 1)


def test_interlaced_clip_is_deinterlaced(encode, tmp_path):
    clip = make_clip(tmp_path / "i.mp4", 0.4, fps=50, filters="interlace", options=["-flags", "+ildct+ilme"])
    folder, *_ = encode(clip)
    with av.open(str(joined(folder / "180p", tmp_path / "joined.mp4"))) as container:
        assert not any(frame.interlaced_frame for frame in container.decode(video=0))


@pytest.mark.parametrize(("picture", "sound"), [(1, 3), (3, 1)])
def test_picture_and_sound_end_together(encode, tmp_path, picture, sound):
    clip = tmp_path / "uneven.mp4"
    inputs = ["-f", "lavfi", "-i", f"testsrc2=s=64x64:d={picture}", "-f", "lavfi", "-i", f"sine=d={sound}"]
    run_generator([*inputs, "-c:v", "libx264", "-pix_fmt", "yuv420p", "-c:a", "aac", str(clip)], clip)
    folder, *_ = encode(clip)
    durations = [read_playlist(index).duration for index in folder.glob("*/index.m3u8")]
    assert durations == pytest.approx([3.0, 3.0], abs=0.022)


def test_place_of_filming_is_not_carried_along(encode, tmp_path):
    clip = make_clip(tmp_path / "gps.mov", 0.4, options=["-metadata", "location=+52.5200+013.4050/"])
    assert b"+52.5200" in clip.read_bytes()
    folder, *_ = encode(clip)
    assert all(b"52.5200" not in path.read_bytes() for path in folder.rglob("*") if path.is_file())


def test_progress_rises_to_one(plain, encode):
    shares = []
    encode(plain, on_progress=shares.append)
    assert shares == sorted(shares)
    assert shares[-1] == 1.0


def test_ladder_is_playable_while_it_grows(encode, tmp_path):
    """The callback comes once, with a master playlist and segments that are whole."""
    source = tmp_path / "long.mp4"
    make_clip(source, 40, (256, 144), 30)
    states = []

    def look(folder=tmp_path / "out"):
        text = (folder / "master.m3u8").read_text()
        lists = [read_playlist(index) for index in folder.glob("*/index.m3u8")]
        inits = [read_init(init).codec for init in folder.glob("*/init.mp4")]
        states.append((text.count("#EXT-X-STREAM-INF"), min(len(item.segments) for item in lists), inits))

    info = probe(source)
    (tmp_path / "out").mkdir()
    silent = {"on_progress": lambda share: None, "canceled": lambda: False}
    encode_ladder(source, info, ladder.plan(info), tmp_path / "out", **silent, on_playable=look)
    assert len(states) == 1
    rungs, segments, codecs = states[0]
    assert (rungs, len(codecs)) == (1, 2)
    assert segments >= 1


def test_canceled_encoding_stops(encode, plain):
    with pytest.raises(errors.Canceled):
        encode(plain, canceled=lambda: True)


def test_output_folder_may_be_relative(plain, encoded, tmp_path, monkeypatch):
    _, info, plan, _ = encoded
    monkeypatch.chdir(tmp_path)
    Path("out").mkdir()
    encode_ladder(plain, info, plan, Path("out"), on_progress=lambda share: None, canceled=lambda: False)
    assert Path("out/master.m3u8").exists()


@pytest.mark.parametrize(
    "damage",
    [
        lambda folder: (folder / "144p" / "seg_00000.m4s").unlink(),
        lambda folder: (folder / "144p" / "seg_00000.m4s").write_bytes(b""),
        lambda folder: (folder / "audio" / "init.mp4").unlink(),
        lambda folder: (folder / "audio" / "index.m3u8").write_text("#EXTM3U\n#EXT-X-ENDLIST\n"),
        lambda folder: rewrite(folder / "180p" / "index.m3u8", "#EXT-X-ENDLIST", ""),
        lambda folder: rewrite(folder / "180p" / "index.m3u8", "seg_00000", "../180p/seg_00000"),
        lambda folder: rewrite(folder / "master.m3u8", "180p/index.m3u8", ""),
        lambda folder: (folder / "master.m3u8").unlink(),
    ],
)
def test_damaged_output_does_not_pass(encode, plain, damage):
    folder, _, plan, _ = encode(plain)
    verify_output(folder, plan)
    damage(folder)
    with pytest.raises(errors.EncodeFailed):
        verify_output(folder, plan)


def test_output_of_another_length_does_not_pass(encoded):
    folder, _, plan, _ = encoded
    with pytest.raises(errors.EncodeFailed):
        verify_output(folder, replace(plan, duration=plan.duration + 5))


def rewrite(path: Path, old: str, new: str) -> None:
    path.write_text(path.read_text().replace(old, new))
