"""Create draft imports, and load them in one transaction: either everything in the preview is written or nothing."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction

from recommendations.actions.edition_terms import refuse_overlap
from recommendations.choices import Pillar, TextStatus, Tier
from recommendations.importing.draft import (
    DraftImport,
    deserialize_draft,
    read_draft_file,
    read_draft_text,
    serialize_draft,
)
from recommendations.importing.item_editing import (
    EditedItems,
    ItemStep,
    edit_items,
    items_fingerprint,
    renumber_choices,
    set_texts,
)
from recommendations.importing.matching import Pairing, plan_import
from recommendations.importing.preview import build_preview, get_expected_edition
from recommendations.importing.tables.charsets import Charset
from recommendations.importing.tables.columns import ColumnLayout, ColumnType
from recommendations.importing.tables.rows import ImportedItem
from recommendations.importing.writer import ImportWriter
from recommendations.models import Benchmark, Edition, EditionImport, Recommendation
from recommendations.models.imports import DRAFT_RETENTION, READ_LIST_JOB
from recommendations.tracking_period import default_tracking_period
from tiptracker.accounts.models import Country, User
from tiptracker.audit.actions import record
from tiptracker.errors import Refused
from tiptracker.file_integrity import read_intact_file
from tiptracker.infrastructure.file_writes import NewFiles, delete_files
from tiptracker.infrastructure.locking import lock_rows
from tiptracker.jobs.actions import enqueue
from tiptracker.localization import gettext, gettext_noop
from tiptracker.onboarding.permissions import can_set_up
from tiptracker.sandbox.sandbox import Sandbox
from tiptracker.undo.actions import bring_back, keep_removed
from tiptracker.undo.models import RemovedRow
from tiptracker.validation import EditConflict, insert_row, update_row

MAX_NAME_LENGTH = 200
"""Most characters of a file name to keep."""


@transaction.atomic
def add_edition_without_terms(*, country: Country, year: int, tier: Tier, source: str, by: User) -> Edition:
    """Add an edition with the default tracking period. An officer sets its deadline afterwards.

    Raises PermissionDenied, Refused.
    """
    if not can_set_up(by, country.pk):
        raise PermissionDenied
    locked = Country.objects.select_for_update(no_key=True).get(pk=country.pk)
    if Edition.objects.filter(country=locked, year=year).exists():
        raise Refused(
            "taken",
            gettext("The %(year)d edition on %(country)s already exists.") % {"year": year, "country": locked.name},
            field="year",
        )
    first, last = default_tracking_period(year)
    refuse_overlap(locked, first, last)
    values = {"tier": tier, "source": source, "starts_on": first, "ends_on": last}
    edition = insert_row(Edition(country=locked, year=year, **values))
    record("edition.opened", by=by, row=edition, country=locked, after=values | {"year": year})
    return edition


def create_import(
    *,
    edition: Edition,
    name: str,
    content: bytes,
    draft: DraftImport | None,
    is_pasted: bool = False,
    charset: str = "",
    text_status: TextStatus,
    by: User,
    now: datetime,
) -> EditionImport:
    """Save a draft import. Raises PermissionDenied, Refused.

    Args:
        draft: what was read from `content`; None to store the content and queue the job that reads it.
        is_pasted: whether `content` is a text that was pasted and not a file.
        charset: what a CSV file in it is written in, if the user said so.
    """
    if not can_set_up(by, edition.country_id):
        raise PermissionDenied
    imported = EditionImport(
        edition=edition,
        name=name[:MAX_NAME_LENGTH],
        sha256=sha256(content).hexdigest(),
        is_pasted=is_pasted,
        text_status=text_status,
        begun_at=now,
        begun_by=by,
    )
    if draft is not None:
        imported.draft = serialize_draft(draft)
        return insert_row(imported)
    imported.charset = charset
    with NewFiles() as new_files:
        imported.content.name = new_files.write(imported.content.field.generate_filename(imported, ""), content)
        with transaction.atomic():
            insert_row(imported)
            enqueue(READ_LIST_JOB, imported.pk)
    return imported


@transaction.atomic
def retry_reading(*, imported: EditionImport, by: User) -> None:
    """Queue the job that reads an import again. Raises PermissionDenied, Refused."""
    if _lock_unloaded(imported, by).is_unread:
        enqueue(READ_LIST_JOB, imported.pk)


def read_import(*, key: int, tell: Callable[[int, str], None]) -> None:
    """Read an import that has not been read. Raises Refused if it holds no list, FileIntegrityError if it was altered.

    `tell` is called with the progress (percent) and a sentence. Reading is slow, so call this outside a transaction.
    """
    imported = EditionImport.objects.select_related("edition__country").filter(pk=key).first()
    if imported is None or not imported.is_unread:  # discarded in the meantime, or read already
        return
    tell(10, gettext_noop("Opening the file"))
    content = read_intact_file(str(imported.content), imported.sha256)
    charset = Charset(imported.charset) if imported.charset else None
    expected = get_expected_edition(imported.edition)
    tell(20, gettext_noop("Looking for the list"))
    if imported.is_pasted:
        draft = read_draft_text(content.decode(), expected)
    else:
        run = Sandbox(imported.begun_by_id, is_job=True)
        draft = read_draft_file(imported.name, content, expected, charset, run=run)
    tell(90, gettext_noop("Saving the draft"))
    with transaction.atomic():
        locked = EditionImport.objects.select_for_update(no_key=True).filter(pk=key).first()
        if locked is None or not locked.is_unread:
            return
        locked.draft = serialize_draft(draft)
        update_row(locked)
        _delete_content(locked)


def _delete_content(imported: EditionImport) -> None:
    """Delete the stored file of an import that was read or discarded, after the transaction commits."""
    if stored := imported.content.name:
        EditionImport.objects.filter(pk=imported.pk).update(content="")
        transaction.on_commit(lambda: delete_files([stored]))


@transaction.atomic
def set_columns(
    *, imported: EditionImport, types: tuple[ColumnType, ...], has_headings: bool, by: User
) -> EditionImport:
    """Set what each column of a table holds, to correct the guess. Changes to the items are lost.

    Raises PermissionDenied, Refused.
    """
    locked = _lock_read(imported, by)
    draft = deserialize_draft(locked.draft)
    used = [column for column in types if column]
    if len(used) != len(set(used)):
        raise Refused(
            "named_twice",
            gettext("Two columns have the same content. Set one of them to “Not used”."),
            field="columns",
        )
    as_read = draft.without_edits()
    locked.draft = serialize_draft(as_read._replace(columns=ColumnLayout(types, has_headings), choices={}))
    return update_row(locked)


@transaction.atomic
def edit_draft(
    *,
    imported: EditionImport,
    step: ItemStep | None,
    number: int,
    texts: Mapping[int, str],
    choices: Mapping[str, str],
    seen: str,
    by: User,
) -> EditedItems:
    """Save what the user typed on the preview, and do one step to item `number`. The edition does not change.

    A step that was saved already, because its button was pressed twice, is not done again. Raises PermissionDenied,
    EditConflict, Refused.

    Args:
        step: None only saves.
        texts: the texts of the items, by number.
        choices: what the user typed beside the items, by field.
        seen: the fingerprint of the items that the page showed.
    """
    locked = _lock_read(imported, by)
    draft = deserialize_draft(locked.draft)
    items = draft.editable_items(draft.listed(get_expected_edition(locked.edition)))
    if step is ItemStep.RESET:
        locked.draft = serialize_draft(draft.without_edits())
        update_row(locked)
        return EditedItems(())
    if seen != items_fingerprint(items, draft.left_out):
        if _is_done(items, step, number, texts):
            return EditedItems(tuple(items), draft.left_out, {}, number or None)
        raise _items_conflict()
    typed = set_texts(items, texts)
    if step is None:
        edited = EditedItems(typed, draft.left_out, {item.number: item.number for item in typed})
    else:
        edited = edit_items(typed, draft.left_out, step, number)
    if edited.items != items or edited.left_out != draft.left_out:
        draft = draft.with_items(edited.items, edited.left_out)
    locked.draft = serialize_draft(draft._replace(choices=renumber_choices(choices, edited.numbers, edited.parts)))
    update_row(locked)
    return edited


def _is_done(items: Sequence[ImportedItem], step: ItemStep | None, number: int, texts: Mapping[int, str]) -> bool:
    """Return whether the stored items are what this step makes of the texts that the user typed."""
    typed = [ImportedItem(place, text) for place, text in sorted(texts.items())]
    if step is None or step is ItemStep.RESTORE or not typed:
        return False
    try:
        edited = edit_items(typed, (), step, number).items
    except Refused:
        return False
    return [item.text.split() for item in edited] == [item.text.split() for item in items]


def _items_conflict() -> EditConflict:
    return EditConflict(
        gettext(
            "Somebody changed the items of this draft in the meantime, so your last step was not done. The page now "
            "shows the current items. Your own texts are below."
        )
    )


@transaction.atomic
def load_import(
    *,
    imported: EditionImport,
    pairing: Pairing,
    pillars: Mapping[int, Pillar],
    texts: Mapping[int, str],
    leaves_out_wrong: bool,
    fingerprint: str | None,
    items_fingerprint: str | None = None,
    by: User,
    now: datetime,
) -> EditionImport:
    """Load the list as previewed. Each existing item continues, is split or is retired as the pairing says.

    Scores as known earlier don't change. Raises PermissionDenied, EditConflict, Refused.

    Args:
        pillars: pillars of new items, by number.
        texts: corrected texts of items, by number.
        fingerprint: that of the existing list which the preview was made from; None skips the check.
        items_fingerprint: that of the imported items; None skips the check.
    """
    if not can_set_up(by, imported.edition.country_id):
        raise PermissionDenied
    rows = Edition.objects.select_for_update(no_key=True, of=("self",)).select_related("country")
    edition = rows.get(pk=imported.edition_id)
    locked = _lock_read(imported, by)
    lock_rows(Recommendation.objects.filter(edition=edition))
    lock_rows(Benchmark.objects.filter(recommendation__edition=edition))
    preview = build_preview(locked, texts)
    if fingerprint is not None and fingerprint != preview.fingerprint:
        raise EditConflict(
            gettext(
                "Somebody changed the current list in the meantime, so nothing was imported. Your choices are kept. "
                "Check the new preview and import again."
            )
        )
    if items_fingerprint is not None and items_fingerprint != preview.items_fingerprint:
        raise _items_conflict()
    if not preview.imported_list.rows:
        raise Refused(
            "no_readable_row",
            gettext("No row of the table can be read, so nothing can be imported. Correct the columns or the file."),
        )
    if preview.imported_list.unreadable and not leaves_out_wrong:
        raise Refused(
            "unreadable_rows",
            gettext("Some rows can’t be read. Correct the file, or tick this box to import the other rows."),
            field="leave_out",
        )
    benchmarks = {
        key: [benchmark.pk for benchmark in row.listed_benchmarks] for key, row in preview.existing_rows.items()
    }
    planned = plan_import(tuple(preview.existing_items.values()), preview.imported_list.rows, pairing, benchmarks)
    writer = ImportWriter(edition, locked, preview, by, now)
    did = writer.write(planned, pillars) | {"left_out": len(preview.imported_list.unreadable)}
    locked.draft, locked.did, locked.loaded_at, locked.loaded_by = {}, did, now, by
    update_row(locked)
    if writer.has_written:
        values: dict[str, Any] = did | {"file": locked.name, "sha256": locked.sha256, "import": locked.pk}
        record("edition.imported", by=by, row=edition, country=edition.country_id, after=values)
    return locked


@transaction.atomic
def discard_import(*, imported: EditionImport, by: User, now: datetime) -> RemovedRow | None:
    """Delete a draft import. Return what `restore_import` brings it back from; None if its file was not read yet.

    Raises PermissionDenied, Refused.
    """
    locked = _lock_unloaded(imported, by)
    kept = None if locked.is_unread else keep_removed(locked, by=by, now=now)
    _delete_content(locked)
    locked.delete()
    return kept


@transaction.atomic
def restore_import(*, edition: Edition, removed: int, by: User, now: datetime) -> EditionImport:
    """Bring back a draft import that the user has just discarded. Raises PermissionDenied, Refused."""
    if not can_set_up(by, edition.country_id):
        raise PermissionDenied

    def refuse_another(imported: EditionImport) -> None:
        if imported.edition_id != edition.pk:
            raise Refused("undo_elsewhere", gettext("This draft belongs to another edition. Open that edition."))

    return bring_back(EditionImport, removed, by=by, now=now, check=refuse_another)[0]


def delete_expired_imports(*, now: datetime) -> int:
    """Delete draft imports older than DRAFT_RETENTION. Return how many there were."""
    dropped = 0
    drafts = EditionImport.objects.filter(loaded_at=None)
    for key in drafts.filter(begun_at__lt=now - DRAFT_RETENTION).values_list("pk", flat=True):
        with transaction.atomic():
            if row := drafts.select_for_update(no_key=True).filter(pk=key).first():
                _delete_content(row)
                row.delete()
                dropped += 1
    return dropped


def _lock_unloaded(imported: EditionImport, by: User) -> EditionImport:
    """Return the locked row. Raises PermissionDenied, or Refused if it was already loaded."""
    if not can_set_up(by, imported.edition.country_id):
        raise PermissionDenied
    rows = EditionImport.objects.select_for_update(no_key=True, of=("self",)).select_related("edition__country")
    locked = rows.get(pk=imported.pk)
    if locked.loaded_at is not None:
        raise Refused(
            "already_loaded",
            gettext("This list has already been imported. Start a new import to load another list."),
        )
    return locked


def _lock_read(imported: EditionImport, by: User) -> EditionImport:
    """Return the locked row. Raises PermissionDenied, or Refused if it was already loaded or not read yet."""
    locked = _lock_unloaded(imported, by)
    if locked.is_unread:
        raise Refused("not_read_yet", gettext("This file has not been read yet. Wait until its preview is ready."))
    return locked
