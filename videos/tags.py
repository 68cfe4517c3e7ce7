"""Tags of videos: how they are written, and by which key two spellings are the same tag.

``Video.tags`` holds tags as their first writer spelled them, in lower case; ``Video.tag_keys`` the folded keys by which
they are compared and looked up, with those of the hashtags in title and description.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from django.utils.translation import gettext as _

from streamsite.errors import Absent
from streamsite.folding import fold
from streamsite.sanitize import clean_line, is_blank
from videos.hashtags import find_hashtags
from videos.models import Video

MAX_TAGS, MAX_TAG_LENGTH = 20, 40
SEPARATORS = re.compile("[,\uff0c\u3001\n]")
HASH_SIGNS = "#\uff03\ufe5f"
DOT_ABOVE = "\u0307"
# The code in a flag of England or Scotland, as letters: folding removes what cannot be seen.
LETTERS_OF_FLAGS = {0xE0000 + code: chr(code) for code in range(0x30, 0x7B)}


def clean_tags(value: object) -> list[str]:
    """Return tags in their stored form, each key once. Raises ``ValueError`` with a sentence for people.

    ``value`` is a list of strings, or one string with commas between the tags. ``#`` before a tag is no part of it.
    """
    words = SEPARATORS.split(value) if isinstance(value, str) else value
    if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
        raise ValueError(_("Enter tags separated by commas."))
    found: dict[str, str] = {}
    for word in words:
        tag = normalize_tag(word)
        if not is_blank(tag):
            found.setdefault(tag_key(tag), tag)
    tags = list(found.values())
    if len(tags) > MAX_TAGS or any(len(tag) > MAX_TAG_LENGTH for tag in tags):
        raise ValueError(
            _("Add up to %(tags)d tags of up to %(length)d characters each.")
            % {"tags": MAX_TAGS, "length": MAX_TAG_LENGTH}
        )
    return tags


def normalize_tag(raw: str) -> str:
    """Return one tag in its stored form: ``" # İzmir "`` becomes ``izmir``. "" when nothing is left."""
    text = clean_line(raw)
    while text and text[0] in HASH_SIGNS:
        text = text[1:].strip()
    # The lower case of "İ" is "i" with a dot above it, which looks like "i" and is another text.
    return clean_line(text.lower().replace(f"i{DOT_ABOVE}", "i"))


def require_tag(raw: str) -> str:
    """Return a tag in its stored form. Raise ``Absent`` for what can't be a tag."""
    name = normalize_tag(raw)
    if not tag_key(name) or len(name) > MAX_TAG_LENGTH:
        raise Absent
    return name


def tag_key(tag: str) -> str:
    """Return the key that all spellings of a tag share."""
    plain = normalize_tag(tag)
    return " ".join(fold(plain.translate(LETTERS_OF_FLAGS)).split()) or plain


def tag_keys(tags: Iterable[object]) -> list[str]:
    """Return the keys of tags, each once, in order."""
    return list(dict.fromkeys(tag_key(str(tag)) for tag in tags))


def video_keys(tags: Iterable[object], title: str, description: str) -> list[str]:
    """Return the keys that a video is found by: those of its tags, and of the hashtags in its texts."""
    return tag_keys([*tags, *find_hashtags(title, description)])


def refresh_tag_keys(video_ids: Iterable[str]) -> None:
    """Update ``tag_keys`` of videos from their tags and texts. Idempotent."""
    fields = ("pk", "tags", "title", "description", "tag_keys")
    for video_id, tags, title, description, known in Video.objects.filter(pk__in=list(video_ids)).values_list(
        *fields
    ):
        if known != (wanted := video_keys(tags, title, description)):
            unchanged = Video.objects.filter(pk=video_id, tags=tags, title=title, description=description)
            unchanged.update(tag_keys=wanted)
