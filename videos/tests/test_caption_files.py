"""Caption files as people have them: every format, broken in the usual ways, in every encoding."""

import codecs
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streamsite.errors import Invalid
from videos.captions import webvtt
from videos.captions.webvtt import Cue, plain_text, read_caption_file

TWO = [Cue(1.0, 2.0, "One"), Cue(2.5, 3.0, "Two")]
READABLE = {
    "blank lines first": "\n\n\n1\n00:00:01,000 --> 00:00:02,000\nOne\n\n2\n00:00:02,500 --> 00:00:03,000\nTwo\n",
    "no numbers": "00:00:01,000 --> 00:00:02,000\nOne\n\n00:00:02,500 --> 00:00:03,000\nTwo\n",
    "no hours": "1\n00:01,000 --> 00:02,000\nOne\n\n2\n00:02,500 --> 00:03,000\nTwo\n",
    "hours of one digit": "1\n0:00:01,000 --> 0:00:02,000\nOne\n\n2\n0:00:02,500 --> 0:00:03,000\nTwo\n",
    "dots in SubRip": "1\n00:00:01.000 --> 00:00:02.000\nOne\n\n2\n00:00:02.500 --> 00:00:03.000\nTwo\n",
    "short fractions": "1\n00:00:01 --> 00:00:02\nOne\n\n2\n00:00:02,5 --> 00:00:03,0\nTwo\n",
    "no blank lines": "1\n00:00:01,000 --> 00:00:02,000\nOne\n2\n00:00:02,500 --> 00:00:03,000\nTwo\n",
    "NUL at the end": "1\n00:00:01,000 --> 00:00:02,000\nOne\n\n2\n00:00:02,500 --> 00:00:03,000\nTwo\n\0\0",
    "carriage returns": "1\r00:00:01,000 --> 00:00:02,000\rOne\r\r2\r00:00:02,500 --> 00:00:03,000\rTwo",
    "two carriage returns": "WEBVTT\r\r\n\r\r\n00:01.000 --> 00:02.000\r\r\nOne\r\r\n\r\r\n"
    "00:02.500 --> 00:03.000\r\r\nTwo\r\r\n",
    "spaces in times": "1\n00: 00: 01, 000 -> 00: 00: 02, 000\nOne\n\n2\n00:00:02,500-->00:00:03,000\nTwo\n",
    "coordinates": "1\n00:00:01,000 --> 00:00:02,000 X1:1 X2:2\nOne\n\n2\n00:00:02,500 --> 00:00:03,000\nTwo\n",
    "out of order": "2\n00:00:02,500 --> 00:00:03,000\nTwo\n\n1\n00:00:01,000 --> 00:00:02,000\nOne\n",
    "commas in WebVTT": "WEBVTT\n\n00:00:01,000 --> 00:00:02,000\nOne\n\n00:02,500 --> 00:03,000\nTwo\n",
    "WebVTT after blank lines": "\ufeff\n\nWEBVTT\n\n00:01.000 --> 00:02.000\nOne\n\n00:02.500 --> 00:03.000\nTwo",
    "WebVTT without blank lines": "WEBVTT\n00:01.000 --> 00:02.000\nOne\n00:02.500 --> 00:03.000\nTwo",
    "WebVTT comments": "WEBVTT\n\nNOTE a --> b\n\nfirst\n00:01.000 --> 00:02.000\nOne\n\nNOTE\nTODO\n\nx\n"
    "00:02.500 --> 00:03.000 line:0\nTwo\n\nSTYLE\n::cue {}\n",
    "SBV": "0:00:01.000,0:00:02.000\nOne\n\n0:00:02.500,0:00:03.000\nTwo\n",
    "SubStation": "[Script Info]\n; x\n\n[V4+ Styles]\nStyle: Default,Arial\n\n[Events]\n"
    "Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text\n"
    "Comment: 0,0:00:00.00,0:00:09.00,Default,,0,0,0,,A comment\n"
    "Dialogue: 0,0:00:02.50,0:00:03.00,Default,,0,0,0,,{\\pos(1,2)\\k20}Two\n"
    "Dialogue: 0,0:00:01.00,0:00:02.00,Default,,0,0,0,,{\\an8}One\n"
    "Dialogue: 1,0:00:01.00,0:00:02.00,Default,,0,0,0,,{\\bord2}One\n"
    "Dialogue: 1,0:00:01.00,0:00:02.00,Default,,0,0,0,,{\\p1}m 0 0 l 1 1{\\p0}\n",
    "SubStation with fields of its own": "[Events]\nFormat: Start, End, Text\nDialogue: 0:00:01.00,0:00:02.00,One\n"
    "Dialogue: 0:00:02.50,0:00:03.00,Two\n",
    "TTML": '<?xml version="1.0" encoding="UTF-16"?>\n<tt xmlns="http://www.w3.org/ns/ttml"><body begin="1s"><div>\n'
    '<p begin="00:00:00.000" end="00:00:01.000">\n  One\n</p>\n<p begin="1500ms" dur="0.5s">Two</p></div></body></tt>',
    "DFXP with frames": '<tt xmlns="http://www.w3.org/2006/10/ttaf1" xmlns:p="http://www.w3.org/2006/10/ttaf1#parameter"'
    ' p:frameRate="10"><body><p begin="00:00:01:00" end="20f">One</p>'
    '<p begin="00:00:02:05" end="00:00:03">Two</p></body></tt>',
    "TTML in ticks, times at spans": '<tt:tt xmlns:tt="http://www.w3.org/ns/ttml" xmlns:ttp="http://www.w3.org/ns/ttml#'
    'parameter" ttp:tickRate="1000"><tt:body><tt:p><tt:span begin="1000t" end="2000t">One</tt:span>'
    '<tt:span begin="2500t" end="3000t">Two</tt:span></tt:p></tt:body></tt:tt>',
}  # fmt: skip


