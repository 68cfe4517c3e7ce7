"""Restoring: the folders and the dump that operations.md says to back up are enough to go on from."""

import re
import shutil
import urllib.request
from pathlib import Path
from urllib.parse import urljoin

import pytest
from pymongo import MongoClient

from tests.support.http_client import Caller
from tests.support.stack import Stack
from tests.tasks.conftest import wait_until

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]
OPERATIONS = Path(__file__).resolve().parent.parent / "docs" / "operations.md"


def to_back_up():
    """Return the folders to back up by the table of the data folder in the documents."""
    section = OPERATIONS.read_text().partition("## The data folder")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| (`.+?) \| .*? \| (.+?) \|$", section, re.MULTILINE)
    named = " ".join(folders for folders, answer in rows if answer != "no")
    return sorted({path.partition("/")[0] for path in re.findall(r"`([\w/]+)`", named)})


def text(url):
    with urllib.request.urlopen(url, timeout=20) as answer:  # noqa: S310 - our own address
        return answer.read().decode()


def database_of(site):
    """Return the running site's database, by the address that it writes down."""
    address = (site.data_dir / "run" / "mongodb-uri").read_text().strip()
    return MongoClient(address)["streamsite"]


@pytest.fixture(scope="module")
def former(tmp_path_factory):
    """A stopped site with one account, and a dump of its database."""
    site = Stack(tmp_path_factory.mktemp("former"))
    site.start()
    try:
        Caller(site).sign_up("keeper")
        database = database_of(site)
        dump = {name: list(database[name].find()) for name in database.list_collection_names()}
        database.client.close()
    finally:
        site.stop()
    return site, dump


@pytest.mark.deep
def test_a_dump_is_restored_into_the_database_alone(former, tmp_path):
    """The steps of operations.md; pymongo stands in for ``mongorestore --drop``, which is not a package of pip's."""
    before, dump = former
    alone = Stack(tmp_path, arguments=("--database-only",))
    for name in ("keys", "media"):
        shutil.copytree(before.data_dir / name, alone.data_dir / name)
    alone.launch()
    try:
        wait_until(lambda: (alone.data_dir / "run" / "mongodb-uri").exists())
        wait_until(lambda: "only MongoDB is running" in alone.output())
        database = database_of(alone)
        for name, documents in dump.items():
            database.drop_collection(name)
            if documents:
                database[name].insert_many(documents)
        database.client.close()
        # A command of the site's finds that database, too.
        assert "the data folder" in alone.manage("site_id")
    finally:
        alone.stop()
    restored = Stack(tmp_path)
    restored.start()
    try:
        assert Caller(restored).sign_in("keeper").json("GET", "/api/v1/me")[0] == 200
    finally:
        restored.stop()


def test_a_restored_copy_takes_uploads_and_plays_them(former, tmp_path, clip):
    assert to_back_up() == ["db", "keys", "media"]
    former, _ = former
    restored = Stack(tmp_path / "restored")
    for name in to_back_up():
        shutil.copytree(former.data_dir / name, restored.data_dir / name)
    # As one that was made by an earlier version brings it along.
    (restored.data_dir / "db" / "streamsite-prepared").write_text("prepared")
    restored.start()
    try:
        assert not (restored.data_dir / "db" / "streamsite-prepared").exists()
        keeper = Caller(restored).sign_in("keeper")
        video = keeper.wait(keeper.upload(clip, visibility="unlisted"), "ready")
        master = text(video["hls_url"])
        (first, *_) = [line for line in master.splitlines() if line and not line.startswith("#")]
        assert "#EXTINF" in text(urljoin(video["hls_url"], first))
    finally:
        restored.stop()
    assert "exited unexpectedly" not in restored.output()
