"""Keep the ambassador's briefing of the day up to date without a request."""

from datetime import datetime

from django.db import transaction

from dialogues.models import Redaction
from recommendations.models import Edition
from reports.actions.rendering import BriefingFiles, WrittenFiles, get_or_render_pdf, save_briefing_draft
from reports.briefings import pdf
from reports.briefings.content.documents import DocumentContent
from reports.briefings.documents import build_document
from reports.briefings.html import render_html
from reports.choices import BriefingKind
from reports.current_briefing import find_ambassador
from reports.models import Briefing, Document
from tiptracker.accounts.models import Country
from tiptracker.choices import Paper
from tiptracker.infrastructure.file_writes import NewFiles, delete_files
from tiptracker.jobs.actions import JobProgress

AMBASSADOR_DOCUMENT = Document(BriefingKind.AMBASSADOR)


def refresh_current_briefing(*, edition: Edition, log_number: int, now: datetime, progress: JobProgress) -> None:
    """Render the ambassador's briefing as of today, unless the newest one already has the same content.

    It replaces the newest one if nobody has downloaded that. It does nothing if the country has no ambassador or the
    tracking period has not begun. Running it again does no harm.

    Args:
        log_number: number of the newest entry of the activity log, read before `now`. The briefing therefore includes
            every change up to that entry.
    """
    country = edition.country
    reader = find_ambassador(edition)
    if reader is None or now.date() < edition.starts_on:
        return
    redactions = Redaction.objects.confirmed(country).count()
    progress.report(1, "Gathering the facts")
    content = build_document(
        document=AMBASSADOR_DOCUMENT,
        edition=edition,
        reader=reader,
        as_of=now.date(),
        known_by=now,
        tells_known_by=False,
    )
    html = render_html(content, Paper(country.paper))
    input_sha256 = pdf.hash_render_input(html)
    if _is_up_to_date(edition, input_sha256, log_number, now):
        return
    file = get_or_render_pdf(html, input_sha256, country, progress)
    with NewFiles() as new_files:
        written = BriefingFiles(file).write(new_files)
        with transaction.atomic():
            # Confirming a redaction takes the same lock: either it finds this file, or the count below finds it.
            Country.objects.select_for_update(no_key=True).get(pk=country.pk)
            is_current = Redaction.objects.confirmed(country).count() == redactions
            if is_current:
                briefing = _briefing_for_today(edition, now)
                replaced = briefing.paths
                briefing.setting_sha256, briefing.log_number = input_sha256, log_number
                briefing.job = progress.job
                _save_briefing(briefing, content, written)
        if is_current:
            delete_files(replaced)
            return
        new_files.discard()
    refresh_current_briefing(edition=edition, log_number=log_number, now=now, progress=progress)


@transaction.atomic
def _is_up_to_date(edition: Edition, input_sha256: str, log_number: int, now: datetime) -> bool:
    """Return whether the newest briefing has the same content. If it has, move its log number forward."""
    newest = Briefing.objects.own(edition).select_for_update(no_key=True).first()
    if newest is None or newest.withdrawn_at or newest.as_of != now.date() or newest.setting_sha256 != input_sha256:
        return False
    newest.log_number = max(newest.log_number or 0, log_number)
    newest.save(update_fields=["log_number"])
    return True


def _briefing_for_today(edition: Edition, now: datetime) -> Briefing:
    """Return the row to save today's briefing in.

    This is the tracker's newest briefing. If that was downloaded or withdrawn, it is a new, unsaved row.
    Its version comes after all other versions of the same day, so that a later version never knows less.
    """
    Edition.objects.select_for_update(no_key=True).get(pk=edition.pk)
    briefing = Briefing.objects.own(edition).select_for_update(no_key=True).first()
    if briefing is None or briefing.withdrawn_at or briefing.downloads.exists():
        briefing = Briefing(
            edition=edition, kind=AMBASSADOR_DOCUMENT.kind, marking=AMBASSADOR_DOCUMENT.marking, requested_by=None
        )
    briefing.as_of = now.date()
    briefing.known_by = briefing.requested_at = now
    last = Briefing.objects.of_the_same(briefing).exclude(pk=briefing.pk).last()
    briefing.version = last.version + 1 if last else 1
    return briefing


def _save_briefing(briefing: Briefing, content: DocumentContent, written: WrittenFiles) -> None:
    if briefing._state.adding:
        briefing.save(force_insert=True)
    fields = ("as_of", "known_by", "requested_at", "version", "log_number", "job")
    save_briefing_draft(briefing, content, written, *fields)
