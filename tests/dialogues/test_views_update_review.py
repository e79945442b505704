"""Review an update: claims beside evidence, accepted or returned item by item."""

import json
import re
from datetime import date

import pytest
from django.urls import reverse

from dialogues.choices import (
    ClaimedProgress,
    CommitmentEventKind,
    CommitmentStatus,
    EvidenceDecision,
    EvidenceKind,
    UpdateDecision,
)
from dialogues.decision_reasons import RejectionReason, ReturnReason, VerificationReason
from dialogues.models import EvidenceReview
from dialogues.views import update_review
from recommendations.choices import Rule
from tests.edition_urls import edition_url
from tests.factories import (
    AmbassadorFactory,
    AssessmentFactory,
    BenchmarkFactory,
    CommitmentEventFactory,
    CommitmentFactory,
    CountryFactory,
    EvidenceFactory,
    FocalPointFactory,
    IndicatorFactory,
    ObserverFactory,
    OfficerFactory,
    ReadingFactory,
    UpdateVersionDecisionFactory,
    UpdateVersionFactory,
)
from tests.query_counts import LOG_ENTRY
from tests.refusals import shows_refusal
from tiptracker.audit.models import AuditEntry

pytestmark = pytest.mark.django_db


def row_url(name, row):
    return reverse(name, args=[row.pk])


def waiting_version(*benchmarks, **fields):
    """An update version that waits, with one piece of evidence that supports each of `benchmarks`."""
    commitment = CommitmentFactory(benchmarks=benchmarks)
    sent = UpdateVersionFactory(update__commitment=commitment, **fields)
    EvidenceFactory(update_version=sent, supports=benchmarks)
    return sent


# --- One version ------------------------------------------------------------------------------------------------------


def test_version_detail_puts_the_claim_beside_its_evidence(client):
    benchmark = BenchmarkFactory(terms__criterion="Ten districts have one.")
    sent = waiting_version(benchmark, narrative="Six districts have one.")
    ReadingFactory(
        update_version=sent, evidence=sent.evidence.get(), indicator=IndicatorFactory(name="Focal points"), figure=6
    )
    client.force_login(OfficerFactory())

    text = client.get(row_url("version_detail", sent)).text

    assert "Six districts have one." in text
    assert sent.evidence.get().title in text
    assert f"{benchmark.key} Ten districts have one." in text
    assert "Figure: Focal points, 6" in text
    assert "Your decision on the figure: Focal points" in text
    assert text.count("Your decision") == 2
    assert f'hx-get="{row_url("version_simulation", sent)}"' in text
    assert f'<a href="{row_url("version_simulation", sent)}">' in text


def test_version_detail_calls_no_reason_optional_that_it_goes_on_to_ask_for(client):
    sent = waiting_version(BenchmarkFactory(), BenchmarkFactory())
    client.force_login(OfficerFactory())

    text = client.get(row_url("version_detail", sent)).text

    assert text.count("Give a reason here, or one reason for all items below.") == 2
    assert "A reason is needed if an item has none of its own" in text
    assert "(optional)" not in text


def test_version_detail_is_read_by_the_embassy_and_decided_by_its_officers(client):
    sent = waiting_version(BenchmarkFactory())
    for user, decides in ((OfficerFactory(), True), (AmbassadorFactory(), False), (ObserverFactory(), False)):
        client.force_login(user)
        text = client.get(row_url("version_detail", sent)).text
        assert ("Accept the update" in text, "Return to ministry" in text) == (decides, decides)
    client.force_login(OfficerFactory(countries=[CountryFactory(elsewhere=True)]))
    assert client.get(row_url("version_detail", sent)).status_code == 404


def test_version_detail_tells_what_came_before_it(client):
    first = waiting_version(BenchmarkFactory())
    UpdateVersionDecisionFactory(update_version=first, decision=UpdateDecision.RETURNED, reason="The list is missing.")
    second = UpdateVersionFactory(update=first.update)
    client.force_login(OfficerFactory())

    text = client.get(row_url("version_detail", second)).text

    assert "The list is missing." in text
    assert row_url("version_detail", first) in text


