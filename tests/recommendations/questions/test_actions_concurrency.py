"""Two officers load yearly questions into one edition at the same moment."""

from datetime import date
from functools import partial

import pytest

from recommendations.questions.actions import load_question_set, start_outline
from tests.concurrent_writes import run_simultaneously
from tests.factories import EditionFactory, OfficerFactory, at_noon

pytestmark = pytest.mark.both_databases

NOW = at_noon(date(2021, 12, 2))


def test_two_officers_at_once_load_each_question_once(fresh_database):
    edition, officers = EditionFactory(), [OfficerFactory(), OfficerFactory()]
    started = [start_outline(edition=edition, by=officer, now=NOW) for officer in officers]

    outcome = run_simultaneously(
        *(
            partial(load_question_set, question_set=each, is_right_year=False, seen=None, by=officer, now=NOW)
            for each, officer in zip(started, officers, strict=True)
        )
    )

    assert outcome == ["done", "done"]
    assert edition.questions.count() == 20
    assert sorted(each.did["new"] for each in edition.question_sets.all()) == [0, 20]
