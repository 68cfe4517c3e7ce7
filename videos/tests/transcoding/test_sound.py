"""Sound: files without a picture, several tracks, loudness."""

import re

import av
import pytest
from PIL import Image

from tests.support.clips import audio_only, make_clip, run_generator
from videos.transcoding.acceptance import UploadLimits, require_acceptable
from videos.transcoding.download import make_download
from videos.transcoding.errors import UnreadableMedia, UnsupportedMedia
from videos.transcoding.ladder import plan
from videos.transcoding.loudness import Loudness, measure_loudness
from videos.transcoding.playlists import INDEX, MASTER
from videos.transcoding.probe import probe
from videos.transcoding.profiles import Profile
from videos.transcoding.thumbnails import make_thumbnail, score_frame, write_cover

CODECS = {
    "song.mp3": ["-c:a", "libmp3lame"],
    "tagged.mp3": ["-c:a", "libmp3lame", "-metadata", "title=Song", "-id3v2_version", "3"],
    "song.flac": ["-c:a", "flac"],
    "song.wav": ["-c:a", "pcm_s16le"],
    "song.m4a": ["-c:a", "aac"],
    "song.ogg": ["-c:a", "libopus"],
    "song.mka": ["-c:a", "libvorbis"],
    "song.aac": ["-c:a", "aac"],
    "song.ac3": ["-c:a", "ac3"],
    "song.eac3": ["-c:a", "eac3"],
    "song.mp2": ["-c:a", "mp2"],
    "song.aiff": ["-c:a", "pcm_s16be"],
    "song.wav.rf64": ["-c:a", "pcm_s16le", "-rf64", "always", "-f", "wav"],
    "song.amr": ["-c:a", "libopencore_amrnb", "-ar", "8000", "-b:a", "12.2k"],
}


def tone(path, seconds=2.0, volume=1.0, options=()):
    source = f"sine=frequency=440:sample_rate=44100:duration={seconds},volume={volume}"
    return run_generator(["-f", "lavfi", "-i", source, *options, str(path)], path)


@pytest.mark.parametrize("name", CODECS)
def test_files_without_a_picture_are_accepted(tmp_path, name):
    info = probe(tone(tmp_path / name, options=CODECS[name]))
    require_acceptable(info, UploadLimits())
    assert info.is_audio_only
    assert info.duration == pytest.approx(2, abs=0.1)


def test_sound_alone_becomes_a_video_of_its_waveform(encode, tmp_path):
    folder, _, ladder, result = encode(audio_only(tmp_path / "song.m4a", 5))
    assert [rendition.name for rendition in ladder.renditions] == ["720p", "360p", "144p"]
    assert result.duration == pytest.approx(5, abs=0.3)
    make_thumbnail(folder, 2, tmp_path)
    with Image.open(tmp_path / "poster.webp") as picture:
        assert picture.size == (1280, 720)
        assert score_frame(picture) > 10


def test_a_tag_without_a_song_is_refused(tmp_path):
    (tmp_path / "mp3.mp3").write_bytes(b"ID3\x03\x00\x00\x00\x00\x00\x00" + bytes(4000))
    with pytest.raises(UnreadableMedia):
        require_acceptable(probe(tmp_path / "mp3.mp3"), UploadLimits())


@pytest.fixture(scope="module")
def bilingual(tmp_path_factory):
    """A film with three tracks of sound, the second of which is the default one."""
    folder = tmp_path_factory.mktemp("bilingual")
    clip = make_clip(folder / "clip.mp4", 3, (320, 180), audio=False)
    path = folder / "film.mkv"
    args = ["-i", str(clip)]
    for frequency in (300, 600, 900):
        args += ["-f", "lavfi", "-i", f"sine=frequency={frequency}:duration=3"]
    args += ["-map", "0", "-map", "1", "-map", "2", "-map", "3", "-c:v", "copy", "-c:a", "aac"]
    args += [
        "-metadata:s:a:0",
        "language=eng",
        "-metadata:s:a:1",
        "language=ger",
        "-metadata:s:a:2",
        'title=The "other"',
    ]
    args += ["-disposition:a:0", "0", "-disposition:a:1", "default", "-disposition:a:2", "0"]
    return run_generator([*args, str(path)], path)


def test_every_track_of_sound_is_a_rendition_of_one_group(encode, bilingual):
    folder, *_ = encode(bilingual)
    lines = [line for line in (folder / MASTER).read_text().splitlines() if "TYPE=AUDIO" in line]
    assert len(lines) == 3
    assert 'NAME="Deutsch",LANGUAGE="de",DEFAULT=YES' in lines[0]
    assert 'NAME="English",LANGUAGE="en",DEFAULT=NO' in lines[1]
    assert "NAME=\"The 'other'\"" in lines[2]
    assert len({re.search(r'NAME="([^"]*)"', line)[1] for line in lines}) == 3
    for line in lines:
        name = re.search(r'URI="([^"]+)"', line)[1]
        with av.open(str(folder / name)) as container:
            assert container.duration / 1_000_000 == pytest.approx(3, abs=0.2)
    assert (folder / "audio" / INDEX).is_file()


