"""The page to arrange the agenda of a dialogue.

It suggests what is open, overdue or waiting. The officer orders the items and notes what to ask.
"""

from collections.abc import Collection
from datetime import date
from typing import Any, NamedTuple

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils.html import format_html
from django.utils.text import Truncator

from dialogues.actions.agendas import AgendaItemInput, arrange_agenda
from dialogues.agenda_suggestions import (
    RANK_AGREED,
    RANK_OVERDUE,
    AgendaCommitment,
    AgendaRecommendation,
    AgendaRequest,
    suggest_agenda_items,
)
from dialogues.choices import MadeBy
from dialogues.forms.agendas import TOPIC_CHOICE, AgendaForm, AgendaItemFormSet, AgendaItemRow, AgendaItemRows
from dialogues.models import AgendaItem, Commitment, Dialogue, InformationRequest
from dialogues.request_status import RequestStanding
from dialogues.views.commitment_rows import CommitmentStatusRow, annotate_commitments, commitment_status_row
from dialogues.views.follow_up import count_benchmarks_with_action, find_previous_dialogue
from dialogues.views.page_context import get_managed_dialogue
from recommendations.edition_context import get_page_edition
from recommendations.models import Edition, Recommendation
from tiptracker import clock
from tiptracker.accounts.models import User
from tiptracker.localization import format_date, gettext, join_with_colon, record_language
from tiptracker.numbers import parse_whole_number
from tiptracker.web.form_pages import save_form, sent_data
from tiptracker.web.frontend.form_rows import Choices, invalid_forms, raw_values
from tiptracker.web.pages import SignedInRequest, render_page


class AgendaRow(NamedTuple):
    """A row of the agenda form, with its title, owner, status and the reasons for suggesting it."""

    form: AgendaItemRow
    title: str
    whose: str
    standing: CommitmentStatusRow[Commitment] | None
    reason: str


class AgendaTopic(NamedTuple):
    """A suggestion that goes onto the agenda in words: its label, and the words and what to ask as they are stored."""

    title: str
    topic: str
    note: str


class DroppedItem(NamedTuple):
    """An item that was just removed from the form, with its place and what was typed, so that it can come back."""

    place: int
    about: str
    topic: str
    note: str
    name: str


@login_required
def dialogue_agenda(request: SignedInRequest, pk: int) -> HttpResponse:
    """Arrange the agenda of a dialogue.

    Moving, adding and removing items changes only the form. "Save" changes the record.
    """
    user, dialogue = request.user, get_managed_dialogue(request, pk)
    now = clock.now(dialogue.country.time_zone)
    subjects = _AgendaSubjects(user, dialogue, get_page_edition(request), now.date())
    form, rows, dropped = _agenda_forms(request, dialogue, subjects)
    context: dict[str, Any] = {"dialogue": dialogue}

    def show_current() -> AgendaForm:
        dialogue.refresh_from_db()
        context["meanwhile"] = [*dialogue.agenda.select_related("recommendation", "commitment")]
        return AgendaForm(initial={"version": dialogue.version}, proposals=[], others=[])

    if save_form(
        form,
        lambda: arrange_agenda(
            dialogue=dialogue,
            version=form.cleaned_data["version"] or 0,
            items=_item_inputs(form, rows, subjects),
            by=user,
            now=now,
        ),
        also=[rows],
        current=show_current,
    ):
        message = gettext("You saved the agenda. You can print this page, and record the dialogue here on its day.")
        messages.success(request, message)
        return redirect("dialogue_detail", dialogue.pk)
    context |= {
        "form": form,
        "rows": rows,
        "dropped": dropped,
        "lines": [_agenda_row(row, subjects) for row in rows],
        "is_with_some": bool(subjects.ministries),
        "refused_forms": invalid_forms(form, *rows),
        "last": find_previous_dialogue(user, dialogue, now.date()),
    }
    return render_page(request, "dialogues/dialogue_agenda.html", context, status=422 if form.is_bound else 200)


