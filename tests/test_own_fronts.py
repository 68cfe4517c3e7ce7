"""The shipped nginx.conf and Caddyfile in front of a public site: TLS, files, uploads, errors, compression.

Site and web server run under different users, as the documents have it: by the site's group the web server reads media.
"""

from __future__ import annotations

import json
import shutil
import stat
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.own_fronts import (
    NAME,
    EchoServer,
    TlsClient,
    WebServer,
    make_public_site,
    require_root,
    site_folder,
)
from tests.serving_worlds import running
from tests.support.http_client import PASSWORD
from tests.support.profile import walk
from tests.test_front import every_nginx, wheel

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]
# The system's nginx first. Of the others each has one short test by default: they read the same configuration.
NGINX = sorted(map(str, every_nginx()), key=lambda path: Path(path) in wheel())
FRONTS = [*NGINX[: walk(1, deep=len(NGINX))], "caddy"]
COMPRESSED = ("-H", "Accept-Encoding: gzip, br, zstd, deflate")


@pytest.fixture(scope="module")
def public(clip):
    """The site and its data folder."""
    require_root()
    with site_folder() as folder, running(make_public_site(folder)) as site:
        yield site


def command_of(front, program):
    if program != "caddy":
        return front.nginx(Path(program))
    found = shutil.which("caddy")
    if found is None:
        pytest.skip("there is no Caddy on this machine: install the package 'caddy'")
    return front.caddy(found)


@pytest.fixture(scope="module", params=FRONTS)
def front(request, public, tmp_path_factory):
    with site_folder() as folder:
        own = WebServer(public, folder)
        own.program = request.param
        with own.running(command_of(own, request.param)):
            yield own


@pytest.fixture(scope="module")
def film(public, clip, tmp_path_factory):
    """A public video, uploaded through a front: its owner, the addresses of its files, and one of the files."""
    with site_folder() as folder:
        own = WebServer(public, folder)
        with own.running(command_of(own, FRONTS[0])):
            owner = TlsClient(own).sign_up("front-owner")
            video = owner.wait(owner.upload(clip, visibility="public"), "ready")
    master = urlsplit(video["hls_url"]).path
    index = next(path for path in (public.data_dir / "media" / "videos" / video["id"]).rglob("seg_00000.m4s"))
    segment = master.replace("master.m3u8", f"{index.parent.name}/seg_00000.m4s")
    return {"id": video["id"], "token": owner.token, "segment": segment, "master": master, "file": index}


def test_new_folders_are_the_groups_and_secrets_their_owners(public):
    modes = {
        name: stat.S_IMODE((public.data_dir / name).stat().st_mode)
        for name in ("", "media", "assets", "keys", "db", "run", "logs", "work")
    }
    shared = dict.fromkeys(("", "media", "assets"), 0o750)
    assert modes == shared | dict.fromkeys(("keys", "db", "run", "logs", "work"), 0o700)


@pytest.mark.parametrize("version", ["--http1.1", "--http2"])
def test_media_come_over_tls_from_the_web_server(front, film, version):
    status, headers, content = front.curl(film["segment"], version)
    assert (status, content) == (f"{version[-3:].replace('tp2', '2')} 200", film["file"].read_bytes())
    assert headers["cache-control"] == ["public, max-age=60"]
    assert headers["content-type"] == ["video/iso.segment"]
    assert headers["content-security-policy"] == ["default-src 'none'; sandbox"]
    assert headers["access-control-allow-origin"] == ["*"]
    assert headers["strict-transport-security"] == ["max-age=31536000"]
    assert not {"x-accel-redirect", "x-accel-cache-control"} & set(headers)
    status, part, content = front.curl(film["segment"], version, "-H", "Range: bytes=5-9")
    assert (status.split()[1], content) == ("206", film["file"].read_bytes()[5:10])
    status, beyond, _ = front.curl(film["segment"], version, "-H", "Range: bytes=99999999-")
    assert (status.split()[1], beyond["cache-control"]) == ("416", ["no-store, no-transform"])
    status, known, _ = front.curl(film["segment"], version, "-H", f"If-None-Match: {headers['etag'][0]}")
    assert status.split()[1] == "304"
    # One file has one tag, whoever judges or sends it.
    assert headers["etag"] == part["etag"] == known["etag"]
    assert len(headers["etag"]) == 1
    assert "etag" not in beyond
    condition = ("-H", f"If-Range: {headers['etag'][0]}", "-H", "Range: bytes=0-0")
    assert front.curl(film["segment"], version, *condition)[0].split()[1] == "206"


