"""The dashboard: readiness, what to do next, and the steps of the first day."""

import re
from datetime import date, datetime, time
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils.html import escape

from dialogues.choices import SupportKind, Verdict
from recommendations.choices import EffortQuestion, MilestoneKind, Tier
from recommendations.models import Edition
from tests.edition_urls import edition_url
from tests.factories import (
    MASERU,
    AdministratorFactory,
    AmbassadorFactory,
    AssessmentFactory,
    BenchmarkFactory,
    BriefingFactory,
    CommitmentFactory,
    CountryFactory,
    EditionFactory,
    EditionTermsFactory,
    EvidenceFactory,
    EvidenceReviewFactory,
    FocalPointFactory,
    IndicatorFactory,
    InformationRequestFactory,
    InternalNoteFactory,
    JobFactory,
    MilestoneDateChangeFactory,
    MilestoneFactory,
    MinistryFactory,
    ObserverFactory,
    OfficeHolderFactory,
    OfficerFactory,
    RecommendationFactory,
    UpdateVersionFactory,
    at_noon,
)
from tests.pseudo_languages import LEFT_TO_RIGHT, pseudo_languages
from tiptracker.accounts.models import User
from tiptracker.jobs.models import State

pytestmark = pytest.mark.django_db

TODAY = date(2022, 1, 28)


def commitment_texts(rows):
    return [row.commitment.text for row in rows]


@pytest.fixture
def get_dashboard(client):
    """Call it to get the page as a person sees it."""

    def seen_by(user, query=""):
        client.force_login(user)
        return client.get(f"{reverse('dashboard')}{query}")

    return seen_by


@pytest.mark.parametrize("reader", [OfficerFactory, AmbassadorFactory, ObserverFactory])
def test_dashboard_says_where_we_stand_in_a_sentence(get_dashboard, reader):
    benchmark = BenchmarkFactory()
    EvidenceFactory(supports=[benchmark], verified=True)

    response = get_dashboard(reader())

    # A step of the only benchmark is half of 30; the prosecution it belongs to is a third of 20.
    bar = response.context["bar"]
    assert (bar.verified, bar.claimed, bar.mark) == (Decimal("21.7"), Decimal("21.7"), 45)
    assert escape(response.context["headline"]) in response.text


def test_dashboard_names_the_tier_its_target_and_whether_readiness_has_reached_its_own(get_dashboard):
    benchmark = BenchmarkFactory()
    edition = benchmark.recommendation.edition
    Edition.objects.filter(pk=edition.pk).update(target_tier=Tier.TIER_2)

    def told():
        page = get_dashboard(ObserverFactory())
        return page.context["tier"], page.context["target_tier"], page.context["has_reached_target"]

    assert told() == (Tier(edition.tier).label, Tier.TIER_2.label, None)

    EvidenceFactory(supports=[benchmark], verified=True)
    assert told()[2] is False
    assert "Readiness has not reached the target." in get_dashboard(ObserverFactory()).text

    EditionTermsFactory(edition=edition, readiness_target=20, recorded_at=at_noon(date(2022, 1, 20)))
    assert told()[2] is True
    assert "Readiness has reached the target." in get_dashboard(ObserverFactory()).text


def test_dashboard_shows_no_figure_where_nothing_has_been_reviewed(get_dashboard):
    benchmark = BenchmarkFactory()
    EvidenceFactory(supports=[benchmark])

    response = get_dashboard(OfficerFactory())

    bar = response.context["bar"]
    assert (bar.verified, bar.claimed, bar.projected, bar.mark) == (None, None, None, 45)
    assert escape(response.context["headline"]) in response.text
    assert [ministry.share for ministry in response.context["ministries"]] == [None]
    assert "of 100" not in re.sub("(?i)target[^<]*of 100", "", response.text)


