"""Bringing a list, and loading it in one transaction: what was looked over is what is written, or nothing is."""

from collections.abc import Callable, Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
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
from recommendations.importing.matching import Pairing, plan_import
from recommendations.importing.preview import build_preview, get_expected_edition
from recommendations.importing.tables import Charset
from recommendations.importing.tables.columns import ColumnLayout, ColumnType
from recommendations.importing.writer import ImportWriter
from recommendations.models import Benchmark, Edition, EditionImport, Recommendation
from recommendations.models.imports import DRAFT_RETENTION, READ_LIST_JOB
from recommendations.tracking_period import default_tracking_period
from tiptracker.accounts.models import Country, User
from tiptracker.audit.actions import record
from tiptracker.errors import Refused
from tiptracker.infrastructure.locking import lock_rows
from tiptracker.jobs.actions import enqueue
from tiptracker.onboarding.permissions import can_set_up
from tiptracker.sandbox.sandbox import Sandbox
from tiptracker.validation import EditConflict, insert_row, update_row

MAX_NAME_LENGTH = 200
"""Characters of a file's name that are kept."""


@transaction.atomic
def add_edition_without_terms(*, country: Country, year: int, tier: Tier, source: str, by: User) -> Edition:
    """An edition that isn't there yet, with the ordinary tracking period; an officer sets its deadline afterwards.

    Raises PermissionDenied, Refused.
    """
    if not can_set_up(by):
        raise PermissionDenied
    locked = Country.objects.select_for_update(no_key=True).get(pk=country.pk)
    if Edition.objects.filter(country=locked, year=year).exists():
        raise Refused(f"The {year} edition on {locked} is there already.", field="year")
    first, last = default_tracking_period(year)
    refuse_overlap(locked, first, last)
    told = {"tier": tier, "source": source, "starts_on": first, "ends_on": last}
    edition = insert_row(Edition(country=locked, year=year, **told))
    record("edition.opened", by=by, row=edition, country=locked, after=told | {"year": year})
    return edition


@transaction.atomic
def create_import(
    *,
    edition: Edition,
    name: str,
    content: bytes,
    brought: DraftImport,
    text_status: TextStatus,
    by: User,
    now: datetime,
) -> EditionImport:
    """Keep what was brought (read from `content`), to be looked over. Raises PermissionDenied, Refused."""
    if not can_set_up(by):
        raise PermissionDenied
    return insert_row(
        EditionImport(
            edition=edition,
            name=name[:MAX_NAME_LENGTH],
            sha256=sha256(content).hexdigest(),
            text_status=text_status,
            brought=serialize_draft(brought),
            begun_at=now,
            begun_by=by,
        )
    )


@transaction.atomic
def queue_import(
    *,
    edition: Edition,
    name: str,
    content: bytes,
    is_pasted: bool,
    charset: Charset | None,
    text_status: TextStatus,
    by: User,
    now: datetime,
) -> EditionImport:
    """Keep what was brought, and ask for the job that reads it. Raises PermissionDenied."""
    if not can_set_up(by):
        raise PermissionDenied
    begun = EditionImport(
        edition=edition,
        name=name[:MAX_NAME_LENGTH],
        sha256=sha256(content).hexdigest(),
        text_status=text_status,
        is_pasted=is_pasted,
        charset=charset or "",
        begun_at=now,
        begun_by=by,
    )
    begun.content.save("", ContentFile(content), save=False)
    try:
        insert_row(begun)
    except BaseException:
        begun.content.delete(save=False)
        raise
    enqueue(READ_LIST_JOB, begun.pk)
    return begun


@transaction.atomic
def retry_reading(*, imported: EditionImport, by: User) -> None:
    """Ask once more for the job that reads what was brought. Raises PermissionDenied, Refused."""
    if _lock_unloaded(imported, by).is_unread:
        enqueue(READ_LIST_JOB, imported.pk)


def read_import(*, key: int, tell: Callable[[int, str], None]) -> None:
    """Read what was brought and has not been read; `tell` hears how far it is. Raises Refused where it holds no list.

    Takes its time, so that it has no place in a transaction.
    """
    rows = EditionImport.objects.select_related("edition__country")
    imported = rows.filter(pk=key).first()
    if imported is None or not imported.is_unread:  # it was discarded meanwhile, or read already
        return
    tell(10, "Opening the file")
    with imported.content.open() as kept:
        content = bytes(kept.read())
    charset = Charset(imported.charset) if imported.charset else None
    wanted = get_expected_edition(imported.edition)
    tell(20, "Finding the list")
    if imported.is_pasted:
        brought = read_draft_text(content.decode(), wanted)
    else:
        run = Sandbox(imported.begun_by_id, is_job=True)
        brought = read_draft_file(imported.name, content, wanted, charset, run=run)
    tell(90, "Keeping the list")
    with transaction.atomic():
        locked = EditionImport.objects.select_for_update(no_key=True).filter(pk=key).first()
        if locked is None or not locked.is_unread:
            return
        locked.brought = serialize_draft(brought)
        update_row(locked)
        _delete_content(locked)


