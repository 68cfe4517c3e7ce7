"""Landscapes: ridges behind each other while a day passes, a lake that mirrors them, and northern lights."""

from __future__ import annotations

import math
from collections.abc import Iterator
from random import Random

from PIL import Image, ImageChops

from . import canvas
from .canvas import Color, Size

# The sky from top to horizon, at even steps of a day that starts before dawn.
DAY: tuple[tuple[Color, ...], ...] = tuple(
    canvas.colors(codes)
    for codes in (
        "0b1026 1b2450 3d3a6b",
        "233066 7a4f8c f0926b",
        "5b8fd0 a9c6e8 ffd9a8",
        "3f86d8 8fc0f0 dcecf7",
        "4a8bd6 a5cbee f3e6c8",
        "4b4f94 d0698a ffb067",
        "1d2152 6b3f78 e07a5f",
        "0a0e22 141b3d 2a2f57",
    )
)
NEAR, LAND, FAR_COUNT = *canvas.colors("0c1420 235a50"), 5


def ridges(size: Size, fps: int, seconds: float, seed: str) -> Iterator[Image.Image]:
    """Draw a day over mountains, from first light to the first stars."""
    yield from _Range(size, seed, lake=False).frames(fps, seconds)


def lake(size: Size, fps: int, seconds: float, seed: str) -> Iterator[Image.Image]:
    """Draw a day over a lake."""
    yield from _Range(size, seed, lake=True).frames(fps, seconds)


