"""The dashboard: readiness first, then its parts, next steps, what is overdue, and the ministries."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any, NamedTuple

from django.db.models import Max
from django.http import HttpResponse

from dialogues.choices import ClaimedProgress, CommitmentStatus, MadeBy
from dialogues.commitment_status import CommitmentStanding, days_past_due
from dialogues.models import Commitment, Evidence, UpdateVersion
from dialogues.score_effects import describe_last_update
from recommendations.choices import DATE_ONLY_MILESTONES, MilestoneKind
from recommendations.edition_context import EditionRequest, editions_of_page_country
from recommendations.models import Benchmark, Edition, Milestone
from reports import sentences
from reports.briefings.contacts import list_office_holders
from reports.calendar import year
from reports.calendar.gathering import list_milestones, milestone_and_dialogue_days
from reports.choices import BriefingKind, ReadinessVerdict
from reports.current_briefing import has_changed_since, is_rebuild_expected
from reports.models import Briefing
from reports.permissions import can_request_briefing
from reports.readiness import countable_facts
from reports.readiness.commitment_standings import commitment_standings
from reports.readiness.explanation import context_display, headline, score_display
from reports.readiness.explanation.counting_reasons import find_counting_statuses
from reports.readiness.facts import Facts
from reports.readiness.gathering import gather_facts
from reports.readiness.readiness import evaluate_readiness
from reports.views.access import readiness_page
from reports.views.edition_start import build_edition_start
from reports.views.next_steps import next_steps_context
from reports.views.trend import trend_context
from tiptracker import clock
from tiptracker.accounts.models import Ministry, User
from tiptracker.choices import ChoiceEnum, Role
from tiptracker.web.pages import render_page

UNSETTLED = (CommitmentStatus.OPEN, CommitmentStatus.OVERDUE, CommitmentStatus.WITH_EMBASSY)
MAX_WAITING = MAX_NEXT_DAYS = 5
"""Limits of the dashboard's lists.

