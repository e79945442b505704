"""Request a briefing, follow its progress and download it."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from django.urls import reverse
from django.utils import timezone

from reports.models import Briefing
from tests.edition_urls import edition_url
from tests.factories import (
    AdministratorFactory,
    AmbassadorFactory,
    BenchmarkFactory,
    BriefingFactory,
    FocalPointFactory,
    JobFactory,
    ObserverFactory,
    OfficerFactory,
    at_noon,
)
from tiptracker.audit.models import AuditEntry
from tiptracker.jobs.models import Job, State

pytestmark = pytest.mark.django_db


@pytest.fixture
def edition():
    return BenchmarkFactory().recommendation.edition


@pytest.mark.parametrize("asker", [OfficerFactory, AmbassadorFactory])
def test_briefing_is_asked_for_and_its_page_follows_it(client, edition, asker):
    user = asker()
    client.force_login(user)

    response = client.post(reverse("briefing_list"), {"what": "ambassador", "as_of": "2022-01-20"})

    briefing = Briefing.objects.get()
    assert response.headers["Location"] == reverse("briefing_detail", args=[briefing.pk])
    assert (briefing.edition, briefing.as_of, briefing.version, briefing.requested_by) == (
        edition,
        date(2022, 1, 20),
        1,
        user,
    )
    assert Job.objects.get(kind="briefing").key == str(briefing.pk)


def test_briefing_form_begins_and_ends_today(client, edition):
    client.force_login(OfficerFactory())

    text = client.get(reverse("briefing_list")).text

    assert 'type="date" name="as_of" value="2022-01-28" min="2021-04-01" max="2022-01-28"' in text


@pytest.mark.parametrize(
    ("typed", "code", "sentence"),
    [
        ("2022-01-29", "future_day", "This day is in the future."),
        ("2021-03-31", "before_tracking_period", "The tracking period begins on 1 April 2021."),
        ("soon", "invalid", "This is not a date."),
        ("", "required", "Give the day, for example"),
    ],
)
def test_briefing_of_no_such_day_is_refused_and_what_was_typed_stays(client, edition, typed, code, sentence):
    client.force_login(OfficerFactory())

    response = client.post(reverse("briefing_list"), {"what": "ambassador", "as_of": typed})

    assert response.status_code == 422
    assert response.context["form"].has_error("as_of", code)
    assert sentence in response.context["form"].errors["as_of"][0]
    assert f'value="{typed}"' in response.text or not typed
    assert not Briefing.objects.exists()


def test_briefing_is_not_an_observers_to_ask_for(client, edition):
    BriefingFactory(edition=edition, pdf=b"%PDF-1.7")
    client.force_login(ObserverFactory())

    response = client.get(reverse("briefing_list"))

    assert response.context["form"] is None
    assert len(response.context["page"]) == 1
    assert client.post(reverse("briefing_list"), {"what": "ambassador", "as_of": "2022-01-20"}).status_code == 403


def test_briefing_list_is_empty_for_a_ministry_and_its_rows_are_not_there(client, edition):
    briefing = BriefingFactory(edition=edition, pdf=b"%PDF-1.7")

    for user in (FocalPointFactory(), AdministratorFactory()):
        client.force_login(user)
        response = client.get(reverse("briefing_list"))
        assert (response.status_code, list(response.context["page"])) == (200, [])
        assert client.get(reverse("briefing_detail", args=[briefing.pk])).status_code == 404
        assert client.get(reverse("briefing_file", args=[briefing.pk])).status_code == 404


def test_briefing_list_says_who_when_and_which_version(client, edition):
    BriefingFactory(edition=edition, requested_by=OfficerFactory(name="Thabo Example"))
    BriefingFactory(edition=edition, pdf=b"%PDF-1.7", facts_up_to=at_noon(date(2022, 1, 26)))
    client.force_login(AmbassadorFactory())

    response = client.get(reverse("briefing_list"))

    assert [(row.version, row.state.value) for row in response.context["page"]] == [(2, "ready"), (1, "queued")]
    for told in ("Thabo Example", "Version 2", "Facts up to 26 January 2022, 2 days old"):
        assert told in response.text


@pytest.mark.parametrize(
    ("requester", "who_clears"),
    [(OfficerFactory, "so another officer or the Ambassador has"), (AmbassadorFactory, "so an officer has")],
)
def test_the_requester_reads_who_can_clear_a_document(client, edition, requester, who_clears):
    user = requester()
    briefing = BriefingFactory(edition=edition, requested_by=user, pdf=b"%PDF-1.7")
    client.force_login(user)

    page = client.get(reverse("briefing_detail", args=[briefing.pk])).text

    assert f"You requested this document, {who_clears} to clear it." in page


@pytest.mark.parametrize("count", [1, 3])
def test_briefing_list_query_count(client, django_assert_num_queries, edition, count):
    for _ in range(count):
        BriefingFactory(edition=edition, pdf=b"%PDF-1.7", job=JobFactory())
    client.force_login(OfficerFactory())

    # 2 who asks, 2 zone and tasks, 1 edition, 1 may ask, 1 ministries, 1 dialogues, 1 questions, 2 briefings, 1 name
    with django_assert_num_queries(15):
        response = client.get(edition_url("briefing_list"))

    assert len(response.context["page"]) == count


def progress_text(client, briefing, **headers):
    return client.get(reverse("briefing_detail", args=[briefing.pk]), headers=headers).text


def test_briefing_detail_follows_the_work_and_stops_asking_when_it_is_done(client, edition):
    job = JobFactory(state=State.RUNNING, progress=40, step="Setting the pages", heartbeat_at=timezone.now())
    briefing = BriefingFactory(edition=edition, job=job)
    client.force_login(AmbassadorFactory())

    text = progress_text(client, briefing, HX_Request="true")
    assert "Making the file: 40%" in text
    assert 'value="40"' in text
    assert 'hx-trigger="every 1s"' in text
    assert "<html" not in text

    Briefing.objects.visible_to(AmbassadorFactory()).filter(pk=briefing.pk).update(
        file="briefings/x.pdf", sha256="0" * 64, size=2048
    )
    text = progress_text(client, briefing, HX_Request="true")
    assert "hx-trigger" not in text
    assert reverse("briefing_file", args=[briefing.pk]) in text
    assert "0" * 64 in text


def test_briefing_detail_works_by_looking_again(client, edition):
    briefing = BriefingFactory(edition=edition, job=JobFactory(state=State.QUEUED))
    client.force_login(OfficerFactory())

    text = progress_text(client, briefing)

    assert "Waiting for its turn" in text
    assert f'<a href="{reverse("briefing_detail", args=[briefing.pk])}">reload the page</a>' in text
    assert '<noscript><meta http-equiv="refresh" content="10"></noscript>' in text


@pytest.mark.parametrize(
    ("state", "minutes", "takes_long"),
    [(State.QUEUED, 2, False), (State.QUEUED, 4, True), (State.RUNNING, 4, True), (State.FAILED, 4, False)],
)
@pytest.mark.parametrize("headers", [{}, {"HX_Request": "true"}], ids=["page", "part"])
def test_briefing_that_waits_for_a_stopped_worker_says_what_to_do(
    client, edition, *, state, minutes, takes_long, headers
):
    then = timezone.now() - timedelta(minutes=minutes)
    job = JobFactory(state=state, reason="It failed.", queued_at=then, heartbeat_at=then)
    briefing = BriefingFactory(edition=edition, job=job)
    client.force_login(OfficerFactory())

    text = progress_text(client, briefing, **headers)

    assert ("Tell your administrator that the worker may have stopped." in text) == takes_long
    assert ("Your request is kept." in text) == takes_long
    assert ('hx-trigger="every 10s"' in text) == takes_long


def test_briefing_whose_job_was_put_back_waits_no_longer_than_usual(client, edition):
    now = timezone.now()
    job = JobFactory(queued_at=now - timedelta(hours=1), heartbeat_at=now - timedelta(minutes=9), due_at=now)
    client.force_login(OfficerFactory())

    assert "takes longer than usual" not in progress_text(client, BriefingFactory(edition=edition, job=job))


def test_briefing_that_failed_says_why_and_can_be_tried_again(client, edition):
    failed = JobFactory(kind="briefing", state=State.FAILED, reason="The disk is full. Try again later.")
    briefing = BriefingFactory(edition=edition, job=failed)
    page = reverse("briefing_detail", args=[briefing.pk])

    client.force_login(ObserverFactory())
    text = progress_text(client, briefing)
    assert "The disk is full." in text
    assert "Make the file again</button>" not in text
    assert client.post(page).status_code == 403

    client.force_login(AmbassadorFactory())
    assert "Make the file again</button>" in progress_text(client, briefing)
    assert client.post(page).headers["Location"] == page
    briefing.refresh_from_db()
    assert (briefing.job.state, briefing.job.key) == (State.QUEUED, str(briefing.pk))


@pytest.mark.parametrize("reader", [OfficerFactory, AmbassadorFactory, ObserverFactory])
def test_a_briefing_is_downloaded_and_logged(client, edition, reader):
    briefing = BriefingFactory(edition=edition, pdf=b"%PDF-1.7 all of it")
    user = reader()
    client.force_login(user)

    response = client.get(reverse("briefing_file", args=[briefing.pk]))

    assert b"".join(response.streaming_content) == b"%PDF-1.7 all of it"
    assert response.headers["Content-Type"] == "application/pdf"
    assert response.headers["Content-Disposition"] == (
        'attachment; filename="TIP-briefing-LSO-2021-as-of-2022-01-28-v1.pdf"'
    )
    assert "no-store" in response.headers["Cache-Control"]
    taken = briefing.downloads.get()
    assert (taken.by, taken.sha256) == (user, briefing.sha256)
    assert AuditEntry.objects.visible_to(OfficerFactory()).get(verb="briefing.downloaded").by == user


def test_a_proxy_that_sends_documents_is_told_the_file_and_the_download_is_logged(client, edition, settings):
    settings.PROXY_FILES_PATH = "/stored-files/"
    briefing = BriefingFactory(edition=edition, pdf=b"%PDF-1.7 all of it")
    client.force_login(OfficerFactory())

    response = client.get(reverse("briefing_file", args=[briefing.pk]))

    assert response.headers["X-Accel-Redirect"] == f"/stored-files/{briefing.file.name}"
    assert response.content == b""
    assert briefing.downloads.count() == 1


def test_a_proxy_that_sends_documents_is_told_nothing_of_an_altered_file(client, edition, settings):
    settings.PROXY_FILES_PATH = "/stored-files/"
    briefing = BriefingFactory(edition=edition, pdf=b"%PDF-1.7 all of it")
    Path(briefing.file.path).write_bytes(b"%PDF-1.7 something else")
    client.force_login(OfficerFactory())

    response = client.get(reverse("briefing_file", args=[briefing.pk]))

    assert response.status_code == 409
    assert "X-Accel-Redirect" not in response.headers
    assert not briefing.downloads.exists()


def test_briefing_file_that_is_not_ready_leads_to_its_page(client, edition):
    briefing = BriefingFactory(edition=edition)
    client.force_login(OfficerFactory())

    response = client.get(reverse("briefing_file", args=[briefing.pk]))

    assert response.headers["Location"] == reverse("briefing_detail", args=[briefing.pk])
    assert not briefing.downloads.exists()
