"""The embassy's page of a ministry: what to raise with it, and the documents to take along."""

from datetime import date

import pytest
from django.urls import reverse

from dialogues.choices import CommitmentEventKind, SupportKind
from recommendations.choices import EffortQuestion
from recommendations.models import Indicator
from reports.briefings.commitment_priority import CommitmentPriorities
from reports.briefings.dialogue import build_dialogue_pack
from reports.choices import BriefingKind
from reports.reader_view import ReaderView
from reports.readiness.commitment_standings import commitment_standings
from reports.readiness.gathering import gather_facts
from reports.readiness.readiness import evaluate_readiness
from reports.readiness.reversed_actions import find_reversed_commitments
from tests.edition_urls import edition_url
from tests.factories import (
    AmbassadorFactory,
    BenchmarkFactory,
    BriefingFactory,
    CommitmentEventFactory,
    CommitmentFactory,
    CountryFactory,
    DialogueFactory,
    EditionFactory,
    EditionTermsFactory,
    EvidenceFactory,
    FocalPointFactory,
    IndicatorFactory,
    InformationRequestFactory,
    MinistryFactory,
    ObserverFactory,
    OfficerFactory,
    ParticipantFactory,
    RecommendationFactory,
    RequestLineFactory,
    UpdateVersionFactory,
)

pytestmark = pytest.mark.django_db

TODAY = date(2022, 1, 28)
DEADLINE = date(2022, 2, 28)


@pytest.fixture
def edition():
    edition = EditionFactory()
    RecommendationFactory(edition=edition)
    EditionTermsFactory(edition=edition, deadline_on=DEADLINE)
    return edition


@pytest.fixture
def police():
    return MinistryFactory(name="Ministry of Police", short_name="Police")


@pytest.fixture
def get_page(client, police):
    """Call it to have the page as somebody sees it."""

    def seen_by(user):
        client.force_login(user)
        return client.get(reverse("ministry_detail", args=[police.pk]))

    return seen_by


@pytest.fixture
def record(edition, police):
    """Something verified, and something of each kind to raise."""
    led = RecommendationFactory(edition=edition, lead=police, indicia=[1])
    EvidenceFactory(supports=[BenchmarkFactory(recommendation=led)], verified=True)
    open_, asked = BenchmarkFactory(recommendation=led), BenchmarkFactory(recommendation=led)
    IndicatorFactory(name="Convictions", question=EffortQuestion.CONVICTIONS, indicium=1, ministry=police)
    create = {"ministry": police, "made__happened_on": date(2021, 11, 8)}
    CommitmentFactory(**create, text="Open.", benchmarks=[open_], made__due_on=date(2022, 2, 20))
    CommitmentFactory(**create, text="No day.")
    returned = CommitmentFactory(**create, text="Returned.", made__due_on=date(2022, 2, 10))
    UpdateVersionFactory(update__commitment=returned, happened_on=date(2022, 1, 10), returned=True)
    CommitmentFactory(**create, text="Overdue.", made__due_on=date(2022, 1, 20))
    CommitmentFactory(**create, text="Long overdue.", made__due_on=date(2021, 12, 20))
    waits = CommitmentFactory(**create, text="Sent.", made__due_on=date(2022, 1, 5))
    UpdateVersionFactory(update__commitment=waits, happened_on=date(2022, 1, 4))
    CommitmentFactory(**create, text="Kept.", done=True)
    CommitmentFactory(**create, text="Far off.", made__due_on=date(2023, 1, 5))
    CommitmentFactory(text="Of another ministry.", made__due_on=date(2021, 12, 1))
    return asked


def points_of(page):
    return [*page.context["points"], *page.context["more_points"]]


def sentences_of(page):
    return [one.point.sentence for one in points_of(page)]


