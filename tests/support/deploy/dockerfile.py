"""``deploy/Dockerfile`` as stages: what each begins with, copies and runs, and what the image says of itself."""

from __future__ import annotations

import json
import re
import shlex
from dataclasses import dataclass, field

from tests.support.deploy.containers import PATH
from tests.support.deploy.files import DEPLOY


@dataclass
class Stage:
    """One stage. ``steps`` are its instructions in order, as pairs of name and text, without those of the dicts."""

    name: str
    base: str
    steps: list[tuple[str, str]] = field(default_factory=list)
    arguments: dict[str, str] = field(default_factory=dict)
    environment: dict[str, str] = field(default_factory=dict)
    labels: dict[str, str] = field(default_factory=dict)

    @property
    def directory(self) -> str:
        """Where its commands run."""
        return dict(self.steps)["WORKDIR"]

    def told(self, name: str) -> str:
        """Return the text of the only instruction ``name``."""
        (found,) = [text for step, text in self.steps if step == name]
        return found


@dataclass(frozen=True)
class Image:
    """The image: all stages, of which the last one is what runs."""

    stages: tuple[Stage, ...]

    @property
    def last(self) -> Stage:
        """The stage that becomes the image."""
        return self.stages[-1]

    @property
    def environment(self) -> dict[str, str]:
        """Variables of its containers."""
        return self.last.environment

    @property
    def directory(self) -> str:
        """Where its command runs."""
        return self.last.directory

    @property
    def user(self) -> int:
        """The number of the user that its command runs as."""
        return int(self.last.told("USER").partition(":")[0])

    @property
    def command(self) -> tuple[str, ...]:
        """What it runs by itself."""
        return tuple(json.loads(self.last.told("CMD")))

    @property
    def probe(self) -> tuple[str, ...]:
        """The command of its health check."""
        return tuple(json.loads(self.last.told("HEALTHCHECK").partition(" CMD ")[2]))


def parse_dockerfile() -> Image:
    """Return what the Dockerfile says, ``$PATH`` being that of a container without an image."""
    text = re.sub(r"\\\n", " ", (DEPLOY / "Dockerfile").read_text(encoding="utf-8"))
    defaults: dict[str, str] = {}
    stages: list[Stage] = []
    for line in text.splitlines():
        if not line or line.startswith("#"):
            continue
        name, _, rest = line.partition(" ")
        if name == "FROM":
            base, _, called = rest.partition(" AS ")
            stages.append(Stage(called, _filled(base, defaults)))
        elif name == "ARG":
            (stages[-1].arguments if stages else defaults).update(_pairs(rest))
        elif name == "ENV":
            stages[-1].environment.update(_pairs(rest, PATH=PATH))
        elif name == "LABEL":
            stages[-1].labels.update(_pairs(rest, **stages[-1].arguments))
        else:
            stages[-1].steps.append((name, rest.strip()))
    return Image(tuple(stages))


def _pairs(text: str, **variables: str) -> dict[str, str]:
    words = (word.partition("=") for word in shlex.split(text))
    return {name: _filled(value, variables) for name, _, value in words}


def _filled(text: str, variables: dict[str, str]) -> str:
    return re.sub(r"\$\{?(\w+)\}?", lambda found: variables[found[1]], text)
