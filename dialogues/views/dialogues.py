"""Pages about dialogues: the list, one dialogue as agenda or minutes, its calendar entry, and forms to change it."""

from datetime import date
from typing import Any, NamedTuple
from urllib.parse import urljoin

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Count, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_safe

from dialogues import permissions
from dialogues.actions.dialogues import call_off, change_dialogue, plan_dialogue
from dialogues.choices import DialogueStage, Presence
from dialogues.dialogue_stage import UPCOMING_STAGES
from dialogues.forms.dialogues import CallOffForm, DialogueForm, ParticipantFormSet, ParticipantRows
from dialogues.indicator_proposals import last_day_to_agree
from dialogues.models import AgendaItem, Commitment, Dialogue, DialogueFile, InformationRequest, NextStep, Participant
from dialogues.models.dialogues import DialogueQuerySet
from dialogues.models.disposals import is_disposed_of
from dialogues.views.commitment_rows import CommitmentStatusRow, annotate_commitments, commitment_status_row
from dialogues.views.dialogue_figures_section import list_figures, list_own_indicators
from dialogues.views.follow_up import find_previous_dialogue, group_by_owner, list_agenda_items, summarize_next_steps
from dialogues.views.invitations import find_unreachable, list_invitations
from dialogues.views.page_context import duplicate_link, get_managed_dialogue
from dialogues.views.redactions import pending_redaction_urls, removal_notes
from dialogues.views.request_rows import list_request_rows
from recommendations.edition_context import EditionRequest, get_page_edition, set_page_country
from recommendations.kept_pages import keep_page
from tiptracker import clock
from tiptracker.accounts.models import Country, Ministry, User
from tiptracker.localization import format_date, gettext, gettext_noop
from tiptracker.notifications.calendar_entries import new_calendar, new_dialogue_event
from tiptracker.web import exports
from tiptracker.web.form_pages import render_form, save_form, sent_data
from tiptracker.web.frontend.form_rows import add_empty_row, invalid_forms, raw_values
from tiptracker.web.pages import SignedInRequest, render_page

PAGE_SIZE = 25


class DialogueRow(NamedTuple):
    """A dialogue in the list. A ministry gets only the date, the place and the number of its own commitments."""

    pk: int
    held_on: date
    place: str
    commitment_count: int
    stage: DialogueStage | None = None
    purpose: str = ""
    participant_count: int = 0
    step_count: int = 0


EXPORT_HEADERS = (gettext_noop("Date"), gettext_noop("Place"), gettext_noop("Commitments"))
INTERNAL_EXPORT_HEADERS = (
    gettext_noop("Status"),
    gettext_noop("Purpose"),
    gettext_noop("Participants"),
    gettext_noop("Open next steps"),
)


@login_required
@require_safe
@keep_page(is_personal=False)
def dialogue_list(request: EditionRequest) -> HttpResponse:
    """List the dialogues: planned or not yet recorded first, then held or called off, newest first."""
    user, country = request.user, request.edition.country
    today = clock.today(country.time_zone)
    made_there = Commitment.objects.visible_to(user).filter(dialogue=OuterRef("pk")).order_by().values("dialogue")
    open_steps = NextStep.objects.visible_to(user).unsettled().filter(dialogue=OuterRef("pk")).order_by()
    rows = (
        _listed_dialogues(user)
        .filter(country=country)
        .annotate(
            participant_count=Count("participants", filter=~Q(participants__came=False), distinct=True),
            commitment_count=Coalesce(Subquery(made_there.annotate(n=Count("pk")).values("n")), 0),
            step_count=Coalesce(Subquery(open_steps.values("dialogue").annotate(n=Count("pk")).values("n")), 0),
        )
        .ahead_first()
    )
    if exports.is_export_requested(request):
        heads = [gettext(head) for head in (*EXPORT_HEADERS, *(INTERNAL_EXPORT_HEADERS if user.is_embassy else ()))]
        cells = [_export_row(_dialogue_row(row, user, today))[: len(heads)] for row in rows]
        return exports.export_rows(request, "dialogues", heads, cells)
    page: Any = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "is_embassy": user.is_embassy,
        "meetings": [_dialogue_row(dialogue, user, today) for dialogue in page],
        "can_add": permissions.can_manage_dialogues(user, country),
    }
    return render_page(request, "dialogues/dialogue_list.html", context)


