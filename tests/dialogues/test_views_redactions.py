"""The pages of redactions, and pages that show that a text was redacted."""

import re
from datetime import date

import pytest
from django.db import transaction
from django.urls import reverse

from dialogues.actions.redactions import MANY_PLACES, confirm_redaction, finish_redaction, propose_redaction
from dialogues.models import EvidenceFile, Redaction, RedactionFile, UpdateVersionDecision
from tests.factories import (
    AmbassadorFactory,
    BriefingDownloadFactory,
    CountryFactory,
    DialogueFactory,
    EditionFactory,
    EvidenceFactory,
    EvidenceFileFactory,
    FocalPointFactory,
    ImportedEntryFactory,
    MinistryFactory,
    ObserverFactory,
    OfficerFactory,
    RecommendationFactory,
    RedactionDecisionFactory,
    RedactionFactory,
    UpdateVersionDecisionFactory,
    UpdateVersionFactory,
    at_noon,
)
from tests.refusals import shows_refusal
from tests.transactions import record_log_entry
from tiptracker.audit.append_only import REDACTED

pytestmark = pytest.mark.django_db

ADD_URL = "/redactions/add/"
NAME = "Palesa Exercise"
REASON = "It names somebody who was exploited."
UPDATE_LABEL = "Update of 10 January 2022, Ministry of Police: text"


@pytest.fixture
def update_version():
    RecommendationFactory(edition=EditionFactory())
    return UpdateVersionFactory(
        update__commitment__ministry=MinistryFactory(short_name="Police"),
        narrative=f"In the spring we brought {NAME} to a safe house.",
    )


@pytest.fixture
def officer(client):
    officer = OfficerFactory()
    client.force_login(officer)
    return officer


def proposal_data(**more):
    return {"words": NAME, "reason": REASON} | more


def searched_form_data(client, **more):
    """Return the data of the form after the search, with the places as they are ticked."""
    page = client.post(ADD_URL, proposal_data(look="1"))
    keys = [place.key for place in page.context["places"]]
    return proposal_data(looked_for=NAME, shown=keys, place=keys, propose="1") | more


def redact_name():
    redaction = propose_redaction(
        country=CountryFactory(), words=NAME, reason=REASON, by=OfficerFactory(), now=at_noon(date(2022, 1, 28))
    )
    confirm_redaction(redaction=redaction, by=AmbassadorFactory(), now=at_noon(date(2022, 2, 3)))
    finish_redaction(redaction=redaction)
    return redaction


# --- Proposing --------------------------------------------------------------------------------------------------------


def test_every_page_of_an_officer_leads_there_and_none_of_an_observer(client, officer, update_version):
    assert f'href="{ADD_URL}"' in client.get(reverse("commitment_list")).text
    client.force_login(ObserverFactory())
    assert f'href="{ADD_URL}"' not in client.get(reverse("commitment_list")).text


def test_the_places_are_shown_and_nothing_is_proposed_yet(client, officer, update_version):
    evidence = EvidenceFactory(update_version=update_version, title="palesa\u00a0EXERCISE was heard")

    page = client.post(ADD_URL, proposal_data(look="1"))

    assert page.status_code == 200
    assert [(place.label, place.url, place.is_chosen) for place in page.context["places"]] == [
        (UPDATE_LABEL, reverse("version_detail", args=[update_version.pk]), True),
        (
            "Evidence of 10 January 2022, Ministry of Police: what happened",
            reverse("evidence_detail", args=[evidence.pk]),
            True,
        ),
    ]
    assert "In the spring we brought Palesa Exercise to a safe house." in page.text
    assert not Redaction.objects.exists()


