"""Keep an uploaded workbook as a draft, correct it, and send its rows one by one.

The embassy must not learn what a ministry has not sent. So the log entries of a ministry's own draft belong to no
country, as those of other drafts do.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction

from dialogues.actions.request_answers import AnswerInput, Received, answer_request
from dialogues.actions.sent_forms import SentForm
from dialogues.actions.updates import FigureInput, send_update
from dialogues.choices import ClaimedProgress, DoneBy, ReceivedAs
from dialogues.models import Commitment, EvidenceFile, InformationRequest, UpdateVersion, WorkbookDraft
from dialogues.models.drafts import DRAFT_LIFETIME
from dialogues.models.files import is_sent
from dialogues.permissions import can_use_workbook
from tiptracker.accounts.models import Ministry, User
from tiptracker.audit.actions import record
from tiptracker.errors import Refused
from tiptracker.localization import gettext
from tiptracker.undo.actions import bring_back, keep_removed
from tiptracker.undo.models import RemovedRow
from tiptracker.validation import EditConflict, insert_row, refuse_future, update_row

type StoredRows = list[dict[str, Any]]
"""The rows of a workbook as JSON, from `dialogues.workbook.rows`. Each has a "number" and says whether it is sent."""


@transaction.atomic
def record_workbook_download(*, ministry: Ministry, commitments: int, request_lines: int, by: User) -> None:
    """Log that a workbook with these numbers of commitments and lines was downloaded. Raises PermissionDenied."""
    if not can_use_workbook(by, ministry):
        raise PermissionDenied
    record(
        "workbook.downloaded",
        by=by,
        row=ministry,
        country=ministry.country_id,
        after={"commitments": commitments, "lines": request_lines},
    )


@transaction.atomic
def keep_workbook(
    *, ministry: Ministry, name: str, sha256: str, rows: StoredRows, received_on: date | None, by: User, now: datetime
) -> WorkbookDraft:
    """Keep the rows of an uploaded workbook as a draft of its uploader. Nothing is sent.

    Args:
        name: the name of the file.
        sha256: its hash, in hex. The file itself is not kept.
        received_on: the day on which the embassy received it. None if the ministry itself uploads it.

    Raises:
        PermissionDenied: if the user may not use the ministry's workbook.
        Refused: if the day is missing or in the future.
    """
    if not can_use_workbook(by, ministry):
        raise PermissionDenied
    if by.is_ministry:
        received_on = None
    elif received_on is None:
        raise Refused("required", gettext("Enter the day on which you received the workbook."), field="received_on")
    else:
        refuse_future(received_on, now, field="received_on")
    draft = insert_row(
        WorkbookDraft(
            ministry=ministry,
            name=name,
            sha256=sha256,
            rows=rows,
            received_on=received_on,
            uploaded_at=now,
            uploaded_by=by,
            saved_at=now,
        )
    )
    _log("workbook.uploaded", draft, by)
    return draft


@transaction.atomic
def save_workbook(
    *, draft: WorkbookDraft, rows: StoredRows, files: Sequence[EvidenceFile], seen: int, by: User, now: datetime
) -> WorkbookDraft:
    """Save corrected rows and the files attached to them. `seen` is the version of the draft that the page showed.

    Raises:
        PermissionDenied: if the draft is not the user's.
        EditConflict: if the draft was saved or sent on another page since.
    """
    locked = _lock_own(draft, by)
    if locked.version != seen:
        raise EditConflict(
            gettext(
                "You changed this preview on another page or device. Nothing was overwritten or sent. Check the rows "
                "below, then save them again."
            )
        )
    locked.rows, locked.saved_at = rows, now
    locked.version += 1
    update_row(locked)
    locked.files.set(files)
    return locked


@transaction.atomic
def send_workbook_row(
    *,
    draft: WorkbookDraft,
    place: str,
    commitment: Commitment,
    title: str,
    narrative: str,
    claimed: ClaimedProgress,
    happened_from: date | None,
    happened_to: date,
    done_by: DoneBy,
    files: Sequence[EvidenceFile],
    figures: Sequence[FigureInput],
    form: SentForm,
    by: User,
    now: datetime,
) -> UpdateVersion:
    """Send one row of a workbook as `send_update` sends a form, and mark it as sent in the same transaction.

    Raises:
        PermissionDenied: if the draft is not the user's, or the user may not send updates on the commitment.
        Refused: if the row was sent already, or as `send_update` does.
    """
    locked = _mark_sent(draft, place, by)
    return send_update(
        commitment=commitment,
        title=title,
        narrative=narrative,
        claimed=claimed,
        happened_from=happened_from,
        happened_to=happened_to,
        done_by=done_by,
        files=files,
        figures=figures,
        form=form,
        received_on=locked.received_on,
        by=by,
        now=now,
    )


@transaction.atomic
def send_workbook_answer(
    *,
    draft: WorkbookDraft,
    place: str,
    information_request: InformationRequest,
    answers: Sequence[AnswerInput],
    files: Sequence[EvidenceFile],
    form: SentForm,
    by: User,
    now: datetime,
) -> UpdateVersion:
    """Send the rows of one request as `answer_request` sends a form, and mark them as sent in the same transaction.

    Raises as `send_workbook_row` does.
    """
    locked = _mark_sent(draft, place, by)
    return answer_request(
        information_request=information_request,
        answers=answers,
        files=files,
        form=form,
        received=Received(locked.received_on, ReceivedAs.WORKBOOK) if locked.received_on else None,
        by=by,
        now=now,
    )


def _mark_sent(draft: WorkbookDraft, place: str, by: User) -> WorkbookDraft:
    """Lock a draft and mark its row at a place as sent. Raises PermissionDenied, and Refused if it was sent before."""
    locked = _lock_own(draft, by)
    row = next((row for row in locked.rows if _place(row) == place), None)
    if row is None or row["is_sent"]:
        raise Refused("row_sent", gettext("This row was already sent. You need not send it again."))
    row["is_sent"] = True
    locked.version += 1
    update_row(locked)
    return locked


def _place(row: dict[str, Any]) -> str:
    """Return the place of a stored row, as `WorkbookRow.place` gives it."""
    return f"request{row['number']}" if row.get("is_request") else str(row["number"])


@transaction.atomic
def drop_workbook(*, draft: WorkbookDraft, by: User, now: datetime) -> RemovedRow:
    """Delete a draft. Return what `restore_workbook` brings it back from. Raises PermissionDenied."""
    locked = _lock_own(draft, by)
    kept = keep_removed(locked, by=by, now=now)
    WorkbookDraft.objects.filter(pk=locked.pk).delete()
    _log("workbook.dropped", locked, by)
    return kept


@transaction.atomic
def restore_workbook(*, ministry: Ministry, removed: int, by: User, now: datetime) -> WorkbookDraft:
    """Bring back a draft that the user has just deleted, with those of its files that are still unsent.

    Raises PermissionDenied, and Refused if the time to undo is over.
    """
    if not can_use_workbook(by, ministry):
        raise PermissionDenied

    def refuse_another(draft: WorkbookDraft) -> None:
        if draft.ministry_id != ministry.pk:
            raise Refused("undo_elsewhere", gettext("This workbook is of another ministry. Open the page of that one."))

    draft, related = bring_back(WorkbookDraft, removed, by=by, now=now, check=refuse_another)
    draft.files.set(EvidenceFile.objects.kept().exclude(is_sent()).filter(pk__in=related["files"]))
    _log("workbook.restored", draft, by)
    return draft


def finish_workbook(*, draft: WorkbookDraft, by: User) -> None:
    """Delete a draft of which nothing is left to send. Raises PermissionDenied."""
    with transaction.atomic():
        WorkbookDraft.objects.filter(pk=_lock_own(draft, by).pk).delete()


def drop_untouched_workbooks(*, now: datetime) -> int:
    """Delete drafts that nobody has saved within DRAFT_LIFETIME. Return the number of drafts."""
    deleted = 0
    for pk in WorkbookDraft.objects.untouched(since=now - DRAFT_LIFETIME).values_list("pk", flat=True):
        with transaction.atomic():
            # Lock first, then check again: the draft may be saved at this moment.
            rows = WorkbookDraft.objects.untouched(since=now - DRAFT_LIFETIME).filter(pk=pk)
            if draft := rows.select_for_update(no_key=True).first():
                WorkbookDraft.objects.filter(pk=draft.pk).delete()
                _log("workbook.forgotten", draft, None)
                deleted += 1
    return deleted


def _lock_own(draft: WorkbookDraft, by: User) -> WorkbookDraft:
    """Return the draft, locked until the transaction ends. Raises PermissionDenied if it is not the user's."""
    rows = WorkbookDraft.objects.visible_to(by).select_related("ministry")
    locked = rows.select_for_update(no_key=True, of=("self",)).filter(pk=draft.pk).first()
    if locked is None or not can_use_workbook(by, locked.ministry):
        raise PermissionDenied
    return locked


def _log(verb: str, draft: WorkbookDraft, by: User | None) -> None:
    country = draft.ministry.country_id if draft.received_on else None
    after = {"ministry": draft.ministry_id, "sha256": draft.sha256, "rows": len(draft.rows)}
    record(verb, by=by, row=draft, country=country, after=after)
