"""Remove personal data from the record: one person proposes a redaction, another confirms it, a job finishes it.

The words to remove are stored only in the proposal, and only until the redaction is finished or declined.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.core.files.storage import default_storage
from django.db import models, transaction
from django.db.models import F

from dialogues.actions.duplicates import DuplicateRecord
from dialogues.actions.file_texts import forget_text_of_files, forget_texts_with
from dialogues.choices import RedactionAnswer
from dialogues.models import (
    AgendaItem,
    Dialogue,
    EvidenceFile,
    NextStep,
    NextStepDone,
    Participant,
    Redaction,
    RedactionDecision,
    RedactionFile,
    RedactionPlace,
)
from dialogues.models.free_texts import (
    FREE_TEXTS,
    TEXT_REDACTED,
    imported_entries_of_country,
    log_details_of_country,
    rows_of_country,
)
from dialogues.permissions import can_decide_on_redaction, can_redact
from dialogues.text_search import (
    MIN_SEARCH_CHARACTERS,
    contains_words,
    find_in_json,
    normalize_for_search,
    repeats_words,
)
from recommendations.models import Recommendation
from tiptracker.accounts.models import Country, User
from tiptracker.audit.actions import AuditEvent, record, record_all
from tiptracker.audit.append_only import MARKS, REDACTED
from tiptracker.audit.imported_logs import LEFT_BEHIND
from tiptracker.audit.models import AuditDetail, ImportedEntry
from tiptracker.errors import Refused
from tiptracker.infrastructure.locking import lock_rows, lock_rows_in_order
from tiptracker.infrastructure.prepared_rows import PreparedRows
from tiptracker.jobs.actions import enqueue
from tiptracker.localization import gettext, gettext_noop
from tiptracker.validation import format_moment, insert_row, require_text

REASON_REPEATS_WORDS = gettext_noop(
    "The reason stays in the record, so it cannot repeat the words to remove. Write it without them, such as “It names "
    "a victim”."
)
AUDIT_SIDES = ("before", "after")
MANY_PLACES = 50
"""More places than a name usually has. Redacting more needs an explicit confirmation that all are meant."""


class FoundPlace(NamedTuple):
    """A place where the words were found: a text of the record (model, row, field), or one side of a log entry."""

    model: type[models.Model]
    row: int
    field: str
    text: str

    @property
    def key(self) -> str:
        """The key that a form sends and the activity log keeps, such as "dialogues.updateversion:12:narrative"."""
        return f"{self.model._meta.label_lower}:{self.row}:{self.field}"


def find_places(country: Country, words: str) -> list[FoundPlace]:
    """Return every text of a country's record, and every side of its activity log, that contains the words."""
    return [*_find_in_texts(country, words), *_find_in_log(country, words)] if normalize_for_search(words) else []


def _find_in_texts(country: Country, words: str) -> Iterator[FoundPlace]:
    for model, texts in FREE_TEXTS.items():
        for pk, *values in rows_of_country(model, country).values_list("pk", *texts.fields):
            for field, text in zip(texts.fields, values, strict=True):
                if text not in MARKS and contains_words(text, words):
                    yield FoundPlace(model, pk, field, text)


def _find_in_log(country: Country, words: str) -> Iterator[FoundPlace]:
    for rows in (log_details_of_country(country), imported_entries_of_country(country)):
        for pk, *sides in rows.values_list("pk", *AUDIT_SIDES).iterator():
            for side, text in zip(AUDIT_SIDES, sides, strict=True):
                if text not in (*MARKS, LEFT_BEHIND) and (matches := find_in_json(text, words)):
                    yield FoundPlace(rows.model, pk, side, matches[0])


def find_pending_redactions(country: Country, rows: Iterable[models.Model | None]) -> list[Redaction]:
    """Return the pending redactions that would remove a text of these rows, or one of them as a file."""
    pending = _PENDING.rows(country=country.pk)
    present = [row for row in rows if row]
    return [redaction for redaction in pending if any(_affects(redaction, row) for row in present)]


def _pending_redactions(country: int) -> models.QuerySet[Redaction]:
    rows = Redaction.objects.filter(country=country).undecided().order_by("pk")
    return rows.prefetch_related("files", "places")


