"""Calls of everything in the served OpenAPI document, by schemathesis, with bodies that it allows and forbids."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from tests.support.http_client import Caller
from tests.support.stack import ROOT, Stack

CHECKS = "not_a_server_error,status_code_conformance"


@dataclass(frozen=True)
class FuzzRun:
    """What came of it: schemathesis' exit code and what it printed."""

    code: int
    output: str

    @property
    def operations(self) -> tuple[int, int]:
        """The numbers of operations that the document has, and of those that were called."""
        return self._number("Selected"), self._number("Tested")

    @property
    def requests(self) -> int:
        """The number of requests that were judged."""
        return self._number("generated", before=True)

    @property
    def failures(self) -> str:
        """What failed, without the length of its bodies, and how it ended."""
        found = self.output.partition(" FAILURES ")[2].partition(" WARNINGS ")[0]
        return "\n".join(line[:400] for line in found.splitlines()[:120]) + self.output[-2_000:]

    def _number(self, word: str, *, before: bool = False) -> int:
        pattern = rf"([\d,]+) {word}" if before else rf"{word}: ([\d,]+)"
        found = re.search(pattern, self.output)
        return int(found[1].replace(",", "")) if found else 0


def fuzz(site: Stack, clip: Path, *, phases: str, examples: int, seconds: float) -> FuzzRun:
    """Sign two people up on a site without rate limits, give one of them everything, and call everything as them."""
    Caller(site).sign_up("fuzz-victim")
    known = furnish(Caller(site).sign_up("fuzz-caller"), clip)
    command = [
        *(sys.executable, "-m", "schemathesis.cli", "run", f"{site.url}/api/schema", "--url", site.url),
        *("--phases", phases, "--checks", CHECKS, "--max-examples", str(examples), "--workers", "2"),
        *("--generation-deterministic", "--no-color"),
        # It answers 501 for formats that it does not offer, as its standard has it: no fault of the server.
        *("--exclude-path", "/oembed"),
    ]
    hooks = {"SCHEMATHESIS_HOOKS": "tests.security.fuzz_hooks", "FUZZED_SITE": site.url}
    hooks["FUZZED_IDS"] = json.dumps(known)
    ran = subprocess.run(
        command,
        cwd=ROOT,
        env=os.environ | hooks,
        capture_output=True,
        text=True,
        timeout=seconds,
        check=False,
    )
    return FuzzRun(ran.returncode, ran.stdout)


def furnish(caller: Caller, clip: Path) -> dict[str, str]:
    """One of everything that has an id, by the name that the document gives it."""
    video = caller.wait(caller.upload(clip, visibility="public"), "ready")["id"]
    bodies: dict[str, tuple[str, dict[str, object]]] = {
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
