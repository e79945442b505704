"""The pages of a focal point: the ministry's commitments, and sending an update."""

import re
from dataclasses import fields, is_dataclass
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import Model
from django.urls import reverse
from django.utils.html import escape

from dialogues.actions.drafts import DraftPage, save_draft
from dialogues.choices import (
    PROGRESS_MEANINGS,
    ClaimedProgress,
    CommitmentEventKind,
    CommitmentStatus,
    DoneBy,
    ReadingDirection,
    RequestEventKind,
    Sensitivity,
    UpdateDecision,
)
from dialogues.decision_reasons import RequestedChange, ReturnReason, format_return_reason
from dialogues.models import Draft, EvidenceFile, UpdateVersion
from recommendations.choices import Rule
from recommendations.models import Indicator
from tests.dialogues.sample_files import PDF
from tests.edition_urls import edition_url
from tests.factories import (
    AmbassadorFactory,
    BenchmarkFactory,
    CommitmentEventFactory,
    CommitmentFactory,
    DialogueFactory,
    DistrictFactory,
    DueDateProposalFactory,
    EditionFactory,
    EvidenceFactory,
    EvidenceFileFactory,
    FocalPointFactory,
    IndicatorFactory,
    InformationRequestFactory,
    MinistryFactory,
    NoticeFactory,
    ObserverFactory,
    OfficerFactory,
    ReadingFactory,
    RecommendationFactory,
    RequestEventFactory,
    UpdateFactory,
    UpdateVersionDecisionFactory,
    UpdateVersionFactory,
    at_noon,
)
from tests.refusals import shows_refusal
from tiptracker.accounts.models import Country
from tiptracker.notifications.models import Notice

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def current_edition():
    """An edition that the pages belong to."""
    RecommendationFactory(number=99, lead=None)


@pytest.fixture
def police():
    return MinistryFactory(short_name="Police")


@pytest.fixture
def focal_point(client, police):
    user = FocalPointFactory(ministry=police)
    client.force_login(user)
    return user


def pdf_upload(name="list.pdf", content=PDF):
    return SimpleUploadedFile(name, content, content_type="application/pdf")


def send_url(commitment):
    return reverse("update_send", args=[commitment.pk])


# --- What is asked ----------------------------------------------------------------------------------------------------


def test_ministry_home_puts_first_what_was_returned_then_what_is_overdue_then_what_is_due_soonest(
    client, police, focal_point
):
    undated = CommitmentFactory(ministry=police)
    soon = CommitmentFactory(ministry=police, made__due_on=date(2022, 2, 1))
    overdue = CommitmentFactory(ministry=police, made__due_on=date(2022, 1, 16))
    returned = UpdateVersionFactory(
        update__commitment=CommitmentFactory(ministry=police, made__due_on=date(2022, 3, 1)), returned=True
    )
    sent = UpdateVersionFactory(update__commitment=CommitmentFactory(ministry=police))
    done = CommitmentFactory(ministry=police, done=True)
    CommitmentFactory(text="Another ministry's.")

    response = client.get(reverse("ministry_home"))

    def commitments(key):
        return [ask.commitment.pk for ask in response.context[key]]

    assert commitments("open") == [returned.update.commitment_id, overdue.pk, soon.pk, undated.pk]
    assert commitments("waiting") == [sent.update.commitment_id]
    assert commitments("settled") == [done.pk]
    assert response.context["summary"] == (
        "Of 6 commitments, 1 is overdue, 1 has a returned update, 2 are open, 1 is with the embassy and 1 is verified "
        "as done."
    )
    assert response.context["summary"] in response.text
    assert "Returned on 10 January 2022" in response.text
    assert returned.decision.reason in response.text
    assert "Overdue by 12 days" in response.text
    assert "Another ministry" not in response.text
    reminders = re.findall("Next reminder by mail: ([^.]*)", response.text)
    assert reminders == ["22 February 2022", "31 January 2022"], (
        "7 days before, since it was returned lately; 1 day before; and none after 7 days"
    )


def test_nothing_is_called_overdue_or_open_that_is_with_the_embassy(client, police, focal_point):
    waits = CommitmentFactory(ministry=police, made__due_on=date(2022, 1, 16))
    UpdateVersionFactory(update__commitment=waits)
    story = reverse("commitment_detail", args=[waits.pk])

    home = client.get(reverse("ministry_home")).text
    told = {"home": home, "story": client.get(story).text, "page": client.get(send_url(waits)).text}
    client.force_login(OfficerFactory())
    told["officer"] = client.get(story).text

    assert {where for where, text in told.items() if "overdue" in text.lower() or "status--open" in text} == set()
    assert {where for where, text in told.items() if "with the embassy since 10 january 2022" in text.lower()} == set(
        told
    )
    assert "16 January 2022" in home
    assert "You have 1 commitment. It is with the embassy." in home
    assert "You need not do anything now." in home


def test_a_ministry_sees_the_contact_person_while_the_account_is_open(client, police, focal_point):
    sent = UpdateVersionFactory(update__commitment=CommitmentFactory(ministry=police))
    contact = OfficerFactory(name="Ms Contact", email="contact@post.example")
    pages = [
        reverse("ministry_home"),
        reverse("commitment_detail", args=[sent.update.commitment_id]),
        send_url(sent.update.commitment),
    ]
    assert all("the officer for trafficking in persons" in client.get(page).text for page in pages)

    Country.objects.filter(pk=police.country_id).update(contact=contact)
    for page in pages:
        text = client.get(page).text
        assert ("Ms Contact" in text, "mailto:contact@post.example" in text) == (True, True), page
    contact.countries.clear()
    assert "Ms Contact" not in client.get(pages[0]).text