def _listed_dialogues(user: User) -> DialogueQuerySet:
    """Return the dialogues of a list. For a ministry, its columns do not tell that a dialogue was called off."""
    dialogues = Dialogue.objects.visible_to(user)
    return dialogues if user.is_embassy else dialogues.filter(called_off_at__isnull=True)


def _dialogue_row(row: Any, user: User, day: date) -> DialogueRow:
    """Build a row of the list with what the user may see."""
    internal = (row.stage_on(day), row.purpose, row.participant_count, row.step_count) if user.is_embassy else ()
    return DialogueRow(row.pk, row.held_on, row.place, row.commitment_count, *internal)


def _export_row(row: DialogueRow) -> tuple[object, ...]:
    internal = (row.stage.label, row.purpose, row.participant_count, row.step_count) if row.stage else ()
    return row.held_on, row.place, row.commitment_count, *internal


@login_required
@require_safe
def dialogue_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show one dialogue, to read and print: an agenda before it is held, minutes afterwards.

    A ministry sees the date, the place, whether it was called off, and its own commitments. Everything else is internal
    to the embassy.
    """
    user = request.user
    dialogue = get_object_or_404(
        Dialogue.objects.visible_to(user).select_related("country", "recorded_by", "entered_by", "called_off_by"), pk=pk
    )
    set_page_country(request, dialogue.country)
    today = clock.today(dialogue.country.time_zone)
    made_there = annotate_commitments(Commitment.objects.visible_to(user).filter(dialogue=dialogue), user, today)
    commitments: list[CommitmentStatusRow[Commitment]] = [
        commitment_status_row(commitment, user, today) for commitment in made_there
    ]
    context: dict[str, Any] = {
        "pk": dialogue.pk,
        "held_on": dialogue.held_on,
        "place": dialogue.place,
        "is_called_off": dialogue.called_off_at is not None,
        "is_ahead": dialogue.stage_on(today) in UPCOMING_STAGES,
        "commitments": commitments,
    }
    if user.is_ministry:
        context["own_indicators"] = list_own_indicators(user, dialogue, today)
    if user.is_embassy:
        if "saved" in request.GET:  # just recorded, so the browser can delete its own copy
            context["draft_sent"] = reverse("dialogue_draft", args=[dialogue.pk])
        agree_by = last_day_to_agree(dialogue.held_on)
        if not dialogue.called_off_at and agree_by >= today:
            context["agree_by"] = agree_by
        context |= {"is_embassy": True, "today": today} | _internal_context(request, dialogue, commitments, today)
    return render_page(request, "dialogues/dialogue_detail.html", context)


@login_required
@require_safe
def dialogue_calendar(request: SignedInRequest, pk: int) -> HttpResponse:
    """Return the entry of a dialogue for the reader's calendar program, with as little of the record as the feed."""
    dialogue = get_object_or_404(Dialogue.objects.visible_to(request.user), pk=pk)
    url = urljoin(settings.PUBLIC_URL, reverse("dialogue_detail", args=[dialogue.pk]))
    stamp = clock.now(dialogue.country.time_zone)
    entry = new_dialogue_event(
        dialogue.pk,
        dialogue.held_on,
        url,
        stamp,
        sequence=dialogue.version - 1,
        is_cancelled=dialogue.called_off_at is not None,
    )
    calendar = new_calendar(method="PUBLISH")
    calendar.add_component(entry)
    return HttpResponse(
        calendar.to_ical(),
        content_type="text/calendar; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="dialogue-{dialogue.held_on:%Y-%m-%d}.ics"'},
    )