_PENDING = PreparedRows(_pending_redactions, country=int)


def refuse_pending_redaction(country: Country, rows: Iterable[models.Model | None]) -> None:
    """Refuse a decision on content that a pending redaction may remove."""
    if find_pending_redactions(country, rows):
        raise Refused(
            "redaction_pending",
            gettext(
                "A colleague proposed to remove personal data from this update. Confirm or decline that first. If you "
                "proposed it, ask a colleague to decide. The note on the update’s page links to the proposal."
            ),
        )


def refuse_invalid_redaction(*, words: str, reason: str, files: Sequence[EvidenceFile]) -> None:
    """Refuse words too short to search for, a redaction without words or files, and a reason that repeats the words."""
    if not words.strip() and not files:
        raise Refused("required", gettext("Enter the words to remove, or choose a file."), field="words")
    if words.strip() and len(normalize_for_search(words)) < MIN_SEARCH_CHARACTERS:
        raise Refused(
            "too_short",
            gettext("Enter at least %(number)d letters or digits. Fewer would match many other words.")
            % {"number": MIN_SEARCH_CHARACTERS},
            field="words",
        )
    _refuse_repeated_words(reason, words)


@transaction.atomic
def propose_redaction(
    *,
    country: Country,
    words: str,
    reason: str,
    left: Collection[str] = (),
    files: Sequence[EvidenceFile] = (),
    are_many_meant: bool = False,
    by: User,
    now: datetime,
) -> Redaction:
    """Propose to redact words, and whole `files`, from the record. `left` has the keys of places to leave as they are.

    A redaction of more than MANY_PLACES places needs `are_many_meant`.

    Raises PermissionDenied, Refused, DuplicateRecord.
    """
    if not can_redact(by, country):
        raise PermissionDenied
    words = words.strip()
    reason = require_text(reason, gettext("Give the reason in a sentence."), field="reason")
    refuse_invalid_redaction(words=words, reason=reason, files=files)
    Country.objects.select_for_update(no_key=True).get(pk=country.pk)
    _refuse_duplicate_proposal(country, words, files, now)
    file_ids = {file.pk for file in files}
    if rows_of_country(EvidenceFile, country).filter(pk__in=file_ids).count() < len(file_ids):
        raise Refused(
            "another_country",
            gettext("One of these files belongs to another country’s record. Untick it."),
            field="files",
        )
    if EvidenceFile.objects.redacted().filter(pk__in=file_ids).exists():
        raise Refused("redacted", gettext("One of these files has already been destroyed. Untick it."), field="files")
    places = find_places(country, words)
    redacted = [place for place in places if place.key not in left]
    if not files and not redacted:
        raise Refused(
            "nothing_to_redact",
            gettext(
                "Nothing would be removed. The record does not contain these words, or you unticked every text. Enter "
                "the words as the record has them, or tick a text."
            ),
            field="words",
        )
    _refuse_many(redacted, are_many_meant)
    redaction = insert_row(Redaction(country=country, words=words, reason=reason, recorded_at=now, recorded_by=by))
    for place in places:
        if place.key in left:
            _record_place(redaction, place, is_left=True)
    for file in files:
        insert_row(RedactionFile(redaction=redaction, file=file))
    record(
        "redaction.proposed",
        by=by,
        row=redaction,
        country=country,
        after={
            "reason": reason,
            "places": [place.key for place in redacted],
            "left": [place.key for place in places if place.key in left],
            "files": sorted(file_ids),
        },
    )
    return redaction


@transaction.atomic
def confirm_redaction(
    *, redaction: Redaction, reason: str = "", are_many_meant: bool = False, by: User, now: datetime
) -> RedactionDecision:
    """Confirm a redaction: redact each text that contains the words now, and the log. A job searches the briefings.

    A redaction of more than MANY_PLACES places needs `are_many_meant` from this person too.

    Raises PermissionDenied, Refused.
    """
    locked = _lock_for_decision(redaction, by, now)
    _refuse_many(_places_to_redact(locked), are_many_meant)
    decision = _decide(locked, RedactionAnswer.CONFIRMED, reason, by, now)
    places, events = _redact_places(locked)
    enqueue("redaction", locked.pk)
    enqueue_redaction_file()
    record_all(events, by=by, country=locked.country_id)
    record(
        "redaction.confirmed",
        by=by,
        row=locked,
        country=locked.country_id,
        after={
            "reason": decision.reason,
            "places": [place.key for place in places],
            "files": sorted(locked.files.values_list("file", flat=True)),
        },
    )
    return decision


