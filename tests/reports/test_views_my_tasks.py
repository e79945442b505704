"""My tasks: items by the points at stake, the next item, other kinds of tasks, and the export."""

import csv
import io
import re
from datetime import date
from fractions import Fraction

import pytest
from django.urls import reverse

from dialogues.choices import (
    ClaimedProgress,
    CommitmentEventKind,
    DoneBy,
    EvidenceDecision,
    SupportKind,
    UpdateDecision,
)
from recommendations.choices import MilestoneKind, Pillar, Rule
from tests.edition_urls import edition_url
from tests.factories import (
    AdministratorFactory,
    AmbassadorFactory,
    AssessmentFactory,
    BenchmarkFactory,
    BenchmarkTermsFactory,
    BriefingFactory,
    CommitmentEventFactory,
    CommitmentFactory,
    CountryFactory,
    DialogueFactory,
    DueDateProposalDecisionFactory,
    DueDateProposalFactory,
    EditionFactory,
    EvidenceFactory,
    EvidenceReviewFactory,
    FocalPointFactory,
    IndicatorFactory,
    InformationRequestFactory,
    InternalNoteDoneFactory,
    InternalNoteFactory,
    MilestoneFactory,
    MinistryFactory,
    NextStepDoneFactory,
    NextStepFactory,
    ObserverFactory,
    OfficerFactory,
    ReadingFactory,
    RecommendationFactory,
    RedactionFactory,
    UpdateFactory,
    UpdateVersionDecisionFactory,
    UpdateVersionFactory,
    at_noon,
)

pytestmark = pytest.mark.django_db


def row_url(name, row):
    return reverse(name, args=[row.pk])


def waiting_version(*benchmarks, **fields):
    """An update version that waits, with one piece of evidence that supports each of `benchmarks`."""
    commitment = CommitmentFactory(benchmarks=benchmarks, **fields.pop("commitment", {}))
    sent = UpdateVersionFactory(update__commitment=commitment, **fields)
    EvidenceFactory(update_version=sent, supports=benchmarks)
    return sent


def test_my_tasks_has_the_order_of_the_next_steps_then_the_most_points_then_the_fewest_days_left(client):
    EditionFactory(terms__deadline_on=date(2022, 2, 28))
    first, second = BenchmarkFactory(), BenchmarkFactory()
    past = waiting_version(second, commitment={"made__due_on": date(2022, 1, 16)}, happened_on=date(2022, 1, 20))
    soon = waiting_version(second, commitment={"made__due_on": date(2022, 1, 29)}, happened_on=date(2022, 1, 21))
    undated = waiting_version(second, happened_on=date(2022, 1, 12), claimed=ClaimedProgress.DONE)
    nothing = waiting_version(happened_on=date(2022, 1, 10))
    most = waiting_version(first, second, commitment={"made__due_on": date(2022, 3, 28)})
    UpdateVersionFactory(accepted=True)
    UpdateVersionFactory(returned=True)
    client.force_login(OfficerFactory())

    response = client.get(reverse("my_tasks"))

    lines = response.context["versions"]
    assert [line.update_version for line in lines] == [most, undated, past, soon, nothing]
    # One of two benchmarks is half of 30 points, half of that by a verdict; prosecution is one of three Ps.
    assert [line.stake.points for line in lines] == [30 + Fraction(20, 3), *[15 + Fraction(20, 3)] * 3, 0]
    assert [line.due.text for line in lines] == [
        "Due in 59 days", "31 days to the deadline", "The due date has passed", "Due in 1 day",
        "31 days to the deadline",
    ]  # fmt: skip
    assert [line.due.day for line in lines] == [
        date(2022, 3, 28), None, date(2022, 1, 16), date(2022, 1, 29), None,
    ]  # fmt: skip
    assert [(line.claimed, line.days) for line in lines[1::3]] == [
        (ClaimedProgress.DONE, 16),
        (ClaimedProgress.UNDER_WAY, 18),
    ]
    assert [(count.key, count.number) for count in response.context["counts"]] == [("updates", 5)]
    for told in ("+36.7<", "15 by an assessment", "+21.7<", "Due in 1 day", "for 16 days"):
        assert told in response.text
    assert "overdue" not in response.text.lower()


