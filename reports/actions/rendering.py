"""A briefing's file: made by the worker, as a draft and once more when that was cleared."""

import hashlib
import logging
from datetime import datetime

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction

from dialogues.models import Redaction
from reports import content, pdf
from reports.actions.runs import compute_readiness
from reports.briefing import as_html, build_document
from reports.models import Briefing, ReadinessRun
from tiptracker.accounts.models import Country, User
from tiptracker.audit.actions import record
from tiptracker.jobs.actions import Progress
from tiptracker.refusals import Refused
from tiptracker.words import Paper

logger = logging.getLogger(__name__)

GATHERED, MADE = 12, 97
"""Per cent of the time, as measured, when all is gathered that a document says, and when its file is made."""


def render_briefing(*, briefing: Briefing, now: datetime, progress: Progress) -> None:
    """Make the file of a briefing: a draft, or once somebody cleared that, the one that is issued.

    Doing it again does no harm: a briefing that has the file that is asked for keeps it. Raises Refused where who asked
    for it reads the country no more, and where what it says is no longer what was cleared.
    """
    if briefing.withdrawn_at or briefing.cleared_at or (briefing.file and not briefing.cleared_by):
        return
    country = briefing.edition.country
    redactions = Redaction.objects.confirmed(country).count()
    progress.tell(1, "Gathering the facts")
    said = _content_of(briefing, _reader(briefing))
    if briefing.cleared_by and content.fingerprint(said) != briefing.content_sha256:
        raise Refused(
            "What it says is no longer what was cleared: the record was changed as it was then known, or the tracker "
            "tells it in other words. Ask for a new briefing, and have that cleared."
        )
    run = None
    if briefing.cleared_by:
        run = compute_readiness(edition=briefing.edition, as_of=briefing.as_of, known_by=briefing.known_by, now=now)
    html = as_html(said, Paper(country.paper))
    setting = pdf.setting(html)
    file = file_of(html, setting, country, progress)
    progress.tell(MADE, "Keeping the file")
    with transaction.atomic():
        # As a redaction is confirmed: it either finds this file, or is found here.
        Country.objects.select_for_update(no_key=True).get(pk=country.pk)
        kept = Briefing.objects.select_for_update().get(pk=briefing.pk)
        if kept.withdrawn_at or kept.cleared_at or (kept.file and not kept.cleared_by):
            return
        if Redaction.objects.confirmed(country).count() == redactions:
            kept.setting_sha256 = setting
            if run:
                _issue(kept, file, run, now)
            else:
                keep_draft(kept, said, file)
            return
    render_briefing(briefing=briefing, now=now, progress=progress)


def file_of(html: str, setting: str, country: Country, progress: Progress) -> bytes:
    """The file of a setting: a copy of that of another briefing of the country, where one has it, else made now."""
    others = Briefing.objects.filter(edition__country=country, setting_sha256=setting, withdrawn_at__isnull=True)
    for other in others.exclude(file="").only("file", "sha256"):
        if (file := _unchanged(other)) is not None:
            return file
    share = MADE - GATHERED
    return pdf.to_pdf(html, lambda per_cent, step: progress.tell(GATHERED + per_cent * share // 100, step))


def _unchanged(briefing: Briefing) -> bytes | None:
    """The bytes of its file; None where that is gone, or is no longer what was made."""
    try:
        with briefing.file.open("rb") as kept:
            file: bytes = kept.read()
    except OSError:  # withdrawn meanwhile, perhaps
        logger.warning("The file of briefing %s can't be read", briefing.pk)
        return None
    if hashlib.sha256(file).hexdigest() != briefing.sha256:
        logger.error("The file of briefing %s was altered", briefing.pk)
        return None
    return file


def keep_draft(briefing: Briefing, said: content.Content, file: bytes, *fields: str) -> None:
    """Keep a draft's file and what it says with its row, besides other `fields` of it that have changed."""
    briefing.facts_up_to, briefing.content_sha256 = said.facts_up_to, content.fingerprint(said)
    briefing.said = content.as_plain(said)
    _keep_file(briefing, file, ["facts_up_to", "content_sha256", "said", *fields])
    country = briefing.edition.country_id
    record("briefing.rendered", by=None, row=briefing, country=country, after={"sha256": briefing.sha256})


def _reader(briefing: Briefing) -> User:
    """Through whose eyes it is read: of who asked for it."""
    reader = briefing.requested_by
    if reader is None or not Briefing.objects.visible_to(reader).filter(pk=briefing.pk).exists():
        raise Refused(f"{briefing.prepared_by} no longer works on {briefing.edition.country}. Ask for a new briefing.")
    return reader


def _content_of(briefing: Briefing, reader: User) -> content.Content:
    """What it says, for its reader."""
    return build_document(
        document=briefing.document,
        edition=briefing.edition,
        reader=reader,
        as_of=briefing.as_of,
        known_by=briefing.known_by,
        tells_known_by=briefing.is_as_known,
        is_cleared=bool(briefing.cleared_by),
    )


def _issue(briefing: Briefing, file: bytes, run: ReadinessRun, now: datetime) -> None:
    """Put the final file in the draft's place, and fix with it what it rests on. From then on a trigger holds it."""
    draft = str(briefing.file)
    told = {"sha256": hashlib.sha256(file).hexdigest(), "draft": briefing.sha256, "run": run.pk}
    entry = record(
        "briefing.issued", by=briefing.cleared_by, row=briefing, country=briefing.edition.country_id, after=told
    )
    briefing.run, briefing.cleared_at = run, now
    briefing.log_number, briefing.log_hash = entry.number, entry.hash
    _keep_file(briefing, file, ["run", "cleared_at", "log_number", "log_hash"])
    # Once this commits: a rendering that fails leaves the draft as it was.
    transaction.on_commit(lambda: default_storage.delete(draft))


def _keep_file(briefing: Briefing, file: bytes, fields: list[str]) -> None:
    briefing.file.save("briefing.pdf", ContentFile(file), save=False)
    briefing.sha256, briefing.size = hashlib.sha256(file).hexdigest(), len(file)
    briefing.save(update_fields=["file", "sha256", "size", "setting_sha256", *fields])
