"""Download a workbook, fill it in, upload it, check its preview and send its rows, as the ministry or as an officer."""

import re
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from dialogues.choices import ClaimedProgress, CommitmentEventKind, UpdateDecision
from dialogues.models import EvidenceFile, UpdateVersion, WorkbookDraft
from dialogues.workbook.columns import Column
from dialogues.workbook.rows import RowStatus
from recommendations.choices import Rule
from tests.dialogues.sample_files import PDF
from tests.dialogues.workbook.filled_workbooks import UPDATE, FilledWorkbook, upload
from tests.factories import (
    AmbassadorFactory,
    BenchmarkFactory,
    CommitmentCorrectionFactory,
    CommitmentEventFactory,
    CommitmentFactory,
    EvidenceFactory,
    FocalPointFactory,
    IndicatorFactory,
    MinistryFactory,
    OfficerFactory,
    ReadingFactory,
    RecommendationFactory,
    UpdateFactory,
    UpdateVersionDecisionFactory,
    UpdateVersionFactory,
)
from tests.refusals import shows_refusal
from tests.undo_buttons import press_undo
from tiptracker.accounts.models import User
from tiptracker.audit.models import AuditEntry

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def current_edition():
    """An edition that the pages and the figures belong to."""
    RecommendationFactory(number=99, lead=None)


@pytest.fixture
def police():
    return MinistryFactory(short_name="Police")


@pytest.fixture
def focal_point(client, police):
    user = FocalPointFactory(ministry=police, name="Lineo Phiri")
    client.force_login(user)
    return user


@pytest.fixture
def commitment(police):
    return CommitmentFactory(ministry=police, made__due_on=date(2022, 1, 31), text="Exercise: name focal points.")


@pytest.fixture
def indicator():
    return IndicatorFactory(name="Focal points", unit="people")


@pytest.fixture
def counted(police, indicator):
    """A commitment that asks for a figure."""
    benchmark = BenchmarkFactory(terms__rule=Rule.TARGET, terms__target=10, terms__indicator=indicator)
    return CommitmentFactory(ministry=police, benchmarks=[benchmark])


def statuses(page):
    """Return the status of each row of a preview, by its number in the file."""
    lines = [*page.context["lines"], *page.context["unchanged"]]
    return {line.row.number: line.status for line in lines}


def send(client, page, *rows, **more):
    """Press “Send” on a preview with these rows ticked, and with what its hidden fields say."""
    return press(client, page, do="send", send=[str(row) for row in rows], **more)


def press(client, page, **more):
    address = reverse("workbook_preview", args=[page.context["draft"].pk])
    hidden = dict(re.findall(r'<input type="hidden" name="([\w-]+)" value="([^"]*)"', page.content.decode()))
    return client.post(address, {**hidden, **more}, follow=True)


def typed_into(row, **changed):
    """Return the fields of a row in the preview, as its form sends them."""
    values = UPDATE | {"claimed": "under_way", "done_by": "government"} | changed
    return {f"row{row}-{name}": value for name, value in values.items()}


def upload_filled(client, commitment, **values):
    """Fill in the row of one commitment, upload the workbook, and return the preview with the number of the row."""
    filled = FilledWorkbook.download(client, commitment.ministry)
    row = filled.fill(commitment, **{**UPDATE, **values})
    return upload(client, commitment.ministry, filled.as_xlsx()), row


# --- Download ---------------------------------------------------------------------------------------------------------


def test_the_home_page_offers_the_workbook_where_something_is_open(client, police, focal_point):
    address = reverse("workbook", args=[police.pk])
    assert address not in client.get(reverse("ministry_home")).text

    CommitmentFactory(ministry=police)

    assert address in client.get(reverse("ministry_home")).text


def test_the_workbook_has_a_row_for_each_commitment_on_which_an_update_can_be_sent(client, police, focal_point):
    later = CommitmentFactory(ministry=police, made__due_on=date(2022, 3, 1))
    sooner = CommitmentFactory(ministry=police, made__due_on=date(2022, 2, 1))
    waiting = CommitmentFactory(ministry=police)
    UpdateVersionFactory(update__commitment=waiting)
    settled, others = CommitmentFactory(ministry=police, done=True), CommitmentFactory()

    filled = FilledWorkbook.download(client, police)

    numbers = [row[1].value for row in filled.sheet.iter_rows(min_row=3)]
    assert numbers == [str(sooner.pk), str(later.pk)]
    assert not {str(each.pk) for each in (waiting, settled, others)} & set(numbers)
    entry = AuditEntry.objects.get(verb="workbook.downloaded")
    assert (entry.by, entry.country, entry.row) == (focal_point, police.country, str(police.pk))


