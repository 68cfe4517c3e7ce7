"""Lighthouse on a site with a library; ``script/bench lighthouse`` runs it."""

VIDEOS, CHANNELS = 64, 6
