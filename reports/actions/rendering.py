"""Render the files of a briefing in the worker: first as a draft, and again once the draft is cleared."""

import hashlib
import logging
from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from django.db import transaction

from dialogues.models import Redaction
from reports.actions.runs import compute_readiness
from reports.briefings import pdf
from reports.briefings.content.documents import DocumentContent, hash_content, to_json_values
from reports.briefings.documents import build_document
from reports.briefings.html import render_html
from reports.briefings.word.documents import render_docx
from reports.models import Briefing, ReadinessRun, WordTemplate, briefing_name
from tiptracker.accounts.models import Country, User
from tiptracker.audit.actions import record
from tiptracker.choices import Paper
from tiptracker.errors import Refused
from tiptracker.file_integrity import FileIntegrityError, read_intact_file
from tiptracker.infrastructure.file_writes import NewFiles, delete_files
from tiptracker.jobs.actions import JobProgress
from tiptracker.localization import gettext, in_language

logger = logging.getLogger(__name__)

GATHERED_PERCENT, RENDERED_PERCENT = 12, 97
"""Progress when the content is gathered and when the file is rendered, in per cent of the measured time."""


class BriefingFiles(NamedTuple):
    """The files of a briefing: a PDF and, for what goes to Washington, the same content as a Word file."""

    pdf: bytes
    word: bytes = b""

    def hashes(self) -> dict[str, str]:
        """Return the SHA-256 of each file in hexadecimal, by the name of the column that stores it."""
        files = {"sha256": self.pdf, "word_sha256": self.word}
        return {name: hashlib.sha256(file).hexdigest() for name, file in files.items() if file}

    def write(self, new_files: NewFiles) -> "WrittenFiles":
        """Write the files before the transaction that saves the briefing."""
        word = new_files.write(briefing_name(suffix=".docx"), self.word) if self.word else ""
        return WrittenFiles(self, new_files.write(briefing_name(suffix=".pdf"), self.pdf), word)


class WrittenFiles(NamedTuple):
    """The files of a briefing, and their names in the storage. `word_name` is empty if there is no Word file."""

    files: BriefingFiles
    pdf_name: str
    word_name: str


def render_briefing(*, briefing: Briefing, now: datetime, progress: JobProgress) -> None:
    """Render the files of a briefing: a draft or, after clearance, the issued version.

    Running it again does no harm: a briefing that already has the file it needs keeps it. If a redaction is confirmed
    during rendering, the rendering starts again.

    Raises:
        Refused: if the requester no longer has access to the country, or the content differs from the cleared draft.
    """
    if _has_its_file(briefing):
        return
    country = briefing.edition.country
    redactions = Redaction.objects.confirmed(country).count()
    progress.report(1, "Gathering the facts")
    reader = _get_reader(briefing)
    with in_language(briefing.language):
        content = build_document(
            document=briefing.document,
            edition=briefing.edition,
            reader=reader,
            as_of=briefing.as_of,
            known_by=briefing.known_by,
            tells_known_by=briefing.is_as_known,
            is_cleared=bool(briefing.cleared_by),
        )
    if briefing.cleared_by and hash_content(content) != briefing.content_sha256:
        raise Refused(
            "content_changed",
            gettext(
                "The content has changed since the draft was cleared. Request a new briefing, and ask another person "
                "to clear it."
            ),
        )
    run = None
    if briefing.cleared_by:
        run = compute_readiness(edition=briefing.edition, as_of=briefing.as_of, known_by=briefing.known_by, now=now)
    paper = Paper(country.paper)
    with in_language(briefing.language):
        html = render_html(content, paper)
    input_sha256 = pdf.hash_render_input(html)
    template = WordTemplate.objects.content_for(country) if briefing.document.kind.is_for_washington else b""
    word = render_docx(content, paper, template)
    files = BriefingFiles(get_or_render_pdf(html, input_sha256, country, progress), word)
    progress.report(RENDERED_PERCENT, "Saving the file")
    with NewFiles() as new_files:
        rendered = _Rendered(content, input_sha256, files.write(new_files), run, redactions)
        is_done = _save_if_current(briefing, rendered, new_files, now)
    if not is_done:
        render_briefing(briefing=briefing, now=now, progress=progress)


class _Rendered(NamedTuple):
    """What was rendered: the content, its files, and the run of an issued briefing.

    `redactions` is the number of redactions that were confirmed before.
    """

    content: DocumentContent
    input_sha256: str
    written: WrittenFiles
    run: ReadinessRun | None
    redactions: int


