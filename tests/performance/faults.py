"""`make faults`: what people are answered while a part of the installation is down, hung, full or read-only.

It starts its own PostgreSQL, Redis, web server and worker (by the commands of the Dockerfile and of docker-compose.yml)
and a mail server that never answers, on free ports of this machine; injects one fault after the other; and prints what
each step of a person was answered, after how many seconds, and how long it took until the pages answered again.

Further tables come from the modules beside this one whose names begin with `faults_`: each has `NAMES`, and a `main()`
that prints its own, perhaps on an `Installation` of its own. `make faults ONLY=redis` runs those whose name contains
that.
"""

import json
import os
import re
import resource
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from html.parser import HTMLParser
from importlib import import_module
from io import BytesIO
from pathlib import Path
from typing import NamedTuple, Self
from urllib.parse import urljoin

import psycopg
import requests
import yaml
from PIL import Image

BASE_DIR = Path(__file__).resolve().parents[2]
BIN = BASE_DIR / ".venv" / "bin"
PASSWORD = "lumelang-2021"
OFFICER, OBSERVER = "officer@demo.example", "observer@demo.example"
FOCAL_POINTS = ("police@demo.example", "home.affairs@demo.example", "justice@demo.example")
PATIENCE = 30.0
"""Seconds after which a person has given up."""
RECOVERY = 90.0
"""Seconds after which an installation that has all its parts again counts as lost."""


# --- The parts --------------------------------------------------------------------------------------------------------


def free_port() -> int:
    """A port of this machine that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(what: Callable[[], bool], name: str, *, seconds: float = 60) -> float:
    """Wait until `what` is true; gives the seconds that it took."""
    began = time.monotonic()
    while not what():
        if time.monotonic() - began > seconds:
            raise SystemExit(f"faults: {name} did not come within {seconds:.0f} seconds.")
        time.sleep(0.05)
    return time.monotonic() - began


def is_open(port: int) -> bool:
    """Whether somebody listens on this port of this machine."""
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False


class Process:
    """A process with all of its children: started, stopped for a while, killed, started again."""

    def __init__(
        self,
        command: Sequence[str],
        *,
        log: Path,
        port: int = 0,
        environment: Mapping[str, str] | None = None,
        user: str | None = None,
        folder: Path = BASE_DIR,
    ) -> None:
        self.command, self.log, self.port = [str(part) for part in command], log, port
        self.environment, self.user, self.folder = environment, user, folder
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(
                self.command,
                env=self.environment,
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                user=self.user,
                group=self.user,
                extra_groups=[] if self.user else None,
            )
        if self.port:
            wait_for(lambda: is_open(self.port), f"{self.command[0]} on port {self.port}")

    @property
    def pid(self) -> int:
        assert self.process
        return self.process.pid

    @property
    def family(self) -> list[int]:
        """Its number and those of all of its children, parents first: PostgreSQL's lead sessions of their own."""
        found = [self.pid]
        for parent in found:
            with suppress(FileNotFoundError, ProcessLookupError):
                for children in Path(f"/proc/{parent}/task").glob("*/children"):
                    found += [int(number) for number in children.read_text().split()]
        return found

    def signal(self, number: signal.Signals) -> None:
        """Send all of them this signal."""
        for process_id in self.family:
            with suppress(ProcessLookupError):
                os.kill(process_id, number)

    def freeze(self) -> None:
        """Stop all of them; returns once they stand still, those that were begun meanwhile too.

        The list of children may lack one while another ends. It is exact once nothing moves, so it is read again then.
        """
        stopped: list[int] = []
        while (family := self.family) != stopped or not all(_stands_still(process_id) for process_id in family):
            self.signal(signal.SIGSTOP)
            stopped = family
            time.sleep(0.01)

    def thaw(self) -> None:
        self.signal(signal.SIGCONT)

    def kill(self) -> None:
        """End all of them at once."""
        if self.process:
            self.signal(signal.SIGKILL)
            self.process.wait()

    def limit_file_size(self, most: int) -> None:
        """No file of theirs may grow beyond so many bytes from now on, as on a disk that is full; -1 ends that."""
        for process_id in self.family:
            with suppress(ProcessLookupError):
                resource.prlimit(process_id, resource.RLIMIT_FSIZE, (most, resource.RLIM_INFINITY))


