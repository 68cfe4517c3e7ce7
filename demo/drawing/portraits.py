"""Avatars, banners, and a post image for the demo's channels, as PNG files in memory."""

from __future__ import annotations

import io
import math
from collections.abc import Callable
from random import Random

from PIL import Image, ImageDraw

from . import canvas, creatures, landscapes, lettering, melodies, nature
from .canvas import Size

Frames = Callable[[Size, int, float, str], object]
# The drawing whose picture a banner shows, and the second of it.
BANNERS = {
    "peaks": (landscapes.ridges, 20, 13.4),
    "birds": (creatures.life, 20, 9.0),
    "type": (lettering.words, 20, 10),
    "lamps": (melodies.lamps, 10, 4.0),
    "lesson": (landscapes.aurora, 10, 3.0),
    "field": (nature.tide, 12, 6.0),
}


def avatar(kind: str, tints: str) -> io.BytesIO:
    """Return a square emblem: the shape of this kind in two or three colors."""
    size = 512
    back, *inks = canvas.colors(tints)
    picture = canvas.gradient(
        (size, size), (canvas.mix(back, (255, 255, 255), 0.12), canvas.mix(back, (0, 0, 0), 0.12))
    )
    draw = ImageDraw.Draw(picture)
    _EMBLEMS[kind](draw, inks)
    return _png(picture.resize((256, 256), Image.Resampling.LANCZOS))


def banner(kind: str) -> io.BytesIO:
    """Return a wide picture from one of the drawings."""
    draw, seconds, moment = BANNERS[kind]
    size = (1600, 900)
    frames = draw(size, 1, seconds, f"banner {kind}")
    for number, picture in enumerate(frames):
        if number >= moment:
            shift = {"peaks": 190, "type": 330, "field": 330, "lesson": 420}.get(kind, 300)
            return _png(picture.crop((0, shift, 1600, shift + 270)))
    raise ValueError(kind)


def post_image() -> io.BytesIO:
    """Return a contact sheet of a day over the mountains."""
    sheet = Image.new("RGB", (1280, 720), (16, 18, 28))
    for number, picture in enumerate(landscapes.ridges((420, 236), 1, 9, "contact sheet")):
        sheet.paste(picture, (6 + number % 3 * 424, 4 + number // 3 * 239))
    return _png(sheet)


def _png(picture: Image.Image) -> io.BytesIO:
    out = io.BytesIO()
    picture.save(out, "PNG", compress_level=1)
    out.seek(0)
    return out


def _peaks(draw: ImageDraw.ImageDraw, inks: list[canvas.Color]) -> None:
    draw.ellipse((300, 90, 410, 200), fill=inks[1])
    draw.polygon([(60, 420), (210, 170), (330, 340), (390, 260), (470, 420)], fill=inks[0])
    draw.polygon([(210, 170), (262, 244), (222, 268), (196, 240), (166, 262), (156, 260)], fill=inks[1])


def _cells(draw: ImageDraw.ImageDraw, inks: list[canvas.Color]) -> None:
    for x, y in ((1, 0), (2, 1), (0, 2), (1, 2), (2, 2)):
        draw.rounded_rectangle(
            (98 + x * 110, 98 + y * 110, 194 + x * 110, 194 + y * 110),
            radius=22,
            fill=inks[(x + y) % len(inks)],
        )


def _letter(draw: ImageDraw.ImageDraw, inks: list[canvas.Color]) -> None:
    draw.text(
        (256, 262),
        "a",
        fill=inks[0],
        font=canvas.font(400),
        anchor="mm",
        stroke_width=12,
        stroke_fill=inks[0],
    )
    draw.rectangle((110, 424, 402, 440), fill=inks[-1])


def _keys(draw: ImageDraw.ImageDraw, inks: list[canvas.Color]) -> None:
    for number in range(5):
        draw.rounded_rectangle((86 + number * 70, 120, 146 + number * 70, 400), radius=14, fill=inks[0])
    for number in (0, 1, 3):
        draw.rounded_rectangle((132 + number * 70, 110, 170 + number * 70, 280), radius=10, fill=inks[-1])


def _bulb(draw: ImageDraw.ImageDraw, inks: list[canvas.Color]) -> None:
    draw.ellipse((146, 90, 366, 310), fill=inks[0])
    draw.rounded_rectangle((206, 290, 306, 370), radius=14, fill=inks[0])
    for row in range(2):
        draw.rounded_rectangle((206, 382 + row * 34, 306, 402 + row * 34), radius=9, fill=inks[-1])
    draw.polygon([(236, 150), (236, 250), (316, 200)], fill=inks[-1])


def _leaf(draw: ImageDraw.ImageDraw, inks: list[canvas.Color]) -> None:
    for side in (-1, 1):
        for row in range(3):
            middle = 256 + side * 62, 180 + row * 84
            blade = [
                (
                    middle[0] + side * 70 * math.cos(t) - 24 * math.sin(t),
                    middle[1] - 40 * math.cos(t) - side * 24 * math.sin(t),
                )
                for t in [part * math.tau / 40 for part in range(40)]
            ]
            draw.polygon(blade, fill=inks[row % len(inks)])
    draw.line((256, 110, 256, 430), fill=inks[-1], width=14)


def _person(draw: ImageDraw.ImageDraw, inks: list[canvas.Color]) -> None:
    rng = Random(str(inks))
    draw.ellipse((96, 330, 416, 640), fill=inks[0])
    draw.ellipse((166, 130, 346, 330), fill=inks[1])
    fringe = rng.randrange(3)
    draw.pieslice((152, 104, 360, 320), 180 - fringe * 14, 360 + fringe * 10, fill=inks[-1])


_EMBLEMS: dict[str, Callable[[ImageDraw.ImageDraw, list[canvas.Color]], None]] = {
    "peaks": _peaks,
    "cells": _cells,
    "letter": _letter,
    "keys": _keys,
    "bulb": _bulb,
    "leaf": _leaf,
    "person": _person,
}