def test_points_alone_differ_from_points_after_the_steps_above_and_each_page_says_which_it_shows(client):
    EvidenceFactory(supports=[BenchmarkFactory()], verified=True)  # a record without reviews shows no points
    protection = RecommendationFactory(terms__pillar=Pillar.PROTECTION)
    for _ in range(2):
        EvidenceFactory(supports=[BenchmarkFactory(recommendation=protection)])
    client.force_login(OfficerFactory())

    tasks, dashboard, readiness = (
        client.get(edition_url(page)) for page in ("my_tasks", "dashboard", "readiness_detail")
    )

    alone = [line.stake.printed for line in tasks.context["logged"]]
    in_order = [line.step.points for line in dashboard.context["first_steps"] if line.step.kind == "review"]
    assert alone[0] == alone[1] == in_order[0] > in_order[1]  # the pillar of both counts once
    assert "The points of an item are what it adds alone." in tasks.text
    assert [line.stake.printed_in_order for line in tasks.context["logged"]] == [None, in_order[1]]
    assert f"+{in_order[1]} after the steps above it" in tasks.text
    for page in (dashboard, readiness):
        assert "Each step adds its points after the steps above it." in page.text


def test_my_tasks_tells_the_stakes_of_two_countries_each_by_its_own_record(client):
    here = waiting_version(BenchmarkFactory())
    elsewhere = CountryFactory(elsewhere=True)
    edition = EditionFactory(country=elsewhere)
    recommendation = RecommendationFactory(edition=edition, lead=None)
    BenchmarkFactory(recommendation=recommendation)
    commitment = CommitmentFactory(ministry=MinistryFactory(country=elsewhere), benchmarks=[])
    there = UpdateVersionFactory(update__commitment=commitment)
    EvidenceFactory(update_version=there, supports=[BenchmarkFactory(recommendation=recommendation)])
    client.force_login(OfficerFactory(countries=[here.update.commitment.country, elsewhere]))

    for address, expected in (
        (edition_url("my_tasks"), (here, 30 + Fraction(20, 3))),
        (edition_url("my_tasks", edition=edition), (there, 15 + Fraction(20, 3))),
    ):
        lines = client.get(address).context["versions"]
        assert [(line.update_version, line.stake.points) for line in lines] == [expected]


@pytest.fixture
def version_with_lower_figure():
    """An update that gives 6 of 10 prosecutions, of which 8 were verified before; another gives 9 convictions."""
    prosecutions, convictions = IndicatorFactory(name="Prosecutions", unit=""), IndicatorFactory(name="Convictions")
    benchmark = BenchmarkFactory(terms__rule=Rule.TARGET, terms__target=10, terms__indicator=prosecutions)
    ReadingFactory(indicator=prosecutions, figure=8, through_on=date(2021, 12, 31), verified=True)
    sent = UpdateVersionFactory(update__commitment=CommitmentFactory(benchmarks=[benchmark]))
    for indicator, figure in ((prosecutions, 6), (convictions, 9)):
        piece = EvidenceFactory(update_version=sent, happened_from=date(2021, 4, 1), happened_to=date(2022, 1, 20))
        ReadingFactory(
            indicator=indicator, figure=figure, through_on=date(2022, 1, 20), evidence=piece, update_version=sent
        )
    return sent


def test_my_tasks_and_the_update_say_why_points_would_be_lost(client, version_with_lower_figure):
    client.force_login(OfficerFactory())
    why = "Prosecutions: 6 would replace 8, which is verified."

    tasks = client.get(reverse("my_tasks"))
    update = client.get(reverse("version_simulation", args=[version_with_lower_figure.pk]))

    (line,) = tasks.context["versions"]
    assert line.stake.points == Fraction(-2, 10) * 30
    assert "−6</span>" in tasks.text
    assert update.context["accepting"].exact == line.stake.points
    for page in (tasks, update):
        assert f"Why points are lost: {why}" in re.sub("<[^>]+>", "", page.text)
        assert "onvictions" not in page.text
    assert "Counts less: 1a." in update.text


