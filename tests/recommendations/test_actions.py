"""Add and change recommendations, benchmarks and indicators."""

import json
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied

from recommendations.actions.benchmarks import add_benchmark, change_benchmark_terms
from recommendations.actions.edition_terms import change_edition_terms
from recommendations.actions.indicators import set_reporting_ministry
from recommendations.actions.readiness_jobs import enqueue_readiness
from recommendations.actions.recommendations import add_recommendation, change_recommendation
from recommendations.choices import MilestoneKind, Origin, Pillar, Rule, TextStatus
from recommendations.models import Benchmark, BenchmarkTerms, Recommendation
from tests.factories import (
    AdministratorFactory,
    AmbassadorFactory,
    BenchmarkFactory,
    CountryFactory,
    EditionFactory,
    FocalPointFactory,
    IndicatorFactory,
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

NOW = at_noon(date(2022, 1, 28))
UNKNOWN = 987654321
OTHER_ROLES = [AmbassadorFactory, ObserverFactory, FocalPointFactory, AdministratorFactory]


@pytest.fixture
def edition():
    return EditionFactory()


def recommendation_values(**said):
    return {
        "number": 5,
        "text": "Put money in the Trust Fund.",
        "text_status": TextStatus.RECONSTRUCTION,
        "origin": Origin.REPORT,
        "pillar": Pillar.PROTECTION,
        "indicia": [2],
        "lead": None,
        "supporting": [],
        "now": NOW,
        **said,
    }


def add_sample(edition, by=None, **said):
    return add_recommendation(edition=edition, by=by or OfficerFactory(), **recommendation_values(**said))


def change_sample(recommendation, by=None, *, version=1, **said):
    return change_recommendation(
        recommendation=recommendation,
        version=version,
        by=by or OfficerFactory(),
        **recommendation_values(**{"reason": "As the Department reads it."} | said),
    )


def current_pillar(recommendation):
    """Return the pillar in force, as pages and the API show it."""
    return Recommendation.objects.with_pillar().get(pk=recommendation.pk).pillar


# --- Recommendations --------------------------------------------------------------------------------------------------


def test_add_recommendation_writes_it(edition):
    lead, helper = MinistryFactory(), MinistryFactory()
    by = OfficerFactory()
    add_sample(edition, by, lead=lead, supporting=[helper], indicia=[7, 1, 7])

    kept = Recommendation.objects.get(edition=edition)
    assert (kept.number, kept.text, current_pillar(kept), kept.indicia) == (
        5,
        "Put money in the Trust Fund.",
        "protection",
        [1, 7],
    )
    assert (kept.lead, list(kept.supporting.all()), kept.version) == (lead, [helper], 1)
    assert kept.is_reconstruction
    terms = kept.terms.get()
    assert (terms.recorded_by, terms.recorded_at, terms.reason) == (by, NOW, "First version.")
    assert AuditEntry.objects.get().verb == "recommendation.added"
    assert str(edition.pk) in {job.key for job in Job.objects.all()}


INVALID_VALUES = [
    ({"text": " "}, "required", "Write the text of the recommendation.", "text"),
    ({"number": 0}, "out_of_range", "Numbers begin at 1.", "number"),
    ({"number": 3}, "taken", "Number 3 is already taken by “Train them.”. Give another number.", "number"),
    ({"indicia": [13]}, "out_of_range", "Give the numbers of the indicia from 1 to 12", "indicia"),
    ({"pillar": "partnership"}, "invalid_choice", "", "pillar"),
]


@pytest.mark.parametrize(("said", "code", "sentence", "field"), INVALID_VALUES)
def test_add_recommendation_refuses(edition, said, code, sentence, field):
    RecommendationFactory(number=3, text="Train them.")

    with refuses(code, field=field, sentence=sentence):
        add_sample(edition, **said)
    assert Recommendation.objects.count() == 1


@pytest.mark.parametrize(("said", "code", "field"), [(said, code, field) for said, code, _, field in INVALID_VALUES])
def test_change_recommendation_refuses(said, code, field):
    RecommendationFactory(number=3, text="Train them.")
    recommendation = RecommendationFactory(number=4)

    with refuses(code, field=field):
        change_sample(recommendation, **said)
    recommendation.refresh_from_db()
    assert (recommendation.number, recommendation.version) == (4, 1)
    assert [terms.pillar for terms in recommendation.terms.all()] == ["prosecution"]


def test_number_of_the_report_may_be_one_of_the_action_plan_too(edition):
    add_sample(edition)

    assert add_sample(edition, origin=Origin.ACTION_PLAN).number == 5


def test_ministries_of_another_country_are_refused(edition):
    foreign = MinistryFactory(country=CountryFactory(elsewhere=True))

    with refuses("another_country", field="lead", sentence="That ministry belongs to another country."):
        add_sample(edition, lead=foreign)
    with refuses("another_country", field="supporting", sentence="One of these ministries belongs to another country."):
        add_sample(edition, supporting=[foreign])
    assert not Recommendation.objects.exists()


def test_change_recommendation_keeps_its_number_and_logs_what_stood_there():
    recommendation = RecommendationFactory(number=5, years_unmet=10, years_unmet_source="TIP Report 2021")
    change_sample(recommendation, text_status=TextStatus.OFFICIAL)

    kept = Recommendation.objects.get()
    assert (kept.text, kept.text_status, kept.version) == ("Put money in the Trust Fund.", "official", 2)
    assert kept.years_unmet == 10
    entry = AuditEntry.objects.get()
    assert entry.verb == "recommendation.changed"
    assert '"text": "Do what number 5 says."' in entry.detail.before
    assert '"text": "Put money in the Trust Fund."' in entry.detail.after


def test_another_pillar_is_another_row_of_terms_and_the_old_one_stays():
    recommendation = RecommendationFactory(number=5, terms__pillar=Pillar.PREVENTION)
    old = recommendation.terms.get()
    by = OfficerFactory()
    change_sample(recommendation, by, pillar=Pillar.PROTECTION, reason=" It is about shelter. ")

    assert current_pillar(recommendation) == "protection"
    new, first = recommendation.terms.all()
    assert (first, first.pillar) == (old, "prevention")
    assert (new.reason, new.recorded_by, new.recorded_at) == ("It is about shelter.", by, NOW)
    entry = AuditEntry.objects.get()
    assert '"pillar": "prevention"' in entry.detail.before
    assert '"pillar": "protection"' in entry.detail.after


def test_another_pillar_needs_its_reason():
    recommendation = RecommendationFactory(number=5, terms__pillar=Pillar.PREVENTION)

    with refuses("required", field="reason", sentence="Write why it belongs to another pillar."):
        change_sample(recommendation, pillar=Pillar.PROTECTION, reason=" ")
    recommendation.refresh_from_db()
    assert (current_pillar(recommendation), recommendation.version, recommendation.terms.count()) == (
        "prevention",
        1,
        1,
    )


def test_another_wording_holds_from_now_and_needs_no_reason():
    recommendation = RecommendationFactory(number=4, text="Fund it.", terms__pillar=Pillar.PROTECTION)
    change_sample(recommendation, text="Fund it well.", text_status=TextStatus.OFFICIAL, reason="")

    rows = Recommendation.objects.all()
    then, now = rows.as_known_by(NOW - timedelta(seconds=1)), rows.as_known_by(NOW)
    assert [(row.number, row.text, row.text_status) for row in (*then, *now)] == [
        (4, "Fund it.", "reconstruction"),
        (5, "Fund it well.", "official"),
    ]
    assert recommendation.terms.first().reason == "The wording or the number was corrected."


def test_terms_that_stay_the_same_are_not_written_again():
    recommendation = RecommendationFactory(
        number=5, text=recommendation_values()["text"], terms__pillar=Pillar.PROTECTION, indicia=[1]
    )
    change_sample(recommendation, indicia=[2], reason="")

    assert recommendation.terms.count() == 1


def test_second_to_change_a_recommendation_sees_what_the_first_did():
    recommendation = RecommendationFactory(number=5, terms__pillar=Pillar.PROTECTION, indicia=[2], lead=None)
    change_sample(recommendation, OfficerFactory(name="Thabo Mokoena"))

    with refuses("edit_conflict"):
        change_sample(recommendation, text="Something else.")
    assert change_sample(recommendation, version=2, text="Something else.").version == 3


@pytest.mark.parametrize("factory", OTHER_ROLES)
def test_only_officers_change_what_is_asked(edition, factory):
    by, benchmark = factory(), BenchmarkFactory()

    for refused in (
        lambda: add_sample(edition, by),
        lambda: change_sample(benchmark.recommendation, by),
        lambda: add_sample_benchmark(benchmark.recommendation, by),
        lambda: change_terms(benchmark, by),
    ):
        with pytest.raises(PermissionDenied):
            refused()


def test_officers_change_what_is_asked_of_their_own_country_alone():
    with pytest.raises(PermissionDenied):
        add_sample(EditionFactory(country=CountryFactory(elsewhere=True)))


# --- Benchmarks and their terms ---------------------------------------------------------------------------------------


def terms_values(**said):
    return {
        "criterion": "Money is allocated.",
        "rule": Rule.ASSESSED,
        "target": None,
        "weight": Decimal(1),
        "indicator": None,
        "is_about_complicity": False,
        "reason": "As the narrative says.",
        "now": NOW,
        **said,
    }


def add_sample_benchmark(recommendation, by=None, **said):
    return add_benchmark(recommendation=recommendation, by=by or OfficerFactory(), **terms_values(**said))


def change_terms(benchmark, by=None, **said):
    seen = said.pop("seen", benchmark.current_terms.pk)
    return change_benchmark_terms(benchmark=benchmark, seen=seen, by=by or OfficerFactory(), **terms_values(**said))


def test_add_benchmark_takes_the_next_letter_and_writes_its_terms():
    by, indicator = OfficerFactory(), IndicatorFactory()
    recommendation = RecommendationFactory(number=3)
    add_sample_benchmark(recommendation)
    added = add_sample_benchmark(
        recommendation, by, rule=Rule.TARGET, target=Decimal(10), indicator=indicator, is_about_complicity=True
    )

    kept = Benchmark.objects.get(pk=added.pk)
    assert kept.key == "3b"
    in_force = kept.terms.get()
    assert (in_force.criterion, in_force.rule, in_force.target, in_force.weight) == (
        "Money is allocated.",
        "target",
        10,
        1,
    )
    assert (in_force.indicator, in_force.is_about_complicity, in_force.reason) == (
        indicator,
        True,
        "As the narrative says.",
    )
    assert (in_force.recorded_by, in_force.recorded_at) == (by, NOW)
    assert AuditEntry.objects.last().verb == "benchmark.added"


def test_benchmark_letters_continue_with_aa_after_z():
    recommendation = RecommendationFactory()
    Benchmark.objects.bulk_create(
        Benchmark(recommendation=recommendation, letter=letter) for letter in "abcdefghijklmnopqrstuvwxyz"
    )

    assert [add_sample_benchmark(recommendation).letter for _ in range(2)] == ["aa", "ab"]


def test_change_benchmark_terms_adds_a_row_and_keeps_the_old():
    benchmark = BenchmarkFactory()
    old = benchmark.current_terms
    new = change_terms(benchmark, weight=Decimal("0.5"))

    assert list(benchmark.terms.order_by("pk")) == [old, new]
    assert benchmark.current_terms == new
    entry = AuditEntry.objects.get()
    assert entry.verb == "benchmark.terms_changed"
    assert old.criterion in entry.detail.before
    assert '"weight": "0.5"' in entry.detail.after
    assert Job.objects.filter(kind="readiness").count() == 1


@pytest.mark.parametrize(
    ("said", "code", "sentence", "field"),
    [
        ({"criterion": " "}, "required", "Write what must be true for the benchmark to be met.", "criterion"),
        ({"reason": ""}, "required", "Write the reason for these terms.", "reason"),
        ({"rule": Rule.TARGET, "indicator": True}, "no_target", "Give a target above zero.", "target"),
        ({"rule": Rule.TARGET, "indicator": True, "target": Decimal(0)}, "no_target", "", "target"),
        (
            {"target": Decimal(10)},
            "unused_target",
            "Only the rule “figure against a target” has a target.",
            "target",
        ),
        ({"rule": Rule.MORE}, "required", "Choose an indicator.", "indicator"),
        ({"weight": Decimal(-1)}, "out_of_range", "A weight is zero or more. The usual weight is 1.", "weight"),
        ({"weight": Decimal(1000)}, "max_whole_digits", "", "weight"),
    ],
)
def test_terms_that_do_not_go_together_are_refused(said, code, sentence, field):
    benchmark = BenchmarkFactory()
    if "indicator" in said:
        said = {**said, "indicator": IndicatorFactory()}

    with refuses(code, field=field, sentence=sentence):
        add_sample_benchmark(benchmark.recommendation, **said)
    with refuses(code, field=field):
        change_terms(benchmark, **said)
    assert Benchmark.objects.count() == BenchmarkTerms.objects.count() == 1


def test_indicator_of_another_country_is_refused():
    foreign = IndicatorFactory(country=CountryFactory(elsewhere=True))

    with refuses("another_country", field="indicator", sentence="That indicator belongs to another country."):
        add_sample_benchmark(RecommendationFactory(), rule=Rule.MORE, indicator=foreign)


def test_second_to_change_terms_sees_what_the_first_did():
    benchmark = BenchmarkFactory()
    page_showed = benchmark.current_terms.pk
    change_terms(benchmark, OfficerFactory(name="Thabo Mokoena"))

    sentence = "Thabo Mokoena changed the terms on 28 January 2022 at 12:00, with the reason “As the narrative says.”"
    with refuses("edit_conflict", sentence=sentence):
        change_terms(benchmark, seen=page_showed)
    assert benchmark.terms.count() == 2


# --- The terms of an edition ------------------------------------------------------------------------------------------


def change_edition_terms_of(edition, by=None, **said):
    """Add terms like those in force, with changes."""
    old = edition.terms.first()
    kept = {
        "seen": old.pk,
        "deadline_on": old.deadline_on,
        "readiness_target": old.readiness_target,
        "readiness_target_reason": old.readiness_target_reason,
        "weights": {weight.recommendation_id: weight.weight for weight in old.weights.all()},
        "reason": "The Department asks more of it.",
        "now": NOW,
    }
    return change_edition_terms(edition=edition, by=by or OfficerFactory(), **kept | said)


def test_change_terms_adds_a_row_with_its_weights_and_keeps_the_old(edition):
    first, second = RecommendationFactory(edition=edition), RecommendationFactory(edition=edition)
    old, by = edition.terms.get(), OfficerFactory()

    new = change_edition_terms_of(
        edition,
        by,
        deadline_on=date(2022, 3, 15),
        readiness_target=Decimal(50),
        readiness_target_reason=" As the back-test has it. ",
        weights={first.pk: Decimal("2.5"), second.pk: Decimal(1)},
    )

    kept = edition.terms.first()
    assert list(edition.terms.order_by("pk")) == [old, new]
    assert (kept.deadline_on, kept.readiness_target, kept.readiness_target_reason, kept.reason) == (
        date(2022, 3, 15),
        50,
        "As the back-test has it.",
        "The Department asks more of it.",
    )
    assert (kept.recorded_by, kept.recorded_at) == (by, NOW)
    assert [(weight.recommendation, weight.weight) for weight in kept.weights.all()] == [(first, Decimal("2.5"))]
    entry = AuditEntry.objects.get()
    assert (entry.verb, entry.table, entry.row) == ("edition.terms_changed", "recommendations.edition", str(edition.pk))
    assert '"deadline_on": "2022-02-28"' in entry.detail.before
    assert '"deadline_on": "2022-03-15"' in entry.detail.after
    assert f'"weights": {{"{first.pk}": "2.5"}}' in entry.detail.after
    assert [(job.kind, job.key) for job in Job.objects.all()] == [("readiness", str(edition.pk))]


def test_an_edition_without_terms_gets_its_first_and_the_two_days_that_every_edition_has():
    edition = EditionFactory(terms=False)

    change_edition_terms(
        edition=edition,
        seen=0,
        deadline_on=date(2022, 2, 28),
        readiness_target=None,
        readiness_target_reason="",
        weights={},
        reason="The edition was published.",
        by=OfficerFactory(),
        now=NOW,
    )

    assert edition.terms.get().readiness_target is None
    assert AuditEntry.objects.get().detail.before == ""
    days = {(milestone.kind, milestone.due_on) for milestone in edition.milestones.all()}
    assert days == {(MilestoneKind.DEADLINE, date(2022, 2, 28)), (MilestoneKind.PERIOD_END, date(2022, 3, 31))}
    change_edition_terms_of(edition, deadline_on=date(2022, 3, 1))
    assert edition.milestones.count() == 2


@pytest.mark.parametrize(
    ("said", "code", "sentence", "field"),
    [
        ({"reason": " "}, "required", "Write why the terms change.", "reason"),
        (
            {"deadline_on": date(2022, 4, 1)},
            "outside_tracking_period",
            "Give a date in the tracking period, from 1 April 2021 to 31 March 2022.",
            "deadline_on",
        ),
        ({"deadline_on": date(2021, 3, 31)}, "outside_tracking_period", "", "deadline_on"),
        ({"readiness_target": Decimal(101)}, "out_of_range", "Give a target from 0 to 100.", "readiness_target"),
        ({"readiness_target": Decimal(-1)}, "out_of_range", "", "readiness_target"),
        (
            {"readiness_target": Decimal("45.55"), "readiness_target_reason": "Another."},
            "max_decimal_places",
            "",
            "readiness_target",
        ),
        ({"readiness_target_reason": " "}, "required", "Write the reason for the target.", "readiness_target_reason"),
        ({"readiness_target": Decimal(50)}, "same_reason", "You changed the target.", "readiness_target_reason"),
        (
            {"readiness_target": None},
            "reason_without_target",
            "Give the target for this reason",
            "readiness_target",
        ),
        ({"weights": {UNKNOWN: Decimal(2)}}, "another_edition", "", None),
        ({}, "unchanged", "You changed nothing.", None),
    ],
)
def test_terms_of_an_edition_that_cannot_be_meant_are_refused(edition, said, code, sentence, field):
    RecommendationFactory(edition=edition)

    with refuses(code, field=field, sentence=sentence):
        change_edition_terms_of(edition, **said)
    assert edition.terms.count() == 1


def test_weights_below_zero_or_all_of_zero_are_refused(edition):
    keys = [RecommendationFactory(edition=edition).pk for _ in range(2)]

    with refuses("out_of_range", field=f"weight_{keys[0]}", sentence="A weight is zero or more"):
        change_edition_terms_of(edition, weights={keys[0]: Decimal(-1)})
    with refuses("all_weights_zero", sentence="Give at least one recommendation a weight above zero."):
        change_edition_terms_of(edition, weights=dict.fromkeys(keys, Decimal(0)))
    assert change_edition_terms_of(edition, weights={keys[0]: Decimal(0)}).weights.get().weight == 0


def test_a_weight_of_another_editions_recommendation_is_refused(edition):
    other = RecommendationFactory(edition__year=2020)

    with refuses("another_edition", sentence="One of these recommendations does not belong to this edition."):
        change_edition_terms_of(edition, weights={other.pk: Decimal(2)})


def test_second_to_change_an_editions_terms_sees_what_the_first_did(edition):
    page_showed = edition.terms.get().pk
    change_edition_terms_of(edition, OfficerFactory(name="Thabo Mokoena"), deadline_on=date(2022, 3, 1))

    with refuses("edit_conflict"):
        change_edition_terms_of(edition, seen=page_showed, deadline_on=date(2022, 3, 2))
    assert edition.terms.count() == 2


@pytest.mark.parametrize("other", OTHER_ROLES)
def test_only_officers_change_an_editions_terms(edition, other):
    with pytest.raises(PermissionDenied):
        change_edition_terms_of(edition, other(), deadline_on=date(2022, 3, 1))
    assert edition.terms.count() == 1


# --- Readiness --------------------------------------------------------------------------------------------------------


def test_readiness_is_asked_for_each_tracked_edition_of_the_country_once():
    tracked = [RecommendationFactory(edition__year=year).edition for year in (2020, 2021)]
    EditionFactory(year=2019)
    RecommendationFactory(edition__country=CountryFactory(elsewhere=True))

    for _ in range(2):
        enqueue_readiness(tracked[0].country_id)
    assert sorted(Job.objects.values_list("kind", "key")) == sorted(
        ("readiness", str(edition.pk)) for edition in tracked
    )


# --- Indicators -------------------------------------------------------------------------------------------------------


def test_the_ministry_that_reports_a_figure_is_set_changed_and_cleared_and_the_log_tells_each(edition):
    indicator, by = IndicatorFactory(country=edition.country), OfficerFactory()
    police, justice = MinistryFactory(name="Ministry of Police"), MinistryFactory(name="Ministry of Justice")

    for ministry in (police, justice, None):
        set_reporting_ministry(indicator=indicator, ministry=ministry, by=by, now=NOW)
        indicator.refresh_from_db()
        assert indicator.ministry == ministry

    entries = list(AuditEntry.objects.select_related("detail").order_by("number"))
    assert {(entry.verb, entry.row, entry.by, entry.country) for entry in entries} == {
        ("indicator.ministry_set", str(indicator.pk), by, edition.country)
    }
    told = [
        (json.loads(entry.detail.before)["ministry"], json.loads(entry.detail.after)["ministry"]) for entry in entries
    ]
    assert told == [
        (None, "Ministry of Police"),
        ("Ministry of Police", "Ministry of Justice"),
        ("Ministry of Justice", None),
    ]


def test_readiness_is_computed_anew_when_another_ministry_reports_a_figure(edition):
    RecommendationFactory(edition=edition)
    indicator = IndicatorFactory(country=edition.country)
    Job.objects.all().delete()

    set_reporting_ministry(indicator=indicator, ministry=MinistryFactory(), by=OfficerFactory(), now=NOW)

    assert [(job.kind, job.key) for job in Job.objects.all()] == [("readiness", str(edition.pk))]


def test_setting_the_ministry_that_is_set_already_changes_and_logs_nothing(edition):
    ministry = MinistryFactory()
    indicator = IndicatorFactory(country=edition.country, ministry=ministry)

    set_reporting_ministry(indicator=indicator, ministry=ministry, by=OfficerFactory(), now=NOW)

    assert not AuditEntry.objects.exists()
    assert not Job.objects.exists()


def test_another_countrys_ministry_reports_no_figure(edition):
    indicator = IndicatorFactory(country=edition.country)
    theirs = MinistryFactory(country=CountryFactory(elsewhere=True))

    with refuses("another_country", field="ministry", sentence="That ministry belongs to another country."):
        set_reporting_ministry(indicator=indicator, ministry=theirs, by=OfficerFactory(), now=NOW)

    indicator.refresh_from_db()
    assert indicator.ministry is None


@pytest.mark.parametrize("factory", OTHER_ROLES)
def test_only_officers_say_which_ministry_reports_a_figure(edition, factory):
    ministry = MinistryFactory()
    indicator = IndicatorFactory(country=edition.country, ministry=ministry)

    for person in (factory(), OfficerFactory(countries=[CountryFactory(elsewhere=True)])):
        with pytest.raises(PermissionDenied):
            set_reporting_ministry(indicator=indicator, ministry=None, by=person, now=NOW)

    indicator.refresh_from_db()
    assert indicator.ministry == ministry
