from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from videos.transcoding.ladder import output_frame_rate, plan
from videos.transcoding.source_info import AudioTrack, SourceInfo

SOUND = AudioTrack(1, "aac", "aac", 2, 48000, "und", is_default=True)
SOURCE = SourceInfo(
    container="mp4",
    demuxer="mov",
    size=1,
    duration=10.0,
    container_duration=10.0,
    video_end=10.0,
    audio_end=10.0,
    fully_read=True,
    decodes=True,
    track_count=2,
    video_index=0,
    video_codec="h264",
    video_decoder="h264",
    video_profile="High",
    width=1920,
    height=1080,
    rotation=0,
    sample_aspect_ratio=Fraction(1),
    frame_rate=Fraction(30),
    nominal_rate=Fraction(30),
    pix_fmt="yuv420p",
    bit_depth=8,
    color_transfer="sdr",
    matrix_known=True,
    interlaced=False,
    audio=(SOUND,),
    subtitles=(),
    chapters=(),
)


@pytest.mark.parametrize(
    ("average", "nominal", "expected"),
    [
        (Fraction(25), Fraction(25), Fraction(25)),
        (Fraction(2997, 100), Fraction(90000), Fraction(30000, 1001)),
        (Fraction(30000, 1001), Fraction(30000, 1001), Fraction(30000, 1001)),
        (Fraction(287, 10), Fraction(1000), Fraction(30000, 1001)),
        (Fraction(17), Fraction(30), Fraction(30)),
        (Fraction(8), Fraction(60), Fraction(60)),
        (Fraction(15), Fraction(15), Fraction(15)),
        (Fraction(2), Fraction(2), Fraction(10)),
        (Fraction(120), Fraction(120), Fraction(60)),
        (Fraction(240000, 1001), Fraction(240000, 1001), Fraction(60000, 1001)),
        (Fraction(144), Fraction(144), Fraction(48)),
        (Fraction(90), Fraction(90), Fraction(45)),
        (Fraction(0), Fraction(0), Fraction(25)),
    ],
)
def test_frame_rate_is_constant_and_at_most_60(average, nominal, expected):
    assert output_frame_rate(average, nominal) == expected


@given(
    average=st.fractions(0, 1000, max_denominator=1001),
    nominal=st.fractions(0, 100_000, max_denominator=1001),
)
def test_key_frames_of_all_rungs_stand_at_the_same_moments(average, nominal):
    ladder = plan(replace(SOURCE, frame_rate=average, nominal_rate=nominal))
    assert {item.gop_frames / item.frame_rate for item in ladder.renditions} == {ladder.gop_seconds}
    assert 1.8 <= ladder.gop_seconds <= 2.2
    assert all(10 <= item.frame_rate <= 60 or item.halves_rate for item in ladder.renditions)


def test_small_rungs_drop_every_second_frame_of_fast_video():
    ladder = plan(replace(SOURCE, frame_rate=Fraction(60), nominal_rate=Fraction(60)))
    rates = {item.name: item.frame_rate for item in ladder.renditions}
    assert (rates["1080p"], rates["720p"], rates["480p"], rates["144p"]) == (60, 60, 30, 30)


def test_sound_that_outlives_the_picture_holds_the_last_frame():
    ladder = plan(replace(SOURCE, video_end=4.0, audio_end=10.0))
    assert (ladder.held_seconds, ladder.duration) == (6.0, 10.0)


def test_picture_that_outlives_the_sound_sets_the_length():
    ladder = plan(replace(SOURCE, video_end=10.0, audio_end=4.0))
    assert (ladder.held_seconds, ladder.duration) == (0.0, 10.0)


def test_source_without_sound_has_no_audio():
    assert not plan(replace(SOURCE, audio=())).has_audio


@pytest.mark.parametrize(
    ("average", "nominal", "expected"),
    [
        # A recording of a screen that mostly stands still, timed on a grid that was measured.
        (Fraction(157, 12), Fraction(29994, 1000).limit_denominator(1001), Fraction(30)),
        (Fraction(20), Fraction(120), Fraction(60)),
        (Fraction(25), Fraction(25), Fraction(25)),
    ],
)
def test_frame_rate_follows_the_grid(average, nominal, expected):
    assert output_frame_rate(average, nominal) == expected


@pytest.mark.parametrize(
    ("frames", "expected"),
    [
        (Fraction(25), Fraction(50)),
        (Fraction(30000, 1001), Fraction(60000, 1001)),
        (Fraction(30), Fraction(60)),
    ],
)
def test_fields_of_interlaced_video_become_frames(frames, expected):
    ladder = plan(
        replace(SOURCE, frame_rate=frames, nominal_rate=frames, interlaced=True, width=720, height=576)
    )
    assert ladder.frame_rate == expected
    rates = [item.frame_rate for item in ladder.renditions]
    assert rates == [expected] + [expected / 2] * (len(rates) - 1)
