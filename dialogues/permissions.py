"""Permission checks: one small function for each action, with the reason for the rule.

Templates call them to decide whether to show a button; actions call them before they write. They don't check whether an
account may sign in: the accounts of the public record never may, and still stand as recorders.
"""

from dialogues.choices import CommitmentEventKind, MadeBy, ReceivedAs
from dialogues.models import (
    Commitment,
    Dialogue,
    DueDateProposal,
    Evidence,
    EvidenceLink,
    InformationRequest,
    InternalNote,
    Reading,
    Redaction,
    UpdateVersion,
)
from dialogues.models.updates import UpdateSubject
from recommendations.models import Benchmark, Indicator, Question
from tiptracker.accounts.models import Country, Ministry, User
from tiptracker.accounts.permissions import works_on
from tiptracker.choices import Role
from tiptracker.infrastructure.prepared_query import PreparedQuery


def can_upload(user: User) -> bool:
    """Return whether the user may upload files: officers, and focal points for their updates."""
    return user.role == Role.OFFICER or user.is_ministry


def can_send_updates(user: User) -> bool:
    """Return whether the user's role may send updates at all. Checked before a request body is read."""
    return user.is_ministry


def can_give_reviews(user: User) -> bool:
    """Return whether the user's role may review evidence at all: officers and the ambassador."""
    return user.role in (Role.OFFICER, Role.AMBASSADOR)


def can_give_verdicts(user: User) -> bool:
    """Return whether the user's role may assess benchmarks at all: officers only."""
    return user.role == Role.OFFICER


def can_log_evidence(user: User, country: Country) -> bool:
    """Return whether the user is an officer of the country.

    Facts come from the embassy or, in an update, from a ministry.
    """
    return _is_officer_of(user, country.pk)


def can_revise(user: User, evidence: Evidence) -> bool:
    """Return whether the user may revise a piece of evidence: officers of the country, only what the embassy logged.

    A ministry corrects what it sent by sending it again.
    """
    return evidence.update_version_id is None and _is_officer_of(user, evidence.country_id)


def can_record_commitment(user: User, country: Country) -> bool:
    """Return whether the user is an officer of the country.

    Commitments are made to the embassy, so the embassy records them.
    """
    return _is_officer_of(user, country.pk)


def can_change_commitment(user: User, commitment: Commitment) -> bool:
    """Return whether the user may reschedule, withdraw or reopen a commitment: officers of the country.

    A ministry asks for a new date; it doesn't change its own dates.
    """
    return _is_officer_of(user, commitment.country_id)


def can_report_done(user: User, commitment: Commitment) -> bool:
    """Return whether the user may report a commitment done: officers, for a commitment of the United States.

    A ministry reports its own commitment done by sending an update.
    """
    return commitment.made_by == MadeBy.UNITED_STATES and _is_officer_of(user, commitment.country_id)


def can_verify_done(user: User, commitment: Commitment) -> bool:
    """Return whether the user may verify a commitment done: officers of the country, but not for their own report.

    The ambassador may do so too for a commitment of the United States, because a small post has only one officer, who
    reports it done.
    """
    if has_reported_done(user, commitment):
        return False
    if user.role == Role.AMBASSADOR and commitment.made_by == MadeBy.UNITED_STATES:
        return works_on(user, commitment.country_id)
    return _is_officer_of(user, commitment.country_id)


def can_ask_for_information(user: User, country: Country) -> bool:
    """Return whether the user may ask a ministry for information: officers of the country, who review the answer."""
    return _is_officer_of(user, country.pk)


def can_change_request(user: User, information_request: InformationRequest) -> bool:
    """Return whether the user may move the due date of a request or withdraw it: officers of the country.

    The request is the embassy's and not one officer's, so a colleague may change it too.
    """
    return _is_officer_of(user, information_request.country_id)


def can_send_update(user: User, subject: UpdateSubject) -> bool:
    """Return whether the user is a focal point of the ministry that made the commitment, or that a request asks.

    Other ministries can't see it.
    """
    return user.is_ministry and subject.ministry_id == user.ministry_id


