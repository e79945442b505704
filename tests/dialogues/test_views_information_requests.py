"""The pages of requests for information: asking, the list, one request, and the ministry's answer."""

import csv
import io
import re
from datetime import date, datetime, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils.html import escape

from dialogues.choices import EvidenceDecision, LineAnswerKind, LineStatus, RequestStatus, UpdateDecision
from dialogues.due_date_stages import plan_stages
from dialogues.forms.information_requests import InformationRequestForm
from dialogues.models import Draft, Evidence, InformationRequest, Reading, UpdateVersion
from recommendations.choices import Pillar, Rule
from tests.dialogues.sample_files import PDF
from tests.edition_urls import edition_url
from tests.factories import (
    MASERU,
    AmbassadorFactory,
    BenchmarkFactory,
    CommitmentFactory,
    DialogueFactory,
    EvidenceFactory,
    FocalPointFactory,
    IndicatorFactory,
    InformationRequestFactory,
    LineAnswerFactory,
    MilestoneFactory,
    MinistryFactory,
    OfficerFactory,
    ReadingFactory,
    RecommendationFactory,
    RequestLineFactory,
    UpdateVersionDecisionFactory,
    UpdateVersionFactory,
)
from tiptracker.notifications.choices import DAYS_BEFORE, NoticeKind

pytestmark = [pytest.mark.django_db, pytest.mark.day("2022-01-14")]


@pytest.fixture(autouse=True)
def edition():
    return RecommendationFactory().edition


@pytest.fixture
def ministry(edition):
    return MinistryFactory(country=edition.country, name="Ministry of Justice", short_name="Justice")


@pytest.fixture
def prosecutions(edition, ministry):
    return IndicatorFactory(name="Prosecutions", unit="cases", country=edition.country, ministry=ministry)


@pytest.fixture
def asked(edition, ministry, prosecutions):
    return InformationRequestFactory(
        ministry=ministry, edition=edition, reason="The report is due.", lines=[prosecutions, "The court list"]
    )


@pytest.fixture
def officer(client):
    user = OfficerFactory()
    client.force_login(user)
    return user


@pytest.fixture
def focal_point(client, ministry):
    user = FocalPointFactory(ministry=ministry)
    client.force_login(user)
    return user


def page_of(name, row):
    return reverse(name, args=[row.pk])


def request_fields(ministry, **lines):
    rows = lines or {"lines-0-wording": "The list of shelters"}
    return {
        "lines-TOTAL_FORMS": "2",
        "lines-INITIAL_FORMS": "0",
        "ministry": ministry.pk,
        "due_on": "2022-02-01",
        "reason": "The report is due.",
        **rows,
    }


# --- Asking -----------------------------------------------------------------------------------------------------------


def test_an_officer_asks_and_the_page_says_who_is_told(client, officer, ministry, prosecutions):
    lines = {
        "lines-0-indicator": prosecutions.pk,
        "lines-0-starts_on": "2021-04-01",
        "lines-0-through_on": "2022-03-31",
        "lines-1-wording": "The court list",
    }

    FocalPointFactory(ministry=ministry)

    response = client.post(edition_url("information_request_add"), request_fields(ministry, **lines), follow=True)

    request = InformationRequest.objects.get()
    assert response.redirect_chain[-1][0] == page_of("information_request_detail", request)
    assert [line.description for line in request.lines.all()] == [
        "Prosecutions (cases), 1 April 2021 to 31 March 2022",
        "The court list",
    ]
    assert "Ministry of Justice sees it on its home page" in response.text


def test_an_officer_reads_that_nobody_can_be_told_where_a_ministry_has_no_focal_point(client, officer, ministry):
    FocalPointFactory(ministry=ministry, valid_until_on=date(2021, 11, 30))  # the account has ended

    page = client.post(edition_url("information_request_add"), request_fields(ministry), follow=True)

    assert "Ministry of Justice has no focal point" in page.text


def test_a_refused_line_is_marked_in_its_row_and_nothing_typed_is_lost(client, officer, ministry):
    twice = {"lines-0-wording": "The court list", "lines-1-wording": "The court list"}

    response = client.post(edition_url("information_request_add"), request_fields(ministry, **twice))

    assert response.status_code == 422
    rows = response.context["rows"]
    assert ("wording" in rows[0].errors, "wording" in rows[1].errors) == (False, True)
    assert "The report is due." in response.text
    assert not InformationRequest.objects.exists()


