"""A TCP proxy in front of a partner, which a test makes misbehave while both sides are running."""

from __future__ import annotations

import socket
import struct
import threading
import time
from enum import Enum

from tests.support.stack import free_port

CHUNK = 64 * 1024
LOOK_SECONDS = 0.05
RESET = struct.pack("ii", 1, 0)  # closing sends RST instead of FIN


class Mode(Enum):
    """The fate of connections, including those that are open."""

    PASS = "pass"
    CUT = "cut"  # closed in order; new ones right after they were accepted
    SILENT = "silent"  # accepted and held; not a byte passes
    DELAY = "delay"  # every piece waits
    RESET = "reset"  # closed by RST
    TRICKLE = "trickle"  # answers come byte by byte


class FlakyProxy:
    """Listens on ``port`` of loopback and passes on to ``target``, as ``mode`` says."""

    def __init__(self, target: int, *, seconds: float = 0.3) -> None:
        self.target = target
        self.port = free_port()
        self.mode = Mode.PASS
        self.seconds = seconds
        self.accepted = 0
        self._listener = socket.create_server(("127.0.0.1", self.port), backlog=256)
        self._ended = threading.Event()
        threading.Thread(target=self._accept, daemon=True, name="proxy").start()

    def stop(self) -> None:
        """Close everything."""
        self._ended.set()
        self._listener.close()

    def _accept(self) -> None:
        while not self._ended.is_set():
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            self.accepted += 1
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        self._wait_out_silence()
        if self._is_to_close():
            self._close(client)
            return
        try:
            server = socket.create_connection(("127.0.0.1", self.target), timeout=5)
        except OSError:
            client.close()
            return
        ended = threading.Event()
        pairs = ((client, server, False), (server, client, True))
        threads = [threading.Thread(target=self._pump, args=(*pair, ended), daemon=True) for pair in pairs]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self._close(client)
        self._close(server)

    def _pump(
        self,
        source: socket.socket,
        target: socket.socket,
        is_answer: bool,
        ended: threading.Event,
    ) -> None:
        source.settimeout(LOOK_SECONDS)
        try:
            while not (ended.is_set() or self._ended.is_set() or self._is_to_close()):
                try:
                    data = source.recv(CHUNK)
                except TimeoutError:
                    continue
                if not data:
                    break
                self._wait_out_silence()
                if not self._is_to_close():
                    self._send(target, data, is_answer=is_answer)
        except OSError:
            pass
        finally:
            ended.set()

    def _send(self, target: socket.socket, data: bytes, *, is_answer: bool) -> None:
        if self.mode is Mode.DELAY:
            time.sleep(self.seconds)
        while data and self.mode is Mode.TRICKLE and is_answer:
            target.sendall(data[:1])
            data = data[1:]
            time.sleep(self.seconds)
        if data:
            target.sendall(data)

    def _wait_out_silence(self) -> None:
        while self.mode is Mode.SILENT and not self._ended.is_set():
            time.sleep(LOOK_SECONDS)

    def _is_to_close(self) -> bool:
        return self.mode in (Mode.CUT, Mode.RESET)

    def _close(self, connection: socket.socket) -> None:
        try:
            if self.mode is Mode.RESET:
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
            connection.close()
        except OSError:
            pass
