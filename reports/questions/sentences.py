"""Say the facts of the record in sentences for an answer to a yearly question. No Django here.

Each sentence is of the language of the record, and states who says so where nobody verified it.
"""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from dialogues.choices import ContributedBy, DoneBy, LawEntryKind, ReadingDirection, SupportKind
from reports import formatting
from reports.questions.record import FactStatus
from reports.readiness.facts import IndicatorFact, ReadingFact
from tiptracker.localization import format_date, format_number, gettext, gettext_noop, join_with_and

_DOERS = {
    DoneBy.GOVERNMENT: gettext_noop("by the government"),
    DoneBy.JOINT: gettext_noop("by the government together with others"),
    DoneBy.CIVIL_SOCIETY: gettext_noop("by civil society"),
    DoneBy.INTERNATIONAL: gettext_noop("by an international organization"),
    DoneBy.UNITED_STATES: gettext_noop("by the United States"),
}
_SHOWS = {
    SupportKind.ACTION: gettext_noop("%(what)s (%(when)s, %(doer)s)."),
    SupportKind.PLAN: gettext_noop("Planned or announced, not done: %(what)s (%(when)s)."),
    SupportKind.NO_ACTION: gettext_noop("No action: %(what)s (%(when)s)."),
    SupportKind.CONTEXT: gettext_noop("As background: %(what)s (%(when)s, %(doer)s)."),
}


def describe_days(first: date | None, last: date) -> str:
    """Describe when something happened: "on 12 November 2021", "between 1 April 2021 and 30 September 2021"."""
    if first is None:
        return gettext("by %(date)s") % {"date": format_date(last)}
    if first == last:
        return gettext("on %(date)s") % {"date": format_date(last)}
    return gettext("between %(first)s and %(last)s") % {"first": format_date(first), "last": format_date(last)}


def describe_evidence(
    title: str,
    *,
    first: date | None,
    last: date,
    done_by: DoneBy,
    shows: SupportKind,
    status: FactStatus,
    stated_by: str,
    is_outside: bool,
) -> str:
    """Say what a piece of evidence shows. `is_outside`: it happened before or after the tracking period."""
    values = {
        "what": title.strip().rstrip("."),
        "when": describe_days(first, last),
        "doer": gettext(_DOERS[done_by]),
    }
    sentence = gettext(_SHOWS[shows]) % values
    if is_outside:
        sentence = gettext("Outside the period: %(sentence)s") % {"sentence": sentence}
    if status is FactStatus.CLAIMED:
        return _mark_claim(sentence, stated_by)
    return sentence


_MOVEMENTS = {
    ReadingDirection.UP: gettext_noop("%(name)s rose from %(before)s in the year before to %(now)s %(period)s."),
    ReadingDirection.LEVEL: gettext_noop("%(name)s stayed at %(now)s %(period)s, as in the year before."),
    ReadingDirection.DOWN: gettext_noop("%(name)s fell from %(before)s in the year before to %(now)s %(period)s."),
}
_DIRECTIONS = {
    ReadingDirection.UP: gettext_noop("%(name)s: more %(period)s than in the year before. No figure was given."),
    ReadingDirection.LEVEL: gettext_noop("%(name)s: %(period)s as in the year before. No figure was given."),
    ReadingDirection.DOWN: gettext_noop("%(name)s: less %(period)s than in the year before. No figure was given."),
}


def describe_reading(
    indicator: IndicatorFact,
    now: ReadingFact,
    before: ReadingFact | None,
    *,
    ends_on: date,
    claimed_by: str = "",
) -> str:
    """Say a figure with its period, compared with the year before where that is known.

    `claimed_by` names who gives a figure that nobody verified. `ends_on` is the last day of the tracking period.
    """
    values = {
        "name": formatting.capitalize_first(indicator.name),
        "period": describe_days(now.starts_on, now.through_on),
    }
    if now.figure is None:
        direction = now.direction
        sentence = (
            gettext(_DIRECTIONS[direction]) if direction else gettext("%(name)s: no figure was reported %(period)s.")
        ) % values
    else:
        values["now"] = _with_unit(now.figure, indicator)
        if before is None or before.figure is None:
            pattern = gettext("%(name)s: %(now)s %(period)s. The figure of the year before is not known.")
        else:
            values["before"] = format_number(before.figure)
            pattern = gettext(_MOVEMENTS[_compare(now.figure, before.figure)])
        sentence = pattern % values
    if now.through_on < ends_on and not now.is_no_data:
        sentence = gettext("%(sentence)s This is for a part of the year.") % {"sentence": sentence}
    if claimed_by:
        return _mark_claim(sentence, claimed_by)
    return sentence


def _mark_claim(sentence: str, source: str) -> str:
    """Say that nobody verified what a sentence states, and who states it."""
    return gettext("Not yet verified (source: %(source)s): %(sentence)s") % {
        "source": source.strip().rstrip("."),
        "sentence": sentence,
    }


def _compare(now: Decimal, before: Decimal) -> ReadingDirection:
    if now == before:
        return ReadingDirection.LEVEL
    return ReadingDirection.UP if now > before else ReadingDirection.DOWN


