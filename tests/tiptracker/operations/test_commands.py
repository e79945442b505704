"""What an administrator is shown to type exists in this kind of installation."""

import pytest
from django.conf import settings as django_settings

from tests.deployment.container import compose
from tests.deployment.production import COMPOSE_VARIABLES
from tests.deployment.systemd_units import UNITS
from tiptracker.operations import commands
from tiptracker.operations.commands import (
    disk_usage_commands,
    log_command,
    manage_command,
    restart_command,
    start_all_command,
    start_command,
    upgrade_command,
)

SERVICES = ("proxy", "web", "worker", "mail", "beat", "db", "redis")


def all_commands():
    return [
        *start_command("worker"),
        *restart_command("beat"),
        *start_all_command(),
        *log_command("worker"),
        *log_command("worker", word="prove_backup"),
        manage_command("backup", "/our backups"),
        upgrade_command(),
        *disk_usage_commands("/files"),
    ]


def test_with_docker_compose(settings):
    settings.OPERATED_BY = "compose"

    assert all_commands() == [
        "docker compose up --detach worker",
        "docker compose restart beat",
        "docker compose up --detach",
        "docker compose logs --tail 50 worker",
        "docker compose logs worker | grep prove_backup",
        "docker compose exec worker python manage.py backup '/our backups'",
        "docker compose run --rm migrate python manage.py upgrade",
        "docker compose exec web du --human-readable --max-depth 1 /files",
        "docker system df",
    ]


def test_with_systemd(settings):
    settings.OPERATED_BY = "systemd"

    assert all_commands() == [
        "systemctl restart tiptracker-worker",
        "systemctl restart tiptracker-beat",
        "systemctl restart tiptracker.target",
        "journalctl --unit tiptracker-worker --lines 50",
        "journalctl --unit tiptracker-worker --grep prove_backup",
        "deploy/systemd/manage backup '/our backups'",
        "systemctl restart tiptracker.target",
        "du --human-readable --max-depth 1 /files",
    ]
    assert log_command("db") == ("tail --lines 50 /var/log/postgresql/*.log",)
    assert restart_command("redis") == ("systemctl restart redis-server",)


def test_of_another_installation_only_commands_of_the_application_are_known(settings):
    settings.OPERATED_BY = ""

    assert all_commands() == ["manage.py backup '/our backups'", "manage.py upgrade"]


@pytest.mark.parametrize("service", SERVICES)
def test_every_service_has_this_name_in_both(settings, service):
    assert service in compose(**COMPOSE_VARIABLES)

    settings.OPERATED_BY = "systemd"
    unit = restart_command(service)[0].split()[-1]
    from_debian = {"postgresql", "redis-server"}
    assert unit in from_debian or (UNITS / f"{unit}.service").is_file()
    assert set(commands.SYSTEMD_UNITS) <= set(SERVICES)


def test_the_script_that_runs_commands_with_systemd_is_there():
    assert (django_settings.BASE_DIR / "deploy" / "systemd" / "manage").is_file()
