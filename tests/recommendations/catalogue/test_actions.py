"""Set up standard indicators: what is added, linked, left as it is and refused."""

from datetime import date
from functools import partial

import pytest
from django.core.exceptions import PermissionDenied

from recommendations.catalogue.actions import StandardChoice, set_up_standard_indicators
from recommendations.choices import Better, EffortQuestion, Pillar
from recommendations.models import Indicator
from recommendations.standard_indicators import read_catalogue
from tests.factories import (
    AmbassadorFactory,
    CountryFactory,
    FocalPointFactory,
    IndicatorFactory,
    MinistryFactory,
    OfficerFactory,
    at_noon,
)
from tests.refusals import refuses
from tiptracker.audit.models import AuditEntry

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]

CATALOGUE = read_catalogue()
NOW = at_noon(date(2022, 1, 28))


@pytest.fixture
def country():
    return CountryFactory()


@pytest.fixture
def set_up(country):
    """Call it with choices, or with keys of the catalogue."""

    def act(*chosen, by=None):
        choices = [StandardChoice(CATALOGUE[each]) if isinstance(each, str) else each for each in chosen]
        return set_up_standard_indicators(country=country, chosen=choices, by=by or OfficerFactory(), now=NOW)

    return act


def test_a_new_indicator_has_all_that_the_catalogue_says(set_up, country):
    justice = MinistryFactory(country=country)

    done = set_up(StandardChoice(CATALOGUE["acquittals"], ministry=justice), "money_victims_government")

    acquittals, money = done.added
    assert (acquittals.name, acquittals.unit, acquittals.better) == ("Acquittals", "acquittals", Better.DOWN)
    assert (acquittals.pillar, acquittals.indicium, acquittals.ministry) == (Pillar.PROSECUTION, 1, justice)
    assert acquittals.includes == CATALOGUE["acquittals"].includes
    assert acquittals.question == ""
    assert (money.unit, money.question, money.ministry) == (country.currency, EffortQuestion.MONEY, None)
    assert AuditEntry.objects.filter(verb="indicator.added").count() == 2


def test_the_whole_catalogue_can_be_set_up_at_once(set_up, country):
    done = set_up(*CATALOGUE)

    assert set(country.indicators.values_list("catalogue_key", flat=True)) == set(CATALOGUE)
    assert (len(done.added), done.linked, done.set_up_before) == (len(CATALOGUE), [], 0)


def test_what_is_set_up_already_is_neither_doubled_nor_changed(set_up, country):
    [first] = set_up("campaigns").added
    entries = AuditEntry.objects.count()

    done = set_up("campaigns")

    assert (done.added, done.linked, done.set_up_before) == ([], [], 1)
    assert list(country.indicators.all()) == [first]
    assert AuditEntry.objects.count() == entries


def test_linking_fills_what_is_empty_and_leaves_the_rest(set_up, country):
    police = MinistryFactory(country=country)
    ours = IndicatorFactory(country=country, name="Officials trained", unit="persons", ministry=police)

    other = MinistryFactory(country=country)
    done = set_up(StandardChoice(CATALOGUE["officials_trained"], existing=ours.pk, ministry=other))

    ours.refresh_from_db()
    assert done.linked == [ours]
    assert (ours.catalogue_key, ours.indicium) == ("officials_trained", 2)
    assert ours.includes == CATALOGUE["officials_trained"].includes
    assert (ours.name, ours.unit, ours.pillar) == ("Officials trained", "persons", Pillar.PROSECUTION)
    assert ours.ministry == police
    assert country.indicators.count() == 1
    assert AuditEntry.objects.filter(verb="indicator.linked", row=str(ours.pk)).count() == 1


def test_linking_sets_the_ministry_of_an_indicator_without_one(set_up, country):
    ours, police = IndicatorFactory(country=country, name="Campaigns"), MinistryFactory(country=country)

    set_up(StandardChoice(CATALOGUE["campaigns"], existing=ours.pk, ministry=police))

    ours.refresh_from_db()
    assert ours.ministry == police


def test_linking_keeps_what_the_country_says_already(set_up, country):
    ours = IndicatorFactory(country=country, name="Campaigns", indicium=12, includes="Radio campaigns only.")

    set_up(StandardChoice(CATALOGUE["campaigns"], existing=ours.pk))

    ours.refresh_from_db()
    assert (ours.indicium, ours.includes) == (12, "Radio campaigns only.")


