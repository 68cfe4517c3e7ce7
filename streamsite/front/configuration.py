"""The configuration of nginx, made from the settings: by ``manage.py nginx_conf`` and by ``script/server`` alike.

``python -m streamsite.front.configuration`` prints what ``script/server`` runs. It reads the settings without loading
the applications, because a start waits for it.
"""

from __future__ import annotations

import argparse
import ipaddress
import os
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.template import Context, Engine

from streamsite import cors, headers
from streamsite.front import ACCEL_PREFIX, CONNECTIONS, ERRORS

TEMPLATE = Path(__file__).with_name("nginx.conf.template")
# What a form adds to the file in it.
FORM_BYTES = 1024**2
OTHER_BYTES = 25 * 1024**2
# At the same time, from one address: requests in all, those that receive a file, those that send more than 10 KB.
LIMITS_PER_ADDRESS = {"requests": 400, "readers": 1_000, "senders": 64}
# Of an nginx that root starts.
PID_FILE = "/run/nginx.pid"
FOREVER = "max-age=315360000, public, immutable"
COMPRESSED_TYPES = (
    ("css", "css", "text/css; charset=utf-8"),
    ("m?js", "js mjs", "text/javascript; charset=utf-8"),
    ("svg", "svg", "image/svg+xml"),
    ("json", "json", "application/json"),
    ("txt", "txt", "text/plain; charset=utf-8"),
)
FORWARDED_HEADERS = (
    *("X-Content-Type-Options", "Content-Security-Policy", "Permissions-Policy", "Referrer-Policy"),
    *("Cross-Origin-Opener-Policy", "Cross-Origin-Resource-Policy", "Strict-Transport-Security"),
    *("Access-Control-Allow-Origin", "Access-Control-Expose-Headers", "X-Request-Id"),
)
# Without what ends a word of nginx's, and as long as unix(7) allows.
SOCKET = re.compile(r"unix:/[^\s\"'$\\;{}\x00-\x1f\x7f]{1,106}", re.ASCII)
HOST_AND_PORT = re.compile(r"(?P<host>\[[0-9A-Fa-f:.]+\]|\w(?:[\w.-]*\w)?\.?):(?P<port>[0-9]{1,5})", re.ASCII)


class ConfigurationError(Exception):
    """A setting that nginx's configuration cannot hold; the message names it."""


@dataclass(frozen=True)
class NginxOptions:
    """The address nginx listens on, the site behind it, and the folder of its own files.

    ``listen`` holds values of nginx's ``listen`` directive, separated by commas, or a unix socket; ``upstreams`` the
    addresses of web servers. With ``certificate`` and ``key`` nginx ends TLS on the port of ``SITE_URL``; where that is
    443, port 80 redirects to it. ``pid_file`` is where nginx notes its process number. ``run_dir`` is empty for an
    nginx that is not the supervisor's. ``hops`` counts the proxies in front of it.
    """

    listen: str
    upstreams: tuple[str, ...]
    run_dir: str = ""
    user: str = ""
    hops: int = 0
    connections: int = CONNECTIONS
    certificate: str = ""
    key: str = ""
    pid_file: str = PID_FILE


def is_upstream(address: str) -> bool:
    """Return whether an address is ``HOST:PORT``, ``[IPv6]:PORT`` or ``unix:/path``, as nginx reads it."""
    if address.startswith("unix:"):
        return SOCKET.fullmatch(address) is not None
    found = HOST_AND_PORT.fullmatch(address)
    if found is None or not 1 <= int(found["port"]) <= 65_535:
        return False
    host = found["host"]
    try:
        if host.startswith("["):
            ipaddress.IPv6Address(host[1:-1])
        elif re.fullmatch(r"[0-9.]+", host):
            ipaddress.IPv4Address(host)
    except ValueError:
        return False
    return host.lower() != "unix"  # which nginx takes for the beginning of a path


