"""Set, change and drop the annual target of an indicator, with its baseline."""

from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

from django.core.exceptions import PermissionDenied
from django.db import transaction

from dialogues.choices import TargetOrigin
from dialogues.models import Dialogue, IndicatorTarget
from dialogues.permissions import can_set_annual_target
from dialogues.target_progress import YearlyTarget, is_beyond_baseline
from recommendations.choices import Better
from recommendations.models import Edition, Indicator
from tiptracker.accounts.models import Ministry, User
from tiptracker.audit.actions import record
from tiptracker.errors import Refused
from tiptracker.localization import format_date, format_number, gettext
from tiptracker.validation import insert_row, refuse_reversed_dates, refuse_unseen, require_text


class BaselineInput(NamedTuple):
    """The figure from which the way is measured, with its period and source; or the reason why there is none."""

    figure: Decimal | None = None
    starts_on: date | None = None
    through_on: date | None = None
    source: str = ""
    missing_reason: str = ""


class AgreementInput(NamedTuple):
    """How an annual target was agreed, with which ministry, and at which dialogue."""

    origin: TargetOrigin = TargetOrigin.POST
    ministry: Ministry | None = None
    dialogue: Dialogue | None = None


@transaction.atomic
def set_annual_target(
    *,
    indicator: Indicator,
    edition: Edition,
    figure: Decimal | None,
    baseline: BaselineInput,
    agreement: AgreementInput,
    reason: str,
    unit: str,
    by: User,
    now: datetime,
    seen: int | None = None,
) -> IndicatorTarget:
    """Set the annual target of an indicator in an edition, or drop it (`figure` None). Earlier rows stay.

    `unit` is the unit in which the figures are given. `seen` is the key of the row that the page showed, 0 if it showed
    none.

    Raises:
        PermissionDenied: if the user is no officer of the country.
        Refused: without a reason or a whole baseline, for another country, another unit, a figure below zero, an annual
            target worse than the baseline, or if there is nothing to drop.
        EditConflict: if a colleague has set it in the meantime.
    """
    if not can_set_annual_target(by, indicator):
        raise PermissionDenied
    _refuse_other_country(indicator, edition, agreement)
    _refuse_unfit_figures(indicator, figure, baseline, unit)
    _refuse_unfit_agreement(agreement, now)
    reason = require_text(reason, gettext("Give the reason in a sentence."), field="reason")
    Indicator.objects.select_for_update(no_key=True).get(pk=indicator.pk)
    rows = IndicatorTarget.objects.filter(indicator=indicator, edition=edition).select_related("recorded_by")
    newest = rows.known_by(None).first()
    refuse_unseen(newest, seen, now, noun="annual target")
    if figure is None and (newest is None or newest.is_dropped):
        sentence = gettext("There is no annual target to drop. Enter one, or leave the page.")
        raise Refused("nothing_to_drop", sentence, field="is_dropped")
    target = insert_row(
        IndicatorTarget(
            indicator=indicator,
            edition=edition,
            figure=figure,
            baseline=baseline.figure,
            baseline_starts_on=baseline.starts_on,
            baseline_through_on=baseline.through_on,
            baseline_source=baseline.source.strip(),
            no_baseline_reason=baseline.missing_reason.strip(),
            reason=reason,
            origin=agreement.origin,
            ministry=agreement.ministry,
            dialogue=agreement.dialogue,
            recorded_at=now,
            recorded_by=by,
        )
    )
    record(
        "indicator.annual_target_set" if figure is not None else "indicator.annual_target_dropped",
        by=by,
        row=indicator,
        country=indicator.country_id,
        before=_audit_values(newest) if newest else None,
        after=_audit_values(target),
    )
    return target


def _audit_values(row: IndicatorTarget) -> dict[str, object]:
    """Return an annual target as the activity log keeps it."""
    return {
        "edition": row.edition.year,
        "annual_target": row.figure,
        "baseline": row.baseline,
        "baseline_source": row.baseline_source,
        "no_baseline_reason": row.no_baseline_reason,
        "origin": row.origin,
        "ministry": row.ministry.name if row.ministry else "",
        "dialogue": row.dialogue_id,
        "reason": row.reason,
    }


