"""What tests of ``clients/`` share: a clip, tokens as they are when time has passed, and the command as a process."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import jwt
from streamsite_client import FileStore, Tokens

from tests.support.guide_people import resigner
from tests.support.http_client import PASSWORD
from tests.support.stack import ROOT, Stack

SOURCES = ROOT / "clients" / "python" / "src"
CHUNK = 32 * 1024


def generation(token: str) -> int:
    """Return how often the session of a refresh token was refreshed before."""
    return int(jwt.decode(token, options={"verify_signature": False})["gen"])


def age(site: Stack, store: FileStore, *, is_known: bool) -> Tokens:
    """Let the access token of a store be an expired one, which the client may know by ``expires_at`` or not."""
    tokens = store.load()
    assert tokens is not None
    now = int(time.time())
    access = resigner(site)(tokens.access, iat=now - 700, exp=now - 100)
    old = replace(tokens, access=access, expires_at=now - 100 if is_known else now + 500)
    store.save(old)
    return old


class Command:
    """The command ``streamsite`` of one person, with a home folder of its own."""

    def __init__(self, site: Stack, home: Path) -> None:
        self.site = site
        self.home = home
        self.environment = {
            **{name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ},
            "HOME": str(home),
            "PYTHONPATH": str(SOURCES),
            "PYTHONUTF8": "1",
        }

    def arguments(self, *words: str) -> list[str]:
        return [sys.executable, "-m", "streamsite_client.cli", *words]

    def start(self, *words: str, **how: Any) -> subprocess.Popen[str]:
        """Start the command without waiting for its end."""
        how = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE} | how
        environment = self.environment | how.pop("environment", {})
        return subprocess.Popen(self.arguments(*words), text=True, env=environment, cwd=self.home, **how)

    def run(self, *words: str, stdin: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
        """Run the command to its end."""
        return subprocess.run(
            self.arguments(*words),
            input=stdin,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
            env=self.environment | environment,
            cwd=self.home,
        )

    def json(self, *words: str, stdin: str = "") -> Any:
        """Return what the command prints with ``--json``."""
        done = self.run(*words, "--json", stdin=stdin)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def sign_in(self, username: str) -> None:
        done = self.run(
            "login", self.site.url, "--username", username, "--password-stdin", stdin=f"{PASSWORD}\n"
        )
        assert done.returncode == 0, done.stderr


def wait_for(condition: Callable[[], object], seconds: float = 60) -> None:
    """Return once ``condition`` holds."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.05)