def test_the_workbook_is_protected_except_where_something_is_to_be_typed(client, commitment, counted, focal_point):
    filled = FilledWorkbook.download(client, commitment.ministry)

    assert all(sheet.protection.sheet for sheet in filled.book)
    assert b"vbaProject" not in filled.as_xlsx()
    unlocked = {
        column: not filled.cell(filled.row_of(counted, figure=figure), column).protection.locked
        for figure, columns in (
            (False, (Column.KEY, Column.ABOUT, Column.NARRATIVE, Column.THROUGH_ON)),
            (True, (Column.FIGURE,)),
        )
        for column in columns
    }
    assert unlocked == {
        Column.KEY: False, Column.ABOUT: False, Column.NARRATIVE: True, Column.THROUGH_ON: True, Column.FIGURE: True,
    }  # fmt: skip
    assert filled.cell(filled.row_of(commitment), Column.THROUGH_ON).protection.locked
    assert filled.sheet.column_dimensions["A"].hidden
    assert filled.book.sheetnames[0] == "Instructions"


def test_cells_are_validated_with_the_words_of_the_form(client, counted, focal_point):
    filled = FilledWorkbook.download(client, counted.ministry)

    rules = {rule.type for rule in filled.sheet.data_validations.dataValidation}
    labels = [cell.value for column in filled.book["Lists"].iter_cols() for cell in column if cell.value]
    assert rules == {"list", "date", "decimal", "textLength"}
    assert {"Under way", "The government alone", "Not reported"} <= set(labels), labels


def test_a_figure_row_shows_the_last_figure_of_the_ministry_and_nobody_elses(client, counted, indicator, focal_point):
    version = UpdateVersionFactory(update__commitment=counted)
    UpdateVersionDecisionFactory(update_version=version, decision=UpdateDecision.ACCEPTED)
    period = {"indicator": indicator, "starts_on": date(2021, 4, 1), "through_on": date(2021, 12, 31)}
    ReadingFactory(**period, figure=6, update_version=version)
    ReadingFactory(**period, figure=77)

    for reader in (focal_point, OfficerFactory()):
        client.force_login(reader)
        filled = FilledWorkbook.download(client, counted.ministry)
        row = filled.row_of(counted, figure=True)
        assert "Focal points since 1 April 2021" in filled.cell(row, Column.ABOUT).value
        assert filled.cell(row, Column.SITUATION).value == "Your last figure: 6, up to 31 December 2021."


def test_a_returned_update_is_filled_in_with_what_to_change_and_unchanged_until_corrected(
    client, commitment, focal_point
):
    version = UpdateVersionFactory(update__commitment=commitment, narrative="Exercise: as it was.")
    UpdateVersionDecisionFactory(
        update_version=version, decision=UpdateDecision.RETURNED, reason="Exercise: add the date."
    )
    filled = FilledWorkbook.download(client, commitment.ministry)
    row = filled.row_of(commitment)

    assert filled.cell(row, Column.NARRATIVE).value == "Exercise: as it was."
    assert "Exercise: add the date." in filled.cell(row, Column.SITUATION).value
    assert statuses(upload(client, commitment.ministry, filled.as_xlsx())) == {row: RowStatus.UNCHANGED}
    filled.fill(commitment, **UPDATE)
    page = upload(client, commitment.ministry, filled.as_xlsx())
    assert statuses(page) == {row: RowStatus.NEW}
    send(client, page, row)
    assert UpdateVersion.objects.get(number=2).update == version.update


