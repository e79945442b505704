"""Keep what was uploaded, before it is cited by anything."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.core.exceptions import PermissionDenied
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from dialogues.models import Evidence, EvidenceFile
from dialogues.models.evidence import random_name
from dialogues.permissions import can_upload
from dialogues.uploads import Inspected, inspect, sha256
from tiptracker.accounts.models import User
from tiptracker.audit.actions import record
from tiptracker.audit.append_only import REDACTED
from tiptracker.refusals import Refused
from tiptracker.rules import add

UNSENT_FOR = timedelta(days=2)
"""How long a file is kept for a form that was refused."""


def keep_upload(*, upload: "UploadedFile[bytes]", by: User, now: datetime) -> EvidenceFile:
    """Keep a clean copy of a file under a random name; it shows nothing until evidence cites it.

    Raises PermissionDenied; Refused (field "files") where it is empty, too large or not what it claims.
    """
    if not can_upload(by):
        raise PermissionDenied
    return keep_inspected(found=inspect(upload), by=by, now=now)


@transaction.atomic
def keep_inspected(*, found: Inspected, by: User, now: datetime) -> EvidenceFile:
    """Keep what an inspection made of a file: for who keeps several in one transaction, which mustn't wait for it."""
    if not can_upload(by):
        raise PermissionDenied
    kept = EvidenceFile(
        name=found.name,
        media_type=found.media_type,
        size=len(found.content),
        received_sha256=found.received_sha256,
        stored_sha256=sha256(found.content),
        uploaded_at=now,
        uploaded_by=by,
    )
    stored = default_storage.save(random_name(kept, found.name), ContentFile(found.content))
    try:
        kept.file.name = stored
        add(kept)
        told = {name: getattr(kept, name) for name in ("name", "received_sha256", "stored_sha256")}
        record("file.kept", by=by, row=kept, country=_country_of(by), after=told)
    except BaseException:
        default_storage.delete(stored)
        raise
    return kept


@transaction.atomic
def record_taken(*, file: EvidenceFile, by: User) -> None:
    """Who opened a file, and when, in the log. Whether they may see it, `visible_to` has said."""
    country = file.evidence.values_list("country", flat=True).first() or _country_of(by)
    record("file.taken", by=by, row=file, country=country, after={"sha256": file.stored_sha256})


def drop_unsent(*, now: datetime) -> int:
    """Remove the content and the name of files kept for a form that nobody sent in UNSENT_FOR; gives how many.

    Their rows stay, as all that is kept does, with who uploaded what size and hash when.
    """
    dropped = 0
    for key in EvidenceFile.objects.unsent(before=now - UNSENT_FOR).values_list("pk", flat=True):
        with transaction.atomic():
            # Held, then looked at once more: it may be sent in this very moment.
            EvidenceFile.objects.select_for_update().get(pk=key)
            file = EvidenceFile.objects.unsent(before=now - UNSENT_FOR).filter(pk=key).first()
            if file is None:
                continue
            EvidenceFile.objects.filter(pk=key).update(name=REDACTED)
            record("file.dropped", by=None, row=file, country=_country_of(file.uploaded_by))
            default_storage.delete(str(file.file))
            dropped += 1
    return dropped


def refuse_unless_own_and_unsent(files: Sequence[EvidenceFile], by: User) -> None:
    """Refuse files that somebody else uploaded, or that a piece of evidence cites already."""
    keys = {file.pk for file in files}
    # Held until the sending commits, so that two sendings can't both find the same file free.
    rows = EvidenceFile.objects.filter(pk__in=keys, uploaded_by=by).exclude(name=REDACTED)
    own = list(rows.select_for_update().order_by("pk"))
    if len(own) != len(files) or Evidence.objects.filter(file__in=own).exists():
        raise Refused("One of those files was sent already. Attach it again if it proves this too.", field="files")


def _country_of(by: User) -> int | None:
    """Whose officers may read the entry: a ministry's country; an officer's, where it is one alone."""
    if by.ministry:
        return by.ministry.country_id
    countries = list(by.countries.values_list("pk", flat=True)[:2])
    return countries[0] if len(countries) == 1 else None
