"""``script/test-rolling``: the last release and this code on one database, each reading what the other writes."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections import Counter
from pathlib import Path

from streamsite.mongo.server import EmbeddedMongo
from tests.rolling.journey import Journey
from tests.rolling.sides import ROOT, HistoryMissing, Side, environment_for, packages_of, unpack
from tests.support.clips import make_clip
from tests.support.scratch import temporary_folder

# The last release; a new one is named here when it is made.
RELEASE = "32f69d3"
NO_HISTORY = (
    "script/test-rolling: nothing was tested, because the last release {release} is not in this repository's history. "
    "Fetch it with 'git fetch --unshallow', or name another commit with --release."
)


def main() -> int:
    """Run everything; return 0 unless a call failed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--release", default=RELEASE)
    parser.add_argument("--same-packages", action="store_true")
    options = parser.parse_args()
    with temporary_folder(), tempfile.TemporaryDirectory(prefix="rolling-") as name:
        folder = Path(name)
        try:
            tree = unpack(options.release, folder / "release")
        except HistoryMissing:
            _say(NO_HISTORY.format(release=options.release))
            return 0
        python = sys.executable if options.same_packages else packages_of(tree)
        mongo = EmbeddedMongo(folder / "data")
        mongo.start()
        environment = environment_for(folder / "data", mongo.uri)
        old = Side("old", tree, python, environment, folder)
        new = Side("new", ROOT, sys.executable, environment, folder)
        try:
            return _walk(old, new, make_clip(folder / "clip.mp4", seconds=2))
        finally:
            for side in (old, new):
                side.stop()
            mongo.stop()


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def _walk(old: Side, new: Side, clip: Path) -> int:
    faults: list[str] = []
    # The database of the release is updated, the release is started on it again, and this code once more.
    for side in (old, new, old, new):
        made = side.manage("prepare", "--no-demo")
        if made.returncode:
            faults.append(f"{side.name}: prepare: {made.stderr[-600:]}")
    for side in (old, new):
        side.start()
    counts: Counter[str] = Counter()
    for journey in (Journey(old, new), Journey(new, old)):
        journey.write(clip)
        journey.read()
        journey.edit()
        journey.read()
        faults += journey.faults
        counts += journey.counts
    for side in (old, new):
        faults += [f"{side.name}: printed a traceback"] * side.output().count(
            "Traceback (most recent call last)"
        )
    for arguments, wanted in (
        (("reconcile", "--check"), 1),
        (("reconcile",), 0),
        (("reconcile", "--check"), 0),
    ):
        ran = new.manage(*arguments)
        _say(f"manage.py {' '.join(arguments)}: {ran.returncode}\n{ran.stdout.rstrip()}")
        if ran.returncode != wanted:
            faults.append(f"{' '.join(arguments)} ended with {ran.returncode}: {ran.stderr[-600:]}")
    for line, count in sorted(counts.items()):
        _say(f"{line}: {count} calls")
    for fault in faults:
        _say(f"FAULT {fault}")
    _say(f"{sum(counts.values())} calls, {len(faults)} faults")
    if faults:
        for side in (old, new):
            _say(f"--- the end of what {side.name} printed\n{side.output()[-3000:]}")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