def test_opening_an_update_is_logged_and_shown_to_the_embassy(client):
    sent = waiting_version(BenchmarkFactory())
    client.force_login(ObserverFactory(name="Somebody in Washington"))
    assert "Who opened it" not in client.get(row_url("version_detail", sent)).text
    client.force_login(AmbassadorFactory(name="The ambassador"))

    page = client.get(row_url("version_detail", sent))

    told = AuditEntry.objects.for_rows(sent).values_list("verb", "by__name", "country")
    country = sent.update.commitment.country_id
    assert list(told) == [
        ("update.viewed", "Somebody in Washington", country),
        ("update.viewed", "The ambassador", country),
    ]
    assert [(past.actor, past.action) for past in page.context["history"]] == [
        ("The ambassador", "Opened an update"),
        ("Somebody in Washington", "Opened an update"),
    ]
    assert f"record=dialogues.updateversion&amp;row={sent.pk}" in page.text


def test_an_update_that_is_not_seen_is_not_opened(client):
    client.force_login(FocalPointFactory())
    sent = waiting_version(BenchmarkFactory())

    client.get(row_url("version_detail", sent))
    client.get(row_url("update-detail", sent.update))

    assert not AuditEntry.objects.exists()


def test_the_api_tells_the_log_who_opened_an_update_and_each_of_its_versions(client):
    first = UpdateVersionFactory(returned=True)
    second = UpdateVersionFactory(update=first.update, number=2)
    client.force_login(OfficerFactory())

    client.get(reverse("update-list"))
    client.get(row_url("update-detail", first.update))
    client.get(row_url("update-version-detail", second))

    assert list(AuditEntry.objects.exclude(verb="list.read").values_list("verb", "row")) == [
        ("update.viewed", str(first.pk)),
        ("update.viewed", str(second.pk)),
        ("update.viewed", str(second.pk)),
    ]


@pytest.mark.parametrize("count", [1, 3])
def test_version_detail_query_count(client, django_assert_num_queries, count):
    benchmarks = [BenchmarkFactory() for _ in range(count)]
    sent = waiting_version(*benchmarks)
    for _ in range(count - 1):
        EvidenceFactory(update_version=sent, supports=benchmarks)
    client.force_login(OfficerFactory())

    # session, user, zone; version, may decide, edition; evidence, evidence links, benchmarks, terms, reviews, readings;
    # readings of the version, earlier versions; tasks, name of the post; that it was opened, in the log; its history;
    # may redact, what is proposed to go; agreed proof
    with django_assert_num_queries(25 + LOG_ENTRY + 1):
        response = client.get(row_url("version_detail", sent))

    assert len(response.context["exhibits"]) == count


# --- Returning --------------------------------------------------------------------------------------------------------


def test_version_return_sends_it_back_with_a_reason(client):
    sent = waiting_version(BenchmarkFactory())
    client.force_login(OfficerFactory())

    response = client.post(row_url("version_return", sent), {"return-reason": "The list is missing."})

    assert response.headers["Location"] == edition_url("my_tasks_next", query={"after": f"version-{sent.pk}"})
    sent.refresh_from_db()
    assert (sent.decision.decision, sent.decision.reason) == (UpdateDecision.RETURNED, "The list is missing.")


def test_version_return_needs_a_reason(client):
    sent = waiting_version(BenchmarkFactory())
    client.force_login(OfficerFactory())

    response = client.post(row_url("version_return", sent), {"return-reason": " "})

    assert response.status_code == 422
    assert "What to change: Say what to change: choose a sentence, write your own" in response.text


def test_version_return_records_the_parts_that_an_officer_ticks(client):
    sent = waiting_version(BenchmarkFactory())
    (line,) = sent.evidence.get().evidence_links.all()
    client.force_login(OfficerFactory())
    posted = {
        f"evidence_link-{line.pk}-decision": "change",
        f"evidence_link-{line.pk}-reason": "Say which districts.",
        "return-parts": ["happened_from", "files"],
    }

    refused = client.post(row_url("version_return", sent), posted)
    assert refused.status_code == 422, "nothing says what to change in the parts that are ticked"
    assert refused.context["return_form"]["parts"].value() == ["happened_from", "files"]

    client.post(row_url("version_return", sent), posted | {"return-reason": "The two do not agree."})

    sent.refresh_from_db()
    assert sent.decision.reason.split("\n\n")[0] == "The two do not agree."
    assert sent.decision.parts == {"happened_from": [0], "files": [0], "narrative": [1]}
    logged = AuditEntry.objects.get(verb="update.returned").detail
    assert json.loads(logged.after)["parts"] == ["files", "happened_from", "narrative"]


