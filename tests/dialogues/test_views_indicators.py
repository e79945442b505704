"""The pages of indicators: grid, detail and entry of figures."""

import json
import re
from datetime import date
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from dialogues.choices import ReadingDirection
from dialogues.models import Evidence, Reading
from dialogues.small_counts import SUPPRESSED_TEXT
from recommendations.choices import EffortQuestion, Rule
from recommendations.models import Indicator
from tests.dialogues.sample_files import PDF
from tests.edition_urls import edition_url
from tests.factories import (
    BenchmarkFactory,
    CountryFactory,
    DistrictFactory,
    EditionFactory,
    EvidenceFactory,
    IndicatorFactory,
    InformationRequestFactory,
    MinistryFactory,
    ObserverFactory,
    OfficerFactory,
    ReadingFactory,
    ReadingPartFactory,
    RecommendationFactory,
    UpdateVersionFactory,
    at_noon,
)
from tests.refusals import shows_refusal
from tiptracker.audit.models import AuditEntry

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def current_edition():
    RecommendationFactory()


def source_data(**changed):
    return {
        "stated_by": "Ministry of Police",
        "source": "Table of 20 January 2022",
        "span": "period",
        "through_on": "2021-12-31",
    } | changed


def row_data(indicator, **typed):
    return {f"indicator-{indicator.pk}-{name}": value for name, value in typed.items()}


def grid_cells(response):
    """Return, by indicator, the values and decisions of the grid, newest period first."""
    return {
        row.indicator: [cell and (cell.reading.display_value, cell.decision) for _, cell in row.cells]
        for row in response.context["rows"]
    }


# --- The grid ---------------------------------------------------------------------------------------------------------


def test_indicator_list_tells_each_period_the_furthest_reading_and_no_data_never_hides_a_figure(client):
    cases, silent = IndicatorFactory(), IndicatorFactory()
    ReadingFactory(indicator=cases, figure=3, through_on=date(2021, 9, 30))
    ReadingFactory(indicator=cases, figure=5, through_on=date(2021, 12, 31), verified=True)
    ReadingFactory(indicator=cases, figure=None, through_on=date(2022, 1, 15))
    ReadingFactory(indicator=cases, figure=2, last_period=True)
    ReadingFactory(indicator=silent, figure=None)
    client.force_login(ObserverFactory())

    response = client.get(reverse("indicator_list"))

    assert grid_cells(response) == {cases: [("5", "verified"), ("2", None)], silent: [("no figure", None), None]}
    assert "up to 31 Dec 2021" in response.text
    assert reverse("indicator_enter") not in response.text

    # A claim that reaches further takes the place of nothing that was verified: it stands beside.
    ReadingFactory(indicator=cases, figure=3, through_on=date(2022, 1, 20), evidence=EvidenceFactory())
    response = client.get(reverse("indicator_list"))
    assert grid_cells(response) == {cases: [("5", "verified"), ("2", None)], silent: [("no figure", None), None]}
    assert "Claimed since then: 3" in response.text


def test_indicator_list_leaves_out_revised_figures_and_their_page_says_so(client):
    indicator = IndicatorFactory(country=CountryFactory())
    wrong = ReadingFactory(indicator=indicator, figure=123, verified=True)
    right = EvidenceFactory(revises=wrong.evidence)
    client.force_login(OfficerFactory())

    for name in ("indicator_list", "indicator_enter"):
        assert "123" not in client.get(reverse(name)).text
    assert "123" not in client.get(reverse("indicator_list"), {"as": "csv"}).text
    page = client.get(reverse("indicator_detail", args=[indicator.pk])).text
    assert "Does not count" in page
    assert reverse("evidence_detail", args=[right.pk]) in page


