"""The pages of retention: the list, the schedule, one edition, and the certificate."""

import io

import pikepdf
import pytest
from django.utils.html import strip_tags

from dialogues.models import DisposalCertificate, Evidence, RetentionHold, RetentionSchedule
from recommendations.models import Recommendation
from reports.briefings.pdf import extract_pdf_text
from tests import factories
from tests.edition_urls import edition_url
from tests.reports.old_editions import dispose_with_typed_export, fill_old_edition
from tests.transactions import record_log_entry
from tiptracker.audit.actions import log_head
from tiptracker.audit.append_only import DISPOSED
from tiptracker.audit.models import AuditEntry
from tiptracker.errors import TryLater
from tiptracker.portable_post.exporting import EXPORT_WRITTEN
from tiptracker.sandbox.sandbox import Sandbox

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def old():
    return fill_old_edition(factories.CountryFactory())


@pytest.fixture
def officers(old):
    return [factories.OfficerFactory(countries=[old.country]) for _ in range(2)]


def enter_schedule(client, officer, **values):
    client.force_login(officer)
    return client.post(edition_url("retention_schedule"), {"years": 2, "authority": "EXERCISE-7"} | values)


def page_of(edition):
    return f"/retention/{edition.pk}/"


def export(country):
    row = factories.PostExportFactory(country=country, log_number=log_head()[0])
    record_log_entry(EXPORT_WRITTEN, by=None, row=row, country=country)


def dispose(client, old, officers):
    """Propose, export and approve by the pages. Return the answer to the approval."""
    first, second = officers
    enter_schedule(client, first)
    client.post(page_of(old), {"do": "propose", "reason": ""})
    export(old.country)
    client.force_login(second)
    return client.post(
        page_of(old), {"do": "approve", "is_understood": "on", "disposal": old.disposals.get().pk}, follow=True
    )


def test_the_list_says_what_is_due_and_since_when(client, old, officers):
    client.force_login(officers[0])
    assert "no retention schedule yet" in client.get(edition_url("retention_list")).text

    enter_schedule(client, officers[0])

    page = client.get(edition_url("retention_list"))
    assert [row.edition.year for row in page.context["rows"] if row.is_due] == [2018]
    assert "since 1 April 2021" in page.text


def test_a_schedule_without_a_number_is_saved_and_named_as_incomplete(client, old, officers):
    enter_schedule(client, officers[0], authority="")

    assert RetentionSchedule.objects.get().authority == ""
    assert "number of the disposition authority is missing" in client.get(edition_url("retention_list")).text
    assert client.post(page_of(old), {"do": "propose", "reason": ""}).status_code == 422


def test_a_form_without_a_known_button_proposes_nothing(client, old, officers):
    enter_schedule(client, officers[0])

    for sent in ({"reason": ""}, {"do": "something", "reason": ""}):
        assert client.post(page_of(old), sent).status_code == 422
    assert not old.disposals.exists()


def test_years_out_of_range_are_refused(client, old, officers):
    assert enter_schedule(client, officers[0], years=0).status_code == 422
    assert not RetentionSchedule.objects.exists()


def test_two_people_dispose_of_an_edition_and_the_pages_say_so(client, old, officers):
    page = dispose(client, old, officers)

    certificate = DisposalCertificate.objects.get()
    assert certificate.sentence in page.text
    assert certificate.sentence in client.get(edition_url("retention_list")).text
    shown = client.get(f"/retention/certificates/{certificate.pk}/").text
    for text in (*(officer.name for officer in officers), certificate.export.sha256, certificate.sha256, "EXERCISE-7"):
        assert text in shown
    dashboard = client.get(edition_url("dashboard", edition=old))
    assert f"under certificate {certificate.label}" in str(dashboard.context["page_head"].notice)
    evidence = Evidence.objects.filter(title=DISPOSED).first()
    assert certificate.sentence in strip_tags(client.get(f"/evidence/{evidence.pk}/").text)
    recommendation = Recommendation.objects.get(edition=old)
    assert client.get(f"/recommendations/{recommendation.pk}/").status_code == 200


def test_who_proposed_cannot_approve(client, old, officers):
    enter_schedule(client, officers[0])
    client.post(page_of(old), {"do": "propose", "reason": ""})
    export(old.country)

    assert "Another officer or the ambassador has to approve it" in client.get(page_of(old)).text
    answer = client.post(page_of(old), {"do": "approve", "is_understood": "on", "disposal": old.disposals.get().pk})
    assert answer.status_code == 403


def test_an_approval_without_an_export_says_which_command_to_run(client, old, officers):
    enter_schedule(client, officers[0])
    client.post(page_of(old), {"do": "propose", "reason": ""})
    client.force_login(officers[1])

    answer = client.post(page_of(old), {"do": "approve", "is_understood": "on", "disposal": old.disposals.get().pk})

    assert answer.status_code == 422
    assert "export_post LSO" in answer.text


