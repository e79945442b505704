"""Log progress in one form."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from dialogues.benchmark_requirements import describe_requirement
from dialogues.choices import DoneBy, EvidenceDecision, SupportKind
from dialogues.models import Evidence, EvidenceFile, Reading
from dialogues.score_effects import (
    BenchmarkEffect,
    LoggedFigure,
    ScoreEffect,
    describe_benchmark_effect,
    describe_benchmark_effects,
    describe_exclusion,
    describe_figure_effect,
)
from recommendations.choices import BreakdownDimension, EffortQuestion, Rule
from reports.readiness.gathering import gather_facts
from reports.readiness.readiness import evaluate_readiness
from tests.dialogues.sample_files import PDF
from tests.edition_urls import edition_url
from tests.factories import (
    AmbassadorFactory,
    BenchmarkFactory,
    CommitmentFactory,
    CountryFactory,
    DistrictFactory,
    EditionFactory,
    EvidenceFactory,
    EvidenceFileFactory,
    EvidenceReviewFactory,
    FocalPointFactory,
    IndicatorFactory,
    ObserverFactory,
    OfficerFactory,
    ReadingFactory,
    ReadingPartFactory,
    RecommendationFactory,
)
from tests.refusals import shows_refusal

pytestmark = pytest.mark.django_db

DAY = date(2022, 1, 20)
BEGAN_TOO_EARLY = describe_exclusion(DoneBy.GOVERNMENT, "it began before 1 April 2021")
LOGGED_FIGURE = LoggedFigure(
    has_figure=True, has_direction=False, is_of_year_before=False, answers_question=True, moves_benchmark=False
)


def effect_text(key, effect, first_on=DAY):
    return describe_benchmark_effects([BenchmarkEffect(key, effect)], first_on)


def pdf_upload(name="gazette.pdf", content=PDF):
    return SimpleUploadedFile(name, content, content_type="application/pdf")


def row_url(name, row):
    return reverse(name, args=[row.pk])


def form_data(**changed):
    rows = {"evidence_links-TOTAL_FORMS": "2", "evidence_links-INITIAL_FORMS": "0"}
    form = {
        "title": "The committee met.",
        "kind": "site_visit",
        "happened_from": "2022-01-20",
        "happened_to": "2022-01-20",
        "done_by": "government",
        "stated_by": "Embassy visit",
        "source": "Minutes of 20 January 2022",
        "sensitivity": "internal",
    }
    return rows | form | changed


def test_evidence_log_keeps_what_happened_and_what_it_shows(client):
    benchmark = BenchmarkFactory()
    officer = OfficerFactory()
    client.force_login(officer)

    response = client.post(
        reverse("evidence_log"),
        form_data(
            files=pdf_upload(),
            **{"evidence_links-0-benchmark": benchmark.pk, "evidence_links-0-shows": "statement_or_plan"},
        ),
        follow=True,
    )

    evidence = Evidence.objects.get()
    assert response.redirect_chain == [(row_url("evidence_detail", evidence), 302)]
    assert effect_text(benchmark.key, ScoreEffect.SHOWN) in response.text
    assert (evidence.title, evidence.file.name, evidence.recorded_by) == ("The committee met.", "gazette.pdf", officer)
    assert [(evidence_link.benchmark, evidence_link.shows) for evidence_link in evidence.evidence_links.all()] == [
        (benchmark, SupportKind.PLAN)
    ]


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        (
            {"happened_from": "2021-02-10", "happened_to": "2021-02-10"},
            describe_exclusion(DoneBy.GOVERNMENT, "before 1 April 2021"),
        ),
        ({"happened_from": "2021-03-10"}, BEGAN_TOO_EARLY),
        ({}, "It supports no benchmark, so it does not count."),
        ({"done_by": "civil_society"}, describe_exclusion(DoneBy.CIVIL_SOCIETY, "")),
    ],
)
def test_evidence_log_keeps_what_cannot_count_and_says_so(client, changed, sentence):
    BenchmarkFactory()
    client.force_login(OfficerFactory())

    response = client.post(reverse("evidence_log"), form_data(**changed), follow=True)

    assert sentence in response.text
    assert Evidence.objects.count() == 1


@pytest.mark.parametrize(
    ("changed", "field", "sentence"),
    [
        ({"title": ""}, "title", ""),
        ({"happened_to": "2022-01-29"}, "happened_to", ""),
        ({"happened_to": "28.1.22"}, "happened_to", ""),
        ({"happened_from": "2022-01-21"}, "happened_from", "The start date is after the end date."),
        ({"source": ""}, "source", ""),
        ({"kind": ""}, "kind", ""),
        ({"done_by": ""}, "done_by", "Choose who did it."),
        ({"commitment": "987654"}, "commitment", ""),
        ({"sensitivity": "shared"}, "commitment", "Choose the commitment."),
    ],
)
def test_evidence_log_refuses_beside_the_field_and_keeps_what_was_typed(client, changed, field, sentence):
    BenchmarkFactory()
    client.force_login(OfficerFactory())

    response = client.post(reverse("evidence_log"), form_data(**({"stated_by": "Kept as typed"} | changed)))

    assert response.status_code == 422
    assert sentence in str(response.context["form"].errors[field])
    assert "Kept as typed" in response.text
    assert not Evidence.objects.exists()


def test_evidence_log_takes_no_file_of_too_large_a_form_and_keeps_what_was_typed(client, settings):
    settings.UPLOAD_MAX_TOTAL_BYTES = 1024 * 1024
    BenchmarkFactory()
    client.force_login(OfficerFactory())
    files = [SimpleUploadedFile(name, PDF + b"\n" * 600_000) for name in ("one.pdf", "two.pdf")]

    response = client.post(reverse("evidence_log"), form_data(stated_by="Kept as typed", files=files))

    assert response.status_code == 422
    assert "No file was attached: together they have 1.1 MB, and the limit is 1 MB at once." in str(
        response.context["form"].errors["files"]
    )
    assert "Kept as typed" in response.text
    assert not EvidenceFile.objects.exists()
    assert not Evidence.objects.exists()


def test_evidence_log_keeps_the_file_of_a_refused_form(client):
    BenchmarkFactory()
    client.force_login(OfficerFactory())

    refused = client.post(reverse("evidence_log"), form_data(title="", source="", files=pdf_upload()))
    kept = EvidenceFile.objects.get()
    assert refused.status_code == 422
    assert f'name="kept_files" value="{kept.pk}"' in refused.text
    assert "source" not in refused.context["form"].errors

    client.post(reverse("evidence_log"), form_data(source="", kept_files=[kept.pk]))
    assert Evidence.objects.get().file == kept


def test_evidence_log_says_what_is_wrong_with_a_file(client):
    BenchmarkFactory()
    client.force_login(OfficerFactory())

    response = client.post(reverse("evidence_log"), form_data(files=pdf_upload(content=b"not a PDF at all")))

    assert response.status_code == 422
    assert "files" in response.context["form"].errors
    assert shows_refusal(response, "file_rejected")


def test_evidence_log_takes_no_file_that_somebody_else_uploaded(client):
    BenchmarkFactory()
    theirs = EvidenceFileFactory(uploaded_by=OfficerFactory(email="other@example.com"))
    client.force_login(OfficerFactory())

    response = client.post(reverse("evidence_log"), form_data(source="", kept_files=[theirs.pk]))

    assert response.status_code == 422
    assert not Evidence.objects.exists()


def test_evidence_log_begins_with_the_commitment_it_was_opened_from(client):
    benchmark = BenchmarkFactory()
    commitment = CommitmentFactory(benchmarks=[benchmark])
    client.force_login(OfficerFactory())

    text = client.get(f"{reverse('evidence_log')}?commitment={commitment.pk}").text

    assert f'<option value="{commitment.pk}" selected ' in text
    assert f'<option value="{benchmark.pk}" selected' in text
    assert 'max="2022-01-28"' in text
    assert 'value="2022-01-28"' not in text, "a date that nobody chose would be saved unseen"


@pytest.mark.parametrize("count", [1, 2])
def test_evidence_log_begins_with_the_only_benchmark_of_the_recommendation_it_was_opened_from(client, count):
    other = BenchmarkFactory()
    recommendation = RecommendationFactory(edition=other.recommendation.edition, number=7)
    benchmarks = [BenchmarkFactory(recommendation=recommendation) for _ in range(count)]
    client.force_login(OfficerFactory())

    response = client.get(reverse("evidence_log"), {"recommendation": recommendation.pk})

    row = response.context["rows"].forms[0]
    assert row["benchmark"].value() == (str(benchmarks[0].pk) if count == 1 else None)
    groups = row.fields["benchmark"].choices[1:]
    assert [key for _, options in groups for key, _ in options] == [
        str(benchmark.pk) for benchmark in (*benchmarks, other)
    ]


def test_evidence_log_begins_with_the_benchmark_it_was_opened_from(client):
    benchmark = BenchmarkFactory()
    client.force_login(OfficerFactory())

    response = client.get(reverse("evidence_log"), {"benchmark": benchmark.pk})

    assert response.context["rows"].forms[0]["benchmark"].value() == str(benchmark.pk)
    assert f'<option value="{benchmark.pk}" selected>' in response.text


def test_an_officer_logs_a_law_with_its_file_and_a_figure_in_twelve_decisions(client):
    benchmark, indicator = BenchmarkFactory(), IndicatorFactory()
    client.force_login(OfficerFactory())
    page = client.get(reverse("evidence_log"), {"benchmark": benchmark.pk}).context
    forms = [page["form"], page["count"], page["rows"].management_form, *page["rows"].forms]
    given = {field.html_name: field.value() for form in forms for field in form if field.value() is not None}
    assert "done_by" not in given  # nobody is recorded as the one who acted without a choice
    decisions = {
        "title": "Parliament amended the act.",
        "happened_from": "2022-01-20",
        "happened_to": "2022-01-20",
        "done_by": "government",
        "kind": "law",
        "stated_by": "Government Gazette",
        "files": pdf_upload(),
        "count-indicator": indicator.pk,
        "count-figure": "1,250,000",
    }

    response = client.post(reverse("evidence_log"), given | decisions)

    evidence = Evidence.objects.get()
    assert response.status_code == 302
    assert (evidence.evidence_links.get().benchmark, evidence.readings.get().figure) == (benchmark, 1_250_000)
    assert evidence.file.name == "gazette.pdf"
    assert len(decisions) + len(["the benchmark", "what it shows", "to log it"]) <= 12


def test_evidence_log_offers_another_line_and_loses_nothing(client):
    benchmark = BenchmarkFactory()
    client.force_login(OfficerFactory())

    response = client.post(
        reverse("evidence_log"),
        form_data(more="evidence_links", kind="", files=pdf_upload(), **{"evidence_links-0-benchmark": benchmark.pk}),
    )

    assert response.status_code == 200
    assert 'name="evidence_links-2-benchmark"' in response.text
    assert f'<option value="{benchmark.pk}" selected>' in response.text
    assert "The committee met." in response.text
    assert f'value="{EvidenceFile.objects.get().pk}"' in response.text
    assert "Fill this in." not in response.text


@pytest.mark.parametrize("reader", [ObserverFactory, AmbassadorFactory, FocalPointFactory])
def test_evidence_log_is_the_officers(client, reader):
    BenchmarkFactory()
    client.force_login(reader())
    assert client.get(reverse("evidence_log")).status_code == 403
    assert client.post(reverse("evidence_log"), form_data()).status_code == 403


def test_evidence_log_takes_an_event_of_one_day_from_its_start_date(client):
    BenchmarkFactory()
    client.force_login(OfficerFactory())

    client.post(reverse("evidence_log"), form_data(happened_to=""))

    evidence = Evidence.objects.get()
    assert (evidence.happened_from, evidence.happened_to) == (DAY, DAY)


def test_evidence_log_asks_for_a_date_if_there_is_none(client):
    BenchmarkFactory()
    client.force_login(OfficerFactory())

    response = client.post(reverse("evidence_log"), form_data(happened_from="", happened_to=""))

    assert response.status_code == 422
    assert "required" in [error.code for error in response.context["form"].errors.as_data()["happened_from"]]
    assert not Evidence.objects.exists()


def test_evidence_log_suggests_who_stated_earlier_evidence_of_the_country(client):
    benchmark = BenchmarkFactory()
    country = benchmark.recommendation.edition.country
    EvidenceFactory(country=country, stated_by="Lesotho Times")
    EvidenceFactory(country=country, stated_by="Ministry of Police")
    EvidenceFactory(country=CountryFactory(elsewhere=True), stated_by="Ministry of another country")
    client.force_login(OfficerFactory())

    text = client.get(edition_url("evidence_log")).text

    assert '<option value="Lesotho Times">' in text
    assert '<option value="Ministry of Police">' in text
    assert "Ministry of another country" not in text


@pytest.mark.parametrize("count", [1, 3])
def test_evidence_log_query_count(client, django_assert_num_queries, count):
    for _ in range(count):
        CommitmentFactory(benchmarks=[BenchmarkFactory()])
    client.force_login(OfficerFactory())

    # session, user, zone; edition and others, permission, commitments, their links, benchmarks, terms, indicators; who
    # stated earlier evidence; the count of tasks, the name. The readings are of no indicator.
    with django_assert_num_queries(19):
        client.get(edition_url("evidence_log"))


# --- What becomes of it -----------------------------------------------------------------------------------------------


def link_data(benchmark, shows="concrete_action"):
    return {"evidence_links-0-benchmark": benchmark.pk, "evidence_links-0-shows": shows}


def target_benchmark(**terms):
    return BenchmarkFactory(terms__rule=Rule.TARGET, terms__target=10, **terms)


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({}, effect_text("{}", ScoreEffect.COUNTS)),
        ({"happened_from": ""}, effect_text("{}", ScoreEffect.COUNTS, first_on=None)),
        ({"happened_from": "2021-03-10"}, BEGAN_TOO_EARLY),
        ({"happened_from": "", "done_by": "united_states"}, describe_exclusion(DoneBy.UNITED_STATES, "")),
        ({"evidence_links-0-shows": "statement_or_plan"}, effect_text("{}", ScoreEffect.SHOWN)),
    ],
)
def test_evidence_log_says_what_becomes_of_it_where_the_embassy_assesses(client, changed, sentence):
    benchmark = BenchmarkFactory()
    client.force_login(OfficerFactory())

    response = client.post(reverse("evidence_log"), form_data(**(link_data(benchmark) | changed)), follow=True)

    assert sentence.replace("{}", benchmark.key) in response.text
    assert (effect_text(benchmark.key, ScoreEffect.COUNTS) in response.text) == (not changed)


@pytest.mark.parametrize("rule", [{"terms__rule": Rule.TARGET, "terms__target": 10}, {"terms__rule": Rule.MORE}])
def test_evidence_log_promises_nothing_where_a_figure_alone_moves_the_benchmark(client, rule):
    benchmark = BenchmarkFactory(**rule)
    client.force_login(OfficerFactory())

    form = client.get(reverse("evidence_log")).text
    assert f"Benchmark {benchmark.key} is judged by figures." in form
    response = client.post(reverse("evidence_log"), form_data(**link_data(benchmark)), follow=True)

    assert effect_text(benchmark.key, ScoreEffect.FIGURE_ALONE) in response.text
    assert describe_benchmark_effect(ScoreEffect.FIGURE_ALONE, DAY) in response.text
    assert effect_text(benchmark.key, ScoreEffect.COUNTS) not in response.text


# --- A figure ---------------------------------------------------------------------------------------------------------


def count_data(counts, **changed):
    typed = {"indicator": counts.pk, "figure": "10", "span": "period", "through_on": "2022-01-20"} | changed
    return {f"count-{name}": value for name, value in typed.items()}


def test_evidence_log_keeps_a_figure_with_the_evidence_it_stands_in(client):
    indicator = IndicatorFactory(question=EffortQuestion.INVESTIGATIONS)
    EditionFactory()
    BenchmarkFactory()
    officer = OfficerFactory()
    client.force_login(officer)

    response = client.post(
        reverse("evidence_log"),
        form_data(**count_data(indicator, figure="12.5", note="Without Qacha’s Nek.")),
        follow=True,
    )

    reading = Reading.objects.get()
    assert (reading.indicator, reading.figure, reading.direction) == (indicator, Decimal("12.5"), "")
    assert (reading.starts_on, reading.through_on) == (date(2021, 4, 1), date(2022, 1, 20))
    assert (reading.evidence, reading.recorded_by) == (Evidence.objects.get(), officer)
    assert describe_figure_effect(LOGGED_FIGURE) in response.text
    assert "Without Qacha’s Nek." in response.text


def test_evidence_log_takes_a_figure_without_a_day_through_the_last_day_of_its_evidence(client):
    indicator = IndicatorFactory(question=EffortQuestion.INVESTIGATIONS)
    BenchmarkFactory()
    client.force_login(OfficerFactory())
    page = client.get(reverse("evidence_log"))
    assert not page.context["count"]["through_on"].value()
    assert "Leave it empty if the figure counts up to the day of the event." in page.text

    client.post(reverse("evidence_log"), form_data(happened_to="2022-01-24", **count_data(indicator, through_on="")))

    assert Reading.objects.get().through_on == date(2022, 1, 24)


@pytest.mark.parametrize(
    ("ends_on", "wrong"),
    [
        ("2021-03-31", ["through_on"]),
        ("", []),
    ],
)
def test_evidence_log_keeps_no_figure_whose_evidence_gives_it_no_day_in_the_period(client, ends_on, wrong):
    indicator = IndicatorFactory()
    BenchmarkFactory()
    client.force_login(OfficerFactory())

    response = client.post(
        reverse("evidence_log"),
        form_data(happened_from="", happened_to=ends_on, **count_data(indicator, through_on="")),
    )

    assert response.status_code == 422
    assert list(response.context["count"].errors) == wrong
    assert not Reading.objects.exists()


@pytest.mark.parametrize(
    ("changed", "told", "logged"),
    [
        (
            {"figure": "", "direction": "up"},
            "More, no figure",
            LOGGED_FIGURE._replace(has_figure=False, has_direction=True),
        ),
        ({"figure": "", "direction": "no_data"}, "not reported", LOGGED_FIGURE._replace(has_figure=False)),
        ({"span": "year_before", "through_on": ""}, "10", LOGGED_FIGURE._replace(is_of_year_before=True)),
    ],
)
def test_evidence_log_keeps_a_direction_no_data_and_the_year_before(client, changed, told, logged):
    indicator = IndicatorFactory(question=EffortQuestion.VICTIMS)
    BenchmarkFactory()
    client.force_login(OfficerFactory())

    response = client.post(reverse("evidence_log"), form_data(**count_data(indicator, **changed)), follow=True)

    reading = Reading.objects.get()
    assert reading.display_value == told
    assert describe_figure_effect(logged) in response.text
    if "span" in changed:
        assert (reading.starts_on, reading.through_on) == (date(2020, 4, 1), date(2021, 3, 31))


@pytest.mark.parametrize(
    ("changed", "field", "sentence"),
    [
        ({"indicator": ""}, "indicator", "Choose the indicator."),
        ({"indicator": "987654"}, "indicator", ""),
        ({"figure": "about ten"}, "figure", "“about ten” is not a number."),
        ({"figure": "-1"}, "figure", "“-1” is less than zero."),
        ({"figure": "1234567890123"}, "figure", "“1234567890123” has more than 12 digits."),
        ({"figure": ""}, "figure", ""),
        ({"direction": "up"}, "direction", ""),
        (
            {"figure": "", "direction": "up", "span": "year_before"},
            "direction",
            "For the year before, enter the figure",
        ),
        ({"span": ""}, "span", ""),
        ({"through_on": "2022-01-29"}, "through_on", ""),
        ({"through_on": "2021-03-31"}, "through_on", ""),
    ],
)
def test_evidence_log_refuses_a_figure_beside_its_field_and_keeps_what_was_typed(client, changed, field, sentence):
    indicator = IndicatorFactory()
    BenchmarkFactory()
    client.force_login(OfficerFactory())

    response = client.post(
        reverse("evidence_log"), form_data(**count_data(indicator, **({"note": "As typed"} | changed)))
    )

    assert response.status_code == 422
    assert sentence in str(response.context["count"].errors[field])
    for kept in ("As typed", "The committee met.", changed.get("figure", "10")):
        assert kept in response.text
    assert response.text.count('<details class="block" open>') == 1
    assert not Evidence.objects.exists()
    assert not Reading.objects.exists()


def test_evidence_log_says_what_the_benchmark_needs_and_asks_for_a_total(client):
    benchmark = BenchmarkFactory()
    client.force_login(OfficerFactory())

    text = client.get(reverse("evidence_log"), {"benchmark": benchmark.pk}).text

    assert "Without a benchmark, the event does not count towards readiness." in text
    assert f"<strong>{benchmark.key}</strong> Verified evidence of a concrete action by the government." in text
    assert "The total for the whole period below. If you know only what this event adds, choose “None” as the" in text
    assert "The tracking period, from 1 April 2021 to the end date of the figure" in text


def test_the_figure_is_collapsed_until_somebody_fills_it_in(client):
    indicator = IndicatorFactory()
    BenchmarkFactory()
    client.force_login(OfficerFactory())

    assert '<details class="block" open>' not in client.get(reverse("evidence_log")).text
    with_another = client.post(
        reverse("evidence_log"), form_data(more="evidence_links", **count_data(indicator, figure="ten"))
    )

    assert '<details class="block" open>' in with_another.text
    assert 'value="ten"' in with_another.text
    assert "is not a number" not in with_another.text


def test_a_logged_figure_counts_once_somebody_else_has_verified_it(client):
    edition = EditionFactory()
    BenchmarkFactory(recommendation__edition=edition)
    indicator = IndicatorFactory(question=EffortQuestion.INVESTIGATIONS)
    ReadingFactory(indicator=indicator, figure=4, last_period=True)
    officer, ambassador = OfficerFactory(), AmbassadorFactory()

    def part(key):
        lines = evaluate_readiness(gather_facts(edition), as_of=date(2022, 1, 28)).verified.parts
        return next(line.points for part in lines for line in part.lines if line.key == key)

    client.force_login(officer)
    client.post(reverse("evidence_log"), form_data(**count_data(indicator)))
    evidence = Evidence.objects.get()
    own = client.get(row_url("evidence_detail", evidence)).text
    assert part("investigations") == 0
    assert "The figure will count once another person has verified the evidence itself." in own
    assert row_url("evidence_review", evidence) not in own

    client.force_login(ambassador)
    tasks = client.get(reverse("my_tasks")).text
    assert row_url("evidence_detail", evidence) in tasks
    client.post(
        row_url("evidence_review", evidence),
        {"evidence-decision": "verified", "evidence-reason": "We saw the register.", "evidence-seen": "0"},
    )

    assert part("investigations") == 7
    assert row_url("evidence_detail", evidence) not in client.get(reverse("my_tasks")).text


# --- What the form suggests from the benchmark ----------------------------------------------------------------------


def figure_fold(text):
    """The tag and the content of the details element of the figure."""
    return next(part for part in text.split("<details") if "Figure (optional)" in part)


def counted_benchmark(unit="cases", **terms):
    indicator = IndicatorFactory(unit=unit)
    return BenchmarkFactory(**({"terms__rule": Rule.MORE} | terms), terms__indicator=indicator), indicator


@pytest.mark.parametrize("rule", [{"terms__rule": Rule.TARGET, "terms__target": 10}, {"terms__rule": Rule.MORE}])
@pytest.mark.parametrize("opened_from", ["benchmark", "recommendation", "commitment"])
def test_the_figure_is_open_with_its_indicator_for_a_benchmark_that_figures_judge(client, rule, opened_from):
    benchmark, indicator = counted_benchmark(**rule)
    keys = {
        "benchmark": benchmark.pk,
        "recommendation": benchmark.recommendation_id,
        "commitment": CommitmentFactory(benchmarks=[benchmark]).pk,
    }
    client.force_login(OfficerFactory())

    response = client.get(edition_url("evidence_log"), {opened_from: keys[opened_from]})

    assert response.context["count"]["indicator"].value() == str(indicator.pk)
    assert figure_fold(response.text).startswith(' class="block" open>')


def test_the_figure_stays_collapsed_for_a_benchmark_that_the_embassy_assesses(client):
    benchmark = BenchmarkFactory()
    client.force_login(OfficerFactory())

    text = client.get(edition_url("evidence_log"), {"benchmark": benchmark.pk}).text

    assert figure_fold(text).startswith(' class="block">')


def test_an_indicator_that_the_page_chose_asks_for_no_figure(client):
    benchmark, indicator = counted_benchmark()
    other = IndicatorFactory()
    client.force_login(OfficerFactory())
    empty = count_data(indicator, figure="", through_on="")

    refused = client.post(
        reverse("evidence_log"), form_data(**link_data(benchmark), **(empty | {"count-indicator": other.pk}))
    )
    client.post(reverse("evidence_log"), form_data(**link_data(benchmark), **empty))

    assert refused.context["count"].errors["figure"], "an indicator that the user chose asks for its figure"
    assert Evidence.objects.count() == 1
    assert not Reading.objects.exists()


def test_the_form_says_the_last_total_of_the_chosen_indicator(client):
    benchmark, indicator = counted_benchmark()
    ReadingFactory(indicator=indicator, figure=6, through_on=date(2021, 12, 31), verified=True)
    ReadingFactory(indicator=indicator, figure=99, last_period=True, verified=True)
    client.force_login(OfficerFactory())

    response = client.get(edition_url("evidence_log"), {"benchmark": benchmark.pk})

    hint = response.context["count"]["figure"].help_text
    assert hint.endswith("So far: 6 (31 December 2021). Enter the new total.")
    assert "99" not in hint


def test_the_form_says_what_the_figure_of_the_chosen_indicator_includes(client):
    benchmark, indicator = counted_benchmark()
    indicator.includes = "Persons charged."
    indicator.save()
    client.force_login(OfficerFactory())

    response = client.get(edition_url("evidence_log"), {"benchmark": benchmark.pk})

    assert response.context["count"]["figure"].help_text.endswith("What it includes: Persons charged.")


def test_the_last_total_names_a_later_claim_and_leaves_out_what_was_rejected(client):
    benchmark, indicator = counted_benchmark()
    ReadingFactory(indicator=indicator, figure=6, through_on=date(2021, 12, 31), verified=True)
    claim = EvidenceFactory(country=indicator.country)
    ReadingFactory(indicator=indicator, figure=7, through_on=date(2022, 1, 10), evidence=claim)
    rejected = EvidenceFactory(country=indicator.country)
    ReadingFactory(indicator=indicator, figure=50, through_on=date(2022, 1, 20), evidence=rejected)
    EvidenceReviewFactory(evidence=rejected, evidence_link=None, decision=EvidenceDecision.REJECTED)
    client.force_login(OfficerFactory())

    response = client.get(edition_url("evidence_log"), {"benchmark": benchmark.pk})

    assert response.context["count"]["figure"].help_text.endswith(
        "So far: 6 (31 December 2021), and 7 claimed (10 January 2022). Enter the new total."
    )


def test_every_indicator_has_its_last_total_for_the_script(client):
    BenchmarkFactory()
    indicator = IndicatorFactory(unit="districts")
    IndicatorFactory(name="Nothing known")
    DistrictFactory(country=indicator.country, name="Maseru")
    reading = ReadingFactory(indicator=indicator, figure=1, through_on=date(2021, 12, 31), verified=True)
    ReadingPartFactory(reading=reading, dimension=BreakdownDimension.DISTRICT, category="Maseru", figure=1)
    client.force_login(OfficerFactory())

    text = client.get(edition_url("evidence_log")).text

    indicators = text.split('name="count-indicator"')[1]
    option = indicators.split(f'<option value="{indicator.pk}"')[1].split(">")[0]
    assert "So far: 1 (31 December 2021). Enter the new total. Districts so far: Maseru." in option
    assert "data-counts-districts" in option
    assert text.count("data-counts-districts") == 1
    assert "No figure so far." in text


def test_a_figure_of_districts_names_them(client):
    benchmark, indicator = counted_benchmark(unit="districts")
    for name in ("Berea", "Leribe", "Maseru"):
        DistrictFactory(country=indicator.country, name=name)
    client.force_login(OfficerFactory())
    assert client.get(edition_url("evidence_log")).text.count('name="count-districts"') == 3
    typed = count_data(indicator, figure="") | {"count-districts": ["Berea", "Maseru"]}

    client.post(reverse("evidence_log"), form_data(**link_data(benchmark), **typed))

    reading = Reading.objects.get()
    assert reading.figure == 2
    assert [(part.dimension, part.category, part.figure) for part in reading.parts.all()] == [
        (BreakdownDimension.DISTRICT, "Berea", 1),
        (BreakdownDimension.DISTRICT, "Maseru", 1),
    ]
    assert "This figure does not name its districts" not in client.get(edition_url("district_list")).text


@pytest.mark.parametrize(
    ("unit", "figure", "code"), [("districts", "3", "districts_differ"), ("cases", "2", "not_of_districts")]
)
def test_districts_that_do_not_fit_the_figure_are_refused_beside_them(client, unit, figure, code):
    benchmark, indicator = counted_benchmark(unit=unit)
    IndicatorFactory(unit="districts")
    for name in ("Berea", "Leribe", "Maseru"):
        DistrictFactory(country=indicator.country, name=name)
    client.force_login(OfficerFactory())
    typed = count_data(indicator, figure=figure) | {"count-districts": ["Berea", "Maseru"]}

    response = client.post(reverse("evidence_log"), form_data(**link_data(benchmark), **typed))

    errors = response.context["count"].errors.as_data()
    assert [error.code for error in errors["districts"]] == [code]
    assert not Evidence.objects.exists()


def test_no_district_is_offered_where_nothing_counts_districts(client):
    indicator = IndicatorFactory(unit="cases")
    BenchmarkFactory()
    DistrictFactory(country=indicator.country)
    client.force_login(OfficerFactory())

    assert 'name="count-districts"' not in client.get(edition_url("evidence_log")).text


@pytest.mark.parametrize("is_done", [False, True])
def test_commitments_of_the_chosen_benchmark_come_first_and_an_open_one_is_named_in_the_closed_section(client, is_done):
    benchmark = BenchmarkFactory()
    other = CommitmentFactory(benchmarks=[BenchmarkFactory()])
    linked = CommitmentFactory(benchmarks=[benchmark], done=is_done)
    client.force_login(OfficerFactory())

    response = client.get(edition_url("evidence_log"), {"benchmark": benchmark.pk})

    _, *groups = response.context["form"].fields["commitment"].choices
    assert [(heading, [key for key, _ in options]) for heading, options in groups] == [
        ("For the chosen benchmarks", [str(linked.pk)]),
        ("Other commitments", [str(other.pk)]),
    ]
    assert not response.context["form"].has_further_details
    assert ("data-commitment-fits hidden" in response.text) == is_done


def test_the_section_on_the_commitment_opens_if_something_in_it_is_chosen_or_refused(client):
    commitment = CommitmentFactory(benchmarks=[BenchmarkFactory()])
    client.force_login(OfficerFactory())

    chosen = client.get(edition_url("evidence_log"), {"commitment": commitment.pk})
    refused = client.post(edition_url("evidence_log"), form_data(sensitivity="shared"))

    assert chosen.context["form"].has_further_details
    assert refused.context["form"].has_further_details


def test_what_assessed_benchmarks_need_is_said_once(client):
    recommendation = RecommendationFactory()
    for _ in range(3):
        BenchmarkFactory(recommendation=recommendation)
    counted = target_benchmark(recommendation=recommendation)
    client.force_login(OfficerFactory())

    text = client.get(edition_url("evidence_log")).text

    assert text.count(describe_requirement(Rule.ASSESSED)) == 1
    assert text.count(f"<strong>{counted.key}:") == 1


def test_the_hints_on_an_unknown_date_and_figure_agree_with_what_is_refused(client):
    BenchmarkFactory()
    indicator = IndicatorFactory()
    client.force_login(OfficerFactory())

    page = " ".join(client.get(edition_url("evidence_log")).text.split())
    assert "Start date unknown? Enter only the end date" in page
    assert "choose “None” as the indicator" in page

    without_date = form_data(happened_from="", happened_to="")
    refused = client.post(edition_url("evidence_log"), without_date).context["form"]
    assert refused.has_error("happened_from", "required")
    assert refused.errors["happened_from"] == ["Enter the start date. If you do not know it, enter only the end date."]
    refused = client.post(edition_url("evidence_log"), form_data(**{"count-indicator": indicator.pk})).context["count"]
    assert refused.has_error("figure", "required")
    assert "choose “None” as the indicator" in refused.errors["figure"][0]
    client.post(edition_url("evidence_log"), form_data(happened_from="", happened_to="2022-01-20"))
    assert Evidence.objects.get().happened_from is None


def test_commitments_stay_one_collapsed_list_without_a_benchmark(client):
    CommitmentFactory(benchmarks=[BenchmarkFactory()])
    client.force_login(OfficerFactory())

    response = client.get(edition_url("evidence_log"))

    assert not response.context["form"].has_further_details
    assert "For the chosen benchmarks" not in response.text


def test_a_benchmark_names_its_recommendation_in_the_closed_list(client):
    law = RecommendationFactory(text="Raise the penalties of the Children’s Act.")
    BenchmarkFactory(recommendation=law, terms__criterion="Amendment in force")
    client.force_login(OfficerFactory())

    text = client.get(edition_url("evidence_log")).text

    assert "Amendment in force (Raise the penalties of the Children’s Act.)" in text


def test_proof_says_that_one_of_its_three_fields_is_required(client):
    BenchmarkFactory()
    client.force_login(OfficerFactory())

    response = client.get(edition_url("evidence_log"))

    form = response.context["form"]
    assert [form[name].aside for name in ("files", "source", "link")] == ["", "", ""]
    assert "Give at least one: a file, a source (where it can be found) or a link." in response.text


# --- Another event ----------------------------------------------------------------------------------------------------


def test_save_and_log_another_starts_from_what_events_share(client):
    benchmark = BenchmarkFactory()
    commitment = CommitmentFactory(benchmarks=[benchmark])
    client.force_login(OfficerFactory())

    response = client.post(
        reverse("evidence_log"),
        form_data(another="1", commitment=commitment.pk, done_by="joint", **link_data(benchmark)),
        follow=True,
    )

    evidence = Evidence.objects.get()
    form = response.context["form"]
    assert response.redirect_chain == [(f"{edition_url('evidence_log')}?after={evidence.pk}", 302)]
    assert "Evidence recorded." in response.text
    assert {name: form[name].value() for name in ("happened_from", "happened_to", "done_by", "stated_by")} == {
        "happened_from": DAY,
        "happened_to": None,
        "done_by": DoneBy.JOINT,
        "stated_by": "Embassy visit",
    }
    assert form["commitment"].value() == commitment.pk
    assert [form[name].value() for name in ("title", "kind", "source")] == [None, None, None]
    assert response.context["rows"].forms[0]["benchmark"].value() is None
    assert row_url("evidence_detail", evidence) in response.text


def test_save_and_log_another_starts_from_nobody_elses_entry(client):
    BenchmarkFactory()
    theirs = EvidenceFactory(recorded_by=OfficerFactory(email="second@example.com"))
    client.force_login(OfficerFactory())

    response = client.get(edition_url("evidence_log"), {"after": theirs.pk})

    assert response.status_code == 200
    assert response.context["form"]["happened_from"].value() is None


# --- The same again ---------------------------------------------------------------------------------------------------


def test_evidence_log_sent_again_says_what_it_recorded_and_adds_nothing(client):
    benchmark, indicator = BenchmarkFactory(), IndicatorFactory()
    client.force_login(OfficerFactory())
    form = form_data(**link_data(benchmark), **count_data(indicator))

    client.post(reverse("evidence_log"), {**form, "files": pdf_upload()})
    again = client.post(reverse("evidence_log"), {**form, "files": pdf_upload("renamed.pdf")})

    evidence = Evidence.objects.get()
    assert again.status_code == 422
    assert shows_refusal(again, "duplicate")
    assert f'<a href="{row_url("evidence_detail", evidence)}">The committee met.</a>' in again.text
    assert Reading.objects.count() == 1


@pytest.mark.parametrize(
    "changed",
    [
        {"title": "The committee met again."},
        {"happened_to": "2022-01-21"},
        {"evidence_links-0-shows": "context"},
        {"count-figure": "11"},
    ],
)
def test_evidence_log_takes_what_differs(client, changed):
    form = form_data(**link_data(BenchmarkFactory()), **count_data(IndicatorFactory()))
    client.force_login(OfficerFactory())

    for typed in (form, form | changed):
        assert client.post(reverse("evidence_log"), typed).status_code == 302


def test_evidence_log_takes_of_each_officer_what_they_saw(client):
    BenchmarkFactory()
    for officer in (OfficerFactory(), OfficerFactory(email="second@example.com")):
        client.force_login(officer)
        assert client.post(reverse("evidence_log"), form_data()).status_code == 302


# --- Smaller things ---------------------------------------------------------------------------------------------------


def test_evidence_log_says_beforehand_what_file_it_takes(client, settings):
    settings.UPLOAD_MAX_BYTES = 10 * 1024 * 1024
    BenchmarkFactory()
    client.force_login(OfficerFactory())

    text = client.get(reverse("evidence_log")).text

    assert "PDF, Word (.docx), Excel (.xlsx), text (.txt, .csv), JPEG or PNG, at most 10 MB for each file." in text


def test_another_line_takes_the_cursor(client):
    BenchmarkFactory()
    client.force_login(OfficerFactory())

    assert "autofocus" not in client.get(reverse("evidence_log")).text
    text = client.post(reverse("evidence_log"), form_data(more="evidence_links")).text

    assert text.count("autofocus") == 1
    assert "autofocus" in text.split('name="evidence_links-2-benchmark"')[1].split(">")[0]
