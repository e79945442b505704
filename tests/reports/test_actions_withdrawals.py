"""A briefing with a redacted text is withdrawn; no briefing can be downloaded until all were searched."""

from datetime import date

import pytest
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction
from django.urls import reverse

from dialogues.actions.redactions import confirm_redaction, propose_redaction
from reports.actions import withdrawals
from reports.actions.briefings import record_download
from reports.actions.rendering import render_briefing
from reports.actions.withdrawals import withdraw_briefing
from reports.briefings import pdf
from reports.models import Briefing, BriefingState
from tests.factories import (
    AmbassadorFactory,
    BriefingFactory,
    CountryFactory,
    EditionFactory,
    JobFactory,
    ObserverFactory,
    OfficerFactory,
    RedactionDecisionFactory,
    RedactionFactory,
    UpdateVersionFactory,
    at_noon,
)
from tests.refusals import refuses, shows_refusal
from tiptracker.audit.append_only import REDACTED
from tiptracker.audit.models import AuditEntry
from tiptracker.celery import app
from tiptracker.jobs.actions import JobProgress
from tiptracker.jobs.models import Job, State

pytestmark = pytest.mark.django_db

NOW = at_noon(date(2022, 1, 28))
NAME = "Palesa Ntšoana-Exercise"
WITHDRAWN_REASON = "It contained personal data that were removed from the record."


def render_text(text):
    return pdf.render_pdf(f'<html lang="en"><head><title>A briefing</title></head><body>{text}</body></html>')


def cleared_briefing(pdf, **fields):
    return BriefingFactory(pdf=pdf, issued=True, **fields)


@pytest.fixture
def confirmed_redaction():
    """A name in a narrative, and two people who redact it."""
    UpdateVersionFactory(narrative=f"We brought {NAME} to a safe house.")
    redaction = propose_redaction(
        country=CountryFactory(), words=NAME, reason="It names a victim.", by=OfficerFactory(), now=NOW
    )
    confirm_redaction(redaction=redaction, by=AmbassadorFactory(), now=NOW)
    return redaction


def test_a_briefing_that_holds_the_words_is_withdrawn_and_another_one_stays(confirmed_redaction, run_jobs):
    broken = "<p>We brought Palesa</p><p style='break-before: page'>Ntšo&shy;ana-Exercise home.</p>"
    holding, issued = (
        BriefingFactory(pdf=render_text(broken)),
        cleared_briefing(render_text(f"<p>{NAME.upper()}</p>")),
    )
    other = BriefingFactory(pdf=render_text("<p>We brought Thabo to a safe house.</p>"))
    paths = {row: str(row.file) for row in (holding, issued, other)}

    jobs = run_jobs()

    assert [(job.kind, job.state) for job in jobs if job.kind == "redaction"] == [("redaction", State.READY)]
    for row in (holding, issued, other):
        row.refresh_from_db()
    assert [row.state for row in (holding, issued, other)] == [
        BriefingState.WITHDRAWN, BriefingState.WITHDRAWN, BriefingState.READY,
    ]  # fmt: skip
    assert [default_storage.exists(path) for path in paths.values()] == [False, False, True]
    assert holding.sha256
    assert (holding.withdrawn_by.role, holding.withdrawn_reason) == ("ambassador", WITHDRAWN_REASON)
    assert issued.cleared_by
    confirmed_redaction.refresh_from_db()
    assert confirmed_redaction.words == REDACTED
    entries = AuditEntry.objects.filter(verb="briefing.withdrawn")
    assert sorted(int(entry.row) for entry in entries) == sorted([holding.pk, issued.pk])


@pytest.mark.parametrize("content", [b"%PDF-1.7\n", b"no PDF at all"])
def test_a_briefing_that_can_not_be_read_is_withdrawn_too(confirmed_redaction, run_jobs, content):
    briefing = BriefingFactory(pdf=content)

    run_jobs()

    briefing.refresh_from_db()
    assert briefing.state is BriefingState.WITHDRAWN
    assert "could not be searched" in briefing.withdrawn_reason


def test_one_that_keeps_the_words_though_its_pages_have_no_room_for_them_is_withdrawn_too(
    confirmed_redaction, run_jobs
):
    briefing = BriefingFactory(pdf=render_text("<p>We brought somebody.</p>"), content={"text": f"See {NAME}"})
    other = BriefingFactory(pdf=render_text("<p>We brought somebody.</p>"), content={"text": "See Thabo"})

    run_jobs()

    briefing.refresh_from_db()
    other.refresh_from_db()
    assert (briefing.state, briefing.content) == (BriefingState.WITHDRAWN, None)
    assert other.state is BriefingState.READY


