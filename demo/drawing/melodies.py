"""Pictures for music: lamps that breathe at night, and notes that fall onto keys."""

from __future__ import annotations

import math
from collections.abc import Iterator
from random import Random

from PIL import Image, ImageDraw

from . import canvas, scores
from .canvas import Size


def lamps(size: Size, fps: int, seconds: float, seed: str) -> Iterator[Image.Image]:
    """Draw colored lamps that float and breathe in the dark."""
    rng = Random(seed)
    width, height = size
    back = canvas.gradient(size, canvas.colors("0d0b1e 1a1236 2a1746 120c24"))
    tints = canvas.colors("ffb35c ff7a6b ff5fa2 9b6bff 5cc8ff ffd98a")
    lights = [
        (
            rng.random(),
            rng.random(),
            rng.uniform(0.08, 0.3),
            rng.choice(tints),
            rng.uniform(0.3, 1.0),
            rng.uniform(0, math.tau),
        )
        for _ in range(26)
    ]
    for number in range(round(fps * seconds)):
        moment = number / fps
        picture = back.copy()
        for x, y, large, tint, speed, phase in lights:
            rise = (y - moment * 0.02 * speed) % 1.2 - 0.1
            breath = 0.45 + 0.4 * math.sin(moment * speed * 1.7 + phase)
            place = width * (x + 0.03 * math.sin(moment * speed + phase)), height * rise
            diameter = round(min(size) * large * 2.4) // 8 * 8 + 8
            shown = canvas.faded(canvas.glow(diameter, 1.6), breath)
            picture.paste(tint, (round(place[0] - diameter / 2), round(place[1] - diameter / 2)), shown)
            core = diameter // 7
            canvas.shine(picture, place, core, canvas.mix(tint, (255, 255, 255), 0.6), 0.4)
        yield picture


def keys(size: Size, fps: int, seconds: float, seed: str) -> Iterator[Image.Image]:
    """Let the notes of the clip's own music fall onto a keyboard."""
    width, height = size
    notes = scores.compose("keys", seed, seconds)
    low, high = min(note.pitch for note in notes) - 3, max(note.pitch for note in notes) + 3
    slot, floor, fall = width / (high - low + 1), height * 0.82, height / 3.2
    back = canvas.gradient(size, canvas.colors("10131f 171c30 222948"))
    tints = canvas.colors("5ee7df 6fb1ff b490f5 ff8fb8 ffc46b")
    for number in range(round(fps * seconds)):
        moment = number / fps
        picture = back.copy()
        draw = ImageDraw.Draw(picture)
        for pitch in range(low, high + 2, 2):
            x = (pitch - low) * slot
            draw.line((x, 0, x, floor), fill=(30, 37, 62))
        sounding: dict[int, float] = {}
        for note in notes:
            head = floor - (note.start - moment) * fall
            tail = head - max(note.length * 0.85, 0.12) * fall
            if head < -10 or tail > floor:
                continue
            x, tint = (note.pitch - low) * slot, tints[note.pitch % len(tints)]
            shade = tint if head < floor else canvas.mix(tint, (255, 255, 255), 0.5)
            draw.rounded_rectangle((x + 2, tail, x + slot - 2, min(head, floor)), radius=5, fill=shade)
            if head >= floor:
                sounding[note.pitch] = 1 - (head - floor) / (floor - tail + head - floor + 1)
        for pitch in range(low, high + 1):
            x, is_black = (pitch - low) * slot, pitch % 12 in {1, 3, 6, 8, 10}
            ink = canvas.color("0b0d16") if is_black else canvas.color("eef0f7")
            if pitch in sounding:
                tint = tints[pitch % len(tints)]
                ink = canvas.mix(ink, tint, 0.85)
                canvas.shine(picture, (x + slot / 2, floor), round(slot * 5) // 2 * 2, tint, 2.4)
            draw.rectangle(
                (x + 1, floor + 2, x + slot - 1, floor + (height - floor) * (0.6 if is_black else 1)),
                fill=ink,
            )
        yield picture
