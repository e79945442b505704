"""Actions that record and change commitments."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied

from dialogues.actions.commitments import record_commitment, reopen, report_done, reschedule, verify_done, withdraw
from dialogues.choices import (
    CommitmentEventKind,
    CommitmentReach,
    CommitmentStatus,
    EvidenceDecision,
    Horizon,
    MadeBy,
    SupportKind,
)
from dialogues.commitment_status import CommitmentStanding
from dialogues.models import Commitment
from tests.dialogues.commitment_histories import january
from tests.factories import (
    AmbassadorFactory,
    BenchmarkFactory,
    CommitmentEventFactory,
    CommitmentFactory,
    CountryFactory,
    DialogueFactory,
    EvidenceFactory,
    EvidenceLinkFactory,
    EvidenceReviewFactory,
    FocalPointFactory,
    MinistryFactory,
    ObserverFactory,
    OfficerFactory,
    UpdateVersionFactory,
    at_noon,
)
from tests.refusals import refuses
from tiptracker.audit.models import AuditEntry
from tiptracker.jobs.models import Job

pytestmark = pytest.mark.django_db

TODAY = date(2022, 1, 28)
NOW = at_noon(TODAY)
MADE_ON = date(2021, 11, 8)


@pytest.fixture
def officer():
    return OfficerFactory(name="Palesa Nkosi")


# --- Record -----------------------------------------------------------------------------------------------------------


def record_sample(by, **values):
    return record_commitment(
        **{
            "country": CountryFactory(),
            "made_by": MadeBy.MINISTRY,
            "ministry": MinistryFactory(short_name="Police"),
            "text": "A focal point in all ten districts",
            "made_on": MADE_ON,
            "due_on": january(31),
            "dialogue": None,
            "letter": "Letter of 8 November 2021",
            "horizon": Horizon.SHORT_TERM,
            "links": [],
            "by": by,
            "now": NOW,
            **values,
        }
    )


def test_record_commitment_writes_the_commitment_and_its_first_event(officer):
    dialogue, benchmark = DialogueFactory(), BenchmarkFactory()
    commitment = record_sample(officer, dialogue=dialogue, letter="", links=[(benchmark, CommitmentReach.MEETS)])

    saved = Commitment.objects.get()
    assert saved == commitment
    assert (saved.text, saved.maker, saved.dialogue) == (
        "A focal point in all ten districts",
        "Ministry of Police",
        dialogue,
    )
    assert [(link.benchmark, link.reach) for link in saved.links.all()] == [(benchmark, "meets")]
    event = saved.events.get()
    assert (event.kind, event.happened_on, event.due_on) == ("made", MADE_ON, january(31))
    assert (event.recorded_by, event.recorded_at) == (officer, NOW)
    assert Job.objects.get().key == str(benchmark.recommendation.edition_id)
    assert AuditEntry.objects.get().verb == "commitment.recorded"


def test_record_commitment_may_have_no_date_agreed(officer):
    assert record_sample(officer, due_on=None).standing_on(TODAY) == CommitmentStanding(CommitmentStatus.OPEN, None)


def test_record_commitment_of_the_united_states_names_no_ministry(officer):
    assert record_sample(officer, made_by=MadeBy.UNITED_STATES, ministry=None).maker == "United States"


@pytest.mark.parametrize(
    ("values", "field", "code", "sentence"),
    [
        ({"text": " "}, "text", "required", "Write what was promised."),
        ({"made_on": date(2022, 1, 29), "due_on": None}, "made_on", "future_day", ""),
        ({"due_on": date(2021, 11, 7)}, "due_on", "due_too_early", "The due date is before the day of the promise."),
        ({"ministry": None}, "ministry", "unclear_maker", "Choose the ministry, or say that the United States"),
        ({"made_by": MadeBy.UNITED_STATES}, "ministry", "unclear_maker", ""),
        ({"letter": " "}, "dialogue", "required", "Choose the dialogue at which the commitment was made, or name"),
        ({"letter": "x" * 301}, "letter", "max_length", ""),
    ],
)
def test_record_commitment_refuses(officer, values, field, code, sentence):
    with refuses(code, field=field, sentence=sentence):
        record_sample(officer, **values)
    assert not Commitment.objects.exists()


def test_record_commitment_refuses_rows_of_another_country(officer):
    elsewhere = CountryFactory(elsewhere=True)
    foreign = BenchmarkFactory(recommendation__edition__country=elsewhere)

    with refuses("another_country", field="ministry", sentence="That ministry belongs to another country."):
        record_sample(officer, ministry=MinistryFactory(country=elsewhere))
    with refuses("another_country", field="dialogue", sentence="That dialogue was with another country."):
        record_sample(officer, dialogue=DialogueFactory(country=elsewhere))
    with refuses("another_country", field="links", sentence="One of the benchmarks belongs to another country."):
        record_sample(officer, links=[(foreign, CommitmentReach.MEETS)])


def test_record_commitment_refuses_one_benchmark_twice(officer):
    benchmark = BenchmarkFactory()

    with refuses("named_twice", field="links", sentence="One benchmark is named twice."):
        record_sample(officer, links=[(benchmark, CommitmentReach.MEETS), (benchmark, CommitmentReach.CONTRIBUTES)])


@pytest.mark.parametrize("factory", [AmbassadorFactory, ObserverFactory, FocalPointFactory])
def test_only_officers_record_commitments(factory):
    with pytest.raises(PermissionDenied):
        record_sample(factory())


# --- What may happen to it --------------------------------------------------------------------------------------------


def perform_verb(verb, commitment, by, **values):
    """Call the action for today, with a reason; `values` replace arguments."""
    arguments = {"commitment": commitment, "on": TODAY, "by": by, "now": NOW}
    if verb is not report_done:
        arguments["reason"] = "They asked for it."
    if verb is reschedule:
        arguments["due_on"] = date(2022, 2, 14)
    return verb(**{**arguments, **values})


def commitment_with_status(status):
    """Return a commitment with this status today."""
    if status is CommitmentStatus.OPEN:
        return CommitmentFactory(made__due_on=date(2022, 2, 1))
    if status is CommitmentStatus.OVERDUE:
        return CommitmentFactory(made__due_on=january(14))
    if status is CommitmentStatus.WITH_EMBASSY:
        return UpdateVersionFactory(update__commitment__made__due_on=january(14)).update.commitment
    commitment = CommitmentFactory(united_states=True)
    kinds = {
        CommitmentStatus.REPORTED: [CommitmentEventKind.REPORTED_DONE],
        CommitmentStatus.WITHDRAWN: [CommitmentEventKind.WITHDRAWN],
    }
    for kind in kinds.get(status, [CommitmentEventKind.REPORTED_DONE, CommitmentEventKind.VERIFIED_DONE]):
        CommitmentEventFactory(commitment=commitment, kind=kind, happened_on=january(20))
    return commitment


VERBS = (reschedule, withdraw, reopen, report_done, verify_done)
ALLOWED_STATUSES = {
    reschedule: {CommitmentStatus.OPEN, CommitmentStatus.OVERDUE, CommitmentStatus.WITH_EMBASSY},
    withdraw: {CommitmentStatus.OPEN, CommitmentStatus.OVERDUE, CommitmentStatus.REPORTED},
    reopen: {CommitmentStatus.REPORTED, CommitmentStatus.VERIFIED, CommitmentStatus.WITHDRAWN},
    report_done: {CommitmentStatus.OPEN, CommitmentStatus.OVERDUE},
    verify_done: {CommitmentStatus.OPEN, CommitmentStatus.OVERDUE, CommitmentStatus.REPORTED},
}


def refusal_code(verb, status):
    """Return the code of the refusal of an action that the status does not allow."""
    if status is CommitmentStatus.WITH_EMBASSY:
        return "update_waits"
    return "already_open" if verb is reopen else "closed"


RESULTING_STATUS = {
    reschedule: CommitmentStatus.OPEN,
    withdraw: CommitmentStatus.WITHDRAWN,
    reopen: CommitmentStatus.OPEN,
    report_done: CommitmentStatus.REPORTED,
    verify_done: CommitmentStatus.VERIFIED,
}


@pytest.mark.parametrize("verb", VERBS, ids=lambda verb: verb.__name__)
@pytest.mark.parametrize("status", CommitmentStatus)
def test_each_change_is_accepted_in_some_statuses_and_refused_in_others(officer, verb, status):
    commitment = commitment_with_status(status)
    if verb is report_done and commitment.ministry and status is not CommitmentStatus.WITH_EMBASSY:
        commitment = CommitmentFactory(united_states=True, made__due_on=commitment.events.get().due_on)
    EvidenceFactory(commitment=commitment, verified=True)
    assert commitment.standing_on(TODAY).status is status
    events = commitment.events.count()

    if status in ALLOWED_STATUSES[verb]:
        event = perform_verb(verb, commitment, officer)
        assert (event.happened_on, event.recorded_at, event.recorded_by) == (TODAY, NOW, officer)
        stays = status is CommitmentStatus.WITH_EMBASSY
        assert Commitment.objects.get(pk=commitment.pk).standing_on(TODAY).status is (
            status if stays else RESULTING_STATUS[verb]
        )
    else:
        nobodys = verb is report_done and status is CommitmentStatus.WITH_EMBASSY  # a ministry reports by sending
        with pytest.raises(PermissionDenied) if nobodys else refuses(refusal_code(verb, status)):
            perform_verb(verb, commitment, officer)
        assert commitment.events.count() == events


def test_each_change_is_logged_with_the_values_before(officer):
    commitment = CommitmentFactory(made__due_on=january(14), benchmarks=[BenchmarkFactory()])
    perform_verb(reschedule, commitment, officer)

    entry = AuditEntry.objects.get()
    assert (entry.verb, entry.row, entry.country) == (
        "commitment.rescheduled",
        str(commitment.pk),
        commitment.country,
    )
    assert '"status": "overdue"' in entry.detail.before
    assert '"due_on": "2022-02-14"' in entry.detail.after
    assert Job.objects.filter(kind="readiness").count() == 1


def test_reschedule_counts_as_a_slip(officer):
    commitment = CommitmentFactory(made__due_on=january(14))
    perform_verb(reschedule, commitment, officer)

    assert commitment.standing_on(TODAY) == CommitmentStanding(CommitmentStatus.OPEN, date(2022, 2, 14), 1)


def test_reschedule_refuses_the_same_date_and_a_date_before_the_agreement(officer):
    commitment = CommitmentFactory(made__due_on=january(14))

    with refuses("unchanged", field="due_on", sentence="The commitment is already due on 14 January 2022."):
        perform_verb(reschedule, commitment, officer, due_on=january(14), on=january(10))
    with refuses(
        "due_too_early", field="due_on", sentence="The new due date is before the day on which it was agreed."
    ):
        perform_verb(reschedule, commitment, officer, due_on=january(20))


@pytest.mark.parametrize("verb", [reschedule, withdraw, reopen], ids=lambda verb: verb.__name__)
def test_each_change_needs_a_reason(officer, verb):
    with refuses("required", field="reason", sentence="Write why"):
        perform_verb(verb, commitment_with_status(CommitmentStatus.OPEN), officer, reason=" ")


@pytest.mark.parametrize("verb", VERBS, ids=lambda verb: verb.__name__)
def test_each_change_refuses_a_future_date_and_a_date_before_the_newest_event(officer, verb):
    commitment = CommitmentFactory(united_states=True)
    CommitmentEventFactory(
        commitment=commitment, kind=CommitmentEventKind.RESCHEDULED, happened_on=january(20), due_on=january(25)
    )

    with refuses("future_day", field="on"):
        perform_verb(verb, commitment, officer, on=date(2022, 1, 29))
    with refuses(
        "before_newest_entry",
        field="on",
        sentence="The newest entry of the commitment is of 20 January 2022. Enter that day or a later one.",
    ):
        perform_verb(verb, commitment, officer, on=january(19))


@pytest.mark.parametrize("verb", VERBS, ids=lambda verb: verb.__name__)
@pytest.mark.parametrize("factory", [AmbassadorFactory, ObserverFactory, FocalPointFactory])
def test_only_officers_change_commitments(verb, factory):
    # What the United States undertook, an ambassador may verify done: see test_permissions.
    commitment = CommitmentFactory(united_states=verb is not verify_done)

    with pytest.raises(PermissionDenied):
        perform_verb(verb, commitment, factory())


@pytest.mark.parametrize("verb", VERBS, ids=lambda verb: verb.__name__)
def test_an_officer_of_another_country_cannot_change_a_commitment(verb):
    with pytest.raises(PermissionDenied):
        perform_verb(
            verb, CommitmentFactory(united_states=True), OfficerFactory(countries=[CountryFactory(elsewhere=True)])
        )


def test_an_officer_cannot_report_a_ministrys_commitment_done(officer):
    with pytest.raises(PermissionDenied):
        perform_verb(report_done, CommitmentFactory(), officer)


@pytest.mark.parametrize("verb", [withdraw, reopen, verify_done], ids=lambda verb: verb.__name__)
def test_a_waiting_update_must_be_decided_on_first(officer, verb):
    commitment = CommitmentFactory()
    UpdateVersionFactory(update__commitment=commitment, happened_on=january(12))

    with refuses(
        "update_waits",
        sentence="The ministry’s update of 12 January 2022 has not been reviewed yet. Accept it or return it first.",
    ):
        perform_verb(verb, commitment, officer)


def test_the_refusal_for_a_settled_commitment_names_person_date_and_reason(officer):
    commitment = CommitmentFactory()
    CommitmentEventFactory(
        commitment=commitment,
        kind=CommitmentEventKind.WITHDRAWN,
        happened_on=january(20),
        reason="The budget was cut.",
        recorded_by=OfficerFactory(name="Thabo Mokoena"),
    )

    with refuses("closed", sentence="Withdrawn on 20 January 2022 by Thabo Mokoena: The budget was cut. Its due date"):
        perform_verb(reschedule, commitment, officer)


@pytest.mark.parametrize("verb", VERBS, ids=lambda verb: verb.__name__)
def test_a_second_officer_is_refused_and_reads_what_the_first_did(officer, verb):
    commitment = CommitmentFactory(united_states=True)
    page_showed = commitment.events.get().pk
    perform_verb(reschedule, commitment, OfficerFactory(name="Thabo Mokoena"), seen=page_showed)

    with refuses("edit_conflict", sentence="Thabo Mokoena recorded something newer"):
        perform_verb(verb, commitment, officer, seen=page_showed)


# --- Done needs proof -------------------------------------------------------------------------------------------------


def test_verify_done_needs_verified_dated_evidence_and_a_reason(officer):
    commitment = CommitmentFactory()
    EvidenceFactory(commitment=commitment, verified=True)

    event = perform_verb(verify_done, commitment, officer, reason=" Seen at the court. ")
    assert (event.kind, event.reason) == ("verified_done", "Seen at the court.")


WITHOUT_PROOF = {
    "none": lambda commitment: None,
    "not reviewed": lambda commitment: EvidenceFactory(commitment=commitment),
    "another commitment's": lambda commitment: EvidenceFactory(commitment=CommitmentFactory(), verified=True),
    "rejected": lambda commitment: EvidenceReviewFactory(
        evidence=EvidenceFactory(commitment=commitment), decision=EvidenceDecision.REJECTED
    ),
    "rejected since": lambda commitment: EvidenceReviewFactory(
        evidence=EvidenceFactory(commitment=commitment, verified=True),
        decision=EvidenceDecision.REJECTED,
        recorded_at=at_noon(january(20)),
    ),
    "verified to show a plan": lambda commitment: EvidenceReviewFactory(
        evidence_link=EvidenceLinkFactory(evidence__commitment=commitment, shows=SupportKind.PLAN)
    ),
    "revised since": lambda commitment: EvidenceFactory(
        commitment=commitment, revises=EvidenceFactory(commitment=commitment, verified=True)
    ),
}


@pytest.mark.parametrize("what", WITHOUT_PROOF)
def test_verify_done_without_proof_names_what_is_missing(officer, what):
    commitment = CommitmentFactory()
    WITHOUT_PROOF[what](commitment)

    with refuses(
        "unproven",
        sentence="The commitment cannot be verified as done yet. Missing: verified evidence of what was done (log it",
    ):
        perform_verb(verify_done, commitment, officer)


WITH_PROOF = {
    "the evidence itself": lambda commitment: EvidenceReviewFactory(evidence=EvidenceFactory(commitment=commitment)),
    "an action it shows": lambda commitment: EvidenceReviewFactory(
        evidence_link=EvidenceLinkFactory(evidence__commitment=commitment)
    ),
    "verified after it was rejected": lambda commitment: EvidenceReviewFactory(
        evidence=EvidenceReviewFactory(
            evidence=EvidenceFactory(commitment=commitment), decision=EvidenceDecision.REJECTED
        ).evidence,
        recorded_at=at_noon(january(20)),
    ),
    "the first day told by its review": lambda commitment: EvidenceReviewFactory(
        evidence=EvidenceFactory(commitment=commitment, happened_from=None), first_on=january(3)
    ),
}


@pytest.mark.parametrize("what", WITH_PROOF)
def test_verify_done_accepts_each_kind_of_proof(officer, what):
    commitment = CommitmentFactory()
    WITH_PROOF[what](commitment)

    assert perform_verb(verify_done, commitment, officer).pk


def test_verify_done_without_a_start_date_asks_for_it(officer):
    commitment = CommitmentFactory()
    EvidenceFactory(commitment=commitment, happened_from=None, verified=True)

    with refuses(
        "unproven",
        sentence="Missing: the start date of its evidence (enter it when you verify the evidence).",
    ):
        perform_verb(verify_done, commitment, officer)


def test_verify_done_without_a_reason_is_refused_on_the_field(officer):
    commitment = CommitmentFactory()
    EvidenceFactory(commitment=commitment, verified=True)

    with refuses("unproven", field="reason"):
        perform_verb(verify_done, commitment, officer, reason=" ")


def test_verify_done_names_all_that_is_missing(officer):
    with refuses("unproven", sentence="another person to verify it); a written reason."):
        perform_verb(verify_done, CommitmentFactory(), officer, reason="")


def test_nobody_verifies_their_own_report_that_a_commitment_is_done(officer):
    commitment = CommitmentFactory(united_states=True)
    EvidenceFactory(commitment=commitment, verified=True)
    perform_verb(report_done, commitment, officer)

    with refuses("needs_second_person", sentence="You reported the commitment done yourself."):
        perform_verb(verify_done, commitment, officer)
    assert perform_verb(verify_done, commitment, OfficerFactory()).pk
