"""A dialogue by numbers, from choosing its indicators to five of five recommendations met."""

from datetime import date, datetime
from decimal import Decimal

import pytest
from django.urls import reverse

from dialogues.actions.contributions import record_contribution
from dialogues.actions.dialogue_numbers import ChoiceInput, agree_on_indicators, choose_indicators
from dialogues.choices import ContributedBy, ContributionKind
from dialogues.dialogue_figures import gather_numbers
from dialogues.models import ChosenIndicator, Contribution, IndicatorTarget, Sustainment
from dialogues.oversight_points import check_points, count_met
from recommendations.choices import Pillar
from tests.edition_urls import edition_url
from tests.factories import (
    MASERU,
    ChosenIndicatorEventFactory,
    ChosenIndicatorFactory,
    CommitmentFactory,
    ContributionFactory,
    CountryFactory,
    DialogueFactory,
    EditionFactory,
    FocalPointFactory,
    IndicatorFactory,
    IndicatorTargetFactory,
    InformationRequestFactory,
    MinistryFactory,
    ObserverFactory,
    OfficerFactory,
    ParticipantFactory,
    PartnerFactory,
    ReadingFactory,
    RecommendationFactory,
    SustainmentFactory,
    at_noon,
)
from tests.refusals import refuses, shows_refusal
from tests.visibility import EMBASSY, create_readers, same_for_each, visible_names
from tiptracker.errors import Refused

pytestmark = pytest.mark.django_db
NOW = at_noon(date(2022, 1, 28))
HELD_ON = date(2022, 2, 24)


@pytest.fixture
def planned():
    RecommendationFactory()
    return DialogueFactory(planned=True, held_on=HELD_ON)


@pytest.fixture
def police():
    return MinistryFactory(name="Ministry of Police", short_name="Police")


def url(name, row):
    return reverse(name, args=[row.pk])


def contribution_values(**given):
    return {
        "given_by": ContributedBy.UNITED_STATES,
        "ministry": None,
        "partner": None,
        "kind": ContributionKind.TRAINING,
        "what": "Training",
        "amount": None,
        "currency": "",
        "starts_on": date(2022, 1, 10),
        "through_on": None,
        "source": "A letter",
        "commitment": None,
        "recommendation": None,
    } | given


# --- The story --------------------------------------------------------------------------------------------------------