def _stands_still(pid: int) -> bool:
    """Whether a process is stopped, or has ended."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] in "TtZX"
    except (FileNotFoundError, ProcessLookupError):
        return True


def postgres(folder: Path, port: int, *options: str) -> Process:
    """A PostgreSQL in `folder`; not started yet."""
    programs = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    where = os.pathsep.join([*(str(program) for program in programs), os.environ["PATH"]])
    user = "postgres" if os.getuid() == 0 else None  # it refuses to run as root
    data = folder / "postgres"
    data.mkdir(mode=0o700)
    if user:
        shutil.chown(data, user, user)
        shutil.chown(folder, user, user)
    initdb = shutil.which("initdb", path=where) or "initdb"
    subprocess.run(
        [initdb, "--auth", "trust", "--username", "postgres", "--no-sync", str(data)],
        cwd=folder,
        user=user,
        group=user,
        extra_groups=[] if user else None,
        stdout=subprocess.DEVNULL,
        check=True,
    )
    settings = ["-c", "fsync=off", "-c", f"unix_socket_directories={data}", "-c", "listen_addresses=127.0.0.1"]
    program = shutil.which("postgres", path=where) or "postgres"
    command = [program, "-D", str(data), "-p", str(port), *settings, *options]
    return Process(command, log=folder / "postgres.log", port=port, user=user, folder=folder)


def redis(folder: Path, port: int) -> Process:
    """A Redis that keeps nothing; not started yet."""
    command = ["redis-server", "--bind", "127.0.0.1", "--port", str(port), "--save", "", "--appendonly", "no"]
    return Process(command, log=folder / "redis.log", port=port, folder=folder)


def web_command() -> list[str]:
    """What the image runs, without its watchdog; GRANIAN_HOST and GRANIAN_PORT say where it listens."""
    stated = re.findall(r"^CMD (\[.*?\])", (BASE_DIR / "Dockerfile").read_text().replace("\\\n", ""), re.MULTILINE)
    return _watched(json.loads(next(command for command in stated if "granian" in command)))


def worker_command(service: str = "worker") -> list[str]:
    """What the compose file runs as `service`, without its watchdog."""
    return _watched(yaml.safe_load((BASE_DIR / "docker-compose.yml").read_text())["services"][service]["command"])


def _watched(command: list[str]) -> list[str]:
    """The command that a watchdog is given, by a program of this checkout."""
    program, *options = command[command.index("--") + 1 :] if "--" in command else command
    return [str(BIN / program), *options]


@contextmanager
def silent_server() -> Iterator[int]:
    """A server that takes connections and never says a word; gives its port."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        taken: list[socket.socket] = []

        def take() -> None:
            with suppress(OSError):
                while True:
                    taken.append(listener.accept()[0])

        threading.Thread(target=take, daemon=True).start()
        try:
            yield int(listener.getsockname()[1])
        finally:
            for taken_file in taken:
                taken_file.close()


@contextmanager
def small_disk(folder: Path, size: str = "64m") -> Iterator[Path]:
    """`folder` as a file system of its own that holds no more than `size`; wants the right to mount."""
    folder.mkdir(parents=True, exist_ok=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)], check=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


# --- The installation -------------------------------------------------------------------------------------------------