def test_a_start_date_is_corrected_alone_in_a_workbook_if_no_end_date_was_typed(client, commitment, focal_point):
    version = UpdateVersionFactory(update__commitment=commitment, happened_on=date(2022, 1, 10), returned=True)
    EvidenceFactory(
        update_version=version, happened_from=version.happened_on, happened_to=version.happened_on, title="One day"
    )
    filled = FilledWorkbook.download(client, commitment.ministry)
    row = filled.row_of(commitment)
    assert filled.cell(row, Column.HAPPENED_TO).value is None

    filled.fill(commitment, happened_from="2022-01-12")
    page = upload(client, commitment.ministry, filled.as_xlsx())
    send(client, page, row)

    sent = UpdateVersion.objects.get(number=2)
    assert (sent.happened_on, sent.evidence.get().happened_from) == (date(2022, 1, 12), date(2022, 1, 12))


# --- Upload and send --------------------------------------------------------------------------------------------------


def test_nothing_is_sent_before_it_is_confirmed_and_then_as_the_form_would_send_it(client, commitment, focal_point):
    page, row = upload_filled(client, commitment)

    assert statuses(page) == {row: RowStatus.NEW}
    assert UPDATE["narrative"] in page.text
    assert not UpdateVersion.objects.exists()
    answer = send(client, page, row)
    assert "1 row was sent to the embassy." in answer.text
    sent = UpdateVersion.objects.get()
    assert (sent.update.commitment, sent.narrative, sent.claimed, sent.recorded_by, sent.received_on) == (
        commitment,
        UPDATE["narrative"],
        ClaimedProgress.UNDER_WAY,
        focal_point,
        None,
    )
    piece = sent.evidence.get()
    assert (piece.title, piece.happened_from, piece.happened_to) == (
        UPDATE["title"],
        date(2022, 1, 10),
        date(2022, 1, 20),
    )
    assert not WorkbookDraft.objects.exists()
    assert AuditEntry.objects.get(verb="update.sent").by == focal_point


def test_dates_and_numbers_may_be_typed_as_such(client, counted, indicator, focal_point):
    filled = FilledWorkbook.download(client, counted.ministry)
    row = filled.fill(counted, **UPDATE | {"happened_from": date(2022, 1, 10), "through_on": date(2022, 1, 20)})
    filled.fill(counted, in_figure_row=True, figure=1250.5)

    send(client, upload(client, counted.ministry, filled.as_xlsx()), row)

    reading = UpdateVersion.objects.get().readings.get()
    assert (reading.indicator, str(reading.figure), reading.through_on) == (indicator, "1250.50", date(2022, 1, 20))


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_csv_file_of_the_sheet_is_read_too(client, commitment, focal_point, delimiter):
    filled = FilledWorkbook.download(client, commitment.ministry)
    row = filled.fill(commitment, **UPDATE | {"narrative": "Exercise: one, two;\nand “three”."})

    page = upload(client, commitment.ministry, filled.as_csv(delimiter), "workbook.csv")
    line = page.context["lines"][0]

    assert (line.status, line.row.values["narrative"]) == (RowStatus.NEW, "Exercise: one, two;\nand “three”.")
    assert UPDATE["title"] in page.text
    send(client, page, line.row.number)
    assert UpdateVersion.objects.count() == 1
    assert row


def test_the_same_file_twice_sends_nothing_twice(client, commitment, focal_point):
    filled = FilledWorkbook.download(client, commitment.ministry)
    row = filled.fill(commitment, **UPDATE)
    content = filled.as_xlsx()
    send(client, upload(client, commitment.ministry, content), row)

    again = upload(client, commitment.ministry, content)

    assert statuses(again) == {row: RowStatus.SENT}
    assert "by Lineo Phiri" in again.text
    send(client, again, row)
    client.force_login(OfficerFactory())
    by_officer = upload(client, commitment.ministry, filled.as_csv(), "again.csv", received_on="2022-01-20")
    assert set(statuses(by_officer).values()) == {RowStatus.SENT}
    assert UpdateVersion.objects.count() == 1


def test_two_previews_of_one_file_send_it_once(client, commitment, focal_point):
    first, row = upload_filled(client, commitment)
    second = upload_filled(client, commitment)[0]

    send(client, first, row)
    answer = send(client, second, row)

    assert statuses(answer) == {row: RowStatus.SENT}
    assert UpdateVersion.objects.count() == 1


def test_an_unticked_row_stays_in_the_preview(client, commitment, police, focal_point):
    other = CommitmentFactory(ministry=police)
    filled = FilledWorkbook.download(client, police)
    rows = [filled.fill(each, **UPDATE) for each in (commitment, other)]
    page = upload(client, police, filled.as_xlsx())

    answer = send(client, page, rows[0])

    assert statuses(answer) == {rows[0]: RowStatus.SENT, rows[1]: RowStatus.NEW}
    assert UpdateVersion.objects.get().update.commitment == commitment
    assert "no row is ticked" in send(client, answer).text