def test_ministry_home_leads_back_to_a_draft_and_says_whose_it_is(client, police, focal_point):
    commitment = CommitmentFactory(ministry=police)
    colleague = FocalPointFactory(ministry=police, name="'M’e Lineo")
    said = {"narrative": ["So far"], "happened_to": ["soon"], "claimed": ["done"]}
    save_draft(of=commitment, content=said, files=(), page=DraftPage(), by=colleague, now=at_noon(date(2022, 1, 3)))

    home = client.get(reverse("ministry_home")).text
    page = client.get(send_url(commitment))

    assert "&#x27;M’e Lineo saved it on 3 January 2022, 12:00. It has not been sent yet." in home
    assert "Continue the draft" in home
    form = page.context["form"]
    assert (form["narrative"].value(), form["happened_to"].value(), form["claimed"].value()) == (
        "So far",
        "soon",
        "done",
    )
    assert "We keep this draft until 3 April 2022." in page.text
    assert not form.errors


def test_a_ministry_has_four_places_and_reads_nothing_of_readiness(client, police, focal_point):
    EditionFactory()
    CommitmentFactory(ministry=police)

    page = client.get(reverse("ministry_home"))

    assert [item.label for item in page.context["navigation"]] == ["Home", "Recommendations", "Calendar", "Help"]
    for absent in ("Dashboard", "My tasks", "Briefings", "eadiness"):
        assert absent not in page.text, absent


def test_a_ministry_reads_of_the_report_and_its_year_where_the_embassy_reads_of_an_edition(client, focal_point):
    recommendation = RecommendationFactory()
    for url in (reverse("ministry_home"), edition_url("recommendation_list"), recommendation_url(recommendation)):
        text = client.get(url).text
        assert "TIP Report 2021" in text, url
        assert "2021 edition" not in text, url

    client.force_login(OfficerFactory())
    assert "2021 edition" in client.get(edition_url("recommendation_list")).text


def recommendation_url(recommendation):
    return reverse("recommendation_detail", args=[recommendation.pk])


def test_ministry_home_says_how_it_begins_where_nothing_is_asked(client, focal_point):
    text = client.get(reverse("ministry_home")).text

    assert "Your ministry has no commitments yet." in text
    assert f'<a href="{reverse("how_this_works")}">How this works</a>' in text


def test_ministry_home_shows_the_first_steps_until_an_update_was_sent(client, police, focal_point):
    commitment = CommitmentFactory(ministry=police)
    first_day = client.get(reverse("ministry_home")).text
    assert "Your first update" in first_day
    assert reverse("how_this_works") in first_day

    UpdateVersionFactory(update__commitment=commitment, returned=True)
    assert "Your first update" not in client.get(reverse("ministry_home")).text


def test_ministry_home_is_the_focal_points(client):
    for reader in (OfficerFactory, AmbassadorFactory, ObserverFactory):
        client.force_login(reader())
        closed = client.get(reverse("ministry_home"))
        assert closed.status_code == 403
        assert "Your role does not allow this." in closed.text


@pytest.mark.parametrize("count", [1, 3])
def test_ministry_home_query_count(client, django_assert_num_queries, police, focal_point, count):
    for _ in range(count):
        UpdateVersionFactory(update__commitment=CommitmentFactory(ministry=police), returned=True)

    # session, user, zone; the drafts of the key; commitments, events, updates, versions; drafts; proposals; ministry,
    # contact, name of post
    with django_assert_num_queries(17):
        response = client.get(edition_url("ministry_home"))

    assert len(response.context["open"]) == count


def models_in(thing):
    """Return the rows that a template can reach from its context without a query."""
    if isinstance(thing, Model):
        return {type(thing).__name__}
    if isinstance(thing, dict):
        return set().union(*map(models_in, thing.values()))
    if isinstance(thing, list | tuple):
        return set().union(*map(models_in, thing))
    if is_dataclass(thing):
        return models_in([getattr(thing, part.name) for part in fields(thing)])
    return set()


def test_no_page_of_a_ministry_holds_a_row_that_leads_to_what_is_internal(client, police, focal_point):
    benchmark = BenchmarkFactory()
    commitment = CommitmentFactory(ministry=police, dialogue=DialogueFactory(), benchmarks=[benchmark])
    sent = UpdateVersionFactory(update__commitment=commitment, returned=True)
    evidence = EvidenceFactory(update_version=sent, file=EvidenceFileFactory(), supports=[benchmark], verified=True)
    waiting = UpdateVersionFactory(update__commitment=CommitmentFactory(ministry=police))
    proposal = DueDateProposalFactory(commitment=commitment)

    held = {
        url: models_in([layer.dicts[-1] for layer in client.get(url).context])
        for url in (
            reverse("ministry_home"),
            reverse("commitment_detail", args=[commitment.pk]),
            reverse("evidence_detail", args=[evidence.pk]),
            reverse("dialogue_list"),
            reverse("version_withdraw", args=[waiting.pk]),
            reverse("due_date_propose", args=[waiting.update.commitment_id]),
            reverse("due_date_withdraw", args=[proposal.pk]),
            send_url(commitment),
        )
    }

    assert set().union(*held.values()) <= {"User", "Ministry", "EvidenceFile", "Recommendation"}, held