@pytest.mark.day("2022-08-05")
def test_dashboard_says_that_a_new_year_began_and_where_the_last_one_ended(get_dashboard):
    benchmark = BenchmarkFactory()
    EvidenceFactory(supports=[benchmark], verified=True)
    following = EditionFactory(year=2022, terms=False)
    new = RecommendationFactory(edition=following)

    page = get_dashboard(AmbassadorFactory())
    start = page.context["start"]
    assert start.sentence == (
        "Its tracking period began on 1 April 2022. The 2021 edition ended with a readiness of 21.7 of 100."
    )
    assert (start.before, start.tasks) == (benchmark.recommendation.edition, [])

    steps = get_dashboard(OfficerFactory()).context["start"].tasks
    assert [step.label for step in steps] == [
        "Set the deadline of the 2022 edition",
        "Roll over from the 2021 edition",
        "Add benchmarks to the recommendations that have none",
    ]

    new.repeats = benchmark.recommendation
    new.save()
    EvidenceFactory(
        supports=[BenchmarkFactory(recommendation=new)], happened_from=date(2022, 5, 1), happened_to=date(2022, 5, 2),
        verified=True,
    )  # fmt: skip
    page = get_dashboard(OfficerFactory())
    assert page.context["start"] is None
    past = get_dashboard(OfficerFactory(), f"?edition={benchmark.recommendation.edition_id}")
    assert "The 2021 edition is past. Its tracking period ended on 31 March 2022." in past.text


def test_dashboard_of_a_post_that_begins_leads_an_officer_to_what_is_to_be_done(get_dashboard):
    RecommendationFactory()

    assert [step.label for step in get_dashboard(OfficerFactory()).context["start"].tasks] == [
        "Add benchmarks to the recommendations that have none"
    ]
    assert get_dashboard(ObserverFactory()).context["start"] is None


def test_the_owner_of_a_step_is_the_ministry_that_made_the_commitment(get_dashboard):
    """The lead of the recommendation may be another ministry. The owner is the ministry that made the commitment."""
    open_ = BenchmarkFactory(recommendation=RecommendationFactory(lead=MinistryFactory(name="Ministry of Police")))
    EvidenceFactory(supports=[BenchmarkFactory()], verified=True)
    justice = MinistryFactory(name="Ministry of Justice")
    CommitmentFactory(ministry=justice, text="Charge someone", benchmarks=[open_], made__due_on=date(2022, 2, 28))

    response = get_dashboard(AmbassadorFactory())

    step = response.context["in_short"][0].step
    assert (step.owner, step.due_on) == ("Ministry of Justice", date(2022, 2, 28))
    assert (
        "the Ministry of Justice to keep its commitment “Charge someone” (1a), due 28 February 2022." in response.text
    )
    assert "Ministry of Police keeps" not in response.text


def test_dashboard_asks_the_ministry_that_an_officer_set_for_a_figure_that_nobody_has_given(get_dashboard, client):
    """Before the lead of the recommendation, and the lead again once it is cleared."""
    lead = MinistryFactory(name="Ministry of Police")
    indicator = IndicatorFactory(question=EffortQuestion.PROSECUTIONS, indicium=1)
    EvidenceFactory(
        supports=[BenchmarkFactory(recommendation=RecommendationFactory(lead=lead, indicia=[1]))], verified=True
    )
    justice = MinistryFactory(name="Ministry of Justice")
    officer = OfficerFactory()

    def asked():
        (told,) = (line.step for line in get_dashboard(officer).context["in_short"] if line.step.kind == "ask")
        return told.owner, told.sentence

    inferred = asked()
    assert inferred[0] == "Ministry of Police"
    assert inferred[1].startswith("Ask the Ministry of Police, which leads on this subject, for the figure")
    client.post(reverse("indicator_ministry", args=[indicator.pk]), {"ministry": justice.pk})
    owner, sentence = asked()
    assert (owner, sentence.partition(" for ")[0]) == ("Ministry of Justice", "Ask the Ministry of Justice")
    client.post(reverse("indicator_ministry", args=[indicator.pk]), {"ministry": ""})
    assert asked() == inferred


