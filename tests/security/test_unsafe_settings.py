"""A public site does not start with settings that are safe only on one's own machine."""

import os
import re
import secrets
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from django.conf import settings

from streamsite import folders, unsafe_settings
from streamsite.mongo.server import EmbeddedMongo
from streamsite.supervisor.preparation import Preparation, fingerprint

ROOT = Path(__file__).resolve().parent.parent.parent
# Not made anew by every process: the keys below are names of tests, which two processes compare.
GOOD_KEY = "RczIsERUHkfaP-XcDs-_owypldvOBxDcIwtrqysuEsZWgQVzUvDJoaqzImEH2ov3"
P256_KEY = "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"  # of the example in RFC 8291
SAFE = unsafe_settings.StartSettings(
    is_public=True,
    debug=False,
    secret_key=GOOD_KEY,
    throttle_scale=1,
    behind_tls_proxy=True,
    trusted_proxies=1,
)
# Nothing listens there: no command below may need a database.
NO_DATABASE = "mongodb://streamsite:x@127.0.0.1:1/"
UNSAFE = {
    "SITE_URL": "https://video.example.org",
    "MONGODB_URI": NO_DATABASE,
    "DEBUG": "1",
    "SECRET_KEY": "short",
    "STREAMSITE_THROTTLE_SCALE": "1000",
    "BEHIND_TLS_PROXY": "1",
}


def run(arguments, environment):
    """Run a fresh Python on the arguments with nothing but ``environment``."""
    plain = {"PATH": os.environ["PATH"], "DJANGO_SETTINGS_MODULE": "streamsite.settings"}
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env=plain | environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize(
    ("change", "variable"),
    [
        ({"debug": True}, "DEBUG"),
        ({"secret_key": "short"}, "SECRET_KEY"),
        ({"throttle_scale": 2}, "STREAMSITE_THROTTLE_SCALE"),
        ({"trusted_proxies": 0}, "TRUSTED_PROXIES"),
    ],
)
def test_each_unsafe_setting_is_one_sentence_that_names_it(change, variable):
    unsafe = replace(SAFE, **change)
    (sentence,) = unsafe_settings.find_problems(unsafe)
    assert variable in sentence
    assert ": " in sentence
    assert "\n" not in sentence
    assert unsafe_settings.find_problems(replace(unsafe, is_public=False)) == []


def test_safe_settings_are_none():
    assert unsafe_settings.find_problems(SAFE) == []
    assert unsafe_settings.find_problems(replace(SAFE, behind_tls_proxy=False, trusted_proxies=0)) == []


@pytest.mark.parametrize(
    "key",
    [
        "",
        "a1B2" * 3,
        "x" * 64,
        "changeme" * 8,
        "only-for-tests-" + "x" * 40,
        "django-insecure-" + GOOD_KEY,
        "CHANGE-ME-" + GOOD_KEY,
        "759a7e701f9a3a4030abebf84a" * 2,
        "01" * 40,
    ],
)
def test_a_key_that_can_be_guessed_is_weak_and_never_quoted(key):
    why = unsafe_settings.key_weakness(key)
    assert why
    assert not key or key not in unsafe_settings.refusal_message(
        unsafe_settings.find_problems(replace(SAFE, secret_key=key))
    )


@pytest.mark.parametrize(
    "make", [lambda: secrets.token_urlsafe(48), lambda: secrets.token_hex(25), lambda: secrets.token_hex(32)]
)
def test_random_keys_are_good(make):
    """The first is what ``script/server`` has made in every version: an installed site goes on."""
    assert [key for key in (make() for _ in range(500)) if unsafe_settings.key_weakness(key)] == []


def refused(arguments):
    """Return the variables that a refused start names, in its order."""
    ended = run(arguments, UNSAFE)
    assert ended.returncode in {1, 2}  # Celery's command has 2 for an application that cannot be loaded
    lines = [line for line in ended.stderr.splitlines() if line.startswith("- ")]
    return [line.split()[1].partition("=")[0] for line in lines], ended.stderr


ALL = ["DEBUG", "SECRET_KEY", "STREAMSITE_THROTTLE_SCALE", "BEHIND_TLS_PROXY"]


@pytest.mark.parametrize("command", ["run_web", "run_worker"])
def test_every_start_is_refused_with_all_problems_at_once_and_no_database(command):
    """Celery's workers: ``tests/tasks/celery/test_refusal.py``."""
    named, said = refused(["manage.py", command])
    assert named == ALL
    assert "Traceback" not in said