# --- Bad input --------------------------------------------------------------------------------------------------------


def test_a_workbook_of_another_ministry_is_refused_as_a_whole(client, commitment, focal_point):
    others = CommitmentFactory(text="Exercise: what another ministry promised.")
    client.force_login(FocalPointFactory(ministry=others.ministry))
    filled = FilledWorkbook.download(client, others.ministry)
    filled.fill(others, **UPDATE)
    client.force_login(focal_point)

    answer = upload(client, commitment.ministry, filled.as_xlsx())

    assert shows_refusal(answer, "another_ministry")
    assert others.text not in answer.text
    assert not WorkbookDraft.objects.exists()


def test_a_row_of_last_month_says_what_changed_and_asks(client, commitment, focal_point, police):
    filled = FilledWorkbook.download(client, police)
    row = filled.fill(commitment, **UPDATE)
    version = UpdateVersionFactory(
        update=UpdateFactory(commitment=commitment),
        recorded_by=FocalPointFactory(ministry=police, name="Thabo Exercise"),
    )
    UpdateVersionDecisionFactory(update_version=version, decision=UpdateDecision.ACCEPTED)
    CommitmentEventFactory(
        commitment=commitment, kind=CommitmentEventKind.RESCHEDULED, happened_on=date(2022, 1, 20),
        due_on=date(2022, 2, 15),
    )  # fmt: skip

    page = upload(client, police, filled.as_xlsx())

    assert statuses(page) == {row: RowStatus.CHANGED}
    for sentence in (
        "Thabo Exercise sent an update on 10 January 2022.",
        "The embassy accepted the last update on",
        "The due date was 31 January 2022. It is now 15 February 2022.",
    ):
        assert sentence in page.text, sentence
    assert f'value="{row}" id="row{row}-send" checked' not in page.text
    send(client, page, row)
    assert UpdateVersion.objects.filter(update__commitment=commitment).count() == 2


def test_an_update_that_arrives_after_the_preview_was_read_is_not_overwritten(client, commitment, focal_point):
    page, row = upload_filled(client, commitment)
    version = UpdateVersionFactory(update__commitment=commitment)
    UpdateVersionDecisionFactory(update_version=version, decision=UpdateDecision.ACCEPTED)

    answer = send(client, page, row)

    assert shows_refusal(answer, "newer_version")
    assert UpdateVersion.objects.count() == 1


def test_a_figure_in_a_workbook_needs_the_last_day_that_it_covers(client, counted, focal_point):
    filled = FilledWorkbook.download(client, counted.ministry)
    filled.fill(counted, **UPDATE)
    filled.fill(counted, in_figure_row=True, figure=16)

    page = upload(client, counted.ministry, filled.as_xlsx())

    (line,) = [line for line in page.context["lines"] if line.form]
    assert line.form.errors == {"through_on": ["Enter the last day that the figures cover."]}


def test_a_figure_that_is_no_longer_asked_for_is_not_left_out_without_a_word(client, counted, focal_point):
    filled = FilledWorkbook.download(client, counted.ministry)
    row = filled.fill(counted, **UPDATE)
    filled.fill(counted, in_figure_row=True, figure=16)
    CommitmentCorrectionFactory(commitment=counted, removes=[counted.links.get().benchmark])

    page = upload(client, counted.ministry, filled.as_csv(), "workbook.csv")

    assert statuses(page) == {row: RowStatus.CHANGED}
    assert "1 figure of this row is not asked for any more. It is not sent." in page.text


def test_what_happens_after_the_preview_was_read_is_read_before_it_is_sent(client, commitment, police, focal_point):
    other = CommitmentFactory(ministry=police)
    filled = FilledWorkbook.download(client, police)
    row, other_row = (filled.fill(each, **UPDATE) for each in (commitment, other))
    page = upload(client, police, filled.as_csv(), "workbook.csv")
    CommitmentEventFactory(
        commitment=commitment, kind=CommitmentEventKind.RESCHEDULED, happened_on=date(2022, 1, 20),
        due_on=date(2022, 2, 15),
    )  # fmt: skip

    answer = send(client, page, row, other_row)

    assert statuses(answer) == {row: RowStatus.CHANGED, other_row: RowStatus.SENT}
    assert "1 row was not sent, because something changed while this page was open." in answer.text
    assert "It is now 15 February 2022." in answer.text
    send(client, answer, row)
    assert UpdateVersion.objects.count() == 2