# --- Sending an update ------------------------------------------------------------------------------------------------


def form_data(**changed):
    return {
        "claimed": "under_way",
        "title": "Six districts have a focal point",
        "narrative": "Officers were named in six districts.",
        "happened_from": "2022-01-10",
        "happened_to": "2022-01-20",
        "done_by": "government",
    } | changed


def test_update_send_sends_the_words_and_every_file(client, police, focal_point):
    commitment = CommitmentFactory(ministry=police, benchmarks=[BenchmarkFactory()])

    response = client.post(send_url(commitment), form_data(files=[pdf_upload(), pdf_upload("order.pdf")]), follow=True)

    assert response.redirect_chain == [(reverse("commitment_detail", args=[commitment.pk]) + "?sent", 302)]
    assert "Your update was sent to the embassy. An officer will read it." in response.text
    assert "We have your update" in response.text
    sent = UpdateVersion.objects.get()
    assert (sent.narrative, sent.claimed, sent.recorded_by) == (
        "Officers were named in six districts.",
        ClaimedProgress.UNDER_WAY,
        focal_point,
    )
    assert sorted(evidence.file.name for evidence in sent.evidence.all()) == ["list.pdf", "order.pdf"]
    assert {evidence.done_by for evidence in sent.evidence.all()} == {DoneBy.GOVERNMENT}


def test_update_send_that_it_is_done_reports_it_done(client, police, focal_point):
    commitment = CommitmentFactory(ministry=police)

    client.post(send_url(commitment), form_data(claimed="done"))

    assert commitment.standing_on(date(2022, 1, 28)).status == CommitmentStatus.WITH_EMBASSY


def test_update_send_says_beforehand_what_files_it_takes(client, police, focal_point, settings):
    settings.UPLOAD_MAX_BYTES = 10 * 1024 * 1024
    commitment = CommitmentFactory(ministry=police)

    text = client.get(reverse("update_send", args=[commitment.pk])).text

    assert "PDF, Word (.docx), Excel (.xlsx), text (.txt, .csv), JPEG or PNG, at most 10 MB for each file." in text
    assert "a new choice replaces the earlier one" in text
    help_text = text.partition("What makes a good update")[2].partition("</ul>")[0]
    assert "If the work took longer than a day, the end date too." in help_text


def test_update_send_warns_above_the_narrative_and_says_what_happens_next(client, police, focal_point):
    text = client.get(send_url(CommitmentFactory(ministry=police))).text

    warning = text.index("Never name or identify a victim.")
    assert warning < text.index('name="narrative"')
    assert "an officer reads your update" in text
    assert 'max="2022-01-28"' in text


def counted_commitment(police, **indicator):
    benchmark = BenchmarkFactory(
        terms__rule=Rule.TARGET, terms__target=10, terms__indicator=IndicatorFactory(name="Focal points", **indicator)
    )
    return CommitmentFactory(ministry=police, benchmarks=[benchmark])


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"figure": "6"}, (6, "")),
        ({"direction": "up"}, (None, ReadingDirection.UP)),
        ({"direction": "no_data"}, (None, "")),
        ({}, None),
    ],
)
def test_update_send_asks_for_figures_only_where_a_benchmark_counts_them(client, police, focal_point, typed, told):
    commitment = counted_commitment(police)
    indicator = commitment.benchmarks.get().current_terms.indicator
    assert "Focal points since 1 April 2021" in client.get(send_url(commitment)).text
    assert "End date of the figures" not in client.get(send_url(CommitmentFactory(ministry=police))).text

    figures = {f"indicator-{indicator.pk}-{name}": value for name, value in typed.items()}
    client.post(send_url(commitment), form_data(through_on="2022-01-20", **figures))

    readings = UpdateVersion.objects.get().readings.all()
    assert [(reading.figure, reading.direction) for reading in readings] == ([told] if told else [])


def test_the_end_date_of_figures_is_needed_only_with_a_figure(client, police, focal_point):
    commitment = counted_commitment(police)
    name = f"indicator-{commitment.benchmarks.get().current_terms.indicator.pk}-figure"
    assert client.get(send_url(commitment)).context["form"]["through_on"].value() == date(2022, 1, 28)

    refused = client.post(send_url(commitment), form_data(**{name: "6"}, through_on=""))

    assert refused.context["form"].errors == {"through_on": ["Enter the last day that the figures cover."]}
    assert not UpdateVersion.objects.exists()
    seen = {"draft_seen": Draft.objects.get().mark}
    client.post(send_url(commitment), form_data(through_on="", **seen))
    assert not UpdateVersion.objects.get().readings.exists()


def district_commitment(police):
    """A commitment on a benchmark that counts districts; the country has three."""
    commitment = counted_commitment(police)
    indicator = commitment.benchmarks.get().current_terms.indicator
    Indicator.objects.filter(pk=indicator.pk).update(unit="districts")
    for name in ("Berea", "Maseru", "Qacha's Nek"):
        DistrictFactory(country=commitment.country, name=name)
    return commitment, f"indicator-{indicator.pk}"


