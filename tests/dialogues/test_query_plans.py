"""PostgreSQL finds the rows of long lists by an index, and only as many as a page shows."""

import json
from datetime import date, timedelta

import pytest
from django.db import connection

from dialogues.choices import DoneBy, EvidenceKind
from dialogues.models import AnswerSentence, Commitment, Evidence, LawEntry, UpdateVersion
from dialogues.views.evidence_list import ORDERINGS, PAGE_SIZE, SEARCH_FIELDS
from recommendations.models import Question
from tests.database_roles import run_as_owner
from tests.factories import CountryFactory, OfficerFactory, at_noon
from tiptracker.web.search import filter_by_words

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite tells no plans that last"),
]

ROW_COUNT = 1_500


@pytest.fixture
def officer():
    """A country with many pieces of evidence, one of them about a shelter."""
    officer, country = OfficerFactory(), CountryFactory()
    Evidence.objects.bulk_create(
        Evidence(
            country=country,
            title=f"Case {number} was brought to court" if number else "A shelter was opened",
            kind=EvidenceKind.COURT,
            happened_to=date(2021, 5, 1) + timedelta(days=number % 200),
            done_by=DoneBy.GOVERNMENT,
            stated_by="High Court",
            source="Register",
            recorded_at=at_noon(date(2022, 1, 1)),
            recorded_by=officer,
        )
        for number in range(ROW_COUNT)
    )
    run_as_owner("ANALYZE dialogues_evidence")
    return officer


def plan_nodes(rows, *without):
    """Return PostgreSQL's plan of a query, without methods that pay only for small tables."""
    with connection.cursor() as cursor:
        for way in without:
            cursor.execute(f"SET LOCAL enable_{way} = off")
        (plan,) = json.loads(rows.explain(format="json", analyze=True))
        for way in without:
            cursor.execute(f"SET LOCAL enable_{way} = on")
    found, waiting = [], [plan["Plan"]]
    while waiting:
        found.append(node := waiting.pop())
        waiting += node.get("Plans", [])
    return found


@pytest.mark.parametrize("sort", ORDERINGS)
def test_a_page_of_evidence_is_found_by_an_index_without_sorting_the_rest(officer, sort):
    here = Evidence.objects.visible_to(officer, officer.countries.get()).current()

    steps = plan_nodes(
        here.order_by(*ORDERINGS[sort]).values_list("pk")[:PAGE_SIZE], "seqscan", "sort", "hashjoin", "mergejoin"
    )

    read = {node["Index Name"]: node["Actual Rows"] for node in steps if node.get("Index Name", "").startswith("evide")}
    assert len(read) == 1, steps
    assert max(read.values()) <= PAGE_SIZE + 1
    assert not [node for node in steps if "Sort" in node["Node Type"]]
    asked = [node["Actual Loops"] for node in steps if node.get("Relation Name") == "accounts_user_countries"]
    assert asked == [1], "whether the reader follows the country is asked once, not for each row"


def test_words_of_evidence_are_found_by_an_index_and_not_by_reading_every_text(officer):
    steps = plan_nodes(
        filter_by_words(Evidence.objects.all(), "shelt open", *SEARCH_FIELDS).values_list("pk"), "seqscan"
    )

    names = [node.get("Index Name") for node in steps]
    assert names.count("evidence_word_forms") == 2
    assert names.count("updateversion_word_forms") == 2
    read = [  # the index itself may still hold rows that other tests have rolled back
        node["Actual Rows"] + node.get("Rows Removed by Index Recheck", 0)
        for node in steps
        if node["Node Type"] == "Bitmap Heap Scan" and node["Relation Name"] == "dialogues_evidence"
    ]
    assert max(read) < ROW_COUNT / 10


def test_a_word_that_nearly_all_rows_have_is_found_by_the_index_too(officer):
    steps = plan_nodes(filter_by_words(Evidence.objects.all(), "court", *SEARCH_FIELDS).values_list("pk"))

    (read,) = (node for node in steps if node.get("Index Name") == "evidence_word_forms")
    assert read["Actual Rows"] >= ROW_COUNT - 1


def test_words_are_looked_for_once_and_not_for_each_row_of_a_country(officer):
    here = Evidence.objects.visible_to(officer, officer.countries.get()).current()

    steps = plan_nodes(filter_by_words(here, "case court", *SEARCH_FIELDS).values_list("pk"))

    rounds = [node["Actual Loops"] for node in steps if node.get("Index Name") == "evidence_word_forms"]
    assert rounds == [1, 1]


def test_evidence_that_was_not_revised_is_not_expected_to_be_one_row(officer):
    (plan,) = json.loads(Evidence.objects.current().values_list("pk").explain(format="json"))

    assert plan["Plan"]["Plan Rows"] > ROW_COUNT / 10


def test_words_are_not_looked_for_in_each_row_that_a_reader_sees(officer):
    rows = filter_by_words(Evidence.objects.visible_to(officer).current(), "shelters", *SEARCH_FIELDS[:3])

    steps = plan_nodes(rows.values_list("pk"), "seqscan")

    assert "evidence_word_forms" in {node.get("Index Name") for node in steps}
    assert [node for node in steps if "to_tsvector" in node.get("Filter", "")] == []


def test_words_that_most_rows_have_are_looked_for_once(officer):
    rows = filter_by_words(Evidence.objects.visible_to(officer).current(), "case court", *SEARCH_FIELDS[:3])

    steps = plan_nodes(rows.order_by("-happened_to", "-pk").values_list("pk")[:6])

    looked = [node["Actual Loops"] for node in steps if "to_tsvector" in node.get("Filter", node.get("Index Cond", ""))]
    assert looked == [1]


@pytest.mark.parametrize(
    ("model", "fields"),
    [
        (Commitment, ("text", "letter")),
        (UpdateVersion, ("narrative",)),
        (Evidence, SEARCH_FIELDS[:3]),
        (AnswerSentence, ("text",)),
        (LawEntry, ("citation", "text")),
        (Question, ("number", "text")),
    ],
)
def test_each_index_of_words_serves_what_is_looked_for(model, fields):
    rows = filter_by_words(model.objects.all(), "shelter", *fields).order_by().values_list("pk")
    steps = plan_nodes(rows, "seqscan", "indexscan", "indexonlyscan")  # an index of words is read in one way alone

    assert f"{model._meta.model_name}_word_forms" in {node.get("Index Name") for node in steps}