def test_the_most_urgent_commitments_come_first_then_figures_and_open_commitments_by_what_they_add(get_page, record):
    page = get_page(AmbassadorFactory())

    texts = sentences_of(page)
    assert [text.partition("”")[0] for text in texts[:5]] == [
        "“Long overdue",
        "“Overdue",
        "We returned your update on “Returned",
        "We ask for the figure on convictions since 1 April 2021 and for the year before, with its source.",
        "“Open",
    ]
    assert texts[0] == "“Long overdue” was due on 20 December 2021. By which date will it be done?"
    assert texts[5].startswith("“No day")
    assert len(page.context["points"]) == 5
    assert [one.point.is_overdue for one in points_of(page)[:3]] == [True, True, False]
    assert "What to raise with the Ministry of Police" in page.text
    assert "We owe this ministry 1 reply." in page.text


@pytest.mark.parametrize("reader", [OfficerFactory, AmbassadorFactory, ObserverFactory])
def test_each_reader_of_the_embassy_reads_the_same_points_with_their_links(get_page, record, reader):
    page = get_page(reader())

    for one in points_of(page):
        assert one.url
        assert f'<a href="{one.url}">{one.point.sentence.split("“")[0]}' in page.text
    rows = [(one.point.row.type, one.url.partition("/")[2].split("/")[0]) for one in points_of(page)]
    assert set(rows) == {
        ("commitment", "commitments"), ("indicator", "indicators"), ("benchmark", "recommendations")
    }  # fmt: skip


def test_points_are_those_of_the_dialogue_pack(get_page, edition, record, police):
    dialogue = DialogueFactory(planned=True)
    ParticipantFactory(dialogue=dialogue, ministry=police)
    ambassador = AmbassadorFactory()
    pack = build_dialogue_pack(ReaderView(ambassador, edition, TODAY, None), dialogue)
    [talk] = [one for one in pack.talks if not one.is_ours]

    said = [point.sentence for point in (*talk.overdue, *talk.returned, *talk.to_ask)]

    assert sentences_of(get_page(ambassador)) == said


def test_overdue_answers_come_with_overdue_commitments_and_the_dashboard_begins_with_the_same(
    get_page, client, edition, record, police
):
    convictions = Indicator.objects.get(name="Convictions")
    create = {"ministry": police, "edition": edition}
    late = InformationRequestFactory(
        **create, asked__due_on=date(2021, 12, 30), lines=[convictions, "The list", "The order"]
    )
    before = {"starts_on": date(2020, 4, 1), "through_on": date(2021, 3, 31)}
    RequestLineFactory(information_request=late, indicator=convictions, **before)
    InformationRequestFactory(**create, asked__due_on=date(2022, 2, 5), lines=["Not due yet"])
    InformationRequestFactory(edition=edition, asked__due_on=date(2021, 12, 30), lines=["Of another ministry"])

    page = get_page(AmbassadorFactory())
    first = points_of(page)[:4]

    assert [one.point.sentence.partition(" was due")[0] for one in first] == [
        "“Long overdue”",
        (
            "Your answers on “The list” and 1 more thing have been overdue since 30 December 2021. "
            "When may we have them?"
        ),
        ("The figure on convictions has been overdue since 30 December 2021. When may we have it, with its source?"),
        "“Overdue”",
    ]
    assert all(one.point.is_overdue for one in first)
    assert {one.point.status_text for one in first[1:3]} == {
        "asked on 8 November 2021, answer overdue since 30 December 2021"
    }
    assert first[2].point.adds
    assert not any("Not due yet" in text or "Of another" in text for text in sentences_of(page))
    pack = build_dialogue_pack(ReaderView(AmbassadorFactory(), edition, TODAY, None), DialogueFactory(planned=True))
    talk = next(one for one in pack.talks if one.whose == police.name)
    assert [point.sentence for point in talk.overdue] == [one.point.sentence for one in first]

    InformationRequestFactory(**create, asked__due_on=date(2021, 12, 10), lines=["The oldest"])
    sentence = sentences_of(get_page(AmbassadorFactory()))[0]
    shown = {one.ministry: one.ask for one in client.get(edition_url("dashboard")).context["ministries"]}
    assert "The oldest" in sentence
    assert (shown[police].sentence, shown[police].is_overdue) == (sentence, True)


