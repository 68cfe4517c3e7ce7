"""The packages in ``clients/`` as they are published, installed elsewhere, and the examples of docs/clients.md."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest
from streamsite_client import Client

from tests.client_programs import Command
from tests.support import client_packages, npm
from tests.support.clips import make_clip
from tests.support.http_client import PASSWORD, Caller
from tests.support.node import NODE, NPM
from tests.support.stack import ROOT, Stack

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]
GUIDE = (ROOT / "docs" / "clients.md").read_text()
WRITTEN_SITE = "https://video.example.org"
CONSUMER = """
import { Client, NotFound, type Rows } from "streamsite-client";
import { FileStore } from "streamsite-client/node";
const client: Client = new Client("https://video.example.org", { store: new FileStore("x") });
const title: string = (await client.videos.get("x")).title;
for await (const comment of client.comments.ofVideo("x")) comment.counts.likes.toFixed();
// @ts-expect-error - a video has no such property
(await client.videos.get("x")).nothing;
// @ts-expect-error - nor is this a visibility
await client.videos.upload(new Blob(["x"]), { title, visibility: "hidden" });
export const absent: typeof NotFound = NotFound;
export type Found = Rows<string>;
"""
TYPED = """
from streamsite_client import AsyncClient, Client

client = Client("https://video.example.org")
title: str = client.videos.get("x")["title"]
names: list[str] = [row["author"]["username"] for row in client.comments.of_video("x")]


async def main(other: AsyncClient) -> str:
    async for row in other.playlists.mine():
        print(row["item_count"] + 1)
    return (await other.videos.upload("x", visibility="public")).video_id


