"""Master playlists with the caption tracks there are now, and the playlists of those tracks."""

import re

import pytest

from tests.support.commands import recorded
from videos.captions import services, webvtt
from videos.files import paths
from videos.files.urls import MASTER, media_url
from videos.models import Video
from videos.playback import manifests
from videos.views import media

LADDER = """#EXTM3U
#EXT-X-VERSION:7
#EXT-X-INDEPENDENT-SEGMENTS
#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="audio",NAME="und",LANGUAGE="und",DEFAULT=YES,AUTOSELECT=YES,URI="audio/index.m3u8"
#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="audio",NAME="jpn",LANGUAGE="jpn",DEFAULT=NO,AUTOSELECT=YES,URI="audio-1/index.m3u8"
#EXT-X-STREAM-INF:BANDWIDTH=1000,AVERAGE-BANDWIDTH=900,RESOLUTION=256x144,CODECS="avc1.64000c,mp4a.40.2",AUDIO="audio"
144p/index.m3u8
"""
CUES = webvtt.parse(b"WEBVTT\n\n00:01.000 --> 00:02.000\nHello\n")


@pytest.fixture
def video(cast):
    """A public video of 10 s whose ladder was made by a former version."""
    made = cast.video(language="en")
    Video.objects.filter(pk=made.pk).update(duration=10.0)
    made.refresh_from_db()
    folder = paths.generation_dir(made.pk, made.generation)
    folder.mkdir(parents=True)
    (folder / MASTER).write_text(LADDER)
    return made


@pytest.fixture
def read(cast, video):
    """Text of a file below the master's address, 0 or more seconds after the last change."""

    def get(name=MASTER, **headers):
        url = media_url(video, name)
        answer = cast.page("anonymous").get(url, **headers)
        assert answer.status_code == 200, name
        return answer.content.decode()

    return get


def lines(master, kind):
    return [
        line for line in master.splitlines() if line.startswith("#EXT-X-MEDIA") and f"TYPE={kind}" in line
    ]


def described(line):
    return {name: value.strip('"') for name, value in re.findall(r'([A-Z-]+)=("[^"]*"|[^,]*)', line)}


def test_without_captions_there_is_no_group(read):
    master = read()
    assert "SUBTITLES" not in master
    assert (
        described(next(line for line in master.splitlines() if "STREAM-INF" in line))["CLOSED-CAPTIONS"]
        == "NONE"
    )


def test_sounds_of_former_versions_have_tags_and_names(read):
    first, second = map(described, lines(read(), "AUDIO"))
    assert (first["LANGUAGE"], first["NAME"]) == ("en", "English")
    assert (second["LANGUAGE"], second["NAME"]) == ("ja", "日本語")


def test_a_sound_of_unknown_language_has_none(video, read):
    Video.objects.filter(pk=video.pk).update(language="")
    media.forget_all()
    first = described(lines(read(), "AUDIO")[0])
    assert "LANGUAGE" not in first
    assert first["NAME"] == "Original"


def test_every_track_is_listed_and_can_be_followed(video, read):
    services.add_track(video, CUES, language="en", label='The "big" one')
    services.add_track(video, CUES, language="en", kind="captions")
    services.add_track(video, CUES, language="und")
    master = read()
    tracks = {track["NAME"]: track for track in map(described, lines(master, "SUBTITLES"))}
    assert set(tracks) == {"The 'big' one", "English", "Unknown language"}
    assert "LANGUAGE" not in tracks["Unknown language"]
    assert tracks["English"]["LANGUAGE"] == "en"
    assert "transcribes-spoken-dialog" in tracks["English"]["CHARACTERISTICS"]
    assert "CHARACTERISTICS" not in tracks["The 'big' one"]
    variant = described(next(line for line in master.splitlines() if "STREAM-INF" in line))
    assert variant["SUBTITLES"] == tracks["English"]["GROUP-ID"]
    assert int(variant["BANDWIDTH"]) > 1000
    playlist = read(tracks["English"]["URI"])
    assert "#EXTINF:10.000," in playlist
    name = next(line for line in playlist.splitlines() if line.endswith(".vtt"))
    text = read(f"subtitles/{name}")
    assert text.startswith("WEBVTT\nX-TIMESTAMP-MAP=LOCAL:00:00:00.000,MPEGTS:0\n\n00:00:01.000")
    assert "Hello" in text


