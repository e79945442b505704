"""Build the image in empty Debian trees, step by step as the Dockerfile says, and start it: `make image-check`.

No engine builds it here. Each stage begins with a tree made by debootstrap, in which Debian's own packages stand for
what the base image has: its Python or its Node. Every instruction follows as it is written, `apt-get`, `npm` and `pip`
included. Then migration, web, workers and schedule run in the last tree as docker-compose.yml says: as user 10001, on a
read-only root, without capabilities. Needs root, and the registries of Debian, PyPI and npm.
"""

import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests import conftest  # sets the environment of the tests, and with it Django, first
from tests.deployment.container import BASE_DIR, Container, Image, Stage, _bind, compose, dockerfile, why_unavailable
from tests.deployment.own_postgres import create_database, run_postgres, set_up_roles
from tests.dialogues.sample_files import PDF
from tests.running_server import free_port

assert conftest
BASE_IMAGES = {
    "node:": ["nodejs", "npm"],
    "python:": ["python3", "python3-venv", "python3-pip", "python-is-python3"],
    "debian:": [],
}
"""By the beginning of a base image: the packages of Debian that stand for it."""
NETWORK_FILES = ("etc/resolv.conf", "etc/hosts", "etc/pip.conf", "root/.npmrc", "etc/ssl/certs")
"""How this machine reaches registries; no part of an image."""
NETWORK_VARIABLES = re.compile(r"(?i)(pip|uv|npm|node|ssl|https?|no)_\w+")
WRITE_ATTEMPTS = """
    for folder in / /app /app/tiptracker /opt /opt/static /opt/tiptracker /etc /usr /run /var /home /root /tmp \
        /var/lib/tiptracker; do
        if (: > $folder/tried) 2>/dev/null; then echo $folder; fi
    done
    id -u
    grep -E "CapEff|CapBnd|NoNewPrivs" /proc/self/status | tr -s '[:space:]' ' '
"""
CLEANING_SCRIPT = (
    "import sys, django; django.setup()\n"
    "from dialogues.files.sanitizers.sanitizer_sandbox import sanitize_file_in_sandbox\n"
    "from tiptracker.sandbox.sandbox import Sandbox\n"
    "print(sanitize_file_in_sandbox(bytes.fromhex(sys.argv[1]), '.pdf', run=Sandbox(1)).media_type)"
)


def say(sentence: str) -> None:
    sys.stdout.write(f"{time.strftime('%H:%M:%S')} {sentence}\n")
    sys.stdout.flush()


# --- Build ------------------------------------------------------------------------------------------------------------


