"""Every length plays to ``ended``, also where the sound's last segment is a rest of 21 ms."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from tests.support.browser import until
from tests.support.clips import make_clip, run_generator
from tests.support.http_client import Caller

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(240)]
LENGTHS = (5, 6, 7.98, 8, 8.02, 12)


@pytest.fixture(scope="module")
def page(chromium, site):
    return chromium.new_page(base_url=site.url)


@pytest.fixture(scope="module")
def clips(site, tmp_path_factory):
    """Ids by length, and a playlist of the 8 and the 5 second clip."""
    folder = tmp_path_factory.mktemp("endings")
    owner = Caller(site).sign_up("endings-owner")
    ids = {
        seconds: owner.upload(
            make_clip(folder / f"{seconds}.mp4", seconds, (160, 90), 50, options=["-g", "50"]),
            title=f"{seconds} seconds",
            visibility="public",
        )
        for seconds in LENGTHS
    }
    _, playlist = owner.json(
        "POST", "/api/v1/playlists", {"title": "Two", "visibility": "public", "video_ids": [ids[8], ids[5]]}
    )
    for seconds, video_id in ids.items():
        lengthen_sound(site, owner.wait(video_id, "ready"), seconds, folder)
    return ids | {"list": playlist["id"]}


def lengthen_sound(site, video, seconds: float, folder: Path) -> None:
    """Give the video the sound that earlier versions made: encoded anew, with priming that reaches beyond the end."""
    generation = (
        site.data_dir / "media" / "videos" / Path(*urlsplit(video["hls_url"]).path.split("/")[4:]).parent
    )
    made = folder / f"sound-{seconds}"
    made.mkdir()
    run_generator(
        [
            *("-f", "lavfi", "-i", f"sine=frequency=440:sample_rate=48000:duration={seconds}"),
            *("-t", f"{seconds}", "-c:a", "aac", "-ac", "2", "-f", "hls", "-hls_time", "4"),
            *("-hls_segment_type", "fmp4", "-avoid_negative_ts", "disabled"),
            *("-hls_segment_options", "movflags=+negative_cts_offsets"),
            *("-hls_playlist_type", "vod", "-hls_fmp4_init_filename", "init.mp4"),
            *("-hls_segment_filename", str(made / "seg_%05d.m4s"), str(made / "index.m3u8")),
        ],
        made / "index.m3u8",
    )
    index = generation / "audio" / "index.m3u8"
    assert index.is_file()
    rests = re.findall(r"#EXTINF:([\d.]+)", (made / "index.m3u8").read_text())
    assert seconds % 4 or float(rests[-1]) < 0.05, rests
    for file in made.iterdir():
        shutil.copy(file, index.parent / file.name)


def near_the_end(page, path: str) -> None:
    page.goto(path)
    until(page, "v?.slot === 'media' && v.readyState >= 2")
    page.evaluate(
        "const v = document.querySelector('video'); v.playbackRate = 2; v.currentTime = v.duration - 1;"
    )


@pytest.mark.parametrize("seconds", LENGTHS)
def test_it_ends(page, clips, seconds):
    near_the_end(page, f"/watch/{clips[seconds]}")
    until(page, "v.ended")
    assert page.evaluate("document.querySelector('video').currentTime") == pytest.approx(seconds, abs=0.06)
    expect(page.locator("media-controller[mediaended]")).to_have_count(1)
    whole = f"0:{int(seconds):02d}"
    expect(page.locator("media-time-display")).to_have_text(re.compile(rf"{whole}\s*/\s*{whole}"))


def test_it_ends_played_through_and_by_a_jump(page, clips):
    page.goto(f"/watch/{clips[8]}")
    until(page, "v?.slot === 'media' && v.readyState >= 2")
    page.evaluate("document.querySelector('video').playbackRate = 4")
    until(page, "v.ended")
    page.evaluate("document.querySelector('video').play()")
    until(page, "!v.ended && v.currentTime > 0.2")
    page.keyboard.press("End")
    until(page, "v.ended")


def test_a_queue_goes_on_after_a_multiple_of_four_seconds(page, clips):
    page.add_init_script("localStorage.setItem('playback', JSON.stringify({ autoplay: true }))")
    near_the_end(page, f"/watch/{clips[8]}?list={clips['list']}")
    page.wait_for_url(f"**/watch/{clips[5]}**", timeout=20_000)
    until(page, "v.currentTime > 0.3")
