"""Styles and scripts: their addresses change with their content, and what is sent is small."""

from __future__ import annotations

import gzip
import os
import re
import time
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import brotli
import pytest
from django.conf import settings

from streamsite import assets

BROTLI = {"Accept-Encoding": "gzip, deflate, br, zstd"}


def get(url: str, **headers: str):
    request = urllib.request.Request(url, headers={"Accept-Encoding": "gzip", **headers})  # noqa: S310
    with urllib.request.urlopen(request, timeout=20) as answer:  # noqa: S310 - our own address
        return answer.headers, answer.read()


def test_the_version_follows_every_byte_and_name(tmp_path: Path) -> None:
    (tmp_path / "css").mkdir()
    page, lone = tmp_path / "css" / "page.css", tmp_path / "lone.txt"
    page.write_text("a {}")
    lone.write_text("1")
    seen = {assets.compute_version([tmp_path / "css", lone])}
    page.write_text("b {}")
    seen.add(assets.compute_version([tmp_path / "css", lone]))
    page.rename(tmp_path / "css" / "other.css")
    seen.add(assets.compute_version([tmp_path / "css", lone]))
    lone.write_text("2")
    seen.add(assets.compute_version([tmp_path / "css", lone]))
    assert len(seen) == 4
    assert assets.compute_version([tmp_path / "css", lone]) in seen
    assert all(re.fullmatch(r"[0-9a-f]{12}", version) for version in seen)


def test_former_versions_stay_for_a_week(tmp_path: Path, settings) -> None:
    settings.ASSETS_DIR = tmp_path / "assets"
    settings.STATIC_ROOT = settings.ASSETS_DIR / "static" / "0123456789ab"
    for name, age in (("aaaaaaaaaaaa", 6), ("bbbbbbbbbbbb", 8)):
        folder = settings.ASSETS_DIR / "static" / name
        folder.mkdir(parents=True)
        moment = time.time() - age * 86_400
        os.utime(folder, (moment, moment))
    assets.publish_static_files()
    assert sorted(path.name for path in settings.STATIC_ROOT.parent.iterdir()) == [
        "0123456789ab",
        "aaaaaaaaaaaa",
    ]
    style = settings.STATIC_ROOT / "css" / "base.css"
    assert gzip.decompress((style.parent / "base.css.gz").read_bytes()) == style.read_bytes()
    assert brotli.decompress((style.parent / "base.css.br").read_bytes()) == style.read_bytes()
    (settings.STATIC_ROOT / assets.COMPLETE_MARKER).unlink()  # as if it had been killed in between
    style.unlink()
    assets.publish_static_files()
    assert style.is_file()


@pytest.mark.slow
def test_every_file_of_a_page_is_compressed_and_kept_for_good(site) -> None:
    headers, page = get(f"{site.url}/login")
    assert headers["Content-Encoding"] == "gzip"
    addresses = set(re.findall(r'"(/static/[^"]+\.(?:js|css|svg))"', gzip.decompress(page).decode()))
    assert len(addresses) > 8
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda address: get(site.url + address), addresses))
    headers, script = get(f"{site.url}{next(a for a in addresses if a.endswith('/early.js'))}", **BROTLI)
    assert (headers["Content-Encoding"], brotli.decompress(script)[:2]) == ("br", b"((")
    for headers, _ in answers:
        assert headers["Cache-Control"] == "max-age=315360000, public, immutable"
        assert "Accept-Encoding" in headers["Vary"]
    assert sum(headers["Content-Encoding"] == "gzip" for headers, _ in answers) >= len(answers) - 1


@pytest.mark.slow
def test_json_and_other_versions_are_not(site) -> None:
    headers, _ = get(f"{site.url}/api/v1/videos")
    assert headers["Content-Encoding"] is None
    for path in ("/static/000000000000/css/base.css", "/static/css/base.css", "/assets.lock"):
        with pytest.raises(urllib.error.HTTPError, match="404"):
            get(site.url + path)


def test_settings_name_a_version() -> None:
    assert re.fullmatch(r"/static/[0-9a-f]{12}/", settings.STATIC_URL)


def test_scripts_are_sent_without_their_comments_and_otherwise_as_they_are() -> None:
    written = (
        b"// A module.\n// It goes on.\n/** Two\n * lines. */\nexport const a = 1; // kept\n"
        b"  /** One. */\n  b(`/* ${c} */`);\n/* not ours */ d();\n\n  // the end\n"
    )
    sent = b"export const a = 1; // kept\nb(`/* ${c} */`);\n/* not ours */ d();\n\n"
    assert assets.strip_comments(written) == sent


def test_no_script_has_a_text_of_several_lines() -> None:
    """Its lines would lose their indentation, and those that look like a comment."""
    for path in Path(settings.BASE_DIR, "static", "js").rglob("*.js"):
        lines = [
            line for line in path.read_text().split("\n") if not line.lstrip().startswith(("//", "*", "/**"))
        ]
        odd = [line for line in lines if line.split(" // ")[0].count("`") % 2]
        assert not odd, f"{path}: {odd}"
