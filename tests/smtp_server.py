"""A mail server on this machine that can refuse, answer slowly, not answer, or hang up."""

import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message


@dataclass
class MailServer:
    """Answer each SMTP command as `answers` says for its first word, else accept it (RFC 5321)."""

    port: int
    answers: dict[str, str | None] = field(default_factory=dict)
    """By command; None: hang up; "": never answer; "drip": send a character now and then and never end the line."""
    received: list[Message] = field(default_factory=list)
    calls: int = 0
    unanswered_calls: int = 0
    """How many connections, from the first one on, are never answered."""
    drip_seconds: float = 0.05
    """Between two characters of an answer that drips."""
    tls: ssl.SSLContext | None = None
    """The server's certificate: TLS begins after STARTTLS, or with the connection if `tls_first`."""
    tls_first: bool = False

    def serve(self, connection: socket.socket) -> None:
        self.calls += 1
        is_silent = self.calls <= self.unanswered_calls
        try:
            if self.tls and self.tls_first:
                connection = self.tls.wrap_socket(connection, server_side=True)
            self._answer(connection, "greeting", "" if is_silent else "220 here")
            while self._serve_lines(connection):
                assert self.tls
                connection = self.tls.wrap_socket(connection, server_side=True)
        except OSError:
            pass
        finally:
            connection.close()

    def _serve_lines(self, connection: socket.socket) -> bool:
        """Answer until the connection ends. Return True if the client may begin with TLS now."""
        with connection.makefile("rb") as lines:
            for line in lines:
                word = (line.split() or [b""])[0].decode(errors="replace").upper()
                if word == "STARTTLS" and self.tls:
                    self._answer(connection, word, "220 begin")
                    return True
                if word == "DATA" and not self.answers.get("DATA"):
                    self._answer(connection, "ready", "354 go on")
                    text = b"".join(iter(lines.readline, b".\r\n"))
                    if "text" not in self.answers:
                        self.received.append(message_from_bytes(text))
                    self._answer(connection, "text", "250 taken")
                else:
                    self._answer(connection, word, "221 bye" if word == "QUIT" else "250 fine")
                if word == "QUIT":
                    break
        return False

    def _answer(self, connection: socket.socket, word: str, otherwise: str) -> None:
        answer = self.answers.get(word, otherwise)
        if answer is None:
            raise ConnectionResetError
        while answer == "":
            if connection.recv(1024) == b"":
                raise ConnectionResetError
        while answer == "drip":
            connection.sendall(b"2")
            time.sleep(self.drip_seconds)
        connection.sendall(f"{answer}\r\n".encode())


@contextmanager
def mail_server() -> Iterator[MailServer]:
    """Run the server until the end of the block."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        server = MailServer(listening.getsockname()[1])

        def listen() -> None:
            with suppress(OSError):
                while True:
                    connection, _ = listening.accept()
                    threading.Thread(target=server.serve, args=[connection], daemon=True).start()

        thread = threading.Thread(target=listen, daemon=True)
        thread.start()
        yield server
        listening.shutdown(socket.SHUT_RDWR)
    thread.join(5)