def test_points_have_the_gain_that_the_next_steps_show(get_page, client, record):
    page = get_page(AmbassadorFactory())
    steps = client.get(edition_url("readiness_detail")).context["in_full"]

    gains = {line.url: line.step.adds for line in steps}
    shown = {one.url: one.point.adds for one in points_of(page) if one.point.adds}
    assert len(shown) > 2
    assert shown == {url: gains[url] for url in shown}
    assert {url for url in gains if "/commitments/" in url} <= set(shown)
    assert f"Points: {next(iter(shown.values()))}" in page.text


def test_a_commitment_due_after_the_deadline_has_the_gain_of_an_earlier_date(get_page, client, edition, police):
    led = RecommendationFactory(edition=edition, lead=police)
    EvidenceFactory(supports=[BenchmarkFactory(recommendation=led)], verified=True)
    late = BenchmarkFactory(recommendation=led)
    CommitmentFactory(ministry=police, text="Late.", benchmarks=[late], made__due_on=date(2022, 3, 10))

    first = points_of(get_page(AmbassadorFactory()))[0]
    [listed] = client.get(edition_url("readiness_detail")).context["after_deadline"]

    assert first.point.sentence == "“Late” is due on 10 March 2022. Can it be done earlier, before 28 February 2022?"
    assert (first.url, first.point.adds) == (listed.url, listed.step.adds)
    assert first.point.adds


def test_no_gain_is_shown_while_nothing_is_reviewed(get_page, edition, police):
    BenchmarkFactory(recommendation=RecommendationFactory(edition=edition, lead=police))

    page = get_page(AmbassadorFactory())

    assert [one.point.adds for one in points_of(page)] == [""]
    assert "Points:" not in page.text


def test_a_ministry_with_nothing_to_raise_says_so(get_page, edition):
    page = get_page(ObserverFactory())

    assert points_of(page) == []
    assert "There is nothing to raise now" in page.text


def test_a_commitment_of_another_edition_is_not_raised(get_page, client, edition, police):
    before = BenchmarkFactory(recommendation__edition=EditionFactory(year=2020))
    CommitmentFactory(ministry=police, text="Of the year before.", benchmarks=[before], made__due_on=date(2022, 1, 1))
    BenchmarkFactory(recommendation=RecommendationFactory(edition=edition, lead=police))

    assert "Of the year before" not in " ".join(sentences_of(get_page(AmbassadorFactory())))
    [row] = client.get(edition_url("dashboard")).context["ministries"]
    assert row.ask is None


def test_the_same_rule_names_the_commitments_on_the_dashboard(get_page, client, edition, record, police):
    """One rule decides which commitments to raise: that of the sentences, and that of the dashboard."""
    benchmark = BenchmarkFactory(recommendation__edition=edition)
    undone = CommitmentFactory(ministry=police, text="Undone.", benchmarks=[benchmark], done=True)
    sent = UpdateVersionFactory(update__commitment=undone, accepted=True)
    EvidenceFactory(update_version=sent, happened_to=date(2021, 12, 1), supports=[benchmark], verified=True)
    EvidenceFactory(
        commitment=undone, happened_to=date(2022, 1, 12), supports=[benchmark], verified=True,
        supports__shows=SupportKind.NO_ACTION,
    )  # fmt: skip
    given_up = CommitmentFactory(ministry=police, text="Withdrawn.", made__due_on=date(2022, 1, 2))
    CommitmentEventFactory(
        commitment=given_up,
        kind=CommitmentEventKind.WITHDRAWN,
        happened_on=date(2022, 1, 3),
        reason="No longer needed.",
    )
    late = CommitmentFactory(ministry=police, text="Too late to help.", made__due_on=date(2022, 3, 10))
    CommitmentEventFactory(
        commitment=late, kind=CommitmentEventKind.RESCHEDULED, happened_on=date(2021, 12, 1), due_on=date(2022, 3, 20)
    )
    page = get_page(AmbassadorFactory())
    facts = gather_facts(edition)
    result = evaluate_readiness(facts, as_of=TODAY)
    rules = CommitmentPriorities(result, result.next_steps(), find_reversed_commitments(result.reversed_actions()))
    standings = commitment_standings(facts, TODAY)
    own = [pk for pk in standings if pk in police.commitments.values_list("pk", flat=True)]

    by_rule = sorted(
        (pk for pk in own if rules.is_raised(pk, standings[pk])), key=lambda pk: rules.urgency(pk, standings[pk])
    )

    assert [one.point.row.id for one in points_of(page) if one.point.row.type == "commitment"] == by_rule
    assert undone.pk in by_rule
    assert late.pk not in by_rule


