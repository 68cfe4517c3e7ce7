"""The report tells an owner what was done with a file; every note has a case."""

from dataclasses import replace
from fractions import Fraction

import pytest

from videos.transcoding import processing_texts
from videos.transcoding.ladder import COPY_OBSTACLES, plan
from videos.transcoding.processing_notes import NOTES, Outcome, build_report
from videos.transcoding.source_info import AudioTrack, SubtitleTrack

from .test_ladder import SOUND, SOURCE

STRANGE_SOUND = AudioTrack(2, "ac4", "", 2, 48000, "eng", is_default=False)
TRACKS = (
    SubtitleTrack(2, "subrip", "eng"),
    SubtitleTrack(3, "hdmv_pgs_subtitle", "eng"),
    SubtitleTrack(4, "hdmv_pgs_subtitle", "eng"),
    SubtitleTrack(5, "dvd_subtitle", "und"),
    SubtitleTrack(6, "eia_608", ""),
    SubtitleTrack(7, "ass", "fre"),
)


def notes(outcome=None, *, gain_db=0.0, **changes):
    info = replace(SOURCE, **changes)
    found = build_report(info, plan(info, gain_db=gain_db), outcome or Outcome())
    assert all(note["detail"].endswith((".", "?")) for note in found)
    assert len({note["code"] for note in found}) == len(found)
    return {note["code"]: note["detail"] for note in found}


def test_every_obstacle_to_copying_has_words():
    assert set(processing_texts.ENCODED) - {""} == set(COPY_OBSTACLES) - {"codec"}


def test_a_plain_file_has_a_short_report():
    assert notes() == {
        "encoded": "Video encoded from H.264, 1920x1080, because it couldn't be checked frame by frame in time.",
        "sizes": "Available sizes: 1080p, 720p, 480p, 360p, 240p, 144p.",
        "frame_rate": "Plays at 30 frames per second, as in the file.",
    }


@pytest.mark.parametrize(
    ("changes", "code", "words"),
    [
        ({"color_transfer": "pq"}, "tone_mapped", "HDR10"),
        ({"color_transfer": "hlg"}, "tone_mapped", "HLG"),
        ({"interlaced": True}, "deinterlaced", "deinterlaced"),
        ({"other_videos": ("h264", "h264")}, "video_left_out", "2 x H.264"),
        ({"rotation": 90}, "rotated", "90"),
        ({"sample_aspect_ratio": Fraction(4, 3)}, "pixels_squared", "1920x1080"),
        ({"audio_end": 13.2}, "picture_held", "3.2 seconds"),
        ({"audio": ()}, "silent", "no audio"),
        ({"audio": (STRANGE_SOUND,)}, "sound_undecodable", "AC-4"),
        ({"audio": (SOUND, STRANGE_SOUND)}, "sound_left_out", "AC-4"),
        ({"audio": (SOUND, replace(SOUND, index=2))}, "sound_tracks", "in the player: 2"),
        ({"gain_db": 4.26}, "gain", "4.3 dB louder"),
        ({"gain_db": -3.0}, "gain", "3.0 dB quieter"),
        ({"outcome": Outcome(chapters=4)}, "chapters_imported", "from the file: 4"),
        ({"video_index": -1}, "picture_drawn", "waveform"),
        ({"video_index": -1, "cover_index": 1}, "cover_shown", "cover art"),
        ({"container": "avi"}, "encoded", "can't be copied"),
        ({"crop": (0, 0, 8, 0)}, "cropped", "left 8"),
        (
            {"picture_sizes": ((640, 360), (360, 640)), "is_steady": False},
            "size_changes",
            "640x360, 360x640",
        ),
        ({"clock_jumps": 2}, "clock_mended", "timestamps: 2"),
        ({"frame_rate": Fraction(120), "nominal_rate": Fraction(120)}, "frame_rate", "60 is the limit"),
        ({"frame_rate": Fraction(13), "nominal_rate": Fraction(30)}, "frame_rate", "average 13"),
        ({"frame_rate": Fraction(0)}, "frame_rate", "doesn't state"),
    ],
)
def test_what_was_done_is_told(changes, code, words):
    assert words in notes(**changes)[code]


def test_a_track_that_was_kept_is_told():
    info = replace(SOURCE)
    ladder = replace(plan(info), copies_top=True)
    assert build_report(info, ladder, Outcome())[0] == {
        "code": "copied",
        "detail": "Video copied without re-encoding at 1920x1080.",
    }


def test_subtitles_that_were_left_out_are_named():
    found = notes(Outcome(unusable_subtitles=(7,)), subtitles=TRACKS)
    assert found["subtitles_imported"] == "Subtitle tracks imported from the file: 1."
    assert "2 x PGS (eng), VobSub." in found["bitmap_subtitles_left_out"]
    assert "CEA-608" in found["subtitles_left_out"]
    assert "ASS (fre)" in found["subtitles_unreadable"]


def test_every_note_is_in_the_table_once():
    assert len(set(NOTES)) == len(NOTES)


@pytest.mark.parametrize(
    ("layers", "code", "said"),
    [
        (("landlock 7", "seccomp"), "sandboxed", "Landlock and seccomp"),
        (("seccomp",), "partly_sandboxed", "without Landlock"),
        (("landlock 1",), "partly_sandboxed", "without seccomp"),
        ((), "not_sandboxed", "without a sandbox"),
    ],
)
def test_the_report_says_what_confined_the_decoders(layers, code, said):
    found = notes(Outcome(sandbox=layers))
    assert said in found[code]
    assert not {"sandboxed", "partly_sandboxed", "not_sandboxed"} & set(notes(Outcome()))
