"""``script/server --domain``: a site with a certificate from an authority on loopback, which it asks itself."""

from __future__ import annotations

import base64
import hashlib
import http.client
import json
import os
import signal
import ssl
import stat
import time
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from cryptography import x509
from cryptography.x509.oid import NameOID

from tests.serving_worlds import require_nginx, running
from tests.support import http3
from tests.support.http_client import PASSWORD
from tests.support.public_site import NAME, Authority, HttpsCaller, PublicSite, require_caddy

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]
FORGED = (
    "-H",
    "X-Forwarded-For: 203.0.113.9",
    "-H",
    "X-Forwarded-Proto: http",
    "-H",
    "Forwarded: for=203.0.113.9",
)


@pytest.fixture(scope="module")
def authority_and_site(tmp_path_factory):
    """An authority that knows the site alone, and the site, which has its certificate from it."""
    require_caddy()
    require_nginx()
    site = PublicSite(tmp_path_factory.mktemp("public"), NAME)
    authority = Authority(tmp_path_factory.mktemp("authority"), site.http_port)
    authority.start()
    site.arguments = ("--acme-ca", authority.url, "--acme-ca-root", str(authority.root))
    try:
        with running(site):
            yield authority, site
    finally:
        authority.stop()


@pytest.fixture(scope="module")
def public(authority_and_site):
    return authority_and_site[1]


@pytest.fixture(scope="module")
def owner(authority_and_site):
    """Somebody with an account, who signed up over HTTPS."""
    authority, site = authority_and_site
    return HttpsCaller(site, authority.root).sign_up("public-owner")


@pytest.fixture(scope="module")
def film(owner, public, clip):
    """The path of a segment of a public video, and the file on the disk."""
    video = owner.wait(owner.upload(clip, visibility="public"), "ready")
    return segment_of(public, video)


def segment_of(site, video):
    file = next((site.data_dir / "media" / "videos" / video["id"]).rglob("seg_00000.m4s"))
    path = urlsplit(video["hls_url"]).path.replace("master.m3u8", f"{file.parent.name}/{file.name}")
    return path, file


def serial(caller):
    with caller.handshake() as line:
        return x509.load_der_x509_certificate(line.getpeercert(binary_form=True)).serial_number


def test_the_authority_issued_the_certificate_for_the_name_alone(owner, public):
    with owner.handshake() as line:
        certificate = line.getpeercert()
    assert certificate["subjectAltName"] == (("DNS", NAME),)
    said = public.output()
    assert f"obtaining certificate for {NAME}" in said
    assert f"certificate obtained for {NAME} from 127.0.0.1:" in said
    assert f"Streamsite is running at {public.origin}\n" in said
    with pytest.raises(ssl.SSLError):
        owner.handshake("other.test")


def test_it_speaks_http_1_2_and_3(owner, public):
    assert owner.curl("/healthz", "--http1.1")[0] == "1.1 200"
    status, headers, content = owner.curl("/healthz", "--http2")
    assert status == "2 200"
    assert headers["alt-svc"].startswith(f'h3=":{public.https_port}"')
    assert headers["strict-transport-security"] == "max-age=31536000"
    assert not {"via", "x-powered-by"} & set(headers)
    assert http3.get(NAME, public.https_port, "/healthz", root=owner.root)[::2] == (200, content)


def test_sessions_are_those_of_https(authority_and_site, owner):
    caller = HttpsCaller(authority_and_site[1], owner.root)
    caller.sign_in_to_pages("public-owner")
    assert {"__Host-session", "__Host-csrftoken"} <= set(caller.cookies)
    assert all("secure" in header.lower() for header in caller.set_cookies), caller.set_cookies
    assert caller.call("GET", "/settings/security")[0] == 200
    caller.sign_in("public-owner")
    assert caller.refresh()[0] == 200


def test_plain_http_leads_to_the_sites_own_address(public, owner):
    plain = f"http://{NAME}:{public.http_port}"
    for forged in ((), ("-H", "Host: evil.example"), ("-X", "POST", "-d", "a=b")):
        status, headers, content = owner.curl(f"{plain}/watch/x?t=1&u=%2F", *forged)
        assert (status, content) == ("1.1 308", b"")
        assert headers["location"] == f"{public.origin}/watch/x?t=1&u=%2F"
    status, headers, _ = owner.curl(f"{plain}//evil.example/", "--path-as-is")
    assert headers["location"] == f"{public.origin}//evil.example/"
    # A monitor asks by address, before there is a certificate as well.
    assert owner.curl(f"http://127.0.0.1:{public.http_port}/readyz")[0] == "1.1 200"