class Installation:
    """TIP Tracker with the exercise's record, as docker-compose.yml puts it together, but on this machine.

    `more` is set in the environment besides.
    """

    postgres_options: Sequence[str] = ()

    def __init__(self, **more: str) -> None:
        self._stack = ExitStack()
        self.folder = Path(tempfile.mkdtemp(prefix="tiptracker-faults-"))
        self._more = more

    def __enter__(self) -> Self:
        try:
            self._start()
        except BaseException:
            self._stack.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def _start(self) -> None:
        self._stack.callback(shutil.rmtree, self.folder, ignore_errors=True)
        self.folder.chmod(0o755)
        parts, self.port = self.folder / "parts", free_port()
        self.postgres = self.running(postgres(_made(parts / "database"), free_port(), *self.postgres_options))
        self.redis = self.running(redis(_made(parts / "redis"), free_port()))
        mail = self._stack.enter_context(silent_server())
        self.environment = {
            "PATH": os.environ["PATH"],
            "DJANGO_SETTINGS_MODULE": "tiptracker.settings",
            "DATABASE_URL": f"postgres://postgres@127.0.0.1:{self.postgres.port}/postgres",
            "REDIS_URL": f"redis://127.0.0.1:{self.redis.port}/0",
            "VAR_DIR": str(_made(self.folder / "var")),
            "STATIC_ROOT": str(BASE_DIR / "var" / "static"),
            "SECRET_KEY": "a key for faults that are injected on purpose, on this machine alone",
            "DEMONSTRATION": "true",
            "DEMO_CLOCK": f"2022-01-28T09:00:00+02:00 {time.strftime('%Y-%m-%dT%H:%M:%S+00:00', time.gmtime())}",
            "EMAIL_HOST": "127.0.0.1",
            "EMAIL_PORT": str(mail),
            "EMAIL_USE_TLS": "false",
            "LOG_LEVEL": "INFO",
            "GRANIAN_HOST": "127.0.0.1",
            "GRANIAN_PORT": str(self.port),
        } | self._more
        self.manage("migrate", "--verbosity", "0")
        self.fill()
        self.start_services()

    def start_services(self) -> None:
        """Start what the compose file starts."""
        self.web = self.running(self.process("web", web_command(), port=self.port))
        self.worker = self.running(self.process("worker", worker_command()))
        wait_for(self.answers, "the first page")

    def fill(self) -> None:
        """Put the record into the database that is there."""
        self.manage("load_lesotho", "--exercise")
        self.manage("shell", "--verbosity", "0", "-c", _SET_PASSWORDS)

    def process(self, name: str, command: Sequence[str], *, port: int = 0) -> Process:
        """Another process in the installation's environment; not started yet."""
        return Process(command, log=self.folder / f"{name}.log", port=port, environment=self.environment)

    def running(self, process: Process) -> Process:
        """Start a process, and end it with the installation."""
        self._stack.callback(process.kill)
        process.start()
        return process

    def manage(self, *arguments: str) -> str:
        """Run a command of manage.py; gives what it printed."""
        return self.run_python("manage.py", *arguments)

    def run_python(self, *arguments: str) -> str:
        """Run Python in the environment of the installation; gives what it printed."""
        done = subprocess.run(
            [str(BIN / "python"), *arguments],
            env=self.environment,
            cwd=BASE_DIR,
            check=True,
            stdout=subprocess.PIPE,
            text=True,
        )
        return done.stdout

    def sql(self, *statements: str) -> None:
        """Have PostgreSQL do this, one after the other."""
        with psycopg.connect(self.environment["DATABASE_URL"], autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement)  # type: ignore[arg-type]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def answers(self) -> bool:
        """Whether a page that asks the database is served."""
        with suppress(requests.RequestException):
            return requests.get(f"{self.url}/accounts/login/", timeout=5).status_code == 200
        return False


_SET_PASSWORDS = f"from tiptracker.demo.database import set_passwords; set_passwords({PASSWORD!r})"


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True)
    return folder


# --- People -----------------------------------------------------------------------------------------------------------


