"""May this user do that to this row: one small function each, with its reason.

Templates ask these for whether to show a button, actions ask them before they write. Whether an account may sign in at
all is decided there; those that stand for the public record never may, and still record.
"""

from dialogues.choices import CommitmentEventKind, MadeBy
from dialogues.models import Commitment, Dialogue, Evidence, EvidenceBearing, Redaction, UpdateRound
from recommendations.models import Benchmark
from tiptracker.accounts.models import Country, User
from tiptracker.choices import Role


def can_upload(user: User) -> bool:
    """Those who write facts: officers, and focal points with their updates."""
    return user.role in (Role.OFFICER, Role.FOCAL_POINT)


def can_send_updates(user: User) -> bool:
    """Those who may on some commitment, as the next two on some evidence and benchmark: asked before a body is read."""
    return user.role == Role.FOCAL_POINT


def can_give_reviews(user: User) -> bool:
    """Officers, and the ambassador for what an officer recorded."""
    return user.role in (Role.OFFICER, Role.AMBASSADOR)


def can_give_verdicts(user: User) -> bool:
    """Officers alone."""
    return user.role == Role.OFFICER


def can_log_evidence(user: User, country: Country) -> bool:
    """Officers of the country: facts come from the embassy or, through an update, from a ministry."""
    return _is_officer_of(user, country.pk)


def can_revise(user: User, evidence: Evidence) -> bool:
    """Officers of the country, what the embassy logged itself: what a ministry sent, it mends by sending again."""
    return evidence.round_id is None and _is_officer_of(user, evidence.country_id)


def can_record_commitment(user: User, country: Country) -> bool:
    """Officers of the country: a promise was made to the embassy, so the embassy writes it down."""
    return _is_officer_of(user, country.pk)


def can_change_commitment(user: User, commitment: Commitment) -> bool:
    """Officers of the country reschedule, withdraw and reopen: a ministry asks, it doesn't move its own dates."""
    return _is_officer_of(user, commitment.country_id)


def can_report_done(user: User, commitment: Commitment) -> bool:
    """Officers, for what the United States undertook; a ministry reports its own done by sending an update."""
    return commitment.made_by == MadeBy.UNITED_STATES and _is_officer_of(user, commitment.country_id)


def can_verify_done(user: User, commitment: Commitment) -> bool:
    """Officers of the country, but nobody what they reported done themselves.

    The ambassador too for an undertaking of the United States, which an officer reports done: a small post has one.
    """
    if has_reported_done(user, commitment):
        return False
    if user.role == Role.AMBASSADOR and commitment.made_by == MadeBy.UNITED_STATES:
        return user.countries.filter(pk=commitment.country_id).exists()
    return _is_officer_of(user, commitment.country_id)


def can_send_update(user: User, commitment: Commitment) -> bool:
    """Focal points of the ministry that made the commitment; a supporting ministry has no sight of it."""
    return user.role == Role.FOCAL_POINT and commitment.ministry_id == user.ministry_id


def can_draft(user: User, of: Commitment | Dialogue) -> bool:
    """Whoever may send it: an update's draft is the ministry's, that of a dialogue's record the officers'."""
    return can_send_update(user, of) if isinstance(of, Commitment) else can_manage_dialogues(user, of.country)


def can_decide_on_update(user: User, round: UpdateRound) -> bool:
    """Officers of the country accept or return a round, but nobody one that they sent."""
    return _is_officer_of(user, round.update.commitment.country_id) and round.recorded_by_id != user.pk


def can_review_evidence(user: User, evidence: Evidence, bearing: EvidenceBearing | None = None) -> bool:
    """Officers of the country; the ambassador too for what an officer recorded, since a small post has one officer.

    An officer recorded what came without a round, whichever role the recorder has today.

    Nobody what they recorded themselves, be it the evidence or what it is said to show.
    """
    if has_recorded(user, evidence, bearing):
        return False
    if _is_officer_of(user, evidence.country_id):
        return True
    return (
        user.role == Role.AMBASSADOR
        and evidence.round_id is None
        and user.countries.filter(pk=evidence.country_id).exists()
    )


def can_assess(user: User, benchmark: Benchmark) -> bool:
    """Officers of the country: the verdict is the embassy's."""
    return _is_officer_of(user, benchmark.recommendation.edition.country_id)


def can_manage_dialogues(user: User, country: Country) -> bool:
    """Officers of the country add dialogues and put them right: they sat in the room."""
    return _is_officer_of(user, country.pk)


def can_request_pack(user: User, dialogue: Dialogue) -> bool:
    """Officers and the ambassador, as for every briefing; of a dialogue that was called off there is nothing to say."""
    if dialogue.called_off_at or user.role not in (Role.OFFICER, Role.AMBASSADOR):
        return False
    return user.countries.filter(pk=dialogue.country_id).exists()


def can_redact(user: User, country: Country) -> bool:
    """Officers and the ambassador of the country: a small post has one officer, and it takes two people."""
    return user.role in (Role.OFFICER, Role.AMBASSADOR) and user.countries.filter(pk=country.pk).exists()


def can_decide_on_redaction(user: User, redaction: Redaction) -> bool:
    """The same, but nobody on what they proposed themselves: what is taken out can't be put back."""
    return redaction.recorded_by_id != user.pk and can_redact(user, redaction.country)


def has_recorded(user: User, evidence: Evidence, bearing: EvidenceBearing | None = None) -> bool:
    """Whether the evidence, the bearing, or a figure that rests on the evidence is this person's own.

    Then somebody else verifies it; reviewing the evidence itself verifies its figures.
    """
    if evidence.recorded_by_id == user.pk:
        return True
    if bearing is not None:
        return bearing.recorded_by_id == user.pk
    return evidence.readings.filter(recorded_by=user).exists()


def has_reported_done(user: User, commitment: Commitment) -> bool:
    """Whether the newest report that the commitment is done is this person's own."""
    newest = (
        commitment.events.filter(kind=CommitmentEventKind.REPORTED_DONE)
        .order_by("-happened_on", "-recorded_at", "-pk")
        .first()
    )
    return newest is not None and newest.recorded_by_id == user.pk


def _is_officer_of(user: User, country_id: int) -> bool:
    return user.role == Role.OFFICER and user.countries.filter(pk=country_id).exists()
