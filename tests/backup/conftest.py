"""A site's database with files of its own, a folder for backups, and the commands as processes on another database."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings as site_settings

from streamsite import site_id
from streamsite.backup import creation, restoring, snapshots, verification
from streamsite.backup.targets import FolderTarget
from streamsite.mongo.engine.client import get_client
from streamsite.progress import Progress
from videos.files import paths

ROOT = Path(__file__).resolve().parents[2]
# Of this worker: they share a MongoDB.
RESTORED = f"streamsite_restored_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"


@pytest.fixture
def world(cast, settings, tmp_path):
    """A complete video with files, an account with a picture, and keys, in a data folder of the test's own."""
    settings.DATA_DIR, settings.MEDIA_ROOT = tmp_path, tmp_path / "media"
    settings.WORK_DIR, settings.KEYS_DIR = tmp_path / "work", tmp_path / "keys"
    settings.BACKUP_TO, settings.BACKUP_PASSPHRASE = "", ""
    for folder in (settings.MEDIA_ROOT, settings.WORK_DIR, settings.KEYS_DIR / "tokens"):
        folder.mkdir(parents=True)
    (settings.KEYS_DIR / "secret_key").write_text("the secret of the site, " * 3)
    (settings.KEYS_DIR / "tokens" / "20261130T000000-abcdef.pem").write_text("a key")
    (settings.KEYS_DIR / "mongodb_password").write_text("of the server, not of the site")
    former = site_id.read_database_id()
    site_id.adopt()
    world = World(cast, tmp_path)
    yield world
    site_id._write_folder(former)
    site_id.collection(site_id.COLLECTION).update_one({"_id": "site"}, {"$set": {"site_id": former}})
    get_client().drop_database(RESTORED)


class World:
    """The site and its backups: ``target`` is the folder that they are in."""

    def __init__(self, cast, folder):
        self.cast, self.folder = cast, folder
        self.target = FolderTarget(folder / "backups")
        self.video = self.add_video("First")

    def add_video(self, title):
        """Make a video with a source, a generation and files of it."""
        video = self.cast.video(title=title, generation="abcdefghijkl", is_complete=True)
        write(paths.source_path(video.pk), f"source of {video.pk}".encode() * 1000)
        folder = paths.generation_dir(video.pk, "abcdefghijkl")
        write(folder / "master.m3u8", b"#EXTM3U " + video.pk.encode())
        write(folder / "v0" / "seg-1.m4s", os.urandom(70_000))
        write(folder / "v0" / "same.m4s", b"the same in every video" * 500)
        return video

    def back_up(self, target=None, **options):
        """Make a backup; return its result."""
        return creation.create(target or self.target, creation.Options(**options), Progress())

    def snapshot(self, number=-1):
        return snapshots.read(self.target, snapshots.ids(self.target)[number])

    def restore(self, *parts, **options):
        """Restore files or keys of the newest snapshot into the data folder that they are of."""
        chosen = restoring.Options(parts=parts, **options)
        return restoring.restore(self.target, self.snapshot(), chosen, Progress())

    def problems(self, target=None, **options):
        """Verify every snapshot; return what is wrong."""
        target = target or self.target
        chosen = [snapshots.read(target, one) for one in snapshots.ids(target)]
        return list(verification.verify(target, chosen, Progress(), **options))

    def objects(self):
        return {path.name: path for path in (self.target.root / "objects").rglob("*") if path.is_file()}

    def run(self, *words, data="elsewhere", database=RESTORED, **environment):
        """Run ``manage.py`` as another site, whose database and data folder are empty at first."""
        folder = self.folder / data
        own = {
            "DJANGO_SETTINGS_MODULE": "streamsite.settings",
            "STREAMSITE_DATA_DIR": str(folder),
            "STREAMSITE_KEYS_DIR": "",
            "MONGODB_NAME": database,
        }
        return subprocess.run(
            [sys.executable, "manage.py", *map(str, words)],
            cwd=ROOT,
            env=os.environ | own | environment,
            capture_output=True,
            text=True,
            timeout=100,
            check=False,
        )

    @property
    def restored(self):
        return get_client()[RESTORED]


def write(path, content):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def files_below(folder):
    """Return the contents of all files below a folder by their relative names."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


def site_database():
    return get_client()[site_settings.DATABASES["default"]["NAME"]]