def test_version_return_names_what_each_line_lacks_to_its_ministry(client):
    first, second = BenchmarkFactory(terms__criterion="Ten districts have one."), BenchmarkFactory()
    own = FocalPointFactory()
    commitment = CommitmentFactory(ministry=own.ministry, benchmarks=[first, second])
    sent = UpdateVersionFactory(update__commitment=commitment, recorded_by=own)
    piece = EvidenceFactory(update_version=sent, supports=[first, second], title="A list of officers")
    figure = EvidenceFactory(update_version=sent, title="Six officers")
    ReadingFactory(update_version=sent, evidence=figure)
    one, other = piece.evidence_links.all()
    client.force_login(OfficerFactory())
    typed = {
        f"evidence_link-{one.pk}-decision": "change",
        f"evidence_link-{one.pk}-because": ReturnReason.FIRST_DAY,
        f"evidence_link-{other.pk}-decision": "verified",
        f"evidence-{figure.pk}-decision": "change",
        f"evidence-{figure.pk}-because": ReturnReason.FIGURE,
        f"evidence-{figure.pk}-reason": "The list has five names.",
        "return-because": ReturnReason.PROOF,
        "return-reason": "Thank you for it.",
    }

    assert client.post(row_url("version_return", sent), typed).status_code == 302

    sent.refresh_from_db()
    assert sent.decision.reason == (
        "The proof is missing. Attach a document, a photograph or a list without names. Thank you for it.\n\n"
        "“A list of officers”, for “Ten districts have one.”: "
        "The start date is missing. Enter the day on which it began.\n\n"
        "“Six officers”: The figure does not agree with the file. Correct one of them. The list has five names."
    )
    assert not EvidenceReview.objects.exists()  # nobody's word on what may still be mended
    client.force_login(own)
    for page in (
        reverse("ministry_home"),
        row_url("update_send", commitment),
        row_url("commitment_detail", commitment),
    ):
        text = client.get(page).text
        assert "“A list of officers”, for “Ten districts have one.”: The start date is missing" in text, page


def test_version_return_is_refused_beside_the_line_and_keeps_all_that_was_typed(client):
    sent = waiting_version(BenchmarkFactory(), BenchmarkFactory(), BenchmarkFactory())
    first, second, third = sent.evidence.get().evidence_links.all()
    client.force_login(OfficerFactory())

    response = client.post(
        row_url("version_return", sent),
        {
            f"evidence_link-{first.pk}-decision": "change",
            f"evidence_link-{second.pk}-decision": "verified",
            f"evidence_link-{second.pk}-because": VerificationReason.SEEN,
            f"evidence_link-{third.pk}-reason": "Begun, and left.",
            "accept-reason": "What I would have said.",
            "return-reason": "Thank you.",
        },
    )

    assert response.status_code == 422
    lines = {line.evidence_link: line.form for exhibit in response.context["exhibits"] for line in exhibit.lines}
    assert {evidence_link: bool(form.errors) for evidence_link, form in lines.items()} == {
        first: True,
        second: False,
        third: False,
    }
    assert "Say what the ministry has to change: choose a sentence, or write your own." in response.text
    assert lines[second]["decision"].value() == "verified"
    assert '<option value="seen" selected>' in response.text
    for typed in ("Begun, and left.", "What I would have said.", "Thank you."):
        assert typed in response.text


# --- Accepting --------------------------------------------------------------------------------------------------------


def acceptance_data(sent, decision="verified", **changed):
    """Return the data of the form of acceptance, with one decision for every item."""
    typed = {
        f"evidence_link-{evidence_link.pk}-decision": decision
        for e in sent.evidence.all()
        for evidence_link in e.evidence_links.all()
    }
    return typed | {"accept-reason": "The list shows it."} | changed


