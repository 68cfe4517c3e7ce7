"""``manage.py storage_report``: sizes by kind and by account."""

from __future__ import annotations

import io
import json

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from videos.files import paths
from videos.storage_use import AccountUse, largest_accounts


@pytest.fixture
def videos(cast):
    """Two accounts with videos, one without; the second one's are larger."""
    cast.video(source_size=1_000, media_bytes=500, download_bytes=20)
    cast.video(source_size=2_000, media_bytes=700)
    # Announced, and not there.
    cast.video(ready=False, status="uploading", source_size=4_000_000_000)
    return [
        cast.video(owner=cast.member, source_size=9_000_000, media_bytes=1, download_bytes=1),
        cast.stranger,
    ]


def reported(**options):
    out = io.StringIO()
    call_command("storage_report", stdout=out, **options)
    return out.getvalue()


def test_accounts_are_summed_and_the_largest_is_first(videos):
    assert largest_accounts(10) == [
        AccountUse("member", 1, 9_000_000, 1, 1),
        AccountUse("owner", 3, 3_000, 1_200, 20),
    ]
    assert [one.username for one in largest_accounts(1)] == ["member"]
    assert largest_accounts(10)[1].total == 4_220


def test_files_are_measured_by_kind(videos):
    before = json.loads(reported(json=True, accounts=0))["kinds"].get("sources", 0)
    source = paths.source_path(videos[0].pk)
    source.parent.mkdir(parents=True)
    source.write_bytes(b"x" * 12_345)
    report = json.loads(reported(json=True))
    assert report["kinds"]["sources"] == before + 12_345
    assert report["kinds"]["database"] > 0
    assert report["free"] > 0
    assert [one["username"] for one in report["accounts"]] == ["member", "owner"]
    source.unlink()


def test_people_read_tables(videos):
    lines = reported(accounts=1).splitlines()
    assert lines[0].split() == ["Kind", "Size"]
    assert lines[-1].split() == ["member", "1", "9", "MB", "1", "byte", "1", "byte", "9", "MB"]
    assert f"are free on the disk of {settings.DATA_DIR}." in "\n".join(lines)
    assert "owner" not in "\n".join(lines)
    assert "Account" not in reported(accounts=0)


@pytest.mark.parametrize("number", ["-1", "1001", "many"])
def test_a_number_of_accounts_is_checked(database, number):
    with pytest.raises(CommandError, match="--accounts"):
        call_command("storage_report", "--accounts", number, stdout=io.StringIO())