def test_a_redaction_is_proposed_with_the_ticked_places(client, officer, update_version):
    evidence = EvidenceFactory(title=f"The {NAME} Centre was opened")
    body = searched_form_data(client)
    body["place"] = [f"dialogues.updateversion:{update_version.pk}:narrative"]

    answer = client.post(ADD_URL, body)

    redaction = Redaction.objects.get()
    assert answer.url == reverse("redaction_detail", args=[redaction.pk])
    assert (redaction.words, redaction.reason, redaction.recorded_by) == (NAME, REASON, officer)
    assert [str(place) for place in redaction.places.filter(is_left=True)] == [
        f"dialogues.evidence:{evidence.pk}:title"
    ]


def test_entries_of_the_log_are_listed_by_number_and_can_be_left(client, officer, update_version):
    with transaction.atomic():
        entry = record_log_entry(
            "update.sent", by=None, row=update_version, country=CountryFactory(), after={"narrative": f"{NAME} came"}
        )
    key, address = f"audit.auditdetail:{entry.detail.pk}:after", reverse("log_detail", args=[entry.number])

    page = client.post(ADD_URL, proposal_data(look="1"))
    place = page.context["places"][-1]
    assert place == (
        key,
        f"Entry {entry.number} of the activity log (Sent an update): values after the change",
        address,
        f"{NAME} came",
        True,
    )
    assert f'href="{address}"' in page.text
    body = searched_form_data(client)
    body["place"] = [f"dialogues.updateversion:{update_version.pk}:narrative"]
    client.post(ADD_URL, body)
    client.force_login(AmbassadorFactory())
    told = client.get(reverse("redaction_detail", args=[Redaction.objects.get().pk]))

    assert [place.key for place in told.context["places"]] == body["place"]
    assert [(place.key, place.url) for place in told.context["left"]] == [(key, address)]


def test_the_second_person_sees_which_entries_of_the_log_go(client, update_version):
    with transaction.atomic():
        entry = record_log_entry(
            "update.sent", by=None, row=update_version, country=CountryFactory(), after={"narrative": f"{NAME} came"}
        )
    address = reverse("redaction_detail", args=[RedactionFactory(recorded_by=OfficerFactory()).pk])
    client.force_login(AmbassadorFactory())

    label = f"Entry {entry.number} of the activity log (Sent an update): values after the change"
    page = client.get(address)
    assert page.context["places"][-1][1:4] == (label, reverse("log_detail", args=[entry.number]), f"{NAME} came")
    assert label in client.post(address, {"decision": "confirmed"}, follow=True).text
    entry.detail.refresh_from_db()
    assert entry.detail.after == REDACTED


def test_an_entry_that_the_reader_may_not_open_has_no_link(client, officer, update_version):
    file = EvidenceFileFactory(name=f"{NAME}.pdf")
    with transaction.atomic():
        record_log_entry("file.kept", by=None, row=file, after={"name": file.name})
    EvidenceFactory(file=file)

    place = client.post(ADD_URL, proposal_data(look="1")).context["places"][-1]

    assert (place.label, place.url) == ("Entry of the activity log that you cannot open: values after the change", "")


def test_accounts_of_another_country_are_not_revealed(client, officer, update_version):
    """Not even by a count: a known and an unknown address get the same answer."""
    with transaction.atomic():
        record_log_entry("user.added", by=None, row=officer, after={"email": "zq@pretoria.example"})

    right, wrong = (
        client.post(ADD_URL, proposal_data(look="1", words=words))
        for words in ("zq@pretoria.exampl", "zq@pretoria.examplf")
    )

    assert right.context["places"] == []
    assert len({re.sub(r"exampl\w*|\b\w{64}\b|nonce=.\S+", "", page.text) for page in (right, wrong)}) == 1
    assert "It does not cover accounts" in right.text


