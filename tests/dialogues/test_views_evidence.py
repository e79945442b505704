"""The page of a piece of evidence with its reviews, and its file."""

from datetime import date
from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from dialogues.actions.redactions import confirm_redaction, propose_redaction
from dialogues.choices import DoneBy, EvidenceDecision, Sensitivity
from recommendations.choices import EffortQuestion
from tests.dialogues.sample_files import PDF
from tests.edition_urls import edition_url
from tests.factories import (
    AmbassadorFactory,
    BenchmarkFactory,
    CommitmentFactory,
    CountryFactory,
    EvidenceFactory,
    EvidenceFileFactory,
    EvidenceReviewFactory,
    FocalPointFactory,
    IndicatorFactory,
    ObserverFactory,
    OfficerFactory,
    ReadingFactory,
    UpdateVersionFactory,
    at_noon,
)
from tests.query_counts import LOG_ENTRY
from tests.refusals import shows_refusal
from tests.transactions import record_log_entry
from tiptracker.audit.models import AuditEntry

pytestmark = pytest.mark.django_db


def row_url(name, row):
    return reverse(name, args=[row.pk])


# --- One piece --------------------------------------------------------------------------------------------------------


def test_evidence_detail_shows_what_it_supports_and_the_word_on_that(client):
    benchmark = BenchmarkFactory(terms__criterion="In force.")
    evidence = EvidenceFactory(supports=[benchmark], verified=True, file=EvidenceFileFactory())
    client.force_login(ObserverFactory())

    text = client.get(row_url("evidence_detail", evidence)).text

    assert f"{benchmark.key} In force." in text
    assert "It shows: A concrete action." in text
    assert "Seen with our own eyes." in text
    assert evidence.file.stored_sha256 in text
    assert "Save review" not in text


def test_evidence_detail_offers_a_review_to_everybody_who_may_but_its_recorder(client):
    officer, other = OfficerFactory(), OfficerFactory(email="other@example.com")
    evidence = EvidenceFactory(supports=[BenchmarkFactory()], recorded_by=officer)
    for user, offered in ((officer, False), (other, True), (AmbassadorFactory(), True), (ObserverFactory(), False)):
        client.force_login(user)
        text = client.get(row_url("evidence_detail", evidence)).text
        assert ("Save review" in text) == offered
        assert ("You recorded this, so a colleague has to verify it." in text) == (user == officer)


def test_evidence_detail_of_an_update_that_waits_leads_to_its_review(client):
    sent = UpdateVersionFactory()
    evidence = EvidenceFactory(update_version=sent, supports=[BenchmarkFactory()])
    client.force_login(OfficerFactory())

    text = client.get(row_url("evidence_detail", evidence)).text

    assert "Save review" not in text
    assert f'<a href="{row_url("version_detail", sent)}">Review it with the update</a>' in text
    client.force_login(ObserverFactory())
    text = client.get(row_url("evidence_detail", evidence)).text
    assert f'<a href="{row_url("version_detail", sent)}">an update</a>. An officer reviews both together.' in text


def test_evidence_detail_gives_a_ministry_what_it_sent_and_the_answer(client):
    sent = UpdateVersionFactory(accepted=True)
    evidence = EvidenceFactory(update_version=sent, supports=[BenchmarkFactory()], verified=True)
    review = evidence.reviews.first()
    client.force_login(FocalPointFactory(ministry=sent.update.commitment.ministry))

    text = client.get(row_url("evidence_detail", evidence)).text

    assert evidence.title in text
    assert review.reason in text
    for secret in ("It shows", "concrete action", "Who may see it", review.recorded_by.name, "SHA-256", "Save"):
        assert secret not in text, secret