@pytest.mark.parametrize("kind", ["segment", "static"])
def test_an_error_has_nothing_of_the_success(front, film, kind):
    """No cache keeps an answer about an unreadable file as if it were the file."""
    path, file = film["segment"], film["file"]
    if kind == "static":
        (file,) = (front.site.data_dir / "assets" / "static").glob("*/css/base.css")
        path = f"/static/{file.parent.parent.name}/css/base.css"
    before = file.stat().st_mode
    file.chmod(0)
    try:
        status, headers, content = front.curl(path)
    finally:
        file.chmod(before)
    if status == "2 200":  # the site itself sends what the web server cannot
        assert kind == "static"
        return
    assert status in {"2 403", "2 500"}
    assert headers["cache-control"] == ["no-store"]
    assert not {"etag", "last-modified", "content-disposition"} & set(headers)
    if kind == "segment":
        assert headers["content-type"] == ["application/json"]
        assert json.loads(content)["code"] == "permission_denied"


def test_no_address_from_outside_leads_to_the_files(front, film):
    inner = f"/internal/{film['file'].relative_to(front.site.data_dir / 'media')}"
    for path in (inner, f"/media{inner}", f"//internal{inner[9:]}", f"/{inner[1:].replace('/', '%2f')}"):
        assert front.curl(path, "--path-as-is")[0] in {"2 400", "2 404"}, path
    forged = ("-H", f"X-Accel-Redirect: {inner}", "-H", "X-Accel-Sets-Cache-Control: 1")
    assert front.curl("/healthz", *forged)[0] == "2 200"


def test_plain_requests_are_sent_on(front):
    status, headers, _ = front.curl(f"http://videos.example.org:{front.plain_port}/watch/x?t=1")
    assert status.split()[1] in {"301", "308"}
    assert headers["location"][0].removeprefix("https://videos.example.org").endswith("/watch/x?t=1")


def test_ipv6_and_the_proof_of_the_name_for_certificates(front):
    if front.program == "caddy":
        pytest.skip("Caddy gets certificates by itself, and listens on every address by default")
    over = ("--connect-to", f"::[::1]:{front.port}")
    assert front.curl("/healthz", *over)[0] == "2 200"
    probe = f"http://127.0.0.1:{front.plain_port}/readyz"
    assert front.curl(probe, "--http1.0", "-H", "Host:")[0] == "1.1 200"
    proof = front.folder / "letsencrypt" / ".well-known" / "acme-challenge" / "proof"
    proof.parent.mkdir(parents=True)
    proof.write_text("thumbprint")
    for path in (proof, *proof.parents[:3]):
        path.chmod(0o755)
    plain = f"http://{NAME}:{front.plain_port}/.well-known/acme-challenge/proof"
    assert front.curl(plain, "--connect-to", f"::[::1]:{front.plain_port}")[::2] == ("1.1 200", b"thumbprint")


def test_a_plain_request_to_the_port_of_tls_is_answered(front):
    status, _, content = front.curl(f"http://{NAME}:{front.port}/healthz")
    assert status.split()[1] == "400"
    assert b"SSL" not in content or front.program == "caddy"


