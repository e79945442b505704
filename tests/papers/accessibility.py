"""The accessibility conformance report in OpenACR's YAML, from tests and from what was tried by hand."""

import functools
import re
import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any

import yaml
from axe_playwright_python.sync_playwright import Axe

from tests.journeys.axe_options import AXE_OPTIONS
from tests.papers.checkout import DESCRIPTION, Checkout, format_day
from tests.papers.results import Outcome, Results, named_tests

ACCESSIBILITY_FILE = Path(__file__).with_name("accessibility.toml")
JOURNEYS = "journeys"
"""Stands for the tests in which axe examines every page."""
NO_CONTACT = "not-given@organization.invalid"
"""OpenACR requires the address of an author. Whoever publishes the report gives one."""

CHAPTERS: Mapping[str, str] = {
    "success_criteria_level_a": (
        "1.1.1 1.2.1 1.2.2 1.2.3 1.3.1 1.3.2 1.3.3 1.4.1 1.4.2 2.1.1 2.1.2 2.1.4 2.2.1 2.2.2 2.3.1 2.4.1 2.4.2 2.4.3 "
        "2.4.4 2.5.1 2.5.2 2.5.3 2.5.4 3.1.1 3.2.1 3.2.2 3.2.6 3.3.1 3.3.2 3.3.7 4.1.1 4.1.2"
    ),
    "success_criteria_level_aa": (
        "1.2.4 1.2.5 1.3.4 1.3.5 1.4.3 1.4.4 1.4.5 1.4.10 1.4.11 1.4.12 1.4.13 2.4.5 2.4.6 2.4.7 2.4.11 2.5.7 2.5.8 "
        "3.1.2 3.2.3 3.2.4 3.3.3 3.3.4 3.3.8 4.1.3"
    ),
    "functional_performance_criteria": "302.1 302.2 302.3 302.4 302.5 302.6 302.7 302.8 302.9",
    "support_documentation_and_services": "602.2 602.3 602.4 603.2 603.3",
}
"""The criteria that are reported, by OpenACR's chapters."""
DISABLED_CHAPTERS = {
    "success_criteria_level_aaa": "Level AAA was not evaluated.",
    "hardware": "The product has no hardware.",
    "software": "The product is used in a browser and installs no software. Its use for writing was not evaluated.",
}
COMPONENTS = dict.fromkeys(("success_criteria_level_a", "success_criteria_level_aa"), ("web", "electronic-docs"))
TRY_COUNTS_FOR = timedelta(days=365)
"""An older try is reported, but decides no level: the pages have changed since."""
NO_COMPONENT = ("none",)
"""The component of a criterion that is not about one."""


class Level(StrEnum):
    """OpenACR's levels."""

    SUPPORTS = "supports"
    PARTIALLY = "partially-supports"
    NOT = "does-not-support"
    NOT_APPLICABLE = "not-applicable"
    NOT_EVALUATED = "not-evaluated"


class Holding(StrEnum):
    """How much of a criterion the tests of a statement show."""

    WHOLE = "whole"
    PART = "part"
    ABSENT = "absent"


LEVELS = {Holding.WHOLE: Level.SUPPORTS, Holding.ABSENT: Level.NOT_APPLICABLE, Holding.PART: Level.NOT_EVALUATED}


@dataclass(frozen=True)
class Statement:
    """What tests say about some criteria."""

    component: str
    criteria: tuple[str, ...]
    holds: Holding
    words: str
    tests: tuple[str, ...]


@dataclass(frozen=True)
class Try:
    """What was tried by hand on a day, by whom and with what, and what it says about some criteria."""

    day: date
    who: str
    tool: str
    component: str
    criteria: tuple[str, ...]
    level: Level
    words: str

    def counts_on(self, day: date) -> bool:
        """Return whether the try is no older than a year on a day."""
        return day - self.day <= TRY_COUNTS_FOR


