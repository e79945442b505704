"""Readiness in one sentence: the score, the claimed points, the target and the time left."""

from datetime import date

from reports import formatting, sentences
from reports.readiness.readiness import Readiness
from tiptracker.localization import format_number

DISCLAIMER = (
    "Readiness describes this record. It does not predict a tier; the tier is the Secretary of State’s decision."
)


def headline(result: Readiness) -> str:
    """Return readiness in one sentence.

    Example: "31 of 100 verified, 52 claimed; our target is 45; 31 days are left." If nothing has been reviewed, there
    is no figure: "Nothing has been reviewed yet; 4 claims are waiting."
    """
    if not result.is_reviewed:
        claims = sentences.format_count(result.waiting, "claim is", "claims are") if result.waiting else "no claim is"
        return f"Nothing has been reviewed yet; {claims} waiting."
    score, claimed = map(formatting.format_points, (result.verified.points, result.claimed.points))
    sentence = f"{score} of 100 verified, {claimed} claimed"
    if result.readiness_target is not None:
        sentence += f"; our target is {format_number(result.readiness_target)}"
    if result.deadline_on is not None:
        sentence += f"; {time_left(result.deadline_on, result.as_of)}"
    return f"{sentence}."


def time_left(deadline_on: date, as_of: date) -> str:
    """Return the time to a deadline, as part of a sentence: `31 days are left`."""
    days = (deadline_on - as_of).days
    if days > 0:
        return f"{sentences.format_count(days, 'day is', 'days are')} left"
    if days == 0:
        return "the deadline is today"
    return f"the deadline passed {sentences.format_days(-days)} ago"
