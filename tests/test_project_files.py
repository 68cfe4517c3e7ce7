"""Files for contributors and their tools: they can be parsed, and what they name exists."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import shlex
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

import streamsite

ROOT = Path(__file__).resolve().parent.parent
YAML = sorted(
    [ROOT / ".pre-commit-config.yaml", *(ROOT / ".github").rglob("*.yml"), *(ROOT / "deploy").glob("*.y*ml")]
)
JSON = [
    ROOT / "package.json",
    ROOT / "package-lock.json",
    ROOT / "jsconfig.json",
    ROOT / ".devcontainer" / "devcontainer.json",
]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())


def hooks() -> Iterator[dict[str, str]]:
    for repository in yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())["repos"]:
        assert repository["repo"] == "local", "no tool comes from elsewhere, or in another version"
        yield from repository["hooks"]


def missing(command: str) -> list[str]:
    """Return the missing parts of a command: its program, its Python module, and the files that it names."""
    program, *arguments = shlex.split(command)
    wrong = []
    if program == "bash":
        program = arguments[0]
        is_there = (ROOT / program).is_file()
    elif program == ".venv/bin/python":
        program = arguments[arguments.index("-m") + 1]
        is_there = importlib.util.find_spec(program) is not None
    else:
        is_there = os.access(ROOT / program, os.X_OK)
    if not is_there:
        wrong.append(program)
    files = [part for part in arguments if re.search(r"\.(json|toml)$", part)]
    return wrong + [name for name in files if not (ROOT / name).is_file()]


@pytest.mark.parametrize("path", YAML, ids=lambda path: path.name)
def test_yaml_can_be_parsed(path):
    assert list(yaml.safe_load_all(path.read_text()))


@pytest.mark.parametrize("path", JSON, ids=lambda path: path.name)
def test_json_can_be_parsed(path):
    assert json.loads(path.read_text())


def test_hooks_run_what_exists_and_what_the_linter_runs():
    lint = (ROOT / "script" / "lint").read_text()
    entries = {hook["id"]: hook["entry"] for hook in hooks()}
    assert [entry for entry in entries.values() if missing(entry)] == []
    for tool in ("ruff", "djlint"):
        assert f'"{tool}"' in lint
        assert any(f"-m {tool}" in entry for entry in entries.values())
    assert "node_modules/typescript/bin/tsc" in lint
    assert "node_modules/typescript/bin/tsc" in entries["tsc"]


def test_the_workflow_runs_continuous_integration():
    workflow = yaml.safe_load((ROOT / ".github" / "workflows" / "ci.yml").read_text())
    (job,) = workflow["jobs"].values()
    commands = [step["run"] for step in job["steps"] if "run" in step]
    assert commands == ["bash .ci/run"]
    assert missing(commands[0]) == []
    oldest = PROJECT["project"]["requires-python"].removeprefix(">=")
    assert oldest in job["strategy"]["matrix"]["python-version"]


def test_continuous_integration_runs_scripts_that_exist():
    scripts = re.findall(r"^(script/\S+)", (ROOT / ".ci" / "run").read_text(), re.MULTILINE)
    assert "script/lint" in scripts
    assert "script/test" in scripts
    assert [script for script in scripts if missing(script)] == []


def test_the_container_prepares_itself_and_shows_the_site():
    container = json.loads((ROOT / ".devcontainer" / "devcontainer.json").read_text())
    assert missing(container["postCreateCommand"]) == []
    assert container["forwardPorts"] == [8000]


@pytest.mark.parametrize(
    "template", sorted((ROOT / ".github" / "ISSUE_TEMPLATE").glob("*_*.yml")), ids=lambda path: path.name
)
def test_issue_forms_have_what_a_form_needs(template):
    form = yaml.safe_load(template.read_text())
    assert {"name", "description", "body"} <= set(form)
    ids = [part["id"] for part in form["body"] if part["type"] != "markdown"]
    assert len(ids) == len(set(ids))
    assert all(part["type"] in {"markdown", "textarea", "input", "dropdown"} for part in form["body"])
    assert any(part.get("validations", {}).get("required") for part in form["body"])


def test_every_tool_means_the_same_python_and_version():
    oldest = PROJECT["project"]["requires-python"].removeprefix(">=")
    assert PROJECT["tool"]["ruff"]["target-version"] == f"py{oldest.replace('.', '')}"
    assert PROJECT["tool"]["mypy"]["python_version"] == oldest
    major, minor = oldest.split(".")
    assert f"sys.version_info < ({major}, {minor})" in (ROOT / "script" / "bootstrap.py").read_text()
    assert PROJECT["project"]["version"] == streamsite.__version__


@pytest.mark.parametrize(
    ("folder", "kind"),
    [
        (".", "devDependencies"),
        ("bench/api/node", "dependencies"),
        ("clients/js", "devDependencies"),
        *((f"tests/clients/{name}", "dependencies") for name in ("guide", "previews")),
    ],
)
def test_node_packages_are_pinned_by_hash_and_come_from_the_configured_registry(folder, kind):
    packages = json.loads((ROOT / folder / "package-lock.json").read_text())["packages"]
    wanted = json.loads((ROOT / folder / "package.json").read_text())[kind]
    for name, version in wanted.items():
        assert packages[f"node_modules/{name}"]["version"] == version
    for name, package in packages.items():
        if name:
            assert package["integrity"].startswith("sha512-"), name
            assert "resolved" not in package, name


def test_npm_scripts_name_files_that_exist():
    for command in json.loads((ROOT / "package.json").read_text())["scripts"].values():
        assert [name for name in re.findall(r"\S+\.json", command) if not (ROOT / name).is_file()] == []


@pytest.mark.parametrize("name", ["SECURITY.md", "CODE_OF_CONDUCT.md", ".github/pull_request_template.md"])
def test_links_between_pages_lead_somewhere(name):
    text = (ROOT / name).read_text()
    links = [link for link in re.findall(r"\]\(([^)#]+)", text) if not link.startswith("http")]
    files = re.findall(r"`((?:docs|script)/[\w./-]+)`", text)
    assert [link for link in links + files if not (ROOT / link).exists()] == []
