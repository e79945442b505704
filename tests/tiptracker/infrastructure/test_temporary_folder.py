"""Temporary files of a process that was killed are removed by the next one, and by nobody while it lives."""

import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from django.conf import settings

from tiptracker.infrastructure import temporary_folder

PROCESS = (
    "import tempfile; from tiptracker.infrastructure.temporary_folder import use_own_folder; use_own_folder();"
    "print(tempfile.mkdtemp(prefix='weasyprint-'), flush=True); input()"
)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """The folder for temporary files of this process and of those that it starts."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    temporary_folder._common_folder.cache_clear()
    yield tmp_path
    temporary_folder._common_folder.cache_clear()


@pytest.fixture
def other_process(folder):
    """Another process with temporary files; the path of one of them is its first line."""
    with subprocess.Popen(
        [sys.executable, "-c", PROCESS], cwd=settings.BASE_DIR, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        yield process
        process.kill()


def test_files_of_a_process_stay_while_it_lives_and_go_once_it_is_killed(folder, other_process):
    (folder / "of somebody else").mkdir()
    theirs = Path(other_process.stdout.readline().strip())
    ours = temporary_folder.use_own_folder()
    assert theirs.exists()

    other_process.kill()
    other_process.wait()

    assert (temporary_folder.remove_abandoned_folders(), theirs.exists(), ours.exists()) == (1, False, True)
    assert sorted(path.name for path in folder.iterdir()) == sorted([ours.name, "of somebody else"])


def test_a_process_that_ends_removes_its_own_folder(folder):
    ours = temporary_folder.use_own_folder()
    assert Path(tempfile.mkdtemp()).parent == ours

    temporary_folder.remove_own_folder()

    assert not ours.exists()
    assert tempfile.gettempdir() == str(folder)
