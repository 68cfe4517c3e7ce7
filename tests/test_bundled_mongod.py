"""``script/bundled_mongod.py``: mongod gets the libraries that this system lacks from wheels, and only those."""

import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
INSTALLED = Path(sys.prefix) / "mongod"


@pytest.fixture
def bundled(monkeypatch, tmp_path):
    """Return the module, for a mongod in a folder of its own."""
    monkeypatch.syspath_prepend(str(ROOT / "script"))
    import bundled_mongod

    monkeypatch.setattr(bundled_mongod, "FOLDER", str(tmp_path))
    monkeypatch.setattr(bundled_mongod, "LIBRARIES", str(tmp_path / "lib"))
    return bundled_mongod


@pytest.mark.skipif(not INSTALLED.is_dir(), reason="this machine runs a mongod of its own")
def test_what_the_loader_misses_is_linked_and_nothing_else(bundled, monkeypatch, tmp_path):
    for path in INSTALLED.iterdir():
        if path.name != "lib":
            (tmp_path / path.name).symlink_to(path)
    monkeypatch.setattr(bundled, "BINARY", str(tmp_path / "fiftyone" / "db" / "bin" / "mongod"))
    missing = bundled.missing()
    assert "libssl.so.1.1" in missing
    assert bundled.provide()
    assert bundled.missing() == set()
    by_name = {path.name for path in tmp_path.glob("*.libs/*")}
    assert {path.name for path in (tmp_path / "lib").iterdir()} - by_name == missing


def test_a_library_is_found_by_what_the_loader_calls_it(bundled, monkeypatch, tmp_path):
    folder = tmp_path / "pycurl.libs"
    folder.mkdir()
    names = (
        "libcurl-330bcbb6.so.4.8.0",
        "libssl-8b66dd34.so.3",
        "libcrypto-fa202293.so.3",
        "libssh2-c5.so.1",
    )
    for name in names:
        (folder / name).write_text(name)
    wanted = {
        "libcurl.so.4",
        "libssl.so.3",
        "libcrypto.so.3",
        "libcurl.so.5",
        "libssl.so.1.1",
        "liblzma.so.5",
    }
    monkeypatch.setattr(bundled, "missing", lambda: wanted)
    monkeypatch.setattr(bundled, "BINARY", "/bin/false")
    assert not bundled.provide()
    linked = {
        path.name: str(path.readlink()) for path in (tmp_path / "lib").iterdir() if path.name not in names
    }
    assert linked == {
        "libcurl.so.4": "../pycurl.libs/libcurl-330bcbb6.so.4.8.0",
        "libssl.so.3": "../pycurl.libs/libssl-8b66dd34.so.3",
        "libcrypto.so.3": "../pycurl.libs/libcrypto-fa202293.so.3",
    }
    assert {(tmp_path / "lib" / name).read_text() for name in names} == set(names)
