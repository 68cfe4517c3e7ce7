"""The subtitles of the demo's clips."""

from __future__ import annotations

# Start and end in seconds, and the text in each of a clip's languages.
Line = tuple[float, float, tuple[str, ...]]

STREAMING_LINES: tuple[Line, ...] = (
    (
        0.8,
        4.6,
        (
            "You press play, and a second later there is a picture.",
            "Du drückst auf Play, und eine Sekunde später ist ein Bild da.",
        ),
    ),
    (4.8, 9.4, ("Here is what happens in that second.", "Das passiert in dieser Sekunde.")),
    (
        10.6,
        14.8,
        (
            "A video is a stack of pictures, 25 for every second.",
            "Ein Video ist ein Stapel Bilder, 25 für jede Sekunde.",
        ),
    ),
    (
        15.0,
        19.4,
        (
            "As whole pictures, one minute would fill a phone.",
            "Als ganze Bilder würde eine Minute ein Telefon füllen.",
        ),
    ),
    (
        20.6,
        24.8,
        ("But most of each picture was there a moment ago.", "Doch das meiste war eben schon zu sehen."),
    ),
    (25.0, 29.4, ("So only what changed is written down.", "Also wird nur notiert, was sich geändert hat.")),
    (
        30.6,
        34.8,
        (
            "The site keeps the video in several sizes.",
            "Die Website hält das Video in mehreren Größen bereit.",
        ),
    ),
    (
        35.0,
        39.4,
        (
            "A large one for the sofa, a small one for the train.",
            "Eine große fürs Sofa, eine kleine für den Zug.",
        ),
    ),
    (
        40.6,
        44.8,
        (
            "Each size is cut into pieces of four seconds.",
            "Jede Größe wird in Stücke von vier Sekunden geschnitten.",
        ),
    ),
    (
        45.0,
        49.4,
        ("They travel one after another, like postcards.", "Sie reisen nacheinander, wie Postkarten."),
    ),
    (
        50.6,
        54.8,
        (
            "And for every piece, your player asks: how fast am I?",
            "Und bei jedem Stück fragt der Player: Wie schnell bin ich?",
        ),
    ),
    (
        55.0,
        59.2,
        (
            "Then it picks the best size that will arrive in time.",
            "Dann nimmt er die beste Größe, die rechtzeitig ankommt.",
        ),
    ),
)
SKY_LINES: tuple[Line, ...] = (
    (0.8, 7.4, ("The sun is white, and space is black. So why is the sky blue?",)),
    (8.6, 15.4, ("Sunlight holds every color at once. A prism takes it apart.",)),
    (16.6, 23.4, ("Each color is a wave. Blue waves are short, red ones are long.",)),
    (24.6, 31.4, ("Air throws short waves in every direction, so blue comes from everywhere.",)),
    (32.6, 39.2, ("In the evening the way through the air is long, and only red is left.",)),
)
_COUNT = (
    *(("One.", "Uno."), ("Two.", "Due."), ("Three.", "Tre."), ("Four.", "Quattro."), ("Five.", "Cinque.")),
    *(("Six.", "Sei."), ("Seven.", "Sette."), ("Eight.", "Otto."), ("Nine.", "Nove."), ("Ten.", "Dieci.")),
)
COUNTING_LINES: tuple[Line, ...] = tuple(
    (2 * number + 0.3, 2 * number + 1.9, pair) for number, pair in enumerate(_COUNT)
)