def test_very_many_places_are_warned_about_and_ticked_by_both(client, officer, update_version):
    for n in range(MANY_PLACES):
        EvidenceFactory(title=f"{NAME} was heard, {n}")

    page = client.post(ADD_URL, proposal_data(look="1"))
    assert "More than 50 texts would be removed." in page.text
    refused = client.post(ADD_URL, searched_form_data(client))
    assert refused.status_code == 422
    assert refused.context["form"].has_error("words", "many_places_unconfirmed")
    client.post(ADD_URL, searched_form_data(client, many="1"))
    address = reverse("redaction_detail", args=[Redaction.objects.get().pk])
    client.force_login(AmbassadorFactory())

    assert "More than 50 texts would be removed." in client.get(address).text
    refused = client.post(address, {"decision": "confirmed"})
    assert refused.status_code == 422
    assert shows_refusal(refused, "many_places_unconfirmed")
    client.post(address, {"decision": "confirmed", "many": "1"})
    update_version.refresh_from_db()
    assert update_version.narrative == REDACTED


def test_few_places_are_not_warned_about(client, officer, update_version):
    assert 'name="many"' not in client.post(ADD_URL, proposal_data(look="1")).text


def test_other_words_than_those_looked_for_are_looked_for_first(client, officer, update_version):
    body = searched_form_data(client) | {"words": "safe house"}

    page = client.post(ADD_URL, body)

    assert page.status_code == 200
    assert page.context["looked_for"] == "safe house"
    assert not Redaction.objects.exists()


@pytest.mark.parametrize("step", ["look", "propose"])
def test_a_reason_that_repeats_the_name_is_refused_and_nothing_typed_is_lost(client, officer, update_version, step):
    page = client.post(ADD_URL, proposal_data(reason="It names Palesa.", looked_for=NAME, **{step: "1"}))

    assert page.status_code == 422
    assert page.context["form"].has_error("reason", "reason_repeats_words")
    assert "It names Palesa." in page.text
    assert f'value="{NAME}"' in page.text


def test_a_refused_proposal_keeps_what_was_unticked(client, officer, update_version):
    body = searched_form_data(client)
    body["place"] = []

    page = client.post(ADD_URL, body)

    assert page.status_code == 422
    assert [place.is_chosen for place in page.context["places"]] == [False]


def test_a_second_proposal_links_to_the_first(client, officer, update_version):
    client.post(ADD_URL, searched_form_data(client))
    client.force_login(AmbassadorFactory())

    page = client.post(ADD_URL, searched_form_data(client))

    assert page.status_code == 422
    assert reverse("redaction_detail", args=[Redaction.objects.get().pk]) in page.text


def test_a_file_is_proposed_from_the_page_of_its_evidence(client, officer, update_version):
    file = EvidenceFileFactory(name="list.pdf")
    evidence = EvidenceFactory(update_version=update_version, file=file)
    detail = client.get(reverse("evidence_detail", args=[evidence.pk]))
    assert f'href="{ADD_URL}?file={file.pk}"' in detail.text

    page = client.get(f"{ADD_URL}?file={file.pk}")
    assert [(each.file, each.is_chosen) for each in page.context["files"]] == [(file, True)]
    body = {"words": "", "reason": REASON, "offered": file.pk, "file": file.pk}
    assert client.post(ADD_URL, body | {"look": "1"}).context["is_looked_for"]
    client.post(ADD_URL, body | {"looked_for": "", "propose": "1"})

    assert [each.file for each in Redaction.objects.get().files.all()] == [file]


def test_a_page_begun_from_a_file_is_about_that_file_and_keeps_it_when_refused(client, officer, update_version):
    file = EvidenceFileFactory(name="list.pdf")
    EvidenceFactory(update_version=update_version, file=file)

    page = client.get(f"{ADD_URL}?file={file.pk}")
    body = {"words": "", "reason": "", "offered": file.pk, "file": file.pk, "of_file": "1", "looked_for": ""}
    refused = client.post(ADD_URL, body | {"propose": "1"})

    assert refused.status_code == 422
    for each in (page, refused):
        assert "<h1>Remove personal data</h1>" in each.text
        assert [(place.file, place.is_chosen) for place in each.context["files"]] == [(file, True)]
        assert each.text.index("list.pdf") < each.text.index(">Propose to destroy the file</button>")
    client.post(ADD_URL, body | {"propose": "1", "reason": REASON})
    assert [each.file for each in Redaction.objects.get().files.all()] == [file]


