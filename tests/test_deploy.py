"""The files of deploy/ parse, and name commands and settings that exist. Some have tests of their own beside this.

``script/test-deploy`` runs what they say to the letter.
"""

import itertools
import os
import re
import shlex
import subprocess
import time
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import get_commands, load_command_class

from streamsite.supervisor.command_line import parse
from tests.support.deploy import files, kubernetes
from tests.support.deploy.dockerfile import parse_dockerfile
from tests.support.public_site import require_caddy

DEPLOY = Path(__file__).resolve().parent.parent / "deploy"
# As .env.example lists them, with `#` before what has a default.
LISTED = set(re.findall(r"^#?([A-Z0-9_]+)=", (DEPLOY.parent / ".env.example").read_text(), re.MULTILINE))
# A secret may come in a variable, or in a file that a variable names.
KNOWN = LISTED | {name.removesuffix("_FILE") for name in LISTED}


# What compose takes from deploy/.env; other variables have defaults.
GIVEN = {"SITE_URL": "https://videos.example.org", "SECRET_KEY": "<secret>", "MONGO_PASSWORD": "<secret>"}
COMPOSE_FILES = ("compose.yml", "compose.caddy.yml")


def is_command(words):
    """Return whether ``manage.py``, or the supervisor, knows the command and all its options."""
    if words[1:3] == ["-m", "streamsite.supervisor"]:
        return bool(parse(words[3:]))
    name, *options = words[words.index("manage.py") + 1 :]
    command = load_command_class(get_commands()[name], name)
    command.create_parser("manage.py", name).parse_args(options)
    return True


def composed():
    return {name: service for name, service in files.read_compose(GIVEN).items() if "build" in service}


def queues_of(commands):
    """Return the queues that commands name."""
    return {
        queue
        for words in commands
        for option, queue in itertools.pairwise(map(str, words))
        if option == "--queue"
    }


def commands_of_units():
    return [shlex.split(files.parse_unit(name)["Service"]["ExecStart"][0]) for name in files.UNITS]


@pytest.mark.parametrize(
    "commands",
    [
        lambda: [service.get("command", ()) for service in composed().values()],
        lambda: [container["command"] for container in kubernetes.containers()],
        commands_of_units,
    ],
    ids=["compose", "kubernetes", "systemd"],
)
def test_every_queue_has_a_worker(commands):
    assert queues_of(commands()) == set(settings.TASKS["default"]["QUEUES"])


def test_compose_starts_commands_that_exist():
    assert set(composed()) == {"prepare", "web", "worker", "tasks", "copies"}
    for service in composed().values():
        assert is_command(service["command"])


def test_compose_sets_what_is_a_setting():
    for service in composed().values():
        assert set(service["environment"]) <= KNOWN


def test_compose_waits_for_services_that_say_when_they_are_ready():
    services = {
        name: service for path in COMPOSE_FILES for name, service in files.read_compose(GIVEN, path).items()
    }
    services |= files.read_compose(GIVEN)
    for service in services.values():
        for name, condition in service.get("depends_on", {}).items():
            assert "healthcheck" in services[name] or condition["condition"].endswith(
                "completed_successfully"
            )


def own_services(path):
    """Return the services that a file starts."""
    found = files.read_compose(GIVEN, path)
    return {name: service for name, service in found.items() if set(service) != {"profiles"}}


@pytest.mark.parametrize("path", COMPOSE_FILES)
def test_compose_probes_and_limits_every_service(path):
    for name, service in own_services(path).items():
        assert re.fullmatch(r"\d+[mg]", service["mem_limit"]), name
        if name != "prepare":  # it ends
            assert service["healthcheck"]["test"][0] == "CMD", name
            assert {"interval", "timeout"} <= set(service["healthcheck"]), name
            assert service["restart"] == "unless-stopped"
        assert int(service["pids_limit"]) >= 256
        assert service["logging"]["driver"] == "json-file"
        assert {"max-size", "max-file"} <= set(service["logging"]["options"])
        assert service["security_opt"] == ["no-new-privileges:true"]


@pytest.mark.parametrize("path", COMPOSE_FILES)
def test_compose_leaves_rights_of_root_only_to_those_who_need_them(path):
    kept = {
        "nginx": {"CHOWN", "SETUID", "SETGID", "KILL", "NET_BIND_SERVICE"},
        "caddy": {"NET_BIND_SERVICE"},
    }
    for name, service in own_services(path).items():
        if name != "mongo":  # the image's own script gives files away and becomes another user
            assert service["cap_drop"] == ["ALL"], name
            assert set(service.get("cap_add", ())) == kept.get(name, set()), name
            assert service.get("read_only", False) is (name != "nginx"), name


def probe_of_workers():
    workers = [service for service in composed().values() if "run_worker" in service["command"]]
    (found,) = {tuple(service["healthcheck"]["test"][1:]) for service in workers}
    return list(found)


def test_compose_and_kubernetes_probe_workers_alike():
    probes = {
        tuple(container[probe]["exec"]["command"])
        for container in kubernetes.containers()
        for probe in kubernetes.PROBES
        if "exec" in container.get(probe, {})
    }
    assert probes == {tuple(probe_of_workers())}
    for service in composed().values():
        assert service["environment"]["WORKER_ALIVE_PATH"] in " ".join(probe_of_workers())


