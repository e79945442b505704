"""My tasks: what waits for the user's decision, by kind, and the link to the next update or piece of evidence."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import cache, partial
from typing import Any, NamedTuple

from django.core.paginator import Paginator
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
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
    Evidence,
    InformationRequest,
    UpdateVersion,
)
from dialogues.models.evidence import EvidenceQuerySet
from dialogues.views.internal_notes import BACK_TO_TASKS
from dialogues.views.last_decision import find_last_decision
from recommendations.edition_context import EditionRequest, edition_url, editions_of_page_country
from recommendations.kept_pages import keep_page
from recommendations.models import Edition
from recommendations.tracking_period import find_covering_edition
from reports import formatting
from reports.choices import StepKind
from reports.readiness import countable_facts
from reports.readiness.answers import RowReference
from reports.readiness.explanation.score_display import without_trailing_zeros
from reports.readiness.forecast import review_priority
from reports.readiness.forecast.review_simulation import ReviewSimulation, describe_drop
from reports.views.access import read_page
from reports.views.current_readiness import current_readiness
from reports.views.review_simulation import build_simulation
from reports.views.task_groups import build_task_groups
from reports.views.upcoming_dates import find_upcoming_dates
from tiptracker import clock
from tiptracker.accounts.models import Country, User
from tiptracker.choices import Role
from tiptracker.localization import gettext, gettext_lazy, ngettext
from tiptracker.web import exports
from tiptracker.web.pages import render_page

PAGE_SIZE = 25
MAX_LOGGED = 25
"""Maximum number of evidence rows listed at once. Others move up as these are reviewed."""
NO_PLACE = 1 << 20
"""The place of an item that is no next step: after all that are."""


class NextStepPlace(NamedTuple):
    """The place of an item among the next steps, and what it adds after those above it, as printed.

    `points` is None if it is no next step, or if nothing has been reviewed, so that no points are shown.
    """

    place: int
    points: Decimal | None


NO_STEP = NextStepPlace(NO_PLACE, None)


class TimeLeft(NamedTuple):
    """The days left, and until what: the commitment's due date or, without one, the deadline.

    What waits for the embassy is never overdue: no days are left of a due date that has passed. `day` is the due date.
    """

    days: int
    text: str
    day: date | None = None


class TaskCount(NamedTuple):
    """How many tasks of a kind wait, for the list at the top of the page."""

    key: str
    heading: str
    number: int


class PointsAtStake(NamedTuple):
    """The points that an item could add alone: in total, and the share that needs a verdict.

    `in_order` is what it adds after the next steps above it, as the dashboard shows it; None if it is no next step.
    `year` is the year of the edition that gains them, if it is not the page's edition. `reasons` are sentences on what
    the item would lower.
    """

    points: Fraction
    by_verdict: Fraction
    year: int | None
    reasons: Sequence[str]
    in_order: Decimal | None = None

    @property
    def printed(self) -> Decimal:
        """The points, as printed."""
        return without_trailing_zeros(formatting.round_to_tenth(self.points))

    @property
    def printed_in_order(self) -> Decimal | None:
        """The points after the next steps above it, as printed; None if they are those that it adds alone."""
        return None if self.in_order is None or self.in_order == self.printed else self.in_order

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
    place: int

    @property
    def order(self) -> tuple[Any, ...]:
        """Sort key: the place among the next steps, most points at stake, least time left, longest waiting."""
        days = self.due.days if self.due else NO_PLACE
        return self.place, -self.stake.points, days, self.update_version.recorded_at, self.update_version.pk

    @property
    def title(self) -> str:
        return self.update_version.update.subject.text

    @property
    def address(self) -> tuple[str, str]:
        """How `my_tasks_next` names it, and its page."""
        key = self.update_version.pk
        return f"version-{key}", reverse("version_detail", args=[key])


class LoggedEvidence(NamedTuple):
    """A piece of evidence that another user logged."""

    evidence: Evidence
    stake: PointsAtStake
    place: int

    @property
    def order(self) -> tuple[Any, ...]:
        return self.place, -self.stake.points, self.evidence.recorded_at, self.evidence.pk

    @property
    def title(self) -> str:
        return self.evidence.title

    @property
    def address(self) -> tuple[str, str]:
        """How `my_tasks_next` names it, and its page."""
        return f"evidence-{self.evidence.pk}", reverse("evidence_detail", args=[self.evidence.pk])


def _time_to_due_date(due_on: date, today: date) -> TimeLeft:
    left = days_left(due_on, today)
    if left is None:
        return TimeLeft(0, gettext("The due date has passed"), due_on)
    if not left:
        return TimeLeft(left, gettext("Due today"), due_on)
    text = ngettext("Due in %(number)d day", "Due in %(number)d days", left) % {"number": left}
    return TimeLeft(left, text, due_on)


def _time_left(due_on: date | None, deadline_on: date | None, today: date) -> TimeLeft | None:
    if due_on:
        return _time_to_due_date(due_on, today)
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

    @property
    def in_order(self) -> Sequence[WaitingUpdate | LoggedEvidence]:
        """All items: the next steps in their order, then other updates, then other evidence."""
        return sorted([*self.versions, *self.logged], key=lambda item: item.place)


def _find_items_to_review(request: EditionRequest) -> ItemsToReview:
    """Return the updates and the evidence that the user may decide on, in the page's country.

    An item counts in the edition whose tracking period covers its dates, or else in the page's edition. The order is
    that of the next steps.
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
    simulation_of = cache(partial(build_simulation, request))

    steps = _places_among_next_steps(request, editions[0], simulation_of(editions[0])) if versions or logged else {}

    def covering_edition(first: date | None, last: date) -> Edition:
        return find_covering_edition(editions, first, last) or editions[0]

    def stake(
        edition: Edition, points: Fraction, by_verdict: Fraction, reasons: list[str], step: NextStepPlace
    ) -> PointsAtStake:
        year = None if edition == editions[0] else edition.year
        return PointsAtStake(points, by_verdict, year, reasons, step.points)

    def waiting_update(row: UpdateVersion) -> WaitingUpdate:
        edition = covering_edition(None, row.happened_on)
        simulation = simulation_of(edition)
        terms = countable_facts.newest_row(simulation.facts.edition_terms)
        priority = review_priority.update_priority(simulation, row.pk)
        reasons = [describe_drop(drop) for drop in priority.drops]
        step = steps.get(RowReference("update_version", row.pk), NO_STEP)
        return WaitingUpdate(
            update_version=row,
            claimed=row.progress,
            days=(today - timezone.localtime(row.recorded_at).date()).days,
            stake=stake(edition, priority.points, priority.verdict, reasons, step),
            due=_time_left(
                due_on.get(row.update.commitment_id) or request_due_on.get(row.update.information_request_id or 0),
                terms.deadline_on if terms else None,
                today,
            ),
            place=step.place,
        )

    def logged_evidence(row: Evidence) -> LoggedEvidence:
        edition = covering_edition(row.happened_from, row.happened_to)
        priority = review_priority.evidence_priority(simulation_of(edition), row.pk)
        reasons = [describe_drop(drop) for drop in priority.drops]
        step = steps.get(RowReference("evidence", row.pk), NO_STEP)
        return LoggedEvidence(row, stake(edition, priority.points, Fraction(0), reasons, step), step.place)

    return ItemsToReview(
        sorted(map(waiting_update, versions), key=lambda line: line.order),
        sorted(map(logged_evidence, logged), key=lambda line: line.order),
    )