def test_another_line_can_be_added_without_scripts(client, officer, ministry):
    response = client.post(edition_url("information_request_add"), request_fields(ministry) | {"more": "lines"})

    assert len(response.context["rows"].forms) == 3
    assert "The list of shelters" in response.text
    assert not InformationRequest.objects.exists()


@pytest.mark.parametrize("source", ["indicator", "benchmark"])
def test_one_press_opens_the_form_with_ministry_and_line_filled(client, officer, ministry, prosecutions, source):
    benchmark = BenchmarkFactory(recommendation__lead=ministry, terms__rule=Rule.MORE, terms__indicator=prosecutions)
    query = {source: {"indicator": prosecutions, "benchmark": benchmark}[source].pk}

    page = client.get(edition_url("information_request_add", query=query))

    assert str(page.context["form"]["ministry"].value()) == str(ministry.pk)
    [row] = page.context["rows"].forms
    assert (str(row["indicator"].value()), row["starts_on"].value()) == (str(prosecutions.pk), date(2021, 4, 1))


@pytest.mark.parametrize(("years", "first_days"), [("before", [2020]), ("both", [2021, 2020]), ("nonsense", [2021])])
def test_a_figure_is_asked_for_the_years_that_the_address_names(client, officer, prosecutions, years, first_days):
    query = {"indicator": prosecutions.pk, "years": years}

    page = client.get(edition_url("information_request_add", query=query))

    assert [row["starts_on"].value().year for row in page.context["rows"]] == first_days


def test_a_line_that_is_ticked_to_be_removed_is_not_asked_for(client, officer, ministry):
    lines = {"lines-0-wording": "The court list", "lines-1-wording": "The budget", "lines-1-is_removed": "on"}

    client.post(edition_url("information_request_add"), request_fields(ministry, **lines))

    assert [line.wording for line in InformationRequest.objects.get().lines.all()] == ["The court list"]


def test_dialogues_that_are_still_ahead_are_not_offered_as_the_place_where_it_was_asked(client, officer):
    held, ahead = DialogueFactory(), DialogueFactory(planned=True, held_on=date(2022, 1, 20))

    page = client.get(edition_url("information_request_add"))

    offered = [str(key) for key, _ in page.context["form"].fields["dialogue"].choices]
    assert (str(held.pk) in offered, str(ahead.pk) in offered) == (True, False)


def test_an_address_can_fill_in_a_benchmark_a_text_a_dialogue_and_a_reason(client, officer, ministry):
    benchmark = BenchmarkFactory(
        recommendation__lead=ministry, terms__rule=Rule.ASSESSED, terms__criterion="A shelter is open"
    )
    dialogue = DialogueFactory()
    query = {"benchmark": benchmark.pk, "line": "How many beds?", "dialogue": dialogue.pk, "reason": "Question 7"}

    page = client.get(edition_url("information_request_add", query=query))

    assert [row["wording"].value() for row in page.context["rows"]] == [
        "Proof of what was done: A shelter is open",
        "How many beds?",
    ]
    form = page.context["form"]
    assert (form["dialogue"].value(), form["reason"].value()) == (str(dialogue.pk), query["reason"])


# --- The list, and the pages that lead to it --------------------------------------------------------------------------


def test_the_list_has_open_requests_first_and_filters_by_status_ministry_and_words(client, officer, asked, edition):
    closed = InformationRequestFactory(edition=edition, lines=["The shelter rules"])
    version = UpdateVersionFactory(
        update__information_request=closed, answers=closed.lines.all(), answers__none=closed.lines.all(), accepted=True
    )
    assert version.decision.decision == UpdateDecision.ACCEPTED

    def listed(**query):
        page = client.get(edition_url("information_request_list", query=query))
        return [line.information_request for line in page.context["lines"]]

    assert listed() == [asked, closed]
    assert listed(status=RequestStatus.NONE.value) == [closed]
    assert listed(ministry=asked.ministry_id) == [asked]
    assert listed(q="shelter") == [closed]
    assert listed(q="report due") == [asked]


