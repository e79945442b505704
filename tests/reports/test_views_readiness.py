"""Readiness in detail, its reasons, and problems in the record."""

import re
from datetime import date, timedelta

import pytest
from django.urls import reverse

from dialogues.choices import DoneBy, SupportKind, Verdict
from recommendations.choices import Rule
from tests.edition_urls import edition_url
from tests.factories import (
    AdministratorFactory,
    AgreedProofFactory,
    AmbassadorFactory,
    AssessmentFactory,
    BenchmarkFactory,
    CommitmentFactory,
    EditionFactory,
    EditionTermsFactory,
    EvidenceFactory,
    FocalPointFactory,
    IndicatorFactory,
    MinistryFactory,
    ObserverFactory,
    OfficerFactory,
    ReadingFactory,
    RecommendationFactory,
    UpdateVersionDecisionFactory,
    UpdateVersionFactory,
    at_noon,
)
from tests.refusals import shows_refusal

pytestmark = pytest.mark.django_db

PAGES = [
    reverse("readiness_detail"),
    reverse("readiness_checks"),
    reverse("readiness_why", args=["three_ps"]),
    reverse("readiness_why", args=["concrete_action", "1a"]),
]
JAN_10 = date(2022, 1, 10)


@pytest.fixture
def get_page(client):
    """Call it to get a page as an officer, or as somebody else."""

    def looked(address=PAGES[0], by=OfficerFactory, **asked):
        client.force_login(by())
        return client.get(address, asked)

    return looked


def explanation_url(*key):
    return edition_url("readiness_why", *key)


# --- From where -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("address", PAGES)
@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ({"as_of": "2021-03-31"}, "before_tracking_period"),
        ({"as_of": "2022-01-29"}, "future_day"),
        ({"as_of": "2022-02-30"}, "not_a_day"),
        ({"known_by": "2022-01-28T12:00:00"}, "no_time_zone"),
        ({"known_by": "yesterday"}, "not_a_moment"),
        ({"known_by": "9999-12-31T23:59:59-05:00"}, "out_of_range"),
        ({"known_on": "2022-01-29"}, "future_day"),
        ({"known_on": "soon"}, "not_a_day"),
        ({"known_on": "0001-01-01"}, "out_of_range"),
    ],
)
def test_an_invalid_value_is_refused_and_stays_in_its_field(get_page, address, typed, code):
    BenchmarkFactory()

    response = get_page(address, **typed)

    assert response.status_code == 422
    assert shows_refusal(response, code)
    for field in {"as_of", "known_on"} & typed.keys():
        assert f'value="{typed[field]}"' in response.text
    assert "of 100 verified" not in response.text


@pytest.mark.parametrize("address", PAGES)
def test_readiness_is_the_embassys_alone(get_page, address):
    BenchmarkFactory()

    for reader in (OfficerFactory, AmbassadorFactory, ObserverFactory):
        assert get_page(address, reader).status_code == 200
    for reader in (FocalPointFactory, AdministratorFactory):
        assert get_page(address, reader).status_code == 403


def test_edition_without_benchmarks_says_how_to_begin(get_page):
    RecommendationFactory()

    response = get_page()

    assert response.status_code == 200
    assert "This edition has no benchmarks yet." in response.text
    assert reverse("recommendation_list") in response.text
    assert "of 100" not in response.text


def test_benchmarks_asked_later_than_the_moment_are_said_to_be_that(get_page):
    BenchmarkFactory()

    assert "Nobody had added a benchmark by that day." in get_page(known_on="2021-04-02").text


def test_two_clocks_stand_on_the_page_and_in_its_links(get_page):
    BenchmarkFactory()
    EditionFactory()

    text = get_page(as_of="2022-01-15", known_on="2022-01-20").text

    assert "15 January 2022" in text
    assert "20 January 2022, 23:59" in text
    assert 'value="2022-01-15"' in text
    assert 'value="2022-01-20"' in text
    query = "as_of=2022-01-15&amp;known_by=2022-01-20T23%3A59%3A59.999999%2B02%3A00"
    assert f'"{edition_url("methodology")}?{query}"' in text


