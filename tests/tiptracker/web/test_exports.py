"""Exports of lists: the rows and order of the page, safe to open, and logged."""

import csv
import io
import json
import zipfile
from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse
from lxml import etree

from recommendations.choices import Pillar, Rule
from tests.factories import (
    BenchmarkFactory,
    BriefingFactory,
    CommitmentFactory,
    DialogueFactory,
    DistrictFactory,
    EvidenceFactory,
    FocalPointFactory,
    IndicatorFactory,
    MilestoneFactory,
    MinistryFactory,
    OfficerFactory,
    ReadinessRunFactory,
    ReadingFactory,
    ReadingPartFactory,
    RecommendationFactory,
    RedactionDecisionFactory,
    RedactionFactory,
)
from tiptracker.audit.models import AuditEntry
from tiptracker.web import spreadsheets

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def current_edition():
    """An edition that the pages belong to."""
    RecommendationFactory(number=99, lead=None)


SHEET_NAMESPACE = {"s": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}


def csv_rows(response):
    assert response.status_code == 200
    assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
    return list(csv.DictReader(io.StringIO(response.content.decode("utf-8-sig"))))


def workbook_cells(content):
    """By place ("A2"), the kind of cell, its value, and the number of its format."""
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        shared = [
            "".join(item.itertext())
            for item in etree.fromstring(book.read("xl/sharedStrings.xml")).findall("s:si", SHEET_NAMESPACE)
        ]
        sheet = etree.fromstring(book.read("xl/worksheets/sheet1.xml"))
    found = {}
    for cell in sheet.iterfind(".//s:c", SHEET_NAMESPACE):
        assert cell.find("s:f", SHEET_NAMESPACE) is None, "nothing is a formula"
        value = cell.find("s:v", SHEET_NAMESPACE)
        if value is not None:
            is_text = cell.get("t") == "s"
            found[cell.get("r")] = shared[int(value.text)] if is_text else Decimal(value.text)
    return found


def test_export_gives_the_rows_of_the_page_as_it_is_filtered_and_sorted(client):
    for text, due in {"Open a shelter": date(2022, 2, 1), "Name officers": date(2022, 1, 1), "Advise": None}.items():
        CommitmentFactory(text=text, made__due_on=due)
    client.force_login(OfficerFactory())
    address = reverse("commitment_list")

    page = client.get(address, {"due_from": "2021-12-01", "sort": "text"}).context["lines"]
    lines = csv_rows(client.get(address, {"due_from": "2021-12-01", "sort": "text", "page": "9", "as": "csv"}))

    assert [line["Commitment"] for line in lines] == [line.commitment.text for line in page]
    assert [(line["Commitment"], line["Status"], line["Days overdue"], line["Due"]) for line in lines] == [
        ("Name officers", "Overdue", "27", "2022-01-01"),
        ("Open a shelter", "Open", "", "2022-02-01"),
    ]


def test_export_is_not_cut_into_pages(client):
    for _ in range(30):
        EvidenceFactory()
    client.force_login(OfficerFactory())

    assert len(csv_rows(client.get(reverse("evidence_list"), {"as": "csv"}))) == 30


@pytest.mark.parametrize("begins", ["=", "+", "-", "@", "\t=", "\r="])
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_export_lets_nothing_typed_become_a_formula(client, kind, begins):
    CommitmentFactory(text=f"{begins}HYPERLINK(1)")
    client.force_login(OfficerFactory())

    response = client.get(reverse("commitment_list"), {"as": kind})

    if kind == "csv":
        assert csv_rows(response)[0]["Commitment"] == f"{begins[:-1]}'{begins[-1]}HYPERLINK(1)"
    else:
        assert workbook_cells(response.content)["A2"].endswith("HYPERLINK(1)")


