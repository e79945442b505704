"""Start, edit and load sets of yearly questions. Loading writes everything in the preview or nothing."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from hashlib import sha256

from django.core.exceptions import PermissionDenied
from django.db import transaction

from recommendations.models import Edition, Question, QuestionSet
from recommendations.models.imports import DRAFT_RETENTION
from recommendations.permissions import can_edit_recommendations
from recommendations.questions.draft_questions import (
    DraftQuestion,
    DraftQuestions,
    deserialize_questions,
    serialize_questions,
)
from recommendations.questions.editing import (
    QuestionStep,
    TypedQuestion,
    edit_question,
    with_repeats,
    with_typed,
)
from recommendations.questions.outline import read_outline
from recommendations.questions.preview import QuestionLine, QuestionPreview, build_preview
from recommendations.questions.source import TableColumns
from recommendations.questions.tables import read_source
from recommendations.questions.writer import QuestionWriter
from tiptracker.accounts.models import User
from tiptracker.audit.actions import record_all
from tiptracker.errors import Refused
from tiptracker.infrastructure.locking import lock_rows
from tiptracker.localization import format_date, gettext, gettext_noop, join_with_and, record_language
from tiptracker.text_rules import remove_invisible
from tiptracker.undo.actions import bring_back, keep_removed
from tiptracker.undo.models import RemovedRow
from tiptracker.validation import EditConflict, insert_row, update_row

MAX_NAME_LENGTH = 200
"""Most characters of a file name to keep."""
OUTLINE_NAME = gettext_noop("Our outline")


@transaction.atomic
def start_outline(*, edition: Edition, by: User, now: datetime) -> QuestionSet:
    """Save a draft set with the questions of our own outline. Raises PermissionDenied, Refused."""
    if not can_edit_recommendations(by, edition):
        raise PermissionDenied
    with record_language():
        name = gettext(OUTLINE_NAME)
        questions = tuple(
            DraftQuestion(entry.number, gettext(entry.text), gettext(entry.heading.label)) for entry in read_outline()
        )
    draft = serialize_questions(DraftQuestions(questions))
    return insert_row(QuestionSet(edition=edition, name=name, is_outline=True, draft=draft, begun_at=now, begun_by=by))


@transaction.atomic
def start_question_set(
    *, edition: Edition, name: str, content: bytes, draft: DraftQuestions, by: User, now: datetime
) -> QuestionSet:
    """Save a draft set with what was read from `content`. Raises PermissionDenied, Refused."""
    if not can_edit_recommendations(by, edition):
        raise PermissionDenied
    return insert_row(
        QuestionSet(
            edition=edition,
            name=remove_invisible(name, in_one_line=True)[:MAX_NAME_LENGTH],
            sha256=sha256(content).hexdigest(),
            draft=serialize_questions(draft),
            begun_at=now,
            begun_by=by,
        )
    )


@transaction.atomic
def edit_draft_questions(
    *,
    question_set: QuestionSet,
    typed: Sequence[TypedQuestion],
    step: QuestionStep | None,
    place: int,
    seen: str | None,
    by: User,
) -> QuestionSet:
    """Save what the user typed on the preview, then do one step to the question at `place`. Nothing is loaded.

    `seen` is the fingerprint of the preview that the page showed; None skips the check. Raises PermissionDenied,
    EditConflict, Refused.
    """
    locked = _lock_draft(question_set, by)
    _refuse_stale(locked, seen)
    before = deserialize_questions(locked.draft)
    draft = with_typed(before, typed)
    if step is not None:
        draft = edit_question(draft, step, place)
    locked.draft = serialize_questions(replace(draft, is_edited=before.is_edited or draft != before))
    return update_row(locked)


@transaction.atomic
def read_again(
    *,
    question_set: QuestionSet,
    columns: Sequence[TableColumns],
    typed: Sequence[TypedQuestion] | None,
    loses_corrections: bool,
    seen: str | None,
    by: User,
) -> QuestionSet:
    """Read the tables of a draft again with other columns. What the user corrected is lost, so the user confirms that.

    Args:
        columns: the columns of each table, in their order.
        typed: what the page sent beside the columns, to see whether it holds corrections; None if it is not valid.
        seen: the fingerprint of the preview that the page showed; None skips the check.

    Raises PermissionDenied, EditConflict, Refused.
    """
    locked = _lock_draft(question_set, by)
    _refuse_stale(locked, seen)
    draft = deserialize_questions(locked.draft)
    if draft.source is None or len(columns) != len(draft.source.columns):
        raise Refused("no_table", gettext("This draft has no table to read again. Load the file again."))
    is_edited = draft.is_edited or typed is None or with_typed(draft, typed) != draft
    if is_edited and not loses_corrections:
        sentence = gettext(
            "You changed questions of this draft. Reading the table again loses these changes. Tick the box if you "
            "want that."
        )
        raise Refused("loses_corrections", sentence, field="loses_corrections")
    locked.draft = serialize_questions(read_source(replace(draft.source, columns=tuple(columns))))
    return update_row(locked)


@transaction.atomic
def load_question_set(
    *,
    question_set: QuestionSet,
    is_right_year: bool,
    seen: str | None,
    by: User,
    now: datetime,
    repeats: Mapping[int, int] | None = None,
) -> QuestionSet:
    """Load a draft set: its questions become those of the edition.

    A question that continues one in the record keeps its row, answers and mapping. If its number, heading or text
    changed, it gets new terms. Questions that are not in the set are retired. New ones get a proposed mapping.

    Args:
        is_right_year: whether the user confirmed a set whose text names another year.
        seen: the fingerprint of the preview that the page showed; None skips the check.
        repeats: by the place of a question, the key of last year's question that the page showed for it, or
            NO_QUESTION. The proposal stands for the others.

    Raises PermissionDenied, EditConflict, Refused.
    """
    if not can_edit_recommendations(by, question_set.edition):
        raise PermissionDenied
    rows = Edition.objects.select_for_update(no_key=True, of=("self",)).select_related("country")
    edition = rows.get(pk=question_set.edition_id)
    locked = _lock_draft(question_set, by)
    lock_rows(Question.objects.filter(edition=edition))
    _refuse_stale(locked, seen)
    locked.draft = serialize_questions(with_repeats(deserialize_questions(locked.draft), repeats or {}))
    preview = build_preview(locked)
    _refuse_incomplete(preview.draft)
    _refuse_repeated_twice(preview)
    if preview.draft.is_of_another_year(edition.year) and not is_right_year:
        raise Refused("another_year", describe_other_year(preview.draft, edition), field="is_right_year")
    writer = QuestionWriter(edition, locked, preview, by, now)
    did = writer.write()
    locked.draft, locked.did, locked.loaded_at, locked.loaded_by = {}, did, now, by
    update_row(locked)
    record_all(writer.audit_events(did), by=by, country=edition.country_id)
    return locked


@transaction.atomic
def discard_question_set(*, question_set: QuestionSet, by: User, now: datetime) -> RemovedRow:
    """Delete a draft set. Return what `restore_question_set` brings it back from. Raises PermissionDenied, Refused."""
    locked = _lock_draft(question_set, by)
    kept = keep_removed(locked, by=by, now=now)
    locked.delete()
    return kept


@transaction.atomic
def restore_question_set(*, edition: Edition, removed: int, by: User, now: datetime) -> QuestionSet:
    """Bring back a draft set that the user has just discarded. Raises PermissionDenied, Refused."""
    if not can_edit_recommendations(by, edition):
        raise PermissionDenied

    def refuse_another(question_set: QuestionSet) -> None:
        if question_set.edition_id != edition.pk:
            raise Refused("undo_elsewhere", gettext("This draft belongs to another edition. Open that edition."))

    return bring_back(QuestionSet, removed, by=by, now=now, check=refuse_another)[0]


def delete_expired_question_sets(*, now: datetime) -> int:
    """Delete draft sets older than DRAFT_RETENTION. Return how many there were."""
    expired = QuestionSet.objects.filter(loaded_at=None, begun_at__lt=now - DRAFT_RETENTION)
    with transaction.atomic():
        rows = lock_rows(expired)
        QuestionSet.objects.filter(pk__in=[row.pk for row in rows]).delete()
    return len(rows)


def describe_other_year(draft: DraftQuestions, edition: Edition) -> str:
    """Say which years a set names, and which ones it should name."""
    named: Iterable[str] = (
        [gettext("a period from 1 April %(year)d") % {"year": year} for year in draft.starts]
        if draft.starts
        else [gettext("the report of %(year)d") % {"year": year} for year in draft.years]
    )
    return gettext(
        "The text names %(named)s. The questions of this edition are for the report of %(year)d, about %(first)s to "
        "%(last)s. Load the right set, or tick the box if this is the right one."
    ) % {
        "named": join_with_and(list(named)),
        "year": edition.year + 1,
        "first": format_date(edition.starts_on),
        "last": format_date(edition.ends_on),
    }


def _refuse_incomplete(draft: DraftQuestions) -> None:
    """Refuse a set with two questions of one number, or with a question without a number or text."""
    if not draft.questions:
        raise Refused("no_questions", gettext("The draft has no questions. Add a line that was left out."))
    for place, question in enumerate(draft.questions):
        if not question.number:
            raise Refused("required", gettext("Give this question a number."), field=f"number_{place}")
        if not question.text:
            sentence = gettext("Question %(number)s has no text. Write it, or leave the question out.")
            raise Refused("required", sentence % {"number": question.number}, field=f"text_{place}")
    if doubled := draft.duplicates:
        places = [place for place, question in enumerate(draft.questions) if question.number == doubled[0]]
        sentence = gettext("Two questions have the number %(number)s. Change one of them, or leave it out.")
        raise Refused("numbered_twice", sentence % {"number": doubled[0]}, field=f"number_{places[1]}")


def _refuse_repeated_twice(preview: QuestionPreview) -> None:
    """Refuse a set of which two questions repeat the same question of last year."""
    for old, lines in preview.repeated_twice:
        sentence = describe_repeated_twice(old, lines)
        raise Refused("repeated_twice", sentence, field=f"repeats_{lines[1].place}")


def describe_repeated_twice(old: Question, lines: Sequence[QuestionLine]) -> str:
    """Say which questions of a set repeat the same question of last year, and what to do."""
    return gettext(
        "Questions %(numbers)s repeat the same question of the %(year)d edition: %(old)s. Choose another question for "
        "all but one of them, or “New this year”."
    ) % {
        "numbers": join_with_and([line.question.number or "?" for line in lines]),
        "year": old.edition.year,
        "old": old.number,
    }


def _refuse_stale(locked: QuestionSet, seen: str | None) -> None:
    if seen is not None and seen != build_preview(locked).fingerprint:
        raise EditConflict(
            gettext(
                "Somebody changed this draft or the questions of the edition in the meantime, so nothing was done. "
                "The page now shows the current draft. Check it and try again."
            )
        )


def _lock_draft(question_set: QuestionSet, by: User) -> QuestionSet:
    """Return the locked row. Raises PermissionDenied, or Refused if it was already loaded or discarded."""
    if not can_edit_recommendations(by, question_set.edition):
        raise PermissionDenied
    rows = QuestionSet.objects.select_for_update(no_key=True, of=("self",)).select_related("edition__country")
    locked = rows.filter(pk=question_set.pk).first()
    if locked is None:
        raise Refused("discarded", gettext("Somebody discarded this draft in the meantime. Start a new one."))
    if locked.loaded_at is not None:
        raise Refused(
            "already_loaded", gettext("This set has already been loaded. Start a new one to load other questions.")
        )
    return locked
