"""A setting that cannot work is one sentence: its name, its value unless it is secret, and what it may be."""

import importlib
import importlib.util
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured
from pymongo.uri_parser import parse_uri

import streamsite
from streamsite import env
from streamsite.mongo import uri
from streamsite.supervisor import command_line
from streamsite.supervisor.site import Supervisor

ROOT = Path(__file__).resolve().parent.parent
LISTED = re.findall(r"^#?([A-Z0-9_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE)
NONSENSE = "abc def"
# Names, texts, folders and secrets that may be anything.
FREE = {
    # Read only of providers that OIDC_PROVIDERS names.
    "OIDC_KEYCLOAK_CLIENT_ID",
    "OIDC_KEYCLOAK_CLIENT_SECRET_FILE",
    "OIDC_KEYCLOAK_ISSUER",
    "SITE_NAME",
    "SITE_DESCRIPTION",
    "SECRET_KEY_FALLBACKS",
    "STREAMSITE_DATA_DIR",
    "STREAMSITE_KEYS_DIR",
    "METRICS_DIR",
    "EMAIL_HOST",
    "EMAIL_HOST_USER",
    "EMAIL_HOST_PASSWORD",
    "EMAIL_USER",
    "EMAIL_PASSWORD",
    "DEFAULT_FROM_EMAIL",
    "S3_ACCESS_KEY_ID",
    "S3_SECRET_ACCESS_KEY",
    "S3_PREFIX",
    "BACKUP_S3_ACCESS_KEY_ID",
    "BACKUP_S3_SECRET_ACCESS_KEY",
    "OTEL_SERVICE_NAME",
    "OTEL_RESOURCE_ATTRIBUTES",
}
# Looked at by script/server, which has sentences of its own.
SUPERVISORS = {
    *("MONGOD_BIN", "MONGOD_KEEP_FCV", "NGINX_BIN", "CADDY_BIN", "LOG_FILE_MIB"),
    *("DOMAIN_TLS", "ACME_CA", "ACME_CA_ROOT", "ACME_EMAIL", "HTTP_PORT", "HTTPS_PORT"),
}
SECRET = {
    *("MONGODB_URI", "MONGODB_PASSWORD", "CELERY_BROKER_URL", "VAPID_PRIVATE_KEY", "METRICS_TOKEN"),
    *("BACKUP_PASSPHRASE", "SENTRY_DSN", "OTEL_EXPORTER_OTLP_HEADERS"),
}
GOOD = {
    "MONGODB_URI": "mongodb://streamsite:x@127.0.0.1:1/",
    "SECRET_KEY": "only-for-tests-" + "x" * 40,
    "SITE_URL": "http://localhost:8000",
}


def read_settings_anew():
    """Run the settings' modules again, and leave the running ones as they are."""
    running = {
        name: module for name, module in sys.modules.items() if f"{name}.".startswith("streamsite.settings.")
    }
    for name in running:
        del sys.modules[name]
    try:
        importlib.import_module("streamsite.settings")
    finally:
        for name in [name for name in sys.modules if f"{name}.".startswith("streamsite.settings.")]:
            del sys.modules[name]
        sys.modules.update(running)
        streamsite.settings = running["streamsite.settings"]


@pytest.fixture
def settings_with(monkeypatch):
    """Read the settings anew with nothing but the given variables; the refusal's sentence, "" for none."""

    def read(**variables):
        for name in set(LISTED) | set(GOOD) | {f"{name}_FILE" for name in LISTED}:
            monkeypatch.delenv(name, raising=False)
        for name, value in (GOOD | variables).items():
            monkeypatch.setenv(name, value)
        monkeypatch.setattr(env, "load_dotenv", lambda path: None)
        try:
            read_settings_anew()
        except ImproperlyConfigured as error:
            return str(error)
        return ""

    return read


def is_sentence(said, name):
    return said.startswith(name) and "\n" not in said and ": " in said and not said.endswith(".")


@pytest.mark.parametrize("name", sorted(set(LISTED) - FREE - SUPERVISORS))
def test_nonsense_is_refused_by_every_setting(settings_with, name):
    # A secret that is set itself is not looked for in the file.
    said = settings_with(**{name.removesuffix("_FILE"): ""} | {name: NONSENSE})
    assert is_sentence(said, name), said
    # What stands where a secret's file should be named may be the secret itself.
    assert (f"{name}={NONSENSE}" in said) is (name not in SECRET and not name.endswith("_FILE"))


@pytest.mark.parametrize(
    ("name", "value", "allowed"),
    [
        ("TRUSTED_PROXIES", "-1", "between 0 and 10"),
        ("SLOW_COMMAND_MS", "-1", "between 0 and"),
        ("MAX_UPLOAD_BYTES", "4GB", "whole number"),
        ("LOG_LEVEL", "debug", "DEBUG, INFO"),
        ("SITE_URL", "video.example.org", "https://video.example.org"),
        ("SITE_URL", "https://video.example.org/tube", "without a path"),
        ("SITE_URL", "https://video.example.org:99999", "https://video.example.org"),
        ("SITE_URL", "https://[::1", "https://video.example.org"),
        ("SITE_URL", "http://video.example.org", "use https://"),
        ("ALLOWED_HOSTS", "https://video.example.org", "without scheme"),
        ("ALLOWED_HOSTS", "a.example, b.example:8000", "without scheme or port"),
        ("CORS_ALLOWED_ORIGINS", "app.example.org", "https://app.example.org"),
        ("CORS_ALLOWED_ORIGINS", "https://app.example.org/", "without a path"),
        ("MONGODB_NAME", "a/b", "letters"),
        ("S3_BUCKET", "s3://films", "not its address"),
        ("S3_ENDPOINT_URL", "s3.example.org", "https://s3.example.org"),
        ("S3_ENDPOINT_URL", "https://s3.example.org/films", "without a path"),
        ("TRANSCODE_RUNGS", "1080,999", "separated by commas"),
        ("MEDIA_ACCEL_PREFIX", "internal", "/internal/"),
        ("FFMPEG_BIN", "/nonexistent/ffmpeg", "a program that can be run"),
        ("FFMPEG_LIBRARIES", "/nonexistent", "folders that exist"),
        ("STREAMSITE_DATA_DIR", "/etc/passwd", "a folder"),
        ("SECRET_KEY_FILE", "/nonexistent/key", "No such file"),
        ("CELERY_BROKER_URL_FILE", "/", "Is a directory"),
        ("OTEL_EXPORTER_OTLP_ENDPOINT", "collector:4317", "https://collector.example.org:4318"),
        ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc", "http/protobuf"),
        ("OTEL_TRACES_SAMPLER", "parentbased_jaeger_remote", "parentbased_traceidratio"),
        ("OTEL_TRACES_SAMPLER_ARG", "5", "from 0 to 1"),
        ("OTEL_BSP_MAX_QUEUE_SIZE", "-4", "a whole number between 1 and"),
        ("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", "4096", "at most OTEL_BSP_MAX_QUEUE_SIZE (2048)"),
        ("OTEL_BSP_MAX_QUEUE_SIZE", "100", "at most OTEL_BSP_MAX_QUEUE_SIZE (2048)"),
        ("OTEL_EXPORTER_OTLP_TIMEOUT", "x", "a number of seconds"),
        ("OTEL_EXPORTER_OTLP_TRACES_COMPRESSION", "zip", "gzip"),
        ("OTEL_EXPORTER_OTLP_CERTIFICATE", "/nonexistent/ca.pem", "a file that is there"),
    ],
)
def test_a_wrong_value_is_shown_beside_what_is_allowed(settings_with, name, value, allowed):
    given = {"SECRET_KEY": ""} if name == "SECRET_KEY_FILE" else {}
    if name.startswith(("OTEL_BSP", "OTEL_EXPORTER_OTLP")) and not name.endswith(("ENDPOINT", "PROTOCOL")):
        given = {
            "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "http://127.0.0.1:4318"
        }  # they count with a collector only
    said = settings_with(**given, **{name: value})
    assert is_sentence(said, f"{name}={value}"), said
    assert allowed in said.partition(": ")[2] or allowed in said


@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [
        ("S3_ENDPOINT_URL", "https://AKIAX:secretkey@s3.example.org", "=https://...@s3.example.org"),
        ("S3_ENDPOINT_URL", "https://AKIAX:secret/k@ey@s3.example.org", "=https://...@s3.example.org"),
        ("S3_ENDPOINT_URL", "AKIAX:secretkey@s3.example.org", "=...@s3.example.org"),
        ("SITE_URL", "https://secretkey@video.example.org", "=https://...@video.example.org"),
        ("CORS_ALLOWED_ORIGINS", "https://a.example,https://me:secretkey@b.example", "@b.example"),
        ("ALLOWED_HOSTS", "a.example,me:secretkey@b.example", "=a.example,...@b.example"),
        ("SECRET_KEY_FILE", "secretkey", "SECRET_KEY_FILE has a value that cannot work: "),
        ("S3_SECRET_ACCESS_KEY_FILE", "secretkey", "S3_SECRET_ACCESS_KEY_FILE has a value"),
        ("CELERY_BROKER_URL_FILE", "amqp://me:secretkey@host//", "CELERY_BROKER_URL_FILE has a value"),
    ],
)
def test_credentials_are_not_shown(settings_with, name, value, shown):
    # A secret that is set itself is not looked for in the file, and the bucket's only with a bucket.
    given = {"SECRET_KEY": ""} if name == "SECRET_KEY_FILE" else {"S3_BUCKET": "films"}
    said = settings_with(**given, **{name: value})
    assert is_sentence(said, name), said
    assert shown in said
    assert not any(part in said for part in ("AKIAX", "secretkey", "secret/k", "me:"))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SITE_URL", "http://[::1]:8000"),
        ("SITE_URL", "http://127.0.0.1:8000/"),
        ("ALLOWED_HOSTS", "video.example.org, .example.org, 10.0.0.1, [::1], *.example.net"),
        ("CORS_ALLOWED_ORIGINS", "https://app.example.org,http://localhost:5173"),
        ("CSRF_TRUSTED_ORIGINS", "https://*.example.org"),
        ("MEDIA_ACCEL_PREFIX", "/internal"),
        ("CELERY_BROKER_URL", "amqp://user@host//"),
        ("S3_BUCKET", "Films_2.example"),
        ("SENTRY_DSN", "https://0a1b2c@sentry.example.org/tracker/12"),
        ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:4318"),
        ("OTEL_EXPORTER_OTLP_HEADERS", "authorization=Bearer x, x-team=films"),
    ],
)
def test_good_values_are_taken(settings_with, name, value):
    assert settings_with(**{name: value}) == ""


