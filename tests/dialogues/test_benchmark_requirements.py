"""What a benchmark needs, in words."""

from decimal import Decimal

from dialogues.benchmark_requirements import describe_requirement
from recommendations.choices import Better, Rule


def test_each_rule_says_what_has_to_be_shown():
    assessed = describe_requirement(Rule.ASSESSED)
    target = describe_requirement(Rule.TARGET, indicator="Districts", unit="districts", target=Decimal(10))
    limit = describe_requirement(Rule.TARGET, indicator="Days", unit="days", target=Decimal(30), better=Better.DOWN)
    more = describe_requirement(Rule.MORE, indicator="Prosecutions")

    assert "a concrete action by the government" in assessed
    assert "A plan or a statement is not enough." in assessed
    assert target.startswith("A verified figure of “Districts” of 10 districts, with its source.")
    assert "of at most 30 days" in limit
    assert more.startswith("A verified figure of “Prosecutions” that is higher than the year before.")