@pytest.mark.parametrize("count", [1, 2])
def test_evidence_detail_offers_each_file_once(client, count):
    sent = UpdateVersionFactory()
    files = [EvidenceFileFactory(name=f"{number}.pdf") for number in range(count)]
    of_files = [EvidenceFactory(update_version=sent, file=file) for file in files]
    figure = ReadingFactory(update_version=sent, evidence=EvidenceFactory(update_version=sent)).evidence
    client.force_login(OfficerFactory())

    text = client.get(row_url("evidence_detail", of_files[0] if count == 1 else figure)).text

    assert [text.count(f'href="{row_url("evidence_file", file)}"') for file in files] == [1] * count


@pytest.mark.parametrize("reads", ["the embassy", "the ministry"])
def test_evidence_detail_of_a_figure_leads_to_the_files_that_came_with_it(client, reads):
    sent = UpdateVersionFactory()
    figure = ReadingFactory(update_version=sent, evidence=EvidenceFactory(update_version=sent)).evidence
    proof = EvidenceFactory(update_version=sent, file=EvidenceFileFactory(name="posts.pdf"))
    EvidenceFactory(update_version=sent, file=EvidenceFileFactory(name="map.pdf"))
    other = UpdateVersionFactory(update__commitment=sent.update.commitment)
    EvidenceFactory(update_version=other, file=EvidenceFileFactory(name="other.pdf"))
    ministry = FocalPointFactory(ministry=sent.update.commitment.ministry)
    client.force_login(OfficerFactory() if reads == "the embassy" else ministry)

    text = client.get(row_url("evidence_detail", figure)).text

    assert (row_url("evidence_file", proof.file) in text, "map.pdf" in text, "other.pdf" in text) == (True, True, False)
    assert (row_url("version_detail", sent) in text) == (reads == "the embassy")
    assert "map.pdf" not in client.get(row_url("evidence_detail", proof)).text


def test_evidence_detail_of_shared_evidence_gives_a_ministry_no_review(client):
    commitment = CommitmentFactory()
    evidence = EvidenceFactory(
        commitment=commitment, sensitivity=Sensitivity.SHARED, supports=[BenchmarkFactory()], verified=True
    )
    client.force_login(FocalPointFactory(ministry=commitment.ministry))

    text = client.get(row_url("evidence_detail", evidence)).text

    assert evidence.title in text
    assert "Seen with our own eyes." not in text


def test_evidence_detail_is_404_for_people_who_may_not_see_it(client):
    commitment = CommitmentFactory()
    evidence = EvidenceFactory(commitment=commitment, sensitivity=Sensitivity.INTERNAL)
    elsewhere = OfficerFactory(countries=[CountryFactory(elsewhere=True)])
    for user in (FocalPointFactory(ministry=commitment.ministry), FocalPointFactory(), elsewhere):
        client.force_login(user)
        assert client.get(row_url("evidence_detail", evidence)).status_code == 404
        assert client.post(row_url("evidence_review", evidence), {}).status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_evidence_detail_query_count(client, django_assert_num_queries, count):
    evidence = EvidenceFactory(supports=[BenchmarkFactory() for _ in range(count)], verified=True)
    for _ in range(count):
        ReadingFactory(evidence=evidence)
    client.force_login(OfficerFactory())

    # session, user, zone; evidence, evidence links, benchmarks, terms, reviews, readings; edition, may review;
    # own figures (once a line, once for the page), tasks, post; that it was opened, in the log; may put right; who has
    # opened it, its history; may redact, what is proposed to go; what was told before, its reviews
    with django_assert_num_queries(26 + LOG_ENTRY + 2):
        response = client.get(row_url("evidence_detail", evidence))

    assert len(response.context["lines"]) == count + 1