# --- Readiness in detail ----------------------------------------------------------------------------------------------


def test_detail_says_what_stands_beside_the_score(get_page):
    met, open_ = BenchmarkFactory(), BenchmarkFactory(terms__criterion="A budget is released.")
    EvidenceFactory(supports=[met], verified=True)
    EvidenceFactory(supports=[met], verified=True, happened_from=JAN_10, happened_to=date(2022, 1, 20))
    AssessmentFactory(benchmark=met, verdict=Verdict.STEP)
    promise = CommitmentFactory(benchmarks=[open_], made__due_on=date(2022, 2, 20))

    response = get_page()

    assert "Readiness: 14.2 of 100. Target: 45." in response.text
    assert "Everything that is verified counts already." in response.text
    assert "our target</text>" in response.text
    assert "The post&#x27;s own target." in response.text
    assert "1 year on the Watch List" in response.text
    assert "Benchmarks alone cannot reach our target of 45." in response.text
    assert [(line.step.kind, line.step.due_on) for line in response.context["in_full"]] == [
        ("keep", promise.events.get().due_on),
        ("agree", None),
    ]
    assert response.context["bar"].projected > response.context["bar"].claimed


def test_explanation_prints_parts_that_add_up_and_lead_to_why(get_page):
    benchmark = BenchmarkFactory()
    EvidenceFactory(supports=[benchmark], verified=True)

    response = get_page(edition_url("readiness_explanation"))

    parts = response.context["parts"]
    assert f"Readiness: {sum(part.points for part, _ in parts)} of 100." in response.context["headline"]
    for part, lines in parts:
        assert f'"{explanation_url(part.key)}?' in response.text
        for line, _ in lines:
            assert f'"{explanation_url(part.key, line.key)}?' in response.text
            assert line.law in response.text


def test_explanation_says_that_an_action_was_reversed_and_when(get_page):
    benchmark = BenchmarkFactory()
    EvidenceFactory(supports=[benchmark], happened_to=date(2021, 12, 1), verified=True)
    no_action = {"supports": [benchmark], "supports__shows": SupportKind.NO_ACTION, "verified": True}
    EvidenceFactory(happened_to=date(2022, 1, 12), **no_action)
    said = f"{benchmark.key}: An action was verified, then reversed on 12 January 2022."

    parts = get_page(edition_url("readiness_explanation")).context["parts"]
    assert [reversals for _, lines in parts for _, reversals in lines if reversals] == [[said]]
    for key in ("", str(benchmark.recommendation.number), benchmark.key):
        assert said in get_page(explanation_url("concrete_action", *filter(None, [key]))).text
    recommendation = reverse("recommendation_detail", args=[benchmark.recommendation_id])
    assert "An action was verified, then reversed on 12 January 2022." in get_page(recommendation).text
    assert said not in get_page(edition_url("readiness_explanation"), as_of="2022-01-11").text


def test_detail_names_the_gap_by_ministry_with_the_submissions_behind_it(get_page):
    benchmark = BenchmarkFactory()
    EvidenceFactory(supports=[benchmark], verified=True)
    AssessmentFactory(benchmark=benchmark, verdict=Verdict.STEP, recorded_at=at_noon(date(2022, 1, 1)))
    police = MinistryFactory(name="Ministry of Police")
    promise = CommitmentFactory(ministry=police, benchmarks=[benchmark], text="Charge someone")
    sent = UpdateVersionFactory(update__commitment=promise, claimed="done")
    proof = EvidenceFactory(update_version=sent, supports=[benchmark], title="A charge sheet")

    response = get_page()

    (gap,) = response.context["gaps"]
    assert (gap.ministry, gap.points) == ("Ministry of Police", 15)
    assert f'"{reverse("version_detail", args=[sent.pk])}"' in response.text
    assert f'"{reverse("evidence_detail", args=[proof.pk])}"' in response.text
    assert "Charge someone" in response.text


