"""The page to arrange the agenda of a dialogue.

It suggests what is open, overdue or waiting. The officer orders the items and notes what to ask.
"""

from datetime import date
from typing import Any, NamedTuple

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.text import Truncator

from dialogues import permissions
from dialogues.actions.agendas import AgendaItemInput, arrange_agenda
from dialogues.agenda_suggestions import (
    RANK_AGREED,
    AgendaCommitment,
    AgendaRecommendation,
    AgendaSuggestion,
    suggest_agenda_items,
)
from dialogues.choices import MadeBy
from dialogues.forms.agendas import TOPIC_CHOICE, AgendaForm, AgendaItemRows
from dialogues.models import AgendaItem, Commitment, Dialogue
from dialogues.views.commitments import CommitmentStatusRow, annotate_commitments, commitment_status_row
from dialogues.views.follow_up import count_benchmarks_with_action, find_previous_dialogue
from recommendations.edition_context import get_page_edition, set_page_country
from recommendations.models import Edition, Recommendation
from tiptracker import clock
from tiptracker.accounts.models import User
from tiptracker.errors import Refused
from tiptracker.numbers import parse_whole_number
from tiptracker.validation import EditConflict
from tiptracker.web.frontend.form_rows import Choices, add_field_error, invalid_forms, mark_as_seen, raw_values
from tiptracker.web.pages import SignedInRequest, render_page


class AgendaRow(NamedTuple):
    """A row of the agenda form, with its title, owner, status and the reason for suggesting it."""

    form: Any
    title: str
    whose: str
    standing: CommitmentStatusRow | None
    reason: str


@login_required
def dialogue_agenda(request: SignedInRequest, pk: int) -> HttpResponse:
    """Arrange the agenda of a dialogue.

    Moving, adding and removing items changes only the form. "Save" changes the record.
    """
    user = request.user
    dialogue = get_object_or_404(Dialogue.objects.visible_to(user).select_related("country"), pk=pk)
    set_page_country(request, dialogue.country)
    if not permissions.can_manage_dialogues(user, dialogue.country):
        raise PermissionDenied
    now = clock.now(dialogue.country.time_zone)
    page = _AgendaPage(request, dialogue, now.date())
    context: dict[str, Any] = {"dialogue": dialogue}
    if page.is_sent and page.is_valid():
        version = page.form.cleaned_data["version"] or 0
        try:
            arrange_agenda(dialogue=dialogue, version=version, items=page.items(), by=user, now=now)
        except EditConflict as refusal:
            add_field_error(page.form, str(refusal), refusal.field)
            dialogue.refresh_from_db()
            mark_as_seen(page.form, "version", dialogue.version)
            context["meanwhile"] = [*dialogue.agenda.select_related("recommendation", "commitment")]
        except Refused as refusal:
            add_field_error(page.form, str(refusal), refusal.field)
        else:
            messages.success(request, "Saved. Print it from here, or go on to the record once you sit in the room.")
            return redirect("dialogue_detail", dialogue.pk)
    context |= {
        "form": page.form,
        "rows": page.rows,
        "lines": page.told(),
        "is_with_some": bool(page.ministries),
        "wrong_forms": invalid_forms(page.form, *page.rows),
        "last": find_previous_dialogue(user, dialogue, now.date()),
    }
    return render_page(request, "dialogues/dialogue_agenda.html", context, status=422 if page.is_sent else 200)


