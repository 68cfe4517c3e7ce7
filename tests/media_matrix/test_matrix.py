"""Every kind of file that people have, processed whole and measured from outside."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from tests.media_matrix.expectations import CASES, SAMPLE, Expected
from tests.media_matrix.measure import Measured, measure
from tests.media_matrix.rows import Row
from videos.captions import services
from videos.files import paths
from videos.models import Caption, Status, Video
from videos.processing import pipeline
from videos.transcoding.errors import TranscodeError

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

IS_WHOLE = os.environ.get("MEDIA_MATRIX") == "all"
FILES = {
    name: expected
    for files in CASES.values()
    for name, expected in files.items()
    if IS_WHOLE or name in SAMPLE
}
# Bars of `smptebars` as the SDR original shows them: gray, yellow, cyan, green, magenta, red, blue at 75 %. They are
# coded with the matrix of BT.601; some cases read them with that of BT.709 when they are made.
BARS = {
    "601": (
        *((190, 190, 190), (191, 190, 0), (0, 190, 190), (0, 189, 0)),
        *((190, 0, 191), (191, 0, 0), (0, 0, 191)),
    ),
    "709": (
        *((190, 190, 190), (195, 179, 0), (0, 171, 192), (0, 159, 0)),
        *((204, 29, 197), (207, 17, 0), (0, 11, 199)),
    ),
}
WHITE = 200
COLOR_TOLERANCE = 0.08 * 255
# Two clocks meet in a flash: that of the file and that of the constant rate; one frame lies between them at most.
BEEP_TOLERANCE = 0.03
LENGTH_TOLERANCE = 0.12
LAST_SOUND_FRAME = 0.022
MIN_SEGMENT = 0.5


@pytest.fixture(params=FILES, ids=lambda name: name if len(name) < 40 else name[:12] + "...")
def case(request, cast, make_case):
    """Return (expected, video, measured or `None`) after the file has gone through the pipeline."""
    name = request.param
    video = cast.video(ready=False, status=Status.QUEUED)
    source = paths.source_path(video.pk)
    source.parent.mkdir(parents=True)
    source.write_bytes(make_case(name).read_bytes())
    try:
        pipeline.process(video.pk)
    except TranscodeError as error:
        pytest.fail(f"{name} would be tried again and again: {error.code} {error.log[-300:]}")
    video.refresh_from_db()
    found = None
    if video.status == Status.READY:
        found = measure(paths.generation_dir(video.pk, video.generation), moment=FILES[name].moment)
    note(name, video, found)
    yield FILES[name], video, found
    paths.remove_all_files(video.pk)


def test_file_comes_out_right(case) -> None:
    expected, video, found = case
    if expected.fails or (expected.may_fail and video.status == Status.FAILED):
        check_refusal(expected, video)
        return
    assert video.status == Status.READY, (video.failure_code, video.failure_detail)
    check_picture(expected, found)
    check_length(expected, video, found)
    check_sync(expected, found)
    check_tracks(expected, video, found)


def check_refusal(expected: Expected, video: Video) -> None:
    """Fails at once, with a sentence that says what is wrong and what to do."""
    assert video.status == Status.FAILED
    if expected.fails:
        assert video.failure_code in expected.fails
    assert len(video.failure_detail) > 30, video.failure_detail
    assert video.attempt == 1


def check_picture(expected: Expected, found: Measured) -> None:
    """Size, label, rate, colors."""
    top = found.top
    if expected.size is not None:
        width, height = expected.size
        assert abs(top.width - width) <= 2, (top, expected.size)
        assert abs(top.height - height) <= 2, (top, expected.size)
    if expected.label is not None:
        assert top.name == expected.label
    if expected.rate is not None:
        assert top.frame_rate == pytest.approx(expected.rate, abs=0.01)
        assert found.counted_rate == pytest.approx(expected.rate, rel=0.03)
    if expected.colors is not None:
        for seen, right in zip(found.bars, BARS[expected.colors], strict=True):
            assert seen == pytest.approx(right, abs=COLOR_TOLERANCE), found.bars
        assert found.brightest >= WHITE
    if expected.boxed:
        assert max(found.edges) < 30, found.edges


def check_length(expected: Expected, video: Video, found: Measured) -> None:
    """Check that the film is whole, sound ends with the picture, and no segment is a splinter."""
    if expected.seconds is not None:
        assert found.video_seconds == pytest.approx(expected.seconds, abs=LENGTH_TOLERANCE)
        assert video.duration == pytest.approx(expected.seconds, abs=LENGTH_TOLERANCE)
    if found.sound_seconds is not None:
        assert found.sound_seconds <= found.video_seconds + 0.001
        assert found.sound_seconds >= found.video_seconds - 2 * LAST_SOUND_FRAME
    assert found.shortest_segment >= MIN_SEGMENT


def check_sync(expected: Expected, found: Measured) -> None:
    """Flashes and beeps come when they should, at the start, in the middle and at the end."""
    frame = 1 / min(one.frame_rate for one in found.renditions)
    if expected.flashes is not None:
        assert found.flashes == pytest.approx(list(expected.flashes), abs=frame + 0.005 + expected.tolerance)
    if expected.beeps is not None:
        assert found.beeps == pytest.approx(list(expected.beeps), abs=BEEP_TOLERANCE)


def check_tracks(expected: Expected, video: Video, found: Measured) -> None:
    """Sound, captions and chapters survive."""
    assert len(found.sounds) == expected.sounds, found.sounds
    if expected.languages is not None:
        assert tuple(sound.get("LANGUAGE") for sound in found.sounds) == expected.languages
    if expected.chapters is not None:
        kept = [(one["start"], one["title"]) for one in video.chapters]
        assert [title for _, title in kept] == [title for _, title in expected.chapters]
        assert [start for start, _ in kept] == pytest.approx(
            [start for start, _ in expected.chapters], abs=0.05
        )
    if expected.captions is not None:
        tracks = services.list_tracks(video.pk)
        assert sorted((track.language, track.kind) for track in tracks) == sorted(expected.captions)
        assert len({track.label for track in tracks}) == len(tracks)
        for track in Caption.objects.filter(video=video):
            assert len(track.cues) == 3
            assert track.cues[0][0] == pytest.approx(expected.first_cue, abs=0.05)


def note(name: str, video: Video, found: Measured | None) -> None:
    """Add a row for the table that `script/test-media` prints."""
    path = os.environ.get("MEDIA_TABLE")
    if not path:
        return
    row: Row = {
        "file": name,
        "status": video.status,
        "code": video.failure_code,
        "detail": video.failure_detail,
    }
    if found is not None:
        top = found.top
        row |= {
            "size": f"{top.width}x{top.height}",
            "label": top.name,
            "rate": round(top.frame_rate, 3),
            "seconds": round(found.video_seconds, 2),
            "sounds": len(found.sounds),
            "flashes": [round(moment, 3) for moment in found.flashes],
            "beeps": [round(moment, 3) for moment in found.beeps],
            "white": round(found.brightest),
            "captions": Caption.objects.filter(video=video).count(),
        }
    with Path(path).open("a", encoding="utf-8") as out:
        out.write(json.dumps(row) + "\n")
