"""Setting the annual target of an indicator: what is stored, what is refused, and who sees it."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from dialogues.actions.targets import AgreementInput, BaselineInput, set_annual_target
from dialogues.choices import TargetOrigin
from dialogues.models import IndicatorTarget
from recommendations.choices import Better
from tests.factories import (
    AmbassadorFactory,
    CountryFactory,
    DialogueFactory,
    EditionFactory,
    FocalPointFactory,
    IndicatorFactory,
    IndicatorTargetFactory,
    MinistryFactory,
    OfficerFactory,
    at_noon,
)
from tests.visibility import EMBASSY, create_readers, same_for_each, visible_names
from tiptracker.audit.models import AuditEntry
from tiptracker.errors import Refused
from tiptracker.validation import EditConflict

pytestmark = pytest.mark.django_db
NOW = at_noon(date(2022, 1, 28))
BASELINE = BaselineInput(Decimal(4), date(2020, 4, 1), date(2021, 3, 31), "TIP Report 2021")


def set_target(indicator=None, **given):
    indicator = indicator or IndicatorFactory()
    values = {
        "edition": EditionFactory(),
        "figure": Decimal(12),
        "baseline": BASELINE,
        "agreement": AgreementInput(),
        "reason": "Three times as many.",
        "unit": indicator.unit,
        "by": given.pop("by", None) or OfficerFactory(),
        "now": NOW,
    }
    return set_annual_target(indicator=indicator, **values | given)


def refusal_code(**given):
    with pytest.raises(Refused) as refused:
        set_target(**given)
    return refused.value.code, refused.value.field


def test_an_annual_target_is_a_dated_row_that_a_later_one_replaces():
    indicator, police, dialogue = IndicatorFactory(), MinistryFactory(short_name="Police"), DialogueFactory()
    first = set_target(indicator)
    agreed = AgreementInput(TargetOrigin.DIALOGUE, police, dialogue)

    second = set_target(indicator, figure=Decimal(16), agreement=agreed, seen=first.pk)
    dropped = set_target(indicator, figure=None, reason="It was asked of nobody.", seen=second.pk)

    officer = dropped.recorded_by
    rows = IndicatorTarget.objects.visible_to(officer)
    assert list(rows.known_by(None)) == [dropped, second, first]
    assert rows.in_force().get() == dropped
    assert [row.display_value for row in (first, second, dropped)] == ["12", "16", "dropped"]
    assert second.agreement == "Agreed with Police at the dialogue of 8 November 2021"
    assert list(AuditEntry.objects.filter(verb__contains="annual_target").values_list("verb", flat=True)) == [
        "indicator.annual_target_set",
        "indicator.annual_target_set",
        "indicator.annual_target_dropped",
    ]


def test_what_was_in_force_at_a_moment_stays_known():
    early = IndicatorTargetFactory(recorded_at=at_noon(date(2021, 12, 1)))
    late = IndicatorTargetFactory(indicator=early.indicator, figure=20)
    officer = OfficerFactory()

    assert IndicatorTarget.objects.visible_to(officer).in_force(at_noon(date(2021, 12, 2))).get() == early
    assert IndicatorTarget.objects.visible_to(officer).in_force().get() == late


@pytest.mark.parametrize(
    ("given", "code", "field"),
    [
        ({"figure": Decimal(3)}, "below_baseline", "figure"),
        ({"figure": Decimal(-1), "baseline": BaselineInput(missing_reason="None.")}, "negative", "figure"),
        ({"baseline": BASELINE._replace(figure=Decimal(-4))}, "negative", "baseline"),
        ({"baseline": BaselineInput()}, "required", "baseline_missing_reason"),
        ({"baseline": BASELINE._replace(missing_reason="There is none.")}, "two_baselines", "baseline_missing_reason"),
        ({"baseline": BASELINE._replace(figure=None, missing_reason="None.")}, "no_baseline_figure", "baseline"),
        ({"baseline": BASELINE._replace(source=" ")}, "required", "baseline_source"),
        ({"baseline": BASELINE._replace(through_on=None)}, "required", "baseline_through_on"),
        ({"baseline": BASELINE._replace(starts_on=date(2021, 4, 1))}, "reversed_dates", "baseline_through_on"),
        ({"unit": "LSL"}, "unit_differs", "figure"),
        ({"reason": " "}, "required", "reason"),
        ({"figure": None}, "nothing_to_drop", "is_dropped"),
        ({"agreement": AgreementInput(TargetOrigin.LETTER)}, "required", "ministry"),
    ],
)
def test_what_does_not_fit_is_refused_at_its_field(given, code, field):
    assert refusal_code(**given) == (code, field)
    assert not IndicatorTarget.objects.exists()


def test_the_direction_of_the_indicator_decides_which_side_of_the_baseline_is_refused():
    fewer = IndicatorFactory(better=Better.DOWN)

    assert refusal_code(indicator=fewer, figure=Decimal(5)) == ("above_baseline", "figure")
    assert set_target(fewer, figure=Decimal(4)).figure == 4


def test_the_sentence_says_what_to_enter_instead():
    with pytest.raises(Refused, match="Enter 4 or more, or correct the baseline"):
        set_target(figure=Decimal(3))


def test_an_agreement_names_its_ministry_and_a_dialogue_that_was_held():
    police, held = MinistryFactory(), DialogueFactory()
    ahead = DialogueFactory(planned=True, held_on=date(2022, 2, 24))

    for agreement, expected in (
        (AgreementInput(TargetOrigin.POST, police), ("set_alone", "origin")),
        (AgreementInput(TargetOrigin.DIALOGUE, police), ("required", "dialogue")),
        (AgreementInput(TargetOrigin.LETTER, police, held), ("by_letter", "dialogue")),
        (AgreementInput(TargetOrigin.DIALOGUE, police, ahead), ("not_held", "dialogue")),
    ):
        assert refusal_code(agreement=agreement) == expected


def test_nothing_of_another_country_is_taken():
    elsewhere = CountryFactory(elsewhere=True)
    theirs = MinistryFactory(country=elsewhere)

    assert refusal_code(edition=EditionFactory(country=elsewhere)) == ("another_country", "edition")
    assert refusal_code(agreement=AgreementInput(TargetOrigin.LETTER, theirs)) == ("another_country", "ministry")
    held = DialogueFactory(country=elsewhere)
    agreement = AgreementInput(TargetOrigin.DIALOGUE, MinistryFactory(), held)
    assert refusal_code(agreement=agreement) == ("another_country", "dialogue")


def test_a_colleagues_annual_target_is_not_overwritten_unseen():
    indicator = IndicatorFactory()
    set_target(indicator, seen=0)

    with pytest.raises(EditConflict):
        set_target(indicator, figure=Decimal(20), seen=0)


@pytest.mark.parametrize("reader", [AmbassadorFactory, FocalPointFactory])
def test_only_officers_of_the_country_set_it(reader):
    with pytest.raises(PermissionDenied):
        set_target(by=reader())
    with pytest.raises(PermissionDenied):
        set_target(by=OfficerFactory(countries=[CountryFactory(elsewhere=True)]))


def test_a_ministry_sees_the_annual_targets_agreed_with_it_alone():
    people = create_readers()
    police = people["own ministry"].ministry
    rows = {
        "agreed": IndicatorTargetFactory(ministry=police),
        "alone": IndicatorTargetFactory(),
        "elsewhere": IndicatorTargetFactory(indicator__country=CountryFactory(elsewhere=True)),
    }

    assert visible_names(people, rows) == same_for_each(EMBASSY, ["agreed", "alone"]) | {
        "own ministry": ["agreed"],
        "officer elsewhere": ["elsewhere"],
    }


@pytest.mark.parametrize(
    "wrong",
    [
        {"figure": -1},
        {"baseline": None},
        {"origin": TargetOrigin.LETTER},
        {"reason": ""},
    ],
)
def test_the_database_refuses_it_too(wrong):
    with pytest.raises(IntegrityError), transaction.atomic():
        IndicatorTargetFactory(**wrong)
