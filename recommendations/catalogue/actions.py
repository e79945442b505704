"""Set up standard indicators: add new ones, or link those that the country counts already."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from django.core.exceptions import PermissionDenied
from django.db import transaction

from recommendations.actions.readiness_jobs import enqueue_readiness
from recommendations.indicator_matching import CountedIndicator, MatchKind, can_link, match_indicators
from recommendations.models import Indicator
from recommendations.permissions import can_set_up_indicators
from recommendations.standard_indicators import StandardIndicator, read_catalogue
from tiptracker.accounts.models import Country, Ministry, User
from tiptracker.audit.actions import record
from tiptracker.errors import Refused
from tiptracker.localization import gettext, record_language
from tiptracker.text_rules import normalize_name
from tiptracker.validation import insert_row, update_row

LINKED_FIELDS = ("catalogue_key", "includes", "indicium")
ADDED_FIELDS = ("name", "unit", "better", "pillar", "question", *LINKED_FIELDS)


class StandardChoice(NamedTuple):
    """A standard indicator to set up.

    `existing` is the key of the indicator of the country that is the same one; None if a new one is to be added.
    `apart_from` is the key of an indicator that looks like it, and that the user said is another. `ministry` is to
    report the figure.
    """

    entry: StandardIndicator
    existing: int | None = None
    apart_from: int | None = None
    ministry: Ministry | None = None


class StandardSetup(NamedTuple):
    """What was done: the indicators that were added and linked, and how many were set up before."""

    added: list[Indicator]
    linked: list[Indicator]
    set_up_before: int


@transaction.atomic
def set_up_standard_indicators(
    *, country: Country, chosen: Sequence[StandardChoice], by: User, now: datetime
) -> StandardSetup:
    """Set up the chosen standard indicators of a country; all of them or none.

    One that is set up already stays as it is. Linking sets the key of the catalogue. What a figure includes, the
    indicium and the ministry are set where they are empty. The name, the unit and the direction stay.

    The field of a refusal is the key of the standard indicator, then the field, such as "convictions-existing".
    Raises PermissionDenied, Refused.
    """
    if not can_set_up_indicators(by, country):
        raise PermissionDenied
    if not chosen:
        raise Refused("required", gettext("Tick at least one standard indicator."))
    # Lock the country too, so that two officers can't both add the same indicator.
    Country.objects.select_for_update(no_key=True).get(pk=country.pk)
    locked = Indicator.objects.select_for_update(no_key=True, of=("self",)).select_related("ministry")
    rows = {row.pk: row for row in locked.filter(country=country)}
    set_up = {row.catalogue_key for row in rows.values()}
    missing = [choice for choice in chosen if choice.entry.key not in set_up]
    done = StandardSetup([], [], len(chosen) - len(missing))
    if not missing:
        return done
    enqueue_readiness(country.pk)
    for choice in missing:
        if choice.ministry and choice.ministry.country_id != country.pk:
            sentence = gettext("That ministry belongs to another country. Choose a ministry of this country.")
            raise Refused("another_country", sentence, field=f"{choice.entry.key}-ministry")
        if choice.existing is None:
            done.added.append(_add(country, choice, rows, by, now))
        else:
            done.linked.append(_link(country, choice, rows, by, now))
    return done


def as_counted(row: Indicator) -> CountedIndicator:
    """Return an indicator as the rule for matches takes it."""
    return CountedIndicator(row.pk, row.name, row.question, row.catalogue_key)


def _add(country: Country, choice: StandardChoice, rows: dict[int, Indicator], by: User, now: datetime) -> Indicator:
    entry = choice.entry
    _refuse_unseen_match(choice, rows)
    with record_language():
        row = Indicator(
            country=country,
            name=_free_name(entry, rows),
            unit=entry.unit_in(country.currency),
            better=entry.better,
            pillar=entry.pillar,
            indicium=entry.indicium,
            question=_free_question(entry, rows),
            ministry=choice.ministry,
            catalogue_key=entry.key,
            includes=gettext(entry.includes),
        )
    insert_row(row)
    rows[row.pk] = row
    after = _audit_values(row, ADDED_FIELDS) | {"recorded_at": now}
    record("indicator.added", by=by, row=row, country=country, after=after)
    return row


def _link(country: Country, choice: StandardChoice, rows: dict[int, Indicator], by: User, now: datetime) -> Indicator:
    entry, field = choice.entry, f"{choice.entry.key}-existing"
    row = rows.get(choice.existing or 0)
    if row is None:
        sentence = gettext("That indicator belongs to another country. Choose an indicator of this country.")
        raise Refused("another_country", sentence, field=field)
    if not can_link(entry, as_counted(row)):
        if row.catalogue_key:
            sentence = gettext("“%(name)s” is another standard indicator already. Choose another indicator.")
        else:
            sentence = gettext("“%(name)s” does not answer the question of the law. Choose a separate indicator.")
        raise Refused("cannot_be_linked", sentence % {"name": row.name}, field=field)
    before = _audit_values(row, LINKED_FIELDS)
    row.catalogue_key = entry.key
    row.indicium = row.indicium or entry.indicium
    row.ministry = row.ministry or choice.ministry
    if not row.includes:
        with record_language():
            row.includes = gettext(entry.includes)
    update_row(row)
    after = _audit_values(row, LINKED_FIELDS) | {"recorded_at": now}
    record("indicator.linked", by=by, row=row, country=country, before=before, after=after)
    return row


def _audit_values(row: Indicator, fields: Iterable[str]) -> dict[str, object]:
    """Return the values that the activity log keeps, with the ministry by its name."""
    values = {field: getattr(row, field) for field in fields}
    return values | {"ministry": row.ministry.name if row.ministry else None}


def _refuse_unseen_match(choice: StandardChoice, rows: dict[int, Indicator]) -> None:
    """Refuse to add what the country counts already, unless the user said that the two are different."""
    with record_language():
        matches = match_indicators(read_catalogue().values(), map(as_counted, rows.values()))
    match = matches.get(choice.entry.key)
    if match and match.kind is MatchKind.SAME and match.counted.pk != choice.apart_from:
        sentence = gettext("You already count “%(name)s”. Say whether it is the same.")
        raise Refused("already_counted", sentence % {"name": match.counted.name}, field=f"{choice.entry.key}-existing")


def _free_name(entry: StandardIndicator, rows: dict[int, Indicator]) -> str:
    """Return the name of the standard indicator, marked as such if another indicator of the country has it."""
    name, taken = gettext(entry.name), {normalize_name(row.name) for row in rows.values()}
    marked = gettext("%(name)s (standard)") % {"name": name}
    free = next((one for one in (name, marked) if normalize_name(one) not in taken), None)
    if free is None:
        sentence = gettext("“%(name)s” and “%(marked)s” are indicators already. Choose one of them.")
        raise Refused("name_taken", sentence % {"name": name, "marked": marked}, field=f"{entry.key}-existing")
    return free


def _free_question(entry: StandardIndicator, rows: dict[int, Indicator]) -> str:
    """Return the question that the indicator answers; empty if another one answers it, since only one may."""
    question = entry.effort_question or ""
    return "" if any(row.question == question for row in rows.values()) else question