@pytest.mark.parametrize("count", [1, 3])
def test_evidence_detail_of_a_figure_query_count(client, django_assert_num_queries, count):
    sent = UpdateVersionFactory()
    figure = ReadingFactory(update_version=sent, evidence=EvidenceFactory(update_version=sent)).evidence
    for _ in range(count):
        EvidenceFactory(update_version=sent, file=EvidenceFileFactory())
    client.force_login(OfficerFactory())

    # session, user, zone; evidence, evidence links, reviews, readings; files, scans of them; edition; as it waits, own
    # figures; tasks, post; that it was opened, in the log; who has opened it, its history; may redact, what is
    # proposed to go; what was told before, its reviews
    with django_assert_num_queries(17 + LOG_ENTRY + 2):
        response = client.get(row_url("evidence_detail", figure))

    assert len(response.context["files"]) == count


@pytest.mark.parametrize("answer", ["returned", "accepted", None])
def test_evidence_says_that_its_update_was_returned(client, answer):
    own = FocalPointFactory()
    commitment = CommitmentFactory(ministry=own.ministry)
    sent = UpdateVersionFactory(update__commitment=commitment, **({answer: True} if answer else {}))
    client.force_login(own)

    text = client.get(row_url("evidence_detail", EvidenceFactory(update_version=sent, commitment=commitment))).text

    assert ("The embassy returned the update that this came with." in text) is (answer == "returned")


@pytest.mark.parametrize("reader", [OfficerFactory, ObserverFactory])
def test_evidence_of_a_returned_update_does_not_promise_to_count(client, reader):
    piece = EvidenceFactory(update_version=UpdateVersionFactory(returned=True), supports=[BenchmarkFactory()])
    ReadingFactory(evidence=piece, indicator=IndicatorFactory(question=EffortQuestion.PROSECUTIONS))
    client.force_login(reader())

    text = client.get(row_url("evidence_detail", piece)).text

    assert "This does not count until the ministry sends it again and the embassy verifies it." in text
    assert "will count once another person" not in text
    assert "Not reviewed" not in text
    assert "status--returned" in text


def test_opening_evidence_is_logged_and_shown_to_the_embassy(client):
    evidence = EvidenceFactory(file=EvidenceFileFactory())
    focal_point = FocalPointFactory(name="Nthabiseng of the ministry")
    sent = EvidenceFactory(update_version=UpdateVersionFactory(update__commitment__ministry=focal_point.ministry))
    client.force_login(ObserverFactory(name="Somebody in Washington"))
    text = client.get(row_url("evidence_detail", evidence)).text
    assert "Who has opened it" not in text
    client.get(row_url("evidence_file", evidence.file))
    client.get(row_url("evidence_detail", evidence))
    client.force_login(focal_point)
    assert "Who has opened it" not in client.get(row_url("evidence_detail", sent)).text

    client.force_login(AmbassadorFactory(name="The ambassador"))
    opened = client.get(row_url("evidence_detail", evidence))

    assert [(opening.actor, opening.action, opening.times) for opening in opened.context["openings"]] == [
        ("The ambassador", "Opened evidence", 1),
        ("Somebody in Washington", "Opened evidence", 2),
        ("Somebody in Washington", "Downloaded a file", 1),
    ]
    twice = opened.context["openings"][1]
    theirs = AuditEntry.objects.filter(verb="evidence.viewed", by__name="Somebody in Washington").order_by("number")
    assert [twice.first_at, twice.last_at] == [entry.at for entry in theirs]
    assert opened.text.count('<th scope="row">Somebody in Washington</th>') == 2
    assert opened.context["history"] == []
    newest = AuditEntry.objects.filter(by__name="Somebody in Washington").last()
    assert reverse("log_detail", args=[newest.number]) in opened.text
    assert f"record=dialogues.evidence&amp;row={evidence.pk}" in opened.text
    theirs = client.get(row_url("evidence_detail", sent)).text
    assert '<th scope="row">Nthabiseng of the ministry</th>' in theirs


def test_the_api_tells_the_log_who_opened_evidence(client):
    evidence, officer = EvidenceFactory(), OfficerFactory()
    client.force_login(officer)

    client.get(reverse("evidence-list"))
    client.get(reverse("evidence-detail", args=[evidence.pk]))

    assert list(AuditEntry.objects.values_list("verb", "by", "row")) == [
        ("list.read", officer.pk, ""),
        ("evidence.viewed", officer.pk, str(evidence.pk)),
    ]


