"""Derive a video's first title from its file name. Pure.

Names come from cameras, phones, download programs and web forms: ``My_holiday%202024.mp4``, ``IMG_1234.MOV``,
``Big.Buck.Bunny.2008.1080p.BluRay.x264-GROUP.mkv``. What these programs add is removed; words are kept.
"""

from __future__ import annotations

import re
from datetime import date
from urllib.parse import unquote

from django.utils.translation import gettext as _

from streamsite.sanitize import clean_line, is_blank, truncate_line

MAX_NAME_LENGTH, MAX_LENGTH = 500, 120

MEDIA = (
    "mp4|m4v|mov|qt|mkv|webm|avi|ts|m2ts|mts|mpe?g|m2v|vob|mxf|dv|nut|gif|wmv|asf|flv|ogv|ogm|3gp|3g2|mp3|m4a|flac|wav"
    "|aiff?|aac|e?ac3|mp2|amr|wma|mka|ogg|opus|rm|rmvb|divx|lrv|insv|braw|part|crdownload|download|tmp"
)
MEDIA_SUFFIX = re.compile(rf"\.(?:{MEDIA})\Z", re.IGNORECASE)
OTHER_SUFFIX = re.compile(r"\.(?=[a-z0-9]*[a-z])[a-z0-9]{2,4}\Z|\.(?=[A-Z0-9]*[A-Z])[A-Z0-9]{2,4}\Z")
ENCODED = re.compile(r"%[0-9A-Fa-f]{2}")
# A plus between words is a space, as web forms write it; one between single letters or numbers is a plus.
PLUS = re.compile(r"(?<=[^\W_])\+(?=[^\W_])")
WORDS_WITH_PLUS = re.compile(r"[^\W\d_]{2}\+[^\W_]|[^\W_]\+[^\W\d_]{2}")

# A mark says how a file was made. The sure ones are nothing else; others count only beside a sure one.
EDGE, END = r"(?:(?<=[\s._\-\[(,])|\A)", r"(?=[\s._\-\])+,]|\Z)"
SURE = (
    r"\d{3,4}[pi](?:\d{2,3}(?:fps)?)?|\d{3,4}x\d{3,4}|[xh][. ]?26[45]|web-?dl|web-?rip|blu-?ray|b[dr]-?rip|dvd-?rip"
    r"|hd-?rip|hdtv|dvdscr|xvid|divx|\d{2,3}fps|10-?bit|8-?bit|remux"
)
UNSURE = (
    r"[48]k|[uf]hd|hdr(?:10\+?)?|sdr|dv|hevc|avc|av1|vp9|aac(?:[ .]?\d[ .]\d)?|e?ac3|ddp?(?:[ .]?\d[ .]\d)?|dts(?:-hd)?"
    r"|flac|mp3|opus|[257][ .][01]|web|proper|repack|extended|uncut|multi|dubbed|subbed|amzn|nf|hq|hd"
)
MARK = re.compile(rf"{EDGE}(?:{SURE}){END}", re.IGNORECASE)
BESIDE_BEFORE = re.compile(rf"{EDGE}(?:{UNSURE})[\s._\-\[(]*\Z", re.IGNORECASE)
BESIDE_AFTER = re.compile(rf"[\s._\-\[(]*(?:{SURE}|{UNSURE}){END}", re.IGNORECASE)
GROUP = re.compile(r"-[A-Za-z0-9]{2,20}\]?\Z")
EMPTY_BRACKETS = re.compile(r"[\[(][\s,;._-]*[\])]")
INITIALS = re.compile(r"(?<![^\W_])(?:[^\W\d_]\.){2,}")
# What download programs put behind a title: the key of the video elsewhere.
YOUTUBE_ID = re.compile(r"[\s_-]*\[[A-Za-z0-9_-]{11}\]\Z")

YEAR, MONTH, DAY = r"(?P<y>(?:19|20)\d\d)", r"(?P<m>0[1-9]|1[0-2])", r"(?P<d>0[1-9]|[12]\d|3[01])"
CLOCK = r"(?P<h>[01]\d|2[0-3])[-._:h]?(?P<min>[0-5]\d)(?:[-._:m]?[0-5]\d)?(?:[._]?\d{3})?[sZ]?"
DATE = rf"(?<!\d){YEAR}(?P<sep>[-._ ]?){MONTH}(?P=sep){DAY}"
DATED = re.compile(rf"{DATE}(?:(?:[\sT_-]+(?:at\s+|um\s+)?|(?<=\d)\.|(?<=\d{{8}})){CLOCK})?(?!\d)")
CAMERA = re.compile(
    r"(?:(?:img|vid|mvi|mov|dsc[fn]?|pxl|mah|dji|gopr|g[hxp]\d\d|hni|cimg)(?:[_ -]e?)?"
    r"(?P<number>\d{2,8}(?:[_-]\d{1,6})*)|[pc](?P<digits>\d{4,8}))"
    r"(?:[_ -](?:d|hdr|mp|ls|ts|cinematic|portrait|edited))?(?P<copy>[\s_]*\(\d+\))?",
    re.IGNORECASE,
)
DATED_KINDS = re.compile(
    r"(?:(?P<screen>screen[\s_-]?recording|screenrecorder|screen[\s_-]?record|screencast|bildschirmaufnahme)"
    r"|(?P<whatsapp>whatsapp[\s_-]video)|(?P<plain>img|vid|video|mov|pxl|rec|dji|signal|trim|wp|film|clip))?"
    r"[\s_-]*(?:from[\s_-]+)?(?P<date>\x00\d+\x00)(?:[\s_-]*(?:wa\d+|\(\d+\)|~\d+|\d{1,4}(?:[_-][a-z])?|ts|mp|ls))?",
    re.IGNORECASE,
)


