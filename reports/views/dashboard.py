"""The dashboard: readiness and its trend in a sentence, next steps, what is overdue and waits, and the ministries."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any, NamedTuple

from django.conf import settings
from django.db.models import Max
from django.http import HttpResponse
from django.urls import reverse

from dialogues.choices import CommitmentStatus, RequestStatus
from dialogues.forms.evidence_filters import UNREVIEWED_CHOICE
from dialogues.models import Commitment, Evidence, InformationRequest, UpdateVersion
from dialogues.models.updates import subject_value
from dialogues.permissions import can_give_reviews
from dialogues.request_status import RequestStanding
from recommendations.choices import Tier
from recommendations.edition_context import EditionRequest, edition_url, editions_of_page_country
from recommendations.kept_pages import keep_page
from recommendations.models import Benchmark, Edition
from recommendations.waiting_tasks import keep_waiting_tasks
from reports import sentences
from reports.briefings.commitment_priority import CommitmentPriorities
from reports.briefings.commitments import is_of_edition
from reports.briefings.contacts import list_office_holders
from reports.briefings.reversal_sentences import describe_fall
from reports.choices import BriefingKind, ReadinessVerdict, StepKind
from reports.current_briefing import has_changed_since, is_rebuild_expected
from reports.models import Briefing
from reports.permissions import can_request_briefing
from reports.questions.progress import measure_progress
from reports.readiness import countable_facts
from reports.readiness.checks import find_missed_milestones, find_next_milestones
from reports.readiness.explanation import context_display, headline, score_display
from reports.readiness.explanation.trend_display import display_trend
from reports.readiness.facts import Facts, MilestoneFact
from reports.readiness.forecast.next_steps import NextSteps
from reports.readiness.readiness import Readiness
from reports.readiness.reversed_actions import find_reversed_commitments
from reports.review_queue import count_review_queue, describe_own_tasks
from reports.views.access import readiness_page
from reports.views.commitments import CommitmentDisplay, ListedCommitment
from reports.views.current_readiness import current_readiness, current_scores
from reports.views.edition_start import build_edition_start
from reports.views.first_ask import FirstAsks, MinistryAsk
from reports.views.first_day import build_first_day, has_downloaded_first, is_in_first_days
from reports.views.links import PageLink
from reports.views.next_steps import next_steps_context
from tiptracker import clock
from tiptracker.accounts.models import Ministry, User
from tiptracker.choices import Role
from tiptracker.languages.enabled import find_language
from tiptracker.localization import current_language, gettext, ngettext
from tiptracker.web.pages import render_page

RECENT = timedelta(days=30)
"""What changed is linked for so many days."""
MAX_OVERDUE, MAX_STEPS, MAX_AHEAD = 2, 5, 3
"""Limits of the dashboard, so that it fits one and a half screens: overdue items, next steps, and milestones ahead.

Missed milestones are always listed, each in place of one overdue item. The others are counted, and a link leads to
them.
"""


class WaitingReviews(NamedTuple):
    """What waits for the embassy's review, and the tasks of the user (empty for those without tasks), in sentences."""

    sentence: str
    tasks: str


class DashboardMilestone(NamedTuple):
    """A milestone that is overdue or ahead, how long, and the page where it can be read or recorded as done."""

    title: str
    status_text: str
    distance: str
    url: str
    day: date
    is_about: bool


class DashboardMinistry(NamedTuple):
    """A ministry: how far what it leads is shown, its commitments, and when it last sent an update.

    `ask` is what to raise with it first; None if there is no commitment, answer or figure to ask about.
    """

    ministry: Ministry
    minister: str
    progress: str
    share: Decimal | None
    commitments: str
    last_update_at: datetime | None
    ask: MinistryAsk | None


def _unlogged_changes(request: EditionRequest) -> tuple[object, ...]:
    """Return what the dashboard shows and the log does not: the jobs of today's briefings, and the first download."""
    edition, today = request.edition, clock.today(request.edition.country.time_zone)
    briefings = Briefing.objects.visible_to(request.user).filter(edition=edition, as_of=today)
    return (
        list(briefings.order_by("pk").values_list("pk", "log_number", "job__state")),
        is_rebuild_expected(edition),
        has_downloaded_first(request.user, edition, today),
    )


def _besides(request: EditionRequest) -> tuple[object, ...]:
    """Return what the dashboard depends on besides the record and the role.

    It tells officers and ambassadors their own tasks, and everybody the steps of their first days.
    """
    user, today = request.user, clock.today(request.edition.country.time_zone)
    is_own = can_give_reviews(user) or is_in_first_days(user, request.edition, today)
    return user.pk if is_own else None, _follows_one_country(user), *_unlogged_changes(request)


def _follows_one_country(user: User) -> bool:
    return user.role == Role.OBSERVER and user.countries.count() == 1


