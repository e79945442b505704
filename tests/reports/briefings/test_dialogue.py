"""A dialogue pack: talking points for each ministry, agenda, last dialogue, participants."""

from dataclasses import replace
from datetime import date, datetime

import page
import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from dialogues.choices import (
    ClaimedProgress,
    CommitmentEventKind,
    Presence,
    Sensitivity,
    SupportKind,
    UpdateDecision,
    Verdict,
)
from dialogues.lesotho.loading import load_public_record
from dialogues.models import Dialogue
from recommendations.choices import EffortQuestion, Origin, TextStatus
from recommendations.models import Edition
from reports.briefings import pdf
from reports.briefings.ambassador import build_ambassador_briefing
from reports.briefings.content.dialogue import DialoguePack
from reports.briefings.content.documents import imprint_lines
from reports.briefings.dialogue import build_dialogue_pack
from reports.briefings.html import render_html
from reports.briefings.ministry import build_ministry_page
from reports.briefings.washington import build_washington_input
from reports.models import Briefing
from reports.reader_view import ReaderView
from tests.edition_urls import edition_url
from tests.factories import (
    MASERU,
    AgendaItemFactory,
    AgreedProofFactory,
    AmbassadorFactory,
    AssessmentFactory,
    BenchmarkFactory,
    ChosenIndicatorFactory,
    CommitmentEventFactory,
    CommitmentFactory,
    ContributionFactory,
    CountryFactory,
    DialogueFactory,
    EditionFactory,
    EditionTermsFactory,
    EvidenceFactory,
    FocalPointFactory,
    IndicatorFactory,
    IndicatorTargetFactory,
    MinistryFactory,
    NextStepDoneFactory,
    NextStepFactory,
    ObserverFactory,
    OfficeHolderFactory,
    OfficerFactory,
    ParticipantFactory,
    ReadingFactory,
    RecommendationFactory,
    SustainmentFactory,
    UpdateVersionDecisionFactory,
    UpdateVersionFactory,
    at_noon,
)
from tests.row_cache import load_cached

pytestmark = pytest.mark.django_db

DAY = date(2022, 1, 28)


@pytest.fixture
def edition():
    edition = EditionFactory()
    EditionTermsFactory(edition=edition, deadline_on=date(2022, 2, 28))
    return edition


@pytest.fixture
def police():
    return MinistryFactory(name="Ministry of Police", short_name="Police")


@pytest.fixture
def last_dialogue():
    return DialogueFactory(place="Maseru", agreed="Each names a day.")


@pytest.fixture
def planned_dialogue(last_dialogue):
    return DialogueFactory(planned=True, place="Ministry of Justice", purpose="Follow-up")


def build_pack(dialogue, edition, *, reader=None, as_of=DAY, known_by=None):
    return build_dialogue_pack(ReaderView(reader or AmbassadorFactory(), edition, as_of, known_by), dialogue)


def points_for(pack, whose="Ministry of Police"):
    """Return the talking points for one ministry."""
    return next(talk for talk in pack.talks if talk.whose == whose)


def sentences(points):
    return [point.sentence for point in points]


def create_benchmark_led_by(ministry, edition, criterion, **fields):
    """Return a benchmark of a new recommendation led by a ministry."""
    recommendation = RecommendationFactory(edition=edition, lead=ministry, **fields)
    return BenchmarkFactory(recommendation=recommendation, terms__criterion=criterion)


def create_commitment(ministry, text, due_on=None, **fields):
    return CommitmentFactory(ministry=ministry, text=text, made__due_on=due_on, **fields)


# --- Dialogue by numbers ----------------------------------------------------------------------------------------------


def test_the_pack_shows_each_indicator_with_its_chart_and_what_both_sides_contributed(
    edition, police, planned_dialogue
):
    cases = IndicatorFactory(name="Cases begun")
    chosen = ChosenIndicatorFactory(dialogue=planned_dialogue, indicator=cases, ministry=police)
    IndicatorTargetFactory(indicator=cases, edition=edition)
    ReadingFactory(indicator=cases, figure=8, through_on=date(2021, 12, 31), verified=True)
    work = create_commitment(police, "Fund the unit.")
    ContributionFactory(ministry=police, commitment=work, what="A prosecutor for two days a week")
    SustainmentFactory(commitment=work)

    pack = build_pack(planned_dialogue, edition)

    (figure,) = pack.numbers.figures
    assert (figure.name, figure.baseline, figure.target, figure.status_text) == (
        cases.name, "4", "12", "proposed to Police",
    )  # fmt: skip
    assert figure.now.startswith("8, up to 31 Dec")
    assert figure.sentence.startswith("50% of the way")
    assert [(row.giver, row.what, row.work) for row in pack.numbers.contributions] == [
        ("Police", "A prosecutor for two days a week", "Fund the unit.")
    ]
    assert "paid by The Ministry of Home Affairs from 1 April 2023" in pack.numbers.works[0].sustained
    html = render_html(pack)
    assert figure.chart.description in html
    assert "12 annual target</text>" in html
    assert chosen.reason not in html


# --- Talking points ---------------------------------------------------------------------------------------------------


def test_thanks_cover_only_actions_verified_since_the_last_dialogue(edition, police, planned_dialogue):
    new = create_commitment(police, "Fund the unit.")
    CommitmentEventFactory(commitment=new, kind=CommitmentEventKind.VERIFIED_DONE, happened_on=date(2022, 1, 20))
    old = create_commitment(police, "Name an officer.", made__happened_on=date(2021, 9, 1))
    CommitmentEventFactory(commitment=old, kind=CommitmentEventKind.VERIFIED_DONE, happened_on=date(2021, 10, 1))

    [point] = points_for(build_pack(planned_dialogue, edition)).kept

    assert point.sentence == "Thank you for keeping your commitment “Fund the unit”. We verified it on 20 January 2022."
    assert (point.status_text, point.source) == ("20 Jan 2022", "Made on 8 Nov 2021 (Letter of 8 November 2021)")