def test_export_to_excel_keeps_days_days_and_numbers_numbers():
    maseru = ZoneInfo("Africa/Maseru")
    row = ("Qacha's Nek", date(2022, 1, 28), datetime(2022, 1, 28, 22, 30, tzinfo=UTC), Decimal("16.5"), 0, None, "")

    cells = workbook_cells(spreadsheets.workbook("districts", [f"Head {n}" for n in range(7)], [row], maseru))

    assert cells["A1"] == "Head 0"
    assert cells["A2"] == "Qacha's Nek"
    assert cells["B2"] == (date(2022, 1, 28) - date(1899, 12, 30)).days
    assert round((cells["C2"] % 1) * 24, 2) == Decimal("0.5"), "half past midnight in Maseru"
    assert (cells["D2"], cells["E2"]) == (Decimal("16.5"), 0)
    assert not {"F2", "G2"} & set(cells)


def test_export_is_noted_with_what_was_asked_and_how_much_there_was(client):
    CommitmentFactory()
    client.force_login(officer := OfficerFactory())

    client.get(reverse("commitment_list"), {"status": "open", "q": "", "as": "xlsx"})

    entry = AuditEntry.objects.get(verb="list.exported")
    assert entry.by == officer
    assert entry.country == officer.countries.get()
    assert json.loads(entry.detail.after) == {
        "list": "commitments",
        "as": "xlsx",
        "asked": {"status": "open"},
        "rows": 1,
    }