def _internal_context(
    request: SignedInRequest, dialogue: Dialogue, commitments: list[CommitmentStatusRow[Commitment]], today: date
) -> dict[str, Any]:
    """Return what only the embassy sees of a dialogue."""
    user = request.user
    participants = list(Participant.objects.filter(dialogue=dialogue).select_related("ministry"))
    items = list_agenda_items(user, dialogue, today)
    steps = summarize_next_steps(NextStep.objects.visible_to(user).filter(dialogue=dialogue), today)
    files = DialogueFile.objects.visible_to(user).filter(dialogue=dialogue).select_related("file", "recorded_by")
    texts = [
        dialogue,
        *participants,
        *AgendaItem.objects.filter(dialogue=dialogue),
        *(row for step in steps for row in (step.row, step.done)),
        *(each.file for each in files),
    ]
    stage = dialogue.stage_on(today)
    return {
        "dialogue": dialogue,
        "stage": stage,
        "is_held": stage is DialogueStage.HELD,
        "participants": [(each, Presence(each.presence).label) for each in participants],
        "items": items,
        "any_said": any(item.said for item in items),
        "groups": group_by_owner(items),
        "absent": [each for each in participants if each.came is False],
        "invitations": list_invitations(user, dialogue),
        "unreachable": find_unreachable(user, dialogue, today) if stage in UPCOMING_STAGES else [],
        "steps": steps,
        "files": files,
        "last": find_previous_dialogue(user, dialogue, today),
        "redacted": removal_notes(*texts),
        "pending": pending_redaction_urls(user, dialogue.country, *texts, *(each.commitment for each in commitments)),
        "requests": list_request_rows(
            list(InformationRequest.objects.visible_to(user).filter(dialogue=dialogue).with_history()), today
        ),
        "can_change": permissions.can_manage_dialogues(user, dialogue.country) and not is_disposed_of(dialogue),
        "figures": list_figures(request, dialogue, today),
        "is_begun": dialogue.called_off_at is None and dialogue.held_on <= today,
        "pack_edition": get_page_edition(request) if permissions.can_request_pack(user, dialogue) else None,
    }


@login_required
def dialogue_add(request: EditionRequest) -> HttpResponse:
    """Plan a dialogue and go on to its agenda, or enter one already held and go on to its record."""
    country = request.edition.country
    if not permissions.can_manage_dialogues(request.user, country):
        raise PermissionDenied
    form, rows = _dialogue_forms(request, country)
    now = clock.now(country.time_zone)
    if dialogue := save_form(
        form,
        lambda: plan_dialogue(country=country, by=request.user, now=now, **_dialogue_values(form, rows)),
        also=[rows],
    ):
        is_to_come = dialogue.held_on > now.date()
        planned = gettext("You planned the dialogue. Invitations go out in five minutes. Now make its agenda.")
        messages.success(request, planned if is_to_come else gettext("Now record the dialogue."))
        return redirect("dialogue_agenda" if is_to_come else "dialogue_record", dialogue.pk)
    return _render_dialogue_form(request, "dialogues/dialogue_add.html", form, rows, {})


@login_required
def dialogue_edit(request: SignedInRequest, pk: int) -> HttpResponse:
    """Change the date, place, purpose or participants of a dialogue.

    If another user saved first, the page shows those changes and keeps all input.
    """
    dialogue = get_managed_dialogue(request, pk)
    form, rows = _dialogue_forms(request, dialogue.country, dialogue)
    context: dict[str, Any] = {"dialogue": dialogue}

    def show_current() -> DialogueForm:
        dialogue.refresh_from_db()
        context["meanwhile"] = [*dialogue.participants.all()]
        return DialogueForm(initial={"version": dialogue.version})

    if saved := save_form(
        form,
        lambda: change_dialogue(
            dialogue=dialogue,
            version=form.cleaned_data["version"] or 0,
            by=request.user,
            now=clock.now(dialogue.country.time_zone),
            **_dialogue_values(form, rows, dialogue),
        ),
        also=[rows],
        current=show_current,
    ):
        sentence = (
            gettext("You saved the dialogue of %(date)s.")
            if saved.recorded_at
            else gettext(
                "You saved the dialogue of %(date)s. If its date, place or ministries changed, mails go out in five "
                "minutes."
            )
        )
        messages.success(request, sentence % {"date": format_date(saved.held_on)})
        return redirect("dialogue_detail", dialogue.pk)
    return _render_dialogue_form(request, "dialogues/dialogue_edit.html", form, rows, context)


