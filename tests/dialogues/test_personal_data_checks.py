"""Personal data needs a confirmation: on pages, in the API and in file names."""

import ast
import json
import tomllib
from pathlib import Path

import pytest
from django.conf import settings
from django.urls import reverse
from drf_spectacular.generators import SchemaGenerator

from dialogues.models import Assessment, CommitmentEvent, Dialogue, Evidence, EvidenceFile, UpdateVersion
from tests.dialogues import test_views_evidence_logging, test_views_ministry_home
from tests.dialogues.test_views_ministry_home import pdf_upload
from tests.factories import BenchmarkFactory, CommitmentFactory, FocalPointFactory, OfficerFactory
from tests.tiptracker.web.frontend.test_forms import Elements
from tiptracker.audit.models import AuditDetail, AuditEntry
from tiptracker.privacy.personal_data import REMOVED_NUMBER_MARK, find_personal_data

PHONE_NUMBER = "+266 5812 3456"


@pytest.fixture
def commitment(client):
    focal_point = FocalPointFactory()
    client.force_login(focal_point)
    return CommitmentFactory(ministry=focal_point.ministry)


@pytest.fixture
def officer(client):
    BenchmarkFactory()
    officer = OfficerFactory()
    client.force_login(officer)
    return officer


def confirmation_fields(response):
    """Form data with every confirmation ticked, and the hidden fields of the page of an update."""
    found = [attrs for _, attrs in Elements(response.text).found]
    sent = [attrs for attrs in found if attrs.get("name", "").endswith(("-confirmed", "draft_seen"))]
    return {attrs["name"]: attrs["value"] for attrs in sent}


def draft_field(response):
    """The hidden fields of the page of an update, with no box ticked."""
    return {name: value for name, value in confirmation_fields(response).items() if name == "draft_seen"}


def logged_values(verb):
    return json.loads(AuditEntry.objects.get(verb=verb).detail.after)


# --- By page ----------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_an_update_is_held_back_until_it_is_confirmed_and_the_log_tells_of_it(client, commitment):
    typed = test_views_ministry_home.form_data(
        narrative=f"The registry answers at {PHONE_NUMBER}.", files=[pdf_upload()]
    )
    url = reverse("update_send", args=[commitment.pk])

    held = client.post(url, typed)

    assert held.status_code == 422
    assert not UpdateVersion.objects.exists()
    assert f"“{PHONE_NUMBER}” looks like a telephone number" in held.context["form"].errors["narrative"][0]
    assert f"The registry answers at {PHONE_NUMBER}." in held.text
    assert 'name="kept_files"' in held.text

    typed.pop("files")
    again = client.post(url, typed | confirmation_fields(held) | {"kept_files": EvidenceFile.objects.get().pk})

    assert again.status_code == 302
    assert UpdateVersion.objects.get().narrative == f"The registry answers at {PHONE_NUMBER}."
    assert logged_values("update.sent")["confirmed_no_personal_data"] == ["telephone number"]
    assert "confirmed_no_personal_data" not in logged_values("file.kept")


@pytest.mark.django_db
def test_an_update_that_holds_nothing_is_not_logged_as_confirmed(client, commitment):
    client.post(reverse("update_send", args=[commitment.pk]), test_views_ministry_home.form_data())

    assert "confirmed_no_personal_data" not in logged_values("update.sent")


@pytest.mark.django_db
@pytest.mark.parametrize("field", ["title", "stated_by", "source"])
def test_logged_evidence_is_held_back_in_every_text(client, officer, field):
    typed = test_views_evidence_logging.form_data(**{field: "She was born on 12 March 2004"})

    held = client.post(reverse("evidence_log"), typed)

    assert held.status_code == 422
    assert "“12 March 2004” looks like a date of birth" in held.context["form"].errors[field][0]
    assert not Evidence.objects.exists()
    assert client.post(reverse("evidence_log"), typed | confirmation_fields(held)).status_code == 302
    assert logged_values("evidence.logged")["confirmed_no_personal_data"] == ["date of birth"]


@pytest.mark.django_db
def test_a_dialogue_is_held_back_in_the_line_of_a_participant(client, officer):
    people = {"people-TOTAL_FORMS": "1", "people-INITIAL_FORMS": "0", "people-0-office": "Minister, 22 31 23 45"}
    typed = {"held_on": "2022-01-20", "place": "Maseru", "purpose": "Bilateral dialogue"} | people

    held = client.post(reverse("dialogue_add"), typed)

    assert held.status_code == 422
    assert not Dialogue.objects.exists()
    assert list(confirmation_fields(held)) == ["people-0-office-confirmed"]
    assert client.post(reverse("dialogue_add"), typed | confirmation_fields(held)).status_code == 302


@pytest.mark.django_db
def test_a_verb_is_held_back_in_its_reason(client, officer):
    commitment = CommitmentFactory()
    draft_field = commitment.events.get().pk
    before = CommitmentEvent.objects.count()

    held = client.post(
        reverse("commitment_withdraw", args=[commitment.pk]),
        {"reason": "Passport no. N123456", "on": "2022-01-20", "seen": draft_field},
    )

    assert held.status_code == 422
    assert CommitmentEvent.objects.count() == before


