"""Keys and passwords are on disk whole or not at all."""

import stat

import pytest

from streamsite import atomic_files


def test_a_file_has_its_mode_and_replaces_the_former_one(tmp_path):
    path = tmp_path / "key"
    atomic_files.write_atomically(path, "first")
    atomic_files.write_atomically(path, b"second", mode=0o640)
    assert path.read_text() == "second"
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert list(tmp_path.iterdir()) == [path]


def test_what_cannot_be_written_leaves_the_former_file_and_nothing_else(tmp_path):
    path = tmp_path / "key"
    atomic_files.write_atomically(path, "first")
    with pytest.raises(UnicodeEncodeError):
        atomic_files.write_atomically(path, "\ud800")
    assert path.read_text() == "first"
    assert list(tmp_path.iterdir()) == [path]
