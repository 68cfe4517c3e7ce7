"""Caddy's configuration, as a dictionary that is its JSON. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from streamsite.front import ACCEL_PREFIX, ERRORS
from streamsite.front.caddy.options import HttpsOptions

# Where a phone gets the certificate of an authority of the site's own.
ROOT_CERTIFICATE_PATH = "/streamsite-root.crt"
# nginx refuses what is above its own limit in JSON; this one keeps memory bounded before it.
MAX_HEADER_BYTES = 64 * 1024
# Idle connections are closed by nginx after 65 s and by the site after 15 s: Caddy does so before them.
IDLE_BEHIND_NGINX, IDLE_BEHIND_SITE = "30s", "10s"
JSON_PATHS = '{http.request.orig_uri.path}.matches("^/(api|media|files)/|^/(oembed|healthz|readyz)/?$")'
DEFAULT_AUTHORITY = "local"  # the name that Caddy gives it
PLAIN_PROTOCOLS, TLS_PROTOCOLS = ["h1"], ["h1", "h2", "h3"]

Json = dict[str, Any]


@dataclass(frozen=True)
class Behind:
    """The server behind Caddy: a unix socket, and the folder of the media that Caddy itself sends.

    ``media_root`` is ``None`` with nginx, which sends them.
    """

    socket: Path
    media_root: Path | None = None


@dataclass(frozen=True)
class OwnAuthority:
    """An authority of this site's own: the root's files, and the id by which Caddy keeps what was issued."""

    ca_id: str
    certificate: Path
    private_key: Path


def render(
    options: HttpsOptions, behind: Behind, storage: Path, authority: OwnAuthority | None = None
) -> Json:
    """Return the configuration. ``authority`` is wanted for ``--tls internal``. Nothing listens for administration."""
    apps: Json = {
        "http": {
            "http_port": options.http_port,
            "https_port": options.https_port,
            "grace_period": "3s",
            "servers": {
                "https": _https_server(options, behind),
                "http": _http_server(options, behind, authority),
            },
        },
        "tls": {
            "certificates": {"automate": [options.name.host]},
            "automation": {
                "policies": [{"subjects": [options.name.host], "issuers": [_issuer(options, authority)]}]
            },
        },
    }
    if authority is not None:
        own = _own_authority(authority)
        # Else Caddy makes a default authority, unlimited, and as root has the whole machine trust it.
        apps["pki"] = {"certificate_authorities": {authority.ca_id: own, DEFAULT_AUTHORITY: own}}
    return {
        "admin": {"disabled": True, "config": {"persist": False}},
        # Errors name requests, whose addresses may hold tokens of media and of mailed links.
        "logging": {"logs": {"default": {"exclude": ["http.log.error", "http.handlers.reverse_proxy"]}}},
        "storage": {"module": "file_system", "root": str(storage)},
        "apps": apps,
    }


def _issuer(options: HttpsOptions, authority: OwnAuthority | None) -> Json:
    if authority is not None:
        return {"module": "internal", "ca": authority.ca_id}
    # Over TLS an authority asks at 443 only; a site that is elsewhere for the outside answers over HTTP.
    is_at_443 = urlsplit(options.site_url).port is None
    issuer: Json = {
        "module": "acme",
        "ca": options.acme_ca,
        "challenges": {
            "http": {"alternate_port": options.http_port},
            "tls-alpn": {"alternate_port": options.https_port, "disabled": not is_at_443},
        },
    }
    if options.acme_email:
        issuer["email"] = options.acme_email
    if options.acme_ca_root is not None:
        issuer["trusted_roots_pem_files"] = [str(options.acme_ca_root)]
    return issuer


def _own_authority(authority: OwnAuthority) -> Json:
    return {
        "name": "Streamsite",
        "install_trust": False,
        "root": {
            "format": "pem_file",
            "certificate": str(authority.certificate),
            "private_key": str(authority.private_key),
        },
    }


def _https_server(options: HttpsOptions, behind: Behind) -> Json:
    # What holds for the server behind holds for every answer; here only what concerns this hop is taken off.
    taken = ["Via"]
    if options.is_internal:
        # Who loses the authority's files could not get past the browser's refusal for a year.
        taken.append("Strict-Transport-Security")
    return {
        "listen": options.listeners(options.https_port),
        "protocols": TLS_PROTOCOLS,
        **_limits(),
        "automatic_https": {"disable_redirects": True},
        # Who names no host in the handshake, as for an IP address, gets the one certificate there is.
        "tls_connection_policies": [{"default_sni": options.name.host}],
        # Every Host goes through: the site answers foreign ones as it does without Caddy.
        "routes": [{"handle": [_clean(taken), _proxy(behind)]}],
        "errors": {"routes": _error_routes()},
    }


def _http_server(options: HttpsOptions, behind: Behind, authority: OwnAuthority | None) -> Json:
    """Redirect to https, but answer the challenges of authorities (Caddy does by itself) and probes."""
    routes: list[Json] = []
    if authority is not None:
        routes.append(
            {
                "match": [{"path": [ROOT_CERTIFICATE_PATH], "method": ["GET", "HEAD"]}],
                "handle": [
                    {
                        "handler": "static_response",
                        "headers": {
                            "Content-Type": ["application/x-x509-ca-cert"],
                            "Cache-Control": ["no-store"],
                        },
                        "body": authority.certificate.read_text(encoding="ascii"),
                    }
                ],
                "terminal": True,
            }
        )
    probes = ["/healthz", "/healthz/", "/readyz", "/readyz/"]
    routes.append(
        {
            "match": [{"path": probes, "method": ["GET", "HEAD"]}],
            "handle": [_clean(["Via"]), _proxy(behind)],
            "terminal": True,
        }
    )
    where = f"{options.site_url}{{http.request.uri}}"
    routes.append(
        {"handle": [{"handler": "static_response", "status_code": 308, "headers": {"Location": [where]}}]}
    )
    return {
        "listen": options.listeners(options.http_port),
        "protocols": PLAIN_PROTOCOLS,
        **_limits(),
        "automatic_https": {"disable": True},
        "routes": routes,
        "errors": {"routes": _error_routes()},
    }


def _limits() -> Json:
    """Slow heads hold a connection here; bodies take as long as they take, and nginx cuts those that stand still."""
    return {"read_header_timeout": "15s", "idle_timeout": "65s", "max_header_bytes": MAX_HEADER_BYTES}


def _clean(names: list[str]) -> Json:
    return {"handler": "headers", "response": {"deferred": True, "delete": names}}


def _proxy(behind: Behind) -> Json:
    """Pass everything on as it comes. X-Forwarded-For and -Proto are Caddy's own: it takes none of a caller's."""
    proxy: Json = {
        "handler": "reverse_proxy",
        "upstreams": [{"dial": f"unix/{behind.socket}"}],
        "transport": {
            "protocol": "http",
            # Else Caddy asks for gzip in the name of a caller who did not, and unpacks it again.
            "compression": False,
            "dial_timeout": "5s",
            "response_header_timeout": "310s",
            "keep_alive": {"idle_timeout": IDLE_BEHIND_SITE if behind.media_root else IDLE_BEHIND_NGINX},
        },
        "headers": {"request": {"delete": ["X-Accel-Sets-Cache-Control", "X-Forwarded-Host"]}},
    }
    if behind.media_root is not None:
        proxy["handle_response"] = [_send_file(behind.media_root)]
    return proxy


def _send_file(media_root: Path) -> Json:
    """Send the file that the site names (``X-Accel-Redirect``), with the site's headers."""
    own = ["X-Accel-Redirect", "Content-Length", "Date", "Server"]
    prefix = ACCEL_PREFIX.rstrip("/")
    steps: list[Json] = [
        {"handler": "vars", "root": str(media_root)},
        {"handler": "copy_response_headers", "exclude": own},
        {"handler": "rewrite", "uri": "{http.reverse_proxy.header.X-Accel-Redirect}"},
        {"handler": "rewrite", "strip_path_prefix": prefix},
        {"handler": "file_server"},
    ]
    return {
        "match": {"headers": {"X-Accel-Redirect": ["*"]}},
        "routes": [{"handle": [step]} for step in steps],
    }


