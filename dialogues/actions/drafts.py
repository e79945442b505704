"""Drafts: what is typed and not sent yet. Colleagues share one draft for each commitment, request or dialogue.

The activity log says who began a draft and who dropped it, so that a colleague can ask about it. It does not record
each save, which would bury other entries, nor the content, which is no statement yet. The embassy must not learn of a
ministry's draft, so its entries belong to no country. The entry of the update itself says that a draft was sent.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple, cast

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet

from dialogues.actions.files import refuse_oversized_total, refuse_unless_own_and_unsent
from dialogues.actions.information_requests import find_closing_date, lock_update_subject
from dialogues.actions.sent_versions import version_to_resend, waiting_version
from dialogues.models import Commitment, Dialogue, Draft, EvidenceFile, UpdateVersion
from dialogues.models.drafts import DRAFT_LIFETIME
from dialogues.models.files import is_sent
from dialogues.models.updates import UpdateSubject, subject_field
from dialogues.permissions import can_draft
from dialogues.request_phrases import describe_all_waiting
from dialogues.request_status import RequestStanding
from tiptracker.accounts.models import User
from tiptracker.audit.actions import record
from tiptracker.errors import Refused
from tiptracker.localization import format_date, gettext, ngettext
from tiptracker.undo.actions import bring_back, keep_removed
from tiptracker.undo.models import RemovedRow
from tiptracker.validation import EditConflict, format_moment, insert_row, update_row

type DraftSubject = UpdateSubject | Dialogue
"""What a draft belongs to."""
type DraftContent = Mapping[str, Sequence[str]]
"""The form data typed so far, by field name."""

MAX_CHARACTERS = 200_000
MAX_FIELDS = 1000


class DraftPage(NamedTuple):
    """The page on which a user types: the mark of the draft that filled it ("" for none), and its own name.

    The name identifies the page again if a response was lost. A page without JavaScript has no name.
    """

    seen: str = ""
    name: str = ""


class DraftClosed(Refused):
    """Raised if no draft can be saved: a colleague has sent it, or nothing more is expected.

    The draft stays unchanged.
    """


@transaction.atomic
def save_draft(
    *,
    of: DraftSubject,
    content: DraftContent,
    files: Sequence[EvidenceFile],
    page: DraftPage,
    by: User,
    now: datetime,
) -> Draft:
    """Save what was typed so far, without validating it.

    Raises:
        PermissionDenied: if the user may not edit the draft.
        DraftClosed: if no update is expected any more.
        EditConflict: if another page has saved, sent or dropped the draft since `page` was filled.
        Refused: if the draft is too long, or the user may not send one of the files.
    """
    if not can_draft(by, of):
        raise PermissionDenied
    _refuse_too_long(content)
    refuse_oversized_total(files)
    resent = _lock_unless_closed(of, now)
    draft = lock_draft(of)
    filled = {name: list(texts) for name, texts in content.items() if any(texts)}
    if draft and draft.content == filled and {*files} == {*draft.files.all()}:
        return draft  # saved twice, perhaps because the first response was lost
    refuse_stale_draft(draft, page, by, now)
    refuse_unless_own_and_unsent(files, by, resent=resent, draft=draft)
    is_new = draft is None
    draft = draft or Draft(**_subject_filter(of), version=0)
    draft.content, draft.writer = filled, page.name
    draft.version += 1
    draft.saved_at, draft.saved_by = now, by
    (insert_row if is_new else update_row)(draft)
    draft.files.set(files)
    if is_new:
        _log("draft.begun", of, draft, by)
    return draft


@transaction.atomic
def drop_draft(*, of: DraftSubject, page: DraftPage, by: User, now: datetime) -> RemovedRow | None:
    """Delete a draft. Return what `restore_draft` brings it back from; None if there was no draft.

    Its files are deleted as unsent files. Raises PermissionDenied, and EditConflict as `save_draft` does.
    """
    if not can_draft(by, of):
        raise PermissionDenied
    lock_subject(of)
    if draft := lock_draft(of):
        refuse_stale_draft(draft, page, by, now)
        kept = keep_removed(draft, by=by, now=now)
        Draft.objects.filter(pk=draft.pk).delete()
        _log("draft.dropped", of, draft, by)
        return kept
    return None


@transaction.atomic
def restore_draft(*, of: DraftSubject, removed: int, by: User, now: datetime) -> Draft:
    """Bring back a draft that the user has just deleted, with those of its files that are still unsent.

    Raises:
        PermissionDenied: if the user may not edit the draft.
        DraftClosed: if no update is expected any more.
        Refused: if a new draft was begun, or the time to undo is over.
    """
    if not can_draft(by, of):
        raise PermissionDenied
    _lock_unless_closed(of, now)
    if newer := lock_draft(of):
        sentence = gettext("%(person)s began a new draft in the meantime, so the deleted draft cannot come back.")
        raise Refused("draft_exists", sentence % {"person": newer.saved_by})

    def refuse_another(draft: Draft) -> None:
        if any(getattr(draft, name) != subject for name, subject in _subject_filter(of).items()):
            raise Refused("undo_elsewhere", gettext("This is the draft of another form. Open that form instead."))

    draft, related = bring_back(Draft, removed, by=by, now=now, check=refuse_another)
    files = EvidenceFile.objects.kept().exclude(is_sent()).filter(drafts=None, pk__in=related["files"])
    draft.files.set(files)
    _log("draft.restored", of, draft, by)
    return draft


def finish_draft(*, of: DraftSubject, page: DraftPage, by: User, now: datetime) -> None:
    """Delete the draft of what is being sent, in the same transaction. The caller has locked `of`.

    Raises EditConflict if a colleague has saved something that the sender's page has not shown.
    """
    if draft := lock_draft(of):
        refuse_stale_draft(draft, page, by, now)
        draft.delete()


def drop_untouched_drafts(*, now: datetime) -> int:
    """Delete drafts that nobody has saved within DRAFT_LIFETIME. Return the number of drafts."""
    deleted = 0
    for pk in Draft.objects.untouched(since=now - DRAFT_LIFETIME).values_list("pk", flat=True):
        with transaction.atomic():
            # Lock first, then check again: the draft may be saved at this moment.
            rows = Draft.objects.untouched(since=now - DRAFT_LIFETIME).filter(pk=pk).select_for_update(no_key=True)
            if (draft := rows.first()) and (of := draft.commitment or draft.information_request or draft.dialogue):
                Draft.objects.filter(pk=draft.pk).delete()
                _log("draft.forgotten", of, draft, None)
                deleted += 1
    return deleted


def find_draft(subject: DraftSubject) -> Draft | None:
    """Return the draft of a commitment, request or dialogue, or None."""
    return _drafts(subject).first()


def lock_draft(subject: DraftSubject) -> Draft | None:
    """Return the draft as `find_draft` does, locked until the transaction ends."""
    return _drafts(subject).select_for_update(no_key=True, of=("self",)).first()


def _drafts(subject: DraftSubject) -> QuerySet[Draft]:
    return Draft.objects.filter(**_subject_filter(subject)).select_related("saved_by")


def refuse_stale_draft(draft: Draft | None, page: DraftPage, by: User, now: datetime) -> None:
    """Refuse if another page has saved, sent or dropped the draft since `page` was filled."""
    if (draft.mark if draft else "") == page.seen:
        return
    if draft is None:
        raise EditConflict(
            gettext(
                "The draft on this page was sent or deleted in the meantime. Your text is still on this page. Check "
                "it, then save or send it again."
            ),
        )
    is_own = draft.saved_by_id == by.pk
    if page.name and draft.writer == page.name and is_own:
        return
    sentence = (
        gettext(
            "You saved a draft on another page or device on %(moment)s. Your text is still on this page, and nothing "
            "was overwritten. Compare the two, then continue with the right one."
        )
        if is_own
        else gettext(
            "%(person)s saved a draft on %(moment)s. Your text is still on this page, and nothing was overwritten. "
            "Compare the two, then continue with the right one."
        )
    )
    raise EditConflict(sentence % {"person": draft.saved_by, "moment": format_moment(draft.saved_at, now)})


def lock_subject(subject: DraftSubject) -> None:
    """Lock what a draft belongs to until the transaction ends, so that two pages can't both begin a draft."""
    type(subject)._default_manager.select_for_update(no_key=True).get(pk=subject.pk)