@pytest.mark.parametrize("state", ["waiting", "settled"])
def test_a_row_on_which_no_update_is_expected_any_more_says_so(client, commitment, focal_point, state):
    filled = FilledWorkbook.download(client, commitment.ministry)
    row = filled.fill(commitment, **UPDATE)
    if state == "waiting":
        UpdateVersionFactory(update__commitment=commitment)
    else:
        CommitmentEventFactory(commitment=commitment, kind=CommitmentEventKind.WITHDRAWN, happened_on=date(2022, 1, 20))

    page = upload(client, commitment.ministry, filled.as_xlsx())
    before = UpdateVersion.objects.count()
    send(client, page, row)

    assert statuses(page) == {row: RowStatus.BLOCKED}
    assert UpdateVersion.objects.count() == before


@pytest.mark.parametrize("key", ["eyJ:changed", "", "=A4"])
def test_a_row_with_a_changed_key_is_wrong_and_not_sent(client, commitment, focal_point, key):
    page, row = upload_filled(client, commitment, key=key)

    assert statuses(page) == {row: RowStatus.WRONG}
    send(client, page, row)
    assert not UpdateVersion.objects.exists()


def test_a_formula_is_refused_with_its_cell_and_corrected_in_the_preview(client, commitment, focal_point):
    page, row = upload_filled(client, commitment, title="=HYPERLINK(1)")
    assert statuses(page) == {row: RowStatus.WRONG}
    assert "The cell has a formula." in page.text
    typed = typed_into(row)

    saved = press(client, page, do="save", **typed)

    assert statuses(saved) == {row: RowStatus.NEW}
    assert not UpdateVersion.objects.exists()
    send(client, saved, row)
    assert UpdateVersion.objects.get().evidence.get().title == UPDATE["title"]


def test_a_refused_cell_stays_refused_while_other_rows_are_sent(client, commitment, police, focal_point):
    other = CommitmentFactory(ministry=police)
    filled = FilledWorkbook.download(client, police)
    row, refused = filled.fill(commitment, **UPDATE), filled.fill(other, **UPDATE | {"happened_to": "=TODAY()"})
    page = upload(client, police, filled.as_xlsx())
    shown = typed_into(refused, happened_to="")

    answer = send(client, page, row, **shown)

    assert statuses(answer) == {row: RowStatus.SENT, refused: RowStatus.WRONG}
    assert "The cell has a formula." in answer.text
    assert statuses(press(client, answer, do="save", **shown)) == {row: RowStatus.SENT, refused: RowStatus.NEW}


def test_a_wrong_row_says_why_beside_the_field_and_keeps_what_was_typed(client, commitment, focal_point):
    page, row = upload_filled(client, commitment, claimed="Nearly", happened_to="2023-01-01")
    line = page.context["lines"][0]

    assert statuses(page) == {row: RowStatus.WRONG}
    assert set(line.form.errors) == {"claimed", "happened_to"}
    assert UPDATE["narrative"] in page.text
    corrected = typed_into(row, happened_to="tomorrow")
    again = press(client, page, do="save", **corrected)
    assert set(again.context["lines"][0].form.errors) == {"happened_to"}
    assert 'value="tomorrow"' in again.text


def test_a_field_that_the_page_does_not_have_does_no_harm(client, commitment, focal_point):
    filled = FilledWorkbook.download(client, commitment.ministry)
    row = filled.fill(commitment, **UPDATE)
    page = upload(client, commitment.ministry, filled.as_csv(), "workbook.csv")
    made_up = {f"row{row}-shown": "1", f"row{row}-a\0b": "x", f"row{row}-kept_files": ["x", "9" * 30]}

    press(client, page, do="save", **typed_into(row), **made_up)

    [stored] = WorkbookDraft.objects.get().rows
    assert not any("\0" in name for name in stored["values"]), "PostgreSQL can't store it"