def test_dashboard_advises_no_promise_for_after_the_deadline_and_calls_nothing_unpromised_that_waits(get_dashboard):
    later, waits = BenchmarkFactory(), BenchmarkFactory()
    EvidenceFactory(supports=[BenchmarkFactory()], verified=True)
    CommitmentFactory(text="Too late", benchmarks=[later], made__due_on=date(2022, 3, 1))
    promise = CommitmentFactory(text="Sent", benchmarks=[waits], made__due_on=date(2022, 2, 20))
    sent = UpdateVersionFactory(update__commitment=promise, claimed="done")
    EvidenceFactory(update_version=sent, supports=[waits])

    response = get_dashboard(OfficerFactory())

    told = [(line.step.kind, line.step.sentence) for line in response.context["in_full"]]
    assert not [sentence for _, sentence in told if "Too late" in sentence]
    assert not [sentence for kind, sentence in told if kind == "agree" and "2a" in sentence]
    assert [kind for kind, sentence in told if "on “Sent” (2a)" in sentence] == ["review"]


def test_dashboard_prints_points_that_add_up_to_the_readiness_they_lead_to(get_dashboard):
    EvidenceFactory(supports=[BenchmarkFactory()], verified=True)
    for _ in range(8):
        BenchmarkFactory()

    response = get_dashboard(OfficerFactory())

    stands = response.context["bar"].verified
    for line in response.context["in_full"]:
        stands += line.step.points
        assert line.step.cumulative == stands
    assert [line.step for line in response.context["first_steps"]] == [
        line.step for line in response.context["in_full"][:5]
    ]
    assert f'href="{edition_url("readiness_detail")}#next-steps"' in response.text


def test_dashboard_tells_who_does_not_review_in_one_line_what_waits_and_an_officer_each_thing(get_dashboard):
    EvidenceFactory(supports=[BenchmarkFactory()], verified=True)
    for title, day in (("A circular", 11), ("A payment", 12)):
        EvidenceFactory(title=title, supports=[BenchmarkFactory()], recorded_at=at_noon(date(2022, 1, day)))

    short = get_dashboard(AmbassadorFactory()).context["in_short"]
    full = get_dashboard(OfficerFactory()).context["in_short"]

    assert short[0].step.sentence == (
        "At the embassy, review the 2 updates and pieces of evidence that would add points. "
        "The oldest of them has waited since 11 January 2022."
    )
    assert [line.step.kind for line in short].count("review") == 1
    assert short[0].step.cumulative == full[1].step.cumulative
    assert [line.step.sentence for line in full[:2]] == [
        "Review the evidence “A circular” (2a).",
        "Review the evidence “A payment” (3a).",
    ]


def test_dashboard_says_that_a_colleague_has_to_review_what_one_recorded_oneself(get_dashboard):
    officer = OfficerFactory()
    EvidenceFactory(title="My own", supports=[BenchmarkFactory()], recorded_by=officer)
    note = "You recorded it, so a colleague has to review it."

    assert get_dashboard(officer).text.count(note) == 1
    assert note not in get_dashboard(OfficerFactory()).text


def test_dashboard_shows_no_points_of_steps_where_nothing_is_reviewed(get_dashboard):
    BenchmarkFactory(terms__criterion="An amendment is before Parliament.")

    response = get_dashboard(OfficerFactory())

    assert "An amendment is before Parliament." in response.text
    assert {line.step.points for line in response.context["in_full"]} == {None}
    assert "Readiness then" not in response.text
    assert "adds its points" not in response.text


def test_dashboard_counts_what_is_overdue_by_the_countrys_day(get_dashboard, set_clock):
    BenchmarkFactory()
    CommitmentFactory(text="Due on Friday", made__due_on=TODAY)

    set_clock(TODAY, time(23, 30))
    assert get_dashboard(OfficerFactory()).context["overdue"] == []

    # Half an hour later it is Saturday in Maseru, and still Friday in UTC.
    set_clock(date(2022, 1, 29), time(0, 1))
    assert commitment_texts(get_dashboard(OfficerFactory()).context["overdue"]) == ["Due on Friday"]


def test_dashboard_leads_to_overdue_requests_for_information(get_dashboard):
    edition = RecommendationFactory().edition
    police = MinistryFactory(country=edition.country, name="Ministry of Police")

    def leads_to():
        link = get_dashboard(OfficerFactory()).context["overdue_requests"]
        return link and (link.url, link.label)

    InformationRequestFactory(ministry=police, asked__due_on=TODAY)
    assert leads_to() is None
    late = InformationRequestFactory(ministry=police, asked__due_on=date(2022, 1, 27))
    assert leads_to() == (f"/requests/{late.pk}/", "1 request for information, Ministry of Police")
    InformationRequestFactory(ministry=police, asked__due_on=date(2022, 1, 3))
    assert leads_to() == (edition_url("information_request_list") + "?status=overdue", "2 requests for information")


