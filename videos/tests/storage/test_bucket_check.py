"""Messages about unusable buckets: one sentence per fault, quickly."""

import itertools
import json
import threading
import time
import urllib.request
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import boto3
import pytest

from tests.support.s3 import NAME
from tests.support.stack import free_port
from videos.files import bucket, bucket_check


@pytest.fixture
def configured(in_bucket, settings):
    """Settings of a bucket that works, with a connection of this test's own."""
    bucket._connect.cache_clear()
    yield settings
    bucket._connect.cache_clear()


def problem():
    bucket._connect.cache_clear()
    return bucket_check.find_problem()


def test_a_bucket_that_works_has_none_and_nothing_is_left_in_it(configured, s3):
    assert problem() == ""
    assert bucket_check.startup_warning() == ""
    assert bucket_check.check_bucket() == []
    listed = s3.client.list_objects_v2(Bucket=NAME).get("Contents", ())
    assert [entry["Key"] for entry in listed if "check" in entry["Key"]] == []


def test_nothing_is_asked_without_a_bucket(settings):
    settings.S3_BUCKET = ""
    assert problem() == bucket_check.startup_warning() == ""


def test_a_missing_bucket(configured):
    configured.S3_BUCKET = "flims"
    assert (
        problem()
        == f"There is no bucket flims at {configured.S3_ENDPOINT_URL}: create it, or correct S3_BUCKET."
    )
    (message,) = bucket_check.check_bucket()
    assert message.id == "streamsite.E030"
    assert bucket_check.startup_warning().endswith("new ones stay on the disk.")


def test_a_server_that_is_not_there_and_one_that_is_silent(configured):
    configured.S3_ENDPOINT_URL = f"http://127.0.0.1:{free_port()}"
    assert "does not answer" in problem()
    with ThreadingHTTPServer(
        ("127.0.0.1", 0), type("Silent", (BaseHTTPRequestHandler,), {"handle": wait})
    ) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        configured.S3_ENDPOINT_URL = f"http://127.0.0.1:{server.server_port}"
        begun = time.monotonic()
        assert "does not answer (ReadTimeoutError)" in problem()
        assert time.monotonic() - begun < 20
        server.shutdown()


def wait(handler):
    handler.request.settimeout(10)
    try:
        while handler.request.recv(65_536):
            pass
    except OSError:
        return


users = itertools.count()


@pytest.fixture
def guarded(configured, s3):
    """Moto asks for keys that it knows, and for what their users may do, within the block."""
    iam = boto3.client(
        "iam", endpoint_url=s3.url, region_name="us-east-1", aws_access_key_id="x", aws_secret_access_key="x"
    )

    def key_for(*actions):
        user = f"user-{next(users)}"
        iam.create_user(UserName=user)
        statement = {"Effect": "Allow", "Action": list(actions), "Resource": "*"}
        policy = {"Version": "2012-10-17", "Statement": [statement]}
        iam.put_user_policy(UserName=user, PolicyName="p", PolicyDocument=json.dumps(policy))
        key = iam.create_access_key(UserName=user)["AccessKey"]
        configured.S3_ACCESS_KEY_ID, configured.S3_SECRET_ACCESS_KEY = (
            key["AccessKeyId"],
            key["SecretAccessKey"],
        )
        return key

    def ask(allowed):
        """Count the calls that pass without a check of their keys."""
        url = f"{s3.url}/moto-api/reset-auth"
        plain = {"Content-Type": "text/plain"}
        request = urllib.request.Request(url, str(allowed).encode(), plain, method="POST")  # noqa: S310
        urllib.request.urlopen(request, timeout=10)  # noqa: S310 - our own address

    def asked():
        ask(0)
        try:
            return problem()
        finally:
            ask("inf")

    asked.key_for = key_for
    return asked


def test_a_wrong_key_and_a_wrong_secret(guarded, configured):
    key = guarded.key_for("s3:*")
    assert guarded() == ""
    configured.S3_SECRET_ACCESS_KEY = "mistyped"
    assert "S3_SECRET_ACCESS_KEY does not belong to S3_ACCESS_KEY_ID" in guarded()
    configured.S3_ACCESS_KEY_ID = "AKIAMISTYPED00000000"
    said = guarded()
    assert "does not know the key of S3_ACCESS_KEY_ID" in said
    assert key["SecretAccessKey"] not in said


@pytest.mark.parametrize(
    ("actions", "said"),
    [
        (
            ["s3:PutObject", "s3:GetObject", "s3:DeleteObject"],
            "may not list in the bucket films: give it ListBucket.",
        ),
        (["s3:ListBucket", "s3:GetObject"], "may not write in the bucket films: give it PutObject."),
        (
            ["s3:ListBucket", "s3:PutObject", "s3:GetObject"],
            "may not delete in the bucket films: give it DeleteObject.",
        ),
    ],
)
def test_a_key_that_may_not_do_what_is_needed(guarded, actions, said):
    guarded.key_for(*actions)
    assert guarded() == f"The key {said}"


class Answering(BaseHTTPRequestHandler):
    """Answers everything as ``server.answer`` says: status, S3's code, further elements, seconds its clock is ahead."""

    def do_GET(self):
        status, code, more, ahead = self.server.answer
        body = (
            f"<Error><Code>{code}</Code><Message>m</Message>{more}</Error>" if code else "<ListBucketResult/>"
        )
        self.send_response_only(status)
        self.send_header("Date", formatdate(time.time() + ahead, usegmt=True))
        self.send_header("Content-Type", "application/xml")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *given):
        return


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ((403, "RequestTimeTooSkewed", "", 0), "clock of this machine"),
        ((200, "", "", 90), "s, and addresses are signed for 3 s only: run NTP."),
        (
            (400, "AuthorizationHeaderMalformed", "<Region>eu-central-1</Region>", 0),
            "set S3_REGION=eu-central-1.",
        ),
        ((301, "PermanentRedirect", "", 0), "correct S3_REGION or S3_ENDPOINT_URL."),
        ((500, "InternalError", "", 0), "cannot be used (list: InternalError)."),
    ],
)
def test_other_faults(configured, answer, said):
    with ThreadingHTTPServer(("127.0.0.1", 0), Answering) as server:
        server.answer = answer
        threading.Thread(target=server.serve_forever, daemon=True).start()
        configured.S3_ENDPOINT_URL = f"http://127.0.0.1:{server.server_port}"
        found = problem()
        server.shutdown()
    assert said in found
    assert "\n" not in found