def test_personal_data_is_asked_about_as_in_the_form(client, commitment, focal_point):
    page, row = upload_filled(client, commitment, narrative="Exercise: call +266 5812 3456 for more.")
    assert statuses(page) == {row: RowStatus.WRONG}
    control, value = re.search(rf'name="(row{row}-narrative-confirmed)"[^>]*value="([^"]+)"', page.text).groups()
    typed = typed_into(row, narrative="Exercise: call +266 5812 3456 for more.") | {control: value}

    saved = press(client, page, do="save", **typed)

    assert statuses(saved) == {row: RowStatus.NEW}


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "required"),
        (b"a,b\n1,2\n", "another_file"),
        (b"PK\x03\x04 broken", "damaged"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 old", "old_or_locked"),
    ],
)
def test_a_file_that_is_no_workbook_is_refused(client, commitment, focal_point, content, code):
    answer = upload(client, commitment.ministry, content)

    assert answer.status_code == 422
    assert code == "required" or shows_refusal(answer, code)
    assert not WorkbookDraft.objects.exists()


# --- Files ------------------------------------------------------------------------------------------------------------


def test_files_named_in_the_workbook_are_attached_in_the_preview(client, commitment, focal_point):
    page, row = upload_filled(client, commitment, files="letter.pdf, list.pdf")
    assert page.context["lines"][0].missing_files == ["letter.pdf", "list.pdf"]

    saved = press(client, page, do="save", **{f"row{row}-files": SimpleUploadedFile("Letter.pdf", PDF)})

    [file] = EvidenceFile.objects.all()
    assert saved.context["lines"][0].missing_files == ["list.pdf"]
    kept = {f"row{row}-kept_files": str(file.pk), f"row{row}-files": SimpleUploadedFile("list.pdf", PDF)}
    send(client, saved, row, **kept)
    sent = {piece.file.name for piece in UpdateVersion.objects.get().evidence.all()}
    assert sent == {"Letter.pdf", "list.pdf"}


def test_a_refused_file_is_named_and_nothing_is_sent(client, commitment, focal_point):
    page, row = upload_filled(client, commitment)

    answer = send(client, page, row, **{f"row{row}-files": SimpleUploadedFile("wrong.pdf", b"nothing")})

    assert "“wrong.pdf”" in answer.text
    assert statuses(answer) == {row: RowStatus.WRONG}
    assert not UpdateVersion.objects.exists()


# --- The draft --------------------------------------------------------------------------------------------------------


def test_a_preview_is_its_uploaders_alone(client, commitment, police, focal_point):
    page = upload_filled(client, commitment)[0]
    address = reverse("workbook_preview", args=[page.context["draft"].pk])

    for stranger in (FocalPointFactory(ministry=police), OfficerFactory(), FocalPointFactory()):
        client.force_login(stranger)
        assert client.get(address).status_code == 404
        assert client.post(address, {"do": "discard"}).status_code == 404
    client.force_login(focal_point)
    assert client.get(address).status_code == 200
    assert address in client.get(reverse("workbook", args=[police.pk])).text


def test_a_discarded_preview_can_be_brought_back(client, commitment, focal_point):
    page, row = upload_filled(client, commitment)

    discarded = press(client, page, do="discard")
    assert not WorkbookDraft.objects.exists()
    back = press_undo(client, discarded)

    assert statuses(back) == {row: RowStatus.NEW}


def test_a_preview_that_is_sent_twice_leads_on_and_sends_nothing_again(client, commitment, focal_point):
    page, row = upload_filled(client, commitment)
    send(client, page, row)

    again = send(client, page, row)

    assert "This preview is no longer there" in again.text
    assert again.redirect_chain[-1][0] == reverse("workbook", args=[focal_point.ministry_id])
    assert UpdateVersion.objects.count() == 1


def test_what_another_tab_saved_is_not_overwritten(client, commitment, focal_point):
    page, row = upload_filled(client, commitment)
    press(client, page, do="save")

    answer = send(client, page, row)

    assert shows_refusal(answer, "edit_conflict")
    assert not UpdateVersion.objects.exists()
    send(client, answer, row)
    assert UpdateVersion.objects.count() == 1


# --- On behalf of a ministry ------------------------------------------------------------------------------------------


@pytest.fixture
def officer():
    return OfficerFactory(name="Naledi Officer")


