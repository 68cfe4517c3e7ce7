"""Steps that the tasks of ``tests.support.tasks`` take on YouTube: desktop browser, signed in, from the home page.

Every click is named, so that a reader can check the count; where a help page leaves a step open ("you might need to
sign in"), it is left out. What basis a row has:

- ``help page``: the text of the page was read, and gives these steps; those to the place where it begins are added
- ``retold``: others' descriptions of the steps were read, not the help page itself
- ``estimate``: from memory of the product; the help page named is where the steps are documented

Not measured on YouTube itself, whose pages change.
"""

from __future__ import annotations

from dataclasses import dataclass

HELP = "https://support.google.com"


@dataclass(frozen=True)
class Steps:
    """The clicks, keys and entries of one task."""

    clicks: tuple[str, ...]
    basis: str
    source: str
    keys: tuple[str, ...] = ()
    entries: tuple[str, ...] = ()

    @property
    def counts(self) -> tuple[int, int, int]:
        """Clicks, keys, entries."""
        return len(self.clicks), len(self.keys), len(self.entries)


_STUDIO = ("profile picture", "YouTube Studio")
_SECURITY = ("profile picture", "Google Account", "Security")
_UPLOAD = ("Create", "Upload videos", "Select files", "not made for kids", "Next", "Next", "Next")

YOUTUBE: dict[str, Steps] = {
    "Create an account": Steps(
        ("Sign in", "Create account", "For my personal use", "Next", "Next", "Next", "Next", "I agree"),
        "estimate",
        f"{HELP}/accounts/answer/27441",
        entries=("name", "day of birth", "year of birth", "address", "code", "password", "password again"),
    ),
    "Upload, title and publish a video": Steps(
        (*_UPLOAD, "Public", "Publish"),
        "retold",
        f"{HELP}/youtube/answer/57407",
        entries=("file", "title"),
    ),
    "Set a thumbnail": Steps(
        (*_STUDIO, "Content", "the video", "Upload thumbnail", "Save"),
        "help page",
        f"{HELP}/youtube/answer/72431",
        entries=("file",),
    ),
    "Add a subtitle file": Steps(
        (
            *(*_STUDIO, "Subtitles", "the video", "Add language", "the language", "Add", "Upload file"),
            *("With timing", "Continue", "Done"),
        ),
        "estimate",
        f"{HELP}/youtube/answer/2734796",
        entries=("file",),
    ),
    "Upload and schedule a video": Steps(
        (*_UPLOAD, "Schedule", "Schedule"),
        "retold",
        f"{HELP}/youtube/answer/1270709",
        entries=("file", "date", "time"),
    ),
    "Save a video from its card to a new playlist": Steps(
        ("More", "Save to playlist", "New playlist", "Create"),
        "estimate",
        f"{HELP}/youtube/answer/57792",
        entries=("title",),
    ),
    "Move a video up in a playlist": Steps(
        ("Playlists", "the playlist", "drag"), "estimate", f"{HELP}/youtube/answer/57792"
    ),
    "Subscribe to a channel with all notifications": Steps(
        ("the video", "Subscribe", "the bell", "All"), "estimate", f"{HELP}/youtube/answer/3382248"
    ),
    "Open what the bell announces": Steps(
        ("the bell", "the notification"), "estimate", f"{HELP}/youtube/answer/3382248"
    ),
    "Comment on a video": Steps(
        ("the video", "Comment"),
        "help page",
        f"{HELP}/youtube/answer/6000964",
        entries=("comment",),
    ),
    "Find the moment at which a word is spoken": Steps(
        ("the video", "more", "Show transcript", "the line"),
        "estimate",
        f"{HELP}/youtube/answer/100078",
        keys=("Enter",),
        entries=("search", "search in the transcript"),
    ),
    "Change the password": Steps(
        (*_SECURITY, "Password", "Change password"),
        "help page",
        f"{HELP}/accounts/answer/41078",
        entries=("password", "password again"),
    ),
    "Turn on two-factor authentication": Steps(
        (
            *(*_SECURITY, "2-Step Verification", "Next", "Authenticator", "Set up authenticator", "Next"),
            *("Verify", "Turn on"),
        ),
        "estimate",
        f"{HELP}/accounts/answer/185839",
        entries=("password", "code"),
    ),
    "Switch to the dark theme": Steps(
        ("profile picture", "Appearance", "Dark theme"), "estimate", f"{HELP}/youtube/answer/7385323"
    ),
    "Delete the account": Steps(
        (
            *("profile picture", "Google Account", "Data & privacy", "Delete your Google Account", "Next"),
            *("I acknowledge", "Yes, I want to delete", "Delete account"),
        ),
        "estimate",
        f"{HELP}/accounts/answer/32046",
        entries=("password",),
    ),
}
