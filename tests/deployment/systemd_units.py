"""The services of deploy/systemd without systemd: their commands, users and writable folders, in a container."""

import shlex
import shutil
from pathlib import Path

from dotenv import dotenv_values

from tests.deployment.container import BASE_DIR, VENV, Container, Image, Stage

UNITS = BASE_DIR / "deploy" / "systemd"
DROP_IN = UNITS / "tiptracker-.service.d" / "confined.conf"
APPLICATION_UNITS = sorted(path.name for path in UNITS.glob("tiptracker-*.service"))


def read_unit(*paths: Path) -> dict[str, list[str]]:
    """Return the values of each setting of a unit and its drop-ins, in order, whatever the section."""
    values: dict[str, list[str]] = {}
    for path in paths:
        for line in path.read_text().replace("\\\n", " ").splitlines():
            name, equals, value = line.partition("=")
            if equals and not line.startswith(("#", " ")):
                values.setdefault(name, []).append(value)
    return values


def unit_command(name: str) -> list[str]:
    """Return the command of a unit, as the program gets it."""
    (command,) = read_unit(UNITS / name)["ExecStart"]
    return [word.replace("%%", "%") for word in shlex.split(command)]


def lay_out_machine(image: Image, folder: Path) -> Image:
    """Return a Debian tree with the repository in /opt/tiptracker, as docs/operating.md says to install it.

    `image` has the same files, where the Dockerfile puts them.
    """
    unit = read_unit(DROP_IN)
    environment = " ".join(unit["Environment"])
    stage = Stage([("ENV", environment), ("WORKDIR", unit["WorkingDirectory"][0]), ("USER", unit["User"][0])])
    machine = Image(stage, folder)
    top = machine.inside("/opt/tiptracker")
    shutil.copytree(image.inside("/app"), top)
    shutil.copytree(image.inside("/opt/static"), top / "var" / "static")
    shutil.copytree(BASE_DIR / "deploy", top / "deploy")
    (top / ".venv").symlink_to(VENV)
    machine.inside("/etc/tiptracker/tls").mkdir(parents=True)
    for path in (folder, *folder.rglob("*")):
        if not path.is_symlink() and path.is_dir():
            path.chmod(0o755)
    return machine


def run_unit(machine: Image, name: str, state: Path, replaced: dict[str, str]) -> Container:
    """Return a container that runs as a unit says: its user, variables and folders.

    `replaced` are texts of its variables, each with what stands in its place on this machine.
    """
    unit = read_unit(UNITS / name, DROP_IN)
    environment: dict[str, str] = {}
    for file in unit["EnvironmentFile"]:
        environment |= {key: value or "" for key, value in dotenv_values(machine.inside(file)).items()}
    for old, new in replaced.items():
        environment = {key: value.replace(old, new) for key, value in environment.items()}
    writable = f"state:/var/lib/{unit['StateDirectory'][0]}"
    service = {"command": unit_command(name), "read_only": True, "tmpfs": ["/tmp"], "volumes": [writable]}  # noqa: S108
    return Container(machine, service, environment, {"state": state})
