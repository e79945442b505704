"""The ambassador's current briefing, made before anybody asks for it."""

from datetime import datetime

from django.core.files.storage import default_storage
from django.db import transaction

from dialogues.models import Redaction
from recommendations.models import Edition
from reports.actions.rendering import Files, file_of, keep_draft
from reports.briefings import pdf
from reports.briefings.content import Content
from reports.briefings.documents import build_document
from reports.briefings.html import as_html
from reports.choices import BriefingKind
from reports.current_briefing import reader_of
from reports.models import Briefing, Document
from tiptracker.accounts.models import Country
from tiptracker.choices import Paper
from tiptracker.jobs.actions import Progress

DOCUMENT = Document(BriefingKind.AMBASSADOR)


def keep_current(*, edition: Edition, log_number: int, now: datetime, progress: Progress) -> None:
    """Make the ambassador's briefing as of today, in the place of the one before if nobody has taken that.

    `log_number` is that of the log's newest entry, looked up before `now` was: all that it tells of is in the briefing.
    Where the briefing says what the one before does, that stays, taken or not. Doing it again does no harm.
    """
    country = edition.country
    reader = reader_of(edition)
    if reader is None or now.date() < edition.starts_on:
        return
    redactions = Redaction.objects.confirmed(country).count()
    progress.tell(1, "Gathering the facts")
    said = build_document(
        document=DOCUMENT, edition=edition, reader=reader, as_of=now.date(), known_by=now, tells_known_by=False
    )
    html = as_html(said, Paper(country.paper))
    setting = pdf.setting(html)
    if _is_there(edition, setting, log_number, now):
        return
    file = file_of(html, setting, country, progress)
    with transaction.atomic():
        # As a redaction is confirmed: it either finds this file, or is found here.
        Country.objects.select_for_update(no_key=True).get(pk=country.pk)
        if Redaction.objects.confirmed(country).count() == redactions:
            briefing = _place(edition, now)
            briefing.setting_sha256, briefing.log_number = setting, log_number
            briefing.job = progress.job
            _keep(briefing, said, file)
            return
    keep_current(edition=edition, log_number=log_number, now=now, progress=progress)


@transaction.atomic
def _is_there(edition: Edition, setting: str, log_number: int, now: datetime) -> bool:
    """Whether the newest says the same already: then it knows what was recorded since, too."""
    newest = Briefing.objects.own(edition).select_for_update(no_key=True).first()
    if newest is None or newest.withdrawn_at or newest.as_of != now.date() or newest.setting_sha256 != setting:
        return False
    newest.log_number = max(newest.log_number or 0, log_number)
    newest.save(update_fields=["log_number"])
    return True


def _place(edition: Edition, now: datetime) -> Briefing:
    """The row for today's: the newest of the tracker's own, unless somebody took it or it was withdrawn; else another.

    Its version follows all others of its day, so that a later version never knows less.
    """
    Edition.objects.select_for_update(no_key=True).get(pk=edition.pk)
    briefing = Briefing.objects.own(edition).select_for_update(no_key=True).first()
    if briefing is None or briefing.withdrawn_at or briefing.downloads.exists():
        briefing = Briefing(edition=edition, kind=DOCUMENT.kind, marking=DOCUMENT.marking, requested_by=None)
    briefing.as_of = now.date()
    briefing.known_by = briefing.requested_at = now
    last = Briefing.objects.of_the_same(briefing).exclude(pk=briefing.pk).last()
    briefing.version = last.version + 1 if last else 1
    return briefing


def _keep(briefing: Briefing, said: Content, file: bytes) -> None:
    before = str(briefing.file)
    if briefing._state.adding:
        briefing.save(force_insert=True)
    keep_draft(briefing, said, Files(file), "as_of", "known_by", "requested_at", "version", "log_number", "job")
    if before:
        transaction.on_commit(lambda: default_storage.delete(before))
