"""All papers together: the same bytes each time, and a failure where a named test did not pass."""

import re
import sys

import pytest

from tests.papers import write
from tests.papers.checkout import read_checkout
from tests.papers.results import Outcome, Results, named_tests

NAMED = {each: Outcome.PASSED for test in write.named_in_papers() for each in named_tests(test)}


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """The folder of a command that writes one small paper."""
    monkeypatch.setattr(write, "BASE_DIR", tmp_path)
    monkeypatch.setattr(write, "FOLDER", tmp_path / "papers")
    monkeypatch.setattr(write, "write_papers", lambda checkout, results, contact: {"paper.md": contact})
    return tmp_path / "papers"


def run(monkeypatch, *arguments, results=None):
    monkeypatch.setattr(sys, "argv", ["write", *arguments, *(["--results", "results.json"] if results else [])])
    if results:
        monkeypatch.setattr(write, "read_results", lambda path, checkout: results)
    return write.main()


def test_papers_of_one_commit_have_the_same_bytes_and_its_day(checkout):
    papers = write.write_papers(checkout, Results())

    assert set(papers) == {"README.md", *write.CONTENTS}
    assert papers == write.write_papers(checkout, Results())
    assert [name for name, text in papers.items() if not re.search("2026-11-30|30 November 2026", text)] == []


def test_the_command_writes_a_new_folder(folder, monkeypatch, capsys):
    folder.mkdir()
    (folder / "old.md").write_text("old")

    assert run(monkeypatch, "--contact", "acr@example.org") == 0
    assert {path.name: path.read_text() for path in folder.iterdir()} == {"paper.md": "acr@example.org"}
    assert "No run of the suite was given." in capsys.readouterr().out


@pytest.mark.usefixtures("folder")
def test_the_command_fails_where_a_named_test_did_not_pass(monkeypatch, capsys):
    assert run(monkeypatch, results=Results(NAMED)) == 0
    assert "Every test that they name passed." in capsys.readouterr().out

    name = min(write.named_in_papers())
    failed = NAMED | dict.fromkeys(named_tests(name), Outcome.FAILED)
    assert run(monkeypatch, results=Results(failed)) == 1
    assert f"{name}: FAILED" in capsys.readouterr().out


def test_the_command_refuses_results_that_are_missing(folder, monkeypatch, capsys, tmp_path):
    assert run(monkeypatch, "--results", str(tmp_path / "nothing.json")) == 1
    assert "papers: FAILED." in capsys.readouterr().out
    assert not folder.exists()


def test_the_commit_of_this_checkout_is_read():
    found = read_checkout()

    assert len(found.commit) == 40
    assert found.version == "0.1.0"
    assert found.make_uuid("one") == found.make_uuid("one") != found.make_uuid("two")
