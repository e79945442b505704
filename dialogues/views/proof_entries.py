"""The agreed proof of a commitment, as entries of its timeline: when it was agreed, and when and why it was ended."""

from collections.abc import Iterator, Sequence

from django.db.models import QuerySet

from dialogues.choices import EvidenceKind
from dialogues.models import AgreedProof, AgreedProofEnd, Commitment
from dialogues.views.timeline_entries import EMBASSY_NAME, TimelineEntry
from tiptracker.accounts.models import User
from tiptracker.accounts.permissions import can_read_name
from tiptracker.accounts.visible_rows import VisibleRows
from tiptracker.localization import gettext


def visible_proofs(user: User, commitment: Commitment) -> list[AgreedProof]:
    """Return what was ever agreed as proof for a commitment, as far as the user may see it, with its end."""
    return _PROOFS.find(user, commitment=commitment.pk)


def _proofs(reader: User, commitment: int) -> QuerySet[AgreedProof]:
    rows = AgreedProof.objects.visible_to(reader).filter(commitment=commitment)
    return rows.select_related("recorded_by", "end__recorded_by")


_PROOFS = VisibleRows(_proofs, commitment=int)


def end_of(proof: AgreedProof) -> AgreedProofEnd | None:
    """Return the end of an agreed proof; None while it holds."""
    return getattr(proof, "end", None)


def describe_proofs(proofs: Sequence[AgreedProof], user: User) -> Iterator[TimelineEntry]:
    """Yield an entry for each agreement and for each end, which a ministry reads too."""
    may_read_name = can_read_name(user, sent_for=None)
    for proof in proofs:
        yield TimelineEntry(
            day=proof.agreed_on,
            recorded_at=proof.recorded_at,
            speaker="embassy",
            title=gettext("Proof agreed"),
            source=gettext(EMBASSY_NAME),
            verb="recorded",
            line=str(proof),
            by=proof.recorded_by.name if may_read_name else "",
            facts=[gettext("Type of evidence: %(kind)s") % {"kind": EvidenceKind(proof.kind).label}],
            event_day=proof.agreed_on,
        )
        if end := end_of(proof):
            yield TimelineEntry(
                day=end.ended_on,
                recorded_at=end.recorded_at,
                speaker="embassy",
                title=gettext("Agreed proof ended"),
                source=gettext(EMBASSY_NAME),
                verb="recorded",
                line=str(proof),
                text=end.reason,
                by=end.recorded_by.name if may_read_name else "",
                event_day=end.ended_on,
            )