def test_indicator_list_leaves_out_figures_of_returned_updates_and_their_page_says_returned(client):
    cases = IndicatorFactory()
    ReadingFactory(indicator=cases, figure=2, through_on=date(2021, 9, 30), verified=True)
    returned = EvidenceFactory(update_version=UpdateVersionFactory(returned=True))
    ReadingFactory(indicator=cases, figure=3, through_on=date(2022, 1, 20), evidence=returned)
    client.force_login(ObserverFactory())

    page = client.get(reverse("indicator_list"))

    assert grid_cells(page) == {cases: [("2", "verified"), None]}
    assert "Claimed since then" not in page.text
    detail = client.get(reverse("indicator_detail", args=[cases.pk])).text
    assert "status--returned" in detail
    assert "Not reviewed" not in detail


def test_a_figure_is_not_reported_only_if_somebody_was_asked_before_that_was_recorded(client):
    asked, asked_later, of_another_year, sent = (IndicatorFactory() for _ in range(4))
    february, january = date(2022, 2, 1), at_noon(date(2022, 1, 20))
    for indicator in (asked, of_another_year):
        InformationRequestFactory(lines=[indicator], asked__due_on=february)
    for indicator in (asked, asked_later):
        ReadingFactory(indicator=indicator, figure=None, recorded_at=january)
    ReadingFactory(indicator=of_another_year, figure=None, last_period=True, recorded_at=january)
    ReadingFactory(indicator=sent, figure=None, update_version=UpdateVersionFactory())
    InformationRequestFactory(lines=[asked_later], asked__due_on=february, recorded_at=at_noon(date(2022, 1, 27)))
    client.force_login(ObserverFactory())

    page = client.get(reverse("indicator_list"))

    assert grid_cells(page) == {
        asked: [("not reported", None), None],
        asked_later: [("no figure", None), None],
        of_another_year: [None, ("no figure", None)],
        sent: [("not reported", None), None],
    }
    for indicator, is_asked in ((asked, True), (asked_later, False)):
        text = client.get(reverse("indicator_detail", args=[indicator.pk])).text
        assert ("We asked, and nobody answered" in text, "No source gives a figure." in text) == (
            is_asked,
            not is_asked,
        )


def test_indicator_list_goes_back_to_earlier_years_of_which_something_is_known(client):
    indicator = IndicatorFactory()
    ReadingFactory(indicator=indicator, figure=7, starts_on=date(2019, 4, 1), through_on=date(2020, 3, 31))
    client.force_login(OfficerFactory())

    response = client.get(reverse("indicator_list"))

    assert grid_cells(response) == {indicator: [None, None, ("7", None)]}


def test_a_cell_without_a_reading_says_whether_the_figure_is_asked_and_each_word_is_explained(client):
    asked_by_benchmark, asked_by_question, unasked, retired = (
        IndicatorFactory(question=question) for question in ("", EffortQuestion.CONVICTIONS, "", "")
    )
    BenchmarkFactory(terms__rule=Rule.MORE, terms__indicator=asked_by_benchmark)
    BenchmarkFactory(
        terms__rule=Rule.MORE, terms__indicator=retired, recommendation=RecommendationFactory(number=9, is_retired=True)
    )
    ReadingFactory(indicator=unasked, figure=None)
    client.force_login(ObserverFactory())

    response = client.get(reverse("indicator_list"))

    asked = {row.indicator: bool(row.indicator.is_asked) for row in response.context["rows"]}
    assert asked == {asked_by_benchmark: True, asked_by_question: True, unasked: False, retired: False}
    for word, number in {"no data": 4, "not asked": 3, "no figure": 1}.items():
        assert len(re.findall(rf"<abbr [^>]*title=[^>]*>{word}</abbr>", response.text)) == number
    for anchor in ("not-reported", "no-figure", "not-asked", "claimed", "verified"):
        assert f'{reverse("glossary")}#{anchor}"' in response.text
        assert f'id="{anchor}"' in client.get(reverse("glossary")).text


def test_figures_are_shown_as_people_write_them_and_exported_as_numbers(client):
    indicator = IndicatorFactory()
    ReadingFactory(indicator=indicator, figure=1_250_000)
    client.force_login(ObserverFactory())

    assert grid_cells(client.get(reverse("indicator_list"))) == {indicator: [("1,250,000", None), None]}
    assert '"1250000.00"' in client.get(reverse("indicator_list"), {"as": "csv"}).text


