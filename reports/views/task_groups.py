"""The kinds of tasks without figures: notes, benchmarks to assess, due dates, briefings, redactions and the like."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils import timezone
from django.utils.text import Truncator

from dialogues import permissions
from dialogues.choices import AnswerEventKind
from dialogues.commitment_status import days_left
from dialogues.indicator_proposals import day_to_agree
from dialogues.models import (
    AnswerVersion,
    Commitment,
    Dialogue,
    DueDateProposal,
    EvidenceLink,
    InternalNote,
    NextStep,
    Redaction,
)
from recommendations.edition_context import EditionRequest
from recommendations.models import Benchmark, Edition
from reports.models import Briefing
from tiptracker import clock
from tiptracker.accounts.models import User
from tiptracker.choices import Role
from tiptracker.localization import format_date, format_short_date, gettext, ngettext

MAX_QUESTION_LENGTH = 140
"""How much of a question a task names."""


class Task(NamedTuple):
    """A task of a kind that needs no figures: what to do, who sent it, and since when it waits.

    `is_note`: a button marks it as dealt with, on the page `url`.
    """

    title: str
    url: str
    sender: str
    since: date
    note: str = ""
    is_note: bool = False


class TaskGroup(NamedTuple):
    """The tasks of one kind. `key` is the id of its section. `date_label` says what the dates mean: "" is "Since"."""

    key: str
    heading: str
    tasks: Sequence[Task]
    date_label: str = ""


def build_task_groups(request: EditionRequest) -> list[TaskGroup]:
    """Return the kinds of tasks without figures, each with what this user may do now.

    `recommendations.navigation` counts the same rows.
    """
    user, edition = request.user, request.edition
    groups = [TaskGroup("notes", gettext("Notes for you"), _notes_waiting(user, edition))]
    if permissions.can_give_verdicts(user):
        groups.append(TaskGroup("benchmarks", gettext("Benchmarks to assess"), _benchmarks_to_assess(user, edition)))
    if user.role == Role.OFFICER:
        groups += [
            TaskGroup("due-dates", gettext("Proposed due dates"), _due_dates_to_answer(user, edition)),
            TaskGroup(
                "next-steps", gettext("Next steps of dialogues that are due"), _steps_due(user, edition), gettext("Due")
            ),
            TaskGroup(
                "indicators", gettext("Indicators of dialogues"), _indicators_to_settle(user, edition), gettext("Due")
            ),
            TaskGroup(
                "answers-to-check",
                gettext("Answers to check again"),
                _answers_to_check(user, edition),
                gettext("Decided"),
            ),
        ]
    if user.role in (Role.OFFICER, Role.AMBASSADOR):
        groups += [
            TaskGroup("briefings", gettext("Briefings to clear"), _briefings_to_clear(user, edition)),
            TaskGroup("answers-to-clear", gettext("Answers to clear"), _answers_to_clear(user, edition)),
            TaskGroup("commitments", gettext("Our commitments to verify"), _commitments_to_verify(user, edition)),
            TaskGroup("redactions", gettext("Redactions to confirm"), _redactions_to_confirm(user, edition)),
        ]
    return groups


def _notes_waiting(user: User, edition: Edition) -> list[Task]:
    """Return the open notes that name the user and, for an officer, those that name somebody who has left."""
    rows = InternalNote.objects.visible_to(user, edition.country)
    waiting = rows.waiting_for(user, clock.today(edition.country.time_zone)).with_marks()
    return [
        Task(
            title=row.text,
            url=reverse("note_detail", args=[row.pk]),
            sender=row.recorded_by.name,
            since=timezone.localtime(row.recorded_at).date(),
            note=row.subject_label
            if row.named == user
            else gettext("%(subject)s. It was for %(person)s, who has left.")
            % {"subject": row.subject_label, "person": row.named},
            is_note=True,
        )
        for row in waiting.order_by("recorded_at", "pk")
    ]


def _benchmarks_to_assess(user: User, edition: Edition) -> list[Task]:
    # Two queries, because PostgreSQL may look for the evidence links of each benchmark anew if both are one.
    evidence_links: Iterable[Any] = EvidenceLink.objects.visible_to(user).awaiting_assessment(edition).order_by()
    verified_at: dict[int, datetime] = {}
    for link in evidence_links:
        verified_at[link.benchmark_id] = max(link.verified_at, verified_at.get(link.benchmark_id, link.verified_at))
    rows = (
        Benchmark.objects.visible_to(user)
        .filter(pk__in=verified_at)
        .select_related("recommendation")
        .with_terms()
        .order_by("recommendation__number", "letter")
    )
    return [
        Task(
            title=gettext("Assess %(benchmark)s: %(criterion)s") % {"benchmark": row.key, "criterion": row.wording},
            url=reverse("benchmark_assess", args=[row.pk]),
            sender=gettext("A verified action supports it"),
            since=timezone.localtime(verified_at[row.pk]).date(),
        )
        for row in rows
    ]


def _due_dates_to_answer(user: User, edition: Edition) -> list[Task]:
    rows = DueDateProposal.objects.visible_to(user, edition.country).for_answer_by(user)
    return [
        Task(
            title=row.commitment.text,
            url=reverse("due_date_answer", args=[row.pk]),
            sender=row.commitment.maker,
            since=timezone.localtime(row.recorded_at).date(),
            note=gettext("The ministry proposes %(date)s: %(reason)s")
            % {"date": format_short_date(row.due_on), "reason": row.reason},
        )
        for row in rows.select_related("commitment__ministry").order_by("recorded_at", "pk")
    ]


def _steps_due(user: User, edition: Edition) -> list[Task]:
    today = clock.today(edition.country.time_zone)
    rows = NextStep.objects.visible_to(user).filter(dialogue__country=edition.country_id).due_for_embassy(today)
    return [
        Task(
            title=row.text,
            url=reverse("next_step_done", args=[row.pk]),
            sender=gettext("Dialogue of %(date)s") % {"date": format_short_date(row.dialogue.held_on)},
            since=row.due_on,
        )
        for row in rows.select_related("dialogue").order_by("due_on", "pk")
        if row.due_on
    ]


def _indicators_to_settle(user: User, edition: Edition) -> list[Task]:
    """Return the dialogues of the next 45 days whose indicators are not chosen, or not all agreed on."""
    today, zone = clock.today(edition.country.time_zone), ZoneInfo(edition.country.time_zone)
    rows: Any = Dialogue.objects.visible_to(user).filter(country=edition.country_id).lacking_indicators(today)
    choose = gettext("Choose the indicators for the dialogue of %(date)s")
    agree = gettext("Agree on the indicators for the dialogue of %(date)s")
    return [
        Task(
            title=(agree if row.is_chosen else choose) % {"date": format_date(row.held_on)},
            url=reverse("dialogue_numbers" if row.is_chosen else "dialogue_indicators", args=[row.pk]),
            sender=gettext("The embassy"),
            since=(agreed_by := day_to_agree(row.held_on, row.entered_at.astimezone(zone).date())),
            note=_describe_agreeing(agreed_by, today),
        )
        for row in rows.order_by("held_on", "pk")
    ]


def _describe_agreeing(agreed_by: date, today: date) -> str:
    left = days_left(agreed_by, today)
    if left is None:
        return gettext("Overdue. The ministries were to agree by %(date)s.") % {"date": format_date(agreed_by)}
    if not left:
        return gettext("The ministries are to agree by today.")
    sentence = ngettext(
        "The ministries are to agree by %(date)s: %(number)d day left.",
        "The ministries are to agree by %(date)s: %(number)d days left.",
        left,
    )
    return sentence % {"date": format_date(agreed_by), "number": left}


def _answers_to_check(user: User, edition: Edition) -> list[Task]:
    """Return the answers that were opened again, and decided ones since which a fact or the question changed."""
    rows: Any = AnswerVersion.objects.visible_to(user).filter(question__edition=edition).for_checking_by(user)
    return [
        _answer_task(row, note=_why_to_check(row))
        for row in rows.select_related("question").order_by("question__position", "pk")
    ]


def _why_to_check(version: Any) -> str:
    if version.decided == AnswerEventKind.REOPENED:
        return gettext("It was opened again. Read the reason, and mark the answer as complete when it is right.")
    if version.is_reworded:
        return gettext("The question was reworded since. Read it again and save the answer.")
    return gettext("A fact that the answer cites changed since. Check the answer and save it again.")


def _answers_to_clear(user: User, edition: Edition) -> list[Task]:
    rows = AnswerVersion.objects.visible_to(user).filter(question__edition=edition).for_clearing_by(user)
    return [_answer_task(row) for row in rows.select_related("question").order_by("question__position", "pk")]


def _answer_task(version: Any, note: str = "") -> Task:
    return Task(
        title=Truncator(str(version.question)).chars(MAX_QUESTION_LENGTH),
        url=reverse("question_detail", args=[version.question_id]),
        sender=version.decided_by_name,
        since=timezone.localtime(version.decided_at).date(),
        note=note,
    )


def _briefings_to_clear(user: User, edition: Edition) -> list[Task]:
    rows = Briefing.objects.visible_to(user).filter(edition=edition).for_clearing_by(user)
    return [
        Task(
            title=gettext("%(document)s as of %(date)s, version %(number)d")
            % {"document": row.document.label, "date": format_short_date(row.as_of), "number": row.version},
            url=reverse("briefing_detail", args=[row.pk]),
            sender=row.requested_by.name if row.requested_by else "",
            since=timezone.localtime(row.requested_at).date(),
        )
        for row in rows.select_related("ministry", "dialogue", "requested_by")
        .defer("content")
        .order_by("requested_at", "pk")
    ]


def _commitments_to_verify(user: User, edition: Edition) -> list[Task]:
    commitments = Commitment.objects.visible_to(user).filter(country=edition.country_id)
    rows: list[Any] = list(commitments.for_verification_by(user).order_by("pk"))
    return [
        Task(
            title=row.text,
            url=reverse("commitment_detail", args=[row.pk]),
            sender=row.reported_by_name,
            since=timezone.localtime(row.reported_at).date(),
        )
        for row in rows
    ]


def _redactions_to_confirm(user: User, edition: Edition) -> list[Task]:
    rows = Redaction.objects.visible_to(user).for_decision_by(user).filter(country=edition.country_id)
    return [
        Task(
            title=row.reason,
            url=reverse("redaction_detail", args=[row.pk]),
            sender=row.recorded_by.name,
            since=timezone.localtime(row.recorded_at).date(),
            note=gettext("Nothing is removed until you confirm it."),
        )
        for row in rows.select_related("recorded_by").order_by("recorded_at", "pk")
    ]
