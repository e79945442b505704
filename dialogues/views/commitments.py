"""Pages about commitments: the list, one commitment's story, a new one, and the verbs that move it."""

from collections.abc import Callable
from datetime import date
from typing import Any, NamedTuple

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import (
    Case,
    Count,
    Exists,
    F,
    IntegerField,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce, Lower
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_safe

from dialogues import permissions
from dialogues.actions.commitments import record_commitment, reopen, report_done, reschedule, verify_done, withdraw
from dialogues.choices import Horizon, Kind, MadeBy, Reach, Status
from dialogues.forms.commitments import (
    CommitmentFilter,
    CommitmentForm,
    LinkRows,
    ReopenForm,
    ReportDoneForm,
    RescheduleForm,
    Sort,
    VerbForm,
    VerifyDoneForm,
    WithdrawForm,
)
from dialogues.forms.fields import benchmark_choices
from dialogues.models import (
    Commitment,
    CommitmentBenchmark,
    CommitmentEvent,
    Dialogue,
    Evidence,
)
from dialogues.models.commitments import CommitmentQuerySet, standing_in
from dialogues.score_effects import beside_status, moved, what_was_sent
from dialogues.status import Standing, first_due
from dialogues.views.edition_context import Head, recorded_before, stand_by
from dialogues.views.redactions import pending_on, redacted_on
from dialogues.views.timeline import Story, decision_on, next_step, tell
from recommendations.edition_context import AtEdition, edition_url, editions_here, page_url
from recommendations.models import Benchmark, Recommendation
from recommendations.models.recommendations import RecommendationQuerySet
from tiptracker import clock
from tiptracker.accounts.models import Ministry, User, contact_in
from tiptracker.errors import Refused
from tiptracker.validation import ChangedMeanwhile, spelt
from tiptracker.web import exports
from tiptracker.web.frontend.rows import beside_field, has_now_seen, refused, typed, with_another_row
from tiptracker.web.pages import SignedIn, render_page
from tiptracker.web.search import matching

PAGE_SIZE = 25
BY_DUE = F("due_on").asc(nulls_last=True)


class Line(NamedTuple):
    """A commitment in a list: the row, how it stands, and that in words; how it was moved.

    `text` is read in place of the status's label ("overdue by 12 days"), `sent` beneath it ("no update received").
    """

    commitment: Commitment
    standing: Standing
    text: str
    sent: str
    moved: str

    @property
    def status(self) -> Status:
        return self.standing.status


class Towards(NamedTuple):
    """A benchmark as a commitment's page tells of it; how far keeping it would reach is for the embassy alone.

    `year` is that of its edition, where the commitment moved along from one to the next.
    """

    recommendation: Recommendation
    key: str
    wording: str
    year: int | None = None
    reach: str = ""


def lines(commitments: CommitmentQuerySet, user: User, day: date) -> CommitmentQuerySet:
    """Made by `day`, with status and number of pieces of evidence; what is unsettled first."""
    evidence = (
        Evidence.objects.visible_to(user)
        .current()
        .filter(commitment=OuterRef("pk"))
        .order_by()
        .values("commitment")
        .annotate(n=Count("pk"))
        .values("n")
    )
    settled = Case(When(status__in=[Status.VERIFIED, Status.WITHDRAWN], then=Value(1)), default=Value(0))
    made = CommitmentEvent.objects.filter(commitment=OuterRef("pk"), kind=Kind.MADE).values("happened_on")
    begun = CommitmentEvent.objects.as_of(day).filter(commitment=OuterRef("pk"))
    return (
        commitments.with_status(day)
        .filter(Exists(begun))
        .annotate(
            made_on=Subquery(made[:1]),
            evidence_count=Coalesce(Subquery(evidence, output_field=IntegerField()), 0),
        )
        .select_related("ministry")
        .order_by(settled, BY_DUE, "pk")
    )


def line(commitment: Any, day: date) -> Line:
    """A row of `lines` as it is read."""
    standing = standing_in(commitment, day)
    sent = what_was_sent(standing, is_ministrys=commitment.made_by == MadeBy.MINISTRY)
    return Line(commitment, standing, beside_status(standing), sent, moved(standing.slips, commitment.first_due_on))


@login_required
@require_safe
def commitment_list(request: AtEdition) -> HttpResponse:
    """What was promised, narrowed and sorted by the address: `?q=&status=&ministry=&pillar=&due_from=&sort=&page=` …"""
    user, edition = request.user, request.edition
    country, today = edition.country, clock.today(edition.country.time_zone)
    recommendations = Recommendation.objects.visible_to(user).filter(edition=edition)
    ministries = Ministry.objects.visible_to(user).filter(country=country)
    chosen = CommitmentFilter(request.GET, ministries=list(ministries), recommendations=list(recommendations))
    if not user.is_embassy:
        del chosen.fields["ministry"]
    chosen.is_valid()
    rows = _narrowed(
        lines(Commitment.objects.visible_to(user).filter(country=country), user, today), user, chosen.cleaned_data
    )
    if exports.is_asked(request):
        return exports.export(request, "commitments", HEADS, [_cells(line(row, today)) for row in rows])
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "filter": chosen,
        "is_narrowed": chosen.is_narrowing,
        "page": page,
        "lines": [line(commitment, today) for commitment in page],
        "today": today,
        "can_record": permissions.can_record_commitment(user, country),
    }
    return render_page(request, "dialogues/commitment_list.html", context, partial="rows")


