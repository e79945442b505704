"""The services without containers: valid, confined, the same commands as in docker-compose.yml, and they start."""

import os
import re
import shutil
import subprocess
from contextlib import ExitStack
from pathlib import Path

import pytest
from django.conf import settings

from tests.certificates import make_certificate
from tests.deployment.container import BASE_DIR, Container, Image, Stage, compose, dockerfile
from tests.deployment.form_browser import FormBrowser
from tests.deployment.own_postgres import create_database, run_postgres, set_up_roles
from tests.deployment.production import COMPOSE_VARIABLES
from tests.deployment.proxy import HOST_NAME
from tests.deployment.systemd_units import (
    APPLICATION_UNITS,
    DROP_IN,
    UNITS,
    lay_out_machine,
    read_unit,
    run_unit,
    unit_command,
)
from tests.dialogues.sample_files import PDF
from tests.running_server import free_port
from tests.smtp_server import mail_server

PROXY_UNIT = "nginx-tiptracker.service"
WORST_EXPOSURE = 15
"""Tenths on the scale of `systemd-analyze security`, on which 100 is a service that may do everything."""


@pytest.fixture(scope="module")
def units(tmp_path_factory) -> Path:
    """A root with the services and with something at each path that they start, for systemd-analyze."""
    if not shutil.which("systemd-analyze"):
        missing = pytest.fail if os.environ.get("CONTAINERS") == "required" else pytest.skip
        missing("there is no systemd-analyze here: apt-get install systemd")
    root = tmp_path_factory.mktemp("units")
    own = root / "etc" / "systemd" / "system"
    shutil.copytree(UNITS, own)
    shutil.copytree("/usr/lib/systemd/system", root / "usr" / "lib" / "systemd" / "system", symlinks=True)
    for path in ("opt/tiptracker/.venv/bin/python", "usr/sbin/nginx", "bin/kill"):
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).touch(mode=0o755)
    return root


