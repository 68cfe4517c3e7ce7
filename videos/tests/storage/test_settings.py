"""Settings of the bucket, and a site without them."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.checks import run_checks

ROOT = Path(__file__).resolve().parent.parent.parent.parent
WITHOUT = """
import sys, django
django.setup()
import streamsite.urls, streamsite.server_command, videos.views.media, videos.tasks
print(sorted({"boto3", "botocore", "videos.files.s3"} & set(sys.modules)))
"""


def python(code, **environment):
    """Return the output of a fresh Python that reads the site's settings."""
    plain = {name: value for name, value in os.environ.items() if not name.startswith(("S3_", "MEDIA_"))}
    return subprocess.run(
        [sys.executable, "-c", code],
        env=plain | {"DJANGO_SETTINGS_MODULE": "streamsite.settings"} | environment,
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=False,
    )


def test_without_a_bucket_its_packages_are_not_imported():
    assert python(WITHOUT).stdout == "[]\n"


@pytest.mark.parametrize(
    ("environment", "said"),
    [
        ({"MEDIA_STORAGE": "s3"}, "MEDIA_STORAGE=s3 needs S3_BUCKET"),
        ({"S3_BUCKET": "films", "S3_ACCESS_KEY_ID": "x"}, "S3_SECRET_ACCESS_KEY go together"),
        (
            {"S3_BUCKET": "films", "S3_ENDPOINT_URL": "https://x.example/path"},
            "S3_ENDPOINT_URL=https://x.example/path cannot work: it must look like",
        ),
        ({"MEDIA_STORAGE": "disk"}, "MEDIA_STORAGE=disk cannot work: use one of local, s3"),
    ],
)
def test_settings_that_cannot_work_are_refused(environment, said):
    ended = python("import streamsite.settings", **environment)
    assert ended.returncode == 1
    assert said in ended.stderr


@pytest.mark.parametrize(
    ("environment", "origin"),
    [
        ({}, ""),
        ({"S3_BUCKET": "films"}, "https://films.s3.us-east-1.amazonaws.com"),
        ({"S3_BUCKET": "films.example"}, "https://s3.us-east-1.amazonaws.com"),
        ({"S3_BUCKET": "films", "S3_ENDPOINT_URL": "http://127.0.0.1:9000/"}, "http://127.0.0.1:9000"),
    ],
)
def test_the_origin_is_where_signed_addresses_lead(environment, origin):
    code = "import django; django.setup()\nfrom django.conf import settings\nprint(settings.S3_ORIGIN)"
    if origin:
        code += (
            "\nfrom videos.files import bucket\n"
            "print(bucket.connect().signed_url('f', 'n', method='GET', seconds=3))"
        )
        environment = environment | {"S3_ACCESS_KEY_ID": "x", "S3_SECRET_ACCESS_KEY": "y"}
    ended = python(code, **environment)
    said, *address = ended.stdout.splitlines()
    assert said == origin, ended.stderr
    assert [line.startswith(f"{origin}/") for line in address] == [True] * bool(origin)


def test_missing_packages_are_named(settings, monkeypatch):
    settings.S3_BUCKET = "films"
    assert "streamsite.E004" not in {found.id for found in run_checks()}
    monkeypatch.setattr("streamsite.checks.find_spec", lambda name: None)
    (found,) = (found for found in run_checks() if found.id == "streamsite.E004")
    assert "requirements-s3.lock" in found.msg


@pytest.mark.parametrize(
    ("line", "value"),
    [
        ("S3_BUCKET=films", "films"),
        ("export S3_BUCKET = 'films' # ours", "films"),
        ("#S3_BUCKET=films", ""),
        ("S3_BUCKET=", ""),
    ],
)
def test_the_start_script_finds_the_bucket_in_dotenv(line, value, tmp_path):
    (tmp_path / ".env").write_text(f"OTHER=1\n{line}\n")
    code = (
        f"import sys; sys.path.insert(0, {str(ROOT / 'script')!r}); import bootstrap; "
        f"bootstrap.ROOT = {str(tmp_path)!r}; print(bootstrap.setting('S3_BUCKET'))"
    )
    assert python(code).stdout == f"{value}\n"
    assert python(code, S3_BUCKET="other").stdout == "other\n"
