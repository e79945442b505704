"""Pages about the yearly questions of an edition: their progress, drafts of all, and what is missing by ministry."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, NamedTuple

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect

from dialogues.actions.question_answers import save_answer
from dialogues.choices import AnswerFinding, AnswerState
from dialogues.permissions import can_ask_for_information, can_write_answers
from recommendations.edition_context import EditionRequest, edition_url, page_url
from recommendations.kept_pages import keep_page
from recommendations.models import Edition, Question, QuestionSet
from reports.permissions import can_read_readiness
from reports.questions.answered import AnsweredQuestion, gather_answers
from reports.questions.progress import find_answers_due
from reports.questions.record import MissingItem, draft_sentences
from reports.reader_view import ReaderView
from reports.views.access import readiness_page
from tiptracker import clock
from tiptracker.accounts.models import User
from tiptracker.errors import Refused
from tiptracker.localization import format_date, gettext, join_with_colon, ngettext
from tiptracker.web import exports
from tiptracker.web.form_pages import form_page
from tiptracker.web.pages import render_page


class HeadingProgress(NamedTuple):
    """The questions below a heading, with how many of them are in which state."""

    heading: str
    rows: Sequence[AnsweredQuestion]

    @property
    def counts(self) -> list[tuple[AnswerState, int]]:
        """How many answers are in each state, states without any left out."""
        states = [row.state for row in self.rows]
        return [(state, states.count(state)) for state in AnswerState if state in states]


class WantedItem(NamedTuple):
    """Something that nobody has given, with the numbers of the questions that it would answer."""

    item: MissingItem
    numbers: Sequence[str]

    @property
    def is_asked(self) -> bool:
        """Whether an open request asks for it."""
        return self.item.request is not None


class MinistryMissing(NamedTuple):
    """What is missing from one ministry. `ask_url` is the form that asks for what nobody has asked yet; "" if none."""

    name: str
    items: Sequence[WantedItem]
    ask_url: str

    @property
    def number_unasked(self) -> int:
        """How many items nobody has asked for."""
        return sum(not wanted.is_asked for wanted in self.items)


@form_page
def question_list(request: EditionRequest) -> HttpResponse:
    """List the edition's yearly questions with the state of each answer, by heading. A button drafts those without."""
    user, edition = request.user, request.edition
    if not can_read_readiness(user, edition):
        raise PermissionDenied
    if request.method == "POST":
        return _draft_all(request)
    today = clock.today(edition.country.time_zone)
    rows = _gather(user, edition, today)
    if exports.is_export_requested(request):
        return exports.export_rows(request, "questions", _export_columns(), [_export_row(row) for row in rows])
    states = [row.state for row in rows]
    context = {
        "edition": edition,
        "groups": _by_heading(rows),
        "number": len(rows),
        "number_cleared": states.count(AnswerState.CLEARED),
        "number_complete": states.count(AnswerState.COMPLETE),
        "number_to_draft": len(_to_draft(rows)),
        "number_missing": sum(bool(row.record.missing) for row in rows),
        "due": find_answers_due(user, edition, today),
        "question_set": QuestionSet.objects.visible_to(user).filter(edition=edition).loaded().first(),
        "may_write": can_write_answers(user, edition.country_id),
    }
    return render_page(request, "reports/question_list.html", context)


def _draft_all(request: EditionRequest) -> HttpResponse:
    """Save a draft from the record for each question that has none and on which the record holds a fact."""
    user, edition = request.user, request.edition
    if not can_write_answers(user, edition.country_id):
        raise PermissionDenied
    now = clock.now(edition.country.time_zone)
    number = 0
    for row in _to_draft(_gather(user, edition, now.date())):
        try:
            save_answer(
                question=row.question,
                finding=row.record.finding or AnswerFinding.NOTHING_KNOWN,
                sentences=draft_sentences(row.record),
                as_of=now.date(),
                seen=0,
                by=user,
                now=now,
            )
        except Refused as refusal:  # somebody else saved an answer in the meantime
            messages.warning(request, join_with_colon(row.question.number, refusal))
        else:
            number += 1
    sentence = ngettext(
        "%(number)d answer was drafted from the record. Read each before you mark it as complete.",
        "%(number)d answers were drafted from the record. Read each before you mark it as complete.",
        number,
    )
    messages.success(request, sentence % {"number": number})
    return redirect(page_url(request, "question_list"))


