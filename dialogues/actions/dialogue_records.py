"""Record what happened at a dialogue, and what became of its next steps."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from typing import NamedTuple

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.forms import model_to_dict

from dialogues.actions.commitments import record_commitment
from dialogues.actions.dialogues import (
    ParticipantInput,
    audit_dialogue,
    dialogue_audit_values,
    lock_for_change,
    set_participants,
)
from dialogues.actions.drafts import DraftPage, finish_draft
from dialogues.actions.duplicates import lock_person, refuse_duplicate
from dialogues.actions.files import refuse_unless_own_and_unsent
from dialogues.actions.proof_inputs import ProofInput
from dialogues.choices import CommitmentReach, DialogueFileKind, Horizon, MadeBy
from dialogues.models import Dialogue, DialogueFile, EvidenceFile, NextStep, NextStepDone
from dialogues.permissions import can_manage_dialogues
from recommendations.actions.readiness_jobs import enqueue_readiness
from recommendations.models import Benchmark
from tiptracker.accounts.models import Ministry, User
from tiptracker.audit.actions import record
from tiptracker.errors import Refused
from tiptracker.localization import format_date, gettext
from tiptracker.validation import format_moment, insert_row, refuse_future, require_text, update_row


class CommitmentInput(NamedTuple):
    """A commitment made at a dialogue: by a ministry or, without one, by the United States.

    `due_on` None: no date agreed.
    """

    ministry: Ministry | None
    text: str
    due_on: date | None
    horizon: Horizon
    links: Sequence[tuple[Benchmark, CommitmentReach]] = ()
    proofs: Sequence[ProofInput] = ()


class NextStepInput(NamedTuple):
    """A next step: what to do, who does it and by when. Without ministry and office it is the embassy's."""

    text: str
    ministry: Ministry | None
    office: str
    due_on: date | None


@transaction.atomic
def record_dialogue(
    *,
    dialogue: Dialogue,
    version: int,
    participants: Sequence[ParticipantInput],
    said: Mapping[int, str],
    record: str,
    agreed: str,
    commitments: Sequence[CommitmentInput] = (),
    next_steps: Sequence[NextStepInput] = (),
    page: DraftPage | None = None,
    by: User,
    now: datetime,
) -> Dialogue:
    """Record a dialogue, all of it or nothing: who came, what was said on each agenda item, and what was agreed.

    Commitments and next steps are added to the existing ones. The draft that filled `page` is deleted.

    Args:
        version: the version of the dialogue that the form was filled from.
        said: what was said, by the id of the agenda item.

    Raises:
        PermissionDenied: if the user may not manage dialogues of the country.
        EditConflict: if the dialogue or its draft has changed since.
        Refused: for a future date; for an invalid row, on a field such as "commitments-0-due_on".
        DuplicateRecord: if the same person has already saved the same commitment or next step.
    """
    lock_person(by)  # locks in the same order as record_commitment
    locked = lock_for_change(dialogue, version, by, now)
    if locked.held_on > now.date():
        raise Refused(
            "not_held_yet",
            gettext(
                "This dialogue is planned for %(date)s. You can record it from that day on. If it was held earlier, "
                "change its date first."
            )
            % {"date": format_date(locked.held_on)},
        )
    if not any(line.came for line in participants):
        raise Refused("required", gettext("Tick at least one participant who came, or add one."), field="participants")
    if page is not None:
        finish_draft(of=locked, page=page, by=by, now=now)
    before = dialogue_audit_values(locked)
    if locked.recorded_at is None:
        locked.recorded_at, locked.recorded_by = now, by
    locked.record, locked.agreed = record.strip(), agreed.strip()
    locked.version += 1
    update_row(locked)
    set_participants(locked, participants)
    for item in locked.agenda.filter(pk__in=said):
        item.said = said[item.pk].strip()
        update_row(item)
    enqueue_readiness(locked.country_id)
    for number, commitment in enumerate(commitments):
        with _refusals_at_row("commitments", number):
            _add_commitment(locked, commitment, by, now)
    for number, step in enumerate(next_steps):
        with _refusals_at_row("steps", number):
            _add_step(locked, step, by, now)
    audit_dialogue("dialogue.recorded", locked, before, by, now)
    return locked