@pytest.mark.django_db
def test_a_file_named_after_a_passport_is_kept_without_the_number_and_asked_about(client, commitment):
    url = reverse("update_send", args=[commitment.pk])

    held = client.post(url, test_views_ministry_home.form_data(files=[pdf_upload("passport N123456.pdf")]))

    kept = EvidenceFile.objects.get()
    assert held.status_code == 422
    assert kept.name == f"passport {REMOVED_NUMBER_MARK}.pdf"
    assert "N123456" not in held.text
    assert not AuditDetail.objects.filter(after__contains="N123456").exists()
    assert "untick it" in held.context["form"].errors["files"][0]

    unasked = client.post(url, test_views_ministry_home.form_data(kept_files=kept.pk) | draft_field(held))
    assert unasked.status_code == 422
    assert not UpdateVersion.objects.exists()

    client.post(url, test_views_ministry_home.form_data(kept_files=kept.pk) | confirmation_fields(unasked))
    assert UpdateVersion.objects.get().evidence.get().file == kept
    assert logged_values("update.sent")["confirmed_no_personal_data"] == ["file name"]


@pytest.mark.django_db
def test_a_file_that_was_held_back_can_be_left_out(client, commitment):
    url = reverse("update_send", args=[commitment.pk])
    held = client.post(url, test_views_ministry_home.form_data(files=[pdf_upload("passport N123456.pdf")]))

    assert client.post(url, test_views_ministry_home.form_data() | draft_field(held)).status_code == 302
    assert UpdateVersion.objects.get().evidence.get().file is None


# --- By the API -------------------------------------------------------------------------------------------------------


def assessment_body(**changed):
    body = {
        "benchmark": BenchmarkFactory().pk,
        "verdict": "met",
        "rationale": f"The unit answers at {PHONE_NUMBER}.",
        "law": "22 U.S.C. 7106(b)(2)",
    }
    return body | changed


@pytest.mark.django_db
def test_the_api_answers_by_field_and_takes_it_once_confirmed(client, officer):
    body = assessment_body()

    held = client.post("/api/v1/assessments/", body, "application/json")

    assert held.status_code == 400
    assert list(held.json()) == ["rationale"]
    assert f"“{PHONE_NUMBER}” looks like a telephone number" in held.json()["rationale"][0]
    assert not Assessment.objects.exists()

    sent = client.post("/api/v1/assessments/", body | {"confirmed_no_personal_data": True}, "application/json")
    assert sent.status_code == 201
    assert logged_values("benchmark.assessed")["confirmed_no_personal_data"] == ["telephone number"]


@pytest.mark.django_db
def test_the_api_looks_at_the_names_of_files(client, commitment):
    body = {
        "commitment": commitment.pk,
        "title": "Named",
        "narrative": "Six were named.",
        "claimed": "under_way",
        "happened_to": "2022-01-20",
    }

    held = client.post(
        "/api/v1/updates/", body | {"files": [pdf_upload("list.pdf"), pdf_upload("passport N123456.pdf")]}
    )

    assert held.status_code == 400
    assert "“N123456” looks like a passport number" in json.dumps(held.json()["files"], ensure_ascii=False)
    assert not EvidenceFile.objects.exists()
    files = [pdf_upload("passport N123456.pdf")]
    sent = client.post("/api/v1/updates/", body | {"files": files, "confirmed_no_personal_data": "true"})
    assert sent.status_code == 201
    assert EvidenceFile.objects.get().name == f"passport {REMOVED_NUMBER_MARK}.pdf"


@pytest.mark.django_db
def test_every_body_with_words_of_somebodys_own_can_be_confirmed():
    schema = SchemaGenerator().get_schema(request=None, public=True)
    parts = schema["components"]["schemas"]
    checked = []
    for path, methods in schema["paths"].items():
        for content in methods.get("post", {}).get("requestBody", {}).get("content", {}).values():
            name = content["schema"]["$ref"].rpartition("/")[2]
            plain = [
                field
                for field, part in parts[name]["properties"].items()
                if field != "known_by" and part.get("type") == "string" and not {"format", "enum"} & set(part)
            ]
            if plain:
                checked.append(path)
                assert "confirmed_no_personal_data" in parts[name]["properties"], name
    assert {path.split("/")[3] for path in checked} >= {"assessments", "reviews", "update-versions", "updates"}


# --- The record of Lesotho --------------------------------------------------------------------------------------------


def texts_in(value):
    if isinstance(value, str):
        return {value}
    inside = [*value, *value.values()] if isinstance(value, dict) else value if isinstance(value, list) else []
    return {text for each in inside for text in texts_in(each)}


def test_nothing_of_the_record_of_lesotho_or_of_its_exercise_is_held_back():
    folder = Path(settings.BASE_DIR, "dialogues", "lesotho")
    texts = {
        node.value
        for path in folder.glob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }.union(*(texts_in(tomllib.loads(path.read_text())) for path in folder.glob("*/*.toml")))
    assert len([text for text in texts if len(text) > 40]) > 100
    assert [found for text in texts if (found := find_personal_data(text))] == []
