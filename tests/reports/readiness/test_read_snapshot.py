"""What is concluded rests on the record as it stood at one moment, though somebody commits in between."""

from reports.actions.runs import compute_readiness
from reports.briefings.ambassador import build_ambassador_briefing
from reports.reader_view import ReaderView
from reports.readiness.gathering import gather_facts
from tests import factories
from tests.concurrent_writes import write_after_first_read
from tests.factories import DEADLINE_ON, at_noon

NEW_TITLE = "Something that came in between"


def edition_and_write():
    """A benchmark with evidence, and the writing of another piece that shows something on it."""
    benchmark = factories.BenchmarkFactory()
    factories.EvidenceFactory(supports=[benchmark])
    return benchmark.recommendation.edition, lambda: factories.EvidenceFactory(title=NEW_TITLE, supports=[benchmark])


def test_gather_facts_sees_nothing_that_is_committed_in_between(fresh_database):
    edition, write = edition_and_write()
    with write_after_first_read("dialogues_evidence", write) as seen:
        facts = gather_facts(edition)

    assert seen
    assert len(facts.evidence) == len(facts.evidence_links) == 1
    assert len(gather_facts(edition).evidence_links) == 2


def test_a_briefing_says_nothing_that_is_committed_in_between(fresh_database):
    edition, write = edition_and_write()
    reader = factories.AmbassadorFactory()
    with write_after_first_read("dialogues_evidence", write) as seen:
        content = build_ambassador_briefing(ReaderView(reader, edition, DEADLINE_ON, None))

    assert seen
    assert len(content.evidence) == 1
    assert NEW_TITLE not in str(content)
    assert NEW_TITLE in str(build_ambassador_briefing(ReaderView(reader, edition, DEADLINE_ON, None)))


def test_readiness_computed_while_somebody_writes_keeps_what_it_read(fresh_database):
    edition, write = edition_and_write()
    with write_after_first_read("dialogues_evidence", write) as seen:
        run = compute_readiness(edition=edition, as_of=DEADLINE_ON, now=at_noon(DEADLINE_ON))

    assert seen
    assert len(run.facts["evidence"]) == len(run.facts["evidence_links"]) == 1