def test_the_export_has_a_row_for_each_line(client, officer, asked):
    figure = asked.lines.first()
    UpdateVersionFactory(update__information_request=asked, answers=[figure], accepted=True)

    response = client.get(edition_url("information_request_list", query={"as": "csv"}))

    rows = list(csv.DictReader(io.StringIO(response.content.decode("utf-8-sig"))))
    assert [(row["Line"], row["What is asked for"], row["Status of the line"]) for row in rows] == [
        ("1", "Prosecutions", LineStatus.ANSWERED.label),
        ("2", "The court list", LineStatus.ASKED.label),
    ]
    assert {row["Status"] for row in rows} == {RequestStatus.PARTLY_ANSWERED.label}


def test_indicators_say_whether_anybody_was_asked(client, officer, asked, prosecutions, edition):
    BenchmarkFactory(recommendation__edition=edition, terms__rule=Rule.MORE, terms__indicator=prosecutions)
    unasked = IndicatorFactory(name="Convictions", country=edition.country)
    BenchmarkFactory(recommendation__edition=edition, terms__rule=Rule.MORE, terms__indicator=unasked)

    page = client.get(edition_url("indicator_list"))

    assert "Asked on 8 November 2021, no answer" in page.text
    add = edition_url("information_request_add")
    asks = [[figure.ask_url for figure in row.figures] for row in page.context["rows"]]
    offered = {row.indicator: urls for row, urls in zip(page.context["rows"], asks, strict=True)}
    assert offered[unasked] == [f"{add}?indicator={unasked.pk}", f"{add}?indicator={unasked.pk}&years=before"]
    assert offered[prosecutions] == ["", f"{add}?indicator={prosecutions.pk}&years=before"]
    assert escape(offered[unasked][1]) in page.text
    assert page_of("information_request_detail", asked) in client.get(page_of("indicator_detail", prosecutions)).text


def test_an_indicator_that_only_a_request_asks_for_is_not_called_not_asked(client, officer, asked, prosecutions):
    [row] = [row for row in client.get(edition_url("indicator_list")).context["rows"] if row.indicator == prosecutions]

    assert not row.indicator.is_asked
    assert [figure.asked for figure in row.figures] == ["Asked on 8 November 2021, no answer", ""]
    text = " ".join(client.get(edition_url("indicator_list")).text.split())
    cell = text[text.index("Asked on 8 November 2021") - 200 : text.index("Asked on 8 November 2021")]
    assert "not asked" not in cell


def test_the_form_says_of_each_indicator_whether_a_figure_exists_and_lists_those_without_first(
    client, officer, asked, prosecutions, edition
):
    known, empty = (IndicatorFactory(name=name, unit="cases", country=edition.country) for name in ("Arrests", "Zeal"))
    ReadingFactory(indicator=known, figure=12, through_on=date(2021, 12, 31))
    ReadingFactory(indicator=empty, figure=4, starts_on=date(2020, 4, 1), through_on=date(2021, 3, 31))

    [row] = client.get(edition_url("information_request_add")).context["rows"].forms

    labels = {key: label for key, label in row.fields["indicator"].choices if key}
    assert labels[str(known.pk)] == "Arrests (cases): 12 up to 31 Dec 2021"
    assert labels[str(empty.pk)] == "Zeal (cases): no figure for 2021–22. Before: 4 up to 31 Mar 2021"
    assert "no figure for 2021–22. Asked on 8 November 2021, no answer" in labels[str(prosecutions.pk)]
    assert list(labels)[-1] == str(known.pk)


def test_the_form_chooses_the_ministry_that_sent_the_last_figure_or_leads_on_the_subject(client, officer, ministry):
    indicator = IndicatorFactory(pillar=Pillar.PROSECUTION, indicium=4)
    RecommendationFactory(number=8, lead=ministry, indicia=[4], terms__pillar=Pillar.PROSECUTION)
    address = edition_url("information_request_add", query={"indicator": indicator.pk})

    def chosen():
        return str(client.get(address).context["form"]["ministry"].value())

    assert chosen() == str(ministry.pk)
    sent = UpdateVersionFactory(update__commitment=CommitmentFactory())
    ReadingFactory(indicator=indicator, update_version=sent)
    assert chosen() == str(sent.update.commitment.ministry_id) != str(ministry.pk)