def test_dashboard_lists_a_missed_milestone_though_no_commitment_is_overdue(get_dashboard):
    edition = BenchmarkFactory().recommendation.edition
    missed = MilestoneFactory(edition=edition, kind=MilestoneKind.ACTION_PLAN, due_on=date(2021, 12, 28))
    MilestoneFactory(edition=edition, kind=MilestoneKind.INTERIM, due_on=date(2021, 12, 1), done=date(2021, 12, 20))
    MilestoneFactory(edition=edition, kind=MilestoneKind.DEADLINE, due_on=date(2022, 1, 10))

    page = get_dashboard(OfficerFactory())

    assert [(row.title, row.status_text) for row in page.context["missed"]] == [
        ("Action plan presented by the Department to the government", "overdue by 31 days")
    ]
    link = f'<a href="{reverse("milestone_detail", args=[missed.pk])}">'
    assert f"{link}Milestone: Action plan presented by the Department to the government</a>" in page.text
    assert "No commitment is overdue." in page.text
    assert get_dashboard(ObserverFactory()).context["missed"][0].url == reverse("milestone_detail", args=[missed.pk])


def test_dashboard_lists_the_next_milestones_with_who_has_to_reach_them(get_dashboard):
    edition = BenchmarkFactory().recommendation.edition
    for kind, day in ((MilestoneKind.POST_ANSWERS, 15), (MilestoneKind.INTERIM, 1), (MilestoneKind.DATA_CALL, 3)):
        MilestoneFactory(edition=edition, kind=kind, due_on=date(2022, 2, day), is_estimated=day != 1)
    moved = MilestoneFactory(edition=edition, kind=MilestoneKind.ACTION_PLAN, due_on=date(2021, 12, 28))
    MilestoneDateChangeFactory(milestone=moved, due_on=date(2022, 1, 29))

    context = get_dashboard(OfficerFactory()).context

    assert context["missed"] == []
    assert [(row.title, row.is_about, row.distance) for row in context["milestones_ahead"]] == [
        ("Action plan presented by the Department to the government", False, "in 1 day"),
        ("Interim assessment by the Department", False, "in 4 days"),
        ("Data call by the embassy to ministries", True, "in 6 days"),
    ]


def test_dashboard_counts_updates_that_wait_and_came_late_though_no_commitment_is_overdue(get_dashboard):
    commitment = CommitmentFactory(made__due_on=date(2022, 1, 5))
    UpdateVersionFactory(
        update__commitment=CommitmentFactory(made__due_on=date(2022, 1, 20)), happened_on=date(2022, 1, 20)
    )
    UpdateVersionFactory(update__commitment=commitment, happened_on=date(2022, 1, 15))
    BenchmarkFactory()

    text = " ".join(get_dashboard(ObserverFactory()).text.split())

    assert "No commitment is overdue. 1 update that waits was received after its due date." in text


@pytest.mark.parametrize(
    ("deadline", "sentence"),
    [
        (
            date(2022, 2, 28),
            "The deadline is 28 February 2022, the day by which the post wants the record to be ready.",
        ),
        (
            date(2022, 1, 27),
            "The deadline was 27 January 2022, the day by which the post wanted the record to be ready.",
        ),
    ],
)
def test_dashboard_says_when_the_deadline_is_and_what_it_is(get_dashboard, deadline, sentence):
    edition = BenchmarkFactory().recommendation.edition
    EditionTermsFactory(edition=edition, deadline_on=deadline, recorded_at=at_noon(date(2022, 1, 3)))

    assert get_dashboard(ObserverFactory()).text.count(sentence) == 1


