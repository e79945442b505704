"""Revise evidence: a new row replaces the old one, which stays as it was written."""

from collections.abc import Sequence
from datetime import date, datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction

from dialogues.actions.duplicates import lock_person, refuse_duplicate
from dialogues.actions.evidence import add_evidence_links, build_evidence, evidence_audit_values
from dialogues.actions.files import refuse_unless_own_and_unsent
from dialogues.actions.readings import ReadingInput, ReadingPartInput, record_reading
from dialogues.choices import BreakdownDimension, DoneBy, EvidenceKind, Sensitivity, SupportKind
from dialogues.models import Commitment, Evidence, EvidenceFile, Reading
from dialogues.permissions import can_log_evidence, can_revise
from recommendations.actions.readiness_jobs import enqueue_readiness
from recommendations.models import Benchmark
from tiptracker.accounts.models import User
from tiptracker.audit.actions import record
from tiptracker.errors import Refused
from tiptracker.validation import EditConflict, format_moment, insert_row, require_text


@transaction.atomic
def revise_evidence(
    *,
    evidence: Evidence,
    reason: str,
    title: str,
    kind: EvidenceKind,
    happened_from: date | None,
    happened_to: date,
    done_by: DoneBy,
    stated_by: str,
    source: str = "",
    link: str = "",
    file: EvidenceFile | None = None,
    commitment: Commitment | None = None,
    sensitivity: Sensitivity = Sensitivity.INTERNAL,
    evidence_links: Sequence[tuple[Benchmark, SupportKind]] = (),
    counts: Sequence[ReadingInput] = (),
    by: User,
    now: datetime,
) -> Evidence:
    """Replace a piece of evidence by a corrected one: all fields, links and figures, and the reason.

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
            "A ministry sent this, and nobody overwrites an author. Ask the ministry to send it again; what you know "
            "yourself, log as evidence of its own."
        )
    reason = require_text(reason, "Say in a sentence why it is put right.", field="reason")
    revision = build_evidence(
        country=evidence.country,
        title=title,
        kind=kind,
        happened_from=happened_from,
        happened_to=happened_to,
        done_by=done_by,
        stated_by=stated_by,
        source=source,
        link=link,
        file=file,
        commitment=commitment,
        sensitivity=sensitivity,
        evidence_links=evidence_links,
        by=by,
        now=now,
    )
    revision.revises, revision.revision_reason = evidence, reason
    lock_person(by)
    locked = Evidence.objects.select_for_update(no_key=True).get(pk=evidence.pk)
    says = _comparable_content(revision, evidence_links, counts)
    _refuse_replaced(locked, says, by, now)
    if says == _recorded_content(locked):
        raise Refused("This says the same as what stands. Change what is wrong in it, or leave it as it is.")
    if file and file.pk not in _cited_file_ids(locked):
        refuse_unless_own_and_unsent([file], by)
    insert_row(revision)
    add_evidence_links(revision, evidence_links)
    enqueue_readiness(evidence.country_id)
    record(
        "evidence.revised",
        by=by,
        row=revision,
        country=evidence.country_id,
        before=evidence_audit_values(locked),
        after=evidence_audit_values(revision) | {"revises": locked.pk, "revision_reason": reason},
    )
    for count in counts:
        record_reading(**count._asdict(), source="", evidence=revision, by=by, now=now)
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


def _refuse_replaced(evidence: Evidence, says: object, by: User, now: datetime) -> None:
    """Raise if a later row has replaced `evidence` (locked), and name that row."""
    later = Evidence.objects.filter(revises=evidence).select_related("recorded_by").first()
    if later is None:
        return
    if later.recorded_by_id == by.pk and says == _recorded_content(later):
        refuse_duplicate(later, now)
    raise EditConflict(
        f"{later.recorded_by} put this right on {format_moment(later.recorded_at, now)}: “{later.title}”. Only the "
        "newest entry can be put right. What you typed is kept: compare it with what stands now, then send it again."
    )


def _cited_file_ids(evidence: Evidence | None) -> set[int | None]:
    """Return the ids of the files that this row, or an earlier row of the same evidence, cites."""
    cited = set()
    while evidence:
        cited.add(evidence.file_id)
        evidence = evidence.revises
    return cited


def _recorded_content(evidence: Evidence) -> object:
    evidence_links = [
        (evidence_link.benchmark, SupportKind(evidence_link.shows))
        for evidence_link in evidence.evidence_links.select_related("benchmark")
    ]
    readings = evidence.readings.select_related("indicator").prefetch_related("parts")
    return _comparable_content(evidence, evidence_links, [reading_input_of(reading) for reading in readings])


def _comparable_content(
    evidence: Evidence, evidence_links: Sequence[tuple[Benchmark, SupportKind]], counts: Sequence[ReadingInput]
) -> object:
    """Return all content of a piece of evidence in a form that can be compared. Files are compared by their hash."""
    names = ("title", "kind", "happened_from", "happened_to", "done_by", "stated_by", "source", "link")
    return (
        [str(getattr(evidence, name) or "") for name in (*names, "commitment_id", "sensitivity")],
        evidence.file.received_sha256 if evidence.file else "",
        sorted((benchmark.pk, str(shows)) for benchmark, shows in evidence_links),
        sorted(_comparable_reading(count) for count in counts),
    )


def _comparable_reading(count: ReadingInput) -> tuple[object, ...]:
    parts = sorted((str(part.dimension), part.category, part.figure) for part in count.parts)
    told = "" if count.figure is None else f"{count.figure.normalize():f}"
    return (
        count.indicator.pk,
        count.starts_on,
        count.through_on,
        told,
        str(count.direction),
        count.note.strip(),
        parts,
    )