def test_thanks_cover_verified_actions_on_open_commitments_only(edition, police, planned_dialogue):
    benchmark = create_benchmark_led_by(police, edition, "Every district has a focal officer")
    promise = create_commitment(police, "Name focal officers.", benchmarks=[benchmark])
    sent = UpdateVersionFactory(update__commitment=promise, accepted=True)
    done = EvidenceFactory(update_version=sent, title="Six named", supports=[benchmark], verified=True)
    EvidenceFactory(
        update_version=sent,
        title="Four not begun",
        supports=[benchmark],
        supports__shows=SupportKind.NO_ACTION,
        verified=True,
    )
    EvidenceFactory(update_version=sent, title="A claim", supports=[benchmark])
    AssessmentFactory(benchmark=benchmark, grounds=[done])

    [point] = points_for(build_pack(planned_dialogue, edition)).kept

    assert point.sentence == "Thank you for “Six named”. We verified it on 10 January 2022."
    assert point.source == "Evidence on the commitment “Name focal officers”. Happened: 10 Jan 2022"
    assert point.benchmarks == ("1a",)


@pytest.mark.parametrize("how", ["verdict", "reopened"])
def test_there_are_no_thanks_for_reversed_actions(edition, police, planned_dialogue, how):
    benchmark = create_benchmark_led_by(police, edition, "The rules are in force")
    promise = create_commitment(police, "Put the rules in force.", benchmarks=[benchmark])
    sent = UpdateVersionFactory(update__commitment=promise, accepted=True)
    done = EvidenceFactory(update_version=sent, title="Rules gazetted", supports=[benchmark], verified=True)
    AssessmentFactory(benchmark=benchmark, grounds=[done])
    assert sentences(points_for(build_pack(planned_dialogue, edition)).kept)

    if how == "verdict":
        AssessmentFactory(benchmark=benchmark, verdict=Verdict.BACKWARDS, recorded_at=at_noon(date(2022, 1, 20)))
    else:
        CommitmentEventFactory(commitment=promise, kind=CommitmentEventKind.REOPENED, happened_on=date(2022, 1, 20))

    assert not points_for(build_pack(planned_dialogue, edition)).kept


def reversed_rules(edition, police, sensitivity):
    """Create a commitment on rules that were verified as in force and withdrawn on 12 January 2022."""
    benchmark = create_benchmark_led_by(police, edition, "The rules are in force")
    promise = create_commitment(police, "Put the rules in force.", due_on=date(2022, 2, 25), benchmarks=[benchmark])
    sent = UpdateVersionFactory(update__commitment=promise, accepted=True)
    EvidenceFactory(
        update_version=sent, title="Rules gazetted", happened_to=date(2021, 12, 1), supports=[benchmark], verified=True
    )
    EvidenceFactory(
        commitment=promise, sensitivity=sensitivity, title="Rules taken back", happened_to=date(2022, 1, 12),
        supports=[benchmark], supports__shows=SupportKind.NO_ACTION, verified=True,
    )  # fmt: skip
    return promise, benchmark


def test_a_reversed_action_is_named_with_the_commitment(edition, police, planned_dialogue):
    reversed_rules(edition, police, Sensitivity.SHARED)

    points = points_for(build_pack(planned_dialogue, edition))

    [point] = points.to_ask
    assert point.sentence == (
        "“Put the rules in force” is due on 25 February 2022. Will it be done by then? We had verified an action on "
        "it. Since then: Rules taken back, 12 January 2022."
    )
    assert not points.kept, "we do not thank for what was taken back"


def test_an_internal_reversal_is_in_the_source_and_not_in_the_talking_point(edition, police, planned_dialogue):
    reversed_rules(edition, police, Sensitivity.INTERNAL)

    [point] = points_for(build_pack(planned_dialogue, edition)).to_ask

    assert point.sentence == "“Put the rules in force” is due on 25 February 2022. Will it be done by then?"
    assert point.source.endswith(
        "Internal to the embassy: we had verified an action on it. Since then: Rules taken back, 12 January 2022."
    )


def test_a_commitment_done_and_reversed_is_asked_about_and_not_thanked_for(edition, police, planned_dialogue):
    promise, _ = reversed_rules(edition, police, Sensitivity.SHARED)
    CommitmentEventFactory(commitment=promise, kind=CommitmentEventKind.VERIFIED_DONE, happened_on=date(2021, 12, 6))

    points = points_for(build_pack(planned_dialogue, edition))

    assert "1 verified done but reversed since" in points.about
    since = " We had verified an action on it. Since then: Rules taken back, 12 January 2022."
    assert sentences(points.to_ask) == [
        f"Where does “Put the rules in force” stand today, and what is the next step?{since}",
        f"On recommendation 1, where does “The rules are in force” stand today, and what is the next step?{since}",
    ]
    assert not points.kept


def test_a_reversal_that_a_later_action_made_good_is_not_named(edition, police, planned_dialogue):
    promise, benchmark = reversed_rules(edition, police, Sensitivity.SHARED)
    sent = UpdateVersionFactory(update__commitment=promise, accepted=True)
    EvidenceFactory(
        update_version=sent, title="New rules", happened_to=date(2022, 1, 20), supports=[benchmark], verified=True
    )

    assert "Since then" not in points_for(build_pack(planned_dialogue, edition)).to_ask[0].sentence


def test_an_overdue_commitment_names_its_delay_and_how_often_it_was_moved(
    edition, police, planned_dialogue, last_dialogue
):
    once = create_commitment(police, "Train the posts.", due_on=date(2021, 12, 17), dialogue=last_dialogue)
    for on, due_on in ((date(2021, 12, 16), date(2022, 1, 10)), (date(2022, 1, 9), date(2022, 1, 21))):
        CommitmentEventFactory(commitment=once, kind=CommitmentEventKind.RESCHEDULED, happened_on=on, due_on=due_on)
    create_commitment(police, "Send the figures", due_on=date(2022, 1, 14))

    first, second = points_for(build_pack(planned_dialogue, edition)).overdue

    assert (first.sentence, first.status_text) == (
        "“Send the figures” was due on 14 January 2022. By which date will it be done?",
        "by 14 days",
    )
    assert second.sentence == (
        "“Train the posts” was due on 21 January 2022, after 2 changes of date. By which date will it be done?"
    )
    assert second.status_text == "by 7 days"
    assert second.source == "Made at the dialogue of 8 Nov 2021 (Maseru); first due 17 Dec 2021, moved twice"


