"""The agenda of a dialogue: proposed from what is open, overdue or waiting, ordered by hand, with what to ask."""

from datetime import date
from typing import Any, NamedTuple

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.text import Truncator

from dialogues import permissions
from dialogues.actions.agendas import ItemLine, arrange_agenda
from dialogues.agenda_suggestions import AGREED, Asked, Promise, Suggestion, suggest
from dialogues.choices import MadeBy
from dialogues.forms.agendas import TOPIC, AgendaForm, ItemRows
from dialogues.models import AgendaItem, Commitment, Dialogue
from dialogues.views.commitments import Line, line, lines
from dialogues.views.follow_up import last_time, shown_on
from recommendations.edition_context import edition_shown, stand_in
from recommendations.models import Edition, Recommendation
from tiptracker import clock
from tiptracker.accounts.models import User
from tiptracker.errors import Refused
from tiptracker.numbers import whole_number
from tiptracker.validation import ChangedMeanwhile
from tiptracker.web.frontend.rows import Choices, beside_field, has_now_seen, refused, typed
from tiptracker.web.pages import SignedIn, render_page


class Row(NamedTuple):
    """A line of the form: what it is about as read, its standing, why it is proposed."""

    form: Any
    title: str
    whose: str
    standing: Line | None
    reason: str


@login_required
def dialogue_agenda(request: SignedIn, pk: int) -> HttpResponse:
    """Arrange what is to be spoken of. Moving, adding and leaving out changes the form; "Save" changes the record."""
    user = request.user
    dialogue = get_object_or_404(Dialogue.objects.visible_to(user).select_related("country"), pk=pk)
    stand_in(request, dialogue.country)
    if not permissions.can_hold_dialogue(user, dialogue.country):
        raise PermissionDenied
    now = clock.now(dialogue.country.time_zone)
    page = _Page(request, dialogue, now.date())
    context: dict[str, Any] = {"dialogue": dialogue}
    if page.is_sent and page.is_valid():
        version = page.form.cleaned_data["version"] or 0
        try:
            arrange_agenda(dialogue=dialogue, version=version, items=page.items(), by=user, now=now)
        except ChangedMeanwhile as refusal:
            beside_field(page.form, str(refusal), refusal.field)
            dialogue.refresh_from_db()
            has_now_seen(page.form, "version", dialogue.version)
            context["meanwhile"] = [*dialogue.agenda.select_related("recommendation", "commitment")]
        except Refused as refusal:
            beside_field(page.form, str(refusal), refusal.field)
        else:
            messages.success(request, "Saved. Print it from here, or go on to the record once you sit in the room.")
            return redirect("dialogue_detail", dialogue.pk)
    context |= {
        "form": page.form,
        "rows": page.rows,
        "lines": page.told(),
        "is_with_some": bool(page.ministries),
        "wrong_forms": refused(page.form, *page.rows),
        "last": last_time(user, dialogue, now.date()),
    }
    return render_page(request, "dialogues/dialogue_agenda.html", context, status=422 if page.is_sent else 200)


