"""The choice of the ffmpeg binary."""

from __future__ import annotations

import imageio_ffmpeg
import pytest

from videos.transcoding.ffmpeg import ffmpeg_binary


@pytest.fixture
def asked_anew(monkeypatch):
    """Forget which program was found, before and afterwards."""
    monkeypatch.delenv("FFMPEG_BIN", raising=False)
    ffmpeg_binary.cache_clear()
    yield
    ffmpeg_binary.cache_clear()


def test_the_package_s_program_is_used_without_being_tried(monkeypatch, asked_anew):
    """A try that was killed would be kept for good, and every later video of the process fail."""

    def fail():
        raise RuntimeError("No ffmpeg exe could be found.")

    monkeypatch.setattr(imageio_ffmpeg, "get_ffmpeg_exe", fail)
    found = ffmpeg_binary()
    assert found.is_file()
    assert found.parent.parent.name == "imageio_ffmpeg"


def test_a_named_program_is_used(monkeypatch, asked_anew):
    monkeypatch.setenv("FFMPEG_BIN", "/opt/ffmpeg/bin/ffmpeg")
    assert str(ffmpeg_binary()) == "/opt/ffmpeg/bin/ffmpeg"
