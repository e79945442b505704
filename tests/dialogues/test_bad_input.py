"""Invalid input by page and API: a sentence at the field, nothing saved in part, typed text kept."""

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from pikepdf import Encryption

from dialogues.models import CommitmentEvent, Evidence, EvidenceFile, UpdateVersion
from tests.dialogues.sample_files import PDF, pdf
from tests.factories import CommitmentFactory, FocalPointFactory, OfficerFactory, RecommendationFactory
from tests.refusals import shows_refusal

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

RIGHT_TO_LEFT_NAME = "gnp\u202e.pdf"
ENTRY_POINTS = ("update", "log", "api")
BAD_FILES = {
    "wrong type": ("tool.exe", b"MZ\x90\x00", "file_rejected", "tool.exe"),
    "something else by its name": ("a.pdf", b"just words", "file_rejected", "a.pdf"),
    "empty": ("a.pdf", b"", "empty_file", "a.pdf"),
    "picture of 0 bytes": ("camera.jpg", b"", "empty_file", "camera.jpg"),
    "with a password": (
        "letter.pdf",
        pdf(encryption=Encryption(owner="o", user="u")),
        "file_rejected",
        "letter.pdf",
    ),
    "too large": ("scan.pdf", PDF + b"\n" * (1024 * 1024 + 1), "too_large", "scan.pdf"),
    "slashes in its name": ("../../etc/a.exe", b"MZ", "file_rejected", "a.exe"),
    "quotes in its name": ("a\"b'<i>.exe", b"MZ", "file_rejected", "a\"b'<i>.exe"),
    "a name turned round": ("cod\u202eexe.pdf", b"MZ", "file_rejected", "codexe.pdf"),
    "a name of 300 characters": ("x" * 300 + ".pdf", b"MZ", "file_rejected", "x" * 251 + ".pdf"),
}
"""File name and content, the reason of the refusal, and the name in the refusal."""


@pytest.fixture
def send_file(client):
    """Send a form with one file by page or API, and return the answer."""
    commitment = CommitmentFactory()
    RecommendationFactory()
    officer, focal_point = OfficerFactory(), FocalPointFactory(ministry=commitment.ministry)
    told = {
        "claimed": "under_way",
        "title": "Six districts have one",
        "narrative": "Kept as typed",
        "happened_from": "2022-01-10",
        "happened_to": "2022-01-20",
        "done_by": "government",
    }
    logged = {
        "title": "Kept as typed",
        "kind": "press",
        "happened_from": "2022-01-10",
        "happened_to": "2022-01-20",
        "done_by": "government",
        "stated_by": "Somebody",
        "source": "A page",
        "sensitivity": "internal",
        "evidence_links-TOTAL_FORMS": "0",
        "evidence_links-INITIAL_FORMS": "0",
    }

    def send(door, name, content):
        file = SimpleUploadedFile("plain.pdf", content)
        file._name = name  # as a client of one's own would send it: Django's setter would clean it here already
        client.force_login(officer if door == "log" else focal_point)
        if door == "update":
            return client.post(reverse("update_send", args=[commitment.pk]), told | {"files": file})
        if door == "log":
            return client.post(reverse("evidence_log"), logged | {"files": file})
        return client.post("/api/v1/updates/", told | {"commitment": commitment.pk, "files": file})

    return send


@pytest.mark.parametrize("door", ENTRY_POINTS)
@pytest.mark.parametrize("wrong", BAD_FILES)
def test_a_refused_file_has_its_error_at_the_files_and_nothing_is_recorded(send_file, settings, door, wrong):
    settings.UPLOAD_MAX_BYTES = 1024 * 1024
    name, content, code, shown = BAD_FILES[wrong]

    answer = send_file(door, name, content)

    if door == "api" and code == "empty_file":  # the parser of the request refuses it
        assert (answer.status_code, list(answer.json())) == (400, ["files"])
    elif door == "api":
        told = answer.json()
        assert (answer.status_code, told["code"], told["field"]) == (409, code, "files")
        assert told["detail"].startswith(f"“{shown}” ")
    else:
        assert answer.status_code == 422
        (told,) = answer.context["form"].errors["files"]
        assert told.startswith(f"“{shown}” ")
        assert shows_refusal(answer, code)
        assert "Kept as typed" in answer.text
    assert [model.objects.count() for model in (EvidenceFile, UpdateVersion, Evidence)] == [0, 0, 0]


@pytest.mark.parametrize("door", ENTRY_POINTS)
@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/pass wd.pdf", "pass wd.pdf"),
        ("a'b.pdf", "a'b.pdf"),
        (RIGHT_TO_LEFT_NAME, "gnp.pdf"),
        ("x" * 300 + ".pdf", "x" * 251 + ".pdf"),
    ],
)
def test_name_that_means_mischief_is_cleaned_whichever_way_it_came(send_file, door, name, kept):
    answer = send_file(door, name, PDF)

    assert answer.status_code in (201, 302)
    file = EvidenceFile.objects.get()
    assert len(file.name) <= 255
    assert file.name == kept
    assert name not in file.file.name


@pytest.mark.parametrize("due_on", ["2022-01-01", "2021-11-07"])
def test_date_is_not_moved_into_the_past(client, due_on):
    commitment = CommitmentFactory(made__due_on=date(2022, 2, 1))
    client.force_login(OfficerFactory())

    response = client.post(
        reverse("commitment_reschedule", args=[commitment.pk]),
        {"due_on": due_on, "reason": "Kept as typed", "on": "2022-01-28"},
    )

    assert response.status_code == 422
    assert response.context["form"].has_error("due_on", "due_too_early")
    assert "Kept as typed" in response.text
    assert CommitmentEvent.objects.count() == 1
