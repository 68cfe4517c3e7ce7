from pathlib import Path

import pytest

from tests.support.clips import make_clip
from videos.transcoding.ladder import plan
from videos.transcoding.probe import probe
from videos.transcoding.profiles import STANDARD, Profile


@pytest.fixture(scope="session")
def clips(tmp_path_factory) -> Path:
    """A folder for generated sources, shared by the session: a clip is made once under one name."""
    return tmp_path_factory.mktemp("clips")


@pytest.fixture(scope="session")
def plain(clips) -> Path:
    """Two seconds of 320x180 at 25 fps with sound."""
    return make_clip(clips / "plain.mp4", 2, (320, 180), 25)


@pytest.fixture(scope="session")
def encode(tmp_path_factory):
    """Probes, plans and encodes a source into a new folder; returns (folder, info, plan, result)."""
    from videos.transcoding.encode import encode_ladder

    def run(source: Path, profile: Profile = STANDARD, **options):
        folder = tmp_path_factory.mktemp("encoded")
        info = probe(source)
        ladder = plan(info, profile)
        options = {"on_progress": lambda share: None, "canceled": lambda: False} | options
        return folder, info, ladder, encode_ladder(source, info, ladder, folder, **options)

    return run


@pytest.fixture(scope="session")
def encoded(encode, plain):
    """The plain clip as a ladder: (folder, info, plan, result). Read only."""
    return encode(plain)
