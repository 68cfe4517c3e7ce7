"""Ids of what the demo makes: the same in every run, so that nothing is made twice and all of it is found again."""

from __future__ import annotations

import hashlib
from base64 import urlsafe_b64encode
from random import Random

SEED = "streamsite demo 1"


def demo_id(kind: str, *key: str) -> str:
    """Return the id, 16 URL-safe characters, of the demo's object of this kind and key."""
    text = " ".join((SEED, kind, *key))
    return urlsafe_b64encode(hashlib.sha256(text.encode()).digest())[:16].decode()


def demo_video_id(key: str) -> str:
    """Return the id of a clip's video."""
    return demo_id("video", key)[:11]


def demo_random(*key: str) -> Random:
    """Return a source of random numbers that is the same in every run."""
    return Random(" ".join((SEED, *key)))
