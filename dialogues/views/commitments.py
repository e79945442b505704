"""Pages about one commitment: its timeline, the form for a new one, and the forms that change one."""

from collections.abc import Callable
from typing import Any, NamedTuple

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import Prefetch, QuerySet
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_safe

from dialogues import permissions
from dialogues.actions.commitments import record_commitment, reopen, report_done, reschedule, verify_done, withdraw
from dialogues.choices import CommitmentEventKind, CommitmentReach, Horizon, MadeBy
from dialogues.closed_editions import describe_closed_edition
from dialogues.commitment_phrases import (
    describe_rescheduling,
    format_status_detail,
)
from dialogues.commitment_status import CommitmentStanding, original_due_date
from dialogues.forms.agreed_proofs import AgreedProofRows
from dialogues.forms.commitments import (
    CommitmentBenchmarkRows,
    CommitmentChangeForm,
    CommitmentForm,
    ReopenForm,
    ReportDoneForm,
    RescheduleForm,
    VerifyDoneForm,
    WithdrawForm,
)
from dialogues.forms.fields import BenchmarkRows, benchmark_choices
from dialogues.models import Commitment, CommitmentBenchmark, CommitmentEvent, Dialogue
from dialogues.models.disposals import is_disposed_of
from dialogues.occasions import COMMITMENT
from dialogues.views.commitment_rows import describe_sent
from dialogues.views.due_date_notes import describe_newest_proposal, find_proposing_url
from dialogues.views.internal_notes import build_notes_section
from dialogues.views.next_action import NextAction, describe_date_moved, find_next_action, reopened_on
from dialogues.views.page_context import CommitmentHeading, duplicate_link, set_page_edition_for_commitment
from dialogues.views.proof_rows import list_proofs, mark_done_without, missing_proofs
from dialogues.views.redactions import pending_redaction_urls, removal_notes
from dialogues.views.reminders import list_reminders
from dialogues.views.timeline import CommitmentTimeline, build_timeline, decision_on
from recommendations.edition_context import EditionRequest, edition_url, editions_of_page_country, page_url
from recommendations.kept_pages import keep_row_page
from recommendations.models import Benchmark, Recommendation
from tiptracker import clock
from tiptracker.accounts.models import Ministry, User, find_contact
from tiptracker.accounts.visible_rows import VisibleRows
from tiptracker.infrastructure.prepared_rows import PreparedPrefetch, PreparedRows
from tiptracker.localization import format_date, gettext
from tiptracker.notifications.actions import mark_opened
from tiptracker.validation import EditConflict
from tiptracker.web.form_pages import render_form, save_form, sent_data
from tiptracker.web.frontend.form_rows import add_empty_row, invalid_forms, raw_values
from tiptracker.web.pages import SignedInRequest, render_page


class LinkedBenchmark(NamedTuple):
    """A benchmark as the page of a commitment shows it.

    `reach` says how far keeping the commitment would meet the benchmark. It is for the embassy only. `year` is the year
    of the edition. It is set if the commitment moved from one edition to the next.
    """

    recommendation: Recommendation
    key: str
    wording: str
    year: int | None = None
    reach: str = ""