def test_files_beside_the_words_are_offered_and_ticked_only_where_their_name_holds_them(
    client, officer, update_version
):
    for name in ("list.pdf", "palesa_exercise.pdf"):
        EvidenceFactory(update_version=update_version, file=EvidenceFileFactory(name=name))
    EvidenceFactory(file=EvidenceFileFactory(name="another.pdf"))

    page = client.post(ADD_URL, proposal_data(look="1"))

    assert [(each.file.name, each.is_chosen) for each in page.context["files"]] == [
        ("list.pdf", False), ("palesa_exercise.pdf", True),
    ]  # fmt: skip
    body = searched_form_data(client, offered=list(EvidenceFile.objects.values_list("pk", flat=True)), file=[])
    client.post(ADD_URL, body)
    assert not Redaction.objects.get().files.exists()


def test_nothing_that_is_sent_oddly_is_an_error(client, officer, update_version):
    odd = {"shown": ["x", "dialogues.evidence:1"], "place": ["y"], "file": ["z", "9" * 30, "-1"], "offered": "q"}

    assert client.post(ADD_URL, proposal_data(look="1", **odd)).status_code == 200
    assert client.post(ADD_URL, {}).status_code == 422


# --- While it waits ---------------------------------------------------------------------------------------------------

PENDING_NOTICE = "A proposal to remove personal data from this page is waiting. Do not share the page."


def version_urls(sent, *more):
    commitment = reverse("commitment_detail", args=[sent.update.commitment_id])
    return [reverse("version_detail", args=[sent.pk]), commitment, *more]


def test_pages_with_words_proposed_to_go_say_so_to_the_embassy_and_lead_there(client, officer, update_version):
    evidence = EvidenceFactory(title=f"{NAME} was heard")
    dialogue = DialogueFactory(purpose=f"About {NAME}")
    pages = version_urls(
        update_version, reverse("evidence_detail", args=[evidence.pk]), reverse("dialogue_detail", args=[dialogue.pk])
    )
    other = reverse("evidence_detail", args=[EvidenceFactory(title="Nobody is named").pk])
    assert PENDING_NOTICE not in "".join(client.get(page).text for page in [*pages, other])
    proposal = f'href="{reverse("redaction_detail", args=[RedactionFactory().pk])}"'

    for page in pages:
        text = client.get(page).text
        assert PENDING_NOTICE in text, page
        assert proposal in text, page
    assert PENDING_NOTICE not in client.get(other).text

    client.force_login(ObserverFactory())
    for page in pages[1:]:
        text = client.get(page).text
        assert PENDING_NOTICE in text, page
        assert proposal not in text, page


def test_a_ministry_does_not_see_a_proposed_redaction(client, update_version):
    RedactionFactory()
    client.force_login(FocalPointFactory(ministry=update_version.update.commitment.ministry))

    text = client.get(version_urls(update_version)[1]).text

    assert PENDING_NOTICE not in text
    assert "redactions" not in text


def test_pages_with_a_file_proposed_to_go_say_so(client, officer, update_version):
    file = EvidenceFileFactory()
    evidence = EvidenceFactory(update_version=update_version, file=file, commitment=update_version.update.commitment)
    RedactionFile.objects.create(redaction=RedactionFactory(words=""), file=file)

    for page in version_urls(update_version, reverse("evidence_detail", args=[evidence.pk])):
        assert PENDING_NOTICE in client.get(page).text, page


def test_a_page_says_nothing_of_a_text_that_is_left_or_was_decided_on(client, officer, update_version):
    page = version_urls(update_version)[0]
    redaction = RedactionFactory()
    place = {"table": "dialogues.updateversion", "row": update_version.pk, "field": "narrative"}
    redaction.places.create(**place, is_left=True)
    assert PENDING_NOTICE not in client.get(page).text

    waiting = RedactionFactory()
    assert PENDING_NOTICE in client.get(page).text
    RedactionDecisionFactory(redaction=waiting, decision="declined", reason="It names an official.")
    assert PENDING_NOTICE not in client.get(page).text