@pytest.mark.parametrize(
    ("name", "value", "package", "lock"),
    [
        ("SENTRY_DSN", "https://0a1b2c@sentry.example.org/1", "sentry_sdk", "requirements-sentry.lock"),
        (
            "OTEL_EXPORTER_OTLP_ENDPOINT",
            "http://127.0.0.1:4318",
            "opentelemetry.sdk",
            "requirements-otel.lock",
        ),
        ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:4318", "opentelemetry", "requirements-otel.lock"),
    ],
)
def test_a_variable_whose_packages_are_missing_says_what_to_install(
    settings_with, monkeypatch, name, value, package, lock
):
    real = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda asked: None if asked == package else real(asked))
    said = settings_with(**{name: value})
    assert is_sentence(said, name), said
    assert said.endswith(lock)
    assert "0a1b2c" not in said


MALFORMED = [
    "localhost:27017",
    "http://db/",
    "mongodb://",
    "mongodb://user:hid/den@db/",
    "mongodb://user:hid@den@db/",
    "mongodb://user:hidden@db:port/",
    "mongodb://user:hidden@db:99999/",
    "mongodb://user:hidden@db/?w=majority&hidden=1;2",
    "mongodb://user:hidden@db/?replicaSet",
    "mongodb+srv://user:hidden@a,b/?tls",
    "mongodb://user:hidden@db/?directConnection=perhaps",
]


