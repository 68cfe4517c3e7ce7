"""``script/bootstrap.py`` as a stranger's machine meets it: without ensurepip, moved, interrupted, offline, twice.

The set that is installed is pip itself, from the wheel in the repository: nothing is fetched.
"""

import ast
import hashlib
import importlib
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SET = "requirements-pip.txt"
CODE = f"import sys; sys.path.insert(0, 'script'); import bootstrap; print(bootstrap.ensure({SET!r}))"
OFFLINE = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": "script/wheels", "PIP_CONFIG_FILE": os.devnull}


def start(folder, code=CODE, **environment):
    """Return a started script of the project in a folder."""
    settings = {"PATH": os.environ["PATH"], "HOME": str(folder), **(environment or OFFLINE)}
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
    return subprocess.Popen([sys.executable, "-c", code], cwd=folder, env=settings, **pipes)


def usable(folder):
    """Return whether the scripts would use the folder's .venv as it is."""
    code = "import sys; sys.path.insert(0, 'script'); import bootstrap; print(bootstrap._is_usable())"
    return start(folder, code).communicate(timeout=30)[0] == "True\n"


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """A project of which two starts at once have made the virtual environment, in a path with spaces."""
    folder = tmp_path_factory.mktemp("a path") / "with spaces"
    shutil.copytree(ROOT / "script", folder / "script", ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("requirements-pip.txt", "requirements-pip.lock"):
        shutil.copy(ROOT / name, folder)
    both = [start(folder), start(folder)]
    said = [process.communicate(timeout=120)[0] for process in both]
    assert [process.returncode for process in both] == [0, 0], said
    assert "".join(said).count("Making the virtual environment") == 1
    assert any("Another start is installing packages" in output for output in said)
    return folder


def test_pip_is_installed_from_the_wheel_of_the_repository(project):
    pip = subprocess.run([project / ".venv/bin/pip", "--version"], capture_output=True, text=True, check=True)
    version = re.search(r"^pip==(\S+)", (ROOT / SET).read_text(), re.MULTILINE)[1]
    assert pip.stdout.startswith(f"pip {version} from {project}/.venv/")


def test_the_wheel_is_the_one_that_is_locked():
    (wheel,) = (ROOT / "script" / "wheels").iterdir()
    lock = (ROOT / SET).with_suffix(".lock").read_text()
    assert f"--hash=sha256:{hashlib.sha256(wheel.read_bytes()).hexdigest()}" in lock
    assert re.search(r"^pip==(\S+)", lock, re.MULTILINE)[1] == wheel.name.split("-")[1]


def test_a_second_start_installs_nothing(project):
    again = start(project)
    assert again.communicate(timeout=30)[0] == f"{project}/.venv/bin/python\n"


def test_an_environment_of_another_python_or_place_or_half_installed_is_made_again(project, tmp_path):
    assert usable(project)
    config = project / ".venv" / "pyvenv.cfg"
    whole = config.read_text()
    config.write_text(re.sub(r"^version = .*", "version = 3.10.1", whole, flags=re.MULTILINE))
    assert not usable(project)
    config.write_text(whole)
    (project / ".venv" / ".installing").touch()
    assert not usable(project)
    (project / ".venv" / ".installing").unlink()
    assert usable(project)
    moved = tmp_path / "moved"
    shutil.copytree(project, moved, symlinks=True)
    (left,) = (moved / ".venv" / "lib").glob("python*/site-packages")
    (left / "by_half.py").touch()
    assert not usable(moved)
    again = start(moved)
    said, _ = again.communicate(timeout=120)
    assert again.returncode == 0, said
    assert not (left / "by_half.py").exists()
    assert str(moved) in (moved / ".venv" / "bin" / "pip").read_text()
    assert usable(moved)


def test_a_start_waits_for_the_pip_that_a_killed_one_left(project):
    """The lock goes to the programs that an installing start runs, and is free when the last of them has ended."""
    holding = (
        "import sys; sys.path.insert(0, 'script'); import bootstrap\n"
        "with bootstrap.alone():\n"
        "    bootstrap.run(['sh', '-c', 'touch holds; exec sleep 60'])"
    )
    waiting = (
        "import fcntl, os; folder = os.open('.', os.O_RDONLY)\n"
        "try: fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB); print('free')\n"
        "except BlockingIOError: print('held')"
    )
    killed = start(project, holding)
    while not (project / "holds").exists():
        assert killed.poll() is None
    children = Path(f"/proc/{killed.pid}/task/{killed.pid}/children").read_text().split()
    killed.kill()
    killed.wait()
    try:
        assert start(project, waiting).communicate(timeout=30)[0] == "held\n"
    finally:
        for child in children:
            os.kill(int(child), 9)
    killed.stdout.read()  # its end is the child's
    assert start(project, waiting).communicate(timeout=30)[0] == "free\n"


def test_no_network_is_one_sentence_and_spoils_nothing(project):
    (project / "requirements-far.lock").write_text(f"six==1.17.0 --hash=sha256:{'0' * 64}\n")
    away = {"PIP_INDEX_URL": "http://127.0.0.1:9/simple", "PIP_RETRIES": "1", "PIP_CONFIG_FILE": os.devnull}
    tried = start(project, CODE.replace(SET, "requirements-far.txt"), **away)
    said, _ = tried.communicate(timeout=60)
    assert tried.returncode == 1
    assert said.splitlines()[0] == "Installing requirements-far.txt ..."
    assert len(said.splitlines()) == 2, said
    assert "the package index cannot be reached" in said
    assert usable(project)


@pytest.mark.parametrize(
    ("printed", "sentence"),
    [
        (
            "ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device",
            "is full",
        ),
        ("OSError: [Errno 13] Permission denied: '/srv/.venv'", "no permission to write"),
        (
            "ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE.",
            "not the one that was locked",
        ),
        ("SSLError(SSLCertVerificationError(1, '[SSL: CERTIFICATE_VERIFY_FAILED]", "PIP_CERT"),
        ("NameResolutionError: Failed to resolve 'index' ([Errno -3])", "cannot be reached"),
        ("error: subprocess-exited-with-error", ""),
    ],
)
def test_what_stops_an_installation_is_one_sentence(printed, sentence):
    code = (
        f"import sys; sys.path.insert(0, 'script'); import bootstrap; print(bootstrap._reason({printed!r}))"
    )
    said = start(ROOT, code).communicate(timeout=30)[0].removesuffix("\n")
    assert sentence in said
    assert bool(said) == bool(sentence)
    assert "\n" not in said


@pytest.mark.parametrize("path", sorted((ROOT / "script").iterdir()), ids=lambda path: path.name)
def test_scripts_call_what_there_is(path, monkeypatch):
    """A script is run by nobody until somebody needs it, so a name that has gone is found here."""
    text = path.read_text() if path.is_file() and path.suffix in {"", ".py"} else ""
    if not text.startswith("#!/usr/bin/env python3"):
        return
    monkeypatch.syspath_prepend(str(ROOT / "script"))
    tree = ast.parse(text)
    imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            module = node.value.id
            if (ROOT / "script" / f"{module}.py").exists():
                assert module in imported, node.value.id
                assert hasattr(importlib.import_module(module), node.attr), f"{module}.{node.attr}"
