"""Save a draft with the button (a page answers) or by the script (JSON answers)."""

import hashlib

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.template.defaultfilters import filesizeformat
from django.test import Client
from django.urls import reverse

from dialogues.actions.drafts import DraftPage, drop_draft, save_draft
from dialogues.models import Draft, EvidenceFile, UpdateVersion
from tests.conftest import TODAY
from tests.dialogues.sample_files import picture
from tests.dialogues.test_views_ministry_home import form_data, pdf_upload, send_url
from tests.factories import (
    CommitmentFactory,
    DialogueFactory,
    EvidenceFactory,
    FocalPointFactory,
    OfficerFactory,
    UpdateVersionFactory,
    at_noon,
)
from tests.refusals import shows_refusal
from tests.undo_buttons import press_undo, undo_forms
from tiptracker.audit.models import AuditEntry

pytestmark = pytest.mark.django_db

JSON_HEADERS = {"Accept": "application/json"}


@pytest.fixture
def focal_point(client):
    user = FocalPointFactory(name="'M’e Lineo")
    client.force_login(user)
    return user


@pytest.fixture
def commitment(focal_point):
    return CommitmentFactory(ministry=focal_point.ministry)


def draft_url(promise):
    return reverse("update_draft", args=[promise.pk])


def save_draft_of(user, of, text="Six districts", seen=""):
    now = at_noon(TODAY)
    return save_draft(of=of, content={"narrative": [text]}, files=(), page=DraftPage(seen), by=user, now=now)


def test_the_button_saves_all_that_was_typed_files_and_all_judges_nothing_and_leads_back(
    client, focal_point, commitment
):
    typed = form_data(happened_to="someday", narrative="", title="Six\0", draft_seen="", save_draft="1")

    page = client.post(
        draft_url(commitment), typed | {"files": [pdf_upload(), pdf_upload("wrong.pdf", b"nothing")]}, follow=True
    )

    assert page.redirect_chain == [(send_url(commitment), 302)]
    assert "It has not been sent yet." in page.text
    assert "“wrong.pdf”" in page.text
    assert Draft.objects.get().content == {
        "claimed": ["under_way"], "title": ["Six"], "happened_from": ["2022-01-10"], "happened_to": ["someday"],
        "done_by": ["government"],
    }  # fmt: skip
    assert not UpdateVersion.objects.exists()
    kept = EvidenceFile.objects.get()
    for text in ('value="someday"', 'value="Six"', "Your draft was kept on 28 January 2022", f'value="{kept.pk}"'):
        assert text in page.text, text


def test_the_script_gets_what_was_saved_and_when(client, focal_point, commitment):
    answer = client.post(draft_url(commitment), form_data(draft_page="p"), headers=JSON_HEADERS)

    assert answer.status_code == 200
    assert answer.json() == {"state": "saved", "at": "09:00", "seen": Draft.objects.get().mark, "refused": []}


def add_files(client, promise, *files, **fields):
    """Send a chosen file as the script does, and return the answer."""
    return client.post(draft_url(promise), {"add_files": "1", "files": files, **fields}, headers=JSON_HEADERS).json()


def test_a_file_that_the_script_sends_by_itself_waits_until_the_page_is_saved(client, focal_point, commitment):
    draft = save_draft_of(focal_point, commitment)

    answer = add_files(client, commitment, pdf_upload())
    file = EvidenceFile.objects.get()
    described = {"key": file.pk, "name": f"list.pdf, {file.size}\xa0bytes", "size": file.size}
    assert answer == {"state": "added", "files": [described], "refused": []}
    draft.refresh_from_db()
    assert (draft.content, draft.version, list(draft.files.all())) == ({"narrative": ["Six districts"]}, 1, [])

    client.post(draft_url(commitment), form_data(kept_files=[file.pk], draft_seen=draft.mark), headers=JSON_HEADERS)
    assert list(Draft.objects.get().files.all()) == [file]