def test_my_tasks_gives_no_reason_where_nothing_falls(client):
    waiting_version(BenchmarkFactory())
    client.force_login(OfficerFactory())

    assert "Why points are lost" not in client.get(reverse("my_tasks")).text


@pytest.mark.day("2022-08-05")
def test_my_tasks_tells_what_is_at_stake_in_the_year_in_which_it_happened(client):
    benchmark = BenchmarkFactory()
    following = EditionFactory(year=2022, terms__deadline_on=date(2023, 2, 28))
    again = BenchmarkFactory(recommendation=RecommendationFactory(edition=following, repeats=benchmark.recommendation))
    before, after = waiting_version(benchmark), waiting_version(again, happened_on=date(2022, 7, 20))
    EvidenceFactory(
        update_version=after, supports=[again], happened_from=date(2022, 7, 1), happened_to=date(2022, 7, 20)
    )
    client.force_login(OfficerFactory())

    response = client.get(reverse("my_tasks"))

    told = {line.update_version: (line.stake.points > 0, line.stake.year) for line in response.context["versions"]}
    assert told == {before: (True, 2021), after: (True, None)}
    assert "for 2021" in response.text
    assert client.get(reverse("version_simulation", args=[before.pk])).context["accepting"].exact > 0


def test_my_tasks_does_not_tell_a_ministry_that_nothing_waits(client):
    own = FocalPointFactory()
    RecommendationFactory()
    UpdateVersionFactory(update__commitment__ministry=own.ministry)
    client.force_login(own)

    text = client.get(reverse("my_tasks")).text

    assert "You have no tasks" not in text
    assert "Only the embassy has tasks here." in text


def test_my_tasks_tells_an_administrator_where_their_work_is(client):
    RecommendationFactory()
    client.force_login(AdministratorFactory())

    text = client.get(reverse("my_tasks")).text

    assert "your ministry" not in text
    assert "What waits for an administrator" in text


def test_my_tasks_names_what_others_logged_and_nobody_reviewed(client):
    officer = OfficerFactory()
    benchmark = BenchmarkFactory()
    theirs = EvidenceFactory(supports=[benchmark])
    EvidenceFactory(supports=[benchmark], recorded_by=officer)
    EvidenceFactory(supports=[benchmark], verified=True)
    EvidenceFactory()
    waiting_version(benchmark)
    client.force_login(officer)

    response = client.get(reverse("my_tasks"))

    assert [line.evidence for line in response.context["logged"]] == [theirs]
    assert "Evidence to verify" in response.text


# --- The other kinds --------------------------------------------------------------------------------------------------


def task_urls(client, user, kind):
    """Return the addresses of a user's tasks of one kind. The total of the page is the count in the navigation."""
    client.force_login(user)
    context = client.get(reverse("my_tasks")).context
    (count,) = (item.waiting for item in context["navigation"] if item.label == "My tasks")
    assert count == context["total"]
    return [task.url for group in context["groups"] if group.key == kind for task in group.tasks]


def test_tasks_name_our_own_commitments_that_somebody_else_reported_done(client):
    RecommendationFactory()
    reporter = OfficerFactory()
    own, again = CommitmentFactory(united_states=True), CommitmentFactory(united_states=True)
    for commitment in (own, again):
        CommitmentEventFactory(
            commitment=commitment,
            kind=CommitmentEventKind.REPORTED_DONE,
            happened_on=date(2022, 1, 20),
            recorded_by=reporter,
        )
    CommitmentEventFactory(
        commitment=again, kind=CommitmentEventKind.REOPENED, happened_on=date(2022, 1, 21), reason="No."
    )
    CommitmentFactory(united_states=True)

    assert task_urls(client, OfficerFactory(), "commitments") == [row_url("commitment_detail", own)]
    assert task_urls(client, AmbassadorFactory(), "commitments") == [row_url("commitment_detail", own)]
    assert task_urls(client, reporter, "commitments") == []