def test_evidence_that_is_not_seen_is_not_opened(client):
    client.force_login(FocalPointFactory())

    client.get(row_url("evidence_detail", EvidenceFactory()))

    assert not AuditEntry.objects.exists()


def test_the_page_of_evidence_lists_its_last_ten_readers(client):
    evidence, officer = EvidenceFactory(), OfficerFactory(name="Newest of all")
    for number in range(12):
        with transaction.atomic():
            reader = ObserverFactory(name=f"Reader {number}")
            record_log_entry("evidence.viewed", by=reader, row=evidence, country=evidence.country)
    client.force_login(officer)

    openings = client.get(row_url("evidence_detail", evidence)).context["openings"]

    assert [opening.actor for opening in openings] == [
        "Newest of all",
        *(f"Reader {number}" for number in range(11, 2, -1)),
    ]


def test_the_history_of_evidence_goes_by_the_demonstrations_clock(client):
    evidence = EvidenceFactory()
    client.force_login(OfficerFactory())
    client.get(row_url("evidence_detail", evidence))

    text = client.get(row_url("evidence_detail", evidence)).text

    assert ">28 Jan 2022, 09:" in text
    assert f" {timezone.now().year}," not in text


# --- Its review -------------------------------------------------------------------------------------------------------


def decision_data(evidence_link, **changed):
    prefix = f"evidence_link-{evidence_link.pk}"
    said = {"decision": "verified", "reason": "We saw the minutes.", **changed}
    return {f"{prefix}-{name}": value for name, value in said.items()}


def evidence_with_three_links():
    evidence = EvidenceFactory(supports=[BenchmarkFactory() for _ in range(3)])
    return evidence, *evidence.evidence_links.all()


def test_evidence_review_verifies_one_evidence_link_and_leaves_the_others_open(client):
    evidence, first, second, _third = evidence_with_three_links()
    client.force_login(AmbassadorFactory())
    page = client.get(row_url("evidence_detail", evidence)).text
    assert page.count("Save review") == 1
    assert "What you leave empty stays open." in page

    response = client.post(
        row_url("evidence_review", evidence), decision_data(first) | decision_data(second, decision="", reason=" ")
    )

    assert response.headers["Location"] == row_url("evidence_detail", evidence)
    assert [(review.evidence_link, review.decision) for review in evidence.reviews.all()] == [
        (first, EvidenceDecision.VERIFIED)
    ]


def test_evidence_review_takes_all_decisions_at_once(client):
    evidence, first, _second, third = evidence_with_three_links()
    ReadingFactory(evidence=evidence)
    client.force_login(AmbassadorFactory())
    itself = {"evidence-decision": "verified", "evidence-reason": "The register has it."}

    response = client.post(
        row_url("evidence_review", evidence),
        decision_data(first) | decision_data(third, decision="rejected", reason="Only planned.") | itself,
        follow=True,
    )

    told = (
        f"You verified it for benchmark {first.benchmark.key}. You rejected it for benchmark {third.benchmark.key}. "
        "You verified the evidence."
    )
    assert told in response.text
    assert {(review.evidence_link, review.decision, review.reason) for review in evidence.reviews.all()} == {
        (first, EvidenceDecision.VERIFIED, "We saw the minutes."),
        (third, EvidenceDecision.REJECTED, "Only planned."),
        (None, EvidenceDecision.VERIFIED, "The register has it."),
    }


