"""A POST that is sent again with the same Idempotency-Key is executed once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, time
from threading import Barrier

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.client import encode_multipart

from dialogues.choices import ClaimedProgress
from dialogues.models import Assessment, EvidenceFile, EvidenceReview, UpdateVersion, UpdateVersionDecision
from reports.models import Briefing
from tests.dialogues.sample_files import PDF
from tests.factories import (
    BenchmarkFactory,
    CommitmentFactory,
    EvidenceFactory,
    FocalPointFactory,
    MinistryFactory,
    OfficerFactory,
    RecommendationFactory,
    UpdateVersionFactory,
)
from tests.security.access_requests import token_header
from tests.tiptracker.api.test_query_params import api_urls, url_of
from tiptracker.choices import TokenScope
from tiptracker.idempotency.models import IdempotencyKey

KEY = "8e03978e-40d5-43dd-bc93-6894a57f9324"


@pytest.fixture
def police():
    return MinistryFactory(short_name="Police")


@pytest.fixture
def commitment(police):
    return CommitmentFactory(ministry=police, benchmarks=[BenchmarkFactory()])


@pytest.fixture
def focal_point(client, police):
    user = FocalPointFactory(ministry=police, name="Thabo Mokoena")
    client.force_login(user)
    return user


def update_body(commitment, **more):
    return {
        "commitment": commitment.pk,
        "title": "Ten officers were trained",
        "narrative": "We trained them in Maseru.",
        "claimed": "under_way",
        "happened_to": "2022-01-12",
    } | more


def post(client, url, body, key=KEY, **headers):
    return client.post(url, body, content_type="application/json", headers={"Idempotency-Key": key, **headers})


def send_update(client, commitment, key=KEY, **more):
    return post(client, "/api/v1/updates/", update_body(commitment, **more), key)


# --- Every POST -------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize("name", sorted(name for name, method in api_urls() if method == "post"))
@pytest.mark.parametrize("key", ["", " ", '"', 'in "the" middle', "back\\slash", "ä", "x" * 256, "a\tb"])
def test_every_post_refuses_what_is_no_key(client, name, key):
    client.force_login(OfficerFactory())

    response = post(client, url_of(name), {}, key)

    assert response.status_code == 400
    assert list(response.json()) == ["Idempotency-Key"]


@pytest.mark.django_db
def test_what_an_officer_sends_twice_is_made_once(client, commitment):
    client.force_login(OfficerFactory())
    benchmark = commitment.benchmarks.get()
    waiting, other = (
        UpdateVersionFactory(update__commitment=each, claimed=ClaimedProgress.UNDER_WAY)
        for each in (commitment, CommitmentFactory(ministry=commitment.ministry))
    )
    piece = EvidenceFactory(update_version=waiting, supports=[benchmark])
    word = {
        "evidence": piece.pk,
        "evidence_link": piece.evidence_links.get().pk,
        "decision": "verified",
        "reason": "Seen.",
    }
    logged = EvidenceFactory()
    edition = RecommendationFactory().edition
    bodies = {
        f"update-versions/{waiting.pk}/accept": {"reviews": [word]},
        f"update-versions/{other.pk}/return": {"reason": "Add the day."},
        "reviews": {"evidence": logged.pk, "decision": "verified", "reason": "We saw it."},
        "assessments": {"benchmark": benchmark.pk, "verdict": "stalled", "rationale": "No.", "law": "22 U.S.C."},
        "briefings": {"kind": "ambassador", "edition": edition.pk},
    }

    answers = {
        path: [post(client, f"/api/v1/{path}/", body, key=f"of {path}") for _ in range(2)]
        for path, body in bodies.items()
    }

    assert {path: [answer.status_code for answer in each] for path, each in answers.items()} == {
        path: [202, 202] if path == "briefings" else [201, 201] for path in bodies
    }
    assert [first.json() for first, _ in answers.values()] == [again.json() for _, again in answers.values()]
    made = [model.objects.count() for model in (UpdateVersionDecision, Assessment, Briefing)]
    assert made == [2, 1, 1]
    assert EvidenceReview.objects.filter(evidence=logged).count() == 1


# --- The same request -------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_an_update_sent_again_is_recorded_once_and_answered_alike(client, focal_point, commitment):
    first = send_update(client, commitment)
    again = send_update(client, commitment)
    reordered = post(client, "/api/v1/updates/", dict(reversed(update_body(commitment).items())), f'"{KEY}"')

    assert first.status_code == 201
    assert {(each.status_code, each.content) for each in (again, reordered)} == {(201, first.content)}
    assert UpdateVersion.objects.count() == 1
    assert send_update(client, commitment, "another key").status_code == 409  # the first waits for its answer


@pytest.mark.django_db
def test_a_key_is_a_persons_whichever_token_sends_it(police, commitment):
    person, colleague = FocalPointFactory(ministry=police), FocalPointFactory(ministry=police)
    heads = [token_header(person, TokenScope.SUBMIT)]
    person.api_tokens.update(name="The first")
    heads.append(token_header(person, TokenScope.SUBMIT))

    answers = [send_update(Client(headers=head), commitment) for head in heads]
    colleagues = send_update(Client(headers=token_header(colleague, TokenScope.SUBMIT)), commitment)

    assert [answer.status_code for answer in answers] == [201, 201]
    assert colleagues.status_code == 409
    assert "on 28 January 2022 at 09:00" in colleagues.json()["detail"]
    assert UpdateVersion.objects.count() == 1


def post_as_form(client, body, boundary):
    return client.generic(
        "POST",
        "/api/v1/updates/",
        encode_multipart(boundary, body),
        content_type=f"multipart/form-data; boundary={boundary}",
        headers={"Idempotency-Key": KEY},
    )


@pytest.mark.django_db
def test_a_form_with_files_is_the_same_with_another_boundary_and_another_one_with_other_content(
    client, focal_point, commitment
):
    def body(content):
        return update_body(commitment, files=[SimpleUploadedFile("list.pdf", content)])

    first = post_as_form(client, body(PDF), "one")
    again = post_as_form(client, body(PDF), "two")
    other = post_as_form(client, body(PDF + b"\n"), "one")

    assert [each.status_code for each in (first, again, other)] == [201, 201, 422]
    assert again.json() == first.json()
    assert EvidenceFile.objects.get().received_sha256 == UpdateVersion.objects.get().evidence.get().file.received_sha256


# --- Another one ------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_key_used_for_another_request_is_refused_and_nothing_is_done(client, focal_point, commitment):
    other = CommitmentFactory(ministry=commitment.ministry)
    send_update(client, commitment)

    refused = [send_update(client, other), post(client, "/api/v1/briefings/", update_body(commitment))]

    assert [each.status_code for each in refused] == [422, 422]
    assert refused[0].json()["detail"].startswith("This Idempotency-Key was used for another request")
    assert UpdateVersion.objects.count() == 1


@pytest.mark.django_db
def test_after_24_hours_a_key_is_free(client, focal_point, commitment, set_clock):
    other = CommitmentFactory(ministry=commitment.ministry)
    send_update(client, commitment)

    set_clock(date(2022, 1, 29), time(8, 59))
    assert send_update(client, other).status_code == 422
    set_clock(date(2022, 1, 29), time(9, 1))
    assert send_update(client, other).status_code == 201


@pytest.mark.django_db
@pytest.mark.parametrize(("change", "status"), [({"narrative": ""}, 400), ({"happened_to": "2022-01-29"}, 409)])
def test_a_refused_request_leaves_its_key_free(client, focal_point, commitment, change, status):
    assert send_update(client, commitment, **change).status_code == status

    assert send_update(client, commitment).status_code == 201
    assert UpdateVersion.objects.count() == 1


@pytest.mark.django_db
def test_a_request_that_failed_by_an_error_of_ours_leaves_its_key_free(client, focal_point, commitment, settings):
    def body():
        return update_body(commitment, files=[SimpleUploadedFile("list.pdf", PDF)])

    client.raise_request_exception = False
    folder, settings.MEDIA_ROOT = settings.MEDIA_ROOT, "/dev/null/full"
    failed = post_as_form(client, body(), "one")
    settings.MEDIA_ROOT = folder

    again = post_as_form(client, body(), "one")

    assert [failed.status_code, again.status_code] == [500, 201]
    assert UpdateVersion.objects.count() == 1


# --- What may be seen -------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_repeated_answer_tells_nothing_that_its_person_may_not_see_any_more(client, focal_point, commitment):
    assert send_update(client, commitment).status_code == 201
    focal_point.ministry = MinistryFactory(short_name="Justice")
    focal_point.save()

    again = send_update(client, commitment)

    assert again.status_code == 404
    assert again.json() == {"detail": "Not found."}


@pytest.mark.django_db
def test_a_repeated_answer_tells_how_the_row_stands_now(client, focal_point, commitment):
    send_update(client, commitment)
    reviewer = Client()
    reviewer.force_login(OfficerFactory(name="Officer Orr"))
    post(reviewer, f"/api/v1/update-versions/{UpdateVersion.objects.get().pk}/return/", {"reason": "Add the day."})

    (sent,) = send_update(client, commitment).json()["versions"]

    assert (sent["decision"]["reason"], sent["decision"]["recorded_by"]) == ("Add the day.", "The embassy")


# --- At once ----------------------------------------------------------------------------------------------------------


def test_the_same_request_sent_twice_at_once_makes_one_row(fresh_database):
    police = MinistryFactory(short_name="Police")
    commitment = CommitmentFactory(ministry=police, benchmarks=[BenchmarkFactory()])
    head = token_header(FocalPointFactory(ministry=police), TokenScope.SUBMIT)
    ready = Barrier(3)

    def one(_):
        try:
            ready.wait(timeout=10)
            answer = send_update(Client(headers=head), commitment)
            return answer.status_code, answer.headers.get("Retry-After"), answer.json()
        finally:
            connection.close()

    with ThreadPoolExecutor(3) as threads:
        answers = list(threads.map(one, range(3)))
    last = send_update(Client(headers=head), commitment)

    assert {(status, after) for status, after, _ in answers} <= {(201, None), (409, "5")}
    made = [told for status, _, told in answers if status == 201]
    assert made
    assert all(told == last.json() for told in made)
    assert last.status_code == 201
    assert (UpdateVersion.objects.count(), IdempotencyKey.objects.count()) == (1, 1)


@pytest.mark.django_db
def test_while_the_first_is_running_the_second_is_told_when_to_ask_again(client, focal_point, commitment):
    """The state that a process leaves if it dies before the end."""
    send_update(client, commitment)
    IdempotencyKey.objects.update(made=None)

    response = send_update(client, commitment)

    assert (response.status_code, response.headers["Retry-After"]) == (409, "5")
    told = response.json()
    assert (told["code"], told["field"]) == ("still_running", None)
    assert UpdateVersion.objects.count() == 1