HEADS = (
    "Commitment", "Who promised", "Promised", "Status", "Days overdue", "Due", "First due", "Times moved",
    "With the embassy since", "Returned on", "No update received", "Pieces of evidence",
)  # fmt: skip


def _cells(line: Line) -> tuple[object, ...]:
    row: Any = line.commitment
    stands = line.standing
    silent = "yes" if stands.is_silent and row.made_by == MadeBy.MINISTRY else "no"
    return (
        row.text, row.maker, row.made_on, line.status.label, stands.days_overdue or None, row.due_on, row.first_due_on,
        row.slips, stands.waits_since, stands.returned_on, silent, row.evidence_count,
    )  # fmt: skip


def _narrowed(rows: CommitmentQuerySet, user: User, chosen: dict[str, Any]) -> CommitmentQuerySet:
    rows = matching(rows, chosen.get("q") or "", "text", "letter", "ministry__name", "ministry__short_name")
    if status := chosen.get("status"):
        rows = rows.filter(Q(status=status))
    if whose := chosen.get("ministry"):
        rows = rows.filter(made_by=whose) if whose == MadeBy.UNITED_STATES else rows.filter(ministry=whose)
    asked = Recommendation.objects.visible_to(user)
    if pillar := chosen.get("pillar"):
        rows = rows.filter(pk__in=_towards(asked.with_pillar().filter(Q(pillar=pillar))))
    if recommendation := chosen.get("recommendation"):
        rows = rows.filter(pk__in=_towards(asked.filter(pk=recommendation)))
    if due_from := chosen.get("due_from"):
        rows = rows.filter(Q(due_on__gte=due_from))
    if due_to := chosen.get("due_to"):
        rows = rows.filter(Q(due_on__lte=due_to))
    order = Sort(chosen.get("sort") or Sort.DUE)
    if order is Sort.DUE and chosen.get("status"):  # of one status all are settled or none
        return rows.order_by(BY_DUE, "pk")
    return _sorted(rows, order)


def _sorted(rows: CommitmentQuerySet, order: Sort) -> CommitmentQuerySet:
    match order:
        case Sort.OVERDUE:
            overdue_first = Case(When(status=Status.OVERDUE, then=Value(0)), default=Value(1))
            return rows.order_by(overdue_first, BY_DUE, "pk")
        case Sort.MOVED:
            return rows.order_by(F("slips").desc(), BY_DUE, "pk")
        case Sort.NEWEST:
            return rows.order_by(F("made_on").desc(), "-pk")
        case Sort.TEXT:
            return rows.order_by(Lower("text"), "pk")
    return rows


def _towards(recommendations: RecommendationQuerySet) -> QuerySet[Any, Any]:
    """The keys of commitments that work towards a benchmark of one of these."""
    towards = CommitmentBenchmark.objects.filter(benchmark__recommendation__in=recommendations.values("pk"))
    return towards.values("commitment")


@login_required
@require_safe
def commitment_detail(request: SignedIn, pk: int) -> HttpResponse:
    """One commitment, one story. What a ministry may not know does not reach its page."""
    user = request.user
    events = Prefetch("events", CommitmentEvent.objects.select_related("recorded_by"))
    rows = Commitment.objects.visible_to(user).select_related("country", "ministry", "dialogue")
    commitment = get_object_or_404(rows.prefetch_related(events), pk=pk)
    stand_by(request, commitment)
    today = clock.today(commitment.country.time_zone)
    story = tell(user, commitment, today, editions_here(request))
    if story is None:
        raise Http404
    context: dict[str, Any] = {
        "commitment": Head.of(commitment),
        "standing": story.standing,
        "status": story.standing.status,
        "status_text": beside_status(story.standing),
        "sent": what_was_sent(story.standing, is_ministrys=commitment.made_by == MadeBy.MINISTRY),
        "moved": moved(story.standing.slips, first_due(story.events, today)),
        "entries": story.entries,
        "redacted": redacted_on(*story.rows(user)),
        "next": next_step(user, story),
        "benchmarks": towards_of(user, commitment),
    }
    if user.is_embassy:
        context |= {
            "is_embassy": True,
            "pending": pending_on(user, commitment.country, *story.rows(user)),
            "horizon": Horizon(commitment.horizon).label,
            "verbs": _verbs(request, commitment, story.standing),
        }
    else:
        context |= _for_its_ministry(story, just_sent="sent" in request.GET)
    return render_page(request, "dialogues/commitment_detail.html", context)