@pytest.mark.parametrize(
    ("wrong", "says_why"),
    [
        ({"reason": ""}, lambda page: "In your own words: Choose a reason, or write one." in page.text),
        ({"seen": "0"}, lambda page: shows_refusal(page, "edit_conflict")),
    ],
)
def test_evidence_review_keeps_no_decision_where_one_is_refused_and_loses_none(client, wrong, says_why):
    evidence, first, second, third = evidence_with_three_links()
    standing = EvidenceReviewFactory(evidence_link=second, decision=EvidenceDecision.REJECTED)
    client.force_login(OfficerFactory())

    response = client.post(
        row_url("evidence_review", evidence),
        decision_data(first, reason="Kept as typed.") | decision_data(second, **({"seen": standing.pk} | wrong)),
    )

    assert response.status_code == 422
    assert says_why(response)
    assert "Kept as typed." in response.text
    chosen = {line.evidence_link: line.form["decision"].value() for line in response.context["lines"]}
    assert chosen == {first: "verified", second: "verified", third: None}
    assert list(evidence.reviews.all()) == [standing]
    assert "Choose one." not in response.text
    assert "Review it again" not in response.text


def test_evidence_review_of_nothing_asks_for_the_first_that_is_open(client):
    evidence, first, second, _third = evidence_with_three_links()
    EvidenceReviewFactory(evidence_link=first)
    client.force_login(OfficerFactory())

    response = client.post(row_url("evidence_review", evidence), {})

    assert response.status_code == 422
    wrong = {line.evidence_link: set(line.form.errors) for line in response.context["lines"] if line.form.is_bound}
    assert wrong == {second: {"decision", "reason"}}
    assert evidence.reviews.count() == 1


def test_evidence_review_goes_on_to_the_next_once_nothing_of_it_is_open(client):
    evidence, first, second, third = evidence_with_three_links()
    client.force_login(OfficerFactory())

    assert client.post(row_url("evidence_review", evidence), decision_data(first)).headers["Location"] == row_url(
        "evidence_detail", evidence
    )
    done = client.post(
        row_url("evidence_review", evidence),
        decision_data(second, reason="", because="document") | decision_data(third),
    )
    assert done.headers["Location"] == edition_url("my_tasks_next", query={"after": f"evidence-{evidence.pk}"})
    assert second.reviews.get().reason == "The embassy saw the official document."
    newest = first.reviews.get().pk  # looked at again, it leads nowhere else
    again = client.post(row_url("evidence_review", evidence), decision_data(first, decision="rejected", seen=newest))
    assert again.headers["Location"] == row_url("evidence_detail", evidence)


def test_evidence_review_states_the_first_day_where_the_evidence_lacks_it(client):
    evidence = EvidenceFactory(happened_from=None, supports=[BenchmarkFactory()])
    client.force_login(OfficerFactory())

    client.post(
        row_url("evidence_review", evidence), decision_data(evidence.evidence_links.get(), first_on="2022-01-03")
    )

    assert evidence.reviews.get().first_on == date(2022, 1, 3)


def test_evidence_review_of_the_evidence_itself_needs_no_evidence_link(client):
    evidence = EvidenceFactory()
    client.force_login(OfficerFactory())

    client.post(
        row_url("evidence_review", evidence), {"evidence-decision": "rejected", "evidence-reason": "No such register."}
    )

    assert [(review.evidence_link, review.decision) for review in evidence.reviews.all()] == [
        (None, EvidenceDecision.REJECTED)
    ]


def test_evidence_review_refuses_beside_the_field_and_keeps_what_was_typed(client):
    evidence = EvidenceFactory(supports=[BenchmarkFactory()])
    evidence_link = evidence.evidence_links.get()
    client.force_login(OfficerFactory())

    response = client.post(
        row_url("evidence_review", evidence), decision_data(evidence_link, decision="", reason="We were there.")
    )

    assert response.status_code == 422
    assert "Choose one." in response.text
    assert "We were there." in response.text
    assert not evidence.reviews.exists()