def test_the_form_names_the_day_of_the_deadline(client, officer, edition):
    MilestoneFactory(edition=edition)

    assert "28 February 2022" in client.get(edition_url("information_request_add")).text


def test_the_pages_of_dialogue_and_ministry_lead_to_the_form_and_list_the_requests(client, officer, asked, ministry):
    dialogue = DialogueFactory()
    at_dialogue = InformationRequestFactory(ministry=ministry, dialogue=dialogue)

    page = client.get(page_of("dialogue_detail", dialogue)).text
    assert page_of("information_request_detail", at_dialogue) in page
    assert page_of("information_request_detail", asked) not in page
    assert f"{edition_url('information_request_add')}?dialogue={dialogue.pk}" in page
    ahead = client.get(page_of("dialogue_detail", DialogueFactory(planned=True, held_on=date(2022, 1, 20)))).text
    assert f"{edition_url('information_request_add')}?dialogue=" not in ahead  # nothing was asked there yet
    page = client.get(page_of("ministry_detail", ministry)).text
    assert page_of("information_request_detail", asked) in page
    assert f"{edition_url('information_request_add')}?ministry={ministry.pk}" in page


def test_observers_of_a_request_read_it_and_change_nothing(client, asked):
    client.force_login(AmbassadorFactory())

    page = client.get(page_of("information_request_detail", asked))

    assert (page.context["move_url"], page.context["withdraw_url"]) == ("", "")
    assert "The court list" in page.text


def test_the_due_date_is_moved_and_the_request_withdrawn_on_pages_of_their_own(client, officer, asked):
    move, withdraw = (page_of(f"information_request_{what}", asked) for what in ("move", "withdraw"))
    seen = asked.events.get().pk

    page = client.post(move, {"due_on": "2022-02-01", "reason": "The court is closed.", "seen": seen}, follow=True)
    assert "Due date moved to 1 February 2022" in page.text
    stale = client.post(withdraw, {"reason": "Not needed.", "seen": seen})
    assert stale.status_code == 422

    page = client.post(withdraw, {"reason": "Not needed.", "seen": asked.events.last().pk}, follow=True)
    assert page.context["standing"].status is RequestStatus.WITHDRAWN


def test_an_officer_corrects_a_line_beside_what_stays_and_the_ministry_reads_what_changed(
    client, officer, asked, ministry
):
    figure, document = asked.lines.all()
    page = client.get(page_of("information_request_correct", asked))
    assert page_of("information_request_move", asked) in page.text
    rows = page.context["rows"]
    fields = {field.html_name: field.value() or "" for row in rows for field in row}
    fields |= {field.html_name: field.value() for field in rows.management_form}
    fields |= {
        "asked_reason": "The report is due.",
        "reason": "The wrong list.",
        "seen": page.context["form"].initial["seen"],
    }

    empty = client.post(
        page_of("information_request_correct", asked), fields | {"lines-1-wording": ""} | {"more": "lines"}
    )
    assert len(empty.context["rows"].forms) == 3
    twice = fields | {"lines-TOTAL_FORMS": "3", "lines-2-wording": "The court list", "lines-2-line": ""}
    refused = client.post(page_of("information_request_correct", asked), twice)
    assert "wording" in refused.context["rows"][2].errors

    client.post(
        page_of("information_request_correct", asked),
        twice | {"lines-1-wording": "The shelter list", "lines-2-is_removed": "on"},
    )
    listed = client.get(edition_url("information_request_list")).text
    assert ("The shelter list" in listed, "The court list" in listed) == (True, False)

    client.force_login(FocalPointFactory(ministry=ministry))
    page = client.get(page_of("information_request_detail", asked))
    assert "Line 2: “The shelter list” instead of “The court list”" in page.text
    assert [row.description for row in page.context["lines"]] == [figure.description, "The shelter list"]
    home = client.get(edition_url("ministry_home"))
    assert "The court list" not in home.text
    opened_before = line_fields(document, "none") | line_fields(figure, "none")
    refused = client.post(page_of("information_request_answer", asked), opened_before)
    assert "The embassy corrected line 2" in refused.text