def test_the_agreed_proof_of_an_open_commitment_is_in_the_small_print(edition, police, planned_dialogue):
    late = create_commitment(police, "Send the figures", due_on=date(2022, 1, 14))
    AgreedProofFactory(commitment=late, text="a table of all cases", from_whom="the registrar")
    waits = create_commitment(police, "Name an officer")
    AgreedProofFactory(commitment=waits)
    UpdateVersionFactory(update__commitment=waits)

    points = points_for(build_pack(planned_dialogue, edition))

    assert [point.source for point in points.overdue] == [
        "Made on 8 Nov 2021 (Letter of 8 November 2021). Agreed proof: a table of all cases, from the registrar"
    ]
    assert ["Agreed proof" in point.source for point in points.with_us] == [False]


def test_an_update_that_waits_for_us_is_not_overdue(edition, police, planned_dialogue, last_dialogue):
    waits = create_commitment(police, "Open a joint case", due_on=date(2022, 1, 8), dialogue=last_dialogue)
    UpdateVersionFactory(update__commitment=waits)
    reported = create_commitment(police, "Report on complaints", due_on=date(2022, 2, 1))
    CommitmentEventFactory(commitment=reported, kind=CommitmentEventKind.REPORTED_DONE, happened_on=date(2022, 1, 25))
    AgendaItemFactory(dialogue=planned_dialogue, recommendation=None, commitment=waits)

    pack = build_pack(planned_dialogue, edition)

    assert [(point.sentence, point.status_text) for point in points_for(pack).with_us] == [
        (
            "We received your update on “Open a joint case” on 10 January 2022. We owe you a reply.",
            "for 18 days",
        ),
        (
            "You reported on 25 January 2022 that “Report on complaints” is done. We owe you a reply.",
            "for 3 days",
        ),
    ]
    assert not points_for(pack).overdue
    assert (pack.agenda[0].status_text, pack.last.commitments[0].status_text) == 2 * (
        "with the embassy since 10 January 2022",
    )
    assert "overdue" not in pack.sentence


def test_a_returned_update_names_the_reason_and_is_not_asked_for_again(edition, police, planned_dialogue):
    promise = create_commitment(police, "Keep a register", due_on=date(2022, 2, 10))
    sent = UpdateVersionFactory(update__commitment=promise, claimed=ClaimedProgress.DONE)
    UpdateVersionDecisionFactory(
        update_version=sent,
        decision=UpdateDecision.RETURNED,
        reason="The first day is missing: say when it began.\n\nSend the list.",
    )

    points = points_for(build_pack(planned_dialogue, edition))

    [point] = points.returned
    assert point.sentence == (
        "We returned your update on “Keep a register” on 10 January 2022. Please change: The first day is missing: say "
        "when it began. Send the list."
    )
    assert point.status_text == "returned on 10 January 2022; due in 13 days"
    assert (points.overdue, points.to_ask, points.with_us) == ((), (), ())


def test_requests_start_with_commitments_then_questions_each_in_the_order_of_the_next_steps(
    edition, police, planned_dialogue
):
    worth_little = create_benchmark_led_by(police, edition, "The posts are trained")
    create_benchmark_led_by(police, edition, "The unit is funded")
    done = EvidenceFactory(supports=[worth_little], verified=True)
    AssessmentFactory(benchmark=worth_little, grounds=[done])
    due = create_commitment(police, "Train the posts", due_on=date(2022, 2, 20), benchmarks=[worth_little])
    undated = create_commitment(police, "Answer letters")
    create_commitment(police, "Build a house", due_on=date(2022, 6, 1))

    points = points_for(build_pack(planned_dialogue, edition)).to_ask

    assert sentences(points) == [
        f"“{due.text}” is due on 20 February 2022. Will it be done by then?",
        f"“{undated.text}” has no due date yet. Let us agree on one today.",
        (
            "On recommendation 2, we have not been able to verify “The unit is funded” yet. Let us agree on a next "
            "step and its date today."
        ),
    ]
    assert [point.status_text for point in points] == ["due in 23 days", "no date agreed", "no commitment"]
    assert points[2].source == "Recommendation 2 (our wording, not the report’s): Do what number 2 says"
    assert [point.benchmarks for point in points] == [("1a",), (), ("2a",)]


def test_the_pack_asks_for_a_figure_that_was_not_reported(edition, police, planned_dialogue):
    create_benchmark_led_by(police, edition, "The unit is funded")
    IndicatorFactory(name="Prosecutions", question=EffortQuestion.PROSECUTIONS, ministry=police)

    points = points_for(build_pack(planned_dialogue, edition)).to_ask

    assert (
        "We ask for the figure on prosecutions since 1 April 2021 and for the year before, with its source."
        in sentences(points)
    )


def test_a_benchmark_with_a_waiting_claim_is_not_asked_for(edition, police, planned_dialogue):
    benchmark = create_benchmark_led_by(police, edition, "The unit is funded")
    EvidenceFactory(supports=[benchmark])

    assert points_for(build_pack(planned_dialogue, edition)).to_ask == ()


def test_the_pack_names_only_next_steps_of_the_ministries_at_the_table(edition, police, planned_dialogue):
    justice = MinistryFactory(name="Ministry of Justice", short_name="Justice")
    for ministry, text in ((police, "The unit is funded"), (justice, "A case is charged")):
        create_benchmark_led_by(ministry, edition, text)
    ParticipantFactory(dialogue=planned_dialogue, ministry=justice)

    pack = build_pack(planned_dialogue, edition)

    assert [step.sentence for step in pack.next_steps] == [
        "Agree with the Ministry of Justice on benchmark 2a: A case is charged."
    ]
    assert '<a href="#next-steps">Next steps to agree on</a>' in render_html(pack)


def test_next_steps_have_no_points_if_nothing_has_been_reviewed(edition, police, planned_dialogue):
    create_benchmark_led_by(police, edition, "The unit is funded")

    [point] = points_for(build_pack(planned_dialogue, edition)).to_ask

    assert point.benchmarks == ("1a",)
    assert [step.points for step in build_pack(planned_dialogue, edition).next_steps] == [None]


def test_a_commitment_due_after_the_deadline_is_asked_for_earlier_if_that_adds_points(
    edition, police, planned_dialogue
):
    benchmark = create_benchmark_led_by(police, edition, "The committee meets")
    create_commitment(police, "Have the committee meet", due_on=date(2022, 3, 31), benchmarks=[benchmark])

    [point] = points_for(build_pack(planned_dialogue, edition)).to_ask

    assert point.sentence == (
        "“Have the committee meet” is due on 31 March 2022. Can it be done earlier, before 28 February 2022?"
    )


