"""Type in motion: words that arrive and leave, one large letter, and numbers that count in two languages."""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import cache
from random import Random

from PIL import Image, ImageDraw

from . import canvas
from .canvas import Size

SAYINGS = (
    ("SLOW", "down a little."),
    ("LOOK", "at one thing twice."),
    ("KEEP", "the window open."),
    ("LET", "the kettle sing."),
    ("STAY", "for the last song."),
)
GROUNDS = canvas.colors("f2efe6 10233f f25c3d f6c445 17695a")
INKS = canvas.colors("161616 f4e9d2 fff3e6 1d1a12 f3f0dd")
COUNTS = (
    *(("one", "uno"), ("two", "due"), ("three", "tre"), ("four", "quattro"), ("five", "cinque")),
    *(("six", "sei"), ("seven", "sette"), ("eight", "otto"), ("nine", "nove"), ("ten", "dieci")),
)


def words(size: Size, fps: int, seconds: float, seed: str) -> Iterator[Image.Image]:
    """Set five short sentences, each on its own ground."""
    width, height = size
    each = seconds / len(SAYINGS)
    for number in range(round(fps * seconds)):
        moment = number / fps
        index = min(int(moment / each), len(SAYINGS) - 1)
        age = moment - index * each
        picture = Image.new("RGB", size, GROUNDS[index - 1] if index else GROUNDS[-1])
        sweep = canvas.ease(age / 0.55)
        draw = ImageDraw.Draw(picture)
        draw.rectangle((0, 0, width * sweep, height), fill=GROUNDS[index])
        big, small = SAYINGS[index]
        left, leaving = width * 0.09, canvas.ease((age - each + 0.35) / 0.35)
        for place, letter in enumerate(big):
            shown = canvas.ease((age - 0.25 - place * 0.09) / 0.45)
            rise = (1 - shown) * height * 0.16 - leaving * height * 0.1
            base = left, height * 0.56 + rise + math.sin(age * 2 + place) * height * 0.008
            canvas.write(
                picture,
                base,
                letter,
                height // 3,
                INKS[index],
                weight=height // 90,
                opacity=shown * (1 - leaving),
            )
            left += canvas.letters(letter, height // 3, height // 90).width + width * 0.014
        shown = canvas.ease((age - 0.75) / 0.5) * (1 - leaving)
        canvas.write(picture, (width * 0.095, height * 0.76), small, height // 11, INKS[index], opacity=shown)
        rule = width * 0.81 * canvas.ease((age - 0.6) / (each - 1))
        draw.rectangle((width * 0.095, height * 0.84, width * 0.095 + rule, height * 0.846), fill=INKS[index])
        yield picture


def alphabet(size: Size, fps: int, seconds: float, seed: str) -> Iterator[Image.Image]:
    """Show one letter after another, cut from turning stripes, for upright screens."""
    rng = Random(seed)
    width, height = size
    chosen = "STREAMSITE"
    each = seconds / len(chosen)
    pairs = canvas.colors("ff6b4a ffd166 06d6a0 4cc9f0 b388ff f72585")
    side = math.ceil(math.hypot(width, height) / 2) * 2
    turns = [rng.uniform(-1, 1) for _ in chosen]
    for number in range(round(fps * seconds)):
        moment = number / fps
        index = min(int(moment / each), len(chosen) - 1)
        age = (moment - index * each) / each
        back, front = canvas.color("14121f"), pairs[index % len(pairs)]
        other = pairs[(index + 2) % len(pairs)]
        stripes = Image.new("RGB", (side // 2, side // 2), front)
        draw = ImageDraw.Draw(stripes)
        for row in range(0, side // 2 + 40, 22):
            draw.rectangle((0, row - moment * 26 % 22, side // 2, row - moment * 26 % 22 + 10), fill=other)
        turned = stripes.rotate(28 * turns[index] + moment * 9, expand=False).resize((side, side))
        turned = turned.crop(
            ((side - width) // 2, (side - height) // 2, (side + width) // 2, (side + height) // 2)
        )
        picture = Image.new("RGB", size, back)
        letter = canvas.letters(chosen[index], round(width * 1.05), width // 24)
        scale = 0.72 + 0.28 * canvas.ease(age * 5) + 0.04 * age
        letter = letter.resize((max(round(letter.width * scale), 1), max(round(letter.height * scale), 1)))
        mask = Image.new("L", size, 0)
        mask.paste(letter, ((width - letter.width) // 2, (height - letter.height) // 2))
        picture.paste(turned, (0, 0), canvas.faded(mask, min(age * 6, (1 - age) * 8, 1)))
        canvas.write(
            picture,
            (width / 2, height * 0.93),
            f"{index + 1} / {len(chosen)}",
            width // 18,
            (150, 146, 170),
            centered=True,
        )
        yield picture


@cache
def _disc(diameter: int) -> Image.Image:
    mask = Image.new("L", (diameter * 2, diameter * 2), 0)
    ImageDraw.Draw(mask).ellipse((0, 0, diameter * 2 - 1, diameter * 2 - 1), fill=255)
    return mask.resize((diameter, diameter), Image.Resampling.LANCZOS)


def counting(size: Size, fps: int, seconds: float, seed: str) -> Iterator[Image.Image]:
    """Count from one to ten in English and Italian, with as many dots."""
    width, height = size
    each = seconds / len(COUNTS)
    inks = canvas.colors("ff7b54 ffb26b 3fc1a0 4d96ff 9b72ff")
    for number in range(round(fps * seconds)):
        moment = number / fps
        index = min(int(moment / each), len(COUNTS) - 1)
        age = (moment - index * each) / each
        picture = Image.new("RGB", size, canvas.color("fbf7ef"))
        ink, dark = inks[index % len(inks)], canvas.color("262033")
        bounce = canvas.ease(age * 4) * (1 + 0.12 * math.sin(min(age * 9, math.pi)))
        disc = _disc(max(round(height * 0.5 * max(bounce, 0.05)), 4))
        center = width * 0.26, height * 0.47
        picture.paste(ink, (round(center[0] - disc.width / 2), round(center[1] - disc.height / 2)), disc)
        canvas.write(
            picture, center, str(index + 1), height // 4, (255, 255, 255), weight=height // 120, centered=True
        )
        english, italian = COUNTS[index]
        canvas.write(
            picture,
            (width * 0.48, height * 0.46),
            english,
            height // 6,
            dark,
            weight=2,
            opacity=canvas.ease(age * 5),
        )
        canvas.write(
            picture,
            (width * 0.48, height * 0.64),
            italian,
            height // 8,
            ink,
            weight=1,
            opacity=canvas.ease(age * 5 - 0.8),
        )
        for place in range(10):
            on = place < index or (place == index and age > 0.15)
            dot = _disc(height // 22)
            tint = inks[place % len(inks)] if on else canvas.color("e6dfd0")
            picture.paste(tint, (round(width * (0.14 + 0.0755 * place)), round(height * 0.85)), dot)
        yield picture