@pytest.mark.parametrize("given", MALFORMED)
def test_a_malformed_connection_string_is_explained_without_its_password(settings_with, given):
    said = settings_with(MONGODB_URI=given)
    if given != "mongodb://user:hidden@db/?directConnection=perhaps" or said:
        assert is_sentence(said, "MONGODB_URI"), said
    for part in ("hidden", "hid", "den@"):
        assert part not in said


def test_good_connection_strings_are_none():
    for given in (
        *(
            "mongodb://user:p%40ss@db1,db2:27018/?replicaSet=rs0&tls=true",
            "mongodb+srv://user:x@cluster.example.net/",
        ),
        *("mongodb://[::1]:27017/", "mongodb://%2Ftmp%2Fmongodb-27017.sock"),
    ):
        assert uri.uri_problem(given) == "", given
    assert uri.server_addresses("mongodb://user:secret@db1,db2/?x=1") == "db1,db2"


@pytest.mark.parametrize(
    "password", ["p@ss:w/o%rd?&#", "$(id) \"'`\\", "%40", "-", "пароль", "a+b c"], ids=str
)
def test_a_password_apart_from_the_uri_may_hold_anything(settings_with, tmp_path, password):
    """The driver reads back what was given."""
    path = tmp_path / "password"
    path.write_text(f"{password}\n")
    plain = "mongodb://db1,db2:27018/streamsite?replicaSet=rs0"
    for named in ({"MONGODB_PASSWORD": password}, {"MONGODB_PASSWORD_FILE": str(path)}):
        assert settings_with(MONGODB_URI=plain, MONGODB_USER="stream@site", **named) == ""
    whole = uri.add_credentials(plain, "stream@site", password)
    assert uri.uri_problem(whole) == ""
    read = parse_uri(whole)
    assert (read["username"], read["password"]) == ("stream@site", password)
    assert read["nodelist"] == [("db1", 27017), ("db2", 27018)]
    assert (uri.has_user(whole), uri.has_user(plain)) == (True, False)