client.videos.get()  # type: ignore[call-arg]
client.videos.upload("x", visibility="hidden")  # type: ignore[arg-type]
"""


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", GUIDE, re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    try:
        files = client_packages.build(tmp_path_factory.mktemp("dist"))
    except npm.NpmMissingError as error:
        pytest.skip(str(error))
    return {path.name: path for path in files}


@pytest.fixture(scope="module")
def environment(built, tmp_path_factory) -> dict[str, str]:
    """The environment of programs that have the wheel installed and nothing of this repository."""
    folder = tmp_path_factory.mktemp("installed")
    wheel = built["streamsite_client-1.0.0-py3-none-any.whl"]
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", "--target"]
    subprocess.run([*command, str(folder), str(wheel)], check=True)
    return {"PYTHONPATH": str(folder), "PATH": f"{folder / 'bin'}:{os.environ['PATH']}", "PYTHONUTF8": "1"}


@pytest.fixture(scope="module")
def module(built, tmp_path_factory) -> Path:
    """A folder in which npm has installed the package."""
    folder = tmp_path_factory.mktemp("npm")
    (folder / "package.json").write_text('{"type": "module", "private": true}')
    command = [*NPM, "install", "--offline", "--no-audit", "--no-fund", "--silent"]
    subprocess.run([*command, str(built["streamsite-client-1.0.0.tgz"])], cwd=folder, check=True)
    return folder


@dataclass
class Workplace:
    """What an example finds in its folder, a film and folders of them, and an account of its own."""

    site: Stack
    folder: Path
    username: str

    def adapt(self, example: str) -> str:
        """Return an example for this site and account."""
        return example.replace(WRITTEN_SITE, self.site.url).replace("ann-b", self.username)


@pytest.fixture
def workplace(site: Stack, tmp_path: Path, request: pytest.FixtureRequest) -> Workplace:
    username = request.node.name.removeprefix("test_the_").replace("_", "-")
    Caller(site).sign_up(username)
    clip = make_clip(tmp_path / "film.mp4", 3, (320, 180), 15)
    for name in ("videos", "inbox"):
        (tmp_path / name).mkdir()
        shutil.copy(clip, tmp_path / name / f"{name}.mp4")
    return Workplace(site, tmp_path, username)


def run(command: list[str], folder: Path, environment: dict[str, str]) -> str:
    done = subprocess.run(
        command,
        cwd=folder,
        env={"HOME": str(folder), "PATH": os.environ["PATH"]} | environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_each_package_has_what_a_reader_and_a_type_checker_need(built):
    assert sorted(built) == [
        "streamsite-client-1.0.0.tgz",
        "streamsite_client-1.0.0-py3-none-any.whl",
        "streamsite_client-1.0.0.tar.gz",
        "yt_dlp_streamsite-1.0.0-py3-none-any.whl",
        "yt_dlp_streamsite-1.0.0.tar.gz",
    ]
    with zipfile.ZipFile(built["streamsite_client-1.0.0-py3-none-any.whl"]) as wheel:
        names = set(wheel.namelist())
        metadata = wheel.read("streamsite_client-1.0.0.dist-info/METADATA").decode()
    modules = {
        path.relative_to(client_packages.CLIENTS / "python" / "src").as_posix()
        for path in (client_packages.CLIENTS / "python" / "src").rglob("*.py")
    }
    assert modules <= names
    assert {"streamsite_client/py.typed", "streamsite_client-1.0.0.dist-info/licenses/LICENSE"} <= names
    assert "License-Expression: AGPL-3.0-or-later" in metadata
    assert "Requires-Dist: httpx" in metadata
    with tarfile.open(built["streamsite-client-1.0.0.tgz"]) as archive:
        packed = {name.removeprefix("package/") for name in archive.getnames()}
    sources = {f"src/{path.name}" for path in (client_packages.CLIENTS / "js" / "src").glob("*.js")}
    types = {name.replace("src/", "types/").replace(".js", ".d.ts") for name in sources}
    assert packed == {"package.json", "LICENSE", "README.md"} | sources | types


def test_versions_in_the_guide_are_those_of_the_packages():
    python = tomllib.loads((client_packages.CLIENTS / "python" / "pyproject.toml").read_text())["project"]
    plugin = tomllib.loads((client_packages.CLIENTS / "yt-dlp-streamsite" / "pyproject.toml").read_text())
    package = json.loads((client_packages.CLIENTS / "js" / "package.json").read_text())
    versions = [python["version"], python["version"], package["version"], plugin["project"]["version"]]
    table = GUIDE.partition("## Clients in this repository")[2].partition("###")[0]
    assert re.findall(r"/` \| (\S+) \|", table) == versions


def test_the_python_package_is_typed(environment, tmp_path):
    (tmp_path / "consumer.py").write_text(TYPED)
    command = [
        sys.executable,
        "-m",
        "mypy",
        "--strict",
        "--warn-unused-ignores",
        "--cache-dir",
        str(tmp_path / "c"),
    ]
    run([*command, "consumer.py"], tmp_path, {"MYPYPATH": environment["PYTHONPATH"]})


def test_the_javascript_package_is_typed(module):
    (module / "consumer.mts").write_text(CONSUMER)
    compiler = npm.installed(client_packages.CLIENTS / "js") / "typescript" / "bin" / "tsc"
    options = [
        "--noEmit",
        "--strict",
        "--target",
        "es2022",
        "--module",
        "nodenext",
        "--lib",
        "es2022,dom,dom.iterable",
    ]
    run([NODE, str(compiler), *options, "--types", "", "consumer.mts"], module, {})


def test_the_python_examples_run(environment, workplace):
    sync, asynchronous = map(workplace.adapt, blocks("python"))
    printed = run([sys.executable, "-c", sync], workplace.folder, environment)
    assert "100 %" in printed
    assert "already_in_playlist" in printed
    assert f"{workplace.username} The first one" in printed
    assert "ready A film" in run([sys.executable, "-c", asynchronous], workplace.folder, environment)


def test_the_javascript_example_runs(module, workplace):
    shutil.copytree(module / "node_modules", workplace.folder / "node_modules")
    (workplace.folder / "example.mjs").write_text(workplace.adapt(blocks("js")[0]))
    printed = run([NODE, "example.mjs"], workplace.folder, {})
    assert "100 %" in printed
    assert "already_in_playlist" in printed
    assert f"{workplace.username} The first one" in printed


def test_the_commands_run(site, environment, workplace):
    (script,) = (block for block in blocks("sh") if "streamsite login" in block)
    login, *others = workplace.adapt(script).splitlines()
    # At a terminal the password is asked for.
    lines = [f"echo '{PASSWORD}' | {login} --password-stdin", *others]
    printed = run(["bash", "-e", "-c", "\n".join(lines)], workplace.folder, environment)
    assert f"{workplace.username} on {site.url}" in printed
    assert printed.count("upload  videos.mp4") == 2
    assert "imported  inbox.mp4" in printed
    with Client(site.url) as eye:
        eye.account.sign_in(workplace.username, PASSWORD)
        files = sorted(row["title"].lower() for row in eye.videos.mine())
    assert files == ["a film", "inbox", "videos"]
    command = Command(site, workplace.folder)
    assert command.run("whoami", "--site", site.url).returncode == 4, "signed out"


def test_the_help_names_every_command(environment, tmp_path):
    text = run(["streamsite", "--help"], tmp_path, environment)
    described = set(re.findall(r"^\| `(\w[\w-]*)", GUIDE.partition("### The command")[2], re.MULTILINE))
    assert {"login", "upload", "import", "watch-folder", "ls", "download"} <= described
    assert [name for name in [*described, "whoami"] if name not in text and name.isalpha()] == []


def test_the_clients_and_the_site_do_not_import_each_other():
    site = re.compile(
        r"^\s*(?:from|import) (?:streamsite|accounts|videos|playlists|subscriptions|tests|django)\b",
        re.MULTILINE,
    )
    client = re.compile(r"^\s*(?:from|import) streamsite_client\b", re.MULTILINE)
    sources = list(client_packages.CLIENTS.rglob("*.py"))
    assert len(sources) > 30
    assert [path for path in sources if site.search(path.read_text())] == []
    apps = ("streamsite", "accounts", "videos", "playlists", "subscriptions", "demo", "script", "bench")
    ours = [path for app in apps for path in (ROOT / app).rglob("*.py")]
    assert [path for path in ours if client.search(path.read_text())] == []
