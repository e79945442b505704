"""The first day by the document's own commands: from nothing to an officer who signs in with a second step.

Docker's commands are carried out without an engine: see `tests.deployment.container`.
"""

import os
import re
import shlex
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from dotenv import dotenv_values

from tests.certificates import make_certificate
from tests.deployment import first_day
from tests.deployment.container import Container, Image, compose
from tests.deployment.form_browser import FormBrowser
from tests.deployment.own_postgres import create_database, run_postgres, set_up_roles
from tests.deployment.production import Web
from tests.deployment.proxy import HOST_NAME as HOST
from tests.deployment.proxy import run_proxy
from tests.running_server import free_port
from tests.smtp_server import MailServer, mail_server

pytestmark = pytest.mark.container

UP = "docker compose up --build --detach"
EXEC = "docker compose exec web "
ONE_RUN = "docker compose --file deploy/configure.yml run --rm configure"


@dataclass
class Installation:
    """A folder with .env, and the containers that are started from it."""

    folder: Path
    image: Image
    proxy_image: Image
    server: dict[str, str]
    mail: MailServer
    stack: ExitStack
    running: dict[str, Container] = field(default_factory=dict)
    redis_port: int = 0
    web_port: int = 0
    https_port: int = 0

    def run(self, command: str) -> str:
        """Carry out a command of the document, and return what it prints."""
        if command.startswith(ONE_RUN):
            return self._configure(shlex.split(command.removeprefix(ONE_RUN)))
        if command.startswith(EXEC):
            return self._container("web").run(shlex.split(command.removeprefix(EXEC)))
        if command == UP:
            return self._start()
        if command == "docker compose ps":
            return self._look()
        assert command.startswith("chown "), f"no test carries out: {command}"
        subprocess.run(shlex.split(command), cwd=self.folder, check=True)
        return ""

    def _configure(self, arguments: list[str]) -> str:
        service = compose(file="deploy/configure.yml")["configure"]
        container = Container(self.image, service, {}, {"..": self.folder})
        answers = [HOST, "", "", "127.0.0.1", str(self.mail.port), "no", "", ""]
        return container.run(arguments, answers="".join(f"{answer}\n" for answer in answers))

    def _container(self, name: str) -> Container:
        """Return a container as docker-compose.yml and .env describe it, with this machine's own ports."""
        written = {key: value or "" for key, value in dotenv_values(self.folder / ".env", interpolate=False).items()}
        service = compose(**written)[name]
        given = {key: written.get(key) if value is None else value for key, value in service["environment"].items()}
        at = {"@db:5432": f"@127.0.0.1:{self.server['port']}", "@redis:6379": f"@127.0.0.1:{self.redis_port}"}
        for own, here in at.items():
            given = {key: value.replace(own, here) for key, value in given.items() if value is not None}
        here = {"GRANIAN_HOST": "127.0.0.1", "GRANIAN_PORT": str(self.web_port)}
        return Container(self.image, service, given | here, {"kept": self.folder / "kept"})

    def _start(self) -> str:
        """Start what Docker starts, in the order in which one waits for another."""
        written = dotenv_values(self.folder / ".env", interpolate=False)
        create_database(self.server)
        set_up_roles(self.server, written["DATABASE_OWNER_PASSWORD"], written["DATABASE_PASSWORD"])
        self._start_redis(written["REDIS_PASSWORD"])
        migrate = self._container("migrate")
        said = migrate.run(migrate.service["command"])
        for name in ("web", "worker", "mail", "beat"):
            container = self.running[name] = self._container(name)
            self.stack.callback(container.stop)
            instead = {":8000/": f":{self.web_port}/"} if name == "web" else {}
            container.start(self.folder / f"{name}.log", instead=instead)
        proxy = self.stack.enter_context(run_proxy(self.proxy_image, self.web_port, certificates=self.folder / "tls"))
        self.https_port = proxy.tls_port
        return said

    def _start_redis(self, password: str) -> None:
        shell, option, script = compose(**dict.fromkeys(dotenv_values(self.folder / ".env"), "x"))["redis"]["command"]
        script = script.replace("$$", "$") + f" --port {self.redis_port} --bind 127.0.0.1"
        redis = subprocess.Popen(
            [shell, option, script], env=os.environ | {"REDISCLI_AUTH": password}, stdout=subprocess.DEVNULL,
            cwd=self.folder,
        )  # fmt: skip
        self.stack.callback(redis.wait)
        self.stack.callback(redis.terminate)

    def _look(self) -> str:
        """Ask each container as Docker does, until all are healthy."""
        for name, container in self.running.items():
            if name == "web":
                web = Web(container, self.web_port)
                container.wait_for(web.is_there)
                assert web.get("/health/")[0] == 200
            else:
                check = container.service["healthcheck"]["test"]
                path = check[check.index("--file") + 1]
                container.wait_for(
                    lambda container=container, path=path: any(
                        Path(f"/proc/{pid}/root{path}").exists() for pid in container.descendants()
                    )
                )
        return "\n".join(f"{name} healthy" for name in self.running)


@pytest.fixture
def installation(tmp_path, image, proxy_image) -> Iterator[Installation]:
    """A folder with a certificate, an empty PostgreSQL, and a mail server of somebody else."""
    folder = tmp_path / "installation"
    folder.mkdir()
    make_certificate(folder / "tls", name=HOST)
    (folder / "tls" / "key.pem").chmod(0o400)
    with ExitStack() as stack:
        server = stack.enter_context(run_postgres())
        mail = stack.enter_context(mail_server())
        yield Installation(
            folder, image, proxy_image, server, mail, stack, redis_port=free_port(), web_port=free_port()
        )


def test_the_documents_commands_lead_from_nothing_to_an_officer_with_a_second_step(installation):
    steps = first_day.read_steps("First day")
    printed = {}
    for step in steps:
        said = "".join(installation.run(command) for command in step.commands)
        assert [each for each in step.seen if each not in said] == [], said
        printed[step.commands[0] if step.commands else step.text] = said

    def browser_of() -> FormBrowser:
        return FormBrowser(HOST, installation.https_port)

    links = re.findall(r"https://\S+", "".join(printed.values()))
    assert len(links) == len(set(links)) == 2
    assert [str(mail["Subject"]) for mail in installation.mail.received] == ["TIP Tracker: test mail"]
    administrator = browser_of()
    first_day.accept_invitation(administrator, links[0], steps[6])
    first_day.set_up_post(administrator, steps[7])
    first_day.sign_in_as_officer(browser_of, installation.mail, steps)

    settings_file = installation.folder / ".env"
    assert settings_file.stat().st_mode & 0o777 == 0o600
    assert "DATABASE_OWNER_PASSWORD" not in " ".join(installation.running["web"].environment)