def title_from_filename(filename: str) -> str:
    """Return a title of 1 to 120 characters for a file of this name."""
    name = re.split(r"[/\\]", clean_line(filename))[-1][:MAX_NAME_LENGTH]
    stem = _without_suffixes(_decode_name(name)).lstrip(".")
    dates: list[str] = []
    marked = DATED.sub(lambda match: _protect_date(match, dates), stem)
    title = _camera_title(marked) or _restore_spaces(_without_marks(marked))
    title = re.sub(r"\x00(\d+)\x00", lambda match: f" {dates[int(match[1])]} ", title)
    title = truncate_line(_trimmed(clean_line(title)), MAX_LENGTH)
    return _("Untitled video") if is_blank(title) else title


def _decode_name(name: str) -> str:
    """Return a name without the encoding that a web form or URL applied."""
    if " " not in name and "++" not in name and WORDS_WITH_PLUS.search(name):
        name = PLUS.sub(" ", name)
    if ENCODED.search(name):
        try:
            name = unquote(name, errors="strict")
        except UnicodeDecodeError:
            return name
    return name.replace("\x00", "")


def _without_suffixes(name: str) -> str:
    """Return a name without all of its media suffixes, or else without one other suffix."""
    stem = name
    while (shorter := MEDIA_SUFFIX.sub("", stem).rstrip()) != stem:
        stem = shorter
    return stem if stem != name else OTHER_SUFFIX.sub("", name) or name


def _protect_date(match: re.Match[str], dates: list[str]) -> str:
    """Replace a date by its plain form so that its dots and dashes are not taken for spaces."""
    try:
        day = date(int(match["y"]), int(match["m"]), int(match["d"]))
    except ValueError:
        return match[0]
    dates.append(f"{day}" + (f" {match['h']}:{match['min']}" if match["h"] else ""))
    return f"\x00{len(dates) - 1}\x00"


def _camera_title(stem: str) -> str:
    """Return a title for a name that a device generated (``IMG_1234`` is video 1234), "" for other names."""
    if match := DATED_KINDS.fullmatch(stem):
        named = _("WhatsApp video") if match["whatsapp"] else _("Video")
        kind = _("Screen recording") if match["screen"] else named
        return f"{kind} {match['date']}"
    if match := CAMERA.fullmatch(stem):
        number = re.sub("[_-]", " ", match["number"] or match["digits"])
        return f"{_('Video')} {number} {(match['copy'] or '').strip('_ ')}"
    return ""


def _without_marks(stem: str) -> str:
    """Return a name without resolution, codec and source, and without the release group after them."""
    stem = YOUTUBE_ID.sub("", stem) or stem
    text, is_last = stem, False
    while match := MARK.search(text):
        start, end = match.span()
        while before := BESIDE_BEFORE.search(text[:start]):
            start = before.start()
        while after := BESIDE_AFTER.match(text, end):
            end = after.end()
        rest = text[end:]
        is_last = bool(GROUP.fullmatch(rest))
        text = f"{text[:start]} {'' if is_last else rest}"
    text = EMPTY_BRACKETS.sub(" ", text)
    return stem if is_blank(re.sub(r"[\W_]", "", text)) else text


def _restore_spaces(stem: str) -> str:
    """Return a name with the characters that stand for spaces replaced by spaces."""
    has_spaces = " " in stem.strip()
    text = stem.replace("_", " ")
    if not has_spaces:
        # The dots of "3.5" and "U.S.A." stay.
        text = INITIALS.sub(lambda match: match[0].replace(".", "\x01") + " ", text)
        text = re.sub(r"\.(?!\Z|\.)(?<!\d\.(?=\d))(?<!\.\.)", " ", text).replace("\x01", ".")
        if re.fullmatch(r"[a-z0-9]+(?:-[a-z0-9]+){2,}", text):
            text = text.replace("-", " ")
    return text


def _trimmed(title: str) -> str:
    return re.sub(r"\A[\s\-_.,;\u2013\u2014]+|[\s\-_,;\u2013\u2014]+\Z|(?<!\.)(?<!\b\w)\.\Z", "", title)
