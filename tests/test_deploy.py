"""The files of deploy/ parse, and name commands and settings that exist. nginx.conf has tests of its own.

``script/test-deploy`` runs what they say to the letter.
"""

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from django.core.management import get_commands, load_command_class

from streamsite.supervisor.command_line import parse
from tests.support.deploy import files

DEPLOY = Path(__file__).resolve().parent.parent / "deploy"
# As .env.example lists them, with `#` before what has a default.
LISTED = set(re.findall(r"^#?([A-Z0-9_]+)=", (DEPLOY.parent / ".env.example").read_text(), re.MULTILINE))
# A secret may come in a variable, or in a file that a variable names.
KNOWN = LISTED | {name.removesuffix("_FILE") for name in LISTED}


def load(name):
    return yaml.safe_load((DEPLOY / name).read_text())


def is_command(words):
    """Return whether ``manage.py``, or the supervisor, knows the command and all its options."""
    if words[1:3] == ["-m", "streamsite.supervisor"]:
        return bool(parse(words[3:]))
    name, *options = words[words.index("manage.py") + 1 :]
    command = load_command_class(get_commands()[name], name)
    command.create_parser("manage.py", name).parse_args(options)
    return True


def composed():
    services = load("compose.yml")["services"]
    return {name: service for name, service in services.items() if "build" in service}


def pods():
    for item in load("kubernetes.yaml")["items"]:
        if item["kind"] in {"Deployment", "Job"}:
            yield item["spec"]["template"]["spec"]


def test_compose_starts_commands_that_exist():
    assert set(composed()) == {"prepare", "web", "worker", "tasks"}
    for service in composed().values():
        assert is_command(service["command"])


def test_compose_sets_what_is_a_setting():
    for service in composed().values():
        assert set(service["environment"]) <= KNOWN


def test_compose_waits_for_services_that_say_when_they_are_ready():
    services = load("compose.yml")["services"]
    for service in services.values():
        for name, condition in service.get("depends_on", {}).items():
            assert "healthcheck" in services[name] or condition["condition"].endswith(
                "completed_successfully"
            )


def found_containers():
    for pod in pods():
        yield from (*pod.get("initContainers", ()), *pod["containers"])


def test_kubernetes_starts_commands_that_exist():
    containers = list(found_containers())
    assert sorted(container["name"] for container in containers) == ["prepare", "tasks", "web", "worker"]
    for container in containers:
        assert is_command(container["command"])
        assert container["securityContext"]["allowPrivilegeEscalation"] is False


def test_kubernetes_sets_what_is_a_setting():
    (settings,) = (item["data"] for item in load("kubernetes.yaml")["items"] if item["kind"] == "ConfigMap")
    assert set(settings) <= KNOWN


def test_kubernetes_probes_addresses_that_answer(cast):
    paths = {
        container[probe]["httpGet"]["path"]
        for pod in pods()
        for container in pod["containers"]
        for probe in ("livenessProbe", "readinessProbe")
        if probe in container
    }
    assert paths == {"/healthz", "/readyz"}
    for path in paths:
        assert cast.page("anonymous").get(path).status_code == 200


@pytest.mark.parametrize("host", ["10.2.3.4:8000", "127.0.0.1:8000"])
def test_probes_ask_for_an_address_and_not_for_the_sites_name(cast, settings, host):
    settings.ALLOWED_HOSTS = ["videos.example.org"]
    visitor = cast.page("anonymous")
    asked = {
        path: visitor.get(path, HTTP_HOST=host).status_code for path in ("/healthz", "/readyz", "/login")
    }
    assert asked == {"/healthz": 200, "/readyz": 200, "/login": 400}


def test_nginx_in_compose_is_in_the_group_that_may_read_media():
    dockerfile = (DEPLOY / "Dockerfile").read_text()
    (user,) = re.findall(r"useradd --uid (\d+) ", dockerfile)
    assert "chown streamsite: /data" in dockerfile
    command = " ".join(load("compose.yml")["services"]["nginx"]["command"])
    assert f"groupadd -f -g {user} streamsite && usermod -aG streamsite nginx" in command


@pytest.mark.parametrize("path", sorted((DEPLOY / "systemd").glob("*.service")), ids=lambda path: path.stem)
def test_units_start_commands_that_exist(path):
    service = files.parse_unit(path.stem)["Service"]
    for command in (*service["ExecStart"], *service.get("ExecStartPre", ())):
        assert is_command(shlex.split(command))
    assert {line.partition("=")[0] for line in service["Environment"]} <= KNOWN