def _delete_content(imported: EditionImport) -> None:
    """What was read, or is discarded, isn't kept besides, once that is certain."""
    if stored := imported.content.name:
        EditionImport.objects.filter(pk=imported.pk).update(content="")
        transaction.on_commit(lambda: default_storage.delete(stored))


@transaction.atomic
def set_columns(
    *, imported: EditionImport, holds: tuple[ColumnType, ...], has_headings: bool, by: User
) -> EditionImport:
    """Say what each column of a table holds, where that was guessed wrongly. Raises PermissionDenied, Refused."""
    locked = _lock_read(imported, by)
    brought = deserialize_draft(locked.brought)
    said = [column for column in holds if column]
    if len(said) != len(set(said)):
        raise Refused("Two columns can’t hold the same. Say of one of them that it holds nothing.", field="columns")
    locked.brought = serialize_draft(brought._replace(columns=ColumnLayout(holds, has_headings)))
    return update_row(locked)


@transaction.atomic
def load_import(
    *,
    imported: EditionImport,
    pairing: Pairing,
    pillars: Mapping[int, Pillar],
    texts: Mapping[int, str],
    leaves_out_wrong: bool,
    seen: str | None,
    by: User,
    now: datetime,
) -> EditionImport:
    """Write the list, as it was looked over: each row that stands goes on, is split or retired as the pairing says.

    `pillars` are those of new items, `texts` the words of items that a person put right, both by number. `seen` is what
    the preview was made of (`Preview.seen`); None asks nothing. Earlier scores stay as they were known. Raises
    PermissionDenied, ChangedMeanwhile, Refused.
    """
    if not can_set_up(by):
        raise PermissionDenied
    rows = Edition.objects.select_for_update(no_key=True, of=("self",)).select_related("country")
    edition = rows.get(pk=imported.edition_id)
    locked = _lock_read(imported, by)
    lock_rows(Recommendation.objects.filter(edition=edition))
    lock_rows(Benchmark.objects.filter(recommendation__edition=edition))
    found = build_preview(locked, texts)
    if seen is not None and seen != found.seen:
        raise EditConflict(
            "The list was changed meanwhile, so nothing was loaded. What you chose is kept: look at what stands now, "
            "then load it again."
        )
    if not found.listed.rows:
        raise Refused(
            "No row of the list can be read, so nothing can be loaded. Correct the columns, or mend the file."
        )
    if found.listed.wrong and not leaves_out_wrong:
        raise Refused("Some rows can’t be read. Mend the file, or say that they are to be left out.", field="leave_out")
    benchmarks = {key: [one.pk for one in row.benchmarks.all()] for key, row in found.standing.items()}
    planned = plan_import(found.old, found.listed.rows, pairing, benchmarks)
    writer = ImportWriter(edition, locked, found, by, now)
    did = writer.write(planned, pillars) | {"left_out": len(found.listed.wrong)}
    locked.brought, locked.did, locked.loaded_at, locked.loaded_by = {}, did, now, by
    update_row(locked)
    if writer.has_written:
        told: dict[str, Any] = did | {"file": locked.name, "sha256": locked.sha256, "import": locked.pk}
        record("edition.imported", by=by, row=edition, country=edition.country_id, after=told)
    return locked


@transaction.atomic
def discard_import(*, imported: EditionImport, by: User) -> None:
    """Remove what was brought, and that nobody has loaded. Raises PermissionDenied, Refused."""
    locked = _lock_unloaded(imported, by)
    _delete_content(locked)
    locked.delete()


def delete_expired_imports(*, now: datetime) -> int:
    """Remove what was brought and that nobody has loaded in KEPT_FOR; gives how many there were."""
    dropped = 0
    for key in EditionImport.objects.filter(loaded_at=None, begun_at__lt=now - DRAFT_RETENTION).values_list(
        "pk", flat=True
    ):
        with transaction.atomic():
            rows = EditionImport.objects.select_for_update(no_key=True)
            if row := rows.filter(pk=key, loaded_at=None).first():
                _delete_content(row)
                row.delete()
                dropped += 1
    return dropped


def _lock_unloaded(imported: EditionImport, by: User) -> EditionImport:
    """The row, held; refused where it was loaded already."""
    if not can_set_up(by):
        raise PermissionDenied
    rows = EditionImport.objects.select_for_update(no_key=True, of=("self",)).select_related("edition__country")
    locked = rows.get(pk=imported.pk)
    if locked.loaded_at is not None:
        raise Refused("This list was loaded already, and stays as a record of that. To load another, bring it first.")
    return locked


def _lock_read(imported: EditionImport, by: User) -> EditionImport:
    """The same, refused where no job has read it yet."""
    locked = _lock_unloaded(imported, by)
    if locked.is_unread:
        raise Refused("This list has not been read yet. Wait until its preview is ready, then import it.")
    return locked
