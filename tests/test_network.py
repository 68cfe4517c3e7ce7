"""``script/server --host``: a site that a phone in the same network can open."""

from __future__ import annotations

import json
import subprocess
import sys
from urllib.parse import urlsplit

import pytest

from streamsite import network
from streamsite.network import HostError, ListenTarget, resolve_listen_target
from tests.serving_worlds import running
from tests.support.http_client import Caller
from tests.support.stack import ROOT, Stack

HOST = "127.0.0.2"


def test_without_a_host_only_this_machine_connects():
    assert resolve_listen_target("127.0.0.1") == resolve_listen_target("localhost") == ListenTarget()
    assert list(network.describe_access(ListenTarget(), "http://localhost:8000", 8000, demo=True)) == []


@pytest.mark.parametrize(("host", "shown"), [(HOST, HOST), ("::1", "[::1]"), ("[::1]", "[::1]")])
def test_one_address_is_listened_on_alone_and_names_the_site(host, shown):
    place = resolve_listen_target(host)
    assert (place.addresses, place.hosts, place.is_open) == ((host.strip("[]"),), (shown,), False)
    assert place.site_host == shown


@pytest.mark.parametrize(("host", "count"), [("0.0.0.0", 1), ("::", 2)])  # noqa: S104 - what is tested
def test_all_addresses_are_named_by_those_that_others_can_reach(monkeypatch, host, count):
    own = [network._address(text) for text in ("192.168.1.5", "fd00::7")]
    monkeypatch.setattr(network, "_own_addresses", lambda: own)
    place = resolve_listen_target(host)
    assert len(place.addresses) == count
    assert place.hosts[:count] == ("192.168.1.5", "[fd00::7]")[:count]
    assert (place.is_open, place.site_host, place.own_address) == (True, "localhost", "127.0.0.1")
    lines = list(network.describe_access(place, "http://localhost:8000", 8000, demo=True))
    assert "http://192.168.1.5:8000" in lines[0]
    assert "plain HTTP" in lines[1]
    assert "demo password" in lines[2]
    (line,) = network.describe_access(place, "https://video.example.org", 8000, demo=True)
    assert "proxy" in line


@pytest.mark.parametrize("host", ["192.0.2.250", "fe80::1", "no-such-name.invalid", ""])
def test_what_is_no_address_of_this_machine_is_refused_in_a_sentence(tmp_path, host):
    with pytest.raises(HostError, match="not an address of this machine") as refused:
        resolve_listen_target(host)
    assert "\n" not in str(refused.value)


def test_a_name_that_leads_back_to_the_machine_itself_is_no_way_in(monkeypatch):
    monkeypatch.setattr(
        network.socket, "getaddrinfo", lambda *args, **more: [(2, 1, 6, "", ("127.0.1.1", 0))]
    )
    with pytest.raises(HostError, match=r"127\.0\.1\.1.*use 0\.0\.0\.0"):
        resolve_listen_target("my-machine")
    assert resolve_listen_target("localhost") == ListenTarget()


def test_the_start_says_so_and_ends(tmp_path):
    command = [
        sys.executable,
        "-m",
        "streamsite.supervisor",
        "--host",
        "192.0.2.250",
        "--data",
        str(tmp_path),
    ]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert ended.returncode == 1
    assert "--host 192.0.2.250 is not an address of this machine" in ended.stderr
    assert len(ended.stderr.splitlines()) == 1


@pytest.fixture
def in_network(settings):
    settings.NETWORK_HOSTS = (HOST, "[fd00::7]")
    settings.ALLOWED_HOSTS = ["localhost", *settings.NETWORK_HOSTS]
    return settings


@pytest.mark.parametrize(
    ("host", "origin"),
    [
        (f"{HOST}:8000", f"http://{HOST}:8000"),
        ("[fd00::7]:8000", "http://[fd00::7]:8000"),
        ("localhost:8000", "http://localhost:8000"),
    ],
)
def test_urls_name_the_address_that_the_caller_used(cast, in_network, host, origin):
    video = cast.video()
    body = cast.api("stranger").get(f"/api/v1/videos/{video.pk}", HTTP_HOST=host).json()
    assert body["url"] == f"{origin}/watch/{video.pk}"
    assert body["hls_url"].startswith(f"{origin}/media/")
    described = cast.page("anonymous").get("/login", HTTP_HOST=host).content.decode()
    assert f'name="site-url" content="{origin}"' in described


def test_one_address_has_not_the_tag_of_another(cast, in_network):
    address = f"/api/v1/videos/{cast.video().pk}"
    asked = (f"{HOST}:8000", "localhost:8000")
    tags = {cast.api("stranger").get(address, HTTP_HOST=host)["ETag"] for host in asked}
    assert len(tags) == 2


def test_hosts_of_others_are_refused(cast, in_network):
    assert cast.page("anonymous").get("/login", HTTP_HOST="evil.example").status_code == 400


@pytest.mark.slow
@pytest.mark.timeout(120)
def test_a_site_at_another_address_takes_sign_ins_and_forms_and_sends_files(tmp_path, clip):
    site = Stack(tmp_path, arguments=("--host", HOST))
    site.url = f"http://{HOST}:{site.port}"
    with running(site):
        person = Caller(site).sign_up("phone").sign_in_to_pages("phone")
        assert {"session", "csrftoken", "refresh"} <= set(person.cookies)
        video = person.wait(person.upload(clip), "ready")
        assert {urlsplit(video[name]).netloc for name in ("url", "hls_url")} == {f"{HOST}:{site.port}"}
        assert person.call("GET", video["hls_url"])[0] == 200
        status, headers, _ = person.call("GET", "/settings/profile")
        assert status == 200
        form = {"Origin": site.url, "Content-Type": "application/json", "X-CSRFToken": person.csrf_token}
        person.token = ""
        assert person.call("PATCH", "/api/v1/me", json.dumps({"full_name": "Phone"}), form)[0] == 200
        forged = form | {"Origin": "http://evil.example"}
        assert person.call("PATCH", "/api/v1/me", json.dumps({"full_name": "Evil"}), forged)[0] == 403
        assert "Strict-Transport-Security".lower() not in headers
