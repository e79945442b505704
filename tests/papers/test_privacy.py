"""The draft of the privacy assessment: it is a draft, and its facts are those of the code."""

import re

import pytest

from tests.papers.dictionary import PersonalData, describe_tables
from tests.papers.privacy import PRIVACY_TESTS, privacy_draft
from tests.papers.results import Outcome, Results, named_tests


@pytest.fixture(scope="module")
def tables():
    return describe_tables()


def test_every_test_that_the_draft_names_exists():
    assert [test for test in sorted(PRIVACY_TESTS) if not named_tests(test)] == []


def test_the_assessment_says_that_it_is_a_draft(tables, checkout):
    page = privacy_draft(tables, checkout, Results())

    assert page.startswith("# Privacy assessment: draft\n\n**This is a draft.")
    assert page.count("To complete: ") == 8


def test_its_facts_are_those_of_the_dictionary(tables, checkout):
    page = privacy_draft(tables, checkout, Results())
    numbers = {answer: sum(each.personal == answer for each in tables) for answer in PersonalData}

    assert [int(number) for number in re.findall(r"(?m)^- (\d+) (?:more )?tables", page)] == list(numbers.values())
    assert "| Focal point, Observer | audit.AuditDetail, audit.AuditEntry" in page
    assert "| jobs.Job | 30 days" in page
    assert "$" not in page


def test_it_says_whether_its_tests_passed(tables, checkout):
    test = min(PRIVACY_TESTS)

    assert f"`{test}`: passed" in privacy_draft(tables, checkout, Results({test: Outcome.PASSED}))
    assert f"`{test}`: exists" in privacy_draft(tables, checkout, Results())
