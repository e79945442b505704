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
from tests.refusals import refuses
from tiptracker.audit.models import AuditEntry
from tiptracker.jobs.models import Job

pytestmark = pytest.mark.django_db

NOW = at_noon(date(2022, 1, 28))


@pytest.fixture
def benchmark():
    return BenchmarkFactory()


def assess_benchmark(benchmark, by=None, **values):
    return assess(
        **{
            "benchmark": benchmark,
            "verdict": Verdict.MET,
            "rationale": "The amendment is in force.",
            "law": "22 U.S.C. 7106(b)(1)",
            "evidence": [],
            "by": by or OfficerFactory(),
            "now": NOW,
            **values,
        }
    )


def test_assess_writes_the_verdict_and_its_evidence(benchmark):
    by = OfficerFactory()
    proof, more = (EvidenceFactory(supports=[benchmark]) for _ in range(2))
    assess_benchmark(benchmark, by, evidence=[proof, more, proof])

    saved = Assessment.objects.get()
    assert (saved.benchmark, saved.verdict, saved.rationale, saved.law) == (
        benchmark,
        "met",
        "The amendment is in force.",
        "22 U.S.C. 7106(b)(1)",
    )
    assert (saved.recorded_by, saved.recorded_at) == (by, NOW)
    assert {ground.evidence for ground in saved.grounds.all()} == {proof, more}
    assert Job.objects.get().key == str(benchmark.recommendation.edition_id)
    assert AuditEntry.objects.get().verb == "benchmark.assessed"


def test_assess_needs_no_evidence_and_accepts_a_changed_verdict_with_a_reason(benchmark):
    assess_benchmark(benchmark, verdict=Verdict.NO_INFORMATION)
    assess_benchmark(benchmark, verdict=Verdict.STALLED, change_reason=" The ministry wrote that nothing moves. ")

    assert [row.change_reason for row in benchmark.assessments.all()] == ["", "The ministry wrote that nothing moves."]
    assert "nothing moves" in AuditEntry.objects.last().detail.after
    assert [row.verdict for row in benchmark.assessments.all()] == ["no_information", "stalled"]
    assert '"verdict": "no_information"' in AuditEntry.objects.last().detail.before


@pytest.mark.parametrize("reason", ["", " "])
def test_assess_refuses_a_changed_verdict_without_a_reason(benchmark, reason):
    assess_benchmark(benchmark, verdict=Verdict.NO_INFORMATION, change_reason="There was none before it.")

    with refuses(
        "required",
        field="change_reason",
        sentence="The assessment of 28 January 2022 was “No information”. Write what has changed",
    ):
        assess_benchmark(benchmark, verdict=Verdict.MET, change_reason=reason)
    assess_benchmark(benchmark, verdict=Verdict.NO_INFORMATION, change_reason=reason)
    assert [row.change_reason for row in benchmark.assessments.all()] == ["", ""]


@pytest.mark.parametrize(
    ("values", "field", "code", "sentence"),
    [
        ({"rationale": " "}, "rationale", "required", "Write the reason in one or two sentences."),
        ({"law": ""}, "law", "required", "Enter the section of the law"),
        ({"verdict": "fine"}, "verdict", "invalid_choice", ""),
    ],
)
def test_assess_refuses(benchmark, values, field, code, sentence):
    with refuses(code, field=field, sentence=sentence):
        assess_benchmark(benchmark, **values)
    assert not Assessment.objects.exists()


def test_assess_refuses_evidence_that_does_not_support_the_benchmark(benchmark):
    with refuses(
        "unrelated_evidence", field="evidence", sentence="Some of this evidence does not support the benchmark."
    ):
        assess_benchmark(benchmark, evidence=[EvidenceFactory(supports=[BenchmarkFactory()])])


def test_a_second_officer_is_refused_and_reads_what_the_first_did(benchmark):
    AssessmentFactory(benchmark=benchmark, recorded_by=OfficerFactory(name="Thabo Mokoena"))

    with refuses("edit_conflict", sentence="Thabo Mokoena recorded something newer"):
        assess_benchmark(benchmark, seen=0)
    assert assess_benchmark(benchmark, seen=benchmark.assessments.get().pk, change_reason="It is in force.").pk


@pytest.mark.parametrize("factory", [AmbassadorFactory, ObserverFactory, FocalPointFactory])
def test_only_officers_assess(benchmark, factory):
    with pytest.raises(PermissionDenied):
        assess_benchmark(benchmark, factory())


def test_an_officer_of_another_country_cannot_assess(benchmark):
    with pytest.raises(PermissionDenied):
        assess_benchmark(benchmark, OfficerFactory(countries=[CountryFactory(elsewhere=True)]))
