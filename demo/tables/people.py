"""The demo's accounts: three to sign in with, channels, and viewers."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class DemoChannel:
    """A channel: emblem and banner of ``drawing.portraits``, and the colors of the emblem."""

    username: str
    name: str
    emblem: str
    tints: str
    banner: str
    bio: str
    links: tuple[str, ...] = ()


# Accounts with the demo password: username, display name, administrator or not.
SIGN_INS = (
    ("demo", "Fern & Tide", False),
    ("demoadmin", "Demo Administrator", True),
    ("northlight", "Northlight Films", False),
)

CHANNELS = (
    DemoChannel(
        "northlight",
        "Northlight Films",
        "peaks",
        "1d3557 a8c5da f4d9a0",
        "peaks",
        "Short films about places that are quiet early in the morning. A new one every other Friday.\n\n"
        "Every picture here is drawn by a program.",
        ("https://example.org/northlight", "https://example.org/northlight/prints"),
    ),
    DemoChannel(
        "demo",
        "Fern & Tide",
        "leaf",
        "2f6b4f bfe3a8 f6f1d8",
        "field",
        "Field notes from the coast path: grass, water, weather. This is the channel you see when you sign in as demo.",
        ("https://example.org/fern-and-tide",),
    ),
    DemoChannel(
        "smallworlds",
        "Small Worlds",
        "cells",
        "161a33 ff8a4c ffd27a",
        "birds",
        "Simple rules, large surprises. Flocks, automata, and other things that nobody planned.",
        ("https://example.org/small-worlds",),
    ),
    DemoChannel(
        "slowtype",
        "Slow Type",
        "letter",
        "f25c3d fff3e6 1d1a12",
        "type",
        "Letters that take their time. Motion studies, made one evening at a time.",
    ),
    DemoChannel(
        "kettleandkeys",
        "Kettle & Keys",
        "keys",
        "2a1746 f4e9ff ff8fb8",
        "lamps",
        "Small pieces of music for rainy kitchens. Use them in your own videos if you like.",
        ("https://example.org/kettle-and-keys", "https://example.org/kettle-and-keys/scores"),
    ),
    DemoChannel(
        "plainly",
        "Plainly",
        "bulb",
        "3b6ef5 fff6dc 16265a",
        "lesson",
        "One question, one minute, no jargon. Subtitles in every video.",
        ("https://example.org/plainly",),
    ),
)

# Username, display name, colors of the picture: clothes, face, hair. "" has no picture.
VIEWERS = (
    ("ines.m", "Ines Moreau", "f2c6a0 3f6f8f e8b48c 2b1c16"),
    ("tomasz", "Tomasz", "cfe3d4 2f5d50 e2a982 5a3a22"),
    ("priya_k", "Priya K.", "f6d8c8 b2474a b87b52 1c1412"),
    ("oskar-l", "Oskar Lind", "d8e2f4 2d4a86 f0c3a0 c98b3a"),
    ("mai.tran", "Mai Tran", "f7e3b0 6a8d3a e9bd92 16110f"),
    ("jules", "Jules", "e4d5f2 5e3f8e d69a72 3b2418"),
    ("hannah.b", "Hannah Berg", "fbdcd2 d0604a f3c8a8 8a4b2a"),
    ("yusuf", "Yusuf A.", "d2ecec 1f6f78 a86e48 15100e"),
    ("lena_p", "Lena P.", ""),
    ("marco77", "Marco", ""),
    ("ada.w", "Ada W.", "dde7c9 47663b c88a60 241813"),
    ("noor", "Noor", "f4d2e0 93386b c9936a 17110f"),
    ("petra.v", "Petra Vos", ""),
    ("samir", "Samir", ""),
    ("ellie.o", "Ellie Osei", "fce6c2 c9832c 8a5a3a 120d0b"),
    ("kenji", "Kenji", ""),
    ("ruth.h", "Ruth H.", ""),
    ("bea", "Bea", ""),
    ("lukas.f", "Lukas F.", ""),
    ("amara", "Amara", ""),
    ("dan_r", "Dan R.", ""),
    ("sofie", "Sofie", ""),
    ("viktor", "Viktor", ""),
    ("chloe.t", "Chloe T.", ""),
)