def test_the_note_of_one_that_was_never_made_loses_the_words(confirmed_redaction, run_jobs):
    failed = BriefingFactory(covering_note=f"Ask about {NAME}.")
    other = BriefingFactory(covering_note="Ask about Thabo.")

    run_jobs()

    failed.refresh_from_db()
    other.refresh_from_db()
    assert (failed.covering_note, other.covering_note) == (REDACTED, "Ask about Thabo.")
    assert AuditEntry.objects.get(verb="briefing.note_redacted").row == str(failed.pk)


def test_one_whose_file_was_destroyed_as_the_worker_died_is_withdrawn_the_next_time(confirmed_redaction, run_jobs):
    briefing = BriefingFactory(pdf=render_text(NAME))
    default_storage.delete(str(briefing.file))

    run_jobs()

    briefing.refresh_from_db()
    assert briefing.state is BriefingState.WITHDRAWN


def test_another_countrys_briefing_is_left_alone(confirmed_redaction, run_jobs):
    theirs = BriefingFactory(edition=EditionFactory(country=CountryFactory(elsewhere=True)), pdf=render_text(NAME))

    run_jobs()

    theirs.refresh_from_db()
    assert theirs.state is BriefingState.READY


def test_until_it_is_done_no_briefing_of_the_country_is_given_out(client, confirmed_redaction, run_jobs):
    briefing = BriefingFactory(pdf=render_text("<p>Nothing of it</p>"))
    theirs = BriefingFactory(
        edition=EditionFactory(country=CountryFactory(elsewhere=True)), pdf=render_text("<p>x</p>")
    )
    elsewhere = OfficerFactory(email="elsewhere@post.example", countries=[theirs.edition.country])
    client.force_login(OfficerFactory())
    page, api = reverse("briefing_file", args=[briefing.pk]), f"/api/v1/briefings/{briefing.pk}/file/"

    before = [client.get(page), client.get(api)]
    run_jobs()
    after = [client.get(page), client.get(api)]

    assert [answer.status_code for answer in before] == [409, 409]
    assert all(shows_refusal(answer, "redaction_unfinished") for answer in before)
    assert "Personal data are being removed from the record." in before[0].text
    assert before[1].json()["code"] == "redaction_unfinished"
    assert [answer.status_code for answer in after] == [200, 200]
    assert all(b"".join(answer.streaming_content).startswith(b"%PDF") for answer in after)
    assert briefing.downloads.count() == 2
    assert record_download(briefing=theirs, by=elsewhere, now=NOW)


def test_a_withdrawn_briefing_says_so_and_is_gone(client, confirmed_redaction, run_jobs):
    briefing = BriefingFactory(pdf=render_text(f"<p>{NAME}</p>"))
    run_jobs()
    client.force_login(OfficerFactory())

    detail = client.get(reverse("briefing_detail", args=[briefing.pk]))
    file = client.get(reverse("briefing_file", args=[briefing.pk]))
    api = client.get(f"/api/v1/briefings/{briefing.pk}/file/")
    told = client.get(f"/api/v1/briefings/{briefing.pk}/").json()

    briefing.refresh_from_db()
    for text in ("Withdrawn", WITHDRAWN_REASON, briefing.sha256, "28 January 2022", briefing.withdrawn_by.name):
        assert text in detail.text
    assert (file.status_code, api.status_code) == (410, 410)
    assert WITHDRAWN_REASON in file.text
    assert shows_refusal(api, "withdrawn")
    assert api.json()["detail"] == f"This briefing was withdrawn. {WITHDRAWN_REASON} Request a new briefing."
    assert (told["state"], told["withdrawn_reason"], told["sha256"]) == ("withdrawn", WITHDRAWN_REASON, briefing.sha256)
    assert "Palesa" not in detail.text + file.text + api.text
    assert not briefing.downloads.exists()


def test_a_withdrawn_briefing_links_to_its_redaction_for_people_who_may_read_it(client, confirmed_redaction, run_jobs):
    briefing = BriefingFactory(pdf=render_text(f"<p>{NAME}</p>"))
    run_jobs()
    address = reverse("redaction_detail", args=[confirmed_redaction.pk])

    for factory, is_led in ((OfficerFactory, True), (AmbassadorFactory, True), (ObserverFactory, False)):
        client.force_login(factory())
        page = client.get(reverse("briefing_detail", args=[briefing.pk]))
        assert WITHDRAWN_REASON in page.text
        assert (f'href="{address}"' in page.text) is is_led
        assert client.get(address).status_code == (200 if is_led else 404)


