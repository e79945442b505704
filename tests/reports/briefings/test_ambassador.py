import hashlib
from dataclasses import fields, is_dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal

import page
import pytest
from django.core.exceptions import PermissionDenied
from pypdf import PdfReader

from dialogues.choices import (
    ClaimedProgress,
    CommitmentEventKind,
    DoneBy,
    EvidenceDecision,
    ReadingDirection,
    SupportKind,
    UpdateDecision,
    Verdict,
)
from dialogues.lesotho.loading import load_public_record
from recommendations.choices import MilestoneKind, Origin, Rule, TextStatus
from recommendations.models import Edition
from reports.briefings import pdf
from reports.briefings.ambassador import build_ambassador_briefing
from reports.briefings.content.ambassador import AmbassadorBriefing, PrintedMonth
from reports.briefings.content.documents import imprint_lines
from reports.briefings.html import render_html
from reports.briefings.points_to_raise import gather_points_to_raise
from reports.briefings.reversal_sentences import gather_reversals
from reports.reader_view import ReaderView
from reports.readiness.gathering import gather_facts
from reports.readiness.readiness import evaluate_readiness
from tests.factories import (
    MASERU,
    AgendaItemFactory,
    AmbassadorFactory,
    AssessmentFactory,
    BenchmarkFactory,
    CommitmentEventFactory,
    CommitmentFactory,
    CountryFactory,
    DialogueFactory,
    EditionFactory,
    EditionTermsFactory,
    EvidenceFactory,
    EvidenceFileFactory,
    EvidenceReviewFactory,
    FocalPointFactory,
    IndicatorFactory,
    InformationRequestFactory,
    MilestoneFactory,
    MinistryFactory,
    ObserverFactory,
    OfficerFactory,
    ParticipantFactory,
    ReadingFactory,
    RecommendationFactory,
    UpdateFactory,
    UpdateVersionDecisionFactory,
    UpdateVersionFactory,
    at_noon,
)
from tests.reports.printed_document import PrintedDocument
from tests.row_cache import load_cached
from tiptracker.choices import Paper

pytestmark = pytest.mark.django_db

DAY = date(2022, 1, 28)


@pytest.fixture
def edition():
    return EditionFactory()


def build_briefing(edition, *, as_of=DAY, known_by=None, reader=None) -> AmbassadorBriefing:
    return build_ambassador_briefing(ReaderView(reader or AmbassadorFactory(), edition, as_of, known_by))


def rendered_html(content):
    """The HTML of a briefing, with every run of spaces and line breaks as one space."""
    return " ".join(render_html(content).split())