class _AgendaPage:
    """The agenda rows and the suggestions, filled from the request or from the record."""

    def __init__(self, request: SignedInRequest, dialogue: Dialogue, day: date) -> None:
        self.dialogue = dialogue
        self._gather(request.user, get_page_edition(request), day)
        self.is_sent = request.method == "POST" and not {"move", "drop", "put", "more"} & set(request.POST)
        form_kwargs: dict[str, Any] = {"form_kwargs": {"offered": self.offered}, "prefix": "items"}
        if request.method != "POST":
            self.rows = AgendaItemRows(initial=self._recorded(), **form_kwargs)
            self.form = self._form(initial={"version": dialogue.version, "proposed": self._pressing()})
            return
        self.rows = AgendaItemRows(request.POST, **form_kwargs)
        self.form = self._form(request.POST)
        if self.is_sent:
            return
        said = [raw_values(row) for row in self.rows.forms]
        other = raw_values(self.form)
        if "put" in request.POST:
            on = {row["about"] for row in said}
            asked = [*other["proposed"], *([other["other"]] if other["other"] else [])]
            said += [{"about": about, "topic": "", "note": ""} for about in asked if about in self.offered - on]
            other |= {"proposed": [], "other": ""}
        elif "more" in request.POST:
            said.append({"about": TOPIC_CHOICE, "topic": "", "note": ""})
        else:
            said = _move_row(said, request.POST.get("move", ""), request.POST.get("drop", ""))
        self.rows = AgendaItemRows(initial=said, **form_kwargs)
        if "more" in request.POST:
            self.rows.forms[-1].fields["topic"].widget.attrs["autofocus"] = True
        self.form = self._form(initial=other)

    def _gather(self, user: User, edition: Edition | None, day: date) -> None:
        """Load the suggestions, and everything that can be put on the agenda.

        If the dialogue is with certain ministries, only items that concern them are suggested. All other items can
        still be added.
        """
        country = self.dialogue.country
        on_it = AgendaItem.objects.filter(dialogue=self.dialogue, recommendation__isnull=False).values("recommendation")
        asked = Recommendation.objects.visible_to(user).select_related("edition", "lead")
        recommendations = list(asked.filter(edition=edition, is_retired=False) | asked.filter(pk__in=on_it))
        promised = annotate_commitments(Commitment.objects.visible_to(user).filter(country=country), user, day)
        self.standing = {f"commitment-{row.pk}": commitment_status_row(row, day) for row in promised}
        self.recommendations = {f"recommendation-{row.pk}": row for row in recommendations}
        self.offered = {*self.standing, *self.recommendations}
        shown = count_benchmarks_with_action(user, recommendations)
        last = Dialogue.objects.visible_to(user).held_before(self.dialogue).first()
        self.suggestions: dict[str, AgendaSuggestion] = {
            one.about: one
            for one in suggest_agenda_items(
                [_agenda_commitment(one, last) for one in self.standing.values()],
                [
                    AgendaRecommendation(row.pk, row.number, shown[row.pk][0])
                    for row in recommendations
                    if row.edition == edition
                ],
                self.dialogue.held_on,
            )
        }
        self.ministries = self.dialogue.ministries_at_the_table()
        theirs = self._theirs(user)
        self.proposals = {about: one for about, one in self.suggestions.items() if about in theirs}

    def _theirs(self, user: User) -> set[str]:
        """Return the keys of the items that concern the ministries at the table; all items if no ministry is named."""
        commitments = Commitment.objects.visible_to(user).filter(country=self.dialogue.country)
        return {
            *(f"commitment-{key}" for key in commitments.concerning(self.ministries).values_list("pk", flat=True)),
            *(
                about
                for about, row in self.recommendations.items()
                if not self.ministries or row.lead_id in self.ministries
            ),
        }

    def _form(self, data: Any = None, **kwargs: Any) -> AgendaForm:
        on = {raw_values(row)["about"] if row.is_bound else row.initial["about"] for row in self.rows.forms}
        proposed: Choices = [
            (about, f"{self._title(about)} ({one.reason})") for about, one in self.proposals.items() if about not in on
        ]
        others: Choices = [
            (about, Truncator(self._title(about)).chars(110))
            for about in (*self.standing, *self.recommendations)
            if about not in on and about not in self.proposals
        ]
        return AgendaForm(data, proposals=proposed, others=others, **kwargs)

    def _recorded(self) -> list[dict[str, str]]:
        rows = AgendaItem.objects.filter(dialogue=self.dialogue).order_by("position", "pk")
        return [{"about": _item_subject(row), "topic": row.topic, "note": row.note} for row in rows]

    def _pressing(self) -> list[str]:
        """Return the suggestions that are ticked while the agenda is still empty."""
        if self.rows.forms:
            return []
        return [about for about, one in self.proposals.items() if one.rank <= RANK_AGREED]

    def _title(self, about: str) -> str:
        if about in self.standing:
            commitment = self.standing[about].commitment
            who = commitment.ministry.short_name if commitment.ministry else commitment.maker
            return f"{who}: {commitment.text}"
        row = self.recommendations[about]
        return f"Recommendation {row.number}: {row.text}"

    def is_valid(self) -> bool:
        """Return whether the form and the rows are valid. Validate both, so that the page shows all errors at once."""
        return all([self.form.is_valid(), self.rows.is_valid()])

    def told(self) -> list[AgendaRow]:
        """Return the rows to display."""
        return [self._row(form) for form in self.rows.forms]

    def _row(self, form: Any) -> AgendaRow:
        about = str(form["about"].value() or "")
        stands, one = self.standing.get(about), self.suggestions.get(about)
        if about not in self.offered:
            return AgendaRow(form, "", "", None, "")
        if stands:
            commitment = stands.commitment
            # The status next to it already says by how many days it is overdue.
            reason = one.reason.removeprefix(stands.text).removeprefix("; ") if one else ""
            return AgendaRow(form, commitment.text, commitment.maker, stands, reason)
        recommendation = self.recommendations[about]
        lead = recommendation.lead.name if recommendation.lead else ""
        return AgendaRow(form, self._title(about), lead, None, one.reason if one else "")

    def items(self) -> list[AgendaItemInput]:
        """Return the agenda as input of the action. Items that are still ticked come last."""
        lines_said = [row.cleaned_data for row in self.rows.forms]
        items = [
            AgendaItemInput(
                said["topic"] if said["about"] == TOPIC_CHOICE else self._row_of(said["about"]), said["note"]
            )
            for said in lines_said
            if said["about"] != TOPIC_CHOICE or said["topic"]
        ]
        put = [*self.form.cleaned_data["proposed"], self.form.cleaned_data["other"]]
        return [*items, *(AgendaItemInput(self._row_of(about)) for about in put if about)]

    def _row_of(self, about: str) -> Commitment | Recommendation:
        return self.standing[about].commitment if about in self.standing else self.recommendations[about]