@transaction.atomic
def decline_redaction(*, redaction: Redaction, reason: str, by: User, now: datetime) -> RedactionDecision:
    """Decline a redaction: leave the record as it is, and erase the proposed words.

    Raises PermissionDenied, Refused.
    """
    locked = _lock_for_decision(redaction, by, now)
    reason = require_text(reason, gettext("Give the reason for declining in a sentence."), field="reason")
    decision = _decide(locked, RedactionAnswer.DECLINED, reason, by, now)
    Redaction.objects.filter(pk=locked.pk).update(words=REDACTED)
    record("redaction.declined", by=by, row=locked, country=locked.country_id, after={"reason": decision.reason})
    return decision


def finish_redaction(*, redaction: Redaction) -> None:
    """Destroy the files, search once more for texts recorded during the confirmation, and erase the words.

    Running this again does no harm. The job searches the briefings before it calls this: afterwards the words are gone.
    """
    if redaction.decision.decision != RedactionAnswer.CONFIRMED:
        return
    # Before the transaction: if deleting fails, the redaction is not finished, and the job runs again.
    for file in EvidenceFile.objects.filter(redactions__redaction=redaction):
        default_storage.delete(str(file.file))
    _erase_words(redaction)


@transaction.atomic
def _erase_words(redaction: Redaction) -> None:
    """Redact the places that contain the words now, then erase the words. Their files have been destroyed."""
    locked = _lock_redaction(redaction)
    if locked.words == REDACTED:
        return
    places, events = _redact_places(locked)
    Redaction.objects.filter(pk=locked.pk).update(words=REDACTED)
    enqueue_redaction_file()
    record_all(events, by=locked.decision.recorded_by, country=locked.country_id)
    record(
        "redaction.finished",
        by=None,
        row=locked,
        country=locked.country_id,
        after={"places": [place.key for place in places]},
    )


def enqueue_redaction_file() -> None:
    """Let a job name the redaction beside the backups, which still contain the words."""
    if settings.BACKUP_DESTINATION:
        enqueue("redaction_file", "newest")


def _lock_redaction(redaction: Redaction) -> Redaction:
    """Lock the country and all its redactions, and return this one.

    The reason of one redaction may contain the words of another.
    """
    Country.objects.select_for_update(no_key=True).get(pk=redaction.country_id)
    redactions = lock_rows(Redaction.objects.filter(country=redaction.country_id).select_related("country"))
    return next(row for row in redactions if row.pk == redaction.pk)


def _affects(redaction: Redaction, row: models.Model) -> bool:
    """Return whether a pending redaction affects this row. Its stored places are those that it leaves as they are."""
    if isinstance(row, EvidenceFile) and row.pk in {each.file_id for each in redaction.files.all()}:
        return True
    left = {str(place) for place in redaction.places.all()}
    return any(
        contains_words(getattr(row, field), redaction.words) and f"{row._meta.label_lower}:{row.pk}:{field}" not in left
        for field in FREE_TEXTS[type(row)].fields
    )


def _refuse_repeated_words(reason: str, words: str) -> None:
    if repeats_words(reason, words):
        raise Refused("reason_repeats_words", gettext(REASON_REPEATS_WORDS), field="reason")


def _refuse_many(places: Sequence[FoundPlace], are_meant: bool) -> None:
    if len(places) > MANY_PLACES and not are_meant:
        raise Refused(
            "many_places_unconfirmed",
            gettext(
                "This would remove %(number)d texts, more than usually name one person. Enter more of the name, untick "
                "texts about something else, or tick the box that confirms all of them."
            )
            % {"number": len(places)},
            field="words",
        )