def test_version_accept_gives_the_word_on_every_line(client):
    sent = waiting_version(BenchmarkFactory(), BenchmarkFactory())
    first, second = sent.evidence.get().evidence_links.all()
    client.force_login(OfficerFactory())

    response = client.post(
        row_url("version_accept", sent),
        acceptance_data(
            sent,
            **{
                f"evidence_link-{second.pk}-decision": "rejected",
                f"evidence_link-{second.pk}-reason": "Not what it shows.",
            },
        ),
    )

    assert response.headers["Location"] == edition_url("my_tasks_next", query={"after": f"version-{sent.pk}"})
    assert {(review.evidence_link, review.decision, review.reason) for review in sent.evidence.get().reviews.all()} == {
        (first, EvidenceDecision.VERIFIED, "The list shows it."),
        (second, EvidenceDecision.REJECTED, "Not what it shows."),
    }


def test_version_accept_verifies_the_figures_with_the_evidence_that_they_cite(client):
    sent = waiting_version(BenchmarkFactory())
    evidence = sent.evidence.get()
    ReadingFactory(update_version=sent, evidence=evidence)
    client.force_login(OfficerFactory())

    client.post(
        row_url("version_accept", sent), acceptance_data(sent, **{f"evidence-{evidence.pk}-decision": "verified"})
    )

    assert evidence.reviews.filter(evidence_link=None, decision=EvidenceDecision.VERIFIED).count() == 1


def test_version_accept_takes_one_figure_and_rejects_another(client):
    sent = waiting_version(BenchmarkFactory())
    pieces = [EvidenceFactory(update_version=sent, kind=EvidenceKind.STATISTIC) for _ in range(2)]
    for piece in pieces:
        ReadingFactory(update_version=sent, evidence=piece)
    client.force_login(OfficerFactory())
    assert client.get(row_url("version_detail", sent)).text.count("Your decision on the figure: ") == 2

    taken, refused = (f"evidence-{piece.pk}" for piece in pieces)
    told = {f"{taken}-decision": "verified", f"{refused}-decision": "rejected", f"{refused}-reason": "Counted twice."}
    client.post(row_url("version_accept", sent), acceptance_data(sent, **told))

    assert [(review.decision, review.reason) for piece in pieces for review in piece.reviews.all()] == [
        (EvidenceDecision.VERIFIED, "The list shows it."),
        (EvidenceDecision.REJECTED, "Counted twice."),
    ]


def test_version_accept_of_a_claim_that_it_is_done_verifies_it_done(client):
    sent = waiting_version(BenchmarkFactory(), claimed=ClaimedProgress.DONE)
    commitment = sent.update.commitment
    CommitmentEventFactory(
        commitment=commitment, kind=CommitmentEventKind.REPORTED_DONE, happened_on=sent.happened_on, update_version=sent
    )
    client.force_login(OfficerFactory())

    refused = client.post(row_url("version_accept", sent), acceptance_data(sent, "rejected"))
    assert refused.status_code == 422
    assert shows_refusal(refused, "nothing_verified")
    assert "The list shows it." in refused.text

    assert client.post(row_url("version_accept", sent), acceptance_data(sent)).status_code == 302
    assert commitment.standing_on(date(2022, 1, 28)).status == CommitmentStatus.VERIFIED


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"decision": ""}, "Choose one."),
        ({"accept-reason": ""}, "Write a reason in one sentence, here or once for all items below."),
    ],
)
def test_version_accept_refuses_beside_the_line_and_keeps_what_was_typed(client, changed, sentence):
    sent = waiting_version(BenchmarkFactory(), BenchmarkFactory())
    second = sent.evidence.get().evidence_links.last()
    client.force_login(OfficerFactory())

    typed = acceptance_data(sent, **{f"evidence_link-{second.pk}-reason": "Kept as typed."} | changed)
    typed[f"evidence_link-{sent.evidence.get().evidence_links.first().pk}-decision"] = changed.get(
        "decision", "verified"
    )
    response = client.post(row_url("version_accept", sent), typed)

    assert response.status_code == 422
    assert sentence in response.text
    assert "Kept as typed." in response.text
    sent.refresh_from_db()
    assert not hasattr(sent, "decision")