def test_a_line_that_is_corrected_to_another_figure_asks_for_that_figure_by_its_name(
    client, officer, edition, ministry
):
    prosecutions, convictions = (
        IndicatorFactory(name=name, unit="cases", country=edition.country) for name in ("Prosecutions", "Convictions")
    )
    client.post(
        edition_url("information_request_add"),
        request_fields(
            ministry,
            **{
                "lines-0-indicator": convictions.pk,
                "lines-0-starts_on": "2021-04-01",
                "lines-0-through_on": "2022-01-31",
            },
        ),
    )
    request = InformationRequest.objects.get()
    page = client.get(page_of("information_request_correct", request))
    rows = page.context["rows"]
    fields = {field.html_name: field.value() or "" for row in rows for field in row}
    fields |= {field.html_name: field.value() for field in rows.management_form}
    fields |= {
        "asked_reason": request.reason,
        "reason": "The wrong figure.",
        "seen": page.context["form"].initial["seen"],
    }

    client.post(page.request["PATH_INFO"], fields | {"lines-0-indicator": prosecutions.pk})

    (line,) = request.lines.filter(removed_in=None)
    assert line.description.startswith("Prosecutions")


def test_the_hint_of_a_due_date_promises_no_reminder_that_is_not_sent():
    hint = str(InformationRequestForm.base_fields["due_on"].help_text)
    _, *later = sorted(DAYS_BEFORE)
    promised = [(2 * days, days) for days in later]

    assert [int(number) for number in re.findall(r"\d+", hint)] == [
        1,
        *(number for pair in promised for number in pair),
    ]
    today = date(2022, 1, 14)
    for least, days in promised:
        for away, is_sent in ((least, True), (least - 1, False)):
            stages = plan_stages(
                today + timedelta(days=away), last_exchange_on=today, soon=NoticeKind.REQUEST_DUE_SOON, overdue={}
            )
            assert (days in [stage.days for stage in stages]) is is_sent


# --- Answering --------------------------------------------------------------------------------------------------------


def line_fields(line, answer, **fields):
    return {f"line-{line.pk}-answer": answer} | {f"line-{line.pk}-{name}": value for name, value in fields.items()}


def test_home_shows_what_is_asked_and_leads_to_the_answer(client, focal_point, asked):
    InformationRequestFactory(lines=["What another ministry is asked"])

    page = client.get(edition_url("ministry_home"))

    assert page_of("information_request_answer", asked) in page.text
    assert "Prosecutions, 1 April 2021 to 31 March 2022" in page.text
    assert "What another ministry is asked" not in page.text


def test_a_ministry_answers_a_figure_now_and_says_of_the_document_that_it_has_none(client, focal_point, asked):
    figure, document = asked.lines.all()
    fields = line_fields(figure, "answered", figure="1,016", through_on="2021-12-31") | line_fields(document, "none")

    response = client.post(page_of("information_request_answer", asked), fields, follow=True)

    assert response.redirect_chain[-1][0] == f"{page_of('information_request_detail', asked)}?sent"
    reading = Reading.objects.get()
    assert (reading.figure, reading.through_on) == (1016, date(2021, 12, 31))
    answers = UpdateVersion.objects.get().line_answers.order_by("line__number").values_list("answer", flat=True)
    assert list(answers) == [LineAnswerKind.ANSWERED, LineAnswerKind.NONE]
    assert "We have an answer to every open line." in response.text
    assert page_of("version_withdraw", UpdateVersion.objects.get()) in response.text
    assert "Withdraw the answer to lines 1 and 2" in response.text
    closed = client.get(page_of("information_request_answer", asked))
    assert closed.context["is_closed"]
    assert "We have an answer to every open line." in closed.text


@pytest.mark.parametrize(
    ("hint", "filled_in"),
    [
        ("The period ends on 31 March 2022 and is not over. Enter the last day", date(2022, 1, 14)),
        pytest.param(
            "The period ends on 31 March 2022. If the figure ends earlier, enter its last day.",
            date(2022, 3, 31),
            marks=pytest.mark.day("2022-04-05"),
        ),
    ],
)
def test_the_answer_says_why_it_asks_up_to_which_day_a_figure_goes(client, focal_point, asked, hint, filled_in):
    figure = asked.lines.first()

    page = client.get(page_of("information_request_answer", asked))

    assert hint in page.text
    field = next(part for part in page.context["parts"] if part.line.pk == figure.pk)["through_on"]
    assert (field.label, field.value()) == ("Covers up to", filled_in)


