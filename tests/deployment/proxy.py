"""The proxy that is shipped in front of the application, in a container: nginx with deploy/proxy/nginx.conf."""

import http.client
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.deployment.container import BASE_DIR, Container, Image, compose
from tests.deployment.form_browser import UNVERIFIED_TLS
from tests.deployment.production import COMPOSE_VARIABLES
from tests.running_server import free_port

READER = "127.0.0.3"
HOST_NAME = "tip.example.gov"


@dataclass
class Proxy:
    """nginx in a container, in front of one server."""

    container: Container
    plain_port: int
    tls_port: int

    def ask(
        self, path: str, *, method: str = "GET", body: bytes | None = None, source: str = READER, **headers: str
    ) -> tuple[int, dict[str, str], str]:
        """Status, headers and body of an answer to a browser at the address `source`."""
        line = http.client.HTTPSConnection(
            "127.0.0.1", self.tls_port, context=UNVERIFIED_TLS, timeout=60, source_address=(source, 0)
        )
        line.request(method, path, body, {"Host": HOST_NAME} | headers)
        answer = line.getresponse()
        text = answer.read().decode()
        line.close()
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}, text

    def open(self, source: str, begun: str) -> socket.socket:
        """A connection on which a request was begun, and no more than that."""
        plain = socket.create_connection(("127.0.0.1", self.tls_port), timeout=30, source_address=(source, 0))
        line = UNVERIFIED_TLS.wrap_socket(plain, server_hostname=HOST_NAME)
        line.sendall(begun.replace("\n", "\r\n").encode())
        return line

    def is_there(self) -> bool:
        try:
            socket.create_connection(("127.0.0.1", self.tls_port), timeout=5).close()
        except OSError:
            return False
        return True


@contextmanager
def run_proxy(
    image: Image, port: int, *, kept: Path | None = None, override: dict | None = None, certificates: Path | None = None
) -> Iterator[Proxy]:
    """The proxy, with this machine's ports in the place of those in its own network, and nothing else changed.

    `override` is what an operator's file adds to the service, `kept` the application's volume, and `certificates`
    the folder of an installation with its own certificate.
    """
    plain, tls = free_port(), free_port()
    given, changed = image.folder.parent, (BASE_DIR / "deploy" / "proxy" / "nginx.conf").read_text()
    for old, new in (
        ("listen 8080 ", f"listen 127.0.0.1:{plain} "),
        ("listen 8443 ", f"listen 127.0.0.1:{tls} "),
        ("http://web:8000", f"http://127.0.0.1:{port}"),
    ):
        assert changed.count(old) == 1
        changed = changed.replace(old, new)
    image.inside("/etc/tiptracker/nginx.conf").write_text(changed)
    volumes = {name: given / name for name in ("tls_certificate", "tls_key")} | {"kept": kept}
    if certificates:
        volumes |= {"tls_certificate": certificates / "certificate.pem", "tls_key": certificates / "key.pem"}
    service = compose(**COMPOSE_VARIABLES)["proxy"] | (override or {})
    proxy = Proxy(Container(image, service, {}, volumes), plain, tls)
    try:
        proxy.container.start(given / f"nginx-{tls}.log")
        proxy.container.wait_for(proxy.is_there)
        yield proxy
    finally:
        proxy.container.stop()
