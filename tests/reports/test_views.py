"""Where we stand, what each recommendation rests on, and briefings in the making."""

import re
from datetime import date, datetime, time
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils.html import escape

from dialogues.choices import DoneBy, SupportKind, Verdict
from recommendations.choices import EffortQuestion, MilestoneKind, Origin, Rule, TextStatus, Tier
from recommendations.models import Edition, Recommendation
from reports.models import Briefing
from tests.addresses import page_of
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
    JobFactory,
    MilestoneFactory,
    MinistryFactory,
    ObserverFactory,
    OfficeHolderFactory,
    OfficerFactory,
    ReadingFactory,
    RecommendationFactory,
    RecommendationTermsFactory,
    UpdateVersionFactory,
    at_noon,
)
from tiptracker.accounts.models import User
from tiptracker.audit.models import AuditEntry
from tiptracker.jobs.models import Job, State

pytestmark = pytest.mark.django_db

TODAY = date(2022, 1, 28)


def texts(rows):
    return [row.commitment.text for row in rows]


# --- The dashboard ----------------------------------------------------------------------------------------------------


@pytest.fixture
def dashboard(client):
    """Call it to have the page as somebody sees it."""

    def seen_by(user, query=""):
        client.force_login(user)
        return client.get(f"{reverse('dashboard')}{query}")

    return seen_by


@pytest.mark.parametrize("reader", [OfficerFactory, AmbassadorFactory, ObserverFactory])
def test_dashboard_says_where_we_stand_in_a_sentence(dashboard, reader):
    benchmark = BenchmarkFactory()
    EvidenceFactory(supports=[benchmark], verified=True)

    response = dashboard(reader())

    # A step of the only benchmark is half of 30; the prosecution it belongs to is a third of 20.
    bar = response.context["bar"]
    assert (bar.verified, bar.claimed, bar.mark) == (Decimal("21.7"), Decimal("21.7"), 45)
    assert escape(response.context["headline"]) in response.text


def test_dashboard_names_the_tier_its_target_and_whether_readiness_has_reached_its_own(dashboard):
    benchmark = BenchmarkFactory()
    edition = benchmark.recommendation.edition
    Edition.objects.filter(pk=edition.pk).update(target_tier=Tier.TIER_2)

    def told():
        page = dashboard(ObserverFactory())
        return page.context["tier"], page.context["target_tier"], page.context["has_reached_target"]

    assert told() == (Tier(edition.tier).label, Tier.TIER_2.label, None)

    EvidenceFactory(supports=[benchmark], verified=True)
    assert told()[2] is False
    assert "Readiness has not reached the target." in dashboard(ObserverFactory()).text

    EditionTermsFactory(edition=edition, readiness_target=20, recorded_at=at_noon(date(2022, 1, 20)))
    assert told()[2] is True
    assert "Readiness has reached the target." in dashboard(ObserverFactory()).text


def test_dashboard_shows_no_figure_where_nothing_has_been_reviewed(dashboard):
    benchmark = BenchmarkFactory()
    EvidenceFactory(supports=[benchmark])

    response = dashboard(OfficerFactory())

    bar = response.context["bar"]
    assert (bar.verified, bar.claimed, bar.projected, bar.mark) == (None, None, None, 45)
    assert escape(response.context["headline"]) in response.text
    assert [ministry.share for ministry in response.context["ministries"]] == [None]
    assert "of 100" not in re.sub("(?i)target[^<]*of 100", "", response.text)


@pytest.mark.day("2022-08-05")
def test_dashboard_says_that_a_new_year_began_and_where_the_last_one_ended(dashboard):
    benchmark = BenchmarkFactory()
    EvidenceFactory(supports=[benchmark], verified=True)
    following = EditionFactory(year=2022, terms=False)
    new = RecommendationFactory(edition=following)

    page = dashboard(AmbassadorFactory())
    start = page.context["start"]
    assert start.sentence == (
        "Its tracking period began on 1 April 2022. The 2021 edition ended with a readiness of 21.7 of 100."
    )
    assert (start.before, start.tasks) == (benchmark.recommendation.edition, [])

    steps = dashboard(OfficerFactory()).context["start"].tasks
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
    page = dashboard(OfficerFactory())
    assert page.context["start"] is None
    past = dashboard(OfficerFactory(), f"?edition={benchmark.recommendation.edition_id}")
    assert "The 2021 edition is past. Its tracking period ended on 31 March 2022." in past.text


def test_dashboard_of_a_post_that_begins_leads_an_officer_to_what_is_to_be_done(dashboard):
    RecommendationFactory()

    assert [step.label for step in dashboard(OfficerFactory()).context["start"].tasks] == [
        "Add benchmarks to the recommendations that have none"
    ]
    assert dashboard(ObserverFactory()).context["start"] is None


def test_dashboard_puts_what_is_promised_to_whoever_promised_it_with_its_day(dashboard):
    """The lead of the recommendation may be another ministry: the commitment is its maker's."""
    open_ = BenchmarkFactory(recommendation=RecommendationFactory(lead=MinistryFactory(name="Ministry of Police")))
    EvidenceFactory(supports=[BenchmarkFactory()], verified=True)
    justice = MinistryFactory(name="Ministry of Justice")
    CommitmentFactory(ministry=justice, text="Charge someone", benchmarks=[open_], made__due_on=date(2022, 2, 28))

    response = dashboard(AmbassadorFactory())

    step = response.context["in_short"][0].step
    assert (step.owner, step.due_on) == ("Ministry of Justice", date(2022, 2, 28))
    assert (
        "the Ministry of Justice to keep its commitment “Charge someone” (1a), due 28 February 2022." in response.text
    )
    assert "Ministry of Police keeps" not in response.text