def towards_of(user: User, commitment: Commitment) -> list[Towards]:
    """Its benchmarks in their wording, those of the newest edition first: what has to be so for each to be met."""
    rows = (
        Benchmark.objects.visible_to(user)
        .filter(commitment_links__commitment=commitment)
        .select_related("recommendation__edition")
        .order_by("-recommendation__edition__year", "recommendation__number", "letter")
        .with_terms()
    )
    reach = {link.benchmark_id: Reach(link.reach).label for link in commitment.links.all()} if user.is_embassy else {}
    years = {one.recommendation.edition.year for one in rows}
    return [
        Towards(
            one.recommendation,
            one.key,
            one.wording,
            one.recommendation.edition.year if len(years) > 1 else None,
            reach.get(one.pk, ""),
        )
        for one in rows
    ]


def _for_its_ministry(story: Story, *, just_sent: bool) -> dict[str, Any]:
    """Why its update was returned, or who will look at it."""
    commitment, waiting = story.commitment, story.waiting
    decision = decision_on(story.returned) if story.returned else None
    return {
        "returned_reason": decision.reason if decision else "",
        "contact": contact_in(commitment.country_id),
        "just_sent": reverse("update_draft", args=[commitment.pk]) if just_sent and waiting else "",
    }


def _verbs(request: SignedIn, commitment: Commitment, standing: Standing) -> list[tuple[str, str]]:
    """What else this person can do, as pairs of an address and what it says."""
    if not permissions.can_change_commitment(request.user, commitment):
        return []
    log = (page_url(request, "evidence_log", query={"commitment": commitment.pk}), "Log progress")
    if standing.is_settled:
        return [log, (reverse("commitment_reopen", args=[commitment.pk]), "Open it again")]
    return [
        log,
        (reverse("commitment_reschedule", args=[commitment.pk]), "Move the due date"),
        (reverse("commitment_withdraw", args=[commitment.pk]), "Withdraw it"),
    ]


@login_required
def commitment_add(request: AtEdition) -> HttpResponse:
    """A new commitment; `?dialogue=` names the dialogue at which it was made, `?recommendation=` what it is about."""
    user, edition = request.user, request.edition
    country, now = edition.country, clock.now(edition.country.time_zone)
    if not permissions.can_record_commitment(user, country):
        raise PermissionDenied
    benchmarks = list(
        Benchmark.objects.visible_to(user)
        .filter(recommendation__edition=edition)
        .asked()
        .select_related("recommendation")
        .with_terms()
    )
    dialogues = list(Dialogue.objects.visible_to(user).filter(country=country).begun_by(now.date()))
    offered: dict[str, Any] = {
        "today": now.date(),
        "ministries": list(Ministry.objects.visible_to(user).filter(country=country)),
        "dialogues": dialogues,
    }
    row_kwargs: dict[str, Any] = {
        "prefix": "links",
        "form_kwargs": {"benchmarks": benchmarks, "choices": benchmark_choices(benchmarks)},
    }
    status, before = 200, None
    if request.method != "POST":
        at = next((d for d in dialogues if str(d.pk) == request.GET.get("dialogue")), None)
        about = [one for one in benchmarks if str(one.recommendation_id) == request.GET.get("recommendation")]
        initial: dict[str, Any] = {"dialogue": at.pk, "made_on": at.held_on} if at else {}
        if about:
            initial["ministry"] = about[0].recommendation.lead_id
        form = CommitmentForm(initial=initial, **offered)
        links = LinkRows(initial=[{"benchmark": about[0].pk}] if len(about) == 1 else None, **row_kwargs)
    else:
        form, links = CommitmentForm(request.POST, **offered), LinkRows(request.POST, **row_kwargs)
        if "more" in request.POST:
            form, links = CommitmentForm(initial=typed(form), **offered), with_another_row(links, **row_kwargs)
        elif form.is_valid() & links.is_valid():
            said = form.cleaned_data
            try:
                commitment = record_commitment(
                    country=country,
                    made_by=MadeBy(said["made_by"]),
                    ministry=said["ministry"],
                    text=said["text"],
                    made_on=said["made_on"],
                    due_on=said["due_on"],
                    dialogue=said["dialogue"],
                    letter=said["letter"],
                    horizon=Horizon(said["horizon"]),
                    links=[
                        (row.cleaned_data["benchmark"], Reach(row.cleaned_data["reach"] or Reach.CONTRIBUTES))
                        for row in links
                        if row.cleaned_data.get("benchmark")
                    ],
                    by=user,
                    now=now,
                )
            except Refused as refusal:
                beside_field(form, str(refusal), refusal.field)
                before = recorded_before(refusal, "commitment_detail")
            else:
                return _recorded(request, commitment)
            status = 422
        else:
            status = 422
    context = {"form": form, "links": links, "wrong_forms": refused(form, *links), "recorded_before": before}
    return render_page(request, "dialogues/commitment_add.html", context, status=status)


