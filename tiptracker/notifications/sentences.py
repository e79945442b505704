"""Name notices in sentences that are safe to be read by anyone: no text of the record, only numbers and dates."""

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import date
from enum import Enum
from typing import Any

from django.utils.module_loading import import_string
from django.utils.translation import ngettext_lazy

from tiptracker.accounts.models import User
from tiptracker.localization import format_date, gettext, gettext_noop
from tiptracker.notifications.choices import NoticeKind
from tiptracker.notifications.models import Notice

SENTENCES: dict[str, str] = {
    NoticeKind.UPDATE_RECEIVED: gettext_noop("Update %(number)s, received on %(date)s, waits for a decision."),
    NoticeKind.UPDATE_RETURNED: gettext_noop(
        "The embassy returned update %(number)s on %(date)s. Open it to see what to change."
    ),
    NoticeKind.UPDATE_ACCEPTED: gettext_noop("The embassy accepted update %(number)s on %(date)s."),
    NoticeKind.COMMITMENT_RECORDED: gettext_noop("The embassy recorded commitment %(number)s of your ministry."),
    NoticeKind.COMMITMENT_CHANGED: gettext_noop("The embassy changed commitment %(number)s on %(date)s."),
    NoticeKind.DUE_DATE_PROPOSED: gettext_noop("A ministry proposed another due date on %(date)s."),
    NoticeKind.DUE_DATE_DECLINED: gettext_noop("The embassy declined the due date that your ministry proposed."),
    NoticeKind.DUE_SOON: gettext_noop("Commitment %(number)s is due on %(date)s."),
    NoticeKind.OVERDUE: gettext_noop("Commitment %(number)s is overdue. It was due on %(date)s."),
    NoticeKind.LONG_OVERDUE: gettext_noop("Commitment %(number)s is overdue. It was due on %(date)s."),
    NoticeKind.FOR_AGENDA: gettext_noop(
        "Commitment %(number)s is overdue by at least %(days)d days. Consider it for the next dialogue."
    ),
    NoticeKind.REQUEST_MADE: gettext_noop(
        "The embassy asks your ministry for information (request %(number)s). Open it to see by when."
    ),
    NoticeKind.REQUEST_CHANGED: gettext_noop(
        "Request for information %(number)s changed on %(date)s. Open it to see how."
    ),
    NoticeKind.REQUEST_DUE_SOON: gettext_noop("Request for information %(number)s is due on %(date)s."),
    NoticeKind.REQUEST_OVERDUE: gettext_noop("Request for information %(number)s is overdue. It was due on %(date)s."),
    NoticeKind.REQUEST_LONG_OVERDUE: gettext_noop(
        "Request for information %(number)s is overdue. It was due on %(date)s."
    ),
    NoticeKind.REQUEST_FOR_AGENDA: gettext_noop(
        "Request for information %(number)s is overdue by at least %(days)d days. Consider it for the next dialogue."
    ),
    NoticeKind.DIALOGUE_INVITED: gettext_noop("You are invited to a dialogue on %(date)s."),
    NoticeKind.DIALOGUE_CANCELLED: gettext_noop("Your invitation to the dialogue of %(date)s is cancelled."),
    NoticeKind.DIALOGUE_SOON: gettext_noop("A dialogue is planned for %(date)s."),
    NoticeKind.BRIEFING_TO_CLEAR: gettext_noop("Briefing %(number)s is ready to be cleared."),
    NoticeKind.BRIEFING_ISSUED: gettext_noop("Briefing %(number)s was issued on %(date)s."),
    NoticeKind.NO_FOCAL_POINT: gettext_noop(
        "A ministry has no focal point, so nobody there gets notices. Ask the administrator to add one."
    ),
    NoticeKind.NOTE_FOR_YOU: gettext_noop("A note of %(date)s waits for you."),
}
"""What a notice of each kind tells, in English. `date` is its day, `days` its stage."""
EMBASSY_SENTENCES: dict[str, str] = {
    NoticeKind.DUE_SOON: gettext_noop("Commitment %(number)s, made by the United States, is due on %(date)s."),
    NoticeKind.OVERDUE: gettext_noop(
        "Commitment %(number)s, made by the United States, is overdue. It was due on %(date)s."
    ),
    NoticeKind.DIALOGUE_INVITED: gettext_noop("A dialogue with the government is planned for %(date)s."),
    NoticeKind.DIALOGUE_CANCELLED: gettext_noop("The dialogue of %(date)s is called off."),
}
"""The same if no ministry is concerned: commitments of the United States, and the embassy’s part in a dialogue."""
ANSWER_SENTENCES: dict[str, str] = {
    NoticeKind.UPDATE_RECEIVED: gettext_noop(
        "An answer to request for information %(number)s, received on %(date)s, waits for a decision."
    ),
    NoticeKind.UPDATE_RETURNED: gettext_noop(
        "The embassy returned an answer to request for information %(number)s on %(date)s. Open it to see what to "
        "change."
    ),
    NoticeKind.UPDATE_ACCEPTED: gettext_noop(
        "The embassy accepted an answer to request for information %(number)s on %(date)s."
    ),
}
"""The same for the answers to a request for information."""
FOR_DIALOGUE = gettext_noop(
    "The embassy asks your ministry for figures for the dialogue of %(date)s (request %(number)s). Open it to see "
    "which, and by when."
)
"""The same for a request for the figures of indicators that were chosen for a dialogue."""
FIND_DIALOGUE_DAYS = "dialogues.request_purposes.find_dialogue_days"
"""The function that finds the days of these dialogues. It is named, as a higher package has it."""

