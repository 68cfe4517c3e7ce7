"""Things that follow simple rules: starlings, a game of life, and an elementary cellular automaton."""

from __future__ import annotations

import math
from collections.abc import Iterator
from random import Random

from PIL import Image, ImageChops, ImageDraw, ImageFilter

from . import canvas
from .canvas import Size

BIRDS = 620


class _Flock:
    """Birds that keep near a few others, fly as they do, and follow a point that wanders."""

    def __init__(self, size: Size, rng: Random) -> None:
        self.size, self.rng = size, rng
        middle = size[0] / 2, size[1] * 0.4
        self.birds = [
            [
                rng.gauss(middle[0], size[0] * 0.14),
                rng.gauss(middle[1], size[1] * 0.12),
                rng.uniform(-1, 1),
                0.0,
            ]
            for _ in range(BIRDS)
        ]
        self.near: list[list[int]] = []

    def _find_neighbors(self) -> None:
        """Let each bird watch others that are beside it in one of four directions."""
        self.near = [[] for _ in self.birds]
        for angle in (0.0, 0.8, 1.6, 2.4):
            across, down = math.cos(angle), math.sin(angle)
            order = sorted(range(BIRDS), key=lambda i: self.birds[i][0] * across + self.birds[i][1] * down)
            for place, bird in enumerate(order):
                self.near[bird].append(order[(place + 1 + bird % 3) % BIRDS])
                self.near[bird].append(order[place - 1 - bird % 2])

    def step(self, number: int, moment: float) -> None:
        """Move every bird by one step."""
        if number % 6 == 0:
            self._find_neighbors()
        width, height = self.size
        goal_x = width * (0.5 + 0.34 * math.sin(moment * 0.8) + 0.08 * math.sin(moment * 2.1))
        goal_y = height * (0.42 + 0.12 * math.sin(moment * 1.25 + 1))
        for bird, near in zip(self.birds, self.near, strict=True):
            x, y, dx, dy = bird
            pull_x = pull_y = along_x = along_y = 0.0
            for other in near:
                ox, oy, odx, ody = self.birds[other]
                gap_x, gap_y = ox - x, oy - y
                gap = math.hypot(gap_x, gap_y) + 0.1
                force = -14 / gap if gap < 15 else min(gap, 60) / 1500
                pull_x += gap_x / gap * force
                pull_y += gap_y / gap * force
                along_x += odx
                along_y += ody
            dx = dx * 0.86 + along_x * 0.016 + pull_x + (goal_x - x) * 0.0011 + self.rng.uniform(-0.25, 0.25)
            dy = (
                dy * 0.86
                + along_y * 0.016
                + pull_y * 0.8
                + (goal_y - y) * 0.0028
                + self.rng.uniform(-0.2, 0.2)
            )
            speed = math.hypot(dx, dy) + 0.01
            wanted = min(max(speed, 3.0), 7.0) / speed
            bird[2], bird[3] = dx * wanted, dy * wanted
            bird[0], bird[1] = x + bird[2], y + bird[3]


def starlings(size: Size, fps: int, seconds: float, seed: str) -> Iterator[Image.Image]:
    """Draw a murmuration over a field in the evening."""
    rng = Random(seed)
    width, height = size
    ground = canvas.silhouette(size, canvas.ridge(width, rng, rough=0.5, waves=2), base=0.93, height=0.04)
    back = canvas.gradient(size, canvas.colors("31406f 8a6a9a e88f75 f7c07a fbe0a8"))
    canvas.shine(back, (width * 0.72, height * 0.84), round(height * 1.1), (255, 226, 160), 2.4)
    clouds = canvas.noise(size, rng, first=(4, 14), octaves=4).point(
        [max(0, (v - 150) * 2) for v in range(256)]
    )
    back.paste(canvas.color("ffd9b8"), (0, 0), clouds)
    far = canvas.silhouette(size, canvas.ridge(width, rng, rough=0.4, waves=1.2), base=0.88, height=0.06)
    back.paste(canvas.color("7a4d68"), (0, 0), far)
    back.paste(canvas.color("1d1626"), (0, 0), ground)
    flock = _Flock(size, rng)
    for number in range(30):
        flock.step(number, number / 40 - 0.75)
    ink = canvas.color("1b1424")
    for number in range(round(fps * seconds)):
        flock.step(number, number / fps)
        picture = back.copy()
        draw = ImageDraw.Draw(picture)
        for index, (x, y, dx, dy) in enumerate(flock.birds):
            flap = 0.55 + 0.45 * math.sin(number * 0.9 + index)
            wing = 2.6 * flap + 0.7
            draw.line((x - dy * wing / 5, y + dx * wing / 5, x + dx / 2, y + dy / 2), fill=ink, width=2)
            draw.line((x + dy * wing / 5, y - dx * wing / 5, x + dx / 2, y + dy / 2), fill=ink, width=2)
        yield picture