# --- The dashboard ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("reader", [OfficerFactory, AmbassadorFactory, ObserverFactory])
def test_dashboard_says_what_to_raise_first_and_leads_there(client, get_page, record, police, reader):
    user = reader()
    first = points_of(get_page(user))[0]
    page = client.get(edition_url("dashboard"))

    ask = {row.ministry: row.ask for row in page.context["ministries"]}[police]
    assert (ask.sentence, ask.status_text) == (first.point.sentence, "overdue by 39 days")
    assert f'href="{reverse("ministry_detail", args=[police.pk])}#raise">{ask.sentence}</a>' in page.text


def test_dashboard_asks_for_a_figure_before_an_open_commitment_as_the_ministrys_page_does(
    client, get_page, edition, police
):
    led = RecommendationFactory(edition=edition, lead=police, indicia=[1])
    EvidenceFactory(supports=[BenchmarkFactory(recommendation=led)], verified=True)
    IndicatorFactory(name="Convictions", question=EffortQuestion.CONVICTIONS, indicium=1, ministry=police)
    CommitmentFactory(ministry=police, text="Open.", benchmarks=[BenchmarkFactory(recommendation=led)])
    first = points_of(get_page(AmbassadorFactory()))[0]

    [row] = [row for row in client.get(edition_url("dashboard")).context["ministries"] if row.ministry == police]

    assert row.ask.sentence == first.point.sentence
    assert "the figure on convictions" in row.ask.sentence


# --- Documents --------------------------------------------------------------------------------------------------------


@pytest.fixture
def dialogue(police):
    dialogue = DialogueFactory(planned=True)
    ParticipantFactory(dialogue=dialogue, ministry=police)
    return dialogue


def test_documents_can_be_downloaded_where_they_are_ready(get_page, edition, police, dialogue):
    ours = BriefingFactory(edition=edition, kind=BriefingKind.MINISTRY, ministry=police, pdf=b"%PDF-1.7")
    pack = BriefingFactory(edition=edition, kind=BriefingKind.DIALOGUE, dialogue=dialogue, pdf=b"%PDF-1.7 pack")
    older = BriefingFactory(
        edition=edition, kind=BriefingKind.MINISTRY, ministry=police, pdf=b"%PDF-1.7 old", as_of=date(2022, 1, 20)
    )
    theirs = BriefingFactory(edition=edition, kind=BriefingKind.MINISTRY, ministry=MinistryFactory(), pdf=b"%PDF-1.7 b")

    for reader in (OfficerFactory, AmbassadorFactory, ObserverFactory):
        text = get_page(reader()).text
        for one in (ours, pack):
            assert f'href="{reverse("briefing_file", args=[one.pk])}"' in text
        for one in (older, theirs):
            assert reverse("briefing_file", args=[one.pk]) not in text
        assert 'name="what"' not in text


