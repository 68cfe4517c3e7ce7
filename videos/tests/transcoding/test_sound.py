"""Sound: files without a picture, several tracks, loudness."""

import re

import av
import pytest
from PIL import Image

from streamsite.testing.clips import audio_only, make_clip, run_generator
from videos.transcoding.errors import UnreadableMedia
from videos.transcoding.ladder import plan
from videos.transcoding.loudness import Loudness, measure_loudness
from videos.transcoding.playlists import INDEX, MASTER
from videos.transcoding.poster import make_poster, score
from videos.transcoding.probe import Limits, accept, probe

CODECS = {
    "song.mp3": ["-c:a", "libmp3lame"],
    "tagged.mp3": ["-c:a", "libmp3lame", "-metadata", "title=Song", "-id3v2_version", "3"],
    "song.flac": ["-c:a", "flac"],
    "song.wav": ["-c:a", "pcm_s16le"],
    "song.m4a": ["-c:a", "aac"],
    "song.ogg": ["-c:a", "libopus"],
    "song.mka": ["-c:a", "libvorbis"],
}


def tone(path, seconds=2.0, volume=1.0, options=()):
    source = f"sine=frequency=440:sample_rate=44100:duration={seconds},volume={volume}"
    return run_generator(["-f", "lavfi", "-i", source, *options, str(path)], path)


@pytest.mark.parametrize("name", CODECS)
def test_files_without_a_picture_are_accepted(tmp_path, name):
    info = probe(tone(tmp_path / name, options=CODECS[name]))
    accept(info, Limits())
    assert info.is_audio_only
    assert info.duration == pytest.approx(2, abs=0.1)


def test_sound_alone_becomes_a_video_of_its_waveform(encode, tmp_path):
    folder, _, ladder, result = encode(audio_only(tmp_path / "song.m4a", 5))
    assert [rendition.name for rendition in ladder.renditions] == ["720p", "360p", "144p"]
    assert result.duration == pytest.approx(5, abs=0.3)
    make_poster(folder, 2, tmp_path)
    with Image.open(tmp_path / "poster.webp") as picture:
        assert picture.size == (1280, 720)
        assert score(picture) > 10


def test_a_tag_without_a_song_is_refused(tmp_path):
    (tmp_path / "mp3.mp3").write_bytes(b"ID3\x03\x00\x00\x00\x00\x00\x00" + bytes(4000))
    with pytest.raises(UnreadableMedia):
        accept(probe(tmp_path / "mp3.mp3"), Limits())


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
