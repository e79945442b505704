"""Build and run containers without a container engine, in a mount namespace, from Dockerfile and docker-compose.yml.

An image is a folder, built by the instructions of its stage in the Dockerfile. A container sees it under a read-only
root, as the user of the image, without capabilities and without new privileges. It can only write to the in-memory file
systems and volumes of docker-compose.yml. Packages and interpreters are those of this machine. Needs root, to mount.
"""

import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import yaml

BASE_DIR = Path(__file__).resolve().parent.parent.parent
VENV = Path(sys.prefix).resolve()
BASE_PYTHON = Path(sys.base_prefix).resolve()
USERS = {"tiptracker": 10001, "www-data": 33}


def why_unavailable() -> str:
    """Return why containers cannot run here; empty if they can."""
    if os.geteuid() != 0:
        return "only root can run containers"
    tried = subprocess.run(
        ["unshare", "--mount", "sh", "-c", "mount -t tmpfs none /mnt"], capture_output=True, text=True, check=False
    )
    return tried.stderr.strip() if tried.returncode else ""


# --- What is shipped --------------------------------------------------------------------------------------------------


@dataclass
class Stage:
    """One stage of the Dockerfile: its instructions in order, each as keyword and arguments."""

    instructions: list[tuple[str, str]]

    def of(self, word: str) -> list[str]:
        return [rest for each, rest in self.instructions if each == word]

    @property
    def environment(self) -> dict[str, str]:
        return dict(part.split("=", 1) for line in self.of("ENV") for part in shlex.split(line))

    @property
    def user(self) -> str:
        return self.of("USER")[-1]

    @property
    def command(self) -> list[str]:
        return json.loads(self.of("CMD")[-1])

    @property
    def workdir(self) -> str:
        return (self.of("WORKDIR") or ["/"])[-1]


def dockerfile() -> dict[str, Stage]:
    """Return the stages of the Dockerfile by name. The last one also has the name ""."""
    text = re.sub(r"(?m)^\s*#.*\n", "", (BASE_DIR / "Dockerfile").read_text())
    lines = re.sub(r"\\\n\s*", " ", text).splitlines()
    stages: dict[str, Stage] = {}
    for line in filter(None, lines):
        word, rest = line.split(maxsplit=1)
        if word == "FROM":
            name = rest.partition(" AS ")[2]
            stage = stages[name] = Stage([])
        stage.instructions.append((word, rest))
    stages[""] = stage
    return stages


def compose(*, file: str = "docker-compose.yml", **values: str) -> dict[str, dict]:
    """Return the services of docker-compose.yml or of another such file, with `values` for its variables."""

    def value(match: re.Match[str]) -> str:
        name, otherwise, demanded = match["name"], match["otherwise"], match["demanded"]
        assert name in values or not demanded, demanded
        return values.get(name, otherwise or "")

    text = re.sub(
        r"\$\{(?P<name>\w+)(?::-(?P<otherwise>[^}]*)|:\?(?P<demanded>[^}]*))?\}",
        value,
        (BASE_DIR / file).read_text(),
    )
    return yaml.safe_load(text)["services"]


# --- What is made of it -----------------------------------------------------------------------------------------------


