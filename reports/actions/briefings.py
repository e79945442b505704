"""Request, retry, clear and download briefings."""

from datetime import date, datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction

from dialogues.models import Dialogue, Redaction
from recommendations.models import Edition
from reports.actions.file_checks import refuse_altered_briefing
from reports.briefings.content.sections import SECTIONS
from reports.choices import BriefingKind
from reports.models import Briefing, BriefingDownload, BriefingFile, BriefingState, Document
from reports.permissions import can_clear_briefing, can_download_briefing, can_request_briefing
from tiptracker.accounts.models import User
from tiptracker.audit.actions import record
from tiptracker.errors import Refused
from tiptracker.jobs.actions import enqueue
from tiptracker.localization import format_date
from tiptracker.validation import EditConflict

RELOADED_FIELDS = (
    "as_of", "cleared_at", "file", "known_by", "sha256", "size", "version", "withdrawn_at", "withdrawn_reason", "word",
    "word_sha256", "word_size",
)  # fmt: skip
"""Fields of a briefing to read again at download time.

They may have changed since the page was loaded: the draft may have been issued or replaced in the meantime.
"""


@transaction.atomic
def request_briefing(
    *,
    edition: Edition,
    document: Document,
    as_of: date,
    known_by: datetime | None = None,
    by: User,
    now: datetime,
) -> Briefing:
    """Create a new version of a document and queue a job that renders it.

    Args:
        as_of: the day in the country that the document describes; not in the future, not before the tracking period.
        known_by: use only what was recorded by this moment; None means `now`.

    Raises:
        PermissionDenied: if the user may not request briefings for this edition.
        Refused: if the document, its sections or its dates are not valid.
    """
    if not can_request_briefing(by, edition):
        raise PermissionDenied
    _validate_document(document, edition)
    _validate_dialogue(document.dialogue, known_by)
    if as_of > now.date():
        raise Refused("future_day", "That day has not come yet. Ask for today or an earlier day.", field="as_of")
    if as_of < edition.starts_on:
        raise Refused(
            "before_tracking_period",
            f"The tracking period begins on {format_date(edition.starts_on)}. Ask for that day or a later one.",
            field="as_of",
        )
    if known_by is not None and known_by > now:
        raise Refused(
            "future_moment", "That moment has not come yet. Leave it out for all that is known now.", field="known_by"
        )
    Edition.objects.select_for_update(no_key=True).get(pk=edition.pk)
    briefing = Briefing(
        edition=edition,
        kind=document.kind,
        ministry=document.ministry,
        dialogue=document.dialogue,
        has_sources=document.has_sources,
        sections=None if document.sections is None else list(document.sections),
        covering_note=document.covering_note,
        as_of=as_of,
        known_by=known_by or now,
        marking=document.marking,
        requested_by=by,
        requested_at=now,
    )
    last = Briefing.objects.of_the_same(briefing).last()
    briefing.version = last.version + 1 if last else 1
    briefing.save(force_insert=True)
    queue_briefing(briefing)
    record(
        "briefing.requested",
        by=by,
        row=briefing,
        country=edition.country_id,
        after={
            "kind": document.kind,
            "ministry": briefing.ministry_id,
            "dialogue": briefing.dialogue_id,
            "has_sources": document.has_sources,
            "sections": briefing.sections,
            "as_of": as_of,
            "known_by": briefing.known_by,
        },
    )
    return briefing


def _validate_document(document: Document, edition: Edition) -> None:
    kind, ministry = document.kind, document.ministry
    if kind == BriefingKind.MINISTRY and ministry is None:
        raise Refused("required", "Say which ministry the page is for.", field="ministry")
    if kind != BriefingKind.MINISTRY and ministry is not None:
        raise Refused(
            "ministry_not_for_kind",
            "Only a ministry’s page is about one ministry. Leave the ministry out.",
            field="ministry",
        )
    if ministry is not None and ministry.country_id != edition.country_id:
        raise Refused(
            "another_country", "That ministry is another country’s. Choose one of this country’s.", field="ministry"
        )
    if (kind == BriefingKind.DIALOGUE) != (document.dialogue is not None):
        raise Refused(
            "dialogue_not_for_kind" if document.dialogue else "required",
            "A dialogue pack is for one dialogue, and nothing else is. Say for which one.",
            field="dialogue",
        )
    if document.dialogue is not None and document.dialogue.country_id != edition.country_id:
        raise Refused(
            "another_country", "That dialogue is another country’s. Choose one of this country’s.", field="dialogue"
        )
    _validate_sections(kind, document.sections)
    if not document.has_sources and kind != BriefingKind.WASHINGTON:
        raise Refused("needs_sources", "Only input for Washington can leave its sources out.", field="has_sources")


def _validate_dialogue(dialogue: Dialogue | None, known_by: datetime | None) -> None:
    if dialogue is None:
        return
    if dialogue.called_off_at:
        raise Refused(
            "called_off",
            "That dialogue was called off. Choose one that is planned, or that was held.",
            field="dialogue",
        )
    if not Dialogue.objects.filter(pk=dialogue.pk).known_by(known_by).exists():
        raise Refused(
            "not_recorded_by_then",
            "That dialogue had not been written down by then. Give a later day, or leave it empty.",
            field="known_by",
        )


