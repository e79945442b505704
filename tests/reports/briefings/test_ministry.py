"""A ministry's page: one sheet without internal texts, in a friendly tone."""

import io
import re
from datetime import date

import page
import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.management import call_command
from django.urls import reverse
from pypdf import PdfReader

from dialogues.choices import (
    ClaimedProgress,
    CommitmentEventKind,
    EvidenceDecision,
    MadeBy,
    Sensitivity,
    SupportKind,
    UpdateDecision,
    Verdict,
)
from reports.briefings import pdf
from reports.briefings.html import render_html
from reports.briefings.ministry import build_ministry_page
from reports.models import Briefing
from reports.reader_view import ReaderView
from tests.factories import (
    AgreedProofEndFactory,
    AgreedProofFactory,
    AmbassadorFactory,
    AssessmentFactory,
    BenchmarkFactory,
    CommitmentEventFactory,
    CommitmentFactory,
    CountryFactory,
    EditionFactory,
    EvidenceFactory,
    EvidenceReviewFactory,
    MinistryFactory,
    OfficerFactory,
    RecommendationFactory,
    ReviewerFactory,
    UpdateVersionDecisionFactory,
    UpdateVersionFactory,
    at_noon,
)
from tests.refusals import command_refuses

pytestmark = pytest.mark.django_db

DAY = date(2022, 1, 28)


@pytest.fixture
def edition():
    return EditionFactory()


@pytest.fixture
def police():
    return MinistryFactory(name="Ministry of Police and Public Safety", short_name="Police")


def build_page(edition, ministry, *, as_of=DAY, known_by=None):
    return build_ministry_page(ReaderView(AnonymousUser(), edition, as_of, known_by), ministry)


def create_commitment(ministry, text, due_on=None, **event):
    commitment = CommitmentFactory(ministry=ministry, text=text, made=False)
    CommitmentEventFactory(commitment=commitment, kind=CommitmentEventKind.MADE, due_on=due_on, **event)
    return commitment


def test_what_we_ask_names_the_agreed_proof_as_far_as_it_held_and_was_known(edition, police):
    commitment = create_commitment(police, "Pass the amendment", due_on=date(2022, 2, 1))
    proof = AgreedProofFactory(commitment=commitment, text="a copy of the Act")
    AgreedProofFactory(commitment=commitment, text="the regulations", recorded_at=at_noon(DAY))
    AgreedProofEndFactory(proof=AgreedProofFactory(commitment=commitment, text="a speech"))

    [asked] = build_page(edition, police).needed
    assert asked.sentence == (
        "It is due on 1 February 2022. When it is done, please send an update with dates and proof. Agreed proof: "
        f"{proof}; the regulations, from the Ministry of Justice."
    )
    [asked] = build_page(edition, police, known_by=at_noon(date(2022, 1, 20))).needed
    assert asked.sentence.endswith("Agreed proof: a copy of the Act, from the Ministry of Justice.")


def test_the_page_says_what_was_agreed_what_is_verified_and_what_would_help_next(edition, police):
    overdue = create_commitment(police, "Name a focal officer in each district", due_on=date(2022, 1, 15))
    undated = create_commitment(police, "Keep the unit funded")
    done = create_commitment(police, "Train the unit", due_on=date(2022, 2, 1))
    CommitmentEventFactory(
        commitment=done, kind=CommitmentEventKind.VERIFIED_DONE, happened_on=date(2022, 1, 20), reason="Our own reason",
        recorded_by=ReviewerFactory(),
    )  # fmt: skip
    back = create_commitment(police, "Open a joint case", due_on=date(2022, 2, 10))
    sent = UpdateVersionFactory(update__commitment=back, claimed=ClaimedProgress.UNDER_WAY)
    UpdateVersionDecisionFactory(
        update_version=sent, decision=UpdateDecision.RETURNED, reason="The first day is missing."
    )
    waits = create_commitment(police, "Report on complaints", due_on=date(2022, 2, 20))
    UpdateVersionFactory(update__commitment=waits)
    ours_to_answer = create_commitment(police, "Send the figures", due_on=date(2022, 1, 10))
    UpdateVersionFactory(update__commitment=ours_to_answer, recorded_at=at_noon(date(2022, 1, 9)))

    content = build_page(edition, police)

    assert content.sentence == "6 commitments: 1 verified done, 2 with the embassy, 2 open, 1 overdue."
    assert content.agreed[0].text == overdue.text
    assert {line.text for line in content.agreed} == {
        row.text for row in (overdue, undated, done, back, waits, ours_to_answer)
    }
    stands = {line.text: line.status_text for line in content.agreed}
    assert stands[ours_to_answer.text] == "with the embassy since 9 January 2022", "past its day, and not overdue"
    assert [(line.what, line.when) for line in content.verified] == [
        ("Train the unit", "Done, verified on 20 Jan 2022")
    ]
    assert {line.what: line.sentence for line in content.needed} == {
        overdue.text: "It was due on 15 January 2022. Please send an update, or tell us by which date it will be done.",
        back.text: f"We returned your update on {sent.decision.recorded_at:%-d %B %Y}. Please change: "
        "The first day is missing.",
        undated.text: "Please tell us by which date it will be done.",
    }


