"""Which parts of the form of an update the embassy asked to change when it returned a version."""

from collections.abc import Iterable

from dialogues.choices import UpdatePart
from dialogues.decision_reasons import locate_changes, split_reason
from dialogues.models import UpdateVersion, UpdateVersionDecision

_LINE_FIELDS = ("line", "line__indicator", "line__starts_on")


def find_returned_parts(
    update_version: UpdateVersion, reason: str, parts: Iterable[UpdatePart] = ()
) -> dict[str, list[int]]:
    """Return the numbers of the paragraphs of `reason` by the part of the form that they are about.

    A part is a value of UpdatePart, or "indicator-12": the figure of an indicator, or "line-3": the figure of a line of
    a request. `parts` are those that the officer ticked.
    """
    answers = update_version.line_answers.filter(line__indicator__isnull=False)
    lines = {(indicator, first): key for key, indicator, first in answers.values_list(*_LINE_FIELDS)}
    figures = {}
    for reading in update_version.readings.all():
        line = lines.get((reading.indicator_id, reading.starts_on))
        figures[reading.evidence_id] = f"line-{line}" if line else f"indicator-{reading.indicator_id}"
    pieces = {
        piece.title: figures.get(piece.pk, (UpdatePart.FILES if piece.file_id else UpdatePart.NARRATIVE).value)
        for piece in update_version.evidence.all()
    }
    return locate_changes(reason, pieces, parts)


def add_proof_request(reason: str, parts: dict[str, list[int]], request: str) -> tuple[str, dict[str, list[int]]]:
    """Add the request for missing agreed proof to a reason, as its last paragraph, about the files.

    Return the whole reason and the numbers of its paragraphs by part. An empty `request` adds nothing.
    """
    if not request:
        return reason, parts
    if not reason:
        return request, {UpdatePart.FILES.value: [0]}
    reason = f"{reason}\n\n{request}"
    number = len(split_reason(reason)) - 1
    return reason, {**parts, UpdatePart.FILES.value: [*parts.get(UpdatePart.FILES.value, []), number]}


def list_changes(decision: UpdateVersionDecision) -> dict[str, list[str]]:
    """Return what the embassy asks to change, by part of the form.

    Decisions from before the parts were recorded are read by their words. A paragraph that a redaction removed is left
    out.
    """
    numbers = decision.parts
    if numbers is None:
        numbers = find_returned_parts(decision.update_version, decision.reason)
    paragraphs = dict(enumerate(split_reason(decision.reason)))
    return {
        part: [paragraphs[number] for number in of_part if number in paragraphs] for part, of_part in numbers.items()
    }
