"""Request, retry, clear and download briefings."""

from datetime import date, datetime

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction

from dialogues.models import Dialogue, Redaction
from recommendations.models import Edition
from reports.actions.file_checks import read_intact_briefing
from reports.briefings.content.sections import SECTIONS
from reports.choices import BriefingKind
from reports.models import Briefing, BriefingDownload, BriefingFile, BriefingState, Document
from reports.permissions import can_clear_briefing, can_download_briefing, can_request_briefing
from tiptracker.accounts.models import User
from tiptracker.audit.actions import record
from tiptracker.choices import Role
from tiptracker.errors import Refused
from tiptracker.infrastructure.prepared_query import PreparedQuery
from tiptracker.jobs.actions import enqueue
from tiptracker.languages.enabled import find_language
from tiptracker.localization import format_date, gettext
from tiptracker.validation import EditConflict

RELOADED_FIELDS = (
    "as_of", "cleared_at", "file", "known_by", "sha256", "size", "version", "withdrawn_at", "withdrawn_reason", "word",
    "word_sha256", "word_size",
)  # fmt: skip
"""Fields of a briefing to read again at download time.

They may have changed since the page was loaded: the draft may have been issued or replaced in the meantime.
"""

# Every download asks these two. Building them would take longer than running them.
_LOCKED_BRIEFING = PreparedQuery(
    lambda briefing: (
        Briefing.objects.select_for_update(no_key=True).filter(pk=briefing).order_by().values_list(*RELOADED_FIELDS)
    ),
    briefing=int,
)
_UNFINISHED_REDACTION = PreparedQuery(
    lambda country: Redaction.objects.confirmed(country).unfinished().order_by().values_list("pk")[:1], country=int
)


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
    _validate_language(document, by)
    _validate_dialogue(document.dialogue, known_by)
    if as_of > now.date():
        raise Refused(
            "future_day", gettext("This day is in the future. Choose today or an earlier day."), field="as_of"
        )
    if as_of < edition.starts_on:
        raise Refused(
            "before_tracking_period",
            gettext("The tracking period begins on %(date)s. Choose that day or a later one.")
            % {"date": format_date(edition.starts_on)},
            field="as_of",
        )
    if known_by is not None and known_by > now:
        raise Refused(
            "future_moment",
            gettext("This moment is in the future. Leave it empty to use everything recorded until now."),
            field="known_by",
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
        language=document.language,
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
            "language": briefing.language,
            "as_of": as_of,
            "known_by": briefing.known_by,
        },
    )
    return briefing


def _validate_document(document: Document, edition: Edition) -> None:
    kind, ministry = document.kind, document.ministry
    if kind == BriefingKind.MINISTRY and ministry is None:
        raise Refused("required", gettext("Choose the ministry that the page is for."), field="ministry")
    if kind != BriefingKind.MINISTRY and ministry is not None:
        raise Refused(
            "ministry_not_for_kind",
            gettext("Only a ministry’s page has a ministry. Leave the ministry out."),
            field="ministry",
        )
    if ministry is not None and ministry.country_id != edition.country_id:
        raise Refused(
            "another_country",
            gettext("This ministry belongs to another country. Choose a ministry of this country."),
            field="ministry",
        )
    if (kind == BriefingKind.DIALOGUE) != (document.dialogue is not None):
        raise Refused(
            "dialogue_not_for_kind" if document.dialogue else "required",
            gettext("Only a dialogue pack has a dialogue. Leave the dialogue out.")
            if document.dialogue
            else gettext("Choose the dialogue that the pack is for."),
            field="dialogue",
        )
    if document.dialogue is not None and document.dialogue.country_id != edition.country_id:
        raise Refused(
            "another_country",
            gettext("This dialogue belongs to another country. Choose a dialogue of this country."),
            field="dialogue",
        )
    _validate_sections(kind, document.sections)
    if not document.has_sources and not kind.is_for_washington:
        raise Refused(
            "needs_sources",
            gettext("Only a document for Washington can leave its sources out. Include the sources."),
            field="has_sources",
        )


def _validate_language(document: Document, by: User) -> None:
    if document.language == settings.LANGUAGE_CODE:
        return
    if document.kind.is_for_washington:
        raise Refused(
            "english_for_washington",
            gettext("Documents for Washington are in English. Choose English."),
            field="language",
        )
    if find_language(document.language, Role(by.role)) != document.language:
        raise Refused("no_choice", gettext("This language is not offered. Choose one from the list."), field="language")


def _validate_dialogue(dialogue: Dialogue | None, known_by: datetime | None) -> None:
    if dialogue is None:
        return
    if dialogue.called_off_at:
        raise Refused(
            "called_off",
            gettext("This dialogue was called off. Choose one that is planned or was held."),
            field="dialogue",
        )
    if not Dialogue.objects.filter(pk=dialogue.pk).known_by(known_by).exists():
        raise Refused(
            "not_recorded_by_then",
            gettext("This dialogue was not recorded by then. Choose a later day, or leave it empty."),
            field="known_by",
        )


