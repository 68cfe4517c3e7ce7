"""Caption files of any common format in, cues out. Pure: bytes and strings, no database, no files.

Parsers of this package are its own, because people's files are broken and hostile: a parser here keeps what it can
read and counts what it cannot, and takes time in proportion to the file. (webvtt-py and pycaption refuse a file for
one broken cue; pysubs2 needs hours in SubRip times, knows no frames in TTML, and takes quadratic time on a long line.)
Character encodings and XML are left to charset-normalizer and defusedxml.
"""