def test_a_document_is_attached_and_a_line_may_wait(client, focal_point, asked):
    document = asked.lines.last()
    file = SimpleUploadedFile("courts.pdf", PDF, "application/pdf")

    client.post(page_of("information_request_answer", asked), line_fields(document, "answered") | {"files": [file]})

    assert Evidence.objects.get().file.name == "courts.pdf"
    assert [each.line for each in UpdateVersion.objects.get().line_answers.all()] == [document]
    home = client.get(edition_url("ministry_home")).text
    assert "Still to be answered:" in home
    assert "Line 2 has been with the embassy since 14 January 2022." in home
    assert page_of("information_request_answer", asked) in home
    assert asked.lines.first().description in home
    detail = client.get(page_of("information_request_detail", asked)).text
    assert "Line 1 is still to be answered." in detail
    assert "Answer the other lines" in detail


def test_the_form_has_fields_for_the_lines_that_are_expected_and_says_of_the_other_that_it_waits(
    client, focal_point, asked
):
    figure, document = asked.lines.all()
    LineAnswerFactory(line=document, text="All courts.")

    page = client.get(page_of("information_request_answer", asked))

    assert [part.line for part in page.context["parts"]] == [figure]
    assert "Answer with the embassy since 10 January 2022" in page.text
    client.post(page_of("information_request_answer", asked), line_fields(figure, "answered", figure="16"))
    assert UpdateVersion.objects.count() == 2
    assert asked.standing_on(date(2022, 1, 14)).status is RequestStatus.WITH_EMBASSY


def test_a_line_that_a_colleague_answered_meanwhile_is_refused_with_what_was_sent_and_nothing_typed_is_lost(
    client, focal_point, asked
):
    figure, document = asked.lines.all()
    colleague = FocalPointFactory(ministry=asked.ministry, name="Lineo Mokoena")
    LineAnswerFactory(
        line=document,
        text="All courts.",
        update_version=UpdateVersionFactory(update__information_request=asked, recorded_by=colleague),
    )
    typed = line_fields(figure, "answered", figure="16") | line_fields(document, "answered", text="Two courts.")

    page = client.post(page_of("information_request_answer", asked), typed | {"last_version": "0"})

    assert page.status_code == 422
    assert escape("has an answer to line 2 already. Lineo Mokoena sent “All courts.”") in page.text
    assert "Two courts." in page.text
    (part,) = page.context["parts"]
    assert (part.line, part["figure"].value()) == (figure, "16")
    fields = line_fields(figure, "answered", figure="16") | {"draft_seen": page.context["draft"].seen}
    assert client.post(page_of("information_request_answer", asked), fields).status_code == 302


def test_two_answers_that_came_back_fill_their_own_lines_and_say_what_to_change(client, focal_point, asked):
    figure, document = asked.lines.all()
    for line, reason in ((figure, "Of which courts?"), (document, "Ask the registrar.")):
        version = UpdateVersionFactory(update__information_request=asked, recorded_by=focal_point)
        LineAnswerFactory(line=line, update_version=version, answer="none", text=f"None, says line {line.number}.")
        UpdateVersionDecisionFactory(update_version=version, decision=UpdateDecision.RETURNED, reason=reason)

    page = client.get(page_of("information_request_answer", asked))

    assert [part["text"].value() for part in page.context["parts"]] == ["None, says line 1.", "None, says line 2."]
    for text in ("Please change line 1:", "Of which courts?", "Please change line 2:", "Ask the registrar."):
        assert text in page.text
        assert text in client.get(edition_url("ministry_home")).text
        assert text in client.get(page_of("information_request_detail", asked)).text