def test_an_update_with_words_proposed_to_go_is_not_accepted(client, officer, update_version):
    EvidenceFactory(update_version=update_version, commitment=update_version.update.commitment)
    page = client.get(reverse("version_detail", args=[update_version.pk]))
    [exhibit] = page.context["exhibits"]
    prefix = exhibit.lines[0].form.prefix
    body = {f"{prefix}-decision": "verified", f"{prefix}-reason": "Seen.", "accept-reason": "Kept as typed."}
    RedactionFactory()

    refused = client.post(reverse("version_accept", args=[update_version.pk]), body)

    assert refused.status_code == 422
    assert shows_refusal(refused, "redaction_pending")
    assert "Confirm or decline that first" in refused.text
    assert "Kept as typed." in refused.text
    assert not UpdateVersionDecision.objects.exists()


def test_an_update_and_evidence_lead_those_who_may_propose_it_to_a_redaction(client, officer, update_version):
    evidence = reverse("evidence_detail", args=[EvidenceFactory().pk])
    link = f'<a href="{ADD_URL}">Remove personal data</a>'

    assert all(link in client.get(page).text for page in (version_urls(update_version)[0], evidence))
    client.force_login(ObserverFactory())
    assert link not in client.get(evidence).text


# --- Deciding ---------------------------------------------------------------------------------------------------------


def test_somebody_else_finds_it_in_my_tasks_and_who_proposed_it_does_not(client, update_version):
    redaction = RedactionFactory(recorded_by=OfficerFactory())
    tasks = reverse("my_tasks")

    client.force_login(redaction.recorded_by)
    assert reverse("redaction_detail", args=[redaction.pk]) not in client.get(tasks).text
    client.force_login(AmbassadorFactory())
    page = client.get(tasks)

    assert reverse("redaction_detail", args=[redaction.pk]) in page.text
    assert [item.waiting for item in page.context["navigation"] if item.label == "My tasks"] == [1]


def test_the_second_person_sees_the_words_and_every_place_and_confirms(client, update_version):
    redaction = RedactionFactory(recorded_by=OfficerFactory())
    address = reverse("redaction_detail", args=[redaction.pk])
    client.force_login(AmbassadorFactory())

    page = client.get(address)
    assert NAME in page.text
    assert [place.label for place in page.context["places"]] == [UPDATE_LABEL]
    answer = client.post(address, {"decision": "confirmed"}, follow=True)

    update_version.refresh_from_db()
    assert update_version.narrative == REDACTED
    assert NAME not in answer.text
    assert UPDATE_LABEL in answer.text


def test_the_proposer_sees_a_redaction_and_cannot_decide(client, officer):
    redaction = RedactionFactory(recorded_by=officer)
    address = reverse("redaction_detail", args=[redaction.pk])

    page = client.get(address)

    assert "Another officer or the ambassador has to confirm it." in page.text
    assert 'name="decision"' not in page.text
    assert client.post(address, {"decision": "confirmed"}).status_code == 403


def test_no_reason_is_called_optional_that_declining_asks_for(client, update_version):
    address = reverse("redaction_detail", args=[RedactionFactory(recorded_by=OfficerFactory()).pk])
    client.force_login(AmbassadorFactory())

    text = client.get(address).text

    assert "Reason, required to decline" in text
    assert "(optional)" not in text


def test_declining_wants_a_reason(client, update_version):
    redaction = RedactionFactory(recorded_by=OfficerFactory())
    address = reverse("redaction_detail", args=[redaction.pk])
    client.force_login(AmbassadorFactory())

    refused = client.post(address, {"decision": "declined", "reason": " "})
    told = client.post(address, {"decision": "declined", "reason": "It names an official."}, follow=True)

    assert refused.status_code == 422
    assert NAME not in told.text
    assert "It names an official." in told.text