def test_from_choosing_to_five_of_five(client, planned, police):
    """An officer does all of it on the pages; the ministry sees its indicator and nothing else."""
    ParticipantFactory(dialogue=planned, ministry=police)
    cases = IndicatorFactory(name="Cases begun", ministry=police)
    ReadingFactory(indicator=cases, figure=4, last_period=True, source="TIP Report 2021")
    work = CommitmentFactory(ministry=police)
    client.force_login(OfficerFactory())

    form = client.get(url("dialogue_indicators", planned))
    assert [(row.indicator, list(row.reasons)) for row in form.context["rows"]] == [
        (cases, ["No verified figure this year"])
    ]
    prefix = f"indicator-{cases.pk}"
    client.post(url("dialogue_indicators", planned), {f"{prefix}-is_chosen": "on", f"{prefix}-ministry": police.pk})
    chosen = ChosenIndicator.objects.get()
    page = client.get(url("dialogue_numbers", planned)).text
    assert f"Ask the {police} for its figures" in page
    client.post(url("chosen_indicator_agree", chosen), {"ministry": police.pk, "agreed_on": "2022-01-28"})
    assert "Agreed with Police on 28 January 2022, late" in client.get(url("dialogue_numbers", planned)).text

    client.post(
        url("contribution_add", planned),
        {
            "given_by": "ministry",
            "ministry": police.pk,
            "kind": "money",
            "what": "Fuel of the unit",
            "amount": "60,000",
            "currency": "LSL",
            "starts_on": "2022-01-10",
            "source": "Letter of the ministry",
            "work": f"commitment-{work.pk}",
        },
    )
    contribution = Contribution.objects.get()
    assert str(contribution) == "Police: LSL 60,000: Fuel of the unit"
    ContributionFactory()
    client.post(
        url("sustainment_add", planned),
        {"work": f"commitment-{work.pk}", "payer": "The police", "from_on": "2023-04-01", "proof": "The budget"},
    )
    assert Sustainment.objects.get().commitment == work

    type(planned).objects.filter(pk=planned.pk).update(held_on=date(2022, 1, 28))
    discussed = {
        f"figures-{chosen.pk}-is_discussed": "on",
        f"figures-{chosen.pk}-said": "The police named six cases.",
        f"figures-{chosen.pk}-target": "12",
        f"figures-{chosen.pk}-ministry": police.pk,
        f"figures-{chosen.pk}-target_reason": "Three times as many.",
    }
    shows_refusal(
        client.post(url("dialogue_figures", planned), discussed | {f"figures-{chosen.pk}-target": "3"}),
        "below the baseline 4",
    )
    client.post(url("dialogue_figures", planned), discussed)
    target = IndicatorTarget.objects.get()
    assert (target.figure, target.baseline, target.dialogue, target.ministry) == (12, 4, planned, police)

    minutes = client.get(url("dialogue_detail", planned)).text
    assert "The police named six cases." in minutes
    assert "agreed here" in minutes
    oversight = client.get(url("dialogue_oversight", planned))
    assert oversight.context["met"] == 4  # only the agreement came late
    assert [point.state.value for point in oversight.context["points"]] == [
        "not_met", "met", "met", "department", "met", "met",
    ]  # fmt: skip

    client.force_login(FocalPointFactory(ministry=police))
    seen = client.get(url("dialogue_detail", planned)).text
    assert "Cases begun (cases), agreed with you on 28 January 2022" in seen
    assert "The police named six cases." not in seen
    assert "Fuel of the unit" not in seen


def test_what_was_agreed_in_time_meets_all_five(planned, police):
    officer, edition = OfficerFactory(), EditionFactory()
    early, at = datetime(2022, 1, 10, 9, tzinfo=MASERU), datetime(2022, 1, 20, 9, tzinfo=MASERU)
    (chosen,) = choose_indicators(
        dialogue=planned, choices=[ChoiceInput(IndicatorFactory(), police)], by=officer, now=early
    )
    agree_on_indicators(
        dialogue=chosen.dialogue, chosen=[chosen], ministry=police, agreed_on=at.date(), by=officer, now=at
    )
    ChosenIndicatorEventFactory(chosen=chosen, kind="discussed", text="")
    IndicatorTargetFactory(indicator=chosen.indicator)
    work = CommitmentFactory(ministry=police)
    ContributionFactory(ministry=police, commitment=work)
    ContributionFactory()
    SustainmentFactory(commitment=work)

    numbers = gather_numbers(officer, planned, edition, today=HELD_ON)

    assert count_met(check_points(numbers.facts)) == 5
    before = gather_numbers(officer, planned, edition, today=HELD_ON, known_by=at_noon(date(2022, 1, 15)))
    assert [line.status_text for line in before.lines] == ["proposed to Police"]


# --- Choosing and dropping --------------------------------------------------------------------------------------------


def choose(dialogue, *indicators, now=NOW, ministry=None, by=None):
    choices = [ChoiceInput(row, ministry) for row in indicators]
    return choose_indicators(dialogue=dialogue, choices=choices, by=by or OfficerFactory(), now=now)


def test_indicators_are_chosen_from_45_days_before_until_the_dialogue(planned):
    cases = IndicatorFactory()

    with refuses("too_early", sentence="10 January 2022"):
        choose(planned, cases, now=at_noon(date(2022, 1, 9)))
    with refuses("dialogue_is_over"):
        choose(DialogueFactory(), cases)
    with refuses("required", field="indicators"):
        choose(planned)
    with refuses("another_country", field="indicators"):
        choose(planned, IndicatorFactory(country=CountryFactory(elsewhere=True)))
    choose(planned, cases, now=at_noon(date(2022, 1, 10)))
    with refuses("already_chosen", field="indicators"):
        choose(planned, cases)