@dataclass(frozen=True)
class AccessibilityFacts:
    """All that the report rests on."""

    report: Mapping[str, str]
    journeys: tuple[str, ...]
    statements: tuple[Statement, ...]
    tries: tuple[Try, ...]

    @property
    def tests(self) -> set[str]:
        """All tests that the report names."""
        return {*self.journeys, *(test for each in self.statements for test in each.tests)}


def read_accessibility(path: Path = ACCESSIBILITY_FILE) -> AccessibilityFacts:
    """Read the facts. Raises KeyError, TypeError or ValueError for a part that is not complete."""
    content = tomllib.loads(path.read_text())
    journeys = tuple(content["journeys"]["tests"])
    statements = tuple(
        Statement(
            component=row["component"],
            criteria=tuple(row["criteria"]),
            holds=Holding(row["holds"]),
            words=row["words"],
            tests=tuple(test for name in row["tests"] for test in (journeys if name == JOURNEYS else (name,))),
        )
        for row in content["statement"]
    )
    tries = tuple(
        Try(
            day=row["day"],
            who=row["who"],
            tool=row["with"],
            component=row["component"],
            criteria=tuple(row["criteria"]),
            level=Level(row["level"]),
            words=row["words"],
        )
        for row in content.get("tried", ())
    )
    _refuse_unknown_criteria([*statements, *tries])
    _refuse_two_tries_of_a_day(tries)
    return AccessibilityFacts(content["report"], journeys, statements, tries)


def _refuse_unknown_criteria(rows: Iterable[Statement | Try]) -> None:
    known = {
        (component, number)
        for chapter, numbers in CHAPTERS.items()
        for component in COMPONENTS.get(chapter, NO_COMPONENT)
        for number in numbers.split()
    }
    for row in rows:
        if unknown := {number for number in row.criteria if (row.component, number) not in known}:
            raise ValueError(f"{row.component}: {', '.join(sorted(unknown))} is no criterion of the report.")


def _refuse_two_tries_of_a_day(tries: Iterable[Try]) -> None:
    """Refuse a criterion that is tried twice on a day: neither of the two is the newest."""
    tried = Counter((each.component, number, each.day) for each in tries for number in each.criteria)
    if twice := [f"{component}, {number}" for (component, number, _), times in tried.items() if times > 1]:
        raise ValueError(f"Tried twice on one day: {'; '.join(twice)}.")


@functools.cache
def rules_by_criterion() -> dict[str, list[str]]:
    """Return the rules of axe that our journeys run, by the criterion that axe assigns them to."""
    wanted = set(AXE_OPTIONS["runOnly"]["values"])
    found: dict[str, list[str]] = defaultdict(list)
    for name, tags in re.findall(r'\{id:"([a-z0-9-]+)"(?:(?!\{id:").){0,400}?tags:\[([^\]]*)\]', Axe().axe_script):
        names = set(re.findall(r'"([^"]+)"', tags))
        if names & wanted:
            for tag in names:
                if match := re.fullmatch(r"wcag(\d)(\d)(\d+)", tag):
                    found[".".join(match.groups())].append(name)
    return {number: sorted(names) for number, names in found.items()}


# --- The report -------------------------------------------------------------------------------------------------------


def did_pass(tests: Iterable[str], results: Results) -> bool:
    """Return whether each of some tests ran and passed."""
    outcomes = results.outcomes or {}
    return all(outcomes.get(each) == Outcome.PASSED for test in tests for each in named_tests(test))


def did_fail(tests: Iterable[str], results: Results) -> bool:
    """Return whether one of some tests ran and failed."""
    outcomes = results.outcomes or {}
    return any(outcomes.get(each) == Outcome.FAILED for test in tests for each in named_tests(test))


