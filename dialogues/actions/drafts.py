"""What is typed and not sent yet: one draft a commitment or dialogue, which colleagues share.

In the log stand who began a draft and who dropped it, so that a colleague can ask where it went: not each saving, which
would bury what people did, and nothing of what was typed, which is nobody's word yet. A ministry's draft is not the
embassy's to know of, so its entries belong to no country; that a draft was sent, the entry of the sending tells.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from django.core.exceptions import PermissionDenied
from django.db import transaction

from dialogues.actions.commitments import lock_with_standing, newest_event_date, returned_round, waiting_round
from dialogues.actions.files import refuse_oversized_total, refuse_unless_own_and_unsent
from dialogues.models import Commitment, Dialogue, Draft, EvidenceFile, UpdateRound
from dialogues.models.drafts import DRAFT_LIFETIME
from dialogues.permissions import can_draft
from tiptracker.accounts.models import User
from tiptracker.audit.actions import record
from tiptracker.errors import Refused
from tiptracker.validation import EditConflict, format_date, format_moment, insert_row, update_row

type DraftSubject = Commitment | Dialogue
"""What a draft is of."""
type DraftContent = Mapping[str, Sequence[str]]
"""What was typed, by the names under which a form posts it."""

MAX_CHARACTERS = 200_000
MAX_FIELDS = 1000


class DraftPage(NamedTuple):
    """The page on which something is typed: the mark of the draft it was filled from, "" for none; a name of its own.

    By its name it is known again where an answer was lost on the line; a page without script has none.
    """

    seen: str = ""
    name: str = ""


class DraftClosed(Refused):
    """Nothing is to be typed any more: a colleague has sent it, or it is settled. The draft was left as it is."""


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
    """Keep what was typed so far, judging nothing of it.

    Raises PermissionDenied; Closed where nothing is asked any more; ChangedMeanwhile where another page saved, sent or
    dropped it since `page` was filled; Refused where it is too long, or a file isn't the saver's to send.
    """
    if not can_draft(by, of):
        raise PermissionDenied
    _refuse_too_long(content)
    refuse_oversized_total(files)
    returned = _lock_unless_closed(of, now)
    draft = lock_draft(of)
    kept = {name: list(texts) for name, texts in content.items() if any(texts)}
    if draft and draft.content == kept and {*files} == {*draft.files.all()}:
        return draft  # said twice, perhaps because the first answer was lost on the line
    refuse_stale_draft(draft, page, by, now)
    refuse_unless_own_and_unsent(files, by, returned=returned, draft=draft)
    is_new = draft is None
    draft = draft or Draft(**_subject_filter(of), version=0)
    draft.content, draft.writer = kept, page.name
    draft.version += 1
    draft.saved_at, draft.saved_by = now, by
    (insert_row if is_new else update_row)(draft)
    draft.files.set(files)
    if is_new:
        _log("draft.begun", of, draft, by)
    return draft


@transaction.atomic
def drop_draft(*, of: DraftSubject, page: DraftPage, by: User, now: datetime) -> None:
    """Throw away what was typed; its files go as unsent ones do. Raises PermissionDenied; ChangedMeanwhile as above."""
    if not can_draft(by, of):
        raise PermissionDenied
    lock_subject(of)
    if draft := lock_draft(of):
        refuse_stale_draft(draft, page, by, now)
        Draft.objects.filter(pk=draft.pk).delete()
        _log("draft.dropped", of, draft, by)


def finish_draft(*, of: DraftSubject, page: DraftPage, by: User, now: datetime) -> None:
    """Remove the draft of what is being sent, in the transaction of the sending, which holds `of` locked.

    Raises ChangedMeanwhile where a colleague saved what the sender's page has not shown.
    """
    if draft := lock_draft(of):
        refuse_stale_draft(draft, page, by, now)
        draft.delete()


def drop_untouched_drafts(*, now: datetime) -> int:
    """Remove drafts that nobody has saved in KEPT_FOR; gives how many."""
    dropped = 0
    for key in Draft.objects.untouched(since=now - DRAFT_LIFETIME).values_list("pk", flat=True):
        with transaction.atomic():
            # Held, then looked at once more: it may be saved in this very moment.
            rows = Draft.objects.untouched(since=now - DRAFT_LIFETIME).filter(pk=key).select_for_update(no_key=True)
            if (draft := rows.first()) and (of := draft.commitment or draft.dialogue):
                Draft.objects.filter(pk=draft.pk).delete()
                _log("draft.forgotten", of, draft, None)
                dropped += 1
    return dropped


def find_draft(of: DraftSubject) -> Draft | None:
    """What was typed of this and not sent."""
    return Draft.objects.filter(**_subject_filter(of)).select_related("saved_by").first()


def lock_draft(of: DraftSubject) -> Draft | None:
    """The same, held until the transaction ends."""
    return (
        Draft.objects.filter(**_subject_filter(of))
        .select_for_update(no_key=True, of=("self",))
        .select_related("saved_by")
        .first()
    )


def refuse_stale_draft(draft: Draft | None, page: DraftPage, by: User, now: datetime) -> None:
    """Refuse where another page saved, sent or dropped the draft since `page` was filled."""
    if (draft.mark if draft else "") == page.seen:
        return
    if draft is None:
        raise EditConflict(
            "The draft on this page was sent or dropped meanwhile. What you typed is kept: read it through, then save "
            "or send it as new."
        )
    if page.name and draft.writer == page.name and draft.saved_by_id == by.pk:
        return
    who = "You" if draft.saved_by_id == by.pk else draft.saved_by
    where = " on another page or device" if draft.saved_by_id == by.pk else ""
    raise EditConflict(
        f"{who} saved a draft{where} on {format_moment(draft.saved_at, now)}. What you typed is kept, and nothing was "
        "overwritten: compare the two, then go on with the one that is right."
    )


def lock_subject(of: DraftSubject) -> None:
    """Hold what the draft is of until this transaction ends, so that two pages can't both begin one."""
    type(of)._default_manager.select_for_update(no_key=True).get(pk=of.pk)


def _subject_filter(of: DraftSubject) -> dict[str, DraftSubject]:
    return {"commitment" if isinstance(of, Commitment) else "dialogue": of}


def _lock_unless_closed(of: DraftSubject, now: datetime) -> UpdateRound | None:
    """Lock it, and refuse where nothing is to be sent now; the round that came back and is being mended, if one is."""
    if not isinstance(of, Commitment):
        lock_subject(of)
        return None
    locked, standing = lock_with_standing(of, now)
    if waiting := waiting_round(locked):
        raise DraftClosed(
            f"{waiting.recorded_by} sent this update on {format_moment(waiting.recorded_at, now)}. It is with the "
            "embassy; nothing more is needed until it has answered."
        )
    if standing.is_settled:
        raise DraftClosed(
            f"{standing.status.label} on {format_date(newest_event_date(locked))}: nothing more is needed here."
        )
    return returned_round(locked)


def _refuse_too_long(content: DraftContent) -> None:
    length = sum(len(name) + sum(map(len, texts)) for name, texts in content.items())
    if length > MAX_CHARACTERS or sum(map(len, content.values())) > MAX_FIELDS:
        raise Refused(
            f"This is too long to be kept as a draft: it has {length} characters, {MAX_CHARACTERS} can be kept. "
            "Shorten it, or put a part into a file."
        )


def _log(verb: str, of: DraftSubject, draft: Draft, by: User | None) -> None:
    country = of.country_id if isinstance(of, Dialogue) else None
    record(verb, by=by, row=draft, country=country, after={of._meta.model_name or "": of.pk})
