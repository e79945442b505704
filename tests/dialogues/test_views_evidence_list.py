"""The list of evidence: search, filters and sorting."""

import csv
import io
from datetime import date

import pytest
from django.urls import reverse

from dialogues.choices import DoneBy, EvidenceDecision, SupportKind
from tests.edition_urls import edition_url
from tests.factories import (
    BenchmarkFactory,
    CommitmentFactory,
    EvidenceFactory,
    EvidenceFileFactory,
    EvidenceLinkFactory,
    EvidenceReviewFactory,
    ImportedEntryFactory,
    ObserverFactory,
    OfficerFactory,
    ReadingFactory,
    RecommendationFactory,
    UpdateVersionFactory,
    at_noon,
)
from tiptracker.audit.models import AuditEntry

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def current_edition():
    """An edition that the pages belong to."""
    RecommendationFactory(number=99, lead=None)


def listed_titles(response):
    return [line.piece.title for line in response.context["lines"]]


def filtered_titles(client, **query):
    return listed_titles(client.get(reverse("evidence_list"), query))


@pytest.fixture
def client(client):
    client.force_login(ObserverFactory())
    return client


def test_evidence_list_tells_of_each_piece_what_it_shows_and_the_word_on_that(client):
    first, second = BenchmarkFactory(), BenchmarkFactory()
    piece = EvidenceFactory(
        title="A law", happened_from=date(2021, 3, 1), happened_to=date(2021, 5, 1), supports=[first, second]
    )
    evidence_link = piece.evidence_links.get(benchmark=first)
    EvidenceReviewFactory(
        evidence=piece,
        evidence_link=evidence_link,
        decision=EvidenceDecision.VERIFIED,
        recorded_at=at_noon(date(2021, 6, 1)),
    )
    EvidenceReviewFactory(
        evidence=piece,
        evidence_link=evidence_link,
        decision=EvidenceDecision.REJECTED,
        recorded_at=at_noon(date(2021, 7, 1)),
    )
    counted = ReadingFactory(verified=True)

    lines = {line.piece.pk: line for line in client.get(reverse("evidence_list")).context["lines"]}

    assert [(shown.key, shown.decision) for shown in lines[piece.pk].shown] == [
        (first.key, EvidenceDecision.REJECTED),
        (second.key, None),
    ]
    assert lines[piece.pk].outside == "it began before 1 April 2021"
    assert [(shown.shows, shown.decision) for shown in lines[counted.evidence_id].shown] == [
        (counted.indicator.name, EvidenceDecision.VERIFIED)
    ]


def test_evidence_list_shows_a_revision_in_place_of_what_it_revises(client):
    earlier = EvidenceFactory(title="As told first")
    EvidenceFactory(title="Put right", revises=earlier)

    assert filtered_titles(client) == ["Put right"]


def test_evidence_list_tells_the_post_how_many_opened_a_piece_and_when_last(client):
    piece, never = EvidenceFactory(file=EvidenceFileFactory()), EvidenceFactory(title="Never opened")
    for reader in (ObserverFactory(), ObserverFactory(), OfficerFactory()):
        client.force_login(reader)
        client.get(reverse("evidence_detail", args=[piece.pk]))
        client.get(reverse("evidence_detail", args=[piece.pk]))

    lines = {line.piece.pk: line for line in client.get(reverse("evidence_list")).context["lines"]}
    assert (lines[piece.pk].opened.people, lines[never.pk].opened) == (3, None)
    assert lines[piece.pk].opened.last_at == AuditEntry.objects.filter(verb="evidence.viewed").last().at
    before_the_move = {"verb": "evidence.viewed", "table": "dialogues.evidence", "log__country": piece.country}
    ImportedEntryFactory(by=ObserverFactory(), row_here=str(never.pk), **before_the_move)
    ImportedEntryFactory(by=reader, row_here=str(piece.pk), **before_the_move)
    client.force_login(OfficerFactory())  # the page of the other reader is kept
    lines = {line.piece.pk: line for line in client.get(reverse("evidence_list")).context["lines"]}
    assert (lines[piece.pk].opened.people, lines[never.pk].opened.people) == (3, 1)
    file = client.get(reverse("evidence_list"), {"as": "csv"}).content.decode()
    assert piece.file.received_sha256 in file
    assert piece.file.stored_sha256 in file
    client.force_login(ObserverFactory())
    response = client.get(reverse("evidence_list"))
    assert "Opened by" not in response.text
    assert {line.opened for line in response.context["lines"]} == {None}


@pytest.mark.kept_pages
def test_evidence_list_from_the_cache_tells_of_each_opening(client):
    piece = EvidenceFactory()
    reader, officer = ObserverFactory(), OfficerFactory()
    client.force_login(officer)
    before = [client.get(edition_url("evidence_list")).text for _ in range(2)]
    client.force_login(reader)
    client.get(reverse("evidence_detail", args=[piece.pk]))
    client.force_login(officer)
    after = [client.get(edition_url("evidence_list")).text for _ in range(2)]

    assert ["1 person, last on" in page for page in (*before, *after)] == [False, False, True, True]