def test_dashboard_says_whether_the_claims_reach_the_target_and_what_the_fall_was(get_dashboard):
    benchmark = BenchmarkFactory()
    done = EvidenceFactory(
        supports=[benchmark], happened_from=date(2021, 12, 1), happened_to=date(2021, 12, 1), verified=True
    )
    AssessmentFactory(benchmark=benchmark, verdict=Verdict.MET, grounds=[done], recorded_at=at_noon(date(2022, 1, 10)))
    AssessmentFactory(benchmark=benchmark, verdict=Verdict.BACKWARDS, recorded_at=at_noon(date(2022, 1, 20)))

    page = get_dashboard(OfficerFactory())

    assert page.context["outlook"]
    assert escape(page.context["outlook"]) in page.text
    assert page.context["fall"].startswith("Readiness was ")
    assert escape(page.context["fall"]) in page.text
    assert "With later information" not in page.text
    assert f"{edition_url('readiness_changes')}?as_of_from=2021-12-29&amp;known_on_from=2021-12-29" in page.text


def test_dashboard_sets_ministries_side_by_side(get_dashboard):
    police = MinistryFactory(short_name="Police")
    OfficeHolderFactory(ministry=police, name="Before", until_on=date(2021, 12, 31))
    OfficeHolderFactory(ministry=police, name="Now", from_on=date(2022, 1, 1))
    recommendation = RecommendationFactory(lead=police)
    first, _ = BenchmarkFactory(recommendation=recommendation), BenchmarkFactory(recommendation=recommendation)
    EvidenceFactory(supports=[first], verified=True)
    promise = CommitmentFactory(ministry=police, made__due_on=date(2022, 2, 1))
    CommitmentFactory(ministry=police, done=True)
    UpdateVersionFactory(update__commitment=promise, happened_on=date(2022, 1, 20))
    justice = RecommendationFactory(lead=MinistryFactory(short_name="Justice"))
    BenchmarkFactory(recommendation=justice)
    MinistryFactory(short_name="Leads nothing")

    other, portfolio = get_dashboard(OfficerFactory()).context["ministries"]  # by name

    assert (portfolio.ministry, portfolio.minister) == (police, "Now, Minister")
    assert (portfolio.progress, portfolio.share) == ("0 of 2 shown, 1 partly", 25)
    assert (portfolio.commitments, portfolio.ask) == ("1 with the embassy, 1 verified done.", None)
    assert portfolio.last_update_at == at_noon(date(2022, 1, 20))
    assert (other.ministry, other.commitments, other.ask, other.last_update_at) == (
        justice.lead,
        "",
        None,
        None,
    )


def test_dashboard_warns_where_fewer_than_two_people_can_verify(get_dashboard):
    BenchmarkFactory()
    warning = "Fewer than two people at this post can verify."
    officer = OfficerFactory()

    assert warning not in get_dashboard(officer).text

    User.objects.get_queryset().exclude(pk=officer.pk).update(is_active=False)
    assert warning in get_dashboard(officer).text

    ObserverFactory()
    assert warning in get_dashboard(officer).text

    AmbassadorFactory()
    assert warning not in get_dashboard(officer).text


def test_dashboard_counts_what_does_not_fit_together_and_leads_there(get_dashboard):
    AssessmentFactory(verdict=Verdict.MET)

    text = get_dashboard(OfficerFactory()).text

    assert ">1 problem in the record</a>" in text
    assert f'"{edition_url("readiness_checks")}"' in text


def test_dashboard_button_asks_for_todays_briefing_then_follows_it_then_downloads_it(get_dashboard):
    BenchmarkFactory()
    ambassador = AmbassadorFactory()
    asks = '<input type="hidden" name="as_of" value="2022-01-28">'
    assert asks in get_dashboard(ambassador).text

    BriefingFactory(as_of=date(2022, 1, 27), pdf=b"%PDF-1.7")
    assert asks in get_dashboard(ambassador).text

    under_way = BriefingFactory(job=JobFactory(state=State.RUNNING))
    assert "Show the progress of today’s briefing" in get_dashboard(ambassador).text
    assert reverse("briefing_detail", args=[under_way.pk]) in get_dashboard(ambassador).text

    ready = BriefingFactory(pdf=b"%PDF-1.7")
    text = get_dashboard(ambassador).text
    assert f'href="{reverse("briefing_file", args=[ready.pk])}"' in text
    assert asks not in text


