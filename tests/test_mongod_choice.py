"""Which MongoDB runs on which data: the bundled one, unless another is asked for or the data is of a newer one.

The bundled one is played by a MongoDB 5.0 here, and the one on PATH by the bundled 6.0.
"""

import argparse
import os
import sys
from pathlib import Path

import pytest
from pymongo import MongoClient

from streamsite.doctor import database as doctor
from streamsite.mongo import binary, choice, compatibility, last_used
from streamsite.mongo.series import is_newer, next_compatibility, series_of
from streamsite.mongo.server import EmbeddedMongo, EmbeddedMongoError
from streamsite.supervisor.site import Supervisor

BUNDLED, FORMER = Path(sys.prefix) / "mongod", Path(sys.prefix) / "mongod-former"
PROGRAM = Path("fiftyone") / "db" / "bin" / "mongod"
needs_both = pytest.mark.skipif(
    not ((BUNDLED / PROGRAM).exists() and (FORMER / PROGRAM).exists()),
    reason="this machine lacks a MongoDB 5.0 and 6.0",
)


@pytest.fixture(autouse=True)
def unset(monkeypatch):
    """No mongod is named, and none is on PATH."""
    monkeypatch.delenv("MONGOD_BIN", raising=False)
    monkeypatch.setenv("PATH", "/nonexistent")
    binary.version_of.cache_clear()
    yield
    binary.version_of.cache_clear()