@readiness_page
@keep_page(is_personal=False, besides=_besides)
def dashboard(request: EditionRequest) -> HttpResponse:
    """Show the record of the edition as it is today."""
    edition = request.edition
    user, today = request.user, clock.today(edition.country.time_zone)
    result = current_readiness(request, edition, today)
    facts = result.known_facts
    benchmarks = _benchmarks_by_lead(user, edition, score_display.display_benchmarks(facts, result))
    commitments = _find_commitments(user, edition, result)
    overdue = sorted(
        (row for row in commitments if row.standing.days_overdue), key=lambda row: -row.standing.days_overdue
    )
    others = editions_of_page_country(request)[1:]
    steps = result.next_steps()
    missed = [_show_milestone(row, today) for row in find_missed_milestones(facts, today)]
    most_overdue = max(1, MAX_OVERDUE - len(missed))
    scores = current_scores(request, edition)
    trend = display_trend(
        facts, as_of=today, known_by=None, events=(), with_hindsight=False, scores=scores, result=result
    )
    tasks_url = f"{edition_url(edition, 'my_tasks')}#evidence" if can_give_reviews(user) else ""
    next_steps = next_steps_context(user, result, steps, edition, tasks_url=tasks_url)
    priorities = CommitmentPriorities(result, steps, find_reversed_commitments(result.reversed_actions()))
    overdue_requests = _find_overdue_requests(user, edition, today)
    context = {
        "edition": edition,
        "upcoming": next((other for other in others[::-1] if edition.starts_on <= today < other.starts_on), None),
        "start": build_edition_start(user, edition, others, result, today),
        "first_day": build_first_day(user, edition, today),
        "today": today,
        "follows_one_country": _follows_one_country(user),
        "result": result,
        "tier": Tier(edition.tier).label,
        "target_tier": Tier(edition.target_tier).label if edition.target_tier else "",
        "has_reached_target": _has_reached_target(result),
        "headline": headline.headline(result),
        "deadline": headline.explain_deadline(result),
        "outlook": headline.describe_outlook(result),
        "watch_list_risk": context_display.describe_watch_list_risk(result),
        "bar": score_display.readiness_bar_figures(result),
        "missed": missed,
        "milestones_ahead": [_show_milestone(row, today) for row in find_next_milestones(facts, today)[:MAX_AHEAD]],
        "overdue": overdue[:most_overdue],
        "more_overdue": len(overdue[most_overdue:]),
        "overdue_count": len(overdue),
        "late_updates": sentences.count_late_updates(late) if (late := _count_late_updates(commitments)) else "",
        "overdue_requests": _link_overdue_requests(edition, [row for row, _ in overdue_requests]),
        "waiting": _describe_waiting(request, steps),
        "has_tasks": can_give_reviews(user),
        "answers": measure_progress(user, edition, today),
        "waiting_pages": [] if can_give_reviews(user) else _waiting_pages(user, edition, commitments),
        "ministries": _build_ministries(
            user,
            edition,
            benchmarks,
            commitments,
            today,
            first_asks=FirstAsks(priorities, next_steps["asked_figures"], overdue_requests),
        ),
        "too_few_verifiers": _count_verifiers(user, edition) < 2,
        **next_steps,
        "first_steps": (first_steps := next_steps["in_short"][:MAX_STEPS]),
        "has_better_figure": any(line.step.at_most is not None for line in first_steps),
        "trend": trend.title,
        "fall": describe_fall(user, trend, told_since=trend.compared_day),
        "changes_since": since if (since := max(edition.starts_on, today - RECENT)) < today else None,
    }
    return render_page(request, "reports/dashboard.html", context | _briefing_context(user, edition, facts, today))


def _show_milestone(row: MilestoneFact, today: date) -> DashboardMilestone:
    """Return a milestone that is not done. Its label says who has to reach it."""
    due_on, is_estimated = row.date_in_force
    return DashboardMilestone(
        row.kind.label_with_owner,
        sentences.describe_milestone(row.kind, due_on, None, today, is_estimated=is_estimated),
        sentences.format_relative_date(due_on, today),
        reverse("milestone_detail", args=[row.id]),
        due_on,
        is_estimated,
    )


def _has_reached_target(result: Readiness) -> bool | None:
    """Return whether readiness has reached the target; None without a target, or if nothing has been reviewed."""
    if result.readiness_target is None or not result.is_reviewed:
        return None
    return result.score >= result.readiness_target


def _benchmarks_by_lead(
    user: User, edition: Edition, displays: Mapping[int, score_display.BenchmarkDisplay]
) -> Mapping[int | None, list[tuple[Benchmark, score_display.BenchmarkDisplay]]]:
    """Return the edition's benchmarks by the ministry (id) that leads their recommendation."""
    rows = (
        Benchmark.objects.visible_to(user)
        .filter(recommendation__edition=edition)
        .select_related("recommendation__lead")
        .with_terms()
        .order_by("-recommendation__origin", "recommendation__number", "letter")
    )
    by_lead = defaultdict(list)
    for row in rows:
        if row.pk in displays:
            by_lead[row.recommendation.lead_id].append((row, displays[row.pk]))
    return by_lead


