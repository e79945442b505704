"""The list of commitments: order, filters, export, and what has reversed a commitment since."""

from datetime import date

import pytest
from django.urls import reverse

from dialogues.choices import CommitmentEventKind, Sensitivity, SupportKind
from recommendations.choices import Pillar
from tests.edition_urls import edition_url
from tests.factories import (
    BenchmarkFactory,
    CommitmentEventFactory,
    CommitmentFactory,
    DialogueFactory,
    EditionFactory,
    EvidenceFactory,
    FocalPointFactory,
    MinistryFactory,
    ObserverFactory,
    OfficerFactory,
    RecommendationFactory,
    UpdateVersionFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def current_edition():
    """An edition that the pages belong to."""
    RecommendationFactory(number=99, lead=None)


def listed_commitments(response):
    return [line.commitment for line in response.context["lines"]]


def listed_keys(response):
    return [commitment.pk for commitment in listed_commitments(response)]


def test_commitment_list_puts_the_open_first_by_due_date_and_says_by_how_much_it_is_overdue(client):
    settled = CommitmentFactory(done=True, made__due_on=date(2021, 12, 1))
    undated = CommitmentFactory()
    soon = CommitmentFactory(made__due_on=date(2022, 2, 1))
    overdue = CommitmentFactory(made__due_on=date(2022, 1, 16))
    client.force_login(ObserverFactory())

    response = client.get(reverse("commitment_list"))

    assert listed_keys(response) == [row.pk for row in (overdue, soon, undated, settled)]
    assert "Overdue by 12 days" in response.text
    assert "No due date agreed" in response.text
    assert "Verified done" in response.text


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("", ["police", "justice", "us"]),
        ("?status=overdue", ["police"]),
        ("?ministry=united_states", ["us"]),
        ("?pillar=protection", ["justice"]),
        ("?pillar=protection&status=overdue", []),
        ("?status=nonsense", ["police", "justice", "us"]),
        ("?recommendation=protection", ["justice"]),
        ("?due_from=2022-01-02", ["justice"]),
        ("?due_to=2022-02-28", ["police"]),
        ("?q=focal+points", ["police"]),
        ("?q=shel+FUND", ["justice"]),
        ("?q=police&status=overdue", ["police"]),
        ("?sort=text", ["us", "police", "justice"]),
        ("?sort=newest", ["justice", "us", "police"]),
        ("?sort=overdue", ["police", "justice", "us"]),
        ("?sort=moved", ["justice", "police", "us"]),
        ("?due_to=2022-02-28&due_from=soon", ["police"]),
        ("?due_from=2022-02-01&due_to=2022-01-01", ["justice"]),
        (f"?q={'focal' * 50}", ["police", "justice", "us"]),
    ],
)
def test_commitment_list_is_narrowed_by_its_address(client, query, names):
    protection = RecommendationFactory(terms__pillar=Pillar.PROTECTION)
    towards_protection = [BenchmarkFactory(recommendation=protection), BenchmarkFactory(recommendation=protection)]
    rows = {
        "police": CommitmentFactory(
            text="Name focal points of the police", made__due_on=date(2022, 1, 1), made__happened_on=date(2021, 11, 8)
        ),
        "justice": CommitmentFactory(
            text="Open a fund for shelters",
            made__due_on=date(2022, 2, 1),
            made__happened_on=date(2021, 12, 2),
            benchmarks=towards_protection,
        ),
        "us": CommitmentFactory(text="Advise", united_states=True, made__happened_on=date(2021, 12, 1)),
    }
    CommitmentEventFactory(
        commitment=rows["justice"],
        kind=CommitmentEventKind.RESCHEDULED,
        happened_on=date(2021, 12, 3),
        due_on=date(2022, 3, 1),
    )
    client.force_login(OfficerFactory())

    asked = query.replace("recommendation=protection", f"recommendation={protection.pk}")
    response = client.get(reverse("commitment_list") + asked)

    assert listed_keys(response) == [rows[name].pk for name in names]


@pytest.mark.parametrize("word", ["status", "ministry", "pillar"])
def test_commitment_list_says_of_a_word_it_does_not_know_that_it_narrows_nothing(client, word):
    CommitmentFactory(text="Shown all the same.")
    client.force_login(OfficerFactory())

    text = client.get(f"{reverse('commitment_list')}?{word}=nonsense").text

    assert "This choice does not exist and was ignored. Choose from the list." in text
    assert "Select a valid choice" not in text
    assert "Shown all the same." in text


def test_commitment_list_is_narrowed_to_one_ministry(client):
    CommitmentFactory()
    wanted = CommitmentFactory()
    client.force_login(OfficerFactory())

    response = client.get(f"{reverse('commitment_list')}?ministry={wanted.ministry_id}")

    assert listed_keys(response) == [wanted.pk]
    assert f'<option value="{wanted.ministry_id}" selected>' in response.text


def test_commitment_list_answers_htmx_with_its_rows_alone(client):
    CommitmentFactory(text="Train the judges.")
    client.force_login(OfficerFactory())

    response = client.get(reverse("commitment_list"), headers={"HX-Request": "true"})

    assert "Train the judges." in response.text
    assert "<html" not in response.text
    assert "HX-Request" in response.headers["Vary"]


