"""Folders of videos: ``import`` and ``watch-folder``."""