def test_detail_shows_no_figure_where_nothing_has_been_reviewed(get_page):
    EvidenceFactory(supports=[BenchmarkFactory()])

    response = get_page()

    assert "Nothing has been reviewed yet. 1 claim is waiting." in response.text
    assert "of 100" not in response.text.replace("Our target: 45 of 100", "")
    assert {line.step.points for line in response.context["in_full"]} == {None}
    assert {gap.points for gap in response.context["gaps"]} == {None}
    assert "None" not in re.sub(r"<dd>\s*None\s*</dd>", "", response.text)
    assert " projected, if" not in response.text


def test_detail_leads_to_the_method_at_the_same_moment_and_to_the_stored_results(get_page):
    BenchmarkFactory()

    response = get_page(as_of="2022-01-15")

    assert f'"{edition_url("methodology")}?as_of=2022-01-15"' in response.text
    assert f'"{edition_url("run_list")}"' in response.text


@pytest.mark.parametrize(
    "name",
    ["readiness_detail", "readiness_explanation", "readiness_trend", "readiness_what_if", "readiness_checks"],
)
def test_each_tab_has_the_form_for_another_moment(get_page, name):
    BenchmarkFactory()

    text = get_page(edition_url(name), as_of="2022-01-15", known_on="2022-01-20").text

    assert 'name="as_of" value="2022-01-15"' in text
    assert 'name="known_on" value="2022-01-20"' in text


def test_detail_leads_to_the_smallest_set_as_a_what_if(get_page):
    one = BenchmarkFactory()
    EvidenceFactory(supports=[one], verified=True)
    other = BenchmarkFactory(recommendation=one.recommendation)
    EditionTermsFactory(edition=EditionFactory(), readiness_target=30, recorded_at=at_noon(date(2022, 1, 2)))

    response = get_page()

    assert "would reach our target of 30" in response.text
    assert f"&amp;met={one.pk}&amp;met={other.pk}" in response.text


def test_detail_says_how_next_steps_and_the_shortest_way_differ(get_page):
    one = BenchmarkFactory()
    EvidenceFactory(supports=[one], verified=True)
    BenchmarkFactory(recommendation=one.recommendation)
    shortest_way = '<a href="#shortest-way">shortest way to the target</a>'
    EditionTermsFactory(edition=EditionFactory(), readiness_target=30, recorded_at=at_noon(date(2022, 1, 2)))

    text = get_page().text

    assert text.count(shortest_way) == 1
    assert text.count('<a href="#next-steps">next steps</a>') == 1
    for place in ("shortest-way", "next-steps"):
        assert text.count(f'id="{place}"') == 1

    EditionTermsFactory(edition=EditionFactory(), readiness_target=None, recorded_at=at_noon(date(2022, 1, 3)))
    assert shortest_way not in get_page().text


# --- Why --------------------------------------------------------------------------------------------------------------


def test_why_opens_a_benchmark_to_its_rows_with_source_and_who_verified_them(get_page):
    benchmark = BenchmarkFactory(terms__criterion="A case is brought.")
    EvidenceFactory(title="A case", source="Court register", supports=[benchmark], verified=True)
    assessment = AssessmentFactory(benchmark=benchmark, verdict=Verdict.MET)
    plan = EvidenceFactory(title="A plan", supports=[benchmark], supports__shows=SupportKind.PLAN, verified=True)
    claim = EvidenceFactory(title="A claim", supports=[benchmark])
    back = UpdateVersionFactory(update__commitment=CommitmentFactory(benchmarks=[benchmark]))
    UpdateVersionDecisionFactory(update_version=back, decision="returned", recorded_at=at_noon(date(2022, 1, 25)))
    EvidenceFactory(title="Sent back", update_version=back, supports=[benchmark])

    response = get_page(explanation_url("concrete_action", "1a"))

    assert "1a: A case is brought." in response.text
    assert "22 U.S.C. 7107(b), Tier 2" in response.text
    assert "30 of 30 points" in response.text
    (one,) = response.context["answers"]
    assert [entry.row.text for entry in one.rests_on] == ["A case", "1a: Met"]
    assert [entry.row.row.id for entry in one.claimed] == [claim.pk]
    assert {entry.row.text: entry.why for entry in one.aside} == {
        "A plan": "a statement or plan, not a concrete action",
        "Sent back": "sent with an update that was returned on 25 January 2022",
    }
    assert "Court register" in response.text
    assert f"Verified by {one.rests_on[0].review.reviewer}" in response.text
    assert f'"{reverse("evidence_detail", args=[plan.pk])}"' in response.text
    assert f"{assessment.recorded_by.name}, assessed" in response.text
    assert "Does not count: a statement or plan" in response.text