def test_an_indicator_dropped_after_it_was_agreed_stays_visible_as_dropped(client, planned, police):
    chosen = ChosenIndicatorFactory(dialogue=planned, ministry=police)
    ChosenIndicatorEventFactory(chosen=chosen, kind="agreed", ministry=police, text="")
    client.force_login(OfficerFactory())

    shows_refusal(client.post(url("chosen_indicator_drop", chosen), {"reason": " "}), "Fill this in.")
    client.post(url("chosen_indicator_drop", chosen), {"reason": "Nobody counts it."})

    page = client.get(url("dialogue_numbers", planned)).text
    assert "Dropped on 28 January 2022" in page
    assert "Nobody counts it." in page
    client.force_login(FocalPointFactory(ministry=police))
    ParticipantFactory(dialogue=planned, ministry=police)
    assert chosen.indicator.name not in client.get(url("dialogue_detail", planned)).text
    with pytest.raises(Refused, match="was dropped"):
        agree_on_indicators(
            dialogue=chosen.dialogue,
            chosen=[chosen],
            ministry=police,
            agreed_on=NOW.date(),
            by=OfficerFactory(),
            now=NOW,
        )
    choose(planned, chosen.indicator)  # it can be chosen again


def test_the_ministry_that_likely_has_the_figure_is_proposed(client, planned, police):
    """It is the one set for the indicator, or else the lead of the recommendation on the same subject."""
    justice = MinistryFactory(name="Ministry of Justice", short_name="Justice")
    RecommendationFactory(number=7, indicia=[2], lead=justice, terms__pillar=Pillar.PROTECTION)
    own = IndicatorFactory(name="Own", ministry=police)
    likely = IndicatorFactory(name="Likely", pillar=Pillar.PROTECTION, indicium=2)
    unknown = IndicatorFactory(name="Unknown", pillar=Pillar.PREVENTION, indicium=9)
    client.force_login(OfficerFactory())

    rows = client.get(url("dialogue_indicators", planned)).context["rows"]

    assert {row.indicator: row["ministry"].value() for row in rows} == {
        own: police.pk,
        likely: justice.pk,
        unknown: None,
    }


def test_several_indicators_are_agreed_with_one_ministry_on_one_page(client, planned, police):
    first, _second, third = (
        ChosenIndicatorFactory(dialogue=planned, indicator=IndicatorFactory(name=name))
        for name in ("First", "Second", "Third")
    )
    dropped = ChosenIndicatorFactory(dialogue=planned, indicator=IndicatorFactory(name="Dropped"))
    ChosenIndicatorEventFactory(chosen=dropped, kind="dropped", text="Nobody counts it.")
    elsewhere = ChosenIndicatorFactory(dialogue=DialogueFactory(planned=True, held_on=date(2022, 3, 3)))
    client.force_login(OfficerFactory())
    address, sent = url("chosen_indicator_agree", first), {"ministry": police.pk, "agreed_on": "2022-01-28"}

    ChosenIndicatorFactory(dialogue=planned, ministry=police, indicator=IndicatorFactory(name="Police only"))
    offered = client.get(address).context["form"].fields["others"].choices
    assert [label for _, label in offered] == ["Second", "Third", "Police only, proposed to Police"]
    justice = MinistryFactory(name="Ministry of Justice", short_name="Justice")
    of_justice = ChosenIndicatorFactory(dialogue=planned, ministry=justice, indicator=IndicatorFactory(name="Fourth"))
    offered = client.get(url("chosen_indicator_agree", of_justice)).context["form"].fields["others"].choices
    assert [label for _, label in offered] == ["First", "Second", "Third"]
    for row in (dropped, elsewhere):
        shows_refusal(client.post(address, sent | {"others": [row.pk]}), "Choose from the list.")
    client.post(address, sent | {"others": [third.pk]})

    page = client.get(url("dialogue_numbers", planned))
    assert "The agreement on 2 indicators is recorded. It came later than 25 January 2022" in page.text
    agreed = {line.chosen.indicator.name: line.status_text for line, _ in page.context["lines"]}
    assert agreed["First"] == agreed["Third"] == "agreed with Police on 28 January 2022, late"
    assert agreed["Second"] == "not agreed yet"