@pytest.mark.parametrize("count", [1, 3])
def test_indicator_list_query_count(client, django_assert_num_queries, count):
    for _ in range(count):
        ReadingPartFactory(reading=ReadingFactory(verified=True))
    client.force_login(OfficerFactory())

    with django_assert_num_queries(22):
        client.get(edition_url("indicator_list"))


# --- One indicator ----------------------------------------------------------------------------------------------------


def test_indicator_detail_shows_no_small_count_of_victims(client):
    victims = IndicatorFactory(unit="victims")
    reading = ReadingFactory(indicator=victims, figure=41)
    for category, figure in {"Adults": 30, "Girls": 9, "Boys": 2}.items():
        ReadingPartFactory(reading=reading, dimension="age", category=category, figure=figure)
    client.force_login(OfficerFactory())

    response = client.get(reverse("indicator_detail", args=[victims.pk]))

    ((_, _, ((name, told),)),) = response.context["lines"]
    assert (name, told) == ("Age", {"Adults": "30", "Girls": SUPPRESSED_TEXT, "Boys": SUPPRESSED_TEXT})


def test_indicator_detail_shows_small_counts_of_what_is_no_victim(client):
    districts = IndicatorFactory(unit="focal points")
    reading = ReadingFactory(indicator=districts, figure=3)
    ReadingPartFactory(reading=reading, dimension="district", category="Leribe", figure=1)
    client.force_login(OfficerFactory())

    response = client.get(reverse("indicator_detail", args=[districts.pk]))

    assert response.context["lines"][0][2] == [("District", {"Leribe": "1"})]


def test_indicator_detail_names_the_ministry_that_reports_it_or_how_it_is_found(client):
    police = MinistryFactory(name="Ministry of Police")
    named = IndicatorFactory(question=EffortQuestion.PROSECUTIONS, ministry=police)
    unnamed = IndicatorFactory(question=EffortQuestion.CONVICTIONS)
    asked_by_nobody = IndicatorFactory()
    found = "the ministry that last sent this figure"

    for person, may_set in ((OfficerFactory(), True), (ObserverFactory(), False)):
        client.force_login(person)
        pages = {row: client.get(reverse("indicator_detail", args=[row.pk])).text for row in Indicator.objects.all()}

        assert [row for row, page in pages.items() if "Ministry of Police" in page] == [named]
        assert [row for row, page in pages.items() if "figure: not set" in page] == [unnamed, asked_by_nobody]
        assert [row for row, page in pages.items() if found in page] == [unnamed]
        for row, page in pages.items():
            assert (reverse("indicator_ministry", args=[row.pk]) in page) is may_set


# --- Entering ---------------------------------------------------------------------------------------------------------


def test_each_entered_line_becomes_a_piece_of_evidence(client):
    cases, victims, asked, left_empty = (IndicatorFactory() for _ in range(4))
    client.force_login(officer := OfficerFactory())

    response = client.post(
        reverse("indicator_enter"),
        source_data()
        | row_data(cases, figure="16", note="without Qacha’s Nek")
        | row_data(victims, direction="up")
        | row_data(asked, direction="no_data")
        | row_data(left_empty, figure=""),
        follow=True,
    )

    readings = {reading.indicator: reading for reading in Reading.objects.all()}
    assert "3 figures recorded as claims." in response.text
    assert {i: (r.figure, r.direction) for i, r in readings.items()} == {
        cases: (Decimal(16), ""),
        victims: (None, ReadingDirection.UP),
        asked: (None, ""),
    }
    assert {r.through_on for r in readings.values()} == {date(2021, 12, 31)}
    assert len({r.evidence for r in readings.values()}) == 3
    piece = readings[cases].evidence
    assert piece.title == f"Ministry of Police: {cases}: 16, from 1 April 2021 to 31 December 2021"
    assert (piece.stated_by, piece.source, piece.recorded_by) == (
        "Ministry of Police",
        "Table of 20 January 2022",
        officer,
    )


