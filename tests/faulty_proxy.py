"""A proxy between a browser and a server that can break the connection at each step.

It listens on its own port. `outcome` decides by method and path what happens to a request of a page or service worker.
"""

import socket
import socketserver
import threading
from collections.abc import Callable
from contextlib import suppress

PASSES, CUT, ANSWER_LOST = "passes", "cut", "answer lost"
"""The request and its answer arrive; the request is lost; the request arrives, but its answer is lost."""


class FaultyProxy:
    def __init__(self, port: int) -> None:
        self.target = ("127.0.0.1", port)
        self.outcome: Callable[[str, str], str] = lambda method, path: PASSES
        self.requests: list[tuple[str, str, str]] = []
        """Method, path and outcome of each request so far."""
        self.server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), self._handler())
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_address[1]}"

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()

    def _handler(self) -> type[socketserver.BaseRequestHandler]:
        line = self

        class Handler(socketserver.BaseRequestHandler):
            def handle(self) -> None:
                with suppress(OSError):
                    line.forward(self.request)

        return Handler

    def forward(self, browser: socket.socket) -> None:
        """Forward one request and its answer, then close the connection, so that each request opens a new one."""
        request = b""
        while b"\r\n\r\n" not in request:
            if not (part := browser.recv(65536)):
                return
            request += part
        head, _, body = request.partition(b"\r\n\r\n")
        first, *fields = head.decode("latin-1").split("\r\n")
        method, path, _ = first.split(" ", 2)
        sizes = [int(field.split(":")[1]) for field in fields if field.lower().startswith("content-length:")]
        while len(body) < sum(sizes):
            if not (part := browser.recv(65536)):
                return
            body += part
        outcome = self.outcome(method, path)
        self.requests.append((method, path, outcome))
        if outcome == CUT:
            return
        kept = [field for field in fields if not field.lower().startswith("connection:")]
        with socket.create_connection(self.target) as server:
            server.sendall("\r\n".join([first, *kept, "Connection: close"]).encode("latin-1") + b"\r\n\r\n" + body)
            while part := server.recv(65536):
                if outcome == PASSES:
                    browser.sendall(part)
