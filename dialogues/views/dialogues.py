"""Pages about dialogues: the list, one dialogue as agenda or minutes, and forms to plan, change or call off one."""

from datetime import date
from typing import Any, NamedTuple

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
from dialogues.actions.dialogues import ParticipantInput, call_off, change_dialogue, plan_dialogue
from dialogues.choices import DialogueStage, Presence
from dialogues.forms.dialogues import CallOffForm, DialogueForm, ParticipantRows
from dialogues.models import AgendaItem, Commitment, Dialogue, DialogueFile, NextStep, Participant
from dialogues.views.commitments import CommitmentStatusRow, annotate_commitments, commitment_status_row
from dialogues.views.follow_up import find_previous_dialogue, group_by_owner, list_agenda_items, summarize_next_steps
from dialogues.views.page_context import duplicate_link
from dialogues.views.redactions import pending_redaction_urls, redaction_dates
from recommendations.edition_context import EditionRequest, get_page_edition, set_page_country
from tiptracker import clock
from tiptracker.accounts.models import Country, Ministry, User
from tiptracker.errors import Refused
from tiptracker.validation import EditConflict
from tiptracker.web import exports
from tiptracker.web.frontend.form_rows import add_empty_row, add_field_error, invalid_forms, mark_as_seen, raw_values
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


EXPORT_HEADERS = ("Date", "Place", "Commitments")
INTERNAL_EXPORT_HEADERS = ("State", "Purpose", "People", "Next steps still open")


@login_required
@require_safe
def dialogue_list(request: EditionRequest) -> HttpResponse:
    """List the dialogues: planned or not yet recorded first, then held or called off, newest first."""
    user, country = request.user, request.edition.country
    today = clock.today(country.time_zone)
    made_there = Commitment.objects.visible_to(user).filter(dialogue=OuterRef("pk")).order_by().values("dialogue")
    open_steps = NextStep.objects.visible_to(user).unsettled().filter(dialogue=OuterRef("pk")).order_by()
    rows = (
        Dialogue.objects.visible_to(user)
        .filter(country=country)
        .annotate(
            participant_count=Count("participants", filter=~Q(participants__came=False), distinct=True),
            commitment_count=Coalesce(Subquery(made_there.annotate(n=Count("pk")).values("n")), 0),
            step_count=Coalesce(Subquery(open_steps.values("dialogue").annotate(n=Count("pk")).values("n")), 0),
        )
        .ahead_first()
    )
    if exports.is_export_requested(request):
        heads = (*EXPORT_HEADERS, *(INTERNAL_EXPORT_HEADERS if user.is_embassy else ()))
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


def _dialogue_row(row: Any, user: User, day: date) -> DialogueRow:
    """Build a row of the list with what the user may see."""
    internal = (row.stage_on(day), row.purpose, row.participant_count, row.step_count) if user.is_embassy else ()
    return DialogueRow(row.pk, row.held_on, row.place, row.commitment_count, *internal)


def _export_row(told: DialogueRow) -> tuple[object, ...]:
    internal = (told.stage.label, told.purpose, told.participant_count, told.step_count) if told.stage else ()
    return told.held_on, told.place, told.commitment_count, *internal


