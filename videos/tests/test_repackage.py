"""Mending what former versions made: sound with its priming, a last segment of 21 ms, no I-frame playlists."""

import io
import shutil

import pytest
from django.core.management import CommandError, call_command

from videos.files import paths
from videos.models import Video
from videos.processing import repackaging
from videos.processing.repackaging import Outcome, repackage
from videos.tests.transcoding.test_ends import film, require_good_ends
from videos.transcoding import encode, ffmpeg, filters, ladder
from videos.transcoding.playlists import INDEX, MASTER, read_playlist
from videos.transcoding.probe import probe

pytestmark = pytest.mark.slow
MASTER_OF_OLD = """#EXTM3U
#EXT-X-VERSION:7
#EXT-X-INDEPENDENT-SEGMENTS
#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="audio",NAME="und",LANGUAGE="und",DEFAULT=YES,AUTOSELECT=YES,CHANNELS="2",URI="audio/index.m3u8"
#EXT-X-STREAM-INF:BANDWIDTH=1,AVERAGE-BANDWIDTH=1,RESOLUTION=64x36,FRAME-RATE=25.000,CODECS="avc1.640014,mp4a.40.2",VIDEO-RANGE=SDR,AUDIO="audio"
36p/index.m3u8
"""


@pytest.fixture(scope="module")
def former_ladder(tmp_path_factory):
    """A ladder of 8.2 s as the version before made it: the same command without what it did not know."""
    folder = tmp_path_factory.mktemp("former")
    source = film(folder / "film.mp4", 8.2, 8.2, "25")
    out = folder / "out"
    with pytest.MonkeyPatch.context() as patch:
        for module in (encode, filters):
            patch.setattr(module, "SOUND_TAIL_SECONDS", 0)
        info = probe(source)
        plan = ladder.plan(info)
        args = encode.build_command(source, info, plan, out)
    at = args.index("-bsf:a")
    for name in ("36p", "audio"):
        (out / name).mkdir(parents=True)
    files = ffmpeg.SandboxFiles(read=(source,), write=(out,))
    ffmpeg.run([*args[:at], *args[at + 2 :]], limits=encode.process_limits(info, plan), files=files)
    for index in out.glob("*/index.m3u8"):
        index.write_text(index.read_text().replace("PLAYLIST-TYPE:EVENT", "PLAYLIST-TYPE:VOD"))
    (out / MASTER).write_text(MASTER_OF_OLD)
    return out


@pytest.fixture
def video(cast, former_ladder):
    made = cast.video()
    folder = paths.generation_dir(made.pk, made.generation)
    folder.parent.mkdir(parents=True)
    shutil.copytree(former_ladder, folder)
    return made


def files(video):
    folder = paths.generation_dir(video.pk, video.generation)
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


def test_a_former_ladder_ends_in_one_moment_afterwards(video):
    folder = paths.generation_dir(video.pk, video.generation)
    assert min(item.duration for item in read_playlist(folder / "36p" / INDEX).segments) < 0.5
    with pytest.raises(AssertionError):
        require_good_ends(folder)
    before = files(video)
    assert repackage(video.pk) is Outcome.MENDED
    assert sum(item.duration for item in read_playlist(folder / "36p" / INDEX).segments) == pytest.approx(8.2)
    sound = read_playlist(folder / "audio" / INDEX)
    assert 8.2 - 0.022 < sound.duration <= 8.2
    assert min(item.duration for item in sound.segments) > 0.5
    master = (folder / MASTER).read_text()
    assert "I-FRAME-STREAM-INF" in master
    assert "BANDWIDTH=1," not in master
    # Whoever holds the former playlists still gets what they name.
    assert set(before) <= set(files(video))
    assert Video.objects.get(pk=video.pk).media_bytes == sum(map(len, files(video).values())) - sum(
        map(len, before.values())
    )


def test_repeating_it_changes_nothing(video):
    repackage(video.pk)
    once = files(video)
    assert repackage(video.pk) is Outcome.UNCHANGED
    assert files(video) == once


def test_a_run_that_was_killed_is_made_good(video, former_ladder):
    repackage(video.pk)
    once = files(video)
    # As if it had ended before any playlist was written: segments are joined, playlists are former ones.
    folder = paths.generation_dir(video.pk, video.generation)
    for playlist in (MASTER, "36p/index.m3u8", "audio/index.m3u8"):
        shutil.copy(former_ladder / playlist, folder / playlist)
    assert repackage(video.pk) is Outcome.MENDED
    assert files(video) == once


def test_the_command_says_what_became_of_each(video, cast):
    stored = cast.video(stored_generation="gen1.secret")
    lost = cast.video()
    before, out = files(video), io.StringIO()
    call_command("repackage", dry_run=True, stdout=out)
    assert f"{video.pk}: would be mended" in out.getvalue()
    assert files(video) == before
    out = io.StringIO()
    with pytest.raises(CommandError):
        call_command("repackage", stdout=out)
    text = out.getvalue()
    assert f"{video.pk}: mended" in text
    assert f"{lost.pk}: its files are missing" in text
    assert "1 kept in the bucket" in text
    out = io.StringIO()
    call_command("repackage", "--", video.pk, stored.pk, stdout=out)
    assert f"{video.pk}: already as it should be" in out.getvalue()
    assert f"{stored.pk}: kept in the bucket" in out.getvalue()
    assert repackaging.repackage("nobody") is Outcome.NOT_READY
