"""The drawings and the music: the same in every run, in the size that was asked for."""

import importlib
from itertools import islice

import pytest

from demo.drawing import portraits, scores, sound
from demo.tables.clips import CLIPS
from demo.tables.people import CHANNELS


def frames(clip, count=3):
    module, _, function = clip.drawing.partition(".")
    draw = getattr(importlib.import_module(f"demo.drawing.{module}"), function)
    return list(islice(draw(clip.size, 1, float(clip.seconds), f"test {clip.key}"), count))


@pytest.mark.parametrize("clip", CLIPS, ids=lambda clip: clip.key)
def test_a_drawing_is_the_same_every_time(clip):
    once, again = frames(clip), frames(clip)
    assert [picture.size for picture in once] == [clip.size] * 3
    assert [picture.tobytes() for picture in once] == [picture.tobytes() for picture in again]
    assert once[0].tobytes() != once[2].tobytes(), "nothing moves"


@pytest.mark.parametrize("style", scores.STYLES)
def test_a_score_is_the_same_every_time_and_fills_its_time(style):
    notes = scores.compose(style, "test", 20)
    assert notes == scores.compose(style, "test", 20)
    assert notes[0].start < 2
    assert 17 < notes[-1].start < 20
    assert all(24 < note.pitch < 100 for note in notes)


def test_both_tracks_of_a_clip_play_the_same_melody():
    first, second = (scores.compose(style, "test", 12) for style in ("count", "count2"))
    assert [note.start for note in first if note.instrument == "box"] == [
        note.start for note in second if note.instrument == "keys" and note.pitch > 55
    ]


def test_sound_is_loud_enough_and_never_cut_off(tmp_path):
    target = tmp_path / "sound.wav"
    sound.render(scores.compose("keys", "test", 4), 4, target)
    raw = target.read_bytes()[44:]
    samples = memoryview(raw).cast("h")
    assert len(samples) == 4 * sound.RATE
    assert 15_000 < max(samples) <= 23_000
    sound.render(scores.compose("keys", "test", 4), 4, target)
    assert target.read_bytes()[44:] == raw


def test_every_channel_has_an_emblem_and_a_banner_of_its_own():
    emblems = [portraits.avatar(row.emblem, row.tints).getvalue() for row in CHANNELS]
    banners = [portraits.banner(row.banner).getvalue() for row in CHANNELS]
    assert len({*emblems, *banners}) == 2 * len(CHANNELS)
    assert portraits.banner(CHANNELS[0].banner).getvalue() == banners[0]
