"""The corrections of a commitment, as entries of its timeline."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.db.models import Prefetch
from django.utils import timezone

from dialogues.choices import CommitmentReach
from dialogues.models import Commitment, CommitmentBenchmark, CommitmentCorrection
from dialogues.views.page_context import format_benchmark_key
from dialogues.views.timeline_entries import EMBASSY_NAME, TimelineEntry
from recommendations.models import Edition
from tiptracker.accounts.models import User
from tiptracker.accounts.permissions import can_read_name
from tiptracker.localization import gettext


def visible_corrections(user: User, commitment: Commitment) -> list[CommitmentCorrection]:
    """Return the corrections of a commitment that the user may see, oldest first, with the links that they changed.

    A commitment that was never corrected takes no query.
    """
    if commitment.newest_correction_id is None:
        return []
    links = CommitmentBenchmark.objects.select_related("benchmark__recommendation")
    rows = CommitmentCorrection.objects.visible_to(user).filter(commitment=commitment).select_related("recorded_by")
    return list(rows.prefetch_related(Prefetch("added", links), Prefetch("removed", links)))


def describe_corrections(
    corrections: Sequence[CommitmentCorrection], commitment: Commitment, editions: Sequence[Edition], user: User
) -> Iterator[TimelineEntry]:
    """Yield an entry for each correction: the wording before and after, the benchmarks that changed, and the reason.

    A ministry reads all of it except how far the commitment would meet a benchmark.
    """
    may_read_name = can_read_name(user, sent_for=None)
    wording = commitment.text
    for correction in reversed(corrections):
        facts = []
        if correction.replaced_text:
            facts = [
                gettext("Earlier wording: “%(text)s”") % {"text": correction.replaced_text},
                gettext("Corrected wording: “%(text)s”") % {"text": wording},
            ]
            wording = correction.replaced_text
        yield TimelineEntry(
            day=timezone.localtime(correction.recorded_at).date(),
            recorded_at=correction.recorded_at,
            speaker="embassy",
            title=gettext("Commitment corrected"),
            source=gettext(EMBASSY_NAME),
            verb="recorded",
            text=correction.reason,
            by=correction.recorded_by.name if may_read_name else "",
            facts=[*facts, *_describe_links(correction, editions, shows_reach=user.is_embassy)],
        )


def _describe_links(
    correction: CommitmentCorrection, editions: Sequence[Edition], *, shows_reach: bool
) -> Iterator[str]:
    """Yield what a correction changed of the benchmarks, one sentence for each."""
    added = {link.benchmark_id: link for link in correction.added.all()}
    removed = {link.benchmark_id: link for link in correction.removed.all()}
    for link in added.values():
        before = removed.get(link.benchmark_id)
        values: Mapping[str, Any] = {
            "benchmark": format_benchmark_key(editions, link.benchmark),
            "effect": CommitmentReach(link.reach).label,
            "before": CommitmentReach(before.reach).label if before else "",
        }
        if before is None and shows_reach:
            yield gettext("Benchmark added: %(benchmark)s (%(effect)s)") % values
        elif before is None:
            yield gettext("Benchmark added: %(benchmark)s") % values
        elif shows_reach:
            yield gettext("Benchmark %(benchmark)s: “%(effect)s” instead of “%(before)s”") % values
    for link in removed.values():
        if link.benchmark_id not in added:
            yield gettext("Benchmark removed: %(benchmark)s") % {
                "benchmark": format_benchmark_key(editions, link.benchmark)
            }
