"""Parsers of caption files in all common formats. Pure: bytes and strings in, cues out.

The parsers are written for this package because real files are broken and hostile: a parser here keeps what it can
read, counts what it cannot, and takes time in proportion to the file. (webvtt-py and pycaption refuse a file for
one broken cue; pysubs2 requires hours in SubRip times, does not know frames in TTML, and takes quadratic time on a
long line.) charset-normalizer detects character encodings, defusedxml parses XML.
"""
