"""Find the newest update version on a commitment or a request, and whether it waits or may be sent again."""

from dialogues.choices import DECISIONS_ENDING_CLAIMS
from dialogues.models import UpdateVersion
from dialogues.models.updates import UpdateSubject, update_lookup


def waiting_version(subject: UpdateSubject) -> UpdateVersion | None:
    """Return the update version that waits for a decision, or None. There is one at most."""
    waiting = UpdateVersion.objects.filter(**update_lookup(subject, "update__")).undecided()
    return waiting.select_related("recorded_by").first()


def version_to_resend(subject: UpdateSubject) -> UpdateVersion | None:
    """Return the version that was returned or withdrawn and not sent again.

    None if nothing was sent or the newest was accepted.
    """
    newest = newest_version(subject)
    return newest if newest and newest.decision.decision in DECISIONS_ENDING_CLAIMS else None


def newest_version(subject: UpdateSubject) -> UpdateVersion | None:
    """Return the update version that was sent last, or None."""
    versions = UpdateVersion.objects.filter(**update_lookup(subject, "update__"))
    return versions.select_related("update", "decision", "recorded_by").order_by("-update__number", "-number").first()
