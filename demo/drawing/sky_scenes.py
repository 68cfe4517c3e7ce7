"""The scenes of the explainer about the sky."""

from __future__ import annotations

import math
from random import Random

from PIL import Image, ImageDraw

from . import canvas

RAINBOW = canvas.colors("e5484d f2843d f2c53d 46b36b 3b8ef5 5a5cf0 8a4fd8")
INK, QUIET = canvas.colors("1c2233 7b8194")
BLUE, RED = canvas.colors("2f7df6 e5553d")


def _question(picture: Image.Image, share: float) -> None:
    sky = canvas.gradient((1128, 440), canvas.colors("2b6fe0 6fa8f2 cfe4fb"))
    picture.paste(sky, (76, 200))
    canvas.shine(picture, (300 + 500 * share, 330), 260, (255, 250, 226), 1.2)
    draw = ImageDraw.Draw(picture)
    for x, y, large in ((420, 470, 1.0), (820, 400, 0.8), (1010, 520, 1.2)):
        for dx, dy, r in ((-46, 8, 34), (0, -10, 48), (50, 6, 38)):
            cx, cy = x + dx * large + 60 * share, y + dy * large
            draw.ellipse(
                (cx - r * large, cy - r * large, cx + r * large, cy + r * large), fill=(250, 252, 255)
            )


def _colors(picture: Image.Image, share: float) -> None:
    draw = ImageDraw.Draw(picture)
    reach = canvas.ease(share * 3)
    draw.line((80, 400, 80 + 470 * reach, 400), fill=(250, 214, 110), width=16)
    draw.polygon([(520, 500), (620, 300), (720, 500)], fill=(214, 226, 246), outline=QUIET)
    fan = canvas.ease(share * 3 - 1)
    for number, tint in enumerate(RAINBOW):
        end = 660 + 520 * fan, 400 + (number * 46 - 140) * fan
        if fan > 0:
            draw.line((655, 400, *end), fill=tint, width=14)
    canvas.write(picture, (330, 590), "white light", 32, QUIET, centered=True)
    canvas.write(picture, (960, 600), "is many colors", 32, INK, weight=1, centered=True, opacity=fan)


def _waves(picture: Image.Image, share: float) -> None:
    draw = ImageDraw.Draw(picture)
    for tint, middle, long, name in (
        (BLUE, 290, 46, "blue: short waves"),
        (RED, 490, 120, "red: long waves"),
    ):
        line = [
            (x, middle + 42 * math.sin((x - share * 900) / long * math.pi))
            for x in range(90, 90 + round(1100 * canvas.ease(share * 2)) + 8, 6)
        ]
        draw.line(line, fill=tint, width=8, joint="curve")
        canvas.write(picture, (220, middle + 88), name, 28, tint, weight=1, centered=True)


def _scatter(picture: Image.Image, share: float) -> None:
    draw = ImageDraw.Draw(picture)
    rng = Random(7)
    for number in range(26):
        x, y = rng.uniform(330, 1100), rng.uniform(270, 540)
        draw.ellipse((x - 9, y - 9, x + 9, y + 9), fill=(176, 182, 198))
        turn = rng.uniform(0, math.tau)
        age = share * 2.2 - (x - 330) / 900
        if age > 0 and number % 4:
            far = min(age, 1) * 110
            end = x + far * math.cos(turn), y + far * math.sin(turn)
            draw.line((x, y, *end), fill=canvas.mix(BLUE, (247, 245, 239), max(0.0, age - 0.9)), width=5)
    for row in range(5):
        y = 250 + row * 80
        draw.line((80, y, 80 + 1120 * canvas.ease(share * 1.6), y), fill=RED, width=4)
    canvas.write(picture, (640, 644), "air throws blue about ten times as much", 30, QUIET, centered=True)


def _sunset(picture: Image.Image, share: float) -> None:
    low = canvas.ease(share)
    top = canvas.along(canvas.colors("2b6fe0 3a4a9a 1d2552"), low)
    middle = canvas.along(canvas.colors("8fbdf5 d9708a 7b3f78"), low)
    foot = canvas.along(canvas.colors("dcecfb ffb067 e5653d"), low)
    picture.paste(canvas.gradient((1128, 440), (top, middle, foot)), (76, 200))
    sun = 200 + 380 * share + 200, 270 + 330 * low
    canvas.shine(picture, sun, 420, canvas.mix((255, 246, 214), (255, 140, 70), low), 2.0)
    canvas.shine(picture, sun, 110, canvas.mix((255, 252, 236), (255, 176, 92), low), 0.3)
    draw = ImageDraw.Draw(picture)
    draw.polygon(
        [(76, 640), (76, 590), (330, 560), (640, 596), (930, 566), (1204, 600), (1204, 640)],
        fill=(26, 28, 48),
    )
    draw.rectangle((20, 641, 1280, 720), fill=canvas.color("f7f5ef"))


SCENES = (
    ("Why is the sky blue?", _question),
    ("Sunlight is every color", _colors),
    ("Colors are waves", _waves),
    ("Air scatters the short ones", _scatter),
    ("At sunset, the way is long", _sunset),
)