def test_dashboard_has_todays_briefing_in_the_language_of_the_reader(get_dashboard):
    BenchmarkFactory()
    asks = '<input type="hidden" name="as_of" value="2022-01-28">'
    english = BriefingFactory(pdf=b"%PDF-1.7")
    with pseudo_languages():
        reader = AmbassadorFactory(language=LEFT_TO_RIGHT)
        before = get_dashboard(reader).text
        theirs = BriefingFactory(pdf=b"%PDF-1.7", language=LEFT_TO_RIGHT)
        after = get_dashboard(reader).text
        in_english = get_dashboard(AmbassadorFactory()).text

    def links(text):
        return {one for one in (english, theirs) if f'href="{reverse("briefing_file", args=[one.pk])}"' in text}

    assert (links(before), asks in before) == (set(), True)
    assert (links(after), asks in after) == ({theirs}, False)
    assert (links(in_english), asks in in_english) == ({english}, False)


def test_dashboard_says_when_more_was_recorded_than_todays_briefing_knows(get_dashboard):
    benchmark = BenchmarkFactory()
    BriefingFactory(pdf=b"%PDF-1.7", known_by=datetime(2022, 1, 28, 8, tzinfo=MASERU))

    assert "More was recorded since" not in get_dashboard(AmbassadorFactory()).text

    EvidenceFactory(supports=[benchmark], recorded_at=datetime(2022, 1, 28, 8, 30, tzinfo=MASERU))
    text = get_dashboard(AmbassadorFactory()).text
    assert "Download the briefing made at 08:00" in text
    assert "More was recorded since." in text
    assert 'name="as_of"' in text, "the button makes a new one"


def test_dashboard_offers_an_observer_no_request(get_dashboard):
    BenchmarkFactory()

    text = get_dashboard(ObserverFactory()).text

    assert 'name="as_of"' not in text
    assert edition_url("briefing_list") in text


def test_dashboard_is_the_embassys_alone(get_dashboard, client):
    BenchmarkFactory()

    assert get_dashboard(FocalPointFactory()).status_code == 403
    assert get_dashboard(AdministratorFactory()).status_code == 403
    client.logout()
    assert client.get(reverse("dashboard")).headers["Location"].startswith(reverse("account_login"))


def test_dashboard_of_an_edition_is_not_there_for_who_does_not_see_it(get_dashboard):
    tracked = BenchmarkFactory().recommendation.edition
    untracked = EditionFactory(year=2020)
    officer = OfficerFactory()

    assert get_dashboard(officer, f"?edition={tracked.pk}").status_code == 200
    for query in (f"?edition={untracked.pk}", "?edition=987654", "?edition=x", "?edition=²"):
        assert get_dashboard(officer, query).status_code == 404
    elsewhere = OfficerFactory(countries=[CountryFactory(elsewhere=True)])
    assert get_dashboard(elsewhere, f"?edition={tracked.pk}").status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_dashboard_query_count(client, django_assert_num_queries, count):
    for _ in range(count):
        benchmark = BenchmarkFactory()
        EvidenceFactory(supports=[benchmark])
        MilestoneFactory(kind=list(MilestoneKind)[_])
        promise = CommitmentFactory(benchmarks=[benchmark], made__due_on=date(2022, 1, 20))
        UpdateVersionFactory(update__commitment=promise, returned=True)
    client.force_login(OfficerFactory())

    # 2 who asks, 2 their zone and the count of My tasks, 1 edition, 1 may read, 12 facts, 2 benchmarks, 1 commitments,
    # 1 last heard, 2 ministries, 1 verifiers, 1 briefings, 1 may ask,
    # 2 what to begin with, 4 first steps, 3 what next steps are called, 3 how much waits, 1 requests,
    # 1 how many yearly questions there are
    with django_assert_num_queries(47):
        response = client.get(edition_url("dashboard"))

    assert len(response.context["overdue"]) + response.context["more_overdue"] == count
    assert len(response.context["in_full"]) >= count
    assert len(response.context["ministries"]) == 2 * count