@pytest.mark.parametrize("version", ["--http1.1", "--http2"])
def test_media_come_with_ranges_and_cache_headers(owner, film, version):
    path, file = film
    status, headers, content = owner.curl(path, version)
    assert (status.split()[1], content) == ("200", file.read_bytes())
    assert headers["cache-control"] == "public, max-age=60"
    assert headers["content-length"] == str(file.stat().st_size)
    assert "content-encoding" not in headers
    status, part, content = owner.curl(path, version, "-H", "Range: bytes=5-9")
    assert (status.split()[1], content) == ("206", file.read_bytes()[5:10])
    assert part["etag"] == headers["etag"]
    assert owner.curl(path, version, "-H", f"If-None-Match: {headers['etag']}")[0].split()[1] == "304"
    assert owner.curl(path, version, "-H", "Range: bytes=99999999-")[0].split()[1] == "416"


def test_media_come_by_http_3(owner, public, film):
    path, file = film
    asked = {"range": "bytes=0-99"}
    status, headers, content = http3.get(NAME, public.https_port, path, root=owner.root, headers=asked)
    assert (status, content) == (206, file.read_bytes()[:100])
    assert headers["content-range"] == f"bytes 0-99/{file.stat().st_size}"


def test_what_arrived_of_an_upload_is_kept_when_the_line_breaks(owner):
    """So it goes through as it comes: a proxy that waited for the whole would have passed on nothing."""
    size = 3_000_000
    meta = f"filename {base64.b64encode(b'a.mp4').decode()}"
    tus = {"Tus-Resumable": "1.0.0"}
    status, headers, content = owner.call(
        "POST", "/api/v1/uploads", b"", tus | {"Upload-Length": str(size), "Upload-Metadata": meta}
    )
    assert status == 201, content
    path = urlsplit(headers["location"]).path
    line = owner.handshake()
    head = {
        **tus,
        "Host": f"{NAME}:{owner.site.https_port}",
        "Authorization": f"Bearer {owner.token}",
        "Upload-Offset": "0",
        "Content-Type": "application/offset+octet-stream",
        "Content-Length": str(size),
    }
    lines = [f"PATCH {path} HTTP/1.1", *(f"{name}: {value}" for name, value in head.items())]
    with line:
        line.sendall("\r\n".join([*lines, "", ""]).encode() + b"x" * (size // 2))
    deadline, offset = time.monotonic() + 60, 0
    while not offset and time.monotonic() < deadline:
        status, headers, _ = owner.call("HEAD", path, headers=tus)
        offset = int(headers.get("upload-offset", 0)) if status == 200 else 0
    assert 0 < offset <= size // 2
    assert owner.call("DELETE", path, headers=tus)[0] == 204


def test_limits_are_answered_in_json_before_the_body_is_there(owner, tmp_path):
    """By HTTP/1.1: with HTTP/2 curl ends its stream early once it has the head of an error, and may miss the rest."""
    large = tmp_path / "large"
    with large.open("wb") as file:
        file.truncate(26 * 1024**2)
    sent = ("--http1.1", "-X", "POST", "--data-binary", f"@{large}", "-H", "Content-Type: application/json")
    status, _, content = owner.curl("/api/v1/auth/token", *sent)
    assert (status.split()[1], json.loads(content)["code"]) == ("413", "too_large")


def test_the_address_of_the_caller_is_the_real_one(owner):
    body = json.dumps({"login": "public-owner", "password": PASSWORD})
    for number, version in enumerate(("--http1.1", "--http2"), 1):
        status, _, content = owner.curl(
            "/api/v1/auth/token", version, *FORGED, "--interface", f"127.0.{number}.2",
            "-H", "Content-Type: application/json", "-d", body,
        )  # fmt: skip
        assert status.split()[1] == "200", content
    _, sessions = owner.json("GET", "/api/v1/auth/sessions")
    prefixes = {session["ip_prefix"] for session in sessions["results"]}
    assert {"127.0.1.0/24", "127.0.2.0/24"} <= prefixes
    assert not any(prefix.startswith("203.") for prefix in prefixes)


def test_other_hosts_are_refused_by_the_site(owner):
    for path, kind in (("/api/v1/videos", "application/json"), ("/", "text/html; charset=utf-8")):
        status, headers, _ = owner.curl(path, "-H", "Host: evil.example")
        assert (status, headers["content-type"]) == ("2 400", kind)
    status, headers, content = owner.curl("/login", "-H", "X-Forwarded-Host: evil.example")
    assert status == "2 200"
    assert b"evil.example" not in content


def test_nobody_administers_caddy_and_it_knows_no_secret(public):
    (caddy,) = public.children("caddy run")
    names = {
        entry.partition("=")[0] for entry in Path(f"/proc/{caddy}/environ").read_text().split("\0") if entry
    }
    assert not {name for name in names if any(word in name for word in ("SECRET", "MONGODB", "STREAMSITE"))}
    configuration = json.loads(Path(argument_after(caddy, "--config")).read_text())
    assert configuration["admin"] == {"disabled": True, "config": {"persist": False}}
    # TCP: only the two ports; nothing else is listened on by it.
    assert listening_ports(caddy) == {public.http_port, public.https_port}


def argument_after(pid, name):
    words = Path(f"/proc/{pid}/cmdline").read_text().split("\0")
    return words[words.index(name) + 1]


def listening_ports(pid):
    sockets = set()
    for entry in Path(f"/proc/{pid}/fd").iterdir():
        try:
            sockets.add(str(entry.readlink()))
        except OSError:
            continue
    ports = set()
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/{pid}/net/{table}").read_text().splitlines()[1:]:
            words = line.split()
            if words[3] == "0A" and f"socket:[{words[9]}]" in sockets:
                ports.add(int(words[1].rpartition(":")[2], 16))
    return ports


def test_keys_are_their_owners_alone(public):
    kept = [public.data_dir / "tls", *(public.data_dir / "tls").rglob("*")]
    assert any(path.name == f"{NAME}.key" for path in kept)
    for path in kept:
        mode = stat.S_IMODE(path.stat().st_mode)
        assert mode == 0o700 if path.is_dir() else mode & 0o077 == 0 or path.name == "instance.uuid", path
    assert not {path.name for path in public.data_dir.parent.rglob("autosave.json")}


def test_caddy_is_started_again_and_keeps_its_certificate(owner, public):
    before = serial(owner)
    (caddy,) = public.children("caddy run")
    os.kill(caddy, signal.SIGKILL)
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            assert serial(owner) == before
            break
        except OSError:
            time.sleep(0.05)
    assert public.children("caddy run") not in ([], [caddy])
    assert "caddy  | " in public.output()


def test_a_restart_asks_no_authority(authority_and_site, owner):
    """The last test of this site: the authority is gone, and the certificate is the one that was kept."""
    authority, site = authority_and_site
    before = serial(owner)
    site.stop()
    authority.stop()
    site.start()
    assert serial(owner) == before
    assert site.output().count("certificate obtained") == 1
    assert owner.call("GET", "/api/v1/auth/sessions")[0] == 200


@pytest.fixture(scope="module")
def internal(tmp_path_factory):
    """A site for phones in the network, at an address, without nginx: Caddy sends the files."""
    require_caddy()
    arguments = ("--tls", "internal", "--no-front")
    with running(PublicSite(tmp_path_factory.mktemp("internal"), "127.0.0.1", arguments=arguments)) as site:
        yield site


def test_an_authority_of_its_own_vouches_for_an_address(internal, clip, tmp_path):
    root = tmp_path / "root.crt"
    line = http.client.HTTPConnection("127.0.0.1", internal.http_port, timeout=30)
    line.request("GET", "/streamsite-root.crt")
    answer = line.getresponse()
    assert (answer.status, answer.getheader("Content-Type")) == (200, "application/x-x509-ca-cert")
    root.write_bytes(answer.read())
    line.close()
    certificate = x509.load_pem_x509_certificate(root.read_bytes())
    assert certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value == "Streamsite 127.0.0.1"
    der = ssl.PEM_cert_to_DER_cert(root.read_text())
    said = internal.output()
    assert "installing root certificate" not in said
    assert {path.parent.name for path in internal.data_dir.glob("tls/**/root.key")} == {"127.0.0.1"}
    assert hashlib.sha256(der).hexdigest().upper() in said
    assert f"http://127.0.0.1:{internal.http_port}/streamsite-root.crt" in said
    caller = HttpsCaller(internal, root).sign_up("internal-owner")
    assert http3.get("127.0.0.1", internal.https_port, "/healthz", root=root)[0] == 200
    # Who loses this authority is not locked out for a year.
    assert "strict-transport-security" not in caller.call("GET", "/")[1]
    path, file = segment_of(internal, caller.wait(caller.upload(clip, visibility="public"), "ready"))
    status, headers, content = caller.curl(path, "-H", "Range: bytes=5-9")
    assert (status, content) == ("2 206", file.read_bytes()[5:10])
    assert headers["cache-control"] == "public, max-age=60"
    inner = f"/internal/{file.relative_to(internal.data_dir / 'media')}"
    assert caller.curl(inner)[0] == "2 404"
    _, sessions = caller.json("GET", "/api/v1/auth/sessions")
    assert {session["ip_prefix"] for session in sessions["results"]} == {"127.0.0.0/24"}