def _places_among_next_steps(
    request: EditionRequest, edition: Edition, simulation: ReviewSimulation
) -> dict[RowReference, NextStepPlace]:
    """Return the place of each item to review among the next steps, so that all pages begin with the same task."""
    result = current_readiness(request, edition, simulation.as_of, simulation.facts)
    steps = result.next_steps(without=[kind for kind in StepKind if kind is not StepKind.REVIEW])
    places = {}
    before = formatting.round_to_tenth(result.score)
    for place, step in enumerate(steps.steps):
        # As the dashboard prints them: differences of the printed readiness, so that a column adds up.
        after = formatting.round_to_tenth(step.cumulative or Fraction(0))
        points = without_trailing_zeros(after - before) if result.is_reviewed else None
        places[step.rows[0]], before = NextStepPlace(place, points), after
    return places


def _own_waiting_evidence(user: User, country: Country) -> list[Evidence]:
    """Return what an officer logged and a colleague has to verify, oldest first. It is no task of the officer."""
    if user.role != Role.OFFICER:
        return []
    rows = Evidence.objects.visible_to(user, country).unreviewed().filter(recorded_by=user)
    return list(rows.order_by("recorded_at", "pk")[:MAX_LOGGED])


def _undecided_versions(user: User, country: Country) -> list[UpdateVersion]:
    """Return the update versions that the user may decide on, each with how many pieces of evidence it has."""
    # First the keys, because PostgreSQL would join all versions with their subjects before it looks for these few.
    visible = UpdateVersion.objects.visible_to(user, country)
    keys = list(visible.for_decision_by(user).values_list("pk", flat=True))
    rows = visible.filter(pk__in=keys).order_by("recorded_at", "pk").with_subject("recorded_by")
    evidence = Evidence.objects.filter(update_version=OuterRef("pk")).order_by().values("update_version")
    return list(rows.annotate(evidence_count=Coalesce(Subquery(evidence.annotate(n=Count("pk")).values("n")), 0)))


