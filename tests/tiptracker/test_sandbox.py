"""A process that opens a file starts with what it needs, because people wait for it."""

import errno
import os
import subprocess
import sys

import pytest
from django.conf import settings

from tests.dialogues.sample_files import PDF
from tiptracker.sandbox.process import run_process

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


@pytest.mark.parametrize("module", MODULES)
def test_a_process_that_the_kernel_does_not_let_limit_itself_opens_nothing(module):
    """As where a filter refuses the system call: this process may have no more memory than it is given."""
    done = subprocess.run(
        ["prlimit", "--as=536870912:536870912", sys.executable, "-B", "-m", module, ".pdf", "1"],
        cwd=settings.BASE_DIR,
        env={},
        input=PDF,
        capture_output=True,
        check=False,
    )

    assert done.returncode != 0
    assert done.stdout == b""
    assert b"limit" in done.stderr


def test_without_pidfd_open_no_file_is_opened_and_the_process_ends(monkeypatch, tmp_path):
    """As on a kernel older than Linux 5.3."""
    started = []
    popen = subprocess.Popen

    def start(*arguments, **options):
        started.append(popen(*arguments, **options))
        return started[-1]

    def refuse(_):
        raise OSError(errno.ENOSYS, os.strerror(errno.ENOSYS))

    monkeypatch.setattr(subprocess, "Popen", start)
    monkeypatch.setattr(os, "pidfd_open", refuse)
    with pytest.raises(OSError, match="not implemented"):
        run_process(["cat"], b"a text", folder=tmp_path, timeout_seconds=5, max_answer_bytes=100)

    assert started[0].wait(5) != 0