def test_update_send_takes_districts_by_name_and_counts_them(client, police, focal_point):
    commitment, prefix = district_commitment(police)

    client.post(
        send_url(commitment),
        form_data(through_on="2022-01-20", **{f"{prefix}-districts": ["Berea", "Qacha's Nek"]}),
    )

    reading = UpdateVersion.objects.get().readings.get()
    assert reading.figure == 2
    assert [(part.dimension, part.category) for part in reading.parts.all()] == [
        ("district", "Berea"),
        ("district", "Qacha's Nek"),
    ]
    UpdateVersionDecisionFactory(update_version=UpdateVersion.objects.get(), decision=UpdateDecision.RETURNED)
    assert client.get(send_url(commitment)).context["figures"][0]["districts"].value() == ["Berea", "Qacha's Nek"]


def test_update_send_refuses_a_figure_that_is_not_the_districts_named(client, police, focal_point):
    commitment, prefix = district_commitment(police)

    response = client.post(
        send_url(commitment),
        form_data(through_on="2022-01-20", **{f"{prefix}-districts": ["Berea", "Maseru"], f"{prefix}-figure": "3"}),
    )

    assert response.status_code == 422
    assert "Ticked districts: 2. Figure: 3. Correct one of the two." in response.text
    assert not UpdateVersion.objects.exists()


def test_update_send_fills_in_the_line_that_only_figures_came_with(client, police, focal_point):
    commitment = counted_commitment(police)
    prefix = f"indicator-{commitment.benchmarks.get().current_terms.indicator_id}"
    client.post(
        send_url(commitment), form_data(title="Six placed", through_on="2022-01-20", **{f"{prefix}-figure": "6"})
    )
    sent = UpdateVersion.objects.get()
    assert [piece.kind for piece in sent.evidence.all()] == ["statistic"]
    UpdateVersionDecisionFactory(update_version=sent, decision=UpdateDecision.RETURNED)

    page = client.get(send_url(commitment))

    assert page.context["form"]["title"].value() == "Six placed"
    assert page.context["figures"][0]["figure"].value() == "6"


def test_update_send_refuses_a_figure_with_a_direction(client, police, focal_point):
    commitment = counted_commitment(police)
    prefix = f"indicator-{commitment.benchmarks.get().current_terms.indicator_id}"

    response = client.post(
        send_url(commitment),
        form_data(through_on="2022-01-20", **{f"{prefix}-figure": "6", f"{prefix}-direction": "up"}),
    )

    assert response.status_code == 422
    assert "Enter the figure or choose here, not both." in response.text


@pytest.mark.parametrize("typed", ["1,200", "1 200", "1200"])
def test_update_send_takes_a_figure_as_people_write_it(client, police, focal_point, typed):
    commitment = counted_commitment(police)
    prefix = f"indicator-{commitment.benchmarks.get().current_terms.indicator_id}"

    response = client.post(send_url(commitment), form_data(through_on="2022-01-20", **{f"{prefix}-figure": typed}))

    assert response.status_code == 302
    assert UpdateVersion.objects.get().readings.get().figure == 1200


def test_update_send_asks_once_whether_a_total_below_the_last_one_is_right(client, police, focal_point):
    commitment = counted_commitment(police)
    indicator = commitment.benchmarks.get().current_terms.indicator
    sent = UpdateVersionFactory(update__commitment=commitment, accepted=True)
    ReadingFactory(indicator=indicator, figure=2, through_on=date(2021, 12, 31), update_version=sent)
    name = f"indicator-{indicator.pk}-figure"

    asked = client.post(send_url(commitment), form_data(through_on="2022-01-20", **{name: "1"}))

    assert asked.status_code == 422
    (form,) = asked.context["figures"]
    assert [error.code for error in form.errors.as_data()["is_lower"]] == ["lower_total"]
    assert "Your last total was 2, up to 31 December 2021, so 1 is less." in asked.text
    ticked = {name: "1", f"indicator-{indicator.pk}-is_lower": "on", "draft_seen": asked.context["draft"].seen}
    client.post(send_url(commitment), form_data(through_on="2022-01-20", **ticked))
    assert commitment.updates.get(number=2).versions.get().readings.get().figure == 1


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("-4", "“-4” is less than zero. Write 0 or more."),
        ("16 people", "“16 people” is not a number. Write 16."),
        ("1_200", "“1_200” is not a number. Write digits only, such as 1250000."),
        ("1e3", "The spreadsheet has shortened “1e3”. Write all digits."),
        ("about six", "“about six” is not a number. Write digits only, such as 1250000."),
        ("1234567890123", "“1234567890123” has more than 12 digits. Check it."),
    ],
)
def test_update_send_says_what_is_wrong_with_a_figure_and_keeps_it_as_typed(
    client, police, focal_point, typed, sentence
):
    commitment = counted_commitment(police)
    prefix = f"indicator-{commitment.benchmarks.get().current_terms.indicator_id}"

    response = client.post(send_url(commitment), form_data(through_on="2022-01-20", **{f"{prefix}-figure": typed}))

    assert response.status_code == 422
    assert response.context["figures"][0].errors == {"figure": [sentence]}
    assert f'value="{typed}"' in response.text
    assert not UpdateVersion.objects.exists()


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"claimed": ""}, "Choose one."),
        ({"narrative": ""}, "Fill this in."),
        ({"happened_to": "2022-01-29"}, "This date is in the future."),
        ({"happened_from": "2022-01-21"}, "The start date is after the end date."),
    ],
)
def test_update_send_refuses_beside_the_field_and_keeps_what_was_typed(client, police, focal_point, changed, told):
    response = client.post(send_url(CommitmentFactory(ministry=police)), form_data(**changed))

    assert response.status_code == 422
    (field,) = changed
    assert told in str(response.context["form"].errors[field])
    assert "Six districts have a focal point" in response.text
    assert not UpdateVersion.objects.exists()