def test_version_accept_keeps_the_sentence_chosen_and_the_words_written(client):
    sent = waiting_version(BenchmarkFactory(), BenchmarkFactory(), BenchmarkFactory())
    first, second, third = sent.evidence.get().evidence_links.all()
    client.force_login(OfficerFactory())
    typed = acceptance_data(
        sent,
        **{
            "accept-reason": "",
            "accept-because": VerificationReason.SEEN,
            f"evidence_link-{second.pk}-because": VerificationReason.SECOND_SOURCE,
            f"evidence_link-{second.pk}-reason": "A letter of the court.",
            f"evidence_link-{third.pk}-decision": "rejected",
        },
    )

    refused = client.post(row_url("version_accept", sent), typed)
    assert refused.status_code == 422  # what was seen is no reason to reject
    assert (
        refused.text.count("Write a reason in one sentence, here or once for all items below.") == 2
    )  # above, and beside it

    assert (
        client.post(
            row_url("version_accept", sent), typed | {f"evidence_link-{third.pk}-because": RejectionReason.OUTSIDE}
        ).status_code
        == 302
    )
    assert {review.evidence_link: review.reason for review in sent.evidence.get().reviews.all()} == {
        first: "The embassy saw it.",
        second: "A second source confirms it. A letter of the court.",
        third: "It happened outside the tracking period.",
    }
    sent.refresh_from_db()
    assert sent.decision.reason == "The embassy saw it."


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        (
            {"decision": "change", "reason": "The day."},
            "You marked this item “Needs a change”, so you cannot accept the update.",
        ),
        ({"because": "outside"}, "This reason belongs to another decision."),
        ({"because": "made-up"}, "Choose one from the list."),
    ],
)
def test_version_accept_refuses_a_line_that_does_not_fit_it(client, line, sentence):
    sent = waiting_version(BenchmarkFactory())
    evidence_link = sent.evidence.get().evidence_links.get()
    client.force_login(OfficerFactory())
    typed = {f"evidence_link-{evidence_link.pk}-{name}": value for name, value in line.items()} | {
        "return-reason": "Kept too."
    }

    response = client.post(row_url("version_accept", sent), acceptance_data(sent, **typed))

    assert response.status_code == 422
    assert sentence in response.text
    assert "Kept too." in response.text
    assert not EvidenceReview.objects.exists()


def test_version_accept_states_the_first_day_where_the_evidence_lacks_it(client):
    benchmark = BenchmarkFactory()
    sent = UpdateVersionFactory(update__commitment=CommitmentFactory(benchmarks=[benchmark]))
    evidence = EvidenceFactory(update_version=sent, happened_from=None, supports=[benchmark])
    evidence_link = evidence.evidence_links.get()
    client.force_login(OfficerFactory())

    client.post(
        row_url("version_accept", sent),
        acceptance_data(sent, **{f"evidence_link-{evidence_link.pk}-first_on": "2022-01-03"}),
    )

    assert evidence.reviews.get().first_on == date(2022, 1, 3)


DECISION_WORDS = {
    UpdateDecision.RETURNED: "returned this update",
    UpdateDecision.ACCEPTED: "accepted this update",
    UpdateDecision.WITHDRAWN: "withdrew this update for the ministry",
}


@pytest.mark.parametrize("kept", ["Kept as typed.", ""])
@pytest.mark.parametrize("decision", UpdateDecision)
@pytest.mark.parametrize("verb", ["return", "accept"])
def test_the_second_to_decide_sees_what_the_first_did_and_loses_nothing(client, verb, decision, kept):
    sent = waiting_version(BenchmarkFactory())
    first = UpdateVersionDecisionFactory(update_version=sent, decision=decision, reason="The list is missing.")
    client.force_login(OfficerFactory())

    typed = acceptance_data(sent, **{"return-reason": kept, "accept-reason": kept})
    response = client.post(row_url(f"version_{verb}", sent), typed)

    assert response.status_code == 422
    assert f"{first.recorded_by} {DECISION_WORDS[decision]} on 10 January 2022" in response.text
    assert "The list is missing." in response.text
    assert ("Your text:" in response.text, "Kept as typed." in response.text) == (bool(kept), bool(kept))