def test_indicator_enter_links_to_the_page_that_names_districts(client):
    EditionFactory()
    counts, other = IndicatorFactory(unit="districts"), IndicatorFactory(unit="cases")
    client.force_login(OfficerFactory())

    text = client.get(edition_url("indicator_enter")).text

    assert f'href="{reverse("reading_add", args=[counts.pk])}"' in text
    assert f'href="{reverse("reading_add", args=[other.pk])}"' not in text


def test_indicator_enter_keeps_figures_of_the_year_before(client):
    indicator = IndicatorFactory()
    client.force_login(OfficerFactory())

    client.post(
        reverse("indicator_enter"), source_data(span="year_before", through_on="") | row_data(indicator, figure="4")
    )

    reading = Reading.objects.get()
    assert (reading.starts_on, reading.through_on) == (date(2020, 4, 1), date(2021, 3, 31))


@pytest.mark.parametrize("typed", ["1250000", "1,250,000", "1 250 000", "1\N{NO-BREAK SPACE}250\N{NO-BREAK SPACE}000"])
def test_indicator_enter_takes_figures_as_people_write_them(client, typed):
    indicator = IndicatorFactory()
    client.force_login(OfficerFactory())

    client.post(reverse("indicator_enter"), source_data() | row_data(indicator, figure=typed))

    assert Reading.objects.get().figure == 1_250_000


@pytest.mark.parametrize(
    ("typed", "field", "sentence"),
    [
        ({"figure": "1.250.000"}, "figure", "“1.250.000” is not a number. Write 1250000."),
        ({"figure": "1.250"}, "figure", "“1.250” can mean 1250 or 1.25. Write one of the two."),
        ({"figure": "16 cases"}, "figure", "“16 cases” is not a number. Write 16."),
        ({"figure": "-1"}, "figure", "“-1” is less than zero. Write 0 or more."),
        ({"figure": "3", "direction": "up"}, "direction", ""),
        ({"note": "only Maseru"}, "figure", "Enter the figure that the note is about"),
    ],
)
def test_indicator_enter_refuses_beside_the_cell_and_saves_none_of_it(client, typed, field, sentence):
    wrong, right = IndicatorFactory(), IndicatorFactory()
    client.force_login(OfficerFactory())

    response = client.post(
        reverse("indicator_enter"), source_data() | row_data(wrong, **typed) | row_data(right, figure="77")
    )

    assert response.status_code == 422
    row = response.context["lines"][0][0]
    assert sentence in str(row.errors[field])
    assert 'value="77"' in response.text
    assert not Reading.objects.exists()


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"source": ""}, "source"),
        ({"through_on": ""}, "through_on"),
        ({"through_on": "2021-03-31"}, "through_on"),
        ({"through_on": "2022-01-29"}, "through_on"),
    ],
)
def test_indicator_enter_refuses_a_source_that_nobody_can_check_and_days_outside(client, changed, field):
    indicator = IndicatorFactory()
    client.force_login(OfficerFactory())

    response = client.post(reverse("indicator_enter"), source_data(**changed) | row_data(indicator, figure="1"))

    assert response.status_code == 422
    assert list(response.context["form"].errors) == [field]
    assert not Evidence.objects.exists()


@pytest.mark.parametrize("pasted", ["", "7"])
def test_indicator_enter_tells_who_sends_files_too_often_to_wait_and_keeps_what_was_typed(client, settings, pasted):
    settings.LIMITS = settings.LIMITS | {"uploads": "1/h"}
    indicator = IndicatorFactory()
    client.force_login(OfficerFactory())

    def send():
        file = SimpleUploadedFile("table.pdf", PDF, content_type="application/pdf")
        data = source_data(source="", pasted=pasted, files=file) | row_data(indicator, figure="77x")
        return client.post(reverse("indicator_enter"), data)

    first, second = send(), send()

    assert first.status_code == (200 if pasted else 422)
    assert (second.status_code, "Retry-After" in second.headers) == (429, True)
    assert "Ministry of Police" in second.text
    assert "table.pdf" not in second.text