def test_an_update_that_the_ministry_withdrew_counts_as_never_sent(edition, police):
    back = create_commitment(police, "Open a joint case", due_on=date(2022, 2, 10))
    sent = UpdateVersionFactory(update__commitment=back)
    UpdateVersionDecisionFactory(
        update_version=sent, decision=UpdateDecision.RETURNED, reason="The first day is missing."
    )
    UpdateVersionFactory(update=sent.update, happened_on=date(2022, 1, 12), withdrawn=True)
    overdue = create_commitment(police, "Send the figures", due_on=date(2022, 1, 15))
    UpdateVersionFactory(update__commitment=overdue, withdrawn=True)

    content = build_page(edition, police)

    assert content.sentence == "2 commitments: 1 open, 1 overdue."
    assert {line.what: line.sentence for line in content.needed} == {
        back.text: "We returned your update on 10 January 2022. Please change: The first day is missing.",
        overdue.text: "It was due on 15 January 2022. Please send an update, or tell us by which date it will be done.",
    }


def test_each_list_explains_its_order(edition, police):
    create_commitment(police, "Undated")
    create_commitment(police, "Due later", due_on=date(2022, 2, 20))
    create_commitment(police, "Due next year", due_on=date(2023, 3, 31))
    create_commitment(police, "Due soonest", due_on=date(2022, 2, 10))
    create_commitment(police, "Due as soon", due_on=date(2022, 2, 10))
    create_commitment(police, "Overdue", due_on=date(2022, 1, 27))
    create_commitment(police, "Overdue longest", due_on=date(2022, 1, 14))
    back = create_commitment(police, "Returned", due_on=date(2022, 3, 10))
    UpdateVersionFactory(update__commitment=back, returned=True)
    for on in (date(2022, 1, 10), date(2022, 1, 20)):
        done = create_commitment(police, f"Done on {on}")
        CommitmentEventFactory(commitment=done, kind=CommitmentEventKind.VERIFIED_DONE, happened_on=on)

    content = build_page(edition, police)

    assert [(line.what, line.reason) for line in content.needed] == [
        ("Overdue longest", "Overdue by 14 days"),
        ("Overdue", "Overdue by 1 day"),
        ("Returned", f"Returned on {back.updates.get().versions.get().decision.recorded_at:%-d %b %Y}"),
        ("Due soonest", "Due soonest, in 13 days"),
        ("Due as soon", "Due soonest, in 13 days"),
        ("Due later", "Due in 23 days"),
        ("Due next year", "Due 31 Mar 2023"),
        ("Undated", "No date agreed"),
    ]
    assert content.needed_order == "Order: Overdue, Returned, Due, No date agreed."
    assert [line.text for line in content.agreed[:8]] == [line.what for line in content.needed]
    assert content.agreed_order == "Order: Overdue, Returned, Due, No date agreed, Verified done."
    assert [line.what for line in content.verified] == ["Done on 2022-01-20", "Done on 2022-01-10"]
    assert content.verified_order == "Newest first."
    assert all(
        order in render_html(content) for order in (content.agreed_order, content.verified_order, content.needed_order)
    )


