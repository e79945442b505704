"""Roll over to the next edition: benchmarks are repeated, and open commitments are linked to them."""

import json
from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied

from dialogues.actions.commitments import record_commitment
from dialogues.actions.rollover import RolloverResult, repeated_benchmarks, roll_over_edition
from dialogues.actions.updates import send_update
from dialogues.choices import ClaimedProgress, CommitmentEventKind, CommitmentReach, DoneBy, Horizon, MadeBy
from dialogues.models import Commitment, EvidenceLink
from recommendations.models import Benchmark
from recommendations.rollover.actions import set_repeats
from reports.readiness.gathering import gather_facts
from reports.readiness.readiness import evaluate_readiness
from reports.readiness.serialization import facts_document
from reports.readiness.stored_runs import facts_from_document
from tests.factories import (
    AdministratorFactory,
    AmbassadorFactory,
    BenchmarkFactory,
    CommitmentEventFactory,
    CommitmentFactory,
    CountryFactory,
    EditionFactory,
    FocalPointFactory,
    MinistryFactory,
    ObserverFactory,
    OfficerFactory,
    RecommendationFactory,
    at_noon,
)
from tests.refusals import refuses
from tiptracker.audit.models import AuditEntry
from tiptracker.jobs.models import Job

pytestmark = pytest.mark.django_db

NOW = at_noon(date(2022, 8, 5))


@pytest.fixture
def old_benchmark():
    """Recommendation 4 of 2021, with the benchmark 4a."""
    return BenchmarkFactory(recommendation=RecommendationFactory(number=4))


@pytest.fixture
def new_recommendation(old_benchmark):
    """Recommendation 1 of 2022, which repeats it."""
    row = RecommendationFactory(edition=EditionFactory(year=2022, terms__deadline_on=date(2023, 2, 28)), number=1)
    set_repeats(edition=row.edition, repeats={row.pk: old_benchmark.recommendation_id}, seen=None, by=OfficerFactory())
    row.refresh_from_db()
    return row


def roll_over(new, goes, *, by=None, now=NOW):
    return roll_over_edition(edition=new.edition, goes=goes, by=by or OfficerFactory(), now=now)


def linked_benchmarks(commitment):
    rows = commitment.links.select_related("benchmark__recommendation__edition")
    return {
        f"{link.benchmark.recommendation.edition.year} {link.benchmark.key}": CommitmentReach(link.reach)
        for link in rows
    }


def test_an_open_commitment_moves_along_with_its_history(old_benchmark, new_recommendation):
    commitment = CommitmentFactory(
        benchmarks=[old_benchmark], benchmarks__reach=CommitmentReach.MEETS, made__due_on=date(2022, 2, 28)
    )
    CommitmentEventFactory(
        commitment=commitment,
        kind=CommitmentEventKind.RESCHEDULED,
        due_on=date(2022, 9, 1),
        happened_on=date(2022, 2, 1),
        reason="Late.",
    )

    done = roll_over(new_recommendation, {old_benchmark: new_recommendation})

    assert done == RolloverResult(benchmarks=1, commitments=1)
    assert linked_benchmarks(commitment) == {"2021 4a": CommitmentReach.MEETS, "2022 1a": CommitmentReach.MEETS}
    assert list(commitment.events.values_list("kind", flat=True)) == [
        CommitmentEventKind.MADE,
        CommitmentEventKind.RESCHEDULED,
    ]
    assert commitment.standing_on(NOW.date()).slips == 1
    entry = AuditEntry.objects.get(verb="commitment.carried_over")
    assert (entry.row, entry.table) == (str(commitment.pk), "dialogues.commitment")
    assert AuditEntry.objects.filter(verb="edition.carried_over", row=str(new_recommendation.edition_id)).count() == 1
    assert Job.objects.filter(kind="readiness", key=str(new_recommendation.edition_id)).exists()


HISTORIES = {
    "no date agreed": ({}, (), True),
    "late": ({"made__due_on": date(2022, 2, 28)}, (), True),
    "reported done": ({}, (CommitmentEventKind.REPORTED_DONE,), True),
    "verified done": ({"done": True}, (), False),
    "opened again": ({"done": True}, (CommitmentEventKind.REOPENED,), True),
    "withdrawn": ({}, (CommitmentEventKind.WITHDRAWN,), False),
    "the United States'": ({"united_states": True}, (), True),
}