def test_a_figure_that_was_asked_for_is_not_asked_for_again(client, planned, police):
    asked, open_ = (IndicatorFactory(name=name, ministry=police) for name in ("Asked", "Open"))
    choose(planned, asked, open_, ministry=police)
    client.force_login(OfficerFactory())
    (link,) = client.get(url("dialogue_numbers", planned)).context["requests"]
    form = client.get(link.url)
    assert [str(form.context["form"][name].value()) for name in ("ministry", "reason", "due_on")] == [
        str(police.pk), "For the dialogue of 24 February 2022.", "2022-02-14",
    ]  # fmt: skip
    assert [row["indicator"].value() for row in form.context["rows"]] == [asked.pk, open_.pk]

    InformationRequestFactory(ministry=police, lines=[asked])

    page = client.get(url("dialogue_numbers", planned))
    (link,) = page.context["requests"]
    assert [row["indicator"].value() for row in client.get(link.url).context["rows"]] == [open_.pk]
    assert "Asked on 8 November 2021, no answer" in page.text


def test_a_figure_that_another_ministry_was_asked_for_is_asked_of_the_one_that_agreed(client, planned, police):
    justice = MinistryFactory(name="Ministry of Justice", short_name="Justice")
    cases = IndicatorFactory(ministry=police)
    choose(planned, cases, ministry=police)
    InformationRequestFactory(ministry=justice, lines=[cases])
    client.force_login(OfficerFactory())

    page = client.get(url("dialogue_numbers", planned))

    (link,) = page.context["requests"]
    assert link.ministry == police
    assert "Justice: Asked on 8 November 2021, no answer" in page.text


def test_indicators_of_ministries_that_take_no_part_are_offered_and_not_ticked(client, planned, police):
    justice = MinistryFactory(name="Ministry of Justice", short_name="Justice")
    ParticipantFactory(dialogue=planned, ministry=police)
    present, absent = (
        IndicatorFactory(name="Present", ministry=police),
        IndicatorFactory(name="Absent", ministry=justice),
    )
    client.force_login(OfficerFactory())

    rows = client.get(url("dialogue_indicators", planned)).context["rows"]

    assert {row.indicator: bool(row["is_chosen"].value()) for row in rows} == {present: True, absent: False}


@pytest.mark.parametrize("due_on", ["2022-02-31", "soon", "9" * 40])
def test_an_address_with_no_day_fills_in_no_due_date(client, due_on):
    RecommendationFactory()
    client.force_login(OfficerFactory())
    page = client.get(edition_url("information_request_add"), {"due_on": due_on})
    assert page.context["form"]["due_on"].value() is None


def test_the_page_of_an_annual_target_returns_to_the_dialogue_from_which_it_was_opened(client, planned):
    RecommendationFactory()
    indicator = IndicatorFactory()
    client.force_login(OfficerFactory())
    address = f"{url('annual_target', indicator)}?dialogue={planned.pk}"
    sent = {"figure": "9", "baseline_missing_reason": "No source.", "origin": "post", "reason": "A proposal."}
    form = client.get(address)
    assert url("dialogue_numbers", planned) in form.text

    saved = client.post(address, sent | {"seen": form.context["form"]["seen"].value(), "unit": indicator.unit})

    assert saved.url == url("dialogue_numbers", planned)