def test_a_commitment_due_long_after_the_deadline_is_pressed_for_only_if_its_date_was_moved(
    edition, police, planned_dialogue
):
    benchmark = create_benchmark_led_by(police, edition, "The shelter is open")
    create_commitment(police, "Open the shelter", due_on=date(2023, 3, 31), benchmarks=[benchmark])
    moved = create_commitment(police, "Fund the shelter", due_on=date(2022, 1, 31), benchmarks=[benchmark])
    CommitmentEventFactory(
        commitment=moved,
        kind=CommitmentEventKind.RESCHEDULED,
        happened_on=date(2022, 1, 15),
        due_on=date(2023, 3, 31),
    )

    [point] = points_for(build_pack(planned_dialogue, edition)).to_ask

    assert point.sentence.startswith("“Fund the shelter”")
    assert point.status_text == "due 31 Mar 2023"


def test_a_benchmark_is_asked_only_of_the_ministry_that_made_a_commitment_towards_it(edition, police, planned_dialogue):
    benchmark = create_benchmark_led_by(police, edition, "The unit is funded")
    finance = MinistryFactory(name="Ministry of Finance", short_name="Finance")
    create_commitment(finance, "Release the money", benchmarks=[benchmark])

    pack = build_pack(planned_dialogue, edition)

    assert not points_for(pack).to_ask
    assert len(points_for(pack, "Ministry of Finance").to_ask) == 1


def test_a_recommendation_of_an_action_plan_is_named_as_such(edition, police, planned_dialogue):
    create_benchmark_led_by(
        police, edition, "It is done", origin=Origin.ACTION_PLAN, number=3, text_status=TextStatus.OFFICIAL
    )

    [point] = points_for(build_pack(planned_dialogue, edition)).to_ask

    assert point.sentence.startswith("On action plan 3, we have not been able to verify “It is done” yet. ")
    assert point.source == "Action plan 3: Do what number 3 says"


def test_a_recommendation_without_a_lead_ministry_has_its_own_list(edition, planned_dialogue):
    create_benchmark_led_by(None, edition, "Somebody does it")

    points = points_for(build_pack(planned_dialogue, edition), "No lead ministry yet")

    assert sentences(points.to_ask) == [
        (
            "On recommendation 1, we have not been able to verify “Somebody does it” yet. Let us agree on a next "
            "step and its date today."
        )
    ]
    assert points.about == "Agree on a lead ministry before you ask these questions."


def test_our_own_commitments_come_last_without_points(edition, police, planned_dialogue):
    benchmark = create_benchmark_led_by(police, edition, "Police are trained")
    for text, due_on in (("Give a course", date(2022, 2, 18)), ("Send a trainer", date(2022, 1, 20)), ("Visit", None)):
        CommitmentFactory(united_states=True, text=text, made__due_on=due_on, benchmarks=[benchmark])
    CommitmentFactory(united_states=True, text="Print the law", done=True)

    pack = build_pack(planned_dialogue, edition)

    ours = pack.talks[-1]
    assert ours.is_ours
    assert sentences((*ours.kept, *ours.overdue, *ours.to_ask)) == [
        "We kept our commitment “Print the law”.",
        "Our commitment “Send a trainer” was due on 20 January 2022. We owe you a new date.",
        "Our commitment “Give a course” is due on 18 February 2022.",
        "Our commitment “Visit” has no due date yet. We owe you one.",
    ]
    assert len(points_for(pack).to_ask) == 1, "our own course is no promise of theirs"
    assert pack.sentence == "Talking points: 1 to ask. The deadline is 28 February 2022, in 31 days."


def test_each_ministry_has_its_office_holder_what_it_leads_on_and_its_commitments_by_status(
    edition, police, planned_dialogue
):
    create_benchmark_led_by(MinistryFactory(name="Ministry of Justice"), edition, "Courts may")
    create_benchmark_led_by(police, edition, "Police do")
    create_benchmark_led_by(police, edition, "Police do more")
    OfficeHolderFactory(ministry=police, name="P. Minister")
    create_commitment(police, "Keep a register", due_on=date(2022, 1, 10))

    pack = build_pack(planned_dialogue, edition)

    assert [talk.whose for talk in pack.talks] == ["Ministry of Justice", "Ministry of Police", "United States"]
    assert pack.talks[0].about == "Leads on recommendation 1."
    assert pack.talks[1].about.endswith("Leads on recommendations 2 and 3. 1 overdue.")
    assert "P. Minister" in pack.talks[1].about


def test_the_pack_covers_only_the_ministries_at_the_table(edition, police, planned_dialogue):
    justice = MinistryFactory(name="Ministry of Justice", short_name="Justice")
    theirs = create_benchmark_led_by(justice, edition, "Marker benchmark")
    create_benchmark_led_by(None, edition, "Marker of nobody")
    create_benchmark_led_by(police, edition, "Police do")
    create_commitment(
        police,
        "Keep a register",
        due_on=date(2022, 1, 10),
        benchmarks=[own := create_benchmark_led_by(None, edition, "Kept")],
    )
    create_commitment(justice, "Marker promise", due_on=date(2022, 1, 10))
    for text, benchmark in (("Give a course", own), ("Marker of ours", theirs)):
        CommitmentFactory(united_states=True, text=text, benchmarks=[benchmark])
    ParticipantFactory(dialogue=planned_dialogue, ministry=police)
    ParticipantFactory(dialogue=planned_dialogue, office="Ambassador")

    alone = build_pack(planned_dialogue, edition)

    assert [talk.whose for talk in alone.talks] == ["Ministry of Police", "United States"]
    assert (alone.table, alone.sentence) == (
        "Ministry of Police",
        "Talking points: 1 overdue, 1 to ask. The deadline is 28 February 2022, in 31 days.",
    )
    assert sentences(alone.talks[1].to_ask) == ["Our commitment “Give a course” has no due date yet. We owe you one."]
    assert "Marker" not in render_html(alone)

    ParticipantFactory(dialogue=planned_dialogue, ministry=justice)
    both = build_pack(planned_dialogue, edition)
    assert [talk.whose for talk in both.talks[:2]] == ["Ministry of Justice", "Ministry of Police"]
    assert both.talks[2].whose == "No lead ministry yet"
    assert both.sentence == "Talking points: 2 overdue, 3 to ask. The deadline is 28 February 2022, in 31 days."


