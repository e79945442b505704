"""Choose the indicators of a dialogue, agree on them, drop them, and record how their figures were discussed."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

from django.core.exceptions import PermissionDenied
from django.db import transaction

from dialogues.actions.targets import AgreementInput, BaselineInput, set_annual_target
from dialogues.choices import ChosenIndicatorEventKind, TargetOrigin
from dialogues.indicator_proposals import first_day_to_choose
from dialogues.models import ChosenIndicator, ChosenIndicatorEvent, Dialogue
from dialogues.permissions import can_manage_dialogues
from recommendations.models import Edition, Indicator
from tiptracker.accounts.models import Ministry, User
from tiptracker.audit.actions import record
from tiptracker.errors import Refused
from tiptracker.infrastructure.locking import lock_rows
from tiptracker.localization import format_date, gettext
from tiptracker.validation import insert_row, refuse_future, require_text


class ChoiceInput(NamedTuple):
    """An indicator to choose, the ministry to which it is proposed, and the reason that the page showed."""

    indicator: Indicator
    ministry: Ministry | None = None
    reason: str = ""


class DiscussionInput(NamedTuple):
    """How the figure of a chosen indicator was discussed, and the annual target that was agreed there, if any."""

    chosen: ChosenIndicator
    is_discussed: bool
    said: str = ""
    target: Decimal | None = None
    ministry: Ministry | None = None
    baseline: BaselineInput = BaselineInput()
    target_reason: str = ""


@transaction.atomic
def choose_indicators(
    *, dialogue: Dialogue, choices: Sequence[ChoiceInput], by: User, now: datetime
) -> list[ChosenIndicator]:
    """Choose indicators for a dialogue that is still to be held.

    Raises:
        PermissionDenied: if the user may not manage dialogues of the country.
        Refused: without an indicator, more than 45 days before the dialogue, after it, if it was called off, for an
            indicator or ministry of another country, or for one that is chosen already.
    """
    locked = _lock_dialogue(dialogue, by)
    if not choices:
        raise Refused("required", gettext("Tick at least one indicator."), field="indicators")
    _refuse_unless_choosing(locked, now)
    chosen = {row.indicator_id for row in _list_active(locked)}
    rows = []
    for choice in choices:
        _refuse_other_country(locked, choice.indicator.country_id, "indicators")
        _refuse_other_country(locked, choice.ministry.country_id if choice.ministry else None, "ministry")
        if choice.indicator.pk in chosen:
            sentence = gettext("“%(indicator)s” is already chosen. Untick it.")
            raise Refused("already_chosen", sentence % {"indicator": choice.indicator}, field="indicators")
        chosen.add(choice.indicator.pk)
        row = ChosenIndicator(
            dialogue=locked,
            indicator=choice.indicator,
            ministry=choice.ministry,
            reason=choice.reason.strip(),
            recorded_at=now,
            recorded_by=by,
        )
        rows.append(insert_row(row))
    after = {"indicators": [row.indicator.name for row in rows]}
    record("dialogue.indicators_chosen", by=by, row=locked, country=locked.country_id, after=after)
    return rows


@transaction.atomic
def agree_on_indicators(
    *,
    dialogue: Dialogue,
    chosen: Sequence[ChosenIndicator],
    ministry: Ministry,
    agreed_on: date,
    by: User,
    now: datetime,
) -> list[ChosenIndicatorEvent]:
    """Record that chosen indicators of a dialogue were agreed with a ministry on a day. A late day is recorded too.

    Raises:
        PermissionDenied: if the user may not manage dialogues of the country.
        Refused: for a day in the future or before one was chosen, for a ministry of another country, or if one was
            dropped.
    """
    locked = _lock_dialogue(dialogue, by)
    _refuse_other_country(locked, ministry.country_id, "ministry")
    refuse_future(agreed_on, now, field="agreed_on")
    events = []
    for row in chosen:
        _refuse_dropped(row)
        chosen_on = row.recorded_at.astimezone(now.tzinfo).date()
        if agreed_on < chosen_on:
            sentence = gettext("“%(indicator)s” was chosen on %(date)s. Enter that day or a later one.")
            values = {"indicator": row.indicator, "date": format_date(chosen_on)}
            raise Refused("before_chosen", sentence % values, field="agreed_on")
        events.append(_add_event(row, ChosenIndicatorEventKind.AGREED, agreed_on, by, now, ministry=ministry))
        after = {"indicator": row.indicator.name, "ministry": ministry.name, "agreed_on": agreed_on}
        record("dialogue.indicator_agreed", by=by, row=locked, country=locked.country_id, after=after)
    return events


@transaction.atomic
def drop_indicator(*, chosen: ChosenIndicator, reason: str, by: User, now: datetime) -> ChosenIndicatorEvent:
    """Drop a chosen indicator, with the reason. It stays visible as dropped, also after it was agreed.

    Raises:
        PermissionDenied: if the user may not manage dialogues of the country.
        Refused: without a reason, or if it was dropped already.
    """
    locked = _lock_dialogue(chosen.dialogue, by)
    _refuse_dropped(chosen)
    reason = require_text(reason, gettext("Write why the indicator is dropped."), field="reason")
    event = _add_event(chosen, ChosenIndicatorEventKind.DROPPED, now.date(), by, now, text=reason)
    after = {"indicator": chosen.indicator.name, "reason": reason}
    record("dialogue.indicator_dropped", by=by, row=locked, country=locked.country_id, after=after)
    return event


@transaction.atomic
def record_discussion(
    *, dialogue: Dialogue, edition: Edition, entries: Sequence[DiscussionInput], by: User, now: datetime
) -> list[ChosenIndicatorEvent]:
    """Record which figures were discussed at a dialogue, what was said, and the annual targets agreed there.

    A later record of the same indicator replaces an earlier one.

    Raises:
        PermissionDenied: if the user may not manage dialogues of the country.
        Refused: before the day of the dialogue, if it was called off, if an indicator was dropped, or as for an annual
            target. The field of the second entry is "figures-1-…".
    """
    if not can_manage_dialogues(by, dialogue.country):
        raise PermissionDenied
    lock_rows(Indicator.objects.filter(pk__in=[entry.chosen.indicator_id for entry in entries]))
    locked = _lock_dialogue(dialogue, by)
    if locked.called_off_at or locked.held_on > now.date():
        sentence = gettext("This dialogue has not been held. Record the figures from its day on.")
        raise Refused("not_held", sentence)
    if locked.recorded_at is None:  # these figures are the first thing recorded of the dialogue
        Dialogue.objects.filter(pk=locked.pk, recorded_at=None).update(recorded_at=now, recorded_by=by)
    events = []
    for number, entry in enumerate(entries):
        try:
            events.append(_record_entry(locked, edition, entry, by, now))
        except Refused as refusal:
            refusal.field = f"figures-{number}-{refusal.field or 'said'}"
            raise
    after = {
        "figures": [
            {
                "indicator": event.chosen.indicator_id,
                "discussed": event.kind == ChosenIndicatorEventKind.DISCUSSED,
                "said": event.text,
            }
            for event in events
        ]
    }
    record("dialogue.figures_recorded", by=by, row=locked, country=locked.country_id, after=after)
    return events


def _record_entry(
    dialogue: Dialogue, edition: Edition, entry: DiscussionInput, by: User, now: datetime
) -> ChosenIndicatorEvent:
    _refuse_dropped(entry.chosen)
    kinds = ChosenIndicatorEventKind
    kind = kinds.DISCUSSED if entry.is_discussed else kinds.NOT_DISCUSSED
    event = _add_event(entry.chosen, kind, dialogue.held_on, by, now, text=entry.said.strip())
    if entry.target is not None:
        set_annual_target(
            indicator=entry.chosen.indicator,
            edition=edition,
            figure=entry.target,
            baseline=entry.baseline,
            agreement=AgreementInput(TargetOrigin.DIALOGUE, entry.ministry, dialogue),
            reason=entry.target_reason,
            unit=entry.chosen.indicator.unit,
            by=by,
            now=now,
        )
    return event


def _lock_dialogue(dialogue: Dialogue, by: User) -> Dialogue:
    """Lock a dialogue until the transaction ends. Raises PermissionDenied."""
    if not can_manage_dialogues(by, dialogue.country):
        raise PermissionDenied
    locked: Dialogue = Dialogue.objects.select_for_update(no_key=True, of=("self",)).get(pk=dialogue.pk)
    return locked


def _list_active(dialogue: Dialogue) -> list[ChosenIndicator]:
    """Return the indicators of a dialogue that were not dropped."""
    rows = ChosenIndicator.objects.filter(dialogue=dialogue).with_history()
    return [row for row in rows if row.dropped is None]


def _refuse_unless_choosing(dialogue: Dialogue, now: datetime) -> None:
    """Refuse to choose indicators too early, after the dialogue, or if it was called off."""
    if dialogue.called_off_at or dialogue.recorded_at or dialogue.held_on < now.date():
        sentence = gettext("This dialogue is over. Choose indicators for a dialogue that is still to be held.")
        raise Refused("dialogue_is_over", sentence)
    first = first_day_to_choose(dialogue.held_on)
    if now.date() < first:
        sentence = gettext("Choose indicators from %(date)s on, 45 days before the dialogue.")
        raise Refused("too_early", sentence % {"date": format_date(first)})


def _refuse_dropped(chosen: ChosenIndicator) -> None:
    if chosen.events.filter(kind=ChosenIndicatorEventKind.DROPPED).exists():
        sentence = gettext("“%(indicator)s” was dropped. Choose it again first.")
        raise Refused("dropped", sentence % {"indicator": chosen.indicator})


def _refuse_other_country(dialogue: Dialogue, country: int | None, field: str) -> None:
    if country is not None and country != dialogue.country_id:
        raise Refused("another_country", gettext("This belongs to another country. Choose from the list."), field=field)


def _add_event(
    chosen: ChosenIndicator,
    kind: ChosenIndicatorEventKind,
    happened_on: date,
    by: User,
    now: datetime,
    *,
    ministry: Ministry | None = None,
    text: str = "",
) -> ChosenIndicatorEvent:
    event = ChosenIndicatorEvent(
        chosen=chosen, kind=kind, happened_on=happened_on, ministry=ministry, text=text, recorded_at=now, recorded_by=by
    )
    return insert_row(event)