def test_a_resumable_upload_passes_through(front, film):
    auth = ("-H", f"Authorization: Bearer {film['token']}", "-H", "Tus-Resumable: 1.0.0")
    content = b"x" * 300_000
    status, headers, _ = front.curl(
        "/api/v1/uploads",
        *auth,
        "-X",
        "POST",
        "-H",
        "Content-Length: 0",
        "-H",
        f"Upload-Length: {len(content)}",
    )
    assert status == "2 201"
    path = urlsplit(headers["location"][0]).path
    piece = front.folder / "piece"
    for start, end in ((0, 100_000), (100_000, 300_000)):
        piece.write_bytes(content[start:end])
        kind = ("-H", "Content-Type: application/offset+octet-stream", "-H", f"Upload-Offset: {start}")
        status, headers, _ = front.curl(path, *auth, *kind, "-X", "PATCH", "--data-binary", f"@{piece}")
        assert (status, headers["upload-offset"]) == ("2 204", [str(end)])
    assert front.curl(path, *auth, "-X", "DELETE")[0] == "2 204"


def test_the_address_of_the_caller_cannot_be_forged(front, film):
    body = json.dumps({"login": "front-owner", "password": PASSWORD})
    forged = ("-H", "X-Forwarded-For: 203.0.113.9", "-H", "X-Real-IP: 203.0.113.9")
    status, _, content = front.curl(
        "/api/v1/auth/token", *forged, "-H", "Content-Type: application/json", "-d", body
    )
    assert status == "2 200"
    bearer = f"Authorization: Bearer {json.loads(content)['access']}"
    _, _, content = front.curl("/api/v1/auth/sessions", "-H", bearer)
    assert {session["ip_prefix"] for session in json.loads(content)["results"]} == {"127.0.0.0/24"}


@pytest.mark.parametrize("program", NGINX)
def test_what_a_caller_says_about_itself_is_not_passed_on(settings, program):
    """On both ports, probes included, which port 80 answers without TLS."""
    require_root()
    settings.SITE_URL, settings.TRUSTED_PROXIES = f"https://{NAME}", 1
    forged = ("-H", "X-Forwarded-For: 203.0.113.9", "-H", "X-Forwarded-Proto: https")
    with site_folder() as folder, EchoServer().running() as site:
        own = WebServer(site, folder)
        with own.running(own.nginx(Path(program))):
            site.asked.clear()
            plain = f"http://{NAME}:{own.plain_port}"
            for path in ("/healthz", f"{plain}/healthz", f"{plain}/readyz"):
                assert own.curl(path, *forged)[0].split()[1] == "200", path
            assert own.curl(f"{plain}/healthz", *forged, "--head")[0] == "1.1 200"
            for method in ("POST", "PUT", "DELETE", "OPTIONS"):
                assert own.curl(f"{plain}/healthz", *forged, "-X", method)[0] == "1.1 403"
    told = [(method, one["x-forwarded-for"], one["x-forwarded-proto"]) for method, one in site.asked]
    assert told == [
        ("GET", "127.0.0.1", "https"),
        *[("GET", "127.0.0.1", "http")] * 2,
        ("HEAD", "127.0.0.1", "http"),
    ]
    assert {one["x-accel-sets-cache-control"] for _, one in site.asked} == {"1"}
    assert {one["host"].partition(":")[0] for _, one in site.asked} == {NAME}


def test_what_holds_secrets_is_not_compressed(front, film):
    body = json.dumps({"login": "front-owner", "password": PASSWORD})
    _, headers, content = front.curl(
        "/api/v1/auth/token", *COMPRESSED, "-H", "Content-Type: application/json", "-d", body
    )
    assert "access" in json.loads(content)
    assert headers["cache-control"] == ["no-store, no-transform"]
    assert "content-encoding" not in headers
    bearer = ("-H", f"Authorization: Bearer {film['token']}")
    _, headers, content = front.curl(f"/api/v1/videos/{film['id']}", *COMPRESSED, *bearer)
    assert json.loads(content)["id"] == film["id"]
    assert "no-transform" in headers["cache-control"][0]
    # What the same front does compress: the smallest size is lowered for this.
    _, headers, _ = front.curl(film["master"], *COMPRESSED)
    assert headers["content-encoding"] == ["gzip"]