@transaction.atomic
def mark_step_done(*, step: NextStep, done_on: date, result: str, by: User, now: datetime) -> NextStepDone:
    """Mark a next step as done, on which day, and with what result. Raises PermissionDenied, Refused."""
    locked = _lock_step(step, by)
    if earlier := locked.done:
        raise Refused(
            "already_done",
            gettext("%(person)s has already marked this step as done on %(date)s.")
            % {"person": earlier.recorded_by, "date": format_date(earlier.done_on)},
        )
    refuse_future(done_on, now, field="done_on")
    if done_on < locked.dialogue.held_on:
        raise Refused(
            "before_agreed",
            gettext("This step was agreed on %(date)s. Give that day or a later one.")
            % {"date": format_date(locked.dialogue.held_on)},
            field="done_on",
        )
    done = insert_row(
        NextStepDone(step=locked, done_on=done_on, result=result.strip(), recorded_at=now, recorded_by=by)
    )
    after = {"done_on": done_on, "result": done.result}
    record("next_step.done", by=by, row=locked, country=locked.dialogue.country_id, after=after)
    return done


@transaction.atomic
def mark_step_not_done(*, step: NextStep, mark: int, by: User, now: datetime) -> NextStepDone:
    """Take back a mark that a next step was done, so that the step is open again. The mark stays in its history.

    `mark` is the id of the mark that the page showed. Raises PermissionDenied, Refused.
    """
    locked = _lock_step(step, by)
    marks = {each.pk: each for each in locked.marks.all()}
    if (shown := marks.get(mark)) is None:
        raise Refused("stale_page", gettext("This page is out of date. Open it again."))
    if shown.undone_at:
        raise Refused(
            "already_undone",
            gettext("%(person)s has already marked this step as not done, on %(moment)s.")
            % {"person": shown.undone_by, "moment": format_moment(shown.undone_at, now)},
        )
    shown.undone_at, shown.undone_by = now, by
    shown.save(update_fields=["undone_at", "undone_by"])
    before = {"done_on": shown.done_on, "result": shown.result}
    record("next_step.undone", by=by, row=locked, country=locked.dialogue.country_id, before=before)
    return shown


def _lock_step(step: NextStep, by: User) -> NextStep:
    """Lock a next step until the transaction ends. Return it with its marks. Raises PermissionDenied."""
    if not can_manage_dialogues(by, step.dialogue.country):
        raise PermissionDenied
    locked = NextStep.objects.select_for_update(no_key=True, of=("self",)).select_related("dialogue")
    return locked.with_marks().get(pk=step.pk)


@transaction.atomic
def attach_files(
    *, dialogue: Dialogue, files: Sequence[EvidenceFile], what: DialogueFileKind, by: User, now: datetime
) -> list[DialogueFile]:
    """Attach kept files to a dialogue, such as a statement or a communiqué. Raises PermissionDenied, Refused."""
    if not can_manage_dialogues(by, dialogue.country):
        raise PermissionDenied
    if not files:
        raise Refused("required", gettext("Choose a file to attach."), field="files")
    refuse_unless_own_and_unsent(files, by)
    attached = [
        insert_row(DialogueFile(dialogue=dialogue, file=file, what=what, recorded_at=now, recorded_by=by))
        for file in files
    ]
    after = {"what": what, "files": [file.pk for file in files]}
    record("dialogue.file_attached", by=by, row=dialogue, country=dialogue.country_id, after=after)
    return attached


def _add_commitment(dialogue: Dialogue, line: CommitmentInput, by: User, now: datetime) -> None:
    record_commitment(
        country=dialogue.country,
        made_by=MadeBy.MINISTRY if line.ministry else MadeBy.UNITED_STATES,
        made_on=dialogue.held_on,
        dialogue=dialogue,
        **line._asdict(),
        by=by,
        now=now,
    )


def _add_step(dialogue: Dialogue, line: NextStepInput, by: User, now: datetime) -> None:
    step = NextStep(dialogue=dialogue, recorded_at=now, recorded_by=by, **line._asdict())
    step.text = require_text(step.text, gettext("Say what is to be done."), field="text")
    step.office = step.office.strip()
    if line.ministry and line.ministry.country_id != dialogue.country_id:
        raise Refused(
            "another_country", gettext("This ministry belongs to another country. Choose another one."), field="owner"
        )
    if line.due_on and line.due_on < dialogue.held_on:
        raise Refused(
            "due_too_early",
            gettext("The due date is before the dialogue. Give a later day, or leave it empty."),
            field="due_on",
        )
    content = model_to_dict(step, (*NextStepInput._fields, "dialogue"))
    refuse_duplicate(NextStep.objects.filter(**content, recorded_by=by).first(), now)
    insert_row(step)
    record("next_step.agreed", by=by, row=step, country=dialogue.country_id, after=content)


@contextmanager
def _refusals_at_row(rows: str, number: int) -> Iterator[None]:
    """Add the number of the row to the field of a refusal, so that the form shows it next to that row."""
    try:
        yield
    except Refused as refusal:
        refusal.field = f"{rows}-{number}-{refusal.field or 'text'}"
        raise
