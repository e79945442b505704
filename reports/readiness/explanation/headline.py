"""Readiness in one sentence: the score, what is claimed, the target and the time left. Pure."""

from datetime import date

from reports import formatting
from reports.readiness.readiness import Readiness

DISCLAIMER = (
    "Readiness describes this record. It does not predict a tier; the tier is the Secretary of State’s decision."
)


def headline(result: Readiness) -> str:
    """Where the record stands, in a sentence.

    "31 of 100 verified, 52 claimed; our target is 45; 31 days are left." Where nothing has
    been reviewed no figure is given: "Nothing has been reviewed yet; 4 claims are waiting."
    """
    if not result.is_reviewed:
        return f"Nothing has been reviewed yet; {_describe_waiting(result.waiting)}."
    score, claimed = (
        formatting.format_number(formatting.round_to_tenth(points))
        for points in (result.verified.points, result.claimed.points)
    )
    sentence = f"{score} of 100 verified, {claimed} claimed"
    if result.working_mark is not None:
        sentence += f"; our target is {formatting.format_number(result.working_mark)}"
    if result.deadline_on is not None:
        sentence += f"; {time_left(result.deadline_on, result.as_of)}"
    return f"{sentence}."


def time_left(deadline_on: date, as_of: date) -> str:
    """The time to a deadline, as it stands inside a sentence: `31 days are left`."""
    days = (deadline_on - as_of).days
    if days > 0:
        return f"{_count(days, 'day is', 'days are')} left"
    if days == 0:
        return "the deadline is today"
    return f"the deadline passed {_count(-days, 'day', 'days')} ago"


def _describe_waiting(claims: int) -> str:
    if claims == 0:
        return "no claim is waiting"
    return f"{_count(claims, 'claim is', 'claims are')} waiting"


def _count(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"