def test_why_a_word_on_one_benchmark_is_no_word_on_another(get_page):
    verified, waiting = BenchmarkFactory(), BenchmarkFactory()
    evidence = EvidenceFactory(supports=[verified], verified=True)
    evidence.evidence_links.create(
        benchmark=waiting, shows=SupportKind.ACTION, recorded_at=at_noon(JAN_10), recorded_by=evidence.recorded_by
    )

    (first,) = get_page(explanation_url("concrete_action", "1a")).context["answers"]
    (second,) = get_page(explanation_url("concrete_action", "2a")).context["answers"]

    assert first.rests_on[0].review is not None
    assert (second.claimed[0].row, second.claimed[0].review) == (first.rests_on[0].row, None)


def test_why_opens_a_question_to_the_figures_compared(get_page):
    cases = IndicatorFactory(name="prosecutions", question="prosecutions")
    BenchmarkFactory()
    ReadingFactory(indicator=cases, figure=4, last_period=True, source="TIP Report 2021")
    ReadingFactory(indicator=cases, figure=16, through_on=date(2021, 12, 31), verified=True)

    response = get_page(explanation_url("increasing_efforts", "prosecutions"))

    assert "Prosecutions rose from 4 to 16 by 31 December 2021, part of the year." in response.text
    assert "7 of 7 points" in response.text
    assert "TIP Report 2021" in response.text
    (one,) = response.context["answers"]
    assert [entry.row.text for entry in one.rests_on] == ["prosecutions: 16", "prosecutions: 4"]


def test_why_lists_a_figure_that_was_not_reported_apart_from_what_counts(get_page):
    cases = IndicatorFactory(name="prosecutions", question="prosecutions")
    BenchmarkFactory()
    ReadingFactory(indicator=cases, figure=None, last_period=True)
    ReadingFactory(indicator=cases, figure=16, through_on=date(2021, 12, 31), verified=True)

    for address in (("increasing_efforts", "prosecutions"), ("increasing_efforts",)):
        response = get_page(explanation_url(*address))
        one = next(line for line in response.context["answers"] if line.explanation.line.key == "prosecutions")
        assert [entry.row.text for entry in one.rests_on] == ["prosecutions: 16"]
        assert [entry.row.text for entry in one.not_reported] == ["prosecutions: no figure"]
        assert "Without a figure" in response.text


def test_explanation_begins_with_the_strongest_and_the_weakest_part(get_page):
    EvidenceFactory(supports=[BenchmarkFactory()], verified=True)

    text = get_page(edition_url("readiness_explanation")).text

    assert "Readiness is strongest in " in text
    assert "There is no data on investigations begun" in text


def test_why_opens_a_part_to_each_of_its_lines(get_page):
    benchmark = BenchmarkFactory()
    EvidenceFactory(supports=[benchmark], verified=True)
    EvidenceFactory(supports=[benchmark], done_by=DoneBy.CIVIL_SOCIETY)

    response = get_page(explanation_url("concrete_action"))

    (one,) = response.context["answers"]
    assert (one.points, len(one.rests_on), len(one.aside)) == ("15 of 30 points", 1, 1)
    assert "1 not counted" in response.text