class _AgendaSubjects:
    """What can be put on the agenda of a dialogue, by keys such as "commitment-5", and what is suggested.

    If the dialogue is with certain ministries, only what concerns them is proposed. A request for information
    ("request-7") goes onto the agenda as a topic.
    """

    def __init__(self, user: User, dialogue: Dialogue, edition: Edition | None, day: date) -> None:
        on_agenda = AgendaItem.objects.filter(dialogue=dialogue, recommendation__isnull=False).values("recommendation")
        visible = Recommendation.objects.visible_to(user).select_related("edition", "lead")
        recommendations = list(visible.filter(edition=edition, is_retired=False) | visible.filter(pk__in=on_agenda))
        commitments = Commitment.objects.visible_to(user).filter(country=dialogue.country)
        self.statuses = {
            f"commitment-{row.pk}": commitment_status_row(row, user, day)
            for row in annotate_commitments(commitments, user, day)
        }
        self.rows: dict[str, Commitment | Recommendation] = {
            **{key: row.commitment for key, row in self.statuses.items()},
            **{f"recommendation-{row.pk}": row for row in recommendations},
        }
        counts = count_benchmarks_with_action(user, recommendations)
        previous = Dialogue.objects.visible_to(user).held_before(dialogue).first()
        self.ministries = dialogue.ministries_at_the_table()
        requests = _unsettled_requests(user, dialogue, self.ministries, day)
        self.topics = {f"request-{row.pk}": _request_topic(row, standing) for row, standing in requests}
        suggestions = suggest_agenda_items(
            [_agenda_commitment(row, previous) for row in self.statuses.values()],
            [AgendaRequest(row.pk, standing) for row, standing in requests],
            [
                AgendaRecommendation(row.pk, row.number, counts[row.pk][0])
                for row in recommendations
                if row.edition == edition
            ],
            dialogue.held_on,
        )
        self.suggestions = {suggestion.about: suggestion for suggestion in suggestions}
        concerning = set(commitments.concerning(self.ministries).values_list("pk", flat=True))
        self.proposals = {
            key: suggestion
            for key, suggestion in self.suggestions.items()
            if key in self.topics or self._concerns(self.rows[key], concerning)
        }

    def _concerns(self, row: Commitment | Recommendation, concerning: Collection[int]) -> bool:
        """Return whether a commitment or recommendation concerns the ministries at the table."""
        if isinstance(row, Commitment):
            return row.pk in concerning
        return not self.ministries or row.lead_id in self.ministries

    def title(self, key: str) -> str:
        """Return the label of a commitment, request or recommendation, with who made it, or what numbers it."""
        if key in self.topics:
            return self.topics[key].title
        row = self.rows[key]
        if isinstance(row, Commitment):
            return join_with_colon(row.ministry.short_name if row.ministry else row.maker, row.text)
        return gettext("Recommendation %(number)s: %(text)s") % {"number": row.number, "text": row.text}


def _agenda_forms(
    request: SignedInRequest, dialogue: Dialogue, subjects: _AgendaSubjects
) -> tuple[AgendaForm, AgendaItemFormSet, DroppedItem | None]:
    """Return the form and the rows of the agenda, bound only if they are to be saved, and the item just removed.

    If a button of the page moved, removed or added rows, they are filled with what the user typed.
    """
    row_kwargs: dict[str, Any] = {"form_kwargs": {"offered": subjects.rows}, "prefix": "items"}
    data = sent_data(request)
    if data is None:
        items = AgendaItem.objects.filter(dialogue=dialogue).order_by("position", "pk")
        recorded = [{"about": _subject_key(item), "topic": item.topic, "note": item.note} for item in items]
        urgent = (
            [key for key, proposal in subjects.proposals.items() if proposal.rank <= RANK_AGREED]
            if not recorded
            else []
        )
        rows = AgendaItemRows(initial=recorded, **row_kwargs)
        return _agenda_form(subjects, rows, initial={"version": dialogue.version, "proposed": urgent}), rows, None
    rows = AgendaItemRows(data, **row_kwargs)
    form = _agenda_form(subjects, rows, data)
    if not {"move", "drop", "undo", "put", "more"} & set(data):
        return form, rows, None
    dropped = None
    values, chosen = [raw_values(row) for row in rows], raw_values(form)
    if "put" in data:
        keys = [*chosen["proposed"], *filter(None, [chosen["other"]])]
        for key in keys:
            values += _row_to_add(key, values, subjects)
        chosen |= {"proposed": [], "other": ""}
    elif "more" in data:
        values.append({"about": TOPIC_CHOICE, "topic": "", "note": ""})
    elif "undo" in data:
        values = _put_back(values, data, subjects)
    elif "drop" in data:
        values, dropped = _drop_row(values, data.get("drop", ""), subjects)
    else:
        values = _move_row(values, data.get("move", ""))
    rows = AgendaItemRows(initial=values, **row_kwargs)
    if "more" in data:
        rows.forms[-1].fields["topic"].widget.attrs["autofocus"] = True
    return _agenda_form(subjects, rows, initial=chosen), rows, dropped