def _validate_sections(kind: BriefingKind, names: tuple[str, ...] | None) -> None:
    if names is None:
        return
    if set(names) - {section.name for section in SECTIONS[kind]}:
        raise Refused(
            "no_choice",
            "This kind of document has no such section. Pick from those that are offered.",
            field="sections",
        )
    if len(set(names)) < len(names):
        raise Refused("named_twice", "A section stands in a document once. Pick each one time.", field="sections")
    if not names and kind != BriefingKind.AMBASSADOR:
        raise Refused(
            "required", "Pick at least one section. Only the Ambassador’s briefing has pages besides.", field="sections"
        )


@transaction.atomic
def retry_briefing(*, briefing: Briefing, by: User) -> Briefing:
    """Queue a briefing again after its rendering failed.

    A briefing that has a file or was withdrawn stays as it is. One that is still in the queue is not queued twice.
    """
    if not can_request_briefing(by, briefing.edition):
        raise PermissionDenied
    locked = Briefing.objects.select_for_update(no_key=True, of=("self",)).select_related("edition").get(pk=briefing.pk)
    if not locked.file and not locked.withdrawn_at:
        queue_briefing(locked)
        record("briefing.requested_again", by=by, row=locked, country=locked.edition.country_id)
    return locked


@transaction.atomic
def clear_briefing(*, briefing: Briefing, sha256: str, by: User, now: datetime) -> Briefing:
    """Clear a draft and queue its final version.

    The worker renders the file again without the draft marking; the issued briefing can't change after that.

    Args:
        sha256: hash of the draft that the page showed to the user.

    Raises:
        PermissionDenied: if the user may not request briefings for this edition.
        Refused: if the user requested this briefing, nobody requested it (the tracker made it), it was withdrawn,
            or the draft is not the one with this hash.
        EditConflict: if the briefing is already cleared.
    """
    if not can_clear_briefing(by, briefing):
        if not can_request_briefing(by, briefing.edition):
            raise PermissionDenied
        if briefing.requested_by_id is None:
            raise Refused(
                "made_by_tracker",
                "The tracker made this briefing by itself. Ask for it, then somebody else can clear it.",
            )
        raise Refused(
            "needs_second_person",
            "You asked for this briefing yourself. Ask another officer, or the Ambassador, to clear it.",
        )
    rows = Briefing.objects.select_for_update(no_key=True, of=("self",))
    briefing = rows.select_related("edition", "job", "cleared_by").get(pk=briefing.pk)
    match briefing.state:
        case BriefingState.ISSUED | BriefingState.CLEARING:
            raise EditConflict(f"{briefing.cleared_by} has cleared it already. Nothing more is needed.")
        case BriefingState.WITHDRAWN:
            raise Refused("withdrawn", f"This briefing was withdrawn. {briefing.withdrawn_reason} Ask for a new one.")
        case BriefingState.READY if briefing.sha256 == sha256:
            briefing.cleared_by = by
            briefing.save(update_fields=["cleared_by"])
            queue_briefing(briefing)
        case _:
            raise Refused(
                "stale_page", "This is not the draft that you had before you. Read it as it is now, then clear it."
            )
    country = briefing.edition.country_id
    record("briefing.clearance_given", by=by, row=briefing, country=country, after={"sha256": sha256})
    return briefing


def queue_briefing(briefing: Briefing) -> None:
    """Queue one job that renders this briefing."""
    briefing.job = enqueue("briefing", briefing.pk)
    briefing.save(update_fields=["job"])


def hand_out_file(*, briefing: Briefing, by: User, now: datetime, as_word: bool = False) -> BriefingFile:
    """Return the PDF of a briefing, or its Word file, for a user who downloads it now.

    Raises:
        PermissionDenied: if the user may not download briefings of this edition.
        Refused: if the file is missing or altered, or for a reason of `record_download`.
    """
    refuse_altered_briefing(briefing=briefing, by=by, as_word=as_word)
    record_download(briefing=briefing, by=by, now=now, as_word=as_word)
    return briefing.get_file(as_word=as_word)


@transaction.atomic
def record_download(*, briefing: Briefing, by: User, now: datetime, as_word: bool = False) -> BriefingDownload:
    """Record that a user downloads a briefing.

    The briefing is read again and locked first. A downloaded briefing is never replaced, so its file stays available.

    Args:
        as_word: record the download of the Word file instead of the PDF.

    Raises:
        PermissionDenied: if the user may not download briefings of this edition.
        Refused: if the briefing is withdrawn or not ready, has no Word file, or a redaction in its country is
            unfinished.
    """
    if not can_download_briefing(by, briefing):
        raise PermissionDenied
    briefing.refresh_from_db(fields=RELOADED_FIELDS, from_queryset=Briefing.objects.select_for_update(no_key=True))
    if briefing.withdrawn_at:
        raise Refused("withdrawn", f"This briefing was withdrawn. {briefing.withdrawn_reason} Ask for a new one.")
    if not briefing.file:
        raise Refused("not_ready", "This briefing is not ready yet. Wait until it is, or ask for it again.")
    if as_word and not briefing.word:
        raise Refused(
            "no_word_file",
            "There is no Word file of this document. Take its PDF, or ask for input for Washington anew.",
        )
    if Redaction.objects.confirmed(briefing.edition.country_id).unfinished().exists():
        raise Refused(
            "redaction_unfinished",
            "A text is being taken out of the record, and no briefing is given out until each has been looked through "
            "for it. Try again in a minute.",
        )
    sha256 = briefing.get_file(as_word=as_word).sha256
    download = BriefingDownload.objects.create(briefing=briefing, by=by, at=now, sha256=sha256)
    record("briefing.downloaded", by=by, row=briefing, country=briefing.edition.country_id)
    return download