def test_a_draft_from_before_a_return_does_not_hide_what_came_back(client, focal_point, asked):
    figure, document = asked.lines.all()
    version = UpdateVersionFactory(update__information_request=asked, recorded_by=focal_point)
    LineAnswerFactory(line=document, update_version=version, answer="none", text="There is no list.")
    client.post(page_of("information_request_draft", asked), line_fields(figure, "answered", figure="16"))
    UpdateVersionDecisionFactory(
        update_version=version, decision=UpdateDecision.RETURNED, recorded_at=datetime(2022, 1, 14, 23, tzinfo=MASERU)
    )

    page = client.get(page_of("information_request_answer", asked))

    assert page.context["parts"][0]["figure"].value() == "16"
    assert page.context["parts"][1]["text"].value() == "There is no list."


def test_an_officer_records_an_answer_on_paper_and_every_page_says_so(client, officer, asked, ministry):
    document = asked.lines.last()
    address = page_of("information_request_record_answer", asked)
    assert address in client.get(page_of("information_request_detail", asked)).text
    fields = line_fields(document, "answered") | {"received_as": "meeting", "received_on": "2022-01-13"}
    refused = client.post(address, fields)
    assert refused.status_code == 422
    file = SimpleUploadedFile("courts.pdf", PDF, "application/pdf")

    page = client.post(address, fields | {"files": [file], "narrative": "Here is the list."}, follow=True)

    version = UpdateVersion.objects.get()
    said = f"{officer.name} of the embassy on behalf of the Ministry of Justice, from what it gave at a meeting on"
    assert escape(said) in page.text
    assert "You recorded this for the ministry. Another officer decides on it." in page.text
    assert "You recorded this for the ministry." in client.get(page_of("version_detail", version)).text
    assert not Draft.objects.exists()
    client.force_login(FocalPointFactory(ministry=ministry))
    page = client.get(page_of("information_request_detail", asked)).text
    assert escape(said) in page
    assert page_of("version_withdraw", version) not in page
    assert client.post(page_of("version_withdraw", version)).status_code == 403
    client.force_login(OfficerFactory())
    assert escape(said) in client.get(page_of("version_detail", version)).text


def test_a_refused_answer_is_marked_at_its_line_and_kept_as_a_draft(client, focal_point, asked):
    figure, document = asked.lines.all()
    fields = line_fields(figure, "answered", figure="") | line_fields(document, "answered", text="")

    response = client.post(page_of("information_request_answer", asked), fields | {"narrative": "We looked."})

    assert response.status_code == 422
    assert "figure" in response.context["parts"][0].errors
    assert Draft.objects.get().information_request == asked
    again = client.get(page_of("information_request_answer", asked))
    assert again.context["form"]["narrative"].value() == "We looked."
    assert again.context["parts"][0]["answer"].value() == "answered"

    fields[f"line-{figure.pk}-figure"] = "16"
    response = client.post(page_of("information_request_answer", asked), fields)
    assert "text" in response.context["parts"][1].errors  # neither a file nor words


def test_a_remark_on_a_line_that_is_answered_later_is_not_sent_as_its_answer(client, focal_point, asked):
    figure, document = asked.lines.all()
    fields = line_fields(figure, "answered", figure="16", through_on="2021-12-31")
    fields |= line_fields(document, "", text="The legal office looks for it.")

    response = client.post(page_of("information_request_answer", asked), fields)

    assert "“We answer later” is chosen" in str(response.context["parts"][1].errors["answer"])
    assert not UpdateVersion.objects.exists()
    assert "The legal office looks for it." in response.text


def test_a_returned_answer_starts_from_what_was_sent_with_the_change_beside_its_line(client, focal_point, asked):
    document = asked.lines.last()
    version = UpdateVersionFactory(update__information_request=asked, recorded_by=focal_point, narrative="So far.")
    LineAnswerFactory(line=document, update_version=version, answer="none", text="There is no list.")
    UpdateVersionDecisionFactory(update_version=version, decision=UpdateDecision.RETURNED, reason="Ask the registrar.")

    page = client.get(page_of("information_request_answer", asked))

    assert [answer.reason for answer in page.context["returned"]] == ["Ask the registrar."]
    assert page.context["form"]["narrative"].value() == "So far."
    part = next(part for part in page.context["parts"] if part.line == document)
    assert (part["answer"].value(), part["text"].value()) == ("none", "There is no list.")


