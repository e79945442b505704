"""The page that revises evidence, and its history."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from dialogues.choices import Sensitivity, SupportKind
from dialogues.models import Evidence
from recommendations.choices import BreakdownDimension
from tests.dialogues.commitment_histories import january
from tests.dialogues.sample_files import PDF
from tests.factories import (
    AmbassadorFactory,
    BenchmarkFactory,
    CommitmentFactory,
    EditionFactory,
    EvidenceFactory,
    EvidenceFileFactory,
    FocalPointFactory,
    IndicatorFactory,
    ObserverFactory,
    OfficerFactory,
    ReadingFactory,
    UpdateVersionFactory,
    at_noon,
)
from tests.query_counts import LOG_ENTRY
from tests.refusals import shows_refusal

pytestmark = pytest.mark.django_db


def revise_url(evidence):
    return reverse("evidence_revise", args=[evidence.pk])


def detail_url(evidence):
    return reverse("evidence_detail", args=[evidence.pk])


def opened_form_data(response, **changed):
    """Return the data of the opened form, as a browser sends it, with changes."""
    forms = (response.context["form"], response.context["count"], *response.context["rows"])
    sent = {
        field.html_name: value
        for form in forms
        for field in form
        if field.name != "files" and (value := field.value()) not in (None, "")
    }
    kept = {"kept_files": [file.pk for file in response.context["attached"]]}
    rows = {"evidence_links-TOTAL_FORMS": len(response.context["rows"].forms), "evidence_links-INITIAL_FORMS": 0}
    return (
        {name: str(value) if isinstance(value, date) else value for name, value in (sent | kept | rows).items()}
        | {"reason": "The register names two."}
        | changed
    )


@pytest.fixture
def wrong_evidence():
    evidence = EvidenceFactory(
        title="Three men were charged",
        supports=[BenchmarkFactory()],
        verified=True,
        file=EvidenceFileFactory(name="register.pdf"),
        commitment=CommitmentFactory(),
    )
    ReadingFactory(evidence=evidence, indicator__name="Charges", figure=Decimal(3), through_on=january(20), note="all")
    return evidence


def test_evidence_revise_opens_with_all_that_stands_and_keeps_all_but_what_is_changed(client, wrong_evidence):
    officer = OfficerFactory(name="Palesa Nkosi")
    client.force_login(officer)
    opened = client.get(revise_url(wrong_evidence))
    assert opened.context["form"]["title"].value() == "Three men were charged"

    response = client.post(
        revise_url(wrong_evidence), opened_form_data(opened, title="Two men were charged", **{"count-figure": "2"})
    )

    revision = Evidence.objects.get(revises=wrong_evidence)
    assert response.headers["Location"] == detail_url(revision)
    kept = ("kind", "happened_from", "happened_to", "done_by", "stated_by", "source", "file", "commitment")
    assert [getattr(revision, name) for name in kept] == [getattr(wrong_evidence, name) for name in kept]
    assert (revision.title, revision.revision_reason, revision.recorded_by) == (
        "Two men were charged",
        "The register names two.",
        officer,
    )
    assert [(link.benchmark, link.shows) for link in revision.evidence_links.all()] == [
        (wrong_evidence.evidence_links.get().benchmark, SupportKind.ACTION)
    ]
    reading = revision.readings.get()
    assert (reading.figure, reading.through_on, reading.note) == (2, january(20), "all")


def test_evidence_revise_replaces_the_file_and_lets_figures_that_have_no_room_go_along(client, wrong_evidence):
    broken_down = ReadingFactory(
        evidence=wrong_evidence, indicator__unit="victims", figure=Decimal(9), through_on=january(20)
    )
    broken_down.parts.create(dimension=BreakdownDimension.SEX, category="Female", figure=2)
    odd = ReadingFactory(evidence=wrong_evidence, starts_on=january(1), through_on=january(20), figure=Decimal(4))
    client.force_login(OfficerFactory())
    opened = client.get(revise_url(wrong_evidence))
    assert opened.context["form"]["carried"].value() == [str(broken_down.pk), str(odd.pk)]

    file = SimpleUploadedFile("new.pdf", PDF, content_type="application/pdf")
    client.post(
        revise_url(wrong_evidence), opened_form_data(opened, carried=[broken_down.pk], kept_files=[], files=file)
    )

    revision = Evidence.objects.get(revises=wrong_evidence)
    assert revision.file.name == "new.pdf"
    assert sorted(row.figure for row in revision.readings.all()) == [3, 9]
    assert revision.readings.get(figure=9).parts.get().figure == 2


@pytest.mark.parametrize(
    ("changed", "field", "sentence"),
    [
        ({"reason": ""}, "reason", "Fill this in."),
        ({"title": ""}, "title", "Fill this in."),
        ({"happened_from": "2022-01-21"}, "happened_from", "The start date is after the end date."),
        ({"count-figure": "2,5"}, "figure", "“2,5” is not a number. Write 2.5."),
    ],
)
def test_evidence_revise_refuses_beside_the_field_and_keeps_what_was_typed(
    client, wrong_evidence, changed, field, sentence
):
    client.force_login(OfficerFactory())
    opened = client.get(revise_url(wrong_evidence))

    response = client.post(revise_url(wrong_evidence), opened_form_data(opened, **changed))

    assert response.status_code == 422
    errors = response.context["form"].errors | response.context["count"].errors
    assert sentence in str(errors[field])
    assert "register.pdf" in response.text
    assert Evidence.objects.get() == wrong_evidence


def test_evidence_revise_refuses_what_changes_nothing(client, wrong_evidence):
    client.force_login(OfficerFactory())

    response = client.post(revise_url(wrong_evidence), opened_form_data(client.get(revise_url(wrong_evidence))))

    assert response.status_code == 422
    assert shows_refusal(response, "unchanged")
    assert "register.pdf" in response.text
    assert Evidence.objects.get() == wrong_evidence


def test_the_second_to_revise_sees_the_present_version_and_sends_the_typed_text_there(client, wrong_evidence):
    client.force_login(OfficerFactory())
    opened = client.get(revise_url(wrong_evidence))
    later = EvidenceFactory(
        title="Two men were charged",
        revises=wrong_evidence,
        revision_reason="Seen in court.",
        recorded_at=at_noon(january(27)),
    )

    refused = client.post(revise_url(wrong_evidence), opened_form_data(opened, title="Four men were charged"))

    assert refused.status_code == 422
    assert shows_refusal(refused, "edit_conflict")
    assert "Seen in court." in refused.text
    assert "Four men were charged" in refused.text
    assert f'action="{revise_url(later)}"' in refused.text
    again = client.post(revise_url(later), opened_form_data(refused))
    assert again.status_code == 302, again.context["refused_forms"][0].errors
    assert later.revised_by.title == "Four men were charged"


def test_the_same_revision_sent_twice_is_recorded_once_and_leads_there(client, wrong_evidence):
    client.force_login(OfficerFactory())
    sent = opened_form_data(client.get(revise_url(wrong_evidence)), title="Two men were charged")

    client.post(revise_url(wrong_evidence), sent)
    again = client.post(revise_url(wrong_evidence), sent)

    assert again.status_code == 422
    assert shows_refusal(again, "duplicate")
    assert detail_url(Evidence.objects.get(revises=wrong_evidence)) in again.text


def test_evidence_of_a_ministry_and_revised_evidence_lead_back_to_their_page(client, wrong_evidence):
    EditionFactory()
    sent = EvidenceFactory(update_version=UpdateVersionFactory(accepted=True))
    later = EvidenceFactory(revises=wrong_evidence, commitment=wrong_evidence.commitment)
    client.force_login(OfficerFactory())

    for evidence, sentence in ((sent, "the embassy cannot correct it"), (wrong_evidence, "Open the newest version")):
        assert sentence in client.get(revise_url(evidence), follow=True).text
        assert revise_url(evidence) not in client.get(detail_url(evidence)).text
    assert revise_url(later) in client.get(detail_url(later)).text
    client.force_login(AmbassadorFactory())
    assert revise_url(later) not in client.get(detail_url(later)).text


def test_evidence_detail_tells_the_whole_story_on_every_entry_of_it(client, wrong_evidence):
    second = EvidenceFactory(
        title="Two men were charged",
        revises=wrong_evidence,
        revision_reason="The register names two.",
        happened_from=None,
        supports=[wrong_evidence.evidence_links.get().benchmark, BenchmarkFactory()],
        recorded_by=OfficerFactory(name="Palesa Nkosi"),
        recorded_at=at_noon(january(20)),
    )
    third = EvidenceFactory(title="Two men stood trial", revises=second, recorded_at=at_noon(january(21)))
    client.force_login(ObserverFactory())

    told = [client.get(detail_url(each)) for each in (wrong_evidence, second, third)]

    for response in told:
        assert [wording.evidence for wording in response.context["wordings"]] == [third, second, wrong_evidence]
        assert "The register names two." in response.text
        assert "Palesa Nkosi" in response.text
    assert ["This version does not count." in response.text for response in told] == [True, True, False]
    assert [len(response.context["asked"]) for response in told] == [0, 0, 0]
    changed = {change.name: (change.old, change.new) for change in told[0].context["wordings"][1].changed}
    assert changed["What happened"] == ("Three men were charged", "Two men were charged")
    assert changed["Start date"] == ("10 January 2022", "unknown")
    assert changed["Benchmarks"][1].count("A concrete action") == 2
    assert changed["File"][0].startswith("register.pdf (SHA-256 ")
    assert changed["Figures"] == ("Charges: 3, from 1 April 2021 to 20 January 2022, all", "")
    assert "End date" not in changed


def test_nobody_is_asked_to_review_revised_evidence(client):
    wrong = EvidenceFactory(supports=[BenchmarkFactory()])
    EvidenceFactory(revises=wrong)
    client.force_login(OfficerFactory())

    assert client.get(detail_url(wrong)).context["asked"] == []


def test_a_ministry_reads_of_a_revision_what_is_shared_and_never_why(client):
    commitment = CommitmentFactory()
    shared = {"commitment": commitment, "sensitivity": Sensitivity.SHARED}
    first = EvidenceFactory(title="As first told", **shared)
    second = EvidenceFactory(title="As told then", revises=first, revision_reason="A source asked us.", **shared)
    hidden = EvidenceFactory(title="Ours alone", revises=second, revision_reason="It named somebody.")
    client.force_login(FocalPointFactory(ministry=commitment.ministry))

    texts = [client.get(detail_url(each)).text for each in (first, second)]

    assert all("This version does not count." in text for text in texts)
    assert detail_url(second) in texts[0]
    for text in texts:
        for internal in (
            "A source asked us.",
            "It named somebody.",
            "Ours alone",
            detail_url(hidden),
            "Reason for the correction",
        ):
            assert internal not in text
    api = client.get(reverse("evidence-detail", args=[second.pk])).text
    assert "A source asked us." not in api
    client.force_login(ObserverFactory())
    assert client.get(reverse("evidence-detail", args=[second.pk])).json()["revision_reason"] == "A source asked us."


@pytest.mark.parametrize("count", [1, 3])
def test_evidence_detail_of_a_story_query_count(client, django_assert_num_queries, count):
    indicator = IndicatorFactory()
    entry = None
    for number in range(count + 1):
        entry = EvidenceFactory(
            revises=entry, supports=[BenchmarkFactory()], recorded_at=at_noon(january(10)) + timedelta(days=number)
        )
        ReadingFactory(evidence=entry, indicator=indicator).parts.create(dimension="sex", category="Male", figure=9)
    client.force_login(ObserverFactory())

    # session, user, zone; evidence, links, benchmarks, terms, reviews, readings; edition; who revised whom, and its
    # entries: evidence, links, benchmarks, terms, reviews, readings, parts; own figures, the post's name; that it
    # was opened, in the log; may review, may redact, what is proposed to go; what was told before, its reviews; whether
    # a benchmark is judged by the figure, its terms
    with django_assert_num_queries(28 + LOG_ENTRY):
        response = client.get(detail_url(entry))

    assert len(response.context["wordings"]) == count + 1