def test_update_send_keeps_the_files_of_a_refused_form_and_leaves_out_those_unticked(client, police, focal_point):
    commitment = CommitmentFactory(ministry=police)

    refused = client.post(
        send_url(commitment),
        form_data(narrative="", files=[pdf_upload(), pdf_upload("order.pdf"), pdf_upload("wrong.pdf", b"nothing")]),
    )
    kept = {file.name: file.pk for file in EvidenceFile.objects.all()}
    assert refused.status_code == 422
    assert sorted(kept) == ["list.pdf", "order.pdf"]
    assert shows_refusal(refused, "file_rejected")
    assert all(f'name="kept_files" value="{pk}"' in refused.text for pk in kept.values())

    client.post(send_url(commitment), form_data(kept_files=[kept["list.pdf"]], draft_seen=Draft.objects.get().mark))
    assert not Draft.objects.exists()
    assert [evidence.file.name for evidence in UpdateVersion.objects.get().evidence.all()] == ["list.pdf"]


@pytest.mark.parametrize("limit", [1])
def test_update_send_says_which_file_was_one_too_many(client, police, focal_point, settings, limit):
    settings.UPLOAD_MAX_FILES = limit

    response = client.post(
        send_url(CommitmentFactory(ministry=police)), form_data(files=[pdf_upload(), pdf_upload("order.pdf")])
    )

    assert response.status_code == 422
    assert "“order.pdf” was not attached: the limit is 1 file." in response.text
    assert EvidenceFile.objects.get().name == "list.pdf"


def test_update_send_sends_no_file_of_somebody_else(client, police, focal_point):
    commitment = CommitmentFactory(ministry=police)
    theirs = EvidenceFileFactory(uploaded_by=FocalPointFactory(email="other@example.com"))

    client.post(send_url(commitment), form_data(kept_files=[theirs.pk, "nonsense", "99999999999999999999"]))

    assert [evidence.file for evidence in UpdateVersion.objects.get().evidence.all()] == [None]


def test_update_send_shows_why_an_update_was_returned_and_fills_in_what_was_sent(client, police, focal_point):
    commitment = CommitmentFactory(ministry=police)
    sent = UpdateVersionFactory(update__commitment=commitment, claimed=ClaimedProgress.DONE, narrative="Told once.")
    EvidenceFactory(update_version=sent, title="Six named", file=EvidenceFileFactory(name="list.pdf"))
    UpdateVersionDecisionFactory(update_version=sent, decision=UpdateDecision.RETURNED, reason="Add the list of posts.")

    response = client.get(send_url(commitment))

    assert "Add the list of posts." in response.text
    assert "Told once." in response.text
    assert "list.pdf" in response.text
    form = response.context["form"]
    assert (form["title"].value(), form["claimed"].value()) == ("Six named", ClaimedProgress.DONE)

    client.post(send_url(commitment), form_data())
    assert [(r.update, r.number) for r in UpdateVersion.objects.order_by("pk")] == [(sent.update, 1), (sent.update, 2)]


def test_update_send_marks_at_each_field_what_to_change(client, police, focal_point):
    commitment = counted_commitment(police)
    indicator = commitment.benchmarks.get().current_terms.indicator
    sent = UpdateVersionFactory(update__commitment=commitment)
    EvidenceFactory(update_version=sent, title="Six named", file=EvidenceFileFactory())
    counted = EvidenceFactory(update_version=sent, title="Six named (Focal points: 6)")
    ReadingFactory(indicator=indicator, update_version=sent, evidence=counted)
    changes = [
        RequestedChange("Six named", "Ten districts have one.", ReturnReason.FIRST_DAY.label),
        RequestedChange("Six named", "", "Attach the letter, too."),
        RequestedChange("Six named (Focal points: 6)", "", ReturnReason.FIGURE.label),
    ]
    reason = format_return_reason("Thank you for this.", changes)
    UpdateVersionDecisionFactory(update_version=sent, decision=UpdateDecision.RETURNED, reason=reason)

    page = client.get(send_url(commitment))

    general, first, second, third = reason.split("\n\n")
    assert page.context["changes"] == {
        "happened_from": [first],
        "files": [second],
        f"indicator-{indicator.pk}": [third],
    }
    assert page.context["figures"][0].changes == [third]
    assert all(escape(text) in page.text for text in (general, first, second, third))
    assert page.text.count("Please change:") == 3


def test_update_send_marks_the_parts_that_the_officer_named_in_any_words_and_language(client, police, focal_point):
    commitment = counted_commitment(police)
    indicator = commitment.benchmarks.get().current_terms.indicator
    sent = UpdateVersionFactory(update__commitment=commitment)
    UpdateVersionDecisionFactory(
        update_version=sent,
        decision=UpdateDecision.RETURNED,
        reason="Les deux ne concordent pas.\n\nMerci.",
        parts={"files": [0], "narrative": [0], f"indicator-{indicator.pk}": [1], "happened_from": [7]},
    )

    page = client.get(send_url(commitment))

    assert page.context["changes"]["files"] == ["Les deux ne concordent pas."]
    assert page.context["changes"]["narrative"] == ["Les deux ne concordent pas."]
    assert page.context["figures"][0].changes == ["Merci."]
    assert page.text.count("Please change:") == 3, "a paragraph that is no longer there marks nothing"