def can_send_on_behalf(user: User, subject: UpdateSubject) -> bool:
    """Return whether the user may send what a ministry handed over, on its behalf: officers of the country.

    The officer records it, so another person has to decide on it.
    """
    return subject.ministry_id is not None and _is_officer_of(user, subject.country_id)


def can_use_workbook(user: User, ministry: Ministry) -> bool:
    """Return whether the user may download and upload a ministry's workbook: its focal points, and officers."""
    return user.ministry_id == ministry.pk if user.is_ministry else _is_officer_of(user, ministry.country_id)


def has_other_officer(user: User, country: Country) -> bool:
    """Return whether another officer of the country can decide on what this user sends for a ministry."""
    officers = User.objects.filter(role=Role.OFFICER, is_active=True, countries=country)
    return officers.exclude(pk=user.pk).exists()


def can_withdraw_update(user: User, update_version: UpdateVersion) -> bool:
    """Return whether the user is a focal point of the ministry that sent the update version.

    An update belongs to the ministry and not to one person, so a colleague of the sender may withdraw it too. What an
    officer recorded from a letter, a meeting or a message is the embassy's record. A workbook is the ministry's own.
    """
    if update_version.received_as not in ("", ReceivedAs.WORKBOOK):
        return False
    return can_send_update(user, update_version.update.subject)


def has_recorded_version(user: User, update_version: UpdateVersion) -> bool:
    """Return whether the user recorded the version for the ministry, so that another officer has to decide on it."""
    return update_version.received_on is not None and update_version.recorded_by_id == user.pk


def can_propose_due_date(user: User, commitment: Commitment) -> bool:
    """Return whether the user is a focal point of the ministry that made the commitment: a ministry asks for a date."""
    return can_send_update(user, commitment)


def can_withdraw_due_date(user: User, proposal: DueDateProposal) -> bool:
    """Return whether the user is a focal point of the ministry that proposed the date, as for an update."""
    return can_propose_due_date(user, proposal.commitment)


def can_answer_due_date(user: User, proposal: DueDateProposal) -> bool:
    """Return whether the user may accept or decline a proposed due date: whoever may move the date."""
    return can_change_commitment(user, proposal.commitment)


def can_draft(user: User, subject: UpdateSubject | Dialogue) -> bool:
    """Return whether the user may edit a draft: those who may send the update, or record the dialogue."""
    if isinstance(subject, Dialogue):
        return can_manage_dialogues(user, subject.country)
    return can_send_update(user, subject)


def can_decide_on_update(user: User, update_version: UpdateVersion) -> bool:
    """Return whether the user may accept or return an update version: officers of the country, never the sender."""
    return _is_officer_of(user, update_version.update.subject.country_id) and update_version.recorded_by_id != user.pk


def can_review_evidence(user: User, evidence: Evidence, evidence_link: EvidenceLink | None = None) -> bool:
    """Return whether the user may review evidence, or one of its links: officers of the country, and the ambassador.

    The ambassador may review only what an officer recorded, because a small post has one officer. Evidence without an
    update version counts as recorded by an officer, whatever role the recorder has today. Nobody may review what they
    recorded themselves, whether the evidence or the link.
    """
    if has_recorded(user, evidence, evidence_link):
        return False
    if _is_officer_of(user, evidence.country_id):
        return True
    return user.role == Role.AMBASSADOR and evidence.update_version_id is None and works_on(user, evidence.country_id)


def can_assess(user: User, benchmark: Benchmark) -> bool:
    """Return whether the user may assess a benchmark: officers of the country, because the verdict is the embassy's."""
    return _is_officer_of(user, benchmark.recommendation.edition.country_id)


def can_set_annual_target(user: User, indicator: Indicator) -> bool:
    """Return whether the user may set annual targets: officers of the country, who agree on them with ministries."""
    return _is_officer_of(user, indicator.country_id)


