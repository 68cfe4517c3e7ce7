"""Numbers of one process that every other process of the host can read at any moment, also after a kill.

The files have the form of prometheus_client's, whose reader adds those of many processes up. Its writer maps them into
memory, and the kernel ends a process that touches such a page while the disk is full. Here a number is written by
``pwrite``: on a full disk that is an error, the number stays in memory, and nobody who watches a video notices.
"""

from __future__ import annotations

import os
import struct
from pathlib import Path
from threading import Lock

from prometheus_client.mmap_dict import MmapedDict, mmap_key

HEADER = struct.Struct("ii")
NUMBER = struct.Struct("dd")
LENGTH = struct.Struct("i")


class ValueFile:
    """One file: a header with its length in use, then names with their numbers. Not safe for several threads."""

    def __init__(self, path: Path) -> None:
        self._known: dict[str, tuple[int, float]] = {}
        self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        begun = os.pread(self._descriptor, HEADER.size, 0)
        if len(begun) < HEADER.size:
            begun = HEADER.pack(HEADER.size, 0)
            os.pwrite(self._descriptor, begun, 0)
        self._used: int = HEADER.unpack(begun)[0]
        # Of a process that had the same id.
        for key, value, _, place in MmapedDict.read_all_values_from_file(str(path)):  # type: ignore[no-untyped-call]
            self._known[key] = place, value

    def close(self) -> None:
        """Close the file; its numbers stay in it."""
        os.close(self._descriptor)

    def add(self, key: str) -> tuple[int, float]:
        """Return place and number of ``key``, which is added with 0 when it is not there. Raises ``OSError``."""
        found = self._known.get(key)
        if found is not None:
            return found
        name = key.encode()
        padded = name + b" " * (8 - (len(name) + LENGTH.size) % 8)
        entry = LENGTH.pack(len(name)) + padded + NUMBER.pack(0.0, 0.0)
        if os.pwrite(self._descriptor, entry, self._used) != len(entry):
            raise OSError("the disk is full")
        place = self._used + len(entry) - NUMBER.size
        # Readers look no further than this says, so the entry is whole when they see it.
        os.pwrite(self._descriptor, HEADER.pack(self._used + len(entry), 0), 0)
        self._used += len(entry)
        self._known[key] = place, 0.0
        return place, 0.0

    def write(self, place: int, value: float) -> None:
        """Write a number. Raises ``OSError``."""
        os.pwrite(self._descriptor, NUMBER.pack(value, 0.0), place)


class ValueFiles:
    """The files of this process in a folder, one for each type of metric; without a folder, numbers stay in memory."""

    def __init__(self) -> None:
        self.lock = Lock()
        self._folder: Path | None = None
        self._files: dict[str, ValueFile] = {}

    def use(self, folder: Path | None) -> None:
        """Write to ``folder`` from now on; with ``None`` to nowhere."""
        with self.lock:
            for file in self._files.values():
                file.close()
            self._files.clear()
            self._folder = folder

    def forget_parent(self) -> None:
        """Leave a parent's files alone, in the child of a fork."""
        self.lock = Lock()
        self._files, self._folder = {}, None

    def find(self, kind: str) -> ValueFile | None:
        """Return the file of a type, ``None`` without a folder. Raises ``OSError``. Holds no lock itself."""
        if self._folder is None:
            return None
        if kind not in self._files:
            self._files[kind] = ValueFile(self._folder / f"{kind}_{os.getpid()}.db")
        return self._files[kind]


FILES = ValueFiles()
os.register_at_fork(after_in_child=FILES.forget_parent)


class FileValue:
    """A number as prometheus_client's metrics have it. What cannot be written is counted in memory."""

    _multiprocess = True

    def __init__(  # prometheus_client calls it like this
        self,
        typ: str,
        metric_name: str,
        name: str,
        labelnames: tuple[str, ...],
        labelvalues: tuple[str, ...],
        help_text: str,
        multiprocess_mode: str = "",
        **other: object,
    ) -> None:
        self._kind = f"{typ}_{multiprocess_mode}" if typ == "gauge" else typ
        self._key = mmap_key(metric_name, name, list(labelnames), list(labelvalues), help_text)
        self._value = 0.0
        self._file: ValueFile | None = None
        self._place = 0
        with FILES.lock:
            self._write()

    def inc(self, amount: float) -> None:
        """Add ``amount``."""
        with FILES.lock:
            self._value += amount
            self._write()

    def set(self, value: float, timestamp: float | None = None) -> None:
        """Set the number."""
        with FILES.lock:
            self._value = value
            self._write()

    def get(self) -> float:
        """Return the number."""
        return self._value

    def set_exemplar(self, exemplar: object) -> None:
        """Do nothing: files hold no exemplars."""

    def get_exemplar(self) -> None:
        """Return ``None``."""

    def _write(self) -> None:
        try:
            if self._file is None:
                file = FILES.find(self._kind)
                if file is None:
                    return
                self._place, earlier = file.add(self._key)
                self._value += earlier
                self._file = file
            self._file.write(self._place, self._value)
        except OSError:
            return  # such as a full disk: the next change tries again
