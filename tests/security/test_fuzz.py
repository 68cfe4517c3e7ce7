"""The served OpenAPI document against the running site: nothing that it allows, or forbids, makes the server fail."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.http_client import Caller
from tests.support.profile import is_deep, walk
from tests.support.stack import Stack
from tests.tasks.conftest import ROOT

pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]
CHECKS = "not_a_server_error,status_code_conformance"


@pytest.fixture(scope="module")
def open_site(tmp_path_factory):
    """A site without rate limits, which would hide what is behind them."""
    stack = Stack(tmp_path_factory.mktemp("fuzzed"), STREAMSITE_THROTTLE_SCALE="100000")
    stack.start()
    yield stack
    stack.kill()


def test_no_request_makes_the_server_fail_or_answer_what_is_not_documented(open_site, clip):
    Caller(open_site).sign_up("fuzz-victim")
    known = furnish(Caller(open_site).sign_up("fuzz-caller"), clip)
    command = [
        sys.executable,
        "-m",
        "schemathesis.cli",
        "run",
        f"{open_site.url}/api/schema",
        "--url",
        open_site.url,
    ]
    command += [
        "--phases",
        "coverage,fuzzing" if is_deep() else "fuzzing",
        "--checks",
        CHECKS,
        "--max-examples",
        str(walk(2, deep=30)),
        "--workers",
        "2",
    ]
    command += ["--generation-deterministic", "--no-color"]
    hooks = {"SCHEMATHESIS_HOOKS": "tests.security.fuzz_hooks", "FUZZED_SITE": open_site.url}
    hooks["FUZZED_IDS"] = json.dumps(known)
    ran = subprocess.run(
        command, cwd=ROOT, env=os.environ | hooks, capture_output=True, text=True, timeout=360
    )
    assert ran.returncode == 0, failures(ran.stdout) + open_site.output()[-6_000:]
    selected, tested = (int(re.search(rf"{word}: (\d+)", ran.stdout)[1]) for word in ("Selected", "Tested"))
    assert tested == selected > 70


def failures(output: str) -> str:
    """Return what failed, without the length of its bodies, and how it ended."""
    found = output.partition(" FAILURES ")[2].partition(" WARNINGS ")[0]
    return "\n".join(line[:400] for line in found.splitlines()[:120]) + output[-2_000:]


def furnish(caller: Caller, clip: Path) -> dict[str, str]:
    """One of everything that has an id, by the name that the document gives it."""
    video = caller.wait(caller.upload(clip, visibility="public"), "ready")["id"]
    bodies = {
        "caption_id": (
            f"/videos/{video}/captions",
            {"language": "en", "text": "WEBVTT\n\n00:01.000 --> 00:02.000\nHi"},
        ),
        "link_id": (f"/videos/{video}/share-links", {}),
        "playlist_id": ("/playlists", {"title": "A list", "video_ids": [video]}),
        "comment_id": (f"/videos/{video}/comments", {"text": "Hello"}),
        "post_id": ("/posts", {"text": "News"}),
        "token_id": ("/auth/api-tokens", {"name": "script", "scopes": ["read"]}),
    }
    known = {"video_id": video, "username": "fuzz-victim"}
    for name, (path, body) in bodies.items():
        status, made = caller.json("POST", f"/api/v1{path}", body)
        assert status == 201, made
        known[name] = made["id"]
    _, items = caller.json("GET", f"/api/v1/playlists/{known['playlist_id']}/items")
    tus = {"Tus-Resumable": "1.0.0", "Upload-Length": "100000"}
    _, headers, _ = caller.call("POST", "/api/v1/uploads", None, tus)
    _, invite = caller.json("POST", f"/api/v1/playlists/{known['playlist_id']}/invites", {})
    known["invite_id"] = invite["id"]
    return known | {"item_id": items["results"][0]["id"], "upload_id": headers["location"].rsplit("/", 1)[1]}