def _error_routes() -> list[Json]:
    """Answer Caddy's own errors: JSON where the site answers JSON, plain text elsewhere, as nginx does."""
    told = {status: (code, detail) for status, code, detail in ERRORS}
    names = ["{front.status}", "{front.code}", "{front.detail}"]
    mappings: list[Json] = [{"input_regexp": "^50[234]$", "outputs": ["503", *told[503]]}]
    mappings += [
        {"input": str(status), "outputs": [str(status), code, detail]}
        for status, (code, detail) in told.items()
    ]
    mapped = {
        "handler": "map",
        "source": "{http.error.status_code}",
        "destinations": names,
        "mappings": mappings,
        "defaults": ["500", *told[500]],
    }
    common = {
        "Cache-Control": ["no-store"],
        "X-Content-Type-Options": ["nosniff"],
        "X-Request-Id": ["{http.request.uuid}"],
        "Content-Security-Policy": ["default-src 'none'; frame-ancestors 'none'"],
    }
    # What the site said of a file that could not be sent is not said of the error.
    unsaid = ["Content-Disposition", "ETag", "Last-Modified"]
    body = '\\{"code":"{front.code}","detail":"{front.detail}","request_id":"{http.request.uuid}"\\}'
    return [
        {"handle": [mapped, {"handler": "headers", "response": {"set": common, "delete": unsaid}}]},
        {
            "match": [{"expression": "{http.error.status_code} in [502, 503, 504]"}],
            "handle": [{"handler": "headers", "response": {"set": {"Retry-After": ["5"]}}}],
        },
        {
            "match": [{"expression": JSON_PATHS}],
            "handle": [_said("application/json", body)],
            "terminal": True,
        },
        {"handle": [_said("text/plain; charset=utf-8", "{front.detail}")]},
    ]


def _said(content_type: str, body: str) -> Json:
    return {
        "handler": "static_response",
        "status_code": "{front.status}",
        "headers": {"Content-Type": [content_type]},
        "body": body,
    }