def _subject_filter(subject: DraftSubject) -> dict[str, DraftSubject]:
    return {_subject_name(subject): subject}


def _subject_name(subject: DraftSubject) -> str:
    """Return the field by which a draft names what it belongs to."""
    return "dialogue" if isinstance(subject, Dialogue) else subject_field(subject)


def _lock_unless_closed(subject: DraftSubject, now: datetime) -> Sequence[UpdateVersion]:
    """Lock the subject and refuse if nothing can be sent now.

    Return the returned and withdrawn versions that are being corrected.
    """
    if isinstance(subject, Dialogue):
        lock_subject(subject)
        return []
    locked, standing = lock_update_subject(subject, now)
    if isinstance(locked, Commitment) and (waiting := waiting_version(locked)):
        sentence = gettext(
            "%(person)s sent an update on %(moment)s. It is with the embassy. You need not do anything until the "
            "embassy replies."
        )
        values = {"person": waiting.sender, "moment": format_moment(waiting.recorded_at, now)}
        raise DraftClosed("update_waits", sentence % values)
    if standing.is_settled:
        sentence = gettext("%(status)s on %(date)s. Nothing more is needed here.")
        values = {"status": standing.status.label, "date": format_date(find_closing_date(locked, standing))}
        raise DraftClosed("closed", sentence % values)
    if isinstance(locked, Commitment):
        last = version_to_resend(locked)
        return [last] if last else []
    asked = cast("RequestStanding", standing)
    if not asked.is_expected:
        raise DraftClosed("update_waits", describe_all_waiting())
    return locked.list_versions_to_resend(asked)


def _refuse_too_long(content: DraftContent) -> None:
    length = sum(len(name) + sum(map(len, texts)) for name, texts in content.items())
    if length > MAX_CHARACTERS or sum(map(len, content.values())) > MAX_FIELDS:
        sentence = ngettext(
            "The draft is too long: it has %(number)d character, and the limit is %(limit)d. Shorten it, or attach a "
            "part as a file.",
            "The draft is too long: it has %(number)d characters, and the limit is %(limit)d. Shorten it, or attach a "
            "part as a file.",
            length,
        )
        raise Refused("too_long", sentence % {"number": length, "limit": MAX_CHARACTERS})


def _log(verb: str, subject: DraftSubject, draft: Draft, by: User | None) -> None:
    country = subject.country_id if isinstance(subject, Dialogue) else None
    record(verb, by=by, row=draft, country=country, after={_subject_name(subject): subject.pk})