@pytest.mark.parametrize(("made", "events", "moves"), HISTORIES.values(), ids=HISTORIES)
def test_settled_commitments_do_not_roll_over(old_benchmark, new_recommendation, made, events, moves):
    commitment = CommitmentFactory(benchmarks=[old_benchmark], **made)
    for kind in events:
        CommitmentEventFactory(commitment=commitment, kind=kind, happened_on=date(2022, 1, 20), reason="Said.")

    roll_over(new_recommendation, {old_benchmark: new_recommendation})

    assert ("2022 1a" in linked_benchmarks(commitment)) is moves


def test_commitments_on_benchmarks_that_are_not_repeated_do_not_roll_over(old_benchmark, new_recommendation):
    dropped = BenchmarkFactory(recommendation=RecommendationFactory(number=5))
    of_dropped, both = CommitmentFactory(benchmarks=[dropped]), CommitmentFactory(benchmarks=[old_benchmark, dropped])

    roll_over(new_recommendation, {old_benchmark: new_recommendation})

    assert set(linked_benchmarks(of_dropped)) == {"2021 5a"}
    assert set(linked_benchmarks(both)) == {"2021 4a", "2021 5a", "2022 1a"}


def test_rolling_over_again_links_only_newer_commitments(old_benchmark, new_recommendation):
    CommitmentFactory(benchmarks=[old_benchmark])
    roll_over(new_recommendation, {old_benchmark: new_recommendation})
    entries = AuditEntry.objects.count()

    assert roll_over(new_recommendation, {}) == (0, 0)
    assert AuditEntry.objects.count() == entries

    commitment = record_commitment(
        country=new_recommendation.edition.country, made_by=MadeBy.MINISTRY, ministry=MinistryFactory(), text="Later.",
        made_on=date(2022, 8, 4), due_on=None, dialogue=None, letter="A letter", horizon=Horizon.SHORT_TERM,
        links=[(old_benchmark, CommitmentReach.CONTRIBUTES)], by=OfficerFactory(), now=NOW,
    )  # fmt: skip
    assert roll_over(new_recommendation, {}) == (0, 1)
    assert set(linked_benchmarks(commitment)) == {"2021 4a", "2022 1a"}


def test_an_existing_benchmark_may_repeat_one_of_the_year_before(old_benchmark, new_recommendation):
    own = BenchmarkFactory(recommendation=new_recommendation)
    commitment = CommitmentFactory(benchmarks=[old_benchmark])

    assert roll_over(new_recommendation, {old_benchmark: own}) == (1, 1)

    assert repeated_benchmarks(new_recommendation.edition) == {old_benchmark.pk: own}
    assert set(linked_benchmarks(commitment)) == {"2021 4a", "2022 1a"}
    assert new_recommendation.benchmarks.count() == 1


def test_a_commitment_that_works_towards_it_already_is_not_linked_twice(old_benchmark, new_recommendation):
    own = BenchmarkFactory(recommendation=new_recommendation)
    commitment = CommitmentFactory(benchmarks=[old_benchmark, own])

    assert roll_over(new_recommendation, {old_benchmark: own}) == (1, 0)
    assert commitment.links.count() == 2


def test_a_benchmark_rolled_over_meanwhile_is_refused(old_benchmark, new_recommendation):
    roll_over(new_recommendation, {old_benchmark: new_recommendation})

    with refuses("edit_conflict", sentence="A colleague has just rolled over benchmark 4a of 2021"):
        roll_over(new_recommendation, {old_benchmark: new_recommendation})
    assert new_recommendation.benchmarks.count() == 1


def test_a_refused_rollover_changes_nothing(old_benchmark, new_recommendation):
    other = BenchmarkFactory(recommendation=old_benchmark.recommendation, terms=False)

    with refuses("no_terms", field=f"goes_{other.pk}"):
        roll_over(new_recommendation, {old_benchmark: new_recommendation, other: new_recommendation})

    assert not Benchmark.objects.filter(recommendation=new_recommendation).exists()


def test_a_rollover_refuses_targets_in_another_edition(old_benchmark, new_recommendation):
    elsewhere = RecommendationFactory(edition=EditionFactory(country=CountryFactory(elsewhere=True)))

    with refuses("stale_page", field=f"goes_{old_benchmark.pk}", sentence="no longer part of the 2021 or 2022 edition"):
        roll_over(new_recommendation, {old_benchmark: elsewhere})
    with refuses("stale_page", field=f"goes_{old_benchmark.pk}"):
        roll_over(new_recommendation, {old_benchmark: old_benchmark.recommendation})


