import re
import shutil
from itertools import pairwise

import pytest
from PIL import Image

from tests.support.clips import make_clip
from videos.transcoding.errors import EncodeFailed
from videos.transcoding.image_sizes import file_names
from videos.transcoding.storyboard import make_storyboard
from videos.transcoding.thumbnails import make_thumbnail, make_thumbnail_choices, score_frame


@pytest.fixture(scope="module")
def late(encode, tmp_path_factory):
    """Eight seconds of which the first five are black: the ladder and its storyboard."""
    clip = tmp_path_factory.mktemp("late") / "late.mp4"
    make_clip(clip, 8, (640, 360), filters="drawbox=t=fill:c=black:enable='lt(t,5)'")
    folder, info, *_ = encode(clip)
    return folder, make_storyboard(folder, duration=info.duration)


def test_posters_come_in_sizes_and_formats_never_enlarged(late, tmp_path):
    make_thumbnail(late[0], 6, tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == set(file_names())
    for name, size in (
        ("poster.webp", (640, 360)),
        ("poster.jpg", (640, 360)),
        ("card.webp", (640, 360)),
        ("card.avif", (640, 360)),
        ("small.webp", (320, 180)),
        ("small.avif", (320, 180)),
    ):
        with Image.open(tmp_path / name) as picture:
            form = {"jpg": "JPEG"}.get(name.partition(".")[2], name[-4:].upper())
            assert (picture.format, picture.size) == (form, size)


def test_the_first_choice_is_the_most_telling_and_the_others_differ(late):
    folder, board = late
    choices = make_thumbnail_choices(folder, board)
    assert [choice.suffix for choice in choices] == ["", "-2", "-3"]
    assert choices[0].moment >= 4
    assert len({choice.moment for choice in choices}) == 3
    with Image.open(folder / "poster.webp") as best, Image.open(folder / "poster-3.webp") as worst:
        assert score_frame(best) > 20 > score_frame(worst)


@pytest.mark.parametrize(
    ("moment", "exact", "is_black"), [(4.9, True, True), (5.2, True, False), (5.2, False, True)]
)
def test_a_moment_is_taken_exactly_or_at_its_key_frame(late, tmp_path, moment, exact, is_black):
    make_thumbnail(late[0], moment, tmp_path, exact=exact)
    with Image.open(tmp_path / "poster.webp") as picture:
        assert (score_frame(picture) < 5) == is_black


@pytest.mark.parametrize("exact", [True, False])
@pytest.mark.parametrize("moment", [0, 7.99, 8, 900])
def test_the_ends_of_a_video_have_pictures_too(late, tmp_path, moment, exact):
    make_thumbnail(late[0], moment, tmp_path, exact=exact)
    assert (tmp_path / "poster.webp").stat().st_size


def test_a_single_frame_is_the_one_choice(encode, tmp_path):
    folder, info, *_ = encode(make_clip(tmp_path / "one.mp4", 0.04))
    assert len(make_thumbnail_choices(folder, make_storyboard(folder, duration=info.duration))) == 1


def test_a_ladder_without_segments_has_no_picture(tmp_path):
    with pytest.raises(EncodeFailed, match="thumbnail"):
        make_thumbnail(tmp_path, 0, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_storyboard_covers_the_video_without_gaps(encode, tmp_path):
    """Two minutes of gray that grows lighter: each tile must show its own moment."""
    clip = make_clip(
        tmp_path / "fade.mp4", 45, (160, 90), 10, audio=False, filters="geq=lum='16+4*T':cb=128:cr=128"
    )
    folder, info, *_ = encode(clip)
    board = make_storyboard(folder, duration=info.duration)
    text = board.track.read_text()
    cues = re.findall(r"(\S+) --> (\S+)\n(\S+)#xywh=(\d+),(\d+),(\d+),(\d+)", text)
    assert text.startswith("WEBVTT\n")
    assert len(cues) == board.tiles == 23
    assert cues[0][0] == "00:00:00.000"
    assert cues[-1][1] == "00:00:45.000"
    assert all(earlier[1] == later[0] for earlier, later in pairwise(cues))
    with Image.open(folder / cues[0][2]) as sheet:
        gray = sheet.convert("L")
        for number, (_, _, _, *box) in enumerate(cues):
            x, y, width, height = map(int, box)
            assert x + width <= sheet.width
            assert y + height <= sheet.height
            expected = min(number * 2, 44) * 4 * 255 / 219
            assert gray.getpixel((x + width // 2, y + height // 2)) == pytest.approx(expected, abs=12)


def test_short_storyboard_is_one_small_sheet(encoded, tmp_path):
    folder, info, *_ = encoded
    copy = shutil.copytree(folder, tmp_path / "copy")
    board = make_storyboard(copy, duration=info.duration)
    assert [sheet.name for sheet in board.sheets] == ["storyboard_000.jpg"]
    with Image.open(board.sheets[0]) as sheet:
        assert sheet.size == (board.tile_width, board.tile_height) == (160, 90)


def test_storyboard_of_nothing_fails_in_words(tmp_path):
    with pytest.raises(EncodeFailed, match="preview"):
        make_storyboard(tmp_path, duration=10)