def all_texts(value):
    """Every string in a briefing, however deep."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, tuple):
        return [word for item in value for word in all_texts(item)]
    if is_dataclass(value):
        return [word for field in fields(value) for word in all_texts(getattr(value, field.name))]
    return []


# --- Who reads what ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("sees_both", [False, True])
def test_briefing_holds_nothing_of_another_country(edition, sees_both):
    elsewhere = CountryFactory(elsewhere=True)
    reader = AmbassadorFactory(countries=[edition.country, elsewhere] if sees_both else [edition.country])
    theirs = EditionFactory(country=elsewhere)
    ministry = MinistryFactory(country=elsewhere, short_name="Marker")
    benchmark = BenchmarkFactory(
        recommendation=RecommendationFactory(edition=theirs, lead=ministry, text="Marker asked"),
        terms__criterion="Marker criterion",
    )
    promise = CommitmentFactory(ministry=ministry, text="Marker promise", benchmarks=[benchmark])
    update_version = UpdateVersionFactory(update=UpdateFactory(commitment=promise), narrative="Marker narrative")
    EvidenceFactory(update_version=update_version, title="Marker evidence", supports=[benchmark])
    EvidenceFactory(country=elsewhere, title="Marker that supports nothing")
    AssessmentFactory(benchmark=benchmark, rationale="Marker rationale")
    dialogue = DialogueFactory(country=elsewhere, place="Marker place", record="Marker record")
    CommitmentFactory(country=elsewhere, ministry=None, united_states=True, text="Marker of ours", dialogue=dialogue)
    own = BenchmarkFactory(recommendation=RecommendationFactory(edition=edition))
    EvidenceFactory(title="A case of our own", supports=[own])

    texts = all_texts(build_briefing(edition, reader=reader))

    assert [word for word in texts if "Marker" in word] == []
    assert "A case of our own" in texts


@pytest.mark.parametrize("reader", [AmbassadorFactory, ObserverFactory])
def test_embassy_roles_read_the_same_facts(edition, reader):
    EvidenceFactory(supports=[BenchmarkFactory(recommendation=RecommendationFactory(edition=edition))])

    content = build_briefing(edition, reader=reader())

    assert [piece.ref for piece in content.evidence] == ["E1"]
    assert dict(imprint_lines(content))["Prepared for"] == "Ambassador", "whoever asks for it"


def test_briefing_is_refused_to_a_ministry(edition):
    with pytest.raises(PermissionDenied):
        build_briefing(edition, reader=FocalPointFactory())


def test_briefing_on_a_country_the_reader_does_not_see_is_not_found(edition):
    elsewhere = CountryFactory(elsewhere=True)

    with pytest.raises(Edition.DoesNotExist):
        build_briefing(edition, reader=AmbassadorFactory(countries=[elsewhere]))


# --- As of, known by --------------------------------------------------------------------------------------------------


def test_rows_recorded_after_the_moment_are_left_out(edition):
    benchmark = BenchmarkFactory(recommendation=RecommendationFactory(edition=edition))
    early = EvidenceFactory(title="Early", supports=[benchmark])
    EvidenceFactory(title="Late", supports=[benchmark], recorded_at=at_noon(date(2022, 1, 20)))
    EvidenceReviewFactory(
        evidence=early, evidence_link=early.evidence_links.get(), recorded_at=at_noon(date(2022, 1, 20))
    )
    promise = CommitmentFactory(made__due_on=date(2022, 1, 12))
    CommitmentEventFactory(
        commitment=promise,
        kind=CommitmentEventKind.REPORTED_DONE,
        happened_on=date(2022, 1, 12),
        recorded_at=at_noon(date(2022, 1, 20)),
    )

    then = build_briefing(edition, known_by=at_noon(date(2022, 1, 19)))
    now = build_briefing(edition)

    assert [(piece.what, piece.state) for piece in then.evidence] == [("Early", "claimed")]
    assert [(piece.what, piece.state) for piece in now.evidence] == [("Early", "verified"), ("Late", "claimed")]
    assert [item.status_text for item in then.commitments_to_follow_up] == ["overdue by 16 days, no update received"]
    assert [item.status_text for item in now.commitments_to_follow_up] == ["reported done 12 Jan 2022; to be verified"]
    assert then.facts_up_to == at_noon(date(2022, 1, 10))
    assert now.facts_up_to == at_noon(date(2022, 1, 20))


def test_events_after_the_day_are_left_out(edition):
    benchmark = BenchmarkFactory(recommendation=RecommendationFactory(edition=edition))
    EvidenceFactory(supports=[benchmark], happened_to=date(2022, 1, 10))
    CommitmentFactory(made__happened_on=date(2022, 1, 10))
    DialogueFactory(held_on=date(2022, 1, 10))
    UpdateVersionFactory(happened_on=date(2022, 1, 10))

    content = build_briefing(edition, as_of=date(2022, 1, 9))

    assert (content.evidence, content.commitments_to_follow_up, content.dialogues, content.updates) == (
        (),
        content.commitments_to_follow_up[:1],
        (),
        (),
    )
    assert [item.made_on for item in content.commitments_to_follow_up] == [date(2021, 11, 8)]


def test_moments_are_in_the_time_zone_of_the_country(edition):
    DialogueFactory(recorded_at=datetime(2022, 1, 27, 23, 30, tzinfo=MASERU))

    page = rendered_html(build_briefing(edition, known_by=datetime(2022, 1, 28, 0, 30, tzinfo=MASERU)))

    assert "27 January 2022, 23:30" in page
    assert "<b>Using only what was recorded by</b> 28 January 2022" in page


# --- What it says -----------------------------------------------------------------------------------------------------


def test_nothing_reviewed_shows_no_figure(edition):
    benchmark = BenchmarkFactory(recommendation=RecommendationFactory(edition=edition))
    EvidenceFactory(supports=[benchmark])

    content = build_briefing(edition)

    assert content.readiness.sentence == "Nothing has been reviewed yet. 1 claim is waiting."
    assert (content.readiness.verified, content.readiness.claimed) == (None, None)
    assert content.readiness.mark_note == "Reason for our target of 45: The post's own target."
    assert {(part.points, part.claimed, part.verdict) for part in content.parts} == {(None, None, "not reviewed yet")}
    assert [item.points for item in content.recommendations] == [None]


def test_points_of_the_recommendations_add_up_to_those_of_their_part(edition):
    benchmarks = [BenchmarkFactory(recommendation=RecommendationFactory(edition=edition)) for _ in range(11)]
    EvidenceFactory(supports=benchmarks[:1], verified=True)

    content = build_briefing(edition)
    action = next(part for part in content.parts if part.title.startswith("Concrete action"))

    # 15/11 alone would print as 1.4, but with the 6 2/3 of a P what is printed has to add up to 8.0.
    assert action.points == Decimal("1.3")
    assert sum(item.points for item in content.recommendations) == action.points
    assert sum(part.points for part in content.parts) == content.readiness.verified


def test_commitments_to_follow_up_are_most_urgent_first_without_settled_or_own_ones(edition):
    CommitmentFactory(text="No date")
    CommitmentFactory(text="Late", made__due_on=date(2022, 1, 20))
    CommitmentFactory(text="Later", made__due_on=date(2022, 1, 10))
    CommitmentFactory(text="At the deadline", made__due_on=date(2022, 2, 28))
    CommitmentFactory(text="After the deadline", made__due_on=date(2022, 3, 1))
    CommitmentFactory(text="Done", done=True)
    CommitmentFactory(text="Ours", united_states=True)

    content = build_briefing(edition)

    assert [(item.text, item.status_text) for item in content.commitments_to_follow_up] == [
        ("Later", "overdue by 18 days, no update received"),
        ("Late", "overdue by 8 days, no update received"),
        ("At the deadline", "due in 31 days"),
        ("No date", "no date agreed"),
    ]
    assert [item.text for item in content.united_states] == ["Ours"]


def test_page_one_counts_open_commitments_and_names_those_that_fit(edition):
    for number in range(20):
        CommitmentFactory(text=f"Promise {number}")

    page = rendered_html(build_briefing(edition)).partition('data-head="Trend')[0]

    assert "20 commitments of the government need follow-up, the most urgent first." in page
    assert page.count("Promise ") == 14


def test_page_one_counts_the_commitments_that_do_not_fit_and_says_where_they_are(edition):
    for number in range(20):
        CommitmentFactory(text=f"Promise {number} to bring the amendment before Parliament, as both ministries agreed")
    content = build_briefing(edition)

    page = rendered_html(content).partition('data-head="Trend')[0]

    named = page.count("Promise ")
    assert 0 < named < 14
    assert f"{20 - named} more are in the annex:" in page
    first = PrintedDocument(content).texts[0]
    assert first.count("Promise ") == named, "the page shows as many as it counts"


def test_the_paragraph_and_page_one_count_what_the_ministries_pages_raise_or_wait_for(edition):
    led = RecommendationFactory(edition=edition, lead=(police := MinistryFactory()))
    EvidenceFactory(supports=[BenchmarkFactory(recommendation=led)], verified=True)
    create = {"ministry": police, "made__happened_on": date(2021, 11, 8)}
    CommitmentFactory(**create, text="In time", made__due_on=date(2022, 2, 20))
    CommitmentFactory(
        **create,
        text="Can be earlier",
        made__due_on=date(2022, 3, 10),
        benchmarks=[BenchmarkFactory(recommendation=led)],
    )
    CommitmentFactory(**create, text="Far off", made__due_on=date(2023, 3, 31))
    waits = CommitmentFactory(**create, text="Waits", made__due_on=date(2022, 1, 5))
    UpdateVersionFactory(update__commitment=waits, happened_on=date(2022, 1, 15))

    content = build_briefing(edition)

    listed = {item.text: item.status_text for item in content.commitments_to_follow_up}
    assert sorted(listed) == ["Can be earlier", "In time", "Waits"]
    assert list(listed)[-1] == "Waits"
    assert listed["Waits"] == "with the embassy since 15 January 2022, update received 10 days after the due date"
    assert content.readiness.paragraph.endswith(
        "No commitment is overdue; 3 need follow-up. 1 update that waits was received after its due date."
    )
    assert "1 other open commitment needs none yet." in rendered_html(content)


def test_page_one_has_the_order_of_the_ministrys_page_and_not_that_of_due_dates(edition):
    led = RecommendationFactory(edition=edition, lead=(police := MinistryFactory()))
    EvidenceFactory(supports=[BenchmarkFactory(recommendation=led)], verified=True)
    worth = BenchmarkFactory(recommendation=led)
    CommitmentFactory(ministry=police, text="Soon, adds nothing", made__due_on=date(2022, 2, 11))
    CommitmentFactory(ministry=police, text="Later, adds points", made__due_on=date(2022, 2, 25), benchmarks=[worth])

    content = build_briefing(edition)

    assert [item.text for item in content.commitments_to_follow_up] == ["Later, adds points", "Soon, adds nothing"]
    [ministry] = content.ministries
    assert [ask.partition("”")[0] for ask in ministry.asks] == ["“Later, adds points", "“Soon, adds nothing"]


def test_page_two_says_what_to_raise_first_with_each_ministry_as_its_page_does(edition):
    police = MinistryFactory(name="Ministry of Police")
    police.office_holders.create(name="Sekola", title="Minister of Police")
    for text, day in (("First", date(2022, 1, 3)), ("Second", date(2022, 1, 4)), ("Third", date(2022, 1, 5))):
        CommitmentFactory(ministry=police, text=text, made__due_on=day)
    reader = AmbassadorFactory()
    content = build_briefing(edition, reader=reader)
    facts = gather_facts(edition)
    result = evaluate_readiness(facts, as_of=DAY)
    points = gather_points_to_raise(
        ReaderView(reader, edition, DAY, None), police, result, gather_reversals(reader, facts, DAY)
    )

    [ministry] = content.ministries
    assert list(ministry.asks) == [point.sentence for point in points[:2]]
    second = PrintedDocument(content).texts[1]
    assert "Sekola, Minister of Police" in second
    for ask in ("“First” was due on 3 January 2022.", "“Second” was due on 4 January 2022."):
        assert ask in " ".join(second.split())
    assert "“Third”" not in second


def test_page_two_names_the_changes_of_the_last_month_and_the_next_dialogue(edition):
    old, new = BenchmarkFactory(), BenchmarkFactory()
    EvidenceFactory(supports=[old], happened_to=date(2021, 11, 1), verified=True)
    EvidenceFactory(supports=[new], happened_to=date(2022, 1, 10), verified=True)
    DialogueFactory(planned=True, held_on=date(2022, 2, 10), place="Maseru", purpose="Follow-up")

    content = build_briefing(edition)

    assert content.trend.changes.startswith("Changes since 29 December 2021: benchmark ")
    assert content.next_dialogue == "Next dialogue: 10 February 2022, Maseru. Follow-up"
    second = " ".join(PrintedDocument(content).texts[1].split())
    assert content.trend.changes in second
    assert content.next_dialogue in second


def test_a_dialogue_called_off_since_is_the_next_one_of_a_document_as_known_before(edition):
    officer = OfficerFactory()
    DialogueFactory(
        planned=True,
        called_off_at=at_noon(date(2022, 1, 26)),
        called_off_by=officer,
        called_off_reason="The minister travels.",
    )

    assert build_briefing(edition).next_dialogue == "No dialogue is planned."
    for day, is_named in ((19, False), (25, True), (27, False)):
        content = build_briefing(edition, known_by=at_noon(date(2022, 1, day)))
        assert ("10 February 2022" in content.next_dialogue) is is_named


def test_page_one_names_the_maker_and_the_due_date_of_a_commitment(edition):
    benchmark = BenchmarkFactory(
        recommendation=RecommendationFactory(edition=edition, lead=MinistryFactory(name="Ministry of Police")),
        terms__criterion="A shelter in each district",
    )
    justice = MinistryFactory(name="Ministry of Justice")
    CommitmentFactory(
        ministry=justice, text="Open two shelters", benchmarks=[benchmark], made__due_on=date(2022, 2, 20)
    )

    (step,) = build_briefing(edition).next_steps.on_one_page

    assert step.sentence == (
        "Urge the Ministry of Justice to keep its commitment “Open two shelters” (1a), due 20 February 2022."
    )
    assert step.points is None, "nothing has been reviewed"


def test_page_one_sums_up_waiting_reviews_in_one_line_and_counts_other_steps(edition):
    waiting, *_ = [
        [BenchmarkFactory(recommendation=RecommendationFactory(edition=edition)) for _ in range(number)]
        for number in (2, 8)
    ]
    EvidenceFactory(supports=[BenchmarkFactory(recommendation=RecommendationFactory(edition=edition))], verified=True)
    for day, row in enumerate(waiting, 11):
        EvidenceFactory(supports=[row], recorded_at=at_noon(date(2022, 1, day)))

    page = rendered_html(build_briefing(edition)).partition('data-head="Trend')[0]

    assert "At the embassy, review the 2 updates and pieces of evidence that would add points." in page
    assert "The oldest of them has waited since 11 January 2022." in page
    assert page.count("<td>Agree with") == 6
    assert "3 more steps add" in page


def test_page_one_says_how_much_is_overdue(edition):
    CommitmentFactory(made__due_on=date(2022, 2, 20))
    assert "Commitments due; none is overdue" in rendered_html(build_briefing(edition))

    CommitmentFactory(made__due_on=date(2022, 1, 20))
    content = build_briefing(edition)
    assert content.overdue == 1
    assert "Commitments overdue or due" in rendered_html(content)
    assert "2 commitments of the government need follow-up, the most urgent first. 1 is overdue." in rendered_html(
        content
    )


def test_overdue_requests_are_counted_on_page_one_and_called_overdue_on_page_two(edition):
    police = MinistryFactory(name="Ministry of Police")
    CommitmentFactory(ministry=police, made__due_on=date(2022, 2, 20))
    assert "request" not in rendered_html(build_briefing(edition)).partition("<h2>Annexes")[0].lower()
    InformationRequestFactory(ministry=police, edition=edition, asked__due_on=date(2022, 1, 14), lines=["The list"])

    content = build_briefing(edition)

    assert "1 request for information is overdue, by 14 days: Ministry of Police." in content.readiness.paragraph
    for paper in Paper:
        first, second = (" ".join(text.split()) for text in PrintedDocument(content, paper).texts[:2])
        assert first.count("1 request for information is overdue") == 2, "in the paragraph and above the table"
        assert "Your answer on “The list” has been overdue since 14 January 2022." in second


def test_page_one_lists_no_step_for_a_commitment_due_after_the_deadline(edition):
    for text, day in (("In time", date(2022, 2, 28)), ("Too late", date(2022, 3, 1))):
        benchmark = BenchmarkFactory(recommendation=RecommendationFactory(edition=edition))
        CommitmentFactory(text=text, benchmarks=[benchmark], made__due_on=day)

    content = build_briefing(edition)
    steps = rendered_html(content).partition("<h2>Next steps</h2>")[2].partition("<h2>")[0]

    assert "keep its commitment “In time”" in steps
    assert "Too late" not in steps
    assert [item.text for item in content.commitments_to_follow_up] == ["In time", "Too late"], "its page asks for it"


def test_check_names_the_commitment_and_its_ministry_or_the_evidence(edition):
    police = MinistryFactory(short_name="Police", name="Ministry of Police")
    recommendation = RecommendationFactory(edition=edition, lead=police)
    CommitmentFactory(
        text="Train the posts",
        ministry=police,
        benchmarks=[BenchmarkFactory(recommendation=recommendation)],
        made__due_on=date(2022, 1, 21),
    )
    evidence = EvidenceFactory(supports=[BenchmarkFactory(recommendation=recommendation)], verified=True)

    content = build_briefing(edition)

    assert [check.about for check in content.checks] == [
        (f"Evidence E1: “{evidence.title}”",),
        ("Ministry of Police: “Train the posts”",),  # overdue
        ("Ministry of Police: “Train the posts”",),  # without agreed proof
    ]
    assert (
        "Ministry of Police: “Train the posts”" in rendered_html(content).partition("Problems in the record")[2][:900]
    )


def test_page_two_is_titled_by_the_trend_and_lists_months_with_a_score_or_an_event(edition):
    DialogueFactory(held_on=date(2021, 11, 8), place="Maseru")

    content = build_briefing(edition)

    assert content.trend.title == "Nothing has been reviewed yet"
    assert [(month.ends_on, month.happened) for month in content.trend.months] == [
        (date(2021, 11, 24), "8 Nov: Dialogue, Maseru"),
        (DAY, ""),
    ]
    assert ">Nothing has been reviewed yet</h2>" in rendered_html(content)
    assert content.trend.since == PrintedMonth(date(2021, 11, 8), None, None, "8 Nov: Dialogue, Maseru")
    assert [row.ends_on for row in content.trend.months_first] == [date(2021, 11, 8), DAY]


def test_a_chart_is_drawn_only_if_three_weeks_have_a_figure(edition):
    EvidenceFactory(
        supports=[BenchmarkFactory(recommendation=RecommendationFactory(edition=edition))],
        happened_from=date(2022, 1, 5),
        happened_to=date(2022, 1, 5),
        verified=True,
    )

    two, three = (build_briefing(edition, as_of=day) for day in (date(2022, 1, 12), date(2022, 1, 13)))

    assert (two.trend.chart, two.trend.no_chart) == (
        None,
        "There is no chart yet, because only 2 weeks have a figure.",
    )
    assert two.trend.no_chart in rendered_html(two)
    assert three.trend.no_chart == ""
    assert 'class="trend' in rendered_html(three)


def test_a_chart_begins_with_the_first_figure_and_ends_at_the_deadline(edition):
    EvidenceFactory(
        supports=[BenchmarkFactory(recommendation=RecommendationFactory(edition=edition))],
        happened_from=date(2022, 1, 5),
        happened_to=date(2022, 1, 5),
        verified=True,
    )
    DialogueFactory(held_on=date(2021, 11, 8))
    MilestoneFactory(edition=edition, kind=MilestoneKind.DEADLINE)

    chart = build_briefing(edition).trend.chart

    assert [label.text for label in chart.names] == ["Deadline, 28 Feb"]
    assert [label.text for label in chart.axis if label.text.isalpha()] == ["Jan", "Feb"]


def test_an_annex_lists_only_the_months_that_page_two_has_no_room_for(edition):
    for month in range(8, 13):
        DialogueFactory(held_on=date(2021, month, 2))

    trend = build_briefing(edition).trend

    assert [row.ends_on for row in trend.months_first] == [date(2021, 12, 2), DAY]
    assert [row.ends_on.month for row in trend.months_left] == [8, 9, 10, 11, 12]


def test_a_ministry_has_its_minister_the_recommendations_it_leads_and_its_commitments(edition):
    police = MinistryFactory(short_name="Police")
    police.office_holders.create(name="Before", until_on=date(2021, 12, 31))
    police.office_holders.create(name="Sekola", title="Minister of Police", from_on=date(2022, 1, 1))
    MinistryFactory(short_name="Idle")
    RecommendationFactory(edition=edition, lead=police)
    CommitmentFactory(ministry=police, made__due_on=date(2022, 1, 20))

    (ministry,) = build_briefing(edition).ministries

    assert (ministry.name, ministry.minister) == ("Ministry of Police", "Sekola, Minister of Police")
    assert (ministry.leads, ministry.summary) == ("Leads on recommendation 1.", "1 overdue.")


def test_a_recommendation_has_its_benchmarks(edition):
    recommendation = RecommendationFactory(
        edition=edition,
        indicia=[1, 7],
        lead=MinistryFactory(short_name="Police"),
        supporting=[MinistryFactory(short_name="Justice")],
        years_unmet=5,
        years_unmet_source="TIP Report 2021",
    )
    districts = IndicatorFactory(unit="districts")
    counted = BenchmarkFactory(
        recommendation=recommendation, terms__rule=Rule.TARGET, terms__target=10, terms__indicator=districts
    )
    ReadingFactory(indicator=districts, figure=6, through_on=date(2022, 1, 15), verified=True)
    judged = BenchmarkFactory(recommendation=recommendation, terms__criterion="A budget is released.")
    action = EvidenceFactory(supports=[judged], verified=True)
    AssessmentFactory(benchmark=judged, verdict=Verdict.MET, rationale="It was paid.", grounds=[action])

    (printed,) = build_briefing(edition).recommendations
    first, second = printed.benchmarks

    assert printed.facts == (
        "TIP Report",
        "prosecution",
        "indicia 1, 7",
        "lead: Ministry of Police",
        "with: Ministry of Justice",
        "not met: 5 years in a row (TIP Report 2021)",
    )
    assert (first.key, first.share, first.figure) == (f"1{counted.letter}", Decimal("0.6"), "6 of 10 districts")
    assert first.rule == "Figure against a target: 10"
    assert first.evidence == ("E2",)
    assert (second.criterion, second.share, second.figure) == ("A budget is released.", 1, "met")
    assert second.evidence == ("E1",)
    assert second.assessment.rationale == "It was paid."
    assert second.assessment.by.startswith("Met. Assessed by ")


@pytest.mark.parametrize(
    ("recommendation", "criterion", "name"),
    [
        (
            "Give magistrates’ courts the power to impose the full penalty (Subordinate Courts Act)",
            "Amendment before Parliament",
            "Subordinate Courts Act: amendment before Parliament",
        ),
        ("Fund shelter.", "Money released", "Fund shelter: money released"),
        (
            "Put money in the Victims of Trafficking Trust Fund and set the rules for spending it",
            "Rules in force",
            "Put money in the Victims of Trafficking Trust Fund …: rules in force",
        ),
        ("Help Basotho abroad", "Basotho are helped", "Help Basotho abroad: Basotho are helped"),
    ],
)
def test_a_benchmark_is_named_with_its_subject(edition, recommendation, criterion, name):
    BenchmarkFactory(
        recommendation=RecommendationFactory(edition=edition, text=recommendation), terms__criterion=criterion
    )

    content = build_briefing(edition)

    assert content.recommendations[0].benchmarks[0].name == name
    assert f'<td class="name"> {name} <p' in rendered_html(content)


def test_a_claim_that_adds_points_is_marked_as_a_claim(edition):
    benchmark = BenchmarkFactory(recommendation=RecommendationFactory(edition=edition))
    EvidenceFactory(supports=[benchmark])
    EvidenceFactory(supports=[BenchmarkFactory(recommendation=benchmark.recommendation)], verified=True)

    claimed, verified = build_briefing(edition).recommendations[0].benchmarks

    assert (claimed.share, claimed.claimed) == (Decimal(0), Decimal("0.5"))
    assert "Claimed: under way, 10 January 2022" in claimed.reason
    assert (verified.share, verified.claimed) == (Decimal("0.5"), Decimal(0))


def test_recommendations_of_an_action_plan_come_last_and_say_so(edition):
    RecommendationFactory(edition=edition, number=1, origin=Origin.ACTION_PLAN)
    RecommendationFactory(edition=edition, number=1)

    assert [item.label for item in build_briefing(edition).recommendations] == ["1", "Action plan 1"]


def test_only_a_reconstruction_is_labelled_one(edition):
    RecommendationFactory(edition=edition, text="Put together", text_status=TextStatus.RECONSTRUCTION)
    RecommendationFactory(edition=edition, text="As published", text_status=TextStatus.OFFICIAL)

    page = rendered_html(build_briefing(edition))

    assert page.count("our wording, not the report’s") == 1


def test_a_dialogue_has_its_participants_its_record_and_what_was_agreed(edition):
    dialogue = DialogueFactory(record="Shelter was praised.", agreed="Dates follow.")
    ParticipantFactory(dialogue=dialogue, name="", office="Regional security team", presence="video")
    AgendaItemFactory(
        dialogue=dialogue,
        recommendation=RecommendationFactory(edition=edition, text="Fund shelter"),
        note="By when?",
        said="By June.",
    )
    promise = CommitmentFactory(dialogue=dialogue, letter="")

    (printed,) = build_briefing(edition).dialogues

    assert [(person.name, person.office, person.attended) for person in printed.participants] == [
        ("Regional security team", "", "by video")
    ]
    assert printed.agenda == ("1. Fund shelter\nQuestion: By when?\nWhat was said: By June.",)
    assert (printed.record, printed.conclusions) == ("Shelter was praised.", "Dates follow.")
    assert [(item.text, item.where) for item in printed.agreed] == [(promise.text, "Dialogue of 8 Nov 2021")]


def test_every_update_version_has_the_decision_on_it(edition):
    update = UpdateFactory()
    UpdateVersionFactory(update=update, narrative="First try", returned=True, happened_on=date(2022, 1, 5))
    second = UpdateVersionFactory(update=update, narrative="Second try", claimed=ClaimedProgress.DONE, accepted=True)
    EvidenceFactory(update_version=second)
    ReadingFactory(update_version=second, through_on=date(2022, 1, 10), figure=6, recorded_at=second.recorded_at)

    content = build_briefing(edition)
    first, last = content.updates[0].update_versions

    assert (first.narrative, first.outcome) == ("First try", "returned")
    assert first.decision.endswith("What to change: Please add the date.")
    assert (last.narrative, last.claims, last.outcome) == ("Second try", "done", "accepted")
    assert [figure.partition(": ")[2] for figure in last.figures] == ["6, up to 10 Jan 2022"]
    assert last.evidence == ("E1",)
    assert "Second try" in rendered_html(content)


def test_a_version_waits_if_its_decision_was_not_known_yet(edition):
    update_version = UpdateVersionFactory(happened_on=date(2022, 1, 10))
    UpdateVersionDecisionFactory(
        update_version=update_version, decision=UpdateDecision.ACCEPTED, recorded_at=at_noon(date(2022, 1, 20))
    )

    (now,) = build_briefing(edition).updates
    (then,) = build_briefing(edition, known_by=at_noon(date(2022, 1, 19))).updates

    assert [now.update_versions[0].outcome, then.update_versions[0].outcome] == ["accepted", "waiting"]


# --- Evidence ---------------------------------------------------------------------------------------------------------


def test_evidence_is_numbered_by_the_day_it_happened_and_proven_by_its_hash(edition):
    benchmark = BenchmarkFactory(recommendation=RecommendationFactory(edition=edition))
    file = EvidenceFileFactory(content=b"a warrant", name="warrant.pdf")
    EvidenceFactory(title="Second", happened_to=date(2022, 1, 12), supports=[benchmark])
    EvidenceFactory(title="First", happened_to=date(2022, 1, 5), supports=[benchmark], file=file)

    first, second = build_briefing(edition).evidence

    assert [(piece.ref, piece.what) for piece in (first, second)] == [("E1", "First"), ("E2", "Second")]
    assert [(kept.name, kept.kind, kept.sha256) for kept in first.files] == [
        ("warrant.pdf", "PDF", hashlib.sha256(b"a warrant").hexdigest())
    ]


@pytest.mark.parametrize(
    ("words_on", "state"),
    [
        ({}, "claimed"),
        ({"evidence_link": EvidenceDecision.VERIFIED}, "verified"),
        ({"evidence_link": EvidenceDecision.REJECTED}, "rejected"),
        ({"piece": EvidenceDecision.VERIFIED}, "verified"),
        ({"piece": EvidenceDecision.REJECTED, "evidence_link": EvidenceDecision.VERIFIED}, "rejected"),
        ({"piece": EvidenceDecision.VERIFIED, "evidence_link": EvidenceDecision.REJECTED}, "verified"),
    ],
)
def test_the_newest_review_decides_the_state_of_evidence(edition, words_on, state):
    piece = EvidenceFactory(supports=[BenchmarkFactory(recommendation=RecommendationFactory(edition=edition))])
    for about, decision in words_on.items():
        evidence_link = piece.evidence_links.get() if about == "evidence_link" else None
        EvidenceReviewFactory(evidence=piece, evidence_link=evidence_link, decision=decision)

    (printed,) = build_briefing(edition).evidence

    assert printed.state == state


def test_evidence_with_one_of_two_links_rejected_still_waits(edition):
    recommendation = RecommendationFactory(edition=edition)
    piece = EvidenceFactory(supports=[BenchmarkFactory(recommendation=recommendation) for _ in range(2)])
    EvidenceReviewFactory(
        evidence=piece, evidence_link=piece.evidence_links.first(), decision=EvidenceDecision.REJECTED
    )

    (printed,) = build_briefing(edition).evidence

    assert printed.state == "claimed"
    assert [evidence_link.state for evidence_link in printed.evidence_links] == ["rejected", "claimed"]


def test_a_rejection_names_its_reason_and_a_verification_its_reviewer(edition):
    recommendation = RecommendationFactory(edition=edition)
    EvidenceFactory(supports=[BenchmarkFactory(recommendation=recommendation)], verified=True)
    piece = EvidenceFactory(supports=[BenchmarkFactory(recommendation=recommendation)])
    word = EvidenceReviewFactory(evidence=piece, decision=EvidenceDecision.REJECTED, reason="Another year.")

    verified, rejected = build_briefing(edition).evidence

    assert verified.review == f"Verified by {word.recorded_by.name}, 10 Jan 2022"
    assert rejected.review == f"Rejected by {word.recorded_by.name}, 10 Jan 2022. Reason: Another year."


def test_the_review_of_a_link_is_named_only_if_it_differs_from_that_of_the_piece(edition):
    recommendation = RecommendationFactory(edition=edition)
    piece = EvidenceFactory(supports=[BenchmarkFactory(recommendation=recommendation) for _ in range(3)])
    first, second, third = piece.evidence_links.all()
    other = OfficerFactory(name="Another officer")
    EvidenceReviewFactory(evidence_link=first, reason="Seen.", recorded_at=at_noon(date(2022, 1, 20)))
    EvidenceReviewFactory(
        evidence_link=second, decision=EvidenceDecision.REJECTED, reason="Another year.", recorded_by=other
    )
    EvidenceReviewFactory(evidence_link=third, recorded_at=at_noon(date(2022, 1, 20)))

    content = build_briefing(edition)

    (printed,) = content.evidence
    assert printed.review.endswith(", 20 Jan 2022")
    assert [evidence_link.review for evidence_link in printed.evidence_links] == [
        "",
        "Rejected by Another officer, 10 Jan 2022. Reason: Another year.",
        "",
    ]
    page = rendered_html(content)
    key = printed.evidence_links[1].benchmark
    assert (
        f"Benchmark {key}: a concrete action. Rejected by Another officer, 10 Jan 2022. Reason: Another year." in page
    )


def test_evidence_of_a_returned_version_is_returned(edition):
    promise = CommitmentFactory(benchmarks=[BenchmarkFactory(recommendation=RecommendationFactory(edition=edition))])
    update_version = UpdateVersionFactory(update=UpdateFactory(commitment=promise), returned=True)
    EvidenceFactory(update_version=update_version, supports=promise.benchmarks.all())

    (printed,) = build_briefing(edition).evidence

    assert (printed.state, printed.review) == ("returned", "Returned")
    assert [evidence_link.state for evidence_link in printed.evidence_links] == ["returned"]


def test_an_update_that_an_officer_uploaded_says_on_whose_behalf(edition):
    promise = CommitmentFactory(
        ministry__short_name="Police",
        benchmarks=[BenchmarkFactory(recommendation=RecommendationFactory(edition=edition))],
    )
    sent = UpdateVersionFactory(
        update=UpdateFactory(commitment=promise),
        recorded_by=OfficerFactory(name="Naledi"),
        received_on=date(2022, 1, 9),
    )
    EvidenceFactory(update_version=sent, supports=promise.benchmarks.all())

    printed = build_briefing(edition)

    on_behalf = (
        "Naledi of the embassy on behalf of the Ministry of Police, from its workbook received on 9 January 2022"
    )
    assert printed.updates[0].update_versions[0].sent == f"Sent by {on_behalf}, 10 January 2022"
    assert printed.evidence[0].recorded == f"Recorded by {on_behalf}, 10 Jan 2022"


def test_evidence_of_a_withdrawn_version_is_withdrawn_by_the_ministry_once_that_is_known(edition):
    promise = CommitmentFactory(benchmarks=[BenchmarkFactory(recommendation=RecommendationFactory(edition=edition))])
    update_version = UpdateVersionFactory(update=UpdateFactory(commitment=promise), happened_on=date(2022, 1, 10))
    EvidenceFactory(update_version=update_version, supports=promise.benchmarks.all())
    decision = UpdateVersionDecisionFactory(
        update_version=update_version,
        decision=UpdateDecision.WITHDRAWN,
        reason="The wrong list.",
        recorded_at=at_noon(date(2022, 1, 20)),
    )

    now, then = build_briefing(edition), build_briefing(edition, known_by=at_noon(date(2022, 1, 19)))

    (printed,) = now.evidence
    assert (printed.state, printed.review) == ("withdrawn", "Withdrawn")
    assert [evidence_link.state for evidence_link in printed.evidence_links] == ["withdrawn"]
    (update,) = now.updates
    assert update.update_versions[0].outcome == "withdrawn"
    assert update.update_versions[0].decision == (
        f"Withdrawn by {decision.recorded_by.name} for the ministry, 20 January 2022. Reason: The wrong list."
    )
    assert then.evidence[0].state == "claimed"
    assert then.updates[0].update_versions[0].outcome == "waiting"


@pytest.mark.parametrize(
    ("facts", "note", "is_outside"),
    [
        ({}, "", False),
        ({"happened_to": date(2021, 3, 31)}, "Does not count: before 1 April 2021.", True),
        ({"happened_from": date(2021, 3, 31)}, "Does not count: before 1 April 2021.", True),
        ({"done_by": DoneBy.CIVIL_SOCIETY}, "Does not count: not done by the government.", False),
        ({"done_by": DoneBy.JOINT}, "", False),
        ({"happened_from": None}, "Does not count until a reviewer enters its start date.", False),
    ],
)
def test_evidence_says_why_it_does_not_count(edition, facts, note, is_outside):
    benchmark = BenchmarkFactory(recommendation=RecommendationFactory(edition=edition))
    EvidenceFactory(supports=[benchmark], **facts)

    (printed,) = build_briefing(edition).evidence

    assert (printed.note, printed.is_outside) == (note, is_outside)


def test_evidence_after_the_window_says_so(edition):
    benchmark = BenchmarkFactory(recommendation=RecommendationFactory(edition=edition))
    EvidenceFactory(supports=[benchmark], happened_to=date(2022, 4, 1))

    (printed,) = build_briefing(edition, as_of=date(2022, 4, 2)).evidence

    assert printed.note == "Does not count: after 31 March 2022."


def test_a_statement_has_no_note_that_it_does_not_count(edition):
    benchmark = BenchmarkFactory(recommendation=RecommendationFactory(edition=edition))
    EvidenceFactory(supports=[benchmark], supports__shows=SupportKind.PLAN, happened_from=None)

    (printed,) = build_briefing(edition).evidence

    assert printed.note == ""


def test_a_revision_replaces_revised_evidence_once_it_is_known(edition):
    benchmark = BenchmarkFactory(recommendation=RecommendationFactory(edition=edition))
    old = EvidenceFactory(title="Old", supports=[benchmark])
    EvidenceFactory(title="New", supports=[benchmark], revises=old, recorded_at=at_noon(date(2022, 1, 20)))

    assert [piece.what for piece in build_briefing(edition).evidence] == ["New"]
    assert [piece.what for piece in build_briefing(edition, known_by=at_noon(date(2022, 1, 19))).evidence] == ["Old"]


# --- How it reads -----------------------------------------------------------------------------------------------------


def test_briefing_on_nothing_has_a_sentence_in_every_section(edition):
    page = rendered_html(build_briefing(edition))

    for sentence in (
        "No commitment is overdue, and none is due before the deadline.",
        "No milestones are set for this edition.",
        "There is no chart yet, because no week has a figure.",
        "No ministry leads on a recommendation of this edition or has made a commitment yet.",
        "The United States has made no commitment yet.",
        "The recommendations of this edition have not been imported yet.",
        "No dialogue has been held since the tracking period began.",
        "No ministry has sent an update yet.",
        "No evidence has been recorded for this edition yet.",
    ):
        assert sentence in page
    assert "<tbody>\n      </tbody>" not in page


def test_markup_in_what_people_wrote_is_shown_as_text(edition):
    markup = '<img src="file:///etc/passwd"> & <script>'
    recommendation = RecommendationFactory(edition=edition, text=markup)
    benchmark = BenchmarkFactory(recommendation=recommendation, terms__criterion=markup)
    dialogue = DialogueFactory(place=markup, purpose=markup, record=markup, agreed=markup)
    ParticipantFactory(dialogue=dialogue, name=markup, office=markup)
    promise = CommitmentFactory(text=markup, benchmarks=[benchmark], dialogue=dialogue)
    update_version = UpdateVersionFactory(update=UpdateFactory(commitment=promise), narrative=markup, accepted=True)
    EvidenceFactory(update_version=update_version, title=markup, source=markup, stated_by=markup, supports=[benchmark])
    AssessmentFactory(benchmark=benchmark, rationale=markup)

    page = rendered_html(build_briefing(edition))

    assert "<img" not in page
    assert "<script" not in page
    assert page.count("&lt;img src=&quot;file:///etc/passwd&quot;&gt; &amp; &lt;script&gt;") > 12


def test_cleared_briefing_is_no_draft(edition):
    assert 'data-clearance="DRAFT, NOT CLEARED"' in rendered_html(build_briefing(edition))
    assert 'data-clearance=""' in rendered_html(replace(build_briefing(edition), is_cleared=True))


def test_milestones_are_listed_by_day(edition):
    MilestoneFactory(edition=edition, kind=MilestoneKind.DEADLINE)
    MilestoneFactory(
        edition=edition, kind=MilestoneKind.ACTION_PLAN, due_on=date(2021, 12, 28), done=date(2021, 12, 20)
    )

    assert [(day.title, day.status_text, day.is_done) for day in build_briefing(edition).milestones] == [
        ("Action plan presented", "done 20 Dec 2021", True),
        ("Deadline", "in 31 days", False),
    ]


def test_page_one_says_who_presents_an_action_plan_that_is_overdue(edition):
    MilestoneFactory(edition=edition, kind=MilestoneKind.ACTION_PLAN, due_on=date(2021, 12, 28))

    assert (
        "1 milestone was missed: Action plan presented by the Department to the government."
        in build_briefing(edition).readiness.paragraph
    )


def test_milestones_are_listed_as_they_were_known(edition):
    MilestoneFactory(edition=edition, kind=MilestoneKind.DEADLINE)
    MilestoneFactory(
        edition=edition,
        kind=MilestoneKind.ACTION_PLAN,
        due_on=date(2021, 12, 28),
        done=date(2021, 12, 20),
        done__recorded_at=at_noon(date(2022, 1, 20)),
    )
    EditionTermsFactory(edition=edition, deadline_on=date(2022, 3, 15), recorded_at=at_noon(date(2022, 1, 20)))

    then = build_briefing(edition, known_by=at_noon(date(2022, 1, 19)))
    now = build_briefing(edition)

    assert [(day.status_text, day.is_done) for day in then.milestones] == [
        ("overdue by 31 days", False),
        ("in 31 days", False),
    ]
    assert [(day.status_text, day.is_done) for day in now.milestones] == [
        ("done 20 Dec 2021", True),
        ("in 46 days", False),
    ]
    assert [content.milestones[-1].on == content.deadline for content in (then, now)] == [True, True]
    assert now.facts_up_to == at_noon(date(2022, 1, 20))


@pytest.mark.day("2022-08-01")
def test_public_record_makes_an_accessible_document_that_says_where_it_stands(tmp_path):
    load_cached(load_public_record, now=datetime(2022, 7, 31, 23, 59, tzinfo=MASERU))
    edition = Edition.objects.tracked().get()

    content = build_briefing(edition, as_of=date(2022, 3, 31), known_by=datetime(2022, 7, 31, 23, 59, tzinfo=MASERU))
    file = tmp_path / "briefing.pdf"
    file.write_bytes(pdf.render_pdf(render_html(content)))
    sheets = [" ".join(sheet.extract_text().split()) for sheet in PdfReader(file).pages]

    assert page.validate_pdf(file, profile="ua1").failures == []
    for sentence in (
        "Readiness: 60.5 of 100.",
        "As of 31 March 2022",
        "Sustain the funding of the police trafficking and smuggling unit",
        "It does not predict a tier. The Secretary of State decides the tier.",
        f"Page 1 of {len(sheets)}",
    ):
        assert sentence in sheets[0]
    assert "Trend, parts, ministries" in sheets[1]
    assert all(sheet.count("SENSITIVE BUT UNCLASSIFIED") >= 2 and "DRAFT, NOT CLEARED" in sheet for sheet in sheets)


def test_a_recommendation_that_repeats_one_is_unmet_for_a_year_more():
    first = RecommendationFactory(years_unmet=5, years_unmet_source="TIP Report 2021")
    following = EditionFactory(year=2022, terms__recorded_at=at_noon(date(2022, 8, 1)))
    fields = {"edition": following, "lead": None, "terms__recorded_at": at_noon(date(2022, 8, 1))}
    RecommendationFactory(repeats=first, **fields)
    RecommendationFactory(repeats=RecommendationFactory(), **fields)

    recommendations = build_briefing(following, as_of=date(2022, 8, 2)).recommendations

    assert [recommendation.facts[-1] for recommendation in recommendations] == [
        "not met: 6 years in a row (5 years according to TIP Report 2021, and asked again in 2022)",
        "not met: at least 1 year (asked in 2021 and again in 2022)",
    ]


def test_query_count_does_not_grow_with_the_record(edition, django_assert_num_queries):
    reader = AmbassadorFactory()

    def add():
        benchmark = BenchmarkFactory(recommendation=RecommendationFactory(edition=edition))
        dialogue = DialogueFactory()
        ParticipantFactory(dialogue=dialogue)
        AgendaItemFactory(dialogue=dialogue, recommendation=benchmark.recommendation)
        promise = CommitmentFactory(benchmarks=[benchmark], dialogue=dialogue, letter="")
        update_version = UpdateVersionFactory(update=UpdateFactory(commitment=promise), accepted=True)
        piece = EvidenceFactory(
            update_version=update_version, supports=[benchmark], verified=True, file=EvidenceFileFactory()
        )
        ReadingFactory(
            update_version=update_version,
            figure=None,
            direction=ReadingDirection.UP,
            through_on=DAY - timedelta(days=1),
        )
        AssessmentFactory(benchmark=benchmark, grounds=[piece])

    for _ in range(2):
        add()
        # 1 edition, 12 facts, 3 asked, 5 promised, 3 proof, 1 versions, 4 dialogues, 1 milestones, 2 ministries,
        # 2 benchmarks, 1 figures sent, 1 years unmet, 1 newest fact, 1 terms in force
        with django_assert_num_queries(42):
            build_briefing(edition, reader=reader)