def test_points_beyond_the_most_are_only_counted(edition, police, planned_dialogue):
    for number in range(8):
        create_commitment(police, f"Late {number}", due_on=date(2022, 1, 1 + number))
        create_commitment(police, f"Undated {number}")

    points = points_for(build_pack(planned_dialogue, edition))

    assert [line.label for line in points.lines] == ["Overdue"] * 5 + ["To ask"] * 6
    assert points.lines[0].point.sentence.startswith("“Late 0”")
    assert points.more == "Further points, not listed: 3 overdue, 2 to ask."
    assert points.nothing == "None: Verified, With the embassy, Returned."
    assert build_pack(planned_dialogue, edition).sentence.startswith(
        "Talking points: 5 overdue, 6 to ask. Further points, not listed: 3 overdue, 2 to ask."
    )
    assert "Further points, not listed: 3 overdue, 2 to ask." in render_html(build_pack(planned_dialogue, edition))


# --- Agenda, last time, participants ----------------------------------------------------------------------------------


def test_a_dialogue_to_come_has_its_agenda_what_to_ask_and_who_is_expected(edition, police, planned_dialogue):
    benchmark = create_benchmark_led_by(police, edition, "The unit is funded")
    promise = create_commitment(police, "Train the posts", due_on=date(2022, 1, 21))
    AgendaItemFactory(dialogue=planned_dialogue, recommendation=benchmark.recommendation, note="How much?")
    AgendaItemFactory(dialogue=planned_dialogue, recommendation=None, commitment=promise)
    AgendaItemFactory(dialogue=planned_dialogue, recommendation=None, topic="Next report")
    ParticipantFactory(dialogue=planned_dialogue, name="", office="Minister of Police", ministry=police)
    ParticipantFactory(dialogue=planned_dialogue, name="J. Washington", office="Observer", presence=Presence.VIDEO)

    pack = build_pack(planned_dialogue, edition)

    assert [(item.what, item.whose, item.status_text, item.ask) for item in pack.agenda] == [
        (
            "Recommendation 1 (our wording, not the report’s): Do what number 1 says.",
            "Ministry of Police",
            "nothing verified yet",
            "How much?",
        ),
        ("Train the posts", "Ministry of Police", "overdue by 7 days, no update received", ""),
        ("Next report", "other topic", "", ""),
    ]
    assert [
        (participant.office, participant.name, participant.ministry, participant.how)
        for participant in pack.participants
    ] == [
        ("Minister of Police", "name not known yet", "Police", "Expected: in person"),
        ("Observer", "J. Washington", "", "Expected: by video"),
    ]
    assert (pack.stage, pack.countdown, pack.minutes) == ("Planned", "in 13 days", None)
    assert (pack.title, pack.marking) == ("Lesotho: dialogue of 10 February 2022", "SENSITIVE BUT UNCLASSIFIED")


def test_the_last_dialogue_has_its_commitments_and_steps_with_their_status(
    edition, police, planned_dialogue, last_dialogue
):
    create_commitment(police, "Train the posts", due_on=date(2022, 1, 21), dialogue=last_dialogue)
    earlier = DialogueFactory(held_on=date(2021, 9, 1), agreed="Long ago")
    create_commitment(police, "Promised earlier", dialogue=earlier)
    NextStepFactory(dialogue=earlier, text="Still open of earlier", due_on=date(2021, 10, 1))
    NextStepDoneFactory(step=NextStepFactory(dialogue=earlier, text="Done of earlier"))
    NextStepDoneFactory(step=NextStepFactory(dialogue=last_dialogue, text="Send the list"), result="Sent to all.")
    NextStepFactory(dialogue=last_dialogue, text="Say who answers", ministry=police)

    pack = build_pack(planned_dialogue, edition).last

    assert (pack.held_on, pack.place, pack.agreed, pack.summary) == (
        last_dialogue.held_on,
        "Maseru",
        "Each names a day.",
        "1 overdue.",
    )
    assert [commitment.text for commitment in pack.commitments] == ["Train the posts"]
    assert [(step.text, step.owner, step.state, step.status_text) for step in pack.steps] == [
        ("Still open of earlier", "The embassy", "overdue", "overdue by 119 days"),
        ("Say who answers", "Police", "open", "still open"),
        ("Send the list", "The embassy", "verified_done", "done 1 Dec 2021. Result: Sent to all."),
    ]


def test_the_last_dialogue_is_the_last_one_with_this_ministry(edition, police, planned_dialogue, last_dialogue):
    justice = MinistryFactory(name="Ministry of Justice", short_name="Justice")
    ParticipantFactory(dialogue=planned_dialogue, ministry=police)
    for ministry in (police, justice):
        ParticipantFactory(dialogue=last_dialogue, ministry=ministry)
        create_commitment(
            ministry, f"Promised by {ministry.short_name}", due_on=date(2022, 1, 21), dialogue=last_dialogue
        )
        NextStepFactory(dialogue=last_dialogue, text=f"Step of {ministry.short_name}", ministry=ministry)
    NextStepFactory(dialogue=last_dialogue, text="Step of ours")
    CommitmentEventFactory(
        commitment=create_commitment(police, "Done"),
        kind=CommitmentEventKind.VERIFIED_DONE,
        happened_on=date(2021, 11, 20),
    )
    others = DialogueFactory(held_on=date(2021, 12, 1), agreed="Marker of another ministry's meeting")
    ParticipantFactory(dialogue=others, ministry=justice)
    ParticipantFactory(dialogue=others, ministry=police, came=False)
    NextStepFactory(dialogue=others, text="Marker step")

    pack = build_pack(planned_dialogue, edition)

    assert pack.last.held_on == last_dialogue.held_on
    assert [commitment.text for commitment in pack.last.commitments] == ["Promised by Police"]
    assert pack.last.others == (
        "1 more commitment was made at this dialogue. It does not concern the ministries of this pack."
    )
    assert {step.text for step in pack.last.steps} == {"Step of Police", "Step of ours"}
    assert len(points_for(pack).kept) == 1, "since this ministry was met last"
    assert "Marker" not in render_html(pack)


