"""Render a score to a WAV file: four instruments, each note computed once, mixed by the standard library."""

from __future__ import annotations

import math
import wave
from array import array
from collections.abc import Sequence
from functools import cache
from operator import add
from pathlib import Path
from random import Random

from .scores import Note

RATE = 24_000
# Partials as multiple of the pitch, strength, and seconds until half is gone.
BOX = ((1.0, 1.0, 0.55), (2.0, 0.35, 0.3), (4.02, 0.4, 0.14))
KEYS = ((1.0, 1.0, 0.7), (2.003, 0.5, 0.45), (3.01, 0.22, 0.3), (4.03, 0.14, 0.2))
PAD = ((0.997, 0.6, 9.0), (1.003, 0.6, 9.0), (2.0, 0.22, 9.0))


def render(notes: Sequence[Note], seconds: float, target: Path) -> None:
    """Write the notes as 16-bit mono sound that fades out at its end."""
    total = round(seconds * RATE)
    mixed = array("f", bytes(4 * total))
    for note in notes:
        begin = round(note.start * RATE)
        length = round(note.length, 1) if note.instrument == "pad" else 0.0
        tone = _tone(note.instrument, note.pitch, length, round(note.loudness * 2.5) / 2.5)
        end = min(begin + len(tone), total)
        mixed[begin:end] = array("f", map(add, mixed[begin:end], tone[: end - begin]))
    loudest = max(max(mixed, default=0.0), -min(mixed, default=0.0), 0.001)
    fade, scale = RATE * 1.2, 23_000 / loudest
    samples = array(
        "h", (int(value * scale * min(1.0, (total - place) / fade)) for place, value in enumerate(mixed))
    )
    with wave.open(str(target), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(RATE)
        out.writeframes(samples.tobytes())


@cache
def _tone(instrument: str, pitch: int, length: float, loudness: float) -> array[float]:
    """Return the samples of one note."""
    frequency = 440.0 * 2 ** ((pitch - 69) / 12)
    if instrument == "pluck":
        return _pluck(frequency, loudness)
    if instrument == "pad":
        return _partials(frequency, PAD, length + 0.8, loudness, attack=0.7, release=0.9)
    partials = BOX if instrument == "box" else KEYS
    return _partials(frequency, partials, 1.6, loudness, attack=0.004, release=0.4)


def _partials(
    frequency: float,
    partials: Sequence[tuple[float, float, float]],
    seconds: float,
    loudness: float,
    *,
    attack: float,
    release: float,
) -> array[float]:
    """Return a sum of decaying sines, each by one multiplication per sample (a rotating complex number)."""
    count = round(seconds * RATE)
    result = array("f", bytes(4 * count))
    for multiple, strength, half in partials:
        if frequency * multiple > RATE * 0.45:
            continue
        decay = 0.5 ** (1 / (half * RATE))
        turn = complex(
            math.cos(math.tau * frequency * multiple / RATE), math.sin(math.tau * frequency * multiple / RATE)
        )
        turn, value = turn * decay, complex(strength * loudness, 0)
        part = array("f", bytes(4 * count))
        for place in range(count):
            part[place] = value.imag
            value *= turn
        result = array("f", map(add, result, part))
    rise, fall = max(round(attack * RATE), 1), max(round(release * RATE), 1)
    for place in range(min(rise, count)):
        result[place] *= place / rise
    for place in range(min(fall, count)):
        result[count - 1 - place] *= place / fall
    return result


def _pluck(frequency: float, loudness: float) -> array[float]:
    """Return a plucked string: noise that runs in a loop and is smoothed at every round (Karplus and Strong)."""
    period, rng = max(round(RATE / frequency), 2), Random(round(frequency))
    loop = [rng.uniform(-1, 1) for _ in range(period)]
    loop = [(a + b) / 2 for a, b in zip(loop, loop[-1:] + loop[:-1], strict=True)]
    rounds, samples = max(round(1.6 * RATE / period), 1), array("f")
    for _ in range(rounds):
        samples.extend(value * loudness * 1.6 for value in loop)
        loop = [0.4975 * (a + b) for a, b in zip(loop, loop[1:] + loop[:1], strict=True)]
    for place in range(min(2400, len(samples))):
        samples[-1 - place] *= place / 2400
    return samples
