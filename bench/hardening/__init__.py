"""Measurements under attack: one module per kind, each with a ``measure()`` that prints whether its limit holds."""

from __future__ import annotations

NAMES = ("hashing", "bodies", "readers", "partners")
failed: list[str] = []


def verdict(bar: str, *, passed: bool) -> None:
    """Print whether ``bar`` was met; a bar that was not makes the whole run end with exit code 1."""
    print(f"{'PASS' if passed else 'FAIL'}: {bar}", flush=True)
    if not passed:
        failed.append(bar)
