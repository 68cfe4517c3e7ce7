"""From an uploaded file to an adaptive stream: sniff, probe, accept, plan, encode, verify, pictures.

Plain functions on paths and dataclasses. Nothing here knows of models, requests or settings, so that the
whole chain can be run and tested on a bare file.
"""