def test_documents_that_are_not_of_today_can_be_requested_by_those_who_may(get_page, client, edition, police, dialogue):
    BriefingFactory(
        edition=edition, kind=BriefingKind.MINISTRY, ministry=police, pdf=b"%PDF-1.7", as_of=date(2022, 1, 20)
    )

    text = get_page(AmbassadorFactory()).text

    assert "Download the ministry’s page" in text
    for key in (f"ministry-{police.pk}", f"dialogue-{dialogue.pk}"):
        assert f'name="what" value="{key}"' in text
        response = client.post(edition_url("briefing_list"), {"what": key, "as_of": "2022-01-28"})
        assert response.status_code == 302
    text = get_page(ObserverFactory()).text
    assert "Download the ministry’s page" in text
    assert 'name="what"' not in text


def test_the_pack_is_that_of_a_dialogue_with_this_ministry(get_page, edition, police):
    other = DialogueFactory(planned=True)
    ParticipantFactory(dialogue=other, ministry=MinistryFactory())
    pack = BriefingFactory(edition=edition, kind=BriefingKind.DIALOGUE, dialogue=other, pdf=b"%PDF-1.7")

    text = get_page(AmbassadorFactory()).text

    assert reverse("briefing_file", args=[pack.pk]) not in text
    assert f"dialogue-{other.pk}" not in text


# --- Who may read it --------------------------------------------------------------------------------------------------


def test_a_ministry_reads_nothing_of_what_to_raise_with_it(client, get_page, record, police):
    asked = "We ask for the figure on convictions"
    assert asked in get_page(AmbassadorFactory()).text

    own, other = FocalPointFactory(ministry=police), FocalPointFactory(ministry=MinistryFactory())
    for user, status in ((own, 403), (other, 404), (OfficerFactory(countries=[CountryFactory(elsewhere=True)]), 404)):
        page = get_page(user)
        assert page.status_code == status
        for secret in (asked, "Long overdue", "What to raise"):
            assert secret not in page.text
    client.force_login(own)
    home = client.get(reverse("ministry_home")).text
    assert "Long overdue" in home
    for secret in (asked, "What to raise", "By which date will it be done?"):
        assert secret not in home


# --- The head of the page, and what we owe ----------------------------------------------------------------------------


def test_the_minister_is_named_below_the_title_and_the_way_back_leads_to_the_dashboard(get_page, edition, police):
    police.office_holders.create(name="Sekola", title="Minister of Police")
    page = get_page(AmbassadorFactory())

    head = page.text.partition("<h1>")[2].partition("What to raise")[0]
    assert "Sekola, Minister of Police" in head
    assert [link.url for link in page.context["way_back"].links] == [edition_url("dashboard")]


def test_each_reply_that_we_owe_is_named_and_linked_with_its_missed_due_date(get_page, edition, police):
    late = CommitmentFactory(ministry=police, text="Sent late.", made__due_on=date(2022, 1, 5))
    sent = UpdateVersionFactory(update__commitment=late, happened_on=date(2022, 1, 15))
    reported = CommitmentFactory(ministry=police, text="Reported done.")
    CommitmentEventFactory(commitment=reported, kind=CommitmentEventKind.REPORTED_DONE, happened_on=date(2022, 1, 20))

    page = get_page(AmbassadorFactory())

    owed = page.text.partition("We owe this ministry 2 replies.")[2].partition("</section>")[0]
    assert f'<a href="{reverse("version_detail", args=[sent.pk])}">Sent late.</a>' in owed
    assert f'<a href="{reverse("commitment_detail", args=[reported.pk])}">Reported done.</a>' in owed
    assert "update received 10 days after the due date" in owed
    assert "not in the list above" in owed
    assert "Sent late" not in " ".join(sentences_of(page))


def test_the_folded_points_have_a_title_that_is_right_when_they_are_open(get_page, record):
    page = get_page(AmbassadorFactory())

    number = len(page.context["more_points"])
    summary = page.text.partition("<summary>")[2].partition("</summary>")[0].strip()
    assert summary == f"{number} more things to raise"
