"""HDR sources come out as bright as the SDR picture they were made of."""

from dataclasses import replace

import pytest
from PIL import ImageStat

from tests.support.clips import run_generator
from videos.tests.transcoding.pictures_of import first_picture, frames
from videos.tests.transcoding.test_ladder import SOURCE
from videos.transcoding.filters import ladder_graph
from videos.transcoding.ladder import plan

SDR = "setparams=colorspace=bt709:color_primaries=bt709:color_trc=bt709:range=tv"
# Bars whose full white lies at 203 cd/m², the diffuse white of HDR.
TO_HDR = (
    f"scale=out_color_matrix=bt709,format=yuv420p,{SDR},zscale=t=linear:npl=203,format=gbrpf32le,"
    "zscale=p=bt2020:t={transfer}:m=bt2020nc:r=tv:npl=203,format=yuv420p10le"
)
BARS = ["-f", "lavfi", "-i", "smptebars=s=320x180:r=25:d=0.2"]
PQ, HLG = "smpte2084", "arib-std-b67"
MASTERED = "master-display=G(13250,34500)B(7500,3000)R(34000,16000)WP(15635,16450)L(40000000,50)"
# The second patch of the bottom row is full white.
WHITE = (80, 165)


def hdr_clip(path, transfer, metadata=""):
    """Encode the bars in 10-bit HEVC, tagged as HDR with `transfer` only; `metadata` are parameters for x265."""
    tags = f"log-level=none:colorprim=bt2020:transfer={transfer}:colormatrix=bt2020nc{metadata}"
    options = ["-c:v", "libx265", "-preset", "ultrafast", "-crf", "12", "-x265-params", tags]
    return run_generator([*BARS, "-vf", TO_HDR.format(transfer=transfer), *options, str(path)], path)


@pytest.fixture(scope="module")
def bars(clips):
    """The SDR picture that all the clips here were made of."""
    path = clips / "bars.mkv"
    graph = f"scale=out_color_matrix=bt709,format=yuv420p,{SDR}"
    run_generator([*BARS, "-vf", graph, "-c:v", "ffv1", str(path)], path)
    return frames(path)[0][1]


@pytest.mark.parametrize(
    ("transfer", "metadata", "peak"),
    [
        (PQ, "", 0),
        (PQ, f":{MASTERED}:max-cll=0,0", 4000),
        (PQ, f":{MASTERED}:max-cll=650,200", 650),
        (HLG, "", 0),
    ],
)
def test_hdr_keeps_its_light(encode, tmp_path, bars, transfer, metadata, peak):
    folder, info, ladder, _ = encode(hdr_clip(tmp_path / "hdr.mp4", transfer, metadata))
    assert (info.is_hdr, ladder.tone_mapped, info.peak_nits) == (True, True, peak)
    picture = first_picture(folder / "180p", tmp_path / "joined.mp4")
    assert min(picture.getpixel(WHITE)) >= 200
    assert ImageStat.Stat(picture).mean == pytest.approx(ImageStat.Stat(bars).mean, rel=0.08)


def test_wide_colors_without_hdr_do_not_turn_pale(encode, tmp_path, bars):
    clip = tmp_path / "wide.mkv"
    graph = f"scale=out_color_matrix=bt709,format=yuv420p,{SDR},zscale=m=bt2020nc:p=bt2020:t=2020_10,format=yuv420p10le"
    run_generator([*BARS, "-vf", graph, "-c:v", "ffv1", str(clip)], clip)
    folder, info, ladder, _ = encode(clip)
    assert (info.color_primaries, ladder.tone_mapped) == (9, False)
    picture = first_picture(folder / "180p", tmp_path / "joined.mp4")
    for place in ((68, 36), (113, 36), (160, 36), (250, 36)):
        difference = [abs(a - b) for a, b in zip(picture.getpixel(place), bars.getpixel(place), strict=True)]
        assert max(difference) < 25


def test_hdr_that_only_the_pictures_tell_of_is_recognized(encode, tmp_path):
    """The container says nothing; the codec's own headers do."""
    tagged, bare = tmp_path / "tagged.mp4", tmp_path / "bare.mkv"
    hdr_clip(tagged, PQ)
    run_generator(["-i", str(tagged), "-c", "copy", "-color_trc", "unknown", str(bare)], bare)
    folder, info, *_ = encode(bare)
    assert info.color_transfer == "pq"
    assert min(first_picture(folder / "180p", tmp_path / "joined.mp4").getpixel(WHITE)) >= 200


@pytest.mark.parametrize(
    ("transfer", "nits", "peak"),
    [
        ("pq", 0.0, 1000),
        ("pq", 4000.0, 4000),
        ("pq", 50.0, 223.3),
        ("pq", 90_000.0, 10_000),
        ("hlg", 4000.0, 1000),
    ],
)
def test_peak_is_what_the_source_says_within_reason(transfer, nits, peak):
    source = replace(SOURCE, color_transfer=transfer, peak_nits=nits)
    graph = ladder_graph(source, plan(source))
    assert f":peak={peak / 203:.4f}," in graph