def test_a_list_of_one_item_has_no_sentence_on_its_order(edition, police):
    create_commitment(police, "Undated")

    content = build_page(edition, police)

    assert (content.agreed_order, content.verified_order, content.needed_order) == ("", "", "")


def test_only_verified_evidence_is_listed(edition, police):
    commitment = create_commitment(police, "Train the unit")
    sent = UpdateVersionFactory(update__commitment=commitment)
    UpdateVersionDecisionFactory(update_version=sent, decision=UpdateDecision.ACCEPTED)
    benchmark = BenchmarkFactory(recommendation=RecommendationFactory(edition=edition))

    def piece(title, shows=SupportKind.ACTION, word=EvidenceDecision.VERIFIED, **fields):
        told = {"update_version": sent, "sensitivity": Sensitivity.SHARED, **fields}
        row = EvidenceFactory(commitment=commitment, title=title, supports=[benchmark], supports__shows=shows, **told)
        EvidenceReviewFactory(evidence=row, decision=word, reason="Why we think so")

    piece("Forty officers trained")
    piece("A plan", word=EvidenceDecision.REJECTED)
    piece("Seen by the embassy", update_version=None, sensitivity=Sensitivity.INTERNAL)
    piece("Drafting not begun", shows=SupportKind.NO_ACTION)
    piece("We mean to", shows=SupportKind.PLAN)

    content = build_page(edition, police)

    assert [line.what for line in content.verified] == ["Forty officers trained"]


@pytest.fixture
def rules(edition, police):
    """Create a commitment with verified rules in the gazette, and its benchmark."""
    benchmark = BenchmarkFactory(recommendation=RecommendationFactory(edition=edition))
    commitment = create_commitment(police, "Put the rules in force")
    sent = UpdateVersionFactory(update__commitment=commitment, accepted=True)
    EvidenceFactory(
        update_version=sent,
        title="Rules gazetted",
        happened_to=date(2021, 12, 1),
        supports=[benchmark],
        verified=True,
    )
    return commitment, benchmark


def finding_against(rules, title="Rules taken back", on=date(2022, 1, 12), **fields):
    commitment, benchmark = rules
    told = {"commitment": commitment, "sensitivity": Sensitivity.SHARED, "verified": True, **fields}
    return EvidenceFactory(
        title=title, happened_to=on, supports=[benchmark], supports__shows=SupportKind.NO_ACTION, **told
    )


def test_a_verified_action_says_in_its_row_what_has_reversed_it_since(edition, police, rules):
    finding_against(rules)

    content = build_page(edition, police)

    [item] = content.verified
    assert (item.what, item.since) == ("Rules gazetted", "Since then: Rules taken back, 12 January 2022.")
    assert item.since in render_html(content)
    assert [line.since for line in build_page(edition, police, as_of=date(2022, 1, 11)).verified] == [""]


def test_a_commitment_done_says_what_has_reversed_it_since(edition, police, rules):
    commitment, _ = rules
    CommitmentEventFactory(commitment=commitment, kind=CommitmentEventKind.VERIFIED_DONE, happened_on=date(2021, 12, 6))
    finding_against(rules)

    content = build_page(edition, police)

    done = content.verified[0]
    assert (done.what, done.since) == (commitment.text, "Since then: Rules taken back, 12 January 2022.")
    assert content.sentence == "1 commitment: 1 verified done but reversed since."
    assert build_page(edition, police, as_of=date(2022, 1, 11)).sentence == "1 commitment: 1 verified done."


def test_an_action_reversed_by_what_the_ministry_may_not_read_is_not_listed_as_verified(edition, police, rules):
    finding_against(rules, title="Marker of an internal report", sensitivity=Sensitivity.INTERNAL)

    content = build_page(edition, police)

    assert content.verified == ()
    assert "Marker" not in render_html(content)


