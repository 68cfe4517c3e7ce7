"""Where the tokens of a session are kept between calls, threads and processes."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Protocol


@dataclass(frozen=True)
class Tokens:
    """The tokens of a session. ``expires_at`` is when the access token ends, in seconds since 1970."""

    access: str = field(repr=False)
    refresh: str = field(repr=False)
    expires_at: float
    session_id: str = ""


class TokenStore(Protocol):
    """A place for the tokens of one session. What it raises reaches the caller."""

    def load(self) -> Tokens | None:
        """Return the tokens, or ``None`` when nobody is signed in."""

    def save(self, tokens: Tokens) -> None:
        """Replace the tokens. They must outlive a crash that follows."""

    def clear(self) -> None:
        """Forget the tokens."""

    def lock(self) -> AbstractContextManager[None]:
        """Return a context in which no other user of the place refreshes."""


class MemoryStore:
    """Keeps tokens as long as the process lives."""

    def __init__(self, tokens: Tokens | None = None) -> None:
        self._tokens = tokens

    def load(self) -> Tokens | None:
        return self._tokens

    def save(self, tokens: Tokens) -> None:
        self._tokens = tokens

    def clear(self) -> None:
        self._tokens = None

    def lock(self) -> AbstractContextManager[None]:
        return nullcontext()


class FileStore:
    """Keeps tokens in a file that only its owner can read (mode 0600). Processes that share it refresh one by one."""

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = Path(path)

    def load(self) -> Tokens | None:
        content = read_json(self.path)
        try:
            return Tokens(**content) if content else None
        except TypeError:
            return None

    def save(self, tokens: Tokens) -> None:
        write_private(self.path, asdict(tokens))

    def clear(self) -> None:
        self.path.unlink(missing_ok=True)

    def lock(self) -> AbstractContextManager[None]:
        return locked(self.path)


def read_json(path: Path) -> dict[str, Any]:
    """Return the object in a file; empty when the file is missing or holds something else."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}


def write_private(path: Path, content: object) -> None:
    """Replace a file by ``content`` as JSON, at once and readable by its owner alone."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    # mkstemp makes files of mode 0600.
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as target:
            json.dump(content, target, indent=1)
            target.flush()
            os.fsync(target.fileno())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


@contextmanager
def locked(path: Path, *, is_waiting: bool = True) -> Iterator[None]:
    """Hold the lock of a file, which is another file beside it. Raises ``BlockingIOError`` instead of waiting."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    # A link there may be somebody's trap.
    flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0)
    handle = os.open(f"{path}.lock", flags, 0o600)
    try:
        _lock(handle, is_waiting=is_waiting)
        yield
    finally:
        os.close(handle)  # which ends the lock


def _lock(handle: int, *, is_waiting: bool) -> None:
    try:
        import fcntl
    except ImportError:  # Windows
        import msvcrt  # type: ignore[import-not-found,unused-ignore]

        mode = msvcrt.LK_LOCK if is_waiting else msvcrt.LK_NBLCK  # type: ignore[attr-defined,unused-ignore]
        msvcrt.locking(handle, mode, 1)  # type: ignore[attr-defined,unused-ignore]
    else:
        fcntl.flock(handle, fcntl.LOCK_EX if is_waiting else fcntl.LOCK_EX | fcntl.LOCK_NB)
