"""Recommendations and benchmarks: who sees which, what the database refuses, which terms are in force."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from recommendations.choices import Better, EffortQuestion, Origin, Pillar, Rule, TextStatus
from recommendations.models import (
    Benchmark,
    BenchmarkTerms,
    Edition,
    EditionTerms,
    Indicator,
    Recommendation,
    RecommendationTerms,
    RecommendationWeight,
)
from recommendations.models.recommendations import validate_indicia
from tests.factories import (
    TERMS_SET_AT,
    BenchmarkFactory,
    BenchmarkTermsFactory,
    CommitmentFactory,
    EditionFactory,
    EditionTermsFactory,
    IndicatorFactory,
    MilestoneDoneFactory,
    MilestoneFactory,
    RecommendationFactory,
    RecommendationTermsFactory,
    RecommendationWeightFactory,
    at_noon,
)
from tests.visibility import EMBASSY, create_readers, same_for_each, visible_names

pytestmark = pytest.mark.django_db

MINISTRIES = ("own ministry", "supporting ministry", "other ministry")
ELSEWHERE = ("officer elsewhere", "ministry elsewhere")


@pytest.fixture
def people():
    return create_readers()


@pytest.fixture
def recommendations(people):
    """Recommendations: one led by Police and supported by Justice, one led by Home Affairs, one of another country."""
    return {
        "police": RecommendationFactory(
            lead=people["own ministry"].ministry, supporting=[people["supporting ministry"].ministry]
        ),
        "home": RecommendationFactory(lead=people["other ministry"].ministry),
        "elsewhere": RecommendationFactory(
            edition__country=people["ministry elsewhere"].ministry.country, lead=people["ministry elsewhere"].ministry
        ),
    }


@pytest.fixture
def benchmarks(people, recommendations):
    """Benchmarks with an indicator each; Police made two commitments on one of its two benchmarks."""
    rows = {
        name: BenchmarkFactory(recommendation=row, terms__rule=Rule.MORE)
        for name, row in (*recommendations.items(), ("police, nothing promised", recommendations["police"]))
    }
    for _ in range(2):
        CommitmentFactory(ministry=people["own ministry"].ministry, benchmarks=[rows["police"]])
    CommitmentFactory(ministry=people["other ministry"].ministry, benchmarks=[rows["home"]])
    CommitmentFactory(ministry=people["ministry elsewhere"].ministry, benchmarks=[rows["elsewhere"]])
    return rows


def test_editions_and_recommendations_visible_to_each_reader(people, recommendations):
    assert visible_names(
        people, {"here": recommendations["police"].edition, "elsewhere": recommendations["elsewhere"].edition}
    ) == {
        **same_for_each((*EMBASSY, *MINISTRIES), ["here"]),
        **same_for_each((*ELSEWHERE, "post administrator elsewhere"), ["elsewhere"]),
        "post administrator": ["here"],
        "administrator": ["elsewhere", "here"],
    }
    assert visible_names(people, recommendations) == {
        **same_for_each((*EMBASSY, *MINISTRIES), ["home", "police"]),
        **same_for_each((*ELSEWHERE, "post administrator elsewhere"), ["elsewhere"]),
        "post administrator": ["home", "police"],
        "administrator": ["elsewhere", "home", "police"],
    }


def test_terms_and_milestones_of_editions_visible_to_each_reader(people, recommendations):
    here, elsewhere = recommendations["police"].edition, recommendations["elsewhere"].edition
    exactly = {**same_for_each(EMBASSY, ["here"]), "officer elsewhere": ["elsewhere"]}

    assert visible_names(people, {"here": here.terms.get(), "elsewhere": elsewhere.terms.get()}) == exactly
    milestones = {"here": MilestoneFactory(edition=here), "elsewhere": MilestoneFactory(edition=elsewhere)}
    assert visible_names(people, milestones) == exactly | {
        "post administrator": ["here"],
        "post administrator elsewhere": ["elsewhere"],
        "administrator": ["elsewhere", "here"],
    }
    done = {name: MilestoneDoneFactory(milestone=row) for name, row in milestones.items()}
    assert visible_names(people, done) == exactly


def test_benchmarks_visible_to_each_reader(people, benchmarks):
    everything_here = ["home", "police", "police, nothing promised"]

    assert visible_names(people, benchmarks) == {
        **same_for_each(EMBASSY, everything_here),
        "own ministry": ["police"],
        "other ministry": ["home"],
        **same_for_each((*ELSEWHERE, "post administrator elsewhere"), ["elsewhere"]),
        "post administrator": everything_here,
        "administrator": ["elsewhere", *everything_here],
    }


def test_terms_of_benchmarks_visible_to_each_reader(people, benchmarks):
    assert visible_names(people, {name: row.terms.get() for name, row in benchmarks.items()}) == {
        **same_for_each(EMBASSY, ["home", "police", "police, nothing promised"]),
        "officer elsewhere": ["elsewhere"],
    }


def test_indicators_visible_to_each_reader(people, benchmarks):
    rows = {name: row.terms.get().indicator for name, row in benchmarks.items()}
    rows["in no benchmark"] = IndicatorFactory()
    everything_here = ["home", "in no benchmark", "police", "police, nothing promised"]

    assert visible_names(people, rows) == {
        **same_for_each(EMBASSY, everything_here),
        "own ministry": ["police"],
        "other ministry": ["home"],
        **same_for_each((*ELSEWHERE, "post administrator elsewhere"), ["elsewhere"]),
        "post administrator": everything_here,
        "administrator": ["elsewhere", *everything_here],
    }


# --- Terms ------------------------------------------------------------------------------------------------------------


def test_terms_in_force_are_the_newest_recorded_by_the_moment():
    edition = EditionFactory()
    first = edition.terms.get()
    second = EditionTermsFactory(edition=edition, recorded_at=at_noon(date(2021, 12, 1)))

    assert list(EditionTerms.objects.known_by(None)) == [second, first]
    assert list(EditionTerms.objects.known_by(at_noon(date(2021, 11, 30)))) == [first]


def test_current_terms_are_the_newest_with_and_without_prefetching():
    benchmark = BenchmarkFactory()
    first = benchmark.terms.get()
    second = BenchmarkTermsFactory(
        benchmark=benchmark, criterion="Something else.", recorded_at=at_noon(date(2021, 12, 1))
    )

    assert (benchmark.current_terms, benchmark.wording) == (second, "Something else.")
    assert Benchmark.objects.with_terms().get().current_terms == second
    assert Benchmark.objects.with_terms(known_by=at_noon(date(2021, 11, 30))).get().current_terms == first
    assert Benchmark.objects.with_terms(known_by=at_noon(date(2021, 6, 1))).get().wording == ""


def test_the_pillar_is_that_of_the_newest_terms_recorded_by_the_moment():
    recommendation = RecommendationFactory()
    RecommendationTermsFactory(
        recommendation=recommendation, pillar=Pillar.PREVENTION, recorded_at=at_noon(date(2021, 12, 1))
    )
    RecommendationFactory(terms=False)

    def pillars(known_by=None):
        return [row.pillar for row in Recommendation.objects.with_pillar(known_by).order_by("pk")]

    assert pillars() == ["prevention", None]
    assert pillars(at_noon(date(2021, 11, 30))) == ["prosecution", None]
    assert pillars(at_noon(date(2021, 6, 1))) == [None, None]


def test_terms_of_recommendations_visible_to_each_reader(people, recommendations):
    assert visible_names(people, {name: row.terms.get() for name, row in recommendations.items()}) == {
        **same_for_each(EMBASSY, ["home", "police"]),
        "officer elsewhere": ["elsewhere"],
    }


@pytest.mark.parametrize(
    "change",
    [{"better": Better.DOWN}, {"question": EffortQuestion.MONEY}, {"question": ""}, {"pillar": Pillar.PREVENTION}],
    ids=str,
)
def test_what_scoring_reads_of_an_indicator_is_held_fast(change):
    IndicatorFactory(question=EffortQuestion.VICTIMS)

    with pytest.raises(IntegrityError, match="holds better, question, pillar fast"), transaction.atomic():
        Indicator.objects.update(**change)


def test_the_name_of_an_indicator_may_be_corrected():
    IndicatorFactory(question=EffortQuestion.VICTIMS)
    Indicator.objects.update(name="Victims identified", unit="people", pillar=Pillar.PROSECUTION)

    assert Indicator.objects.get().name == "Victims identified"


@pytest.mark.parametrize(
    ("rows", "change"),
    [
        (EditionTerms.objects, {"deadline_on": date(2030, 1, 1)}),
        (RecommendationTerms.objects, {"pillar": Pillar.PREVENTION}),
        (BenchmarkTerms.objects, {"weight": 5}),
        (RecommendationWeight.objects, {"weight": 5}),
    ],
    ids=["edition terms", "recommendation terms", "benchmark terms", "weights"],
)
def test_terms_are_neither_changed_nor_deleted(rows, change):
    recommendation = BenchmarkFactory().recommendation
    RecommendationWeightFactory(recommendation=recommendation, terms=recommendation.edition.terms.get())

    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        rows.update(**change)
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        rows.all()._raw_delete("default")


# --- As it was known --------------------------------------------------------------------------------------------------


def test_recommendations_read_as_they_were_known():
    before, then, later = (TERMS_SET_AT + timedelta(days=days) for days in (-1, 0, 1))
    kept = RecommendationFactory(number=1, text="Ours.", edition=EditionFactory())
    retired = RecommendationFactory(number=2, text="Dropped.")
    RecommendationFactory(number=3, text="Of the plan.", origin=Origin.ACTION_PLAN)
    RecommendationTermsFactory(
        recommendation=kept, number=2, text="Theirs.", text_status=TextStatus.OFFICIAL, pillar=Pillar.PREVENTION,
        recorded_at=later,
    )  # fmt: skip
    RecommendationTermsFactory(recommendation=retired, is_retired=True, recorded_at=later)
    Recommendation.objects.filter(pk=kept.pk).update(number=5, text="Theirs.", text_status=TextStatus.OFFICIAL)
    Recommendation.objects.filter(pk=retired.pk).update(is_retired=True)
    RecommendationFactory(number=1, text="Added.", terms__recorded_at=later)

    def read(moment):
        rows = Recommendation.objects.filter(edition=kept.edition).as_known_by(moment)
        return [(row.number, row.text, row.is_reconstruction, row.pillar) for row in rows]

    plan = (3, "Of the plan.", True, "prosecution")
    assert read(before) == []
    assert read(then) == [(1, "Ours.", True, "prosecution"), (2, "Dropped.", True, "prosecution"), plan]
    assert read(later) == [(1, "Added.", True, "prosecution"), (2, "Theirs.", False, "prevention"), plan]
    assert [row[0] for row in read(None)] == [1, 5, 3]


def test_what_is_retired_gives_its_number_away():
    retired = RecommendationFactory(number=4, is_retired=True)
    RecommendationFactory(number=4)

    assert list(Recommendation.objects.active().exclude(pk=retired.pk)) == list(Recommendation.objects.active())
    with pytest.raises(IntegrityError, match=r"(?i)unique"), transaction.atomic():
        Recommendation.objects.filter(pk=retired.pk).update(is_retired=False)


# --- Impossible states ------------------------------------------------------------------------------------------------


def insert_copy(row):
    row.pk = None
    row.save(force_insert=True)


INVALID_ROWS = {
    "number taken": lambda: RecommendationFactory(number=RecommendationFactory().number),
    "number zero": lambda: RecommendationFactory(number=0),
    "no text": lambda: RecommendationFactory(text=""),
    "a pillar without a reason": lambda: RecommendationFactory(terms__reason=""),
    "years unmet without a source": lambda: RecommendationFactory(years_unmet=5),
    "two editions of a year": lambda: insert_copy(EditionFactory()),
    "periods that share a day": lambda: [EditionFactory(), EditionFactory(year=2022, starts_on=date(2022, 3, 31))],
    "a period moved": lambda: Edition.objects.filter(pk=EditionFactory().pk).update(ends_on=date(2022, 4, 1)),
    "a period turned round": lambda: EditionFactory(year=2015, ends_on=date(2015, 3, 31)),
    "letter taken": lambda: BenchmarkFactory(recommendation=BenchmarkFactory().recommendation, letter="a"),
    "letter that is none": lambda: BenchmarkFactory(letter="1"),
    "target without a figure": lambda: BenchmarkFactory(terms__rule=Rule.TARGET),
    "target of zero": lambda: BenchmarkFactory(terms__rule=Rule.TARGET, terms__target=0),
    "figure without a target": lambda: BenchmarkFactory(terms__target=10),
    "counting nothing": lambda: BenchmarkFactory(terms__rule=Rule.MORE, terms__indicator=None),
    "weight below zero": lambda: BenchmarkFactory(terms__weight=-1),
    "terms without a reason": lambda: BenchmarkFactory(terms__reason=""),
    "mark without its reason": lambda: EditionFactory(terms__readiness_target_reason=""),
    "mark over a hundred": lambda: EditionFactory(terms__readiness_target=101),
    "a question answered twice": lambda: [IndicatorFactory(question=EffortQuestion.VICTIMS) for _ in range(2)],
    "indicium thirteen": lambda: IndicatorFactory(indicium=13),
}


@pytest.mark.parametrize("what", INVALID_ROWS)
def test_database_refuses(what):
    with pytest.raises(IntegrityError), transaction.atomic():
        INVALID_ROWS[what]()


@pytest.mark.parametrize("wrong", [[0], [13], [2, 1], [1, 1], ["1"], "1", None])
def test_indicia_are_numbers_from_1_to_12_in_order(wrong):
    with pytest.raises(ValidationError):
        validate_indicia(wrong)


# --- Small things that rows say ---------------------------------------------------------------------------------------


def test_tracked_editions_have_recommendations_newest_first():
    EditionFactory(year=2019)
    older, newer = (RecommendationFactory(edition__year=year).edition for year in (2020, 2021))
    RecommendationFactory(edition=newer)

    assert list(Edition.objects.tracked()) == [newer, older]


@pytest.mark.parametrize(
    ("first", "last", "is_covered"),
    [
        (date(2021, 4, 1), date(2022, 3, 31), True),
        (date(2021, 3, 31), date(2021, 4, 1), False),
        (date(2022, 3, 31), date(2022, 4, 1), False),
        (None, date(2021, 4, 1), True),
        (None, date(2021, 3, 31), False),
        (None, date(2022, 4, 1), False),
    ],
)
def test_edition_covers_spans_that_lie_in_its_period(first, last, is_covered):
    assert EditionFactory().covers(first, last) is is_covered


def test_benchmark_is_called_by_number_and_letter():
    recommendation = RecommendationFactory(number=6)

    assert [BenchmarkFactory(recommendation=recommendation).key for _ in range(2)] == ["6a", "6b"]


def test_benchmark_terms_keep_exact_weights():
    BenchmarkFactory(terms__weight=Decimal("0.25"))

    assert BenchmarkTerms.objects.get().weight == Decimal("0.25")


@pytest.mark.parametrize(
    ("name", "unit", "label"),
    [
        ("Government money for victims", "LSL", "Government money for victims (LSL)"),
        ("Convictions", "convictions", "Convictions"),
    ],
)
def test_an_indicator_does_not_repeat_its_name_as_unit(name, unit, label):
    assert Indicator(name=name, unit=unit).name_with_unit == label