GROUP_HEADINGS: dict[str, Any] = {
    NoticeKind.UPDATE_RECEIVED: ngettext_lazy(
        "%(number)d update was received", "%(number)d updates were received", "number"
    ),
    NoticeKind.UPDATE_RETURNED: ngettext_lazy(
        "%(number)d update was returned", "%(number)d updates were returned", "number"
    ),
    NoticeKind.UPDATE_ACCEPTED: ngettext_lazy(
        "%(number)d update was accepted", "%(number)d updates were accepted", "number"
    ),
    NoticeKind.COMMITMENT_RECORDED: ngettext_lazy(
        "%(number)d commitment is new", "%(number)d commitments are new", "number"
    ),
    NoticeKind.COMMITMENT_CHANGED: ngettext_lazy(
        "%(number)d commitment changed", "%(number)d commitments changed", "number"
    ),
    NoticeKind.DUE_DATE_PROPOSED: ngettext_lazy(
        "%(number)d due date was proposed", "%(number)d due dates were proposed", "number"
    ),
    NoticeKind.DUE_DATE_DECLINED: ngettext_lazy(
        "%(number)d due date was declined", "%(number)d due dates were declined", "number"
    ),
    NoticeKind.DUE_SOON: ngettext_lazy(
        "%(number)d commitment is due soon", "%(number)d commitments are due soon", "number"
    ),
    NoticeKind.OVERDUE: ngettext_lazy(
        "%(number)d commitment is overdue", "%(number)d commitments are overdue", "number"
    ),
    NoticeKind.LONG_OVERDUE: ngettext_lazy(
        "%(number)d commitment is overdue by two weeks", "%(number)d commitments are overdue by two weeks", "number"
    ),
    NoticeKind.FOR_AGENDA: ngettext_lazy(
        "%(number)d overdue commitment for the next agenda",
        "%(number)d overdue commitments for the next agenda",
        "number",
    ),
    NoticeKind.REQUEST_MADE: ngettext_lazy(
        "%(number)d request for information", "%(number)d requests for information", "number"
    ),
    NoticeKind.REQUEST_CHANGED: ngettext_lazy(
        "%(number)d request for information changed", "%(number)d requests for information changed", "number"
    ),
    NoticeKind.REQUEST_DUE_SOON: ngettext_lazy(
        "%(number)d request for information is due soon", "%(number)d requests for information are due soon", "number"
    ),
    NoticeKind.REQUEST_OVERDUE: ngettext_lazy(
        "%(number)d request for information is overdue", "%(number)d requests for information are overdue", "number"
    ),
    NoticeKind.REQUEST_LONG_OVERDUE: ngettext_lazy(
        "%(number)d request for information is overdue by two weeks",
        "%(number)d requests for information are overdue by two weeks",
        "number",
    ),
    NoticeKind.REQUEST_FOR_AGENDA: ngettext_lazy(
        "%(number)d overdue request for the next agenda", "%(number)d overdue requests for the next agenda", "number"
    ),
    NoticeKind.DIALOGUE_SOON: ngettext_lazy(
        "%(number)d dialogue is coming up", "%(number)d dialogues are coming up", "number"
    ),
    NoticeKind.BRIEFING_TO_CLEAR: ngettext_lazy(
        "%(number)d briefing to clear", "%(number)d briefings to clear", "number"
    ),
    NoticeKind.BRIEFING_ISSUED: ngettext_lazy(
        "%(number)d briefing was issued", "%(number)d briefings were issued", "number"
    ),
    NoticeKind.NO_FOCAL_POINT: ngettext_lazy(
        "%(number)d ministry has no focal point", "%(number)d ministries have no focal point", "number"
    ),
    NoticeKind.NOTE_FOR_YOU: ngettext_lazy("%(number)d note for you", "%(number)d notes for you", "number"),
}
"""How many notices of each kind a mail has. Those of `CALENDAR_KINDS` have mails of their own."""
OWN_COMMITMENT_HEADINGS: dict[str, Any] = {
    NoticeKind.DUE_SOON: ngettext_lazy(
        "%(number)d commitment of the United States is due soon",
        "%(number)d commitments of the United States are due soon",
        "number",
    ),
    NoticeKind.OVERDUE: ngettext_lazy(
        "%(number)d commitment of the United States is overdue",
        "%(number)d commitments of the United States are overdue",
        "number",
    ),
}
"""The same for the commitments of the United States."""
ANSWER_HEADINGS: dict[str, Any] = {
    NoticeKind.UPDATE_RECEIVED: ngettext_lazy(
        "%(number)d answer was received", "%(number)d answers were received", "number"
    ),
    NoticeKind.UPDATE_RETURNED: ngettext_lazy(
        "%(number)d answer was returned", "%(number)d answers were returned", "number"
    ),
    NoticeKind.UPDATE_ACCEPTED: ngettext_lazy(
        "%(number)d answer was accepted", "%(number)d answers were accepted", "number"
    ),
}
"""The same for the answers to a request for information."""


