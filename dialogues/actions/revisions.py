"""Revise evidence: a new row replaces the old one, which stays as it was written."""

from collections.abc import Sequence
from datetime import datetime
from typing import Unpack

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.forms import model_to_dict

from dialogues.actions.agreed_proofs import carry_matches
from dialogues.actions.duplicates import lock_person, refuse_duplicate
from dialogues.actions.evidence import (
    CONTENT_FIELDS,
    EvidenceSupport,
    EvidenceValues,
    add_support,
    build_evidence,
    evidence_audit_values,
)
from dialogues.actions.files import refuse_unless_own_and_unsent
from dialogues.actions.readings import ReadingInput, ReadingPartInput, record_reading
from dialogues.choices import SupportKind
from dialogues.models import Evidence, Reading
from dialogues.permissions import can_log_evidence, can_revise
from recommendations.actions.readiness_jobs import enqueue_readiness
from recommendations.choices import BreakdownDimension
from recommendations.models import Benchmark, Question
from tiptracker.accounts.models import User
from tiptracker.audit.actions import record
from tiptracker.errors import Refused
from tiptracker.localization import gettext
from tiptracker.validation import EditConflict, format_moment, insert_row, require_text


@transaction.atomic
def revise_evidence(
    *,
    evidence: Evidence,
    reason: str,
    evidence_links: Sequence[tuple[Benchmark, SupportKind]] = (),
    indicia: Sequence[tuple[int, SupportKind]] = (),
    questions: Sequence[Question] = (),
    counts: Sequence[ReadingInput] = (),
    by: User,
    now: datetime,
    **values: Unpack[EvidenceValues],
) -> Evidence:
    """Replace a piece of evidence by a corrected one: all fields, what it supports, figures, and the reason.

    The new row waits for its own reviews. `file` may be one that an earlier row of the same evidence cites.

    Raises:
        PermissionDenied: if the user may not log or revise evidence.
        Refused: for evidence that a ministry sent, without a reason, if nothing differs, and as `log_evidence` does.
        DuplicateRecord: if the same person has already saved the same revision.
        EditConflict: if a later row has already replaced the evidence.
    """
    if not can_log_evidence(by, evidence.country):
        raise PermissionDenied
    if not can_revise(by, evidence):
        raise Refused(
            "sent_by_ministry",
            gettext(
                "A ministry sent this evidence, so the embassy cannot correct it. Ask the ministry to send it again, "
                "or log what you know as evidence of your own."
            ),
        )
    reason = require_text(reason, gettext("Write what was wrong, in a sentence."), field="reason")
    support = EvidenceSupport(evidence_links=evidence_links, indicia=indicia, questions=questions)
    revision = build_evidence(evidence.country, values, support, by, now)
    revision.revises, revision.revision_reason = evidence, reason
    lock_person(by)
    locked = Evidence.objects.select_for_update(no_key=True).get(pk=evidence.pk)
    content = _comparable_content(revision, support, counts)
    _refuse_replaced(locked, content, by, now)
    if content == _recorded_content(locked):
        raise Refused("unchanged", gettext("You changed nothing. Correct what is wrong, or choose “Cancel”."))
    if revision.file and revision.file_id not in _cited_file_ids(locked):
        refuse_unless_own_and_unsent([revision.file], by)
    insert_row(revision)
    add_support(revision, support)
    if revision.commitment_id == locked.commitment_id:
        carry_matches(locked, revision)
    enqueue_readiness(evidence.country_id)
    record(
        "evidence.revised",
        by=by,
        row=revision,
        country=evidence.country_id,
        before=evidence_audit_values(locked),
        after=evidence_audit_values(revision, support) | {"revises": locked.pk, "revision_reason": reason},
    )
    for reading in counts:
        record_reading(reading=reading, evidence=revision, by=by, now=now)
    return revision


def reading_input_of(reading: Reading) -> ReadingInput:
    """Return the input that would record a reading again."""
    return ReadingInput(
        indicator=reading.indicator,
        starts_on=reading.starts_on,
        through_on=reading.through_on,
        figure=reading.figure,
        direction=reading.direction,
        note=reading.note,
        parts=[
            ReadingPartInput(BreakdownDimension(part.dimension), part.category, part.figure)
            for part in reading.parts.all()
        ],
    )


def _refuse_replaced(evidence: Evidence, content: object, by: User, now: datetime) -> None:
    """Raise if a later row has replaced `evidence` (locked), and name that row."""
    later = Evidence.objects.filter(revises=evidence).select_related("recorded_by").first()
    if later is None:
        return
    if later.recorded_by_id == by.pk and content == _recorded_content(later):
        refuse_duplicate(later, now)
    sentence = gettext(
        "%(person)s corrected this on %(moment)s: “%(title)s”. Your text is kept. Compare it with the current version, "
        "then save it again."
    )
    named = {"person": later.recorded_by, "moment": format_moment(later.recorded_at, now), "title": later.title}
    raise EditConflict(sentence % named)


def _cited_file_ids(evidence: Evidence | None) -> set[int | None]:
    """Return the ids of the files that this row, or an earlier row of the same evidence, cites."""
    cited = set()
    while evidence:
        cited.add(evidence.file_id)
        evidence = evidence.revises
    return cited


def _recorded_content(evidence: Evidence) -> object:
    readings = evidence.readings.select_related("indicator").prefetch_related("parts")
    return _comparable_content(
        evidence, EvidenceSupport.of(evidence), [reading_input_of(reading) for reading in readings]
    )


def _comparable_content(evidence: Evidence, support: EvidenceSupport, readings: Sequence[ReadingInput]) -> object:
    """Return all content of a piece of evidence in a form that can be compared. Files are compared by their hash."""
    return (
        [str(value or "") for value in model_to_dict(evidence, CONTENT_FIELDS).values()],
        evidence.file.received_sha256 if evidence.file else "",
        support.comparable,
        sorted(_comparable_reading(reading) for reading in readings),
    )


def _comparable_reading(reading: ReadingInput) -> tuple[object, ...]:
    parts = sorted((str(part.dimension), part.category, part.figure) for part in reading.parts)
    figure = "" if reading.figure is None else f"{reading.figure.normalize():f}"
    return (
        reading.indicator.pk,
        reading.starts_on,
        reading.through_on,
        figure,
        str(reading.direction),
        reading.note.strip(),
        parts,
    )
