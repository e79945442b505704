"""Say which recommendations repeat which, and copy benchmarks."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied

from recommendations.choices import Rule
from recommendations.models import Recommendation
from recommendations.rollover.actions import (
    copy_benchmark,
    link_repeated_benchmark,
    recommendations_fingerprint,
    set_repeats,
)
from tests.factories import (
    AdministratorFactory,
    AmbassadorFactory,
    BenchmarkFactory,
    BenchmarkTermsFactory,
    CountryFactory,
    EditionFactory,
    FocalPointFactory,
    MinistryFactory,
    ObserverFactory,
    OfficerFactory,
    RecommendationFactory,
    at_noon,
)
from tests.refusals import refuses
from tiptracker.audit.models import AuditEntry
from tiptracker.jobs.models import Job

pytestmark = pytest.mark.django_db

NOW = at_noon(date(2022, 8, 5))


@pytest.fixture
def old_recommendation():
    return RecommendationFactory(number=4, indicia=[2, 7], supporting=[MinistryFactory()], years_unmet=5,
                                 years_unmet_source="TIP Report 2021")  # fmt: skip


@pytest.fixture
def new_recommendation(old_recommendation):
    return RecommendationFactory(edition=EditionFactory(year=2022), number=1, lead=None, indicia=[])


def set_repeat(new, old, *, seen=None, by=None):
    return set_repeats(
        edition=new.edition, repeats={new.pk: old.pk if old else None}, seen=seen, by=by or OfficerFactory()
    )


def test_what_repeats_takes_over_what_it_does_not_name_itself_and_counts_the_years(
    old_recommendation, new_recommendation
):
    assert set_repeat(new_recommendation, old_recommendation) == 1

    kept = Recommendation.objects.get(pk=new_recommendation.pk)
    assert (kept.repeats, kept.lead, kept.indicia) == (old_recommendation, old_recommendation.lead, [2, 7])
    assert set(kept.supporting.all()) == set(old_recommendation.supporting.all())
    assert (kept.number, kept.text, kept.version) == (1, new_recommendation.text, 2)
    assert Recommendation.objects.all().years_unmet()[kept.pk].text == "6 years in a row"
    entry = AuditEntry.objects.get(verb="recommendation.repeats")
    assert (entry.row, entry.country_id) == (str(new_recommendation.pk), new_recommendation.edition.country_id)
    assert Job.objects.filter(kind="readiness", key=str(new_recommendation.edition_id)).exists()


def test_values_that_the_new_recommendation_has_itself_stay(old_recommendation):
    helper, lead = MinistryFactory(), MinistryFactory()
    new = RecommendationFactory(
        edition=EditionFactory(year=2022), number=1, lead=lead, indicia=[3], supporting=[helper]
    )

    set_repeat(new, old_recommendation)

    kept = Recommendation.objects.get(pk=new.pk)
    assert (kept.lead, kept.indicia, list(kept.supporting.all())) == (lead, [3], [helper])


def test_a_repeat_can_be_changed_later_and_setting_the_same_again_writes_nothing(
    old_recommendation, new_recommendation
):
    set_repeat(new_recommendation, old_recommendation)
    set_repeat(new_recommendation, old_recommendation)
    assert AuditEntry.objects.filter(verb="recommendation.repeats").count() == 1

    assert set_repeat(new_recommendation, None) == 0
    assert Recommendation.objects.get(pk=new_recommendation.pk).repeats is None


def test_two_may_repeat_the_same(old_recommendation, new_recommendation):
    other = RecommendationFactory(edition=new_recommendation.edition, number=2)

    count = set_repeats(
        edition=new_recommendation.edition,
        repeats={new_recommendation.pk: old_recommendation.pk, other.pk: old_recommendation.pk},
        seen=None,
        by=OfficerFactory(),
    )

    assert count == 2
    assert set(old_recommendation.repeated_by.all()) == {new_recommendation, other}


def test_a_list_that_was_changed_meanwhile_is_not_written_over(old_recommendation, new_recommendation):
    seen = recommendations_fingerprint([old_recommendation, new_recommendation])
    set_repeat(new_recommendation, old_recommendation)

    with refuses("edit_conflict", sentence="Somebody changed one of the two lists"):
        set_repeat(new_recommendation, None, seen=seen)
    assert Recommendation.objects.get(pk=new_recommendation.pk).repeats == old_recommendation


@pytest.mark.parametrize("of", ["the same year", "another country", "retired"])
def test_only_what_is_asked_the_year_before_in_the_country_is_repeated(old_recommendation, new_recommendation, of):
    told = {
        "the same year": lambda: RecommendationFactory(edition=new_recommendation.edition, number=7),
        "another country": lambda: RecommendationFactory(
            edition=EditionFactory(country=CountryFactory(elsewhere=True))
        ),
        "retired": lambda: RecommendationFactory(number=9, is_retired=True),
    }[of]()

    with refuses("stale_page", sentence="no longer asked in 2021 or 2022"):
        set_repeat(new_recommendation, told)


def test_the_first_list_repeats_nothing(old_recommendation):
    with refuses("no_preceding_edition", sentence="There is no list of a year before 2021"):
        set_repeat(old_recommendation, None)


@pytest.mark.parametrize("person", [AdministratorFactory, AmbassadorFactory, ObserverFactory, FocalPointFactory])
def test_only_officers_of_the_country_say_it(old_recommendation, new_recommendation, person):
    with pytest.raises(PermissionDenied):
        set_repeat(new_recommendation, old_recommendation, by=person())
    with pytest.raises(PermissionDenied):
        set_repeat(
            new_recommendation, old_recommendation, by=OfficerFactory(countries=[CountryFactory(elsewhere=True)])
        )


def test_a_copy_asks_by_the_terms_in_force_and_says_whence(old_recommendation, new_recommendation):
    benchmark = BenchmarkFactory(recommendation=old_recommendation, terms__rule=Rule.TARGET, terms__target=10)
    newer = BenchmarkTermsFactory(
        benchmark=benchmark, rule=Rule.TARGET, target=8, weight=2, is_about_complicity=True,
        criterion="Eight are open.", recorded_at=at_noon(date(2022, 1, 5)),
    )  # fmt: skip

    made = copy_benchmark(benchmark=benchmark, under=new_recommendation, by=OfficerFactory(), now=NOW)

    assert (made.key, made.repeats) == ("1a", benchmark)
    (terms,) = made.terms.all()
    names = ("criterion", "rule", "target", "weight", "indicator", "is_about_complicity")
    assert [getattr(terms, name) for name in names] == [getattr(newer, name) for name in names]
    assert (terms.reason, terms.recorded_at) == ("As benchmark 4a of the 2021 edition.", NOW)


def test_without_terms_nothing_is_copied(old_recommendation, new_recommendation):
    with refuses("no_terms", sentence="Benchmark 4a has no terms yet"):
        copy_benchmark(
            benchmark=BenchmarkFactory(recommendation=old_recommendation, terms=False),
            under=new_recommendation,
            by=OfficerFactory(),
            now=NOW,
        )


def test_a_benchmark_repeats_one_alone(old_recommendation, new_recommendation):
    own, first, second = (
        BenchmarkFactory(recommendation=new_recommendation),
        BenchmarkFactory(recommendation=old_recommendation),
        BenchmarkFactory(recommendation=old_recommendation),
    )
    by = OfficerFactory()

    assert link_repeated_benchmark(benchmark=own, repeated=first, by=by).repeats == first
    with refuses("repeats_another", sentence="Benchmark 1a already repeats another one. Copy 4b, or skip it."):
        link_repeated_benchmark(benchmark=own, repeated=second, by=by)
    with pytest.raises(PermissionDenied):
        link_repeated_benchmark(benchmark=own, repeated=first, by=AdministratorFactory())