def _agenda_form(subjects: _AgendaSubjects, rows: AgendaItemFormSet, data: Any = None, **kwargs: Any) -> AgendaForm:
    """Return the form to add items, without those that the rows hold already."""
    values = [raw_values(row) if row.is_bound else row.initial for row in rows]
    on_agenda = {row["about"] for row in values}
    topics = {row["topic"] for row in values}
    free = [key for key in subjects.rows if key not in on_agenda]
    free += [key for key, topic in subjects.topics.items() if topic.topic not in topics]
    proposals: Choices = [
        (key, format_html('{}<br><span class="quiet">{}</span>', subjects.title(key), proposal.reason))
        for key, proposal in subjects.proposals.items()
        if key in free
    ]
    others: Choices = [
        (key, Truncator(subjects.title(key)).chars(110))
        for key in free
        if key not in subjects.proposals and key in subjects.rows
    ]
    return AgendaForm(data, proposals=proposals, others=others, **kwargs)


def _agenda_row(form: AgendaItemRow, subjects: _AgendaSubjects) -> AgendaRow:
    key = str(form["about"].value() or "")
    if (row := subjects.rows.get(key)) is None:
        return AgendaRow(form, "", "", None, "")
    reasons = subjects.suggestions[key].reasons if key in subjects.suggestions else ()
    # The status next to it already says by how many days it is overdue.
    reason = " ".join(each.sentence for each in reasons if each.rank != RANK_OVERDUE)
    if isinstance(row, Commitment):
        return AgendaRow(form, row.text, row.maker, subjects.statuses[key], reason)
    return AgendaRow(form, subjects.title(key), row.lead.name if row.lead else "", None, reason)


def _item_inputs(form: AgendaForm, rows: AgendaItemFormSet, subjects: _AgendaSubjects) -> list[AgendaItemInput]:
    """Return the agenda as input of the action. Items that are still ticked come last."""
    items = [
        AgendaItemInput(row["topic"] if row["about"] == TOPIC_CHOICE else subjects.rows[row["about"]], row["note"])
        for row in rows.cleaned_data
        if row["about"] != TOPIC_CHOICE or row["topic"]
    ]
    added = [*form.cleaned_data["proposed"], form.cleaned_data["other"]]
    return [*items, *(_item_input(key, subjects) for key in added if key)]


def _item_input(key: str, subjects: _AgendaSubjects) -> AgendaItemInput:
    """Return a suggestion, or another row of the record, as an item."""
    if topic := subjects.topics.get(key):
        return AgendaItemInput(topic.topic, topic.note)
    return AgendaItemInput(subjects.rows[key])


def _row_to_add(key: str, rows: list[dict[str, Any]], subjects: _AgendaSubjects) -> list[dict[str, Any]]:
    """Return the row for a suggestion or another row of the record; nothing if it is there already, or is unknown."""
    if topic := subjects.topics.get(key):
        is_there = topic.topic in {row["topic"] for row in rows}
        return [] if is_there else [{"about": TOPIC_CHOICE, "topic": topic.topic, "note": topic.note}]
    is_there = key in {row["about"] for row in rows}
    return [{"about": key, "topic": "", "note": ""}] if key in subjects.rows and not is_there else []