def test_a_user_is_named_once_and_not_without_need(settings_with):
    said = settings_with(MONGODB_USER="me")
    assert is_sentence(said, "MONGODB_USER")
    assert "MONGODB_URI names a user already" in said
    said = settings_with(MONGODB_URI="mongodb://db/", MONGODB_USER="me")
    assert is_sentence(said, "MONGODB_USER")
    assert "set MONGODB_PASSWORD or MONGODB_PASSWORD_FILE" in said
    said = settings_with(MONGODB_URI="mongodb://db/", MONGODB_PASSWORD="hidden")
    assert is_sentence(said, "MONGODB_PASSWORD")
    assert "hidden" not in said


def test_a_dollar_sign_is_only_that(settings_with, monkeypatch):
    """django-environ takes a value that begins with one for the name of another variable."""
    assert settings_with(S3_PREFIX="$films") == ""
    monkeypatch.setenv("S3_PREFIX", "$films")
    assert env.text("S3_PREFIX") == "$films"


def test_what_systemd_and_the_link_read_is_the_same(tmp_path, monkeypatch):
    """Plain values, as docs/operations.md wants them in /etc/streamsite.env, are taken as they stand."""
    plain = "mongodb://user:p%40s$s@db1,db2/?replicaSet=rs0&tls=true#x"
    (tmp_path / ".env").write_text(f"# a comment\n\nA_PLAIN_VALUE={plain}\n")
    monkeypatch.delenv("A_PLAIN_VALUE", raising=False)
    env.load_dotenv(tmp_path / ".env")
    assert os.environ.pop("A_PLAIN_VALUE") == plain


def test_settings_that_may_not_be_read_are_a_sentence(tmp_path):
    (tmp_path / ".env").write_bytes(b"SITE_NAME=\xff\n")
    with pytest.raises(ImproperlyConfigured, match=r"\.env cannot be read \(it is not UTF-8\): run this as"):
        env.load_dotenv(tmp_path / ".env")


def run(arguments, **environment):
    """Run a fresh process with nothing but the variables; return its exit code and what it says on stderr."""
    plain = {"PATH": os.environ["PATH"], **GOOD, **environment}
    ended = subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env=plain,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return ended.returncode, ended.stderr