@login_required
@require_safe
def commitment_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show one commitment with its timeline.

    The page of a ministry gets no data that the ministry may not see.
    """
    user = request.user
    commitment = next(iter(_COMMITMENT.find(user, key=pk)), None)
    if commitment is None:
        raise Http404
    set_page_edition_for_commitment(request, commitment)
    response = keep_row_page(request, commitment.country, lambda: _render_commitment(request, commitment))
    if request.method == "GET":
        mark_opened(by=user, table=COMMITMENT, row=str(commitment.pk), now=clock.now(commitment.country.time_zone))
    return response


def _commitment(reader: User, key: int) -> QuerySet[Commitment]:
    return Commitment.objects.visible_to(reader).filter(pk=key).select_related("country", "ministry", "dialogue")


_COMMITMENT = VisibleRows(_commitment, key=int)
_EVENTS = PreparedPrefetch(Commitment, Prefetch("events", CommitmentEvent.objects.select_related("recorded_by")))


def _render_commitment(request: SignedInRequest, commitment: Commitment) -> HttpResponse:
    user, today = request.user, clock.today(commitment.country.time_zone)
    _EVENTS.add([commitment])
    timeline = build_timeline(user, commitment, today, editions_of_page_country(request))
    if timeline is None:
        raise Http404
    proofs = mark_done_without(list_proofs(user, [commitment.pk], today)[commitment.pk], timeline.events)
    context: dict[str, Any] = {
        "commitment": CommitmentHeading.of(commitment),
        "standing": timeline.standing,
        "status": timeline.standing.status,
        "status_text": format_status_detail(timeline.standing),
        "sent": describe_sent(user, commitment, timeline.standing),
        "moved": describe_rescheduling(timeline.standing.slips, original_due_date(timeline.events, today)),
        "entries": timeline.entries,
        "next": find_next_action(user, timeline, is_done_without_proof=any(row.done_without for row in proofs)),
        "benchmarks": list_linked_benchmarks(user, commitment),
        "proofs": proofs,
        "closed_edition": is_disposed_of(commitment),
    }
    if user.is_embassy:
        actions = _list_actions(request, commitment, timeline.standing)
        notes = build_notes_section(user, commitment)
        shown = [*timeline.rows(user), *(notes.rows if notes else ())]
        context |= {
            "is_embassy": True,
            "may_change_proof": bool(actions),
            "may_agree_on_proof": bool(actions) and not timeline.standing.is_settled,
            "redacted": removal_notes(*shown),
            "pending": pending_redaction_urls(user, commitment.country, *shown),
            "horizon": Horizon(commitment.horizon).label,
            "actions": actions,
            "reminders": list_reminders(commitment, timeline.versions, timeline.standing, today),
            "proposal": (proposal := timeline.waiting_proposal),
            "notes": notes,
            "may_answer": proposal is not None and permissions.can_answer_due_date(user, proposal),
        }
    else:
        context |= {"redacted": removal_notes(*timeline.rows(user))}
        context |= _ministry_context(timeline, just_sent="sent" in request.GET)
    if context["closed_edition"]:
        context |= dict.fromkeys(("may_change_proof", "may_agree_on_proof", "may_answer", "actions", "propose_url"))
        context |= {"withdraw_url": "", "is_accepted": False, "is_reopened": False}
        context["next"] = NextAction(describe_closed_edition())
    return render_page(request, "dialogues/commitment_detail.html", context)


def list_linked_benchmarks(user: User, commitment: Commitment) -> list[LinkedBenchmark]:
    """Return the benchmarks of a commitment with what must be done to meet each, newest edition first."""
    rows = _LINKED_BENCHMARKS.find(user, commitment=commitment.pk)
    reach = (
        {link.benchmark_id: CommitmentReach(link.reach).label for link in _LINKS.rows(commitment=commitment.pk)}
        if user.is_embassy
        else {}
    )
    years = {row.recommendation.edition.year for row in rows}
    return [
        LinkedBenchmark(
            row.recommendation,
            row.key,
            row.wording,
            row.recommendation.edition.year if len(years) > 1 else None,
            reach.get(row.pk, ""),
        )
        for row in rows
    ]


def _linked_benchmarks(reader: User, commitment: int) -> QuerySet[Benchmark]:
    return (
        Benchmark.objects.visible_to(reader)
        .filter(commitment_links__commitment=commitment, commitment_links__removed_in__isnull=True)
        .select_related("recommendation__edition")
        .order_by("-recommendation__edition__year", "recommendation__number", "letter")
        .with_terms()
    )


_LINKED_BENCHMARKS = VisibleRows(_linked_benchmarks, commitment=int)
_LINKS = PreparedRows(
    lambda commitment: CommitmentBenchmark.objects.current().filter(commitment=commitment), commitment=int
)


def _ministry_context(timeline: CommitmentTimeline, *, just_sent: bool) -> dict[str, Any]:
    """Return what the page adds for a ministry: why its update was returned, what it can do, and the contact person."""
    commitment, waiting = timeline.commitment, timeline.waiting_version
    decision = decision_on(timeline.returned) if timeline.returned else None
    is_over = timeline.standing.is_settled or waiting is not None
    return {
        "withdraw_url": reverse("version_withdraw", args=[waiting.pk]) if waiting else "",
        "propose_url": "" if waiting else find_proposing_url(commitment, timeline.proposals),
        "proposal_note": (note := describe_newest_proposal(commitment, timeline.proposals, timeline.standing)),
        "date_moved": "" if note or is_over else describe_date_moved(timeline.events, timeline.last_version),
        "is_reopened": not is_over and reopened_on(timeline.events, timeline.last_version) is not None,
        "is_accepted": not is_over and timeline.accepted_version is not None,
        "returned_reason": decision.reason if decision else "",
        "contact": find_contact(commitment.country_id),
        "sent_entry": timeline.exchange[0] if waiting else None,
        "just_sent": reverse("update_draft", args=[commitment.pk]) if just_sent and waiting else "",
    }


def _list_actions(
    request: SignedInRequest, commitment: Commitment, standing: CommitmentStanding
) -> list[tuple[str, str]]:
    """Return what else the user can do, as pairs of URL and label."""
    if not permissions.can_change_commitment(request.user, commitment):
        return []
    log = (page_url(request, "evidence_log", query={"commitment": commitment.pk}), gettext("Log progress"))
    correct = (reverse("commitment_correct", args=[commitment.pk]), gettext("Correct the commitment"))
    if standing.is_settled:
        return [log, correct, (reverse("commitment_reopen", args=[commitment.pk]), gettext("Reopen the commitment"))]
    return [
        log,
        correct,
        (reverse("commitment_reschedule", args=[commitment.pk]), gettext("Move the due date")),
        (reverse("commitment_withdraw", args=[commitment.pk]), gettext("Withdraw the commitment")),
    ]


@login_required
def commitment_add(request: EditionRequest) -> HttpResponse:
    """Record a new commitment.

    `?dialogue=` names the dialogue where it was made, and `?recommendation=` the recommendation it is about.
    """
    user, edition = request.user, request.edition
    country, now = edition.country, clock.now(edition.country.time_zone)
    if not permissions.can_record_commitment(user, country):
        raise PermissionDenied
    benchmarks = list(
        Benchmark.objects.visible_to(user)
        .filter(recommendation__edition=edition)
        .active()
        .select_related("recommendation")
        .with_terms()
    )
    offered: dict[str, Any] = {
        "today": now.date(),
        "ministries": list(Ministry.objects.visible_to(user).filter(country=country)),
        "dialogues": list(Dialogue.objects.visible_to(user).filter(country=country).begun_by(now.date())),
    }
    row_kwargs: dict[str, Any] = {
        "prefix": "links",
        "form_kwargs": {"benchmarks": benchmarks, "choices": benchmark_choices(benchmarks)},
    }
    data = sent_data(request)
    proofs = AgreedProofRows(data if data and "proofs-TOTAL_FORMS" in data else None, prefix="proofs")
    if data is None:
        form, links = _prefilled_forms(request, offered, row_kwargs)
    else:
        form, links = CommitmentForm(data, **offered), CommitmentBenchmarkRows(data, **row_kwargs)
    if more := request.POST.get("more"):
        form = CommitmentForm(initial=raw_values(form), **offered)
        links = add_empty_row(links, is_added=more != "proofs", **row_kwargs)
        proofs = add_empty_row(proofs, is_added=more == "proofs", prefix="proofs")
    if commitment := save_form(
        form,
        lambda: record_commitment(
            country=country,
            links=links.chosen("reach"),
            proofs=proofs.entered(),
            by=user,
            now=now,
            **form.cleaned_data,
        ),
        also=[links, proofs] if proofs.is_bound else [links],
    ):
        return _redirect_after_recording(request, commitment)
    context = {
        "form": form,
        "links": links,
        "proofs": proofs,
        "refused_forms": invalid_forms(form, *links, *proofs),
        "recorded_before": duplicate_link(form.refusal, "commitment_detail"),
    }
    return render_page(request, "dialogues/commitment_add.html", context, status=422 if form.is_bound else 200)


def _prefilled_forms(
    request: EditionRequest, offered: dict[str, Any], row_kwargs: dict[str, Any]
) -> tuple[CommitmentForm, BenchmarkRows]:
    """Return the empty forms, filled with the dialogue and the recommendation that the address names."""
    dialogue = next((row for row in offered["dialogues"] if str(row.pk) == request.GET.get("dialogue")), None)
    asked = request.GET.get("recommendation")
    benchmarks = [row for row in row_kwargs["form_kwargs"]["benchmarks"] if str(row.recommendation_id) == asked]
    initial: dict[str, Any] = {"dialogue": dialogue.pk, "made_on": dialogue.held_on} if dialogue else {}
    if benchmarks:
        initial["ministry"] = benchmarks[0].recommendation.lead_id
    row_initial = [{"benchmark": benchmarks[0].pk}] if len(benchmarks) == 1 else None
    return CommitmentForm(initial=initial, **offered), CommitmentBenchmarkRows(initial=row_initial, **row_kwargs)


def _redirect_after_recording(request: EditionRequest, commitment: Commitment) -> HttpResponse:
    """Redirect to the next commitment of the same dialogue, or to the commitment just recorded."""
    messages.success(request, _describe_recording(commitment))
    if "another" in request.POST:
        query = {"dialogue": commitment.dialogue_id} if commitment.dialogue_id else None
        return redirect(edition_url(request.edition, "commitment_add", query=query))
    return redirect("commitment_detail", commitment.pk)


def _describe_recording(commitment: Commitment) -> str:
    """Return what the page says after a commitment was recorded, and who sees it now."""
    sentence = (
        gettext("The commitment was recorded. The %(ministry)s now sees it on its home page: “%(text)s”")
        if commitment.ministry
        else gettext("The commitment was recorded: “%(text)s”")
    )
    return sentence % {"ministry": commitment.ministry, "text": commitment.text}


@login_required
def commitment_reschedule(request: SignedInRequest, pk: int) -> HttpResponse:
    """Move the due date of a commitment."""
    return _change_commitment(request, pk, "commitment_reschedule", RescheduleForm, reschedule)


@login_required
def commitment_withdraw(request: SignedInRequest, pk: int) -> HttpResponse:
    """Withdraw a commitment."""
    return _change_commitment(request, pk, "commitment_withdraw", WithdrawForm, withdraw)


@login_required
def commitment_reopen(request: SignedInRequest, pk: int) -> HttpResponse:
    """Reopen a settled commitment."""
    return _change_commitment(request, pk, "commitment_reopen", ReopenForm, reopen)


@login_required
def commitment_report_done(request: SignedInRequest, pk: int) -> HttpResponse:
    """Report that a commitment of the United States is done."""
    return _change_commitment(
        request, pk, "commitment_report_done", ReportDoneForm, report_done, may=permissions.can_report_done
    )


@login_required
def commitment_verify_done(request: SignedInRequest, pk: int) -> HttpResponse:
    """Verify that a commitment is done.

    An officer who reported it done gets the form too. The action then says that another officer must verify it.
    """
    return _change_commitment(request, pk, "commitment_verify_done", VerifyDoneForm, verify_done, may=_may_verify)


def _may_verify(user: User, commitment: Commitment) -> bool:
    """Return whether the user may open the form to verify.

    This includes an officer who reported the commitment done: the refusal of the action names who can verify it.
    """
    return permissions.can_verify_done(user, commitment) or permissions.can_change_commitment(user, commitment)


def _change_commitment(
    request: SignedInRequest,
    pk: int,
    name: str,
    form_class: type[CommitmentChangeForm],
    change: Callable[..., CommitmentEvent],
    *,
    may: Callable[[User, Commitment], bool] = permissions.can_change_commitment,
) -> HttpResponse:
    """Show the form for one change of a commitment, and make the change.

    Args:
        name: name of the page's URL and template.
        form_class: the form. Its field names are the action's keyword arguments.
        change: the action.
        may: checks whether the user may make the change.
    """
    user = request.user
    rows = Commitment.objects.visible_to(user).select_related("ministry").with_history()
    commitment = get_object_or_404(rows, pk=pk)
    set_page_edition_for_commitment(request, commitment)
    if not may(user, commitment):
        raise PermissionDenied
    now = clock.now(commitment.country.time_zone)

    def show_form(row: Commitment, data: QueryDict | None = None) -> CommitmentChangeForm:
        newest_event = max(event.pk for event in row.events.all())
        return form_class(data, initial={"seen": newest_event}, today=now.date())

    form = show_form(commitment, sent_data(request))
    if event := save_form(
        form,
        lambda: change(commitment=commitment, by=user, now=now, **form.cleaned_data),
        current=lambda: show_form(rows.get(pk=pk)),
    ):
        messages.success(request, _describe_change(event))
        return redirect("commitment_detail", commitment.pk)
    if isinstance(form.refusal, EditConflict):
        commitment = rows.get(pk=pk)
    context: dict[str, Any] = {"commitment": commitment, "standing": commitment.standing_on(now.date())}
    if change is verify_done:
        context["missing_proofs"] = missing_proofs(list_proofs(user, [pk], now.date())[pk])
    return render_form(request, f"dialogues/{name}.html", form, context)


def _describe_change(event: CommitmentEvent) -> str:
    """Return what the page says after a commitment was changed."""
    match CommitmentEventKind(event.kind):
        case CommitmentEventKind.RESCHEDULED if event.due_on:
            sentence = gettext("The due date was moved to %(date)s. The ministry sees the new date on its page.")
            if event.commitment.made_by == MadeBy.UNITED_STATES:
                sentence = gettext("The due date was moved to %(date)s.")
            return sentence % {"date": format_date(event.due_on)}
        case CommitmentEventKind.REPORTED_DONE:
            return gettext("The commitment was reported done. Another officer has to verify it.")
        case CommitmentEventKind.VERIFIED_DONE:
            return gettext("The commitment was verified as done.")
        case CommitmentEventKind.WITHDRAWN:
            return gettext("The commitment was withdrawn. It stays in the record.")
        case CommitmentEventKind.REOPENED:
            return gettext("The commitment was reopened.")
    return gettext("The change was saved.")
