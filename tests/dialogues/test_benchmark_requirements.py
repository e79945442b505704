"""What a benchmark needs, in words."""

from decimal import Decimal

import pytest

from dialogues.benchmark_requirements import describe_requirement, suggest_kinds
from dialogues.choices import EvidenceKind
from recommendations.choices import Better, Rule


def test_each_rule_says_what_has_to_be_shown():
    assessed = describe_requirement("Rules in force", Rule.ASSESSED)
    target = describe_requirement(
        "Focal points", Rule.TARGET, indicator="Districts", unit="districts", target=Decimal(10)
    )
    limit = describe_requirement(
        "Waiting times", Rule.TARGET, indicator="Days", unit="days", target=Decimal(30), better=Better.DOWN
    )
    more = describe_requirement("More cases", Rule.MORE, indicator="Prosecutions")

    assert "a concrete action by the government" in assessed
    assert assessed.endswith("Types of evidence that can show it: Law or regulation.")
    assert target.startswith("A verified figure of “Districts” of 10 districts, with its source.")
    assert "of at most 30 days" in limit
    assert more.startswith("A verified figure of “Prosecutions” that is higher than the year before.")


@pytest.mark.parametrize(
    ("criterion", "kinds"),
    [
        ("Rules in force", [EvidenceKind.LAW]),
        ("Money allocated", [EvidenceKind.BUDGET]),
        ("At least one conviction with a prison term served", [EvidenceKind.COURT]),
        ("Prosecutors and judges trained", [EvidenceKind.TRAINING]),
        ("Services by more than one provider", [EvidenceKind.REPORT, EvidenceKind.SITE_VISIT]),
        ("Factories inspected", [EvidenceKind.REPORT, EvidenceKind.SITE_VISIT]),
    ],
)
def test_the_words_of_a_criterion_point_to_types_of_evidence(criterion, kinds):
    assert suggest_kinds(criterion) == kinds