def test_dashboard_asks_the_ministry_that_an_officer_set_for_a_figure_that_nobody_has_given(dashboard, client):
    """… before the lead of the recommendation, and the lead again once it is cleared."""
    lead = MinistryFactory(name="Ministry of Police")
    indicator = IndicatorFactory(question=EffortQuestion.PROSECUTIONS, indicium=1)
    EvidenceFactory(
        supports=[BenchmarkFactory(recommendation=RecommendationFactory(lead=lead, indicia=[1]))], verified=True
    )
    justice = MinistryFactory(name="Ministry of Justice")
    officer = OfficerFactory()

    def asked():
        (told,) = (one.step for one in dashboard(officer).context["in_short"] if one.step.kind == "ask")
        return told.owner, told.sentence

    inferred = asked()
    assert inferred[0] == "Ministry of Police"
    assert inferred[1].startswith("Find out which ministry has the figure")
    assert inferred[1].endswith("Perhaps the Ministry of Police has it.")
    client.post(reverse("indicator_ministry", args=[indicator.pk]), {"ministry": justice.pk})
    owner, sentence = asked()
    assert (owner, sentence.partition(" for ")[0]) == ("Ministry of Justice", "Ask the Ministry of Justice")
    client.post(reverse("indicator_ministry", args=[indicator.pk]), {"ministry": ""})
    assert asked() == inferred


def test_dashboard_advises_no_promise_for_after_the_deadline_and_calls_nothing_unpromised_that_waits(dashboard):
    later, waits = BenchmarkFactory(), BenchmarkFactory()
    EvidenceFactory(supports=[BenchmarkFactory()], verified=True)
    CommitmentFactory(text="Too late", benchmarks=[later], made__due_on=date(2022, 3, 1))
    promise = CommitmentFactory(text="Sent", benchmarks=[waits], made__due_on=date(2022, 2, 20))
    sent = UpdateVersionFactory(update__commitment=promise, claimed="done")
    EvidenceFactory(update_version=sent, supports=[waits])

    response = dashboard(OfficerFactory())

    told = [(line.step.kind, line.step.sentence) for line in response.context["in_full"]]
    assert not [sentence for _, sentence in told if "Too late" in sentence]
    assert not [sentence for kind, sentence in told if kind == "agree" and "2a" in sentence]
    assert [kind for kind, sentence in told if "on “Sent” (2a)" in sentence] == ["review"]


def test_dashboard_prints_points_that_add_up_to_the_readiness_they_lead_to(dashboard):
    EvidenceFactory(supports=[BenchmarkFactory()], verified=True)
    for _ in range(8):
        BenchmarkFactory()

    response = dashboard(OfficerFactory())

    stands = response.context["bar"].verified
    for line in response.context["in_full"]:
        stands += line.step.points
        assert line.step.cumulative == stands
    assert [line.step for line in response.context["first_steps"]] == [
        line.step for line in response.context["in_full"][:5]
    ]
    assert f'href="{page_of("readiness_detail")}#next-steps"' in response.text


def test_dashboard_tells_who_does_not_review_in_one_line_what_waits_and_an_officer_each_thing(dashboard):
    EvidenceFactory(supports=[BenchmarkFactory()], verified=True)
    for title in ("A circular", "A payment"):
        EvidenceFactory(title=title, supports=[BenchmarkFactory()])

    short = dashboard(AmbassadorFactory()).context["in_short"]
    full = dashboard(OfficerFactory()).context["in_short"]

    assert short[0].step.sentence == "Review 2 updates and pieces of evidence that wait at the embassy."
    assert [one.step.kind for one in short].count("review") == 1
    assert short[0].step.cumulative == full[1].step.cumulative
    assert [line.step.sentence for line in full[:2]] == [
        "Review the evidence “A circular” (2a).",
        "Review the evidence “A payment” (3a).",
    ]


def test_dashboard_says_that_a_colleague_has_to_review_what_one_recorded_oneself(dashboard):
    officer = OfficerFactory()
    EvidenceFactory(title="My own", supports=[BenchmarkFactory()], recorded_by=officer)
    note = "You recorded it, so a colleague has to review it."

    assert dashboard(officer).text.count(note) == 1
    assert note not in dashboard(OfficerFactory()).text


def test_dashboard_shows_no_points_of_steps_where_nothing_is_reviewed(dashboard):
    BenchmarkFactory(terms__criterion="An amendment is before Parliament.")

    response = dashboard(OfficerFactory())

    assert "An amendment is before Parliament." in response.text
    assert {line.step.points for line in response.context["in_full"]} == {None}
    assert "Readiness then" not in response.text


def test_dashboard_counts_what_is_overdue_by_the_countrys_day(dashboard, set_clock):
    BenchmarkFactory()
    CommitmentFactory(text="Due on Friday", made__due_on=TODAY)

    set_clock(TODAY, time(23, 30))
    assert dashboard(OfficerFactory()).context["overdue"] == []

    # Half an hour later it is Saturday in Maseru, and still Friday in UTC.
    set_clock(date(2022, 1, 29), time(0, 1))
    assert texts(dashboard(OfficerFactory()).context["overdue"]) == ["Due on Friday"]


def test_dashboard_lists_what_waits_for_the_embassy_updates_first(dashboard):
    benchmark = BenchmarkFactory()
    EvidenceFactory(title="Logged", supports=[benchmark, BenchmarkFactory(terms__rule=Rule.MORE)])
    EvidenceFactory(title="Verified", supports=[benchmark], verified=True)
    EvidenceFactory(title="Context", supports=[benchmark], supports__shows=SupportKind.CONTEXT)
    EvidenceFactory(title="Before the window", supports=[benchmark], happened_to=date(2021, 3, 1))
    EvidenceFactory(title="A charity's", supports=[benchmark], done_by=DoneBy.CIVIL_SOCIETY)
    sent = UpdateVersionFactory()
    EvidenceFactory(title="Sent", update_version=sent, supports=[benchmark])
    UpdateVersionFactory(accepted=True)
    UpdateVersionFactory(returned=True)

    response = dashboard(OfficerFactory())

    assert [one.text for one in response.context["waiting"]] == [sent.update.commitment.text, "Logged"]
    assert reverse("version_detail", args=[sent.pk]) in response.text