@pytest.mark.parametrize(("age", "is_alive"), [(0, True), (110, True), (130, False), (None, False)])
def test_the_probe_of_workers_looks_at_the_age_of_their_file(tmp_path, age, is_alive):
    path = tmp_path / "worker-alive"
    if age is not None:
        path.touch()
        os.utime(path, (time.time() - age,) * 2)
    named = composed()["worker"]["environment"]["WORKER_ALIVE_PATH"]
    command = [word.replace(named, str(path)) for word in probe_of_workers()]
    ended = subprocess.run(command, capture_output=True, check=False, timeout=30)
    assert (ended.returncode == 0) is is_alive


def test_caddy_takes_the_place_of_nginx():
    """Compose merges the files: nginx gets a profile that nobody asks for."""
    merged = files.read_compose(GIVEN, "compose.caddy.yml")
    assert set(merged) == {"nginx", "caddy"}
    assert merged["nginx"] == {"profiles": ["without-caddy"]}
    ports = {port.removesuffix("/udp") for port in merged["caddy"]["ports"]}
    assert ports == set(files.read_compose(GIVEN)["nginx"]["ports"])
    told = set(re.findall(r"\{\$(\w+):", (DEPLOY / "Caddyfile").read_text()))
    assert set(merged["caddy"]["environment"]) == told
    assert [str(parse_dockerfile().user)] == merged["caddy"]["group_add"]


def test_caddy_serves_the_site_of_compose():
    program = require_caddy()
    adapted = subprocess.run(
        [program, "adapt", "--config", DEPLOY / "Caddyfile", "--adapter", "caddyfile"],
        env=os.environ | files.read_compose(GIVEN, "compose.caddy.yml")["caddy"]["environment"],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    text = adapted.stdout
    assert '"host":["videos.example.org"]' in text
    assert '"dial":"web:8000"' in text
    assert '"root":"/site/media"' in text
    assert '"listen":[":443"]' in text


@pytest.mark.parametrize("host", ["10.2.3.4:8000", "127.0.0.1:8000"])
def test_probes_ask_for_an_address_and_not_for_the_sites_name(cast, settings, host):
    settings.ALLOWED_HOSTS = ["videos.example.org"]
    visitor = cast.page("anonymous")
    asked = {
        path: visitor.get(path, HTTP_HOST=host).status_code for path in ("/healthz", "/readyz", "/login")
    }
    assert asked == {"/healthz": 200, "/readyz": 200, "/login": 400}


def test_nginx_in_compose_is_in_the_group_that_may_read_media():
    (made,) = [text for name, text in parse_dockerfile().last.steps if "useradd" in text]
    user = parse_dockerfile().user
    assert f"useradd --uid {user} " in made
    assert "chown streamsite: /data" in made
    command = " ".join(files.read_compose(GIVEN)["nginx"]["command"])
    assert f"groupadd -f -g {user} streamsite && usermod -aG streamsite nginx" in command


def test_the_guide_shows_settings_that_exist():
    guide = (DEPLOY.parent / "docs" / "operations.md").read_text().partition("## First steps\n")[2]
    (shown,) = re.findall(r"```ini\n(.*?)```", guide.partition("\n## ")[0], re.DOTALL)
    assert {line.partition("=")[0] for line in shown.splitlines()} <= KNOWN


def test_images_have_versions():
    named = [
        service["image"]
        for path in COMPOSE_FILES
        for service in own_services(path).values()
        if "image" in service
    ]
    named += [container["image"] for container in kubernetes.containers()]
    named += [stage.base for stage in parse_dockerfile().stages]
    assert len(named) >= 10
    for image in named:
        assert re.search(r":[\w.-]*\d[\w.-]*$", image), image


def test_no_file_holds_a_secret():
    """Compose takes them from deploy/.env, which git and the image leave out, Kubernetes from a secret of its own."""
    for path in COMPOSE_FILES:
        for service in own_services(path).values():
            for name, value in service.get("environment", {}).items():
                if re.search("SECRET|PASSWORD", name):
                    assert value == "<secret>", name
                if name == "MONGODB_URI":
                    assert "@" not in value
    for item in kubernetes.list_objects():
        assert item["kind"] != "Secret"
        assert not re.search("SECRET|PASSWORD|MONGODB_URI", " ".join(item.get("data", ())))
    for container in kubernetes.containers():
        assert {"secretRef": {"name": "streamsite"}} in container["envFrom"]
    ignored = [(DEPLOY.parent / name).read_text().splitlines() for name in (".gitignore", ".dockerignore")]
    for lines in ignored:
        assert {".env", "deploy/streamsite.env"} <= set(lines)


def test_volumes_are_the_data_folder():
    data = parse_dockerfile().environment["STREAMSITE_DATA_DIR"]
    for name, service in composed().items():
        # Backups are out of reach of what people speak to.
        assert service["volumes"] == [f"data:{data}", *(["backups:/backups"] if name == "copies" else [])]
    for container in kubernetes.containers():
        assert data in [mount["mountPath"] for mount in container["volumeMounts"]]
    for name in files.UNITS:
        service = files.parse_unit(name)["Service"]
        assert service["Environment"] == [f"STREAMSITE_DATA_DIR=/var/lib/{service['StateDirectory'][0]}"]