def test_export_over_the_rate_limit_is_refused_without_data(client, settings):
    settings.LIMITS = settings.LIMITS | {"exports": "1/h"}
    CommitmentFactory(text="Handed out once")
    client.force_login(OfficerFactory())

    answers = [client.get(reverse("commitment_list"), {"as": "csv"}) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [200, 429]
    assert "Handed out once" not in answers[1].text


def test_export_gives_a_ministry_what_its_page_does(client):
    police, home = MinistryFactory(), MinistryFactory()
    at = DialogueFactory(purpose="What the embassy wants")
    CommitmentFactory(ministry=police, text="Ours", dialogue=at)
    CommitmentFactory(ministry=home, text="Theirs", dialogue=at)
    client.force_login(FocalPointFactory(ministry=police))

    assert [line["Commitment"] for line in csv_rows(client.get(reverse("commitment_list"), {"as": "csv"}))] == ["Ours"]
    (meeting,) = csv_rows(client.get(reverse("dialogue_list"), {"as": "csv"}))
    assert meeting == {"Date": at.held_on.isoformat(), "Place": at.place, "Commitments": "1"}


# --- Every list -------------------------------------------------------------------------------------------------------


@pytest.fixture
def record():
    """A row or more for every list, with names and texts as people type them."""
    police = MinistryFactory(short_name="Police", name="Ministry of Police, Qacha’s Nek and Mohale's Hoek")
    districts = IndicatorFactory(name="Districts with an officer", unit="districts")
    for name in ("Qacha's Nek", "Mohale's Hoek", "Butha-Buthe"):
        DistrictFactory(country=districts.country, name=name)
    counted = BenchmarkFactory(
        recommendation=RecommendationFactory(lead=police, text="=Name an officer in Qacha’s Nek"),
        terms__rule=Rule.TARGET, terms__target=3, terms__indicator=districts,
    )  # fmt: skip
    ReadingPartFactory(
        reading=ReadingFactory(indicator=districts, figure=1, verified=True),
        dimension="district", category="Mohale’s Hoek", figure=1,
    )  # fmt: skip
    asked = BenchmarkFactory(
        recommendation=RecommendationFactory(lead=police, terms__pillar=Pillar.PROTECTION, text="Shelter")
    )
    EvidenceFactory(title="+A shelter in Mohale's Hoek", supports=[asked], verified=True)
    EvidenceFactory(title="Another", happened_from=None, supports=[asked])
    at = DialogueFactory(place="The Ambassador’s residence")
    DialogueFactory(held_on=date(2022, 2, 3), place="@Room to come")
    for text, due in {"-Send officers": date(2022, 1, 14), "A fund": date(2022, 2, 1), "Advise": None}.items():
        CommitmentFactory(ministry=police, text=text, dialogue=at, made__due_on=due, benchmarks=[asked])
    CommitmentFactory(text="Another ministry’s", dialogue=at, benchmarks=[counted])
    MilestoneFactory()
    BriefingFactory()
    ReadinessRunFactory()
    RedactionDecisionFactory(redaction=RedactionFactory(reason="It named a child"))
    RedactionFactory(reason="It names an officer")
    return police


def recommendation_texts(context):
    """A line a benchmark, or what a ministry reads."""
    if "published" in context:
        return [recommendation.text for recommendation in context["published"]]
    return [row.recommendation.text for row in context["rows"] for _ in row.benchmarks]


EXPORTS = {
    "commitment_list": ({"sort": "text"}, "Commitment", lambda page: [line.commitment.text for line in page["lines"]]),
    "evidence_list": ({"sort": "title"}, "What happened", lambda page: [line.piece.title for line in page["lines"]]),
    "dialogue_list": ({}, "Place", lambda page: [meeting.place for meeting in page["meetings"]]),
    "recommendation_list": ({"pillar": "protection"}, "Recommendation", recommendation_texts),
    "timeline": ({"kind": "due"}, "What", lambda page: [day.title for day in page["page"]]),
    "district_list": (
        {}, "District", lambda page: [district.name for listed in page["benchmarks"] for district in listed.districts],
    ),
    "indicator_list": ({}, "Indicator", lambda page: [row.indicator.name for row in page["rows"]]),
    "briefing_list": ({}, "As of", lambda page: [row.as_of for row in page["page"]]),
    "run_list": ({}, "As of", lambda page: [row.as_of for row in page["page"]]),
    "redaction_list": ({}, "Reason", lambda page: [row.reason for row in page["page"]]),
    "readiness_trend": ({}, "Week to", lambda page: [week.ends_on for week in reversed(page["trend"].by_week)]),
    "readiness_checks": (
        {},
        "Problem",
        lambda page: [problem.sentence for _, problems in page["problems_by_kind"] for problem, _ in problems],
    ),
    "readiness_changes": (
        {"as_of_from": "2021-04-01", "known_on_from": "2021-04-01"},
        "What changed",
        lambda page: [change.line.title for _, changes in page["stops"] for change, _ in changes],
    ),
}  # fmt: skip
"""By list: the query, the column that identifies a row, and the values of that column on the page."""


def excel_value(cell):
    """Convert a cell of a CSV file to the value in the Excel file: days since the end of 1899, a number or a text."""
    if cell == "":
        return None
    try:
        moment = datetime.fromisoformat(cell)
    except ValueError:
        pass
    else:
        days = moment.replace(tzinfo=None) - datetime(1899, 12, 30)  # noqa: DTZ001 -- Excel knows no zones
        return Decimal(days.days) + Decimal(days.seconds) / 86_400
    try:
        return Decimal(cell)
    except ArithmeticError:
        return cell.removeprefix("'")


@pytest.mark.parametrize("name", EXPORTS)
def test_every_exported_list_equals_its_page(client, record, name):
    query, column, rows_of = EXPORTS[name]
    sent = 0
    for reader in (OfficerFactory(), FocalPointFactory(ministry=record)):
        client.force_login(reader)
        page = client.get(reverse(name), query)
        files = {kind: client.get(reverse(name), query | {"as": kind}) for kind in ("csv", "xlsx")}

        assert {file.status_code for file in files.values()} == {page.status_code}
        if page.status_code == 403:
            continue
        lines = csv_rows(files["csv"])
        wanted = [str(cell) for cell in rows_of(page.context)]
        assert [line[column].removeprefix("'") for line in lines] == wanted
        sent += len(lines)
        excel = workbook_cells(files["xlsx"].content)
        for at, line in enumerate(lines, start=2):
            cells = {head: excel.get(f"{chr(ord('A') + place)}{at}") for place, head in enumerate(line)}
            for head, cell in line.items():
                expected, found = excel_value(cell), cells[head]
                if isinstance(found, str):
                    expected = cell.removeprefix("'")  # digits that are a text stay one
                assert found == expected or abs(found - expected) < Decimal("0.0001"), head
        assert f"A{len(lines) + 2}" not in excel
    assert sent, "a list without rows says nothing"


def test_export_of_an_unknown_kind_is_the_page(client):
    client.force_login(OfficerFactory())

    assert client.get(reverse("commitment_list"), {"as": "exe"}).headers["Content-Type"].startswith("text/html")
