"""Turn an uploaded file into an adaptive stream: sniff, probe, check, plan, encode, verify, take thumbnails.

Plain functions on paths and dataclasses. Nothing here knows models, requests or settings, so the whole chain can
be run and tested on a bare file. Messages are marked by ``trans_null``'s ``gettext_noop``: that of Django's
``translation`` wants settings.
"""
