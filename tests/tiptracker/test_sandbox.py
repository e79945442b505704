"""A process that opens a file starts with what it needs, because people wait for it."""

import subprocess
import sys

import pytest
from django.conf import settings

MODULES = sorted(
    ".".join(path.parent.relative_to(settings.BASE_DIR).parts)
    for app in ("tiptracker", "recommendations", "dialogues", "reports")
    for path in (settings.BASE_DIR / app).rglob("__main__.py")
)


@pytest.mark.parametrize("module", MODULES)
def test_a_process_that_opens_a_file_loads_no_settings_and_no_celery(module):
    done = subprocess.run(
        [sys.executable, "-B", "-X", "importtime", "-m", module, ".txt"],
        cwd=settings.BASE_DIR,
        env={},
        input=b"a text",
        capture_output=True,
        check=False,
    )
    lines = done.stderr.decode().splitlines()
    loaded = {line.rpartition("|")[2].strip() for line in lines if line.startswith("import time:")}

    assert {module, "tiptracker"} <= loaded
    assert not {"celery", "tiptracker.settings"} & loaded