def _unsettled_requests(
    user: User, dialogue: Dialogue, ministries: Collection[int], day: date
) -> list[tuple[InformationRequest, RequestStanding]]:
    """Return the requests for information of the ministries at the table, or of all, on which something is expected."""
    requests = InformationRequest.objects.visible_to(user, dialogue.country)
    if ministries:
        requests = requests.filter(ministry__in=ministries)
    rows = [(row, row.standing_on(day)) for row in requests.with_history()]
    return [(row, standing) for row, standing in rows if standing and not standing.is_settled]


def _request_topic(row: InformationRequest, standing: RequestStanding) -> AgendaTopic:
    """Return a request as a topic, and its open lines as what to ask. They are stored, so in the record's language."""
    title = _name_request(row, standing)
    with record_language():
        lines = [line.description for line in row.list_lines(standing) if standing.lines[line.pk].is_open]
        return AgendaTopic(title, _name_request(row, standing), "; ".join(lines))


def _name_request(row: InformationRequest, standing: RequestStanding) -> str:
    values = {"ministry": row.ministry.short_name, "number": row.pk, "date": format_date(standing.asked_on)}
    return gettext("%(ministry)s: request for information %(number)d of %(date)s") % values


def _agenda_commitment(status: CommitmentStatusRow[Commitment], previous: Dialogue | None) -> AgendaCommitment:
    """Convert a commitment to the input of the suggestion rules."""
    row = status.commitment
    return AgendaCommitment(
        key=row.pk,
        standing=status.standing,
        is_of_last_dialogue=previous is not None and row.dialogue_id == previous.pk,
        is_ours=row.made_by == MadeBy.UNITED_STATES,
    )


def _subject_key(row: AgendaItem) -> str:
    if row.recommendation_id:
        return f"recommendation-{row.recommendation_id}"
    return f"commitment-{row.commitment_id}" if row.commitment_id else TOPIC_CHOICE


def _drop_row(
    rows: list[dict[str, Any]], drop: str, subjects: _AgendaSubjects
) -> tuple[list[dict[str, Any]], DroppedItem | None]:
    """Return the rows without that of the number `drop`, and the removed item. An unknown number changes nothing."""
    index = parse_whole_number(drop)
    if index is None or index >= len(rows):
        return rows, None
    row = rows[index]
    about = row["about"] or ""
    name = subjects.title(about) if about in subjects.rows else row["topic"]
    dropped = DroppedItem(index, about, row["topic"] or "", row["note"] or "", name or gettext("this topic"))
    return [*rows[:index], *rows[index + 1 :]], dropped


def _put_back(rows: list[dict[str, Any]], data: QueryDict, subjects: _AgendaSubjects) -> list[dict[str, Any]]:
    """Return the rows with the item that was just removed in its place, unless it is on the agenda again."""
    row = {name: data.get(f"dropped-{name}", "") for name in ("about", "topic", "note")}
    is_known = row["about"] == TOPIC_CHOICE or row["about"] in subjects.rows
    is_there = row["about"] != TOPIC_CHOICE and row["about"] in {each["about"] for each in rows}
    if not is_known or is_there:
        return rows
    index = parse_whole_number(data.get("undo", "")) or 0
    return [*rows[:index], row, *rows[index:]]


def _move_row(rows: list[dict[str, Any]], move: str) -> list[dict[str, Any]]:
    """Return the rows with one moved a place up or down. Unknown values change nothing.

    Args:
        rows: values of the rows.
        move: direction and row number from 0, such as "up-2" or "down-0".
    """
    direction, _, number = move.partition("-")
    index = parse_whole_number(number)
    if index is not None and index < len(rows):
        target = index + {"up": -1, "down": 1}.get(direction, 0)
        if 0 <= target < len(rows):
            rows[index], rows[target] = rows[target], rows[index]
    return rows
