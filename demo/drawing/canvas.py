"""Colors, noise, ridges, glows, and letters: what several drawings have in common."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cache
from random import Random

from PIL import Image, ImageDraw, ImageFilter, ImageFont

Color = tuple[int, int, int]
Size = tuple[int, int]
Font = ImageFont.FreeTypeFont | ImageFont.ImageFont


def color(code: str) -> Color:
    """Return the color of six hexadecimal digits."""
    return int(code[0:2], 16), int(code[2:4], 16), int(code[4:6], 16)


def colors(codes: str) -> tuple[Color, ...]:
    """Return the colors of codes separated by spaces."""
    return tuple(color(code) for code in codes.split())


def mix(first: Color, second: Color, share: float) -> Color:
    """Return the color ``share`` of the way from ``first`` to ``second``."""
    share = min(max(share, 0.0), 1.0)
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(first, second, strict=True))
    return red, green, blue


def along(stops: Sequence[Color], share: float) -> Color:
    """Return the color at ``share`` of evenly spaced stops."""
    place = min(max(share, 0.0), 1.0) * (len(stops) - 1)
    number = min(int(place), len(stops) - 2)
    return mix(stops[number], stops[number + 1], place - number)


def ease(share: float) -> float:
    """Return ``share`` with a soft start and end."""
    share = min(max(share, 0.0), 1.0)
    return share * share * (3 - 2 * share)


def gradient(size: Size, stops: Sequence[Color]) -> Image.Image:
    """Return a vertical gradient."""
    column = Image.new("RGB", (1, size[1]))
    column.putdata([along(stops, row / max(size[1] - 1, 1)) for row in range(size[1])])
    return column.resize(size, Image.Resampling.NEAREST)


def noise(size: Size, rng: Random, *, first: Size, octaves: int = 4) -> Image.Image:
    """Return fractal noise: random grids, each twice as fine and half as strong as the one before."""
    result = Image.new("L", size, 128)
    cells = first
    for octave in range(octaves):
        grid = Image.frombytes("L", cells, rng.randbytes(cells[0] * cells[1]))
        layer = grid.resize(size, Image.Resampling.BICUBIC)
        result = Image.blend(result, layer, 1.0 if octave == 0 else 0.5**octave)
        cells = (min(cells[0] * 2, size[0]), min(cells[1] * 2, size[1]))
    return result


def ridge(width: int, rng: Random, *, rough: float, waves: float) -> list[float]:
    """Return the heights, about -1 to 1, of a mountain's outline."""
    parts = [
        (rng.uniform(0.6, 1.4) * waves * 2**octave, rng.uniform(0, math.tau), rough**octave)
        for octave in range(7)
    ]
    total = sum(part[2] for part in parts)
    return [
        sum(s * (1 - 2 * abs(math.sin(f * x / width * math.pi + p))) for f, p, s in parts) / total
        for x in range(width)
    ]


def silhouette(size: Size, heights: Sequence[float], *, base: float, height: float) -> Image.Image:
    """Return a mask of what lies below an outline; ``base`` and ``height`` are shares of the picture's height."""
    mask = Image.new("L", size, 0)
    line = [(x, size[1] * (base - height * value)) for x, value in enumerate(heights[: size[0]])]
    ImageDraw.Draw(mask).polygon([(0, size[1] * 2), *line, (size[0], size[1] * 2)], fill=255)
    return mask


@cache
def glow(diameter: int, power: float = 1.0) -> Image.Image:
    """Return a round mask that fades from its center."""
    table = [round(255 * max(0.0, 1 - value / 180) ** power) for value in range(256)]
    return Image.radial_gradient("L").resize((diameter, diameter), Image.Resampling.BILINEAR).point(table)


def shine(
    picture: Image.Image, center: tuple[float, float], diameter: int, light: Color, power: float
) -> None:
    """Add a glow of a color to the picture."""
    place = round(center[0] - diameter / 2), round(center[1] - diameter / 2)
    picture.paste(light, place, glow(diameter, power))


def faded(mask: Image.Image, share: float) -> Image.Image:
    """Return a mask at a share of its strength."""
    return mask.point([round(value * min(max(share, 0.0), 1.0)) for value in range(256)])


@cache
def font(pixels: int) -> Font:
    """Return the typeface that comes with Pillow; it has the letters of ASCII only."""
    return ImageFont.load_default(pixels)


@cache
def letters(text: str, pixels: int, weight: int = 0) -> Image.Image:
    """Return a mask with a line of text; ``weight`` makes it bolder."""
    face = font(pixels)
    left, top, right, bottom = face.getbbox(text, stroke_width=weight)
    mask = Image.new("L", (max(math.ceil(right - left), 1), max(math.ceil(bottom - top), 1)), 0)
    ImageDraw.Draw(mask).text((-left, -top), text, fill=255, font=face, stroke_width=weight)
    return mask


def write(
    picture: Image.Image,
    place: tuple[float, float],
    text: str,
    pixels: int,
    ink: Color,
    *,
    weight: int = 0,
    opacity: float = 1.0,
    centered: bool = False,
) -> None:
    """Write a line of text with its baseline at ``place``, or centered around it."""
    if opacity <= 0.01 or not text:
        return
    mask = letters(text, pixels, weight)
    if opacity < 0.99:
        mask = faded(mask, opacity)
    left, top = place[0], place[1]
    if centered:
        left, top = left - mask.width / 2, top - mask.height / 2
    else:
        top += font(pixels).getbbox(text, stroke_width=weight)[1] - pixels
    picture.paste(ink, (round(left), round(top)), mask)


def cover(picture: Image.Image) -> Image.Image:
    """Return the picture for a thumbnail; an upright one stands before a blurred copy of itself."""
    width, height = picture.size
    if width >= height:
        return picture
    wide = height * 16 // 9
    back = picture.resize((wide, wide * height // width), Image.Resampling.BICUBIC)
    top = (back.height - height) // 2
    back = (
        back.crop((0, top, wide, top + height)).filter(ImageFilter.GaussianBlur(30)).point(lambda v: v * 0.6)
    )
    back.paste(picture, ((wide - width) // 2, 0))
    return back
