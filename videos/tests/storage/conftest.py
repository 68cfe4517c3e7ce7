"""An S3 server for the module, a site that uses it, and settings for tests without a site."""

import shutil
from pathlib import Path

import pytest

from tests.support.s3 import KEY_ID, NAME, SECRET, S3Server
from tests.support.stack import Stack
from videos.files import bucket_delivery, paths
from videos.models import Video
from videos.processing import pipeline


@pytest.fixture(scope="module")
def s3(tmp_path_factory):
    """A running S3 server with an empty bucket."""
    server = S3Server(tmp_path_factory.mktemp("s3") / "log")
    server.start()
    try:
        yield server
    finally:
        server.stop()


@pytest.fixture(scope="module")
def stored_site(s3, tmp_path_factory):
    """A whole running site that keeps its videos in the bucket."""
    stack = Stack(tmp_path_factory.mktemp("stored-site"), **s3.environment)
    stack.start()
    try:
        yield stack
    finally:
        stack.kill()


@pytest.fixture
def in_bucket(s3, settings):
    """This process's settings name the bucket, which is empty."""
    settings.MEDIA_STORAGE = "s3"
    settings.S3_BUCKET, settings.S3_ENDPOINT_URL = NAME, s3.url
    settings.S3_ACCESS_KEY_ID, settings.S3_SECRET_ACCESS_KEY = KEY_ID, SECRET
    settings.S3_BUCKET_IN_HOST = False
    bucket_delivery.clear_cache()
    for key in s3.object_names():
        s3.client.delete_object(Bucket=NAME, Key=f"videos/{key}")
    yield s3
    bucket_delivery.clear_cache()


@pytest.fixture(scope="session")
def kept_generation(tmp_path_factory):
    """The files of the first test that makes a video, for the others."""
    return tmp_path_factory.mktemp("kept") / "generation"


@pytest.fixture
def film(cast, clip, kept_generation):
    """A complete public video with real files on the disk."""
    video = cast.uploaded_video(clip)
    if kept_generation.is_dir():
        generation, folder = paths.new_generation(video.pk)
        shutil.copytree(kept_generation, folder, dirs_exist_ok=True)
        ready = {"status": "ready", "is_complete": True, "has_poster": True, "duration": 3.0}
        Video.objects.filter(pk=video.pk).update(generation=generation, **ready)
    else:
        pipeline.process(video.pk)
        video.refresh_from_db()
        shutil.copytree(paths.generation_dir(video.pk, video.generation), kept_generation)
    return Video.objects.select_related("channel").get(pk=video.pk)


@pytest.fixture
def files_of():
    """Names of what is on the disk of a video's present generation."""

    def names(video: Video) -> set[str]:
        folder: Path = paths.generation_dir(video.pk, video.generation)
        return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}

    return names