@readiness_page
@keep_page(is_personal=True)
def question_missing(request: EditionRequest) -> HttpResponse:
    """Show what would answer the yearly questions and nobody has given, by the ministry to ask."""
    user, edition = request.user, request.edition
    rows = _gather(user, edition, clock.today(edition.country.time_zone))
    may_ask = can_ask_for_information(user, edition.country)
    context = {
        "edition": edition,
        "groups": _by_ministry(edition, rows, may_ask=may_ask),
        "may_ask": may_ask,
        "number": len(rows),
    }
    return render_page(request, "reports/question_missing.html", context)


def _gather(user: User, edition: Edition, today: date) -> list[AnsweredQuestion]:
    questions = list(Question.objects.visible_to(user).filter(edition=edition).active().with_mapping())
    return gather_answers(ReaderView(user, edition, today, None), questions)


def _to_draft(rows: Iterable[AnsweredQuestion]) -> list[AnsweredQuestion]:
    """Return the questions without an answer on which the record holds a fact."""
    return [row for row in rows if row.state is AnswerState.OPEN and row.record.facts]


def _by_heading(rows: Iterable[AnsweredQuestion]) -> list[HeadingProgress]:
    groups: dict[str, list[AnsweredQuestion]] = {}
    for row in rows:
        groups.setdefault(row.question.heading, []).append(row)
    return [HeadingProgress(heading, group) for heading, group in groups.items()]


def _by_ministry(edition: Edition, rows: Iterable[AnsweredQuestion], *, may_ask: bool) -> list[MinistryMissing]:
    """Return what is missing by ministry, each item once. Items that nobody is known to have stand last."""
    numbers: dict[MissingItem, list[str]] = defaultdict(list)
    for row in rows:
        for item in row.record.missing:
            numbers[item].append(row.question.number)
    groups: dict[tuple[str, int | None], list[WantedItem]] = defaultdict(list)
    for item, asking in numbers.items():
        groups[item.ministry_name, item.ministry].append(WantedItem(item, asking))
    return [
        MinistryMissing(name, items, ask_url(edition, ministry, [wanted.item for wanted in items]) if may_ask else "")
        for (name, ministry), items in sorted(groups.items(), key=lambda group: (not group[0][0], group[0][0]))
    ]


def ask_url(edition: Edition, ministry: int | None, items: Iterable[MissingItem]) -> str:
    """Return the form that asks a ministry for what nobody has asked yet, filled in; empty if all is asked."""
    wanted = [item for item in items if item.request is None]
    if not wanted:
        return ""
    query: dict[str, Any] = {"ministry": ministry} if ministry else {}
    query["indicator"] = [item.indicator for item in wanted if item.indicator]
    query["benchmark"] = [item.benchmark for item in wanted if item.benchmark]
    query["question"] = [item.question for item in wanted if item.question]
    query["reason"] = gettext("The embassy answers the yearly questions of the Department of State for %(period)s.") % {
        "period": gettext("%(first)s to %(last)s")
        % {"first": format_date(edition.starts_on), "last": format_date(edition.ends_on)}
    }
    return edition_url(
        edition, "information_request_add", query={name: value for name, value in query.items() if value}
    )


def _export_columns() -> list[str]:
    return [
        gettext("Number"), gettext("Heading"), gettext("Question"), gettext("State"), gettext("Kind of answer"),
        gettext("Facts in the record"), gettext("Missing"), gettext("Out of date"), gettext("Decided by"),
    ]  # fmt: skip


def _export_row(row: AnsweredQuestion) -> tuple[object, ...]:
    return (
        row.question.number, row.question.heading, row.question.text, row.state.label,
        row.finding.label if row.version and row.finding else "", len(row.record.facts), len(row.record.missing),
        gettext("yes") if row.is_out_of_date else gettext("no"), row.standing.by.name if row.standing.by else "",
    )  # fmt: skip