def returned_with_files(police, names=("list.pdf", "order.pdf")):
    """A commitment with a returned update, and its files by name, each cited by a piece of evidence."""
    commitment = CommitmentFactory(ministry=police)
    sent = UpdateVersionFactory(update__commitment=commitment)
    files = {name: EvidenceFileFactory(name=name, uploaded_by=sent.recorded_by) for name in names}
    for file in files.values():
        EvidenceFactory(update_version=sent, file=file, commitment=commitment)
    UpdateVersionDecisionFactory(update_version=sent, decision=UpdateDecision.RETURNED)
    return commitment, files


def test_update_send_offers_the_files_of_a_returned_update_and_sends_those_still_ticked(client, police, focal_point):
    commitment, files = returned_with_files(police)  # which a colleague sent

    page = client.get(send_url(commitment)).text
    assert "Files attached already" in page
    assert all(f'name="kept_files" value="{file.pk}"' in page for file in files.values())
    assert "again if" not in page

    refused = client.post(send_url(commitment), form_data(narrative="", kept_files=[files["list.pdf"].pk]))
    assert f'value="{files["list.pdf"].pk}"' in refused.text
    more = {"files": [pdf_upload("new.pdf")], "draft_seen": Draft.objects.get().mark}
    client.post(send_url(commitment), form_data(kept_files=[files["list.pdf"].pk], **more))

    again = UpdateVersion.objects.latest("pk")
    assert (again.number, again.recorded_by) == (2, focal_point)
    assert sorted(piece.file.name for piece in again.evidence.all()) == ["list.pdf", "new.pdf"]
    assert EvidenceFile.objects.count() == 3


def test_update_send_fills_a_figure_in_as_it_was_typed(client, police, focal_point):
    commitment = counted_commitment(police)
    prefix = f"indicator-{commitment.benchmarks.get().current_terms.indicator_id}"
    for typed in ("100", "0.50"):
        client.post(
            send_url(commitment), form_data(title=typed, through_on="2022-01-20", **{f"{prefix}-figure": typed})
        )
        UpdateVersionDecisionFactory(
            update_version=UpdateVersion.objects.latest("pk"), decision=UpdateDecision.RETURNED
        )
        shown = client.get(send_url(commitment)).context["figures"][0]["figure"].value()
        assert shown == {"100": "100", "0.50": "0.5"}[typed]


def test_update_send_twice_is_refused_and_loses_nothing(client, police, focal_point):
    commitment = CommitmentFactory(ministry=police)
    client.post(send_url(commitment), form_data())

    again = client.post(send_url(commitment), form_data(narrative="Told a second time."))

    assert again.status_code == 422
    assert shows_refusal(again, "update_waits")
    assert "Told a second time." in again.text
    assert UpdateVersion.objects.count() == 1
    assert (
        "We have your update of 28 January 2022. You need not do anything now." in client.get(send_url(commitment)).text
    )


@pytest.mark.parametrize("kind", [CommitmentEventKind.WITHDRAWN, CommitmentEventKind.VERIFIED_DONE])
def test_update_send_on_what_is_settled_is_refused_and_loses_nothing(client, police, focal_point, kind):
    commitment = CommitmentFactory(ministry=police)
    CommitmentEventFactory(commitment=commitment, kind=kind, happened_on=date(2022, 1, 3))

    told = client.get(send_url(commitment)).text
    assert "The commitment was withdrawn. Nothing is needed." in told or "Nothing more is needed. Thank you." in told
    response = client.post(send_url(commitment), form_data())

    assert response.status_code == 422
    assert shows_refusal(response, "closed")
    assert "Officers were named in six districts." in response.text


def test_update_send_is_404_unseen_and_403_where_seen_but_not_allowed(client, police):
    commitment = CommitmentFactory(ministry=police)
    for user, status in (
        (FocalPointFactory(), 404),
        (OfficerFactory(), 403),
        (AmbassadorFactory(), 403),
        (ObserverFactory(), 403),
    ):
        client.force_login(user)
        assert client.get(send_url(commitment)).status_code == status
        assert client.post(send_url(commitment), form_data()).status_code == status


def test_update_send_shows_the_commitment_the_update_and_the_reply(client, police, focal_point):
    benchmark = BenchmarkFactory(terms__criterion="Each district has a focal point.")
    commitment = CommitmentFactory(ministry=police, benchmarks=[benchmark], made__due_on=date(2022, 2, 1))
    update = UpdateFactory(commitment=commitment)
    for number in (1, 2):
        sent = UpdateVersionFactory(update=update, narrative=f"Told {number}.", recorded_by=focal_point)
        EvidenceFactory(update_version=sent, file=EvidenceFileFactory(name=f"list-{number}.pdf"), commitment=commitment)
        UpdateVersionDecisionFactory(update_version=sent, decision=UpdateDecision.RETURNED, reason=f"Reason {number}.")

    text = client.get(send_url(commitment)).text

    for told in ("Each district has a focal point.", "1 February 2022"):
        assert told in text, told
    for told in ("Told {}.", "list-{}.pdf", "Reason {}."):
        assert [told.format(number) in text for number in (1, 2)] == [True, True], told
    for word in ClaimedProgress:
        assert PROGRESS_MEANINGS[word] in text


