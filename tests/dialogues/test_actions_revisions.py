"""Revise evidence: another row replaces the first."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied

from dialogues.actions.assessments import assess
from dialogues.actions.duplicates import DuplicateRecord
from dialogues.actions.evidence import review_evidence
from dialogues.actions.readings import ReadingInput
from dialogues.actions.revisions import reading_input_of, revise_evidence
from dialogues.choices import (
    CommitmentEventKind,
    DoneBy,
    EvidenceDecision,
    EvidenceKind,
    Sensitivity,
    SupportKind,
    Verdict,
)
from dialogues.models import Assessment, Commitment, Evidence
from recommendations.choices import BreakdownDimension
from tests.dialogues.commitment_histories import january
from tests.factories import (
    AmbassadorFactory,
    AssessmentFactory,
    BenchmarkFactory,
    CommitmentEventFactory,
    CommitmentFactory,
    CountryFactory,
    EvidenceFactory,
    EvidenceFileFactory,
    FocalPointFactory,
    IndicatorFactory,
    ObserverFactory,
    OfficerFactory,
    ReadingFactory,
    RecommendationFactory,
    ReviewerFactory,
    UpdateVersionFactory,
    at_noon,
)
from tests.refusals import refuses
from tiptracker.audit.models import AuditEntry
from tiptracker.jobs.models import Job

pytestmark = pytest.mark.django_db

NOW = at_noon(date(2022, 1, 28))


@pytest.fixture
def officer():
    return OfficerFactory(name="Palesa Nkosi")


@pytest.fixture
def original():
    return EvidenceFactory(title="Three men were charged", supports=[BenchmarkFactory()], verified=True)


def revise(evidence, by, **values):
    """Revise the evidence to two charged men, not three; `values` replace further values."""
    return revise_evidence(
        **{
            "evidence": evidence,
            "reason": "The register names two.",
            "title": "Two men were charged",
            "kind": EvidenceKind.COURT,
            "happened_from": evidence.happened_from,
            "happened_to": evidence.happened_to,
            "done_by": DoneBy.GOVERNMENT,
            "stated_by": evidence.stated_by,
            "source": evidence.source,
            "file": evidence.file,
            "evidence_links": [(link.benchmark, SupportKind(link.shows)) for link in evidence.evidence_links.all()],
            "by": by,
            "now": NOW,
            **values,
        }
    )


def test_a_revision_is_another_row_with_its_own_links(officer, original):
    edition = RecommendationFactory().edition
    revision = revise(original, officer)

    first, second = Evidence.objects.order_by("pk")
    assert (first.title, first.revised_by) == ("Three men were charged", revision)
    assert (second.revises, second.revision_reason) == (original, "The register names two.")
    assert (second.recorded_by, second.recorded_at, second.update_version) == (officer, NOW, None)
    assert [(link.benchmark, link.recorded_by) for link in second.evidence_links.all()] == [
        (original.evidence_links.get().benchmark, officer)
    ]
    assert not second.reviews.exists()
    assert list(Evidence.objects.current()) == [second]
    assert [(job.kind, job.key) for job in Job.objects.all()] == [("readiness", str(edition.pk))]
    entry = AuditEntry.objects.get()
    assert (entry.verb, entry.row, entry.by) == ("evidence.revised", str(second.pk), officer)
    assert "Three men" in entry.detail.before
    assert "The register names two." in entry.detail.after


def test_revise_copies_figures_and_keeps_or_replaces_the_file(officer):
    indicator = IndicatorFactory(unit="victims")
    original = EvidenceFactory(file=EvidenceFileFactory())
    reading = ReadingFactory(indicator=indicator, evidence=original, figure=Decimal(7), through_on=january(20))
    reading.parts.create(dimension=BreakdownDimension.SEX, category="Female", figure=2)

    kept = revise(original, officer, counts=[reading_input_of(reading)])
    new = EvidenceFileFactory(uploaded_by=officer)
    fewer = ReadingInput(indicator, reading.starts_on, reading.through_on, Decimal(6), "")
    replaced = revise(kept, officer, counts=[fewer], file=new)

    assert (kept.file, replaced.file) == (original.file, new)
    copied_reading = kept.readings.get()
    assert (copied_reading.figure, copied_reading.starts_on, copied_reading.through_on) == (
        7,
        reading.starts_on,
        reading.through_on,
    )
    assert [(part.category, part.figure) for part in copied_reading.parts.all()] == [("Female", 2)]
    assert [row.figure for row in replaced.readings.all()] == [6]
    with refuses("already_sent", field="files"):
        revise(replaced, officer, title="Changed", file=EvidenceFactory(file=EvidenceFileFactory()).file)


@pytest.mark.parametrize(
    ("values", "field", "code", "sentence"),
    [
        ({"reason": " "}, "reason", "required", "Write what was wrong, in a sentence."),
        ({"title": ""}, "title", "required", ""),
        ({"source": ""}, "source", "required", ""),
        ({"happened_to": date(2022, 1, 29)}, "happened_to", "future_day", ""),
        ({"title": "Three men were charged"}, None, "unchanged", "You changed nothing."),
    ],
)
def test_revise_refuses(officer, original, values, *, field, code, sentence):
    with refuses(code, field=field, sentence=sentence):
        revise(original, officer, **values)
    assert Evidence.objects.get() == original


@pytest.mark.parametrize(
    "values",
    [
        {"happened_from": january(9)},
        {"sensitivity": Sensitivity.SHARED, "commitment": "promise"},
        {"evidence_links": []},
        {"counts": "figure"},
        {"link": "https://example.org/register"},
    ],
)
def test_revise_accepts_any_difference(officer, original, values):
    made = {
        "promise": CommitmentFactory,
        "figure": lambda: [reading_input_of(ReadingFactory(figure=Decimal(3), through_on=january(20)))],
    }
    values = {
        name: made[value]() if isinstance(value, str) and value in made else value for name, value in values.items()
    }

    assert revise(original, officer, **({"title": original.title} | values)).revises == original


def test_evidence_that_a_ministry_sent_cannot_be_revised(officer):
    sent = EvidenceFactory(update_version=UpdateVersionFactory(accepted=True))

    with refuses(
        "sent_by_ministry",
        sentence="A ministry sent this evidence, so the embassy cannot correct it. Ask the ministry to send it again",
    ):
        revise(sent, officer)
    assert Evidence.objects.get() == sent


def test_only_officers_of_the_country_revise(original):
    for by in (
        AmbassadorFactory(),
        ObserverFactory(),
        FocalPointFactory(),
        OfficerFactory(countries=[CountryFactory(elsewhere=True)]),
    ):
        with pytest.raises(PermissionDenied):
            revise(original, by)


def test_a_second_revision_is_refused_and_the_same_one_is_recorded_once(officer, original):
    revision = revise(original, officer)

    with pytest.raises(DuplicateRecord) as refused:
        revise(original, officer, now=NOW + timedelta(minutes=1))
    assert refused.value.row == revision
    with refuses("edit_conflict", sentence="Palesa Nkosi corrected this on 28 January 2022 at 12:00: “Two men were"):
        revise(original, OfficerFactory(), title="Four men were charged")
    with refuses("edit_conflict"):
        revise(original, officer, title="Four men were charged")
    assert revise(revision, officer, title="Four men were charged").revises == revision


def test_a_revision_is_verified_by_somebody_else_and_what_it_replaced_by_nobody(officer, original):
    revision = revise(original, officer)
    values = {"decision": EvidenceDecision.VERIFIED, "reason": "Seen.", "now": NOW}

    with refuses("needs_second_person"):
        review_evidence(evidence=revision, evidence_link=revision.evidence_links.get(), by=officer, **values)
    with refuses("replaced", sentence="A corrected version of 28 January 2022 has replaced this evidence."):
        review_evidence(evidence=original, evidence_link=original.evidence_links.get(), by=ReviewerFactory(), **values)
    assert review_evidence(
        evidence=revision, evidence_link=revision.evidence_links.get(), by=ReviewerFactory(), **values
    ).pk


@pytest.mark.parametrize("bears", [True, False])
def test_a_revision_reopens_assessments_and_verified_commitments(officer, original, bears):
    benchmark = original.evidence_links.get().benchmark
    assessment = AssessmentFactory(benchmark=benchmark, grounds=[original])
    commitment = CommitmentFactory()
    filed = EvidenceFactory(commitment=commitment, verified=True)
    CommitmentEventFactory(
        commitment=commitment,
        kind=CommitmentEventKind.VERIFIED_DONE,
        happened_on=january(20),
        recorded_by=ReviewerFactory(),
    )
    assert not Assessment.objects.asking_for_another_look().exists()
    assert not Commitment.objects.asking_for_another_look().exists()

    revision = revise(original, officer, **({} if bears else {"evidence_links": []}))
    revise(filed, officer)

    assert list(Assessment.objects.asking_for_another_look()) == [assessment]
    assert list(Commitment.objects.asking_for_another_look()) == [commitment]
    assessment_values = {
        "benchmark": benchmark,
        "verdict": Verdict.STEP,
        "rationale": "Two.",
        "law": "22 U.S.C. 7107(b)",
    }
    with refuses("replaced", field="evidence"):
        assess(**assessment_values, evidence=[original], by=officer, now=NOW)
    assess(**assessment_values, evidence=[revision] if bears else [], by=officer, now=NOW)
    assert not Assessment.objects.asking_for_another_look().exists()
