"""Check that the reviews of an update version cover each of its parts once, and list what was sent with it."""

from collections.abc import Sequence

from django.db.models import Model

from dialogues.models import Evidence, EvidenceLink, UpdateVersion
from tiptracker.errors import Refused
from tiptracker.localization import gettext

type Part = tuple[Evidence, EvidenceLink | None]
"""What one review is about: an evidence link or, without a link, the evidence itself."""


def refuse_incomplete_reviews(parts: Sequence[Part], reviewed: Sequence[Part]) -> None:
    """Refuse if a part is not reviewed, is reviewed twice, or belongs to another update version."""
    labels = {_part_key(part): _label_part(part) for part in parts}
    keys = [_part_key(part) for part in reviewed]
    allowed = {*labels, *((piece.pk, None) for piece, _ in parts)}
    if not allowed.issuperset(keys) or len(set(keys)) < len(keys):
        sentence = gettext(
            "One item is reviewed twice, or was not sent with this. Open this page again and repeat your review."
        )
        raise Refused("mismatched_reviews", sentence)
    if missing := [label for key, label in labels.items() if key not in keys]:
        sentence = gettext("Verify or reject each item. Not decided yet: %(items)s.")
        raise Refused("missing_reviews", sentence % {"items": "; ".join(missing)})


def list_sent_rows(update_version: UpdateVersion) -> list[Model]:
    """Return what a ministry wrote and sent: the version, its answers, its evidence with the files, and its figures."""
    evidence = list(update_version.evidence.select_related("file"))
    return [
        update_version,
        *update_version.line_answers.all(),
        *evidence,
        *(piece.file for piece in evidence if piece.file),
        *update_version.readings.all(),
    ]


def _part_key(part: Part) -> tuple[int, int | None]:
    piece, evidence_link = part
    return piece.pk, evidence_link.pk if evidence_link else None


def _label_part(part: Part) -> str:
    piece, evidence_link = part
    if evidence_link is None:
        return gettext("“%(title)s” itself") % {"title": piece.title}
    return gettext("“%(title)s” for %(benchmark)s") % {"title": piece.title, "benchmark": evidence_link.benchmark.key}