def test_update_send_tells_what_the_ministry_itself_said_for_the_period_before(client, police, focal_point):
    commitment = counted_commitment(police)
    indicator = commitment.benchmarks.get().current_terms.indicator
    ReadingFactory(indicator=indicator, last_period=True, figure=77)  # the embassy's
    assert "period before" not in client.get(send_url(commitment)).text
    own = UpdateVersionFactory(update__commitment=CommitmentFactory(ministry=police))
    ReadingFactory(indicator=indicator, last_period=True, figure=4, update_version=own)

    text = client.get(send_url(commitment)).text

    assert "Figure of the period before: 4, up to 31 March 2021." in text
    assert "Enter the total since 1 April 2021, not only what is new." in text
    assert ": 77" not in text


def test_no_data_is_stored_as_no_data_and_stays_chosen_in_the_form(client, police, focal_point):
    commitment = counted_commitment(police)
    prefix = f"indicator-{commitment.benchmarks.get().current_terms.indicator_id}"

    client.post(send_url(commitment), form_data(through_on="2022-01-20", **{f"{prefix}-direction": "no_data"}))

    sent = UpdateVersion.objects.get()
    assert sent.readings.get().is_no_data
    # It answers nothing, so the words are a piece of evidence of their own.
    assert {piece.kind for piece in sent.evidence.all()} == {"statistic", "statement"}
    UpdateVersionDecisionFactory(update_version=sent, decision=UpdateDecision.RETURNED)
    assert client.get(send_url(commitment)).context["figures"][0]["direction"].value() == "no_data"


def test_a_colleagues_newer_draft_is_shown_before_sending(client, police, focal_point):
    commitment = CommitmentFactory(ministry=police)
    colleague = FocalPointFactory(ministry=police, name="Ntate Thabo")
    said = {"narrative": ["Seven districts by now."]}
    now = at_noon(date(2022, 1, 28))
    draft = save_draft(of=commitment, content=said, files=(), page=DraftPage(), by=colleague, now=now)

    refused = client.post(send_url(commitment), form_data())
    assert refused.status_code == 422
    assert shows_refusal(refused, "edit_conflict")
    assert "Seven districts by now." in refused.text
    assert "Officers were named in six districts." in refused.text
    assert Draft.objects.get().content == said

    client.post(send_url(commitment), form_data(draft_seen=draft.mark))
    assert UpdateVersion.objects.get().narrative == "Officers were named in six districts."
    assert not Draft.objects.exists()


def test_a_colleague_sends_the_files_that_the_first_one_attached(client, police, focal_point):
    commitment = CommitmentFactory(ministry=police)
    client.post(reverse("update_draft", args=[commitment.pk]), form_data(files=[pdf_upload()]))
    client.force_login(colleague := FocalPointFactory(ministry=police))

    page = client.get(send_url(commitment))
    file = EvidenceFile.objects.get()
    assert f'value="{file.pk}"' in page.text
    seen = Draft.objects.get().mark
    client.post(send_url(commitment), form_data(kept_files=[file.pk], draft_seen=seen))

    sent = UpdateVersion.objects.get()
    assert (sent.recorded_by, [piece.file for piece in sent.evidence.all()]) == (colleague, [file])


def test_a_picture_of_an_iphone_is_refused_with_what_to_set(client, police, focal_point):
    heic = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + b"\0" * 64

    page = client.post(send_url(CommitmentFactory(ministry=police)), form_data(files=[pdf_upload("IMG_1.HEIC", heic)]))

    assert page.status_code == 422
    assert "“IMG_1.HEIC” is in Apple’s own format" in page.text


def test_an_accepted_update_on_an_open_commitment_says_that_it_is_not_done(client):
    sent = UpdateVersionFactory(claimed=ClaimedProgress.UNDER_WAY)
    UpdateVersionDecisionFactory(update_version=sent, decision=UpdateDecision.ACCEPTED)
    client.force_login(FocalPointFactory(ministry=sent.update.commitment.ministry))

    page = client.get(reverse("ministry_home")).text
    assert "we accepted your update of" in page
    assert "The commitment is not done yet." in page
    assert sent.decision.reason in page


def test_after_an_accepted_update_home_and_page_say_what_the_report_asks(client):
    benchmark = BenchmarkFactory(terms__criterion="Ten districts have one.")
    commitment = CommitmentFactory(benchmarks=[benchmark])
    point = FocalPointFactory(ministry=commitment.ministry)
    client.force_login(point)
    pages = [reverse("ministry_home"), reverse("commitment_detail", args=[commitment.pk])]
    assert ["The report asks:" in client.get(page).text for page in pages] == [False, False]

    sent = UpdateVersionFactory(update__commitment=commitment, claimed=ClaimedProgress.UNDER_WAY, recorded_by=point)
    UpdateVersionDecisionFactory(update_version=sent, decision=UpdateDecision.ACCEPTED)

    for page in pages:
        text = client.get(page).text
        assert "The commitment is not done yet." in text
        assert "The report asks:</strong> Ten districts have one." in text