@pytest.mark.parametrize("decision", UpdateDecision)
@pytest.mark.parametrize("verb", ["return", "accept"])
def test_the_second_to_decide_finds_no_button_that_cannot_work(client, monkeypatch, verb, decision):
    sent = waiting_version(BenchmarkFactory())
    client.force_login(OfficerFactory())
    action = f"{verb}_update"

    def too_late(**said):
        UpdateVersionDecisionFactory(update_version=sent, decision=decision, reason="The list is missing.")
        return decide(**said)

    decide = getattr(update_review, action)
    monkeypatch.setattr(update_review, action, too_late)
    typed = acceptance_data(sent, **{"return-reason": "Kept as typed.", "accept-reason": "Kept as typed."})

    response = client.post(row_url(f"version_{verb}", sent), typed)

    assert response.status_code == 422
    assert f"{DECISION_WORDS[decision]} on 10 January 2022" in response.text
    assert "Kept as typed." in response.text
    offered = re.findall(r'<form[^>]* action="([^"]*)"', response.text)
    assert [url for url in offered if url.startswith(("/update-versions/", "/benchmarks/", "/recommendations/"))] == []
    assert "Assess " not in response.text
    assert not EvidenceReview.objects.exists()
    assert "Your decision on" not in response.text


@pytest.mark.parametrize("verb", ["return", "accept"])
def test_deciding_is_403_for_readers_who_may_not_decide_and_404_for_others(client, verb):
    sent = waiting_version(BenchmarkFactory())
    for user, status in (
        (AmbassadorFactory(), 403),
        (ObserverFactory(), 403),
        (FocalPointFactory(ministry=sent.update.commitment.ministry), 404),
        (OfficerFactory(countries=[CountryFactory(elsewhere=True)]), 404),
    ):
        client.force_login(user)
        assert client.post(row_url(f"version_{verb}", sent), acceptance_data(sent)).status_code == status
    client.force_login(OfficerFactory())
    # Whoever signs in again after sending comes back by GET: to the page that holds the form.
    assert client.get(row_url(f"version_{verb}", sent)).headers["Location"] == row_url("version_detail", sent)


# --- Assessing on the same page ---------------------------------------------------------------------------------------


def test_version_detail_asks_for_a_verdict_once_it_is_accepted(client):
    assessed = BenchmarkFactory(terms__criterion="Adopted.")
    counted = BenchmarkFactory(terms__rule=Rule.TARGET, terms__target=10, terms__indicator=IndicatorFactory())
    sent = waiting_version(assessed, counted)
    AssessmentFactory(benchmark=assessed, rationale="It was only a draft.")
    client.force_login(OfficerFactory())
    assert client.get(row_url("version_detail", sent)).context["assess"] == []

    UpdateVersionDecisionFactory(update_version=sent)
    text = client.get(row_url("version_detail", sent)).text

    assert "It was only a draft." in text
    assert f"Assess {assessed.key}" in text
    assert f"Assess {counted.key}" not in text
    assert "This benchmark is measured by figures" in text

    client.force_login(ObserverFactory())
    assert f"Assess {assessed.key}" not in client.get(row_url("version_detail", sent)).text


def test_version_detail_ticks_what_came_with_it_and_no_verdict_rests_on(client):
    benchmark = BenchmarkFactory()
    sent = UpdateVersionFactory(update__commitment=CommitmentFactory(benchmarks=[benchmark]), accepted=True)
    rested, fresh = (EvidenceFactory(update_version=sent, supports=[benchmark], verified=True) for _ in range(2))
    EvidenceFactory(update_version=sent, supports=[benchmark])
    EvidenceFactory(supports=[benchmark], verified=True)
    AssessmentFactory(benchmark=benchmark, grounds=[rested])
    client.force_login(OfficerFactory())

    (assessable,) = client.get(row_url("version_detail", sent)).context["assess"]

    assert assessable.form["evidence"].value() == [str(fresh.pk)]
    assert len(assessable.form.fields["evidence"].choices) == 4
