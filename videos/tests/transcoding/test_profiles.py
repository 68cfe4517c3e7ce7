"""Ladders other than the usual one: other codecs, fewer rungs, more bits."""

import os
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from django.test import override_settings

from streamsite.settings import media
from tests.support.clips import make_clip
from videos.processing.encoding_profile import site_profile
from videos.tests.transcoding.fragments import segment_starts
from videos.tests.transcoding.test_ladder import SOURCE
from videos.transcoding.download import make_download
from videos.transcoding.ffmpeg import ffmpeg_binary
from videos.transcoding.ladder import plan
from videos.transcoding.profiles import (
    AV1,
    CODECS,
    H264,
    PRESETS,
    STANDARD,
    STANDARD_SHORT_SIDES,
    VP9,
    Profile,
)
from videos.transcoding.rungs import ladder_sizes
from videos.transcoding.storyboard import make_storyboard
from videos.transcoding.thumbnails import make_thumbnail

ROOT = Path(__file__).resolve().parents[3]
NEW_CODECS = {VP9: r"vp09\.00\.\d\d\.08", AV1: r"av01\.0\.\d\dM\.08"}


@pytest.fixture(scope="module")
def clip(clips):
    return make_clip(clips / "profiles.mp4", 9, (640, 360), 25)


@pytest.fixture(scope="module", params=NEW_CODECS)
def ladder(request, encode, clip):
    """(codec, folder, plan) of a ladder in a newer codec."""
    folder, _, made, _ = encode(clip, Profile(codec=request.param, short_sides=(360, 144)))
    return request.param, folder, made


@pytest.mark.slow
def test_a_newer_codec_has_one_rendition_of_the_old_one_beside_it(ladder):
    codec, folder, made = ladder
    assert [(item.name, item.codec) for item in made.renditions] == [
        ("360p", codec),
        ("144p", codec),
        ("360p-h264", H264),
    ]
    codecs = re.findall(r'CODECS="([^,"]+),mp4a\.40\.2"', (folder / "master.m3u8").read_text())
    assert re.fullmatch(r"avc1\.64[0-9a-f]{4}", codecs[0])
    assert len(codecs) == 3
    for stated in codecs[1:]:
        assert re.fullmatch(NEW_CODECS[codec], stated)


@pytest.mark.slow
def test_its_segments_start_at_the_same_moments(ladder):
    _, folder, made = ladder
    starts = [segment_starts(folder / item.name) for item in made.renditions]
    assert len(starts[0]) == 3
    for other in starts[1:]:
        assert other == pytest.approx(starts[0], abs=0.001)


@pytest.mark.slow
def test_a_strict_decoder_finds_nothing_wrong(ladder):
    _, folder, made = ladder
    for item in made.renditions:
        args = [
            "-v",
            "error",
            "-xerror",
            "-err_detect",
            "explode",
            "-i",
            str(folder / item.name / "index.m3u8"),
        ]
        done = subprocess.run([ffmpeg_binary(), *args, "-f", "null", "-"], capture_output=True, check=False)
        assert (done.returncode, done.stderr) == (0, b""), item.name


@pytest.mark.slow
def test_pictures_and_a_download_are_made_from_it(ladder, tmp_path):
    _, folder, _ = ladder
    assert make_storyboard(folder, duration=9.0).tiles == 5
    make_thumbnail(folder, 3.0, tmp_path, exact=True)
    assert (tmp_path / "poster.webp").stat().st_size > 500
    assert make_download(folder, tmp_path / "download.mp4").stat().st_size > 10_000


@pytest.mark.parametrize(
    ("allowed", "source", "expected"),
    [
        ((720, 360), 1080, [720, 360]),
        ((720, 360), 500, [500, 360]),
        ((720, 360), 240, [240]),
        ((2160, 1080), 1440, [1440, 1080]),
    ],
)
def test_only_the_chosen_rungs_are_made(allowed, source, expected):
    assert [size.lines for size in ladder_sizes(round(source * 16 / 9), source, allowed)] == expected


def test_more_bits_raise_every_ceiling():
    usual, rich = plan(SOURCE), plan(SOURCE, Profile(bitrate_percent=150))
    for one, other in zip(usual.renditions, rich.renditions, strict=True):
        assert other.max_bitrate == pytest.approx(one.max_bitrate * 1.5, rel=0.01)


def test_a_newer_codec_never_copies_the_source():
    assert not plan(replace(SOURCE), Profile(codec=AV1)).copies_top


@pytest.mark.parametrize(
    ("name", "value"),
    [("TRANSCODE_CODEC", "h265"), ("TRANSCODE_RUNGS", "1080,700"), ("TRANSCODE_PRESET", "placebo")],
)
def test_a_wrong_setting_is_named(name, value):
    environment = os.environ | {name: value, "DJANGO_SETTINGS_MODULE": "streamsite.settings"}
    done = subprocess.run(
        [sys.executable, "-c", "import django; django.setup()"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode != 0
    assert re.search(rf"{name}=\S+ cannot work: use", done.stderr)


def test_the_settings_offer_what_there_is():
    """Settings import nothing of the apps, so they name codecs, rungs and presets themselves."""
    assert media._SHORT_SIDES == STANDARD_SHORT_SIDES
    assert media._PRESETS == PRESETS
    with override_settings(TRANSCODE_PRESET=media._DEFAULT_PRESET):
        assert site_profile() == STANDARD
    for codec in CODECS:
        with override_settings(TRANSCODE_CODEC=codec):
            assert site_profile().codec == codec
