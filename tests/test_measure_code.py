"""`script/measure-code` on a small checkout whose figures are known."""

import importlib.machinery
import importlib.util
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parent.parent / "script" / "measure-code"
FILES = {
    "videos/__init__.py": "",
    "videos/access.py": "from videos.models.video import Video\n",
    "videos/models/__init__.py": "",
    "videos/models/video.py": "class Video: ...\n",
    "videos/search/__init__.py": "",
    "videos/search/index.py": "from ..studio import reports\n",
    "videos/studio/__init__.py": "",
    "videos/studio/reports.py": "def late():\n    from videos.search import index\n    return index\n",
    "videos/views.py": (
        "from typing import Any\n\n\ndef page(request: Any) -> dict[str, Any]:\n"
        '    """What is shown."""\n    try:\n        return {}\n    except ValueError:\n        raise\n'
    ),
    "videos/serializers.py": "class Plain: ...\n\n\nclass ClipSerializer(Plain): ...\n",
    "videos/tests/test_page.py": "def test_page(): ...\n\n\ndef helper() -> 'Any': ...\n",
    "videos/migrations/0001_initial.py": "import playlists\n",
    "accounts/__init__.py": "",
    "accounts/models.py": "import videos.models\n",
    "templates/page.html": "<svg><path/></svg>{% icon 'x' %}<svg></svg>",
    "templates/components/icon.html": "<svg></svg>",
}


@pytest.fixture
def script(monkeypatch):
    """The script as a module."""
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    loader = importlib.machinery.SourceFileLoader("measure_code", str(SCRIPT))
    spec = importlib.util.spec_from_loader("measure_code", loader)
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "measure_code", module)
    loader.exec_module(module)
    return module


@pytest.fixture
def checkout(script, tmp_path):
    """A checkout with one import cycle, one import upward and one of each other fault."""
    for name, text in FILES.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    for arguments in (["init", "-q"], ["add", "."]):
        subprocess.run([shutil.which("git"), "-C", str(tmp_path), *arguments], check=True)
    (tmp_path / "videos" / "untracked.py").write_text("from videos import views\n")
    return script.Checkout(tmp_path)


def test_every_measure_counts_what_it_says(script, checkout):
    counted = {name: measure(checkout) for name, measure in script.MEASURES}
    assert counted == {
        "packages and loose modules in `videos/`": 6,
        "import cycles among them": 1,
        "imports between them that run upward": 1,
        "files that import a later app": 1,
        "lines that 95 % of functions do not exceed": 6,
        "files over 300 lines": 0,
        "docstrings that are not imperative (D401)": 1,
        "docstrings that begin with What, Who, How, ...": 1,
        "uses of `Any`": 3,
        "functions that return `dict[str, Any]`": 1,
        "icons pasted into templates": 2,
        "`try` in views": 1,
        "serializer classes": 1,
        "test functions": 1,
    }


@pytest.mark.parametrize("size", [3, 14])
def test_a_ring_is_one_cycle_with_one_import_upward(script, size):
    ring = {str(number): {str((number + 1) % size)} for number in range(size)}
    assert [len(cycle) for cycle in script.find_cycles(ring)] == [size]
    assert script.upward(ring) == 1


def test_what_imports_each_other_pairwise_needs_one_cut_a_pair(script):
    graph = {one: {other for other in "abcd" if other != one} for one in "abcd"}
    assert script.upward(graph) == 6


def test_the_table_has_a_column_per_checkout(script, checkout):
    lines = script.table([checkout, checkout], ["before", "after"], ["12"]).splitlines()
    assert lines[0] == "|  | before | after |"
    assert lines[-1] == "| minutes of `script/test` | 12 |  |"
    assert len(lines) == 2 + len(script.MEASURES) + 1
