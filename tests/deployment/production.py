"""Start production in containers, on its own database."""

import http.client
from dataclasses import dataclass
from pathlib import Path

from tests.deployment.container import Container, Image
from tests.running_server import free_port

COMPOSE_VARIABLES = {
    "SECRET_KEY": "0123456789abcdefghijklmnopqrstuvwxyz-0123456789abcdefghijklmnopqrstuvwxyz",
    "DATABASE_PASSWORD": "a-long-password",
    "DATABASE_OWNER_PASSWORD": "a-long-password",
    "REDIS_PASSWORD": "a-long-password",
    "ALLOWED_HOSTS": "tip.example.gov",
    "TLS_CERTIFICATE": "certificate",
    "TLS_KEY": "key",
}
PROXY_HEADERS = {"Host": "tip.example.gov", "X-Forwarded-Proto": "https", "X-Forwarded-For": "192.0.2.7"}


@dataclass
class Production:
    """The image, and containers of it on their own database."""

    image: Image
    services: dict[str, dict]
    folder: Path
    environment: dict[str, str]

    def container(self, name: str, **more: str) -> Container:
        """Return a container of the service `name`, on the PostgreSQL and Redis of this machine."""
        service = self.services[name]
        given = {key: value for key, value in service["environment"].items() if value is not None}
        return Container(self.image, service, given | self.environment | more, {"kept": self.folder / "kept"})


@dataclass
class Web:
    """A container that serves pages."""

    container: Container
    port: int

    def get(self, path: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
        """Send a GET as the proxy does. Return status, headers and body."""
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        line.request("GET", path, headers=PROXY_HEADERS | headers)
        answer = line.getresponse()
        body = answer.read()
        line.close()
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}, body

    def is_there(self) -> bool:
        try:
            self.get("/health/")
        except OSError:
            return False
        return True


def serve(production: Production, name: str, **more: str) -> Web:
    port = free_port()
    web = Web(production.container("web", GRANIAN_PORT=str(port), **more), port)
    web.container.start(production.folder / f"{name}.log", instead={":8000/": f":{port}/"})
    web.container.wait_for(web.is_there)
    return web
