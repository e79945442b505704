"""Find and withdraw briefings that contain redacted text."""

import json
import logging
from datetime import datetime

from django.core.files.storage import default_storage
from django.db import transaction

from dialogues.actions.redactions import finish_redaction
from dialogues.models import Redaction
from dialogues.text_search import contains_each_word
from reports.briefings import pdf
from reports.models import Briefing
from tiptracker.accounts.models import User
from tiptracker.audit.actions import AuditEvent, record, record_all
from tiptracker.audit.append_only import REDACTED
from tiptracker.audit.imported_logs import list_imported_rows
from tiptracker.audit.models import AuditEntry
from tiptracker.infrastructure.storage import StorageUnavailableError
from tiptracker.jobs.actions import JobProgress
from tiptracker.localization import gettext, record_language

logger = logging.getLogger(__name__)


def withdraw_redacted_briefings(*, redaction: Redaction, now: datetime, progress: JobProgress) -> None:
    """Withdraw each briefing that contains the words of a confirmed redaction or can't be read.

    Then finish the redaction. Running it again does no harm. Until it is done, the words stay stored and no briefing
    of the country can be downloaded.
    """
    briefings = Briefing.objects.filter(edition__country=redaction.country_id).exclude(file="").order_by("pk")
    for done, briefing in enumerate(briefings if redaction.words else ()):
        progress.report(min(90, 10 * done), "Searching the briefings")
        while briefing.file and (reason := _withdrawal_reason(briefing, redaction.words)):
            withdraw_briefing(briefing=briefing, redaction=redaction, reason=reason, now=now)
            briefing.refresh_from_db()  # if it was rendered again meanwhile, its new file is searched, too
    if redaction.words:
        _redact_covering_notes(redaction)
    finish_redaction(redaction=redaction)


def _redact_covering_notes(redaction: Redaction) -> None:
    """Redact the whole covering note of each briefing that never had a file, if the note contains the words."""
    without_file = Briefing.objects.filter(edition__country=redaction.country_id, file="", withdrawn_at__isnull=True)
    for briefing in without_file.exclude(covering_note="").order_by("pk"):
        if contains_each_word(briefing.covering_note, redaction.words):
            redact_covering_note(briefing, by=redaction.decision.recorded_by)


@transaction.atomic
def redact_covering_note(briefing: Briefing, *, by: User | None) -> bool:
    """Replace the whole note with the redaction mark, and return whether that was done.

    A briefing that got its file in the meantime is left alone: its file is searched instead.
    """
    is_open = Briefing.objects.filter(pk=briefing.pk, file="").exclude(covering_note=REDACTED)
    if not is_open.update(covering_note=REDACTED):
        return False
    record("briefing.note_redacted", by=by, row=briefing, country=briefing.edition.country_id)
    return True


def find_unlogged_note_redactions() -> list[str]:
    """Return a sentence for each redacted covering note that the activity log does not mention."""
    marked = Briefing.objects.filter(covering_note=REDACTED).order_by("pk").values_list("pk", flat=True)
    entries = AuditEntry.objects.filter(verb="briefing.note_redacted", table=Briefing._meta.label_lower)
    logged = set(entries.values_list("row", flat=True))
    logged |= set(map(str, list_imported_rows(Briefing._meta.label_lower, "briefing.note_redacted")))
    return [
        f"the covering note of briefing {pk} became the mark, and no redaction names it"
        for pk in marked
        if str(pk) not in logged
    ]


def withdraw_briefing(*, briefing: Briefing, redaction: Redaction, reason: str, now: datetime) -> None:
    """Withdraw a draft or issued briefing: delete its files and its stored content, but keep its hashes.

    If the briefing was rendered again since it was read, its new files stay and it is not withdrawn.
    """
    # Before the transaction: if that fails, the missing file can't be read and the next run withdraws the briefing.
    for path in briefing.paths:
        default_storage.delete(path)
    record_withdrawal(briefing=briefing, redaction=redaction, reason=reason, now=now)


@transaction.atomic
def record_withdrawal(*, briefing: Briefing, redaction: Redaction, reason: str, now: datetime) -> None:
    """Withdraw a briefing whose files are deleted, or will be after this transaction."""
    by = redaction.decision.recorded_by
    locked = Briefing.objects.select_for_update(no_key=True, of=("self",)).select_related("edition").get(pk=briefing.pk)
    if locked.withdrawn_at or not locked.file or locked.paths != briefing.paths:
        return
    event = empty_briefing(locked, reason=reason, by=by, now=now, redaction=redaction)
    record_all([event], by=by, country=locked.edition.country_id)


def empty_briefing(
    locked: Briefing, *, reason: str, by: User, now: datetime, redaction: Redaction | None = None
) -> AuditEvent:
    """Empty a locked briefing that has a file: its names of files, its content and its note. Its hashes stay.

    Return the entry that the caller writes to the activity log.
    """
    locked.file = locked.word = locked.covering_note = ""
    locked.content = None
    locked.withdrawn_at, locked.withdrawn_by, locked.withdrawn_reason = now, by, reason
    locked.withdrawn_for = redaction
    emptied = ["file", "word", "covering_note", "content"]
    locked.save(update_fields=[*emptied, "withdrawn_at", "withdrawn_by", "withdrawn_reason", "withdrawn_for"])
    hashes = {"sha256": locked.sha256} | ({"word_sha256": locked.word_sha256} if locked.word_sha256 else {})
    after = {"reason": reason, **hashes} | ({"redaction": redaction.pk} if redaction else {})
    return AuditEvent("briefing.withdrawn", locked, after=after)


def _withdrawal_reason(briefing: Briefing, words: str) -> str:
    """Return why the briefing must be withdrawn, without quoting the words; empty if it can stay."""
    try:
        with briefing.file.open("rb") as file:
            text = pdf.extract_pdf_text(file.read())
    except StorageUnavailableError:
        raise  # the file may be there: the job runs again
    except OSError:
        logger.exception("The file of briefing %s can't be read", briefing.pk)
        text = ""
    if not text:
        with record_language():
            return gettext(
                "Personal data were removed from the record, and this briefing could not be searched for them."
            )
    # The content stored for comparisons may include text that did not fit on the pages.
    searched = f"{text}\n{json.dumps(briefing.content, ensure_ascii=False)}"
    if not contains_each_word(searched, words):
        return ""
    with record_language():
        return gettext("It contained personal data that were removed from the record.")