def test_dashboard_lists_few_overdue_and_counts_the_others(get_dashboard):
    BenchmarkFactory()
    for number in range(5):
        CommitmentFactory(made__due_on=date(2022, 1, 20 - number))

    officers, observers = get_dashboard(OfficerFactory()), get_dashboard(ObserverFactory())

    for context in (officers.context, observers.context):
        assert [row.standing.days_overdue for row in context["overdue"]] == [12, 11]
        assert context["more_overdue"] == 3
    overdue = f'href="{edition_url("commitment_list")}?status=overdue">Show all 5 overdue commitments</a>'
    for page in (officers, observers):
        assert overdue in page.text


@pytest.fixture
def waiting_record():
    """Three updates and three pieces of evidence wait, one of these logged by the officer who is returned."""
    benchmark, officer = BenchmarkFactory(), OfficerFactory()
    for day in (7, 8, 9):
        sent = UpdateVersionFactory(recorded_at=at_noon(date(2022, 1, day)))
        EvidenceFactory(update_version=sent, supports=[benchmark])
    UpdateVersionFactory(accepted=True)
    UpdateVersionFactory(returned=True)
    EvidenceFactory(supports=[benchmark])
    EvidenceFactory(supports=[benchmark], supports__shows=SupportKind.CONTEXT)
    EvidenceFactory(supports=[benchmark], verified=True)
    EvidenceFactory(supports=[benchmark], recorded_by=officer)
    return officer


def test_all_pages_count_what_waits_by_one_rule(get_dashboard, client, waiting_record):
    """The queue is the embassy's; what one logged oneself is no own task. Each number stands with whose it is."""
    officer = waiting_record
    InternalNoteFactory(named=officer)
    queue = "3 updates and 3 logged pieces of evidence wait for the embassy’s review."

    page = get_dashboard(officer)
    assert page.context["waiting"].sentence.startswith(
        f"{queue} The oldest of them has waited since 7 January 2022. "
        "You may review 5 of them. A colleague has to review the other one."
    )
    assert page.context["waiting"].tasks == "7 tasks wait for you: 5 reviews and 2 other tasks."  # a note, a benchmark
    assert page.context["waiting"].tasks in page.text
    tasks = client.get(edition_url("my_tasks"))
    assert tasks.context["total"] == 7
    assert [item.waiting for item in tasks.context["navigation"] if item.waiting] == [7]
    gaps = [gap.sentence for gap in client.get(edition_url("handover")).context["note"].gaps]
    assert queue in gaps

    waiting = get_dashboard(AmbassadorFactory()).context["waiting"]
    assert "You may review 3 of them. A colleague has to review the others." in waiting.sentence
    assert waiting.tasks == "3 tasks wait for you."
    assert client.get(edition_url("my_tasks")).context["total"] == 3


def test_dashboard_leads_an_observer_to_the_pages_that_list_what_waits(get_dashboard, client, waiting_record):
    context = get_dashboard(ObserverFactory()).context

    assert context["waiting"].sentence.startswith("3 updates and 3 logged pieces of evidence")
    assert "You may review" not in context["waiting"].sentence
    assert context["waiting"].tasks == ""
    assert [int(page.label.split()[0]) for page in context["waiting_pages"]] == [3, 6]
    for page in context["waiting_pages"]:
        assert client.get(page.url).context["page"].paginator.count == int(page.label.split()[0])


@pytest.mark.parametrize("page", ["dashboard", "readiness_detail"])
def test_dashboard_and_overview_lead_to_what_readiness_says_about_an_upgrade(client, page):
    BenchmarkFactory()
    client.force_login(ObserverFactory())

    text = client.get(edition_url(page)).text

    assert "Readiness does not predict the tier." in text
    assert f'href="{edition_url("methodology")}#upgrade">The chance of an upgrade</a>' in text


def test_dashboard_leads_an_officer_to_logging_progress(get_dashboard):
    BenchmarkFactory()
    logs = f'href="{edition_url("evidence_log")}">Log progress'

    assert get_dashboard(OfficerFactory()).text.count(logs) == 2  # the button, and the first of the first steps
    for reader in (AmbassadorFactory, ObserverFactory):
        assert logs not in get_dashboard(reader()).text


