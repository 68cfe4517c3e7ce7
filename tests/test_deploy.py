"""The files of deploy/ parse, and name commands and settings that exist. nginx.conf has tests of its own."""

import re
import shlex
from configparser import ConfigParser
from pathlib import Path

import pytest
import yaml
from django.core.management import get_commands, load_command_class

DEPLOY = Path(__file__).resolve().parent.parent / "deploy"
# As .env.example lists them, with `#` before what has a default.
LISTED = set(re.findall(r"^#?([A-Z0-9_]+)=", (DEPLOY.parent / ".env.example").read_text(), re.MULTILINE))
# A secret may come in a variable, or in a file that a variable names.
KNOWN = LISTED | {name.removesuffix("_FILE") for name in LISTED}


def load(name):
    return yaml.safe_load((DEPLOY / name).read_text())


def unit(path):
    parser = ConfigParser(strict=False, interpolation=None)
    parser.optionxform = str
    parser.read_string(path.read_text())
    return parser


def is_command(words):
    """Whether ``manage.py`` knows the command and all its options."""
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


def test_kubernetes_starts_commands_that_exist():
    containers = [container for pod in pods() for container in pod["containers"]]
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
    service = unit(path)["Service"]
    for key in ("ExecStart", "ExecStartPre"):
        if key in service:
            assert is_command(shlex.split(service[key]))
    assert service["Environment"].partition("=")[0] in KNOWN


def test_the_image_runs_a_command_that_exists():
    lines = (DEPLOY / "Dockerfile").read_text().splitlines()
    (command,) = (line.removeprefix("CMD ") for line in lines if line.startswith("CMD "))
    assert is_command(yaml.safe_load(command))
    names = re.findall(r"([A-Z0-9_]+)=", next(line for line in lines if line.startswith("ENV ")))
    assert {name for name in names if not name.startswith("PYTHON")} <= KNOWN
