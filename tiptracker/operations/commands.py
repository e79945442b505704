"""The commands that a next step of the status shows, as they are typed in this kind of installation (OPERATED_BY).

Commands of Docker Compose are typed in the folder of docker-compose.yml, those of systemd in that of the repository.
Where neither starts the services, a function that returns a tuple returns an empty one: the sentence beside it names
the service.
"""

from shlex import quote

from django.conf import settings

COMPOSE, SYSTEMD = "compose", "systemd"
SYSTEMD_UNITS = {"proxy": "nginx-tiptracker", "db": "postgresql", "redis": "redis-server"}
"""Units by service, if they are not called tiptracker-SERVICE."""
SYSTEMD_LOG_FILES = {"db": "/var/log/postgresql/*.log", "redis": "/var/log/redis/*.log"}
"""The logs of services that Debian lets write files."""


def start_command(service: str) -> tuple[str, ...]:
    """Return the command that starts a service of docker-compose.yml, or its counterpart without containers."""
    if settings.OPERATED_BY == COMPOSE:
        return (f"docker compose up --detach {service}",)
    return restart_command(service)


def restart_command(service: str) -> tuple[str, ...]:
    """Return the command that ends a service, if it runs, and starts it."""
    if settings.OPERATED_BY == COMPOSE:
        return (f"docker compose restart {service}",)
    return (f"systemctl restart {_unit(service)}",) if settings.OPERATED_BY == SYSTEMD else ()


def start_all_command() -> tuple[str, ...]:
    """Return the command that starts every service with the settings as they are now."""
    if settings.OPERATED_BY == COMPOSE:
        return ("docker compose up --detach",)
    return ("systemctl restart tiptracker.target",) if settings.OPERATED_BY == SYSTEMD else ()


def log_command(service: str, *, word: str = "") -> tuple[str, ...]:
    """Return the command that shows the end of a service's log, or all its lines that contain a word."""
    if settings.OPERATED_BY == COMPOSE:
        log = "docker compose logs"
        return (f"{log} {service} | grep {quote(word)}" if word else f"{log} --tail 50 {service}",)
    if settings.OPERATED_BY != SYSTEMD:
        return ()
    if files := SYSTEMD_LOG_FILES.get(service):
        return (f"grep {quote(word)} {files}" if word else f"tail --lines 50 {files}",)
    return (f"journalctl --unit {_unit(service)} {f'--grep {quote(word)}' if word else '--lines 50'}",)


def manage_command(*words: str, service: str = "worker") -> str:
    """Return a command of manage.py, which runs in a container of a service."""
    typed = " ".join(map(quote, words))
    if settings.OPERATED_BY == COMPOSE:
        return f"docker compose exec {service} python manage.py {typed}"
    return f"deploy/systemd/manage {typed}" if settings.OPERATED_BY == SYSTEMD else f"manage.py {typed}"


def upgrade_command() -> str:
    """Return the command that applies missing migrations as the role that owns the tables."""
    if settings.OPERATED_BY == COMPOSE:
        return "docker compose run --rm migrate python manage.py upgrade"
    return "systemctl restart tiptracker.target" if settings.OPERATED_BY == SYSTEMD else manage_command("upgrade")


def disk_usage_commands(folder: str) -> tuple[str, ...]:
    """Return the commands that show what takes the space of the disk on which the application sees a folder."""
    usage = f"du --human-readable --max-depth 1 {quote(folder)}"
    if settings.OPERATED_BY == COMPOSE:
        return (f"docker compose exec web {usage}", "docker system df")
    return (usage,) if settings.OPERATED_BY == SYSTEMD else ()


def _unit(service: str) -> str:
    return SYSTEMD_UNITS.get(service, f"tiptracker-{service}")