def _validate_sections(kind: BriefingKind, names: tuple[str, ...] | None) -> None:
    if names is None:
        return
    if set(names) - {section.name for section in SECTIONS[kind]}:
        raise Refused(
            "no_choice",
            gettext("This kind of document does not have that section. Choose from the sections offered."),
            field="sections",
        )
    if len(set(names)) < len(names):
        raise Refused("named_twice", gettext("A section is chosen twice. Choose each section once."), field="sections")
    if not names and kind != BriefingKind.AMBASSADOR:
        raise Refused(
            "required",
            gettext("Choose at least one section. Only the Ambassador’s briefing can do without."),
            field="sections",
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
                gettext(
                    "TIP Tracker made this briefing automatically, so nobody can clear it. Request it, then another "
                    "person can clear it."
                ),
            )
        raise Refused(
            "needs_second_person",
            gettext("You requested this briefing yourself. Ask another officer or the Ambassador to clear it."),
        )
    rows = Briefing.objects.select_for_update(no_key=True, of=("self",))
    briefing = rows.select_related("edition", "job", "cleared_by").get(pk=briefing.pk)
    match briefing.state:
        case BriefingState.ISSUED | BriefingState.CLEARING:
            raise EditConflict(
                gettext("%(person)s has already cleared this briefing. You need to do nothing.")
                % {"person": briefing.cleared_by}
            )
        case BriefingState.WITHDRAWN:
            raise _withdrawn(briefing)
        case BriefingState.READY if briefing.sha256 == sha256:
            briefing.cleared_by = by
            briefing.save(update_fields=["cleared_by"])
            queue_briefing(briefing)
        case _:
            raise Refused(
                "stale_page",
                gettext("The draft has changed since you opened this page. Read the new draft, then clear it."),
            )
    country = briefing.edition.country_id
    record("briefing.clearance_given", by=by, row=briefing, country=country, after={"sha256": sha256})
    return briefing


def queue_briefing(briefing: Briefing) -> None:
    """Queue one job that renders this briefing."""
    briefing.job = enqueue("briefing", briefing.pk)
    briefing.save(update_fields=["job"])


def hand_out_file(*, briefing: Briefing, by: User, now: datetime, as_word: bool = False) -> tuple[BriefingFile, bytes]:
    """Return the PDF of a briefing, or its Word file, and its content, for a user who downloads it now.

    Raises:
        PermissionDenied: if the user may not download briefings of this edition.
        Refused: if the file is missing or altered, or for a reason of `record_download`.
    """
    read = briefing.get_file(as_word=as_word)
    content = read_intact_briefing(briefing=briefing, by=by, as_word=as_word)
    record_download(briefing=briefing, by=by, now=now, as_word=as_word)
    file = briefing.get_file(as_word=as_word)
    if file.sha256 != read.sha256 or not content:  # it was replaced meanwhile; from now on it stays
        content = read_intact_briefing(briefing=briefing, by=by, as_word=as_word)
    return file, content


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
    _lock_and_reload(briefing)
    if briefing.withdrawn_at:
        raise _withdrawn(briefing)
    if not briefing.file:
        raise Refused("not_ready", gettext("This briefing is not ready yet. Try again in a minute."))
    if as_word and not briefing.word:
        raise Refused(
            "no_word_file",
            gettext("This document has no Word file. Download the PDF, or request a new input for Washington."),
        )
    if _UNFINISHED_REDACTION.columns(country=briefing.edition.country_id):
        raise Refused(
            "redaction_unfinished",
            gettext(
                "Personal data are being removed from the record. Briefings can be downloaded again once each has been "
                "searched for them. Try again in a minute."
            ),
        )
    sha256 = briefing.get_file(as_word=as_word).sha256
    download = BriefingDownload.objects.create(briefing=briefing, by=by, at=now, sha256=sha256)
    record("briefing.downloaded", by=by, row=briefing, country=briefing.edition.country_id)
    return download


def _lock_and_reload(briefing: Briefing) -> None:
    """Lock a briefing, and read again what may have changed since it was read."""
    (columns,) = _LOCKED_BRIEFING.rows(briefing=briefing.pk)
    for name, value in zip(RELOADED_FIELDS, columns, strict=True):
        setattr(briefing, name, value)


def _withdrawn(briefing: Briefing) -> Refused:
    """Return the refusal for a withdrawn briefing."""
    return Refused(
        "withdrawn",
        gettext("This briefing was withdrawn. %(reason)s Request a new briefing.")
        % {"reason": briefing.withdrawn_reason},
    )
