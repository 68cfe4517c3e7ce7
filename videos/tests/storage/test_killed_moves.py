"""``move_media`` is killed at many points, both ways, and repeated: all videos play, nothing is lost or left over."""

from __future__ import annotations

import io
import itertools
import multiprocessing
import os
import shutil
import signal
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from s3transfer.utils import OSUtils

from tests.support.profile import walk
from videos.files import bucket, paths, relocation, s3
from videos.models import Video

pytestmark = pytest.mark.slow
FORK = multiprocessing.get_context("fork")

# Direction -> (object, name of the function, number of the call, whether the process dies before it or after it).
POINTS = {
    "s3": [
        (s3.Bucket, "put", 3, "after"),
        (relocation, "_switch", 1, "before"),
        (relocation, "_switch", 2, "after"),
        (relocation, "remove_old_copies", 1, "before"),
        (paths, "remove_generation", 1, "after"),
    ],
    "local": [
        (OSUtils, "rename_file", 3, "before"),  # leaves the package's temporary files
        (OSUtils, "rename_file", 1, "before"),
        (paths, "remove_generation", 1, "after"),
        (relocation, "_switch", 1, "before"),
        (relocation, "_switch", 1, "after"),
        (s3.Bucket, "delete", 1, "before"),
        (s3.Bucket, "delete", 1, "after"),
    ],
}


def run() -> str:
    out = io.StringIO()
    call_command("move_media", stdout=out, stderr=out)
    return out.getvalue()


def _die_at(owner: object, name: str, number: int, when: str) -> None:
    """Run the command in this process, which kills itself at a call."""
    original, calls = getattr(owner, name), itertools.count(1)

    def deadly(*args, **kwargs):
        call = next(calls)
        if (when, call) == ("before", number):
            os.kill(os.getpid(), signal.SIGKILL)
        result = original(*args, **kwargs)
        if (when, call) == ("after", number):
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    setattr(owner, name, deadly)
    bucket._connect.cache_clear()  # connections are the parent's
    run()


def kill_at(point: tuple[object, str, int, str]) -> None:
    child = FORK.Process(target=_die_at, args=point)
    child.start()
    child.join(60)
    assert child.exitcode == -signal.SIGKILL, point


@pytest.fixture
def films(cast, film, in_bucket, monkeypatch):
    """Three complete videos on the disk, and nothing that refers to a former place for long."""
    monkeypatch.setattr(relocation, "settle_seconds", lambda: 0.0)
    made = [film]
    for _ in range(2):
        other = cast.video(duration=3.0)
        generation, folder = paths.new_generation(other.pk)
        shutil.copytree(paths.generation_dir(film.pk, film.generation), folder, dirs_exist_ok=True)
        Video.objects.filter(pk=other.pk).update(generation=generation)
        other.refresh_from_db()
        made.append(other)
    return made


def on_disk(films: list[Video]) -> set[str]:
    """Return the paths of the films' files; other tests' videos may have left some of theirs."""
    root = Path(paths.generation_dir("x", "x")).parent.parent
    files = [path for film in films for path in (root / film.pk).rglob("*") if path.is_file()]
    return {path.relative_to(root).as_posix() for path in files}


def plays(cast, video: Video) -> bool:
    address = cast.api("anonymous").get(f"/api/v1/videos/{video.pk}").json()["hls_url"]
    return cast.page("anonymous").get(address).content.startswith(b"#EXTM3U")


def test_moves_that_are_killed_end_whole(cast, films, in_bucket, settings):
    whole = on_disk(films)
    assert len(whole) > 3 * 5
    for home in ("s3", "local"):
        settings.MEDIA_STORAGE = home
        for point in POINTS[home][:: walk(4, deep=1)]:
            kill_at(point)
            assert all(plays(cast, video) for video in films), point
        run()
        stored = Video.objects.exclude(stored_generation="").count()
        assert stored == (3 if home == "s3" else 0)
        assert all(plays(cast, video) for video in films)
        if home == "s3":
            names = {
                name.partition(".")[0] + "/" + name.partition("/")[2] for name in in_bucket.object_names()
            }
            generations = {name.split("/")[0] + "/" + "/".join(name.split("/")[2:]) for name in whole}
            assert (names, on_disk(films)) == (generations, set())
        else:
            assert (in_bucket.object_names(), on_disk(films)) == ([], whole)


def test_a_bad_video_stops_no_other(cast, films, in_bucket, settings):
    shutil.rmtree(paths.generation_dir(films[0].pk, films[0].generation))
    with pytest.raises(CommandError, match=f"1 videos could not be moved: {films[0].pk}"):
        run()
    assert Video.objects.exclude(stored_generation="").count() == 2
    films[1].refresh_from_db()
    folder = bucket.folder_name(films[1].pk, films[1].stored_generation)
    bucket.connect().remove(folder)
    settings.MEDIA_STORAGE = "local"
    with pytest.raises(CommandError, match=f"1 videos could not be moved: {films[1].pk}"):
        run()
    assert Video.objects.exclude(stored_generation="").count() == 1
    assert plays(cast, films[2])


def test_parts_of_large_files_that_were_not_sent_whole_are_dropped(films, in_bucket, settings):
    folder = bucket.folder_name(films[0].pk, bucket.new_stored_generation(films[0].generation))
    key = f"videos/{folder}/large.m4s"
    bucket.connect().put(folder, "stray.m4s", paths.source_path(films[0].pk), "video/mp4")
    in_bucket.client.create_multipart_upload(Bucket=settings.S3_BUCKET, Key=key)
    run()
    assert "Uploads" not in in_bucket.client.list_multipart_uploads(Bucket=settings.S3_BUCKET)
    assert not [name for name in in_bucket.object_names() if "stray" in name]
