"""Suggest agenda items for a dialogue: what is open, overdue or waiting, most urgent first, each with its reasons."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import NamedTuple

from dialogues.choices import CommitmentStatus
from dialogues.commitment_status import CommitmentStanding
from dialogues.request_status import RequestStanding
from tiptracker.localization import format_date, gettext, ngettext

DUE_SOON = timedelta(weeks=4)
"""How long after the dialogue a commitment may fall due and still be suggested for its agenda."""
RANK_OVERDUE, RANK_RETURNED, RANK_WAITING, RANK_DUE, RANK_AGREED, RANK_UNDATED, RANK_NOTHING_SHOWN = range(7)
"""Ranks of suggestions, most urgent first."""


class AgendaCommitment(NamedTuple):
    """A commitment and its standing on the day of the dialogue or of the request."""

    key: int
    standing: CommitmentStanding
    is_of_last_dialogue: bool
    is_ours: bool


class AgendaRecommendation(NamedTuple):
    """A recommendation, and the number of its benchmarks with a claimed or verified action (`shown`)."""

    key: int
    number: int
    shown: int


class AgendaRequest(NamedTuple):
    """A request for information and its standing on the day of the dialogue or of the request."""

    key: int
    standing: RequestStanding


class AgendaReason(NamedTuple):
    """A reason to put something on the agenda: its rank, its order within the rank, and a sentence."""

    rank: int
    order: int
    sentence: str


class AgendaSuggestion(NamedTuple):
    """A suggested agenda item: its subject, and the reasons to raise it, most urgent first.

    `about` is "commitment-5", "request-7" or "recommendation-3", for example.
    """

    about: str
    reasons: tuple[AgendaReason, ...]

    @property
    def rank(self) -> int:
        """The rank of the most urgent reason (0: most urgent)."""
        return self.reasons[0].rank

    @property
    def reason(self) -> str:
        """All reasons, each a sentence."""
        return " ".join(reason.sentence for reason in self.reasons)


def suggest_agenda_items(
    commitments: Iterable[AgendaCommitment],
    requests: Iterable[AgendaRequest],
    recommendations: Iterable[AgendaRecommendation],
    held_on: date,
) -> list[AgendaSuggestion]:
    """Return suggestions for a dialogue on the day `held_on`, most urgent first. What is settled is left out."""
    ranked = []
    for commitment in commitments:
        if reasons := _list_reasons(commitment, held_on):
            suggestion = AgendaSuggestion(f"commitment-{commitment.key}", tuple(reasons))
            ranked.append((suggestion.rank, reasons[0].order, commitment.key, suggestion))
    for request in requests:
        if reasons := _list_request_reasons(request.standing, held_on):
            suggestion = AgendaSuggestion(f"request-{request.key}", tuple(reasons))
            ranked.append((suggestion.rank, reasons[0].order, request.key, suggestion))
    for recommendation in recommendations:
        if not recommendation.shown:
            reason = AgendaReason(
                RANK_NOTHING_SHOWN, recommendation.number, gettext("To date, no action on it has been recorded.")
            )
            suggestion = AgendaSuggestion(f"recommendation-{recommendation.key}", (reason,))
            ranked.append((RANK_NOTHING_SHOWN, recommendation.number, recommendation.key, suggestion))
    return [suggestion for *_, suggestion in sorted(ranked, key=lambda each: each[:3])]


def _list_reasons(commitment: AgendaCommitment, held_on: date) -> list[AgendaReason]:
    """Return the reasons to raise a commitment, most urgent first.

    A less urgent reason (due soon, agreed last time, undated) is given only where no more urgent one applies.
    """
    standing = commitment.standing
    if standing.is_settled:
        return []
    urgent = []
    if days := standing.days_overdue:
        urgent.append(AgendaReason(RANK_OVERDUE, -days, _overdue_sentence(days, is_ours=commitment.is_ours)))
    if on := standing.returned_on:
        sentence = gettext("We returned the ministry’s update on %(date)s. It has not been sent again.")
        urgent.append(AgendaReason(RANK_RETURNED, on.toordinal(), sentence % {"date": format_date(on)}))
    if on := standing.waits_since:
        sentence = gettext("The ministry’s update has been with the embassy since %(date)s.")
        urgent.append(AgendaReason(RANK_WAITING, on.toordinal(), sentence % {"date": format_date(on)}))
    elif standing.status is CommitmentStatus.REPORTED:
        urgent.append(AgendaReason(RANK_WAITING, 0, gettext("Reported done, not verified yet.")))
    if urgent:
        return urgent
    due_on = standing.due_on
    if due_on and due_on <= held_on + DUE_SOON:
        sentence = gettext("Due on %(date)s.") % {"date": format_date(due_on)}
        return [AgendaReason(RANK_DUE, due_on.toordinal(), sentence)]
    if commitment.is_of_last_dialogue:
        return [AgendaReason(RANK_AGREED, (due_on or date.max).toordinal(), _agreed_sentence(due_on))]
    return [] if due_on else [AgendaReason(RANK_UNDATED, 0, gettext("Open, with no due date agreed."))]


def _list_request_reasons(standing: RequestStanding, held_on: date) -> list[AgendaReason]:
    """Return the reasons to raise a request for information, most urgent first. Not if it is due long after."""
    if standing.is_settled:
        return []
    reasons = []
    if days := standing.days_overdue:
        reasons.append(AgendaReason(RANK_OVERDUE, -days, _overdue_sentence(days, is_ours=False)))
    if on := standing.returned_on:
        sentence = gettext("We returned the ministry’s answer on %(date)s. It has not been sent again.")
        reasons.append(AgendaReason(RANK_RETURNED, on.toordinal(), sentence % {"date": format_date(on)}))
    if on := standing.waits_since:
        sentence = gettext("The ministry’s answer has been with the embassy since %(date)s.")
        reasons.append(AgendaReason(RANK_WAITING, on.toordinal(), sentence % {"date": format_date(on)}))
    if not reasons and standing.due_on <= held_on + DUE_SOON:
        sentence = gettext("Not answered yet. Due on %(date)s.") % {"date": format_date(standing.due_on)}
        reasons.append(AgendaReason(RANK_DUE, standing.due_on.toordinal(), sentence))
    return reasons


def _overdue_sentence(days: int, *, is_ours: bool) -> str:
    if is_ours:
        sentence = ngettext(
            "Our own commitment is overdue by %(days)d day.", "Our own commitment is overdue by %(days)d days.", days
        )
    else:
        sentence = ngettext("Overdue by %(days)d day.", "Overdue by %(days)d days.", days)
    return sentence % {"days": days}


def _agreed_sentence(due_on: date | None) -> str:
    if due_on is None:
        return gettext("Agreed at the last dialogue and still open, with no due date.")
    return gettext("Agreed at the last dialogue and still open. Due on %(date)s.") % {"date": format_date(due_on)}