def test_dashboard_sets_ministries_side_by_side(dashboard):
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

    portfolio, other = dashboard(OfficerFactory()).context["ministries"]

    assert (portfolio.ministry, portfolio.minister) == (police, "Now, Minister")
    assert (portfolio.progress, portfolio.share) == ("0 of 2 benchmarks shown, 1 partly", 25)
    assert (portfolio.commitments, portfolio.next_due_on) == ("1 with the embassy, 1 verified done.", None)
    assert portfolio.last_update_at == at_noon(date(2022, 1, 20))
    assert (other.ministry, other.commitments, other.next_due_on, other.last_update_at) == (
        justice.lead,
        "",
        None,
        None,
    )


def test_dashboard_warns_where_fewer_than_two_people_can_verify(dashboard):
    BenchmarkFactory()
    warning = "Fewer than two people at this post can verify."
    officer = OfficerFactory()

    assert warning not in dashboard(officer).text

    User.objects.get_queryset().exclude(pk=officer.pk).update(is_active=False)
    assert warning in dashboard(officer).text

    ObserverFactory()
    assert warning in dashboard(officer).text

    AmbassadorFactory()
    assert warning not in dashboard(officer).text


def test_dashboard_counts_what_does_not_fit_together_and_leads_there(dashboard):
    AssessmentFactory(verdict=Verdict.MET)

    text = dashboard(OfficerFactory()).text

    assert "1 problem in the record." in text
    assert f'"{page_of("readiness_checks")}"' in text


def test_dashboard_button_asks_for_todays_briefing_then_follows_it_then_downloads_it(dashboard):
    BenchmarkFactory()
    ambassador = AmbassadorFactory()
    asks = '<input type="hidden" name="as_of" value="2022-01-28">'
    assert asks in dashboard(ambassador).text

    BriefingFactory(as_of=date(2022, 1, 27), pdf=b"%PDF-1.7")
    assert asks in dashboard(ambassador).text

    under_way = BriefingFactory(job=JobFactory(state=State.RUNNING))
    assert "Show the progress of today’s briefing" in dashboard(ambassador).text
    assert reverse("briefing_detail", args=[under_way.pk]) in dashboard(ambassador).text

    ready = BriefingFactory(pdf=b"%PDF-1.7")
    text = dashboard(ambassador).text
    assert f'href="{reverse("briefing_file", args=[ready.pk])}"' in text
    assert asks not in text


def test_dashboard_says_when_more_was_recorded_than_todays_briefing_knows(dashboard):
    benchmark = BenchmarkFactory()
    BriefingFactory(pdf=b"%PDF-1.7", known_by=datetime(2022, 1, 28, 8, tzinfo=MASERU))

    assert "More was recorded since" not in dashboard(AmbassadorFactory()).text

    EvidenceFactory(supports=[benchmark], recorded_at=datetime(2022, 1, 28, 8, 30, tzinfo=MASERU))
    text = dashboard(AmbassadorFactory()).text
    assert "Download the briefing made at 08:00" in text
    assert "More was recorded since." in text
    assert 'name="as_of"' in text, "the button makes a new one"


def test_dashboard_offers_an_observer_no_request(dashboard):
    BenchmarkFactory()

    text = dashboard(ObserverFactory()).text

    assert 'name="as_of"' not in text
    assert page_of("briefing_list") in text


def test_dashboard_is_the_embassys_alone(dashboard, client):
    BenchmarkFactory()

    assert dashboard(FocalPointFactory()).status_code == 403
    assert dashboard(AdministratorFactory()).status_code == 403
    client.logout()
    assert client.get(reverse("dashboard")).headers["Location"].startswith(reverse("account_login"))


def test_dashboard_of_an_edition_is_not_there_for_who_does_not_see_it(dashboard):
    tracked = BenchmarkFactory().recommendation.edition
    untracked = EditionFactory(year=2020)
    officer = OfficerFactory()

    assert dashboard(officer, f"?edition={tracked.pk}").status_code == 200
    for query in (f"?edition={untracked.pk}", "?edition=987654", "?edition=x", "?edition=²"):
        assert dashboard(officer, query).status_code == 404
    elsewhere = OfficerFactory(countries=[CountryFactory(elsewhere=True)])
    assert dashboard(elsewhere, f"?edition={tracked.pk}").status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_dashboard_query_count(client, django_assert_num_queries, count):
    for _ in range(count):
        benchmark = BenchmarkFactory()
        EvidenceFactory(supports=[benchmark])
        MilestoneFactory(kind=list(MilestoneKind)[_])
        promise = CommitmentFactory(benchmarks=[benchmark], made__due_on=date(2022, 1, 20))
        UpdateVersionFactory(update__commitment=promise, returned=True)
    client.force_login(OfficerFactory())

    # 2 who asks, 2 their zone and the inbox's count, 1 edition, 1 may read, 12 facts, 2 benchmarks, 1 commitments,
    # 1 versions waiting, 1 evidence waiting, 1 last heard, 2 ministries, 1 verifiers, 1 briefings, 1 may ask,
    # 2 what to begin with, 4 first steps, 3 what next steps are called
    with django_assert_num_queries(38):
        response = client.get(page_of("dashboard"))

    assert len(response.context["overdue"]) + response.context["more_overdue"] == count
    assert len(response.context["in_full"]) >= count
    assert len(response.context["ministries"]) == 2 * count