def test_a_withdrawn_briefing_is_not_rendered_again(confirmed_redaction, run_jobs, client):
    briefing = BriefingFactory(pdf=render_text(f"<p>{NAME}</p>"))
    run_jobs()
    client.force_login(OfficerFactory())

    client.post(reverse("briefing_detail", args=[briefing.pk]))
    job = JobFactory(kind="briefing", key=briefing.pk)
    briefing.refresh_from_db()
    render_briefing(briefing=briefing, now=NOW, progress=JobProgress(job))

    briefing.refresh_from_db()
    assert briefing.state is BriefingState.WITHDRAWN
    assert not Job.objects.filter(kind="briefing", state=State.QUEUED).exclude(pk=job.pk).exists()


def test_a_briefing_being_made_as_it_is_confirmed_is_made_without_the_words(monkeypatch):
    """Although its facts were gathered before."""
    edition = EditionFactory()
    briefing = BriefingFactory(edition=edition)
    made = []

    def to_pdf(html, tell):
        made.append(html)
        if len(made) == 1:
            RedactionDecisionFactory(redaction=RedactionFactory(words=REDACTED))
        return b"%PDF-1.7\n"

    monkeypatch.setattr(pdf, "render_pdf", to_pdf)

    job = JobFactory(kind="briefing", key=briefing.pk)
    render_briefing(briefing=briefing, now=NOW, progress=JobProgress(job))

    assert len(made) == 2
    assert Briefing.objects.get().state is BriefingState.READY


def test_a_job_that_failed_is_asked_for_again(confirmed_redaction, run_jobs, monkeypatch):
    monkeypatch.setattr(withdrawals, "withdraw_briefing", lambda **_: 1 / 0)
    BriefingFactory(pdf=b"unreadable")
    run_jobs()
    assert Job.objects.get(kind="redaction").state == State.FAILED
    confirmed_redaction.refresh_from_db()
    assert confirmed_redaction.words == NAME
    monkeypatch.undo()

    app.tasks["unfinished_redactions"]()
    run_jobs()
    app.tasks["unfinished_redactions"]()

    confirmed_redaction.refresh_from_db()
    assert confirmed_redaction.words == REDACTED
    assert not Job.objects.filter(state=State.QUEUED, kind="redaction").exists()


# --- What the database lets through -----------------------------------------------------------------------------------


def test_an_issued_briefing_can_be_withdrawn_once_and_nothing_else():
    rows = Briefing.objects.filter(
        pk=cleared_briefing(b"%PDF-1.7\n", content={"title": "Lesotho"}, covering_note="Look.").pk
    )
    withdrawal = {"file": "", "withdrawn_at": NOW, "withdrawn_by": OfficerFactory(), "withdrawn_reason": "It is wrong."}
    withdrawal |= {"withdrawn_for": RedactionFactory(), "content": None, "covering_note": ""}

    def refused(**change):
        try:
            with transaction.atomic():
                rows.update(**change)
        except IntegrityError:
            return True
        return False

    assert refused(**withdrawal, size=1)
    assert refused(**withdrawal | {"file": "briefings/elsewhere.pdf"})
    assert refused(**withdrawal | {"withdrawn_reason": ""})
    assert refused(**withdrawal | {"withdrawn_by": None})
    assert refused(**withdrawal | {"withdrawn_for": None})
    assert refused(**withdrawal | {"content": {"title": "Eswatini"}})
    assert refused(**withdrawal | {"covering_note": "Look again."})
    assert refused(**withdrawal, sha256="")
    assert refused(withdrawn_reason="It is wrong.")
    assert refused(file="")
    assert not refused(**withdrawal)
    assert refused(withdrawn_reason="Another one.")
    assert refused(withdrawn_for=RedactionFactory())
    assert refused(withdrawn_at=None, withdrawn_by=None, withdrawn_reason="", file="briefings/again.pdf")
    assert refused(size=1)


def test_a_withdrawn_briefing_is_held_though_it_was_never_cleared():
    briefing = BriefingFactory(pdf=b"%PDF-1.7\n")
    withdraw_briefing(briefing=briefing, redaction=RedactionDecisionFactory().redaction, reason="It is wrong.", now=NOW)

    with pytest.raises(IntegrityError), transaction.atomic():
        Briefing.objects.filter(pk=briefing.pk).update(withdrawn_reason="It was right.")


def test_a_briefing_without_a_file_is_not_withdrawn():
    briefing = BriefingFactory()

    withdraw_briefing(briefing=briefing, redaction=RedactionDecisionFactory().redaction, reason="It is wrong.", now=NOW)

    briefing.refresh_from_db()
    assert briefing.withdrawn_at is None
    with refuses("not_ready"):
        record_download(briefing=briefing, by=OfficerFactory(), now=NOW)
