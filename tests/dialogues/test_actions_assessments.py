"""The embassy's verdict on a benchmark."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied

from dialogues.actions.assessments import assess
from dialogues.choices import Verdict
from dialogues.models import Assessment
from tests.factories import (
    AmbassadorFactory,
    AssessmentFactory,
    BenchmarkFactory,
    CountryFactory,
    EvidenceFactory,
    FocalPointFactory,
    ObserverFactory,
    OfficerFactory,
    at_noon,
)
from tests.refusing import refuses
from tiptracker.audit.models import AuditEntry
from tiptracker.jobs.models import Job
from tiptracker.validation import EditConflict

pytestmark = pytest.mark.django_db

NOW = at_noon(date(2022, 1, 28))


@pytest.fixture
def benchmark():
    return BenchmarkFactory()


def judge(benchmark, by=None, **said):
    return assess(
        **{
            "benchmark": benchmark,
            "verdict": Verdict.MET,
            "rationale": "The amendment is in force.",
            "law": "22 U.S.C. 7106(b)(1)",
            "evidence": [],
            "by": by or OfficerFactory(),
            "now": NOW,
            **said,
        }
    )


def test_assess_writes_the_verdict_and_what_it_rests_on(benchmark):
    by = OfficerFactory()
    proof, more = (EvidenceFactory(supports=[benchmark]) for _ in range(2))
    judge(benchmark, by, evidence=[proof, more, proof])

    kept = Assessment.objects.get()
    assert (kept.benchmark, kept.verdict, kept.rationale, kept.law) == (
        benchmark,
        "met",
        "The amendment is in force.",
        "22 U.S.C. 7106(b)(1)",
    )
    assert (kept.recorded_by, kept.recorded_at) == (by, NOW)
    assert {ground.evidence for ground in kept.grounds.all()} == {proof, more}
    assert Job.objects.get().key == str(benchmark.recommendation.edition_id)
    assert AuditEntry.objects.get().verb == "benchmark.assessed"


def test_assess_may_rest_on_nothing_and_be_changed_by_another(benchmark):
    judge(benchmark, verdict=Verdict.NO_INFORMATION)
    judge(benchmark, verdict=Verdict.STALLED, change_reason=" The ministry wrote that nothing moves. ")

    assert [row.change_reason for row in benchmark.assessments.all()] == ["", "The ministry wrote that nothing moves."]
    assert "nothing moves" in AuditEntry.objects.last().detail.after
    assert [row.verdict for row in benchmark.assessments.all()] == ["no_information", "stalled"]
    assert '"verdict": "no_information"' in AuditEntry.objects.last().detail.before


@pytest.mark.parametrize("reason", ["", " "])
def test_assess_refuses_another_verdict_that_does_not_say_what_changed(benchmark, reason):
    judge(benchmark, verdict=Verdict.NO_INFORMATION, change_reason="There was none before it.")

    with refuses(
        "Say what changed since 28 January 2022: the verdict given then was “no information”", field="change_reason"
    ):
        judge(benchmark, verdict=Verdict.MET, change_reason=reason)
    judge(benchmark, verdict=Verdict.NO_INFORMATION, change_reason=reason)
    assert [row.change_reason for row in benchmark.assessments.all()] == ["", ""]


@pytest.mark.parametrize(
    ("said", "sentence", "field"),
    [
        ({"rationale": " "}, "Say why, in a sentence or two.", "rationale"),
        ({"law": ""}, "Name the section of the law", "law"),
        ({"verdict": "fine"}, "is not a valid choice", "verdict"),
    ],
)
def test_assess_refuses(benchmark, said, sentence, field):
    with refuses(sentence, field=field):
        judge(benchmark, **said)
    assert not Assessment.objects.exists()


def test_assess_refuses_evidence_that_does_not_support_the_benchmark(benchmark):
    with refuses("Some of that evidence doesn't support this benchmark.", field="evidence"):
        judge(benchmark, evidence=[EvidenceFactory(supports=[BenchmarkFactory()])])


def test_second_of_two_sees_what_the_first_did(benchmark):
    AssessmentFactory(benchmark=benchmark, recorded_by=OfficerFactory(name="Thabo Mokoena"))

    with pytest.raises(EditConflict, match="Thabo Mokoena recorded a newer assessment on 15 January 2022"):
        judge(benchmark, seen=0)
    assert judge(benchmark, seen=benchmark.assessments.get().pk, change_reason="It is in force.").pk


@pytest.mark.parametrize("factory", [AmbassadorFactory, ObserverFactory, FocalPointFactory])
def test_only_officers_assess(benchmark, factory):
    with pytest.raises(PermissionDenied):
        judge(benchmark, factory())


def test_officer_elsewhere_assesses_nothing_here(benchmark):
    with pytest.raises(PermissionDenied):
        judge(benchmark, OfficerFactory(countries=[CountryFactory(elsewhere=True)]))
