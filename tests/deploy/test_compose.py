"""``docker compose up`` of deploy/compose.yml, each step by its exact command."""

import shutil
import signal
import subprocess
import time

import pytest

from tests.support.deploy import files, standins
from tests.support.deploy.containers import Container
from tests.support.deploy.dockerfile import parse_dockerfile
from tests.support.deploy.visitor import CREATE_ADMINISTRATOR, PASSWORD, Visitor
from tests.support.public_site import require_caddy

SITE = "https://videos.example.org"
VARIABLES = {
    "SITE_URL": SITE,
    "SECRET_KEY": "RczIsERUHkfaP-XcDs-_owypldvOBxDcIwtrqysuEsZWgQVzUvDJoaqzImEH2ov3",
    "MONGO_PASSWORD": '-p@ss:w/o%rd?&"$x #$(id)',
}
PROBE_SECONDS = 90
STANDINS = {
    "mongo": standins.mongo_files,
    "nginx": standins.nginx_files,
    "caddy": lambda: standins.caddy_files(require_caddy()),
}


class Composed:
    """The services, started in the order and under the conditions that the file names."""

    def __init__(self, machine, layer):
        self.folder, self.layer = machine / "compose", layer
        self.services = files.parse_compose(VARIABLES)
        self.image = parse_dockerfile()
        self.running = {}
        for name in ("data", "db", "backups", "letsencrypt", "webroot", "deploy"):
            (self.folder / name).mkdir(parents=True)
        # A new named volume has the owner of the folder in the image.
        for name in ("data", "backups"):
            subprocess.run(["chown", f"{self.image.user}:{self.image.user}", self.folder / name], check=True)

    def source(self, volume):
        known = {
            "/etc/letsencrypt": "letsencrypt",
            "/var/www/letsencrypt": "webroot",
            "./site.nginx.conf": "deploy/site.nginx.conf",
            "./Caddyfile": "deploy/Caddyfile",
        }
        return self.folder / known.get(volume, volume)

    def container(self, name, command=None, label=None):
        service = self.services[name]
        ours = not service.image
        extra = {} if ours else STANDINS[service.image.partition(":")[0]]()
        base = self.image.environment if ours else standins.CADDY_VARIABLES if name == "caddy" else {}
        return Container(
            label or name,
            self.folder,
            command or service.command,
            base | service.environment,
            self.layer,
            volumes={path: self.source(volume) for path, volume in service.volumes.items()},
            files={"/etc/hosts": standins.HOSTS} | extra,
            temporary=service.temporary,
            is_read_only=service.is_read_only,
            drops_capabilities=service.drops_capabilities,
            capabilities=service.capabilities,
            groups=service.groups,
            user=self.image.user if ours else 0,
            directory=self.image.directory if ours else "/",
        )

    def up(self, name):
        if name in self.running:
            return
        service = self.services[name]
        for other, condition in service.needs.items():
            self.up(other)
            if condition == "service_completed_successfully":
                ended = self.running[other]
                assert ended.process.wait(timeout=120) == 0, ended.output()
            else:
                assert condition == "service_healthy"
                self.wait_until_healthy(other)
        started = self.running[name] = self.container(name)
        started.start()

    def wait_until_healthy(self, name):
        (command,) = self.services[name].probes
        deadline = time.monotonic() + PROBE_SECONDS
        running = self.running[name]
        while True:
            probe = running.execute(command, seconds=30)
            if probe.returncode == 0:
                return
            assert running.is_running(), running.output()
            assert time.monotonic() < deadline, probe.stdout + probe.stderr + running.output()
            time.sleep(0.5)

    def down(self):
        for name in reversed(self.running):
            self.running[name].stop(signal.SIGQUIT if name == "nginx" else signal.SIGTERM)


@pytest.fixture(scope="module")
def composed(machine, layer, names):
    site = Composed(machine, layer)
    standins.make_certificate(site.folder / "letsencrypt")
    # docker compose run -T --rm --no-deps web python manage.py nginx_conf --upstream web:8000 > site.nginx.conf
    made = site.container(
        "web", ["python", "manage.py", "nginx_conf", "--upstream", "web:8000"], "nginx-conf"
    )
    assert made.run() == 0, made.output()
    (site.folder / "deploy" / "site.nginx.conf").write_text(standins.enable_mongo_tls(made.output()))
    yield site
    site.down()


def test_the_services_come_up_and_play_a_video(composed, trial_clip):
    for name in composed.services:
        composed.up(name)
    # docker compose run --rm web python manage.py createsuperuser
    made = composed.container("web", CREATE_ADMINISTRATOR, "createsuperuser")
    made.environment |= {"DJANGO_SUPERUSER_PASSWORD": PASSWORD}
    assert made.run() == 0, made.output()
    authority = composed.folder / "letsencrypt" / "live" / "videos.example.org" / "fullchain.pem"
    visitor = Visitor(SITE, authority=authority)
    visitor.wait_until_answering(composed.running["nginx"])
    visitor.sign_in("boss")
    video_id = visitor.upload(trial_clip, filename="a.mp4", title="A", visibility="public")
    video = visitor.wait_until_ready(video_id)
    headers = visitor.play(video)
    assert headers["server"] == "nginx"
    # As certbot's hook does, after which other workers answer.
    reloaded = composed.running["nginx"].execute(["nginx", "-s", "reload"])
    assert reloaded.returncode == 0, reloaded.stderr
    assert visitor.play(video)["server"] == "nginx"
    for name in ("mongo", "web", "worker", "tasks", "copies", "nginx"):
        composed.wait_until_healthy(name)


def test_caddy_in_the_place_of_nginx_plays_it_too(composed):
    """With a certificate of the test's, because no authority is asked here."""
    composed.running.pop("nginx").stop(signal.SIGQUIT)
    certificates = composed.folder / "certificates"
    certificates.mkdir()
    live = composed.folder / "letsencrypt" / "live" / "videos.example.org"
    for name in ("fullchain.pem", "privkey.pem"):
        shutil.copy(live / name, certificates / name)
    text = (files.DEPLOY / "Caddyfile").read_text()
    with_certificate = "\ttls /data/fullchain.pem /data/privkey.pem\n\tencode gzip {"
    assert text.count("\tencode gzip {") == 1
    (composed.folder / "deploy" / "Caddyfile").write_text(text.replace("\tencode gzip {", with_certificate))
    composed.services["caddy"] = files.parse_compose(VARIABLES, "compose.caddy.yml")["caddy"]
    caddy = composed.running["caddy"] = composed.container("caddy", standins.CADDY_COMMAND)
    caddy.start()
    visitor = Visitor(SITE, authority=live / "fullchain.pem")
    visitor.wait_until_answering(caddy)
    composed.wait_until_healthy("caddy")
    _, page = visitor.json("GET", "/api/v1/videos")
    _, video = visitor.json("GET", f"/api/v1/videos/{page['results'][0]['id']}")
    assert visitor.play(video)["server"] == "Caddy"