class Forms(HTMLParser):
    """The fields of the forms of a page that are sent by POST, as a browser sends them untouched."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.forms: list[tuple[str, dict[str, str]]] = []
        self._in, self._select, self._text = False, "", ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        one = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._in = one.get("method", "").lower() == "post"
            if self._in:
                self.forms.append((one.get("action", ""), {}))
        elif self._in and one.get("name", self._select):
            fields, kind, name = self.forms[-1][1], one.get("type", ""), one.get("name", self._select)
            if tag == "select":
                self._select = name
            elif tag == "option" and (name not in fields or "selected" in one):
                fields[name] = one.get("value", "")
            elif tag == "textarea":
                self._text, fields[name] = name, ""
            elif (
                tag == "input"
                and kind not in {"file", "submit"}
                and (kind not in {"checkbox", "radio"} or "checked" in one)
            ):
                fields[name] = one.get("value", "")

    def handle_data(self, data: str) -> None:
        if self._text:
            self.forms[-1][1][self._text] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            self._select = ""
        elif tag == "textarea":
            self._text = ""


class Answer(NamedTuple):
    """What somebody was answered: a status, or why there was none; the seconds until then; the page."""

    status: str
    seconds: float
    text: str = ""
    headers: Mapping[str, str] = {}
    url: str = ""

    def __str__(self) -> str:
        wait = self.headers.get("Retry-After")
        return f"{self.status}{f', Retry-After {wait}' if wait else ''}"


class Person:
    """Somebody with a browser that keeps cookies."""

    def __init__(self, url: str, email: str, password: str = PASSWORD) -> None:
        self.url, self.email, self.password = url, email, password
        self.session = requests.Session()

    def ask(self, path: str, data: Mapping[str, str] | None = None, **more: object) -> Answer:
        """GET, or POST with `data` from a page of ours; redirects are followed."""
        began, address = time.monotonic(), urljoin(self.url, path)
        try:
            if data is None:
                response = self.session.get(address, timeout=PATIENCE)
            else:
                headers = {"Origin": self.url, "Referer": address}
                response = self.session.post(address, data=data, headers=headers, timeout=PATIENCE, **more)  # type: ignore[arg-type]
        except requests.Timeout:
            return Answer("no answer", time.monotonic() - began)
        except requests.RequestException as error:
            return Answer(type(error).__name__, time.monotonic() - began)
        return Answer(
            str(response.status_code), time.monotonic() - began, response.text, response.headers, response.url
        )

    def form(self, path: str, holding: str = "") -> tuple[str, dict[str, str]]:
        """Where the form on this page is sent that has a field named `holding`, and its fields as they stand."""
        page = self.ask(path)
        for action, fields in Forms(page.text).forms:
            if not holding or holding in fields:
                return urljoin(path, action), fields
        raise SystemExit(f"faults: {path} has no form with {holding or 'fields'}: {page.status}")

    def sign_in(self) -> Answer:
        """By the page, from the first byte on."""
        self.session = requests.Session()
        page = self.ask("/accounts/login/")
        if page.status != "200":
            return page
        fields = Forms(page.text).forms[0][1] | {"login": self.email, "password": self.password}
        answer = self.ask("/accounts/login/", fields)
        return answer._replace(seconds=page.seconds + answer.seconds)


def picture() -> bytes:
    """A small photograph of nothing."""
    kept = BytesIO()
    Image.effect_noise((400, 300), 60).convert("RGB").save(kept, "JPEG")
    return kept.getvalue()


# --- What they do -----------------------------------------------------------------------------------------------------


class People:
    """Those who are signed in before anything fails, with the forms open that they are going to send."""

    def __init__(self, installation: Installation) -> None:
        self.url = installation.url
        self.officer, *focal_points = (Person(self.url, email) for email in (OFFICER, *FOCAL_POINTS))
        for person in (self.officer, *focal_points):
            if person.sign_in().status != "200":
                raise SystemExit(f"faults: {person.email} could not sign in before anything failed.")
        # One a fault, all opened before anything fails: a commitment takes its next update once this one is reviewed.
        self.updates = [
            (person, *person.form(address, "narrative"))
            for person in focal_points
            for address in sorted(set(re.findall(r"/commitments/\d+/update/", person.ask("/").text)))
        ]
        self.briefing = self.officer.form("/LSO/2021/briefings/", "what")
        self.stranger = Person(self.url, "")
        self.forgotten = self.stranger.form("/accounts/password/", "email")
        self._count = 0
        self.document = urljoin(self.officer.ask(*self.briefing).url, "file/")
        wait_for(lambda: self.take_briefing().status == "200", "a first briefing")

    def health(self) -> Answer:
        return Person(self.url, "").ask("/health/")

    def sign_in(self) -> Answer:
        return Person(self.url, OBSERVER).sign_in()

    def dashboard(self) -> Answer:
        return self.officer.ask("/LSO/2021/dashboard/")

    def send_update(self) -> Answer:
        """An update with a photograph, by a form that was opened before."""
        self._count += 1
        person, address, fields = self.updates[self._count % len(self.updates)]
        typed = {
            "claimed": "under_way",
            "title": f"Exercise: fault {self._count}",
            "narrative": f"Exercise: what was typed while something failed, {self._count}.",
            "happened_to": "2022-01-20",
            "happened_from": "2022-01-18",
            "done_by": "government",
        }
        files = {"files": ("photo.jpg", picture(), "image/jpeg")}
        return person.ask(address, fields | typed, files=files)

    def ask_for_briefing(self) -> Answer:
        return self.officer.ask(*self.briefing)

    def take_briefing(self) -> Answer:
        return self.officer.ask(self.document)

    def forget_password(self) -> Answer:
        """Another address each time: one may ask three times in a quarter of an hour."""
        address, fields = self.forgotten
        return self.stranger.ask(address, fields | {"email": f"nobody{self._count}@demo.example"})

    def steps(self) -> dict[str, Callable[[], Answer]]:
        return {
            "/health/": self.health,
            "signs in": self.sign_in,
            "opens the dashboard": self.dashboard,
            "sends an update with a photograph": self.send_update,
            "asks for a briefing": self.ask_for_briefing,
            "takes a briefing": self.take_briefing,
            "forgets a password": self.forget_password,
        }


# --- What fails -------------------------------------------------------------------------------------------------------


@contextmanager
def nothing(_: Installation) -> Iterator[None]:
    """Nothing fails: what to compare with."""
    yield


@contextmanager
def redis_killed(installation: Installation) -> Iterator[None]:
    installation.redis.kill()
    yield
    installation.redis.start()


@contextmanager
def redis_hung(installation: Installation) -> Iterator[None]:
    installation.redis.freeze()
    yield
    installation.redis.thaw()


@contextmanager
def postgres_killed(installation: Installation) -> Iterator[None]:
    installation.postgres.kill()
    (installation.postgres.folder / "postgres" / "postmaster.pid").unlink(missing_ok=True)
    yield
    installation.postgres.start()


@contextmanager
def postgres_hung(installation: Installation) -> Iterator[None]:
    installation.postgres.freeze()
    yield
    installation.postgres.thaw()


@contextmanager
def postgres_read_only(installation: Installation) -> Iterator[None]:
    """As on a standby, or where an operator has stopped writing."""
    installation.sql("ALTER SYSTEM SET default_transaction_read_only = on", "SELECT pg_reload_conf()")
    yield
    installation.sql("ALTER SYSTEM RESET default_transaction_read_only", "SELECT pg_reload_conf()")


@contextmanager
def files_full(installation: Installation) -> Iterator[None]:
    """The web server's disk takes not a byte more, nor does that for temporary files."""
    installation.web.limit_file_size(0)
    yield
    installation.web.limit_file_size(-1)


