"""Compose the demo's music: chords from a table, a bass below, a melody that walks over them."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

# Steps of the major scale in half tones, and chord roots by its degrees.
SCALE = (0, 2, 4, 5, 7, 9, 11)
PENTATONIC = (0, 2, 4, 7, 9)


@dataclass(frozen=True)
class Style:
    """A style: beats per minute, key as a MIDI pitch, chord roots, instruments, and the melody's density."""

    tempo: int
    key: int
    chords: tuple[int, ...]
    lead: str
    ground: str
    density: float
    bass: bool = True


STYLES = {
    "dawn": Style(66, 60, (0, 5, 3, 4), "pluck", "pad", 0.45),
    "water": Style(58, 62, (5, 3, 0, 4), "box", "pad", 0.4, bass=False),
    "flock": Style(84, 57, (5, 0, 3, 4), "pluck", "pad", 0.6),
    "cells": Style(96, 59, (0, 0, 3, 5), "box", "pluck", 0.75),
    "type": Style(104, 60, (0, 3, 5, 4), "pluck", "pluck", 0.8),
    "box": Style(76, 67, (0, 4, 5, 3), "box", "box", 0.7, bass=False),
    "keys": Style(72, 60, (0, 5, 3, 4), "keys", "keys", 0.65),
    "night": Style(54, 55, (5, 3, 0, 0), "keys", "pad", 0.35),
    "lesson": Style(80, 64, (0, 3, 0, 4), "pluck", "keys", 0.3, bass=False),
    "count": Style(90, 65, (0, 3, 4, 0), "box", "pluck", 0.7),
    "count2": Style(90, 65, (0, 3, 4, 0), "keys", "pad", 0.7),
}


@dataclass(frozen=True)
class Note:
    """A note: seconds, a MIDI pitch, an instrument, and loudness up to 1."""

    start: float
    length: float
    pitch: int
    instrument: str
    loudness: float


def compose(name: str, seed: str, seconds: float) -> list[Note]:
    """Return the notes of a piece of this style, in the order of their starts."""
    style, rng = STYLES[name], Random(f"{seed} {name.rstrip('2')}")
    beat = 60 / style.tempo
    notes: list[Note] = []
    place, degree = 0.0, 2
    bar = 0
    while place < seconds - 1.5:
        root = style.chords[bar % len(style.chords)]
        chord = [style.key + _step(root + third) for third in (0, 2, 4)]
        notes += _ground(style, chord, place, beat)
        if style.bass:
            notes.append(
                Note(place, beat * 3.5, chord[0] - 24 if chord[0] > 62 else chord[0] - 12, "keys", 0.5)
            )
        for eighth in range(8):
            accent = 1.0 if eighth == 0 else 0.55 if eighth % 2 == 0 else 0.3
            if rng.random() > style.density * (0.55 + accent * 0.6):
                continue
            degree = min(max(degree + rng.choice((-2, -1, -1, 0, 1, 1, 2)), -2), 9)
            pitch = _melody_pitch(style, chord, degree, on_chord=eighth in {0, 4})
            start = place + eighth * beat / 2 + rng.uniform(0, 0.012)
            length = beat * rng.choice((0.5, 0.5, 1, 1.5))
            notes.append(Note(start, length, pitch, style.lead, 0.45 + accent * 0.35))
        place += beat * 4
        bar += 1
    final = [style.key + _step(third) for third in (0, 2, 4, 7)]
    notes += [Note(place + 0.12 * number, 2.0, pitch, style.lead, 0.5) for number, pitch in enumerate(final)]
    return sorted((note for note in notes if note.start < seconds - 0.3), key=lambda note: note.start)


def _step(degree: int) -> int:
    """Return the half tones of a degree of the major scale."""
    return SCALE[degree % 7] + 12 * (degree // 7)


def _ground(style: Style, chord: list[int], place: float, beat: float) -> list[Note]:
    """Return a bar of accompaniment: a held chord, or a broken one."""
    if style.ground == "pad":
        return [Note(place, beat * 4.2, pitch - 12, "pad", 0.3) for pitch in chord]
    order = (0, 1, 2, 1, 0, 1, 2, 1)
    return [
        Note(place + number * beat / 2, beat, chord[part] - 12, style.ground, 0.3 if number else 0.42)
        for number, part in enumerate(order)
    ]


def _melody_pitch(style: Style, chord: list[int], degree: int, *, on_chord: bool) -> int:
    pitch = style.key + PENTATONIC[degree % 5] + 12 * (degree // 5)
    if on_chord:
        pitch = min(
            (tone + octave for tone in chord for octave in (0, 12)), key=lambda tone: abs(tone - pitch)
        )
    return pitch