class _Range:
    """A mountain range with its sky; ``lake`` mirrors the upper part in water."""

    def __init__(self, size: Size, seed: str, *, lake: bool) -> None:
        rng = Random(seed)
        self.size, self.lake = size, lake
        self.shore = round(size[1] * 0.62) if lake else size[1]
        width, height = size
        self.layers = []
        for number in range(FAR_COUNT):
            near = number / (FAR_COUNT - 1)
            wide = round(width * (1.15 + near * 0.35))
            heights = canvas.ridge(wide, rng, rough=0.42 + 0.12 * near, waves=1.4 + near * 1.6)
            base = (0.46 + 0.36 * near) * (0.72 if lake else 1.0)
            mask = canvas.silhouette((wide, height), heights, base=base, height=0.17 - 0.05 * near)
            self.layers.append((near, mask))
        self.clouds = self._cloud_mask(rng)
        self.stars = Image.new("L", size, 0)
        for _ in range(width // 6):
            place = rng.randrange(width), int(rng.random() ** 1.6 * height * 0.6)
            self.stars.putpixel(place, rng.randrange(90, 255))

    def _cloud_mask(self, rng: Random) -> Image.Image:
        width, height = self.size[0] * 2, self.size[1] // 2
        raw = canvas.noise((width, height), rng, first=(7, 5), octaves=5)
        table = [max(0, min(200, (value - 138) * 5)) for value in range(256)]
        edges = canvas.gradient((width, height), canvas.colors("000000 ffffff ffffff 000000")).convert("L")
        return ImageChops.multiply(raw.point(table), edges)

    def frames(self, fps: int, seconds: float) -> Iterator[Image.Image]:
        """Yield the pictures of one day."""
        count = round(fps * seconds)
        for number in range(count):
            yield self._frame(0.06 + 0.9 * number / count)

    def _frame(self, day: float) -> Image.Image:
        width, height = self.size
        place = day * (len(DAY) - 1)
        index = min(int(place), len(DAY) - 2)
        sky = [canvas.mix(a, b, place - index) for a, b in zip(DAY[index], DAY[index + 1], strict=True)]
        horizon = round(self.shore * 0.8)
        picture = canvas.gradient((width, horizon), sky).crop((0, 0, width, height))
        picture.paste(sky[2], (0, horizon, width, height))
        darkness = abs(day - 0.5) * 2
        if darkness > 0.72:
            picture.paste((235, 240, 255), (0, 0), canvas.faded(self.stars, (darkness - 0.72) * 3.6))
        self._light(picture, day, sky[2])
        drift = round(day * width * 0.5)
        haze = self.clouds.crop((drift, 0, drift + width, self.clouds.height))
        tint = canvas.mix(sky[2], (255, 255, 255), 0.55 * (1 - darkness))
        picture.paste(tint, (0, round(height * 0.04)), haze)
        for near, mask in self.layers:
            haze_tint = canvas.mix(sky[1], sky[2], 0.5 - 0.3 * near)
            shade = canvas.mix(haze_tint, NEAR, 0.2 + 0.7 * near - 0.2 * (1 - darkness))
            shade = canvas.mix(shade, LAND, (0.15 + 0.5 * near) * (1 - darkness))
            left = round((mask.width - width) * day)
            picture.paste(shade, (0, 0), mask.crop((left, 0, left + width, height)))
        if self.lake:
            self._mirror(picture, sky, day)
        return picture

    def _light(self, picture: Image.Image, day: float, warm: Color) -> None:
        """Draw the sun on its arc, or the moon after it."""
        width, height = self.size
        angle = (day - 0.14) / 0.72 * math.pi
        if 0 < angle < math.pi:
            center = width * (0.12 + 0.76 * angle / math.pi), self.shore * (0.72 - 0.56 * math.sin(angle))
            low = 1 - math.sin(angle)
            canvas.shine(picture, center, round(height * 1.1), canvas.mix((255, 250, 235), warm, low), 3.2)
            canvas.shine(picture, center, round(height * 0.15), (255, 248, 225), 0.3)
        else:
            center = (width * (0.7 if day > 0.5 else 0.25), height * 0.2)
            canvas.shine(picture, center, round(height * 0.5), (150, 165, 210), 4.0)
            canvas.shine(picture, center, round(height * 0.09), (238, 240, 250), 0.18)

    def _mirror(self, picture: Image.Image, sky: list[Color], day: float) -> None:
        width, height = self.size
        deep = height - self.shore
        upper = picture.crop((0, max(self.shore - round(deep * 1.5), 0), width, self.shore))
        water = upper.transpose(Image.Transpose.FLIP_TOP_BOTTOM).resize((width, deep))
        water = Image.blend(water, Image.new("RGB", water.size, canvas.mix(sky[0], (8, 20, 40), 0.4)), 0.35)
        picture.paste(water, (0, self.shore))
        for number in range(26):
            depth = (number / 26) ** 1.7
            row = self.shore + 2 + round(depth * deep)
            reach = round(width * (0.05 + 0.1 * depth))
            middle = width * (0.5 + 0.42 * math.sin(number * 2.4 + day * (9 + number)))
            band = picture.crop((0, row, width, min(row + 2 + number // 9, height)))
            picture.paste(band, (round(6 * math.sin(day * 70 + number * 1.3)), row))
            if band.height and number % 2:
                line = Image.new("L", (reach, 1), 70)
                picture.paste(
                    canvas.mix(sky[2], (255, 255, 255), 0.4), (round(middle - reach / 2), row), line
                )


def aurora(size: Size, fps: int, seconds: float, seed: str) -> Iterator[Image.Image]:
    """Draw northern lights: curtains of noise that wander over a dark forest."""
    rng = Random(seed)
    width, height = size
    sky = canvas.gradient(size, canvas.colors("040714 081228 0f2038 16324a"))
    for _ in range(width // 5):
        sky.putpixel((rng.randrange(width), int(rng.random() * height * 0.7)), (rng.randrange(120, 255),) * 3)
    trees = Image.new("L", size, 0)
    heights = [0.0] * width
    for _ in range(width // 5):
        middle, tall = rng.randrange(width), rng.uniform(0.3, 1.0)
        for step in range(-7, 8):
            if 0 <= middle + step < width:
                heights[middle + step] = max(heights[middle + step], tall * (1 - abs(step) / 8))
    trees = canvas.silhouette(size, heights, base=0.93, height=0.15)
    small, whole = (width // 3, height // 3), (width // 2, height // 3)
    bands = canvas.noise((width, 1), rng, first=(32, 1), octaves=5)
    fall = canvas.gradient(whole, canvas.colors("000000 303030 c8c8c8 000000 000000")).convert("L")
    tints = canvas.colors("4dffb4 39d0ff 9b6bff")
    count = round(fps * seconds)
    for number in range(count):
        share = number / count
        picture = sky.copy()
        for layer, tint in enumerate(tints):
            slow = math.sin(share * math.tau * (1 + layer * 0.3) + layer * 2)
            left = (bands.width - whole[0]) * (0.5 + 0.45 * slow)
            strip = bands.crop((round(left), 0, round(left) + whole[0], 1))
            strip = strip.point([max(0, min(255, (v - 96) * 3)) for v in range(256)])
            curtain = ImageChops.multiply(strip.resize(whole), fall)
            lean = 0.16 * math.sin(share * math.tau * 2 + layer)
            shear = (1, lean, whole[0] // 6, 0.1 * slow, 1, layer * 9.0 - 12)
            curtain = curtain.transform(small, Image.Transform.AFFINE, shear, Image.Resampling.BILINEAR)
            strength = 0.62 + 0.25 * math.sin(share * math.tau * (3 + layer) + layer * 1.7)
            picture.paste(
                tint, (0, 0), canvas.faded(curtain, strength).resize(size, Image.Resampling.BILINEAR)
            )
        picture.paste((3, 6, 10), (0, 0), trees)
        yield picture
