"""Readiness in one sentence: the score, the claimed points, the target and the time left."""

from datetime import date

from reports import formatting
from reports.readiness.readiness import Readiness
from tiptracker.localization import format_date, format_number, gettext, gettext_noop, ngettext

DISCLAIMER = gettext_noop(
    "Readiness describes this record. It does not predict a tier. The Secretary of State decides the tier."
)
"""What every page and document says of readiness. `gettext` translates it."""


def headline(result: Readiness) -> str:
    """Return readiness in short sentences: the score, the target and the time left.

    Example: "Readiness: 31 of 100. Target: 45. 31 days to the deadline." If nothing has been reviewed, there is no
    figure: "Nothing has been reviewed yet. 4 claims are waiting."
    """
    starts_on = result.edition.tracking.starts_on
    if result.as_of < starts_on:
        return gettext("No readiness yet. The tracking period begins on %(date)s.") % {"date": format_date(starts_on)}
    if not result.is_reviewed:
        return _describe_waiting(result.waiting)
    sentences = [gettext("Readiness: %(points)s of 100.") % {"points": formatting.format_points(result.score)}]
    if (target := result.readiness_target) is not None:
        if result.score >= target:
            sentence = gettext("The target of %(target)s is reached.")
        elif formatting.round_to_tenth(result.score) >= target:
            sentence = gettext("Target: %(target)s, not quite reached.")
        else:
            sentence = gettext("Target: %(target)s.")
        sentences.append(sentence % {"target": format_number(target)})
    if result.deadline_on is not None:
        sentences.append(_describe_deadline(result.deadline_on, result.as_of))
    return " ".join(sentences)


def describe_outlook(result: Readiness) -> str:
    """Say whether readiness would reach its target if every claim were verified, and what the gap consists of.

    Empty without a target, if nothing has been reviewed, or if the target is reached. All that is claimed and not
    verified waits for the embassy: it is the first group of the next steps.
    """
    target, score, claimed = result.readiness_target, result.score, result.claimed.points
    if target is None or not result.is_reviewed or score >= target:
        return ""
    printed_score, printed_claimed = map(formatting.round_to_tenth, (score, claimed))
    missing, waiting = target - printed_score, printed_claimed - printed_score
    values = {"points": format_number(printed_claimed), "target": format_number(target)}
    if claimed >= target:
        return gettext("With every claim verified, readiness would be %(points)s: the target is reached.") % values
    if missing <= 0:
        return ""
    if not waiting:
        sentence = ngettext(
            "%(missing)s point is missing, and no claim waits that would add any.",
            "%(missing)s points are missing, and no claim waits that would add any.",
            1 if missing == 1 else 2,
        )
        return sentence % {"missing": format_number(missing)}
    if printed_claimed >= target:
        return gettext("Even with every claim verified, readiness would not quite reach the target of %(target)s.") % (
            values
        )
    return gettext(
        "Readiness is %(missing)s below the target. Claims that wait for the embassy’s review would give %(waiting)s "
        "of that. The other %(others)s need new action or figures."
    ) % {
        "missing": format_number(missing),
        "waiting": format_number(waiting),
        "others": format_number(missing - waiting),
    }


def explain_deadline(result: Readiness) -> str:
    """Return the date of the deadline and what the deadline is, in a sentence; empty if there is none."""
    if result.deadline_on is None:
        return ""
    if result.as_of > result.deadline_on:
        sentence = gettext("The deadline was %(date)s, the day by which the post wanted the record to be ready.")
    else:
        sentence = gettext("The deadline is %(date)s, the day by which the post wants the record to be ready.")
    return sentence % {"date": format_date(result.deadline_on)}


def time_left(deadline_on: date, as_of: date) -> str:
    """Return the time to a deadline, without a full stop: `31 days to the deadline`."""
    days = (deadline_on - as_of).days
    if days > 0:
        return ngettext("%(number)d day to the deadline", "%(number)d days to the deadline", days) % {"number": days}
    if days == 0:
        return gettext("the deadline is today")
    return ngettext("the deadline passed %(number)d day ago", "the deadline passed %(number)d days ago", -days) % {
        "number": -days
    }


def _describe_deadline(deadline_on: date, as_of: date) -> str:
    """Return the time to a deadline as a sentence: "31 days to the deadline."."""
    days = (deadline_on - as_of).days
    if days > 0:
        return ngettext("%(number)d day to the deadline.", "%(number)d days to the deadline.", days) % {"number": days}
    if days == 0:
        return gettext("The deadline is today.")
    return ngettext("The deadline passed %(number)d day ago.", "The deadline passed %(number)d days ago.", -days) % {
        "number": -days
    }


def _describe_waiting(claims: int) -> str:
    if not claims:
        return gettext("Nothing has been reviewed yet. No claim is waiting.")
    return ngettext(
        "Nothing has been reviewed yet. %(number)d claim is waiting.",
        "Nothing has been reviewed yet. %(number)d claims are waiting.",
        claims,
    ) % {"number": claims}