@pytest.mark.kept_pages
def test_evidence_list_from_the_cache_looks_for_nothing(client, django_assert_max_num_queries):
    for _ in range(3):
        EvidenceFactory(title="Officers were trained", supports=[BenchmarkFactory()])
    client.force_login(OfficerFactory())
    address = edition_url("evidence_list", query={"q": "trained", "sort": "title"})
    first = client.get(address).text

    with django_assert_max_num_queries(7):  # as a list of commitments, and who opened the evidence
        again = client.get(address).text

    assert [page.count("Officers were trained") for page in (first, again)] == [3, 3]


def test_evidence_list_does_not_say_that_nobody_opened_what_was_reviewed_with_its_update(client):
    update = UpdateVersionFactory(accepted=True)
    EvidenceFactory(
        commitment=update.update.commitment, update_version=update, supports=[BenchmarkFactory()], verified=True
    )
    client.force_login(OfficerFactory())

    reviewed = client.get(reverse("evidence_list")).text
    EvidenceFactory()
    both = client.get(reverse("evidence_list")).text

    assert ("Page not opened" in reviewed, "Nobody yet" in reviewed) == (True, False)
    assert "Nobody yet" in both


def test_evidence_list_is_narrowed_by_its_address(client):
    benchmark = BenchmarkFactory()
    sent = UpdateVersionFactory(narrative="Officers were trained in Leribe.")
    EvidenceFactory(
        title="Course", kind="training", supports=[benchmark], happened_from=None, happened_to=date(2021, 10, 1)
    )
    EvidenceFactory(title="Update", kind="report", commitment=sent.update.commitment, update_version=sent)
    EvidenceFactory(title="Verified law", kind="law", verified=True, happened_from=None, happened_to=date(2021, 6, 1))
    EvidenceFactory(title="Partners’ course", kind="training", done_by="civil_society", commitment=CommitmentFactory())

    assert filtered_titles(client, q="leribe") == ["Update"]
    assert set(filtered_titles(client, q="course")) == {"Course", "Partners’ course"}
    assert filtered_titles(client, kind="law") == ["Verified law"]
    assert filtered_titles(client, done_by="civil_society") == ["Partners’ course"]
    assert filtered_titles(client, benchmark=benchmark.pk) == ["Course"]
    assert filtered_titles(client, word="verified") == ["Verified law"]
    assert "Verified law" not in filtered_titles(client, word="unreviewed")
    assert filtered_titles(client, word="rejected") == []
    assert filtered_titles(client, until="2021-06-01") == ["Verified law"]
    assert "Verified law" not in filtered_titles(client, since="2021-06-02")
    assert filtered_titles(client, sort="title") == sorted(["Course", "Partners’ course", "Update", "Verified law"])
    assert len(filtered_titles(client, kind="nonsense")) == 4


def test_evidence_list_calls_verified_only_what_the_newest_word_does(client):
    """A link that was verified and then rejected is rejected; evidence with both on two benchmarks is both."""
    first, second = BenchmarkFactory(), BenchmarkFactory()
    fallen = EvidenceFactory(title="Fallen", supports=[first])
    both = EvidenceFactory(title="Both", supports=[first, second])
    for piece, benchmark, decision, day in [
        (fallen, first, EvidenceDecision.VERIFIED, 1),
        (fallen, first, EvidenceDecision.REJECTED, 2),
        (both, first, EvidenceDecision.REJECTED, 1),
        (both, second, EvidenceDecision.VERIFIED, 1),
    ]:
        EvidenceReviewFactory(
            evidence=piece,
            evidence_link=piece.evidence_links.get(benchmark=benchmark),
            decision=decision,
            recorded_at=at_noon(date(2022, 1, day)),
        )
    figure = ReadingFactory(verified=True).evidence
    EvidenceReviewFactory(
        evidence=figure, evidence_link=None, decision=EvidenceDecision.REJECTED, recorded_at=at_noon(date(2022, 4, 30))
    )

    assert filtered_titles(client, word="verified") == ["Both"]
    assert set(filtered_titles(client, word="rejected")) == {"Fallen", "Both", figure.title}


def test_evidence_of_a_returned_update_is_called_returned_and_waits_for_no_review(client):
    benchmark = BenchmarkFactory()
    for title, ended in (("Waits", {}), ("Went back", {"returned": True}), ("Taken back", {"withdrawn": True})):
        EvidenceFactory(title=title, update_version=UpdateVersionFactory(**ended), supports=[benchmark])

    page = client.get(reverse("evidence_list"))

    assert {line.piece.title: line.shown[0].decision_in_words for line in page.context["lines"]} == {
        "Waits": "Not reviewed",
        "Went back": "Returned",
        "Taken back": "Withdrawn",
    }
    assert filtered_titles(client, word="unreviewed") == ["Waits"]
    assert filtered_titles(client, word="returned") == ["Went back"]
    assert filtered_titles(client, word="withdrawn") == ["Taken back"]


