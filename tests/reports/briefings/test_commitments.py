"""Commitments in documents have the wording and benchmarks known at the moment of the document."""

from datetime import date

import pytest

from dialogues.choices import CommitmentReach
from reports.briefings.commitments import gather_commitments
from reports.briefings.step_texts import step_texts
from reports.reader_view import ReaderView
from reports.readiness.gathering import gather_facts
from reports.readiness.readiness import evaluate_readiness
from tests.factories import (
    AmbassadorFactory,
    BenchmarkFactory,
    CommitmentCorrectionFactory,
    CommitmentFactory,
    RecommendationFactory,
    UpdateVersionFactory,
    at_noon,
)

pytestmark = pytest.mark.django_db

DAY = date(2022, 1, 28)
BEFORE, AFTER = at_noon(date(2022, 1, 9)), at_noon(date(2022, 1, 11))
MEETS = CommitmentReach.MEETS


@pytest.fixture
def benchmarks():
    """The benchmarks 4a, with few points, and 5a."""
    return [BenchmarkFactory(recommendation=RecommendationFactory(number=number)) for number in (4, 5)]


@pytest.fixture
def commitment(benchmarks):
    """A commitment corrected at noon on 10 January: another number, and 5a instead of 4a."""
    commitment = CommitmentFactory(
        text="Train 04 officers.", benchmarks=benchmarks[:1], benchmarks__reach=MEETS, made__due_on=date(2022, 2, 20)
    )
    CommitmentCorrectionFactory(
        commitment=commitment, text="Train 40 officers.", removes=benchmarks[:1], adds=benchmarks[1:], adds__reach=MEETS
    )
    return commitment


def printed_commitments(edition, known_by, keys):
    view = ReaderView(AmbassadorFactory(), edition, DAY, known_by)
    return [(gathered.printed.text, gathered.printed.towards) for gathered in gather_commitments(view, keys)]


def test_documents_print_what_was_known_by_their_moment(commitment, benchmarks):
    edition = benchmarks[0].recommendation.edition
    keys = {benchmarks[0].pk: "4a", benchmarks[1].pk: "5a"}

    assert (
        printed_commitments(edition, None, keys)
        == printed_commitments(edition, AFTER, keys)
        == [("Train 40 officers.", "5a")]
    )
    assert printed_commitments(edition, BEFORE, keys) == [("Train 04 officers.", "4a")]


def test_a_commitment_is_in_the_documents_of_the_edition_that_it_supported_then(commitment, benchmarks):
    other = BenchmarkFactory(recommendation__edition__year=2022)
    CommitmentCorrectionFactory(
        commitment=commitment, removes=benchmarks[1:], adds=[other], recorded_at=at_noon(date(2022, 1, 20))
    )
    edition = benchmarks[0].recommendation.edition

    assert printed_commitments(edition, None, {}) == []
    assert printed_commitments(edition, AFTER, {}) == [("Train 40 officers.", "")]
    assert printed_commitments(other.recommendation.edition, None, {}) == [("Train 40 officers.", "")]


def test_the_projection_rests_on_the_benchmarks_known_by_then_and_its_steps_are_worded_so(commitment, benchmarks):
    UpdateVersionFactory(update__commitment=commitment, recorded_at=at_noon(date(2022, 1, 5)))
    facts = gather_facts(benchmarks[0].recommendation.edition)

    def stood(known_by):
        result = evaluate_readiness(facts, as_of=DAY, known_by=known_by)
        steps = result.next_steps()
        texts = step_texts(result, steps, reader=None)
        [(fact, _)] = result.open_commitments
        kept = {row.id for step in steps.all_steps for row in step.rows if row.type == "commitment"}
        worded = {texts.commitments[key] for key in kept}
        return set(fact.towards), worded, {text for *_, text in texts.updates.values()}

    right, wrong = {"Train 40 officers."}, {"Train 04 officers."}
    assert stood(None) == stood(AFTER)
    assert stood(AFTER)[0] == {benchmarks[1].pk}
    assert stood(BEFORE)[0] == {benchmarks[0].pk}
    assert stood(AFTER)[1] <= right
    assert stood(BEFORE)[1] <= wrong
    assert stood(AFTER)[1] | stood(AFTER)[2] == right
    assert stood(BEFORE)[1] | stood(BEFORE)[2] == wrong
