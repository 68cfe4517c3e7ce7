"""A collector and a Sentry on this machine, and ones that take a connection and never say a word."""

from __future__ import annotations

import gzip
import json
import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import brotli
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

UNPACK = {"identity": bytes, "gzip": gzip.decompress, "br": brotli.decompress}


class Receiver:
    """Takes traces at ``/v1/traces`` and reports at ``/api/1/envelope/``; both ends of ``settings``."""

    def __init__(self) -> None:
        self.spans = []  # of the protocol, with the name of the process that made them
        self.reports: list[dict[str, object]] = []
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            """Keeps what is posted."""

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.take(self.path, UNPACK[self.headers.get("Content-Encoding", "identity")](body))
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *arguments: object) -> None:
                """Write nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def settings(self) -> dict[str, str]:
        """The variables of a site that sends both here."""
        return settings_for(self._server.server_address[1])

    def take(self, path: str, body: bytes) -> None:
        """Keep what was posted."""
        if path == "/v1/traces":
            for resource in ExportTraceServiceRequest.FromString(body).resource_spans:
                about = {one.key: one.value.string_value for one in resource.resource.attributes}
                for scope in resource.scope_spans:
                    self.spans += [(about["streamsite.process"], span) for span in scope.spans]
        else:
            lines = [json.loads(line) for line in body.splitlines() if line]
            self.reports += [line for line in lines if "level" in line]

    def stop(self) -> None:
        """End it."""
        self._server.shutdown()
        self._server.server_close()


class Silent:
    """Takes connections and never answers."""

    def __init__(self) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.connections: list[socket.socket] = []
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def settings(self) -> dict[str, str]:
        """The variables of a site that sends both here."""
        return settings_for(self._socket.getsockname()[1])

    def _accept(self) -> None:
        while True:
            try:
                self.connections.append(self._socket.accept()[0])
            except OSError:
                return

    def stop(self) -> None:
        """End it."""
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        for connection in self.connections:
            connection.close()


def settings_for(port: int) -> dict[str, str]:
    """Return the variables of a site that sends both to a port of this machine."""
    return {
        "SENTRY_DSN": f"http://0a1b2c@127.0.0.1:{port}/1",
        "OTEL_EXPORTER_OTLP_ENDPOINT": f"http://127.0.0.1:{port}",
    }
