from decimal import Decimal
from fractions import Fraction

import pytest

from recommendations.choices import Rule
from reports import sentences
from reports.briefings.spoken_text import benchmark_question, spoken_criterion
from reports.readiness.answers import Finding

ON_RECOMMENDATION_3 = "On recommendation 3, "


@pytest.mark.parametrize(
    ("rule", "share", "reason", "said"),
    [
        (
            Rule.ASSESSED,
            None,
            "Nothing yet.",
            "we have not been able to verify “Posts filled” yet. Let us agree on a next step",
        ),
        (Rule.ASSESSED, Fraction(1, 2), "A step.", "thank you for the verified step towards “Posts filled”. What"),
        (Rule.TARGET, Fraction(3, 5), "6 of 10 posts by May.", "we have verified 6 of 10 posts by May, towards “Posts"),
        (Rule.TARGET, None, "No data on posts.", "we have no figure yet for “Posts filled”. By which date can"),
        (
            Rule.MORE,
            Fraction(0),
            "They fell.",
            "the verified figure does not show “Posts filled” yet. What",
        ),
    ],
)
def test_the_question_on_a_benchmark_depends_on_what_is_known_of_it(rule, share, reason, said):
    asked = benchmark_question("recommendation 3", "Posts filled", rule, Finding(share, reason))

    assert asked.startswith(ON_RECOMMENDATION_3 + said)
    assert asked[-1] in "?."


@pytest.mark.parametrize(
    ("criterion", "spoken"),
    [
        ("Committee met in each quarter, of 4", "Committee met in each quarter"),
        ('Districts with a focal officer ("focal point"), of 10', "Districts with a focal officer"),
        ("Police trained, more than before (assessed while no figure is given)", "Police trained, more than before"),
        ("The unit is funded.", "The unit is funded"),
        ("(Not yet)", "(Not yet)"),
    ],
)
def test_details_that_serve_the_check_are_not_spoken(criterion, spoken):
    assert spoken_criterion(criterion) == spoken


@pytest.mark.parametrize(
    ("figure", "many", "unit"),
    [
        (1, "cases", "case"),
        (2, "cases", "cases"),
        (1, "LSL", "LSL"),
        (1, "penalties", "penalty"),
        (0, "cases", "cases"),
    ],
)
def test_one_of_a_unit_is_singular(figure, many, unit):
    assert sentences.inflect_unit(Decimal(figure), many) == unit