def test_dashboard_lists_few_overdue_and_waiting_and_counts_the_others(dashboard):
    BenchmarkFactory()
    for number in range(5):
        promise = CommitmentFactory(made__due_on=date(2022, 1, 20 - number))
        UpdateVersionFactory(update__commitment=CommitmentFactory(ministry=promise.ministry))

    officers, observers = dashboard(OfficerFactory()), dashboard(ObserverFactory())

    for context in (officers.context, observers.context):
        assert [row.standing.days_overdue for row in context["overdue"]] == [12, 11]
        assert (len(context["waiting"]), context["more_overdue"], context["more_waiting"]) == (2, 3, 3)
    overdue = f'href="{page_of("commitment_list")}?status=overdue"'
    assert overdue in officers.text
    assert f'href="{page_of("inbox")}">Show all in' in officers.text
    assert "Show all in" not in observers.text


def test_dashboard_leads_an_officer_to_logging_progress(dashboard):
    BenchmarkFactory()
    logs = f'href="{page_of("evidence_log")}">Log progress'

    assert dashboard(OfficerFactory()).text.count(logs) == 2  # the button, and the first of the first steps
    for reader in (AmbassadorFactory, ObserverFactory):
        assert logs not in dashboard(reader()).text


# --- The first day ----------------------------------------------------------------------------------------------------


def first_steps(page):
    return [(step.link.url, step.is_done) for step in page.context["first_day"]]


def test_an_officers_first_steps_go_with_the_first_evidence(dashboard):
    BenchmarkFactory()
    officer = OfficerFactory()

    assert first_steps(dashboard(officer)) == [
        (page_of("evidence_log"), False), (page_of("commitment_add"), False), (page_of("inbox"), False),
    ]  # fmt: skip
    CommitmentFactory(recorded_by=officer)
    assert [is_done for _, is_done in first_steps(dashboard(officer))] == [False, True, False]
    EvidenceFactory(recorded_by=officer)
    assert first_steps(dashboard(officer)) == []


def test_an_ambassadors_first_steps_go_once_a_briefing_was_downloaded_and_nothing_waits(dashboard):
    benchmark = BenchmarkFactory()
    evidence = EvidenceFactory(supports=[benchmark])
    ambassador = AmbassadorFactory()
    briefing = BriefingFactory(pdf=b"%PDF-1.7")

    assert [is_done for _, is_done in first_steps(dashboard(ambassador))] == [False, False, None]
    briefing.downloads.create(by=ambassador, at=briefing.requested_at, sha256=briefing.sha256)
    assert [is_done for _, is_done in first_steps(dashboard(ambassador))] == [True, False, None]
    EvidenceReviewFactory(evidence_link=evidence.evidence_links.get(), recorded_by=ambassador)
    assert first_steps(dashboard(ambassador)) == []


def test_an_observers_first_steps_go_once_a_briefing_was_downloaded(dashboard):
    BenchmarkFactory()
    observer = ObserverFactory()
    briefing = BriefingFactory(pdf=b"%PDF-1.7")

    assert [is_done for _, is_done in first_steps(dashboard(observer))] == [False, None, None]
    briefing.downloads.create(by=observer, at=briefing.requested_at, sha256=briefing.sha256)
    assert first_steps(dashboard(observer)) == []


# --- Recommendations --------------------------------------------------------------------------------------------------


def test_recommendation_list_shows_how_far_each_benchmark_is(client):
    districts = IndicatorFactory(unit="districts")
    police = MinistryFactory(name="Ministry of Police")
    recommendation = RecommendationFactory(lead=police)
    for figure, verified in ((6, True), (8, False)):
        evidence = EvidenceFactory(happened_to=date(2021, 12, figure), verified=verified)
        ReadingFactory(indicator=districts, figure=figure, through_on=date(2021, 12, figure), evidence=evidence)
    BenchmarkFactory(
        recommendation=recommendation, terms__rule=Rule.TARGET, terms__target=10, terms__indicator=districts
    )
    BenchmarkFactory(recommendation=recommendation)
    client.force_login(ObserverFactory())

    response = client.get(reverse("recommendation_list"))

    (row,) = response.context["rows"]
    assert [display.bar.text for _, display in row.benchmarks] == [
        "6 of 10 districts; claimed: 8 of 10 districts",
        "no data",
    ]
    assert 'width="60%"' in response.text
    assert "Prosecution · Ministry of Police" in response.text
    assert f'"{reverse("glossary")}#reconstruction"' in response.text


def test_recommendation_list_is_most_important_first_the_action_plan_last(client):
    RecommendationFactory(number=2, text="Second")
    RecommendationFactory(number=1, text="Plan", origin=Origin.ACTION_PLAN)
    RecommendationFactory(number=1, text="First")
    client.force_login(AmbassadorFactory())

    response = client.get(reverse("recommendation_list"))

    assert [row.recommendation.text for row in response.context["rows"]] == ["First", "Second", "Plan"]
    assert reverse("recommendation_add", args=[EditionFactory().pk]) not in response.text


def test_recommendation_list_gives_a_ministry_what_is_published_and_its_own(client):
    police = MinistryFactory(short_name="Police")
    own, other = BenchmarkFactory(terms__criterion="Ours."), BenchmarkFactory(terms__criterion="Theirs.")
    CommitmentFactory(text="Our promise", ministry=police, benchmarks=[own])
    CommitmentFactory(text="Their promise", benchmarks=[own, other])
    client.force_login(FocalPointFactory(ministry=police))

    response = client.get(reverse("recommendation_list"))

    first, second = response.context["published"]
    assert (first.wordings, [one.text for one in first.commitments]) == ([("1a", "Ours.")], ["Our promise"])
    assert (second.wordings, second.commitments) == ([], [])
    assert second.text in response.text
    for secret in ("Their promise", "Theirs.", "share-bar", "no data", own.recommendation.lead.name, "Add a"):
        assert secret not in response.text
    assert {"rows", "may_edit"}.isdisjoint(_names(response))