def test_systemd_knows_every_line_of_the_units(tmp_path):
    if shutil.which("systemd-analyze") is None:
        pytest.skip("there is no systemd here")
    names = sorted(path.name for path in (DEPLOY / "systemd").glob("*.service"))
    assert len(names) == len(files.UNITS) + 1
    for name in names:
        text = (DEPLOY / "systemd" / name).read_text()
        (tmp_path / name).write_text(text.replace("/srv/streamsite/.venv/bin/python", sys.executable))
    said = subprocess.run(
        ["systemd-analyze", "verify", *names],  # noqa: S607
        cwd=tmp_path,
        env=os.environ | {"SYSTEMD_UNIT_PATH": f"{tmp_path}:"},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    about_ours = [line for line in said.stderr.splitlines() if "streamsite" in line]
    assert about_ours == []


def test_units_leave_room_for_a_long_update_and_an_orderly_end():
    for name in files.UNITS:
        unit = files.parse_unit(name)
        assert unit["Service"]["KillMode"] == ["mixed"]
        assert unit["Service"]["UMask"] == ["0027"]
        assert unit["Service"]["EnvironmentFile"] == ["/etc/streamsite.env"]
        is_web = name == "streamsite-web"
        assert ("infinity" in unit["Service"].get("TimeoutStartSec", ())) is is_web
        # Workers start once the database is prepared.
        assert ("streamsite-web.service" in unit["Unit"]["After"][0].split()) is not is_web


def test_the_guide_shows_settings_that_exist():
    guide = (DEPLOY.parent / "docs" / "operations.md").read_text().partition("## First steps\n")[2]
    (shown,) = re.findall(r"```ini\n(.*?)```", guide.partition("\n## ")[0], re.DOTALL)
    assert {line.partition("=")[0] for line in shown.splitlines()} <= KNOWN


def test_images_have_versions():
    services = load("compose.yml")["services"].values()
    named = [service["image"] for service in services if "image" in service]
    named += [container["image"] for container in found_containers()]
    named += re.findall(r"^FROM (\S+)", (DEPLOY / "Dockerfile").read_text(), re.MULTILINE)
    assert len(named) >= 6
    for image in named:
        assert re.search(r":[\w.-]*\d[\w.-]*$", image), image


def test_no_file_holds_a_secret():
    """Compose takes them from deploy/.env, which git and the image leave out, Kubernetes from a secret of its own."""
    for service in load("compose.yml")["services"].values():
        for name, value in service.get("environment", {}).items():
            if re.search("SECRET|PASSWORD|MONGODB_URI", name):
                assert re.search(r"\$\{\w+:\?\}", value), name
    for item in load("kubernetes.yaml")["items"]:
        assert item["kind"] != "Secret"
        assert not re.search("SECRET|PASSWORD|MONGODB_URI", " ".join(item.get("data", ())))
    for container in found_containers():
        assert {"secretRef": {"name": "streamsite"}} in container["envFrom"]
    ignored = [(DEPLOY.parent / name).read_text().splitlines() for name in (".gitignore", ".dockerignore")]
    for lines in ignored:
        assert {".env", "deploy/streamsite.env"} <= set(lines)


def test_volumes_are_the_data_folder():
    (data,) = (
        value.partition("=")[2]
        for line in (DEPLOY / "Dockerfile").read_text().splitlines()
        for value in line.split()
        if value.startswith("STREAMSITE_DATA_DIR=")
    )
    for service in composed().values():
        assert service["volumes"] == [f"data:{data}"]
    for container in found_containers():
        assert data in [mount["mountPath"] for mount in container["volumeMounts"]]
    for name in files.UNITS:
        service = files.parse_unit(name)["Service"]
        assert service["Environment"] == [f"STREAMSITE_DATA_DIR=/var/lib/{service['StateDirectory'][0]}"]


def test_the_image_runs_a_command_that_exists():
    lines = (DEPLOY / "Dockerfile").read_text().splitlines()
    (command,) = (line.removeprefix("CMD ") for line in lines if line.startswith("CMD "))
    assert is_command(yaml.safe_load(command))
    names = re.findall(r"([A-Z0-9_]+)=", next(line for line in lines if line.startswith("ENV ")))
    assert {name for name in names if not name.startswith("PYTHON")} <= KNOWN