def _recorded(request: AtEdition, commitment: Commitment) -> HttpResponse:
    """After recording: on to the next promise of the same dialogue, or to what was recorded."""
    messages.success(request, f"Recorded: {commitment.text}")
    if "another" in request.POST:
        at = {"dialogue": commitment.dialogue_id} if commitment.dialogue_id else None
        return redirect(edition_url(request.edition, "commitment_add", query=at))
    return redirect("commitment_detail", commitment.pk)


@login_required
def commitment_reschedule(request: SignedIn, pk: int) -> HttpResponse:
    """Move the due date."""
    return _verb(
        request,
        pk,
        "commitment_reschedule",
        may=permissions.can_change_commitment,
        form_class=RescheduleForm,
        do=reschedule,
    )


@login_required
def commitment_withdraw(request: SignedIn, pk: int) -> HttpResponse:
    """Say that it no longer stands."""
    return _verb(
        request,
        pk,
        "commitment_withdraw",
        may=permissions.can_change_commitment,
        form_class=WithdrawForm,
        do=withdraw,
    )


@login_required
def commitment_reopen(request: SignedIn, pk: int) -> HttpResponse:
    """Open what was settled."""
    return _verb(
        request,
        pk,
        "commitment_reopen",
        may=permissions.can_change_commitment,
        form_class=ReopenForm,
        do=reopen,
    )


@login_required
def commitment_report_done(request: SignedIn, pk: int) -> HttpResponse:
    """Report an undertaking of the United States done."""
    return _verb(
        request,
        pk,
        "commitment_report_done",
        may=permissions.can_report_done,
        form_class=ReportDoneForm,
        do=report_done,
    )


@login_required
def commitment_verify_done(request: SignedIn, pk: int) -> HttpResponse:
    """Give the embassy's word that it is done. Whoever reported it is told by the action that somebody else must."""
    return _verb(
        request,
        pk,
        "commitment_verify_done",
        may=_may_verify,
        form_class=VerifyDoneForm,
        do=verify_done,
    )


def _may_verify(user: User, commitment: Commitment) -> bool:
    """Who may verify it, and an officer who may not verify their own report: the action tells them who can."""
    return permissions.can_verify_done(user, commitment) or permissions.can_change_commitment(user, commitment)


def _verb(
    request: SignedIn,
    pk: int,
    name: str,
    *,
    may: Callable[[User, Commitment], bool],
    form_class: type[VerbForm],
    do: Callable[..., CommitmentEvent],
) -> HttpResponse:
    """One verb on one commitment: its form, one action, and the answer. The form's fields are the action's words."""
    user = request.user
    rows = Commitment.objects.visible_to(user).select_related("ministry").with_history()
    commitment = get_object_or_404(rows, pk=pk)
    stand_by(request, commitment)
    if not may(user, commitment):
        raise PermissionDenied
    now = clock.now(commitment.country.time_zone)
    is_sent = request.method == "POST"
    form = form_class(request.POST if is_sent else None, initial={"seen": _newest_event(commitment)}, today=now.date())
    if form.is_valid():
        try:
            event = do(commitment=commitment, by=user, now=now, **form.cleaned_data)
        except ChangedMeanwhile as refusal:
            commitment = rows.get(pk=pk)
            has_now_seen(form, "seen", _newest_event(commitment))
            beside_field(form, str(refusal), refusal.field)
        except Refused as refusal:
            beside_field(form, str(refusal), refusal.field)
        else:
            due = f" to {spelt(event.due_on)}" if event.due_on else ""
            messages.success(request, f"{event.get_kind_display()}{due}.")
            return redirect("commitment_detail", commitment.pk)
    context = {"commitment": commitment, "standing": commitment.standing_on(now.date()), "form": form}
    return render_page(request, f"dialogues/{name}.html", context, status=422 if is_sent else 200)


def _newest_event(commitment: Commitment) -> int:
    return max(event.pk for event in commitment.events.all())