def judge(facts: AccessibilityFacts, component: str, number: str, results: Results, day: date) -> tuple[Level, str]:
    """Return the level of a criterion and the words for it: from the newest try that counts, or else from the tests.

    A test that failed stands against every try.

    Args:
        day: the day of the report.
    """
    tries = [each for each in facts.tries if each.component == component and number in each.criteria]
    statements = [each for each in facts.statements if each.component == component and number in each.criteria]
    sentences = [
        f"{format_day(each.day)}, {each.who}, with {each.tool}: {each.words}"
        + ("" if each.counts_on(day) else " This is more than a year old and decides nothing.")
        for each in sorted(tries, key=lambda each: each.day, reverse=True)
    ]
    level = Level.NOT_EVALUATED
    for each in statements:
        passed = did_pass(each.tests, results)
        level = LEVELS[each.holds] if passed and level == Level.NOT_EVALUATED else level
        sentences.append(f"{each.words} {_describe_tests(each.tests, results)}")
    if rules := rules_by_criterion().get(number) if component == "web" else None:
        state = _describe_journeys(facts, results)
        sentences.append(f"axe finds some faults of this kind, by its rules {', '.join(rules)} ({state}).")
    if any(did_fail(each.tests, results) for each in statements):
        level = Level.NOT_EVALUATED
    elif counted := [each for each in tries if each.counts_on(day)]:
        level = max(counted, key=lambda each: each.day).level
    if level == Level.NOT_EVALUATED:
        sentences.insert(0, "Nobody has evaluated the criterion as a whole.")
    return level, " ".join(sentences)


def _describe_tests(tests: Iterable[str], results: Results) -> str:
    if results.outcomes is None:
        return f"Tests ({', '.join(tests)}): they exist; they were not run for this paper."
    return f"Tests: {', '.join(f'{test} ({results.describe(test)})' for test in tests)}."


def _describe_journeys(facts: AccessibilityFacts, results: Results) -> str:
    if results.outcomes is None:
        return "the tests of all pages exist; they were not run for this paper"
    return (
        "the tests of all pages passed" if did_pass(facts.journeys, results) else "the tests of all pages did not pass"
    )


def conformance_report(facts: AccessibilityFacts, checkout: Checkout, results: Results, contact: str = "") -> str:
    """Return the report as YAML.

    Args:
        contact: the mail address of whoever publishes the report.
    """

    def criterion(chapter: str, number: str) -> dict[str, Any]:
        components = []
        for component in COMPONENTS.get(chapter, NO_COMPONENT):
            level, words = judge(facts, component, number, results, checkout.day)
            components.append({"name": component, "adherence": {"level": str(level), "notes": words}})
        return {"num": number, "components": components}

    day = checkout.day.isoformat()
    content = {
        "title": "TIP Tracker Accessibility Conformance Report",
        "product": {
            "name": "TIP Tracker",
            "version": checkout.version,
            "description": DESCRIPTION,
        },
        "author": {"email": contact or NO_CONTACT},
        "vendor": {"email": contact or NO_CONTACT},
        "report_date": day,
        "last_modified_date": day,
        "version": 1,
        "notes": f"{checkout.sentence} {facts.report['notes']}",
        "evaluation_methods_used": _describe_methods(facts, results),
        "license": "MIT",
        "catalog": facts.report["standard"],
        "chapters": {
            chapter: {"criteria": [criterion(chapter, number) for number in numbers.split()]}
            for chapter, numbers in CHAPTERS.items()
        }
        | {chapter: {"disabled": True, "notes": notes} for chapter, notes in DISABLED_CHAPTERS.items()},
    }
    return yaml.safe_dump(content, sort_keys=False, allow_unicode=True, width=120)


def _describe_methods(facts: AccessibilityFacts, results: Results) -> str:
    version = re.search(r"axe v([\d.]+)", Axe().axe_script)[1]
    tags = ", ".join(AXE_OPTIONS["runOnly"]["values"])
    by_hand = (
        f"Parts were tried by hand, last on {format_day(max(each.day for each in facts.tries))}. "
        f"Each line names its day, who tried, and with what. {facts.report['tries']}"
        if facts.tries
        else facts.report["no_tries"]
    )
    return (
        f"axe {version} examines every page as each kind of person, in a browser, with its rules for {tags}. "
        f"{_describe_tests(facts.journeys, results)} PDF documents are checked against PDF/UA-1 and by a checker for "
        f"screen readers. {by_hand}"
    )
