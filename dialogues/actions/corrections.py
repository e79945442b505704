"""Correct a commitment: its wording and its benchmarks, when the record differs from what was promised.

A correction is a dated row with a reason. It is not for what changed later: a new due date is a reschedule, and another
promise is another commitment.
"""

from collections.abc import Sequence
from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction

from dialogues.actions.commitments import lock_with_standing, refuse_invalid_benchmarks, settled_sentence
from dialogues.actions.duplicates import refuse_duplicate
from dialogues.choices import CommitmentReach
from dialogues.models import Commitment, CommitmentBenchmark, CommitmentCorrection
from dialogues.permissions import can_change_commitment
from recommendations.actions.readiness_jobs import enqueue_readiness
from recommendations.models import Benchmark, Edition
from tiptracker.accounts.models import User
from tiptracker.audit.actions import record
from tiptracker.errors import Refused
from tiptracker.localization import gettext
from tiptracker.validation import EditConflict, format_moment, insert_row, require_text, update_row

type Links = Sequence[tuple[Benchmark, CommitmentReach]]


@transaction.atomic
def correct_commitment(
    *,
    commitment: Commitment,
    text: str,
    edition: Edition | None,
    links: Links,
    reason: str,
    seen: int | None = None,
    by: User,
    now: datetime,
) -> CommitmentCorrection:
    """Correct the wording of a commitment, or the benchmarks of one edition that it supports, or both.

    The earlier wording and the removed links stay in the record: until `now`, they are what was known. Evidence stays
    filed under the commitment, and updates keep what they claimed.

    The wording of a settled commitment can be corrected, because lists and documents still quote it. Its benchmarks
    cannot: the embassy decided that it was done, or withdrew it, for what it was to achieve. Who wants to change that
    reopens it first, which leaves a reason of its own.

    Args:
        edition: the edition whose links are corrected. Links to benchmarks of other editions stay. None: all stay.
        links: all benchmarks of `edition` that the commitment supports, each with its reach.
        seen: the state that the page showed (`correction_state`); None: don't check.

    Raises:
        PermissionDenied: if the user may not change the commitment.
        Refused: without a reason or wording, if nothing changes, if a benchmark belongs to another edition, if no
            benchmark is left, or if the benchmarks of a settled commitment would change.
        DuplicateRecord: if the same person has already saved the same correction.
        EditConflict: if the wording or the benchmarks were changed since the page was opened.
    """
    if not can_change_commitment(by, commitment):
        raise PermissionDenied
    _refuse_invalid_links(commitment, edition, links)
    text = require_text(text, gettext("Write what was promised."), field="text")
    reason = require_text(reason, gettext("Write what was wrong, in a sentence."), field="reason")
    locked, standing = lock_with_standing(commitment, now)
    current = list(locked.links.current().select_related("benchmark__recommendation"))
    own = [link for link in current if edition and link.benchmark.recommendation.edition_id == edition.pk]
    wanted = {benchmark.pk: reach for benchmark, reach in links}
    kept = {link.benchmark_id for link in own if wanted.get(link.benchmark_id) == link.reach}
    removed = [link for link in own if link.benchmark_id not in kept]
    added = [(benchmark, reach) for benchmark, reach in links if benchmark.pk not in kept]
    is_unchanged = text == locked.text and not (removed or added)
    if is_unchanged:
        _refuse_repeated(locked, reason, by, now)
    _refuse_unseen(locked, seen, now)
    if removed or added:
        if standing.is_settled:
            next_step = gettext("Its benchmarks cannot change. To correct them, reopen the commitment first.")
            raise Refused("closed", f"{settled_sentence(locked)} {next_step}", field="links")
        if len(removed) == len(current) and not added:
            raise Refused("no_benchmark", gettext("Name at least one benchmark that it supports."), field="links")
    if is_unchanged:
        raise Refused("unchanged", gettext("You changed nothing. Correct what is wrong, or choose “Cancel”."))
    correction = insert_row(
        CommitmentCorrection(
            commitment=locked,
            replaced_text=locked.text if text != locked.text else "",
            reason=reason,
            recorded_at=now,
            recorded_by=by,
        )
    )
    before = {"text": locked.text, "links": _audit_links(own)}
    locked.text, locked.newest_correction = text, correction
    update_row(locked)
    _change_links(correction, removed, added)
    enqueue_readiness(locked.country_id)
    record(
        "commitment.corrected",
        by=by,
        row=locked,
        country=locked.country_id,
        before=before,
        after={"text": text, "links": [(benchmark.pk, reach) for benchmark, reach in links], "reason": reason},
    )
    return correction


def correction_state(commitment: Commitment) -> int:
    """Return a number that grows with each change of the wording or the benchmarks, whoever makes it."""
    return commitment.corrections.count() + commitment.links.count()


def _refuse_repeated(commitment: Commitment, reason: str, by: User, now: datetime) -> None:
    """Refuse a correction that the same person has just saved. The commitment is as it asks."""
    newest = commitment.corrections.order_by("-pk").first()
    if newest and (newest.recorded_by_id, newest.reason) == (by.pk, reason):
        refuse_duplicate(newest, now)


def _refuse_unseen(commitment: Commitment, seen: int | None, now: datetime) -> None:
    """Raise if the wording or the benchmarks changed since the page was opened, and say who changed them, and when."""
    if seen is None or seen == correction_state(commitment):
        return
    links = commitment.links.filter(recorded_at__isnull=False).select_related("recorded_by")
    changes = [*commitment.corrections.select_related("recorded_by"), *links]
    newest = max(changes, key=lambda change: change.recorded_at, default=None)
    sentence = gettext("The wording or the benchmarks changed since you opened this page.")
    if newest is not None:
        named = {"person": newest.recorded_by, "moment": format_moment(newest.recorded_at, now)}
        sentence = gettext("%(person)s changed the wording or the benchmarks on %(moment)s.") % named
    kept = gettext("Your text is kept. Compare it with the current wording and benchmarks, then save again.")
    raise EditConflict(f"{sentence} {kept}")


def _refuse_invalid_links(commitment: Commitment, edition: Edition | None, links: Links) -> None:
    """Refuse benchmarks that are named twice, or that are not of the edition whose links are corrected."""
    refuse_invalid_benchmarks([benchmark for benchmark, _ in links], commitment.country, field="links")
    if {benchmark.recommendation.edition_id for benchmark, _ in links} - {edition.pk if edition else None}:
        raise Refused(
            "another_edition",
            gettext("One of the benchmarks belongs to another edition. Choose benchmarks of this edition."),
            field="links",
        )


def _change_links(correction: CommitmentCorrection, removed: Sequence[CommitmentBenchmark], added: Links) -> None:
    """Remove links and add others, as parts of a correction. A link that changes its reach is removed and added."""
    for link in removed:
        link.removed_in = correction
        update_row(link)
    for benchmark, reach in added:
        insert_row(
            CommitmentBenchmark(
                commitment=correction.commitment,
                benchmark=benchmark,
                reach=reach,
                added_in=correction,
                recorded_at=correction.recorded_at,
                recorded_by=correction.recorded_by,
            )
        )


def _audit_links(links: Sequence[CommitmentBenchmark]) -> list[tuple[int, str]]:
    return [(link.benchmark_id, link.reach) for link in links]