def test_a_date_that_the_embassy_moved_is_told_until_the_next_update(client, police, focal_point):
    commitment = CommitmentFactory(ministry=police, made__due_on=date(2022, 1, 31))
    CommitmentEventFactory(
        commitment=commitment,
        kind=CommitmentEventKind.RESCHEDULED,
        happened_on=date(2022, 1, 13),
        due_on=date(2022, 2, 25),
        reason="Internal.",
    )
    told = "On 13 January 2022 we moved the due date from 31 January 2022 to 25 February 2022."
    pages = [reverse("ministry_home"), reverse("commitment_detail", args=[commitment.pk])]

    for page in pages:
        text = client.get(page).text
        assert told in text
        assert "Internal." not in text
        assert f"Commitment {commitment.pk}" in text

    UpdateVersionFactory(update__commitment=commitment, recorded_at=at_noon(date(2022, 1, 20)), returned=True)
    assert not any(told in client.get(page).text for page in pages)


def test_the_page_after_sending_says_what_was_sent_and_where_mails_are_chosen(client, police, focal_point):
    commitment = CommitmentFactory(ministry=police)
    sent = form_data(happened_from="2022-01-17", happened_to="2022-01-19", files=[pdf_upload("minutes.pdf")])

    page = client.post(send_url(commitment), sent, follow=True).text

    assert "You will see our reply here and on your home page." in page
    assert "Start date: 17 January 2022. End date: 19 January 2022." in page
    panel = page.partition('id="next"')[2].partition("</section>")[0]
    assert "minutes.pdf" in panel
    assert reverse("notice_settings") in panel
    assert f"{police.name}, sent " in page
    assert ", claimed" not in page


def test_the_form_says_where_the_reply_comes_and_where_mails_are_chosen(client, police, focal_point):
    form = client.get(send_url(CommitmentFactory(ministry=police))).text.partition("<form method")[2]

    assert "You will see our reply on your home page." in form
    assert f'You choose under <a href="{reverse("notice_settings")}">Notices and mails</a>' in form


def test_opening_a_commitment_marks_its_notices_as_read(client, police, focal_point):
    commitment = CommitmentFactory(ministry=police)
    own = NoticeFactory(person=focal_point, row=str(commitment.pk))
    others = [NoticeFactory(person=focal_point), NoticeFactory(row=str(commitment.pk))]

    client.get(reverse("commitment_detail", args=[commitment.pk]))

    read = Notice.objects.filter(read_at__isnull=False)
    assert [notice.pk for notice in read] == [own.pk]
    assert Notice.objects.count() == 1 + len(others)


def test_a_reopened_commitment_says_so_without_the_reason_until_the_next_update(client, police, focal_point):
    commitment = CommitmentFactory(ministry=police, done=True)
    CommitmentEventFactory(
        commitment=commitment, kind=CommitmentEventKind.REOPENED, happened_on=date(2022, 1, 13), reason="Internal."
    )

    for page in (client.get(reverse("ministry_home")), client.get(reverse("commitment_detail", args=[commitment.pk]))):
        assert "We opened this commitment again on 13 January 2022." in page.text
        assert "Internal." not in page.text

    UpdateVersionFactory(update__commitment=commitment, recorded_at=at_noon(date(2022, 1, 20)), accepted=True)
    assert "opened this commitment again" not in client.get(reverse("ministry_home")).text


def test_home_names_what_was_recorded_before_a_commitment_was_reopened(client, police, focal_point):
    commitment = CommitmentFactory(ministry=police, done=True)
    UpdateVersionFactory(update__commitment=commitment, happened_on=date(2022, 1, 5), accepted=True)
    shared = {"commitment": commitment, "sensitivity": Sensitivity.SHARED}
    EvidenceFactory(**shared, title="Before the answer", recorded_at=at_noon(date(2022, 1, 4)))
    EvidenceFactory(**shared, title="The rules were taken back", recorded_at=at_noon(date(2022, 1, 12)))
    EvidenceFactory(commitment=commitment, title="Internal talk", recorded_at=at_noon(date(2022, 1, 12)))
    CommitmentEventFactory(commitment=commitment, kind=CommitmentEventKind.REOPENED, happened_on=date(2022, 1, 13))

    page = client.get(reverse("ministry_home"))

    assert [row.recorded_since for row in page.context["open"]] == [["The rules were taken back"]]
    assert "The rules were taken back" in page.text
    assert "ask your contact person" not in page.text


def test_home_says_that_no_request_is_open_until_one_is(client, police, focal_point):
    CommitmentFactory(ministry=police)
    withdrawn = InformationRequestFactory(ministry=police)
    RequestEventFactory(information_request=withdrawn, kind=RequestEventKind.WITHDRAWN, happened_on=date(2022, 1, 3))
    sentence = "No request for information is open."

    page = client.get(reverse("ministry_home")).text
    assert page.index(sentence) < page.index("What you have to do") < page.index(withdrawn.text)

    InformationRequestFactory(ministry=police)
    assert sentence not in client.get(reverse("ministry_home")).text


def test_update_send_takes_work_of_one_day_from_its_start_date(client, police, focal_point):
    client.post(send_url(CommitmentFactory(ministry=police)), form_data(happened_from="2022-01-18", happened_to=""))

    assert UpdateVersion.objects.get().happened_on == date(2022, 1, 18)