def can_manage_dialogues(user: User, country: Country) -> bool:
    """Return whether the user may add and correct dialogues: officers of the country, who take part in them."""
    return _is_officer_of(user, country.pk)


def can_request_pack(user: User, dialogue: Dialogue) -> bool:
    """Return whether the user may request a briefing pack for a dialogue: officers and the ambassador.

    There is no pack for a dialogue that was called off.
    """
    if dialogue.called_off_at or user.role not in (Role.OFFICER, Role.AMBASSADOR):
        return False
    return works_on(user, dialogue.country_id)


def can_write_notes(user: User, country: Country) -> bool:
    """Return whether the user may write internal notes: officers of the country, who hand the file over."""
    return _is_officer_of(user, country.pk)


def can_mark_note(user: User, note: InternalNote) -> bool:
    """Return whether the user may mark a note as dealt with, or take that back.

    Officers of the country may: one of them may have left, and another does the work. So may an ambassador whom the
    note names.
    """
    if _is_officer_of(user, note.country_id):
        return True
    is_named = user.role == Role.AMBASSADOR and note.named_id == user.pk
    return is_named and works_on(user, note.country_id)


def can_manage_partners(user: User, country: Country) -> bool:
    """Return whether the user may add and rename partners: officers of the country, whose evidence names them."""
    return _is_officer_of(user, country.pk)


def can_keep_law(user: User, country: Country) -> bool:
    """Return whether the user may add, correct and end entries on the law: officers of the country."""
    return _is_officer_of(user, country.pk)


def can_redact(user: User, country: Country) -> bool:
    """Return whether the user may propose a redaction: officers and the ambassador of the country.

    A redaction takes two people, and a small post has only one officer.
    """
    return user.role in (Role.OFFICER, Role.AMBASSADOR) and works_on(user, country.pk)


def can_decide_on_redaction(user: User, redaction: Redaction) -> bool:
    """Return whether the user may decide on a redaction: as `can_redact`, but never on their own proposal.

    A redaction can't be undone.
    """
    return redaction.recorded_by_id != user.pk and can_redact(user, redaction.country)


def can_write_answers(user: User, country: int) -> bool:
    """Return whether the user may write answers to the yearly questions: officers of the country."""
    return _is_officer_of(user, country)


def can_clear_answer(user: User, question: Question) -> bool:
    """Return whether the user may clear the answer to a question: officers and the ambassador, but none of its authors.

    Two people see an answer before it goes to Washington.
    """
    if user.role not in (Role.OFFICER, Role.AMBASSADOR):
        return False
    is_author = question.answers.filter(recorded_by=user).exists()
    return not is_author and works_on(user, question.edition.country_id)


def has_recorded(user: User, evidence: Evidence, evidence_link: EvidenceLink | None = None) -> bool:
    """Return whether the user recorded the evidence, the link, or a figure that rests on the evidence.

    If so, another person has to verify it. A review of the evidence itself also verifies its figures.
    """
    if evidence.recorded_by_id == user.pk:
        return True
    if evidence_link is not None:
        return evidence_link.recorded_by_id == user.pk
    return bool(_FIGURE_OF_USER.columns(evidence=evidence.pk, user=user.pk))


_FIGURE_OF_USER = PreparedQuery(
    lambda evidence, user: Reading.objects.filter(evidence=evidence, recorded_by=user).order_by().values_list("pk")[:1],
    evidence=int,
    user=int,
)


def has_reported_done(user: User, commitment: Commitment) -> bool:
    """Return whether the user recorded the newest report that the commitment is done."""
    newest = (
        commitment.events.filter(kind=CommitmentEventKind.REPORTED_DONE)
        .order_by("-happened_on", "-recorded_at", "-pk")
        .first()
    )
    return newest is not None and newest.recorded_by_id == user.pk


def _is_officer_of(user: User, country_id: int) -> bool:
    return user.role == Role.OFFICER and works_on(user, country_id)
