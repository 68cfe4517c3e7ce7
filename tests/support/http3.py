"""One request by HTTP/3, over QUIC."""

from __future__ import annotations

import asyncio
from pathlib import Path

from aioquic.asyncio.client import connect
from aioquic.asyncio.protocol import QuicConnectionProtocol
from aioquic.h3.connection import H3_ALPN, H3Connection
from aioquic.h3.events import DataReceived, HeadersReceived
from aioquic.quic.configuration import QuicConfiguration
from aioquic.quic.events import QuicEvent

SECONDS = 30


class _Client(QuicConnectionProtocol):
    """Keeps what arrives on the one stream."""

    def begin(self, host: str, path: str, headers: dict[str, str]) -> asyncio.Future[None]:
        """Send a GET; the future is done when the answer is whole."""
        self.answer: dict[str, str] = {}
        self.content = b""
        self.whole: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.http = H3Connection(self._quic)
        stream = self._quic.get_next_available_stream_id()
        first = {":method": "GET", ":scheme": "https", ":authority": host, ":path": path}
        pairs = [(name.encode(), value.encode()) for name, value in (first | headers).items()]
        self.http.send_headers(stream, pairs, end_stream=True)
        self.transmit()
        return self.whole

    def quic_event_received(self, event: QuicEvent) -> None:
        """Take the parts of the answer."""
        for part in self.http.handle_event(event) if hasattr(self, "http") else ():
            if isinstance(part, HeadersReceived):
                self.answer |= {name.decode(): value.decode() for name, value in part.headers}
            elif isinstance(part, DataReceived):
                self.content += part.data
            if (
                isinstance(part, HeadersReceived | DataReceived)
                and part.stream_ended
                and not self.whole.done()
            ):
                self.whole.set_result(None)


def get(
    name: str, port: int, path: str, *, root: Path, headers: dict[str, str] | None = None
) -> tuple[int, dict[str, str], bytes]:
    """Return status, headers and content of ``path`` from ``name`` on loopback, vouched for by ``root``."""

    async def ask() -> tuple[int, dict[str, str], bytes]:
        settings = QuicConfiguration(alpn_protocols=H3_ALPN, is_client=True, server_name=name)
        settings.load_verify_locations(str(root))
        async with connect("127.0.0.1", port, configuration=settings, create_protocol=_Client) as client:
            assert isinstance(client, _Client)
            await asyncio.wait_for(client.begin(f"{name}:{port}", path, headers or {}), SECONDS)
            return int(client.answer.pop(":status")), client.answer, client.content

    return asyncio.run(ask())
