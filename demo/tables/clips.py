"""The demo's clips, in the order in which they are made: four short ones come first."""

from __future__ import annotations

from dataclasses import dataclass

from demo.tables.lines import COUNTING_LINES, SKY_LINES, STREAMING_LINES, Line

WIDE, SMALL, SCOPE, TALL = (1280, 720), (854, 480), (856, 358), (480, 854)


@dataclass(frozen=True)
class Clip:
    """A clip: what is drawn and played, and the texts around it.

    ``scores`` are styles of ``drawing.scores``, one for each audio track, with their language and name in ``tracks``.
    ``days`` is how long ago it was published, ``pull`` how many people watch it, ``kept`` the share that they watch.
    ``cover`` is the second that its thumbnail shows.
    """

    key: str
    channel: str
    title: str
    description: str
    category: str
    tags: tuple[str, ...]
    drawing: str
    size: tuple[int, int]
    fps: int
    seconds: int
    scores: tuple[str, ...]
    days: float
    pull: int
    kept: float
    cover: float
    tracks: tuple[tuple[str, str], ...] = ()
    languages: tuple[str, ...] = ()
    lines: tuple[Line, ...] = ()


CLIPS = (
    Clip(
        "first-light",
        "northlight",
        "First light over the ridge",
        "A whole day in the mountains, in twenty seconds.\n\n"
        "We left at four, carried too much coffee, and sat on a rock until the stars came back.\n\n"
        "Watch for the moment the far ridge turns pink at 0:14.\n\n"
        "Prints: https://example.org/northlight/prints\n\n#timelapse #mountains #slowtv",
        "film",
        ("timelapse", "mountains", "sunrise", "slow tv"),
        *("landscapes.ridges", SMALL, 15, 20, ("dawn",)),
        *(16.2, 96, 0.74, 14.6),
    ),
    Clip(
        "murmuration",
        "smallworlds",
        "Starlings at dusk: six rules, no leader",
        "Six hundred birds. Nobody leads. Each one only watches a handful of neighbors.\n\n"
        "The rules: stay close, but not too close, and fly the way the others fly. That is all of it.\n\n"
        "Background reading: https://example.org/small-worlds/flocks\n\n#boids #emergence #birds",
        "science",
        ("boids", "starlings", "emergence", "simulation"),
        *("creatures.starlings", SMALL, 20, 18, ("flock",)),
        *(3.1, 128, 0.68, 6.5),
    ),
    Clip(
        "slow-words",
        "slowtype",
        "Five quiet sentences",
        "A motion study in five colors. Set in one weight of one typeface, because that was enough.\n\n#typography #motiondesign",
        "film",
        ("typography", "motion design", "kinetic type"),
        *("lettering.words", WIDE, 20, 15, ("type",)),
        *(9.4, 61, 0.81, 7.6),
    ),
    Clip(
        "rain-box",
        "kettleandkeys",
        "Rain on the skylight (music box)",
        "A small piece for a music box and a wet Tuesday.\n\n"
        "Sheet music: https://example.org/kettle-and-keys/scores\n\n#musicbox #rain #calm",
        "music",
        ("music box", "rain", "calm", "sleep"),
        *("nature.rain", SMALL, 16, 24, ("box",)),
        *(6.3, 87, 0.77, 9),
    ),
    Clip(
        "streaming",
        "plainly",
        "How a video reaches your screen, in one minute",
        "What happens between pressing play and seeing the first picture.\n\n"
        "0:00 A second of patience\n0:10 Many pictures a second\n0:20 Most of a picture repeats\n"
        "0:30 One file, several sizes\n0:40 Sent in small pieces\n0:50 Your player chooses\n\n"
        "Subtitles: English, Deutsch.\nAsk the next question: https://example.org/plainly\n\n#explained #streaming #video",
        "education",
        ("explained", "streaming", "how it works", "video"),
        *("lessons.streaming", WIDE, 12, 60, ("lesson",)),
        *(11.2, 152, 0.62, 46.5),
        languages=("en", "de"),
        lines=STREAMING_LINES,
    ),
    Clip(
        "grass",
        "demo",
        "Field notes: wind in the long grass",
        "The path above the bay, ten minutes before the rain. Nothing happens, twice.\n\n#fieldnotes #wind #nature",
        "travel",
        ("field notes", "wind", "nature", "coast"),
        *("nature.grass", SMALL, 16, 20, ("dawn",)),
        *(45.3, 84, 0.7, 6),
    ),
    Clip(
        "life",
        "smallworlds",
        "A game of life, from noise to quiet",
        "Conway's game of life on 150 by 84 cells. It starts as static and ends as a handful of blinking lights.\n\n"
        "0:00 Static\n0:06 The first islands\n0:15 Gliders leave\n\nYellow is alive. Purple is a memory.\n\n#gameoflife #automata",
        "science",
        ("game of life", "cellular automata", "conway", "simulation"),
        *("creatures.life", SMALL, 12, 24, ("cells",)),
        *(24.8, 110, 0.58, 9),
    ),
    Clip(
        "keys",
        "kettleandkeys",
        "Three chords for a slow Sunday",
        "Left hand walks, right hand wanders. Every note you hear falls onto its key.\n\n"
        "0:00 The walk\n0:13 The wander\n0:26 Home again\n\nFree to use with credit.\n\n#piano #visualizer",
        "music",
        ("piano", "visualizer", "sunday", "chords"),
        *("melodies.keys", WIDE, 20, 30, ("keys",)),
        *(13.6, 79, 0.73, 12.4),
    ),
    Clip(
        "tide",
        "demo",
        "Field notes: the tide comes in",
        "Six lines of water, seen from the last bench before the lighthouse.\n\nLow water was at 6:42.\n\n#fieldnotes #sea #tide",
        "travel",
        ("field notes", "sea", "tide", "coast"),
        *("nature.tide", SMALL, 16, 24, ("water",)),
        *(17.7, 120, 0.72, 13),
    ),
    Clip(
        "counting",
        "plainly",
        "Count to ten: English and Italian",
        "For very small and very patient viewers. Switch the audio track in the player's settings: "
        "English comes with a music box, Italiano with a piano.\n\n#counting #languages #kids",
        "education",
        ("counting", "italian", "english", "languages"),
        *("lettering.counting", SMALL, 16, 20, ("count", "count2")),
        *(18.3, 47, 0.8, 5.4),
        tracks=(("eng", "English"), ("ita", "Italiano")),
        languages=("en", "it"),
        lines=COUNTING_LINES,
    ),
    Clip(
        "aurora",
        "northlight",
        "Green weather: northern lights over the forest",
        "The forecast said four out of nine. We put the tripod on the frozen lake and turned off every lamp.\n\n"
        "Best with headphones and a blanket.\n\n#aurora #night #winter",
        "film",
        ("aurora", "northern lights", "night sky", "winter"),
        *("landscapes.aurora", SMALL, 15, 24, ("night",)),
        *(1.2, 143, 0.79, 16),
    ),
    Clip(
        "alphabet",
        "slowtype",
        "Ten letters, cut from stripes (vertical)",
        "Made for upright screens. Turn your phone, or don't.\n\n#typography #vertical #shorts",
        "film",
        ("typography", "vertical", "letters"),
        *("lettering.alphabet", TALL, 15, 15, ("type",)),
        *(0.7, 66, 0.84, 4.1),
    ),
    Clip(
        "rule-thirty",
        "smallworlds",
        "Rule 30: chaos from a single line",
        "One cell, one rule, and then no way to tell what comes next without drawing it.\n\n"
        "The rule: left XOR (middle OR right). Try it on squared paper, it takes an evening.\n\n#rule30 #automata #math",
        "science",
        ("rule 30", "cellular automata", "chaos", "math"),
        *("creatures.rule_thirty", SMALL, 15, 20, ("cells",)),
        *(31.0, 72, 0.55, 9),
    ),
    Clip(
        "lake",
        "northlight",
        "Still water: one day at the lake, in scope",
        "Filmed in 2.39:1 because the lake asked for it.\n\n0:00 Before dawn\n0:08 Morning\n0:16 Noon to gold\n0:25 The first star\n\n"
        "#scope #lake #timelapse",
        "film",
        ("scope", "lake", "timelapse", "cinematic"),
        *("landscapes.lake", SCOPE, 15, 30, ("water",)),
        *(38.4, 84, 0.69, 22.4),
    ),
    Clip(
        "lamps",
        "kettleandkeys",
        "Night lamps: fall asleep to this (vertical)",
        "Put it on the shelf, turn the brightness down. The piece loops well.\n\n#sleep #ambient #vertical",
        "music",
        ("sleep", "ambient", "night", "vertical"),
        *("melodies.lamps", TALL, 15, 20, ("night",)),
        *(27.5, 54, 0.86, 8),
    ),
    Clip(
        "blue-sky",
        "plainly",
        "Why is the sky blue? (40 seconds)",
        "The shortest honest answer we could make.\n\n"
        "0:00 The question\n0:08 Every color\n0:16 Colors are waves\n0:24 Air and short waves\n0:32 Sunset\n\n"
        "Subtitles: English.\n\n#explained #physics #sky",
        "education",
        ("explained", "physics", "sky", "light"),
        *("lessons.blue_sky", WIDE, 12, 40, ("lesson",)),
        *(34.9, 118, 0.66, 37),
        languages=("en",),
        lines=SKY_LINES,
    ),
    Clip(
        "falling-stars",
        "demo",
        "Field notes: a night of falling stars",
        "Lay down in the stubble field at eleven and counted seventeen. You may find more: the first is at 0:01.\n\n"
        "#fieldnotes #meteors #nightsky",
        "travel",
        ("field notes", "meteors", "night sky", "august"),
        *("nature.falling_stars", SMALL, 16, 20, ("night",)),
        *(3.6, 104, 0.76, 5.6),
    ),
)
BY_KEY = {clip.key: clip for clip in CLIPS}
