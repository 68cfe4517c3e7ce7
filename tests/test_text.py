"""Cleaning of text: emoji and flags stay whole, what hides text goes."""

import pytest

from streamsite.sanitize import clean_line, clean_text, truncate_line

ENGLAND = "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f"
SCOTLAND = "\U0001f3f4\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f"
WALES = "\U0001f3f4\U000e0067\U000e0062\U000e0077\U000e006c\U000e0073\U000e007f"
TEXAS = "\U0001f3f4\U000e0075\U000e0073\U000e0074\U000e0078\U000e007f"
WHOLE = {
    "England": ENGLAND, "Scotland": SCOTLAND, "Wales": WALES, "Texas": TEXAS, "both": ENGLAND + WALES,
    "Germany": "\U0001f1e9\U0001f1ea", "family": "\U0001f468\u200d\U0001f469\u200d\U0001f467", "heart": "\u2764\ufe0f",
    "keycap": "1\ufe0f\u20e3", "skin": "\U0001f44d\U0001f3fd", "rainbow": "\U0001f3f3\ufe0f\u200d\U0001f308",
    "Persian": "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645", "Hindi": "\u0915\u094d\u200d\u0937",
}  # fmt: skip
HIDDEN = {
    "override": "\u202e", "isolate": "\u2066", "space": "\u200b", "mark": "\ufeff", "hyphen": "\u00ad",
    "times": "\u2062", "swap": "\u206b",
    "tag": "\U000e0041", "flag alone": WALES[1:], "no end": WALES[:-1], "too long": WALES[:-1] * 2,
    "another base": "\U0001f600" + WALES[1:], "annotation": "\ufff9",
}  # fmt: skip


@pytest.mark.parametrize("emoji", WHOLE.values(), ids=WHOLE)
def test_emoji_and_joiners_stay_whole(emoji):
    assert clean_line(f" {emoji} a") == clean_text(f" {emoji} a") == f"{emoji} a"


@pytest.mark.parametrize("text", HIDDEN.values(), ids=HIDDEN)
def test_invisible_characters_are_removed(text):
    shown = "".join(one for one in text if one in "\U0001f3f4\U0001f600")
    assert clean_line(f"a{text}b") == clean_text(f"a{text}b") == f"a{shown}b"


@pytest.mark.parametrize("emoji", [WHOLE[name] for name in WHOLE if name not in {"both", "Persian", "Hindi"}])
def test_no_emoji_is_cut_in_two(emoji):
    line = clean_line(f"{'x' * 8}{emoji}{'y' * 8}")
    for longest in range(8, 8 + len(emoji)):
        assert truncate_line(line, longest) == "x" * 8
    assert truncate_line(line, 8 + len(emoji)) == "x" * 8 + emoji
    assert truncate_line(f"{WALES}{ENGLAND}", len(WALES) + 3) == WALES
    assert truncate_line(f"{'word ' * 9}", 12) == "word word"
    assert truncate_line("short", 12) == "short"