def test_a_file_on_its_way_and_a_text_saved_meanwhile_are_no_conflict(client, focal_point, commitment):
    """In any order: the page sends two files and a text, each with the state of the draft when it started."""
    seen = save_draft_of(focal_point, commitment).mark
    add_files(client, commitment, pdf_upload("one.pdf"), draft_seen=seen, draft_page="p")
    saved = client.post(draft_url(commitment), form_data(draft_seen=seen, draft_page="p"), headers=JSON_HEADERS).json()
    add_files(client, commitment, pdf_upload("two.pdf"), draft_seen=seen, draft_page="p")
    keys = list(EvidenceFile.objects.values_list("pk", flat=True))
    again = form_data(kept_files=keys, draft_seen=seen, draft_page="p")
    assert saved["state"] == client.post(draft_url(commitment), again, headers=JSON_HEADERS).json()["state"] == "saved"
    assert Draft.objects.get().files.count() == 2


def test_a_photograph_made_smaller_says_from_what_in_the_answer_on_the_page_and_in_the_log(
    client, focal_point, commitment
):
    photograph = SimpleUploadedFile("yard.jpg", picture("JPEG"), "image/jpeg")

    answer = add_files(client, commitment, photograph, original_size="1887437")
    file = EvidenceFile.objects.get()
    told = f"yard.jpg, {filesizeformat(file.size)}, made smaller from 1.8\xa0MB"
    assert file.original_size == 1_887_437
    assert file.received_sha256 == hashlib.sha256(picture("JPEG")).hexdigest()
    assert answer["files"] == [{"key": file.pk, "name": told, "size": file.size}]
    client.post(draft_url(commitment), form_data(kept_files=[file.pk]), headers=JSON_HEADERS)
    assert told in " ".join(client.get(send_url(commitment)).text.split(" ")).replace("\n", " ")
    assert '"made_smaller_from": 1887437' in AuditEntry.objects.get(verb="file.kept").detail.after


@pytest.mark.parametrize("stated", ["", "0", "-1", "1.8 MB", str(len(picture("JPEG"))), str(10**12), "9" * 5000])
def test_a_size_that_cannot_be_true_is_not_noted(client, focal_point, commitment, stated):
    add_files(client, commitment, SimpleUploadedFile("yard.jpg", picture("JPEG"), "image/jpeg"), original_size=stated)
    assert EvidenceFile.objects.get().original_size is None


def test_only_one_photograph_at_a_time_is_noted_as_made_smaller(client, focal_point, commitment):
    two = [SimpleUploadedFile(f"{number}.jpg", picture("JPEG"), "image/jpeg") for number in (1, 2)]
    add_files(client, commitment, *two, original_size="1887437")
    add_files(client, commitment, pdf_upload(), original_size="1887437")
    assert list(EvidenceFile.objects.values_list("original_size", flat=True)) == [None] * 3


def test_the_limits_hold_across_the_files_that_the_page_has_already(client, focal_point, commitment, settings):
    settings.UPLOAD_MAX_FILES = 2
    one = add_files(client, commitment, pdf_upload("one.pdf"))["files"][0]
    two = add_files(client, commitment, pdf_upload("two.pdf"), kept_files=[one["key"]])["files"][0]
    third = add_files(client, commitment, pdf_upload("three.pdf"), kept_files=[one["key"], two["key"]])
    assert third == {"state": "added", "files": [], "refused": ["“three.pdf” was not attached: the limit is 2 files."]}

    settings.UPLOAD_MAX_UPDATE_BYTES = one["size"] + two["size"] - 1
    too_much = add_files(client, commitment, pdf_upload("two.pdf"), kept_files=[one["key"]])
    assert too_much["files"] == []
    assert "The limit for one update is" in too_much["refused"][0]


def test_too_many_files_are_answered_with_how_long_to_wait(client, focal_point, commitment, settings):
    settings.LIMITS = settings.LIMITS | {"uploads": "1/m"}
    add_files(client, commitment, pdf_upload())
    told = client.post(draft_url(commitment), {"add_files": "1", "files": pdf_upload()}, headers=JSON_HEADERS)
    assert (told.status_code, told.json()["files"]) == (429, [])
    assert 0 < int(told.headers["Retry-After"]) <= 60