def test_commitment_list_says_what_to_do_where_nothing_fits(client):
    client.force_login(OfficerFactory())
    EditionFactory()

    assert "No commitments are recorded yet." in client.get(reverse("commitment_list")).text
    assert "No commitment matches your filters." in client.get(f"{reverse('commitment_list')}?status=overdue").text


def test_commitment_list_comes_in_pages_that_keep_the_filter(client):
    for _ in range(26):
        CommitmentFactory(ministry=MinistryFactory(short_name="Police"), made__due_on=date(2022, 1, 1))
    client.force_login(OfficerFactory())

    first = client.get(f"{reverse('commitment_list')}?status=overdue")
    second = client.get(f"{reverse('commitment_list')}?status=overdue&page=2")

    assert (len(listed_commitments(first)), len(listed_commitments(second))) == (25, 1)
    assert "?status=overdue&amp;page=2" in first.text


def test_commitment_list_of_a_ministry_holds_its_own_alone_and_counts_no_internal_evidence(client):
    own = CommitmentFactory(text="Ours.")
    CommitmentFactory(text="Another's.")
    EvidenceFactory(commitment=own, sensitivity=Sensitivity.INTERNAL)
    EvidenceFactory(commitment=own, sensitivity=Sensitivity.SHARED)
    client.force_login(FocalPointFactory(ministry=own.ministry))

    response = client.get(reverse("commitment_list"))

    assert [(c.pk, c.evidence_count) for c in listed_commitments(response)] == [(own.pk, 1)]
    assert "ministry" not in response.context["filter"].fields
    assert "Another" not in response.text


@pytest.mark.parametrize("is_ministrys", [False, True])
def test_evidence_of_returned_and_withdrawn_versions_is_not_counted(client, is_ministrys):
    commitment = CommitmentFactory(dialogue=DialogueFactory())
    for ending in ({"withdrawn": True}, {"returned": True}, {"accepted": True}):
        version = UpdateVersionFactory(update__commitment=commitment, **ending)
        EvidenceFactory(update_version=version, commitment=commitment)
    EvidenceFactory(commitment=commitment, sensitivity=Sensitivity.SHARED)
    client.force_login(FocalPointFactory(ministry=commitment.ministry) if is_ministrys else OfficerFactory())

    response = client.get(reverse("commitment_list"))
    dialogue = client.get(reverse("dialogue_detail", args=[commitment.dialogue_id]))

    assert [c.evidence_count for c in listed_commitments(response)] == [2]
    assert [line.commitment.evidence_count for line in dialogue.context["commitments"]] == [2]


@pytest.mark.parametrize("count", [1, 3])
def test_commitment_list_query_count(client, django_assert_num_queries, count):
    for _ in range(count):
        row = CommitmentFactory(benchmarks=[BenchmarkFactory()])
        EvidenceFactory(commitment=row)
        UpdateVersionFactory(update__commitment=row)
    client.force_login(OfficerFactory())

    # session, user, zone; ministries, all keys, all statuses, edition, permission; tasks, name of the post; saved
    # filters; for the rows of the page: pieces of evidence, commitments, events, versions of updates
    with django_assert_num_queries(19):
        response = client.get(edition_url("commitment_list"))

    assert len(listed_commitments(response)) == count


@pytest.mark.parametrize("is_shared", [True, False])
def test_commitment_list_and_its_export_say_what_reversed_a_commitment_that_was_kept(client, is_shared):
    """A ministry reads it only if it may read the finding."""
    benchmark = BenchmarkFactory()
    kept, other = (CommitmentFactory(done=True, benchmarks=[benchmark]) for _ in range(2))
    EvidenceFactory(
        commitment=kept, supports=[benchmark], verified=True,
        happened_from=date(2021, 12, 1), happened_to=date(2021, 12, 1),
    )  # fmt: skip
    EvidenceFactory(
        title="Rules taken back", commitment=kept, supports=[benchmark], supports__shows=SupportKind.NO_ACTION,
        verified=True, happened_from=date(2022, 1, 12), happened_to=date(2022, 1, 12),
        sensitivity=Sensitivity.SHARED if is_shared else Sensitivity.INTERNAL,
    )  # fmt: skip
    since = "Since then: Rules taken back, 12 January 2022."

    client.force_login(OfficerFactory())
    page = client.get(reverse("commitment_list"))
    assert {line.commitment.pk: line.since for line in page.context["lines"]} == {kept.pk: since, other.pk: ""}
    assert page.text.count(f"Reversed. {since}") == 1
    table = b"".join(client.get(edition_url("commitment_list", query={"as": "csv"}))).decode()
    assert table.count(since) == 1

    client.force_login(FocalPointFactory(ministry=kept.ministry))
    own = client.get(reverse("commitment_list"))
    assert [line.since for line in own.context["lines"]] == [since if is_shared else ""]
    assert ("Rules taken back" in own.text) is is_shared