@pytest.mark.parametrize("is_shared", [True, False])
def test_a_verdict_of_going_backwards_reverses_an_action(edition, police, rules, is_shared):
    commitment, benchmark = rules
    ground = EvidenceFactory(
        commitment=commitment,
        title="Notice of withdrawal",
        happened_to=date(2022, 1, 12),
        sensitivity=Sensitivity.SHARED if is_shared else Sensitivity.INTERNAL,
    )
    AssessmentFactory(benchmark=benchmark, verdict=Verdict.BACKWARDS, grounds=[ground], rationale="Our own view")

    content = build_page(edition, police)

    assert [line.since for line in content.verified] == (
        ["Since then: Notice of withdrawal, 12 January 2022."] if is_shared else []
    )
    assert "Our own view" not in render_html(content)


def test_a_finding_that_is_earlier_or_not_verified_or_on_another_benchmark_reverses_nothing(edition, police, rules):
    commitment, benchmark = rules
    finding_against(rules, on=date(2021, 11, 1))
    finding_against(rules, verified=False)
    finding_against((commitment, BenchmarkFactory(recommendation=benchmark.recommendation)))

    assert [(line.what, line.since) for line in build_page(edition, police).verified] == [("Rules gazetted", "")]


def test_the_page_has_no_score_and_nothing_of_other_ministries_or_the_united_states(edition, police):
    create_commitment(police, "Their own promise")
    create_commitment(MinistryFactory(name="Ministry of Justice", short_name="Justice"), "Another ministry’s promise")
    ours = CommitmentFactory(made_by=MadeBy.UNITED_STATES, ministry=None, text="Our own undertaking", made=False)
    CommitmentEventFactory(commitment=ours, kind=CommitmentEventKind.MADE)
    RecommendationFactory(edition=edition)
    AssessmentFactory(rationale="What we conclude", law="22 U.S.C. 7106")

    html = render_html(build_page(edition, police))

    assert "Their own promise" in html
    for text in ("Another ministry", "Our own undertaking", "What we conclude", "of 100", "Readiness", "score"):
        assert text not in html
    assert 'data-marking="UNCLASSIFIED"' in html


def test_rows_recorded_after_the_moment_are_left_out(edition, police):
    commitment = create_commitment(police, "Train the unit", recorded_at=at_noon(date(2021, 12, 1)))
    sent = UpdateVersionFactory(update__commitment=commitment, recorded_at=at_noon(date(2022, 1, 10)))
    UpdateVersionDecisionFactory(
        update_version=sent, decision=UpdateDecision.RETURNED, recorded_at=at_noon(date(2022, 1, 20))
    )

    def needed(day):
        return [line.sentence for line in build_page(edition, police, known_by=at_noon(day)).needed]

    assert needed(date(2022, 1, 5)) == ["Please tell us by which date it will be done."]
    assert needed(date(2022, 1, 15)) == []
    assert "We returned your update on 20 January 2022." in needed(date(2022, 1, 25))[0]


@pytest.mark.parametrize("number", [0, 1, 40])
def test_the_page_is_one_page_for_any_content_and_passes_pdf_ua(edition, police, number):
    words = "A promise in many words that somebody wrote down at length. " * 6
    for place in range(number):
        row = create_commitment(police, f"{place} {words}", due_on=date(2022, 1, 15))
        if place % 3 == 1:
            sent = UpdateVersionFactory(update__commitment=row)
            UpdateVersionDecisionFactory(update_version=sent, decision=UpdateDecision.RETURNED, reason=words)
        if place % 3 == 2:
            reviewer = ReviewerFactory()
            CommitmentEventFactory(
                commitment=row, kind=CommitmentEventKind.VERIFIED_DONE, reason=words, recorded_by=reviewer
            )

    content = build_page(edition, police)
    file = pdf.render_pdf(render_html(content))
    sheets = PdfReader(io.BytesIO(file)).pages

    assert len(sheets) == 1
    text = " ".join(pdf.extract_pdf_text(file).split())
    assert content.sentence in text
    assert not re.search(r"[0-9a-f]{16}", text), "a hash is for our record, not for a minister"
    assert page.validate_pdf_bytes(file, profile="ua1").is_compliant
    assert pdf.render_pdf(render_html(build_page(edition, police))) == file