@pytest.mark.parametrize("name", READABLE)
def test_every_common_form_is_read(name):
    file = read_caption_file(READABLE[name].encode())
    assert (file.cues, file.left_out) == (TWO, 0)
    assert webvtt.parse(webvtt.write(file.cues).encode()) == TWO


BROKEN = {
    "srt": "1\n00:00:01,000 --> 00:00:02,000\nOne\n\n2\n00:00:0x,000 --> 00:00:02,200\nLost\n\n"
    "3\n00:00:02,500 --> 00:00:03,000\nTwo\n\n4\n00:00:05,000 --> 00:00:04,000\nBackwards\n",
    "vtt": "WEBVTT\n\n00:01.000 --> 00:02.000\nOne\n\n00:0x.000 --> 00:02.200\nLost\n\n"
    "00:02.500 --> 00:03.000\nTwo\n\n00:05.000 --> 00:04.000\nBackwards\n",
    "ass": "[Events]\nFormat: Start, End, Text\nDialogue: 0:00:01.00,0:00:02.00,One\nDialogue: x,y,Lost\n"
    "Dialogue: 0:00:02.50,0:00:03.00,Two\nDialogue: 0:00:05.00,0:00:04.00,Backwards\n",
    "ttml": '<tt><body><p begin="1s" end="2s">One</p><p begin="noon" end="2s">Lost</p>'
    '<p begin="2.5s" end="3s">Two</p><p begin="5s" end="4s">Backwards</p></body></tt>',
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_cue_is_left_out_and_counted(name):
    file = read_caption_file(BROKEN[name].encode())
    assert (file.cues, file.left_out, file.format) == (TWO, 2, name)


def test_a_damaged_ttml_file_keeps_what_comes_before_the_damage():
    file = read_caption_file(
        b'<tt><body><p begin="1s" end="2s">I <3 you & me</p><p begin="3s" end="4s">x</q></body></tt>'
    )
    assert [plain_text(cue.text) for cue in file.cues] == ["I <3 you & me"]
    assert file.left_out == 1


@pytest.mark.parametrize(
    "file",
    [
        "WEBVTT\n\n00:01.000 --> 00:02.000\n{}\n",
        "1\n00:00:01,000 --> 00:00:02,000\n{}\n",
        "0:00:01.000,0:00:02.000\n{}\n",
        "[Events]\nFormat: Start, End, Text\nDialogue: 0:00:01.00,0:00:02.00,{}\n",
        '<tt><body><p begin="1s" end="2s">{}</p></body></tt>',
    ],
)
def test_signs_are_no_markup(file):
    said = "I <3 you & a < b, AT&T &copy x>y 5 << 6 R&D;"
    if not file.startswith("<tt>"):  # XML does not forgive a name after "<"
        said += " a<b & c>d"
    (cue,) = read_caption_file(file.replace("{}", said).encode()).cues
    assert plain_text(cue.text) == said
    assert "<" not in cue.text


def test_styles_become_plain_markup():
    ass = (
        "[Events]\nFormat: Start, End, Text\n"
        r"Dialogue: 0:00:01.00,0:00:02.00,{\b1}Bold{\b0} and {\i1\c&H00FF&}slanted\Nagain{\r} <script>{\u1}end"
    )
    (cue,) = read_caption_file(ass.encode()).cues
    assert cue.text == "<b>Bold</b> and <i>slanted\nagain</i> &lt;script&gt;<u>end</u>"
    ttml = (
        '<tt xmlns:tts="urn:x"><head><styling><style id="s" tts:fontStyle="italic"/></styling></head><body>'
        '<p begin="1s" end="2s">A <span style="s">b<br/>c</span> <span tts:fontWeight="bold">d</span></p></body></tt>'
    )
    (cue,) = read_caption_file(ttml.encode()).cues
    assert cue.text == "A <i>b\nc</i> <b>d</b>"


@pytest.mark.parametrize(
    "doctype",
    ['<!DOCTYPE tt [<!ENTITY a "b">]>', '<!DOCTYPE tt [<!ENTITY a SYSTEM "file:///etc/passwd">]>'],
)
def test_entities_are_refused(doctype):
    with pytest.raises(Invalid):
        read_caption_file(f'{doctype}<tt><body><p begin="1s" end="2s">&a;</p></body></tt>'.encode())


def test_deep_nesting_is_refused():
    with pytest.raises(Invalid):
        read_caption_file(b"<tt>" + b"<div>" * 100_000)


RUSSIAN = "1\n00:00:01,000 --> 00:00:02,000\nПривет, как дела сегодня?\n"
NAMES = {"utf-16-le": "utf-16", "utf-16-be": "utf-16", "cp932": "shift_jis", "cp949": "euc-kr"}
WORDS = {
    "fr": ("Ça va très bien, merci. Où êtes-vous allés cet été ?", ["cp1252"]),
    "pl": ("Zażółć gęślą jaźń, dziękuję bardzo.", ["cp1250", "iso8859-2"]),
    "ru": ("Привет, как дела? Я тебя люблю.", ["cp1251", "koi8-r", "utf-16-le", "utf-16-be", "utf-8"]),
    "el": ("Καλημέρα, τι κάνεις; Ευχαριστώ πολύ.", ["cp1253"]),
    "ja": ("こんにちは、元気ですか。", ["cp932", "euc_jp", "iso2022_jp"]),
    "zh": ("你好，最近怎么样？非常感谢。", ["gb18030"]),
    "ko": ("안녕하세요, 정말 감사합니다.", ["cp949"]),
}


@pytest.mark.parametrize(
    ("language", "said", "encoding"), [(k, w, e) for k, (w, es) in WORDS.items() for e in es]
)
def test_encodings_are_detected(language, said, encoding):
    content = f"1\r\n00:00:01,000 --> 00:00:02,000\r\n{said}\r\n".encode(encoding)
    file = read_caption_file(content, language=language)
    assert file.cues[0].text == said
    assert codecs.lookup(file.encoding).name == codecs.lookup(NAMES.get(encoding, encoding)).name


def test_a_chosen_encoding_is_used():
    content = RUSSIAN.encode("koi8-r")
    assert "Привет" not in read_caption_file(content, encoding="cp1251").cues[0].text
    assert "Привет" in read_caption_file(content, encoding="KOI8-R").cues[0].text
    for name in ("windows-1251", "cp1251", "CP1251"):
        assert read_caption_file(RUSSIAN.encode("cp1251"), encoding=name).encoding == "windows-1251"
    assert (
        read_caption_file("00:01,0 --> 00:02,0\n“é”".encode("cp1252"), encoding="latin-1").cues[0].text
        == "“é”"
    )
    with pytest.raises(Invalid) as caught:
        read_caption_file(content, encoding="rot13")
    assert "encoding" in (caught.value.fields or {})


def test_a_damaged_byte_does_not_make_utf8_something_else():
    file = read_caption_file(RUSSIAN.encode() + b"\n2\n00:00:03,000 --> 00:00:04,000\n\xd0 oh\n")
    assert (file.encoding, len(file.cues)) == ("utf-8", 2)
    assert "Привет" in file.cues[0].text


ROLLING = """WEBVTT
Kind: captions
Language: en

00:00:00.160 --> 00:00:02.389 align:start position:0%
 
we're<00:00:00.399><c> no</c><00:00:00.640><c> strangers</c>

00:00:02.389 --> 00:00:02.399 align:start position:0%
we're no strangers
 

00:00:02.399 --> 00:00:04.789 align:start position:0%
we're no strangers
to<00:00:02.720><c> love</c>

00:00:04.789 --> 00:00:04.799 align:start position:0%
to love
 

00:00:04.799 --> 00:00:06.000 align:start position:0%
to love
to<00:00:04.900><c> love</c>
"""  # noqa: W293 - the lines of one space are YouTube's


def test_rolling_captions_say_everything_once():
    cues = read_caption_file(ROLLING.encode()).cues
    assert [cue.text for cue in cues] == ["we're no strangers", "to love", "to love"]
    assert [(cue.start, cue.end) for cue in cues] == [(0.16, 2.399), (2.399, 4.799), (4.799, 6.0)]
    # Converted to SubRip, as downloaders do, they have lost the times of the words.
    lines = ["one", "one", "one\ntwo", "two", "two\nthree", "three", "three\nfour"]
    srt = "".join(
        f"{n}\n00:00:{n:02},000 --> 00:00:{n + 1:02},000\n{text}\n\n" for n, text in enumerate(lines, 1)
    )
    assert [cue.text for cue in read_caption_file(srt.encode()).cues] == ["one", "two", "three", "four"]


def test_people_who_repeat_themselves_are_left_alone():
    lines = ["No!", "No!", "Never.", "What?", "What?\nNever?", "Right."]
    srt = "".join(
        f"{n}\n00:00:{n:02},000 --> 00:00:{n + 1:02},000\n{text}\n\n" for n, text in enumerate(lines, 1)
    )
    assert [cue.text for cue in read_caption_file(srt.encode()).cues] == lines


@pytest.mark.parametrize(
    "content",
    [
        "WEBVTT\n\nNOTE\n" + "-->\n" * 400_000,
        "WEBVTT\n\n00:01.000 --> 00:02.000\n" + "<a" * 900_000,
        "1\n00:00:01,000 --> 00:00:02,000\n" + "{\\" * 900_000,
        "[Events]\nFormat: Start, End, Text\nDialogue: 0:00:01.00,0:00:02.00," + "{\\i1}" * 300_000,
        "[" + "a" * 1_900_000,
        "<tt><body>" + "<p begin='1s' end='2s'>x</p>" * 60_000,
        "1:" * 900_000,
        "1\n00:00:01,000 --> 00:00:02,000\n&" + "a" * 1_900_000,
        ("00:00:01,000 --> 00:00:02,000\n" + "x\n" * 3) * 15_000,
        "\n" * 600_000,
    ],
)  # fmt: skip
def test_no_file_takes_long(content):
    """The processor's time of this thread, far above what any of them needs: quadratic time would be minutes."""
    begun = time.thread_time()
    try:
        read_caption_file(content.encode())
    except Invalid:
        pass
    assert time.thread_time() - begun < 20


@given(
    st.text(alphabet="<>&;{}\\/bi3 :.,-\n\0ab[]", max_size=300), st.sampled_from(["WEBVTT\n\n", "", "1\n"])
)
def test_what_is_written_is_read_back(text, head):
    content = f"{head}00:00:01.000 --> 00:00:02.000\n{text}"
    try:
        cues = read_caption_file(content.encode()).cues
    except Invalid:
        return
    assert webvtt.parse(webvtt.write(cues).encode()) == cues
    for cue in cues:
        bare = cue.text
        for tag in webvtt.KEPT_TAGS:
            bare = bare.replace(tag, "")
        assert "<" not in bare
