"""Captions: tracks of a video, their languages, and the WebVTT that is served."""