def test_evidence_review_of_ones_own_is_refused_with_a_sentence(client):
    officer = OfficerFactory()
    evidence = EvidenceFactory(supports=[BenchmarkFactory()], recorded_by=officer)
    client.force_login(officer)

    response = client.post(row_url("evidence_review", evidence), decision_data(evidence.evidence_links.get()))

    assert response.status_code == 422
    assert shows_refusal(response, "needs_second_person")
    assert not evidence.reviews.exists()


def test_evidence_review_of_a_evidence_link_of_other_evidence_is_refused(client):
    evidence, other = EvidenceFactory(), EvidenceFactory(supports=[BenchmarkFactory()])
    client.force_login(OfficerFactory())

    assert (
        client.post(row_url("evidence_review", evidence), decision_data(other.evidence_links.get())).status_code == 422
    )
    assert not evidence.reviews.exists()
    assert not other.reviews.exists()


def test_the_second_to_review_sees_what_the_first_said_and_loses_nothing(client):
    evidence = EvidenceFactory(supports=[BenchmarkFactory()])
    evidence_link = evidence.evidence_links.get()
    client.force_login(OfficerFactory())
    EvidenceReviewFactory(
        evidence_link=evidence_link, decision=EvidenceDecision.REJECTED, reason="The minutes are forged."
    )

    first = client.post(row_url("evidence_review", evidence), decision_data(evidence_link, seen="0"))

    assert first.status_code == 422
    assert shows_refusal(first, "edit_conflict")
    assert "The minutes are forged." in first.text
    assert "We saw the minutes." in first.text

    seen = next(line.form["seen"].value() for line in first.context["lines"])
    assert client.post(row_url("evidence_review", evidence), decision_data(evidence_link, seen=seen)).status_code == 302
    assert evidence.reviews.last().decision == EvidenceDecision.VERIFIED


def test_evidence_review_is_403_for_people_who_may_only_read_it(client):
    sent = UpdateVersionFactory(accepted=True)
    evidence = EvidenceFactory(update_version=sent, supports=[BenchmarkFactory()])
    evidence_link = evidence.evidence_links.get()
    colleague = FocalPointFactory(ministry=sent.update.commitment.ministry)
    for user in (ObserverFactory(), AmbassadorFactory(), colleague, evidence.recorded_by):
        client.force_login(user)
        assert client.post(row_url("evidence_review", evidence), decision_data(evidence_link)).status_code == 403
        assert client.post(row_url("evidence_review", evidence), {}).status_code == 403
    # Whoever signs in again after sending comes back by GET: to the page that holds the form.
    assert client.get(row_url("evidence_review", evidence)).headers["Location"] == row_url("evidence_detail", evidence)


# --- The file ---------------------------------------------------------------------------------------------------------


def test_evidence_file_comes_as_it_was_sent_and_is_never_run_here(client):
    kept = EvidenceFileFactory(content=PDF, name="Lengolo la ’Muso.pdf")
    EvidenceFactory(file=kept)
    client.force_login(ObserverFactory())

    response = client.get(row_url("evidence_file", kept))

    assert b"".join(response.streaming_content) == PDF
    assert response.headers["Content-Type"] == "application/pdf"
    assert response.headers["Content-Disposition"] == ("attachment; filename*=utf-8''Lengolo%20la%20%E2%80%99Muso.pdf")
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert "no-store" in response.headers["Cache-Control"]


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("letter.pdf", 'attachment; filename="letter.pdf"'),
        ('a "b".pdf', 'attachment; filename="a \\"b\\".pdf"'),
        ("l’Éta.pdf", "attachment; filename*=utf-8''l%E2%80%99%C3%89ta.pdf"),
    ],
)
def test_evidence_file_keeps_its_name_and_is_never_shown_in_place(client, name, told):
    """RFC 6266, 4.1 and 4.3; RFC 8187, 3.2."""
    kept = EvidenceFileFactory(name=name)
    EvidenceFactory(file=kept)
    client.force_login(ObserverFactory())

    assert client.get(row_url("evidence_file", kept)).headers["Content-Disposition"] == told


