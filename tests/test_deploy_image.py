"""deploy/Dockerfile: what the image runs, as whom, and what it says of itself."""

import tomllib

from tests.support.deploy.dockerfile import parse_dockerfile
from tests.test_deploy import DEPLOY, KNOWN, composed, is_command


def test_the_image_runs_a_command_that_exists():
    image = parse_dockerfile()
    assert is_command(image.command)
    assert {name for name in image.environment if not name.startswith(("PYTHON", "PATH"))} <= KNOWN


def test_the_image_is_made_in_stages_and_runs_as_nobody():
    image = parse_dockerfile()
    packages, last = image.stages
    installed = " ".join(text for name, text in packages.steps if name == "RUN")
    assert "--require-hashes" in installed
    assert not any(" pip " in f" {text}" for name, text in last.steps if name == "RUN")
    assert ("COPY", f"--from={packages.name} /opt/venv /opt/venv") in last.steps
    assert image.environment["PATH"].startswith("/opt/venv/bin:")
    assert last.told("USER") == "10001:10001"
    locks = packages.arguments["LOCKS"].split()
    assert all((DEPLOY.parent / lock).is_file() for lock in locks)
    assert locks[0] == "requirements.lock"
    # What a variable in deploy/streamsite.env may ask for: there is no pip to install it later.
    optional = ("s3", "celery", "sentry", "otel")
    assert locks[1:] == [f"requirements-{name}.lock" for name in optional]


def test_the_image_is_probed_as_compose_probes_it():
    assert parse_dockerfile().probe == tuple(composed()["web"]["healthcheck"]["test"][1:])


def test_the_image_says_what_it_is():
    labels = parse_dockerfile().last.labels
    project = tomllib.loads((DEPLOY.parent / "pyproject.toml").read_text())["project"]
    said = {name.removeprefix("org.opencontainers.image."): value for name, value in labels.items()}
    assert said == {
        "title": "Streamsite",
        "description": project["description"],
        "licenses": project["license"],
        "version": project["version"],
        "revision": "unknown",
    }