def test_the_reasons_of_a_recommendation_have_points_that_add_up(get_page):
    recommendation = RecommendationFactory()
    rows = [BenchmarkFactory(recommendation=recommendation) for _ in range(3)]
    for _ in range(6):
        RecommendationFactory()
    EvidenceFactory(supports=rows, verified=True)

    response = get_page(explanation_url("concrete_action", "1"))

    # 30 of 7 recommendations is 4 2/7 each, half of it 2 1/7; a third of either is no tenth.
    assert response.context["points"] == "2.1 of 4.3 points"
    assert [answer.points for answer in response.context["answers"]] == [
        "0.7 of 1.5 points",
        "0.7 of 1.4 points",
        "0.7 of 1.4 points",
    ]


def test_why_prints_what_the_part_prints_though_a_half_was_rounded_down_there(get_page):
    rows = [BenchmarkFactory(recommendation=each) for each in [RecommendationFactory() for _ in range(10)] * 2]
    EvidenceFactory(supports=rows[:2], verified=True)  # 1a and 2a: 3/4 each, together 1.5

    first, second = get_page(explanation_url("concrete_action", "1")), get_page(explanation_url("concrete_action", "2"))

    assert (first.context["points"], second.context["points"]) == ("0.8 of 3 points", "0.7 of 3 points")
    assert [answer.points for answer in second.context["answers"]] == ["0.7 of 1.5 points", "0 of 1.5 points"]
    assert get_page(explanation_url("concrete_action", "2a")).context["points"] == "0.7 of 1.5 points"


@pytest.mark.parametrize("page", [("methodology",), ("readiness_why", "three_ps")])
def test_the_method_and_the_three_ps_say_why_equal_parts_differ_by_a_tenth(get_page, page):
    BenchmarkFactory()
    sentence = "of three equal parts of 20, one reads 6.6 and two read 6.7."

    assert sentence in get_page(edition_url(*page)).text
    assert sentence not in get_page(edition_url("readiness_why", "increasing_efforts")).text


@pytest.mark.parametrize("key", [["nothing"], ["three_ps", "4a"], ["concrete_action", "9z"]])
def test_why_of_no_such_line_is_not_there(get_page, key):
    BenchmarkFactory()

    assert get_page(explanation_url(*key)).status_code == 404


def test_why_shows_no_points_where_nothing_has_been_reviewed(get_page):
    BenchmarkFactory()

    assert "30 points possible" in get_page(explanation_url("concrete_action", "1a")).text


# --- Problems in the record -------------------------------------------------------------------------------------------


def test_checks_are_grouped_and_led_to_with_what_to_do(get_page):
    for _ in range(2):
        AssessmentFactory(verdict=Verdict.MET, benchmark=BenchmarkFactory())
    CommitmentFactory(text="To do it", made__due_on=JAN_10)

    response = get_page(reverse("readiness_checks"))

    assert [(kind.value, len(problems)) for kind, problems in response.context["problems_by_kind"]] == [
        ("met_without_action", 2),
        ("past_due", 1),
        ("no_agreed_proof", 1),
    ]
    assert "1a is assessed as met, but no verified action" in response.text
    assert "Verify the action, or assess the benchmark again." in response.text
    assert ">To do it</a>" in response.text
    assert "4 problems. Each may concern several entries." in response.text
    others = "An officer at the post does this:"
    assert others not in response.text
    assert others in get_page(reverse("readiness_checks"), by=AmbassadorFactory).text


def test_checks_are_those_of_the_day_asked_for(get_page):
    commitment = CommitmentFactory(text="To do it", benchmarks=[BenchmarkFactory()], made__due_on=JAN_10)
    AgreedProofFactory(commitment=commitment)

    assert "No update received." in get_page(reverse("readiness_checks")).text
    text = get_page(reverse("readiness_checks"), as_of=(JAN_10 - timedelta(days=1)).isoformat()).text
    assert "There are no problems in the record." in text


