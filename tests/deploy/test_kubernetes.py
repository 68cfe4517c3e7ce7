"""deploy/kubernetes: its containers with their exact commands, on a volume as the kubelet gives it to pods.

The ingress is stood in for by the headers that it adds.
"""

import os
import time
from pathlib import Path

import pytest

from tests.support.deploy.containers import Container
from tests.support.deploy.dockerfile import parse_dockerfile
from tests.support.deploy.kubernetes import parse_kubernetes
from tests.support.deploy.visitor import CREATE_ADMINISTRATOR, PASSWORD, Visitor

SECRETS = {
    "MONGODB_URI": os.environ["MONGODB_URI"],
    "SECRET_KEY": "RczIsERUHkfaP-XcDs-_owypldvOBxDcIwtrqysuEsZWgQVzUvDJoaqzImEH2ov3",
}
DATABASE = "on-kubernetes"
INGRESS = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "203.0.113.9", "Host": "videos.example.org"}
PROBE_SECONDS = 60
WORKERS = ("worker", "tasks", "copies")


def give_to_group(folder: Path, group: int) -> None:
    """Do what the kubelet does for ``fsGroup`` before every pod: all is the group's, to read and to write."""
    for path in (folder, *folder.rglob("*")):
        os.chown(path, -1, group)
        path.chmod(path.stat().st_mode | (0o2770 if path.is_dir() else 0o660))


class Cluster:
    """Pods on one node. The database has another name than the one of other trials; nothing else is added."""

    def __init__(self, machine, layer):
        self.folder, self.layer = machine / "kubernetes", layer
        self.image = parse_dockerfile()
        self.services = parse_kubernetes(SECRETS)
        self.volume = self.folder / "volume"
        self.volume.mkdir(parents=True)
        self.running = {}

    def container(self, name, command=None, label=None):
        service = self.services[name]
        give_to_group(self.volume, service.user)
        return Container(
            label or name,
            self.folder,
            command or service.command,
            self.image.environment | service.environment | {"MONGODB_NAME": DATABASE},
            self.layer,
            volumes=dict.fromkeys(service.volumes, self.volume),
            temporary=service.temporary,
            is_read_only=service.is_read_only,
            drops_capabilities=service.drops_capabilities,
            user=service.user,
            directory=self.image.directory,
        )

    def up(self, name):
        self.running[name] = self.container(name)
        self.running[name].start()


@pytest.fixture(scope="module")
def cluster(machine, layer):
    found = Cluster(machine, layer)
    yield found
    for container in found.running.values():
        container.stop()


def wait_until_probes_pass(cluster):
    """Ask as the kubelet does: by the pod's address."""
    address = Visitor("http://127.0.0.1:8000")
    deadline = time.monotonic() + PROBE_SECONDS
    while True:
        try:
            answers = {path: address.call("GET", path)[0] for path in cluster.services["web"].probes}
            for name in WORKERS:
                for command in set(cluster.services[name].probes):
                    ended = cluster.running[name].execute(command)
                    answers[name] = 200 if ended.returncode == 0 else ended.stderr
            if set(answers.values()) == {200}:
                return
        except OSError:
            answers = {}
        web = cluster.running["web"]
        assert web.is_running(), web.output()
        assert time.monotonic() < deadline, (answers, web.output())
        time.sleep(0.3)


def test_the_pods_come_up_and_play_a_video(cluster, trial_clip):
    waiting = cluster.container("wait")
    waiting.start()
    waiting.wait_for("Waiting: ")
    prepared = cluster.container("prepare")
    assert prepared.run() == 0, prepared.output()
    assert waiting.process.wait(timeout=PROBE_SECONDS) == 0, waiting.output()
    for name in ("web", *WORKERS):
        cluster.up(name)
    wait_until_probes_pass(cluster)
    # kubectl exec -it deploy/streamsite-web -- python manage.py createsuperuser
    made = cluster.container("web", CREATE_ADMINISTRATOR, "createsuperuser")
    made.environment |= {"DJANGO_SUPERUSER_PASSWORD": PASSWORD}
    assert made.run() == 0, made.output()
    visitor = Visitor("http://127.0.0.1:8000", headers=INGRESS)
    visitor.sign_in("boss")
    video = visitor.wait_until_ready(
        visitor.upload(trial_clip, in_chunks=True, filename="a.mp4", title="A", visibility="public")
    )
    video["hls_url"] = video["hls_url"].replace("https://videos.example.org", "")
    visitor.play(video)
    for name, container in cluster.running.items():
        assert container.is_running(), (name, container.output())


def test_another_pod_starts_on_the_volume(cluster):
    """The kubelet has given the keys to the group meanwhile."""
    give_to_group(cluster.volume, 10001)
    assert cluster.running["web"].stop() == 0
    cluster.up("web")
    wait_until_probes_pass(cluster)
    Visitor("http://127.0.0.1:8000", headers=INGRESS).sign_in("boss")
    (key,) = (cluster.volume / "keys" / "tokens").glob("*.pem")
    assert key.stat().st_mode & 0o077 == 0
