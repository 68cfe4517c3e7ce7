"""Backups in a bucket, and of a bucket."""

import pytest

from streamsite.backup import snapshots
from streamsite.backup.errors import BackupError
from streamsite.backup.places import open_target
from streamsite.backup.sources import used_sources
from tests.support.s3 import KEY_ID, NAME, SECRET, S3Server
from videos.files import bucket

FOLDER = "AAAAAAAAAAA.abcdefghijkl." + "s" * 16
PASSPHRASE = "correct horse battery"


@pytest.fixture(scope="module")
def s3(tmp_path_factory):
    """A running S3 server with an empty bucket."""
    server = S3Server(tmp_path_factory.mktemp("s3") / "log")
    server.start()
    try:
        yield server
    finally:
        server.stop()


@pytest.fixture
def target(world, s3, settings):
    """A prefix of the bucket for the test's backups."""
    settings.BACKUP_S3_ENDPOINT_URL, settings.BACKUP_S3_REGION = s3.url, "us-east-1"
    settings.BACKUP_S3_ACCESS_KEY_ID, settings.BACKUP_S3_SECRET_ACCESS_KEY = KEY_ID, SECRET
    return open_target(f"s3://{NAME}/backups/{world.video.pk}")


def keys_below(s3, start=""):
    pages = s3.client.get_paginator("list_objects_v2").paginate(Bucket=NAME, Prefix=start)
    return {entry["Key"]: entry["LastModified"] for page in pages for entry in page.get("Contents", ())}


def test_a_bucket_holds_backups_as_a_folder_does(world, target, s3):
    first = world.back_up(target, passphrase=PASSPHRASE)
    before = keys_below(s3, "backups/")
    assert world.problems(target, passphrase=PASSPHRASE) == []
    second = world.back_up(target, passphrase=PASSPHRASE, keep=1)
    assert second.copied == 0
    assert snapshots.ids(target) == [second.snapshot["id"]]
    assert world.problems(target, passphrase=PASSPHRASE) == []
    assert not [name for name in keys_below(s3, "backups/") if first.snapshot["id"] in name]
    assert before
    settings = {
        "BACKUP_S3_ENDPOINT_URL": s3.url,
        "BACKUP_S3_ACCESS_KEY_ID": KEY_ID,
        "BACKUP_S3_SECRET_ACCESS_KEY": SECRET,
        "BACKUP_PASSPHRASE": PASSPHRASE,
    }
    ran = world.run("restore", target.label, **settings)
    assert ran.returncode == 0, ran.stderr
    assert world.restored["videos_video"].count_documents({}) == 1
    assert SECRET not in ran.stdout + ran.stderr


def test_damage_in_a_bucket_is_found(world, target, s3):
    made = world.back_up(target, parts=("db", "media"))
    page = made.snapshot["media"]["pages"][0]
    name = next(name for name in keys_below(s3, "backups/") if name.endswith(page))
    s3.client.put_object(Bucket=NAME, Key=name, Body=b"damaged")
    assert any(page in problem for problem in world.problems(target))
    s3.client.delete_object(Bucket=NAME, Key=name)
    assert any(page in problem for problem in world.problems(target))


def test_keys_go_into_a_bucket_encrypted_only(world, target, s3):
    with pytest.raises(BackupError, match="encrypted only"):
        world.back_up(target)
    assert keys_below(s3, f"backups/{world.video.pk}") == {}


def test_a_bucket_that_is_away_is_a_sentence(world, target, settings):
    settings.BACKUP_S3_ENDPOINT_URL = "http://127.0.0.1:1"
    with pytest.raises(BackupError, match="cannot be used to read"):
        world.back_up(open_target(f"s3://{NAME}/away"), parts=("db",))


def test_a_bucket_that_does_not_exist_is_a_sentence(world, target):
    with pytest.raises(BackupError, match="NoSuchBucket"):
        world.back_up(open_target("s3://no-such-bucket/x"), parts=("db",))


@pytest.fixture
def stored(world, s3, settings):
    """A video of which the site's bucket has the generation."""
    settings.MEDIA_STORAGE, settings.S3_BUCKET, settings.S3_ENDPOINT_URL = "s3", NAME, s3.url
    settings.S3_ACCESS_KEY_ID, settings.S3_SECRET_ACCESS_KEY = KEY_ID, SECRET
    settings.S3_BUCKET_IN_HOST = False
    for name in ("master.m3u8", "v0/seg-1.m4s"):
        s3.client.put_object(Bucket=NAME, Key=f"videos/{FOLDER}/{name}", Body=f"of {name}".encode())
    world.video.stored_generation = FOLDER.partition(".")[2]
    world.video.save()
    yield world
    for name in keys_below(s3, "videos/"):
        s3.client.delete_object(Bucket=NAME, Key=name)


def test_the_site_s_bucket_is_backed_up_and_restored(stored, s3):
    made = stored.back_up(parts=("media",))
    assert made.snapshot["media"]["sources"] == ["bucket", "media"]
    assert made.snapshot["media"]["files"] == 6
    assert stored.back_up(parts=("media",)).copied == 0
    s3.client.delete_object(Bucket=NAME, Key=f"videos/{FOLDER}/v0/seg-1.m4s")
    done = stored.restore("media")
    assert done.written == 1
    found = s3.client.get_object(Bucket=NAME, Key=f"videos/{FOLDER}/v0/seg-1.m4s")
    assert found["Body"].read() == b"of v0/seg-1.m4s"
    assert found["ContentType"] == "video/iso.segment"


def test_another_site_s_bucket_is_left_alone(stored, s3):
    stored.back_up(parts=("media",))
    s3.client.put_object(Bucket=NAME, Key="streamsite-site-id", Body=b"f" * 32)
    with pytest.raises(BackupError, match="The bucket 'films' belongs to another site"):
        stored.restore("media")
    s3.client.delete_object(Bucket=NAME, Key="streamsite-site-id")


def test_a_site_without_a_bucket_does_not_lose_its_files(stored, settings):
    stored.back_up(parts=("media",))
    settings.S3_BUCKET = ""
    assert not bucket.is_configured()
    assert list(used_sources()) == ["media"]
    with pytest.raises(BackupError, match="files of the bucket"):
        stored.restore("media")