def _names(response):
    """The names of everything that the page's context holds."""
    return {name for context in response.context for layer in context.dicts for name in layer}


@pytest.mark.parametrize("count", [1, 3])
def test_recommendation_list_query_count(client, django_assert_num_queries, count):
    for benchmark in BenchmarkFactory.create_batch(count):
        EvidenceFactory(supports=[benchmark], verified=True)
    client.force_login(OfficerFactory())

    # 2 who asks, 2 zone and inbox, 1 edition, 1 may read, 1 ministries, 12 facts, 1 recommendations, 2 benchmarks,
    # 1 may edit, 1 what is retired, 1 the edition before, 1 saved filters, 1 name
    with django_assert_num_queries(26):
        response = client.get(page_of("recommendation_list"))

    assert len(response.context["rows"]) == count


@pytest.mark.parametrize("count", [1, 3])
def test_recommendation_list_query_count_for_a_ministry(client, django_assert_num_queries, count):
    police = MinistryFactory()
    for benchmark in BenchmarkFactory.create_batch(count):
        CommitmentFactory(ministry=police, benchmarks=[benchmark])
    client.force_login(FocalPointFactory(ministry=police))

    # 2 who asks, 1 zone, 1 edition, 2 benchmarks, 3 commitments, 1 recommendations, 1 what is retired
    with django_assert_num_queries(11):
        response = client.get(page_of("recommendation_list"))

    assert len(response.context["published"]) == count


def shown(client, recommendation):
    return client.get(reverse("recommendation_detail", args=[recommendation.pk]))


def test_recommendation_detail_shows_all_that_supports_it(client):
    benchmark = BenchmarkFactory(terms__criterion="A budget is released.")
    recommendation = benchmark.recommendation
    recommendation.years_unmet, recommendation.years_unmet_source = 5, "TIP Report 2021"
    recommendation.save()
    act = EvidenceFactory(title="Money was paid out", supports=[benchmark], verified=True)
    AssessmentFactory(
        benchmark=benchmark, rationale="Too early.", recorded_at=at_noon(date(2022, 1, 12)), grounds=[act]
    )
    AssessmentFactory(benchmark=benchmark, verdict=Verdict.MET, rationale="Paid in full.", grounds=[act])
    CommitmentFactory(text="Pay it", benchmarks=[benchmark], made__due_on=date(2022, 1, 21))
    client.force_login(ObserverFactory())

    response = shown(client, recommendation)

    (one,) = response.context["benchmarks"]
    assert one.display.reason == "Assessed as of 10 January 2022: Met. Last verified action: 10 January 2022."
    kinds = [type(entry).__name__ for entry in one.history]
    assert kinds == ["BenchmarkVerdict", "BenchmarkVerdict", "BenchmarkEvidence"]
    assert [entry.holds for entry in one.history[:2]] == [True, False]
    for told in (
        "A budget is released.",
        "Our wording, from public sources. It is not the wording of the report.",
        "5 years in a row",
        "Money was paid out",
        "Paid in full.",
        "Too early.",
        "Another assessment is in force.",
        "Pay it",
        "overdue by 7 days",
        "22 U.S.C. 7107(b), Tier 2",
    ):
        assert told in response.text
    assert "Log progress</a>" not in response.text.partition("<main")[2]


def test_recommendation_detail_says_which_verdict_holds_though_it_was_not_the_last_said(client):
    benchmark = BenchmarkFactory()
    act = EvidenceFactory(supports=[benchmark], happened_to=date(2021, 12, 1), verified=True)
    AssessmentFactory(benchmark=benchmark, rationale="On nothing.", recorded_at=at_noon(date(2022, 1, 12)))
    AssessmentFactory(benchmark=benchmark, rationale="On December.", grounds=[act])
    client.force_login(OfficerFactory())

    (one,) = shown(client, benchmark.recommendation).context["benchmarks"]

    judged = [entry for entry in one.history if hasattr(entry, "verdict")]
    assert [(entry.assessment.rationale, entry.holds) for entry in judged] == [
        ("On December.", False),
        ("On nothing.", True),
    ]


def test_recommendation_detail_says_why_evidence_does_not_count(client):
    benchmark = BenchmarkFactory()
    EvidenceFactory(title="An old law", supports=[benchmark], happened_to=date(2021, 1, 15), verified=True)
    EvidenceFactory(title="A charity's shelter", supports=[benchmark], done_by=DoneBy.CIVIL_SOCIETY)
    EvidenceFactory(title="A plan", supports=[benchmark], supports__shows=SupportKind.PLAN)
    EvidenceFactory(title="A claim", supports=[benchmark])
    client.force_login(OfficerFactory())

    response = shown(client, benchmark.recommendation)

    (one,) = response.context["benchmarks"]
    assert {entry.evidence.title: entry.counting.reason for entry in one.history} == {
        "An old law": "before 1 April 2021",
        "A charity's shelter": "done by civil society, not by the government",
        "A plan": "a statement or plan, not a concrete action",
        "A claim": "not verified yet",
    }
    assert "Does not count: before 1 April 2021" in response.text
    assert "Does not count: not verified yet" not in response.text