def test_a_linked_indicator_of_victims_has_its_small_counts_held_back_whatever_its_unit(set_up, country):
    ours = IndicatorFactory(country=country, name="Persons helped", unit="persons")
    assert not ours.counts_victims

    set_up(StandardChoice(CATALOGUE["victims_assisted"], existing=ours.pk))

    ours.refresh_from_db()
    assert ours.counts_victims


def test_what_the_country_counts_already_is_not_doubled_without_asking(set_up, country):
    ours = IndicatorFactory(country=country, name="Cases opened", question=EffortQuestion.INVESTIGATIONS)

    with refuses(
        "already_counted", field="investigations_begun-existing", sentence="You already count “Cases opened”."
    ):
        set_up("campaigns", "investigations_begun")

    assert list(country.indicators.all()) == [ours]


def test_a_separate_indicator_gets_a_name_of_its_own_and_leaves_the_question_where_it_is(set_up, country):
    ours = IndicatorFactory(country=country, name="Convictions", question=EffortQuestion.CONVICTIONS)

    [added] = set_up(StandardChoice(CATALOGUE["convictions"], apart_from=ours.pk)).added

    assert (added.name, added.question) == ("Convictions (standard)", "")
    ours.refresh_from_db()
    assert (ours.question, ours.catalogue_key) == (EffortQuestion.CONVICTIONS, "")


def test_both_names_may_be_taken(set_up, country):
    ours = IndicatorFactory(country=country, name="Acquittals")
    IndicatorFactory(country=country, name="Acquittals (standard)")

    with refuses("name_taken", field="acquittals-existing", sentence="“Acquittals (standard)”"):
        set_up(StandardChoice(CATALOGUE["acquittals"], apart_from=ours.pk))


def test_indicators_that_cannot_be_linked_are_refused_and_nothing_is_set_up(set_up, country):
    without_question = IndicatorFactory(country=country, name="Convictions")
    linked = IndicatorFactory(country=country, name="Campaigns", catalogue_key="campaigns")
    foreign = IndicatorFactory(country=CountryFactory(elsewhere=True), name="Acquittals")
    before = Indicator.objects.count()

    for key, existing, code, sentence in (
        ("convictions", without_question, "cannot_be_linked", "does not answer the question of the law"),
        ("acquittals", linked, "cannot_be_linked", "is another standard indicator already"),
        ("acquittals", foreign, "another_country", "belongs to another country"),
    ):
        with refuses(code, field=f"{key}-existing", sentence=sentence):
            set_up("hotline_calls", StandardChoice(CATALOGUE[key], existing=existing.pk))

    assert Indicator.objects.count() == before
    foreign.refresh_from_db()
    assert foreign.catalogue_key == ""


def test_one_indicator_cannot_be_two_standard_ones(set_up, country):
    ours = IndicatorFactory(country=country, name="Trials")

    with refuses("cannot_be_linked", field="prosecutions_pending-existing"):
        set_up(*(StandardChoice(CATALOGUE[key], existing=ours.pk) for key in ("acquittals", "prosecutions_pending")))

    ours.refresh_from_db()
    assert ours.catalogue_key == ""


def test_a_ministry_of_another_country_is_refused(set_up):
    theirs = MinistryFactory(country=CountryFactory(elsewhere=True))

    with refuses("another_country", field="acquittals-ministry"):
        set_up(StandardChoice(CATALOGUE["acquittals"], ministry=theirs))


def test_nothing_ticked_is_refused(set_up):
    with refuses("required", sentence="Tick at least one standard indicator."):
        set_up()


@pytest.mark.parametrize("who", ["ambassador", "focal_point", "officer_elsewhere"])
def test_only_officers_of_the_country_set_up_indicators(set_up, country, who):
    people = {
        "ambassador": AmbassadorFactory,
        "focal_point": partial(FocalPointFactory, ministry=MinistryFactory(country=country)),
        "officer_elsewhere": partial(OfficerFactory, countries=[CountryFactory(elsewhere=True)]),
    }

    with pytest.raises(PermissionDenied):
        set_up("campaigns", by=people[who]())

    assert not country.indicators.exists()
