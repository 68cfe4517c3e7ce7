"""Every deferred action has a row in the decision about them: what it asks when it acts, and the test of that."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings

from streamsite.mongo.collections import collection

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "decisions" / "0032-deferred-actions.md"
APPS = ("accounts", "videos", "playlists", "subscriptions", "takeout", "demo", "streamsite")
# Moments at which something happened. Every other one is when something is going to.
PAST = {
    *(
        "created_at",
        "updated_at",
        "edited_at",
        "added_at",
        "at",
        "watched_at",
        "published_at",
        "first_published_at",
        "originally_published_on",
        "last_used_at",
        "ready_at",
        "source_removed_at",
    ),
    *(
        "finished_at",
        "started_at",
        "enqueued_at",
        "claimed_at",
        "decided_at",
        "appealed_at",
        "undeliverable_at",
        "revoked_at",
        "terms_accepted_at",
    ),
    *("read_until", "seen_until", "feed_seen_at", "mailed_until", "last_login"),
    *("failing_since", "delivered_at", "sent_at"),
}
# Queues whatever the settings name as periodic.
PERIODIC = "streamsite/tasks/periodic.py"


@cache
def sources(word):
    """Return the modules in which ``word`` occurs, parsed."""
    return [
        (path.relative_to(ROOT), ast.parse(text))
        for app in APPS
        for path in sorted((ROOT / app).rglob("*.py"))
        if not {"tests", "migrations", "testing"} & set(path.parts) and word in (text := path.read_text())
    ]


def module_of(path):
    return ".".join(path.with_suffix("").parts).removesuffix(".__init__")


def calls(tree, keyword):
    """Return calls with an argument of that name."""
    return [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and keyword in {given.arg for given in node.keywords}
    ]


def called(node):
    """Return the name of what is called, without what it belongs to."""
    return ast.unparse(node.func).rpartition(".")[2]


def functions(tree):
    return [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]


def tasks():
    """Return registered tasks by their paths."""
    for path, tree in sources("@task"):
        for node in functions(tree):
            made_by = [each.func if isinstance(each, ast.Call) else each for each in node.decorator_list]
            if any(ast.unparse(name).rpartition(".")[2] == "task" for name in made_by):
                yield f"{module_of(path)}.{node.name}"


def queued_for_later():
    """Names of tasks that are queued with a time."""
    for path, tree in sources("run_after"):
        for call in calls(tree, "run_after"):
            if str(path) != PERIODIC:
                assert called(call) == "using", f"{path}:{call.lineno}"
                yield ast.unparse(call.func.value).rpartition(".")[2]


def moments():
    """Fields of models that say when something is going to happen."""
    for app in APPS:
        for model in apps.get_app_config(app).get_models():
            for field in model._meta.fields:
                if field.get_internal_type() in {"DateTimeField", "DateField"} and field.name not in PAST:
                    yield f"{app}.{model.__name__}.{field.name}"


def removing_indexes():
    """Names of indexes by which MongoDB removes rows."""
    for _, tree in sources("expireAfterSeconds"):
        for call in calls(tree, "expireAfterSeconds"):
            yield next(ast.literal_eval(given.value) for given in call.keywords if given.arg == "name")


def signed_texts():
    """Functions that read a signed text which ends."""
    for path, tree in sources("max_age"):
        for node in functions(tree):
            if any(called(call) in {"loads", "unsign", "unsign_object"} for call in calls(node, "max_age")):
                yield f"{module_of(path)}.{node.name}"


DERIVED = {
    "Tasks": tasks,
    "Moments in rows": moments,
    "Rows that MongoDB removes": removing_indexes,
    "Signed texts that end": signed_texts,
}


def rows(section):
    """Return the section's rows by what they are about: when, stored in, asks, tests."""
    text = PAGE.read_text().split(f"\n### {section}\n")[1].split("\n### ")[0]
    found = {}
    for line in text.splitlines():
        if line.startswith("| `"):
            name, *cells = (cell.strip() for cell in line.strip("|").split("|"))
            assert name.strip("`") not in found, line
            found[name.strip("`")] = cells
    return found


@pytest.mark.parametrize("section", DERIVED)
def test_each_has_a_row_and_each_row_is_of_something(section):
    found = sorted(set(DERIVED[section]()))
    assert found, "nothing was derived: the code is written in another way now"
    assert sorted(rows(section)) == found


@pytest.mark.parametrize("section", DERIVED)
def test_each_row_says_what_is_asked_and_names_its_tests(section):
    for name, cells in rows(section).items():
        assert len(cells) == 4, name
        assert all(cells), name
        named = re.findall(r"`([\w/]+\.py)::(\w+)`", cells[3])
        assert named, name
        for path, test in named:
            assert f"def {test}(" in (ROOT / path).read_text(), f"{name}: {path}::{test}"


def test_rows_say_when_their_tasks_act():
    later = set(queued_for_later())
    known = {path.rpartition(".")[2]: path for path in tasks()}
    assert later <= known.keys(), "a task is queued for later under another name"
    assert len(later) >= 5
    for path, (when, *_) in rows("Tasks").items():
        assert ("later:" in when) == (path.rpartition(".")[2] in later), path
        assert ("every " in when) == (path in settings.PERIODIC_TASKS), path


def test_rows_are_removed_at_the_moment_that_they_name(database):
    """By MongoDB, and by nothing that was set once for all rows of a collection."""
    found = {}
    store = collection("task_job").database
    for name in store.list_collection_names(filter={"type": "collection"}):
        for index, details in store[name].index_information().items():
            if "expireAfterSeconds" in details:
                found[index] = (details["expireAfterSeconds"], f"`{name}`")
    assert found == {index: (0, cells[1]) for index, cells in rows("Rows that MongoDB removes").items()}
