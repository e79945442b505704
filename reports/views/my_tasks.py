"""My tasks: what waits for the user's decision, by kind, and the link to the next update or piece of evidence."""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import cache
from typing import Any, NamedTuple

from django.core.paginator import Paginator
from django.db.models import Count, Max, Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from dialogues import permissions
from dialogues.choices import ClaimedProgress, CommitmentStatus, Verdict
from dialogues.commitment_status import days_left
from dialogues.models import (
    Assessment,
    Commitment,
    DueDateProposal,
    Evidence,
    EvidenceLink,
    InformationRequest,
    InternalNote,
    NextStep,
    Redaction,
    UpdateVersion,
)
from dialogues.models.evidence import EvidenceQuerySet
from dialogues.views.internal_notes import BACK_TO_TASKS
from dialogues.views.last_decision import find_last_decision
from recommendations.edition_context import EditionRequest, edition_url, editions_of_page_country
from recommendations.models import Benchmark, Edition
from recommendations.tracking_period import find_covering_edition
from reports import formatting
from reports.models import Briefing
from reports.readiness import countable_facts
from reports.readiness.explanation.score_display import without_trailing_zeros
from reports.readiness.forecast import review_priority
from reports.readiness.forecast.review_simulation import describe_drop
from reports.views.access import read_page
from reports.views.review_simulation import build_simulation
from tiptracker import clock
from tiptracker.accounts.models import Country, User
from tiptracker.choices import Role
from tiptracker.localization import format_short_date, gettext, gettext_lazy, ngettext
from tiptracker.web import exports
from tiptracker.web.pages import render_page

PAGE_SIZE = 25
MAX_LOGGED = 25
"""Maximum number of evidence rows listed at once. Others move up as these are reviewed."""


class TimeLeft(NamedTuple):
    """The days left, and until what: the commitment's due date or, without one ahead, the deadline.

    What waits for the embassy is never overdue.
    """

    days: int
    text: str


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
    """The tasks of one kind. `key` is the id of its section."""

    key: str
    heading: str
    tasks: Sequence[Task]


class TaskCount(NamedTuple):
    """How many tasks of a kind wait, for the list at the top of the page."""

    key: str
    heading: str
    number: int


class PointsAtStake(NamedTuple):
    """The points that an item could add: in total, and the share that needs a verdict.

    `year` is the year of the edition that gains them, if it is not the page's edition. `reasons` are sentences on what
    the item would lower.
    """

    points: Fraction
    by_verdict: Fraction
    year: int | None
    reasons: Sequence[str]

    @property
    def printed(self) -> Decimal:
        """The points, as printed."""
        return without_trailing_zeros(formatting.round_to_tenth(self.points))

    @property
    def lost(self) -> Decimal | None:
        """The points lost, if a lower figure would replace a higher one; else None."""
        return -self.printed if self.printed < 0 else None

    @property
    def printed_by_verdict(self) -> Decimal:
        return without_trailing_zeros(formatting.round_to_tenth(self.by_verdict))


class WaitingUpdate(NamedTuple):
    """An update version that waits for the user; `days` is how long it has waited.

    An answer to a request claims no progress.
    """

    update_version: UpdateVersion
    claimed: ClaimedProgress | None
    days: int
    stake: PointsAtStake
    due: TimeLeft | None

    @property
    def order(self) -> tuple[Any, ...]:
        """Sort key: most points at stake, then least time left, then longest waiting."""
        days = self.due.days if self.due else 1 << 20
        return -self.stake.points, days, self.update_version.recorded_at, self.update_version.pk


class LoggedEvidence(NamedTuple):
    """A piece of evidence that another user logged."""

    evidence: Evidence
    stake: PointsAtStake

    @property
    def order(self) -> tuple[Any, ...]:
        return -self.stake.points, self.evidence.recorded_at, self.evidence.pk


def _time_left(due_on: date | None, deadline_on: date | None, today: date) -> TimeLeft | None:
    if due_on and (left := days_left(due_on, today)) is not None:
        if not left:
            return TimeLeft(left, gettext("Due today"))
        return TimeLeft(left, ngettext("Due in %(number)d day", "Due in %(number)d days", left) % {"number": left})
    if deadline_on is None:
        return None
    days = (deadline_on - today).days
    if days < 0:
        after = ngettext("%(number)d day after the deadline", "%(number)d days after the deadline", -days)
        return TimeLeft(days, after % {"number": -days})
    if not days:
        return TimeLeft(days, gettext("The deadline is today"))
    before = ngettext("%(number)d day to the deadline", "%(number)d days to the deadline", days)
    return TimeLeft(days, before % {"number": days})


class ItemsToReview(NamedTuple):
    """The updates from ministries and the evidence of other users that the user may decide on, in order."""

    versions: Sequence[WaitingUpdate]
    logged: Sequence[LoggedEvidence]