def test_recommendation_detail_shows_the_readings_of_a_counted_benchmark(client):
    cases = IndicatorFactory()
    benchmark = BenchmarkFactory(terms__rule=Rule.MORE, terms__indicator=cases)
    ReadingFactory(indicator=cases, figure=4, last_period=True)
    ReadingFactory(indicator=cases, figure=9, through_on=date(2021, 12, 31), verified=True)
    ReadingFactory(indicator=cases, figure=None, through_on=date(2022, 1, 15))
    ReadingFactory(indicator=cases, figure=1, starts_on=date(2019, 4, 1), through_on=date(2020, 3, 31))
    client.force_login(OfficerFactory())

    response = shown(client, benchmark.recommendation)

    (one,) = response.context["benchmarks"]
    assert [(reading.told, counting.counts) for reading, counting in one.readings] == [
        ("not reported", False),
        ("9", True),
        ("4", True),
        ("1", False),
    ]
    assert "from a year that is not compared" in response.text
    assert reverse("benchmark_assess", args=[benchmark.pk]) not in response.text  # a figure decides


def test_recommendation_detail_offers_an_officer_what_an_officer_may_do(client):
    benchmark = BenchmarkFactory()
    ways = [
        reverse("recommendation_edit", args=[benchmark.recommendation_id]),
        reverse("benchmark_add", args=[benchmark.recommendation_id]),
        reverse("benchmark_edit", args=[benchmark.pk]),
        reverse("benchmark_assess", args=[benchmark.pk]),
    ]
    client.force_login(OfficerFactory())
    text = shown(client, benchmark.recommendation).text
    assert [way for way in ways if f'"{way}"' not in text] == []

    client.force_login(AmbassadorFactory())
    text = shown(client, benchmark.recommendation).text
    assert [way for way in ways if f'"{way}"' in text] == []


def test_recommendation_detail_leads_an_officer_to_logging_with_its_benchmarks_chosen(client):
    recommendation = RecommendationFactory()
    first, second = (BenchmarkFactory(recommendation=recommendation) for _ in range(2))
    client.force_login(OfficerFactory())
    page = shown(client, recommendation)

    def chosen(url):
        assert f'href="{escape(url)}"' in page.text
        return [int(row["benchmark"].value()) for row in client.get(url).context["rows"] if row["benchmark"].value()]

    assert chosen(page.context["log_url"]) == [first.pk, second.pk]
    for one in (first, second):
        assert chosen(page_of("evidence_log", query={"benchmark": one.pk})) == [one.pk]


def test_recommendation_detail_leads_to_the_years_before_and_after(client):
    first = RecommendationFactory(number=4, years_unmet=5, years_unmet_source="TIP Report 2021")
    again = RecommendationFactory(edition=EditionFactory(year=2022), number=1, repeats=first)
    client.force_login(ObserverFactory())

    before, after = shown(client, first), shown(client, again)

    assert (before.context["repeated"], before.context["repeated_by"]) == (None, [again])
    assert before.context["unmet"].text == "5 years in a row"
    assert (after.context["repeated"], after.context["repeated_by"]) == (first, [])
    assert after.context["unmet"].text == "6 years in a row"
    assert "2022 edition, TIP Report, recommendation 1" in before.text
    assert "2021 edition, TIP Report, recommendation 4" in after.text


def test_recommendation_list_leads_an_officer_to_the_roll_over_where_there_is_a_year_before(client):
    client.force_login(OfficerFactory())
    first = RecommendationFactory()
    assert "Roll over" not in client.get(page_of("recommendation_list")).text

    following = EditionFactory(year=2022)
    RecommendationFactory(edition=following)
    address = page_of("recommendation_list", edition=following)

    assert reverse("edition_repeats", args=[first.edition_id]) not in client.get(page_of("recommendation_list")).text
    assert "Roll over from the 2021 edition" in client.get(address).text
    client.force_login(AmbassadorFactory())
    assert "Roll over from the 2021 edition" not in client.get(address).text


def test_recommendation_detail_gives_a_ministry_what_is_published_and_its_own(client):
    police = MinistryFactory(name="Ministry of Police")
    recommendation = RecommendationFactory(lead=police, years_unmet=5, years_unmet_source="Counted by us")
    own = BenchmarkFactory(recommendation=recommendation, terms__criterion="Ours.", terms__reason="Internal reason")
    other = BenchmarkFactory(recommendation=recommendation, terms__criterion="Theirs.")
    EvidenceFactory(title="Internal evidence", supports=[own], verified=True)
    AssessmentFactory(benchmark=own, rationale="Internal verdict")
    CommitmentFactory(text="Our promise", ministry=police, benchmarks=[own], made__due_on=date(2022, 2, 1))
    CommitmentFactory(text="Their promise", benchmarks=[own, other])
    client.force_login(FocalPointFactory(ministry=police))

    response = shown(client, recommendation)

    for told in (recommendation.text, "Our wording", "Ours.", "Our promise", "Due on <time"):
        assert told in response.text
    for secret in (
        "Theirs.",
        "Their promise",
        "Internal",
        "Counted by us",
        "a concrete step",
        "7106(b)",
        "weight",
        "Assess",
    ):
        assert secret not in response.text
    assert {"recommendation", "benchmarks", "supporting", "pillar"}.isdisjoint(_names(response))


def test_recommendation_of_another_country_is_not_there(client):
    recommendation = RecommendationFactory()
    client.force_login(OfficerFactory(countries=[CountryFactory(elsewhere=True)]))

    assert shown(client, recommendation).status_code == 404
    assert client.get(reverse("recommendation_detail", args=[987654])).status_code == 404


def retire(recommendation, **said):
    """No longer asked from 1 February 2022."""
    RecommendationTermsFactory(
        recommendation=recommendation, is_retired=True, recorded_at=at_noon(date(2022, 2, 1)), **said
    )
    Recommendation.objects.filter(pk=recommendation.pk).update(is_retired=True)


