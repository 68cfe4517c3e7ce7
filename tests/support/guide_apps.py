"""The guide's own apps, started as a reader would start them: Express, FastAPI, and Django."""

from __future__ import annotations

import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

import requests

from streamsite.markdown_pages import WRITTEN_ORIGIN
from tests.support.node import NODE
from tests.support.stack import ROOT, free_port

PACKAGES = ROOT / "tests" / "clients" / "guide"
APPS = ("app.mjs", "fastapi_app.py", "django_app.py")
VERIFIERS = ("verifier.mjs", "fastapi_verifier.py", "django_verifier.py")
PAGE_FILES = ("session.mjs", "axios-client.mjs", "page.mjs", "public/index.html")
# How long the examples' verifiers keep the key set in tests of rotation, in place of minutes.
KEY_SET_SECONDS = 2
SHORTER = {
    'new URL("/.well-known/jwks.json", ISSUER))': (
        f'new URL("/.well-known/jwks.json", ISSUER), {{ cacheMaxAge: {KEY_SET_SECONDS}_000 }})'
    ),
    'jwks.json", timeout=5)': f'jwks.json", timeout=5, lifespan={KEY_SET_SECONDS})',
}
START_SECONDS = 60


@dataclass
class Workshop:
    """A folder with the guide's files and their packages, and the apps that run from it."""

    folder: Path
    files: dict[str, str]
    running: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def start(self, name: str, origin: str, *, short_lived: bool = False) -> str:
        """Start the file ``name`` against the site at ``origin``; return the app's own address."""
        port, code = free_port(), self.files[name].replace(WRITTEN_ORIGIN, origin)
        for written, shorter in SHORTER.items() if short_lived else ():
            code = code.replace(written, shorter)
        for written in ("3000", "3001"):
            code = code.replace(f'listen({written}, "localhost")', f'listen({port}, "localhost")')
        path = self.folder / f"{Path(name).stem}_{port}{Path(name).suffix}"
        path.write_text(code)
        with (self.folder / f"{path.name}.log").open("wb") as log:
            process = subprocess.Popen(_command(path, port), cwd=self.folder, stdout=log, stderr=log)
        self.running.append(process)
        url = f"http://localhost:{port}"
        _wait(url, process, self.folder / f"{path.name}.log")
        return url

    def build_page(self) -> None:
        """Bundle the React page into ``public``."""
        (self.folder / "public").mkdir(exist_ok=True)
        for name in PAGE_FILES:
            (self.folder / name).write_text(self.files[name])
        command = [NODE, "node_modules/esbuild/bin/esbuild", "page.mjs", "--bundle", "--minify"]
        command += ["--format=esm", "--outfile=public/page.js", "--log-level=warning"]
        done = subprocess.run(
            command, cwd=self.folder, capture_output=True, text=True, check=False, timeout=60
        )
        assert done.returncode == 0, done.stderr

    def stop(self) -> None:
        """End what was started."""
        for process in self.running:
            process.kill()
            process.wait(timeout=10)


def _command(path: Path, port: int) -> list[str]:
    if path.suffix == ".mjs":
        return [NODE, path.name]
    if path.stem.startswith("fastapi"):
        return [
            sys.executable,
            "-m",
            "uvicorn",
            f"{path.stem}:app",
            "--host",
            "localhost",
            "--port",
            str(port),
        ]
    return [sys.executable, path.name, "runserver", f"localhost:{port}", "--noreload"]


def _wait(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            requests.get(url, timeout=5)
        except requests.ConnectionError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError(f"{log.name}: the app did not start:\n{log.read_text()[-4000:]}")
