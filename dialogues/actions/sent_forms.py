"""Forms of updates that are sent: each is sent once, and only while its page shows what was sent before.

A form may arrive again, because its answer was lost or somebody pressed twice, or hours after it was filled in, because
it waited on a telephone for a connection.
"""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.db import IntegrityError, transaction

from dialogues.actions.sent_versions import newest_version
from dialogues.models import Commitment, SendKey, UpdateVersion
from dialogues.models.updates import UpdateSubject, update_lookup
from recommendations.actions.readiness_jobs import enqueue_readiness
from tiptracker.accounts.models import Ministry, User
from tiptracker.errors import Refused
from tiptracker.localization import gettext
from tiptracker.validation import format_moment, insert_row


class SentForm(NamedTuple):
    """The form that an update is sent with.

    `key` was drawn with the form, at random. `content_digest` is the SHA-256 of what was typed and attached.
    `last_version` is the id of the newest update version that the page showed, or 0 if there was none.
    None skips the check.
    """

    key: UUID
    content_digest: bytes
    last_version: int | None = None


def find_sent_version(form: SentForm | None, subject: UpdateSubject, by: User) -> UpdateVersion | None:
    """Return the update version that `by` has sent with this form before, with the same content, or None."""
    if form is None:
        return None
    sent = SendKey.objects.filter(
        key=form.key, update_version__recorded_by=by, **update_lookup(subject, "update_version__update__")
    )
    found = sent.select_related("update_version").first()
    return found.update_version if found and bytes(found.content_digest) == form.content_digest else None


def refuse_newer_version(form: SentForm | None, commitment: Commitment, now: datetime) -> None:
    """Refuse if a colleague has sent an update since the form was opened. The caller has locked the commitment."""
    if form is None or form.last_version is None:
        return
    newest = newest_version(commitment)
    if newest is None or newest.pk == form.last_version:
        return
    sentence = gettext(
        "%(person)s sent an update on this commitment on %(moment)s, after this form was opened. Read it, and our "
        "reply to it. Then change your text if needed, and send it again."
    )
    raise Refused(
        "newer_version",
        sentence % {"person": newest.sender, "moment": format_moment(newest.recorded_at, now)},
    )


def keep_send_key(form: SentForm | None, sent: UpdateVersion) -> None:
    """Record which form an update version was sent with. Raises Refused if another update was sent with its key."""
    if form is None:
        return
    try:
        with transaction.atomic():
            insert_row(SendKey(key=form.key, content_digest=form.content_digest, update_version=sent))
    except IntegrityError as error:
        raise Refused("key_used", gettext("This form was used before. Check your text, then send it again.")) from error


def lock_for_sending(*, commitment: Commitment, by: User) -> None:
    """Lock everything that storing files and sending them locks, before the first entry in the activity log.

    Call this in the transaction that does both.
    """
    if by.ministry_id:
        Ministry.objects.select_for_update(no_key=True).get(pk=by.ministry_id)
    Commitment.objects.select_for_update(no_key=True).get(pk=commitment.pk)
    enqueue_readiness(commitment.country_id)