def test_indicator_enter_wants_something_to_be_counted(client):
    client.force_login(OfficerFactory())

    response = client.post(reverse("indicator_enter"), source_data())

    assert response.status_code == 422
    assert shows_refusal(response, "required")


def test_indicator_enter_sent_twice_records_once_and_links_to_what_is_there(client):
    indicator = IndicatorFactory()
    client.force_login(OfficerFactory())

    for _ in range(2):
        response = client.post(reverse("indicator_enter"), source_data() | row_data(indicator, figure="16"))

    assert response.status_code == 422
    assert response.context["recorded_before"][0] == reverse("evidence_detail", args=[Evidence.objects.get().pk])


# --- Pasting ----------------------------------------------------------------------------------------------------------


def test_a_paste_fills_the_grid_and_records_nothing(client):
    cases, victims, money = (IndicatorFactory(name=name) for name in ("Cases", "Victims found", "Money"))
    client.force_login(OfficerFactory())

    response = client.post(
        reverse("indicator_enter"),
        source_data(pasted="victims  FOUND\t12\tuntil Friday\r\nMoney\tno data\r\n\r\n") | row_data(cases, figure="3"),
    )

    filled = {row.indicator: row.initial for row, *_ in response.context["lines"]}
    assert response.status_code == 200
    assert filled == {
        cases: {"figure": "3", "direction": "", "note": ""},
        victims: {"figure": "12", "direction": "", "note": "until Friday"},
        money: {"figure": "", "direction": "no_data", "note": ""},
    }
    assert "Table of 20 January 2022" in response.text
    assert "Preview: nothing is saved yet" in response.text
    assert not Reading.objects.exists()


def test_figures_alone_are_pasted_in_the_order_of_the_lines(client):
    first, second, third = (IndicatorFactory() for _ in range(3))
    client.force_login(OfficerFactory())

    response = client.post(reverse("indicator_enter"), source_data(pasted="7\n\nmore\n"))

    filled = {row.indicator: (row.initial["figure"], row.initial["direction"]) for row, *_ in response.context["lines"]}
    assert filled == {first: ("7", ""), second: ("", ""), third: ("", "up")}


@pytest.mark.parametrize(
    ("pasted", "sentence"),
    [
        ("1\n2\n3", "You pasted 3 figures without names"),
        ("Courts\t2", "Line 1: “Courts” is not in the table below."),
        ("Cases\t1.250.000", "Line 1: “1.250.000” is not a number. Write 1250000."),
        ("Indicator\tFigure", "No figure found in what you pasted"),
    ],
)
def test_a_paste_without_a_figure_says_why_and_stays_as_pasted(client, pasted, sentence):
    IndicatorFactory(name="Cases")
    IndicatorFactory(name="Victims")
    client.force_login(OfficerFactory())

    response = client.post(reverse("indicator_enter"), source_data(pasted=pasted))

    assert response.status_code == 422
    assert sentence in response.text
    assert pasted in response.text
    assert "Table of 20 January 2022" in response.text


def grid_data(response):
    """Return the data of the grid as a browser sends it: the source, the pasted text and every row."""
    page = response.context
    rows = [row for row, *_ in page["lines"]]
    fields = [page["form"][name] for name in ("stated_by", "source", "span", "through_on")]
    fields += [page["paste"][name] for name in ("pasted", "previewed")] + [
        row[name] for row in rows for name in row.fields
    ]
    return {field.html_name: field.value() or "" for field in fields}


def test_readable_lines_of_a_paste_are_recorded_after_the_preview(client):
    cases, _, money = (IndicatorFactory(name=name) for name in ("Cases", "Victims", "Money"))
    client.force_login(OfficerFactory())
    pasted = "Indicator\tFigure\r\nCases\t16\r\nCourts\t2\r\nVictims\t1.250.000\r\nMoney\t1,250,000"

    preview = client.post(reverse("indicator_enter"), source_data(pasted=pasted))

    assert preview.status_code == 200
    assert [problem.line for problem in preview.context["preview"].pasted.problems] == [3, 4]
    assert "Line 4: “1.250.000” is not a number. Write 1250000." in preview.text
    assert 'value="1,250,000"' in preview.text
    assert not Reading.objects.exists()

    client.post(reverse("indicator_enter"), grid_data(preview))

    assert {reading.indicator: reading.figure for reading in Reading.objects.all()} == {cases: 16, money: 1_250_000}