`MAX_WAITING` claims are listed; the others are only counted. `MAX_NEXT_DAYS` days ahead are listed on a phone, in place
of the timeline.
"""


class DashboardCommitment(NamedTuple):
    """A commitment with its status today and the benchmarks (ids) that it supports."""

    commitment: Commitment
    standing: CommitmentStanding
    towards: frozenset[int]

    @property
    def sent(self) -> str:
        """What became of its newest update: "returned on 13 January 2022", "no update received"."""
        return describe_last_update(self.standing, is_ministrys=self.commitment.made_by == MadeBy.MINISTRY)


class WaitingClaim(NamedTuple):
    """A claim that nobody has reviewed: an update in the inbox, or evidence that the embassy logged."""

    text: str
    who: str
    did: str
    on: datetime
    update_version: int | None = None
    evidence: int | None = None


class DashboardMilestone(NamedTuple):
    """A milestone and its status today.

    `open_pk` is its id if the user may record when it was done, else None.
    """

    title: str
    falls_on: date
    word: ChoiceEnum
    standing: str
    open_pk: int | None


class DashboardMinistry(NamedTuple):
    """A ministry: what it leads, how far that is shown, its commitments, and when it last sent an update."""

    ministry: Ministry
    minister: str
    leads: Sequence[int]
    shown: str
    share: Decimal | None
    promises: str
    next_due: date | None
    heard_on: datetime | None


class DashboardBenchmark(NamedTuple):
    """A benchmark of the edition and its status."""

    row: Benchmark
    stands: score_display.BenchmarkDisplay

    @property
    def is_shown(self) -> bool:
        return self.stands.verdict is ReadinessVerdict.SHOWN


@readiness_page
def dashboard(request: EditionRequest) -> HttpResponse:
    """Show the record of the edition as it is today."""
    edition = request.edition
    user, today = request.user, clock.today(edition.country.time_zone)
    facts = gather_facts(edition)
    result = evaluate_readiness(facts, as_of=today)
    asked = _find_benchmarks(user, edition, score_display.display_benchmarks(facts, result))
    promises = _find_commitments(user, edition, facts, today)
    waiting = _find_waiting(user, edition, facts, today)
    milestones = list_milestones(user, edition)
    days = _year_days(user, edition, milestones, promises, today)
    others = editions_of_page_country(request)[1:]
    context = {
        "edition": edition,
        "upcoming": next((one for one in others[::-1] if edition.starts_on <= today < one.starts_on), None),
        "beginning": build_edition_start(user, edition, others, result, today),
        "today": today,
        "result": result,
        "headline": headline.headline(result),
        "bar": score_display.readiness_bar_figures(result),
        "parts": score_display.display_parts(result),
        "watch_list": context_display.describe_watch_list(result),
        "overdue": sorted(
            (one for one in promises if one.standing.days_overdue), key=lambda one: -one.standing.days_overdue
        ),
        "waiting": waiting[:MAX_WAITING],
        "more_waiting": len(waiting) - MAX_WAITING,
        "may_review": user.role in (Role.OFFICER, Role.AMBASSADOR),
        "ministries": _build_ministries(user, edition, asked, promises, today, is_reviewed=result.is_reviewed),
        "milestones": _build_milestones(user, milestones, today),
        "year_title": year.describe_year(days, today),
        "year": year.draw_timeline(days, starts_on=edition.starts_on, ends_on=edition.ends_on, today=today),
        "next_days": [day for day in days if day.days_left is not None][:MAX_NEXT_DAYS],
        "too_few_verifiers": _count_verifiers(user, edition) < 2,
        **next_steps_context(user, result),
        **trend_context(user, edition, facts, today),
    }
    return render_page(request, "reports/dashboard.html", context | _briefing_context(user, edition, facts, today))


def _find_benchmarks(
    user: User, edition: Edition, stands: Mapping[int, score_display.BenchmarkDisplay]
) -> list[DashboardBenchmark]:
    rows = (
        Benchmark.objects.visible_to(user)
        .filter(recommendation__edition=edition)
        .select_related("recommendation__lead")
        .with_terms()
        .order_by("-recommendation__origin", "recommendation__number", "letter")
    )
    return [DashboardBenchmark(row, stands[row.pk]) for row in rows if row.pk in stands]


def _find_commitments(user: User, edition: Edition, facts: Facts, today: date) -> list[DashboardCommitment]:
    """Return the country's commitments, those due soonest first and those without a date last.

    The facts already hold their events and the benchmarks of this edition that they support.
    """
    stands, towards = commitment_standings(facts, today), {one.id: frozenset(one.towards) for one in facts.commitments}
    rows = Commitment.objects.visible_to(user).filter(country=edition.country_id)
    found = [
        DashboardCommitment(row, stands[row.pk], towards[row.pk])
        for row in rows.select_related("ministry")
        if row.pk in stands
    ]
    return sorted(found, key=lambda one: (one.standing.due_on or date.max, one.commitment.pk))


def _find_waiting(user: User, edition: Edition, facts: Facts, today: date) -> list[WaitingClaim]:
    """Return what waits for a decision: ministries' updates, then evidence logged here, oldest first."""
    versions = UpdateVersion.objects.visible_to(user).waiting().filter(update__commitment__country=edition.country_id)
    sent = [
        WaitingClaim(
            row.update.commitment.text, row.update.commitment.maker, "sent", row.recorded_at, update_version=row.pk
        )
        for row in versions.select_related("update__commitment__ministry")
    ]
    evidence = Evidence.objects.visible_to(user).filter(
        pk__in=find_counting_statuses(facts, today).waiting, update_version__isnull=True
    )
    logged = [
        WaitingClaim(row.title, row.stated_by, "claimed", row.recorded_at, evidence=row.pk)
        for row in evidence.order_by("recorded_at", "pk")
    ]
    return sent + logged


def _build_ministries(
    user: User,
    edition: Edition,
    asked: Sequence[DashboardBenchmark],
    promises: Sequence[DashboardCommitment],
    today: date,
    *,
    is_reviewed: bool,
) -> list[DashboardMinistry]:
    """Return the ministries that lead recommendations or have made commitments, in the order of what they lead."""
    led: dict[int | None, list[DashboardBenchmark]] = defaultdict(list)
    promised: dict[int | None, list[DashboardCommitment]] = defaultdict(list)
    for one in asked:
        led[one.row.recommendation.lead_id].append(one)
    for promise in promises:
        promised[promise.commitment.ministry_id].append(promise)
    heard = dict(
        UpdateVersion.objects.visible_to(user)
        .filter(update__commitment__country=edition.country_id)
        .order_by()
        .values_list("update__commitment__ministry")
        .annotate(last=Max("recorded_at"))
    )
    rows = Ministry.objects.visible_to(user).filter(country=edition.country_id).prefetch_related("office_holders")
    order = {pk: number for number, pk in enumerate(dict.fromkeys([*led, *promised]))}
    return [
        DashboardMinistry(
            ministry=row,
            minister=next(iter(list_office_holders(row, today)), ""),
            leads=tuple(dict.fromkeys(one.row.recommendation.number for one in led[row.pk])),
            shown=_describe_shown(led[row.pk], is_reviewed=is_reviewed),
            share=_share_percent(led[row.pk]) if is_reviewed else None,
            promises=sentences.describe_status_counts([one.standing.status for one in promised[row.pk]]),
            next_due=_next_due(promised[row.pk], today),
            heard_on=heard.get(row.pk),
        )
        for row in sorted((row for row in rows if row.pk in order), key=lambda row: order[row.pk])
    ]