@pytest.mark.parametrize(("volume", "gain"), [(0.3, "louder"), (1.0, "about"), (4.0, "quieter")])
def test_loudness_is_measured_and_made_good(tmp_path, volume, gain):
    source = tone(tmp_path / "song.flac", 6, volume, CODECS["song.flac"])
    info = probe(source)
    loudness = measure_loudness(source, info)
    if gain == "louder":
        assert loudness.gain_db > 10
    ladder = plan(info, gain_db=loudness.gain_db)
    assert {sound.gain_db for sound in ladder.sounds} == {loudness.gain_db}
    after = Loudness(loudness.integrated + loudness.gain_db, loudness.peak + loudness.gain_db)
    assert after.peak <= -0.99
    assert after.integrated == pytest.approx(-14, abs=0.1) or after.peak == pytest.approx(-1, abs=0.1)


def test_silence_stays_silent(tmp_path):
    source = tone(tmp_path / "silence.flac", 3, 0.0, CODECS["song.flac"])
    assert measure_loudness(source, probe(source)).gain_db == 0


def test_a_film_without_sound_has_no_loudness(tmp_path):
    clip = make_clip(tmp_path / "mute.mp4", 1, audio=False)
    assert measure_loudness(clip, probe(clip)) is None


@pytest.mark.parametrize("name", ["song.mp3", "song.m4a", "song.flac"])
def test_cover_art_is_the_poster_and_stands_beside_the_wave(encode, tmp_path, name):
    picture, song = tmp_path / "cover.png", tmp_path / name
    run_generator(["-f", "lavfi", "-i", "color=red:s=120x120", "-frames:v", "1", str(picture)], picture)
    codec = CODECS[name]
    tagged = ["-disposition:v:0", "attached_pic", "-c:v", "copy"]
    sine = [
        "-f",
        "lavfi",
        "-i",
        "sine=frequency=440:duration=3",
        "-i",
        str(picture),
        "-map",
        "0",
        "-map",
        "1",
    ]
    run_generator([*sine, *codec, *tagged, str(song)], song)
    folder, info, _, result = encode(song, Profile(short_sides=(144,)))
    assert info.is_audio_only
    assert info.cover_index >= 0
    assert result.duration == pytest.approx(3, abs=0.3)
    write_cover(song, info, tmp_path)
    with Image.open(tmp_path / "poster.webp") as poster:
        assert poster.size == (1280, 720)
        assert is_red(poster, 640, 360)
        assert not is_red(poster, 100, 360)
    make_thumbnail(folder, 2, folder)
    with Image.open(folder / "poster.webp") as frame:
        assert is_red(frame, frame.width // 5, frame.height // 2)
        assert not is_red(frame, frame.width * 3 // 4, frame.height // 2)


def is_red(picture, x, y):
    red, green, blue = picture.convert("RGB").getpixel((x, y))
    return red > 180 and green < 60 and blue < 60


def test_a_damaged_cover_is_left_out(tmp_path):
    song = tmp_path / "song.flac"
    picture = tmp_path / "cover.png"
    run_generator(["-f", "lavfi", "-i", "color=red:s=64x64", "-frames:v", "1", str(picture)], picture)
    both = ["-f", "lavfi", "-i", "sine=duration=1", "-i", str(picture), "-map", "0", "-map", "1"]
    run_generator([*both, "-c:v", "copy", "-disposition:v:0", "attached_pic", str(song)], song)
    content = song.read_bytes()
    song.write_bytes(content.replace(b"IDAT", b"ABCD"))
    info = probe(song)
    require_acceptable(info, UploadLimits())
    assert info.cover_index == -1


def unplayable_sound(path):
    """Write a film whose audio codec is unknown."""
    make_clip(path, 2, (160, 90))
    content = path.read_bytes()
    at = content.rindex(b"mp4a")
    path.write_bytes(content[:at] + b"apac" + content[at + 4 :].replace(b"esds", b"dapa"))
    return path


def silenced(path):
    """Write a film whose audio is damaged from start to end."""
    make_clip(path, 2, (160, 90), options=["-movflags", "+faststart"])
    with av.open(str(path)) as container:
        places = [(packet.pos, packet.size) for packet in container.demux(audio=0) if packet.size]
    content = bytearray(path.read_bytes())
    for start, size in places:
        content[start : start + size] = b"\xff" * size
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("spoil", [unplayable_sound, silenced])
def test_a_film_whose_sound_cannot_be_decoded_is_published_silent(encode, tmp_path, spoil):
    source = spoil(tmp_path / "film.mp4")
    folder, info, ladder, _ = encode(source)
    require_acceptable(info, UploadLimits())
    assert len(info.undecodable_audio) == 1
    assert not ladder.has_audio
    assert "EXT-X-MEDIA" not in (folder / MASTER).read_text()


def test_sound_alone_that_cannot_be_decoded_is_refused(tmp_path):
    source = audio_only(tmp_path / "song.m4a")
    content = source.read_bytes()
    at = content.rindex(b"mp4a")
    source.write_bytes(content[:at] + b"apac" + content[at + 4 :].replace(b"esds", b"dapa"))
    with pytest.raises(UnsupportedMedia, match="Upload"):
        require_acceptable(probe(source), UploadLimits())


def test_the_file_for_download_has_every_track_of_sound(encode, bilingual, tmp_path):
    folder, *_ = encode(bilingual)
    with av.open(str(make_download(folder, tmp_path / "film.mp4"))) as container:
        found = [track.metadata for track in container.streams.audio]
        defaults = [
            bool(track.disposition & av.stream.Disposition.default) for track in container.streams.audio
        ]
        assert len(container.streams.video) == 1
    assert len(found) == 3
    assert defaults == [True, False, False]
    master = (folder / MASTER).read_text()
    for track in found:
        assert len(track["language"]) == 3
        assert f'NAME="{track["handler_name"]}"' in master