def _agenda_commitment(told: CommitmentStatusRow, last: Dialogue | None) -> AgendaCommitment:
    """Convert a commitment to the input of the suggestion rules."""
    row = told.commitment
    return AgendaCommitment(
        key=row.pk,
        standing=told.standing,
        is_of_last_dialogue=last is not None and row.dialogue_id == last.pk,
        is_ours=row.made_by == MadeBy.UNITED_STATES,
    )


def _item_subject(row: AgendaItem) -> str:
    if row.recommendation_id:
        return f"recommendation-{row.recommendation_id}"
    return f"commitment-{row.commitment_id}" if row.commitment_id else TOPIC_CHOICE


def _move_row(said: list[dict[str, Any]], move: str, drop: str) -> list[dict[str, Any]]:
    """Return the rows with one moved a place up or down, or removed. Unknown values change nothing.

    Args:
        move: direction and row number from 0, such as "up-2" or "down-0".
        drop: number of the row to remove, such as "2".
    """
    left_out = parse_whole_number(drop)
    if left_out is not None and left_out < len(said):
        return [*said[:left_out], *said[left_out + 1 :]]
    direction, _, number = move.partition("-")
    place = parse_whole_number(number)
    if place is not None and place < len(said):
        to = place + {"up": -1, "down": 1}.get(direction, 0)
        if 0 <= to < len(said):
            said[place], said[to] = said[to], said[place]
    return said