@pytest.fixture
def uploaded(commitment, officer):
    """An update that the officer uploaded on behalf of the ministry."""
    client = Client()
    client.force_login(officer)
    filled = FilledWorkbook.download(client, commitment.ministry)
    row = filled.fill(commitment, **UPDATE | {"claimed": "Done"})
    page = upload(client, commitment.ministry, filled.as_xlsx(), received_on="2022-01-25")
    answer = send(client, page, row)
    assert "You sent 1 row on behalf of the Ministry of Police." in answer.text
    return UpdateVersion.objects.get()


ON_BEHALF = (
    "Naledi Officer of the embassy on behalf of the Ministry of Police, from its workbook received on 25 January 2022"
)


def test_an_officer_uploads_on_behalf_of_a_ministry_and_every_page_says_so(
    client, commitment, focal_point, officer, uploaded
):
    assert (uploaded.recorded_by, uploaded.received_on, uploaded.sent_for) == (
        officer,
        date(2022, 1, 25),
        commitment.ministry,
    )
    assert uploaded.sender == ON_BEHALF
    pages = {
        focal_point: [
            reverse("commitment_detail", args=[commitment.pk]),
            reverse("version_withdraw", args=[uploaded.pk]),
        ],
        OfficerFactory(): [
            reverse("commitment_detail", args=[commitment.pk]),
            reverse("version_detail", args=[uploaded.pk]),
            reverse("evidence_detail", args=[uploaded.evidence.get().pk]),
        ],
    }
    for reader, addresses in pages.items():
        client.force_login(reader)
        for address in addresses:
            assert ON_BEHALF in client.get(address).text, address


def test_the_log_says_for_whom_it_was_uploaded(uploaded, officer):
    entry = AuditEntry.objects.get(verb="update.sent_on_behalf")

    assert entry.by == officer
    assert '"on_behalf_of": "Ministry of Police"' in entry.detail.after
    assert '"received_on": "2022-01-25"' in entry.detail.after


def test_the_officer_who_uploaded_it_can_neither_accept_nor_return_nor_verify_it(client, uploaded, officer, commitment):
    client.force_login(officer)
    page = client.get(reverse("version_detail", args=[uploaded.pk]))

    assert not page.context["may_decide"]
    for name in ("version_accept", "version_return"):
        assert client.post(reverse(name, args=[uploaded.pk]), {"return-reason": "Exercise"}).status_code == 403
    answer = client.post(
        reverse("commitment_verify_done", args=[commitment.pk]), {"reason": "We saw it.", "on": "2022-01-28"}
    )
    assert shows_refusal(answer, "needs_second_person")
    client.force_login(OfficerFactory())
    assert client.get(reverse("version_detail", args=[uploaded.pk])).context["may_decide"]


def test_the_ministry_may_withdraw_what_was_uploaded_for_it(client, uploaded, focal_point):
    client.post(reverse("version_withdraw", args=[uploaded.pk]), {"reason": "Exercise: the wrong list."})

    assert uploaded.decision.decision == UpdateDecision.WITHDRAWN


def test_the_day_of_receipt_is_needed_and_not_in_the_future(client, commitment, officer):
    client.force_login(officer)
    content = FilledWorkbook.download(client, commitment.ministry).as_xlsx()

    for day in ("", "2022-02-01"):
        answer = upload(client, commitment.ministry, content, received_on=day)
        assert answer.status_code == 422
        assert "received_on" in answer.context["form"].errors


def test_only_the_ministry_and_officers_of_its_country_use_the_workbook(client, police):
    address = reverse("workbook", args=[police.pk])
    expected = {
        OfficerFactory(): 200,
        FocalPointFactory(ministry=police): 200,
        AmbassadorFactory(): 403,
        FocalPointFactory(): 404,
    }

    for reader, status in expected.items():
        client.force_login(reader)
        assert client.get(address).status_code == status
        assert client.get(reverse("workbook_download", args=[police.pk])).status_code == status


def test_a_lone_officer_learns_that_nobody_can_decide_on_it(client, police, officer):
    client.force_login(officer)
    User.objects.exclude(pk=officer.pk).update(is_active=False)
    address = reverse("workbook", args=[police.pk])
    assert "You are the only officer of this country." in client.get(address).text

    OfficerFactory()

    assert "You are the only officer of this country." not in client.get(address).text
