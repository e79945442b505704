"""Pages about dialogues: who came, what was said, what was agreed."""

from datetime import date
from typing import Any, NamedTuple

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_safe

from dialogues import actions, permissions
from dialogues.forms.dialogues import DialogueForm, ParticipantRows
from dialogues.forms.fields import beside_field, has_now_seen, refused, typed, with_another_row
from dialogues.models import Commitment, Dialogue, Participant, Presence
from dialogues.views.commitments import Line, line, lines
from dialogues.views.here import newest_edition, recorded_before
from dialogues.views.redactions import pending_on, redacted_on
from recommendations.models import Recommendation
from tiptracker import clock, exports
from tiptracker.accounts.models import Country, Ministry, User
from tiptracker.pages import SignedIn, render_page
from tiptracker.refusals import Refused
from tiptracker.rules import ChangedMeanwhile

PAGE_SIZE = 25


class Meeting(NamedTuple):
    """A dialogue as a reader knows it; a ministry knows its date, its place and its own commitments alone."""

    pk: int
    held_on: date
    place: str
    commitment_count: int
    purpose: str = ""
    participant_count: int = 0


@login_required
@require_safe
def dialogue_list(request: SignedIn) -> HttpResponse:
    """Every meeting, newest first."""
    user = request.user
    made_there = Commitment.objects.visible_to(user).filter(dialogue=OuterRef("pk")).order_by().values("dialogue")
    rows = (
        Dialogue.objects.visible_to(user)
        .annotate(
            participant_count=Count("participants", distinct=True),
            commitment_count=Coalesce(Subquery(made_there.annotate(n=Count("pk")).values("n")), 0),
        )
        .order_by("-held_on", "-pk")
    )
    if exports.is_asked(request):
        heads = ("Date", "Place", "Commitments", *(("Purpose", "Came") if user.is_embassy else ()))
        return exports.export(request, "dialogues", heads, [_meeting(row, user)[1:][: len(heads)] for row in rows])
    page: Any = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    edition = newest_edition(user)
    context = {
        "page": page,
        "is_embassy": user.is_embassy,
        "meetings": [_meeting(dialogue, user) for dialogue in page],
        "can_add": edition is not None and permissions.can_hold_dialogue(user, edition.country),
    }
    return render_page(request, "dialogues/dialogue_list.html", context)


def _meeting(row: Any, user: User) -> Meeting:
    """A row of the list, with what this reader may know of it."""
    internal = (row.purpose, row.participant_count) if user.is_embassy else ()
    return Meeting(row.pk, row.held_on, row.place, row.commitment_count, *internal)


@login_required
@require_safe
def dialogue_detail(request: SignedIn, pk: int) -> HttpResponse:
    """One meeting and the commitments made there; the rest of it is the embassy's alone."""
    user, today = request.user, clock.today()
    dialogue = get_object_or_404(Dialogue.objects.visible_to(user).select_related("country", "recorded_by"), pk=pk)
    made_there = lines(Commitment.objects.visible_to(user).filter(dialogue=dialogue), user, today)
    commitments: list[Line] = [line(commitment, today) for commitment in made_there]
    context: dict[str, Any] = {
        "pk": dialogue.pk,
        "held_on": dialogue.held_on,
        "place": dialogue.place,
        "commitments": commitments,
    }
    if user.is_embassy:
        participants = Participant.objects.filter(dialogue=dialogue).select_related("ministry")
        context |= {
            "is_embassy": True,
            "dialogue": dialogue,
            "participants": [(each, Presence(each.presence).label) for each in participants],
            "redacted": redacted_on(dialogue, *participants),
            "pending": pending_on(
                user, dialogue.country, dialogue, *participants, *(each.commitment for each in commitments)
            ),
            "agenda": [item.recommendation for item in dialogue.agenda.select_related("recommendation")],
            "can_change": permissions.can_hold_dialogue(user, dialogue.country),
        }
    return render_page(request, "dialogues/dialogue_detail.html", context)