def test_an_approval_asks_whether_the_person_knows_that_it_is_for_good(client, old, officers):
    enter_schedule(client, officers[0])
    client.post(page_of(old), {"do": "propose", "reason": ""})
    export(old.country)
    client.force_login(officers[1])

    answer = client.post(page_of(old), {"do": "approve", "disposal": old.disposals.get().pk})

    assert answer.status_code == 422
    assert "Tick this if you want to dispose of the edition for good" in answer.text
    assert "Nobody can undo the approval" in answer.text
    assert not DisposalCertificate.objects.exists()


def test_the_page_says_which_step_is_next(client, old, officers):
    enter_schedule(client, officers[0])
    assert "One person proposes the disposal" in client.get(page_of(old)).text
    client.post(page_of(old), {"do": "propose"})
    assert "export_post LSO" in client.get(page_of(old)).text
    client.force_login(officers[1])
    assert 'value="approve"' not in client.get(page_of(old)).text
    export(old.country)
    assert 'value="approve"' in client.get(page_of(old)).text

    assert "the country was exported on" in client.get(page_of(old)).text


def test_a_hold_is_placed_with_its_reason_and_released(client, old, officers):
    client.force_login(officers[0])
    assert client.post(page_of(old), {"do": "hold", "reason": ""}).status_code == 422
    client.post(page_of(old), {"do": "hold", "reason": "A court asks for it."})
    hold = RetentionHold.objects.get()
    assert "A court asks for it." in client.get(edition_url("retention_list")).text

    client.post(page_of(old), {"do": "release", "reason": "The case is closed.", "hold": hold.pk})

    assert not RetentionHold.objects.in_force().exists()


def test_declining_needs_a_reason(client, old, officers):
    enter_schedule(client, officers[0])
    client.post(page_of(old), {"do": "propose", "reason": ""})
    client.force_login(officers[1])
    values = {"do": "decline", "disposal": old.disposals.get().pk}

    assert client.post(page_of(old), values | {"reason": ""}).status_code == 422
    client.post(page_of(old), values | {"reason": "A study needs it."})

    assert "A study needs it." in client.get(page_of(old)).text


@pytest.fixture
def certificate(old, client):
    """The certificate of the old edition, which an officer of the country reads."""
    plain = dispose_with_typed_export(old)
    client.force_login(factories.OfficerFactory(countries=[old.country]))
    return plain


@pytest.mark.unordered_locks
def test_the_certificate_is_a_tagged_pdf_with_the_proof_and_no_text_of_the_edition(client, old, certificate):
    answer = client.get(f"/retention/certificates/{certificate.pk}/pdf/")

    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/pdf")
    assert "certificate-of-disposal-LSO-1.pdf" in answer.headers["Content-Disposition"]
    with pikepdf.open(io.BytesIO(answer.content)) as pdf:
        assert pdf.Root.MarkInfo.Marked
        assert (str(pdf.Root.Lang), pdf.docinfo["/Title"]) == ("en", "Certificate of disposal LSO 1")
        assert "/StructTreeRoot" in pdf.Root
        assert len(pdf.pages) <= 2
    text = extract_pdf_text(answer.content).replace("\n", "")
    entry = AuditEntry.objects.get(verb="disposal.approved")
    for proof in (certificate.export.sha256, certificate.rows_sha256, certificate.sha256, entry.hash, "E-7"):
        assert proof in text
    for person in (certificate.disposal.recorded_by, certificate.recorded_by):
        assert person.name in text
    assert f"All kinds {sum(certificate.counts.values())}" in text
    assert DISPOSED not in text
    assert client.get(f"/retention/certificates/{certificate.pk}/pdf/").content == answer.content


@pytest.mark.unordered_locks
def test_a_certificate_names_its_entry_of_the_log_on_the_page(client, certificate):
    entry = AuditEntry.objects.get(verb="disposal.approved")

    assert entry.hash in client.get(f"/retention/certificates/{certificate.pk}/").text


@pytest.mark.unordered_locks
@pytest.mark.parametrize("outcome", [None, TryLater("busy", "Try again in a minute.", seconds=60)])
def test_a_pdf_that_cannot_be_made_leads_back_to_the_page_with_the_reason(client, certificate, monkeypatch, outcome):
    def run(*_args, **_more):
        if outcome:
            raise outcome

    monkeypatch.setattr(Sandbox, "__call__", run)

    page = client.get(f"/retention/certificates/{certificate.pk}/pdf/", follow=True)

    assert page.redirect_chain == [(f"/retention/certificates/{certificate.pk}/", 302)]
    assert ("Try again in a minute." if outcome else "Print the page instead") in page.text
