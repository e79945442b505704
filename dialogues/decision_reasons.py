"""Standard reasons for verifying, rejecting or returning, and how a full reason is put together. No Django here.

The record stores the sentence itself, in the language in which the person chose it. So a later change of these lists
does not change the record.
"""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from dialogues.choices import UpdatePart
from tiptracker.choices import ChoiceEnum
from tiptracker.localization import gettext, gettext_noop


class VerificationReason(ChoiceEnum):
    """Why an officer verifies something."""

    SEEN = "seen", gettext_noop("The embassy saw it.")
    DOCUMENT = "document", gettext_noop("The embassy saw the official document.")
    SECOND_SOURCE = "second_source", gettext_noop("A second source confirms it.")
    ASKED = "asked", gettext_noop("The office that did it confirmed it to the embassy.")
    AGREES = "agrees", gettext_noop("The figure agrees with the register that it comes from.")


class RejectionReason(ChoiceEnum):
    """Why something shows nothing, whatever else the ministry may send."""

    OUTSIDE = "outside", gettext_noop("It happened outside the tracking period.")
    NOT_THEIRS = "not_theirs", gettext_noop("It is not the government’s own action.")
    OTHER_BENCHMARK = "other_benchmark", gettext_noop("It does not show what this benchmark asks.")
    ONLY_A_PLAN = "only_a_plan", gettext_noop("It describes a plan. It does not say what was done.")
    NOTHING_PROVES_IT = "unproven", gettext_noop("Nothing proves it.")
    CONTRADICTED = "contradicted", gettext_noop("Another source contradicts it.")
    TOLD_BEFORE = "told_before", gettext_noop("It was counted before.")


class ReturnReason(ChoiceEnum):
    """What the ministry has to change, and how. The ministry reads these sentences."""

    FIRST_DAY = "first_day", gettext_noop("The start date is missing. Enter the day on which it began.")
    PROOF = "proof", gettext_noop("The proof is missing. Attach a document, a photograph or a list without names.")
    UNREADABLE = "unreadable", gettext_noop("We cannot open the file. Attach it again.")
    PLAN = "plan", gettext_noop("This describes a plan. Write what was done, and when.")
    IDENTIFIABLE = (
        "identifiable",
        gettext_noop("The file shows people who could be identified. Attach it again without names and faces."),
    )
    WHO = "who", gettext_noop("It does not say who did it. Name the office.")
    FIGURE = "figure", gettext_noop("The figure does not agree with the file. Correct one of them.")


RETURN_FIELDS: Mapping[ReturnReason, UpdatePart] = {
    ReturnReason.FIRST_DAY: UpdatePart.DATES,
    ReturnReason.PROOF: UpdatePart.FILES,
    ReturnReason.UNREADABLE: UpdatePart.FILES,
    ReturnReason.PLAN: UpdatePart.NARRATIVE,
    ReturnReason.IDENTIFIABLE: UpdatePart.FILES,
    ReturnReason.WHO: UpdatePart.NARRATIVE,
    ReturnReason.FIGURE: UpdatePart.FIGURES,
}
"""The part of the form of an update that each standard sentence is about."""


class RequestedChange(NamedTuple):
    """A part of an update that the ministry has to change.

    `piece` is what was sent, `towards` the wording of the benchmark that it supports (or empty), `reason` what is
    missing.
    """

    piece: str
    towards: str
    reason: str


def standard_sentence(value: str) -> str:
    """Return the sentence of a standard reason in the language of the reader; empty if there is no such reason."""
    for reasons in (VerificationReason, RejectionReason, ReturnReason):
        if value in {member.value for member in reasons}:
            return reasons(value).label
    return ""


def combine_reason(chosen: str, own_words: str) -> str:
    """Return the reason to store: the sentence chosen from a list, then the own words. Either may be missing."""
    return " ".join(part for part in (standard_sentence(chosen), own_words.strip()) if part)


def format_return_reason(reason: str, lines: Iterable[RequestedChange]) -> str:
    """Return the text that a ministry reads: the general reason, then a paragraph for each requested change."""
    paragraphs = [_format_change(line) for line in lines]
    return "\n\n".join(part for part in (reason.strip(), *paragraphs) if part)


def _format_change(line: RequestedChange) -> str:
    if line.towards:
        sentence = gettext("“%(piece)s”, for “%(benchmark)s”: %(reason)s")
        return sentence % {"piece": line.piece, "benchmark": line.towards, "reason": line.reason}
    return gettext("“%(piece)s”: %(reason)s") % {"piece": line.piece, "reason": line.reason}


def locate_changes(reason: str, pieces: Mapping[str, str], parts: Iterable[UpdatePart] = ()) -> dict[str, list[int]]:
    """Return which paragraphs of a return reason are about which part of the form: their numbers, by part.

    A paragraph about a piece of the update belongs to the part of that piece; another one, to the parts that its
    standard sentences are about and to `parts`. Paragraphs that name no part are left out. The sentences are looked for
    in the active language, so this is asked in the language in which the reason was written.

    Args:
        reason: the reason, as `format_return_reason` wrote it.
        pieces: the part of the form by the title of each piece that was sent.
        parts: the parts that the officer ticked.
    """
    numbers: dict[str, list[int]] = {}
    ticked = {part.value for part in parts}
    for number, paragraph in enumerate(split_reason(reason)):
        about = next((part for title, part in pieces.items() if paragraph.startswith(f"“{title}”")), "")
        named = {RETURN_FIELDS[member].value for member in ReturnReason if member.label in paragraph}
        found = named - {UpdatePart.FIGURES.value}
        if UpdatePart.FIGURES.value in named or not found:
            found.add(about or (UpdatePart.FIGURES.value if named else ""))
        if not about:
            found |= ticked
        for part in sorted(found - {""}):
            numbers.setdefault(part, []).append(number)
    return numbers


def split_reason(reason: str) -> list[str]:
    """Return the paragraphs of a return reason, in the order of their numbers."""
    return reason.split("\n\n")
