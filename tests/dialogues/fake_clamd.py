"""A fake clamd that speaks INSTREAM and VERSION on a real socket and reports content with the word EICAR."""

import socketserver
import threading
from contextlib import contextmanager


class _ClamdHandler(socketserver.StreamRequestHandler):
    def handle(self):
        reply = self.server.reply
        if reply is None:
            self.rfile.read()  # silent until the other side gives up
            return
        command = self.rfile.read(9)
        if command == b"zVERSION\0":
            self.wfile.write(b"ClamAV 1.4.3/27800\0")
            return
        assert command + self.rfile.read(1) == b"zINSTREAM\0"
        content = b""
        while size := int.from_bytes(self.rfile.read(4)):
            content += self.rfile.read(size)
        self.server.received.append(content)
        self.wfile.write(reply or (b"stream: Eicar-Test FOUND\0" if b"EICAR" in content else b"stream: OK\0"))


@contextmanager
def fake_clamd(path=None, reply=b""):
    """Run the fake on loopback or on the Unix socket `path`. Yields its address and a list of received contents.

    Args:
        reply: the reply to everything; None for no reply at all.
    """
    kind = socketserver.ThreadingUnixStreamServer if path else socketserver.ThreadingTCPServer
    with kind(path or ("127.0.0.1", 0), _ClamdHandler) as server:
        server.reply, server.received = reply, []
        serving = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        serving.start()
        try:
            yield f"unix://{path}" if path else f"tcp://127.0.0.1:{server.server_address[1]}", server.received
        finally:
            server.shutdown()
            serving.join()
