"""Which tests passed: a run of the suite writes it with RESULTS=FILE, and the papers read it.

A test with parameters is one test here: it passed if it passed with some of them and failed with none.
"""

import ast
import functools
import json
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import pytest

from tests.papers.checkout import BASE_DIR, Checkout, read_checkout


class Outcome(StrEnum):
    """What a run says of a test."""

    FAILED = "failed"
    PASSED = "passed"
    SKIPPED = "skipped"


class ResultRecorder:
    """A plugin of pytest that writes the outcome of each test to a file at the end of a run."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.checkout = read_checkout()
        self.outcomes: dict[str, Outcome] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note a failure at any time, and success of the test itself."""
        name = report.nodeid.partition("[")[0]
        if report.failed:
            self.outcomes[name] = Outcome.FAILED
        elif report.skipped:
            self.outcomes.setdefault(name, Outcome.SKIPPED)
        elif report.when == "call" and self.outcomes.get(name) != Outcome.FAILED:
            self.outcomes[name] = Outcome.PASSED

    def pytest_sessionfinish(self) -> None:
        """Write the file."""
        content = {
            "commit": self.checkout.commit,
            "is_changed": self.checkout.is_changed,
            "tests": dict(sorted(self.outcomes.items())),
        }
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.path.write_text(json.dumps(content, indent=1) + "\n")


@functools.cache
def list_tests(path: str) -> tuple[str, ...]:
    """Return the tests of a file as pytest names them, without parameters. Empty if there is no such file."""
    file = BASE_DIR / path
    if not file.is_file():
        return ()
    return tuple(
        f"{path}::{node.name}"
        for node in ast.parse(file.read_text()).body
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    )


def named_tests(name: str) -> tuple[str, ...]:
    """Return the tests that a name of a paper stands for: one test, or all of a file. Empty if there are none."""
    path, _, test = name.partition("::")
    tests = list_tests(path)
    return tuple(each for each in tests if each == name) if test else tests


@dataclass(frozen=True)
class Results:
    """What a run says of the tests that the papers name. Without a run, `outcomes` is None."""

    outcomes: dict[str, Outcome] | None = None

    def describe(self, name: str) -> str:
        """Return in words what is known of a named test, or of all tests of a named file."""
        if self.outcomes is None:
            return "exists; not run for this paper"
        found = {self.outcomes.get(test) for test in named_tests(name)}
        if Outcome.FAILED in found:
            return "FAILED"
        if found == {Outcome.PASSED}:
            return "passed"
        return "passed in part" if Outcome.PASSED in found else "not run"

    def missing(self, names: set[str]) -> list[str]:
        """Return the named tests that did not run and pass, sorted. Empty without a run."""
        return [name for name in sorted(names) if self.outcomes is not None and self.describe(name) != "passed"]


def read_results(path: Path, checkout: Checkout) -> Results:
    """Read what a run wrote. Raises ValueError if it was of another commit, or of changed files."""
    content = json.loads(path.read_text())
    if content["commit"] != checkout.commit or content["is_changed"] or checkout.is_changed:
        raise ValueError(
            f"{path} is of {_name_commit(content['commit'], content['is_changed'])}, and the papers are of "
            f"{_name_commit(checkout.commit, checkout.is_changed)}. Commit everything, run the suite with RESULTS=, "
            "and write the papers again."
        )
    return Results({name: Outcome(outcome) for name, outcome in content["tests"].items()})


def _name_commit(commit: str, is_changed: bool) -> str:
    return f"{commit} with changes" if is_changed else commit
