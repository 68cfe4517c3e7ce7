"""A push service on this machine, with browsers that can read what it gets: for tests of notifications in browsers."""

from __future__ import annotations

import json
import os
import threading
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import jwt
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from tests.support.certificates import make_certificate_files, server_context

CURVE = ec.SECP256R1()


def text_of(value: bytes) -> str:
    """Return base64url without padding."""
    return urlsafe_b64encode(value).rstrip(b"=").decode()


def bytes_of(text: str) -> bytes:
    """Return the bytes of base64url."""
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


class Device:
    """A browser's side of a subscription."""

    def __init__(self, endpoint: str) -> None:
        self.endpoint = endpoint
        self.key = ec.generate_private_key(CURVE)
        self.auth = os.urandom(16)

    @property
    def point(self) -> bytes:
        """The public key, as browsers give it."""
        return self.key.public_key().public_bytes(
            serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
        )

    def subscription(self) -> dict[str, object]:
        """Return what ``PushSubscription.toJSON()`` does."""
        keys = {"p256dh": text_of(self.point), "auth": text_of(self.auth)}
        return {"endpoint": self.endpoint, "expirationTime": None, "keys": keys}

    def read(self, body: bytes) -> bytes:
        """Decrypt a message, by RFC 8188 and RFC 8291."""
        salt, size, length = body[:16], int.from_bytes(body[16:20]), body[20]
        sender, sealed = body[21 : 21 + length], body[21 + length :]
        assert len(sealed) <= size
        shared = self.key.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(CURVE, sender))
        info = b"WebPush: info\x00" + self.point + sender
        secret = HKDF(hashes.SHA256(), 32, self.auth, info).derive(shared)
        key = HKDF(hashes.SHA256(), 16, salt, b"Content-Encoding: aes128gcm\x00").derive(secret)
        nonce = HKDF(hashes.SHA256(), 12, salt, b"Content-Encoding: nonce\x00").derive(secret)
        opened = AESGCM(key).decrypt(nonce, sealed, None)
        message, mark, padding = opened.rpartition(b"\x02")
        assert mark
        assert not padding.strip(b"\x00")
        return message


@dataclass
class Request:
    """A request as it came."""

    path: str
    headers: Mapping[str, str]
    body: bytes = field(repr=False)


class PushService:
    """Takes messages over https at 127.0.0.1, and answers with ``answers[path]``, one after the other, or 201."""

    def __init__(self, folder: Path) -> None:
        self.authority, server = make_certificate_files(folder)
        self.requests: list[Request] = []
        self.answers: dict[str, list[tuple[int, dict[str, str]]]] = {}
        self.public_key = ""
        service = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                service.requests.append(Request(self.path, dict(self.headers), body))
                waiting = service.answers.get(self.path, [])
                status, headers = waiting.pop(0) if waiting else (201, {})
                self.send_response(status)
                for name, value in {"Content-Length": "0", **headers}.items():
                    self.send_header(name, value)
                self.end_headers()

            def log_message(self, *args: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.socket = server_context(server).wrap_socket(self.server.socket, server_side=True)
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()

    @property
    def host(self) -> str:
        """Host and port, as the setting names them."""
        return f"127.0.0.1:{self.server.server_port}"

    def device(self, name: str) -> Device:
        """Return a browser with an endpoint here."""
        return Device(f"https://{self.host}/push/{name}")

    def read(self, device: Device) -> list[dict[str, Any]]:
        """Return the messages to a browser, whose headers and signatures are right."""
        path = f"/push/{device.endpoint.rpartition('/')[2]}"
        return [self._open(device, one) for one in self.requests if one.path == path]

    def _open(self, device: Device, request: Request) -> dict[str, Any]:
        scheme, _space, values = request.headers["Authorization"].partition(" ")
        assert scheme == "vapid"
        token, key = (part.strip().partition("=")[2] for part in values.split(","))
        assert key == self.public_key
        signer = ec.EllipticCurvePublicKey.from_encoded_point(CURVE, bytes_of(key))
        claims = jwt.decode(token, signer, algorithms=["ES256"], audience=f"https://{self.host}")
        assert claims["sub"].startswith(("mailto:", "https://"))
        assert request.headers["Content-Encoding"] == "aes128gcm"
        assert int(request.headers["TTL"]) > 0
        assert len(request.headers["Topic"]) <= 32
        message: dict[str, Any] = json.loads(device.read(request.body))
        assert len(request.body) < 4096
        return message

    def stop(self) -> None:
        """Close the server."""
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()