def test_a_pack_and_the_briefing_agree_on_how_many_commitments_a_dialogue_made(
    edition, police, planned_dialogue, last_dialogue
):
    justice = MinistryFactory(name="Ministry of Justice", short_name="Justice")
    ParticipantFactory(dialogue=planned_dialogue, ministry=police)
    ParticipantFactory(dialogue=last_dialogue, ministry=police)
    for number in range(3):
        create_commitment(justice, f"Promise {number}", dialogue=last_dialogue)

    pack = build_pack(planned_dialogue, edition)
    briefing = build_ambassador_briefing(ReaderView(AmbassadorFactory(), edition, DAY, None))

    assert [len(row.agreed) for row in briefing.dialogues] == [3]
    assert (len(pack.last.commitments), pack.last.others) == (
        0,
        "3 commitments were made at this dialogue. None of them concerns the ministries of this pack.",
    )
    assert pack.last.others in render_html(pack)
    assert "No commitment was made at this dialogue." not in render_html(pack)


def test_all_documents_of_one_moment_name_the_same_newest_fact(edition, police, planned_dialogue):
    create_commitment(police, "Train the posts")
    EvidenceFactory(recorded_at=at_noon(date(2022, 1, 26)))
    view = ReaderView(AmbassadorFactory(), edition, DAY, None)

    def newest(moment):
        then = replace(view, known_by=moment)
        return {
            build(then).facts_up_to
            for build in (
                build_ambassador_briefing,
                build_washington_input,
                lambda then: build_ministry_page(then, police),
                lambda then: build_dialogue_pack(then, planned_dialogue),
            )
        }

    assert newest(None) == {at_noon(date(2022, 1, 26))}
    assert newest(at_noon(date(2022, 1, 25))) == {at_noon(date(2022, 1, 20))}, "when the dialogue was planned_dialogue"


def test_a_dialogue_that_was_held_has_its_record_and_its_participants(edition, police, last_dialogue):
    before = DialogueFactory(held_on=date(2021, 9, 1), agreed="What came before")
    Dialogue.objects.filter(pk=last_dialogue.pk).update(record="They spoke at length.")
    AgendaItemFactory(
        dialogue=last_dialogue, recommendation=None, topic="The budget", note="How much?", said="Half of it."
    )
    create_commitment(police, "Train the posts", due_on=date(2022, 1, 21), dialogue=last_dialogue)
    NextStepFactory(dialogue=last_dialogue, text="Say who answers")
    ParticipantFactory(dialogue=last_dialogue, name="P. Minister", office="Minister")
    ParticipantFactory(dialogue=last_dialogue, name="A. Absent", office="Clerk", came=False)

    pack = build_pack(last_dialogue, edition)

    assert (pack.stage, pack.agenda[0].said, pack.minutes.record) == ("Held", "Half of it.", "They spoke at length.")
    assert [commitment.text for commitment in pack.minutes.commitments] == ["Train the posts"]
    assert [step.text for step in pack.minutes.steps] == ["Say who answers"]
    assert [participant.how for participant in pack.participants] == ["In person", "Did not attend"]
    assert (pack.last.held_on, pack.last.agreed, pack.last.steps) == (before.held_on, "What came before", ())
    assert "Agenda and what was said" in render_html(pack)


def test_the_agenda_has_no_empty_column_if_nothing_was_recorded_by_item(edition, last_dialogue):
    AgendaItemFactory(dialogue=last_dialogue, recommendation=None, topic="The budget")

    html = render_html(build_pack(last_dialogue, edition))

    assert "Nothing is recorded on this item." not in html
    assert "What was said is not recorded yet." in html
    AgendaItemFactory(dialogue=last_dialogue, recommendation=None, topic="The courts", said="Soon.")
    assert render_html(build_pack(last_dialogue, edition)).count("Nothing is recorded on this item.") == 1


def test_every_empty_section_has_a_sentence(edition):
    planned = DialogueFactory(planned=True)

    html = " ".join(render_html(build_pack(planned, edition)).split())

    for sentence in (
        "There are no talking points. The deadline is 28 February 2022, in 31 days.",
        "The agenda is empty.",
        "None: Verified, Reported done, Overdue, To do.",
        "There was no dialogue before this one.",
        "No participants are recorded.",
    ):
        assert sentence in html


# --- From where it is looked at ---------------------------------------------------------------------------------------


def test_events_after_the_day_are_left_out(edition, police, planned_dialogue, last_dialogue):
    promise = create_commitment(police, "Train the posts", due_on=date(2022, 1, 10), dialogue=last_dialogue)
    CommitmentEventFactory(commitment=promise, kind=CommitmentEventKind.VERIFIED_DONE, happened_on=date(2022, 1, 20))
    step = NextStepFactory(dialogue=last_dialogue)
    NextStepDoneFactory(step=step, done_on=date(2022, 1, 20), recorded_at=at_noon(date(2022, 1, 20)))

    then, now = build_pack(planned_dialogue, edition, as_of=date(2022, 1, 15)), build_pack(planned_dialogue, edition)

    assert [point.status_text for point in points_for(then).overdue] == ["by 5 days"]
    assert (then.last.steps[0].state, now.last.steps[0].state) == ("open", "verified_done")
    assert not points_for(then).kept
    assert points_for(now).kept
    between = DialogueFactory(held_on=date(2022, 1, 20))
    assert build_pack(planned_dialogue, edition, as_of=date(2022, 1, 15)).last.held_on == last_dialogue.held_on
    assert build_pack(planned_dialogue, edition).last.held_on == between.held_on
    early = build_pack(last_dialogue, edition, as_of=date(2021, 11, 1))
    assert (early.stage, early.minutes, early.last) == ("Planned", None, None)


