"""Standard reasons for verifying, rejecting or returning, and how a full reason is put together. No Django here.

The record stores the sentence itself, so a later change of these lists does not change the record.
"""

from collections.abc import Iterable
from typing import NamedTuple

from tiptracker.choices import ChoiceEnum
from tiptracker.localization import gettext_noop


class VerificationReason(ChoiceEnum):
    """Why an officer verifies something."""

    SEEN = "seen", gettext_noop("The embassy saw it itself.")
    DOCUMENT = "document", gettext_noop("The official document was seen.")
    SECOND_SOURCE = "second_source", gettext_noop("A second source confirms it.")
    ASKED = "asked", gettext_noop("The office that did it confirmed it to the embassy.")
    AGREES = "agrees", gettext_noop("The figure agrees with the register behind it.")


class RejectionReason(ChoiceEnum):
    """Why something shows nothing, whatever else the ministry may send."""

    OUTSIDE = "outside", gettext_noop("It happened outside the reporting period.")
    NOT_THEIRS = "not_theirs", gettext_noop("It is not the government’s own action.")
    OTHER_BENCHMARK = "other_benchmark", gettext_noop("It does not show what this benchmark asks.")
    ONLY_A_PLAN = "only_a_plan", gettext_noop("It tells of a plan, not of what was done.")
    NOTHING_PROVES_IT = "unproven", gettext_noop("Nothing proves it.")
    CONTRADICTED = "contradicted", gettext_noop("Another source contradicts it.")
    TOLD_BEFORE = "told_before", gettext_noop("It was counted before.")


class ReturnReason(ChoiceEnum):
    """What the ministry has to change, and how. The ministry reads these sentences."""

    FIRST_DAY = "first_day", gettext_noop("The first day is missing: say when it began.")
    PROOF = "proof", gettext_noop("Nothing proves it: attach a document, a photograph or a list without names.")
    UNREADABLE = "unreadable", gettext_noop("The file can’t be read: send it again.")
    PLAN = "plan", gettext_noop("It tells of a plan, not of what was done: tell what was done, and when.")
    IDENTIFIABLE = (
        "identifiable",
        gettext_noop("It shows people who could be identified: send it without their names and faces."),
    )
    WHO = "who", gettext_noop("It does not say who did it: name the office.")
    FIGURE = "figure", gettext_noop("The figure does not agree with the file: put one of them right.")


REASON_SENTENCES: dict[str, str] = {
    member.value: member.label for reasons in (VerificationReason, RejectionReason, ReturnReason) for member in reasons
}
"""Every sentence of the three lists by its value."""


class RequestedChange(NamedTuple):
    """A part of an update that the ministry has to change.

    `piece` is what was sent, `towards` the benchmark that it supports (or empty), `reason` what is missing.
    """

    piece: str
    towards: str
    reason: str


def combine_reason(chosen: str, own_words: str) -> str:
    """Return the reason to store: the sentence chosen from a list, then the own words. Either may be missing."""
    return " ".join(part for part in (REASON_SENTENCES.get(chosen, ""), own_words.strip()) if part)


def format_return_reason(reason: str, lines: Iterable[RequestedChange]) -> str:
    """Return the text that a ministry reads: the general reason, then a paragraph for each requested change."""
    paragraphs = [f"“{line.piece}”{f', {line.towards}' if line.towards else ''}: {line.reason}" for line in lines]
    return "\n\n".join(part for part in (reason.strip(), *paragraphs) if part)