def test_a_second_preview_adds_the_corrected_line_and_keeps_what_was_changed_in_the_table(client):
    cases, victims = (IndicatorFactory(name=name) for name in ("Cases", "Victims"))
    client.force_login(OfficerFactory())
    preview = client.post(reverse("indicator_enter"), source_data(pasted="Cases\t16\nVictms\t12"))
    typed = grid_data(preview) | row_data(cases, figure="17", note="as corrected")

    preview = client.post(reverse("indicator_enter"), typed | {"pasted": "Cases\t16\nVictims\t12", "fill": "1"})

    assert preview.status_code == 200
    assert grid_data(preview) == typed | row_data(victims, figure="12") | {
        "pasted": "Cases\t16\nVictims\t12",
        "previewed": "Cases\t16\nVictims\t12",
    }


def test_a_text_that_was_not_previewed_is_not_recorded(client):
    IndicatorFactory(name="Cases")
    client.force_login(OfficerFactory())
    preview = client.post(reverse("indicator_enter"), source_data(pasted="Cases\t16"))

    again = client.post(reverse("indicator_enter"), grid_data(preview) | {"pasted": "Cases\t18"})

    assert (again.status_code, again.context["lines"][0][0].initial["figure"]) == (200, "18")
    assert not Reading.objects.exists()


def test_the_preview_of_a_paste_shows_the_values_that_it_replaces(client):
    cases, victims = (IndicatorFactory(name=name) for name in ("Cases", "Victims"))
    client.force_login(OfficerFactory())

    typed = row_data(cases, figure="3", note="only Maseru") | row_data(victims, direction="up")
    response = client.post(reverse("indicator_enter"), source_data(pasted="Cases\t16\nVictims\t12") | typed)

    rows = {row.indicator: row for row, *_ in response.context["lines"]}
    assert rows[cases].initial == {"figure": "16", "direction": "", "note": "only Maseru"}
    assert (rows[cases].replaced, rows[victims].replaced) == ("3", "More")
    assert "It replaces “3”." in response.text


def test_eight_digits_are_a_figure_and_no_telephone_number(client):
    IndicatorFactory(name="Money")
    client.force_login(OfficerFactory())

    response = client.post(reverse("indicator_enter"), source_data(pasted="Money\t62 345 678"))

    assert response.context["lines"][0][0].initial["figure"] == "62,345,678"


def test_too_long_a_paste_is_refused_and_kept(client):
    indicator = IndicatorFactory(name="Cases")
    client.force_login(OfficerFactory())

    pasted = "Cases\t16\n" * 2_500
    response = client.post(reverse("indicator_enter"), source_data(pasted=pasted) | row_data(indicator, figure="3"))

    assert response.status_code == 422
    assert [error.code for error in response.context["paste"].errors.as_data()["pasted"]] == ["too_long"]
    assert "Cases\t16" in response.text
    assert not Reading.objects.exists()


# --- What a figure is made of -----------------------------------------------------------------------------------------


def test_reading_add_keeps_what_a_figure_is_made_of_and_the_log_no_small_count(client):
    victims = IndicatorFactory(unit="victims", country=CountryFactory())
    client.force_login(OfficerFactory())

    response = client.post(
        reverse("reading_add", args=[victims.pk]),
        source_data() | {"figure": "16", "form-Sex trafficking": "13", "form-Labour trafficking": "3"},
        follow=True,
    )

    reading = Reading.objects.get()
    assert {part.category: part.figure for part in reading.parts.all()} == {
        "Sex trafficking": 13,
        "Labour trafficking": 3,
    }
    assert response.context["lines"][0][2] == [
        ("Sex or labour trafficking", {"Sex trafficking": SUPPRESSED_TEXT, "Labour trafficking": SUPPRESSED_TEXT})
    ]
    logged = json.loads(AuditEntry.objects.get(verb="reading.recorded").detail.after)
    assert logged["parts"] == {"form": {"Sex trafficking": SUPPRESSED_TEXT, "Labour trafficking": SUPPRESSED_TEXT}}