def _find_items_to_review(request: EditionRequest) -> ItemsToReview:
    """Return the updates and the evidence that the user may decide on, in the page's country.

    An item counts in the edition whose tracking period covers its dates, or else in the page's edition.
    """
    user, country = request.user, request.edition.country
    if user.role not in (Role.OFFICER, Role.AMBASSADOR):
        return ItemsToReview([], [])
    today = clock.today(country.time_zone)
    evidence: EvidenceQuerySet = Evidence.objects.visible_to(user, country).for_review_by(user)
    logged = list(evidence.select_related("recorded_by"))
    versions = _undecided_versions(user, country) if user.role == Role.OFFICER else []
    commitments: QuerySet[Any] = Commitment.objects.visible_to(user, country).with_status(today)
    due_on: dict[int | None, date | None] = dict(
        commitments.filter(updates__versions__in=versions).values_list("pk", "due_on")
    )
    keys = {key for row in versions if (key := row.update.information_request_id)}
    requests = InformationRequest.objects.visible_to(user, country).filter(pk__in=keys)
    request_due_on = {
        row.pk: standing.due_on for row in requests.with_history() if (standing := row.standing_on(today))
    }
    editions = editions_of_page_country(request)
    simulation_of = cache(build_simulation)

    def covering_edition(first: date | None, last: date) -> Edition:
        return find_covering_edition(editions, first, last) or editions[0]

    def stake(edition: Edition, points: Fraction, by_verdict: Fraction, reasons: list[str]) -> PointsAtStake:
        return PointsAtStake(points, by_verdict, None if edition == editions[0] else edition.year, reasons)

    def waiting_update(row: UpdateVersion) -> WaitingUpdate:
        edition = covering_edition(None, row.happened_on)
        simulation = simulation_of(edition)
        terms = countable_facts.newest_row(simulation.facts.edition_terms)
        priority = review_priority.update_priority(simulation, row.pk)
        reasons = [describe_drop(drop) for drop in priority.drops]
        return WaitingUpdate(
            update_version=row,
            claimed=row.progress,
            days=(today - timezone.localtime(row.recorded_at).date()).days,
            stake=stake(edition, priority.points, priority.verdict, reasons),
            due=_time_left(
                due_on.get(row.update.commitment_id) or request_due_on.get(row.update.information_request_id or 0),
                terms.deadline_on if terms else None,
                today,
            ),
        )

    def logged_evidence(row: Evidence) -> LoggedEvidence:
        edition = covering_edition(row.happened_from, row.happened_to)
        priority = review_priority.evidence_priority(simulation_of(edition), row.pk)
        reasons = [describe_drop(drop) for drop in priority.drops]
        return LoggedEvidence(row, stake(edition, priority.points, Fraction(0), reasons))

    return ItemsToReview(
        sorted(map(waiting_update, versions), key=lambda line: line.order),
        sorted(map(logged_evidence, logged), key=lambda line: line.order),
    )


def _own_waiting_evidence(user: User, country: Country) -> list[Evidence]:
    """Return what an officer logged and a colleague has to verify, oldest first. It is no task of the officer."""
    if user.role != Role.OFFICER:
        return []
    rows = Evidence.objects.visible_to(user, country).unreviewed().filter(recorded_by=user)
    return list(rows.order_by("recorded_at", "pk")[:MAX_LOGGED])


def _undecided_versions(user: User, country: Country) -> list[UpdateVersion]:
    """Return the update versions that an officer may decide on: as `permissions.can_decide_on_update`, for lists."""
    rows = UpdateVersion.objects.visible_to(user, country).undecided().exclude(recorded_by=user)
    return list(rows.with_subject("recorded_by").annotate(evidence_count=Count("evidence", distinct=True)))


@read_page
def my_tasks(request: EditionRequest) -> HttpResponse:
    """List the tasks of the user, by kind: updates and evidence to decide on, then the other kinds."""
    user, country = request.user, request.edition.country
    items = _find_items_to_review(request)
    if exports.is_export_requested(request):
        rows = [*map(_update_export_row, items.versions), *map(_evidence_export_row, items.logged)]
        return exports.export_rows(request, "tasks", list(map(str, EXPORT_COLUMNS)), rows)
    page = Paginator(items.versions, PAGE_SIZE).get_page(request.GET.get("page"))
    groups = [group for group in _build_task_groups(request) if group.tasks]
    counts = [
        TaskCount("updates", gettext("Updates to review"), len(items.versions)),
        TaskCount("evidence", gettext("Evidence to verify"), len(items.logged)),
        *(TaskCount(group.key, group.heading, len(group.tasks)) for group in groups),
    ]
    context: dict[str, Any] = {
        "page": page,
        "versions": list(page),
        "before": find_last_decision(request),
        "logged": items.logged[:MAX_LOGGED],
        "logged_count": len(items.logged),
        "may_begin": bool(items.versions or items.logged),
        "own_waiting": _own_waiting_evidence(user, country),
        "may_review": permissions.can_give_reviews(user),
        "groups": groups,
        "counts": [count for count in counts if count.number],
        "total": sum(count.number for count in counts),
        "back": BACK_TO_TASKS,
    }
    if permissions.can_give_verdicts(user):
        today = clock.today(country.time_zone)
        commitments = Commitment.objects.visible_to(user, country).with_status(today).order_by("pk")
        context |= {
            "overtaken_verdicts": _overtaken_assessments(user, country),
            "overtaken_commitments": list(
                commitments.filter(Q(status=CommitmentStatus.VERIFIED)).asking_for_another_look()
            ),
        }
    return render_page(request, "reports/my_tasks.html", context)


