"""Say for each kind of notice what is sent and when, for the page of settings. The numbers come from `choices`."""

from collections.abc import Iterable, Mapping

from django.utils.functional import Promise

from tiptracker.choices import Role
from tiptracker.localization import gettext, gettext_lazy, join_with_and, ngettext
from tiptracker.notifications.choices import (
    DAYS_BEFORE,
    DAYS_BEFORE_DIALOGUE,
    DAYS_OVERDUE,
    REQUEST_DAYS_OVERDUE,
    NoticeKind,
)

_EVENTS: Mapping[NoticeKind, str | Promise] = {
    NoticeKind.UPDATE_RECEIVED: gettext_lazy(
        "When a ministry has sent an update, or an answer to a request, that needs a decision."
    ),
    NoticeKind.UPDATE_RETURNED: gettext_lazy(
        "When the embassy returns your update or your answer and says what to change."
    ),
    NoticeKind.UPDATE_ACCEPTED: gettext_lazy("When the embassy accepts your update or your answer."),
    NoticeKind.COMMITMENT_RECORDED: gettext_lazy("When the embassy records a new commitment of your ministry."),
    NoticeKind.COMMITMENT_CHANGED: gettext_lazy(
        "When the embassy corrects, withdraws or reopens a commitment, or moves its due date."
    ),
    NoticeKind.DUE_DATE_PROPOSED: gettext_lazy("When a ministry proposes another due date."),
    NoticeKind.DUE_DATE_DECLINED: gettext_lazy("When the embassy declines a due date that your ministry proposed."),
    NoticeKind.REQUEST_MADE: gettext_lazy(
        "When the embassy asks your ministry for figures or documents. The mail says if they are for a dialogue."
    ),
    NoticeKind.REQUEST_CHANGED: gettext_lazy(
        "When the embassy corrects a request, moves its due date, or withdraws it."
    ),
    NoticeKind.DIALOGUE_INVITED: gettext_lazy(
        "When a dialogue is planned that concerns you, or its day or place changes. The mail has an entry for your "
        "calendar program."
    ),
    NoticeKind.DIALOGUE_CANCELLED: gettext_lazy(
        "When a dialogue is called off, or you are no longer invited. Your calendar program can remove the entry."
    ),
    NoticeKind.BRIEFING_TO_CLEAR: gettext_lazy("When a briefing is ready to be cleared."),
    NoticeKind.BRIEFING_ISSUED: gettext_lazy("When a briefing is issued."),
    NoticeKind.NO_FOCAL_POINT: gettext_lazy(
        "When there is something to tell a ministry that has no focal point. At most once a month for each ministry."
    ),
    NoticeKind.NOTE_FOR_YOU: gettext_lazy("When a colleague names you in an internal note."),
}
"""When a notice of each kind is sent, for the kinds that follow from an event and not from a number of days."""


def describe_kind(kind: NoticeKind, role: str) -> str:
    """Return when a notice of a kind is sent: "30 days, 7 days and 1 day before the due date."."""
    if kind in _EVENTS:
        return str(_EVENTS[kind])
    if kind is NoticeKind.DIALOGUE_SOON:
        return gettext("%(days)s before a dialogue.") % {"days": join_days(DAYS_BEFORE_DIALOGUE)}
    if kind is NoticeKind.DUE_SOON and role == Role.OFFICER:
        sentence = gettext("%(days)s before the due date of a commitment of the United States.")
        return sentence % {"days": join_days(DAYS_BEFORE)}
    if kind in (NoticeKind.DUE_SOON, NoticeKind.REQUEST_DUE_SOON):
        sentence = gettext(
            "%(days)s before the due date. We send none soon after the date was set or the embassy answered."
        )
        return sentence % {"days": join_days(DAYS_BEFORE)}
    if kind is NoticeKind.OVERDUE and role == Role.OFFICER:
        sentence = gettext("Once, %(days)s after the due date of a commitment of the United States.")
    elif kind in REQUEST_DAYS_OVERDUE:
        sentence = gettext(
            "Once, %(days)s after the due date or, if that was later, the embassy’s answer. Not while the embassy has "
            "an answer to every open line."
        )
    else:
        sentence = gettext(
            "Once, %(days)s after the due date or, if that was later, the embassy’s answer. Not while an update waits."
        )
    return sentence % {"days": join_days([{**DAYS_OVERDUE, **REQUEST_DAYS_OVERDUE}[kind]])}


def join_days(numbers: Iterable[int]) -> str:
    """Return "30 days, 7 days and 1 day"."""
    return join_with_and([ngettext("%(days)d day", "%(days)d days", number) % {"days": number} for number in numbers])
