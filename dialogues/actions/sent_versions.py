"""Find which update versions wait for a decision, and which were returned or withdrawn and may be sent again."""

from collections.abc import Iterable

from dialogues.choices import DECISIONS_ENDING_CLAIMS
from dialogues.models import Commitment, Update, UpdateVersion
from dialogues.models.updates import UpdateSubject, update_lookup


def waiting_version(subject: UpdateSubject) -> UpdateVersion | None:
    """Return the update version that waits for a decision, or None.

    A commitment has one at most. Of a request, whose lines wait one by one, it is the oldest.
    """
    waiting = UpdateVersion.objects.filter(**update_lookup(subject, "update__")).undecided()
    return waiting.select_related("recorded_by").first()


def version_to_resend(commitment: Commitment) -> UpdateVersion | None:
    """Return the version that was returned or withdrawn and not sent again.

    None if nothing was sent or the newest was accepted.
    """
    newest = newest_version(commitment)
    return newest if newest and newest.decision.decision in DECISIONS_ENDING_CLAIMS else None


def newest_version(commitment: Commitment) -> UpdateVersion | None:
    """Return the update version that was sent last, or None."""
    versions = UpdateVersion.objects.filter(update__commitment=commitment)
    return versions.select_related("update", "decision", "recorded_by").order_by("-update__number", "-number").first()


def find_update_to_continue(versions: Iterable[UpdateVersion]) -> Update | None:
    """Return the update of the newest of these versions that may get another version, or None.

    An update whose last version waits or was accepted gets none.
    """
    for version in sorted(versions, key=lambda version: (version.recorded_at, version.pk), reverse=True):
        last = version.update.versions.select_related("decision").order_by("number").last()
        decision = getattr(last, "decision", None)
        if decision and decision.decision in DECISIONS_ENDING_CLAIMS:
            return version.update
    return None