@dataclass
class Image:
    """The files of a stage, in a folder laid out like the root of a container."""

    stage: Stage
    folder: Path

    @classmethod
    def build(cls, name: str, folder: Path) -> "Image":
        """Carry out the COPY and RUN instructions of a stage, from a checkout that only its owner may read."""
        image = cls(dockerfile()[name], folder)
        folder.mkdir(parents=True)
        folder.chmod(0o755)
        where = Path("/")
        for word, rest in image.stage.instructions:
            if word == "WORKDIR":
                where = Path(rest)
                image.inside(where).mkdir(parents=True, exist_ok=True)
            elif word == "COPY":
                image._copy(rest, where)
            elif word == "RUN" and "apt-get" not in rest:  # packages are those of this machine
                Container(image, as_root=True).run(["sh", "-c", f"umask 022; {rest}"])
        return image

    def inside(self, path: Path | str) -> Path:
        return self.folder / str(path).lstrip("/")

    def _copy(self, rest: str, where: Path) -> None:
        *sources, target = rest.split()
        if sources[0] == "--from=packages":
            return  # the environment of this machine is mounted instead
        if sources[0] == "--from=frontend":
            sources = ["tiptracker/web/frontend/dist"]
        for source in sources:
            to = self.inside(where / target)
            if (BASE_DIR / source).is_dir():
                leave_out = shutil.ignore_patterns(
                    "node_modules", "dist"
                )  # compiled Python files are copied, which saves time
                shutil.copytree(BASE_DIR / source, to, ignore=leave_out, dirs_exist_ok=True)
            else:
                shutil.copy(BASE_DIR / source, to / source if target == "./" else to)
            for path in (to, *to.rglob("*")):
                path.chmod(0o700 if path.is_dir() else 0o600)