def test_a_form_sent_twice_is_answered_once(client, focal_point, asked):
    document = asked.lines.last()
    fields = line_fields(document, "none") | {"send_key": "6f0b7f1c-7f1e-4b0e-9d2e-0a7a1c1e8c11", "last_version": "0"}

    first = client.post(page_of("information_request_answer", asked), fields)
    second = client.post(page_of("information_request_answer", asked), fields)

    assert first.url == second.url
    assert UpdateVersion.objects.count() == 1


def test_an_officer_records_a_letter_beside_an_answer_that_waits(client, officer, asked):
    figure, document = asked.lines.all()
    LineAnswerFactory(line=document, text="All courts.")
    address = page_of("information_request_record_answer", asked)

    page = client.get(address)
    assert [part.line for part in page.context["parts"]] == [figure]
    fields = line_fields(figure, "none") | {"received_as": "letter", "received_on": "2022-01-13"}
    done = client.post(address, fields, follow=True)

    assert [row.may_decide for row in done.context["waiting"]] == [True, False]
    assert address not in done.text  # no line is left


# --- Reviewing --------------------------------------------------------------------------------------------------------


def test_an_officer_reviews_an_answer_line_by_line_and_finds_it_under_my_tasks(client, officer, asked, prosecutions):
    figure, document = asked.lines.all()
    version = UpdateVersionFactory(update__information_request=asked)
    LineAnswerFactory(line=figure, update_version=version, text="From the register.")
    LineAnswerFactory(line=document, update_version=version, answer="none", text="")
    assert page_of("version_detail", version) in client.get(edition_url("my_tasks")).text

    page = client.get(page_of("version_detail", version))

    assert "From the register." in page.text
    assert "The ministry says that it has none." in page.text
    assert page_of("information_request_detail", asked) in page.text
    accepted = client.post(page_of("version_accept", version), {})
    assert accepted.status_code == 302
    assert asked.standing_on(date(2022, 1, 14)).status is RequestStatus.ANSWERED


def test_the_page_of_a_request_shows_each_answer_that_waits_the_oldest_first(client, officer, asked):
    figure, document = asked.lines.all()
    later, first = (
        UpdateVersionFactory(update__information_request=asked, answers=[line], happened_on=date(2022, 1, day))
        for line, day in ((figure, 12), (document, 10))
    )

    page = client.get(page_of("information_request_detail", asked))

    assert [row.url for row in page.context["waiting"]] == [page_of("version_detail", each) for each in (first, later)]
    assert "The ministry sent an answer to line 2 on 10 January 2022." in page.text
    assert "Review the answer to line 1" in page.text
    tasks = client.get(edition_url("my_tasks")).text
    assert page_of("version_detail", first) in tasks
    assert page_of("version_detail", later) in tasks
    assert "Answer 2, version 1" in tasks
    review = client.get(page_of("version_detail", first)).text
    assert "Review the answer" in review
    assert "Accept the answer" in review
    # The request can be corrected meanwhile, but not withdrawn.
    assert page_of("information_request_withdraw", asked) not in page.text
    correction = client.get(page_of("information_request_correct", asked))
    assert [row.number for row in correction.context["fixed"]] == [1, 2]


def test_a_figure_of_an_answer_is_verified_like_any_other(client, officer, asked, prosecutions):
    version = UpdateVersionFactory(update__information_request=asked, answers=[asked.lines.first()])
    evidence = EvidenceFactory(update_version=version, kind="statistic")
    ReadingFactory(indicator=prosecutions, update_version=version, evidence=evidence)
    assert client.post(page_of("version_accept", version), {}).status_code == 422  # the figure needs a review

    fields = {f"evidence-{evidence.pk}-decision": "verified", f"evidence-{evidence.pk}-reason": "It is the register."}
    accepted = client.post(page_of("version_accept", version), fields, follow=True)

    assert accepted.status_code == 200
    assert evidence.reviews.get().decision == EvidenceDecision.VERIFIED
    detail = client.get(page_of("information_request_detail", asked)).text
    assert page_of("evidence_detail", evidence) in detail
    assert page_of("information_request_detail", asked) in client.get(page_of("evidence_detail", evidence)).text


def test_a_full_stop_of_the_wording_does_not_stand_before_the_period():
    line = RequestLineFactory(indicator=IndicatorFactory(), wording="Victims by form. Give no names.")
    assert line.description == "Victims by form. Give no names, 1 April 2021 to 31 March 2022"
