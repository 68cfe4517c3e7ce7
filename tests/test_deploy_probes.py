"""The probes of ``deploy/``, sent as compose and Kubernetes send them, to the web server with the file's settings."""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit, urlunsplit

import pytest
from pytest_django import DjangoDbBlocker

from streamsite.front.binary import find_nginx
from tests.serving_worlds import require_nginx, wait_until_answering
from tests.support.deploy import files, kubernetes
from tests.support.stack import free_port

pytestmark = [pytest.mark.slow, pytest.mark.timeout(120)]

ROOT = Path(__file__).resolve().parent.parent
DEPLOY = ROOT / "deploy"
SECRET_KEY = "RczIsERUHkfaP-XcDs-_owypldvOBxDcIwtrqysuEsZWgQVzUvDJoaqzImEH2ov3"
GIVEN = {"SITE_URL": "https://videos.example.org", "SECRET_KEY": SECRET_KEY, "MONGO_PASSWORD": "x"}
PORT = 8000


def compose_web():
    return files.read_compose(GIVEN)["web"]


def kubernetes_web():
    return next(container for container in kubernetes.containers() if container["name"] == "web")


def without_credentials(uri: str) -> tuple[str, str, str]:
    """Return a connection string without its user, the user, and the password."""
    parts = urlsplit(uri)
    given = parts.netloc.rpartition("@")
    user, _, password = given[0].partition(":")
    return urlunsplit(parts._replace(netloc=given[2])), unquote(user), unquote(password)


@dataclass
class Web:
    """The web server of a public site, on a port of its own; ``lines`` are the JSON objects that it has written."""

    port: int
    log: Path

    def ask(self, path: str, method: str = "GET", **headers: str | None) -> tuple[int, dict[str, str], bytes]:
        """Send a request with exactly these headers."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
            for name, value in headers.items():
                if value is not None:
                    connection.putheader(name.replace("_", "-"), value)
            connection.endheaders()
            answer = connection.getresponse()
            return answer.status, dict(answer.getheaders()), answer.read()
        finally:
            connection.close()

    def lines(self) -> list[dict[str, object]]:
        return [json.loads(line) for line in self.log.read_text().splitlines()]


@pytest.fixture(scope="module")
def web(
    prepared_database: None, tmp_path_factory: pytest.TempPathFactory, django_db_blocker: DjangoDbBlocker
) -> Iterator[Web]:
    """Compose's command with compose's environment; the database and the folder are the tests' own."""
    from streamsite.mongo.engine.client import get_database

    with django_db_blocker.unblock():
        name = get_database("default").name
    service, port = compose_web(), free_port()
    environment = {key: str(value) for key, value in service["environment"].items()}
    # The tests' database, by a connection string without the user, as compose has it.
    plain, user, password = without_credentials(os.environ["MONGODB_URI"])
    environment |= {"MONGODB_URI": plain, "MONGODB_USER": user, "MONGODB_PASSWORD": password}
    environment |= {"MONGODB_NAME": name, "WORKER_ALIVE_PATH": ""}
    inherited = {key: os.environ[key] for key in ("PATH", "STREAMSITE_DATA_DIR", "HOME") if key in os.environ}
    command = [sys.executable, *service["command"][1:], "--port", str(port), "--workers", "1"]
    log = tmp_path_factory.mktemp("web") / "log"
    with log.open("wb") as out:
        process = subprocess.Popen(command, cwd=ROOT, env=inherited | environment, stdout=out, stderr=out)
    try:
        wait_until_answering(f"http://127.0.0.1:{port}/healthz", process)
        yield Web(port, log)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=30)


def _without_tls(text: str, port: int) -> str:
    """Return the configuration on ``port`` of loopback, as any user may run it; certificates are for other tests."""
    text = re.sub(r"^ *(?:ssl_\w+|user|pid|listen \[::\][^;]*) ?.*;\n", "", text, flags=re.MULTILINE)
    plain = free_port() if "    listen 443 " in text else port
    text = re.sub(r"^    listen 443 .*;$", f"    listen 127.0.0.1:{port};", text, flags=re.MULTILINE)
    return re.sub(r"^    listen 80;$", f"    listen 127.0.0.1:{plain};", text, flags=re.MULTILINE)