def _save_if_current(briefing: Briefing, rendered: _Rendered, new_files: NewFiles, now: datetime) -> bool:
    """Save what was rendered, if it is still needed. Return False if a redaction was confirmed meanwhile."""
    with transaction.atomic():
        # Confirming a redaction takes the same lock: either it finds this file, or the count below finds it.
        country = Country.objects.select_for_update(no_key=True).get(pk=briefing.edition.country_id)
        locked = Briefing.objects.select_for_update(no_key=True).get(pk=briefing.pk)
        is_needed = not _has_its_file(locked)
        is_current = Redaction.objects.confirmed(country).count() == rendered.redactions
        drafts = locked.paths
        if is_needed and is_current:
            locked.setting_sha256 = rendered.input_sha256
            if rendered.run:
                _issue(locked, rendered.written, rendered.run, now)
            else:
                save_briefing_draft(locked, rendered.content, rendered.written)
    if is_needed and is_current:
        delete_files(drafts)  # only after the commit: if it fails, the draft must still be there
    else:
        new_files.discard()
    return is_current or not is_needed


def _has_its_file(briefing: Briefing) -> bool:
    """Return whether nothing is left to render: it was withdrawn or issued, or its draft was not cleared yet."""
    return bool(briefing.withdrawn_at or briefing.cleared_at or (briefing.file and not briefing.cleared_by))


def get_or_render_pdf(html: str, input_sha256: str, country: Country, progress: JobProgress) -> bytes:
    """Return the PDF for this render input: a copy from another briefing of the country, or a new rendering.

    Args:
        input_sha256: hash of everything the file is made from (`pdf.hash_render_input`).
    """
    others = Briefing.objects.filter(edition__country=country, setting_sha256=input_sha256, withdrawn_at__isnull=True)
    for other in others.exclude(file="").only("file", "sha256"):
        if (file := _read_unaltered(other)) is not None:
            return file
    share = RENDERED_PERCENT - GATHERED_PERCENT
    return pdf.render_pdf(
        html, lambda per_cent, step: progress.report(GATHERED_PERCENT + per_cent * share // 100, step)
    )


def _read_unaltered(briefing: Briefing) -> bytes | None:
    """Return the bytes of the briefing's file, or None if the file is missing or altered."""
    try:
        return read_intact_file(str(briefing.file), briefing.sha256)
    except FileIntegrityError as error:  # perhaps it was withdrawn in the meantime
        logger.warning("The file of briefing %s is %s", briefing.pk, error.fault)
        return None


def save_briefing_draft(briefing: Briefing, content: DocumentContent, written: WrittenFiles, *fields: str) -> None:
    """Save a draft's written files and content with its row, together with the other changed `fields`."""
    briefing.facts_up_to, briefing.content_sha256 = content.facts_up_to, hash_content(content)
    briefing.content = to_json_values(content)
    _save_files(briefing, written, ["facts_up_to", "content_sha256", "content", *fields])
    country = briefing.edition.country_id
    record("briefing.rendered", by=None, row=briefing, country=country, after=written.files.hashes())


def _get_reader(briefing: Briefing) -> User:
    """Return the user whose access rights decide what the briefing shows: the requester."""
    reader = briefing.requested_by
    if reader is None or not Briefing.objects.visible_to(reader).filter(pk=briefing.pk).exists():
        raise Refused(
            "requester_left",
            gettext("%(person)s no longer works on %(country)s. Request a new briefing.")
            % {"person": briefing.prepared_by, "country": briefing.edition.country},
        )
    return reader


def _issue(briefing: Briefing, written: WrittenFiles, run: ReadinessRun, now: datetime) -> None:
    """Replace the draft with the final files, and store the readiness run and the log position with them.

    A database trigger then prevents changes to the row.
    """
    after = {**written.files.hashes(), "draft": briefing.sha256, "run": run.pk}
    country = briefing.edition.country_id
    entry = record("briefing.issued", by=briefing.cleared_by, row=briefing, country=country, after=after)
    briefing.run, briefing.cleared_at = run, now
    briefing.log_number, briefing.log_hash = entry.number, entry.hash
    _save_files(briefing, written, ["run", "cleared_at", "log_number", "log_hash"])


def list_stored_hashes() -> Iterator[tuple[str, str]]:
    """Yield name and SHA-256 of every file of a briefing."""
    names = Briefing.objects.order_by("pk").values_list("file", "sha256", "word", "word_sha256")
    for file, sha256, word, word_sha256 in names.iterator():
        yield from ((name, digest) for name, digest in ((file, sha256), (word, word_sha256)) if name)


def _save_files(briefing: Briefing, written: WrittenFiles, fields: list[str]) -> None:
    files, pdf_name, word_name = written
    for name, value in files.hashes().items():
        setattr(briefing, name, value)
    briefing.file.name = pdf_name
    briefing.size = len(files.pdf)
    if word_name:
        briefing.word.name = word_name
        briefing.word_size = len(files.word)
        fields = ["word", "word_sha256", "word_size", *fields]
    briefing.save(update_fields=["file", "sha256", "size", "setting_sha256", *fields])