def test_a_colleague_who_saved_meanwhile_is_named_and_both_texts_stand_there(client, focal_point, commitment):
    theirs = save_draft_of(
        FocalPointFactory(ministry=focal_point.ministry, name="Ntate Thabo"), commitment, "Seven districts"
    )

    told = client.post(draft_url(commitment), form_data(), headers=JSON_HEADERS)
    page = client.post(draft_url(commitment), form_data(files=[pdf_upload()]))

    assert (told.status_code, told.json()["state"], told.json()["seen"]) == (409, "changed", theirs.mark)
    assert shows_refusal(told, "edit_conflict")
    assert page.status_code == 422
    assert "Seven districts" in page.text
    assert "Officers were named in six districts." in page.text
    assert {(field_text.label, field_text.text) for field_text in page.context["typed"]} >= {("Progress", "Under way")}
    assert f'name="kept_files" value="{EvidenceFile.objects.get().pk}"' in page.text
    assert Draft.objects.get().content == theirs.content

    client.post(
        draft_url(commitment), {"draft_seen": theirs.mark, "narrative": "Officers were named in six districts."}
    )
    assert Draft.objects.get().content == {"narrative": ["Officers were named in six districts."]}


def test_an_update_sent_meanwhile_is_shown_and_the_draft_is_kept(client, focal_point, commitment):
    UpdateVersionFactory(update__commitment=commitment)

    assert client.post(draft_url(commitment), form_data(), headers=JSON_HEADERS).json()["state"] == "closed"
    page = client.post(draft_url(commitment), form_data())
    assert shows_refusal(page, "update_waits")
    assert "Officers were named in six districts." in page.text


def test_a_draft_is_dropped_by_its_button_but_not_one_that_was_not_seen(client, focal_point, commitment):
    draft = save_draft_of(focal_point, commitment)
    assert client.post(draft_url(commitment), {"drop_draft": "1", "draft_seen": "1-99"}).status_code == 422

    page = client.post(draft_url(commitment), {"drop_draft": "1", "draft_seen": draft.mark}, follow=True)

    assert "The draft was deleted." in page.text
    assert not Draft.objects.exists()


def test_a_deleted_draft_comes_back_with_its_files_and_its_mark(client, focal_point, commitment):
    client.post(draft_url(commitment), form_data(narrative="Six districts", draft_seen="") | {"files": [pdf_upload()]})
    draft = Draft.objects.get()

    page = client.post(draft_url(commitment), {"drop_draft": "1", "draft_seen": draft.mark}, follow=True)
    assert "Six districts" not in page.text
    back = press_undo(client, page)

    assert back.redirect_chain == [(send_url(commitment), 302)]
    assert "The draft is back, with its files." in back.text
    assert "Six districts" in back.text
    again = Draft.objects.get()
    assert (again.mark, again.content, list(again.files.all())) == (
        draft.mark, draft.content, [EvidenceFile.objects.get()],
    )  # fmt: skip
    verbs = AuditEntry.objects.filter(verb__startswith="draft.").order_by("number").values_list("verb", "by")
    assert list(verbs) == [
        ("draft.begun", focal_point.pk),
        ("draft.dropped", focal_point.pk),
        ("draft.restored", focal_point.pk),
    ]


