"""The kinds of notice, who receives each, and how often a person is told. No Django here."""

from collections.abc import Mapping
from enum import Enum
from typing import NamedTuple

from tiptracker.choices import ChoiceEnum
from tiptracker.localization import gettext_noop


class NoticeKind(ChoiceEnum):
    """What a notice tells of. The label names it in the list and in the settings."""

    UPDATE_RECEIVED = "update_received", gettext_noop("Update or answer received")
    UPDATE_RETURNED = "update_returned", gettext_noop("Update or answer returned")
    UPDATE_ACCEPTED = "update_accepted", gettext_noop("Update or answer accepted")
    COMMITMENT_RECORDED = "commitment_recorded", gettext_noop("New commitment")
    COMMITMENT_CHANGED = "commitment_changed", gettext_noop("Commitment changed")
    DUE_DATE_PROPOSED = "due_date_proposed", gettext_noop("Due date proposed")
    DUE_DATE_DECLINED = "due_date_declined", gettext_noop("Proposed due date declined")
    DUE_SOON = "due_soon", gettext_noop("Commitment due soon")
    OVERDUE = "overdue", gettext_noop("Commitment overdue")
    LONG_OVERDUE = "long_overdue", gettext_noop("Commitment overdue by two weeks")
    FOR_AGENDA = "for_agenda", gettext_noop("Proposal for the next agenda")
    REQUEST_MADE = "request_made", gettext_noop("Request for information")
    REQUEST_CHANGED = "request_changed", gettext_noop("Request for information changed")
    REQUEST_DUE_SOON = "request_due_soon", gettext_noop("Request for information due soon")
    REQUEST_OVERDUE = "request_overdue", gettext_noop("Request for information overdue")
    REQUEST_LONG_OVERDUE = "request_long_overdue", gettext_noop("Request for information overdue by two weeks")
    REQUEST_FOR_AGENDA = "request_for_agenda", gettext_noop("Overdue request, for the next agenda")
    DIALOGUE_INVITED = "dialogue_invited", gettext_noop("Invitation to a dialogue")
    DIALOGUE_CANCELLED = "dialogue_cancelled", gettext_noop("Invitation to a dialogue cancelled")
    DIALOGUE_SOON = "dialogue_soon", gettext_noop("Dialogue soon")
    BRIEFING_TO_CLEAR = "briefing_to_clear", gettext_noop("Briefing to clear")
    BRIEFING_ISSUED = "briefing_issued", gettext_noop("Briefing issued")
    NO_FOCAL_POINT = "no_focal_point", gettext_noop("Ministry without a focal point")
    NOTE_FOR_YOU = "note_for_you", gettext_noop("Note for you")


class Frequency(ChoiceEnum):
    """How often a person gets a mail about notices of a kind. In the application they appear at once."""

    AT_ONCE = "at_once", gettext_noop("At once")
    DAILY = "daily", gettext_noop("Once a day")
    WEEKLY = "weekly", gettext_noop("Once a week")
    NEVER = "never", gettext_noop("No mail")


class Audience(Enum):
    """Who receives a kind of notice: people of the ministry it is about, of the embassy, or one of them by name.

    `INVITED`: one of these three, as each occasion says.
    """

    FOCAL_POINTS = "focal_points"
    OFFICERS = "officers"
    AMBASSADORS = "ambassadors"
    OFFICERS_AND_AMBASSADORS = "officers_and_ambassadors"
    NAMED_PERSON = "named_person"
    INVITED = "invited"


class KindRule(NamedTuple):
    """The rule of a kind: who receives it, how often unless they chose otherwise, and how long it holds.

    `is_lasting`: it holds as long as the record says so, such as an overdue commitment, and is settled afterwards. Any
    other kind tells once of an event. `is_required`: a ministry's last recipient can't switch its mails off.
    """

    audience: Audience
    frequency: Frequency
    is_lasting: bool = False
    is_required: bool = False


