import pytest

from recommendations.choices import Rule
from tests.reports.record_builder import Record, window


def test_a_rule_that_could_not_be_applied_is_refused():
    record = Record(window("2021-04-01", "2022-03-31"))

    with pytest.raises(ValueError, match="above 0"):
        record.rule(Rule.TARGET, known=window("2021-04-01", "2022-03-31").starts_on, indicator_id=1, target=0)
    with pytest.raises(ValueError, match="indicator"):
        record.rule(Rule.MORE, known=window("2021-04-01", "2022-03-31").starts_on)