class _Page:
    """The lines of the agenda and what is proposed besides, filled from the request or from the record."""

    def __init__(self, request: SignedIn, dialogue: Dialogue, day: date) -> None:
        self.dialogue = dialogue
        self._gather(request.user, edition_shown(request), day)
        self.is_sent = request.method == "POST" and not {"move", "drop", "put", "more"} & set(request.POST)
        form_kwargs: dict[str, Any] = {"form_kwargs": {"offered": self.offered}, "prefix": "items"}
        if request.method != "POST":
            self.rows = ItemRows(initial=self._recorded(), **form_kwargs)
            self.form = self._form(initial={"version": dialogue.version, "proposed": self._pressing()})
            return
        self.rows = ItemRows(request.POST, **form_kwargs)
        self.form = self._form(request.POST)
        if self.is_sent:
            return
        said = [typed(row) for row in self.rows.forms]
        other = typed(self.form)
        if "put" in request.POST:
            on = {row["about"] for row in said}
            asked = [*other["proposed"], *([other["other"]] if other["other"] else [])]
            said += [{"about": about, "topic": "", "note": ""} for about in asked if about in self.offered - on]
            other |= {"proposed": [], "other": ""}
        elif "more" in request.POST:
            said.append({"about": TOPIC, "topic": "", "note": ""})
        else:
            said = _moved(said, request.POST.get("move", ""), request.POST.get("drop", ""))
        self.rows = ItemRows(initial=said, **form_kwargs)
        if "more" in request.POST:
            self.rows.forms[-1].fields["topic"].widget.attrs["autofocus"] = True
        self.form = self._form(initial=other)

    def _gather(self, user: User, edition: Edition | None, day: date) -> None:
        """What is open of the record, as proposals; and all that may be put on the agenda.

        Proposed for a dialogue with certain ministries is what is theirs; whatever else there is may be put on too.
        """
        country = self.dialogue.country
        on_it = AgendaItem.objects.filter(dialogue=self.dialogue, recommendation__isnull=False).values("recommendation")
        asked = Recommendation.objects.visible_to(user).select_related("edition", "lead")
        recommendations = list(asked.filter(edition=edition, is_retired=False) | asked.filter(pk__in=on_it))
        promised = lines(Commitment.objects.visible_to(user).filter(country=country), user, day)
        self.standing = {f"commitment-{row.pk}": line(row, day) for row in promised}
        self.recommendations = {f"recommendation-{row.pk}": row for row in recommendations}
        self.offered = {*self.standing, *self.recommendations}
        shown = shown_on(user, recommendations)
        last = Dialogue.objects.visible_to(user).held_before(self.dialogue).first()
        self.suggestions: dict[str, Suggestion] = {
            one.about: one
            for one in suggest(
                [_promise(one, last) for one in self.standing.values()],
                [Asked(row.pk, row.number, shown[row.pk][0]) for row in recommendations if row.edition == edition],
                self.dialogue.held_on,
            )
        }
        self.ministries = self.dialogue.ministries_at_the_table()
        theirs = self._theirs(user)
        self.proposals = {about: one for about, one in self.suggestions.items() if about in theirs}

    def _theirs(self, user: User) -> set[str]:
        """What concerns the ministries at the table; all there is, where it is with none in particular."""
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
        on = {typed(row)["about"] if row.is_bound else row.initial["about"] for row in self.rows.forms}
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
        return [{"about": _about(row), "topic": row.topic, "note": row.note} for row in rows]

    def _pressing(self) -> list[str]:
        """What is ticked on an agenda that holds nothing yet."""
        if self.rows.forms:
            return []
        return [about for about, one in self.proposals.items() if one.rank <= AGREED]

    def _title(self, about: str) -> str:
        if about in self.standing:
            commitment = self.standing[about].commitment
            who = commitment.ministry.short_name if commitment.ministry else commitment.maker
            return f"{who}: {commitment.text}"
        row = self.recommendations[about]
        return f"Recommendation {row.number}: {row.text}"

    def is_valid(self) -> bool:
        """Whether lines and form both are; asks both, so that all that is wrong is shown at once."""
        return all([self.form.is_valid(), self.rows.is_valid()])

    def told(self) -> list[Row]:
        """The lines as they are read."""
        return [self._row(form) for form in self.rows.forms]

    def _row(self, form: Any) -> Row:
        about = str(form["about"].value() or "")
        stands, one = self.standing.get(about), self.suggestions.get(about)
        if about not in self.offered:
            return Row(form, "", "", None, "")
        if stands:
            commitment = stands.commitment
            # By how much it is overdue stands beside its status already.
            reason = one.reason.removeprefix(stands.text).removeprefix("; ") if one else ""
            return Row(form, commitment.text, commitment.maker, stands, reason)
        recommendation = self.recommendations[about]
        lead = recommendation.lead.name if recommendation.lead else ""
        return Row(form, self._title(about), lead, None, one.reason if one else "")

    def items(self) -> list[ItemLine]:
        """The agenda as typed, in the action's words; what is still ticked comes last."""
        lines_said = [row.cleaned_data for row in self.rows.forms]
        items = [
            ItemLine(said["topic"] if said["about"] == TOPIC else self._row_of(said["about"]), said["note"])
            for said in lines_said
            if said["about"] != TOPIC or said["topic"]
        ]
        put = [*self.form.cleaned_data["proposed"], self.form.cleaned_data["other"]]
        return [*items, *(ItemLine(self._row_of(about)) for about in put if about)]

    def _row_of(self, about: str) -> Commitment | Recommendation:
        return self.standing[about].commitment if about in self.standing else self.recommendations[about]


def _promise(told: Line, last: Dialogue | None) -> Promise:
    """A commitment as the rule reads it."""
    row = told.commitment
    return Promise(
        key=row.pk,
        standing=told.standing,
        is_of_last_dialogue=last is not None and row.dialogue_id == last.pk,
        is_ours=row.made_by == MadeBy.UNITED_STATES,
    )


def _about(row: AgendaItem) -> str:
    if row.recommendation_id:
        return f"recommendation-{row.recommendation_id}"
    return f"commitment-{row.commitment_id}" if row.commitment_id else TOPIC


def _moved(said: list[dict[str, Any]], move: str, drop: str) -> list[dict[str, Any]]:
    """The lines with one moved a place up or down ("up-2", "down-0"), or left out ("2"); unknown words move nothing."""
    left_out = whole_number(drop)
    if left_out is not None and left_out < len(said):
        return [*said[:left_out], *said[left_out + 1 :]]
    direction, _, number = move.partition("-")
    place = whole_number(number)
    if place is not None and place < len(said):
        to = place + {"up": -1, "down": 1}.get(direction, 0)
        if 0 <= to < len(said):
            said[place], said[to] = said[to], said[place]
    return said
