"""Playlists, posts, and who follows whom."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class DemoPlaylist:
    """A playlist: its owner's username, texts, the keys of its clips, and whether everyone may find it."""

    key: str
    owner: str
    title: str
    description: str
    clips: tuple[str, ...]
    is_listed: bool = True


@dataclass(frozen=True)
class DemoPost:
    """A post with ``days`` of age, perhaps with an image, or with a clip."""

    key: str
    channel: str
    text: str
    days: float
    likes: int
    has_image: bool = False
    clip: str = ""


PLAYLISTS = (
    DemoPlaylist(
        "quiet-mornings",
        "northlight",
        "Quiet mornings",
        "Four films to start a day with.",
        ("first-light", "lake", "aurora", "tide"),
    ),
    DemoPlaylist(
        "rules",
        "smallworlds",
        "Simple rules",
        "Birds, cells, and lines that follow very short instructions.",
        ("murmuration", "life", "rule-thirty"),
    ),
    DemoPlaylist(
        "explained",
        "plainly",
        "Explained in a minute",
        "One question each. Start anywhere.",
        ("streaming", "blue-sky", "counting"),
    ),
    DemoPlaylist(
        "sleep",
        "kettleandkeys",
        "Music to fall asleep to",
        "Turn the brightness down.",
        ("rain-box", "lamps", "keys"),
    ),
    DemoPlaylist(
        "field-notes",
        "demo",
        "Field notes, in order",
        "Grass, tide, stars.",
        ("grass", "tide", "falling-stars"),
    ),
    DemoPlaylist(
        "to-show-mum",
        "demo",
        "To show Mum",
        "",
        ("aurora", "rain-box", "blue-sky", "slow-words"),
        is_listed=False,
    ),
)

POSTS = (
    DemoPost(
        "post-contact-sheet",
        "northlight",
        "Nine moments from the ridge. Which one should become the poster?",
        2.3,
        13,
        has_image=True,
    ),
    DemoPost(
        "post-vote",
        "plainly",
        "The next minute is about one of these: how a fridge gets cold, or why train tickets cost more on Fridays. Vote in the comments.",
        4.6,
        9,
    ),
    DemoPost(
        "post-scores",
        "kettleandkeys",
        "The score of “Rain on the skylight” is up. It fits on one page: https://example.org/kettle-and-keys/scores",
        5.9,
        11,
        clip="rain-box",
    ),
    DemoPost("post-path", "demo", "The coast path is open again after the storm. Bring boots.", 8.2, 7),
    DemoPost(
        "post-neighbors",
        "smallworlds",
        "Experiment of the week: what if every starling watched only one neighbor? (It goes badly. Video soon.)",
        1.4,
        12,
    ),
)

# How likely a viewer follows each channel.
FOLLOW_SHARES = {
    "northlight": 0.88,
    "demo": 0.62,
    "smallworlds": 0.75,
    "slowtype": 0.42,
    "kettleandkeys": 0.66,
    "plainly": 0.8,
}
# What the account "demo" follows, likes, and has watched up to a share.
FOLLOWED = ("northlight", "smallworlds", "kettleandkeys", "plainly")
LIKED = ("aurora", "murmuration", "rain-box", "streaming", "blue-sky")
WATCHED = (
    ("streaming", 0.55),
    ("murmuration", 1.0),
    ("aurora", 1.0),
    ("rain-box", 0.4),
    ("life", 1.0),
    ("slow-words", 0.97),
    ("lake", 0.62),
)
WATCH_LATER = ("rule-thirty", "keys", "counting")
