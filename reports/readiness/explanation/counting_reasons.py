"""Say for each row whether it counts and, if not, why not.

`reports.readiness.countable_facts` decides whether a row counts. This module only reads the result and names the first
rule that excludes the row.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from dialogues.choices import GOVERNMENT_DOERS, DoneBy, EvidenceDecision, SupportKind
from recommendations.choices import Rule
from reports.readiness import countable_facts
from reports.readiness.fact_index import FactIndex
from reports.readiness.fact_views import build_fact_views
from reports.readiness.facts import EvidenceLinkFact, EvidenceReviewFact, Facts, ReadingFact
from tiptracker.localization import format_date, gettext, gettext_noop


@dataclass(frozen=True, slots=True)
class CountingStatus:
    """Whether a row counts, whether it is a claim that would count, and the reason why it does not count."""

    counts: bool
    is_claim: bool = False
    reason: str = ""


@dataclass(frozen=True, slots=True)
class CountingStatuses:
    """The counting statuses of evidence links and of readings, by id.

    `assessments_in_force` are ids, at most one per benchmark.
    """

    evidence_links: Mapping[int, CountingStatus]
    readings: Mapping[int, CountingStatus]
    assessments_in_force: frozenset[int]


COUNTS = CountingStatus(counts=True)
NOT_VERIFIED = gettext_noop("not verified yet")
"""Why a claim does not count."""


NO_ACTION_REASONS = {
    SupportKind.PLAN: gettext_noop("a statement or plan, not a concrete action"),
    SupportKind.NO_ACTION: gettext_noop("a finding of no action, not a concrete action"),
    SupportKind.CONTEXT: gettext_noop("context, not a concrete action"),
}
"""Why evidence that shows no action does not count."""


def find_counting_statuses(facts: Facts, as_of: date) -> CountingStatuses:
    """Return the counting status of each evidence link and each reading on a day, by everything that is known."""
    views = build_fact_views(facts, as_of)
    verified_view, claimed_view = views.verified, views.claimed
    rules = {
        benchmark.id: terms.rule
        for benchmark in facts.benchmarks
        if (terms := countable_facts.newest_row(benchmark.terms))
    }
    exclusions = _Exclusions(FactIndex(facts), as_of)
    verified_pairs = {
        (benchmark_id, action.evidence_id)
        for benchmark_id, actions in verified_view.actions.items()
        for action in actions
    }
    claimed_pairs = {
        (benchmark_id, action.evidence_id)
        for benchmark_id, actions in claimed_view.actions.items()
        for action in actions
    }
    counted_ids = {row.id for rows in verified_view.readings.values() for row in rows}
    counted_ids |= {row.id for rows in verified_view.previous.values() for row in rows}
    claimed_ids = {row.id for rows in claimed_view.readings.values() for row in rows}

    def evidence_link(row: EvidenceLinkFact) -> CountingStatus:
        pair = (row.benchmark_id, row.evidence_id)
        if rules.get(row.benchmark_id, Rule.ASSESSED) is not Rule.ASSESSED:
            return CountingStatus(counts=False, reason=gettext("only figures count for this benchmark"))
        if pair in verified_pairs:
            return COUNTS
        reason = next(exclusions.link_reasons(row), "")
        if pair in claimed_pairs:
            return CountingStatus(counts=False, is_claim=True, reason=reason or gettext(NOT_VERIFIED))
        return CountingStatus(counts=False, reason=reason)

    def reading(row: ReadingFact) -> CountingStatus:
        if row.id in counted_ids:
            return COUNTS
        if row.id in claimed_ids:
            return CountingStatus(counts=False, is_claim=True, reason=gettext(NOT_VERIFIED))
        return CountingStatus(counts=False, reason=next(exclusions.reading_reasons(row), ""))

    return CountingStatuses(
        evidence_links={row.id: evidence_link(row) for row in facts.evidence_links},
        readings={row.id: reading(row) for row in facts.readings},
        assessments_in_force=frozenset(assessment.id for assessment in verified_view.assessments.values()),
    )


class _Exclusions:
    """The reasons why rows do not count on a day."""

    def __init__(self, index: FactIndex, as_of: date) -> None:
        self._index, self._as_of = index, as_of
        self._window = index.facts.edition.tracking

    def link_reasons(self, evidence_link: EvidenceLinkFact) -> Iterator[str]:
        """Yield the reasons why an evidence link does not count."""
        evidence = self._index.evidence[evidence_link.evidence_id]
        review = self._index.newest_review(evidence.id, evidence_link.id)
        first = countable_facts.start_date_of(evidence, review)
        if evidence.id in self._index.revisions:
            yield gettext("replaced by a newer version")
        if evidence.done_by not in GOVERNMENT_DOERS:
            yield gettext("done by %(doer)s, not by the government") % {"doer": describe_doer(evidence.done_by)}
        if evidence_link.shows is not SupportKind.ACTION:
            yield gettext(NO_ACTION_REASONS[evidence_link.shows])
        if (first or evidence.happened_to) < self._window.starts_on:
            is_begun_before = first and evidence.happened_to >= self._window.starts_on
            reason = gettext("begun before %(date)s") if is_begun_before else gettext("before %(date)s")
            yield reason % {"date": format_date(self._window.starts_on)}
        yield from self._too_late(evidence.happened_to)
        if review is None:
            yield from self._rejected(self._index.newest_review(evidence.id))
            yield from self._claim_ended(evidence.update_version_id)
        elif review.decision is EvidenceDecision.REJECTED:
            yield from self._rejected(review)
        elif first is None:
            yield gettext("verified, but without a start date")

    def reading_reasons(self, reading: ReadingFact) -> Iterator[str]:
        """Yield the reasons why a reading does not count."""
        cited = self._index.cited(reading)
        if cited and cited.id in self._index.revisions:
            yield gettext("replaced by a newer version")
        if reading.through_on < self._window.starts_on:
            yield gettext("before %(date)s") % {"date": format_date(self._window.starts_on)}
        if reading.starts_on != self._window.starts_on:
            yield gettext("does not start on the first day of the tracking period")
        yield from self._too_late(reading.through_on)
        yield from self._claim_ended(reading.update_version_id)
        if cited:
            yield from self._claim_ended(cited.update_version_id)
            yield from self._rejected(self._index.newest_review(cited.id))
        if reading.is_no_data:
            yield gettext("recorded as “no data”")

    def _too_late(self, last: date) -> Iterator[str]:
        if last > self._window.ends_on:
            yield gettext("after %(date)s") % {"date": format_date(self._window.ends_on)}
        if last > self._as_of:
            yield gettext("not over by %(date)s") % {"date": format_date(self._as_of)}

    def _rejected(self, review: EvidenceReviewFact | None) -> Iterator[str]:
        if review and review.decision is EvidenceDecision.REJECTED:
            yield gettext("rejected by the embassy on %(date)s") % {"date": self._day(review.recorded_at)}

    def _claim_ended(self, version_id: int | None) -> Iterator[str]:
        version = self._index.version(version_id)
        if version and version.returned_at:
            sentence = gettext("sent with an update that was returned on %(date)s")
            yield sentence % {"date": self._day(version.returned_at)}
        if version and version.withdrawn_at:
            sentence = gettext("sent with an update that the ministry withdrew on %(date)s")
            yield sentence % {"date": self._day(version.withdrawn_at)}

    def _day(self, moment: datetime) -> str:
        return format_date(moment.astimezone(self._index.facts.zone).date())


def describe_doer(doer: DoneBy) -> str:
    """Return who did it, as part of a sentence: `the government`, `civil society`."""
    return {
        DoneBy.GOVERNMENT: gettext("the government"),
        DoneBy.JOINT: gettext("the government and others"),
        DoneBy.CIVIL_SOCIETY: gettext("civil society"),
        DoneBy.INTERNATIONAL: gettext("an international organization"),
        DoneBy.UNITED_STATES: gettext("the United States"),
    }[doer]
