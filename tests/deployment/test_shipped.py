"""What is shipped beside the code fits it: variables, limits, pages of the proxy, bounds of the containers."""

import ast
import re
from http import HTTPStatus

import pytest
import yaml
from django.conf import settings

from tests.deployment.container import compose, dockerfile
from tests.deployment.production import COMPOSE_VARIABLES
from tiptracker import asgi, environment
from tiptracker.environment import MAY_BE_SET, REQUIRED, SECTIONS
from tiptracker.web import error_pages

TOP = settings.BASE_DIR
SERVICES = compose(**COMPOSE_VARIABLES)
OWN_SERVICES = {name: service for name, service in SERVICES.items() if service["image"].startswith("tiptracker:")}
NGINX_CONF = (TOP / "deploy" / "proxy" / "nginx.conf").read_text()

# --- Variables --------------------------------------------------------------------------------------------------------

NOT_FOR_CONTAINERS = {
    "DEMONSTRATION": "production refuses to start with it",
    "DEMO_CLOCK": "belongs to the demonstration",
    "SECOND_FACTOR_REQUIRED": "production refuses to start without a second factor",
    "MEDIA_ROOT": "lies on the volume, below VAR_DIR",
}
"""Variables that make no sense in a container of ours, each with the reason."""
PYTHON_VARIABLES = {"PATH", "PYTHONDONTWRITEBYTECODE", "PYTHONUNBUFFERED"}


def variables_of_settings():
    """The names of the variables that the settings read: X of each `env.X.read()`, and those read as a group."""
    yield from (variable.name for variable in environment.FILES_S3_OPTIONS.values())
    for call in ast.walk(ast.parse((TOP / "tiptracker" / "settings.py").read_text())):
        if isinstance(call, ast.Call) and (read := re.fullmatch(r"env\.([A-Z0-9_]+)\.read", ast.unparse(call.func))):
            yield read[1]


def test_every_variable_that_is_read_reaches_the_containers():
    read = set(variables_of_settings())
    in_image = set(dockerfile()[""].environment)

    assert {"SECRET_KEY", "LOG_LEVEL", "EMAIL_HOST"} <= read
    for name, service in OWN_SERVICES.items():
        given = set(service["environment"])
        assert read - given - in_image - set(NOT_FOR_CONTAINERS) == set(), name
        assert set(NOT_FOR_CONTAINERS) & given == set(), name
        assert given - read == set(), f"{name}: nobody reads these"


def test_settings_md_lists_exactly_the_variables_that_operators_may_set():
    told = {variable.name for section in (REQUIRED, *MAY_BE_SET) for variable in section.variables}
    may_be_set = {name for name, value in OWN_SERVICES["web"]["environment"].items() if value is None}
    may_be_set |= set(re.findall(r"\$\{(\w+)", (TOP / "docker-compose.yml").read_text()))

    assert told == may_be_set


def test_every_variable_of_what_is_shipped_is_declared():
    script = (TOP / "deploy" / "postgres" / "roles.sh").read_text()
    named = set(re.findall(r"\$\{?([A-Z][A-Z_]+)|\\getenv \w+ ([A-Z_]+)", script))
    named = {name for pair in named for name in pair if name}
    for service in SERVICES.values():
        named |= set(service.get("environment", {}))
    for stage in dockerfile().values():
        named |= set(stage.environment) - PYTHON_VARIABLES

    assert {"DATABASE_PASSWORD", "POSTGRES_USER", "REDISCLI_AUTH", "GRANIAN_PORT"} <= named
    assert named - {variable.name for section in SECTIONS for variable in section.variables} == set()


# --- Bounds -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", SERVICES)
def test_every_container_has_a_version_and_a_log_with_an_end(name):
    service = SERVICES[name]

    assert re.fullmatch(r"[\w./-]+:(?!latest)[\w.-]+", service["image"])
    assert service["logging"]["driver"] == "json-file"
    assert set(service["logging"]["options"]) == {"max-size", "max-file"}


def test_every_image_is_made_from_a_version():
    named = [line for stage in dockerfile().values() for line in stage.of("FROM")]

    assert named
    assert [line for line in named if not re.match(r"[\w./-]+:(?!latest)[\w.-]+( |$)", line)] == []


@pytest.mark.parametrize("name", [*OWN_SERVICES, "proxy"])
def test_our_containers_write_only_to_bounded_memory_and_have_no_privileges(name):
    service = SERVICES[name]

    assert service["read_only"]
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    (in_memory,) = service["tmpfs"]
    assert re.fullmatch(r"/tmp:size=\d+m,mode=1777", in_memory)  # noqa: S108 -- the container's own
    assert "docker.sock" not in yaml.safe_dump(service)


@pytest.mark.parametrize("name", sorted(set(OWN_SERVICES) - {"migrate"}))
def test_a_hanging_process_is_ended_and_started_again(name):
    """An engine starts again what has ended; the watchdog ends what hangs, by the same check as the engine's."""
    service = SERVICES[name]
    command = service.get("command") or dockerfile()[""].command
    checked = service["healthcheck"]["test"]

    assert service["restart"] == "unless-stopped"
    assert command[:2] == checked[1:3] == ["python", "tiptracker/infrastructure/watchdog.py"]
    assert command[2 : command.index("--")] == checked[3:-1]
    assert checked[-1] == "--once"


def test_the_proxy_alone_is_reached_from_outside():
    assert [name for name, service in SERVICES.items() if service.get("ports")] == ["proxy"]
    assert set(SERVICES["proxy"]["networks"]) & set(SERVICES["db"]["networks"]) == set()
    assert set(SERVICES["proxy"]["networks"]) & set(SERVICES["redis"]["networks"]) == set()


# --- The proxy --------------------------------------------------------------------------------------------------------


def proxy_directive(directive):
    return re.search(rf"(?m)^\s*{directive} (.+);$", NGINX_CONF)[1]


def test_the_proxy_lets_through_as_much_as_the_application_takes():
    assert int(proxy_directive("client_max_body_size").removesuffix("m")) * 1024**2 == asgi.application.max_bytes


def test_the_proxy_gives_up_a_slow_body_before_the_application_would():
    assert int(proxy_directive("client_body_timeout").removesuffix("s")) < asgi.INITIAL_BODY_SECONDS
    assert proxy_directive("proxy_request_buffering") == "on"


@pytest.mark.parametrize("name", error_pages.PROXY_PAGES)
def test_the_proxys_pages_are_the_applications_own(name):
    page = (TOP / "deploy" / "proxy" / "errors" / f"{name}.html").read_text()

    assert page == error_pages.render_html(*error_pages.PROXY_PAGES[name])
    assert HTTPStatus(int(name))


def test_the_proxys_pages_have_the_policy_of_the_applications_own():
    assert error_pages.POLICY in (TOP / "deploy" / "proxy" / "error_headers.conf").read_text()