KIND_RULES: Mapping[NoticeKind, KindRule] = {
    NoticeKind.UPDATE_RECEIVED: KindRule(Audience.OFFICERS, Frequency.DAILY, is_lasting=True),
    NoticeKind.UPDATE_RETURNED: KindRule(Audience.FOCAL_POINTS, Frequency.AT_ONCE, is_lasting=True, is_required=True),
    NoticeKind.UPDATE_ACCEPTED: KindRule(Audience.FOCAL_POINTS, Frequency.DAILY),
    NoticeKind.COMMITMENT_RECORDED: KindRule(Audience.FOCAL_POINTS, Frequency.DAILY),
    NoticeKind.COMMITMENT_CHANGED: KindRule(Audience.FOCAL_POINTS, Frequency.DAILY),
    NoticeKind.DUE_DATE_PROPOSED: KindRule(Audience.OFFICERS, Frequency.DAILY, is_lasting=True),
    NoticeKind.DUE_DATE_DECLINED: KindRule(Audience.FOCAL_POINTS, Frequency.DAILY),
    NoticeKind.DUE_SOON: KindRule(Audience.FOCAL_POINTS, Frequency.DAILY, is_lasting=True),
    NoticeKind.OVERDUE: KindRule(Audience.FOCAL_POINTS, Frequency.DAILY, is_lasting=True, is_required=True),
    NoticeKind.LONG_OVERDUE: KindRule(Audience.OFFICERS_AND_AMBASSADORS, Frequency.DAILY, is_lasting=True),
    NoticeKind.FOR_AGENDA: KindRule(Audience.OFFICERS, Frequency.DAILY, is_lasting=True),
    NoticeKind.REQUEST_MADE: KindRule(Audience.FOCAL_POINTS, Frequency.AT_ONCE, is_lasting=True, is_required=True),
    NoticeKind.REQUEST_CHANGED: KindRule(Audience.FOCAL_POINTS, Frequency.DAILY),
    NoticeKind.REQUEST_DUE_SOON: KindRule(Audience.FOCAL_POINTS, Frequency.DAILY, is_lasting=True),
    NoticeKind.REQUEST_OVERDUE: KindRule(Audience.FOCAL_POINTS, Frequency.DAILY, is_lasting=True, is_required=True),
    NoticeKind.REQUEST_LONG_OVERDUE: KindRule(Audience.OFFICERS_AND_AMBASSADORS, Frequency.DAILY, is_lasting=True),
    NoticeKind.REQUEST_FOR_AGENDA: KindRule(Audience.OFFICERS, Frequency.DAILY, is_lasting=True),
    NoticeKind.DIALOGUE_INVITED: KindRule(Audience.INVITED, Frequency.AT_ONCE, is_lasting=True),
    NoticeKind.DIALOGUE_CANCELLED: KindRule(Audience.INVITED, Frequency.AT_ONCE, is_lasting=True),
    NoticeKind.DIALOGUE_SOON: KindRule(Audience.OFFICERS_AND_AMBASSADORS, Frequency.DAILY, is_lasting=True),
    NoticeKind.BRIEFING_TO_CLEAR: KindRule(Audience.OFFICERS_AND_AMBASSADORS, Frequency.DAILY, is_lasting=True),
    NoticeKind.BRIEFING_ISSUED: KindRule(Audience.AMBASSADORS, Frequency.DAILY),
    NoticeKind.NO_FOCAL_POINT: KindRule(Audience.OFFICERS, Frequency.AT_ONCE, is_lasting=True),
    NoticeKind.NOTE_FOR_YOU: KindRule(Audience.NAMED_PERSON, Frequency.AT_ONCE, is_lasting=True),
}

CALENDAR_KINDS = (NoticeKind.DIALOGUE_INVITED, NoticeKind.DIALOGUE_CANCELLED)
"""Kinds that change the person's calendar. Each notice has a mail of its own, even if it was read before."""

DAYS_BEFORE = (30, 7, 1)
"""Days before a due date on which a ministry is reminded."""
DAYS_OVERDUE: Mapping[NoticeKind, int] = {
    NoticeKind.OVERDUE: 7,
    NoticeKind.LONG_OVERDUE: 14,
    NoticeKind.FOR_AGENDA: 21,
}
"""Days after a due date on which somebody is told that a commitment is overdue, by the kind of notice."""
REQUEST_DAYS_OVERDUE: Mapping[NoticeKind, int] = {
    NoticeKind.REQUEST_OVERDUE: DAYS_OVERDUE[NoticeKind.OVERDUE],
    NoticeKind.REQUEST_LONG_OVERDUE: DAYS_OVERDUE[NoticeKind.LONG_OVERDUE],
    NoticeKind.REQUEST_FOR_AGENDA: DAYS_OVERDUE[NoticeKind.FOR_AGENDA],
}
"""The same for a request for information."""
DAYS_BEFORE_DIALOGUE = (7, 1)
"""Days before a dialogue on which the embassy is reminded."""
SAID_AGAIN: Mapping[NoticeKind, NoticeKind] = {
    NoticeKind.LONG_OVERDUE: NoticeKind.FOR_AGENDA,
    NoticeKind.REQUEST_LONG_OVERDUE: NoticeKind.REQUEST_FOR_AGENDA,
}
"""Kinds that need no mail if the same person is told the other kind of the same record by the same mail."""
