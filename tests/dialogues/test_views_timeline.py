"""Every text that somebody types into a form about a commitment appears in the history of the commitment."""

from datetime import date

import pytest
from django import forms
from django.urls import reverse

from dialogues.choices import CommitmentEventKind, Sensitivity, UpdateDecision
from dialogues.forms import commitments, evidence, updates
from dialogues.models import Commitment, Evidence
from recommendations.choices import Rule
from tests.dialogues import (
    test_views_commitments,
    test_views_evidence_logging,
    test_views_evidence_revisions,
    test_views_ministry_home,
)
from tests.factories import (
    BenchmarkFactory,
    CommitmentEventFactory,
    CommitmentFactory,
    DialogueFactory,
    EvidenceFactory,
    EvidenceReviewFactory,
    FocalPointFactory,
    IndicatorFactory,
    OfficerFactory,
    UpdateVersionFactory,
)
from tiptracker.web.frontend.forms import LongTextField

pytestmark = pytest.mark.django_db
URL_VERBS = {
    commitments.RescheduleForm: "reschedule",
    commitments.WithdrawForm: "withdraw",
    commitments.ReopenForm: "reopen",
    commitments.ReportDoneForm: "report_done",
    commitments.VerifyDoneForm: "verify_done",
}


def typed_texts(form, **given):
    """Return a different text for each text field of a form class."""
    written = {
        name: f"Typed as {form.__name__} {name}"
        for name, field in form.base_fields.items()
        if type(field) in (forms.CharField, LongTextField) and not field.widget.is_hidden
    }
    return written | given


def row_url(name, row):
    return reverse(name, args=[row.pk])


def history_text(client, commitment, reader):
    client.force_login(reader)
    return client.get(row_url("commitment_detail", commitment)).text


def missing_texts(text, typed):
    return {words for words in typed.values() if words not in text}


def test_every_form_about_a_commitment_is_tested_here():
    assert set(commitments.CommitmentChangeForm.__subclasses__()) == set(URL_VERBS)


@pytest.mark.parametrize("form", URL_VERBS)
def test_the_history_shows_the_texts_of_each_change(client, form):
    officer, done = OfficerFactory(), form is commitments.ReopenForm
    row = CommitmentFactory(united_states=True, done=done)
    if form is commitments.VerifyDoneForm:
        CommitmentEventFactory(commitment=row, kind=CommitmentEventKind.REPORTED_DONE, happened_on=date(2022, 1, 20))
        EvidenceFactory(commitment=row, supports=[BenchmarkFactory()], verified=True)
    typed = typed_texts(form)
    client.force_login(officer)

    sent = client.post(
        row_url(f"commitment_{URL_VERBS[form]}", row), typed | {"on": "2022-01-28", "due_on": "2022-03-01"}
    )

    assert sent.status_code == 302
    assert missing_texts(history_text(client, row, officer), typed) == set()


def test_the_history_shows_the_dialogue_and_the_texts_of_a_new_commitment(client):
    officer, held = OfficerFactory(), DialogueFactory(place="The residence")
    BenchmarkFactory()
    typed = typed_texts(commitments.CommitmentForm)
    client.force_login(officer)

    client.post(reverse("commitment_add"), test_views_commitments.form_data(dialogue=held.pk, **typed))

    assert (
        missing_texts(history_text(client, Commitment.objects.get(), officer), typed | {"at": "The residence"}) == set()
    )


@pytest.mark.parametrize("files", [0, 1, 2])
def test_the_history_shows_the_texts_of_an_update_once(client, files):
    sender, officer = FocalPointFactory(), OfficerFactory()
    row = CommitmentFactory(ministry=sender.ministry, benchmarks=[BenchmarkFactory()])
    typed = typed_texts(updates.UpdateForm)
    attached = [test_views_ministry_home.pdf_upload(f"list {number}.pdf") for number in range(files)]
    client.force_login(sender)

    client.post(
        row_url("update_send", row),
        test_views_ministry_home.form_data(**typed, **({"files": attached} if files else {})),
    )

    for reader in (sender, officer):
        text = history_text(client, row, reader)
        assert missing_texts(text, typed) == set()
        assert text.count(typed["title"]) == 1