def test_a_benchmark_is_to_be_assessed_once_somebody_verified_an_action_and_until_it_is_assessed(client):
    officer = OfficerFactory()
    waits = BenchmarkFactory()
    assessed, claimed, planned, early, others, counted = (BenchmarkFactory() for _ in range(6))
    BenchmarkTermsFactory(
        benchmark=counted, rule=Rule.MORE, indicator=IndicatorFactory(), recorded_at=at_noon(date(2022, 1, 5))
    )
    for benchmark in (waits, assessed, counted):
        EvidenceFactory(supports=[benchmark], verified=True)
    AssessmentFactory(benchmark=assessed)
    EvidenceFactory(supports=[claimed])
    EvidenceFactory(supports=[planned], supports__shows=SupportKind.PLAN, verified=True)
    EvidenceFactory(supports=[early], happened_to=date(2021, 3, 1), verified=True)
    EvidenceFactory(supports=[others], done_by=DoneBy.CIVIL_SOCIETY, verified=True)

    assert task_urls(client, officer, "benchmarks") == [row_url("benchmark_assess", waits)]
    assert task_urls(client, AmbassadorFactory(), "benchmarks") == []

    AssessmentFactory(benchmark=waits, recorded_at=at_noon(date(2022, 1, 28)))
    assert task_urls(client, officer, "benchmarks") == []


def test_next_steps_of_the_embassy_are_tasks_once_they_are_due(client):
    RecommendationFactory()
    dialogue = DialogueFactory()
    due, _, done = (NextStepFactory(dialogue=dialogue, due_on=date(2022, 1, day)) for day in (28, 29, 20))
    NextStepDoneFactory(step=done)
    NextStepFactory(dialogue=dialogue)
    NextStepFactory(dialogue=dialogue, due_on=date(2022, 1, 20), ministry=MinistryFactory())
    NextStepFactory(dialogue=dialogue, due_on=date(2022, 1, 20), office="The Director of Public Prosecutions")

    assert task_urls(client, OfficerFactory(), "next-steps") == [row_url("next_step_done", due)]
    assert task_urls(client, AmbassadorFactory(), "next-steps") == []


def test_a_briefing_is_to_be_cleared_by_somebody_else_in_its_newest_version(client):
    edition = RecommendationFactory().edition
    officer, ambassador = OfficerFactory(), AmbassadorFactory()
    ready = {"edition": edition, "pdf": b"%PDF-1.7"}
    BriefingFactory(**ready, requested_by=officer)
    newest = BriefingFactory(**ready, requested_by=officer)
    BriefingFactory(edition=edition, requested_by=officer)
    BriefingFactory(**ready, requested_by=None)
    pages = [BriefingFactory(**ready, kind="ministry", ministry=MinistryFactory(), requested_by=officer) for _ in "ab"]

    assert task_urls(client, ambassador, "briefings") == [row_url("briefing_detail", row) for row in (newest, *pages)]
    assert task_urls(client, officer, "briefings") == []
    elsewhere = CountryFactory(elsewhere=True)
    RecommendationFactory(edition=EditionFactory(country=elsewhere))
    assert task_urls(client, OfficerFactory(countries=[elsewhere]), "briefings") == []


def test_redactions_of_a_colleague_are_tasks(client):
    RecommendationFactory()
    officer = OfficerFactory()
    row = RedactionFactory(recorded_by=officer)

    assert task_urls(client, AmbassadorFactory(), "redactions") == [row_url("redaction_detail", row)]
    assert task_urls(client, officer, "redactions") == []


def test_an_observer_has_no_tasks(client):
    waiting_version(BenchmarkFactory())
    EvidenceFactory(supports=[BenchmarkFactory()])
    client.force_login(ObserverFactory())

    response = client.get(reverse("my_tasks"))

    assert (response.context["total"], response.context["versions"]) == (0, [])
    assert "You have no tasks." in response.text


def test_my_tasks_asks_for_another_look_where_evidence_came_after_the_embassys_word(client):
    untouched, overtaken = BenchmarkFactory(), BenchmarkFactory()
    for benchmark in (untouched, overtaken):
        EvidenceFactory(supports=[benchmark])
        AssessmentFactory(benchmark=benchmark, recorded_at=at_noon(date(2022, 1, 12)))
    settled, reopened = CommitmentFactory(), CommitmentFactory()
    for commitment in (settled, reopened):
        EvidenceFactory(commitment=commitment)
        CommitmentEventFactory(
            commitment=commitment,
            kind=CommitmentEventKind.VERIFIED_DONE,
            happened_on=date(2022, 1, 12),
            reason="Seen on site.",
        )
    EvidenceFactory(supports=[overtaken], commitment=reopened, happened_to=date(2022, 1, 20))
    client.force_login(OfficerFactory())

    response = client.get(reverse("my_tasks"))

    assert [verdict.benchmark for verdict, _ in response.context["overtaken_verdicts"]] == [overtaken]
    assert response.context["overtaken_commitments"] == [reopened]
    assert "New evidence since a decision" in response.text