# --- Query counts -----------------------------------------------------------------------------------------------------


def create_rows(count):
    for _ in range(count):
        cases = IndicatorFactory()
        recommendation = RecommendationFactory()
        counted = BenchmarkFactory(
            recommendation=recommendation, terms__rule=Rule.TARGET, terms__target=20, terms__indicator=cases
        )
        ReadingFactory(indicator=cases, through_on=JAN_10, verified=True)
        ReadingFactory(indicator=cases, through_on=JAN_10, figure=12, evidence=EvidenceFactory())
        assessed = BenchmarkFactory(recommendation=recommendation)
        EvidenceFactory(supports=[assessed], verified=True)
        AssessmentFactory(benchmark=assessed)
        unfounded = BenchmarkFactory(recommendation=recommendation)
        AssessmentFactory(benchmark=unfounded, verdict=Verdict.MET)
        promise = CommitmentFactory(benchmarks=[unfounded, counted], made__due_on=JAN_10)
        sent = UpdateVersionFactory(update__commitment=promise, claimed="done")
        EvidenceFactory(update_version=sent, supports=[unfounded])


@pytest.mark.parametrize("count", [1, 3])
def test_detail_query_count(client, django_assert_num_queries, count):
    create_rows(count)
    client.force_login(OfficerFactory())

    # 2 who asks, 2 zone and tasks, 1 edition, 1 may read, 1 own evidence, 12 facts, 1 ministries, 1 versions,
    # 3 evidence and readings claimed, 6 what next steps are called, 2 dialogues and milestones of the trend
    with django_assert_num_queries(36):
        response = client.get(edition_url("readiness_detail"))

    assert len(response.context["in_full"]) >= count
    assert response.context["gaps"]


@pytest.mark.parametrize("count", [1, 3])
def test_checks_query_count(client, django_assert_num_queries, count):
    create_rows(count)
    for _ in range(count):
        CommitmentFactory(made__due_on=JAN_10)
    client.force_login(OfficerFactory())

    # 2 who asks, 2 zone and tasks, 1 edition, 1 may read, 12 facts, 2 benchmarks, 1 assessments, 1 commitments, 1 name
    with django_assert_num_queries(26):
        response = client.get(edition_url("readiness_checks"))

    assert len(response.context["problems_by_kind"]) >= 2


@pytest.mark.parametrize("count", [1, 3])
def test_why_query_count(client, django_assert_num_queries, count):
    create_rows(count)
    client.force_login(OfficerFactory())

    # 2 who asks, 2 zone and tasks, 1 edition, 1 may read, 12 facts, 3 evidence and readings, 2 benchmarks,
    # 1 assessments, 1 recommendations, 1 the post's name
    with django_assert_num_queries(29):
        response = client.get(edition_url("readiness_why", "concrete_action"))

    assert len(response.context["answers"]) == count


def test_the_tabs_keep_the_day_that_is_shown(client):
    BenchmarkFactory()
    client.force_login(OfficerFactory())

    tabs = client.get(edition_url("readiness_detail", query={"as_of": "2022-01-20"})).context["way_back"].tabs

    assert {tab.label: "?as_of=2022-01-20" in tab.url for tab in tabs} == {
        "Overview": True,
        "Explanation": True,
        "What changed": False,
        "Trend": True,
        "What-if": True,
        "Problems": True,
    }


@pytest.mark.kept_pages
def test_the_next_steps_of_a_kept_page_are_those_of_its_reader(client):
    officer, colleague = OfficerFactory(), OfficerFactory()
    EvidenceFactory(supports=[BenchmarkFactory()], recorded_by=officer)
    note = "You recorded it, so a colleague has to review it."

    def read(reader):
        client.force_login(reader)
        return client.get(edition_url("readiness_detail")).text

    assert note in read(officer)
    assert note not in read(colleague)
    assert note in read(officer)
