"""Steps that operations are made of: what is sent, read, and waited for, without saying by which kind of client.

An operation is a generator (a ``Flow``) that yields steps and is sent their results. ``Client`` performs the steps in
the calling thread and ``AsyncClient`` in the event loop, so that both do exactly the same.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, Protocol, TypeAlias, TypeVar

T = TypeVar("T")
REPEATABLE_METHODS = frozenset({"GET", "HEAD", "PUT", "DELETE"})
Parameter: TypeAlias = str | int | float | bool | None
# Name, content and media type of a form's file.
FormFile: TypeAlias = tuple[str, bytes, str]


@dataclass(frozen=True)
class Request:
    """A call of the API, or of a file that it names.

    ``path`` is below ``/api/v1/``, or a whole URL. ``key`` is the Idempotency-Key of a ``POST`` that creates. Only an
    ``is_authorized`` request carries the caller's token.
    """

    method: str
    path: str
    params: Mapping[str, Parameter] = field(default_factory=dict)
    json: object = None
    content: bytes | None = None
    files: Mapping[str, FormFile] | None = None
    form: Mapping[str, str] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    key: str = ""
    is_authorized: bool = True

    @property
    def is_repeatable(self) -> bool:
        """True when the request is safe to repeat."""
        if self.method == "PATCH":
            return self.json is not None and "If-Match" not in self.headers
        return self.method in REPEATABLE_METHODS or bool(self.key)


@dataclass(frozen=True)
class Answer:
    """Status, headers (names in lower case) and content of a response."""

    status: int
    headers: Mapping[str, str]
    content: bytes


class Receiver(Protocol):
    """A destination of a body that is too large for memory."""

    def begin(self, status: int, headers: Mapping[str, str]) -> bool:
        """Take the head of the response; return whether the body is wanted here (else it is in the answer)."""

    def write(self, chunk: bytes) -> None:
        """Take the next bytes."""


@dataclass(frozen=True)
class Send:
    """Send a request with ``headers`` added; the result is an ``Answer``. Raises ``NetworkError``."""

    request: Request
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Receive:
    """Send a request and give the body to ``receiver``; the result is an ``Answer`` without that body."""

    request: Request
    receiver: Receiver


@dataclass(frozen=True)
class Sleep:
    """Wait some seconds."""

    seconds: float


@dataclass(frozen=True)
class Work:
    """Call something that may block, such as reading a file; the result is what it returns."""

    call: Callable[[], object]


@dataclass(frozen=True)
class Exclusive:
    """Run a flow while no other caller, thread or process with the same token store runs one."""

    flow: Generator[Any, Any, Any]


Step: TypeAlias = Send | Receive | Sleep | Work | Exclusive
Flow: TypeAlias = Generator[Step, Any, T]


class Run(Generic[T]):
    """A flow in progress: the next ``step``, or ``None`` and the ``result``."""

    step: Step | None
    result: T

    def __init__(self, flow: Flow[T]) -> None:
        self._flow = flow
        self._advance(lambda: next(flow))

    def succeed(self, value: object) -> None:
        """Go on with the result of the step."""
        self._advance(lambda: self._flow.send(value))

    def fail(self, error: BaseException) -> None:
        """Go on with the error of the step, which the flow may handle."""
        self._advance(lambda: self._flow.throw(error))

    def _advance(self, resume: Callable[[], Step]) -> None:
        try:
            self.step = resume()
        except StopIteration as stop:
            self.step, self.result = None, stop.value