@pytest.fixture(scope="module")
def front(web: Web, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    """``deploy/nginx.conf`` in front of it, on a port of its own."""
    require_nginx()
    folder, port = tmp_path_factory.mktemp("nginx"), free_port()
    text = _without_tls((DEPLOY / "nginx.conf").read_text(), port)
    text = re.sub(
        r"^    server 127\.0\.0\.1:8000;$", f"    server 127.0.0.1:{web.port};", text, flags=re.MULTILINE
    )
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    paths = "".join(f'  {kind}_temp_path "{folder}/{kind}";\n' for kind in kinds)
    path = folder / "nginx.conf"
    path.write_text(text.replace("http {\n", f"http {{\n{paths}", 1))
    command = [*find_nginx()[0].command(folder, path), "-g", f"daemon off; pid {folder}/pid;"]
    process = subprocess.Popen(command)
    try:
        wait_until_answering(f"http://127.0.0.1:{port}/healthz", process)
        yield Web(port, web.log)
    finally:
        process.send_signal(signal.SIGQUIT)
        process.wait(timeout=30)


def test_composes_health_check_succeeds(web: Web) -> None:
    how, *command = compose_web()["healthcheck"]["test"]
    assert (how, command[0]) == ("CMD", "python")
    assert sum(word.count(f":{PORT}/") for word in command) == 1
    words = [word.replace(f":{PORT}/", f":{web.port}/") for word in command[1:]]
    ran = subprocess.run([sys.executable, *words], capture_output=True, timeout=60, check=False)
    assert ran.returncode == 0, ran.stderr
    words = [word.replace(f":{PORT}/healthz", f":{web.port}/api/v1/videos") for word in command[1:]]
    refused = subprocess.run([sys.executable, *words], capture_output=True, timeout=60, check=False)
    assert refused.returncode != 0, "the check succeeds whatever it asks for"


@pytest.mark.parametrize("probe", kubernetes.PROBES)
def test_kubernetes_probes_succeed(web: Web, probe: str) -> None:
    """The kubelet asks the pod's address, over plain HTTP, without headers of a proxy."""
    container = kubernetes_web()
    asked = container[probe]["httpGet"]
    assert asked["port"] == PORT == container["ports"][0]["containerPort"]
    status, _, content = web.ask(
        asked["path"], Host=f"10.2.3.4:{PORT}", User_Agent="kube-probe/1.34", Accept="*/*", Connection="close"
    )
    assert status == 200, content


def test_kubernetes_waits_as_long_as_a_probe_may_take() -> None:
    """A database that hangs is an answer after two seconds, which Kubernetes by itself does not wait for."""
    container = kubernetes_web()
    for probe in kubernetes.PROBES:
        assert container[probe]["timeoutSeconds"] >= 5


@pytest.mark.parametrize("way", ["web", "front"])
@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_probes_answer_whatever_is_asked_for(request: pytest.FixtureRequest, way: str, path: str) -> None:
    target: Web = request.getfixturevalue(way)
    for host in ("videos.example.org", "10.2.3.4:8000", "evil.example"):
        for method in ("GET", "HEAD"):
            status, headers, content = target.ask(path, method, Host=host)
            assert (status, headers.get("location")) == (200, None), (host, method)
            assert bool(content) == (method == "GET")
    assert json.loads(target.ask(path, Host="evil.example")[2])["status"] in {"ok", "degraded"}


@pytest.mark.parametrize("way", ["web", "front"])
@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_probes_answer_without_a_host(request: pytest.FixtureRequest, way: str, path: str) -> None:
    target: Web = request.getfixturevalue(way)
    connection = http.client.HTTPConnection("127.0.0.1", target.port, timeout=30)
    connection._http_vsn, connection._http_vsn_str = 10, "HTTP/1.0"  # type: ignore[attr-defined]
    try:
        connection.putrequest("GET", path, skip_host=True)
        connection.endheaders()
        assert connection.getresponse().status == 200
    finally:
        connection.close()


def of_request(web: Web, request_id: str) -> list[dict[str, object]]:
    """Wait for lines with that id and return them."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        found = [line for line in web.lines() if line["request_id"] == request_id]
        if found:
            return found
        time.sleep(0.05)
    raise AssertionError(f"no line:\n{web.log.read_text()[-2000:]}")


def test_a_request_is_one_json_object(web: Web) -> None:
    status, headers, body = web.ask(
        "/api/v1/videos?q=private-words",
        Host="videos.example.org",
        X_Forwarded_Proto="https",
        X_Request_Id="json-line-1",
    )
    assert (status, headers["x-request-id"]) == (200, "json-line-1")
    (line,) = of_request(web, "json-line-1")
    assert isinstance(line.pop("duration_ms"), float)
    assert line.pop("time").endswith("+00:00")
    assert line.pop("message").startswith("GET /api/v1/videos 200 ")
    assert line.pop("bytes") == len(body)
    assert line == {
        "level": "INFO",
        "logger": "streamsite.requests",
        "request_id": "json-line-1",
        "method": "GET",
        "path": "/api/v1/videos",
        "route": "api-videos",
        "status": 200,
    }
    assert "private-words" not in web.log.read_text()


@pytest.mark.parametrize("path", ["/login", "/api/v1/me", "/sitemap.xml"])
def test_a_foreign_host_is_one_line(web: Web, path: str) -> None:
    name = f"foreign-{path.strip('/').replace('/', '-')}"
    status, _, _ = web.ask(path, Host="evil.example", X_Forwarded_Proto="https", X_Request_Id=name)
    assert status == 400
    (line,) = of_request(web, name)
    assert (line["level"], line["reason"]) == ("INFO", "parse_error (DisallowedHost)")
    assert "traceback" not in line


@pytest.mark.parametrize("path", ["/login", "/api/v1/auth/token"])
def test_who_goes_away_leaves_no_traceback(web: Web, path: str) -> None:
    """In the middle of a body, for which the site waits."""
    name = f"gone-from-{path.rpartition('/')[2]}"
    with socket.create_connection(("127.0.0.1", web.port), timeout=10) as connection:
        head = f"POST {path} HTTP/1.1\r\nHost: videos.example.org\r\nContent-Length: 40000\r\n"
        head += f"X-Forwarded-Proto: https\r\nX-Request-Id: {name}\r\nContent-Type: application/json\r\n"
        connection.sendall(f"{head}\r\n{{".encode())
    (line,) = of_request(web, name)
    assert (line["level"], line["status"] // 100) == ("INFO", 4)
    assert not [line for line in web.lines() if "traceback" in line]


def test_probes_and_files_write_no_lines(web: Web) -> None:
    for path in ("/healthz", "/readyz"):
        web.ask(path, Host="10.2.3.4", X_Request_Id="a-probe-asks")
    web.ask(
        "/api/v1/videos", Host="videos.example.org", X_Forwarded_Proto="https", X_Request_Id="after-it-all"
    )
    of_request(web, "after-it-all")
    assert not [line for line in web.lines() if line["request_id"] == "a-probe-asks"]
