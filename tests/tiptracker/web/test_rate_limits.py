"""Limits of requests by person, or by internet address if nobody is signed in, and their answers."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from dialogues.models import Evidence, EvidenceFile, UpdateVersion
from tests.authentication import force_sign_in
from tests.factories import BenchmarkFactory, BriefingFactory, CommitmentFactory, FocalPointFactory, OfficerFactory
from tiptracker.audit.models import AuditEntry
from tiptracker.web import rate_limits

pytestmark = pytest.mark.django_db
COMMITMENTS = "/api/v1/commitments/"


@pytest.fixture
def limit(settings):
    def set_limit(name, rate):
        settings.LIMITS = settings.LIMITS | {name: rate}

    return set_limit


def signed_in(person):
    client = Client()
    client.force_login(person)
    return client


def letter_upload(name="letter.txt"):
    return SimpleUploadedFile(name, b"A letter.")


def is_told_to_wait(answer, most):
    assert answer.status_code == 429
    return 0 < int(answer.headers["Retry-After"]) <= most


# --- The API ----------------------------------------------------------------------------------------------------------


def test_the_api_counts_by_person_not_by_address(limit):
    limit("api", "3/m")
    one, other = signed_in(OfficerFactory()), signed_in(OfficerFactory())

    assert [one.get(COMMITMENTS).status_code for _ in range(4)] == [200, 200, 200, 429]
    refused = one.get(COMMITMENTS)
    assert is_told_to_wait(refused, 60)
    assert refused.json()["detail"].startswith("You sent too many requests. Nothing was done. Wait ")
    assert other.get(COMMITMENTS).status_code == 200


def test_anonymous_requests_are_limited_by_address_only(limit):
    limit("api_refused", "3/m")
    stranger, person = Client(), signed_in(OfficerFactory())

    ways = [{}, {"headers": {"authorization": "Bearer tip_wrong"}}]
    assert [stranger.get(COMMITMENTS, **ways[n % 2]).status_code for n in range(4)] == [401, 401, 401, 429]
    refused = stranger.get(COMMITMENTS)
    assert is_told_to_wait(refused, 60)
    assert "WWW-Authenticate" not in refused.headers
    assert person.get(COMMITMENTS).status_code == 200
    assert stranger.get(COMMITMENTS, REMOTE_ADDR="10.0.0.9").status_code == 401


# --- Files ------------------------------------------------------------------------------------------------------------


def update_data(**more):
    return {
        "title": "Work went on", "narrative": "We typed this for an hour.", "claimed": "under_way",
        "happened_to": "2022-01-28", "through_on": "2022-01-28", "done_by": "government",
    } | more  # fmt: skip


def test_too_many_uploads_keep_what_was_typed_and_the_files_taken_before(limit):
    limit("uploads", "1/h")
    own = FocalPointFactory()
    promise = CommitmentFactory(ministry=own.ministry)
    client, url = signed_in(own), reverse("update_send", args=[promise.pk])
    first = client.post(url, update_data(title="", files=[letter_upload("first.txt")]))
    assert first.status_code == 422

    shown = {"kept_files": [EvidenceFile.objects.get().pk], "draft_seen": first.context["draft"].seen}
    second = client.post(url, update_data(files=[letter_upload()], **shown))

    assert is_told_to_wait(second, 3600)
    assert "No file was attached: you have sent very many files. Your text is saved. Wait 60 minutes" in second.text
    assert "We typed this for an hour." in second.text
    assert "first.txt" in second.text
    assert (EvidenceFile.objects.count(), UpdateVersion.objects.count()) == (1, 0)
    # Without a new file it can be sent.
    sent = client.post(url, update_data(**shown | {"draft_seen": second.context["draft"].seen}))
    assert sent.status_code == 302


def test_too_many_uploads_keep_what_was_typed_of_progress(limit):
    limit("uploads", "1/h")
    BenchmarkFactory()
    client, url = signed_in(OfficerFactory()), reverse("evidence_log")
    typed = {
        "title": "A unit was set up", "kind": "press", "happened_from": "2022-01-28", "happened_to": "2022-01-28",
        "done_by": "government", "stated_by": "A newspaper", "source": "Page 1", "sensitivity": "internal",
        "evidence_links-TOTAL_FORMS": "0", "evidence_links-INITIAL_FORMS": "0",
    }  # fmt: skip
    assert client.post(url, typed | {"files": letter_upload()}).status_code == 302

    again = client.post(url, typed | {"title": "Another unit", "files": letter_upload()})

    assert is_told_to_wait(again, 3600)
    assert "Another unit" in again.text
    assert Evidence.objects.count() == 1
    more = client.post(url, typed | {"title": "Another unit", "files": letter_upload(), "more": "evidence_links"})
    assert more.status_code == 200
    assert "No file was attached" in more.text


def test_too_many_uploads_to_the_api(limit):
    limit("uploads", "1/h")
    own = FocalPointFactory()
    promises = [CommitmentFactory(ministry=own.ministry) for _ in range(2)]
    client = signed_in(own)

    bodies = [update_data(commitment=promise.pk) for promise in promises]
    answers = [client.post("/api/v1/updates/", body | {"files": [letter_upload()]}) for body in bodies]
    without = client.post("/api/v1/updates/", bodies[1], content_type="application/json")

    assert [answer.status_code for answer in answers] == [201, 429]
    assert is_told_to_wait(answers[1], 3600)
    assert without.status_code == 201
    assert EvidenceFile.objects.count() == 1


# --- What is handed out -----------------------------------------------------------------------------------------------


def test_briefing_downloads_by_page_and_api_share_one_limit(limit):
    limit("exports", "2/h")
    briefing = BriefingFactory(pdf=b"%PDF-1.7\n")
    client = signed_in(OfficerFactory())
    page, api = reverse("briefing_file", args=[briefing.pk]), reverse("briefing-file", args=[briefing.pk])

    answers = [client.get(address) for address in (page, api, page, api)]

    for answer in answers:
        answer.getvalue()
    assert [answer.status_code for answer in answers] == [200, 200, 429, 429]
    assert all(is_told_to_wait(answer, 3600) for answer in answers[2:])
    assert "Nothing was saved. Wait 60 minutes, then try again." in answers[2].text
    assert answers[2].headers["Content-Type"].startswith("text/html")
    assert answers[3].json() == {
        "detail": "You sent too many requests. Nothing was done. Wait 60 minutes, then try again."
    }
    assert AuditEntry.objects.filter(verb="briefing.downloaded").count() == 2


def test_log_export_has_the_limit_of_document_downloads(limit, client):
    limit("exports", "1/h")
    force_sign_in(client, OfficerFactory())

    answers = [client.get(reverse("log_export")) for _ in range(2)]

    answers[0].getvalue()
    assert [answer.status_code for answer in answers] == [200, 429]
    assert is_told_to_wait(answers[1], 3600)
    assert AuditEntry.objects.filter(verb="log.exported").count() == 1


@pytest.mark.parametrize(
    ("seconds", "told"),
    [(1, "1 second"), (0.2, "1 second"), (90, "90 seconds"), (91, "2 minutes"), (3600, "60 minutes")],
)
def test_a_waiting_time_is_written_in_words(seconds, told):
    assert rate_limits.format_wait(seconds) == told


def test_every_limit_is_a_number_in_a_time(settings):
    assert {name: rate_limits.RateLimit(name).num_requests > 0 for name in settings.LIMITS} == dict.fromkeys(
        ("api", "api_refused", "uploads", "exports", "drafts"), True
    )
