"""Subtitle tracks of an uploaded file: all of them survive, described, and in time with the picture."""

import shutil
from pathlib import Path

import pytest

from tests.support.clips import make_clip, run_generator
from videos.captions import embedded, services
from videos.captions.embedded import describe_tracks
from videos.models import Caption
from videos.transcoding.probe import probe
from videos.transcoding.source_info import SubtitleTrack
from videos.transcoding.subtitles import extract_subtitles

# A PGS stream of one picture that shows nothing: composition, window and end segments.
PGS = b"".join(
    b"PG" + (90_000).to_bytes(4, "big") + bytes(4) + bytes([kind]) + len(body).to_bytes(2, "big") + body
    for kind, body in (
        (0x16, bytes.fromhex("014000b4100000800000 00".replace(" ", ""))),
        (0x17, bytes.fromhex("0100000000000001000100"[:20])),
        (0x80, b""),
    )
)


@pytest.fixture(scope="module")
def film(tmp_path_factory) -> Path:
    """A Matroska file with SDH, forced, untitled, unnamed and bitmap tracks beside the plain one."""
    folder = tmp_path_factory.mktemp("embedded")
    clip = make_clip(folder / "clip.mp4", 2, (160, 90), 25)
    (folder / "pictures.sup").write_bytes(PGS)
    (folder / "words.srt").write_text("1\n00:00:00,500 --> 00:00:01,500\nI <3 you & a < b\n")
    tracks = [
        ["language=eng"],
        ["language=eng", "title=SDH"],
        ["language=eng", "title=Forced"],
        ["language=fre"],
        ["language=eng", "title=English (full)"],
        [],
        [],
    ]
    args = ["-i", str(clip), "-i", str(folder / "words.srt"), "-i", str(folder / "pictures.sup"), "-map", "0"]
    args += ["-map", "1"] * len(tracks) + ["-map", "2", "-c", "copy", "-c:s:0", "ass", "-c:s:3", "webvtt"]
    for number, metadata in enumerate(tracks):
        args += [word for entry in metadata for word in (f"-metadata:s:s:{number}", entry)]
        args += [f"-disposition:s:{number}", {1: "hearing_impaired", 2: "forced"}.get(number, "0")]
    return run_generator([*args, str(folder / "film.mkv")], folder / "film.mkv")


def test_every_text_track_survives_with_its_kind_and_a_label_of_its_own(film, cast, tmp_path):
    info = probe(film)
    assert [track.codec for track in info.subtitles][-1] == "hdmv_pgs_subtitle"
    video = cast.video()
    for _ in range(2):  # a second attempt adds nothing
        found = extract_subtitles(film, info, tmp_path)
        assert embedded.import_tracks(video, found) == ()
        kept = {(track.language, track.kind, track.label) for track in services.list_tracks(video.pk)}
        assert kept == {
            ("en", "subtitles", "English"),
            ("en", "captions", "English (SDH)"),
            ("en", "forced", "English (Forced)"),
            ("fr", "subtitles", "Français"),
            ("en", "subtitles", "English (full)"),
            ("und", "subtitles", "Unknown language"),
            ("und", "subtitles", "Unknown language (2)"),
        }
    for cues in Caption.objects.values_list("cues", flat=True):
        assert cues == [[0.5, 1.5, "I &lt;3 you &amp; a &lt; b"]]


def test_text_in_a_legacy_encoding_and_drawings_are_read(film, cast, tmp_path):
    said = "Привет, как дела сегодня?"
    (tmp_path / "ru.srt").write_bytes(f"1\n00:00:00,500 --> 00:00:01,500\n{said}\n".encode("cp1251"))
    (tmp_path / "signs.ass").write_text(
        "[Script Info]\nScriptType: v4.00+\n\n[V4+ Styles]\nFormat: Name\nStyle: Default\n\n[Events]\n"
        "Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text\n"
        "Dialogue: 0,0:00:00.50,0:00:01.50,Default,,0,0,0,,{\\p1}m 0 0 l 9 9{\\p0}Exit\n"
    )
    args = ["-i", str(film), "-i", str(tmp_path / "ru.srt"), "-i", str(tmp_path / "signs.ass"), "-map", "0:v"]
    args += ["-map", "1", "-map", "2", "-c", "copy", "-metadata:s:s:0", "language=rus"]
    mixed = run_generator([*args, str(tmp_path / "mixed.mkv")], tmp_path / "mixed.mkv")
    video = cast.video()
    # The file has no sound, and the first cue comes half a second after the first picture.
    assert embedded.import_tracks(video, extract_subtitles(mixed, probe(mixed), tmp_path)) == ()
    kept = {caption.language: caption.cues for caption in Caption.objects.filter(video=video)}
    assert kept == {"ru": [[0.5, 1.5, said]], "und": [[0.5, 1.5, "Exit"]]}


