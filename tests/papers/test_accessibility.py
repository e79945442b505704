"""The accessibility report: it claims what tests or dated lines hold, and nothing else."""

import re

import pytest
import yaml
from django.conf import settings

from tests.papers.accessibility import (
    ACCESSIBILITY_FILE,
    CHAPTERS,
    DISABLED_CHAPTERS,
    Level,
    conformance_report,
    read_accessibility,
    rules_by_criterion,
)
from tests.papers.results import Outcome, Results, named_tests

FACTS = read_accessibility()
PASSED = Results({each: Outcome.PASSED for test in FACTS.tests for each in named_tests(test)})
TRIED = """
[[tried]]
day = {day}
who = "a tester"
with = "NVDA"
component = "web"
criteria = ["{number}"]
level = "{level}"
words = "Sent an update."
"""


def levels(report):
    """The level of each criterion, by number and component."""
    return {
        (row["num"], each["name"]): each["adherence"]["level"]
        for chapter in yaml.safe_load(report)["chapters"].values()
        for row in chapter.get("criteria", ())
        for each in row["components"]
    }


def facts_with(tmp_path, *tries):
    """The facts of the file, with other tries than its own."""
    path = tmp_path / "accessibility.toml"
    without = ACCESSIBILITY_FILE.read_text().partition("\n[[tried]]")[0]
    path.write_text(without + "".join(TRIED.format(**each) for each in tries))
    return read_accessibility(path)


def test_every_test_that_the_report_names_exists():
    assert [test for test in sorted(FACTS.tests) if not named_tests(test)] == []


def test_without_a_run_and_a_try_nothing_is_claimed(checkout, tmp_path):
    found = levels(conformance_report(facts_with(tmp_path), checkout, Results()))

    assert set(found.values()) == {Level.NOT_EVALUATED}


def test_with_a_run_that_passed_only_what_tests_hold_wholly_is_claimed(checkout, tmp_path):
    found = levels(conformance_report(facts_with(tmp_path), checkout, PASSED))

    assert found["1.4.3", "web"] == Level.SUPPORTS
    assert found["1.2.1", "web"] == Level.NOT_APPLICABLE
    assert found["2.1.1", "web"] == Level.NOT_EVALUATED
    assert found["1.4.3", "electronic-docs"] == Level.NOT_EVALUATED
    assert found["302.1", "none"] == Level.NOT_EVALUATED


def test_a_statement_falls_with_one_of_its_tests(checkout, tmp_path):
    failed = Results(PASSED.outcomes | {FACTS.journeys[0]: Outcome.FAILED})
    report = conformance_report(facts_with(tmp_path), checkout, failed)

    assert levels(report)["1.4.3", "web"] == Level.NOT_EVALUATED
    assert f"{FACTS.journeys[0]} (FAILED)" in " ".join(report.split())


def test_the_newest_try_decides_and_names_its_day(checkout, tmp_path):
    facts = facts_with(
        tmp_path,
        {"day": "2026-12-01", "number": "2.1.1", "level": "partially-supports"},
        {"day": "2026-11-01", "number": "2.1.1", "level": "supports"},
    )
    report = conformance_report(facts, checkout, Results())

    assert levels(report)["2.1.1", "web"] == Level.PARTIALLY
    assert "1 December 2026, a tester, with NVDA: Sent an update." in " ".join(report.split())
    assert "last on 1 December 2026" in " ".join(report.split())


def test_a_try_older_than_a_year_decides_nothing(checkout, tmp_path):
    old, older = ({"day": day, "number": "2.1.1", "level": "supports"} for day in ("2025-11-30", "2025-11-29"))

    assert levels(conformance_report(facts_with(tmp_path, old), checkout, Results()))["2.1.1", "web"] == Level.SUPPORTS
    report = conformance_report(facts_with(tmp_path, older), checkout, Results())
    assert levels(report)["2.1.1", "web"] == Level.NOT_EVALUATED
    assert "This is more than a year old and decides nothing." in " ".join(report.split())


def test_a_test_that_failed_stands_against_a_try(checkout, tmp_path):
    facts = facts_with(tmp_path, {"day": "2026-11-29", "number": "1.4.3", "level": "supports"})
    failed = Results(PASSED.outcomes | {FACTS.journeys[0]: Outcome.FAILED})

    assert levels(conformance_report(facts, checkout, PASSED))["1.4.3", "web"] == Level.SUPPORTS
    assert levels(conformance_report(facts, checkout, failed))["1.4.3", "web"] == Level.NOT_EVALUATED


def test_a_criterion_tried_twice_on_a_day_is_refused(tmp_path):
    one = {"day": "2026-12-01", "number": "2.1.1", "level": "supports"}

    with pytest.raises(ValueError, match=r"Tried twice on one day: web, 2\.1\.1"):
        facts_with(tmp_path, one, one | {"level": "does-not-support"})


def test_no_try_claims_a_user_of_assistive_technology():
    """The tries so far are the project's own. Whoever adds another one changes the sentence of the report as well."""
    assert {each.who for each in FACTS.tries} == {"the project"}
    assert "Nobody who depends on assistive technology took part." in FACTS.report["tries"]


@pytest.mark.parametrize("wrong", [{"number": "9.9.9", "level": "supports"}, {"number": "1.4.3", "level": "splendid"}])
def test_a_line_on_no_criterion_or_without_a_level_is_refused(tmp_path, wrong):
    with pytest.raises(ValueError, match=r"9\.9\.9|splendid"):
        facts_with(tmp_path, {"day": "2026-12-01"} | wrong)


def test_it_has_what_openacr_requires(checkout):
    content = yaml.safe_load(conformance_report(FACTS, checkout, PASSED, contact="acr@example.org"))

    assert content["title"]
    assert content["product"]["name"] == "TIP Tracker"
    assert content["author"]["email"] == "acr@example.org"
    assert content["report_date"] == "2026-11-30"
    assert set(content["chapters"]) == {*CHAPTERS, *DISABLED_CHAPTERS}
    assert all(each["adherence"]["notes"] for row in content["chapters"]["success_criteria_level_a"]["criteria"]
               for each in row["components"])  # fmt: skip


def test_rules_of_axe_are_named_by_their_criterion():
    rules = rules_by_criterion()

    assert rules["1.4.3"] == ["color-contrast"]
    assert "image-alt" in rules["1.1.1"]
    assert rules["2.5.8"] == ["target-size"]


def test_no_page_plays_sound_or_video():
    sources = {
        path: path.read_text()
        for folder, name in (("templates", "*.html"), ("tiptracker/web/frontend/js", "*.js"))
        for path in (settings.BASE_DIR / folder).rglob(name)
    }

    assert len(sources) > 100
    assert [
        path for path, text in sources.items() if re.search(r"<(audio|video)\b|new Audio\b|AudioContext", text)
    ] == []
