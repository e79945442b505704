"""Keep what was uploaded, before it is cited by anything."""

from collections.abc import Sequence
from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from dialogues.models import Evidence, EvidenceFile
from dialogues.models.evidence import random_name
from dialogues.permissions import can_upload
from dialogues.uploads import inspect
from tiptracker.accounts.models import User
from tiptracker.audit.actions import record
from tiptracker.refusals import Refused
from tiptracker.rules import add


@transaction.atomic
def keep_upload(*, upload: "UploadedFile[bytes]", by: User, now: datetime) -> EvidenceFile:
    """Keep a file under a random name, with what it really is and its hash; it shows nothing until evidence cites it.

    Raises PermissionDenied; Refused (field "files") where it is empty, too large or not what it claims.
    """
    if not can_upload(by):
        raise PermissionDenied
    found = inspect(upload)
    kept = EvidenceFile(
        name=found.name,
        media_type=found.media_type,
        size=found.size,
        sha256=found.sha256,
        uploaded_at=now,
        uploaded_by=by,
    )
    stored = default_storage.save(random_name(kept, found.name), upload)
    try:
        kept.file.name = stored
        add(kept)
        record("file.kept", by=by, row=kept, country=_country_of(by), after={"name": kept.name, "sha256": kept.sha256})
    except BaseException:
        default_storage.delete(stored)
        raise
    return kept


@transaction.atomic
def record_taken(*, file: EvidenceFile, by: User) -> None:
    """Who opened a file, and when, in the log. Whether they may see it, `visible_to` has said."""
    country = file.evidence.values_list("country", flat=True).first() or _country_of(by)
    record("file.taken", by=by, row=file, country=country, after={"sha256": file.sha256})


def refuse_unless_own_and_unsent(files: Sequence[EvidenceFile], by: User) -> None:
    """Refuse files that somebody else uploaded, or that a piece of evidence cites already."""
    keys = {file.pk for file in files}
    # Held until the sending commits, so that two sendings can't both find the same file free.
    own = list(EvidenceFile.objects.select_for_update().filter(pk__in=keys, uploaded_by=by).order_by("pk"))
    if len(own) != len(files) or Evidence.objects.filter(file__in=own).exists():
        raise Refused("One of those files was sent already. Attach it again if it proves this too.", field="files")


def _country_of(by: User) -> int | None:
    """Whose officers may read the entry: a ministry's country; an officer's, where it is one alone."""
    if by.ministry:
        return by.ministry.country_id
    countries = list(by.countries.values_list("pk", flat=True)[:2])
    return countries[0] if len(countries) == 1 else None
