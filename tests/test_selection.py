"""The engine's tests run in full when its files differ from those of its last full run, and a core of them always."""

from types import SimpleNamespace

import pytest

from tests.support import selection
from tests.support.selection import Record, Selection, engine_digest, is_of_engine


@pytest.fixture
def engine(tmp_path, monkeypatch):
    """An engine of one file with one file of tests, whose digest is kept."""
    place = tmp_path / "engine"
    (place / "tests").mkdir(parents=True)
    (place / "base.py").write_text("x = 1\n")
    (place / "tests" / "test_base.py").write_text("def test(): ...\n")
    names = {
        "ROOT": tmp_path,
        "ENGINE": place,
        "ENGINE_TESTS": (place / "tests",),
        "DIGEST": tmp_path / "digest.txt",
    }
    for name, value in names.items():
        monkeypatch.setattr(selection, name, value)
    monkeypatch.delenv("DEEP_TESTS", raising=False)
    selection.DIGEST.write_text(f"{engine_digest()}\n")
    return place


def report(outcome, when="call"):
    name = "engine/tests/test_base.py::test"
    return pytest.TestReport(name, ("", 0, ""), {}, outcome, None, when, duration=0.1)


def session(*arguments, keyword="", markexpr=""):
    options = {"keyword": keyword, "markexpr": markexpr}
    return SimpleNamespace(config=SimpleNamespace(args=list(arguments), getoption=options.__getitem__))


def test_an_engine_as_at_its_last_full_run_is_not_tried_again(engine):
    assert not Selection().tries_engine


@pytest.mark.parametrize("name", ["base.py", "tests/test_base.py", "new.py"])
def test_a_changed_engine_is_tried_in_full(engine, name):
    (engine / name).write_text("y = 2\n")
    assert Selection().tries_engine


def test_a_deep_run_tries_everything(engine, monkeypatch):
    monkeypatch.setenv("DEEP_TESTS", "1")
    assert Selection().tries_engine


@pytest.mark.parametrize(
    ("outcomes", "arguments", "is_kept"),
    [
        (["passed"], {}, True),
        (["failed"], {}, False),
        (["passed", "failed"], {}, False),
        ([], {}, False),
        (["passed"], {"keyword": "some"}, False),
        (["passed"], {"markexpr": "not slow"}, False),
    ],
)
def test_only_a_full_run_that_passed_is_kept(engine, outcomes, arguments, is_kept):
    (engine / "base.py").write_text("y = 2\n")
    record = Record(Selection())
    for outcome in outcomes:
        record.pytest_runtest_logreport(report(outcome))
    record.pytest_sessionfinish(session(**arguments))
    assert (selection.DIGEST.read_text().strip() == engine_digest()) is is_kept


def test_what_the_site_asks_is_always_tried(engine):
    assert is_of_engine(engine / "tests" / "test_base.py")
    assert not is_of_engine(engine / "tests" / "test_explain.py")
    assert not is_of_engine(engine.parent / "test_site.py")
