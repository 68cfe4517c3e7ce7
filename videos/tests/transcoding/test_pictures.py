import re
import shutil
from itertools import pairwise

import pytest
from PIL import Image

from streamsite.testing.clips import make_clip
from videos.transcoding.errors import EncodeFailed
from videos.transcoding.poster import make_posters, score
from videos.transcoding.probe import probe
from videos.transcoding.storyboard import make_storyboard


def test_posters_are_a_large_and_a_small_picture(tmp_path):
    clip = make_clip(tmp_path / "clip.mp4", 1, (1600, 900))
    poster = make_posters(clip, probe(clip), large=tmp_path / "poster.webp", small=tmp_path / "card.jpg")
    with Image.open(tmp_path / "poster.webp") as large, Image.open(tmp_path / "card.jpg") as small:
        assert (large.format, large.size) == ("WEBP", (1280, 720))
        assert (small.format, small.size) == ("JPEG", (640, 360))
    assert (poster.width, poster.height) == (1280, 720)


def test_poster_is_not_enlarged(plain, tmp_path):
    make_posters(plain, probe(plain), large=tmp_path / "poster.webp", small=tmp_path / "card.webp")
    with Image.open(tmp_path / "poster.webp") as large, Image.open(tmp_path / "card.webp") as small:
        assert large.size == small.size == (320, 180)


def test_poster_avoids_black(tmp_path):
    clip = make_clip(tmp_path / "late.mp4", 4, filters="drawbox=t=fill:c=black:enable='lt(t,2.5)'")
    poster = make_posters(clip, probe(clip), large=tmp_path / "a.webp", small=tmp_path / "b.webp")
    assert poster.moment >= 2.5
    with Image.open(tmp_path / "a.webp") as picture:
        assert score(picture) > 20


def test_poster_of_a_chosen_moment(plain, tmp_path):
    poster = make_posters(
        plain, probe(plain), large=tmp_path / "a.webp", small=tmp_path / "b.webp", moment=1.5
    )
    assert poster.moment == 1.5


def test_poster_of_a_single_frame(tmp_path):
    clip = make_clip(tmp_path / "one.mp4", 0.04)
    make_posters(clip, probe(clip), large=tmp_path / "a.webp", small=tmp_path / "b.webp")
    assert (tmp_path / "a.webp").stat().st_size


def test_poster_leaves_no_other_file(plain, tmp_path):
    make_posters(plain, probe(plain), large=tmp_path / "a.webp", small=tmp_path / "b.webp")
    assert {path.name for path in tmp_path.iterdir()} == {"a.webp", "b.webp"}


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