FAULTS = {
    "nothing": nothing,
    "Redis killed": redis_killed,
    "Redis hung": redis_hung,
    "PostgreSQL killed": postgres_killed,
    "PostgreSQL hung": postgres_hung,
    "PostgreSQL read-only": postgres_read_only,
    "disk for files full": files_full,
}


# --- The table --------------------------------------------------------------------------------------------------------


def is_asked_for(*names: str) -> bool:
    """Whether ONLY is a part of one of these names, or empty."""
    only = os.environ.get("ONLY", "").lower()
    return any(only in name.lower() for name in names)


def say(line: str = "") -> None:
    print(line, flush=True)  # noqa: T201 -- what it is for


def tell_row(fault: str, did: str, answer: Answer | str, seconds: float | None, recovered: str = "") -> None:
    """One line of the table."""
    say(f"{fault:<22}{did:<36}{answer!s:<28}{'' if seconds is None else f'{seconds:8.1f}':<10}{recovered}")


def tell_head(title: str) -> None:
    """The table's title and head."""
    say(f"\n{title}\n{'fault':<22}{'what a person did':<36}{'answer':<28}{' seconds':<10}answers again after")


def main() -> None:
    """All of our own faults, one after the other, on one installation."""
    with Installation() as installation:
        people = People(installation)
        tell_head("A part fails")
        for name, fault in FAULTS.items():
            if not is_asked_for(name):
                continue
            answers = {}
            with fault(installation):
                answers = {did: do() for did, do in people.steps().items()}
            began = time.monotonic()
            wait_for(lambda: people.dashboard().status == "200", f"an answer after “{name}”", seconds=RECOVERY)
            recovered = f"{time.monotonic() - began:.1f} s"
            for did, answer in answers.items():
                tell_row(name, did, answer, answer.seconds, recovered)
            if parts := [path for path in (installation.folder / "var").rglob("*.part*") if path.is_file()]:
                say(f"  left behind: {len(parts)} part files")


def run_all() -> None:
    """Run what is asked for, here and in the modules beside; SystemExit where something went wrong."""
    if is_asked_for(*FAULTS):
        main()
    failed = []
    for path in sorted(Path(__file__).parent.glob("faults_*.py")):
        module = import_module(f"tests.performance.{path.stem}")
        if not is_asked_for(*module.NAMES):
            continue
        try:
            module.main()
        except SystemExit as error:  # the others are told all the same
            failed.append(str(error))
    raise SystemExit("\n".join(failed) or 0)


if __name__ == "__main__":
    run_all()