def _build_task_groups(request: EditionRequest) -> list[TaskGroup]:
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
            TaskGroup("next-steps", gettext("Next steps of dialogues that are due"), _steps_due(user, edition)),
        ]
    if user.role in (Role.OFFICER, Role.AMBASSADOR):
        groups += [
            TaskGroup("briefings", gettext("Briefings to clear"), _briefings_to_clear(user, edition)),
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
    evidence_links = EvidenceLink.objects.visible_to(user).awaiting_assessment()
    rows: Iterable[Any] = (
        Benchmark.objects.visible_to(user)
        .filter(recommendation__edition=edition, evidence_links__in=evidence_links)
        .annotate(verified_at=Max("evidence_links__reviews__recorded_at"))
        .select_related("recommendation")
        .with_terms()
        .order_by("recommendation__number", "letter")
    )
    return [
        Task(
            title=gettext("Assess %(benchmark)s: %(criterion)s") % {"benchmark": row.key, "criterion": row.wording},
            url=reverse("benchmark_assess", args=[row.pk]),
            sender=gettext("A verified action supports it"),
            since=timezone.localtime(row.verified_at).date(),
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


def _overtaken_assessments(user: User, country: Country) -> list[tuple[Assessment, Verdict]]:
    """Return the assessments since which evidence on their benchmark came, each with its verdict."""
    rows = Assessment.objects.visible_to(user, country).asking_for_another_look()
    order = ("benchmark__recommendation__number", "benchmark__letter")
    return [(row, Verdict(row.verdict)) for row in rows.select_related("benchmark__recommendation").order_by(*order)]


EXPORT_COLUMNS = (
    gettext_lazy("Kind of task"), gettext_lazy("From"), gettext_lazy("What"), gettext_lazy("Claims"),
    gettext_lazy("Sent or recorded"), gettext_lazy("Pieces of evidence"), gettext_lazy("Points at stake"),
    gettext_lazy("Of these by an assessment"), gettext_lazy("Days left"), gettext_lazy("Due date or deadline"),
    gettext_lazy("Page"),
)  # fmt: skip


def _update_export_row(line: WaitingUpdate) -> tuple[object, ...]:
    row, subject = line.update_version, line.update_version.update.subject
    due = line.due
    return (
        gettext("Update"), subject.maker, subject.text, line.claimed.label if line.claimed else "", row.recorded_at,
        row.evidence_count,  # type: ignore[attr-defined]  # annotated by `_find_items_to_review`
        line.stake.printed, line.stake.printed_by_verdict, due.days if due else None, due.text if due else "",
        reverse("version_detail", args=[row.pk]),
    )  # fmt: skip


def _evidence_export_row(line: LoggedEvidence) -> tuple[object, ...]:
    row = line.evidence
    return (
        gettext("Evidence"), row.recorded_by.name, row.title, "", row.recorded_at, 1, line.stake.printed, None, None,
        "", reverse("evidence_detail", args=[row.pk]),
    )  # fmt: skip


@read_page
def my_tasks_next(request: EditionRequest) -> HttpResponse:
    """Redirect to the next item that the user can decide on; `after` names the last one ("version-12", "evidence-5").

    If `after` still waits, the next item is the one below it. Otherwise it is the first of the list.
    """
    after = request.GET.get("after", "")
    items = _find_items_to_review(request)
    addresses = {
        f"version-{line.update_version.pk}": reverse("version_detail", args=[line.update_version.pk])
        for line in items.versions
    } | {f"evidence-{line.evidence.pk}": reverse("evidence_detail", args=[line.evidence.pk]) for line in items.logged}
    keys = list(addresses)
    place = keys.index(after) + 1 if after in addresses else 0
    following = [key for key in keys[place:] + keys[:place] if key != after]
    page = addresses[following[0]] if following else edition_url(request.edition, "my_tasks")
    return redirect(f"{page}?{urlencode({'after': after})}" if after else page)