def test_forced_and_equal_tracks():
    one, two, forced = (
        manifests.Track(str(number), "de", "Deutsch", kind, 100)
        for number, kind in enumerate(("subtitles", "subtitles", "forced"))
    )
    master = manifests.compose(LADDER, [one, two, forced], language="", duration=10)
    tracks = [described(line) for line in lines(master, "SUBTITLES")]
    assert [track["NAME"] for track in tracks] == ["Deutsch", "Deutsch (2)", "Deutsch (3)"]
    assert [track["FORCED"] for track in tracks] == ["NO", "NO", "YES"]
    assert [track["AUTOSELECT"] for track in tracks] == ["YES", "NO", "YES"]


def test_names_of_a_group_are_unique_as_they_are_written():
    labels = ["English", "English", "English (2)", 'A"b', "A'b", "a  b", "a b"]
    tracks = [
        manifests.Track(f"track{number}", "en", label, "subtitles", 10) for number, label in enumerate(labels)
    ]
    sounds = "".join(
        f'#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="audio",NAME="{name}",URI="audio-{number}/index.m3u8"\n'
        for number, name in enumerate(["X", "X (2) (2)", "X (2)", "X (2) (2)"])
    )
    master = manifests.compose(
        LADDER.replace("#EXT-X-STREAM", sounds + "#EXT-X-STREAM"), tracks, language="", duration=10
    )
    for kind, count in (("AUDIO", 6), ("SUBTITLES", len(labels))):
        names = [described(line)["NAME"] for line in lines(master, kind)]
        assert len(set(names)) == len(names) == count, names


def test_a_removed_track_is_gone_at_once(video, read, cast):
    track = services.add_track(video, CUES, language="en")
    url = media_url(video, f"subtitles/{track.revision}.m3u8")
    assert cast.page("anonymous").get(url).status_code == 200
    services.delete_track(track)
    media.forget_all()
    assert cast.page("anonymous").get(url).status_code == 404
    assert "SUBTITLES" not in read()


def test_a_page_that_shows_captions_itself_is_given_none(video, cast):
    services.add_track(video, CUES, language="en")
    answer = cast.page("anonymous").get(f"{media_url(video, MASTER)}?subtitles=none")
    assert b"SUBTITLES" not in answer.content


def test_a_player_that_knows_the_master_is_told_so(video, cast):
    url = media_url(video, MASTER)
    tag = cast.page("anonymous").get(url)["ETag"]
    assert cast.page("anonymous").get(url, HTTP_IF_NONE_MATCH=tag).status_code == 304
    services.add_track(video, CUES, language="en")
    media.forget_all()
    assert cast.page("anonymous").get(url, HTTP_IF_NONE_MATCH=tag).status_code == 200


def test_a_master_costs_one_read_and_its_subtitles_none(video, cast, settings):
    settings.MEDIA_STATE_CACHE_SECONDS = 60
    track = services.add_track(video, CUES, language="en")
    page = cast.page("anonymous")
    master, subtitles = (media_url(video, name) for name in (MASTER, f"subtitles/{track.revision}.vtt"))
    page.get(subtitles)
    with recorded() as commands:
        assert page.get(subtitles).status_code == 200
    assert commands == []
    with recorded() as commands:
        assert page.get(master).status_code == 200
    assert len(commands) == 1
    with recorded() as commands:
        assert page.get(master).status_code == 200
    assert commands == []


@pytest.mark.parametrize("name", ["subtitles/nothing.m3u8", "subtitles/nothing.vtt", "subtitles/a.b.vtt"])
def test_unknown_tracks_are_absent(video, cast, name):
    assert cast.page("anonymous").get(media_url(video, name)).status_code == 404