@pytest.mark.parametrize("command", ["run_web", "run_worker", "createsuperuser"])
def test_commands_end_with_the_sentence(command):
    code, said = run(["manage.py", command], MAX_UPLOAD_BYTES="abc")
    assert code == 1
    assert re.fullmatch(r"manage\.py: MAX_UPLOAD_BYTES=abc cannot work: [^\n]+\n", said), said


def test_celery_ends_with_the_sentence():
    pytest.importorskip("celery")
    code, said = run(["-m", "celery", "-A", "streamsite.tasks.celery", "worker"], LOG_LEVEL="loud")
    assert code
    assert "Traceback" not in said
    assert "celery: LOG_LEVEL=loud cannot work: use one of DEBUG" in said


def test_the_web_server_by_hand_ends_with_the_sentence():
    code, said = run(["-c", "import streamsite.wsgi"], LOG_LEVEL="loud")
    assert code
    assert re.fullmatch(r"web: LOG_LEVEL=loud cannot work: [^\n]+\n", said), said


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("PORT", "abc"), ("PORT", "70000"), ("MONGODB_SILENT_SECONDS", "no"), ("LOG_FILE_MIB", "0")),
        ("MONGOD_KEEP_FCV", "perhaps"),
    ],
)
def test_the_supervisor_ends_with_the_sentence(monkeypatch, capsys, tmp_path, name, value):
    monkeypatch.setenv(name, value)
    monkeypatch.delenv("MONGODB_URI")
    monkeypatch.setattr(env, "load_dotenv", lambda path: None)
    port = [] if name == "PORT" else ["--port", "0"]
    if port:
        monkeypatch.setattr(Supervisor, "_check_port", lambda self: None)
        port = ["--port", "1"]
    monkeypatch.setattr(sys, "argv", ["script/server", "--no-front", "--data", str(tmp_path / "data"), *port])
    assert command_line.main() in {1, 2}
    said = capsys.readouterr().err
    assert re.fullmatch(rf"script/server: {name}={value} cannot work: [^\n]+\n", said), said


@pytest.fixture
def data_folder(tmp_path):
    (tmp_path / "work" / "incoming").mkdir(parents=True)
    return {"STREAMSITE_DATA_DIR": str(tmp_path)}


def test_a_database_that_is_away_is_a_sentence(data_folder):
    away = {"MONGODB_URI": "mongodb://me:secret@127.0.0.1:1/", "MONGODB_SERVER_SELECTION_TIMEOUT_MS": "200"}
    code, said = run(["manage.py", "reconcile", "--check"], **away, **data_folder)
    assert code == 3
    assert re.fullmatch(r"manage\.py: MongoDB does not answer at 127\.0\.0\.1:1: check [^\n]+\n", said), said


def test_a_wrong_password_is_a_sentence(data_folder):
    wrong = re.sub(r"//[^@]+@", "//tests:wrong@", os.environ["MONGODB_URI"])
    code, said = run(["manage.py", "reconcile", "--check"], MONGODB_URI=wrong, **data_folder)
    assert code == 3
    assert re.fullmatch(r"manage\.py: MongoDB at \S+ refuses the user or the password: [^\n]+\n", said), said


def test_every_setting_is_in_the_example_and_explained_to_operators():
    """Older names of settings, and what ``script/server`` tells its own processes, need no mention."""
    unlisted = {"EMAIL_HOST_PASSWORD", "EMAIL_HOST_USER", "EMAIL_USE_SSL", "EMAIL_USE_TLS"}
    unlisted |= {"STREAMSITE_FRONT", "STREAMSITE_NETWORK_HOSTS"}
    texts = [path.read_text() for path in (ROOT / "streamsite" / "settings").glob("*.py")]
    asked = set(re.findall(r"\benv\.\w+\(\s*\"([A-Z0-9_]+)\"", "\n".join(texts))) - unlisted
    assert len(asked) > 50
    assert asked - {name.removesuffix("_FILE") for name in LISTED} == set()
    operations = (ROOT / "docs" / "operations.md").read_text()
    assert [name for name in sorted(asked) if not re.search(rf"\b{name}\b", operations)] == []