def test_the_history_shows_the_title_of_an_update_with_figures_only(client):
    sender = FocalPointFactory()
    row = CommitmentFactory(
        ministry=sender.ministry, benchmarks=[BenchmarkFactory(terms__rule=Rule.TARGET, terms__target=5)]
    )
    indicator = row.links.get().benchmark.current_terms.indicator
    client.force_login(sender)

    client.post(
        row_url("update_send", row),
        test_views_ministry_home.form_data(
            title="Six were charged", through_on="2022-01-20", **{f"indicator-{indicator.pk}-figure": "6"}
        ),
    )

    assert "<p>Six were charged</p>" in history_text(client, row, sender)


@pytest.mark.parametrize("decision", [UpdateDecision.RETURNED, UpdateDecision.ACCEPTED])
def test_the_history_shows_the_embassys_decision_on_each_line(client, decision):
    officer, benchmark = OfficerFactory(), BenchmarkFactory()
    sent = UpdateVersionFactory(update__commitment=CommitmentFactory(benchmarks=[benchmark]))
    piece = EvidenceFactory(update_version=sent, supports=[benchmark], happened_from=None)
    is_accepted = decision is UpdateDecision.ACCEPTED
    form, verb = (updates.AcceptForm, "accept") if is_accepted else (updates.ReturnForm, "return")
    of_line = typed_texts(updates.LineReviewForm)
    typed = typed_texts(form) | {f"line-{name}": words for name, words in of_line.items()}
    line = {
        "decision": "verified" if is_accepted else updates.NEEDS_CHANGE,
        **({"first_on": "2022-01-03"} if is_accepted else {}),
        **of_line,
    }
    client.force_login(officer)

    client.post(
        row_url(f"version_{verb}", sent),
        {f"evidence_link-{piece.evidence_links.get().pk}-{name}": value for name, value in line.items()}
        | {f"{verb}-{name}": words for name, words in typed_texts(form).items()},
    )

    text = history_text(client, sent.update.commitment, officer)
    assert missing_texts(text, typed) == set()
    assert ("Start date: 3 January 2022" in text) is is_accepted
    assert missing_texts(history_text(client, sent.update.commitment, sent.recorded_by), typed) == set()


def test_the_history_shows_logging_revision_and_review(client):
    logger, reviewer = OfficerFactory(), OfficerFactory()
    row, indicator = CommitmentFactory(benchmarks=[BenchmarkFactory()]), IndicatorFactory()
    typed = typed_texts(evidence.EvidenceForm) | {"link": "https://example.org/register"}
    counted = typed_texts(evidence.ReadingForm)
    client.force_login(logger)
    count = counted | {"indicator": indicator.pk, "figure": "7", "span": "period"}
    log = {"commitment": row.pk, "happened_from": ""} | {f"count-{name}": value for name, value in count.items()}
    client.post(reverse("evidence_log"), test_views_evidence_logging.form_data(**typed, **log))
    assert missing_texts(history_text(client, row, logger), typed | counted) == set()

    opened = client.get(row_url("evidence_revise", Evidence.objects.get()))
    again = typed_texts(evidence.EvidenceRevisionForm)
    client.post(
        row_url("evidence_revise", Evidence.objects.get()),
        test_views_evidence_revisions.opened_form_data(opened, **again),
    )
    assert missing_texts(history_text(client, row, logger), again) == set()

    typed = typed_texts(evidence.ReviewForm)
    client.force_login(reviewer)
    current = Evidence.objects.current().get()
    sent = {"decision": "verified", "first_on": "2022-01-03"} | typed
    client.post(row_url("evidence_review", current), {f"evidence-{name}": value for name, value in sent.items()})
    assert missing_texts(history_text(client, row, reviewer), typed | {"day": "Start date: 3 January 2022"}) == set()


def test_a_ministry_does_not_see_the_source_of_internal_evidence(client):
    reader = FocalPointFactory()
    row = CommitmentFactory(ministry=reader.ministry)
    EvidenceFactory(commitment=row, source="A source of ours")
    shared = EvidenceFactory(commitment=row, source="A gazette", sensitivity=Sensitivity.SHARED, happened_from=None)
    EvidenceReviewFactory(evidence=shared, first_on=date(2022, 1, 3))

    text = history_text(client, row, reader)

    assert "A gazette" in text
    assert "A source of ours" not in text
    assert "3 Jan" not in text