@pytest.mark.parametrize(
    ("typed", "field", "sentence"),
    [
        (
            {"figure": "10", "sex-Female": "7", "sex-Male": "4"},
            "sex-Male",
            "Sex: the parts add up to more than the figure, 10.",
        ),
        ({"figure": "10", "sex-Female": "seven"}, "sex-Female", "“seven” is not a number."),
        ({"direction": "up", "sex-Female": "7"}, "figure", "Enter the whole figure too"),
        ({}, "figure", ""),
    ],
)
def test_reading_add_refuses_beside_the_part_and_saves_none_of_it(client, typed, field, sentence):
    indicator = IndicatorFactory()
    client.force_login(OfficerFactory())

    response = client.post(reverse("reading_add", args=[indicator.pk]), source_data() | typed)

    assert response.status_code == 422
    assert sentence in str(response.context["parts"].errors[field])
    assert not Reading.objects.exists()
    assert not Evidence.objects.exists()


# --- Standard indicators ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "dimensions"),
    [
        ("", ["form", "sex", "age", "district"]),
        ("victims_identified", ["form", "sex", "age", "origin", "district"]),
        ("sentences", ["sentence", "form", "district"]),
        ("officials_trained", ["official", "district"]),
        ("money_victims_government", ["district"]),
    ],
)
def test_a_figure_is_broken_down_as_the_catalogue_says(client, key, dimensions):
    DistrictFactory(country=CountryFactory(), name="Maseru")
    indicator = IndicatorFactory(catalogue_key=key)
    client.force_login(OfficerFactory())

    page = client.get(reverse("reading_add", args=[indicator.pk]))

    fields = [name.partition("-")[0] for name in page.context["parts"].fields if "-" in name]
    assert list(dict.fromkeys(fields)) == dimensions


def test_small_counts_by_origin_are_held_back_also_for_a_linked_indicator_of_persons(client):
    persons = IndicatorFactory(name="Persons found", unit="persons", catalogue_key="victims_identified")
    client.force_login(OfficerFactory())

    typed = {"figure": "16", "origin-Nationals of the country": "13", "origin-Foreign nationals": "3"}
    response = client.post(reverse("reading_add", args=[persons.pk]), source_data() | typed, follow=True)

    assert Reading.objects.get().parts.count() == 2
    hidden = {"Nationals of the country": SUPPRESSED_TEXT, "Foreign nationals": SUPPRESSED_TEXT}
    assert response.context["lines"][0][2] == [("Origin", hidden)]
    logged = json.loads(AuditEntry.objects.get(verb="reading.recorded").detail.after)
    assert logged["parts"] == {"origin": hidden}


def test_what_a_figure_includes_is_said_on_its_page_and_beside_its_field(client):
    indicator = IndicatorFactory(name="Raids", includes="Raids with a warrant.", catalogue_key="acquittals", indicium=1)
    client.force_login(OfficerFactory())
    sentence = "What it includes: Raids with a warrant."

    page = client.get(reverse("indicator_detail", args=[indicator.pk])).text
    assert page.count(sentence) == 1
    assert "“Acquittals”" in page
    assert "The law does not name acquittals." in page
    assert client.get(reverse("reading_add", args=[indicator.pk])).text.count(sentence) == 1
    assert client.get(edition_url("indicator_enter")).text.count("Raids with a warrant.") == 1


def test_a_standard_indicator_without_a_figure_has_no_data_because_yearly_questions_ask_for_it(client):
    IndicatorFactory(name="Asked", catalogue_key="campaigns")
    IndicatorFactory(name="Unasked")
    client.force_login(OfficerFactory())

    rows = client.get(edition_url("indicator_list")).context["rows"]

    assert {row.indicator.name: row.indicator.is_asked for row in rows} == {"Asked": True, "Unasked": False}