def _refuse_other_country(indicator: Indicator, edition: Edition, agreement: AgreementInput) -> None:
    country = indicator.country_id
    if edition.country_id != country:
        sentence = gettext("This edition belongs to another country. Choose an edition of the indicator’s country.")
        raise Refused("another_country", sentence, field="edition")
    if agreement.ministry and agreement.ministry.country_id != country:
        sentence = gettext("That ministry belongs to another country. Choose a ministry of this country.")
        raise Refused("another_country", sentence, field="ministry")
    if agreement.dialogue and agreement.dialogue.country_id != country:
        sentence = gettext("That dialogue was held with another country. Choose a dialogue with this country.")
        raise Refused("another_country", sentence, field="dialogue")


def _refuse_unfit_figures(indicator: Indicator, figure: Decimal | None, baseline: BaselineInput, unit: str) -> None:
    if unit != indicator.unit:
        sentence = gettext("This indicator counts %(unit)s. Convert the figure to this unit and enter it again.")
        raise Refused("unit_differs", sentence % {"unit": indicator.unit}, field="figure")
    for value, field in ((figure, "figure"), (baseline.figure, "baseline")):
        if value is not None and value < 0:
            sentence = gettext("A figure cannot be less than zero. Correct it.")
            raise Refused("negative", sentence, field=field)
    _refuse_incomplete_baseline(baseline)
    if is_beyond_baseline(Better(indicator.better), YearlyTarget(figure, baseline.figure)):
        return
    values = {"target": format_number(figure or 0), "baseline": format_number(baseline.figure or 0)}
    if indicator.better == Better.UP:
        sentence = gettext(
            "The annual target %(target)s is below the baseline %(baseline)s, but more is better here. "
            "Enter %(baseline)s or more, or correct the baseline."
        )
        raise Refused("below_baseline", sentence % values, field="figure")
    sentence = gettext(
        "The annual target %(target)s is above the baseline %(baseline)s, but less is better here. "
        "Enter %(baseline)s or less, or correct the baseline."
    )
    raise Refused("above_baseline", sentence % values, field="figure")


def _refuse_incomplete_baseline(baseline: BaselineInput) -> None:
    """Refuse a baseline without period or source, a reason beside a baseline, and neither of both."""
    if baseline.figure is None:
        sentence = gettext("Enter the baseline, or write why there is none.")
        require_text(baseline.missing_reason, sentence, field="baseline_missing_reason")
        if baseline.starts_on or baseline.through_on or baseline.source.strip():
            sentence = gettext("Enter the figure of the baseline, or clear its dates and its source.")
            raise Refused("no_baseline_figure", sentence, field="baseline")
        return
    if baseline.missing_reason.strip():
        sentence = gettext("There is a baseline. Clear the reason why there is none, or clear the baseline.")
        raise Refused("two_baselines", sentence, field="baseline_missing_reason")
    for day, field in ((baseline.starts_on, "baseline_starts_on"), (baseline.through_on, "baseline_through_on")):
        if day is None:
            raise Refused("required", gettext("Enter the days that the baseline covers."), field=field)
    if baseline.starts_on and baseline.through_on:
        refuse_reversed_dates(baseline.starts_on, baseline.through_on, field="baseline_through_on")
    require_text(baseline.source, gettext("Write where the baseline comes from."), field="baseline_source")


def _refuse_unfit_agreement(agreement: AgreementInput, now: datetime) -> None:
    """Refuse a ministry, or a dialogue, that does not fit how the annual target was agreed."""
    origin, ministry, dialogue = agreement
    if origin is TargetOrigin.POST and (ministry or dialogue):
        sentence = gettext("The embassy alone set it. Leave the ministry and the dialogue empty, or choose how.")
        raise Refused("set_alone", sentence, field="origin")
    if origin is not TargetOrigin.POST and ministry is None:
        raise Refused("required", gettext("Choose the ministry with which it was agreed."), field="ministry")
    if origin is TargetOrigin.LETTER and dialogue:
        sentence = gettext("It was agreed by letter. Leave the dialogue empty, or choose “Agreed at a dialogue”.")
        raise Refused("by_letter", sentence, field="dialogue")
    if origin is TargetOrigin.DIALOGUE and dialogue is None:
        raise Refused("required", gettext("Choose the dialogue at which it was agreed."), field="dialogue")
    if dialogue and (dialogue.called_off_at or dialogue.held_on > now.date()):
        sentence = gettext("The dialogue of %(date)s has not been held. Choose one that was held.")
        raise Refused("not_held", sentence % {"date": format_date(dialogue.held_on)}, field="dialogue")