def test_rows_recorded_after_the_moment_are_left_out(edition, police, planned_dialogue, last_dialogue):
    promise = create_commitment(police, "Train the posts", due_on=date(2022, 1, 10))
    sent = UpdateVersionFactory(update__commitment=promise, recorded_at=at_noon(date(2022, 1, 12)))
    UpdateVersionDecisionFactory(
        update_version=sent, decision=UpdateDecision.RETURNED, recorded_at=at_noon(date(2022, 1, 26))
    )
    later = create_commitment(police, "Recorded later", recorded_at=at_noon(date(2022, 1, 27)))
    AgendaItemFactory(dialogue=planned_dialogue, recommendation=None, commitment=later)

    def known_on(day):
        pack = build_pack(planned_dialogue, edition, known_by=at_noon(day))
        return pack, points_for(pack)

    then, points = known_on(date(2022, 1, 22))
    assert (len(points.with_us), len(points.returned), len(points.overdue)) == (1, 0, 0)
    assert "Recorded later" not in render_html(then)
    assert then.known_by == at_noon(date(2022, 1, 22))
    assert then.facts_up_to == at_noon(date(2022, 1, 20)), "when the dialogue was planned"
    [returned] = known_on(date(2022, 1, 27))[1].overdue
    assert returned.sentence.startswith("We returned your update on “Train the posts”")
    DialogueFactory(held_on=date(2022, 1, 21), recorded_at=at_noon(date(2022, 1, 25)))
    assert known_on(date(2022, 1, 22))[0].last.held_on == last_dialogue.held_on
    with pytest.raises(Dialogue.DoesNotExist):
        known_on(date(2022, 1, 19))


@pytest.mark.parametrize("factory", [OfficerFactory, AmbassadorFactory, ObserverFactory])
def test_officer_ambassador_and_observer_read_the_same_and_it_is_for_the_ambassador(
    edition, police, planned_dialogue, factory
):
    create_commitment(police, "Train the posts", due_on=date(2022, 1, 10))
    reader = factory()

    pack = build_pack(planned_dialogue, edition, reader=reader)

    assert dict(imprint_lines(pack))["Prepared for"] == "Ambassador"
    assert len(points_for(pack).overdue) == 1


def test_the_pack_has_nothing_of_another_country_for_a_reader_of_both(edition, planned_dialogue):
    elsewhere = CountryFactory(elsewhere=True)
    DialogueFactory(country=elsewhere, agreed="Marker agreed")
    theirs = MinistryFactory(country=elsewhere, name="Marker ministry")
    create_benchmark_led_by(theirs, EditionFactory(country=elsewhere), "Marker asked")
    create_commitment(theirs, "Marker promised", due_on=date(2022, 1, 10))

    pack = build_pack(planned_dialogue, edition, reader=AmbassadorFactory(countries=[edition.country, elsewhere]))

    assert "Marker" not in render_html(pack)


@pytest.mark.parametrize(
    ("whose", "reader", "refused"),
    [
        ("theirs", "ours", Dialogue.DoesNotExist),
        ("theirs", "both", Dialogue.DoesNotExist),
        ("ours", "theirs", Edition.DoesNotExist),
        ("ours", "ministry", PermissionDenied),
    ],
)
def test_another_countrys_dialogue_is_not_found_and_ministries_are_refused(
    edition, planned_dialogue, whose, reader, refused
):
    elsewhere = CountryFactory(elsewhere=True)
    countries = {"ours": [edition.country], "theirs": [elsewhere], "both": [edition.country, elsewhere]}
    eyes = FocalPointFactory() if reader == "ministry" else AmbassadorFactory(countries=countries[reader])
    dialogue = planned_dialogue if whose == "ours" else DialogueFactory(country=elsewhere)

    with pytest.raises(refused):
        build_pack(dialogue, edition, reader=eyes)


# --- On paper ---------------------------------------------------------------------------------------------------------


def test_sections_are_printed_in_the_order_in_which_they_were_picked(edition, planned_dialogue):
    pack = build_pack(planned_dialogue, edition)
    html = render_html(DialoguePack(**vars(pack) | {"sections": ("participants", "points"), "covering_note": "Read"}))

    assert html.index('id="participants"') < html.index('id="points"')
    assert 'id="agenda"' not in html
    assert '<p class="note">Read</p>' in html


def test_markup_is_printed_as_text_and_long_words_break(edition, police, planned_dialogue):
    create_commitment(police, "<img src='file:///etc/passwd'> " + "w" * 200, due_on=date(2022, 1, 10))

    html = render_html(build_pack(planned_dialogue, edition))

    assert "<img" not in html
    assert page.validate_pdf_bytes(pdf.render_pdf(html), profile="ua1").is_compliant


def test_the_public_record_passes_pdf_ua_and_is_the_same_every_time():
    load_cached(load_public_record, now=datetime(2022, 7, 31, 23, 59, tzinfo=MASERU))
    edition = Edition.objects.tracked().get()
    dialogue = Dialogue.objects.get(held_on=date(2021, 11, 8))

    first, second = (
        pdf.render_pdf(render_html(build_pack(dialogue, edition, as_of=date(2022, 3, 31)))) for _ in range(2)
    )

    assert first == second
    assert page.validate_pdf_bytes(first, profile="ua1").is_compliant
    text = pdf.extract_pdf_text(first)
    assert "SENSITIVE BUT UNCLASSIFIED" in text
    assert "DRAFT, NOT CLEARED" in text


def test_query_count_does_not_grow_with_the_rows(
    edition, police, planned_dialogue, last_dialogue, django_assert_num_queries
):
    def fill():
        benchmark = create_benchmark_led_by(police, edition, "It is done")
        promise = create_commitment(
            police, "Do it", due_on=date(2022, 1, 10), dialogue=last_dialogue, benchmarks=[benchmark]
        )
        sent = UpdateVersionFactory(update__commitment=promise, returned=True)
        EvidenceFactory(update_version=sent, supports=[benchmark], verified=True)
        AgendaItemFactory(dialogue=planned_dialogue, recommendation=benchmark.recommendation)
        AgendaItemFactory(dialogue=planned_dialogue, recommendation=None, commitment=promise)
        ParticipantFactory(dialogue=planned_dialogue, ministry=police)
        NextStepDoneFactory(step=NextStepFactory(dialogue=last_dialogue, ministry=police))

    reader = AmbassadorFactory()
    fill()
    for _ in range(2):
        with django_assert_num_queries(49):
            build_pack(planned_dialogue, edition, reader=reader)
        fill()
        fill()


# --- Asked for on the page --------------------------------------------------------------------------------------------


