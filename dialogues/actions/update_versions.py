"""Write a version of an update, on a commitment or a request, with its evidence and figures."""

from collections.abc import Sequence
from datetime import datetime

from django.conf import settings

from dialogues.actions.drafts import DraftPage, find_draft, finish_draft, lock_draft
from dialogues.actions.evidence import TITLE_LENGTH, add_evidence_links
from dialogues.actions.files import refuse_oversized_total, refuse_unless_own_and_unsent
from dialogues.actions.readings import ReadingInput, add_reading
from dialogues.actions.sent_forms import SentForm, keep_send_key
from dialogues.choices import DoneBy, EvidenceKind, Sensitivity, SupportKind
from dialogues.models import Commitment, Evidence, EvidenceFile, Reading, Update, UpdateVersion
from dialogues.models.updates import UpdateSubject, subject_field, update_lookup
from recommendations.models import Benchmark
from tiptracker.accounts.models import User
from tiptracker.errors import Refused
from tiptracker.localization import format_date, gettext, ngettext, record_language
from tiptracker.validation import insert_row


def refuse_too_many_files(files: Sequence[EvidenceFile]) -> None:
    """Refuse more files than one update may have, by number and by size."""
    if len(files) > (limit := settings.UPLOAD_MAX_FILES):
        sentence = ngettext(
            "You can attach at most %(limit)d file to one update. Remove some files.",
            "You can attach at most %(limit)d files to one update. Remove some files.",
            limit,
        )
        raise Refused("too_many", sentence % {"limit": limit}, field="files")
    refuse_oversized_total(files)


def add_version(
    version: UpdateVersion,
    *,
    subject: UpdateSubject,
    update: Update | None,
    resent: Sequence[UpdateVersion],
    files: Sequence[EvidenceFile],
    page: DraftPage | None,
    form: SentForm | None,
    by: User,
    now: datetime,
) -> UpdateVersion:
    """Save a version of an update on a locked subject, and delete the draft of `page`. Its files are not saved here.

    Args:
        version: the text and the claims of the version, unsaved.
        update: the update that gets another version. None: a new update begins.
        resent: the versions that were returned or withdrawn. Their files may be sent once more.
        page, form: as `send_update` takes them.

    Raises:
        Refused: if a file is not the sender's to send, or `form` was used before.
        EditConflict: if a colleague has saved a draft that `page` has not shown.
    """
    draft = lock_draft(subject) if page else find_draft(subject)
    refuse_unless_own_and_unsent(files, by, resent=resent, draft=draft)
    if page is not None:
        finish_draft(of=subject, page=page, by=by, now=now)
    update = update or _create_next_update(subject)
    version.update, version.number = update, update.versions.count() + 1
    version.recorded_at, version.recorded_by = now, by
    sent = insert_row(version)
    keep_send_key(form, sent)
    return sent


def _create_next_update(subject: UpdateSubject) -> Update:
    """Create an update with the next number."""
    last = subject.updates.order_by("-number").first()
    return insert_row(Update(**update_lookup(subject), number=last.number + 1 if last else 1))


def add_version_evidence(
    sent: UpdateVersion, piece: Evidence, evidence_links: Sequence[tuple[Benchmark, SupportKind]] = ()
) -> Evidence:
    """Save a piece of evidence, for a file, a figure or the text, as a part of an update version."""
    subject = sent.update.subject
    piece.country, piece.update_version = subject.country, sent
    setattr(piece, subject_field(subject), subject)
    with record_language():
        piece.stated_by = subject.maker
        named = {"ministry": subject.maker, "date": format_date(sent.recorded_at.date())}
        sentence = (
            gettext("Update of the %(ministry)s, %(date)s")
            if isinstance(subject, Commitment)
            else gettext("Answer of the %(ministry)s, %(date)s")
        )
        piece.source = sentence % named
    piece.sensitivity = Sensitivity.SHARED
    piece.recorded_at, piece.recorded_by = sent.recorded_at, sent.recorded_by
    insert_row(piece)
    add_evidence_links(piece, evidence_links)
    return piece


def add_version_figure(sent: UpdateVersion, title: str, reading: ReadingInput, *, field: str) -> Reading:
    """Add a figure of an update version, with its own piece of evidence, so that it is reviewed by itself.

    `field` of the form is where a refusal of the figure is shown.
    """
    with record_language():
        described_figure = reading.unsaved().description
    piece = add_version_evidence(
        sent,
        Evidence(
            title=f"{title} ({described_figure})"[:TITLE_LENGTH],
            kind=EvidenceKind.STATISTIC,
            happened_from=reading.starts_on,
            happened_to=reading.through_on,
            done_by=DoneBy.GOVERNMENT,
        ),
    )
    return add_reading(
        reading._replace(source=piece.source),
        evidence=piece,
        update_version=sent,
        field=field,
        by=sent.recorded_by,
        now=sent.recorded_at,
    )
