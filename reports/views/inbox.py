"""The inbox: what waits for the embassy's decision, most points at stake first, and the link to the next item."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import cache
from typing import Any, NamedTuple

from django.core.paginator import Paginator
from django.db.models import Count, Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from dialogues.choices import ClaimedProgress, CommitmentStatus, MadeBy
from dialogues.commitment_status import days_left
from dialogues.models import Assessment, Commitment, Evidence, Redaction, UpdateVersion
from dialogues.models.evidence import EvidenceQuerySet
from dialogues.views.last_decision import find_last_decision
from recommendations.edition_context import EditionRequest, edition_url, editions_of_page_country
from recommendations.models import Edition
from recommendations.tracking_period import find_covering_edition
from reports import formatting, sentences
from reports.readiness import countable_facts
from reports.readiness.explanation.score_display import without_trailing_zeros
from reports.readiness.forecast import inbox_priority
from reports.readiness.forecast.review_simulation import describe_drop
from reports.views.access import read_page
from reports.views.review_simulation import build_simulation
from tiptracker import clock
from tiptracker.choices import Role
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
    """An update version in the inbox; `days` is how long it has waited."""

    update_version: UpdateVersion
    claimed: ClaimedProgress
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
        return TimeLeft(left, f"due {sentences.format_relative_date(due_on, today)}")
    if deadline_on is None:
        return None
    days = (deadline_on - today).days
    if days < 0:
        return TimeLeft(days, f"{sentences.format_days(-days)} after the deadline")
    return TimeLeft(days, f"{sentences.format_days(days)} to the deadline" if days else "the deadline is today")


class Inbox(NamedTuple):
    """What waits, in order: updates from ministries, and evidence that other users logged."""

    versions: Sequence[WaitingUpdate]
    logged: Sequence[LoggedEvidence]


def _build_inbox(request: EditionRequest, logged: EvidenceQuerySet) -> Inbox:
    """Return what waits for the embassy in the page's country.

    An item counts in the edition whose tracking period covers its dates, or else in the page's edition. The inbox is
    empty for a ministry, which sees its updates with its commitments.
    """
    user, country = request.user, request.edition.country
    if not user.is_embassy:
        return Inbox([], [])
    today = clock.today(country.time_zone)
    versions = list(
        UpdateVersion.objects.visible_to(user, country)
        .undecided()
        .select_related("update__commitment__ministry", "recorded_by")
        .annotate(evidence_count=Count("evidence", distinct=True))
    )
    commitments: QuerySet[Any] = Commitment.objects.visible_to(user, country).with_status(today)
    due_on: dict[int, date | None] = dict(
        commitments.filter(updates__versions__in=versions).values_list("pk", "due_on")
    )
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
        priority = inbox_priority.update_priority(simulation, row.pk)
        reasons = [describe_drop(drop, "This update") for drop in priority.drops]
        return WaitingUpdate(
            update_version=row,
            claimed=ClaimedProgress(row.claimed),
            days=(today - timezone.localtime(row.recorded_at).date()).days,
            stake=stake(edition, priority.points, priority.verdict, reasons),
            due=_time_left(due_on.get(row.update.commitment_id), terms.deadline_on if terms else None, today),
        )

    def logged_evidence(row: Evidence) -> LoggedEvidence:
        edition = covering_edition(row.happened_from, row.happened_to)
        priority = inbox_priority.evidence_priority(simulation_of(edition), row.pk)
        reasons = [describe_drop(drop, "This evidence") for drop in priority.drops]
        return LoggedEvidence(row, stake(edition, priority.points, Fraction(0), reasons))

    return Inbox(
        sorted(map(waiting_update, versions), key=lambda line: line.order),
        sorted(map(logged_evidence, logged), key=lambda line: line.order),
    )


@read_page
def inbox(request: EditionRequest) -> HttpResponse:
    """List what waits: updates from ministries, evidence logged by colleagues, and commitments reported done."""
    user, country = request.user, request.edition.country
    today = clock.today(country.time_zone)
    unreviewed = Evidence.objects.visible_to(user, country).unreviewed(besides=user).select_related("recorded_by")
    inbox = _build_inbox(request, unreviewed)
    if exports.is_export_requested(request):
        rows = [*map(_update_export_row, inbox.versions), *map(_evidence_export_row, inbox.logged)]
        return exports.export_rows(request, "inbox", EXPORT_COLUMNS, rows)
    page = Paginator(inbox.versions, PAGE_SIZE).get_page(request.GET.get("page"))
    context: dict[str, Any] = {"page": page, "versions": list(page), "before": find_last_decision(request)}
    if user.is_embassy:
        commitments = Commitment.objects.visible_to(user, country).with_status(today).order_by("pk")
        verdicts = Assessment.objects.visible_to(user, country).asking_for_another_look()
        decidable = {Role.OFFICER: [*inbox.versions, *inbox.logged], Role.AMBASSADOR: inbox.logged}
        context |= {
            "logged": inbox.logged[:MAX_LOGGED],
            "logged_count": len(inbox.logged),
            "may_begin": bool(decidable.get(Role(user.role))),
            "redactions": list(
                Redaction.objects.visible_to(user).for_decision_by(user).filter(country=country).order_by("pk")
            ),
            "reported": list(commitments.filter(Q(status=CommitmentStatus.REPORTED), made_by=MadeBy.UNITED_STATES)),
            "overtaken_verdicts": list(
                verdicts.select_related("benchmark__recommendation").order_by(
                    "benchmark__recommendation__number", "benchmark__letter"
                )
            ),
            "overtaken_commitments": list(
                commitments.filter(Q(status=CommitmentStatus.VERIFIED)).asking_for_another_look()
            ),
        }
    return render_page(request, "reports/inbox.html", context)


EXPORT_COLUMNS = (
    "What waits", "From", "Of", "Claims", "Sent or recorded", "Evidence", "Points at stake", "Of them by a verdict",
    "Days left", "Until what", "Page",
)  # fmt: skip


def _update_export_row(line: WaitingUpdate) -> tuple[object, ...]:
    row, commitment = line.update_version, line.update_version.update.commitment
    due = line.due
    return (
        "Update", commitment.maker, commitment.text, line.claimed.label, row.recorded_at,
        row.evidence_count,  # type: ignore[attr-defined]  # annotated by `_build_inbox`
        line.stake.printed, line.stake.printed_by_verdict, due.days if due else None, due.text if due else "",
        reverse("version_detail", args=[row.pk]),
    )  # fmt: skip


def _evidence_export_row(line: LoggedEvidence) -> tuple[object, ...]:
    row = line.evidence
    return (
        "Evidence", row.recorded_by.name, row.title, "", row.recorded_at, 1, line.stake.printed, None, None, "",
        reverse("evidence_detail", args=[row.pk]),
    )  # fmt: skip


@read_page
def inbox_next(request: EditionRequest) -> HttpResponse:
    """Redirect to the next item that the user can decide on; `after` names the last one ("version-12", "evidence-5").

    If `after` still waits, the next item is the one below it. Otherwise it is the first of the list.
    """
    user, after = request.user, request.GET.get("after", "")
    inbox = _build_inbox(request, Evidence.objects.visible_to(user, request.edition.country).for_review_by(user))
    addresses = {
        f"version-{line.update_version.pk}": reverse("version_detail", args=[line.update_version.pk])
        for line in inbox.versions
        if user.role == Role.OFFICER and line.update_version.recorded_by_id != user.pk  # same as `can_decide_on_update`
    } | {f"evidence-{line.evidence.pk}": reverse("evidence_detail", args=[line.evidence.pk]) for line in inbox.logged}
    keys = list(addresses)
    place = keys.index(after) + 1 if after in addresses else 0
    following = [key for key in keys[place:] + keys[:place] if key != after]
    page = addresses[following[0]] if following else edition_url(request.edition, "inbox")
    return redirect(f"{page}?{urlencode({'after': after})}" if after else page)
