"""Questions that the Ambassador can put to a minister about a benchmark, based on what the record shows.

A criterion is written to be checked ("Committee met in each quarter, of 4"). Details that only serve the check are
left out of speech.
"""

import re

from recommendations.choices import Rule
from reports import formatting
from reports.readiness.answers import Finding

_CHECKER_DETAILS = re.compile(r"\s*\([^()]*\)|, of \d+$")


def spoken_criterion(criterion: str) -> str:
    """Return a criterion without text in brackets and without the number that it is counted against."""
    return _CHECKER_DETAILS.sub("", criterion.rstrip(".")).strip() or criterion


def benchmark_question(about: str, criterion: str, rule: Rule, finding: Finding) -> str:
    """Return the question to ask about a benchmark that no commitment covers.

    The question fits what is known: no figure, a figure below the target, one step, or nothing verified.

    Args:
        about: the recommendation in words, such as "recommendation 3".
    """
    what, on = f"“{spoken_criterion(criterion)}”", f"On {about}"
    if rule is Rule.ASSESSED:
        if finding.worth:
            return f"{on} a step towards {what} is verified, and we thank you. What completes it, and by which day?"
        return f"{on} we have not been able to verify {what} yet. May we agree today on the next step, and on its day?"
    if finding.share is None:
        return f"{on} we have no figure yet that shows {what}. By which day can you send it, with its source?"
    if rule is Rule.TARGET and finding.share:
        counted = formatting.lowercase_first(finding.reason.rstrip("."))
        return f"{on} we have verified {counted}, towards {what}. By which day can the rest follow?"
    return f"{on} the figure that we have verified does not show {what} yet. What is still to come, and by which day?"