def render(place: NginxOptions) -> str:
    """Return the configuration. Raise ``ConfigurationError`` for what nginx would misread."""
    media_root, assets_dir = str(settings.MEDIA_ROOT), str(settings.ASSETS_DIR)
    named = {
        "a folder": (media_root, assets_dir, place.run_dir),
        "a file": (place.certificate, place.key, place.pid_file),
        "an address": (place.listen, *place.upstreams),
    }
    for kind, names in named.items():
        for name in names:
            if set(name) & set('"$\\\n;{}'):
                raise ConfigurationError(
                    f'nginx cannot use {kind} with one of " $ \\ ; {{ }} in its name: {name}'
                )
    context = {
        "run_dir": place.run_dir,
        "user": place.user,
        "listens": [place.listen] if place.listen.startswith("unix:") else place.listen.split(","),
        "certificate": place.certificate,
        "key": place.key,
        "upstreams": [f'"{address}"' if place.run_dir else address for address in place.upstreams],
        "is_shared": len(place.upstreams) > 1,
        "hops": place.hops,
        "client_pattern": rf"~(?:^|,)\s*(?<front_seen>[^,\s]+)\s*(?:,[^,]*){{{place.hops - 1}}}$",
        # A proxy in front ends TLS and says so.
        "keep_proto": bool(place.hops or (place.run_dir and settings.SECURE_PROXY_SSL_HEADER)),
        "processes": 2 if place.run_dir else "auto",
        "connections": place.connections,
        "files": 2 * place.connections + 64,
        "pid_file": f'"{place.run_dir}/nginx.pid"'
        if place.run_dir
        else (place.pid_file if place.pid_file == PID_FILE else f'"{place.pid_file}"'),
        "https_port": urlsplit(settings.SITE_URL).port or 443,
        "send_seconds": settings.WRITE_TIMEOUT_SECONDS,
        "accel_prefix": f"{(settings.MEDIA_ACCEL_PREFIX or ACCEL_PREFIX).rstrip('/')}/",
        "media_root": media_root,
        "assets_dir": assets_dir,
        "host": urlsplit(settings.SITE_URL).hostname,
        "netloc": urlsplit(settings.SITE_URL).netloc,
        "upload_bytes": settings.MAX_UPLOAD_BYTES,
        "form_bytes": settings.MAX_UPLOAD_BYTES + FORM_BYTES,
        "other_bytes": OTHER_BYTES,
        "per_address": LIMITS_PER_ADDRESS,
        **_answers(),
    }
    template = Engine().from_string(TEMPLATE.read_text(encoding="utf-8"))
    return template.render(Context(context, autoescape=False, use_l10n=False))


def _answers() -> dict[str, object]:
    """Return what nginx says by itself: types, headers, errors."""
    asset_headers = {
        "Cache-Control": FOREVER,
        "Access-Control-Allow-Origin": "*",
        "Vary": "Accept-Encoding",
        **headers.security_headers(),
    }
    return {
        "packed_types": [
            {"pattern": pattern, "extensions": extensions, "type": kind}
            for pattern, extensions, kind in COMPRESSED_TYPES
        ],
        "asset_headers": list(asset_headers.items()),
        "passed_on": [
            (name, f"$upstream_http_{name.lower().replace('-', '_')}") for name in FORWARDED_HEADERS
        ],
        "errors": [{"status": status, "code": code, "detail": detail} for status, code, detail in ERRORS],
        "error_headers": [
            ("Cache-Control", "no-store"),
            ("Retry-After", "$front_retry"),
            ("X-Request-Id", "$request_id"),
            ("X-Content-Type-Options", "nosniff"),
            *(
                (name, f'"{value}"')
                for name, value in headers.security_headers().items()
                if name == "Strict-Transport-Security"
            ),
            (
                "Content-Security-Policy",
                "\"default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'\"",
            ),
            ("Access-Control-Allow-Origin", "$front_allowed_origin"),
            ("Access-Control-Expose-Headers", "$front_exposed"),
            ("Vary", "$front_vary"),
        ],
        "cors_origins": [origin for origin in settings.CORS_ALLOWED_ORIGINS if '"' not in origin],
        "cors_exposed": ", ".join(cors.API_RESPONSE_HEADERS),
    }


def main(arguments: list[str]) -> int:
    """Print the configuration for ``script/server``; return the exit code."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "streamsite.settings")
    parser = argparse.ArgumentParser(prog="python -m streamsite.front.configuration")
    parser.add_argument("--upstream", required=True, action="append")
    for name in ("listen", "run-dir"):
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument("--user", default="")
    parser.add_argument("--connections", type=int, default=CONNECTIONS)
    options = vars(parser.parse_args(arguments))
    upstreams = tuple(options.pop("upstream"))
    try:
        sys.stdout.write(render(NginxOptions(upstreams=upstreams, **options, hops=settings.TRUSTED_PROXIES)))
    except ConfigurationError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