def test_a_second_decision_shows_the_first(client, update_version):
    redaction = RedactionFactory(recorded_by=OfficerFactory())
    RedactionDecisionFactory(redaction=redaction)
    client.force_login(AmbassadorFactory())

    page = client.post(reverse("redaction_detail", args=[redaction.pk]), {"decision": "confirmed"})

    assert page.status_code == 422
    assert shows_refusal(page, "not_waiting")


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_counts_its_queries(client, django_assert_num_queries, count):
    RecommendationFactory()
    for _ in range(count):
        RedactionDecisionFactory(redaction__words=REDACTED)
    client.force_login(OfficerFactory())
    client.get(reverse("redaction_list"))

    with django_assert_num_queries(11):  # session, person, zone, editions, tasks; count, rows
        page = client.get(reverse("redaction_list"))

    assert len(page.context["page"]) == count


# --- What is to be done afterwards ------------------------------------------------------------------------------------


def withdrawn_download(redaction):
    return BriefingDownloadFactory(
        by=OfficerFactory(name="Thato Exercise"),
        briefing__file="",
        briefing__pdf=None,
        briefing__sha256="a" * 64,
        briefing__withdrawn_at=at_noon(date(2022, 2, 3)),
        briefing__withdrawn_by=AmbassadorFactory(),
        briefing__withdrawn_reason="It held a text that has been taken out of the record.",
        briefing__withdrawn_for=redaction,
    ).briefing


def test_the_page_of_a_confirmed_redaction_says_what_to_do_next(client, officer, update_version):
    redaction = redact_name()
    briefing = withdrawn_download(redaction)
    other = withdrawn_download(RedactionDecisionFactory(redaction__words=REDACTED).redaction)

    text = client.get(reverse("redaction_detail", args=[redaction.pk])).text

    assert f'href="{reverse("briefing_detail", args=[briefing.pk])}"' in text
    assert f'href="{reverse("briefing_detail", args=[other.pk])}"' not in text
    assert "Downloaded by Thato Exercise on 28 January 2022" in text
    assert "Request a new briefing" in text
    assert "ask the ministry to correct its own papers." in text


def test_until_briefings_were_searched_the_page_says_so(client, officer, update_version):
    redaction = RedactionDecisionFactory().redaction

    text = client.get(reverse("redaction_detail", args=[redaction.pk])).text

    assert "Briefings are being searched for the words" in text
    assert "so none was withdrawn" not in text


def test_people_who_downloaded_a_destroyed_file_are_named(client, officer, update_version):
    file, other = EvidenceFileFactory(), EvidenceFileFactory()
    redaction = RedactionDecisionFactory(redaction__words=REDACTED).redaction
    RedactionFile.objects.create(redaction=redaction, file=file)
    address = reverse("redaction_detail", args=[redaction.pk])
    with transaction.atomic():
        record_log_entry("file.taken", by=OfficerFactory(name="Someone Else"), row=other, country=CountryFactory())
    text = client.get(address).text
    assert "Nobody downloaded a destroyed file." in text
    assert "Someone Else" not in text

    with transaction.atomic():
        record_log_entry("file.taken", by=OfficerFactory(name="Thato Exercise"), row=file, country=CountryFactory())

    assert f"File {file.pk}: downloaded by Thato Exercise" in client.get(address).text


def test_people_who_downloaded_a_destroyed_file_before_the_country_was_imported_are_named(client, officer):
    file = EvidenceFileFactory()
    redaction = RedactionDecisionFactory(redaction__words=REDACTED).redaction
    RedactionFile.objects.create(redaction=redaction, file=file)
    on_file = {"verb": "file.taken", "table": "dialogues.evidencefile", "log__country": CountryFactory()}
    ImportedEntryFactory(by=OfficerFactory(name="Thato Exercise"), row_here=str(file.pk), **on_file)
    ImportedEntryFactory(by=OfficerFactory(name="Someone Else"), row_here=str(file.pk + 1), **on_file)

    text = client.get(reverse("redaction_detail", args=[redaction.pk])).text

    assert f"File {file.pk}: downloaded by Thato Exercise" in text
    assert "Someone Else" not in text


