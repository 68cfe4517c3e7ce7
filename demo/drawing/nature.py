"""Grass in the wind, a tide of waves, falling stars, and rain on still water."""

from __future__ import annotations

import math
from collections.abc import Iterator
from random import Random

from PIL import Image, ImageDraw

from . import canvas
from .canvas import Size


def grass(size: Size, fps: int, seconds: float, seed: str) -> Iterator[Image.Image]:
    """Draw blades of grass that gusts of wind run through."""
    rng = Random(seed)
    width, height = size
    back = canvas.gradient(size, canvas.colors("8fc9e8 c8e6ea f4efd2 f6dfa4"))
    canvas.shine(back, (width * 0.3, height * 0.3), round(height * 0.9), (255, 250, 224), 2.2)
    hill = canvas.silhouette(size, canvas.ridge(width, rng, rough=0.3, waves=1), base=0.72, height=0.08)
    back.paste(canvas.color("9fbf8a"), (0, 0), hill)
    greens = canvas.colors("7fae5a 5f9448 3f7a3c 275c33 143f2a")
    blades = []
    for layer, green in enumerate(greens):
        for _ in range(width // 9):
            root = rng.uniform(-20, width + 20), height * (0.8 + 0.05 * layer) + rng.uniform(0, 30)
            tall = height * (0.26 + 0.085 * layer) * rng.uniform(0.6, 1.15)
            blades.append(
                (
                    *root,
                    tall,
                    rng.uniform(-0.25, 0.25),
                    canvas.mix(green, (240, 230, 140), rng.random() * 0.2),
                    layer,
                )
            )
    for number in range(round(fps * seconds)):
        moment = number / fps
        picture = back.copy()
        draw = ImageDraw.Draw(picture)
        floor = -1
        for x, y, tall, lean, ink, layer in blades:
            if layer != floor:
                floor = layer
                draw.rectangle((0, height * (0.8 + 0.05 * layer), width, height), fill=greens[layer])
            gust = math.sin(moment * 1.5 - x / width * 5) + 0.5 * math.sin(moment * 3.7 - x / 60)
            bend = tall * (lean + 0.34 * gust * abs(gust) * 0.6 + 0.12)
            thick = 1.5 + layer * 0.6
            tip = x + bend, y - tall * (1 - 0.12 * gust * gust)
            middle = x + bend * 0.35, y - tall * 0.55
            draw.polygon(
                [
                    (x - thick, y),
                    (middle[0] - thick * 0.8, middle[1]),
                    tip,
                    (middle[0] + thick * 0.8, middle[1]),
                    (x + thick, y),
                ],
                fill=ink,
            )
        yield picture


def tide(size: Size, fps: int, seconds: float, seed: str) -> Iterator[Image.Image]:
    """Draw layers of waves under a pale sun while the tide comes in."""
    rng = Random(seed)
    width, height = size
    back = canvas.gradient(size, canvas.colors("f8d8b8 fbe9d0 d8ecec 9fd3d8"))
    canvas.shine(back, (width * 0.66, height * 0.3), round(height * 0.9), (255, 252, 240), 2.0)
    canvas.shine(back, (width * 0.66, height * 0.3), round(height * 0.17), (255, 255, 250), 0.25)
    inks = canvas.colors("8cccd2 5fb3c4 3c93b3 26739b 175680 0d3c62")
    waves = [(rng.uniform(0.7, 1.3), rng.uniform(0, math.tau), rng.uniform(0.8, 1.3)) for _ in inks]
    for number in range(round(fps * seconds)):
        share, moment = number / (fps * seconds), number / fps
        picture = back.copy()
        draw = ImageDraw.Draw(picture)
        for layer, (ink, (speed, phase, long)) in enumerate(zip(inks, waves, strict=True)):
            level = height * (0.6 + 0.075 * layer - 0.13 * canvas.ease(share))
            high = height * (0.012 + 0.007 * layer)
            line = [
                (
                    x,
                    level
                    + high
                    * math.sin(
                        x / width * math.tau * (3.2 - 0.3 * layer) * long + moment * speed * 1.6 + phase
                    )
                    + high * 0.6 * math.sin(x / width * 21 - moment * speed * 2.3 + phase),
                )
                for x in range(0, width + 8, 8)
            ]
            draw.polygon([(0, height), *line, (width, height)], fill=ink)
            draw.line(line, fill=canvas.mix(ink, (255, 255, 255), 0.45), width=2)
        yield picture


def falling_stars(size: Size, fps: int, seconds: float, seed: str) -> Iterator[Image.Image]:
    """Draw stars that turn slowly, and some that fall."""
    rng = Random(seed)
    width, height = size
    back = canvas.gradient(size, canvas.colors("05060f 0b1230 1a2350 3a3566"))
    milk = canvas.noise(size, rng, first=(5, 4), octaves=5).point([max(0, (v - 135)) for v in range(256)])
    back.paste(canvas.color("6f78b8"), (0, 0), milk)
    hill = canvas.silhouette(size, canvas.ridge(width, rng, rough=0.4, waves=1.3), base=0.9, height=0.06)
    pole = width * 0.42, height * 0.55
    stars = [(rng.uniform(4, width * 0.8), rng.uniform(0, math.tau), rng.random() ** 4) for _ in range(900)]
    falls = [
        (
            rng.uniform(0.5, seconds - 1),
            rng.uniform(0.1, 0.9) * width,
            rng.uniform(0.02, 0.4) * height,
            rng.uniform(0.5, 1.0),
        )
        for _ in range(round(seconds * 0.9))
    ]
    for number in range(round(fps * seconds)):
        moment = number / fps
        picture = back.copy()
        draw = ImageDraw.Draw(picture)
        for far, angle, bright in stars:
            turned = angle + moment * 0.012
            x, y = pole[0] + far * math.cos(turned), pole[1] + far * math.sin(turned)
            light = round(120 + 130 * bright + 25 * math.sin(moment * 5 + angle * 9))
            draw.rectangle((x, y, x + bright * 2, y + bright * 2), fill=(light, light, min(light + 20, 255)))
        for start, x, y, size_of in falls:
            age = (moment - start) / 0.8
            if 0 <= age <= 1.4:
                long = 170 * size_of
                head = x + long * 1.6 * age, y + long * 0.7 * age
                for part in range(14):
                    tail = head[0] - long * part / 22, head[1] - long * 0.44 * part / 22
                    glow = (1 - part / 14) * max(0.0, 1 - abs(age - 0.5))
                    shade = canvas.mix((40, 45, 90), (255, 250, 235), glow)
                    draw.line((*tail, tail[0] - long / 22, tail[1] - long * 0.02), fill=shade, width=2)
        picture.paste((6, 7, 14), (0, 0), hill)
        yield picture


def rain(size: Size, fps: int, seconds: float, seed: str) -> Iterator[Image.Image]:
    """Draw rings that drops leave on still water."""
    rng = Random(seed)
    width, height = size
    depths = canvas.colors("0f3a4a 145060 1c6b73 2f8a86")
    back = canvas.gradient(size, depths)
    soft = canvas.noise(size, rng, first=(3, 6), octaves=3).point(
        [max(0, (v - 110) // 2) for v in range(256)]
    )
    back.paste(canvas.color("8fd6c8"), (0, 0), soft)
    drops = sorted(
        (
            rng.uniform(-1.5, seconds),
            rng.uniform(0.02, 0.98) * width,
            rng.uniform(0.05, 1.0) * height,
            rng.uniform(0.6, 1.4),
        )
        for _ in range(round(seconds * 5))
    )
    for number in range(round(fps * seconds)):
        moment = number / fps
        picture = back.copy()
        draw = ImageDraw.Draw(picture)
        for start, x, y, strength in drops:
            age = moment - start
            if not 0 <= age < 2.6:
                continue
            for ring in range(3):
                reach = (age - ring * 0.22) * 62 * strength
                if reach > 0:
                    light = max(0.0, 1 - age / 2.6) * (0.85 - ring * 0.22)
                    ink = canvas.mix(canvas.along(depths, y / height), (240, 255, 250), light)
                    draw.ellipse(
                        (x - reach, y - reach * 0.42, x + reach, y + reach * 0.42), outline=ink, width=2
                    )
        yield picture
