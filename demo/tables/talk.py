"""The comments on clips and posts, with their replies."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Said:
    """A comment: who, what, how many likes; ``hours`` after the clip. Its replies come in order."""

    author: str
    text: str
    hours: float
    likes: int = 0
    replies: tuple[Said, ...] = field(default=())
    pinned: bool = False
    hearted: bool = False


# By the key of a clip, or of a post.
TALK: dict[str, tuple[Said, ...]] = {
    "first-light": (
        Said(
            "northlight",
            "The next film is about water. Which lake should we visit?",
            1,
            6,
            (
                Said("oskar-l", "The small one behind the sawmill. Nobody is ever there.", 9, 4),
                Said("northlight", "@oskar-l On the list. We will bring coffee.", 11, 5),
            ),
            pinned=True,
        ),
        Said(
            "ines.m",
            "0:14 is the best second on this site.",
            5,
            9,
            (
                Said("hannah.b", "I have it as my desktop now.", 8, 2),
                Said("yusuf", "0:17 is close, though. The sun just sits on the edge.", 26, 3),
            ),
            hearted=True,
        ),
        Said("mai.tran", "I play this before the first call of the day. It helps.", 30, 5, hearted=True),
        Said(
            "tomasz",
            "What did you use for the clouds? They move exactly as slowly as they should.",
            52,
            2,
            (Said("northlight", "Noise, octave by octave, and a lot of waiting.", 60, 4),),
        ),
        Said("samir", "More like this please.", 120, 1),
    ),
    "murmuration": (
        Said(
            "kenji",
            "There is a moment at 0:07 where the whole flock decides something. Who told them?",
            3,
            8,
            (
                Said("smallworlds", "Nobody! That is the fun of it.", 4, 6),
                Said("ada.w", "My physics teacher needs to see this.", 19, 2),
            ),
            hearted=True,
        ),
        Said(
            "noor",
            "Do they ever split into two flocks?",
            16,
            3,
            (
                Said(
                    "smallworlds",
                    "If you let each bird watch fewer neighbors, yes. Good idea for a follow-up.",
                    18,
                    4,
                ),
            ),
        ),
        Said("ellie.o", "Saw a real one over the pier last week. Same shivers.", 28, 4),
        Said("viktor", "Is the code somewhere?", 40, 1),
    ),
    "slow-words": (
        Said("jules", "“Let the kettle sing” is going on a postcard.", 12, 6, hearted=True),
        Said("petra.v", "The yellow one. 0:10.", 30, 2),
        Said(
            "chloe.t",
            "How long did this take?",
            55,
            1,
            (Said("slowtype", "Five evenings. One per sentence.", 57, 4),),
        ),
    ),
    "rain-box": (
        Said(
            "bea",
            "My daughter asks for “the rain song” every night now.",
            9,
            7,
            (Said("kettleandkeys", "That is the nicest review we ever had.", 12, 5),),
            hearted=True,
        ),
        Said("lukas.f", "Could you make a ten-hour version? Asking for a friend who can't sleep.", 20, 4),
        Said("priya_k", "The echo at 0:12 is lovely.", 75, 2),
    ),
    "streaming": (
        Said(
            "plainly",
            "Chapters are in the description, subtitles in English and German. What should we explain next?",
            0.5,
            5,
            (
                Said("dan_r", "Why does my train ticket cost more on Fridays.", 6, 5),
                Said("ruth.h", "How does a fridge get cold?", 14, 7),
                Said("plainly", "@ruth.h The fridge it is.", 20, 6),
            ),
            pinned=True,
        ),
        Said(
            "marco77", "So that is why it gets blurry in the tunnel. 0:50 made it click.", 8, 9, hearted=True
        ),
        Said(
            "lena_p",
            "I teach this to fourteen-year-olds. May I show it in class?",
            22,
            6,
            (
                Said("plainly", "Please do! There is a download on request.", 24, 4),
                Said("lena_p", "Thank you. They will like the postcards at 0:45.", 25, 2),
            ),
        ),
        Said("sofie", "The part where only the ball is drawn again, 0:25. Wow.", 44, 3),
        Said("amara", "One minute well spent.", 96, 2),
    ),
    "grass": (
        Said("amara", "I can smell this.", 10, 5, hearted=True),
        Said(
            "ruth.h",
            "Is this the path behind the old coastguard house?",
            33,
            2,
            (Said("demo", "It is. Second gate.", 36, 3),),
        ),
    ),
    "life": (
        Said("ada.w", "Two gliders escape at 0:15, top right. Be free!", 7, 6, hearted=True),
        Said("tomasz", "The purple afterglow makes it so much easier to follow.", 41, 4),
        Said(
            "kenji",
            "Wake me when it invents chess.",
            63,
            7,
            (Said("viktor", "Give it another billion generations.", 65, 3),),
        ),
    ),
    "keys": (
        Said("ellie.o", "Finally a visualizer that shows the left hand, too.", 14, 5),
        Said("hannah.b", "0:13 to 0:20 on repeat.", 29, 3, hearted=True),
        Said(
            "samir",
            "What is the second chord?",
            50,
            1,
            (Said("kettleandkeys", "A minor. Then F, then G, then home.", 52, 3),),
        ),
    ),
    "tide": (
        Said("ines.m", "I watched the whole thing standing up.", 6, 4, hearted=True),
        Said(
            "oskar-l",
            "Which bench is that? I need it for lunch.",
            18,
            2,
            (
                Said("demo", "The one with the missing board.", 20, 3),
                Said("oskar-l", "Found it! Wet, but worth it.", 70, 4),
            ),
        ),
        Said("yusuf", "The color of the last wave. Please never change it.", 44, 3),
    ),
    "counting": (
        Said("bea", "We are at “quattro” and very proud.", 20, 5, hearted=True),
        Said("marco77", "Bravissimi. The piano on the Italian track is a nice touch.", 48, 3),
    ),
    "aurora": (
        Said("noor", "Full screen, lights off, wow.", 2, 7, hearted=True),
        Said(
            "lukas.f",
            "0:09 looks like a pipe organ.",
            5,
            5,
            (Said("jules", "I cannot unhear that now.", 7, 2),),
        ),
        Said(
            "priya_k",
            "How cold was it?",
            9,
            1,
            (Said("northlight", "Cold enough that the coffee froze before we did.", 12, 6),),
        ),
        Said("petra.v", "Green weather is my favorite weather.", 20, 3),
    ),
    "alphabet": (
        Said("sofie", "Watched it sideways. Regret nothing.", 3, 4),
        Said("chloe.t", "That second S at 0:09!", 11, 2, hearted=True),
    ),
    "rule-thirty": (
        Said(
            "viktor",
            "I did try it on squared paper. It takes two evenings.",
            60,
            6,
            (Said("smallworlds", "You are a hero.", 62, 4),),
            hearted=True,
        ),
        Said("dan_r", "The triangles are looking back at me.", 90, 3),
    ),
    "lake": (
        Said("hannah.b", "Scope was the right call.", 12, 3),
        Said("mai.tran", "The reflection at 0:25 gets me every time.", 70, 5, hearted=True),
        Said("tomasz", "Asked for a lake, got a lake. Thank you.", 140, 2),
    ),
    "lamps": (
        Said("lena_p", "Made it eleven seconds before I was gone.", 30, 6, hearted=True),
        Said("bea", "On the shelf since Tuesday.", 200, 2),
    ),
    "blue-sky": (
        Said("amara", "Forty seconds, and now I get to be annoying at every sunset.", 26, 8, hearted=True),
        Said(
            "kenji",
            "Why isn't it violet, then?",
            40,
            5,
            (
                Said(
                    "plainly", "Great question. The sun sends less violet, and our eyes hardly see it.", 43, 6
                ),
                Said("kenji", "Follow-up video, please.", 44, 2),
            ),
        ),
    ),
    "falling-stars": (
        Said(
            "ada.w",
            "Counted nineteen. Do I win something?",
            1.5,
            4,
            (Said("demo", "A warm blanket and our respect.", 2, 3),),
            hearted=True,
        ),
        Said("jules", "0:05 is a double.", 4, 2),
        Said("samir", "Which camera is this? The stars really turn around the pole.", 6, 1),
    ),
    "post-contact-sheet": (
        Said("oskar-l", "Bottom left for the poster.", 4, 3),
        Said("ines.m", "All of them, in a row, over the sofa.", 9, 4),
    ),
    "post-vote": (
        Said("ruth.h", "Fridge!", 1, 5),
        Said("dan_r", "Train tickets. I will not let this go.", 2, 4),
    ),
    "post-scores": (Said("ellie.o", "Printed it. The cat approves.", 20, 3),),
}