def _with_unit(figure: Decimal, indicator: IndicatorFact) -> str:
    """Return a figure, with the unit if the name of the indicator does not say it."""
    if not indicator.unit or indicator.unit.casefold() in indicator.name.casefold():
        return format_number(figure)
    return f"{format_number(figure)} {indicator.unit}"


def describe_conflict(indicator: IndicatorFact, rows: list[tuple[ReadingFact, str]]) -> str:
    """Say that figures for the same period contradict each other. `rows` are the readings, each with its source."""
    first = rows[0][0]
    figures = [
        gettext("%(figure)s (%(source)s)") % {"figure": format_number(row.figure or 0), "source": source}
        for row, source in rows
    ]
    return gettext("The record holds different figures for %(name)s %(period)s: %(figures)s.") % {
        "name": formatting.lowercase_first(indicator.name),
        "period": describe_days(first.starts_on, first.through_on),
        "figures": join_with_and(figures),
    }


def describe_breakdown(cells: Mapping[str, str], figure: Decimal) -> str:
    """Say how a figure is made up, such as "Of these 16: Labour trafficking 6 and Sex trafficking 10."."""
    parts = [f"{formatting.lowercase_first(category)} {count}" for category, count in cells.items()]
    return gettext("Of these %(figure)s: %(parts)s.") % {
        "figure": format_number(figure),
        "parts": join_with_and(parts),
    }


def describe_assessment(key: str, criterion: str, verdict: str, day: date, rationale: str) -> str:
    """Say the embassy's assessment of a benchmark, with its reason. Benchmarks can have the same criterion."""
    sentence = gettext(
        "The embassy assessed “%(criterion)s” (benchmark %(key)s) on %(date)s: %(verdict)s. Its reason: %(reason)s"
    )
    return sentence % {
        "key": key,
        "criterion": criterion.strip().rstrip("."),
        "date": format_date(day),
        "verdict": formatting.lowercase_first(verdict),
        "reason": _as_sentence(rationale),
    }


def describe_commitment(maker: str, text: str, made_on: date, status: str) -> str:
    """Say a commitment: who made it, when, and how it stands. It is a promise, not an action."""
    return gettext("Commitment of the %(maker)s, made on %(date)s: %(text)s (status: %(status)s).") % {
        "maker": maker,
        "date": format_date(made_on),
        "text": text.strip().rstrip("."),
        "status": formatting.lowercase_first(status),
    }


_CONTRIBUTIONS = {
    ContributedBy.MINISTRY: gettext_noop("Contribution of the %(giver)s (%(details)s): %(what)s."),
    ContributedBy.UNITED_STATES: gettext_noop("Contribution of the United States (%(details)s): %(what)s."),
    ContributedBy.PARTNER: gettext_noop("Contribution of %(giver)s (%(details)s): %(what)s."),
}


def describe_contribution(
    given_by: ContributedBy, giver: str, what: str, *, kind: str, money: str, first: date, last: date | None
) -> str:
    """Say what one side gives to the work: "Contribution of the United States (money, LSL 40,000, since …): …".

    `giver` is the full name of a ministry or a partner. `last` is None while it goes on.
    """
    when = describe_days(first, last) if last else gettext("since %(date)s") % {"date": format_date(first)}
    details = [formatting.lowercase_first(kind), money, when]
    return gettext(_CONTRIBUTIONS[given_by]) % {
        "giver": giver,
        "details": ", ".join(filter(None, details)),
        "what": what.strip().rstrip("."),
    }


def describe_request(ministry: str, asked_on: date, wordings: list[str], as_of: date) -> str:
    """Say that a ministry was asked and has not answered."""
    sentence = gettext(
        "On %(asked)s the embassy asked the %(ministry)s for: %(wordings)s. No answer was received by %(date)s."
    )
    return sentence % {
        "asked": format_date(asked_on),
        "ministry": ministry,
        "wordings": "; ".join(wording.strip().rstrip(".") for wording in wordings),
        "date": format_date(as_of),
    }


_LAW_PATTERNS = {
    LawEntryKind.OFFENCE: gettext_noop("%(citation)s: %(text)s%(since)s."),
    LawEntryKind.PENALTY: gettext_noop("Penalty, %(citation)s: %(text)s%(since)s."),
    LawEntryKind.GAP: gettext_noop("Gap in the law, %(citation)s: %(text)s%(since)s."),
    LawEntryKind.CASE: gettext_noop("Use of the law, %(citation)s: %(text)s%(since)s."),
}


def describe_law(kind: LawEntryKind, citation: str, text: str, since: date | None) -> str:
    """Say what the law says, or where it has a gap. `since` is the day from which that holds, if it is known."""
    return gettext(_LAW_PATTERNS[kind]) % {
        "citation": citation.strip().rstrip("."),
        "text": " ".join(text.split()).rstrip("."),
        "since": gettext(" (since %(date)s)") % {"date": format_date(since)} if since else "",
    }


def describe_tier(country: str, year: int, tier: str) -> str:
    """Say in which tier an edition placed the country."""
    return gettext("The %(year)s TIP Report placed %(country)s on %(tier)s.") % {
        "year": year,
        "country": country,
        "tier": tier,
    }


def _as_sentence(text: str) -> str:
    text = " ".join(text.split())
    return text if text.endswith((".", "!", "?")) else f"{text}."
