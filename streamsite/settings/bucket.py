"""The bucket for what is served of videos (requirements-s3.txt)."""

from __future__ import annotations

from django.core.exceptions import ImproperlyConfigured

from streamsite import env

# Where complete videos belong. With a bucket named and "local" here, what is in the bucket is still served from there.
MEDIA_STORAGE = env.choice("MEDIA_STORAGE", "local", ("local", "s3"))
S3_BUCKET = env.matching(
    "S3_BUCKET", "", r"[A-Za-z0-9][A-Za-z0-9._-]{1,254}|", allowed="use the name of a bucket, not its address"
)
if MEDIA_STORAGE == "s3" and not S3_BUCKET:
    raise ImproperlyConfigured("MEDIA_STORAGE=s3 needs S3_BUCKET, the name of the bucket")
S3_REGION = env.matching(
    "S3_REGION", "us-east-1", r"[A-Za-z0-9-]+", allowed="use a region such as eu-central-1"
)
# Empty: Amazon's own.
_s3_server = f"https://s3.{S3_REGION}.amazonaws.com"
_endpoint = env.server_url("S3_ENDPOINT_URL", _s3_server, example="https://s3.example.org")
S3_ENDPOINT_URL = _endpoint.geturl() if env.text("S3_ENDPOINT_URL") else ""
S3_ACCESS_KEY_ID = env.text("S3_ACCESS_KEY_ID")
S3_SECRET_ACCESS_KEY = env.secret("S3_SECRET_ACCESS_KEY") if S3_BUCKET else ""
if bool(S3_ACCESS_KEY_ID) != bool(S3_SECRET_ACCESS_KEY) and S3_BUCKET:
    raise ImproperlyConfigured(
        "S3_ACCESS_KEY_ID and S3_SECRET_ACCESS_KEY go together, or neither for the machine's role"
    )
S3_PREFIX = env.text("S3_PREFIX").strip("/")
# Together with MEDIA_STATE_CACHE_SECONDS this is how long a video that was made private can still be fetched.
S3_URL_SECONDS = env.integer("S3_URL_SECONDS", 3, least=1, most=3_600)
# Certificates cover one label before the endpoint's name, so a bucket with a dot in its name goes into the path.
S3_BUCKET_IN_HOST = not S3_ENDPOINT_URL and "." not in S3_BUCKET
# What browsers are sent on to, for the content security policy; empty without a bucket.
S3_ORIGIN = (
    f"{_endpoint.scheme}://{f'{S3_BUCKET}.' if S3_BUCKET_IN_HOST else ''}{_endpoint.netloc}"
    if S3_BUCKET
    else ""
)