def test_systemd_finds_no_fault_in_the_services(units):
    names = [*APPLICATION_UNITS, PROXY_UNIT, "tiptracker.target"]
    checked = subprocess.run(
        ["systemd-analyze", "verify", f"--root={units}", "--man=no", "--recursive-errors=no", *names],
        cwd=units / "etc" / "systemd" / "system", capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert checked.returncode == 0, checked.stderr
    assert [line for line in checked.stderr.splitlines() if "tiptracker" in line] == []


@pytest.mark.parametrize("name", [*APPLICATION_UNITS, PROXY_UNIT])
def test_a_service_may_do_little(units, name):
    checked = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", f"--root={units}", f"--threshold={WORST_EXPOSURE}", name],
        capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert checked.returncode == 0, checked.stdout[-3000:] + checked.stderr


def test_every_service_is_started_by_the_target():
    wanted = read_unit(UNITS / "tiptracker.target")["Wants"][0].split()

    assert sorted([*wanted, "tiptracker-migrate.service"]) == sorted([*APPLICATION_UNITS, PROXY_UNIT])
    for name in set(APPLICATION_UNITS) - {"tiptracker-migrate.service"}:
        assert read_unit(UNITS / name)["Requires"] == ["tiptracker-migrate.service"]


@pytest.mark.parametrize("name", ["migrate", "web", "worker", "mail", "beat"])
def test_a_service_runs_the_command_of_docker_compose_yml(name):
    service = compose(**COMPOSE_VARIABLES)[name]
    python, *rest = unit_command(f"tiptracker-{name}.service")
    stage = dockerfile()[""]

    assert [python, *rest] == [
        "/opt/tiptracker/.venv/bin/python", *list(service.get("command") or stage.command)[1:]
    ]  # fmt: skip
    unit = read_unit(UNITS / f"tiptracker-{name}.service")
    if grace := service.get("stop_grace_period"):
        assert unit["TimeoutStopSec"] == [grace.removesuffix("s")]


def test_only_the_migration_gets_the_owners_password():
    readers = {
        name for name in APPLICATION_UNITS if "/etc/tiptracker/owner" in read_unit(UNITS / name)["EnvironmentFile"]
    }

    assert readers == {"tiptracker-migrate.service"}
    assert read_unit(UNITS / "tiptracker-migrate.service")["EnvironmentFile"][-1] == "/etc/tiptracker/owner"
    assert "EnvironmentFile" not in read_unit(DROP_IN)


OTHER_LINES = {
    "error_log stderr crit;",
    "access_log syslog:server=unix:/dev/log,nohostname,tag=tiptracker_proxy path;",
    "ssl_certificate /etc/tiptracker/tls/certificate.pem;",
    "ssl_certificate_key /etc/tiptracker/tls/key.pem;",
    "listen 80 default_server;",
    "listen [::]:80 default_server;",
    "listen 443 ssl default_server;",
    "listen [::]:443 ssl default_server;",
    "set $application http://127.0.0.1:8000;",
    "alias /opt/tiptracker/deploy/proxy/errors/;",
    "include /opt/tiptracker/deploy/proxy/error_headers.conf;",
}
LINES_OF_CONTAINERS = 10
"""Lines of the containers' configuration that stand in the place of these, and the resolver of Docker."""


def directives(path: Path) -> list[str]:
    return [line.strip() for line in path.read_text().splitlines() if line.strip() and not line.strip().startswith("#")]


def test_both_proxies_differ_in_paths_and_ports_alone():
    here, in_container = (
        directives(BASE_DIR / "deploy" / name) for name in ("nginx/tiptracker.conf", "proxy/nginx.conf")
    )

    assert set(here) - set(in_container) == OTHER_LINES
    assert len(set(in_container) - set(here)) == LINES_OF_CONTAINERS
    assert [line for line in here if line in in_container] == [line for line in in_container if line in here]


# --- Started ----------------------------------------------------------------------------------------------------------

SANDBOX_SCRIPT = (
    "import sys, django; django.setup()\n"
    "from dialogues.files.sanitizers.sanitizer_sandbox import sanitize_file_in_sandbox\n"
    "from tiptracker.sandbox.sandbox import Sandbox\n"
    "print(sanitize_file_in_sandbox(bytes.fromhex(sys.argv[1]), '.pdf', run=Sandbox(1)).media_type)"
)


@pytest.mark.container
def test_the_services_start_and_serve_pages_through_the_proxy(image, tmp_path):
    with ExitStack() as stack:
        machine = lay_out_machine(image, tmp_path / "machine")
        server = stack.enter_context(run_postgres())
        mail = stack.enter_context(mail_server())
        web_port = free_port()
        _configure(machine, mail.port)
        owner = dict(line.split("=", 1) for line in _lines(machine.inside("/etc/tiptracker/owner")))
        create_database(server)
        set_up_roles(server, owner["DATABASE_OWNER_PASSWORD"], owner["DATABASE_PASSWORD"])
        replaced = {
            "@127.0.0.1:5432": f"@127.0.0.1:{server['port']}",
            "redis://127.0.0.1:6379/0": settings.REDIS_URL,
        }
        running = {}
        for unit in ("migrate", "web", "worker", "mail", "beat"):
            container = run_unit(machine, f"tiptracker-{unit}.service", tmp_path / "state", replaced)
            if unit == "migrate":
                assert "Applying" in (said := container.run(container.service["command"])) or "No migrations" in said
                continue
            container.environment["GRANIAN_PORT"] = str(web_port)
            instead = {":8000/": f":{web_port}/"} if unit == "web" else {}
            container.start(tmp_path / f"{unit}.log", instead=instead)
            stack.callback(container.stop)
            running[unit] = container
        proxy, https_port = _start_proxy(machine, tmp_path, web_port)
        stack.callback(proxy.stop)
        browser = FormBrowser(HOST_NAME, https_port)
        running["web"].wait_for(lambda: _answers(browser))

        tool = run_unit(machine, "tiptracker-web.service", tmp_path / "state", replaced)
        invited = tool.run([".venv/bin/python", "manage.py", "invite_administrator", "first@example.gov", "First"])
        sent = tool.run([".venv/bin/python", "manage.py", "send_test_mail", "you@example.gov"])
        tool.environment["DJANGO_SETTINGS_MODULE"] = "tiptracker.settings"
        cleaned = tool.run([".venv/bin/python", "-c", SANDBOX_SCRIPT, PDF.hex()])
        checked = tool.run([".venv/bin/python", "manage.py", "check", "--deploy", "--fail-level", "WARNING"])
        browser.open(re.search(r"https://\S+", invited)[0])
        for name in ("worker", "mail", "beat"):
            running[name].wait_for(lambda container=running[name]: _shows_that_it_works(container))

    assert 'name="password"' in browser.text
    assert "Sent." in sent
    assert cleaned.split() == ["application/pdf"]
    assert "no issues" in checked


def _configure(machine: Image, mail_port: int) -> None:
    """Write the settings, as root on the machine."""
    folder = machine.inside("/etc/tiptracker")
    make_certificate(folder / "tls", name=HOST_NAME)
    service = {"user": "0", "cap_add": ["CHOWN", "DAC_OVERRIDE"], "volumes": ["..:/etc/tiptracker"]}
    root = Container(machine, service, {}, {"..": folder})
    given = [f"ALLOWED_HOSTS={HOST_NAME}", "EMAIL_HOST=127.0.0.1", f"EMAIL_PORT={mail_port}", "EMAIL_USE_TLS=false"]
    root.run([".venv/bin/python", "manage.py", "configure", "--systemd", "--non-interactive", *given])


def _lines(path: Path) -> list[str]:
    return [line for line in path.read_text().splitlines() if not line.startswith("#")]


def _start_proxy(machine: Image, folder: Path, web_port: int) -> tuple[Container, int]:
    """Start nginx with the configuration of the machine, on other ports."""
    plain, tls = free_port(), free_port()
    path = machine.inside("/opt/tiptracker/deploy/nginx/tiptracker.conf")
    changed = path.read_text()
    for old, new in (
        ("listen 80 ", f"listen 127.0.0.1:{plain} "),
        ("listen [::]:80 default_server;", ""),
        ("listen 443 ", f"listen 127.0.0.1:{tls} "),
        ("listen [::]:443 ssl default_server;", ""),
        ("127.0.0.1:8000", f"127.0.0.1:{web_port}"),
    ):
        assert changed.count(old) == 1, old
        changed = changed.replace(old, new)
    path.write_text(changed)
    service = {"command": unit_command(PROXY_UNIT), "read_only": True, "tmpfs": ["/tmp"]}  # noqa: S108
    proxy = Container(Image(Stage([("USER", "www-data")]), machine.folder), service)
    proxy.start(folder / "nginx.log")
    return proxy, tls


def _answers(browser: FormBrowser) -> bool:
    try:
        browser.open("/health/")
    except (OSError, AssertionError):
        return False
    return browser.status == 200


def _shows_that_it_works(container: Container) -> bool:
    return any(Path(f"/proc/{pid}/root/tmp/alive").exists() for pid in container.descendants())
