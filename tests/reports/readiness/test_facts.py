import pytest

from recommendations.choices import Rule
from tests.reports.record_builder import RecordBuilder, period


def test_a_rule_that_could_not_be_applied_is_refused():
    record = RecordBuilder(period("2021-04-01", "2022-03-31"))

    with pytest.raises(ValueError, match="above 0"):
        record.benchmark_terms(
            Rule.TARGET, known=period("2021-04-01", "2022-03-31").starts_on, indicator_id=1, target=0
        )
    with pytest.raises(ValueError, match="indicator"):
        record.benchmark_terms(Rule.MORE, known=period("2021-04-01", "2022-03-31").starts_on)
