"""Pages about a dialogue by numbers: its indicators, the figures discussed, and the check against GAO-23-105390."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import Model, Q
from django.forms import Form
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_safe

from dialogues import permissions
from dialogues.actions.dialogue_numbers import (
    ChoiceInput,
    DiscussionInput,
    agree_on_indicators,
    choose_indicators,
    drop_indicator,
    record_discussion,
)
from dialogues.actions.targets import BaselineInput
from dialogues.dialogue_figures import (
    ChosenLine,
    DialogueNumbers,
    find_edition_of,
    gather_numbers,
    list_chosen,
    list_indicators,
    list_outlooks,
)
from dialogues.forms.dialogue_numbers import ChoiceRow, DiscussionRow, IndicatorAgreementForm, IndicatorDropForm
from dialogues.indicator_proposals import (
    MAX_PROPOSED,
    first_day_to_choose,
    last_day_to_agree,
    propose_due_date,
    propose_indicators,
)
from dialogues.models import ChosenIndicator, Dialogue, Participant
from dialogues.models.disposals import is_disposed_of
from dialogues.oversight_points import check_points, count_met
from dialogues.target_progress import ProgressState
from dialogues.target_standings import list_standings
from dialogues.views.figure_states import find_likely_ministries
from dialogues.views.page_context import get_managed_dialogue
from dialogues.views.redactions import pending_redaction_urls, removal_notes
from dialogues.views.request_rows import AskedFigureState, find_newest_requests
from dialogues.views.targets import propose_baseline
from recommendations.edition_context import edition_url, set_page_country, set_page_edition
from recommendations.models import Edition
from tiptracker import clock
from tiptracker.accounts.models import Ministry, User
from tiptracker.errors import Refused
from tiptracker.localization import format_date, gettext, ngettext, record_language
from tiptracker.web.form_pages import form_page, render_form, save_form, sent_data
from tiptracker.web.frontend.form_rows import add_refusal_at, add_row_refusal, invalid_forms
from tiptracker.web.pages import SignedInRequest, render_page

ACTION_FIELDS = {"figure": "target", "reason": "target_reason"}
"""Fields of the action for annual targets, by the name that the row gives them."""


class FigureRequestLink(NamedTuple):
    """A ministry, and the address of the form to ask it for the figures of its indicators."""

    ministry: Ministry
    url: str


@login_required
@require_safe
def dialogue_numbers(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show a dialogue by numbers: its indicators, the contributions of both sides, and what will sustain the work."""
    user = request.user
    dialogue, edition = _get_dialogue(request, pk)
    numbers = _gather(user, dialogue, edition)
    can_change = permissions.can_manage_dialogues(user, dialogue.country) and not is_disposed_of(dialogue)
    texts: list[Model | None] = [*numbers.contributions, *(work.sustainment for work in numbers.works)]
    texts += [row for line in numbers.lines for row in (line.chosen, *line.chosen.events.all())]
    today = clock.today(dialogue.country.time_zone)
    asked = find_newest_requests(user, edition, today) if numbers.active else {}
    context = {
        "dialogue": dialogue,
        "numbers": numbers,
        "lines": [(line, asked.get(line.chosen.indicator_id)) for line in numbers.lines],
        "chosen_from": first_day_to_choose(dialogue.held_on),
        "agreed_by": last_day_to_agree(dialogue.held_on),
        "can_change": can_change,
        "can_choose": can_change and _is_choosing(dialogue),
        "is_begun": dialogue.called_off_at is None and dialogue.held_on <= today,
        "requests": _list_requests(numbers, edition, asked) if can_change else [],
        "redacted": removal_notes(*texts),
        "pending": pending_redaction_urls(user, dialogue.country, *texts),
    }
    return render_page(request, "dialogues/dialogue_numbers.html", context)