@login_required
@require_safe
def dialogue_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show one dialogue, to read and print: an agenda before it is held, minutes afterwards.

    A ministry sees the date, the place and its own commitments. Everything else is internal to the embassy.
    """
    user = request.user
    dialogue = get_object_or_404(
        Dialogue.objects.visible_to(user).select_related("country", "recorded_by", "entered_by", "called_off_by"), pk=pk
    )
    set_page_country(request, dialogue.country)
    today = clock.today(dialogue.country.time_zone)
    made_there = annotate_commitments(Commitment.objects.visible_to(user).filter(dialogue=dialogue), user, today)
    commitments: list[CommitmentStatusRow] = [commitment_status_row(commitment, today) for commitment in made_there]
    context: dict[str, Any] = {
        "pk": dialogue.pk,
        "held_on": dialogue.held_on,
        "place": dialogue.place,
        "commitments": commitments,
    }
    if user.is_embassy:
        if "saved" in request.GET:  # just recorded, so the browser can delete its own copy
            context["draft_sent"] = reverse("dialogue_draft", args=[dialogue.pk])
        context |= {"is_embassy": True, "today": today} | _internal_context(request, dialogue, commitments, today)
    return render_page(request, "dialogues/dialogue_detail.html", context)


def _internal_context(
    request: SignedInRequest, dialogue: Dialogue, commitments: list[CommitmentStatusRow], today: date
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
        "steps": steps,
        "files": files,
        "last": find_previous_dialogue(user, dialogue, today),
        "redacted": redaction_dates(*texts),
        "pending": pending_redaction_urls(user, dialogue.country, *texts, *(each.commitment for each in commitments)),
        "can_change": permissions.can_manage_dialogues(user, dialogue.country),
        "pack_edition": get_page_edition(request) if permissions.can_request_pack(user, dialogue) else None,
    }


@login_required
def dialogue_add(request: EditionRequest) -> HttpResponse:
    """Plan a dialogue and go on to its agenda, or enter one already held and go on to its record."""
    edition = request.edition
    if not permissions.can_manage_dialogues(request.user, edition.country):
        raise PermissionDenied
    page = _DialoguePage(request, edition.country)
    before = None
    if page.is_sent and page.is_valid():
        now = clock.now(edition.country.time_zone)
        try:
            dialogue = plan_dialogue(country=edition.country, by=request.user, now=now, **page.said(came=None))
        except Refused as refusal:
            add_field_error(page.form, str(refusal), refusal.field)
            before = duplicate_link(refusal, "dialogue_detail")
        else:
            is_to_come = dialogue.held_on > now.date()
            messages.success(request, "Saved. Now the agenda." if is_to_come else "Saved. Now what was said there.")
            return redirect("dialogue_agenda" if is_to_come else "dialogue_record", dialogue.pk)
    context = {
        "form": page.form,
        "rows": page.rows,
        "wrong_forms": invalid_forms(page.form, *page.rows),
        "recorded_before": before,
    }
    return render_page(request, "dialogues/dialogue_add.html", context, status=422 if page.is_sent else 200)


@login_required
def dialogue_edit(request: SignedInRequest, pk: int) -> HttpResponse:
    """Change the date, place, purpose or participants of a dialogue.

    If another user saved first, the page shows those changes and keeps all input.
    """
    user = request.user
    dialogue = get_object_or_404(Dialogue.objects.visible_to(user).select_related("country"), pk=pk)
    set_page_country(request, dialogue.country)
    if not permissions.can_manage_dialogues(user, dialogue.country):
        raise PermissionDenied
    page = _DialoguePage(request, dialogue.country, dialogue)
    context: dict[str, Any] = {"dialogue": dialogue}
    if page.is_sent and page.is_valid():
        now = clock.now(dialogue.country.time_zone)
        version = page.form.cleaned_data["version"] or 0
        came = True if dialogue.recorded_at else None
        try:
            change_dialogue(dialogue=dialogue, version=version, by=user, now=now, **page.said(came=came))
        except EditConflict as refusal:
            add_field_error(page.form, str(refusal), refusal.field)
            dialogue.refresh_from_db()
            mark_as_seen(page.form, "version", dialogue.version)
            context["meanwhile"] = [*dialogue.participants.all()]
        except Refused as refusal:
            add_field_error(page.form, str(refusal), refusal.field)
            context["recorded_before"] = duplicate_link(refusal, "dialogue_detail")
        else:
            messages.success(request, "Saved.")
            return redirect("dialogue_detail", dialogue.pk)
    context |= {"form": page.form, "rows": page.rows, "wrong_forms": invalid_forms(page.form, *page.rows)}
    return render_page(request, "dialogues/dialogue_edit.html", context, status=422 if page.is_sent else 200)


@login_required
def dialogue_call_off(request: SignedInRequest, pk: int) -> HttpResponse:
    """Call off a planned dialogue, with a reason."""
    user = request.user
    dialogue = get_object_or_404(Dialogue.objects.visible_to(user).select_related("country"), pk=pk)
    set_page_country(request, dialogue.country)
    if not permissions.can_manage_dialogues(user, dialogue.country):
        raise PermissionDenied
    is_sent = request.method == "POST"
    form = CallOffForm(request.POST if is_sent else None, initial={"version": dialogue.version})
    if form.is_valid():
        now, said = clock.now(dialogue.country.time_zone), form.cleaned_data
        try:
            call_off(dialogue=dialogue, version=said["version"] or 0, reason=said["reason"], by=user, now=now)
        except EditConflict as refusal:
            add_field_error(form, str(refusal), refusal.field)
            dialogue.refresh_from_db()
            mark_as_seen(form, "version", dialogue.version)
        except Refused as refusal:
            add_field_error(form, str(refusal), refusal.field)
        else:
            messages.success(request, "Called off. It stays in the record, with its reason.")
            return redirect("dialogue_detail", dialogue.pk)
    context = {"dialogue": dialogue, "form": form}
    return render_page(request, "dialogues/dialogue_call_off.html", context, status=422 if is_sent else 200)


class _DialoguePage:
    """The form of a dialogue and the rows of its participants, filled from the request or from `dialogue`."""

    def __init__(self, request: SignedInRequest, country: Country, dialogue: Dialogue | None = None) -> None:
        ministries = list(Ministry.objects.visible_to(request.user).filter(country=country))
        row_kwargs: dict[str, Any] = {"prefix": "people", "form_kwargs": {"ministries": ministries}}
        self.came = dict(dialogue.participants.values_list("pk", "came")) if dialogue else {}
        self.is_sent = request.method == "POST" and "more" not in request.POST
        if request.method == "POST":
            self.form = DialogueForm(request.POST)
            self.rows = ParticipantRows(request.POST, **row_kwargs)
            if not self.is_sent:
                self.form = DialogueForm(initial=raw_values(self.form))
                self.rows = add_empty_row(self.rows, **row_kwargs)
        else:
            self.form = DialogueForm(initial=_dialogue_initial(dialogue) if dialogue else None)
            self.rows = ParticipantRows(initial=_participants_initial(dialogue) if dialogue else None, **row_kwargs)

    def is_valid(self) -> bool:
        """Return whether the form and the rows are valid. Validate both, so that the page shows all errors at once."""
        return all([self.form.is_valid(), self.rows.is_valid()])

    def said(self, *, came: bool | None) -> dict[str, Any]:
        """Return the input as arguments of the actions. `came` is the attendance of participants who are added."""
        said = {key: value for key, value in self.form.cleaned_data.items() if key != "version"}
        rows = (row.cleaned_data for row in self.rows)
        said["participants"] = [
            ParticipantInput(
                row["name"],
                row["office"],
                Presence(row["presence"] or Presence.IN_PERSON),
                row["ministry"],
                came=self.came.get(row["key"], came),
                key=row["key"],
            )
            for row in rows
            if row.get("office")
        ]
        return said


def _dialogue_initial(dialogue: Dialogue) -> dict[str, Any]:
    return {name: getattr(dialogue, name) for name in ("held_on", "place", "purpose", "version")}


def _participants_initial(dialogue: Dialogue) -> list[dict[str, Any]]:
    names = ("name", "office", "presence")
    people = dialogue.participants.all()
    return [
        {name: getattr(each, name) for name in names} | {"ministry": each.ministry_id, "key": each.pk}
        for each in people
    ]