def test_my_tasks_is_the_embassys(client):
    sent = waiting_version(BenchmarkFactory())
    for user in (FocalPointFactory(ministry=sent.update.commitment.ministry), FocalPointFactory()):
        client.force_login(user)
        response = client.get(reverse("my_tasks"))
        assert (response.context["versions"], response.context["logged"], response.context["groups"]) == ([], [], [])
        assert client.get(row_url("version_detail", sent)).status_code == 404


def test_my_tasks_lists_what_the_officer_logged_until_a_colleague_has_reviewed_it(client):
    officer, benchmark = OfficerFactory(), BenchmarkFactory()
    EvidenceFactory(supports=[benchmark], recorded_by=officer, title="Logged by me.")
    EvidenceFactory(supports=[benchmark], recorded_by=officer, verified=True, title="Verified already.")
    EvidenceFactory(supports=[benchmark], title="Logged by a colleague.")
    client.force_login(officer)

    response = client.get(reverse("my_tasks"))

    assert [row.title for row in response.context["own_waiting"]] == ["Logged by me."]
    assert "Logged by me." in response.text
    evidence = next(count for count in response.context["counts"] if count.key == "evidence")
    assert evidence.number == 1, "only what the colleague logged is a task"


@pytest.mark.parametrize("count", [1, 3, 300])
def test_my_tasks_query_count(client, django_assert_num_queries, count):
    benchmark = BenchmarkFactory()
    commitment = CommitmentFactory(benchmarks=[benchmark])
    for number in range(count):
        sent = UpdateVersionFactory(update=UpdateFactory(commitment=commitment, number=number + 1))
        EvidenceFactory(update_version=sent, supports=[benchmark])
        EvidenceFactory(supports=[benchmark])
    client.force_login(OfficerFactory())

    # session, user, zone; logged, versions and their keys, when they are due, editions, and the facts of one; the ten
    # other kinds;
    # own evidence that waits for a colleague; two with new evidence since a decision; commitments, milestones,
    # dialogues, requests and next steps that come up; the count of tasks
    with django_assert_num_queries(20 + 18 + 5):
        response = client.get(edition_url("my_tasks"))

    assert len(response.context["versions"]) == len(response.context["logged"]) == min(count, 25)
    assert response.context["page"].paginator.count == response.context["logged_count"] == count
    assert ("Pages of updates" in response.text) == (count == 300)


def test_my_tasks_taken_along_holds_all_of_it_in_the_same_order(client):
    first, second = BenchmarkFactory(), BenchmarkFactory()
    less, most = waiting_version(second), waiting_version(first, second)
    logged = EvidenceFactory(supports=[first])
    client.force_login(OfficerFactory())

    heads, *rows = csv.reader(io.StringIO(client.get(reverse("my_tasks"), {"as": "csv"}).text.removeprefix("\ufeff")))

    told = [dict(zip(heads, row, strict=True)) for row in rows]
    assert [
        (row["Kind of task"], row["Page"], row["Points at stake"], row["Of these by an assessment"]) for row in told
    ] == [
        ("Update", row_url("version_detail", most), "36.7", "15"),
        ("Update", row_url("version_detail", less), "21.7", "7.5"),
        ("Evidence", row_url("evidence_detail", logged), "14.2", ""),
    ]
    assert client.get(reverse("my_tasks"), {"as": "xlsx"}).content[:2] == b"PK"


# --- The next of it ---------------------------------------------------------------------------------------------------


def next_task_url(client, after=""):
    return client.get(reverse("my_tasks_next"), {"after": after} if after else {}).headers["Location"]