class NoticeMatter(Enum):
    """What notices of one kind can be about. Their words differ."""

    MINISTRY = "ministry"
    EMBASSY = "embassy"
    ANSWER = "answer"


_SENTENCES = {
    NoticeMatter.MINISTRY: SENTENCES,
    NoticeMatter.EMBASSY: SENTENCES | EMBASSY_SENTENCES,
    NoticeMatter.ANSWER: SENTENCES | ANSWER_SENTENCES,
}
_HEADINGS = {
    NoticeMatter.MINISTRY: GROUP_HEADINGS,
    NoticeMatter.EMBASSY: GROUP_HEADINGS | OWN_COMMITMENT_HEADINGS,
    NoticeMatter.ANSWER: GROUP_HEADINGS | ANSWER_HEADINGS,
}


def find_matter(notice: Notice) -> NoticeMatter:
    """Return what a notice is about: an answer to a request, a ministry’s part, or the embassy’s own."""
    if notice.kind in ANSWER_SENTENCES and notice.table == "dialogues.informationrequest":
        return NoticeMatter.ANSWER
    return NoticeMatter.MINISTRY if notice.ministry_id else NoticeMatter.EMBASSY


def describe_notices(notices: Iterable[Notice], reader: User) -> dict[int, str]:
    """Return what each notice tells, by its key: "Commitment 12 is due on 15 December 2021."."""
    rows = list(notices)
    days: Mapping[str, date] = {}
    if asked := {notice.row for notice in rows if notice.kind == NoticeKind.REQUEST_MADE}:
        find: Callable[[User, Collection[str]], Mapping[str, date]] = import_string(FIND_DIALOGUE_DAYS)
        days = find(reader, asked)
    return {notice.pk: _describe(notice, days.get(notice.row)) for notice in rows}


def describe_notice(notice: Notice, reader: User) -> str:
    """Return what one notice tells."""
    return describe_notices([notice], reader)[notice.pk]


def _describe(notice: Notice, dialogue_on: date | None) -> str:
    values = {"number": notice.row, "date": format_date(notice.day), "days": notice.stage}
    if notice.kind == NoticeKind.REQUEST_MADE and dialogue_on:
        return gettext(FOR_DIALOGUE) % (values | {"date": format_date(dialogue_on)})
    return gettext(_SENTENCES[find_matter(notice)][notice.kind]) % values


def describe_group(kind: NoticeKind, number: int, matter: NoticeMatter = NoticeMatter.MINISTRY) -> str:
    """Return how many notices of a kind there are: "2 commitments are overdue". `matter`: what they are about."""
    return str(_HEADINGS[matter][kind] % {"number": number})