def test_a_deleted_draft_does_not_come_back_over_a_newer_one_or_for_somebody_else(client, focal_point, commitment):
    draft = save_draft_of(focal_point, commitment)
    page = client.post(draft_url(commitment), {"drop_draft": "1", "draft_seen": draft.mark}, follow=True)
    [(url, fields)] = undo_forms(page)
    theirs = FocalPointFactory(ministry=focal_point.ministry)
    newer = save_draft_of(theirs, commitment, "Seven districts")

    late = client.post(url, fields)

    assert [refusal.code for refusal in late.refusals] == ["draft_exists"]
    assert "began a new draft in the meantime" in client.get(late.headers["Location"]).text
    assert Draft.objects.get() == newer
    drop_draft(of=commitment, page=DraftPage(newer.mark), by=theirs, now=at_noon(TODAY))
    other = CommitmentFactory(ministry=focal_point.ministry)
    elsewhere = client.post(draft_url(other), fields)
    assert [refusal.code for refusal in elsewhere.refusals] == ["undo_elsewhere"]
    client.force_login(theirs)
    colleagues = client.post(url, fields)
    assert [refusal.code for refusal in colleagues.refusals] == ["undo_over"]
    client.force_login(FocalPointFactory())
    assert client.post(url, fields).status_code == 404
    assert not Draft.objects.exists()


def test_a_deleted_draft_does_not_come_back_once_the_update_was_sent(client, focal_point, commitment):
    draft = save_draft_of(focal_point, commitment)
    page = client.post(draft_url(commitment), {"drop_draft": "1", "draft_seen": draft.mark}, follow=True)
    UpdateVersionFactory(update__commitment=commitment)
    [(url, fields)] = undo_forms(page)

    late = client.post(url, fields)

    assert [refusal.code for refusal in late.refusals] == ["update_waits"]
    assert not Draft.objects.exists()


def test_a_file_that_was_sent_in_the_meantime_does_not_come_back_with_the_draft(client, focal_point, commitment):
    client.post(draft_url(commitment), form_data(draft_seen="") | {"files": [pdf_upload()]})
    draft = Draft.objects.get()
    page = client.post(draft_url(commitment), {"drop_draft": "1", "draft_seen": draft.mark}, follow=True)
    EvidenceFactory(file=EvidenceFile.objects.get())

    press_undo(client, page)

    assert not Draft.objects.get().files.exists()


def test_the_script_can_tell_a_session_that_ended_from_a_form_that_is_too_old(client, focal_point, commitment):
    signed_out, forging = Client(), Client(enforce_csrf_checks=True)
    forging.force_login(focal_point)
    for browser, state in ((signed_out, "signed_out"), (forging, "forged")):
        answer = browser.post(draft_url(commitment), form_data(), headers=JSON_HEADERS)
        assert (answer.status_code, answer.json()) == (403, {"state": state})


def test_saving_too_often_is_answered_with_how_long_to_wait(client, focal_point, commitment, settings):
    settings.LIMITS = settings.LIMITS | {"drafts": "1/m"}
    client.post(draft_url(commitment), form_data(), headers=JSON_HEADERS)

    told = client.post(draft_url(commitment), form_data(title="Other"), headers=JSON_HEADERS)
    assert (told.status_code, told.json()["state"]) == (429, "refused")
    assert 0 < int(told.headers["Retry-After"]) <= 60
    page = client.post(draft_url(commitment), form_data(title="Other"))
    assert page.status_code == 429
    assert shows_refusal(page, "too_often")
    assert "Officers were named in six districts." in page.text


def test_a_dialogues_record_is_kept_by_its_officers_alone(client):
    dialogue = DialogueFactory()
    address = reverse("dialogue_draft", args=[dialogue.pk])
    for user, status in ((OfficerFactory(), 200), (FocalPointFactory(), 404), (OfficerFactory(countries=[]), 404)):
        client.force_login(user)
        assert client.post(address, {"record": "They said"}, headers=JSON_HEADERS).status_code == status
    assert Draft.objects.get().content == {"record": ["They said"]}


def test_signing_out_has_the_browser_forget_what_it_kept(client, focal_point):
    assert "Clear-Site-Data" not in client.get(reverse("account_logout")).headers
    assert client.post(reverse("account_logout")).headers["Clear-Site-Data"] == '"storage"'


def test_signing_out_leaves_what_waits_for_a_connection_if_its_writer_agrees(client, focal_point):
    answer = client.post(reverse("account_logout"), {"keep_on_device": "1"})

    assert "Clear-Site-Data" not in answer.headers
    assert not client.get(reverse("update_token")).headers.get("Content-Type", "").startswith("application/json")