def test_evidence_list_says_when_a_verified_piece_was_rejected_or_corrected_later(client):
    benchmark = BenchmarkFactory()
    rejected = EvidenceFactory(title="Rejected", supports=[benchmark], verified=True)
    EvidenceReviewFactory(
        evidence_link=rejected.evidence_links.get(),
        decision=EvidenceDecision.REJECTED,
        recorded_at=at_noon(date(2022, 1, 14)),
    )
    first = EvidenceFactory(title="First", supports=[benchmark], verified=True)
    second = EvidenceFactory(title="Second", revises=first, recorded_at=at_noon(date(2022, 1, 16)))
    EvidenceFactory(title="Third", revises=second, supports=[benchmark], recorded_at=at_noon(date(2022, 1, 18)))
    EvidenceFactory(title="Verified", supports=[benchmark], verified=True)
    figure = ReadingFactory(verified=True).evidence
    EvidenceReviewFactory(evidence=figure, decision=EvidenceDecision.REJECTED, recorded_at=at_noon(date(2022, 4, 1)))

    response = client.get(reverse("evidence_list"))

    shown = {line.piece.title: line.shown[0] for line in response.context["lines"]}
    assert {title: (link.decision, link.reversal) for title, link in shown.items()} == {
        "Rejected": (EvidenceDecision.REJECTED, "Verified on 10 Jan 2022, rejected on 14 Jan 2022"),
        "Third": (None, "Verified on 10 Jan 2022, corrected on 16 Jan 2022"),
        "Verified": (EvidenceDecision.VERIFIED, ""),
        figure.title: (EvidenceDecision.REJECTED, "Verified on 31 Mar 2022, rejected on 1 Apr 2022"),
    }
    assert all(link.reversal in response.text for link in shown.values())
    exported = csv.DictReader(
        io.StringIO(client.get(reverse("evidence_list"), {"as": "csv"}).content.decode("utf-8-sig"))
    )
    assert {row["What happened"]: row["Reversed"] for row in exported} == {
        title: f"{link.key} {link.reversal}".strip() if link.reversal else "" for title, link in shown.items()
    }


def test_evidence_list_finds_the_verified_actions_of_the_government(client):
    def logged(title, shows, decision, **fields):
        piece = EvidenceFactory(title=title, supports=[BenchmarkFactory()], supports__shows=shows, **fields)
        for link in piece.evidence_links.all():
            EvidenceReviewFactory(evidence_link=link, decision=decision)
        return piece

    action, plan = SupportKind.ACTION, SupportKind.PLAN
    logged("Ours", action, EvidenceDecision.VERIFIED)
    logged("Joint", action, EvidenceDecision.VERIFIED, done_by=DoneBy.JOINT)
    logged("A plan", plan, EvidenceDecision.VERIFIED)
    logged("Rejected", action, EvidenceDecision.REJECTED)
    logged("Of others", action, EvidenceDecision.VERIFIED, done_by=DoneBy.CIVIL_SOCIETY)
    mixed = logged("Mixed", action, EvidenceDecision.REJECTED)
    other = EvidenceLinkFactory(evidence=mixed, benchmark=BenchmarkFactory(), shows=plan)
    EvidenceReviewFactory(evidence_link=other, decision=EvidenceDecision.VERIFIED)

    found = filtered_titles(client, shows=action.value, word="verified", done_by="by_government")

    assert sorted(found) == ["Joint", "Ours"]
    assert "A plan" in filtered_titles(client, shows=plan.value)


def test_evidence_list_exports_who_reviewed_each_piece_when_and_why(client):
    benchmark = BenchmarkFactory()
    piece = EvidenceFactory(title="A law", supports=[benchmark])
    review = EvidenceReviewFactory(evidence_link=piece.evidence_links.get(), reason="Read in the gazette.")

    text = client.get(reverse("evidence_list"), {"as": "csv"}).content.decode("utf-8-sig")
    (row,) = csv.DictReader(io.StringIO(text))

    assert (row["Number"], row["Benchmark"], row["What it shows"]) == (
        str(piece.pk),
        benchmark.key,
        "A concrete action",
    )
    assert (row["Review"], row["Reviewed by"], row["Reason"]) == (
        "Verified",
        review.recorded_by.name,
        "Read in the gazette.",
    )
    assert row["Last reviewed"]


@pytest.mark.parametrize("count", [1, 3])
def test_evidence_list_query_count(client, django_assert_num_queries, count):
    for _ in range(count):
        EvidenceFactory(supports=[BenchmarkFactory()], verified=True, commitment=CommitmentFactory())
        ReadingFactory(verified=True)
    client.force_login(OfficerFactory())

    with django_assert_num_queries(26):  # first which rows, then what they tell
        client.get(edition_url("evidence_list"))


def test_evidence_list_says_who_says_so_and_where(client):
    EvidenceFactory(title="A law", stated_by="Lesotho press", source="Public Eye, 14 May 2021")

    assert "Lesotho press: Public Eye, 14 May 2021" in client.get(reverse("evidence_list")).text