def test_an_officer_requests_it_and_the_worker_renders_it(client, edition, police, run_jobs):
    RecommendationFactory(edition=edition)
    create_commitment(police, "Train the unit")
    other = MinistryFactory(name="Ministry of Justice", short_name="Justice")
    client.force_login(OfficerFactory())
    for ministry in (police, police, other):
        client.post(reverse("briefing_list"), {"what": f"ministry-{ministry.pk}", "as_of": "2022-01-28"})
    client.post(reverse("briefing_list"), {"what": "ambassador", "as_of": "2022-01-28"})
    run_jobs()

    rows = Briefing.objects.order_by("pk")
    assert [(row.ministry, row.version, row.state.value, row.get_marking_display()) for row in rows] == [
        (police, 1, "ready", "UNCLASSIFIED"),
        (police, 2, "ready", "UNCLASSIFIED"),
        (other, 1, "ready", "UNCLASSIFIED"),
        (None, 1, "ready", "SENSITIVE BUT UNCLASSIFIED"),
    ]
    assert rows[0].get_file().name == "TIP-page-police-LSO-2021-as-of-2022-01-28-v1.pdf"
    with rows[0].file.open("rb") as file:
        assert "Train the unit" in pdf.extract_pdf_text(file.read())
    assert f"Ministry’s page: {police.name}" in client.get(reverse("briefing_list")).text


def test_another_countrys_ministry_is_no_choice(client, edition):
    RecommendationFactory(edition=edition)
    theirs = MinistryFactory(country=CountryFactory(elsewhere=True), name="Their ministry")
    client.force_login(AmbassadorFactory())
    answer = client.post(reverse("briefing_list"), {"what": f"ministry-{theirs.pk}", "as_of": "2022-01-28"})

    assert answer.status_code == 422
    assert "Their ministry" not in answer.text
    sent = client.post(
        "/api/v1/briefings/", {"kind": "ministry", "ministry": theirs.pk}, content_type="application/json"
    )
    assert (sent.status_code, list(sent.json())) == (400, ["ministry"])
    assert not Briefing.objects.exists()


def test_the_api_takes_a_ministry_and_wants_one_for_its_page(client, edition, police):
    RecommendationFactory(edition=edition)
    client.force_login(AmbassadorFactory())

    def ask(**body):
        return client.post("/api/v1/briefings/", body, content_type="application/json")

    assert ask(kind="ministry", ministry=police.pk).json()["ministry"] == police.pk
    for body, code, sentence in (
        ({"kind": "ministry"}, "required", "Choose the ministry that the page is for."),
        ({"kind": "ambassador", "ministry": police.pk}, "ministry_not_for_kind", "Leave the ministry out."),
    ):
        refused = ask(**body).json()
        assert (refused["code"], refused["field"]) == (code, "ministry")
        assert sentence in refused["detail"]


def test_the_command_takes_a_ministry_by_name_or_short_name(edition, police, tmp_path, capsys):
    RecommendationFactory(edition=edition)
    create_commitment(police, "Train the unit")
    file = tmp_path / "page.pdf"
    for name in (police.name, police.short_name.upper()):
        call_command(
            "issue_briefing", "LSO", "2021", kind="ministry", ministry=name, as_of="2022-01-28", output=str(file)
        )
        assert "1 commitment: 1 open." in capsys.readouterr().out
    assert "DRAFT, NOT CLEARED" in pdf.extract_pdf_text(file.read_bytes())

    for options, code, sentence in (
        ({"kind": "ministry"}, "required", "Say which ministry the page is for: --ministry"),
        (
            {"kind": "ministry", "ministry": "Tourism"},
            "unknown_ministry",
            "There is no ministry called “Tourism” in Lesotho. Choose one of",
        ),
        ({"kind": "ambassador", "ministry": "Police"}, "ministry_not_for_kind", "Leave --ministry out."),
    ):
        with command_refuses(capsys, code, sentence=sentence):
            call_command("issue_briefing", "LSO", "2021", as_of="2022-01-28", output=str(file), **options)
