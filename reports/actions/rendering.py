"""A briefing's file: made by the worker, as a draft and once more when that was cleared."""

import hashlib
import logging
from datetime import datetime
from typing import NamedTuple

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction

from dialogues.models import Redaction
from reports.actions.runs import compute_readiness
from reports.briefings import pdf
from reports.briefings.content.documents import DocumentContent, hash_content, to_json_values
from reports.briefings.content.washington import WashingtonInput
from reports.briefings.documents import build_document
from reports.briefings.html import render_html
from reports.briefings.word.washington import render_docx
from reports.models import Briefing, ReadinessRun
from tiptracker.accounts.models import Country, User
from tiptracker.audit.actions import record
from tiptracker.choices import Paper
from tiptracker.errors import Refused
from tiptracker.file_integrity import FileIntegrityError, read_intact_file
from tiptracker.jobs.actions import JobProgress

logger = logging.getLogger(__name__)

GATHERED_PERCENT, RENDERED_PERCENT = 12, 97
"""Per cent of the time, as measured, when all is gathered that a document says, and when its file is made."""


class BriefingFiles(NamedTuple):
    """What a briefing is handed over as: its PDF and, of input for Washington, the same as a Word file."""

    pdf: bytes
    word: bytes = b""

    def hashes(self) -> dict[str, str]:
        """Their SHA-256 in hexadecimal, by the column that keeps it."""
        named = {"sha256": self.pdf, "word_sha256": self.word}
        return {name: hashlib.sha256(file).hexdigest() for name, file in named.items() if file}


def render_briefing(*, briefing: Briefing, now: datetime, progress: JobProgress) -> None:
    """Make the file of a briefing: a draft, or once somebody cleared that, the one that is issued.

    Doing it again does no harm: a briefing that has the file that is asked for keeps it. Raises Refused where who asked
    for it reads the country no more, and where what it says is no longer what was cleared.
    """
    if briefing.withdrawn_at or briefing.cleared_at or (briefing.file and not briefing.cleared_by):
        return
    country = briefing.edition.country
    redactions = Redaction.objects.confirmed(country).count()
    progress.tell(1, "Gathering the facts")
    said = _build_content(briefing, _get_reader(briefing))
    if briefing.cleared_by and hash_content(said) != briefing.content_sha256:
        raise Refused(
            "What it says is no longer what was cleared: the record was changed as it was then known, or the tracker "
            "tells it in other words. Ask for a new briefing, and have that cleared."
        )
    run = None
    if briefing.cleared_by:
        run = compute_readiness(edition=briefing.edition, as_of=briefing.as_of, known_by=briefing.known_by, now=now)
    paper = Paper(country.paper)
    html = render_html(said, paper)
    setting = pdf.hash_render_input(html)
    files = BriefingFiles(get_or_render_pdf(html, setting, country, progress), _render_word(said, paper))
    progress.tell(RENDERED_PERCENT, "Keeping the file")
    with transaction.atomic():
        # As a redaction is confirmed: it either finds this file, or is found here.
        Country.objects.select_for_update(no_key=True).get(pk=country.pk)
        kept = Briefing.objects.select_for_update(no_key=True).get(pk=briefing.pk)
        if kept.withdrawn_at or kept.cleared_at or (kept.file and not kept.cleared_by):
            return
        if Redaction.objects.confirmed(country).count() == redactions:
            kept.setting_sha256 = setting
            if run:
                _issue(kept, files, run, now)
            else:
                save_briefing_draft(kept, said, files)
            return
    render_briefing(briefing=briefing, now=now, progress=progress)


def get_or_render_pdf(html: str, setting: str, country: Country, progress: JobProgress) -> bytes:
    """The file of a setting: a copy of that of another briefing of the country, where one has it, else made now."""
    others = Briefing.objects.filter(edition__country=country, setting_sha256=setting, withdrawn_at__isnull=True)
    for other in others.exclude(file="").only("file", "sha256"):
        if (file := _read_unaltered(other)) is not None:
            return file
    share = RENDERED_PERCENT - GATHERED_PERCENT
    return pdf.render_pdf(html, lambda per_cent, step: progress.tell(GATHERED_PERCENT + per_cent * share // 100, step))


def _render_word(said: DocumentContent, paper: Paper) -> bytes:
    return render_docx(said, paper) if isinstance(said, WashingtonInput) else b""


def _read_unaltered(briefing: Briefing) -> bytes | None:
    """The bytes of its file; None where that is gone, or is no longer what was made."""
    try:
        content = read_intact_file(str(briefing.file), briefing.sha256)
    except FileIntegrityError as error:  # missing where it was withdrawn meanwhile, perhaps
        logger.warning("The file of briefing %s is %s", briefing.pk, error.fault)
        return None
    return content


def save_briefing_draft(briefing: Briefing, said: DocumentContent, files: BriefingFiles, *fields: str) -> None:
    """Keep a draft's files and what it says with its row, besides other `fields` of it that have changed."""
    briefing.facts_up_to, briefing.content_sha256 = said.facts_up_to, hash_content(said)
    briefing.said = to_json_values(said)
    _save_files(briefing, files, ["facts_up_to", "content_sha256", "said", *fields])
    country = briefing.edition.country_id
    record("briefing.rendered", by=None, row=briefing, country=country, after=files.hashes())


def _get_reader(briefing: Briefing) -> User:
    """Through whose eyes it is read: of who asked for it."""
    reader = briefing.requested_by
    if reader is None or not Briefing.objects.visible_to(reader).filter(pk=briefing.pk).exists():
        raise Refused(f"{briefing.prepared_by} no longer works on {briefing.edition.country}. Ask for a new briefing.")
    return reader


def _build_content(briefing: Briefing, reader: User) -> DocumentContent:
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


def _issue(briefing: Briefing, files: BriefingFiles, run: ReadinessRun, now: datetime) -> None:
    """Put the final files in the draft's place, and fix with them what they rest on. Then a trigger holds all of it."""
    drafts = briefing.paths
    told = {**files.hashes(), "draft": briefing.sha256, "run": run.pk}
    entry = record(
        "briefing.issued", by=briefing.cleared_by, row=briefing, country=briefing.edition.country_id, after=told
    )
    briefing.run, briefing.cleared_at = run, now
    briefing.log_number, briefing.log_hash = entry.number, entry.hash
    _save_files(briefing, files, ["run", "cleared_at", "log_number", "log_hash"])
    # Once this commits: a rendering that fails leaves the draft as it was.
    transaction.on_commit(lambda: delete_files(drafts))


def delete_files(paths: list[str]) -> None:
    """Destroy what briefings were kept in."""
    for path in paths:
        default_storage.delete(path)


def _save_files(briefing: Briefing, files: BriefingFiles, fields: list[str]) -> None:
    for name, value in files.hashes().items():
        setattr(briefing, name, value)
    briefing.file.save("briefing.pdf", ContentFile(files.pdf), save=False)
    briefing.size = len(files.pdf)
    if files.word:
        briefing.word.save("briefing.docx", ContentFile(files.word), save=False)
        briefing.word_size = len(files.word)
        fields = ["word", "word_sha256", "word_size", *fields]
    briefing.save(update_fields=["file", "sha256", "size", "setting_sha256", *fields])