def _find_commitments(user: User, edition: Edition, result: Readiness) -> list[CommitmentDisplay[ListedCommitment]]:
    """Return the country's commitments, those due soonest first and those without a date last.

    The result already holds their standings.
    """
    dated = result.commitments
    rows = (
        Commitment.objects.visible_to(user)
        .filter(country=edition.country_id)
        .annotate(is_of_edition=is_of_edition(edition))
        .order_by()
        .values_list("pk", "text", "made_by", "ministry", "ministry__name", "is_of_edition")
    )
    commitments = [
        CommitmentDisplay(row, dated[row.pk].standing) for row in map(ListedCommitment._make, rows) if row.pk in dated
    ]
    return sorted(commitments, key=lambda row: row.due_order)


def _count_late_updates(commitments: Sequence[CommitmentDisplay[ListedCommitment]]) -> int:
    """Return how many updates that wait were received after the due date. Their commitments are not overdue."""
    return sum(bool(row.standing.received_days_after_due) for row in commitments)


def _find_overdue_requests(
    user: User, edition: Edition, today: date
) -> list[tuple[InformationRequest, RequestStanding]]:
    """Return the requests for information of the edition that are overdue, with their standing."""
    rows = InformationRequest.objects.visible_to(user, edition.country).filter(edition=edition).with_history()
    standings = ((row, row.standing_on(today)) for row in rows)
    return [(row, standing) for row, standing in standings if standing and standing.days_overdue]


def _link_overdue_requests(edition: Edition, overdue: Sequence[InformationRequest]) -> PageLink | None:
    """Return a link to the requests for information that are overdue, or None if none is."""
    if not overdue:
        return None
    if len(overdue) == 1:
        label = gettext("1 request for information, %(ministry)s") % {"ministry": overdue[0].maker}
        return PageLink(reverse("information_request_detail", args=[overdue[0].pk]), label)
    label = gettext("%(number)d requests for information") % {"number": len(overdue)}
    url = edition_url(edition, "information_request_list", query={"status": RequestStatus.OVERDUE.value})
    return PageLink(url, label)


def _describe_waiting(request: EditionRequest, steps: NextSteps) -> WaitingReviews:
    """Say how much waits for the embassy's review, since when, with which effect, and what waits for the user."""
    user, edition = request.user, request.edition
    queue = count_review_queue(user, edition.country)
    reviewer_tasks = keep_waiting_tasks(request, user, edition) if can_give_reviews(user) else None
    own, tasks = describe_own_tasks(user, reviewer_tasks, queue)
    if not queue.total:
        return WaitingReviews(gettext("No update and no evidence waits for a review."), tasks)
    adding = _count_adding(steps)
    effect = gettext("None of them would add points now.")
    if adding:
        effect = ngettext(
            "%(number)d of them would add points now.", "%(number)d of them would add points now.", adding
        ) % {"number": adding}
    return WaitingReviews(" ".join(filter(None, [queue.sentence, queue.age, own, effect])), tasks)


def _count_adding(steps: NextSteps) -> int:
    """Return how many updates and pieces of evidence would add points if they were reviewed."""
    reviews = (step.rows[0].type for step in steps.steps if step.kind is StepKind.REVIEW)
    return sum(row_type in ("update_version", "evidence") for row_type in reviews)


def _waiting_pages(
    user: User, edition: Edition, commitments: Sequence[CommitmentDisplay[ListedCommitment]]
) -> list[PageLink]:
    """Return the pages on which those who review nothing find what waits, each with the number that it shows.

    Updates are found with their commitments, and evidence in the register. It also lists what came with an update.
    """
    updates = sum(row.standing.status is CommitmentStatus.WITH_EMBASSY for row in commitments)
    sent = ngettext("%(number)d commitment with the embassy", "%(number)d commitments with the embassy", updates)
    sent_page = edition_url(edition, "commitment_list", query={"status": CommitmentStatus.WITH_EMBASSY.value})
    pieces = Evidence.objects.visible_to(user, edition.country).current().without_review().count()
    logged = ngettext(
        "%(number)d piece of evidence without review, sent with an update or logged",
        "%(number)d pieces of evidence without review, sent with an update or logged",
        pieces,
    )
    logged_page = edition_url(edition, "evidence_list", query={"word": UNREVIEWED_CHOICE[0]})
    pages = [(updates, sent_page, sent), (pieces, logged_page, logged)]
    return [PageLink(url, text % {"number": number}) for number, url, text in pages if number]