@login_required
@require_safe
def dialogue_oversight(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show which of the six recommendations of GAO-23-105390 the record of a dialogue meets, with the rows."""
    dialogue, edition = _get_dialogue(request, pk)
    points = check_points(_gather(request.user, dialogue, edition).facts)
    context = {"dialogue": dialogue, "points": points, "met": count_met(points)}
    return render_page(request, "dialogues/dialogue_oversight.html", context)


@form_page
def dialogue_indicators(request: SignedInRequest, pk: int) -> HttpResponse:
    """Choose the indicators of a dialogue. Those that are worth discussing come first, with the reason."""
    user, dialogue = request.user, get_managed_dialogue(request, pk)
    edition = _edition_of(request, dialogue)
    now = clock.now(dialogue.country.time_zone)
    rows = _choice_rows(request, dialogue, edition)
    if request.method == "POST" and rows and _are_valid(rows):
        ticked = [row for row in rows if row.cleaned_data["is_chosen"]]
        with record_language():
            reasons = {row.indicator.pk: row.reasons for row in _choice_rows(request, dialogue, edition)}
        choices = [
            ChoiceInput(row.indicator, row.cleaned_data["ministry"], "; ".join(reasons[row.indicator.pk]))
            for row in ticked
        ]
        try:
            chosen = choose_indicators(dialogue=dialogue, choices=choices, by=user, now=now)
        except Refused as refusal:
            add_refusal_at(rows[0], refusal, None)
        else:
            messages.success(request, _describe_choice(len(chosen), dialogue))
            return redirect("dialogue_numbers", pk)
    context = {"dialogue": dialogue, "rows": rows, "refused_forms": invalid_forms(*rows)}
    status = 422 if any(row.errors for row in rows) else 200
    return render_page(request, "dialogues/dialogue_indicators.html", context, status=status)


@form_page
def chosen_indicator_agree(request: SignedInRequest, pk: int) -> HttpResponse:
    """Record that a chosen indicator was agreed with a ministry."""
    chosen = _get_chosen(request, pk)
    dialogue = chosen.dialogue
    now = clock.now(dialogue.country.time_zone)
    form = IndicatorAgreementForm(
        sent_data(request),
        today=now.date(),
        ministries=_ministries(request.user, dialogue),
        others=_list_not_agreed(request.user, chosen),
        initial={"ministry": chosen.agreed.ministry_id if chosen.agreed else chosen.ministry_id},
    )

    def save() -> int:
        others = form.cleaned_data.get("others", [])
        ministry, agreed_on = form.cleaned_data["ministry"], form.cleaned_data["agreed_on"]
        rows = [chosen, *others]
        agree_on_indicators(
            dialogue=dialogue, chosen=rows, ministry=ministry, agreed_on=agreed_on, by=request.user, now=now
        )
        return len(rows)

    if number := save_form(form, save):
        messages.success(request, _describe_agreement(number, form.cleaned_data["agreed_on"], dialogue))
        return redirect("dialogue_numbers", dialogue.pk)
    context = {"chosen": chosen, "dialogue": dialogue, "agreed_by": last_day_to_agree(dialogue.held_on)}
    return render_form(request, "dialogues/chosen_indicator_agree.html", form, context)


@form_page
def chosen_indicator_drop(request: SignedInRequest, pk: int) -> HttpResponse:
    """Drop a chosen indicator, with the reason."""
    chosen = _get_chosen(request, pk)
    dialogue = chosen.dialogue
    now = clock.now(dialogue.country.time_zone)
    form = IndicatorDropForm(sent_data(request))
    if save_form(form, lambda: drop_indicator(chosen=chosen, by=request.user, now=now, **form.cleaned_data)):
        messages.success(request, gettext("The indicator was dropped. It stays on the page with your reason."))
        return redirect("dialogue_numbers", dialogue.pk)
    context = {"chosen": chosen, "dialogue": dialogue}
    return render_form(request, "dialogues/chosen_indicator_drop.html", form, context)


@form_page
def dialogue_figures(request: SignedInRequest, pk: int) -> HttpResponse:
    """Record which figures were discussed at a dialogue, what was said, and the annual targets agreed there."""
    user, dialogue = request.user, get_managed_dialogue(request, pk)
    edition = _edition_of(request, dialogue)
    now = clock.now(dialogue.country.time_zone)
    lines = [line for line in list_chosen(user, dialogue, edition, today=now.date()) if not line.is_dropped]
    rows = [_discussion_row(request, line, _ministries(user, dialogue)) for line in lines]
    if request.method == "POST" and rows and _are_valid(rows):
        entries = [_discussion_input(user, edition, line, row) for line, row in zip(lines, rows, strict=True)]
        try:
            record_discussion(dialogue=dialogue, edition=edition, entries=entries, by=user, now=now)
        except Refused as refusal:
            _show_refusal(rows, refusal)
        else:
            messages.success(request, gettext("The figures discussed are recorded. The minutes show them."))
            return redirect("dialogue_detail", pk)
    context = {
        "dialogue": dialogue,
        "lines": list(zip(lines, rows, strict=True)),
        "refused_forms": invalid_forms(*rows),
    }
    status = 422 if any(row.errors for row in rows) else 200
    return render_page(request, "dialogues/dialogue_figures.html", context, status=status)


def _are_valid(rows: Sequence[Form]) -> bool:
    """Validate each row, so that the page shows all errors at once."""
    valid = [row.is_valid() for row in rows]
    return all(valid)


def _show_refusal(rows: Sequence[DiscussionRow], refusal: Refused) -> None:
    """Show a refusal next to the row and the field that it names; "figures-0-figure" is the new annual target."""
    place, _, field = (refusal.field or "").rpartition("-")
    refusal.field = f"{place}-{ACTION_FIELDS.get(field, field)}"
    if not add_row_refusal({"figures": rows}, refusal):
        add_refusal_at(rows[0], refusal, None)


def _get_dialogue(request: SignedInRequest, pk: int) -> tuple[Dialogue, Edition]:
    """Return a dialogue and its edition for the embassy, and set the country of the page."""
    dialogue = get_object_or_404(Dialogue.objects.visible_to(request.user).select_related("country"), pk=pk)
    set_page_country(request, dialogue.country)
    if not request.user.is_embassy:
        raise PermissionDenied
    return dialogue, _edition_of(request, dialogue)


def _edition_of(request: SignedInRequest, dialogue: Dialogue) -> Edition:
    """Return the edition in whose tracking period the dialogue lies, and set it for the page. Raises Http404."""
    if (edition := find_edition_of(request.user, dialogue)) is None:
        raise Http404
    set_page_edition(request, edition)
    return edition


def _gather(user: User, dialogue: Dialogue, edition: Edition) -> DialogueNumbers:
    return gather_numbers(user, dialogue, edition, today=clock.today(dialogue.country.time_zone))


def _get_chosen(request: SignedInRequest, pk: int) -> ChosenIndicator:
    """Return a chosen indicator for those who manage dialogues, and set the country of the page."""
    rows = ChosenIndicator.objects.visible_to(request.user).select_related("dialogue__country").with_history()
    chosen = get_object_or_404(rows, pk=pk)
    set_page_country(request, chosen.dialogue.country)
    if not permissions.can_manage_dialogues(request.user, chosen.dialogue.country):
        raise PermissionDenied
    return chosen


def _ministries(user: User, dialogue: Dialogue) -> list[Ministry]:
    return list(Ministry.objects.visible_to(user).filter(country=dialogue.country))


def _is_choosing(dialogue: Dialogue) -> bool:
    """Return whether indicators can be chosen for a dialogue today."""
    today = clock.today(dialogue.country.time_zone)
    is_over = dialogue.called_off_at or dialogue.recorded_at
    return not is_over and first_day_to_choose(dialogue.held_on) <= today <= dialogue.held_on


def _choice_rows(request: SignedInRequest, dialogue: Dialogue, edition: Edition) -> list[ChoiceRow]:
    """Return a row for each indicator that is not chosen yet, the proposed ones first."""
    user, today = request.user, clock.today(dialogue.country.time_zone)
    lines = list_chosen(user, dialogue, edition, today=today)
    chosen = {line.chosen.indicator_id for line in lines if not line.is_dropped}
    indicators = {row.pk: row for row in list_indicators(user, edition) if row.pk not in chosen}
    standings = list_standings(user, edition, indicators.values(), today=today)
    proposals = {row.key: row.reasons for row in propose_indicators(list_outlooks(user, edition, standings))}
    order = [*proposals, *(key for key in indicators if key not in proposals)]
    ministries = _ministries(user, dialogue)
    likely = find_likely_ministries(user, edition, list(indicators.values()))
    rows = [
        ChoiceRow(
            sent_data(request),
            indicator=indicators[key],
            ministries=ministries,
            reasons=proposals.get(key, ()),
            proposed_to=likely.get(key),
        )
        for key in order
    ]
    present = set(Participant.objects.filter(dialogue=dialogue).values_list("ministry", flat=True)) - {None}
    proposed = [row for row in rows if row.indicator.pk in proposals]
    for row in [row for row in proposed if not present or row.initial["ministry"] in present][:MAX_PROPOSED]:
        row.initial["is_chosen"] = True
    return rows


def _describe_choice(number: int, dialogue: Dialogue) -> str:
    chosen = ngettext("%(number)d indicator is chosen.", "%(number)d indicators are chosen.", number)
    by = gettext("Agree on them with the ministries by %(date)s.") % {
        "date": format_date(last_day_to_agree(dialogue.held_on))
    }
    return f"{chosen % {'number': number}} {by}"


def _describe_agreement(number: int, agreed_on: date, dialogue: Dialogue) -> str:
    """Return what the page says after agreements were recorded: who sees them, and whether they came late."""
    recorded = ngettext("The agreement is recorded.", "The agreement on %(number)d indicators is recorded.", number) % {
        "number": number
    }
    by = last_day_to_agree(dialogue.held_on)
    if agreed_on > by:
        late = gettext("It came later than %(date)s, and the page says so.")
        return f"{recorded} {late % {'date': format_date(by)}}"
    seen = ngettext(
        "The ministry sees the indicator on the page of the dialogue.",
        "The ministry sees the indicators on the page of the dialogue.",
        number,
    )
    return f"{recorded} {seen}"


def _list_not_agreed(user: User, chosen: ChosenIndicator) -> list[ChosenIndicator]:
    """Return the other indicators of the dialogue that are not agreed yet, without those of another ministry."""
    rows = ChosenIndicator.objects.visible_to(user).filter(dialogue=chosen.dialogue).exclude(pk=chosen.pk)
    rows = rows.filter(Q(ministry=chosen.ministry_id) | Q(ministry=None)) if chosen.ministry_id else rows
    rows = rows.select_related("indicator", "ministry").with_history().order_by("recorded_at", "pk")
    return [row for row in rows if row.dropped is None and row.agreed is None]


def _list_requests(
    numbers: DialogueNumbers, edition: Edition, states: Mapping[int, AskedFigureState]
) -> list[FigureRequestLink]:
    """Return for each ministry the form to ask for the figures that it was not asked for yet, filled in.

    An indicator that reached its annual target is left out.
    """
    asked: dict[Ministry, list[int]] = {}
    for line in numbers.active:
        agreed = line.chosen.agreed
        ministry = (agreed.ministry if agreed else None) or line.chosen.ministry
        if ministry is None:
            continue
        state, progress = states.get(line.chosen.indicator_id), line.standing.progress
        is_reached = progress is not None and progress.state is ProgressState.REACHED
        is_asked = state is not None and state.is_waiting and state.information_request.ministry_id == ministry.pk
        if not is_reached and not is_asked:
            asked.setdefault(ministry, []).append(line.chosen.indicator_id)
    held_on = numbers.dialogue.held_on
    reason = gettext("For the dialogue of %(date)s.") % {"date": format_date(held_on)}
    due_on = propose_due_date(held_on, clock.today(edition.country.time_zone))
    fixed = {"reason": reason} | ({"due_on": due_on.isoformat()} if due_on else {})
    return [
        FigureRequestLink(
            ministry,
            edition_url(
                edition,
                "information_request_add",
                query={"ministry": ministry.pk, "indicator": keys} | fixed,
            ),
        )
        for ministry, keys in asked.items()
    ]


def _discussion_row(request: SignedInRequest, line: ChosenLine, ministries: Sequence[Ministry]) -> DiscussionRow:
    """Return the row of an indicator, filled with what was recorded before."""
    discussion, agreed = line.chosen.discussion, line.chosen.agreed
    initial: dict[str, Any] = {
        "is_discussed": line.is_discussed,
        "said": discussion.text if discussion else "",
        "ministry": agreed.ministry_id if agreed else line.chosen.ministry_id,
    }
    prefix = f"figures-{line.chosen.pk}"
    name = line.chosen.indicator.name
    return DiscussionRow(sent_data(request), prefix=prefix, name=name, ministries=ministries, initial=initial)


def _discussion_input(user: User, edition: Edition, line: ChosenLine, row: DiscussionRow) -> DiscussionInput:
    """Return what was entered into a valid row. A new annual target keeps the baseline, or takes the proposed one."""
    data, target = row.cleaned_data, line.standing.target
    baseline = BaselineInput()
    if data["target"] is not None and target is not None:
        baseline = BaselineInput(
            target.baseline,
            target.baseline_starts_on,
            target.baseline_through_on,
            target.baseline_source,
            "" if target.baseline is not None else target.no_baseline_reason,
        )
    elif data["target"] is not None:
        proposed = propose_baseline(user, line.chosen.indicator, edition)
        baseline = BaselineInput(
            proposed.get("baseline"),
            proposed.get("baseline_starts_on"),
            proposed.get("baseline_through_on"),
            proposed.get("baseline_source", ""),
            proposed.get("baseline_missing_reason", ""),
        )
    return DiscussionInput(
        line.chosen,
        data["is_discussed"],
        data["said"],
        data["target"],
        data["ministry"] if data["target"] is not None else None,
        baseline,
        data["target_reason"],
    )
