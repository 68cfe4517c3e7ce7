"""The documentation names files, modules, tests and commands that exist."""

import ast
import re
import subprocess
import sys
import tomllib
from functools import cache
from pathlib import Path

import pytest
from django.apps import apps

from streamsite import __version__
from tests.test_stores import OWNERS

ROOT = Path(__file__).resolve().parent.parent
DOCUMENTS = sorted([ROOT / "README.md", ROOT / "SECURITY.md", *(ROOT / "docs").rglob("*.md")])
DECISIONS = sorted((ROOT / "docs" / "decisions").glob("[0-9]*.md"))
APPS = ("accounts", "videos", "playlists", "subscriptions", "takeout", "demo", "streamsite", "tests")
SUFFIXES = "py|js|mjs|html|css|md|sh|yml|yaml|toml|template|txt|service|conf|json|webp|lock"
FILE = re.compile(rf"[\w.*{{}}-]+(?:/[\w.*{{}}-]+)*\.(?:{SUFFIXES})")
FOLDER = re.compile(
    rf"(?:{'|'.join([*APPS, 'docs', 'script', 'static', 'templates', 'deploy', 'bench'])})(?:/[\w-]+)*/"
)
MODULE = re.compile(rf"(?:{'|'.join(APPS)})(?:\.\w+)+")
SCRIPT = re.compile(r"script/[\w-]+")
# A span after this word names what was there once.
HISTORIC = re.compile(r"\bformerly\s$", re.IGNORECASE)
# Files of an installation or of other programs, and names of loggers and checks, look like ours.
FOREIGN = re.compile(
    r".*\*.*|.*\{.*|streamsite\.\w+|app\.mjs|page\.mjs|player\.js|hls\.js|site\.nginx\.conf|pip\.conf|robots\.txt|(?:anim|card|small)\.webp"
    r"|\.info\.json|[a-z]+\.[A-Z]\w+(?:\.\w+)?|[a-z]+\.(?:add|change|delete|view)_[a-z]+"
)


@cache
def tracked():
    """Paths of all tracked files, relative to the root."""
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout  # noqa: S607
    return frozenset(listed.split("\n")) - {""}


@cache
def base_names():
    """Names of all tracked files without their folders."""
    return frozenset(path.rpartition("/")[2] for path in tracked())


@cache
def folders():
    """All folders with tracked files, each with a slash at its end."""
    return frozenset(
        f"{parent}/" for path in tracked() for parent in map(str, Path(path).parents) if parent != "."
    )


@cache
def names_in(path):
    """Names that a module defines or imports at its top level."""
    found = set()
    for node in ast.parse((ROOT / path).read_text()).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            found.add(node.name)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            found |= {(alias.asname or alias.name).split(".")[0] for alias in node.names}
        else:
            found |= {one.id for one in ast.walk(node) if isinstance(one, ast.Name)}
    return found


def spans(document):
    """Code spans of a page's text, blocks of code left out, without historic ones."""
    text = re.sub(r"^```.*?^```", "", document.read_text(), flags=re.MULTILINE | re.DOTALL)
    for found in re.finditer(r"`([^`\n]+)`", text):
        if not HISTORIC.search(text[max(found.start() - 12, 0) : found.start()]):
            yield found[1]


def is_there(name):
    """Return whether a path, its end, or the name of a file in a folder that the text names exists."""
    if "/" not in name:
        return name in base_names()
    return name in tracked() or any(path.endswith(f"/{name}") for path in tracked())


def resolves(dotted):
    """Return whether a dotted name is a module, or a name in one."""
    parts = dotted.split(".")
    for end in range(len(parts), 0, -1):
        for path in ("/".join(parts[:end]) + ".py", "/".join(parts[:end]) + "/__init__.py"):
            if path in tracked():
                return end == len(parts) or parts[end] in names_in(path)
    return "/".join(parts) + "/" in folders()


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_paths_and_modules_in_the_documentation_exist(document):
    missing = []
    for span in spans(document):
        if FOREIGN.fullmatch(span):
            continue
        if FILE.fullmatch(span):
            missing += [] if is_there(span) else [span]
        elif FOLDER.fullmatch(span):
            missing += [] if span in folders() else [span]
        elif MODULE.fullmatch(span):
            missing += [] if resolves(span) else [span]
        elif script := SCRIPT.match(span):
            missing += [] if script[0] in tracked() else [span]
        elif ".py::" in span:
            path, _, test = span.partition("::")
            is_test = path in tracked() and test.split("[")[0] in names_in(path)
            missing += [] if is_test else [span]
    assert missing == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_between_pages_lead_somewhere(document):
    text = document.read_text()
    links = re.findall(r"\]\((?!https?:|mailto:|#|/)([^)#\s]+)", text) + re.findall(
        r'<img src="([^"]+)"', text
    )
    assert [link for link in links if not (document.parent / link).exists()] == []


def walks():
    """The walks of the architecture's ten features: ``[(feature, walk)]``."""
    text = (ROOT / "docs" / "architecture.md").read_text()
    section = text.partition("## Ten features from URL to data")[2].partition("\n## ")[0]
    rows = [
        line.split(" | ") for line in section.splitlines() if line.startswith("| ") and "walk" not in line
    ]
    return [(feature.removeprefix("| "), walk) for feature, walk, _beside in rows]


def test_each_feature_is_found_from_its_url_in_few_files():
    files = [len(re.findall(r"`[\w/]+\.(?:py|html|js)`", walk)) for _feature, walk in walks()]
    assert len(files) == 10
    assert min(files) > 2
    assert sum(files) <= 6 * len(files)