def test_an_agreement_on_the_indicator_is_none_on_its_target_and_all_mistakes_are_shown_at_once(
    client, planned, police
):
    chosen = ChosenIndicatorFactory(dialogue=planned)
    ChosenIndicatorEventFactory(chosen=chosen, kind="agreed", ministry=police, text="")
    client.force_login(OfficerFactory())
    address = url("annual_target", chosen.indicator)

    form = client.get(f"{address}?dialogue={planned.pk}").context["form"]
    assert (form["origin"].value(), form["ministry"].value()) == ("post", None)
    refused = client.post(address, {"figure": "9", "origin": "post", "ministry": police.pk, "reason": ""})

    shows_refusal(refused, "The embassy alone set it.")
    shows_refusal(refused, "Fill this in.")


def test_an_observer_reads_and_changes_nothing(client, planned):
    client.force_login(ObserverFactory())

    page = client.get(url("dialogue_numbers", planned))

    assert page.status_code == 200
    assert url("dialogue_indicators", planned) not in page.text
    assert client.post(url("dialogue_indicators", planned)).status_code == 403


# --- Contributions ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "code", "field"),
    [
        ({"given_by": ContributedBy.MINISTRY}, "unclear_giver", "ministry"),
        ({"given_by": ContributedBy.PARTNER}, "unclear_giver", "partner"),
        ({"kind": ContributionKind.MONEY}, "required", "amount"),
        ({"kind": ContributionKind.MONEY, "amount": Decimal(5)}, "currency", "currency"),
        ({"currency": "LSL"}, "required", "amount"),
        ({"starts_on": date(2022, 2, 1)}, "future_day", "starts_on"),
        ({"through_on": date(2022, 1, 9)}, "reversed_dates", "through_on"),
        ({"what": " "}, "required", "what"),
        ({"source": " "}, "required", "source"),
    ],
)
def test_a_contribution_that_does_not_fit_is_refused_at_its_field(given, code, field):
    with refuses(code, field=field):
        record_contribution(country=CountryFactory(), by=OfficerFactory(), now=NOW, **contribution_values(**given))


def test_a_contribution_without_money_needs_no_change_of_the_currency_that_the_form_fills_in(client, planned):
    client.force_login(OfficerFactory())
    form = client.get(url("contribution_add", planned)).context["form"]
    assert form["currency"].value() == "LSL"
    sent = {"given_by": "united_states", "kind": "training", "what": "Two trainers", "source": "A letter"}

    client.post(url("contribution_add", planned), sent | {"currency": "LSL", "starts_on": "2022-01-10"})

    assert str(Contribution.objects.get()) == "United States: Two trainers"


def test_a_contribution_is_corrected_once_by_a_later_row(client, planned):
    officer = OfficerFactory()
    first = ContributionFactory()
    given = {"country": first.country, "by": officer, "now": NOW, "corrects": first}

    second = record_contribution(reason="It was two days.", **given, **contribution_values(what="Two days"))

    assert list(Contribution.objects.visible_to(officer).current()) == [second]
    assert list(Contribution.objects.visible_to(officer).current(at_noon(date(2022, 1, 12)))) == [first]
    with refuses("edit_conflict"):
        record_contribution(reason="Again.", **given, **contribution_values())
    client.force_login(officer)
    assert "Training of prosecutors" not in client.get(url("dialogue_numbers", planned)).text


def test_a_partner_of_another_country_gives_nothing_here():
    country, partner = CountryFactory(), PartnerFactory(country=CountryFactory(elsewhere=True))
    given = contribution_values(given_by=ContributedBy.PARTNER, partner=partner)

    with refuses("another_country", field="partner"):
        record_contribution(country=country, by=OfficerFactory(), now=NOW, **given)


def test_an_officer_adds_a_missing_partner_and_keeps_what_is_typed(client, planned):
    """The list of partners is loaded again after a partner was added on its own page."""
    client.force_login(OfficerFactory())
    typed = {"given_by": "partner", "kind": "people", "what": "A nurse", "starts_on": "not a day", "source": "A letter"}

    partner = PartnerFactory(name="The House")
    form = client.post(url("contribution_add", planned), typed | {"load_partners": "1"}).context["form"]

    assert {name: form[name].value() for name in typed} == typed
    assert form.errors == {}
    assert [label for _, label in form.fields["partner"].choices] == ["No partner", "The House"]
    typed |= {"starts_on": "2022-01-10", "partner": partner.pk, "currency": planned.country.currency}
    assert client.post(url("contribution_add", planned), typed).status_code == 302
    contribution = Contribution.objects.get()
    assert (contribution.partner, str(contribution)) == (partner, "The House: A nurse")
    page = client.get(url("contribution_detail", contribution))
    assert reverse("partner_detail", args=[partner.pk]) in page.text