def test_titles_of_mp4_tracks_are_read(film, tmp_path):
    """MP4 keeps them under another name."""
    args = ["-i", str(film), "-map", "0:v", "-map", "0:s:1", "-c", "copy", "-c:s", "mov_text"]
    args += ["-metadata:s:s:0", "title=For the deaf", "-disposition:s:0", "hearing_impaired"]
    moved = run_generator([*args, str(tmp_path / "film.mp4")], tmp_path / "film.mp4")
    (track,) = probe(moved).subtitles
    assert (track.title, track.is_for_deaf, track.is_forced) == ("For the deaf", True, False)


def test_titles_tell_the_kind_where_no_flag_does():
    titles = ["English SDH", "Signs (forced)", "Hearing Impaired", "Accents", "Français forcé"]
    kinds = [
        item.kind for item in describe_tracks([SubtitleTrack(0, "srt", "eng", title) for title in titles])
    ]
    assert kinds == ["captions", "forced", "captions", "subtitles", "subtitles"]


def test_labels_stay_short_and_different():
    labels = [item.label for item in describe_tracks([SubtitleTrack(0, "srt", "eng", "x" * 200)] * 3)]
    assert len(set(labels)) == 3
    assert max(map(len, labels)) <= services.MAX_LABEL


@pytest.mark.parametrize(
    ("code", "tag"),
    [("eng", "en"), ("jpn", "ja"), ("", "und"), ("mul", "und"), ("zh-Hant-TW", "zh-Hant-TW"), ("??", "und")],
)
def test_languages_become_tags(code, tag):
    assert describe_tracks([SubtitleTrack(0, "srt", code)])[0].language == tag


@pytest.mark.parametrize("offset", [0, 7])
def test_cues_are_in_time_whatever_the_clock_of_the_file(film, tmp_path, offset):
    moved = tmp_path / "late.mkv"
    maps = ["-map", "0:v", "-map", "0:a", "-map", "0:s:0", "-map", "0:s:3"]
    run_generator(["-i", str(film), *maps, "-c", "copy", "-output_ts_offset", str(offset), str(moved)], moved)
    found = extract_subtitles(moved, probe(moved), tmp_path)
    assert len(found) == 2
    for item in found:
        (cue,) = embedded.webvtt.parse(item.path.read_bytes())
        assert (cue.start, cue.end) == (pytest.approx(0.5, abs=0.05), pytest.approx(1.5, abs=0.05))


@pytest.mark.parametrize("by", ["muxer", "pictures"])
def test_chapters_are_in_time_whatever_the_clock_of_the_file(film, tmp_path, by):
    """Some programs write chapters on the file's clock, others count them from the first picture."""
    starts = (7000, 8000) if by == "muxer" else (0, 1000)
    (tmp_path / "chapters.txt").write_text(
        ";FFMETADATA1\n"
        + "".join(
            f"[CHAPTER]\nTIMEBASE=1/1000\nSTART={start}\nEND={start + 1000}\ntitle=At {start}\n"
            for start in starts
        )
    )
    moved = tmp_path / "late.mkv"
    args = ["-i", str(film), "-i", str(tmp_path / "chapters.txt"), "-map", "0:v", "-map", "0:a"]
    args += ["-map_chapters", "1", "-c", "copy", "-output_ts_offset", "7", str(moved)]
    run_generator(args, moved)
    found = probe(moved).chapters
    assert [chapter.start for chapter in found] == pytest.approx([0, 1], abs=0.05)


def test_a_track_without_text_is_named_as_unusable(film, cast, tmp_path):
    info = probe(film)
    found = extract_subtitles(film, info, tmp_path)
    found[1].path.write_bytes(b"WEBVTT\n")
    assert embedded.import_tracks(cast.video(), found) == (found[1].track.index,)
    shutil.rmtree(tmp_path)
