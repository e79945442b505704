"""The same form sent twice at the same moment, to two processes."""

from datetime import date

from dialogues.actions.commitments import record_commitment
from dialogues.actions.evidence import log_evidence
from dialogues.choices import DoneBy, EvidenceKind, Horizon, MadeBy
from dialogues.models import Commitment, Evidence
from tests.concurrent_writes import run_simultaneously
from tests.factories import CountryFactory, OfficerFactory, at_noon

DAY = date(2022, 1, 20)
NOW = at_noon(date(2022, 1, 28))


def test_the_same_logged_twice_at_once_is_recorded_once(fresh_database):
    officer, country = OfficerFactory(), CountryFactory()

    def log():
        log_evidence(
            country=country,
            title="Two men were charged",
            kind=EvidenceKind.COURT,
            happened_from=DAY,
            happened_to=DAY,
            done_by=DoneBy.GOVERNMENT,
            stated_by="High Court of Lesotho",
            source="Court register",
            by=officer,
            now=NOW,
        )

    done, refused = run_simultaneously(log, log)

    assert (done, refused) == ("done", "duplicate")
    assert Evidence.objects.count() == 1


def test_the_same_commitment_recorded_twice_at_once_is_recorded_once(fresh_database):
    officer, country = OfficerFactory(), CountryFactory()

    def record_one():
        record_commitment(
            country=country,
            made_by=MadeBy.UNITED_STATES,
            ministry=None,
            text="Send two trainers",
            made_on=DAY,
            due_on=None,
            dialogue=None,
            letter="Note verbale 1/2022",
            horizon=Horizon.SHORT_TERM,
            links=[],
            by=officer,
            now=NOW,
        )

    done, refused = run_simultaneously(record_one, record_one)

    assert (done, refused) == ("done", "duplicate")
    assert Commitment.objects.count() == 1
