"""What a run says of tests, and that the papers take it only for their own commit."""

import json
import re
from dataclasses import replace
from types import SimpleNamespace

import pytest

from tests.papers.checkout import BASE_DIR
from tests.papers.results import Outcome, ResultRecorder, Results, list_tests, named_tests, read_results

FILE = "tests/test_licences.py"
TEST = f"{FILE}::test_licence_is_read"


class Report:
    """What pytest reports of a step of a test."""

    def __init__(self, nodeid, when, outcome):
        self.nodeid, self.when = nodeid, when
        self.failed, self.skipped, self.passed = (outcome == each for each in ("failed", "skipped", "passed"))


def record(tmp_path, *reports):
    recorder = ResultRecorder(tmp_path / "results.json")
    for nodeid, *rest in reports:
        recorder.pytest_runtest_logreport(Report(nodeid, *rest))
    recorder.pytest_sessionfinish()
    return json.loads(recorder.path.read_text())["tests"]


@pytest.mark.parametrize(
    ("reports", "expected"),
    [
        ([("a", "setup", "passed"), ("a", "call", "passed"), ("a", "teardown", "passed")], {"a": "passed"}),
        ([("a", "call", "passed"), ("a", "teardown", "failed")], {"a": "failed"}),
        ([("a", "setup", "skipped")], {"a": "skipped"}),
        ([("a[1]", "call", "passed"), ("a[2]", "call", "failed"), ("a[3]", "call", "passed")], {"a": "failed"}),
        ([("a[1]", "setup", "skipped"), ("a[2]", "call", "passed")], {"a": "passed"}),
        ([("a", "setup", "passed")], {}),
    ],
)
def test_a_test_passed_if_it_passed_once_and_failed_never(tmp_path, reports, expected):
    assert record(tmp_path, *reports) == expected


def test_a_run_with_results_has_the_plugin_and_another_has_not(pytestconfig, tmp_path, monkeypatch):
    plugins = []
    config = SimpleNamespace(option=SimpleNamespace(), pluginmanager=SimpleNamespace(register=plugins.append))
    configure = pytestconfig.pluginmanager.get_plugin(str(BASE_DIR / "tests" / "conftest.py")).pytest_configure

    monkeypatch.delenv("RESULTS", raising=False)
    configure(config)
    assert plugins == []

    monkeypatch.setenv("RESULTS", str(tmp_path / "results.json"))
    configure(config)
    assert [plugin.path.name for plugin in plugins] == ["results.json"]


def test_names_are_those_of_tests_and_of_files():
    assert named_tests(TEST) == (TEST,)
    assert TEST in named_tests(FILE)
    assert named_tests(f"{FILE}::test_nothing") == ()
    assert list_tests("tests/test_nothing.py") == ()


def test_a_file_passed_if_each_of_its_tests_did():
    whole = dict.fromkeys(list_tests(FILE), Outcome.PASSED)

    assert Results().describe(FILE) == "exists; not run for this paper"
    assert Results(whole).describe(FILE) == "passed"
    assert Results({TEST: Outcome.PASSED}).describe(FILE) == "passed in part"
    assert Results(whole | {TEST: Outcome.FAILED}).describe(FILE) == "FAILED"
    assert Results({TEST: Outcome.SKIPPED}).describe(TEST) == "not run"


def test_what_is_missing_is_named_only_for_a_run():
    assert Results().missing({TEST}) == []
    assert Results({}).missing({TEST}) == [TEST]
    assert Results({TEST: Outcome.PASSED}).missing({TEST}) == []


def test_results_of_another_commit_or_with_changes_are_refused(tmp_path, checkout):
    path = tmp_path / "results.json"

    def write(**more):
        path.write_text(json.dumps({"commit": checkout.commit, "is_changed": False, "tests": {TEST: "passed"}} | more))

    write()
    assert read_results(path, checkout).outcomes == {TEST: Outcome.PASSED}
    with pytest.raises(ValueError, match="with changes"):
        read_results(path, replace(checkout, is_changed=True))
    write(is_changed=True)
    with pytest.raises(ValueError, match="with changes"):
        read_results(path, checkout)
    write(commit="another")
    with pytest.raises(ValueError, match=re.escape("another")):
        read_results(path, checkout)