def test_the_pack_is_requested_on_the_dialogues_page_and_rendered(client, edition, police, planned_dialogue, run_jobs):
    create_benchmark_led_by(police, edition, "The unit is funded")
    client.force_login(AmbassadorFactory())
    link = edition_url("briefing_list", query={"what": f"dialogue-{planned_dialogue.pk}"})
    assert link in client.get(reverse("dialogue_detail", args=[planned_dialogue.pk])).text
    form = client.get(link.replace("&amp;", "&")).text
    assert f'<option value="dialogue-{planned_dialogue.pk}" selected>Dialogue pack: 10 February 2022</option>' in form

    client.post(reverse("briefing_list"), {"what": f"dialogue-{planned_dialogue.pk}", "as_of": "2022-01-28"})
    run_jobs()

    briefing = Briefing.objects.get()
    assert (briefing.kind, briefing.dialogue, briefing.state.value) == ("dialogue", planned_dialogue, "ready")
    assert briefing.get_file().name == "TIP-dialogue-2022-02-10-LSO-2021-as-of-2022-01-28-v1.pdf"
    with briefing.file.open("rb") as file:
        assert "The unit is funded" in pdf.extract_pdf_text(file.read())
    assert "Dialogue pack: 10 February 2022" in client.get(reverse("briefing_list")).text


def test_the_form_offers_what_is_to_come_then_the_last_few_held_and_nothing_called_off(client, edition):
    RecommendationFactory(edition=edition)
    held = [DialogueFactory(held_on=date(2021, month, 1)) for month in (5, 6, 7, 8)]
    later, sooner = (DialogueFactory(planned=True, held_on=date(2022, month, 10)) for month in (3, 2))
    unrecorded = DialogueFactory(planned=True, held_on=date(2022, 1, 20))
    DialogueFactory(
        planned=True, held_on=date(2022, 2, 1), called_off_at=at_noon(DAY), called_off_by=OfficerFactory(),
        called_off_reason="No room",
    )  # fmt: skip
    DialogueFactory(country=CountryFactory(elsewhere=True), planned=True)
    client.force_login(OfficerFactory())

    def offered(**query):
        return [key for key in client.get(reverse("briefing_list"), query).context["form"].documents if "dial" in key]

    expected = [f"dialogue-{row.pk}" for row in (sooner, later, held[3], held[2], held[1], unrecorded)]
    assert offered() == expected
    assert sorted(offered(what=f"dialogue-{held[0].pk}")) == sorted([*expected, f"dialogue-{held[0].pk}"])


def test_two_dialogues_on_one_day_are_labelled_with_their_place(client, edition, planned_dialogue):
    RecommendationFactory(edition=edition)
    DialogueFactory(planned=True, place="The residence")
    client.force_login(OfficerFactory())

    text = client.get(reverse("briefing_list")).text

    for place in ("Ministry of Justice", "The residence"):
        assert f"Dialogue pack: 10 February 2022, {place}<" in text


def test_the_document_is_a_choice_that_has_to_be_made_and_begins_with_the_ambassadors(client, edition):
    RecommendationFactory(edition=edition)
    client.force_login(OfficerFactory())

    text = client.get(reverse("briefing_list")).text
    assert '<option value="ambassador" selected>' in text
    assert "(optional)" not in text[text.index("Document") : text.index("As of")]
    assert client.post(reverse("briefing_list"), {"what": "dialogue-987", "as_of": "2022-01-28"}).status_code == 422
    client.post(reverse("briefing_list"), {"as_of": "2022-01-28"})

    assert Briefing.objects.get().kind == "ambassador"


def test_the_link_to_the_pack_is_shown_only_to_those_who_may_request_one(
    client, edition, planned_dialogue, last_dialogue
):
    RecommendationFactory(edition=edition)
    page = reverse("dialogue_detail", args=[planned_dialogue.pk])
    for reader, is_led in ((OfficerFactory(), True), (ObserverFactory(), False)):
        client.force_login(reader)
        assert ("Request the dialogue pack" in client.get(page).text) is is_led
    Dialogue.objects.filter(pk=planned_dialogue.pk).update(
        called_off_at=at_noon(DAY), called_off_by=OfficerFactory(), called_off_reason="No room"
    )
    client.force_login(OfficerFactory())

    assert "Request the dialogue pack" not in client.get(page).text


# --- Asked for by the API ---------------------------------------------------------------------------------------------


def post(client, **body):
    return client.post("/api/v1/briefings/", {"kind": "dialogue", **body}, content_type="application/json")


def test_the_api_takes_and_names_the_dialogue(client, edition, planned_dialogue):
    RecommendationFactory(edition=edition)
    client.force_login(OfficerFactory())

    asked = post(client, dialogue=planned_dialogue.pk)

    assert asked.status_code == 202
    assert (asked.json()["kind"], asked.json()["dialogue"], asked.json()["ministry"]) == (
        "dialogue",
        planned_dialogue.pk,
        None,
    )
    assert client.get("/api/v1/briefings/").json()["results"][0]["dialogue"] == planned_dialogue.pk


def test_the_api_refuses_a_pack_that_cannot_be(client, edition, planned_dialogue):
    RecommendationFactory(edition=edition)
    theirs = DialogueFactory(country=CountryFactory(elsewhere=True))
    off = DialogueFactory(
        planned=True, called_off_at=at_noon(DAY), called_off_by=OfficerFactory(), called_off_reason="No room"
    )
    client.force_login(OfficerFactory())

    told = {post(client, dialogue=pk).content.decode().replace(str(pk), "ID") for pk in (theirs.pk, 987654321)}
    assert told == {'{"dialogue":["You can see no row with the id ID. Use an id from the list."]}'}
    for answer, code, sentence in (
        (post(client), "required", "Choose the dialogue that the pack is for."),
        (
            post(client, kind="ambassador", dialogue=planned_dialogue.pk),
            "dialogue_not_for_kind",
            "Only a dialogue pack has a dialogue.",
        ),
        (post(client, dialogue=off.pk), "called_off", "This dialogue was called off."),
        (
            post(client, dialogue=planned_dialogue.pk, known_by="2022-01-19T12:00:00+02:00"),
            "not_recorded_by_then",
            "This dialogue was not recorded by then.",
        ),
    ):
        assert (answer.status_code, answer.json()["code"]) == (409, code)
        assert sentence in answer.json()["detail"]
    assert not Briefing.objects.exists()
