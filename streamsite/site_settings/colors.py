"""The accent color: the shades that follow from it, and whether text stays readable (WCAG 2.2, level AA)."""

from __future__ import annotations

import colorsys
import re
from dataclasses import dataclass

MIN_CONTRAST = 4.5
HEX = re.compile(r"\A#[0-9a-f]{6}\Z")
STEPS = 400
WHITE, BLACK = "#ffffff", "#0b0e0f"


@dataclass(frozen=True)
class Theme:
    """The surfaces on which accent-colored text stands, as in ``static/css/tokens.css``, and how shades are mixed."""

    name: str
    surfaces: tuple[str, ...]
    soft_base: str
    soft_share: float
    hover: str


LIGHT = Theme("light", ("#fbfbf9", "#ffffff", "#f0f1ee"), "#ffffff", 0.12, "#000000")
DARK = Theme("dark", ("#0f1213", "#171b1d", "#20262a"), "#171b1d", 0.16, "#ffffff")
HOVER_SHARE = 0.2


def contrast(first: str, second: str) -> float:
    """Return the contrast ratio of two colors, 1 to 21."""
    darker, lighter = sorted((_luminance(first), _luminance(second)))
    return (lighter + 0.05) / (darker + 0.05)


def text_on(color: str) -> str:
    """Return white or near black, whichever is more readable on ``color``."""
    return max(WHITE, BLACK, key=lambda text: contrast(text, color))


def mix(color: str, other: str, share: float) -> str:
    """Return ``color`` with ``share`` (0 to 1) of ``other``."""
    pairs = zip(_channels(color), _channels(other), strict=True)
    return _hex(tuple(a + (b - a) * share for a, b in pairs))


def soft(color: str, theme: Theme) -> str:
    """Return the background that is tinted by ``color``."""
    return mix(theme.soft_base, color, theme.soft_share)


def worst_contrast(color: str, theme: Theme) -> float:
    """Return the lowest contrast of text that the color makes: on it, and in it on the theme's surfaces."""
    surfaces = (*theme.surfaces, soft(color, theme))
    hovered = mix(color, theme.hover, HOVER_SHARE)
    on_color = text_on(color)
    return min(
        *(contrast(color, surface) for surface in surfaces),
        contrast(on_color, color),
        contrast(on_color, hovered),
    )


def passes(color: str, theme: Theme) -> bool:
    """Return whether all text stays readable."""
    return worst_contrast(color, theme) >= MIN_CONTRAST


def nearest_passing(color: str, theme: Theme) -> str:
    """Return the color of the same hue whose lightness is nearest and that ``passes``; "" when there is none."""
    hue, lightness, saturation = colorsys.rgb_to_hls(*(value / 255 for value in _channels(color)))
    for step in range(STEPS + 1):
        for sign in (-1, 1):
            tried = lightness + sign * step / STEPS
            if 0 <= tried <= 1:
                rgb = colorsys.hls_to_rgb(hue, tried, saturation)
                found = _hex(tuple(value * 255 for value in rgb))
                if passes(found, theme):
                    return found
    return ""


def stylesheet(light: str, dark: str) -> str:
    """Return the style sheet that replaces the accent colors of ``static/css/tokens.css``."""
    shades = (
        ("accent", light, dark),
        ("accent-hover", mix(light, LIGHT.hover, HOVER_SHARE), mix(dark, DARK.hover, HOVER_SHARE)),
        ("on-accent", text_on(light), text_on(dark)),
        ("accent-soft", soft(light, LIGHT), soft(dark, DARK)),
    )
    rules = "".join(f"--{name}:light-dark({first},{second});" for name, first, second in shades)
    return f":root{{{rules}}}\n"


def _channels(color: str) -> tuple[int, int, int]:
    red, green, blue = (int(color[index : index + 2], 16) for index in (1, 3, 5))
    return red, green, blue


def _hex(channels: tuple[float, ...]) -> str:
    return "#" + "".join(f"{round(value):02x}" for value in channels)


def _luminance(color: str) -> float:
    red, green, blue = (_linear(value / 255) for value in _channels(color))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(value: float) -> float:
    return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4