# --- What is told afterwards ------------------------------------------------------------------------------------------


def test_a_ministry_reads_the_mark_and_the_day_and_no_reason(client, update_version):
    evidence = EvidenceFactory(update_version=update_version, title=f"{NAME} was heard")
    UpdateVersionDecisionFactory(update_version=update_version, decision="returned")
    redact_name()
    ministry = update_version.update.commitment.ministry
    client.force_login(FocalPointFactory(ministry=ministry))
    commitment = update_version.update.commitment_id

    pages = [
        client.get(reverse("commitment_detail", args=[commitment])),
        client.get(reverse("evidence_detail", args=[evidence.pk])),
        client.get(reverse("update_send", args=[commitment])),
        client.get(reverse("ministry_home")),
        client.get(f"/api/v1/update-versions/{update_version.pk}/"),
        client.get("/api/v1/evidence/"),
    ]

    assert [page.status_code for page in pages] == [200] * 6
    for page in pages:
        assert "palesa" not in page.text.casefold()
        assert REASON not in page.text
    for page in pages[:2]:
        assert REDACTED in page.text
        assert "3 February 2022" in page.text
    assert (
        'Personal data was removed from this page on <time datetime="2022-02-03">3 February 2022</time>.'
        in pages[0].text
    )
    assert "narrative" not in pages[0].text
    assert "Tell your contact person at the embassy" in pages[0].text
    assert pages[4].json()["narrative"] == REDACTED
    assert pages[2].context["form"].initial["narrative"] == ""


def test_pages_of_the_embassy_tell_the_day_and_hold_without_their_texts(client, officer, update_version):
    evidence = EvidenceFactory(
        update_version=update_version, title=NAME, source=NAME, stated_by=NAME, link="https://example.org/palesa-exercise",
        file=EvidenceFileFactory(name=f"{NAME}.pdf"),
    )  # fmt: skip
    redact_name()

    for address in (
        reverse("version_detail", args=[update_version.pk]),
        reverse("evidence_detail", args=[evidence.pk]),
        reverse("commitment_detail", args=[update_version.update.commitment_id]),
    ):
        page = client.get(address)
        assert page.status_code == 200
        assert "Personal data was removed from this page on" in page.text
        assert "3 February 2022" in page.text
        assert "palesa" not in page.text.casefold()
        assert f'href="{REDACTED}"' not in page.text


def test_a_redacted_link_is_what_the_api_says_a_link_may_be(client, officer, update_version):
    evidence = EvidenceFactory(title=NAME, link="https://example.org/palesa-exercise")
    redact_name()

    schema = client.get("/api/v1/schema/", headers={"accept": "application/json"}).json()
    kinds = [schema["components"]["schemas"][name]["properties"]["link"] for name in ("Evidence", "OwnEvidence")]

    assert client.get(f"/api/v1/evidence/{evidence.pk}/").json()["link"] == REDACTED
    assert [(kind["type"], kind.get("format")) for kind in kinds] == [("string", None)] * 2


def test_a_page_without_a_redacted_text_tells_of_no_day(client, officer, update_version):
    redact_name()
    other = EvidenceFactory()

    page = client.get(reverse("evidence_detail", args=[other.pk]))

    assert page.context["redacted"] == []
    assert "Personal data was removed from this page on" not in page.text


def test_a_redacted_file_is_explained_in_a_sentence(client, officer, update_version):
    file = EvidenceFileFactory()
    EvidenceFactory(update_version=update_version, file=file)
    redaction = propose_redaction(
        country=CountryFactory(), words="", reason=REASON, files=[file], by=officer, now=at_noon(date(2022, 1, 28))
    )
    confirm_redaction(redaction=redaction, by=AmbassadorFactory(), now=at_noon(date(2022, 2, 3)))

    page = client.get(reverse("evidence_file", args=[file.pk]))

    assert page.status_code == 409
    assert shows_refusal(page, "redacted")
