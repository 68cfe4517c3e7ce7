"""Clients that generators write from the served OpenAPI document: they import, type-check, and do the usual things.

Each registers, signs in, uploads, makes a playlist, reads comments by cursor, and gets an error; those in TypeScript in
Node and in a browser on another origin.
"""

from __future__ import annotations

import base64
import json
import shutil
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from tests.support import npm
from tests.support.node import NODE
from tests.support.stack import ROOT

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]
SOURCES = ROOT / "tests" / "clients" / "generated"
EXPECTED = {"title": "Generated", "items": [True], "comments": ["one", "three", "two"], "error": "not_found"}
IMPORT_ALL = (
    "import importlib, pkgutil, streamsite_api as of\n"
    "names = [one.name for one in pkgutil.walk_packages(of.__path__, of.__name__ + '.')]\n"
    "[importlib.import_module(name) for name in names]\n"
    "print(len(names))"
)
IN_NODE = (
    "import { readFileSync } from 'node:fs'; import { run } from './%s.mjs';"
    " const content = new Blob([readFileSync(process.argv[3])]);"
    " console.log(JSON.stringify(await run(process.argv[1], process.argv[2], content)));"
)
IN_BROWSER = (
    "async ([name, site, who, content]) => {"
    " const bytes = Uint8Array.from(atob(content), (letter) => letter.codePointAt(0));"
    " const client = await import(`/${name}.mjs`);"
    " return client.run(site, who, new Blob([bytes])); }"
)


def run(command: list[str], folder: Path, **options: object) -> str:
    """Run a program; return what it prints. Fail with what it says about faults."""
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=120, check=False, cwd=folder, **options
    )
    assert done.returncode == 0, f"{' '.join(command[:4])}:\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
    return done.stdout


@pytest.fixture(scope="module")
def document(site, tmp_path_factory) -> Path:
    """The served document as a file."""
    path = tmp_path_factory.mktemp("document") / "openapi.json"
    with urllib.request.urlopen(f"{site.url}/api/schema") as answer:  # noqa: S310 - the test's own site
        path.write_bytes(answer.read())
    return path


@pytest.fixture(scope="module")
def scripts(document, tmp_path_factory) -> Path:
    """A folder with the clients in TypeScript, checked by its compiler and bundled."""
    folder = tmp_path_factory.mktemp("scripts")
    try:
        modules = npm.installed(SOURCES)
    except npm.NpmMissingError as missing:
        pytest.skip(str(missing))
    (folder / "node_modules").symlink_to(modules)
    for source in ("fetch_client.ts", "hey_client.ts", "tsconfig.json", "package.json"):
        shutil.copy(SOURCES / source, folder)
    run([NODE, "node_modules/openapi-typescript/bin/cli.js", str(document), "-o", "schema.d.ts"], folder)
    generate = [NODE, "node_modules/@hey-api/openapi-ts/bin/run.js", "-i", str(document), "-o", "hey"]
    run([*generate, "-c", "@hey-api/client-fetch"], folder)
    run([NODE, "node_modules/typescript/bin/tsc", "--project", "tsconfig.json"], folder)
    for name in ("fetch_client", "hey_client"):
        bundle = ["--bundle", "--format=esm", f"--outfile={name}.mjs", f"{name}.ts"]
        run(["node_modules/@esbuild/linux-x64/bin/esbuild", *bundle], folder)
    return folder


def test_python_client_imports_and_works(site, document, clip, tmp_path) -> None:
    made = tmp_path / "streamsite_api"
    generate = [sys.executable, "-m", "openapi_python_client", "generate", "--path", str(document)]
    options = ["--meta", "none", "--config", str(SOURCES / "python.yml"), "--output-path", str(made)]
    said = run([*generate, *options], tmp_path)
    assert "Endpoint will not be generated" not in said
    modules = int(run([sys.executable, "-c", IMPORT_ALL], tmp_path))
    operations = sum(map(len, json.loads(document.read_text())["paths"].values()))
    assert modules > operations
    shutil.copy(SOURCES / "python_client.py", tmp_path)
    program = [sys.executable, "python_client.py", site.url, "generated-python", str(clip)]
    assert json.loads(run(program, tmp_path)) == EXPECTED


@pytest.mark.parametrize("name", ["fetch_client", "hey_client"])
def test_typescript_client_works_in_node(site, scripts, clip, name) -> None:
    who = f"node-{name.partition('_')[0]}"
    program = [NODE, "--input-type=module", "-e", IN_NODE % name, site.url, who, str(clip)]
    assert json.loads(run(program, scripts)) == EXPECTED


@pytest.mark.browser
@pytest.mark.parametrize("name", ["fetch_client", "hey_client"])
def test_typescript_client_works_in_a_browser(site, scripts, clip, chromium, other_origin, name) -> None:
    other_origin.files |= {f"/{name}.mjs": scripts / f"{name}.mjs"}
    page = chromium.new_page()
    page.goto(other_origin.url)
    content = base64.b64encode(clip.read_bytes()).decode()
    who = f"browser-{name.partition('_')[0]}"
    assert page.evaluate(IN_BROWSER, [name, site.url, who, content]) == EXPECTED
