"""The evidence annex: which pieces stand in it, as known by a moment."""

from datetime import date, datetime

import pytest

from reports.briefings.evidence import gather_evidence
from reports.reader_view import ReaderView
from tests import factories
from tests.factories import MASERU

pytestmark = pytest.mark.django_db
BEFORE, KNOWN_BY, LATER = (datetime(2022, 1, day, 9, tzinfo=MASERU) for day in (20, 21, 22))


def list_annex(edition, keys, known_by):
    view = ReaderView(factories.AmbassadorFactory(), edition, date(2022, 2, 15), known_by)
    return {piece.row.pk: len(piece.evidence_links) for piece in gather_evidence(view, keys)}


def test_a_link_that_was_made_later_neither_adds_evidence_to_the_annex_of_an_earlier_day_nor_takes_it_away():
    edition = factories.EditionFactory(year=2021)
    benchmark = factories.BenchmarkFactory(recommendation__edition=edition)
    last_year = factories.EditionFactory(year=2020, country=edition.country)
    earlier = factories.BenchmarkFactory(recommendation__edition=last_year)
    linked, moved, about_indicium, about_question, old = (
        factories.EvidenceFactory(recorded_at=BEFORE, happened_to=day)
        for day in [date(2021, 11, 12)] * 4 + [date(2015, 1, 1)]
    )
    later = {"recorded_at": LATER}
    factories.EvidenceLinkFactory(evidence=linked, benchmark=benchmark, **later)
    factories.EvidenceLinkFactory(evidence=old, benchmark=benchmark, **later)
    factories.EvidenceLinkFactory(evidence=moved, benchmark=earlier, **later)
    factories.EvidenceIndiciumFactory(evidence=about_indicium, **later)
    factories.EvidenceQuestionFactory(evidence=about_question, **later)
    keys = {benchmark.pk: "1a"}

    unfiled = [linked, moved, about_indicium, about_question]
    assert list_annex(edition, keys, KNOWN_BY) == {row.pk: 0 for row in unfiled}
    assert list_annex(edition, keys, None) == {linked.pk: 1, old.pk: 1}