def _refuse_duplicate_proposal(country: Country, words: str, files: Sequence[EvidenceFile], now: datetime) -> None:
    file_ids = {file.pk for file in files}
    for other in Redaction.objects.filter(country=country).undecided().select_related("recorded_by"):
        same_files = file_ids == set(other.files.values_list("file", flat=True))
        if normalize_for_search(other.words) == normalize_for_search(words) and same_files:
            raise DuplicateRecord(
                gettext("%(person)s already proposed this on %(moment)s. A second person has to confirm it.")
                % {"person": other.recorded_by, "moment": format_moment(other.recorded_at, now)},
                other,
            )


def _lock_for_decision(redaction: Redaction, by: User, now: datetime) -> Redaction:
    """Lock the proposal until the transaction ends. Nothing of its country can be proposed or printed meanwhile."""
    if not can_decide_on_redaction(by, redaction):
        raise PermissionDenied
    locked = _lock_redaction(redaction)
    if decision := RedactionDecision.objects.filter(redaction=locked).select_related("recorded_by").first():
        values = {"person": decision.recorded_by, "moment": format_moment(decision.recorded_at, now)}
        if decision.decision == RedactionAnswer.CONFIRMED:
            raise Refused("not_waiting", gettext("%(person)s already confirmed this proposal on %(moment)s.") % values)
        raise Refused("not_waiting", gettext("%(person)s already declined this proposal on %(moment)s.") % values)
    return locked


def _decide(redaction: Redaction, answer: RedactionAnswer, reason: str, by: User, now: datetime) -> RedactionDecision:
    reason = reason.strip()
    _refuse_repeated_words(reason, redaction.words)
    return insert_row(
        RedactionDecision(redaction=redaction, decision=answer, reason=reason, recorded_at=now, recorded_by=by)
    )


def _places_to_redact(redaction: Redaction) -> list[FoundPlace]:
    """Return each place that contains the words now, except those to leave as they are."""
    left = {str(place) for place in redaction.places.filter(is_left=True)}
    places = [*find_places(redaction.country, redaction.words), *_file_name_places(redaction)]
    return [place for place in {place.key: place for place in places}.values() if place.key not in left]


def _redact_places(redaction: Redaction) -> tuple[list[FoundPlace], list[AuditEvent]]:
    """Replace each text that contains the words, and the sides of the log, by the redaction mark.

    Return the places, and the log entries to write for the texts.
    """
    places = _places_to_redact(redaction)
    rows = {(place.model, place.row): place.model._default_manager.get(pk=place.row) for place in places}
    owners = {key: _owner(row) for key, row in rows.items()}
    lock_rows_in_order({*rows.values(), *owners.values()})
    events = []
    for place in places:
        _record_place(redaction, place)  # first, because the database trigger requires it
        place.model._default_manager.filter(pk=place.row).update(**{place.field: REDACTED})
        owner = owners[place.model, place.row]
        _increment_version(owner)
        if place.model not in (AuditDetail, ImportedEntry):
            after = {"text": f"{place.model._meta.verbose_name}, {place.field}", "redaction": redaction.pk}
            events.append(AuditEvent(TEXT_REDACTED, owner, after=after))
    forget_texts_with(redaction.words, redaction.country)
    forget_text_of_files(redaction.files.values_list("file", flat=True))
    return places, events


def _file_name_places(redaction: Redaction) -> Iterator[FoundPlace]:
    """Yield the names of the redaction's files, which are redacted with them."""
    for pk, name in EvidenceFile.objects.filter(redactions__redaction=redaction).values_list("pk", "name"):
        if name != REDACTED:
            yield FoundPlace(EvidenceFile, pk, "name", name)


def _owner(row: models.Model) -> models.Model:
    """Return the row that a text belongs to: the one that people open, and that counts versions."""
    row = row.step if isinstance(row, NextStepDone) else row
    return row.dialogue if isinstance(row, Participant | AgendaItem | NextStep) else row


def _increment_version(owner: models.Model) -> None:
    """Increment the version, so that a form filled before the redaction is refused."""
    if isinstance(owner, Dialogue | Recommendation):
        type(owner).objects.filter(pk=owner.pk).update(version=F("version") + 1)


def _record_place(redaction: Redaction, place: FoundPlace, *, is_left: bool = False) -> None:
    location = {"table": place.model._meta.label_lower, "row": place.row, "field": place.field}
    if not redaction.places.filter(**location).exists():
        insert_row(RedactionPlace(redaction=redaction, is_left=is_left, **location))