def test_an_altered_file_of_evidence_cannot_be_downloaded(client):
    kept = EvidenceFileFactory(content=PDF)
    EvidenceFactory(file=kept)
    Path(default_storage.path(kept.file.name)).write_bytes(b"another letter")
    client.force_login(ObserverFactory())

    response = client.get(row_url("evidence_file", kept))

    assert response.status_code == 409
    assert shows_refusal(response, "file_altered")
    assert "another letter" not in response.text
    assert response.headers["Content-Type"].startswith("text/html")


def test_a_destroyed_file_is_shown_with_its_day_and_hashes_and_without_a_link(client):
    officer = OfficerFactory()
    file = EvidenceFileFactory(name="names.pdf", received_sha256="c" * 64)
    sent = UpdateVersionFactory(accepted=True)
    evidence = EvidenceFactory(update_version=sent, file=file)
    client.force_login(officer)
    pages = [row_url("evidence_detail", evidence), row_url("version_detail", sent)]
    download, take_out = row_url("evidence_file", file), "Remove this file from the record"
    assert all(f'href="{download}"' in client.get(page).text for page in pages)
    assert take_out in client.get(pages[0]).text
    redaction = propose_redaction(
        country=evidence.country,
        words="",
        reason="It names somebody who was exploited.",
        files=[file],
        by=officer,
        now=at_noon(date(2022, 1, 27)),
    )
    confirm_redaction(redaction=redaction, by=AmbassadorFactory(), now=at_noon(date(2022, 1, 28)))

    for page in pages:
        text = client.get(page).text
        assert f"File {file.pk}, destroyed on <time" in text
        assert "28 January 2022" in text
        assert download not in text
    text = client.get(pages[0]).text
    assert take_out not in text
    assert file.stored_sha256 in text
    assert file.received_sha256 in text


def test_evidence_detail_tells_the_hash_of_what_was_sent_where_a_copy_was_cleaned(client):
    evidence = EvidenceFactory(file=EvidenceFileFactory(received_sha256="c" * 64))
    client.force_login(ObserverFactory())

    text = client.get(row_url("evidence_detail", evidence)).text
    assert evidence.file.stored_sha256 in text
    assert f'As received: <code class="hash">{"c" * 64}</code>' in text


def test_evidence_and_its_review_say_that_a_photograph_was_made_smaller(client):
    file = EvidenceFileFactory(name="yard.jpg", original_size=1_887_437)
    sent = UpdateVersionFactory()
    evidence = EvidenceFactory(update_version=sent, file=file)
    client.force_login(OfficerFactory())

    for page in (row_url("evidence_detail", evidence), row_url("version_detail", sent)):
        assert "made smaller from 1.8\xa0MB" in client.get(page).text


def test_evidence_file_goes_with_the_evidence_that_cites_it(client):
    sent = UpdateVersionFactory()
    internal = EvidenceFactory(commitment=sent.update.commitment, file=EvidenceFileFactory())
    own = EvidenceFactory(update_version=sent, file=EvidenceFileFactory(name="own.pdf"))
    ministry = FocalPointFactory(ministry=sent.update.commitment.ministry)
    for user, statuses in (
        (ministry, (404, 200)),
        (FocalPointFactory(), (404, 404)),
        (OfficerFactory(countries=[CountryFactory(elsewhere=True)]), (404, 404)),
        (OfficerFactory(), (200, 200)),
    ):
        client.force_login(user)
        answers = [client.get(row_url("evidence_file", row.file)) for row in (internal, own)]
        assert tuple(answer.status_code for answer in answers) == statuses
        assert all(b"".join(answer) for answer in answers)


def test_evidence_by_others_than_the_government_says_so(client):
    evidence = EvidenceFactory(done_by=DoneBy.INTERNATIONAL)
    client.force_login(OfficerFactory())
    assert "International organization" in client.get(row_url("evidence_detail", evidence)).text