def part_of(path, dotted):
    """Return the function or class of a module: its node, or ``None``."""
    body = ast.parse((ROOT / path).read_text()).body
    found = None
    for name in dotted.split("."):
        named = [
            node for node in body if isinstance(node, ast.FunctionDef | ast.ClassDef) and node.name == name
        ]
        if not named:
            return None
        found, body = named[0], named[0].body
    return found


def names_used(node):
    """Return the names that a part of a module mentions."""
    inner = list(ast.walk(node))
    return {one.id for one in inner if isinstance(one, ast.Name)} | {
        one.attr for one in inner if isinstance(one, ast.Attribute)
    }


def broken_steps(walk):
    """Return what a walk says of calls that the code does not: ``→`` and ``;`` are calls, other links are none."""
    wrong: list[str] = []
    caller = here = None
    for link, path, inner in re.findall(r"(→|;|⇢|in) `([\w/]+\.py)`(?: \(([^)]+)\))?", walk):
        caller = {"→": here, ";": caller}.get(link)
        here = caller
        for symbol in re.findall(r"`([\w.]+)`", inner):
            part = part_of(path, symbol)
            if part is None:
                return [*wrong, f"{path} has no {symbol}"]
            if here is not None and part.name not in names_used(here):
                wrong.append(f"{here.name} does not mention {part.name}")
            here = part
        if not inner:
            here = None
    return wrong


@pytest.mark.parametrize(("feature", "walk"), walks(), ids=[feature for feature, _walk in walks()])
def test_the_steps_of_a_walk_call_each_other(feature, walk):
    assert broken_steps(walk) == []


def test_a_step_that_is_not_called_is_noticed():
    walk = dict(walks())["playlist move"]
    assert broken_steps(walk.replace("playlist_for_contributing", "item_for_editing")) == [
        "patch does not mention item_for_editing"
    ]
    assert broken_steps(walk.replace("rank_for", "rank_of")) == ["playlists/ordering.py has no rank_of"]


def test_every_collection_stands_in_the_table_of_data():
    text = (ROOT / "docs" / "architecture.md").read_text()
    named = set(re.findall(r"`(\w+)`", text.partition("\n## Data\n")[2]))
    django_own = {"auth_permission", "auth_group", "django_admin_log", "django_content_type"}
    ours = [model for model in apps.get_models() if model._meta.app_label != "engine_tests"]
    tables = {model._meta.db_table for model in ours} - django_own
    stored = set().union(*OWNERS.values())
    assert tables | stored <= named, sorted((tables | stored) - named)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_names_that_the_documentation_finds_in_a_module_are_there(document):
    said = re.findall(r"`([A-Za-z_]\w+)` in `([\w/]+\.py)`", document.read_text())
    missing = [
        f"{name} in {path}"
        for name, path in said
        if path in tracked() and not re.search(rf"\b{name}\b", (ROOT / path).read_text())
    ]
    assert missing == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_tests_that_the_documentation_quotes_exist(document):
    names = {span for span in spans(document) if re.fullmatch(r"test_\w+", span)}
    if names:
        tests = "\n".join(
            (ROOT / path).read_text() for path in tracked() if re.search(r"(^|/)test_\w+\.py$", path)
        )
        modules = {Path(path).stem for path in tracked()}
        assert [name for name in names if f"def {name}(" not in tests and name not in modules] == []


@pytest.mark.parametrize("document", DECISIONS, ids=lambda path: path.name)
def test_a_decision_has_a_date_and_a_status(document):
    lines = document.read_text().splitlines()
    assert lines[0].startswith("# ")
    assert re.fullmatch(r"- Date: 20\d\d-\d\d-\d\d", lines[2])
    assert re.fullmatch(
        r"- Status: (?:accepted|superseded by \[\d{4}\]\([\w-]+\.md\)|.*amended by .*)", lines[3]
    )


def test_the_list_of_decisions_is_complete():
    listed = (ROOT / "docs" / "decisions" / "README.md").read_text()
    titles = {path.name: path.read_text().splitlines()[0].removeprefix("# ") for path in DECISIONS}
    assert [name for name, title in titles.items() if f"]({name}) | {title} |" not in listed] == []


def test_the_changelog_has_a_dated_section_per_version_the_newest_first():
    text = (ROOT / "docs" / "changelog.md").read_text()
    headings = [line for line in text.splitlines() if line.startswith("## ")]
    if headings[0] == "## [Unreleased]":
        headings.pop(0)
    matched = [re.fullmatch(r"## \[(\d+\.\d+\.\d+)\] - (20\d\d-\d\d-\d\d)", line) for line in headings]
    assert all(matched)
    versions = [tuple(map(int, match[1].split("."))) for match in matched]
    dates = [match[2] for match in matched]
    assert versions == sorted(versions, reverse=True)
    assert dates == sorted(dates, reverse=True)
    kinds = {line.removeprefix("### ") for line in text.splitlines() if line.startswith("### ")}
    assert kinds <= {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security", "Upgrading"}


def test_the_version_stands_in_pyproject_and_the_changelog():
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    assert __version__ == declared
    changelog = (ROOT / "docs" / "changelog.md").read_text()
    assert ".dev" in declared or f"## [{declared}] - " in changelog
    assert f"**Version:** {declared} " in (ROOT / "README.md").read_text()


@pytest.mark.parametrize("page", ["docs/operations.md", "deploy/kubernetes/base/site.yaml"])
def test_examples_of_image_tags_are_the_version(page):
    tags = re.findall(r"/streamsite:([\w.-]+)", (ROOT / page).read_text())
    assert set(tags) == {__version__}


def test_manage_py_tells_the_version():
    command = [sys.executable, "manage.py", "version"]
    told = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert told.stdout == f"{__version__}\n"