def test_my_tasks_next_leads_down_the_list_and_to_its_top_again(client):
    first, second = BenchmarkFactory(), BenchmarkFactory()
    less, most = waiting_version(second), waiting_version(first, second)
    logged = EvidenceFactory(supports=[first])
    client.force_login(OfficerFactory())

    assert next_task_url(client) == row_url("version_detail", most)
    walked = [next_task_url(client, f"version-{most.pk}"), next_task_url(client, f"version-{less.pk}")]
    walked.append(next_task_url(client, f"evidence-{logged.pk}"))
    assert [url.partition("?")[0] for url in walked] == [
        row_url("version_detail", less), row_url("evidence_detail", logged), row_url("version_detail", most),
    ]  # fmt: skip
    assert "Below is the next item" not in client.get(walked[0]).text  # nothing was decided

    assert "Open the first task" in client.get(reverse("my_tasks")).text
    client.force_login(AmbassadorFactory())  # who decides on no update, but may verify
    assert next_task_url(client) == row_url("evidence_detail", logged)
    client.force_login(ObserverFactory())
    assert next_task_url(client) == edition_url("my_tasks")
    assert "Open the first task" not in client.get(reverse("my_tasks")).text
    client.force_login(FocalPointFactory(ministry=most.update.commitment.ministry))
    assert next_task_url(client) == edition_url("my_tasks")


def test_a_withdrawn_update_leaves_my_tasks(client):
    gone, waits = waiting_version(BenchmarkFactory()), waiting_version(BenchmarkFactory())
    officer = OfficerFactory()
    client.force_login(officer)
    assert [line.update_version for line in client.get(edition_url("my_tasks")).context["versions"]] == [gone, waits]
    assert navigation_count(client) == 2

    UpdateVersionDecisionFactory(update_version=gone, decision=UpdateDecision.WITHDRAWN)

    assert [line.update_version for line in client.get(edition_url("my_tasks")).context["versions"]] == [waits]
    assert navigation_count(client) == 1
    page = client.get(next_task_url(client, f"version-{gone.pk}"))
    assert (page.context["update_version"], page.context["before"]) == (waits, None)


def navigation_count(client):
    """Return the number beside “My tasks” in the navigation."""
    items = client.get(edition_url("my_tasks")).context["navigation"]
    return next(item.waiting for item in items if item.label == "My tasks")


def test_proposed_due_dates_are_a_kind_of_task_for_officers(client):
    proposal = DueDateProposalFactory(commitment__made__due_on=date(2022, 2, 1), reason="The printer is late.")
    DueDateProposalDecisionFactory(proposal=DueDateProposalFactory())
    DueDateProposalFactory(
        commitment=CommitmentFactory(ministry__country=CountryFactory(elsewhere=True), text="Another country's.")
    )
    BenchmarkFactory()
    client.force_login(OfficerFactory())

    page = client.get(edition_url("my_tasks"))

    [group] = [group for group in page.context["groups"] if group.key == "due-dates"]
    [task] = group.tasks
    assert (task.title, task.url) == (proposal.commitment.text, row_url("due_date_answer", proposal))
    assert (task.sender, task.since) == (proposal.commitment.ministry.name, date(2022, 1, 10))
    assert task.note == "The ministry proposes 15 Feb 2022: The printer is late."
    assert [(count.key, count.number) for count in page.context["counts"]] == [("due-dates", 1)]
    assert navigation_count(client) == 1
    assert "Another country" not in page.text
    for other in (AmbassadorFactory(), ObserverFactory()):
        client.force_login(other)
        assert "due-dates" not in [group.key for group in client.get(edition_url("my_tasks")).context["groups"]]


def test_notes_are_tasks_of_the_person_named_until_dealt_with(client):
    edition = RecommendationFactory(number=4).edition
    officer, ambassador = OfficerFactory(), AmbassadorFactory()
    note = InternalNoteFactory(recommendation=edition.recommendations.get(), named=officer, text="Ask about it.")
    InternalNoteFactory()
    InternalNoteDoneFactory(note__named=officer)
    elsewhere = MinistryFactory(country=CountryFactory(elsewhere=True))
    InternalNoteFactory(ministry=elsewhere, country=elsewhere.country, named=officer)

    assert task_urls(client, OfficerFactory(), "notes") == task_urls(client, ambassador, "notes") == []
    assert task_urls(client, officer, "notes") == [row_url("note_detail", note)]
    page = client.get(edition_url("my_tasks"))
    [group] = [group for group in page.context["groups"] if group.key == "notes"]
    [task] = group.tasks
    assert (task.title, task.note) == ("Ask about it.", "Recommendation 4 of 2021")
    assert (task.sender, task.since) == (note.recorded_by.name, date(2022, 1, 10))

    answer = client.post(task.url, {"back": page.context["back"]})

    assert answer.headers["Location"] == edition_url("my_tasks")
    assert task_urls(client, officer, "notes") == []


