"""Correct the wording and benchmarks of a commitment by dated rows; earlier moments keep theirs."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from dialogues.actions.commitments import record_commitment
from dialogues.actions.corrections import correct_commitment, correction_state
from dialogues.actions.rollover import roll_over_edition
from dialogues.actions.updates import send_update
from dialogues.choices import ClaimedProgress, CommitmentEventKind, CommitmentReach, DoneBy, Horizon, MadeBy
from dialogues.models import Commitment, CommitmentBenchmark, CommitmentCorrection, EvidenceLink, EvidenceReview
from recommendations.models import Benchmark, Indicator
from tests.factories import (
    AmbassadorFactory,
    BenchmarkFactory,
    BenchmarkTermsFactory,
    CommitmentEventFactory,
    CommitmentFactory,
    CountryFactory,
    EditionFactory,
    EvidenceFactory,
    EvidenceReviewFactory,
    FocalPointFactory,
    IndicatorFactory,
    MinistryFactory,
    ObserverFactory,
    OfficerFactory,
    RecommendationFactory,
    UpdateVersionFactory,
    at_noon,
)
from tests.refusals import refuses
from tiptracker.audit.append_only import REDACTED, REDACTED_BEFORE
from tiptracker.audit.models import AuditEntry
from tiptracker.jobs.models import Job
from tiptracker.validation import EditConflict

pytestmark = pytest.mark.django_db

NOW = at_noon(date(2022, 1, 28))
MEETS, CONTRIBUTES = CommitmentReach.MEETS, CommitmentReach.CONTRIBUTES


@pytest.fixture
def officer():
    return OfficerFactory(name="Palesa Nkosi")


@pytest.fixture
def benchmarks():
    """Three benchmarks of one recommendation: 4a, 4b and 4c."""
    recommendation = RecommendationFactory(number=4, lead=None)
    return [BenchmarkFactory(recommendation=recommendation, letter=letter) for letter in "abc"]


@pytest.fixture
def commitment(benchmarks):
    """A commitment with a wrong wording, linked to 4a."""
    return CommitmentFactory(text="Train 04 officers.", benchmarks=benchmarks[:1])


@pytest.fixture
def correct(officer, commitment, benchmarks):
    """Call it to correct the commitment: by default only its wording."""

    def correct(**given):
        values = {
            "commitment": commitment,
            "text": "Train 40 officers.",
            "edition": benchmarks[0].recommendation.edition,
            "links": [(benchmarks[0], CONTRIBUTES)],
            "reason": "The digits were swapped.",
            "by": officer,
            "now": NOW,
        }
        return correct_commitment(**values | given)

    return correct


def benchmark_links(commitment, moment=None):
    """Return keys and reach of the benchmarks that a commitment supported at a moment."""
    links = commitment.links.known_by(moment).select_related("benchmark__recommendation")
    return {link.benchmark.key: link.reach for link in links}


def current_wording(moment=None):
    return Commitment.objects.with_wording(moment).get().wording


# --- What it does -----------------------------------------------------------------------------------------------------


def test_the_wording_is_corrected_from_that_moment_on(correct, commitment, officer):
    correction = correct()

    assert Commitment.objects.get().text == current_wording() == "Train 40 officers."
    assert current_wording(NOW - timedelta(seconds=1)) == "Train 04 officers."
    assert current_wording(NOW) == "Train 40 officers."
    assert (correction.replaced_text, correction.reason) == ("Train 04 officers.", "The digits were swapped.")
    assert (correction.recorded_at, correction.recorded_by) == (NOW, officer)
    assert Commitment.objects.get().newest_correction == correction


def test_the_wording_at_a_moment_follows_several_corrections(correct, benchmarks):
    correct(now=at_noon(date(2022, 1, 10)))
    correct(text="Train 40 officers.", links=[(benchmarks[1], MEETS)], now=at_noon(date(2022, 1, 12)))
    correct(text="Train 400 officers.", links=[(benchmarks[1], MEETS)], now=at_noon(date(2022, 1, 14)))

    assert [current_wording(at_noon(date(2022, 1, day))) for day in (9, 10, 12, 14)] == [
        "Train 04 officers.",
        "Train 40 officers.",
        "Train 40 officers.",
        "Train 400 officers.",
    ]


def test_benchmarks_are_added_and_removed_from_that_moment_on(correct, commitment, benchmarks):
    correct(links=[(benchmarks[1], MEETS), (benchmarks[2], CONTRIBUTES)])

    assert benchmark_links(commitment) == {"4b": MEETS, "4c": CONTRIBUTES}
    assert benchmark_links(commitment, NOW) == {"4b": MEETS, "4c": CONTRIBUTES}
    assert benchmark_links(commitment, NOW - timedelta(seconds=1)) == {"4a": CONTRIBUTES}


def test_the_reach_of_a_link_is_corrected_by_a_new_link(correct, commitment, benchmarks):
    correction = correct(text=commitment.text, links=[(benchmarks[0], MEETS)])

    assert correction.replaced_text == ""
    assert [link.reach for link in correction.removed.all()] == [CONTRIBUTES]
    assert [link.reach for link in correction.added.all()] == [MEETS]
    assert benchmark_links(commitment) == {"4a": MEETS}


def test_a_benchmark_that_was_removed_can_be_linked_again(correct, commitment, benchmarks):
    correct(links=[(benchmarks[1], MEETS)], now=at_noon(date(2022, 1, 10)))
    correct(links=[(benchmarks[0], MEETS)])

    assert benchmark_links(commitment) == {"4a": MEETS}
    assert benchmark_links(commitment, at_noon(date(2022, 1, 11))) == {"4b": MEETS}


def test_links_to_another_edition_stay(correct, commitment, benchmarks):
    earlier = BenchmarkFactory(recommendation=RecommendationFactory(number=9, edition=EditionFactory(year=2020)))
    CommitmentBenchmark.objects.create(commitment=commitment, benchmark=earlier, reach=MEETS)

    correct(links=[(benchmarks[1], MEETS)])

    assert benchmark_links(commitment) == {"4b": MEETS, "9a": MEETS}


def test_the_log_says_what_was_before_and_after_and_readiness_is_computed_again(correct, commitment, benchmarks):
    Job.objects.all().delete()

    correct(links=[(benchmarks[1], MEETS)])

    entry = AuditEntry.objects.get(verb="commitment.corrected")
    assert (entry.table, entry.row) == ("dialogues.commitment", str(commitment.pk))
    assert '"text": "Train 04 officers."' in entry.detail.before
    assert '"reason": "The digits were swapped."' in entry.detail.after
    assert Job.objects.exists()


def test_a_redacted_wording_is_replaced_by_one_without_the_name(correct):
    commitment = CommitmentFactory(text=REDACTED)

    correction = correct(commitment=commitment, text="Train officers.", edition=None, links=[])

    assert Commitment.objects.get(pk=commitment.pk).text == "Train officers."
    assert correction.replaced_text == REDACTED_BEFORE


# --- What it refuses --------------------------------------------------------------------------------------------------


def test_a_correction_of_nothing_is_refused(correct, commitment):
    with refuses("unchanged", sentence="You changed nothing. Correct what is wrong, or choose “Cancel”."):
        correct(text=f" {commitment.text} ")


@pytest.mark.parametrize("field", ["text", "reason"])
def test_wording_and_reason_are_needed(correct, field):
    with refuses("required", field=field):
        correct(**{field: "  "})


def test_the_last_benchmark_stays(correct):
    with refuses("no_benchmark", field="links", sentence="Name at least one benchmark that it supports."):
        correct(links=[])


def test_a_commitment_without_benchmarks_needs_none(correct):
    correct(commitment=CommitmentFactory(), links=[])


def test_a_benchmark_of_another_edition_is_refused(correct, benchmarks):
    other = BenchmarkFactory(recommendation=RecommendationFactory(edition=EditionFactory(year=2022)))

    with refuses("another_edition", field="links", sentence="One of the benchmarks belongs to another edition."):
        correct(links=[(benchmarks[0], CONTRIBUTES), (other, MEETS)])


def test_a_benchmark_named_twice_and_one_of_another_country_are_refused(correct, benchmarks):
    elsewhere = EditionFactory(country=CountryFactory(elsewhere=True))
    theirs = BenchmarkFactory(recommendation=RecommendationFactory(edition=elsewhere))

    with refuses("named_twice", field="links"):
        correct(links=[(benchmarks[0], MEETS), (benchmarks[0], CONTRIBUTES)])
    with refuses("another_country", field="links"):
        correct(links=[(theirs, MEETS)])


@pytest.mark.parametrize("made", [{"done": True}, {}], ids=["verified", "withdrawn"])
def test_only_the_wording_of_a_settled_commitment_can_be_corrected(correct, benchmarks, made):
    commitment = CommitmentFactory(benchmarks=benchmarks[:1], **made)
    if not made:
        CommitmentEventFactory(commitment=commitment, kind=CommitmentEventKind.WITHDRAWN, happened_on=date(2022, 1, 5))

    with refuses("closed", field="links", sentence="To correct them, reopen the commitment first."):
        correct(commitment=commitment, links=[(benchmarks[1], MEETS)])
    correct(commitment=commitment)

    assert Commitment.objects.get(pk=commitment.pk).text == "Train 40 officers."


def test_the_second_to_correct_learns_who_was_first(correct, commitment):
    seen = correction_state(commitment)
    correct(seen=seen, by=OfficerFactory(name="Thabo Mokoena"))

    with pytest.raises(EditConflict, match="Thabo Mokoena changed the wording or the benchmarks on 28 January 2022"):
        correct(text="Train 44 officers.", seen=seen)
    correct(text="Train 44 officers.", seen=correction_state(commitment))


def test_a_move_to_another_edition_meanwhile_is_a_conflict_too(correct, commitment):
    seen = correction_state(commitment)
    later = BenchmarkFactory(recommendation=RecommendationFactory(edition=EditionFactory(year=2022)))
    CommitmentBenchmark.objects.create(
        commitment=commitment, benchmark=later, reach=MEETS, recorded_at=NOW, recorded_by=OfficerFactory()
    )

    with pytest.raises(EditConflict):
        correct(seen=seen)


@pytest.mark.parametrize("factory", [AmbassadorFactory, ObserverFactory, FocalPointFactory])
def test_officers_alone_correct(correct, factory):
    with pytest.raises(PermissionDenied):
        correct(by=factory())


def test_an_officer_of_another_country_does_not_correct(correct):
    with pytest.raises(PermissionDenied):
        correct(by=OfficerFactory(countries=[CountryFactory(elsewhere=True)]))


# --- What the database holds ------------------------------------------------------------------------------------------


def database_accepts(commitment, **values):
    """Return whether the database accepts a change of the commitment."""
    try:
        with transaction.atomic():
            return Commitment.objects.filter(pk=commitment.pk).update(**values) == 1
    except IntegrityError:
        return False


def test_the_wording_changes_only_with_a_correction_that_keeps_the_one_before(commitment):
    def recorded(commitment, replaced_text):
        """Add a correction without the change that belongs to it."""
        given = {"reason": "A slip.", "recorded_at": NOW, "recorded_by": OfficerFactory()}
        return CommitmentCorrection.objects.create(commitment=commitment, replaced_text=replaced_text, **given)

    other = recorded(CommitmentFactory(), commitment.text)
    wrong = recorded(commitment, "Not so.")
    right = recorded(commitment, commitment.text)

    assert not database_accepts(commitment, text="Train 40 officers.")
    assert not database_accepts(commitment, text="Train 40 officers.", newest_correction=other)
    assert not database_accepts(commitment, text="Train 40 officers.", newest_correction=wrong)
    assert not database_accepts(commitment, text="Train 40 officers.", newest_correction=right, letter="Another letter")
    assert database_accepts(commitment, text="Train 40 officers.", newest_correction=right)
    assert not database_accepts(commitment, text="Train 04 officers.", newest_correction=right)  # used once
    assert not database_accepts(commitment, newest_correction=None)


def test_a_link_is_removed_once(correct, commitment, benchmarks):
    correction = correct(links=[(benchmarks[1], MEETS)])
    removed = correction.removed.get()

    with pytest.raises(IntegrityError), transaction.atomic():
        CommitmentBenchmark.objects.filter(pk=removed.pk).update(removed_in=None)


# --- What rests on the links ------------------------------------------------------------------------------------------


def test_evidence_stays_filed_and_new_updates_name_the_corrected_benchmarks(correct, commitment, benchmarks):
    before = UpdateVersionFactory(update__commitment=commitment, accepted=True)
    kept = EvidenceFactory(update_version=before, supports=benchmarks[:1])
    correct(links=[(benchmarks[1], MEETS)])

    by = FocalPointFactory(ministry=commitment.ministry)
    after = send_update(
        commitment=commitment,
        title="A training of 40 officers",
        narrative="We trained 40 officers.",
        claimed=ClaimedProgress.UNDER_WAY,
        happened_from=None,
        happened_to=date(2022, 1, 20),
        done_by=DoneBy.GOVERNMENT,
        files=[],
        figures=[],
        by=by,
        now=NOW + timedelta(hours=1),
    )

    kept.refresh_from_db()
    assert kept.commitment == commitment
    assert [link.benchmark for link in kept.evidence_links.all()] == benchmarks[:1]
    assert {link.benchmark for link in EvidenceLink.objects.filter(evidence__update_version=after)} == {benchmarks[1]}


def test_a_ministry_sees_what_its_commitment_supports_now_and_the_decisions_on_its_own_updates(
    correct, commitment, benchmarks
):
    indicators = [IndicatorFactory(name=name) for name in ("Before", "After")]
    for benchmark, indicator in zip(benchmarks, indicators, strict=False):
        BenchmarkTermsFactory(benchmark=benchmark, indicator=indicator)
    sent = EvidenceFactory(update_version=UpdateVersionFactory(update__commitment=commitment), supports=benchmarks[:1])
    shared = EvidenceFactory(commitment=commitment, sensitivity="shared", supports=benchmarks[:1])
    decision = EvidenceReviewFactory(evidence=sent, evidence_link=sent.evidence_links.get())
    reader = FocalPointFactory(ministry=commitment.ministry)

    correct(links=[(benchmarks[1], MEETS)])

    assert list(Benchmark.objects.visible_to(reader)) == [benchmarks[1]]
    assert list(Indicator.objects.visible_to(reader)) == [indicators[1]]
    assert list(EvidenceLink.objects.visible_to(reader)) == [sent.evidence_links.get()]
    assert list(EvidenceReview.objects.visible_to(reader)) == [decision]
    assert not EvidenceLink.objects.visible_to(FocalPointFactory(ministry=MinistryFactory())).exists()
    assert shared.evidence_links.exists()


def test_a_ministry_sees_no_correction_of_how_far_a_benchmark_would_be_met(correct, commitment, benchmarks, officer):
    internal = correct(text=commitment.text, links=[(benchmarks[0], MEETS)], now=at_noon(date(2022, 1, 10)))
    wording = correct(links=[(benchmarks[0], MEETS)], now=at_noon(date(2022, 1, 11)))
    both = correct(links=[(benchmarks[0], CONTRIBUTES), (benchmarks[1], MEETS)], now=at_noon(date(2022, 1, 12)))
    less = correct(links=[(benchmarks[1], MEETS)], now=at_noon(date(2022, 1, 13)))

    def seen_by(reader):
        return set(CommitmentCorrection.objects.visible_to(reader))

    assert seen_by(FocalPointFactory(ministry=commitment.ministry)) == {wording, both, less}
    assert seen_by(officer) == seen_by(ObserverFactory()) == {internal, wording, both, less}
    assert seen_by(FocalPointFactory(ministry=MinistryFactory())) == set()
    assert seen_by(OfficerFactory(countries=[CountryFactory(elsewhere=True)])) == set()


def test_a_rollover_links_what_a_commitment_supports_now_and_brings_no_removed_link_back(
    correct, commitment, benchmarks, officer
):
    correct(links=[(benchmarks[1], MEETS)])
    edition = EditionFactory(year=2022)
    target = RecommendationFactory(edition=edition)
    wrong = BenchmarkFactory(recommendation=target, repeats=benchmarks[0])
    again = BenchmarkFactory(recommendation=target, repeats=benchmarks[1])

    roll_over_edition(edition=edition, goes={}, by=officer, now=NOW + timedelta(hours=1))
    assert set(commitment.links.current().values_list("benchmark", flat=True)) == {benchmarks[1].pk, again.pk}

    correct_commitment(
        commitment=commitment,
        text=Commitment.objects.get(pk=commitment.pk).text,
        edition=edition,
        links=[(wrong, MEETS)],
        reason="Chosen wrongly.",
        by=officer,
        now=NOW + timedelta(hours=2),
    )
    roll_over_edition(edition=edition, goes={}, by=officer, now=NOW + timedelta(hours=3))
    assert set(commitment.links.current().values_list("benchmark", flat=True)) == {benchmarks[1].pk, wrong.pk}


def test_a_promise_of_the_united_states_is_for_the_ministries_of_its_present_benchmarks(correct, benchmarks):
    police, home = MinistryFactory(), MinistryFactory()
    CommitmentFactory(ministry=police, benchmarks=benchmarks[:1])
    CommitmentFactory(ministry=home, benchmarks=benchmarks[1:2])
    ours = CommitmentFactory(united_states=True, benchmarks=benchmarks[:1])
    correct(commitment=ours, links=[(benchmarks[1], MEETS)])

    def is_for(ministry, moment=None):
        return ours in Commitment.objects.concerning([ministry.pk], moment)

    assert (is_for(police), is_for(home)) == (False, True)
    before = NOW - timedelta(seconds=1)
    assert (is_for(police, before), is_for(home, before)) == (True, False)


def test_a_second_commitment_like_the_corrected_one_is_no_duplicate_of_the_uncorrected(correct, benchmarks, officer):
    values = {
        "country": CountryFactory(),
        "made_on": date(2022, 1, 5),
        "due_on": None,
        "made_by": MadeBy.MINISTRY,
        "ministry": MinistryFactory(),
        "text": "Train 40 officers.",
        "dialogue": None,
        "letter": "A letter",
        "horizon": Horizon.SHORT_TERM,
        "by": officer,
        "now": NOW,
    }
    first = record_commitment(links=[(benchmarks[0], MEETS)], **values)
    correct(commitment=first, links=[(benchmarks[1], MEETS)])

    assert record_commitment(links=[(benchmarks[0], MEETS)], **values) != first
