"""What the table of operations.md says to back up is enough to go on from."""

import re
import shutil
import urllib.request
from pathlib import Path
from urllib.parse import urljoin

import pytest

from streamsite.testing.caller import Caller
from streamsite.testing.stack import Stack

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]
OPERATIONS = Path(__file__).resolve().parent.parent / "docs" / "operations.md"


def to_back_up():
    """The folders that the table of the data folder says to back up."""
    section = OPERATIONS.read_text().partition("## The data folder")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| (`.+?) \| .*? \| (.+?) \|$", section, re.MULTILINE)
    named = " ".join(folders for folders, answer in rows if answer != "no")
    return sorted({path.partition("/")[0] for path in re.findall(r"`([\w/]+)`", named)})


def text(url):
    with urllib.request.urlopen(url, timeout=20) as answer:  # noqa: S310 - our own address
        return answer.read().decode()


def test_a_restored_copy_takes_uploads_and_plays_them(tmp_path, clip):
    assert to_back_up() == ["db", "keys", "media"]
    former = Stack(tmp_path / "former")
    former.log.parent.mkdir()
    former.start()
    try:
        Caller(former).enter("keeper")
    finally:
        former.stop()
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
    assert "ended unexpectedly" not in restored.output()