def test_a_note_for_a_person_who_left_is_a_task_of_the_officers(client):
    RecommendationFactory()
    person = OfficerFactory(name="Thabo Mokoena")
    note = InternalNoteFactory(ministry=MinistryFactory(name="Ministry of Police"), named=person)
    officer, ambassador = OfficerFactory(), AmbassadorFactory()
    assert task_urls(client, officer, "notes") == []

    person.is_active = False
    person.save()

    assert task_urls(client, officer, "notes") == [row_url("note_detail", note)]
    assert "Ministry of Police. It was for Thabo Mokoena, who has left." in client.get(edition_url("my_tasks")).text
    assert task_urls(client, ambassador, "notes") == []


@pytest.mark.parametrize("decision", [UpdateDecision.RETURNED, UpdateDecision.ACCEPTED])
def test_after_a_decision_comes_the_next_with_a_way_back(client, decision):
    benchmark = BenchmarkFactory()
    waits, done = waiting_version(benchmark), waiting_version(benchmark)
    UpdateVersionDecisionFactory(update_version=done, decision=decision)
    client.force_login(OfficerFactory())

    page = client.get(next_task_url(client, f"version-{done.pk}"))

    assert page.context["update_version"] == waits
    assert "Below is the next item of your tasks." in page.text
    assert done.update.commitment.text in page.text
    assert f'<a href="{row_url("version_detail", done)}">Open the update again</a>' in page.text

    UpdateVersionDecisionFactory(update_version=waits)
    empty = client.get(next_task_url(client, f"version-{waits.pk}"))
    assert "You have no other task." in empty.text
    assert row_url("version_detail", waits) in empty.text


@pytest.mark.parametrize(
    ("rule", "word", "shows", "asks"),
    [
        (Rule.ASSESSED, EvidenceDecision.VERIFIED, SupportKind.ACTION, True),
        (Rule.ASSESSED, EvidenceDecision.REJECTED, SupportKind.ACTION, False),
        (Rule.ASSESSED, EvidenceDecision.VERIFIED, SupportKind.PLAN, False),
        (Rule.TARGET, EvidenceDecision.VERIFIED, SupportKind.ACTION, False),
    ],
)
def test_a_verdict_is_asked_for_only_where_something_verified_asks_for_one(client, rule, word, shows, asks):
    target = {"terms__target": 10, "terms__indicator": IndicatorFactory()} if rule is Rule.TARGET else {}
    benchmark = BenchmarkFactory(terms__rule=rule, **target)
    done = UpdateVersionFactory(update__commitment=CommitmentFactory(benchmarks=[benchmark]))
    piece = EvidenceFactory(update_version=done, supports=[benchmark], supports__shows=shows)
    UpdateVersionDecisionFactory(update_version=done)
    EvidenceReviewFactory(evidence_link=piece.evidence_links.get(), decision=word)
    client.force_login(OfficerFactory())

    after = client.get(next_task_url(client, f"version-{done.pk}")).text
    page = client.get(row_url("version_detail", done)).text

    assert (f'"{row_url("version_detail", done)}#assess"' in after) is asks
    assert ("No benchmark needs an assessment." in after) is not asks
    assert (row_url("version_simulation", done) in page) is asks
    assert ("Nothing more to do" in page) is not asks


