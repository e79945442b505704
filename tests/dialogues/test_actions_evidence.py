"""Log evidence and review it."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied

from dialogues.actions.duplicates import DuplicateRecord
from dialogues.actions.evidence import log_evidence, review_evidence
from dialogues.choices import DoneBy, EvidenceDecision, EvidenceKind, Sensitivity, SupportKind
from dialogues.models import Evidence, EvidenceReview
from tests.dialogues.commitment_histories import january
from tests.factories import (
    AmbassadorFactory,
    BenchmarkFactory,
    CommitmentFactory,
    CountryFactory,
    EvidenceFactory,
    EvidenceFileFactory,
    EvidenceLinkFactory,
    EvidenceReviewFactory,
    FocalPointFactory,
    ObserverFactory,
    OfficerFactory,
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


def log_court_case(by, **values):
    """Log a court case of 20 January; `values` replace values."""
    return log_evidence(
        **{
            "country": CountryFactory(),
            "title": "Two men were charged",
            "kind": EvidenceKind.COURT,
            "happened_from": january(20),
            "happened_to": january(20),
            "done_by": DoneBy.GOVERNMENT,
            "stated_by": "High Court of Lesotho",
            "source": "Court register",
            "by": by,
            "now": NOW,
            **values,
        }
    )


# --- Log --------------------------------------------------------------------------------------------------------------


def test_log_evidence_writes_the_evidence_and_its_links(officer):
    benchmark, other = BenchmarkFactory(), BenchmarkFactory()
    commitment = CommitmentFactory()
    file = EvidenceFileFactory(uploaded_by=officer)

    evidence = log_court_case(
        officer,
        file=file,
        link="https://example.org/register",
        commitment=commitment,
        sensitivity=Sensitivity.SHARED,
        evidence_links=[(benchmark, SupportKind.ACTION), (other, SupportKind.CONTEXT)],
    )

    saved = Evidence.objects.get()
    assert saved == evidence
    assert (saved.title, saved.kind, saved.done_by) == ("Two men were charged", "court", "government")
    assert (saved.happened_from, saved.happened_to) == (january(20), january(20))
    assert (saved.recorded_by, saved.recorded_at) == (officer, NOW)
    assert (saved.file, saved.commitment, saved.sensitivity) == (file, commitment, "shared")
    assert [(b.benchmark, b.shows, b.recorded_by, b.recorded_at) for b in saved.evidence_links.all()] == [
        (benchmark, "concrete_action", officer, NOW),
        (other, "context", officer, NOW),
    ]


def test_log_evidence_is_internal_and_without_commitment_unless_said_otherwise(officer):
    saved = log_court_case(officer)

    assert (saved.sensitivity, saved.commitment, saved.update_version, saved.file) == ("internal", None, None, None)


def test_log_evidence_is_entered_in_the_log_and_asks_for_readiness(officer):
    edition = RecommendationFactory().edition
    evidence = log_court_case(officer)

    entry = AuditEntry.objects.get()
    assert (entry.verb, entry.row, entry.by, entry.country) == (
        "evidence.logged",
        str(evidence.pk),
        officer,
        evidence.country,
    )
    assert '"title": "Two men were charged"' in entry.detail.after
    assert [(job.kind, job.key) for job in Job.objects.all()] == [("readiness", str(edition.pk))]
    log_court_case(officer, title="Three men were charged")
    assert Job.objects.count() == 1


@pytest.mark.parametrize("day", [date(2020, 5, 1), date(2021, 3, 31)])
def test_day_outside_the_window_is_kept(officer, day):
    assert log_court_case(officer, happened_from=None, happened_to=day).happened_to == day


@pytest.mark.parametrize("proof", [{"source": "a register"}, {"link": "https://example.org"}, {"file": True}])
def test_source_link_or_file_is_enough(officer, proof):
    if "file" in proof:
        proof = {"file": EvidenceFileFactory(uploaded_by=officer)}

    assert log_court_case(officer, **{"source": "", **proof}).pk


@pytest.mark.parametrize(
    ("values", "field", "code", "sentence"),
    [
        ({"title": " "}, "title", "required", "Write what happened, in one sentence."),
        ({"stated_by": ""}, "stated_by", "required", "Enter who says so"),
        ({"happened_to": date(2022, 1, 29)}, "happened_to", "future_day", ""),
        ({"happened_from": january(21)}, "happened_to", "reversed_dates", ""),
        (
            {"source": "  "},
            "source",
            "required",
            "Enter a source or a link, or attach a file, so that others can check it.",
        ),
        ({"link": "not an address"}, "link", "invalid", ""),
        ({"title": "x" * 401}, "title", "max_length", ""),
        ({"kind": "rumour"}, "kind", "invalid_choice", ""),
    ],
)
def test_log_evidence_refuses(officer, values, field, code, sentence):
    with refuses(code, field=field, sentence=sentence):
        log_court_case(officer, **values)
    assert not Evidence.objects.exists()
    assert not AuditEntry.objects.exists()


def test_log_evidence_refuses_rows_of_another_country(officer):
    elsewhere = CountryFactory(elsewhere=True)
    foreign = BenchmarkFactory(recommendation__edition__country=elsewhere)

    with refuses("another_country", field="evidence_links"):
        log_court_case(officer, evidence_links=[(foreign, SupportKind.ACTION)])
    with refuses("another_country", field="commitment", sentence="This commitment belongs to another country."):
        log_court_case(officer, commitment=CommitmentFactory(ministry__country=elsewhere))


def test_log_evidence_refuses_one_benchmark_twice(officer):
    benchmark = BenchmarkFactory()

    with refuses("named_twice", field="evidence_links"):
        log_court_case(officer, evidence_links=[(benchmark, SupportKind.ACTION), (benchmark, SupportKind.PLAN)])


def test_log_evidence_refuses_files_of_others_and_files_sent_before(officer):
    sent = EvidenceFileFactory(uploaded_by=officer)
    log_court_case(officer, file=sent)

    for file in (sent, EvidenceFileFactory()):
        with refuses("already_sent", field="files"):
            log_court_case(officer, file=file, title="Another thing happened.")


def test_log_evidence_twice_is_refused_and_names_the_existing_row(officer):
    benchmark = BenchmarkFactory()
    content = {"content": b"%PDF-1.4\nthe same\n%%EOF\n", "uploaded_by": officer}
    first = log_court_case(
        officer, evidence_links=[(benchmark, SupportKind.ACTION)], file=EvidenceFileFactory(**content)
    )

    with pytest.raises(
        DuplicateRecord, match="You already recorded exactly this on 28 January 2022 at 12:00"
    ) as refusal:
        log_court_case(
            officer,
            evidence_links=[(benchmark, SupportKind.ACTION)],
            file=EvidenceFileFactory(name="again.pdf", **content),
        )

    assert refusal.value.row == first
    assert Evidence.objects.count() == 1
    log_court_case(
        officer, evidence_links=[(benchmark, SupportKind.ACTION)], file=EvidenceFileFactory(uploaded_by=officer)
    )
    log_court_case(OfficerFactory(), evidence_links=[(benchmark, SupportKind.ACTION)])


@pytest.mark.parametrize("factory", [AmbassadorFactory, ObserverFactory, FocalPointFactory])
def test_only_officers_log_evidence(factory):
    with pytest.raises(PermissionDenied):
        log_court_case(factory())


def test_officers_log_in_their_own_country_alone(officer):
    with pytest.raises(PermissionDenied):
        log_court_case(officer, country=CountryFactory(elsewhere=True))


# --- Review -----------------------------------------------------------------------------------------------------------


def review_sample(evidence, by, evidence_link=None, **values):
    return review_evidence(
        **{
            "evidence": evidence,
            "evidence_link": evidence_link,
            "decision": EvidenceDecision.VERIFIED,
            "reason": "Seen in the register.",
            "by": by,
            "now": NOW,
            **values,
        }
    )


def test_an_evidence_link_and_the_evidence_itself_are_reviewed_separately(officer):
    evidence_link = EvidenceLinkFactory()
    on_link = review_sample(evidence_link.evidence, officer, evidence_link)
    on_evidence = review_sample(
        evidence_link.evidence, officer, decision=EvidenceDecision.REJECTED, reason="No date on it."
    )

    assert [
        (r.evidence_link, r.decision, r.reason, r.recorded_by, r.recorded_at) for r in EvidenceReview.objects.all()
    ] == [
        (evidence_link, "verified", "Seen in the register.", officer, NOW),
        (None, "rejected", "No date on it.", officer, NOW),
    ]
    assert {on_link, on_evidence} == set(evidence_link.evidence.reviews.all())
    assert list(AuditEntry.objects.values_list("verb", flat=True)) == ["evidence.verified", "evidence.rejected"]


def test_review_asks_for_readiness(officer):
    evidence_link = EvidenceLinkFactory()
    review_sample(evidence_link.evidence, officer, evidence_link)

    assert Job.objects.filter(kind="readiness", key=evidence_link.benchmark.recommendation.edition_id).exists()


def test_a_review_states_the_start_date_if_the_evidence_lacks_it(officer):
    evidence = EvidenceFactory(happened_from=None, happened_to=january(10))

    assert review_sample(evidence, officer, first_on=january(3)).first_on == january(3)
    with refuses("reversed_dates", field="first_on"):
        review_sample(evidence, officer, first_on=january(11))


def test_a_review_cannot_state_a_start_date_that_the_evidence_has(officer):
    with refuses("already_dated", field="first_on", sentence="The evidence already has a start date, 10 January 2022."):
        review_sample(EvidenceFactory(), officer, first_on=january(3))


def test_review_needs_a_reason(officer):
    with refuses("required", field="reason", sentence="Write the reason, in a sentence."):
        review_sample(EvidenceFactory(), officer, reason=" ")


def test_nobody_verifies_their_own_evidence(officer):
    with refuses(
        "needs_second_person",
        sentence="You recorded this yourself. Ask another officer or the ambassador to verify it.",
    ):
        review_sample(EvidenceFactory(recorded_by=officer), officer)


def test_nobody_verifies_their_own_evidence_link(officer):
    evidence_link = EvidenceLinkFactory(recorded_by=officer)

    with refuses("needs_second_person"):
        review_sample(evidence_link.evidence, officer, evidence_link)
    assert review_sample(evidence_link.evidence, officer).pk


def test_nobody_rejects_their_own_evidence(officer):
    with refuses("needs_second_person"):
        review_sample(EvidenceFactory(recorded_by=officer), officer, decision=EvidenceDecision.REJECTED)


def test_ambassador_verifies_what_an_officer_recorded_and_nothing_else():
    ambassador = AmbassadorFactory()

    assert review_sample(EvidenceFactory(), ambassador).recorded_by == ambassador
    with pytest.raises(PermissionDenied):
        review_sample(EvidenceFactory(update_version=UpdateVersionFactory()), ambassador)


@pytest.mark.parametrize("factory", [ObserverFactory, FocalPointFactory])
def test_other_roles_cannot_review(factory):
    with pytest.raises(PermissionDenied):
        review_sample(EvidenceFactory(), factory())


def test_a_focal_point_cannot_verify_and_gets_no_hint_about_officers():
    own = FocalPointFactory()

    with pytest.raises(PermissionDenied):
        review_sample(EvidenceFactory(recorded_by=own), own)


def test_an_officer_of_another_country_cannot_review():
    with pytest.raises(PermissionDenied):
        review_sample(EvidenceFactory(), OfficerFactory(countries=[CountryFactory(elsewhere=True)]))


def test_evidence_link_of_another_piece_is_refused(officer):
    with refuses("another_evidence", sentence="This benchmark belongs to other evidence."):
        review_sample(EvidenceFactory(), officer, EvidenceLinkFactory())


def test_evidence_of_a_waiting_update_is_reviewed_with_that_update(officer):
    with refuses("update_waits", sentence="This evidence came with an update that waits for your decision."):
        review_sample(EvidenceFactory(update_version=UpdateVersionFactory()), officer)


def test_evidence_of_a_returned_update_cannot_be_reviewed(officer):
    with refuses("update_returned", sentence="This evidence came with an update that was returned on 10 January 2022."):
        review_sample(EvidenceFactory(update_version=UpdateVersionFactory(returned=True)), officer)


def test_evidence_of_an_accepted_update_may_be_reviewed_again(officer):
    evidence = EvidenceFactory(update_version=UpdateVersionFactory(accepted=True), verified=True)

    assert review_sample(evidence, officer, decision=EvidenceDecision.REJECTED).decision == "rejected"


def test_a_second_reviewer_is_refused_and_reads_what_the_first_did(officer):
    evidence = EvidenceFactory()
    evidence_link = EvidenceLinkFactory(evidence=evidence)
    EvidenceReviewFactory(evidence_link=evidence_link, recorded_by=ReviewerFactory(), recorded_at=at_noon(january(27)))

    with refuses("edit_conflict", sentence="Reviewer recorded something newer"):
        review_sample(evidence, officer, evidence_link, seen=0)
    assert review_sample(evidence, officer, evidence_link, seen=evidence_link.reviews.get().pk).pk
    assert review_sample(evidence, officer, seen=0).pk, "the evidence itself has none yet"
