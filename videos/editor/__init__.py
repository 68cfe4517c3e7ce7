"""The editor of one video: its details, thumbnail, subtitles, chapters and visibility, saved together."""
