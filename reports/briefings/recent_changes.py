"""Say in a sentence what changed readiness in the last month, with the points of the greatest changes."""

from datetime import date, datetime, time, timedelta

from reports import formatting
from reports.readiness import countable_facts
from reports.readiness.explanation.changes import RecordMoment, find_changes
from reports.readiness.explanation.changes_display import ScoreAtMoment, ScoreChangeDisplay, display_changes
from reports.readiness.facts import Facts
from tiptracker.localization import format_date, format_day_and_month, gettext, join_with_and, ngettext

RECENT = timedelta(days=30)
MAX_CHANGES = 4
"""The most changes that the sentence names: those that moved most, in their order in time."""


def describe_recent_changes(facts: Facts, *, as_of: date, known_by: datetime | None) -> str:
    """Return what changed readiness in the month before a day. Empty if nothing had been reviewed by then.

    Both ends are as known at the time.

    Args:
        facts: the known facts.
        known_by: the moment by which they were known; None if all recorded facts are.
    """
    start = max(facts.edition.tracking.starts_on, as_of - RECENT)
    if start >= as_of or not countable_facts.is_reviewed(facts):
        return ""
    then = datetime.combine(start, time.max, facts.zone)
    since, until = RecordMoment(start, then if known_by is None else min(then, known_by)), RecordMoment(as_of, known_by)
    found = find_changes(facts, since, until)
    was_reviewed = countable_facts.is_reviewed(countable_facts.facts_known_by(facts, since.known_by))
    display = display_changes(
        found, ScoreAtMoment(since, found.before, was_reviewed), ScoreAtMoment(until, found.after, is_reviewed=True)
    )
    values = {"date": format_date(start)}
    if not display.changes:
        return gettext("Nothing has changed readiness since %(date)s.") % values
    order = sorted(range(len(found.changes)), key=lambda at: -abs(found.changes[at].points))
    named = ", ".join(_describe(display.changes[at]) for at in sorted(order[:MAX_CHANGES]))
    sentence = gettext("Changes since %(date)s: %(changes)s.") % {**values, "changes": named}
    if (others := len(order) - MAX_CHANGES) <= 0:
        return sentence
    more = ngettext("%(number)d smaller change.", "%(number)d smaller changes.", others) % {"number": others}
    return f"{sentence} {more}"


def _describe(change: ScoreChangeDisplay) -> str:
    """Describe a change and the lines that it moved, most first: "complicit officials and benchmark 8b +2.7 on 6 Jan".

    A question and the data on it have the same title, which is named once.
    """
    moved = sorted(change.lines, key=lambda each: -abs(each.line.points))
    titles = dict.fromkeys(formatting.lowercase_first(each.line.title) for each in moved)
    values = {
        "line": join_with_and(titles),
        "points": change.points,
        "day": format_day_and_month(change.day),
    }
    return gettext("%(line)s %(points)s on %(day)s") % values