def program(folder, version):
    """Make a program that says it is a mongod of that version, and return its path."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "mongod"
    path.write_text(f"#!/bin/sh\necho 'db version v{version}'\n")
    path.chmod(0o755)
    return path


@pytest.fixture
def bundled(monkeypatch, tmp_path):
    """A bundled mongod that says it is of 6.0."""
    path = program(tmp_path / "own" / "fiftyone" / "db" / "bin", "6.0.27")
    monkeypatch.setattr(binary, "OWN_FOLDER", tmp_path / "own")
    return path


def put_on_path(monkeypatch, tmp_path, version):
    path = program(tmp_path / "bin", version)
    monkeypatch.setenv("PATH", f"{path.parent}{os.pathsep}/bin")
    return path


def data_of(tmp_path, version="", used_by="/usr/bin/mongod"):
    """Make a data folder as a MongoDB leaves it, with a record when a version is given."""
    folder = tmp_path / "data"
    (folder / "db").mkdir(parents=True)
    (folder / "db" / "WiredTiger").write_text("")
    if version:
        last_used.write(folder, last_used.LastUsed(str(used_by), version, version[:3]))
    return folder


def test_new_data_is_for_the_bundled_one_whatever_is_on_path(monkeypatch, tmp_path, bundled):
    put_on_path(monkeypatch, tmp_path, "8.0.4")
    assert choice.choose(tmp_path / "data") == choice.Choice(bundled)


@pytest.mark.parametrize("by_name", [True, False])
def test_another_one_is_used_when_it_is_asked_for(monkeypatch, tmp_path, bundled, by_name):
    other = put_on_path(monkeypatch, tmp_path, "7.0.5")
    monkeypatch.setenv("MONGOD_BIN", "mongod" if by_name else str(other))
    assert choice.choose(data_of(tmp_path, "6.0.27", bundled)) == choice.Choice(other)


def test_the_bundled_one_can_be_asked_for(monkeypatch, tmp_path, bundled):
    """That is the way back from a newer one, as long as the data is of the former version."""
    put_on_path(monkeypatch, tmp_path, "7.0.5")
    monkeypatch.setenv("MONGOD_BIN", "bundled")
    assert choice.choose(data_of(tmp_path, "7.0.5")) == choice.Choice(bundled)


def test_without_a_bundled_one_the_other_is_named_and_not_used(monkeypatch, tmp_path):
    monkeypatch.setattr(binary, "OWN_FOLDER", tmp_path / "nothing")
    monkeypatch.setattr(binary.importlib.util, "find_spec", lambda name: None)
    other = put_on_path(monkeypatch, tmp_path, "7.0.5")
    with pytest.raises(binary.MongodUnavailableError, match=f"MONGOD_BIN={other}"):
        choice.choose(tmp_path / "data")


@pytest.mark.parametrize("version", ["7.0.5", ""], ids=["recorded", "of an earlier version of the site"])
def test_data_of_a_newer_one_goes_on_with_it_and_one_line_says_so(monkeypatch, tmp_path, bundled, version):
    other = put_on_path(monkeypatch, tmp_path, "7.0.5")
    chosen = choice.choose(data_of(tmp_path, version))
    assert chosen.binary == other
    assert f"set MONGOD_BIN={other} to keep it" in chosen.remark
    assert "7.0.5" in chosen.remark
    assert "6.0.27" in chosen.remark
    assert "\n" not in chosen.remark


@pytest.mark.parametrize(
    ("recorded", "on_path"), [("6.0.5", "8.0.1"), ("5.0.4", ""), ("", ""), ("", "6.0.5"), ("", "5.0.4")]
)
def test_data_that_the_bundled_one_can_open_is_its_own(monkeypatch, tmp_path, bundled, recorded, on_path):
    if on_path:
        put_on_path(monkeypatch, tmp_path, on_path)
    assert choice.choose(data_of(tmp_path, recorded)) == choice.Choice(bundled)


def test_one_that_is_no_longer_on_path_is_found_where_it_was(tmp_path, bundled):
    moved = program(tmp_path / "opt", "7.0.5")
    assert choice.choose(data_of(tmp_path, "7.0.2", moved)).binary == moved


@pytest.mark.parametrize("place", ["data/mongod", "data/../data/x/mongod"])
def test_a_program_within_the_data_folder_is_never_run(tmp_path, bundled, place):
    """A folder from somebody else brings data, not programs."""
    folder = data_of(tmp_path, "7.0.2", tmp_path / place)
    program((tmp_path / place).parent, "7.0.5").write_text(f"#!/bin/sh\ntouch {tmp_path / 'ran'}\n")
    with pytest.raises(binary.MongodUnavailableError):
        choice.choose(folder)
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize("on_path", ["", "6.0.9"])
def test_data_that_nothing_here_can_open_says_what_to_set(monkeypatch, tmp_path, bundled, on_path):
    if on_path:
        put_on_path(monkeypatch, tmp_path, on_path)
    with pytest.raises(binary.MongodUnavailableError, match=r"last used by MongoDB 7\.0\.5.*MONGOD_BIN"):
        choice.choose(data_of(tmp_path, "7.0.5", tmp_path / "gone"))


def test_data_goes_on_where_the_bundled_one_does_not_run(monkeypatch, tmp_path, bundled):
    bundled.write_text("#!/bin/sh\necho libssl.so.1.1: cannot open shared object file >&2; exit 127\n")
    other = put_on_path(monkeypatch, tmp_path, "6.0.9")
    chosen = choice.choose(data_of(tmp_path))
    assert chosen.binary == other
    assert "does not run here" in chosen.remark


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"binary": "x", "version": "y", "compatibility": ""}'])
def test_a_damaged_record_is_none(tmp_path, content):
    folder = data_of(tmp_path)
    (folder / "db" / last_used.FILE).write_text(content)
    assert last_used.read(folder) is None


@pytest.mark.parametrize(
    ("present", "server", "wanted"),
    [
        ("5.0", "6.0.27", "6.0"),
        ("6.0", "6.0.27", ""),
        ("6.0", "7.0.1", "7.0"),
        ("7.0", "8.0.0", "8.0"),
        ("8.0", "8.2.1", "8.2"),
        ("6.0", "8.0.0", ""),  # a step is left out: MongoDB would not have started
        ("4.4", "6.0.27", ""),
        ("7.0", "6.0.27", ""),  # never down
        ("6.0", "of unknown version", ""),
        ("", "6.0.27", ""),
    ],
)
def test_compatibility_is_raised_one_step_and_never_lowered(present, server, wanted):
    assert next_compatibility(present, server) == wanted


def test_series_are_compared_as_numbers():
    assert series_of("10.0.1") == (10, 0)
    assert is_newer("10.0.1", "9.0.9")
    assert not is_newer("6.0.27", "6.0.5")


# --- with two real ones ---------------------------------------------------------------------------


@pytest.fixture
def two(monkeypatch, tmp_path):
    """A bundled MongoDB 5.0, and a 6.0 that is on PATH."""
    monkeypatch.setattr(binary, "OWN_FOLDER", FORMER)
    monkeypatch.setenv("PATH", "/bin:/usr/bin")
    path = tmp_path / "bin" / "mongod"
    path.parent.mkdir()
    path.write_text(
        f'#!/bin/sh\nLD_LIBRARY_PATH="{BUNDLED / "lib"}" exec "{BUNDLED / PROGRAM}" "$@"\n', encoding="utf-8"
    )
    path.chmod(0o755)
    return path


def with_data(folder, **options):
    """Start the MongoDB of a folder, count what is kept there, add one, and stop it; return count and lines."""
    lines = []
    server = EmbeddedMongo(folder, log=lines.append)
    try:
        server.start()
        with MongoClient(server.uri) as client:
            kept = client["streamsite"]["kept"]
            kept.insert_one({})
            return kept.count_documents({}), lines
    finally:
        server.stop()


@needs_both
def test_a_folder_of_a_newer_mongodb_keeps_starting(monkeypatch, tmp_path, two):
    """As an earlier version of the site left it, which took the one on PATH; then with a record of what ran."""
    folder = tmp_path / "data"
    monkeypatch.setenv("MONGOD_BIN", str(two))
    assert with_data(folder) == (1, [])
    monkeypatch.delenv("MONGOD_BIN")
    monkeypatch.setenv("PATH", f"{two.parent}:/bin:/usr/bin")
    (folder / "db" / last_used.FILE).unlink()
    for count in (2, 3):
        found, lines = with_data(folder)
        assert found == count
        assert [f"set MONGOD_BIN={two} to keep it" in line for line in lines] == [True]
    used = last_used.read(folder)
    assert (used.binary, used.version[:3], used.compatibility) == (str(two), "6.0", "6.0")


@needs_both
def test_what_the_bundled_one_refuses_to_open_another_one_opens(monkeypatch, tmp_path, two):
    folder = tmp_path / "data"
    monkeypatch.setenv("MONGOD_BIN", str(two))
    with_data(folder)
    monkeypatch.delenv("MONGOD_BIN")
    last_used.write(folder, last_used.LastUsed("/elsewhere/mongod", "5.0.4", "5.0"))  # it is wrong
    with pytest.raises(EmbeddedMongoError, match="set MONGOD_BIN to one that can open it"):
        with_data(folder)
    monkeypatch.setenv("PATH", f"{two.parent}:/bin:/usr/bin")
    count, (line,) = with_data(folder)
    assert count == 2
    assert line.startswith("the bundled MongoDB cannot open")


@needs_both
def test_the_data_is_of_the_new_version_when_that_is_wanted_and_not_before(
    monkeypatch, tmp_path, two, settings, capsys
):
    folder = tmp_path / "data"
    assert with_data(folder) == (1, [])
    monkeypatch.setenv("MONGOD_BIN", str(two))
    assert with_data(folder) == (2, [])
    assert last_used.read(folder).compatibility == "5.0"  # starting alone changes nothing
    monkeypatch.setenv("MONGOD_BIN", "bundled")
    assert with_data(folder) == (3, [])  # so the way back is open
    monkeypatch.setenv("MONGOD_BIN", str(two))
    server = EmbeddedMongo(folder)
    server.start()
    settings.DATA_DIR, version = folder, binary.version_of(two)
    try:
        site = Supervisor(argparse.Namespace(data=folder))
        site.mongo, site.keeps_compatibility = server, True
        site._raise_compatibility()
        assert capsys.readouterr().out == ""
        assert "unset MONGOD_KEEP_FCV" in doctor._own_server(version).remedy
        site.keeps_compatibility = False
        site._raise_compatibility()
        assert "the data is of MongoDB 6.0 now" in capsys.readouterr().out
        site._raise_compatibility()
        assert capsys.readouterr().out == ""
        with server.supervising() as client:
            assert compatibility.read(client) == "6.0"
        assert doctor._own_server(version).message.endswith("and its data is of version 6.0.")
    finally:
        server.stop()
    monkeypatch.delenv("MONGOD_BIN")
    with pytest.raises(binary.MongodUnavailableError, match=r"last used by MongoDB 6\.0"):
        (folder / "db" / last_used.FILE).write_text(
            (folder / "db" / last_used.FILE).read_text().replace(str(two), "/gone/mongod")
        )
        with_data(folder)