@pytest.mark.parametrize("reader", [OfficerFactory, FocalPointFactory])
def test_what_is_no_longer_asked_stands_apart_and_keeps_what_was_promised(client, reader):
    gone = BenchmarkFactory(recommendation__text="Count the trees.", recommendation__number=1)
    BenchmarkFactory(recommendation__text="Train the police.", recommendation__number=2)
    user = reader()
    ministry = {"ministry": user.ministry} if user.ministry else {}
    CommitmentFactory(text="Every tree by May.", benchmarks=[gone], **ministry)
    retire(gone.recommendation, reason="The list of May no longer has it.")
    client.force_login(user)

    listed = client.get(reverse("recommendation_list")).text
    assert "1. Count the trees." not in listed
    assert "2. Train the police." in listed
    assert "No longer asked" in listed
    assert f'<a href="{reverse("recommendation_detail", args=[gone.recommendation_id])}">Count the trees.</a>' in listed
    response = client.get(reverse("recommendation_detail", args=[gone.recommendation_id]))
    assert "Every tree by May." in response.text
    assert "no longer asked" in response.text.lower()
    assert ("since 1 February 2022: The list of May no longer has it." in response.text) is user.is_embassy


def test_earlier_wordings_stay_readable(client):
    client.force_login(OfficerFactory())
    recommendation = RecommendationFactory(number=3, text="Ours.")
    alone = shown(client, recommendation).text
    RecommendationTermsFactory(
        recommendation=recommendation, number=7, text="Theirs.", text_status=TextStatus.OFFICIAL, reason="It came.",
        recorded_at=at_noon(date(2022, 2, 1)),
    )  # fmt: skip
    Recommendation.objects.filter(pk=recommendation.pk).update(number=7, text="Theirs.", text_status="official")
    worded = shown(client, recommendation).text

    assert "Earlier wordings" not in alone
    assert [each in worded for each in ("Earlier wordings", "Ours.", "Reconstruction", "It came.")] == [True] * 4


@pytest.mark.parametrize("count", [1, 3])
def test_recommendation_detail_query_count(client, django_assert_num_queries, count):
    recommendation = RecommendationFactory()
    for _ in range(count):
        cases = IndicatorFactory()
        benchmark = BenchmarkFactory(recommendation=recommendation, terms__rule=Rule.MORE, terms__indicator=cases)
        evidence = EvidenceFactory(supports=[benchmark], verified=True)
        ReadingFactory(indicator=cases, evidence=evidence)
        AssessmentFactory(benchmark=benchmark, grounds=[evidence])
        CommitmentFactory(benchmarks=[benchmark])
    client.force_login(OfficerFactory())

    # 2 who asks, 2 zone and inbox, 1 recommendation, 1 may read, 1 supporting, 12 facts, 2 benchmarks, 2 commitments,
    # 2 evidence, 1 readings, 3 assessments, 4 what may be done, 1 wordings, 2 years unmet and asked again, 1 name
    with django_assert_num_queries(37):
        response = shown(client, recommendation)

    assert len(response.context["benchmarks"]) == count


# --- Briefings --------------------------------------------------------------------------------------------------------


@pytest.fixture
def edition():
    return BenchmarkFactory().recommendation.edition


@pytest.mark.parametrize("asker", [OfficerFactory, AmbassadorFactory])
def test_briefing_is_asked_for_and_its_page_follows_it(client, edition, asker):
    user = asker()
    client.force_login(user)

    response = client.post(reverse("briefing_list"), {"what": "ambassador", "as_of": "2022-01-20"})

    briefing = Briefing.objects.get()
    assert response.headers["Location"] == reverse("briefing_detail", args=[briefing.pk])
    assert (briefing.edition, briefing.as_of, briefing.version, briefing.requested_by) == (
        edition,
        date(2022, 1, 20),
        1,
        user,
    )
    assert Job.objects.get(kind="briefing").key == str(briefing.pk)


def test_briefing_form_begins_and_ends_today(client, edition):
    client.force_login(OfficerFactory())

    text = client.get(reverse("briefing_list")).text

    assert 'type="date" name="as_of" value="2022-01-28" min="2021-04-01" max="2022-01-28"' in text


@pytest.mark.parametrize(
    ("typed", "code", "sentence"),
    [
        ("2022-01-29", "future_day", "This day is in the future."),
        ("2021-03-31", "before_tracking_period", "The tracking period begins on 1 April 2021."),
        ("soon", "invalid", "This is not a date."),
        ("", "required", "Give the day, for example"),
    ],
)
def test_briefing_of_no_such_day_is_refused_and_what_was_typed_stays(client, edition, typed, code, sentence):
    client.force_login(OfficerFactory())

    response = client.post(reverse("briefing_list"), {"what": "ambassador", "as_of": typed})

    assert response.status_code == 422
    assert response.context["form"].has_error("as_of", code)
    assert sentence in response.context["form"].errors["as_of"][0]
    assert f'value="{typed}"' in response.text or not typed
    assert not Briefing.objects.exists()


def test_briefing_is_not_an_observers_to_ask_for(client, edition):
    BriefingFactory(edition=edition, pdf=b"%PDF-1.7")
    client.force_login(ObserverFactory())

    response = client.get(reverse("briefing_list"))

    assert response.context["form"] is None
    assert len(response.context["page"]) == 1
    assert client.post(reverse("briefing_list"), {"what": "ambassador", "as_of": "2022-01-20"}).status_code == 403


def test_briefing_list_is_empty_for_a_ministry_and_its_rows_are_not_there(client, edition):
    briefing = BriefingFactory(edition=edition, pdf=b"%PDF-1.7")

    for user in (FocalPointFactory(), AdministratorFactory()):
        client.force_login(user)
        response = client.get(reverse("briefing_list"))
        assert (response.status_code, list(response.context["page"])) == (200, [])
        assert client.get(reverse("briefing_detail", args=[briefing.pk])).status_code == 404
        assert client.get(reverse("briefing_file", args=[briefing.pk])).status_code == 404


