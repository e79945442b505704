"""Questions that the Ambassador can put to a minister about a benchmark, based on what the record shows.

A criterion is written to be checked ("Committee met in each quarter, of 4"). Details that only serve the check are
left out of speech.
"""

import re

from recommendations.choices import Rule
from reports import formatting
from reports.readiness.answers import Finding
from tiptracker.localization import gettext, quote_text

_CHECKER_DETAILS = re.compile(r"\s*\([^()]*\)|, of \d+$")


def spoken_criterion(criterion: str) -> str:
    """Return a criterion without text in brackets and without the number that it is counted against."""
    return _CHECKER_DETAILS.sub("", criterion.rstrip(".")).strip() or criterion


def benchmark_question(about: str, criterion: str, rule: Rule, finding: Finding, *, is_reversed: bool = False) -> str:
    """Return the question to ask about a benchmark that no commitment covers.

    The question fits what is known: no figure, a figure below the target, one step, or nothing verified.

    Args:
        about: the recommendation in words, such as "recommendation 3".
        is_reversed: whether a verified action on the benchmark was reversed. Then we do not thank for it.
    """
    values = {"about": about, "criterion": quote_text(spoken_criterion(criterion))}
    if rule is Rule.ASSESSED:
        if is_reversed:
            question = gettext("On %(about)s, where does %(criterion)s stand today, and what is the next step?")
        elif finding.worth:
            question = gettext(
                "On %(about)s, thank you for the verified step towards %(criterion)s. What completes it, and by which "
                "date?"
            )
        else:
            question = gettext(
                "On %(about)s, we have not been able to verify %(criterion)s yet. Let us agree on a next step and its "
                "date today."
            )
    elif finding.share is None:
        question = gettext(
            "On %(about)s, we have no figure yet for %(criterion)s. By which date can you send it, with its source?"
        )
    elif rule is Rule.TARGET and finding.share:
        values["verified"] = formatting.lowercase_first(finding.reason.rstrip("."))
        question = gettext(
            "On %(about)s, we have verified %(verified)s, towards %(criterion)s. By which date can the rest follow?"
        )
    else:
        question = gettext(
            "On %(about)s, the verified figure does not show %(criterion)s yet. What is still to come, and by which "
            "date?"
        )
    return question % values
