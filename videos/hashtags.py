"""Hashtags in the titles and descriptions of videos. Pure."""

from __future__ import annotations

import re
from itertools import islice

# What ends a hashtag: spaces and punctuation of any script. Letters with marks, as in Hindi, are not only ``\w``.
_PUNCTUATION = (
    r"!-/:-@\[-^`{-~\u00a1\u00ab\u00b7\u00bb\u00bf\u060c\u061b\u061f\u066a-\u066d\u06d4"
    r"\u2000-\u206f\u3000-\u303f\uff01-\uff0f\uff1a-\uff20"
)
_PART = rf"[^\s{_PUNCTUATION}]"
# Not within a word, address or HTML entity, and no number: "#1" is a rank.
PATTERN = rf"(?<![\w&/#])#(?={_PART}*[^\W\d_])({_PART}{{1,40}})(?!{_PART})"
HASHTAG = re.compile(PATTERN)
LINK = re.compile(r"https?://\S+")
MAX_HASHTAGS = 20


def find_hashtags(*texts: str) -> list[str]:
    """Return the first ``MAX_HASHTAGS`` hashtags in some texts, without their signs, each once."""
    found = (match[1] for text in texts for match in HASHTAG.finditer(LINK.sub(" ", text)))
    return list(islice(dict.fromkeys(found), MAX_HASHTAGS))