@login_required
def dialogue_add(request: SignedIn) -> HttpResponse:
    """Write a meeting down, in the room or after it."""
    edition = newest_edition(request.user)
    if edition is None or not permissions.can_hold_dialogue(request.user, edition.country):
        raise PermissionDenied
    page = _Page(request, edition.country)
    before = None
    if page.is_sent and page.is_valid():
        now = clock.now(edition.country.time_zone)
        try:
            dialogue = actions.record_dialogue(country=edition.country, by=request.user, now=now, **page.said())
        except Refused as refusal:
            beside_field(page.form, str(refusal), refusal.field)
            before = recorded_before(refusal, "dialogue_detail")
        else:
            messages.success(request, "Recorded. Add each promise made there as a commitment.")
            return redirect("dialogue_detail", dialogue.pk)
    context = {
        "form": page.form,
        "rows": page.rows,
        "wrong_forms": refused(page.form, *page.rows),
        "recorded_before": before,
    }
    return render_page(request, "dialogues/dialogue_add.html", context, status=422 if page.is_sent else 200)


@login_required
def dialogue_edit(request: SignedIn, pk: int) -> HttpResponse:
    """Put a meeting's record right. Whoever comes second sees what the first one saved, and loses nothing typed."""
    user = request.user
    dialogue = get_object_or_404(Dialogue.objects.visible_to(user).select_related("country"), pk=pk)
    if not permissions.can_hold_dialogue(user, dialogue.country):
        raise PermissionDenied
    page = _Page(request, dialogue.country, dialogue)
    context: dict[str, Any] = {"dialogue": dialogue}
    if page.is_sent and page.is_valid():
        now = clock.now(dialogue.country.time_zone)
        version = page.form.cleaned_data["version"] or 0
        try:
            actions.change_dialogue(dialogue=dialogue, version=version, by=user, now=now, **page.said())
        except ChangedMeanwhile as refusal:
            beside_field(page.form, str(refusal), refusal.field)
            dialogue.refresh_from_db()
            has_now_seen(page.form, "version", dialogue.version)
            context["meanwhile"] = [*dialogue.participants.all()]
        except Refused as refusal:
            beside_field(page.form, str(refusal), refusal.field)
        else:
            messages.success(request, "Saved.")
            return redirect("dialogue_detail", dialogue.pk)
    context |= {"form": page.form, "rows": page.rows, "wrong_forms": refused(page.form, *page.rows)}
    return render_page(request, "dialogues/dialogue_edit.html", context, status=422 if page.is_sent else 200)


class _Page:
    """The form of a meeting and the lines of its participants, filled from the request or from `dialogue`."""

    def __init__(self, request: SignedIn, country: Country, dialogue: Dialogue | None = None) -> None:
        user = request.user
        edition = newest_edition(user, country)
        recommendations = Recommendation.objects.visible_to(user).filter(edition=edition)
        offered: dict[str, Any] = {
            "today": clock.today(country.time_zone),
            "recommendations": list(recommendations.select_related("edition")),
        }
        ministries = list(Ministry.objects.visible_to(user).filter(country=country))
        row_kwargs: dict[str, Any] = {"prefix": "people", "form_kwargs": {"ministries": ministries}}
        self.is_sent = request.method == "POST" and "more" not in request.POST
        if request.method == "POST":
            self.form = DialogueForm(request.POST, **offered)
            self.rows = ParticipantRows(request.POST, **row_kwargs)
            if not self.is_sent:
                self.form = DialogueForm(initial=typed(self.form), **offered)
                self.rows = with_another_row(self.rows, **row_kwargs)
        else:
            self.form = DialogueForm(initial=_as_typed(dialogue) if dialogue else None, **offered)
            self.rows = ParticipantRows(initial=_people(dialogue) if dialogue else None, **row_kwargs)

    def is_valid(self) -> bool:
        """Whether form and lines both are; asks both, so that all that is wrong is shown at once."""
        return all([self.form.is_valid(), self.rows.is_valid()])

    def said(self) -> dict[str, Any]:
        """What was typed, in the actions' words."""
        said = {key: value for key, value in self.form.cleaned_data.items() if key != "version"}
        rows = (row.cleaned_data for row in self.rows)
        said["participants"] = [
            actions.ParticipantLine(
                row["name"], row["office"], Presence(row["presence"] or Presence.IN_PERSON), row["ministry"]
            )
            for row in rows
            if row.get("office")
        ]
        return said


def _as_typed(dialogue: Dialogue) -> dict[str, Any]:
    names = ("held_on", "place", "purpose", "record", "agreed", "version")
    agenda = [str(pk) for pk in dialogue.agenda.values_list("recommendation_id", flat=True)]
    return {name: getattr(dialogue, name) for name in names} | {"agenda": agenda}


def _people(dialogue: Dialogue) -> list[dict[str, Any]]:
    names = ("name", "office", "presence")
    people = dialogue.participants.all()
    return [{name: getattr(each, name) for name in names} | {"ministry": each.ministry_id} for each in people]