def test_the_supervisor_asks_the_settings_of_a_public_site_at_every_start(tmp_path):
    """Else web and worker of a prepared site would be refused one by one, again and again."""
    preparation = Preparation(tmp_path, EmbeddedMongo(tmp_path), demo=False)
    (tmp_path / "keys" / "tokens").mkdir(parents=True)
    (tmp_path / "keys" / "tokens" / "key.pem").touch()
    site = {"site_id": "0" * 32, "prepared": "once"}
    (tmp_path / "media").mkdir()
    (tmp_path / "media" / "site-id").write_text(site["site_id"])
    preparation._read_site_document = lambda: site  # what its MongoDB would say
    preparation._stamp.parent.mkdir()
    preparation._stamp.write_text(preparation._content(site))
    prepared = {}
    for address in ("http://localhost:8000", "https://video.example.org"):
        prepared[address] = preparation.is_current(address)
    assert prepared == {"http://localhost:8000": True, "https://video.example.org": False}


def test_preparing_closes_the_keys_folder():
    assert (Path(settings.KEYS_DIR), 0o700) in folders.required_folders()


def test_another_database_is_prepared_too(tmp_path):
    assert fingerprint(demo=False, database="streamsite") != fingerprint(demo=False, database="other")


def composed():
    """Return the settings that deploy/compose.yml sets, with what it leaves to the operator."""
    compose = yaml.safe_load((ROOT / "deploy" / "compose.yml").read_text())
    operators = {"SITE_URL": "https://videos.example.org", "SECRET_KEY": GOOD_KEY, "MONGO_PASSWORD": "x"}
    given = compose["services"]["web"]["environment"]
    return {
        name: re.sub(r"\$\{(\w+):\?\}", lambda found: operators[found[1]], value)
        for name, value in given.items()
    }


def exemplified():
    """Return the first block of .env.example, the one for a public site, with nothing left out."""
    block = (ROOT / ".env.example").read_text().split("\n\n")[1]
    return dict(re.findall(r"^#([A-Z_]+)=(.*)$", block, re.MULTILINE))


def checked(tmp_path, settings):
    """Return exit code and ids of ``check --deploy`` on the settings."""
    (tmp_path / "work" / "incoming").mkdir(parents=True)
    (tmp_path / "keys").mkdir(mode=0o700)
    tmp_path.chmod(0o750)
    folders = {"STREAMSITE_DATA_DIR": str(tmp_path), "STREAMSITE_KEYS_DIR": str(tmp_path / "keys")}
    ended = run(["manage.py", "check", "--deploy", "--fail-level", "WARNING"], folders | settings)
    return ended.returncode, re.findall(r"\((\w+\.[WE]\d+)\)", ended.stdout + ended.stderr)


@pytest.mark.parametrize("documented", [composed, exemplified])
def test_check_deploy_is_clean_on_the_documented_settings(tmp_path, documented):
    settings = documented()
    assert settings["SITE_URL"].startswith("https:")
    settings |= {"EMAIL_HOST": "localhost"}
    for name in ("STREAMSITE_DATA_DIR", "STREAMSITE_KEYS_DIR"):
        settings.pop(name, None)
    for name in [name for name in settings if name.endswith("_FILE")]:
        (tmp_path / name).write_text(P256_KEY if name.startswith("VAPID") else GOOD_KEY)
        settings[name] = str(tmp_path / name)
    assert checked(tmp_path, settings) == (0, [])


def test_check_deploy_warns_by_id_about_the_rest(tmp_path):
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "mongodb-uri").write_text(NO_DATABASE)
    rest = {
        "EMAIL_HOST": "",
        "BEHIND_TLS_PROXY": "0",
        "SECRET_KEY_FALLBACKS": "changeme",
        "STREAMSITE_KEYS_DIR": str(tmp_path / "open"),
        "LOG_LEVEL": "DEBUG",
        "OUTBOUND_PRIVATE_HOSTS": "127.0.0.1:9000",
        "MONGODB_URI": NO_DATABASE,
        "MONGODB_USER": "",
        "MONGODB_PASSWORD": "",
    }
    (tmp_path / "open").mkdir(mode=0o755)
    code, ids = checked(tmp_path, composed() | rest)
    assert code == 1
    # security.W008: no redirect to https; W025: Django's own word about the former key.
    assert set(ids) == {f"streamsite.W00{number}" for number in (1, 3, 4, 5, 6, 7, 8)} | {
        *("security.W008", "security.W025")
    }