@pytest.mark.parametrize("person", [AdministratorFactory, AmbassadorFactory, ObserverFactory, FocalPointFactory])
def test_only_officers_of_the_country_roll_over(old_benchmark, new_recommendation, person):
    with pytest.raises(PermissionDenied):
        roll_over(new_recommendation, {old_benchmark: new_recommendation}, by=person())
    with pytest.raises(PermissionDenied):
        roll_over(
            new_recommendation,
            {old_benchmark: new_recommendation},
            by=OfficerFactory(countries=[CountryFactory(elsewhere=True)]),
        )


def test_the_score_of_the_year_before_stays_and_the_new_year_begins_without_points(old_benchmark, new_recommendation):
    CommitmentFactory(
        benchmarks=[old_benchmark], benchmarks__reach=CommitmentReach.MEETS, made__due_on=date(2022, 2, 1)
    )
    as_of = date(2022, 3, 31)
    before = evaluate_readiness(gather_facts(old_benchmark.recommendation.edition), as_of=as_of)

    roll_over(new_recommendation, {old_benchmark: new_recommendation})

    assert evaluate_readiness(gather_facts(old_benchmark.recommendation.edition), as_of=as_of) == before
    this_year = evaluate_readiness(gather_facts(new_recommendation.edition), as_of=NOW.date())
    assert (this_year.verified.points, this_year.is_reviewed) == (0, False)
    assert this_year.projected.points > 0  # what is open is within reach in the new year too


def test_readiness_as_known_before_the_rollover_ignores_it(old_benchmark, new_recommendation):
    own = BenchmarkFactory(recommendation=new_recommendation)
    CommitmentFactory(benchmarks=[old_benchmark], benchmarks__reach=CommitmentReach.MEETS)
    roll_over(new_recommendation, {old_benchmark: own})
    facts = gather_facts(new_recommendation.edition)

    before = evaluate_readiness(facts, as_of=NOW.date(), known_by=NOW - timedelta(seconds=1))

    assert before.projected.points == 0
    assert evaluate_readiness(facts, as_of=NOW.date(), known_by=NOW).projected.points > 0
    assert facts_from_document(json.loads(json.dumps(facts_document(facts)))) == facts


@pytest.mark.parametrize(
    ("first", "last", "supported"),
    [
        (date(2022, 3, 1), date(2022, 3, 31), "2021 4a"),
        (None, date(2022, 3, 31), "2021 4a"),
        (date(2022, 4, 1), date(2022, 8, 1), "2022 1a"),
        (date(2022, 3, 20), date(2022, 4, 20), "2022 1a"),
    ],
)
def test_an_update_supports_the_year_in_which_it_happened(old_benchmark, new_recommendation, first, last, supported):
    commitment = CommitmentFactory(benchmarks=[old_benchmark])
    roll_over(new_recommendation, {old_benchmark: new_recommendation})

    send_update(
        commitment=Commitment.objects.get(pk=commitment.pk), title="It was done.", narrative="We did it.",
        claimed=ClaimedProgress.UNDER_WAY, happened_from=first, happened_to=last, done_by=DoneBy.GOVERNMENT, files=[],
        figures=[], by=FocalPointFactory(ministry=commitment.ministry), now=NOW,
    )  # fmt: skip

    evidence_links = EvidenceLink.objects.select_related("benchmark__recommendation__edition")
    assert [f"{b.benchmark.recommendation.edition.year} {b.benchmark.key}" for b in evidence_links] == [supported]


def test_an_update_outside_every_tracking_period_supports_the_default_edition(old_benchmark, new_recommendation):
    commitment = CommitmentFactory(benchmarks=[old_benchmark])
    winter = at_noon(date(2022, 1, 28))
    roll_over(new_recommendation, {old_benchmark: new_recommendation}, now=winter)

    send_update(
        commitment=Commitment.objects.get(pk=commitment.pk), title="It was done.", narrative="We did it.",
        claimed=ClaimedProgress.UNDER_WAY, happened_from=date(2021, 3, 20), happened_to=date(2021, 4, 20),
        done_by=DoneBy.GOVERNMENT, files=[], figures=[], by=FocalPointFactory(ministry=commitment.ministry), now=winter,
    )  # fmt: skip

    assert EvidenceLink.objects.get().benchmark == old_benchmark
