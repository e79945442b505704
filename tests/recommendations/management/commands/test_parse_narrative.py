"""The command on one file: once as a user runs it, and in this process, where no test of this module has a database."""

import io
import json
import os
import subprocess
import sys
from dataclasses import dataclass

import pytest
from django.conf import settings
from django.core.management import call_command

from tests.recommendations.importing.readers.sample_reports import (
    HTML_LISTS,
    html_report,
    pdf_report,
    word_bullets,
    word_report,
)
from tests.recommendations.importing.report_parser.sample_narratives import ITEMS, LAYOUTS, narrative

FILES = {
    "edition.txt": narrative(LAYOUTS["bullets in one paragraph, wrapped"](ITEMS)).encode(),
    "edition.html": html_report(HTML_LISTS["a list"](ITEMS)),
    "edition.pdf": pdf_report(HTML_LISTS["a list"](ITEMS)),
    "edition.docx": word_report(word_bullets(ITEMS)),
}


@dataclass
class Outcome:
    """How the command ended: its exit code, and what it printed."""

    code: int
    stdout: str
    stderr: str


@pytest.fixture
def run_command(tmp_path):
    def run(name, content, *arguments):
        (tmp_path / name).write_bytes(content)
        stdout, stderr, code = io.StringIO(), io.StringIO(), 0
        try:
            call_command("parse_narrative", tmp_path / name, *arguments, stdout=stdout, stderr=stderr)
        except SystemExit as ended:
            code = ended.code
        return Outcome(code, stdout.getvalue(), stderr.getvalue())

    return run


def expected_result():
    return {
        "tier": "2",
        "country": "LSO",
        "year": 2021,
        "recommendations": [{"number": number, "text": text, "doubt": ""} for number, text in enumerate(ITEMS, 1)],
        "introduction": "",
        "left_out": [],
        "doubts": [],
    }


def test_command_runs_without_a_database_and_without_settings(tmp_path):
    (tmp_path / "edition.pdf").write_bytes(FILES["edition.pdf"])
    nowhere = {"DATABASE_URL": "postgres://nobody@127.0.0.1:1/none", "PATH": os.environ["PATH"]}
    done = subprocess.run(
        [sys.executable, "manage.py", "parse_narrative", tmp_path / "edition.pdf", "--json"],
        cwd=settings.BASE_DIR, env=nowhere, capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == expected_result()


@pytest.mark.parametrize("name", FILES)
def test_command_prints_json(run_command, name):
    done = run_command(name, FILES[name], "--json")

    assert done.code == 0, done.stderr
    assert json.loads(done.stdout) == expected_result()


@pytest.mark.parametrize("country", ["LSO", "lso", "Lesotho", "Kingdom of Lesotho"])
def test_command_takes_a_country_by_its_code_or_its_name(run_command, country):
    assert run_command("edition.txt", FILES["edition.txt"], "--country", country).code == 0


def test_command_prints_what_is_doubtful(run_command):
    said = narrative(
        "The government should:\n\nTrain police. Fund shelters.\n\n346\n\nAmend the law.", before="LESOTHO"
    )

    assert run_command("edition.txt", said.encode()).stdout.splitlines() == [
        "LSO, year not known, Tier 2",
        (
            "  ? The narrative does not name the year of the report at its beginning. "
            "Check that it is from the right report."
        ),
        "  Before the list: The government should:",
        "  1. Train police. Fund shelters.",
        "  2. Amend the law.",
        "  Left out of the list: 346",
    ]


@pytest.mark.parametrize(
    ("content", "arguments", "sentence"),
    [
        (b"Nothing to see.", [], "We found no list of prioritized recommendations. Paste the list with its heading"),
        (
            FILES["edition.txt"],
            ["--country", "MWI"],
            "This narrative is about Lesotho, not about Malawi. Choose the narrative of Malawi.\n",
        ),
        (FILES["edition.txt"], ["--country", "malawi"], "This narrative is about Lesotho, not about Malawi."),
        (FILES["edition.txt"], ["--country", "XYZ"], "“XYZ” is not a country that we know. Give its code of"),
        (FILES["edition.txt"], ["--year", "2020"], "This narrative is from the 2021 report, not from the 2020 report."),
        (b"{\\rtf1", [], "“edition” is in Rich Text Format. Save it as .docx or plain text and choose it again."),
    ],
)
def test_command_refuses_in_a_sentence(run_command, content, arguments, sentence):
    done = run_command("edition", content, *arguments)

    assert (done.code, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert done.stderr.startswith(sentence)


def test_command_says_one_sentence_where_the_process_that_reads_failed(tmp_path, monkeypatch, caplog):
    (tmp_path / "edition.txt").write_bytes(FILES["edition.txt"])
    monkeypatch.setattr("sys.executable", "/bin/false")

    with pytest.raises(SystemExit) as ended:
        call_command("parse_narrative", tmp_path / "edition.txt", stderr=(told := io.StringIO()))

    assert ended.value.__cause__.code == "reader_failed"
    assert told.getvalue().strip() == str(ended.value.__cause__)
    assert caplog.text == ""


def test_command_refuses_a_file_that_is_not_there(tmp_path):
    with pytest.raises(SystemExit) as refused:
        call_command("parse_narrative", tmp_path / "none.txt", stderr=(told := io.StringIO()))

    assert (refused.value.code, refused.value.__cause__.code) == (2, "unreadable_file")
    assert (
        told.getvalue().strip()
        == f"“{tmp_path}/none.txt” can’t be opened (No such file or directory). Check its name, then try again."
    )