def test_the_last_decision_is_shown_only_to_people_who_may_see_its_row(client):
    done = waiting_version(BenchmarkFactory())
    UpdateVersionDecisionFactory(update_version=done)
    review = EvidenceReviewFactory(
        evidence=EvidenceFactory(title="Seen by the post alone"), decision=EvidenceDecision.REJECTED
    )
    elsewhere = CountryFactory(elsewhere=True)
    RecommendationFactory(edition=EditionFactory(country=elsewhere))
    client.force_login(OfficerFactory(countries=[elsewhere]))

    for after in (
        f"version-{done.pk}",
        f"evidence-{review.evidence_id}",
        "version-x",
        "agenda-1",
        "version-" + "9" * 30,
    ):
        page = client.get(next_task_url(client, after))
        assert page.context["before"] is None
    client.force_login(OfficerFactory())
    assert "“Seen by the post alone”" in client.get(next_task_url(client, f"evidence-{review.evidence_id}")).text


@pytest.fixture
def upcoming_record():
    """What comes up for the embassy: a late milestone, a commitment of ours, dialogues, and an answer that is due."""
    BenchmarkFactory()  # an edition without recommendations has no pages
    edition = EditionFactory()
    milestone = MilestoneFactory(edition=edition, kind=MilestoneKind.INTERIM, due_on=date(2022, 1, 18))
    end = MilestoneFactory(edition=edition, kind=MilestoneKind.PERIOD_END, due_on=date(2022, 3, 31))
    ours = CommitmentFactory(united_states=True, made__due_on=date(2022, 2, 10), text="A trainer")
    CommitmentFactory(made__due_on=date(2022, 2, 9), text="A commitment of the ministry")
    step = NextStepFactory(text="Send the template", due_on=date(2022, 2, 4))
    dialogue = DialogueFactory(planned=True, held_on=date(2022, 2, 15))
    DialogueFactory(planned=True, held_on=date(2022, 3, 15))
    asked = InformationRequestFactory(asked__due_on=date(2022, 2, 20))
    return {"milestone": milestone, "end": end, "ours": ours, "step": step, "dialogue": dialogue, "asked": asked}


@pytest.mark.parametrize("factory", [OfficerFactory, AmbassadorFactory])
def test_my_tasks_lists_by_day_what_comes_up_for_the_embassy_and_counts_none_of_it_as_a_task(
    client, upcoming_record, factory
):
    client.force_login(factory())

    response = client.get(edition_url("my_tasks"))

    upcoming = response.context["upcoming"]
    assert [(line.day.isoformat(), line.url, line.who, line.is_overdue) for line in upcoming.listed] == [
        ("2022-01-18", row_url("milestone_detail", upcoming_record["milestone"]), "The Department", True),
        ("2022-02-04", row_url("next_step_done", upcoming_record["step"]), "The embassy", False),
        ("2022-02-10", row_url("commitment_detail", upcoming_record["ours"]), "The embassy", False),
        ("2022-02-15", row_url("dialogue_detail", upcoming_record["dialogue"]), "The embassy", False),
        (
            "2022-02-20",
            row_url("information_request_detail", upcoming_record["asked"]),
            upcoming_record["asked"].maker,
            False,
        ),
        ("2022-03-31", row_url("milestone_detail", upcoming_record["end"]), "A date of the edition", False),
    ]
    tasks = [group.key for group in response.context["groups"]]
    assert tasks == (["indicators"] if factory is OfficerFactory else []), "its indicators are a task of their own"
    assert response.context["total"] == len(tasks)
    assert "A commitment of the ministry" not in response.text
    assert f"{edition_url('my_tasks')}#coming-up" in client.get(edition_url("dashboard")).text


def test_answers_that_are_expected_do_not_displace_what_the_embassy_does_itself(client, upcoming_record):
    for _ in range(12):
        InformationRequestFactory(asked__due_on=date(2022, 1, 5))
    client.force_login(OfficerFactory())

    upcoming = client.get(edition_url("my_tasks")).context["upcoming"]

    assert (len(upcoming.listed), upcoming.more) == (10, 8)
    assert row_url("commitment_detail", upcoming_record["ours"]) in [line.url for line in upcoming.listed]


def test_nobody_but_the_embassy_reads_what_comes_up_for_it(client, upcoming_record):
    for factory in (FocalPointFactory, ObserverFactory, AdministratorFactory):
        client.force_login(factory())
        assert "A trainer" not in client.get(reverse("my_tasks")).text
