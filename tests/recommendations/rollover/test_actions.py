"""Saying what repeats what, and asking benchmarks again."""

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
def old():
    return RecommendationFactory(number=4, indicia=[2, 7], supporting=[MinistryFactory()], years_unmet=5,
                                 years_unmet_source="TIP Report 2021")  # fmt: skip


@pytest.fixture
def new(old):
    return RecommendationFactory(edition=EditionFactory(year=2022), number=1, lead=None, indicia=[])


def say(new, old, *, seen=None, by=None):
    return set_repeats(
        edition=new.edition, repeats={new.pk: old.pk if old else None}, seen=seen, by=by or OfficerFactory()
    )


def test_what_repeats_takes_over_what_it_does_not_name_itself_and_counts_the_years(old, new):
    assert say(new, old) == 1

    kept = Recommendation.objects.get(pk=new.pk)
    assert (kept.repeats, kept.lead, kept.indicia) == (old, old.lead, [2, 7])
    assert set(kept.supporting.all()) == set(old.supporting.all())
    assert (kept.number, kept.text, kept.version) == (1, new.text, 2)
    assert Recommendation.objects.all().years_unmet()[kept.pk].text == "6 years in a row"
    entry = AuditEntry.objects.get(verb="recommendation.repeats")
    assert (entry.row, entry.country_id) == (str(new.pk), new.edition.country_id)
    assert Job.objects.filter(kind="readiness", key=str(new.edition_id)).exists()


def test_what_it_names_itself_stays(old):
    helper, lead = MinistryFactory(), MinistryFactory()
    new = RecommendationFactory(
        edition=EditionFactory(year=2022), number=1, lead=lead, indicia=[3], supporting=[helper]
    )

    say(new, old)

    kept = Recommendation.objects.get(pk=new.pk)
    assert (kept.lead, kept.indicia, list(kept.supporting.all())) == (lead, [3], [helper])


def test_it_can_be_said_otherwise_later_and_saying_the_same_writes_nothing(old, new):
    say(new, old)
    say(new, old)
    assert AuditEntry.objects.filter(verb="recommendation.repeats").count() == 1

    assert say(new, None) == 0
    assert Recommendation.objects.get(pk=new.pk).repeats is None


def test_two_may_repeat_the_same(old, new):
    other = RecommendationFactory(edition=new.edition, number=2)

    count = set_repeats(edition=new.edition, repeats={new.pk: old.pk, other.pk: old.pk}, seen=None, by=OfficerFactory())

    assert count == 2
    assert set(old.repeated_by.all()) == {new, other}


def test_a_list_that_was_changed_meanwhile_is_not_written_over(old, new):
    seen = recommendations_fingerprint([old, new])
    say(new, old)

    with refuses("edit_conflict", sentence="Somebody changed one of the two lists"):
        say(new, None, seen=seen)
    assert Recommendation.objects.get(pk=new.pk).repeats == old


@pytest.mark.parametrize("of", ["the same year", "another country", "retired"])
def test_only_what_is_asked_the_year_before_in_the_country_is_repeated(old, new, of):
    told = {
        "the same year": lambda: RecommendationFactory(edition=new.edition, number=7),
        "another country": lambda: RecommendationFactory(
            edition=EditionFactory(country=CountryFactory(elsewhere=True))
        ),
        "retired": lambda: RecommendationFactory(number=9, is_retired=True),
    }[of]()

    with refuses("stale_page", sentence="no longer asked in 2021 or 2022"):
        say(new, told)


def test_the_first_list_repeats_nothing(old):
    with refuses("no_preceding_edition", sentence="There is no list of a year before 2021"):
        say(old, None)


@pytest.mark.parametrize("person", [AdministratorFactory, AmbassadorFactory, ObserverFactory, FocalPointFactory])
def test_only_officers_of_the_country_say_it(old, new, person):
    with pytest.raises(PermissionDenied):
        say(new, old, by=person())
    with pytest.raises(PermissionDenied):
        say(new, old, by=OfficerFactory(countries=[CountryFactory(elsewhere=True)]))


def test_a_copy_asks_by_the_terms_in_force_and_says_whence(old, new):
    benchmark = BenchmarkFactory(recommendation=old, terms__rule=Rule.TARGET, terms__target=10)
    newer = BenchmarkTermsFactory(
        benchmark=benchmark, rule=Rule.TARGET, target=8, weight=2, is_about_complicity=True,
        criterion="Eight are open.", recorded_at=at_noon(date(2022, 1, 5)),
    )  # fmt: skip

    made = copy_benchmark(benchmark=benchmark, under=new, by=OfficerFactory(), now=NOW)

    assert (made.key, made.repeats) == ("1a", benchmark)
    (terms,) = made.terms.all()
    names = ("criterion", "rule", "target", "weight", "indicator", "is_about_complicity")
    assert [getattr(terms, name) for name in names] == [getattr(newer, name) for name in names]
    assert (terms.reason, terms.recorded_at) == ("As benchmark 4a of the 2021 edition.", NOW)


def test_without_terms_nothing_is_copied(old, new):
    with refuses("no_terms", sentence="Benchmark 4a has no terms yet"):
        copy_benchmark(
            benchmark=BenchmarkFactory(recommendation=old, terms=False), under=new, by=OfficerFactory(), now=NOW
        )


def test_a_benchmark_repeats_one_alone(old, new):
    own, first, second = (
        BenchmarkFactory(recommendation=new),
        BenchmarkFactory(recommendation=old),
        BenchmarkFactory(recommendation=old),
    )
    by = OfficerFactory()

    assert link_repeated_benchmark(benchmark=own, repeated=first, by=by).repeats == first
    with refuses("repeats_another", sentence="Benchmark 1a already repeats another one. Copy 4b, or skip it."):
        link_repeated_benchmark(benchmark=own, repeated=second, by=by)
    with pytest.raises(PermissionDenied):
        link_repeated_benchmark(benchmark=own, repeated=first, by=AdministratorFactory())
