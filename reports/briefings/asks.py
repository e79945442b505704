"""Write what we ask a ministry, as sentences that can be spoken. No Django here.

The talking points of a dialogue, a ministry's page and the dashboard use the same sentences.
"""

from collections.abc import Sequence
from datetime import date

from dialogues.choices import CommitmentStatus
from dialogues.commitment_status import CommitmentStanding
from reports import formatting
from reports.briefings.commitment_priority import CommitmentPriorities
from reports.choices import YearsAsked
from reports.readiness.explanation.step_sentences import FigureRequest
from reports.readiness.forecast.next_steps import ReadinessStep
from reports.readiness.readiness import Readiness
from tiptracker.localization import format_date, gettext, ngettext, quote_text


def quote(text: str) -> str:
    """Return a text of the record in quotation marks, for use inside a sentence."""
    return quote_text(text.rstrip("."))


def ask_about_commitment(
    commitment_id: int, text: str, standing: CommitmentStanding, priorities: CommitmentPriorities
) -> str:
    """Return what we say of a commitment that is raised: the question, or that we returned the update on it.

    What the ministry has to change in a returned update is left out.
    """
    commitment = quote(text)
    if standing.status is CommitmentStatus.VERIFIED:
        return ask_where_it_stands(commitment)
    if standing.returned_on:
        values = {"commitment": commitment, "date": format_date(standing.returned_on)}
        return gettext("We returned your update on %(commitment)s on %(date)s.") % values
    if standing.days_overdue:
        return ask_about_overdue(commitment, standing)
    if priorities.is_asked_about(commitment_id, standing):
        return ask_about_open(commitment, standing, priorities)
    return ask_where_it_stands(commitment)


def ask_about_overdue(commitment: str, standing: CommitmentStanding) -> str:
    """Return the question to ask about an overdue commitment. The commitment is in quotation marks."""
    values = {"commitment": commitment, "date": date_or_empty(standing.due_on), "number": standing.slips}
    if not standing.slips:
        return gettext("%(commitment)s was due on %(date)s. By which date will it be done?") % values
    return (
        ngettext(
            "%(commitment)s was due on %(date)s, after %(number)d change of date. By which date will it be done?",
            "%(commitment)s was due on %(date)s, after %(number)d changes of date. By which date will it be done?",
            standing.slips,
        )
        % values
    )


def ask_about_open(commitment: str, standing: CommitmentStanding, priorities: CommitmentPriorities) -> str:
    """Return the question to ask about an open commitment. The commitment is in quotation marks."""
    due_on = standing.due_on
    values = {
        "commitment": commitment,
        "date": date_or_empty(due_on),
        "deadline": date_or_empty(priorities.result.deadline_on),
    }
    if due_on is None:
        sentence = gettext("%(commitment)s has no due date yet. Let us agree on one today.")
    elif priorities.is_due_too_late(due_on):
        sentence = gettext("%(commitment)s is due on %(date)s. Can it be done earlier, before %(deadline)s?")
    else:
        sentence = gettext("%(commitment)s is due on %(date)s. Will it be done by then?")
    return sentence % values


def ask_where_it_stands(commitment: str) -> str:
    """Return the question to ask where a verified action was reversed. The commitment is in quotation marks."""
    return gettext("Where does %(commitment)s stand today, and what is the next step?") % {"commitment": commitment}


def ask_for_figure(step: ReadinessStep, result: Readiness, asked: FigureRequest | None) -> str:
    """Return the request for the figure of a step, or the question for it if the ministry's answer is overdue."""
    indicator = result.claimed_record.questionnaire.indicators[step.indicator_id or 0]
    values = {
        "indicator": formatting.lowercase_first(indicator.name),
        "date": format_date(result.edition.tracking.starts_on),
    }
    if asked and asked.is_overdue:
        values["due"] = format_date(asked.due_on)
        return (
            gettext("The figure on %(indicator)s has been overdue since %(due)s. When may we have it, with its source?")
            % values
        )
    sentence = (
        gettext("We ask for the figure on %(indicator)s since %(date)s and for the year before, with its source.")
        if step.years is YearsAsked.BOTH
        else gettext("We ask for the figure on %(indicator)s since %(date)s, with its source.")
    )
    return sentence % values


def ask_for_answer(lines: Sequence[str], due_on: date) -> str:
    """Return the question for what a ministry has not answered in time: the first line, and how many more."""
    more = len(lines) - 1
    values = {"line": quote(lines[0]), "number": more, "date": format_date(due_on)}
    if not more:
        return gettext("Your answer on %(line)s has been overdue since %(date)s. When may we have it?") % values
    sentence = ngettext(
        "Your answers on %(line)s and %(number)d more thing have been overdue since %(date)s. When may we have them?",
        "Your answers on %(line)s and %(number)d more things have been overdue since %(date)s. When may we have them?",
        more,
    )
    return sentence % values


def describe_overdue_answer(asked_on: date, due_on: date) -> str:
    """Return "asked on 14 January 2022, answer overdue since 20 January 2022"."""
    dates = {"asked": format_date(asked_on), "due": format_date(due_on)}
    return gettext("asked on %(asked)s, answer overdue since %(due)s") % dates


def describe_asked(asked: FigureRequest | None) -> str:
    """Return what became of a request for the figure of a step; `asked` is None if there was none."""
    if asked is None:
        return gettext("no figure yet")
    dates = {"asked": format_date(asked.asked_on), "due": format_date(asked.due_on)}
    if asked.has_none:
        return gettext("asked on %(asked)s, the ministry has none") % dates
    if asked.is_overdue:
        return describe_overdue_answer(asked.asked_on, asked.due_on)
    return gettext("asked on %(asked)s, answer due on %(due)s") % dates


def date_or_empty(day: date | None) -> str:
    return format_date(day) if day else ""
