"""What the start says when this machine cannot run the site: one line that names the way out."""

import subprocess
import sys
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from streamsite import env
from streamsite.mongo import binary

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
    monkeypatch.delenv("MONGOD_BIN", raising=False)
    monkeypatch.setattr(binary.shutil, "which", lambda name: None)
    with pytest.raises(binary.MongodUnavailableError, match="MONGODB_URI"):
        binary.find_mongod()


@pytest.mark.parametrize(
    ("name", "value", "read"),
    [
        ("A_NUMBER", "x", lambda: env.integer("A_NUMBER", 1, least=0, most=9)),
        ("A_NUMBER", "10", lambda: env.integer("A_NUMBER", 1, least=0, most=9)),
        ("A_FLAG", "maybe", lambda: env.flag("A_FLAG")),
        ("A_CHOICE", "c", lambda: env.choice("A_CHOICE", "a", ("a", "b"))),
        ("A_SECRET_FILE", "/nonexistent", lambda: env.secret("A_SECRET", Path("/nonexistent"))),
    ],
)
def test_a_bad_variable_is_named_and_never_shown(monkeypatch, name, value, read):
    monkeypatch.setenv(name, value)
    with pytest.raises(ImproperlyConfigured) as caught:
        read()
    assert name.removesuffix("_FILE") in str(caught.value)
    assert "/nonexistent" not in str(caught.value)


def supervise(*arguments, **environment):
    command = [sys.executable, "-m", "streamsite.supervisor", *arguments]
    return subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, timeout=60, env=environment, check=False
    )


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