def _next_due(promises: Iterable[DashboardCommitment], today: date) -> date | None:
    """Return the next due date of an open commitment; None if no due date is ahead."""
    days = [
        one.standing.due_on for one in promises if one.standing.status is CommitmentStatus.OPEN and one.standing.due_on
    ]
    return min((day for day in days if day >= today), default=None)


def _describe_shown(asked: Sequence[DashboardBenchmark], *, is_reviewed: bool) -> str:
    """Describe how far what a ministry leads is shown: "2 of 9 benchmarks shown, 1 partly"."""
    if not asked:
        return "leads no recommendation"
    if not is_reviewed:
        return f"{sentences.format_count(len(asked), 'benchmark', 'benchmarks')}, nothing reviewed yet"
    shown = sum(one.is_shown for one in asked)
    partly = sum(one.stands.verdict is ReadinessVerdict.PARTLY for one in asked)
    told = f"{shown} of {sentences.format_count(len(asked), 'benchmark', 'benchmarks')} shown"
    return f"{told}, {partly} partly" if partly else told


def _share_percent(asked: Sequence[DashboardBenchmark]) -> Decimal | None:
    """Return the percentage of points reached of those its benchmarks can give; None if it leads none."""
    possible = sum((one.stands.of for one in asked), Fraction(0))
    given = sum((one.stands.points for one in asked), Fraction(0))
    return score_display.per_cent(given / possible) if possible else None


def _build_milestones(user: User, rows: Iterable[Milestone], today: date) -> list[DashboardMilestone]:
    """Return the milestones in order, each with its status: done, missed or ahead."""
    may_record = user.role == Role.OFFICER  # every officer who can see the edition may record milestones
    return [
        DashboardMilestone(
            row.get_kind_display(),
            row.falls_on,
            _milestone_status(row, today),
            sentences.describe_milestone(MilestoneKind(row.kind), row.falls_on, row.done_on, today),
            row.pk if may_record and row.kind not in DATE_ONLY_MILESTONES else None,
        )
        for row in rows
    ]


def _milestone_status(row: Milestone, today: date) -> ChoiceEnum:
    if row.done_on is not None and row.done_on <= today:
        return ClaimedProgress.DONE
    if not days_past_due(row.falls_on, today):
        return CommitmentStatus.OPEN
    return ClaimedProgress.DONE if row.kind in DATE_ONLY_MILESTONES else CommitmentStatus.OVERDUE


def _year_days(
    user: User, edition: Edition, milestones: Iterable[Milestone], promises: Iterable[DashboardCommitment], today: date
) -> list[year.CalendarDay]:
    """Return the days of the edition's year: milestones, dialogues and the due dates of these commitments."""
    falls_due = [
        year.due_day(
            one.standing,
            one.standing.due_on,
            text=one.commitment.text,
            maker=one.commitment.maker,
            key=one.commitment.pk,
            today=today,
        )
        for one in promises
        if one.standing.due_on and (one.standing.due_on >= edition.starts_on or one.standing.status in UNSETTLED)
    ]
    return year.sort_days([*milestone_and_dialogue_days(user, edition, milestones, today), *falls_due])


def _count_verifiers(user: User, edition: Edition) -> int:
    """Return how many people at the post can verify: officers and the ambassador.

    The ambassador can verify only what an officer recorded.
    """
    people = User.objects.visible_to(user).filter(countries=edition.country_id, is_active=True)
    return people.filter(role__in=[Role.OFFICER, Role.AMBASSADOR]).count()


def _briefing_context(user: User, edition: Edition, facts: Facts, today: date) -> dict[str, Any]:
    """Return today's complete briefing for the page: the one that the tracker keeps ready (`current`).

    If there is none, or it is outdated and no rebuild is expected, the page shows the newest one that is ready. If none
    is ready, it shows the newest one in progress. `is_outdated` says whether a fact was recorded after what the
    briefing includes. `may_request` says whether the user may request another.
    """
    of_today = list(
        Briefing.objects.visible_to(user)
        .filter(edition=edition, kind=BriefingKind.AMBASSADOR, as_of=today)
        .filter(sections__isnull=True, covering_note="", withdrawn_at__isnull=True)
        .select_related("edition", "job")
        .defer("said")
        .order_by("-pk")
    )
    told: dict[str, Any] = {"may_request": today >= edition.starts_on and can_request_briefing(user, edition)}
    own = next((one for one in of_today if one.requested_by_id is None), None)
    if own and (not (is_outdated := has_changed_since(own)) or is_rebuild_expected(edition)):
        return told | {"current": own, "is_outdated": is_outdated}
    newest = countable_facts.newest_recorded_at(facts)
    ready = next((one for one in of_today if one.file), None)
    latest = of_today[0] if of_today else None
    return told | {
        "ready": ready,
        "is_outdated": bool(ready and newest and newest > ready.known_by),
        "under_way": latest if latest and latest.state.is_under_way else None,
    }