@login_required
def dialogue_call_off(request: SignedInRequest, pk: int) -> HttpResponse:
    """Call off a planned dialogue, with a reason."""
    dialogue = get_managed_dialogue(request, pk)
    is_ahead = dialogue.held_on >= clock.today(dialogue.country.time_zone)

    def show_current() -> CallOffForm:
        dialogue.refresh_from_db()
        return CallOffForm(initial={"version": dialogue.version})

    form = CallOffForm(sent_data(request), initial={"version": dialogue.version})
    if save_form(
        form,
        lambda: call_off(
            dialogue=dialogue,
            version=form.cleaned_data["version"] or 0,
            reason=form.cleaned_data["reason"],
            by=request.user,
            now=clock.now(dialogue.country.time_zone),
        ),
        current=show_current,
    ):
        told = gettext("You called off the dialogue. Everybody who was invited is told in five minutes.")
        kept = gettext("You called off the dialogue. It stays in the record with your reason.")
        messages.success(request, told if is_ahead else kept)
        return redirect("dialogue_detail", dialogue.pk)
    context = {"dialogue": dialogue, "is_ahead": is_ahead}
    return render_form(request, "dialogues/dialogue_call_off.html", form, context)


def _dialogue_forms(
    request: SignedInRequest, country: Country, dialogue: Dialogue | None = None
) -> tuple[DialogueForm, ParticipantFormSet]:
    """Return the form of a dialogue and the rows of its participants, bound only if they are to be saved."""
    ministries = list(Ministry.objects.visible_to(request.user).filter(country=country))
    row_kwargs: dict[str, Any] = {"prefix": "people", "form_kwargs": {"ministries": ministries}}
    if request.method != "POST":
        return (
            DialogueForm(initial=_dialogue_initial(dialogue) if dialogue else None),
            ParticipantRows(initial=_participants_initial(dialogue) if dialogue else None, **row_kwargs),
        )
    form, rows = DialogueForm(request.POST), ParticipantRows(request.POST, **row_kwargs)
    if "more" in request.POST:
        return DialogueForm(initial=raw_values(form)), add_empty_row(rows, **row_kwargs)
    return form, rows


def _dialogue_values(form: DialogueForm, rows: ParticipantFormSet, dialogue: Dialogue | None = None) -> dict[str, Any]:
    """Return the input as arguments of the actions. Whoever is added to a recorded dialogue came."""
    attendance = dict(dialogue.participants.values_list("pk", "came")) if dialogue else {}
    came = True if dialogue and dialogue.recorded_at else None
    values = {name: value for name, value in form.cleaned_data.items() if name != "version"}
    return values | {
        "participants": [
            row.participant(came=attendance.get(key := row.cleaned_data["key"], came), key=key)
            for row in rows
            if row.is_filled
        ]
    }


def _render_dialogue_form(
    request: SignedInRequest, template: str, form: DialogueForm, rows: ParticipantFormSet, context: dict[str, Any]
) -> HttpResponse:
    context |= {
        "form": form,
        "rows": rows,
        "refused_forms": invalid_forms(form, *rows),
        "recorded_before": duplicate_link(form.refusal, "dialogue_detail"),
    }
    return render_page(request, template, context, status=422 if form.is_bound else 200)


def _dialogue_initial(dialogue: Dialogue) -> dict[str, Any]:
    return {name: getattr(dialogue, name) for name in ("held_on", "place", "purpose", "version")}


def _participants_initial(dialogue: Dialogue) -> list[dict[str, Any]]:
    names = ("name", "office", "presence")
    people = dialogue.participants.all()
    return [
        {name: getattr(each, name) for name in names} | {"ministry": each.ministry_id, "key": each.pk}
        for each in people
    ]