def test_briefing_list_says_who_when_and_which_version(client, edition):
    BriefingFactory(edition=edition, requested_by=OfficerFactory(name="Thabo Example"))
    BriefingFactory(edition=edition, pdf=b"%PDF-1.7", facts_up_to=at_noon(date(2022, 1, 26)))
    client.force_login(AmbassadorFactory())

    response = client.get(reverse("briefing_list"))

    assert [(row.version, row.state.value) for row in response.context["page"]] == [(2, "ready"), (1, "queued")]
    for told in ("Thabo Example", "Version 2", "Facts up to 26 January 2022, 2 days old"):
        assert told in response.text


@pytest.mark.parametrize("count", [1, 3])
def test_briefing_list_query_count(client, django_assert_num_queries, edition, count):
    for _ in range(count):
        BriefingFactory(edition=edition, pdf=b"%PDF-1.7", job=JobFactory())
    client.force_login(OfficerFactory())

    # 2 who asks, 2 zone and inbox, 1 edition, 1 may ask, 1 ministries, 1 dialogues, 2 briefings, 1 name
    with django_assert_num_queries(10):
        response = client.get(page_of("briefing_list"))

    assert len(response.context["page"]) == count


def progress(client, briefing, **headers):
    return client.get(reverse("briefing_detail", args=[briefing.pk]), headers=headers).text


def test_briefing_detail_follows_the_work_and_stops_asking_when_it_is_done(client, edition):
    job = JobFactory(state=State.RUNNING, progress=40, step="Setting the pages")
    briefing = BriefingFactory(edition=edition, job=job)
    client.force_login(AmbassadorFactory())

    text = progress(client, briefing, HX_Request="true")
    assert "Making the file: 40 %" in text
    assert 'value="40"' in text
    assert 'hx-trigger="every 1s"' in text
    assert "<html" not in text

    Briefing.objects.visible_to(AmbassadorFactory()).filter(pk=briefing.pk).update(
        file="briefings/x.pdf", sha256="0" * 64, size=2048
    )
    text = progress(client, briefing, HX_Request="true")
    assert "hx-trigger" not in text
    assert reverse("briefing_file", args=[briefing.pk]) in text
    assert "0" * 64 in text


def test_briefing_detail_works_by_looking_again(client, edition):
    briefing = BriefingFactory(edition=edition, job=JobFactory(state=State.QUEUED))
    client.force_login(OfficerFactory())

    text = progress(client, briefing)

    assert "Waiting for its turn" in text
    assert f'<a href="{reverse("briefing_detail", args=[briefing.pk])}">reload the page</a>' in text


def test_briefing_that_failed_says_why_and_can_be_tried_again(client, edition):
    failed = JobFactory(kind="briefing", state=State.FAILED, reason="The disk is full. Try again later.")
    briefing = BriefingFactory(edition=edition, job=failed)
    page = reverse("briefing_detail", args=[briefing.pk])

    client.force_login(ObserverFactory())
    text = progress(client, briefing)
    assert "The disk is full." in text
    assert "Make the file again</button>" not in text
    assert client.post(page).status_code == 403

    client.force_login(AmbassadorFactory())
    assert "Make the file again</button>" in progress(client, briefing)
    assert client.post(page).headers["Location"] == page
    briefing.refresh_from_db()
    assert (briefing.job.state, briefing.job.key) == (State.QUEUED, str(briefing.pk))


@pytest.mark.parametrize("reader", [OfficerFactory, AmbassadorFactory, ObserverFactory])
def test_briefing_file_is_handed_over_and_written_down(client, edition, reader):
    briefing = BriefingFactory(edition=edition, pdf=b"%PDF-1.7 all of it")
    user = reader()
    client.force_login(user)

    response = client.get(reverse("briefing_file", args=[briefing.pk]))

    assert b"".join(response.streaming_content) == b"%PDF-1.7 all of it"
    assert response.headers["Content-Type"] == "application/pdf"
    assert response.headers["Content-Disposition"] == (
        'attachment; filename="TIP-briefing-LSO-2021-as-of-2022-01-28-v1.pdf"'
    )
    assert "no-store" in response.headers["Cache-Control"]
    taken = briefing.downloads.get()
    assert (taken.by, taken.sha256) == (user, briefing.sha256)
    assert AuditEntry.objects.visible_to(OfficerFactory()).get(verb="briefing.downloaded").by == user


def test_briefing_file_that_is_not_ready_leads_to_its_page(client, edition):
    briefing = BriefingFactory(edition=edition)
    client.force_login(OfficerFactory())

    response = client.get(reverse("briefing_file", args=[briefing.pk]))

    assert response.headers["Location"] == reverse("briefing_detail", args=[briefing.pk])
    assert not briefing.downloads.exists()


def test_to_a_ministry_no_recommendation_is_overdue_that_waits_for_the_embassy(client, edition):
    ministry = MinistryFactory()
    benchmark = BenchmarkFactory(recommendation=RecommendationFactory(edition=edition))
    silent, waits = (
        CommitmentFactory(ministry=ministry, benchmarks=[benchmark], made__due_on=date(2022, 1, 15)) for _ in range(2)
    )
    UpdateVersionFactory(update__commitment=waits)
    client.force_login(FocalPointFactory(ministry=ministry))

    published = client.get(reverse("recommendation_list")).context["published"]
    stands = {own.text: own.status.value for shown in published for own in shown.commitments}
    assert stands == {silent.text: "overdue", waits.text: "with_embassy"}