@dataclass
class Container:
    """A process and its children in an image. `as_root` makes everything writable, to build the image."""

    image: Image
    service: dict = field(default_factory=dict)
    environment: dict[str, str] = field(default_factory=dict)
    volumes: dict[str, Path] = field(default_factory=dict)
    as_root: bool = False
    process: subprocess.Popen[bytes] | None = None
    log: Path | None = None

    def run(self, command: list[str], *, answers: str = "") -> str:
        """Run `command` to its end, with `answers` typed, and return its output."""
        command = [*self.service.get("entrypoint", []), *command]
        done = subprocess.run(self._enter(command), input=answers, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def start(self, log: Path, *, instead: dict[str, str] | None = None) -> None:
        """Start the command of the service, else that of the image. `instead` replaces texts in the command."""
        command = list(self.service.get("command") or self.image.stage.command)
        for old, new in (instead or {}).items():
            assert sum(old in word for word in command) == 1, f"{old} is not in {command}"
            command = [word.replace(old, new) for word in command]
        self.log = log
        with log.open("ab") as output:
            os.fchown(output.fileno(), self._uid, -1)
            self.process = subprocess.Popen(
                self._enter(command), stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True
            )

    def stop(self) -> None:
        """Kill it and all processes that it started."""
        if self.process is None:
            return
        # Parents first: otherwise nginx starts another worker in the place of a killed one.
        for pid in [self.process.pid, *self.descendants()]:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.process.wait()

    def descendants(self) -> list[int]:
        """Return the ids of all processes that descend from the first one."""
        found, waiting = [], [self.process.pid]
        while waiting:
            for children in Path(f"/proc/{waiting.pop()}/task").glob("*/children"):
                with suppress(FileNotFoundError, ProcessLookupError):
                    below = [int(pid) for pid in children.read_text().split()]
                    found += below
                    waiting += below
        return found

    def wait_for(self, is_so, *, seconds: float = 60) -> None:
        """Wait until `is_so()`. If the process ends or time runs out before, fail with its log."""
        give_up_at = time.monotonic() + seconds
        while not is_so():
            if self.process.poll() is not None or time.monotonic() > give_up_at:
                raise AssertionError(self.log.read_text(errors="replace"))
            time.sleep(0.1)

    # --- Isolation ----------------------------------------------------------------------------------------------------

    @property
    def _uid(self) -> int:
        return 0 if self.as_root else int(str(self.service.get("user", USERS[self.image.stage.user])).partition(":")[0])

    def _enter(self, command: list[str]) -> list[str]:
        """Return the command line that runs `command` in the container."""
        stage = self.image.stage
        environment = {"HOME": "/var/lib/tiptracker", "PATH": "/usr/sbin:/usr/bin"} | self.environment
        path = os.environ["PATH"]
        for name, value in stage.environment.items():
            environment[name] = value.replace("$PATH", path)
        environment |= self.environment
        given = [f"{name}={value}" for name, value in environment.items()]
        who = []
        if not self.as_root:
            one = str(self._uid)
            who = ["setpriv", "--reuid", one, "--regid", one, "--clear-groups", "--no-new-privs"]
            kept = "".join(f",+{name.lower()}" for name in self.service.get("cap_add", []))
            who += ["--inh-caps=-all", "--ambient-caps=-all", f"--bounding-set=-all{kept}"]
        inner = ["env", "-i", "-C", stage.workdir, *given, *command]
        script = "\n".join(["set -e", *self._mounts(), 'exec chroot "$ROOT" "$@"'])
        return ["env", f"ROOT={self.image.folder}.root", "unshare", "--mount", "sh", "-c", script, "sh", *who, *inner]

    def _mounts(self) -> list[str]:
        """Return the shell commands that mount the container's root."""
        root = Path(f"{self.image.folder}.root")
        root.mkdir(exist_ok=True)
        lines = [f"mount -t tmpfs -o mode=755 none {root}", f"cp -a /etc {root}/etc"]
        lines += [f"mkdir -p {root}/proc {root}/dev {root}/opt", f"mount --rbind /proc {root}/proc"]
        lines += [f"ln -s usr/{name} {root}/{name}" for name in ("bin", "sbin", "lib", "lib64")]
        lines += [f"ln -s /proc/self/fd/{number} {root}/dev/{name}" for number, name in ((1, "stdout"), (2, "stderr"))]
        for name in ("null", "zero", "random", "urandom"):
            lines += _bind(Path("/dev") / name, root / "dev" / name)
        in_memory = [*self.service.get("tmpfs", ["/tmp"]), "/dev/shm:size=64m,mode=1777"]  # noqa: S108 -- its own
        for entry in in_memory:
            path, _, options = entry.partition(":")
            options = ",".join(filter(None, [options, "nosuid,nodev,noexec"]))
            lines += [f"mkdir -p {root}{path}", f"mount -t tmpfs -o {options} none {root}{path}"]
        # The interpreter may be below /root, which only root can read, or in /tmp. Here its parents are readable.
        for path in (Path("/usr"), *({VENV, BASE_PYTHON} - {Path("/usr")})):
            lines += _bind(path, root / path.relative_to("/"), read_only=True)
        lines.append(f"[ -e {self.image.inside('/opt/tiptracker')} ] || ln -s {VENV} {root}/opt/tiptracker")
        lines += _users(root)
        for top in ("app", "opt/static", "opt/tiptracker", "etc/tiptracker"):
            if self.as_root and top == "opt/static":
                self.image.inside(top).mkdir(parents=True, exist_ok=True)
            if self.image.inside(top).exists():
                lines += _bind(self.image.inside(top), root / top, read_only=not self.as_root)
        for entry in self.service.get("volumes", []):
            name, path, *options = entry.split(":")
            read_only = "ro" in options
            self.volumes[name].mkdir(exist_ok=True)
            if not read_only and name != "..":  # Docker leaves a folder of the machine as it is
                os.chown(self.volumes[name], self._uid, self._uid)
            lines += _bind(self.volumes[name], Path(f"{root}{path}"), read_only=read_only)
        for name in self.service.get("secrets", []):
            lines += _bind(self.volumes[name], root / "run" / "secrets" / name, read_only=True)
        return [*lines, *([f"mount -o remount,ro {root}"] if self.service.get("read_only") else [])]


def _users(root: Path) -> list[str]:
    """Return the shell commands that name the users of the images, which `useradd` does in Docker."""
    lines = []
    for name, uid in USERS.items():
        lines.append(f"grep -q ^{name}: {root}/etc/passwd || echo {name}:x:{uid}:{uid}::/: >> {root}/etc/passwd")
        lines.append(f"grep -q ^{name}: {root}/etc/group || echo {name}:x:{uid}: >> {root}/etc/group")
    return lines


def _bind(source: Path, target: Path, *, read_only: bool = False) -> list[str]:
    """Return the shell commands that mount a folder or file of this machine in the container."""
    made = f"mkdir -p {target}" if source.is_dir() else f"mkdir -p {target.parent}; : > {target}"
    return [made, f"mount --bind {source} {target}", *([f"mount -o remount,bind,ro {target}"] if read_only else [])]