# --- The first day ----------------------------------------------------------------------------------------------------


def first_day_steps(page):
    panel = page.context["first_day"]
    return [(step.link.url, step.is_done) for step in panel.steps] if panel else []


def test_an_officers_first_steps_are_ticked_one_by_one_and_go_when_all_are_done(get_dashboard):
    benchmark = BenchmarkFactory()
    officer = OfficerFactory()

    assert first_day_steps(get_dashboard(officer)) == [
        (edition_url("evidence_log"), False), (edition_url("commitment_add"), False), (edition_url("my_tasks"), False),
    ]  # fmt: skip
    EvidenceFactory(recorded_by=officer)
    page = get_dashboard(officer)
    assert [is_done for _, is_done in first_day_steps(page)] == [True, False, False]
    assert "<strong>You logged progress.</strong>" in page.text
    CommitmentFactory(recorded_by=officer)
    assert [is_done for _, is_done in first_day_steps(get_dashboard(officer))] == [True, True, False]
    reviewed = EvidenceFactory(supports=[benchmark])
    EvidenceReviewFactory(evidence_link=reviewed.evidence_links.get(), recorded_by=officer)
    assert first_day_steps(get_dashboard(officer)) == []


@pytest.mark.parametrize("reader", [OfficerFactory, AmbassadorFactory, ObserverFactory])
def test_the_first_steps_say_when_they_go_and_go_after_thirty_days(get_dashboard, reader):
    BenchmarkFactory()
    person = reader(role_given_at=datetime(2021, 12, 29, 12, tzinfo=MASERU))

    page = get_dashboard(person)
    assert len(first_day_steps(page)) == 3
    until = "when all three are done, or after" if reader is OfficerFactory else "after"
    assert f"This panel goes {until} 28 January 2022." in page.text

    User.objects.update(role_given_at=datetime(2021, 12, 28, 12, tzinfo=MASERU))
    person.refresh_from_db()
    assert first_day_steps(get_dashboard(person)) == []


def test_a_first_step_says_what_was_done_and_not_that_no_task_waits(get_dashboard):
    benchmark = BenchmarkFactory()
    ambassador = AmbassadorFactory()
    reviewed = EvidenceFactory(supports=[benchmark])
    EvidenceFactory(supports=[BenchmarkFactory()])
    EvidenceReviewFactory(evidence_link=reviewed.evidence_links.get(), recorded_by=ambassador)

    page = get_dashboard(ambassador)

    assert "<strong>You reviewed evidence.</strong>" in page.text
    assert "<strong>Done</strong>" not in page.text
    assert page.context["in_short"][0].url == f"{edition_url('my_tasks')}#evidence"
    assert get_dashboard(ObserverFactory()).context["in_short"][0].url == ""


def test_an_ambassadors_first_steps_are_ticked_one_by_one(get_dashboard):
    benchmark = BenchmarkFactory()
    evidence = EvidenceFactory(supports=[benchmark])
    ambassador = AmbassadorFactory()
    briefing = BriefingFactory(pdf=b"%PDF-1.7")

    assert [is_done for _, is_done in first_day_steps(get_dashboard(ambassador))] == [False, False, None]
    briefing.downloads.create(by=ambassador, at=briefing.requested_at, sha256=briefing.sha256)
    assert [is_done for _, is_done in first_day_steps(get_dashboard(ambassador))] == [True, False, None]
    EvidenceReviewFactory(evidence_link=evidence.evidence_links.get(), recorded_by=ambassador)
    assert [is_done for _, is_done in first_day_steps(get_dashboard(ambassador))] == [True, True, None]


def test_the_pages_that_an_observer_reads_first_stay_after_a_download(get_dashboard):
    BenchmarkFactory()
    observer = ObserverFactory()
    briefing = BriefingFactory(pdf=b"%PDF-1.7")

    assert [is_done for _, is_done in first_day_steps(get_dashboard(observer))] == [False, None, None]
    briefing.downloads.create(by=observer, at=briefing.requested_at, sha256=briefing.sha256)
    assert [is_done for _, is_done in first_day_steps(get_dashboard(observer))] == [True, None, None]
