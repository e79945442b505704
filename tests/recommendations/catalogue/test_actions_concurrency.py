"""Two officers set up standard indicators at the same moment."""

from datetime import date
from functools import partial

import pytest

from recommendations.catalogue.actions import StandardChoice, set_up_standard_indicators
from recommendations.standard_indicators import read_catalogue
from tests.concurrent_writes import run_simultaneously
from tests.factories import CountryFactory, OfficerFactory, at_noon
from tiptracker.audit.models import AuditEntry

pytestmark = pytest.mark.both_databases

CATALOGUE = read_catalogue()
NOW = at_noon(date(2022, 1, 28))


def test_two_officers_at_once_set_up_each_indicator_once(fresh_database):
    country = CountryFactory()
    officers = [OfficerFactory(), OfficerFactory()]
    chosen = [StandardChoice(CATALOGUE[key]) for key in ("campaigns", "hotline_calls", "convictions")]

    outcome = run_simultaneously(
        *(
            partial(set_up_standard_indicators, country=country, chosen=chosen, by=officer, now=NOW)
            for officer in officers
        )
    )

    assert outcome == ["done", "done"]
    assert sorted(country.indicators.values_list("catalogue_key", flat=True)) == [
        "campaigns", "convictions", "hotline_calls",
    ]  # fmt: skip
    assert AuditEntry.objects.filter(verb="indicator.added").count() == 3
