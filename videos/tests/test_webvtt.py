"""Caption files: what is kept of them, what is refused, and that nothing else comes through."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from streamsite.errors import Invalid, TooLarge
from videos.captions import webvtt
from videos.captions.webvtt import Cue

HOSTILE = """WEBVTT - title

STYLE
::cue { background: url(https://evil.example/x) }

REGION
id:fred

NOTE --> not a cue

1
00:00:01.000 --> 00:00:02.500 align:start position:0%
<v Bob><c.onerror>Hello <b>bold</b></c> <script>alert(1)</script>
<a href="javascript:x">second</a> &lt;i&gt; &amp; more

00:00:04.000 --> 00:00:03.000
backwards

00:05.000 --> 00:06.000
<00:05.500>karaoke <lang en>and</lang> <ruby>r<rt>t</rt></ruby>
"""


def test_only_times_text_and_plain_markup_survive():
    cues = webvtt.parse(HOSTILE.encode())
    assert cues == [
        Cue(1.0, 2.5, "Hello <b>bold</b> alert(1)\nsecond &lt;i&gt; &amp; more"),
        Cue(5.0, 6.0, "karaoke and rt"),
    ]
    written = webvtt.write(cues)
    assert written.startswith("WEBVTT\n\n00:00:01.000 --> 00:00:02.500\n")
    for trace in ("script", "onerror", "javascript", "url(", "STYLE", "NOTE", "align"):
        assert trace not in written
    assert webvtt.parse(written.encode()) == cues


def test_subrip_becomes_webvtt():
    text = (
        "1\r\n00:00:01,250 --> 00:00:02,000\r\n<i>Hi</i> {\\an8}<font color=red>there</font>\r\n\r\n"
        "2\r\n00:01:00,000 --> 00:01:01,500\r\nBye\r\n"
    )
    cues = webvtt.parse(text.encode())
    assert cues == [Cue(1.25, 2.0, "<i>Hi</i> there"), Cue(60.0, 61.5, "Bye")]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_byte_order_marks_are_understood(encoding):
    text = "WEBVTT\n\n00:00.000 --> 00:01.000\nGrüße 你好\n"
    assert webvtt.parse(text.encode(encoding))[0].text == "Grüße 你好"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"hello",
        b"WEBVTT\n",
        b"WEBVTT\n\n00:00.000 --> 00:01.000\n<c></c>\n",
        b"\x00\x01\x02\x03" * 50,
        b"\xff\xfe\x00\xd8",
        b"<html><script>alert(1)</script></html>",
        b"WEBVTT\n\n"
        + b"".join(
            b"%02d:%02d:%02d.000 --> 99:00:00.000\nx\n\n" % (i // 3600, i // 60 % 60, i % 60)
            for i in range(20_001)
        ),
    ],
)
def test_what_is_no_caption_file_is_refused(content):
    with pytest.raises(Invalid) as caught:
        webvtt.parse(content)
    assert caught.value.fields


def test_large_files_are_refused_before_they_are_read():
    with pytest.raises(TooLarge):
        webvtt.parse(b"WEBVTT\n\n" + b"x" * 50_000_000)


@given(st.text(max_size=300))
def test_any_text_in_a_cue_is_harmless_and_stays_the_same(text):
    content = "WEBVTT\n\n00:00.000 --> 00:01.000\n" + text
    try:
        cues = webvtt.parse(content.encode("utf-8", "ignore"))
    except Invalid:
        return
    written = webvtt.write(cues)
    for line in written.splitlines():
        bare = line
        for tag in webvtt.KEPT_TAGS:
            bare = bare.replace(tag, "")
        assert "<" not in bare
    assert webvtt.parse(written.encode()) == cues


@given(
    st.lists(
        st.tuples(st.floats(0, 3600), st.floats(0.001, 60), st.text(min_size=1, max_size=60)),
        min_size=1,
        max_size=20,
    )
)
@example([(0.0, 16.923, "whole and fraction, added, miss the nearest float")])
def test_cues_of_an_editor_come_back_as_they_were(rows):
    sent = [{"start": start, "end": start + length, "text": text} for start, length, text in rows]
    try:
        cues = webvtt.from_rows(sent)
    except Invalid:
        return
    assert webvtt.parse(webvtt.write(cues).encode()) == cues