def test_the_page_of_a_corrected_contribution_leads_to_the_newer_version(client, planned):
    officer = OfficerFactory()
    first = ContributionFactory()
    client.force_login(officer)
    typed = {"given_by": "united_states", "kind": "training", "what": "Two days", "starts_on": "2022-01-10"}

    answer = client.post(
        url("contribution_correct", first), typed | {"source": "A letter", "reason": "It was two days."}, follow=True
    )

    second = Contribution.objects.get(corrects=first)
    assert answer.request["PATH_INFO"] == url("contribution_detail", second)
    assert str(first) in answer.text
    page = client.get(url("contribution_detail", first))
    assert url("contribution_detail", second) in page.text
    assert url("contribution_correct", first) not in page.text


def test_contributions_that_ended_before_the_last_dialogue_and_later_ones_are_left_out(planned):
    last = DialogueFactory(held_on=date(2022, 1, 5))
    ContributionFactory(through_on=last.held_on)
    goes_on = ContributionFactory()
    ContributionFactory(starts_on=date(2022, 3, 1))

    numbers = gather_numbers(OfficerFactory(), planned, EditionFactory(), today=HELD_ON)

    assert (numbers.since, list(numbers.contributions)) == (last.held_on, [goes_on])


# --- Who sees which ---------------------------------------------------------------------------------------------------


def test_a_ministry_sees_the_indicators_proposed_to_it_or_agreed_with_it_alone():
    people = create_readers()
    own, other = people["own ministry"].ministry, people["other ministry"].ministry
    rows = {"proposed": ChosenIndicatorFactory(ministry=own), "agreed": ChosenIndicatorFactory(ministry=other)}
    ChosenIndicatorEventFactory(chosen=rows["agreed"], kind="agreed", ministry=own, text="")

    assert visible_names(people, rows) == same_for_each(EMBASSY, ["agreed", "proposed"]) | {
        "own ministry": ["agreed", "proposed"],
        "other ministry": ["agreed"],
    }


def test_a_ministry_sees_its_annual_target_and_the_request_for_its_figure_alone(client, planned, police):
    home = MinistryFactory(name="Ministry of Home Affairs", short_name="Home Affairs")
    own, shared, other = (IndicatorFactory(name=name) for name in ("Own", "Shared", "Other"))
    choose(planned, own, shared, ministry=police)
    choose(planned, other, ministry=home)
    IndicatorTargetFactory(indicator=own, figure=12, ministry=police)
    IndicatorTargetFactory(indicator=shared, figure=7777, ministry=home)
    IndicatorTargetFactory(indicator=other, figure=8888, ministry=home)
    mine = InformationRequestFactory(ministry=police, lines=[own])
    theirs = InformationRequestFactory(ministry=home, lines=[shared, other])
    for ministry in (police, home):
        ParticipantFactory(dialogue=planned, ministry=ministry)
    client.force_login(FocalPointFactory(ministry=police))

    page = client.get(url("dialogue_detail", planned)).text

    assert "Annual target: 12. Baseline: 4." in page
    assert url("information_request_detail", mine) in page
    for hidden in ("7,777", "8,888", "Other", url("information_request_detail", theirs)):
        assert hidden not in page


@pytest.mark.parametrize("factory", [ContributionFactory, SustainmentFactory])
def test_contributions_and_sustainment_are_for_the_embassy(factory):
    assert visible_names(create_readers(), {"row": factory()}) == same_for_each(EMBASSY, ["row"])
