"""The same facts give the same bytes, on any database and in another process."""

import os
import subprocess
import sys

import pytest
from django.conf import settings
from django.core.management import call_command

from tests.exercise import load_exercise
from tests.migrated_database import copy_migrated_database
from tests.row_cache import load_cached

OPTIONS_BY_DOCUMENT = {
    "ambassador": {},
    "ministry": {"ministry": "Police and Public Safety"},
    "dialogue": {"dialogue": "2021-11-08"},
    "washington": {},
    "washington-without-sources": {"without_sources": True},
    "answers": {},
}


def issue_documents(folder) -> None:
    """Write a document of each kind to a folder."""
    for name, picked in OPTIONS_BY_DOCUMENT.items():
        call_command(
            "issue_briefing",
            "LSO",
            "2021",
            kind=name.split("-")[0],
            as_of="2022-01-28",
            output=f"{folder}/{name}.pdf",
            verbosity=0,
            **picked,
        )


def issue_documents_in_another_process(folder) -> None:
    """Write them in another process: an empty database into which the record is loaded."""
    copy_migrated_database(folder / "record.sqlite3")
    script = (
        "import django; django.setup()\n"
        "from django.core.management import call_command\n"
        "call_command('load_lesotho', '--exercise', verbosity=0)\n"
        "from tests.reports.briefings.test_reproducible_documents import issue_documents\n"
        f"issue_documents({str(folder)!r})\n"
    )
    environment = os.environ | {
        "DATABASE_URL": f"sqlite:///{folder}/record.sqlite3",
        "DEMONSTRATION": "true",
        "DEMO_CLOCK": settings.DEMO_CLOCK,
        "PYTHONHASHSEED": "1",
    }
    subprocess.run([sys.executable, "-c", script], env=environment, cwd=settings.BASE_DIR, check=True)


@pytest.mark.django_db
@pytest.mark.long
def test_the_same_facts_give_the_same_bytes_on_any_database_and_in_any_process(tmp_path):
    here, there = tmp_path / "here", tmp_path / "there"
    here.mkdir()
    there.mkdir()
    load_cached(load_exercise, verbosity=0)

    issue_documents(here)
    issue_documents_in_another_process(there)

    files = {name: (here / f"{name}.pdf").read_bytes() for name in OPTIONS_BY_DOCUMENT}
    assert len(set(files.values())) == len(OPTIONS_BY_DOCUMENT)
    assert [name for name in OPTIONS_BY_DOCUMENT if files[name] != (there / f"{name}.pdf").read_bytes()] == []