def _build_ministries(
    user: User,
    edition: Edition,
    benchmarks: Mapping[int | None, Sequence[tuple[Benchmark, score_display.BenchmarkDisplay]]],
    commitments: Sequence[CommitmentDisplay[ListedCommitment]],
    today: date,
    *,
    first_asks: FirstAsks,
) -> list[DashboardMinistry]:
    """Return the ministries that lead recommendations or have made commitments, by name, as the briefing lists them.

    `benchmarks` are those of the edition, by the ministry (id) that leads them.
    """
    priorities = first_asks.priorities
    own_commitments: dict[int | None, list[CommitmentDisplay[ListedCommitment]]] = defaultdict(list)
    for commitment in commitments:
        own_commitments[commitment.commitment.ministry_id].append(commitment)
    last_update_at = dict(
        UpdateVersion.objects.visible_to(user)
        .of_country(edition.country_id)
        .order_by()
        .values_list(subject_value("ministry"))
        .annotate(last=Max("recorded_at"))
    )
    rows = Ministry.objects.visible_to(user).filter(country=edition.country_id).prefetch_related("office_holders")
    is_reviewed = priorities.result.is_reviewed
    concerned = {*benchmarks, *own_commitments}
    ministries = []
    for row in sorted((row for row in rows if row.pk in concerned), key=lambda row: row.name):
        led, made = benchmarks.get(row.pk, []), own_commitments[row.pk]
        displays = [display for _, display in led]
        ministries.append(
            DashboardMinistry(
                ministry=row,
                minister=next(iter(list_office_holders(row, today)), ""),
                progress=_describe_progress(displays, is_reviewed=is_reviewed),
                share=_share_percent(displays) if is_reviewed else None,
                commitments=sentences.describe_status_counts(
                    [shown.standing.status for shown in made],
                    reversed_since=sum(
                        shown.standing.status is CommitmentStatus.VERIFIED
                        and shown.commitment.pk in priorities.reversed_ids
                        for shown in made
                    ),
                ),
                last_update_at=last_update_at.get(row.pk),
                ask=first_asks.find(row.pk, made),
            )
        )
    return ministries


def _describe_progress(displays: Sequence[score_display.BenchmarkDisplay], *, is_reviewed: bool) -> str:
    """Describe how many benchmarks of what a ministry leads are shown: "2 of 9 shown, 1 partly"."""
    total = len(displays)
    if not total:
        return gettext("Leads no recommendation")
    if not is_reviewed:
        text = ngettext(
            "%(total)d benchmark, nothing reviewed yet", "%(total)d benchmarks, nothing reviewed yet", total
        )
        return text % {"total": total}
    shown, partly = (
        sum(display.verdict is verdict for display in displays)
        for verdict in (ReadinessVerdict.SHOWN, ReadinessVerdict.PARTLY)
    )
    text = (
        gettext("%(shown)d of %(total)d shown, %(partly)d partly")
        if partly
        else gettext("%(shown)d of %(total)d shown")
    )
    return text % {"shown": shown, "total": total, "partly": partly}


def _share_percent(displays: Sequence[score_display.BenchmarkDisplay]) -> Decimal | None:
    """Return the percentage of points reached of those its benchmarks can give; None if it leads none."""
    possible = sum((display.max_points for display in displays), Fraction(0))
    reached = sum((display.points for display in displays), Fraction(0))
    return score_display.per_cent(reached / possible) if possible else None


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

    The tracker prepares it in English. Who reads the page in another language and may request one gets it in theirs.
    """
    prepared = list(
        Briefing.objects.visible_to(user)
        .filter(edition=edition, kind=BriefingKind.AMBASSADOR, as_of=today)
        .filter(sections__isnull=True, covering_note="", withdrawn_at__isnull=True)
        .select_related("edition", "job")
        .defer("content")
        .order_by("-pk")
    )
    may_request = today >= edition.starts_on and can_request_briefing(user, edition)
    context: dict[str, Any] = {"may_request": may_request}
    language = find_language(current_language(), Role(user.role))
    of_today = [briefing for briefing in prepared if briefing.language == language]
    if not (of_today or may_request):
        of_today = [briefing for briefing in prepared if briefing.language == settings.LANGUAGE_CODE]
    own = next((briefing for briefing in of_today if briefing.requested_by_id is None), None)
    if own and (not (is_outdated := has_changed_since(own)) or is_rebuild_expected(edition)):
        return context | {"current": own, "is_outdated": is_outdated}
    newest = countable_facts.newest_recorded_at(facts)
    ready = next((briefing for briefing in of_today if briefing.file), None)
    latest = of_today[0] if of_today else None
    return context | {
        "ready": ready,
        "is_outdated": bool(ready and newest and newest > ready.known_by),
        "under_way": latest if latest and latest.state.is_under_way else None,
    }