@dataclass
class Builder:
    """Builds every stage of the Dockerfile in a tree of its own below `folder`."""

    folder: Path
    trees: dict[str, Path] = field(default_factory=dict)

    def make_base(self) -> Path:
        base = self.folder / "base"
        run = subprocess.run(
            ["debootstrap", "--variant=minbase", "trixie", base, "http://deb.debian.org/debian"],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        if run.returncode:
            raise SystemExit(f"image-check: debootstrap failed: {run.stdout[-500:]}{run.stderr[-500:]}")
        (base / "etc/dpkg/dpkg.cfg.d/unsafe").write_text("force-unsafe-io\n")  # the tree is thrown away
        for name in NETWORK_FILES:
            source = Path("/") / name
            if source.is_dir():
                shutil.copytree(source, base / name, dirs_exist_ok=True)
            elif source.exists():
                (base / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(source, base / name)
        return base

    def build(self, name: str, stage: Stage, base: Path) -> Path:
        """Carry out the instructions of a stage, and return its tree."""
        tree = self.trees[name] = self.folder / (name or "image")
        subprocess.run(["cp", "--archive", "--reflink=auto", base, tree], check=True)
        environment, where = {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"}, "/"
        for word, rest in stage.instructions:
            match word:
                case "FROM":
                    (packages,) = (found for start, found in BASE_IMAGES.items() if rest.startswith(start))
                    if packages:
                        step = f"apt-get update && apt-get install -y --no-install-recommends {' '.join(packages)}"
                        self._run(tree, step, environment, "/")
                case "ENV":
                    for part in shlex.split(rest):
                        key, value = part.split("=", 1)
                        environment[key] = value.replace("$PATH", environment["PATH"])
                case "WORKDIR":
                    where = rest
                    (tree / rest.lstrip("/")).mkdir(parents=True, exist_ok=True)
                case "COPY":
                    self._copy(tree, rest, where)
                case "RUN":
                    self._run(tree, rest, environment, where)
        return tree

    def _run(self, tree: Path, command: str, environment: dict[str, str], where: str) -> None:
        say(f"  RUN {command[:100]}")
        network = {name: value for name, value in os.environ.items() if NETWORK_VARIABLES.fullmatch(name)}
        given = environment | network | {
            "HOME": "/root", "DEBIAN_FRONTEND": "noninteractive", "PIP_BREAK_SYSTEM_PACKAGES": "1"
        }  # fmt: skip
        script = "\n".join(
            [
                "set -e",
                f"mount --bind {tree} {tree}",
                f"mount -t proc none {tree}/proc",
                f"mount --rbind /dev {tree}/dev",
                'exec chroot "$TREE" env -i "$@"',
            ]
        )
        inner = ["-C", where, *(f"{name}={value}" for name, value in given.items()), "sh", "-c", command]
        done = subprocess.run(
            ["unshare", "--mount", "--pid", "--fork", "sh", "-c", script, "sh", *inner],
            env=os.environ | {"TREE": str(tree)}, capture_output=True, text=True, check=False,
        )  # fmt: skip
        if done.returncode:
            raise SystemExit(f"image-check: FAILED at: RUN {command}\n{(done.stdout + done.stderr)[-4000:]}")

    def _copy(self, tree: Path, rest: str, where: str) -> None:
        *sources, target = rest.split()
        top = BASE_DIR
        if sources[0].startswith("--from="):
            top = self.trees[sources.pop(0).removeprefix("--from=")]
        to = tree / (Path(where) / target).as_posix().lstrip("/")
        for source in sources:
            path = top / source.strip("/")
            if path.is_dir():
                ignored = shutil.ignore_patterns("node_modules", "__pycache__", *(["dist"] if top == BASE_DIR else []))
                shutil.copytree(path, to, symlinks=True, dirs_exist_ok=True, ignore=ignored)
            else:
                to.mkdir(parents=True, exist_ok=True)
                shutil.copy(path, to / path.name)


# --- Run --------------------------------------------------------------------------------------------------------------


class TreeContainer(Container):
    """A container in a tree that has everything itself."""

    def _mounts(self) -> list[str]:
        tree = root = self.image.folder
        lines = [f"mkdir -p {root}.root", f"mount --bind {tree} {root}.root"]
        root = Path(f"{root}.root")
        lines += [f"mount --rbind /proc {root}/proc", f"mount -t tmpfs none {root}/dev"]
        lines += [f"ln -s /proc/self/fd/{number} {root}/dev/{name}" for number, name in ((1, "stdout"), (2, "stderr"))]
        for name in ("null", "zero", "random", "urandom"):
            lines += _bind(Path("/dev") / name, root / "dev" / name)
        for entry in [*self.service.get("tmpfs", []), "/dev/shm:size=64m,mode=1777"]:  # noqa: S108 -- its own
            path, _, options = entry.partition(":")
            lines += [f"mkdir -p {root}{path}", f"mount -t tmpfs -o {options},nosuid,nodev,noexec none {root}{path}"]
        for entry in self.service.get("volumes", []):
            name, path = entry.split(":")
            self.volumes[name].mkdir(exist_ok=True)
            os.chown(self.volumes[name], self._uid, self._uid)
            lines += _bind(self.volumes[name], Path(f"{root}{path}"))
        return [*lines, f"mount -o remount,bind,ro {root}"]


def check_services(tree: Path, folder: Path) -> None:
    """Start everything in the tree, and check what it may do. Raises AssertionError."""
    values = {
        "SECRET_KEY": "0123456789abcdefghijklmnopqrstuvwxyz-0123456789abcdefghijklmnopqrstuvwxyz",
        "DATABASE_PASSWORD": "appliedsecret12", "DATABASE_OWNER_PASSWORD": "ownedsecret1234",
        "REDIS_PASSWORD": "cachedsecret123", "ALLOWED_HOSTS": "tip.example.gov", "TLS_CERTIFICATE": "x", "TLS_KEY": "x",
    }  # fmt: skip
    with ExitStack() as stack:
        server = stack.enter_context(run_postgres())
        create_database(server)
        set_up_roles(server, values["DATABASE_OWNER_PASSWORD"], values["DATABASE_PASSWORD"])
        redis_port, web_port = stack.enter_context(run_redis(values["REDIS_PASSWORD"])), free_port()
        image = Image(dockerfile()[""], tree)

        def container(name: str) -> Container:
            service = compose(**values)[name]
            given = {key: value for key, value in service["environment"].items() if value is not None}
            for own, here in {
                "@db:5432": f"@127.0.0.1:{server['port']}",
                "@redis:6379": f"@127.0.0.1:{redis_port}",
            }.items():
                given = {key: value.replace(own, here) for key, value in given.items()}
            given |= {"GRANIAN_HOST": "127.0.0.1", "GRANIAN_PORT": str(web_port), "PATH": "/usr/bin:/bin"}
            given["PATH"] = f"{image.stage.environment['PATH'].partition(':')[0]}:{given['PATH']}"
            return TreeContainer(image, service, given, {"kept": folder / "kept"})

        migrate = container("migrate")
        migrate.run(migrate.service["command"])
        say("migrate: created the tables")
        tried = container("web").run(["sh", "-c", WRITE_ATTEMPTS])
        say("web may write to: " + " ".join(tried.split()[:-7]) + "; " + " ".join(tried.split()[-7:]))
        assert re.match(r"/tmp\n/var/lib/tiptracker\n10001\nCapEff: 0+ CapBnd: 0+ NoNewPrivs: 1", tried), tried  # noqa: S108
        running = {}
        for name in ("web", "worker", "mail", "beat"):
            running[name] = container(name)
            stack.callback(running[name].stop)
            running[name].start(folder / f"{name}.log", instead={":8000/": f":{web_port}/"} if name == "web" else {})
        for name, each in running.items():
            check = [word.replace(":8000/", f":{web_port}/") for word in each.service["healthcheck"]["test"][1:]]
            each.wait_for(lambda each=each, check=check: is_healthy(each, check), seconds=300)
            say(f"{name}: healthy")
        worker = container("worker")
        worker.environment["DJANGO_SETTINGS_MODULE"] = "tiptracker.settings"
        cleaned = worker.run(["python", "-c", CLEANING_SCRIPT, PDF.hex()])
        assert cleaned.split() == ["application/pdf"], cleaned
        say("worker: a confined process cleaned a PDF")


def is_healthy(container: Container, check: list[str]) -> bool:
    """Run the check of docker-compose.yml beside the processes of a container, in its own /tmp."""
    inside = ["nsenter", "--mount", "--root", "--target", str(container.process.pid)]
    environment = ["env", "PATH=/opt/tiptracker/bin:/usr/bin:/bin", "ALLOWED_HOSTS=tip.example.gov"]
    script = ["sh", "-c", 'cd /app && exec "$@"', "sh"]
    done = subprocess.run([*inside, *script, *environment, *check], capture_output=True, text=True, check=False)
    if done.returncode:
        say(f"not healthy yet: {done.stderr.strip()[-200:]}")
        time.sleep(5)
    return done.returncode == 0


@contextmanager
def run_redis(password: str) -> Iterator[int]:
    """Run a Redis with a password, and yield its port."""
    port = free_port()
    process = subprocess.Popen(
        ["redis-server", "--bind", "127.0.0.1", "--port", str(port), "--save", "", "--requirepass", password],
        stdout=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        yield port
    finally:
        process.terminate()
        process.wait()


def main() -> int:
    if reason := why_unavailable():
        raise SystemExit(f"image-check: {reason}.")
    if not shutil.which("debootstrap"):
        raise SystemExit("image-check: debootstrap is missing. Install it: apt-get install debootstrap")
    with tempfile.TemporaryDirectory(prefix="tiptracker-image-", dir=os.environ.get("TMPDIR", "/var/tmp")) as name:  # noqa: S108
        folder = Path(name)
        folder.chmod(0o755)
        builder = Builder(folder)
        say("Making a Debian tree")
        base = builder.make_base()
        stages = dockerfile()
        for stage in [each for each in stages if each != ""] + [""]:
            say(f"Stage {stage or 'of the application'}")
            builder.build(stage, stages[stage], base)
        try:
            check_services(builder.trees[""], folder)
        except AssertionError as error:
            say(f"image-check: FAILED. {str(error)[-4000:]}")
            return 1
    say("image-check: passed.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