@read_page
@keep_page(is_personal=True)
def my_tasks(request: EditionRequest) -> HttpResponse:
    """List the tasks of the user, by kind: updates and evidence to decide on, then the other kinds."""
    user, country = request.user, request.edition.country
    items = _find_items_to_review(request)
    if exports.is_export_requested(request):
        rows = [*map(_update_export_row, items.versions), *map(_evidence_export_row, items.logged)]
        return exports.export_rows(request, "tasks", list(map(str, EXPORT_COLUMNS)), rows)
    page = Paginator(items.versions, PAGE_SIZE).get_page(request.GET.get("page"))
    groups = [group for group in build_task_groups(request) if group.tasks]
    counts = [
        TaskCount("updates", gettext("Updates and answers to review"), len(items.versions)),
        TaskCount("evidence", gettext("Evidence to verify"), len(items.logged)),
        *(TaskCount(group.key, group.heading, len(group.tasks)) for group in groups),
    ]
    context: dict[str, Any] = {
        "page": page,
        "versions": list(page),
        "before": find_last_decision(request),
        "logged": items.logged[:MAX_LOGGED],
        "logged_count": len(items.logged),
        "first_title": next((item.title for item in items.in_order), ""),
        "own_waiting": _own_waiting_evidence(user, country),
        "may_review": permissions.can_give_reviews(user),
        "groups": groups,
        "counts": [count for count in counts if count.number],
        "total": sum(count.number for count in counts),
        "back": BACK_TO_TASKS,
    }
    if permissions.can_give_reviews(user):
        briefings = [task for group in groups if group.key == "briefings" for task in group.tasks]
        today = clock.today(country.time_zone)
        context["upcoming"] = find_upcoming_dates(user, request.edition, today, briefings=briefings)
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
    kind = gettext("Answer") if row.update.information_request_id else gettext("Update")
    due = line.due
    return (
        kind, subject.maker, subject.text, line.claimed.label if line.claimed else "", row.recorded_at,
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
    addresses = dict(item.address for item in items.in_order)
    keys = list(addresses)
    place = keys.index(after) + 1 if after in addresses else 0
    following = [key for key in keys[place:] + keys[:place] if key != after]
    page = addresses[following[0]] if following else edition_url(request.edition, "my_tasks")
    return redirect(f"{page}?{urlencode({'after': after})}" if after else page)