def life(size: Size, fps: int, seconds: float, seed: str) -> Iterator[Image.Image]:
    """Draw Conway's game of life; what dies glows for a while."""
    rng = Random(seed)
    cell = 6
    cells = size[0] // cell + 2, size[1] // cell + 2
    alive = Image.frombytes("L", cells, bytes(int(rng.random() < 0.24) for _ in range(cells[0] * cells[1])))
    count = ImageFilter.Kernel((3, 3), (1, 1, 1, 1, 10, 1, 1, 1, 1), scale=1)
    rule = [1 if value in {3, 12, 13} else 0 for value in range(256)]
    heat, cool = Image.new("L", cells, 0), [max(0, round(value * 0.9) - 1) for value in range(256)]
    inks = canvas.colors("0b1020 16265a 5a2c86 c63b7e ff8a4c ffd27a")
    palette = [part for value in range(256) for part in canvas.along(inks, (value / 255) ** 0.8 * 0.86)]
    palette[-3:] = canvas.color("fff6dc")
    gaps = Image.new("L", size, 255)
    lines = ImageDraw.Draw(gaps)
    for x in range(0, size[0], cell):
        lines.line((x, 0, x, size[1]), fill=150)
    for y in range(0, size[1], cell):
        lines.line((0, y, size[0], y), fill=150)
    dark, box = Image.new("RGB", size, canvas.color("070a16")), (1, 1, cells[0] - 1, cells[1] - 1)
    for number in range(round(fps * seconds)):
        if number and number % max(fps // 12, 1) == 0:
            alive = alive.filter(count).point(rule)
            heat = heat.point(cool)
        heat = ImageChops.lighter(heat, alive.point([0] + [255] * 255))
        shown = heat.crop(box)
        shown.putpalette(palette)
        picture = shown.convert("RGB").resize(
            ((cells[0] - 2) * cell, (cells[1] - 2) * cell), Image.Resampling.NEAREST
        )
        yield Image.composite(picture.crop((0, 0, *size)), dark, gaps)


def rule_thirty(size: Size, fps: int, seconds: float, seed: str) -> Iterator[Image.Image]:
    """Draw rule 30 line by line, each line made from the one above it."""
    rng = Random(seed)
    cell = 4
    across, down = size[0] // cell + 1, size[1] // cell + 1
    row = [0] * across
    row[across // 2] = 1
    board = Image.new("L", (across, down), 0)
    inks = canvas.colors("2bd4c4 5b8cff b070ff ff6fa8 ffb45e 2bd4c4")
    tint = canvas.gradient((down, across), inks).transpose(Image.Transpose.ROTATE_90)
    back = Image.new("RGB", (across, down), canvas.color("0a0f1d"))
    steps, done = round(down * 2.6), 0
    for number in range(round(fps * seconds)):
        while done < steps * (number + 1) / (fps * seconds):
            if done >= down:
                board = ImageChops.offset(board, 0, -1)
            line = bytes(200 + 55 * (rng.random() < 0.5) if value else 0 for value in row)
            board.paste(Image.frombytes("L", (across, 1), line), (0, min(done, down - 1)))
            row = [row[i - 1] ^ (row[i] | row[(i + 1) % across]) for i in range(across)]
            done += 1
        picture = Image.composite(tint.resize((across, down)), back, board)
        yield picture.resize((across * cell, down * cell), Image.Resampling.NEAREST).crop((0, 0, *size))
