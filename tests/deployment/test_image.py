"""The image serves its pages as the user it runs as, from a root that it can't write to.

Without a container engine: see `tests.deployment.container`. What is run is what the Dockerfile and docker-compose.yml
say.
"""

import gzip
import re
import stat
from pathlib import Path

import pytest

from tests.deployment.container import Container
from tests.deployment.production import serve
from tests.dialogues.sample_files import PDF
from tiptracker.web import error_pages

pytestmark = pytest.mark.container

# --- Files ------------------------------------------------------------------------------------------------------------


def test_its_user_may_read_every_file_and_write_none(production):
    kept = {stat.S_IMODE(path.stat().st_mode) for path in production.image.folder.rglob("*") if path.is_file()}
    folders = {
        stat.S_IMODE(path.stat().st_mode) for path in production.image.inside("/app").rglob("*") if path.is_dir()
    }

    assert {mode & 0o044 for mode in kept} == {0o044}
    assert {mode & 0o022 for mode in kept} == {0}
    assert {mode & 0o055 for mode in folders} == {0o055}
    assert production.image.inside("/opt/static/staticfiles.json").is_file()


WRITE_ATTEMPTS = """
    for folder in / /app /app/tiptracker /opt/static /etc /usr /run /var /tmp /var/lib/tiptracker /dev/shm; do
        if (: > $folder/tried) 2>/dev/null; then echo $folder; fi
    done
    grep -E "Cap|NoNew" /proc/self/status
    id -u
"""


def test_the_container_can_write_only_to_its_volume_and_memory(production):
    tried = production.container("web").run(["sh", "-c", WRITE_ATTEMPTS])

    words = tried.split()
    assert words[:3] == ["/tmp", "/var/lib/tiptracker", "/dev/shm"]  # noqa: S108 -- the container's
    assert words[-1] == "10001"
    assert set(re.findall(r"Cap\w+:\s+(\w+)", tried)) == {"0" * 16}
    assert re.search(r"NoNewPrivs:\s+1", tried)


# --- Pages ------------------------------------------------------------------------------------------------------------


def test_the_container_serves_pages_and_their_static_files(web):
    status, headers, body = web.get("/accounts/login/")
    page = body.decode()
    loaded = set(re.findall(r'(?:href|src)="(/static/[^"]+)"', page))
    fonts = {path for path in loaded if path.endswith(".woff2")}

    assert status == 200, web.container.log.read_text()
    assert headers["strict-transport-security"]
    assert len(loaded) >= 5
    for path in loaded:
        plain = web.get(path)
        assert plain[0] == 200
        if path not in fonts:
            packed = web.get(path, **{"Accept-Encoding": "gzip"})
            assert packed[0] == 200
            assert packed[1]["content-encoding"] == "gzip"
            assert gzip.decompress(packed[2]) == plain[2]
            assert web.get(path, **{"Accept-Encoding": "br"})[1]["content-encoding"] == "br"


def test_health_says_that_pages_can_be_served(web):
    assert web.get("/health/")[::2] == (200, b'{"status": "ok"}')


def test_an_unknown_address_gets_the_error_page_of_the_site(web):
    status, _, body = web.get("/nowhere/")

    assert status == 404
    assert b"Page not found" in body
    assert b"/static/css/site." in body


def test_without_static_files_health_says_so_and_every_error_page_is_shown(production):
    """As it was when they were collected for one user alone."""
    manifest = production.image.inside("/opt/static/staticfiles.json")
    manifest.chmod(0o600)
    try:
        web = serve(production, "unreadable")
        try:
            health, page, nowhere, program = map(web.get, ("/health/", "/accounts/login/", "/nowhere/", "/api/v1/no/"))
        finally:
            web.container.stop()
    finally:
        manifest.chmod(0o644)

    assert health[::2] == (503, b'{"status": "unavailable"}')
    assert page[0] == 500
    assert error_pages.SERVER_ERROR[0].encode() in page[2]
    assert nowhere[0] == 404
    assert error_pages.NOT_FOUND[0].encode() in nowhere[2]
    for answer in (page, nowhere):
        assert answer[1]["content-security-policy"] == error_pages.POLICY
    assert program[0] == 404


def test_a_file_is_cleaned_in_it_and_kept_for_its_user_alone(production):
    """The confined process that cleans it needs nothing that a container doesn't give."""
    script = (
        "import os, stat, sys, django; django.setup()\n"
        "from django.core.files.base import ContentFile\n"
        "from django.core.files.storage import default_storage as kept\n"
        "from dialogues.files.sanitizers.sanitizer_sandbox import sanitize_file_in_sandbox\n"
        "from tiptracker.sandbox.sandbox import Sandbox\n"
        "cleaned = sanitize_file_in_sandbox(bytes.fromhex(sys.argv[1]), '.pdf', run=Sandbox(1))\n"
        "name = kept.save('a.pdf', ContentFile(cleaned.content))\n"
        "print(cleaned.media_type, oct(stat.S_IMODE(os.stat(kept.path(name)).st_mode)))"
    )
    settings_of = {"DJANGO_SETTINGS_MODULE": "tiptracker.settings"}

    said = production.container("worker", **settings_of).run(["python", "-c", script, PDF.hex()])

    assert said.split() == ["application/pdf", "0o600"]


def test_the_command_that_brings_the_database_up_to_date_runs_in_it(production):
    migrate = production.container("migrate")

    assert "No migrations to apply" in migrate.run(migrate.service["command"])


# --- Jobs -------------------------------------------------------------------------------------------------------------


def test_the_workers_and_the_schedule_start_and_show_that_they_work(production):
    names = [name for name, service in production.services.items() if "celery" in service.get("command", [])]
    running = {name: production.container(name) for name in names}
    try:
        for name, container in running.items():
            container.start(production.folder / f"{name}.log")
        for name, container in running.items():
            if name == "beat":
                container.wait_for(lambda: list((production.folder / "kept").glob("beat-schedule*")))
            else:
                container.wait_for(lambda container=container: "ready." in container.log.read_text())
            container.wait_for(lambda container=container: has_watchdog_file(container))
    finally:
        for container in running.values():
            container.stop()

    assert {"worker", "beat"} <= set(names)


def has_watchdog_file(container: Container) -> bool:
    """Whether the file by which the watchdog knows is there, asked within the container."""
    checked = container.service["healthcheck"]["test"]
    path = checked[checked.index("--file") + 1]
    root = next(iter(container.descendants()), container.process.pid)
    return Path(f"/proc/{root}/root{path}").exists()
