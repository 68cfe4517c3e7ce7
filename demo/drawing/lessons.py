"""Explainers: a row of scenes, each with a heading and a small moving diagram."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence

from PIL import Image, ImageDraw

from . import canvas, sky_scenes
from .canvas import Size

PAPER, INK, QUIET = canvas.colors("f7f5ef 1c2233 7b8194")
ACCENTS = canvas.colors("3b6ef5 f2643d 1fa37a f2b632 8a5cf6")

# Heading, and what draws the scene from the share of it that has passed.
Scene = tuple[str, Callable[[Image.Image, float], None]]


def play(scenes: Sequence[Scene], size: Size, fps: int, seconds: float) -> Iterator[Image.Image]:
    """Yield the pictures of scenes of the same length, with headings and a line of progress."""
    each = seconds / len(scenes)
    for number in range(round(fps * seconds)):
        moment = number / fps
        index = min(int(moment / each), len(scenes) - 1)
        share = (moment - index * each) / each
        heading, draw_scene = scenes[index]
        picture = Image.new("RGB", size, PAPER)
        draw = ImageDraw.Draw(picture)
        accent = ACCENTS[index % len(ACCENTS)]
        draw.rectangle((0, 0, 14, size[1]), fill=accent)
        shown = canvas.ease(share * 6)
        canvas.write(picture, (76 - 30 * (1 - shown), 118), heading, 54, INK, weight=1, opacity=shown)
        draw.rectangle((76, 140, 76 + 150 * canvas.ease(share * 4 - 0.4), 146), fill=accent)
        draw_scene(picture, share)
        draw.rectangle((76, 676, size[0] - 76, 680), fill=(226, 222, 210))
        draw.rectangle((76, 676, 76 + (size[0] - 152) * moment / seconds, 680), fill=accent)
        yield picture


def streaming(size: Size, fps: int, seconds: float, seed: str) -> Iterator[Image.Image]:
    """Explain how a video reaches a screen."""
    scenes: tuple[Scene, ...] = (
        ("How a video reaches your screen", _opening),
        ("Many pictures a second", _pictures),
        ("Most of a picture repeats", _repeats),
        ("One file, several sizes", _sizes),
        ("Sent in small pieces", _pieces),
        ("Your player chooses", _choice),
    )
    yield from play(scenes, size, fps, seconds)


def blue_sky(size: Size, fps: int, seconds: float, seed: str) -> Iterator[Image.Image]:
    """Explain why the sky is blue."""
    yield from play(sky_scenes.SCENES, size, fps, seconds)


def _screen(draw: ImageDraw.ImageDraw, box: tuple[float, float, float, float]) -> None:
    draw.rounded_rectangle(box, radius=14, fill=INK)
    draw.rounded_rectangle(
        (box[0] + 10, box[1] + 10, box[2] - 10, box[3] - 10), radius=8, fill=(232, 238, 252)
    )


def _opening(picture: Image.Image, share: float) -> None:
    draw = ImageDraw.Draw(picture)
    draw.rounded_rectangle((130, 300, 330, 470), radius=16, fill=ACCENTS[0])
    for row in range(3):
        draw.rounded_rectangle((150, 320 + row * 48, 310, 354 + row * 48), radius=8, fill=(255, 255, 255))
        lit = ACCENTS[2] if (share * 12 + row) % 3 < 1.5 else QUIET
        draw.ellipse((284, 330 + row * 48, 298, 344 + row * 48), fill=lit)
    _screen(draw, (900, 280, 1180, 490))
    draw.polygon([(1015, 345), (1015, 425), (1085, 385)], fill=ACCENTS[1])
    for dot in range(9):
        place = (share * 2.2 + dot / 9) % 1
        x, y = 350 + 530 * place, 385 - 60 * math.sin(place * math.pi)
        draw.ellipse((x - 9, y - 9, x + 9, y + 9), fill=ACCENTS[dot % 5])
    canvas.write(
        picture,
        (640, 560),
        "six short stops along the way",
        34,
        QUIET,
        centered=True,
        opacity=canvas.ease(share * 5 - 1),
    )


def _pictures(picture: Image.Image, share: float) -> None:
    draw = ImageDraw.Draw(picture)
    for number in range(12):
        shown = canvas.ease(share * 9 - number * 0.45)
        if shown <= 0:
            continue
        x, y = 90 + (number % 6) * 186, 220 + (number // 6) * 190 + 30 * (1 - shown)
        draw.rounded_rectangle((x, y, x + 166, y + 150), radius=10, fill=(214, 228, 252))
        draw.rectangle((x + 8, y + 108, x + 158, y + 142), fill=(120, 178, 116))
        ball_x, ball_y = x + 22 + number * 11, y + 100 - abs(math.sin(number / 11 * math.pi * 2)) * 70
        draw.ellipse((ball_x - 14, ball_y - 14, ball_x + 14, ball_y + 14), fill=ACCENTS[1])
    canvas.write(
        picture,
        (640, 630),
        "25 of them, every second",
        34,
        QUIET,
        centered=True,
        opacity=canvas.ease(share * 4 - 1.5),
    )


def _repeats(picture: Image.Image, share: float) -> None:
    draw = ImageDraw.Draw(picture)
    step = int(share * 10)
    for side, left in enumerate((110, 690)):
        moved = step + side
        for row in range(6):
            for column in range(8):
                x, y = left + column * 60, 210 + row * 60
                ball = {(moved % 8, 2), ((moved + 1) % 8, 2), (moved % 8, 3), ((moved + 1) % 8, 3)}
                before = {((moved - 1) % 8, 2), ((moved - 1) % 8, 3)}
                shade = (120, 178, 116) if row > 3 else (214, 228, 252)
                shade = ACCENTS[1] if (column, row) in ball else shade
                if side and (column, row) not in ball | before:
                    shade = canvas.mix(shade, PAPER, 0.78)
                draw.rounded_rectangle((x, y, x + 56, y + 56), radius=6, fill=shade)
    canvas.write(picture, (350, 615), "the whole picture", 32, QUIET, centered=True)
    canvas.write(picture, (930, 615), "only what changed", 32, ACCENTS[2], weight=1, centered=True)


def _sizes(picture: Image.Image, share: float) -> None:
    draw = ImageDraw.Draw(picture)
    for number, (name, wide) in enumerate((("1080p", 1.0), ("720p", 0.68), ("480p", 0.46), ("240p", 0.26))):
        shown = canvas.ease(share * 5 - number * 0.6)
        x, tall = 110 + (0, 480, 800, 1030)[number], 300 * wide
        draw.rounded_rectangle(
            (x, 560 - tall * shown, x + 430 * wide, 560),
            radius=10,
            fill=canvas.mix(PAPER, ACCENTS[number], shown),
        )
        canvas.write(picture, (x + 215 * wide, 600), name, 32, INK, centered=True, opacity=shown)


def _pieces(picture: Image.Image, share: float) -> None:
    draw = ImageDraw.Draw(picture)
    draw.rounded_rectangle((90, 280, 240, 500), radius=16, fill=ACCENTS[0])
    _screen(draw, (980, 290, 1200, 460))
    draw.line((250, 390, 970, 390), fill=(210, 206, 196), width=6)
    arrived = 0
    for number in range(10):
        place = share * 2.4 - number * 0.2
        if place >= 1:
            arrived += 1
        elif place > 0:
            x = 255 + 680 * canvas.ease(place)
            draw.rounded_rectangle((x, 362, x + 56, 418), radius=10, fill=ACCENTS[number % 5])
            canvas.write(
                picture, (x + 28, 390), str(number + 1), 28, (255, 255, 255), weight=1, centered=True
            )
    for number in range(arrived):
        draw.rounded_rectangle(
            (986 + number * 21, 480, 1003 + number * 21, 500), radius=4, fill=ACCENTS[number % 5]
        )
    canvas.write(
        picture,
        (640, 580),
        "four seconds each, in order",
        34,
        QUIET,
        centered=True,
        opacity=canvas.ease(share * 4 - 0.6),
    )


def _choice(picture: Image.Image, share: float) -> None:
    draw = ImageDraw.Draw(picture)
    levels = (520, 430, 340, 250)
    for y, name in zip(levels, ("240p", "480p", "720p", "1080p"), strict=True):
        draw.line((170, y, 1190, y), fill=(226, 222, 210), width=2)
        canvas.write(picture, (110, y), name, 26, QUIET, centered=True)
    speed = [(170 + x, 390 - 150 * math.sin(x / 190) * math.cos(x / 430 + 0.6)) for x in range(0, 1021, 6)]
    until = max(2, int(len(speed) * canvas.ease(share * 1.15)))
    draw.line(speed[:until], fill=ACCENTS[3], width=7)
    for start in range(0, until, 17):
        part = speed[start : min(start + 17, until)]
        worst = max(y for _x, y in part)
        level = min((y for y in levels if y >= worst - 4), default=levels[0])
        draw.rectangle((part[0][0], level - 7, part[-1][0], level + 7), fill=ACCENTS[0])
    canvas.write(picture, (440, 610), "your network", 30, ACCENTS[3], weight=1, centered=True)
    canvas.write(picture, (860, 610), "what plays", 30, ACCENTS[0], weight=1, centered=True)
