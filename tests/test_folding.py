"""The one folding of the project: what compares as equal, and what a text is found by."""

import re

import pytest

from streamsite import folding, stemming


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Élan™", "elan"),
        ("İstanbul IŞIK ışık", "istanbul isik isik"),
        ("ΟΔΟΣ οδός", "οδοσ οδοσ"),
        ("𝐁𝐨𝐥𝐝 ﬁne Ｗｉｄｅ", "bold fine wide"),
        ("Łódź Øre Đà Þór æon œuvre Ħal eŋge Straße", "lodz ore da thor aeon oeuvre hal enge strasse"),
        ("ガラス ｶﾞﾗｽ からす", "がらす がらす からす"),
        ("Ёлка Чайковский", "елка чаиковскии"),
        ("هَمْزَة أإآ", "همزه ااا"),
        ("שָׁלוֹם", "שלומ"),
        ("हिन्दी फ़िल्म १०", "हिन्दी फिल्म 10"),
        ("น้ำตก", "น\u0e49\u0e4d\u0e32ตก"),
        ("don’t – “so”", 'don\'t - "so"'),
        ("한국", "한국"),
    ],
)
def test_fold_is_stable(text, folded):
    assert folding.fold(text) == folded
    assert folding.fold(folded) == folded


def test_a_composed_and_a_decomposed_text_are_the_same():
    for composed, decomposed in {
        "é": "e\u0301",
        "가": "\u1100\u1161",
        "が": "か\u3099",
        "й": "и\u0306",
    }.items():
        assert folding.fold(composed) == folding.fold(decomposed)


@pytest.mark.parametrize(
    ("text", "forms"),
    [
        ("wi-fi", ["wi", "fi", "wifi"]),
        ("U.S.A.", ["u", "s", "a", "usa"]),
        ("10,000 10 000", ["10", "000", "10000", "10.000"]),
        ("3,5", ["3", "5", "3.5"]),
        ("1-0", ["1", "0"]),
        ("C++ C# ASP.NET", ["c", "c++", "c#", "asp", "net", ".net", "aspnet"]),
        ("Müller", ["muller", "mueller"]),
        ("東京都", ["東京", "京都", "東", "京", "都"]),
        ("pizza🍕🇫🇷", ["pizza", "🍕", "🇫🇷"]),
    ],
)
def test_forms(text, forms):
    assert folding.index_forms(text) == forms
    assert folding.contains_terms(folding.query_terms(text), forms)


def test_what_a_query_asks_for():
    def ways(text):
        return [term.alternatives for term in folding.query_terms(text)]

    assert ways("AC/DC") == [(("acdc",), ("ac", "dc"))]
    assert ways("d'amour James's") == [(("damour",), ("amour",)), (("jamess",), ("james",))]
    assert ways("c++") == [(("c++",),)]
    assert [term.run for term in folding.query_terms("東京都 京都")] == ["東京都", ""]
    assert folding.query_terms("™ ... -") == []


@pytest.mark.parametrize(
    ("word", "text"),
    [
        ("elan", "ÉLAN"),
        ("wifi", "Wi-Fi"),
        ("らーめん", "ラーメン"),
        ("елка", "Ёлка"),
        ("dont", "don’t"),
        ("c++", "C++"),
    ],
)
def test_a_pattern_finds_the_word_as_it_is_written(word, text):
    assert re.search(folding.accent_insensitive_pattern(word), f"x {text} x", re.IGNORECASE)
    assert not re.search(folding.accent_insensitive_pattern(word), "something else", re.IGNORECASE)


def test_phrases_stand_together_and_stay_in_their_text():
    line = folding.phrase_text("The Wi-Fi at home", "Home office", "東京タワー")
    for phrase, is_there in {
        "wi-fi at": True,
        "home home": False,
        "i at": False,
        "京タワ": True,
        "京 タワ": False,
    }.items():
        assert bool(re.search(folding.phrase_pattern(folding.words(phrase)), line)) is is_there, phrase


@pytest.mark.parametrize(
    ("language", "word", "stems"),
    [
        ("en", "animals", ["animal"]),
        ("en", "anime", []),
        ("en", "running", ["run"]),
        ("en", "cities", ["city"]),
        ("de", "Häuser", ["haus"]),
        ("fr", "éléphants", ["elephant"]),
        ("es", "animación", []),
        ("ru", "рецептов", ["рецепт"]),
        ("", "animals", []),
    ],
)
def test_only_endings_are_removed(language, word, stems):
    assert stemming.stems(word, language) == stems


def test_a_tag_of_a_language_leads_to_its_stemmer():
    assert [stemming.language_of(tag) for tag in ("pt-BR", "EN", "ja", "")] == ["pt", "en", "", ""]
