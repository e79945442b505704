"""A stand-in for clamd: it speaks INSTREAM on a real socket and finds what holds the word EICAR."""

import socketserver
import threading
from contextlib import contextmanager


class _ClamdHandler(socketserver.StreamRequestHandler):
    def handle(self):
        said = self.server.says
        if said is None:
            self.rfile.read()  # silent until the other side gives up
            return
        assert self.rfile.read(10) == b"zINSTREAM\0"
        content = b""
        while size := int.from_bytes(self.rfile.read(4)):
            content += self.rfile.read(size)
        self.server.heard.append(content)
        self.wfile.write(said or (b"stream: Eicar-Test FOUND\0" if b"EICAR" in content else b"stream: OK\0"))


@contextmanager
def fake_clamd(path=None, says=b""):
    """A scanner on loopback or on the socket at `path`; gives its address and what it heard.

    `says` is an answer to everything, or None for none at all.
    """
    kind = socketserver.ThreadingUnixStreamServer if path else socketserver.ThreadingTCPServer
    with kind(path or ("127.0.0.1", 0), _ClamdHandler) as server:
        server.says, server.heard = says, []
        serving = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        serving.start()
        try:
            yield f"unix://{path}" if path else f"tcp://127.0.0.1:{server.server_address[1]}", server.heard
        finally:
            server.shutdown()
            serving.join()
