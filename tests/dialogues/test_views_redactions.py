"""Pages on which something is taken out of the record, and those that tell that it was."""

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
from tests.refusing import shows_refusal
from tests.transactions import record
from tiptracker.audit.append_only import REDACTED

pytestmark = pytest.mark.django_db

ADD = "/redactions/add/"
NAME = "Palesa Exercise"
REASON = "It names somebody who was exploited."
UPDATE = "Update of 10 January 2022, Ministry of Police: text"


@pytest.fixture
def sent():
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


def typed(**more):
    return {"words": NAME, "reason": REASON} | more


def looked_for(client, **more):
    """What a browser sends back once the places are shown, as they are ticked."""
    page = client.post(ADD, typed(look="1"))
    keys = [place.key for place in page.context["places"]]
    return typed(looked_for=NAME, shown=keys, place=keys, propose="1") | more


def take_out():
    redaction = propose_redaction(
        country=CountryFactory(), words=NAME, reason=REASON, by=OfficerFactory(), now=at_noon(date(2022, 1, 28))
    )
    confirm_redaction(redaction=redaction, by=AmbassadorFactory(), now=at_noon(date(2022, 2, 3)))
    finish_redaction(redaction=redaction)
    return redaction


# --- Proposing --------------------------------------------------------------------------------------------------------


def test_every_page_of_an_officer_leads_there_and_none_of_an_observer(client, officer, sent):
    assert f'href="{ADD}"' in client.get(reverse("commitment_list")).text
    client.force_login(ObserverFactory())
    assert f'href="{ADD}"' not in client.get(reverse("commitment_list")).text


def test_the_places_are_shown_and_nothing_is_proposed_yet(client, officer, sent):
    evidence = EvidenceFactory(update_version=sent, title="palesa\u00a0EXERCISE was heard")

    page = client.post(ADD, typed(look="1"))

    assert page.status_code == 200
    assert [(place.label, place.url, place.is_chosen) for place in page.context["places"]] == [
        (UPDATE, reverse("version_detail", args=[sent.pk]), True),
        (
            "Evidence of 10 January 2022, Ministry of Police: what happened",
            reverse("evidence_detail", args=[evidence.pk]),
            True,
        ),
    ]
    assert "In the spring we brought Palesa Exercise to a safe house." in page.text
    assert not Redaction.objects.exists()


def test_it_is_proposed_with_what_is_ticked(client, officer, sent):
    evidence = EvidenceFactory(title=f"The {NAME} Centre was opened")
    body = looked_for(client)
    body["place"] = [f"dialogues.updateversion:{sent.pk}:narrative"]

    answer = client.post(ADD, body)

    redaction = Redaction.objects.get()
    assert answer.url == reverse("redaction_detail", args=[redaction.pk])
    assert (redaction.words, redaction.reason, redaction.recorded_by) == (NAME, REASON, officer)
    assert [str(place) for place in redaction.places.filter(is_left=True)] == [
        f"dialogues.evidence:{evidence.pk}:title"
    ]


def test_entries_of_the_log_are_listed_by_number_and_can_be_left(client, officer, sent):
    with transaction.atomic():
        entry = record("update.sent", by=None, row=sent, country=CountryFactory(), after={"narrative": f"{NAME} came"})
    key, address = f"audit.auditdetail:{entry.detail.pk}:after", reverse("log_detail", args=[entry.number])

    page = client.post(ADD, typed(look="1"))
    place = page.context["places"][-1]
    assert place == (
        key,
        f"Entry {entry.number} of the activity log (Sent an update): values after the change",
        address,
        f"{NAME} came",
        True,
    )
    assert f'href="{address}"' in page.text
    body = looked_for(client)
    body["place"] = [f"dialogues.updateversion:{sent.pk}:narrative"]
    client.post(ADD, body)
    client.force_login(AmbassadorFactory())
    told = client.get(reverse("redaction_detail", args=[Redaction.objects.get().pk]))

    assert [place.key for place in told.context["places"]] == body["place"]
    assert [(place.key, place.url) for place in told.context["left"]] == [(key, address)]


def test_the_second_person_sees_which_entries_of_the_log_go(client, sent):
    with transaction.atomic():
        entry = record("update.sent", by=None, row=sent, country=CountryFactory(), after={"narrative": f"{NAME} came"})
    address = reverse("redaction_detail", args=[RedactionFactory(recorded_by=OfficerFactory()).pk])
    client.force_login(AmbassadorFactory())

    label = f"Entry {entry.number} of the activity log (Sent an update): values after the change"
    page = client.get(address)
    assert page.context["places"][-1][1:4] == (label, reverse("log_detail", args=[entry.number]), f"{NAME} came")
    assert label in client.post(address, {"decision": "confirmed"}, follow=True).text
    entry.detail.refresh_from_db()
    assert entry.detail.after == REDACTED


def test_an_entry_that_the_reader_may_not_open_has_no_link(client, officer, sent):
    file = EvidenceFileFactory(name=f"{NAME}.pdf")
    with transaction.atomic():
        record("file.kept", by=None, row=file, after={"name": file.name})
    EvidenceFactory(file=file)

    place = client.post(ADD, typed(look="1")).context["places"][-1]

    assert (place.label, place.url) == ("Entry of the activity log that you cannot open: values after the change", "")


def test_accounts_of_another_country_are_not_told_of(client, officer, sent):
    """Not even by a count: the answers to an address and to no address are alike."""
    with transaction.atomic():
        record("user.added", by=None, row=officer, after={"email": "zq@pretoria.example"})

    right, wrong = (
        client.post(ADD, typed(look="1", words=words)) for words in ("zq@pretoria.exampl", "zq@pretoria.examplf")
    )

    assert right.context["places"] == []
    assert len({re.sub(r"exampl\w*|\b\w{64}\b|nonce=.\S+", "", page.text) for page in (right, wrong)}) == 1
    assert "It does not cover accounts" in right.text


def test_very_many_places_are_warned_about_and_ticked_by_both(client, officer, sent):
    for n in range(MANY_PLACES):
        EvidenceFactory(title=f"{NAME} was heard, {n}")

    page = client.post(ADD, typed(look="1"))
    assert "More than 50 texts would be removed." in page.text
    refused = client.post(ADD, looked_for(client))
    assert refused.status_code == 422
    assert refused.context["form"].has_error("words", "many_places_unconfirmed")
    client.post(ADD, looked_for(client, many="1"))
    address = reverse("redaction_detail", args=[Redaction.objects.get().pk])
    client.force_login(AmbassadorFactory())

    assert "More than 50 texts would be removed." in client.get(address).text
    refused = client.post(address, {"decision": "confirmed"})
    assert refused.status_code == 422
    assert shows_refusal(refused, "many_places_unconfirmed")
    client.post(address, {"decision": "confirmed", "many": "1"})
    sent.refresh_from_db()
    assert sent.narrative == REDACTED


def test_few_places_are_not_warned_about(client, officer, sent):
    assert 'name="many"' not in client.post(ADD, typed(look="1")).text


def test_other_words_than_those_looked_for_are_looked_for_first(client, officer, sent):
    body = looked_for(client) | {"words": "safe house"}

    page = client.post(ADD, body)

    assert page.status_code == 200
    assert page.context["looked_for"] == "safe house"
    assert not Redaction.objects.exists()


@pytest.mark.parametrize("step", ["look", "propose"])
def test_a_reason_that_repeats_the_name_is_refused_and_nothing_typed_is_lost(client, officer, sent, step):
    page = client.post(ADD, typed(reason="It names Palesa.", looked_for=NAME, **{step: "1"}))

    assert page.status_code == 422
    assert page.context["form"].has_error("reason", "reason_repeats_words")
    assert "It names Palesa." in page.text
    assert f'value="{NAME}"' in page.text


def test_a_refused_proposal_keeps_what_was_unticked(client, officer, sent):
    body = looked_for(client)
    body["place"] = []

    page = client.post(ADD, body)

    assert page.status_code == 422
    assert [place.is_chosen for place in page.context["places"]] == [False]


def test_what_is_proposed_already_is_led_to(client, officer, sent):
    client.post(ADD, looked_for(client))
    client.force_login(AmbassadorFactory())

    page = client.post(ADD, looked_for(client))

    assert page.status_code == 422
    assert reverse("redaction_detail", args=[Redaction.objects.get().pk]) in page.text


def test_a_file_is_proposed_from_the_page_of_its_evidence(client, officer, sent):
    file = EvidenceFileFactory(name="list.pdf")
    evidence = EvidenceFactory(update_version=sent, file=file)
    detail = client.get(reverse("evidence_detail", args=[evidence.pk]))
    assert f'href="{ADD}?file={file.pk}"' in detail.text

    page = client.get(f"{ADD}?file={file.pk}")
    assert [(each.file, each.is_chosen) for each in page.context["files"]] == [(file, True)]
    body = {"words": "", "reason": REASON, "offered": file.pk, "file": file.pk}
    assert client.post(ADD, body | {"look": "1"}).context["is_looked_for"]
    client.post(ADD, body | {"looked_for": "", "propose": "1"})

    assert [each.file for each in Redaction.objects.get().files.all()] == [file]


def test_a_page_begun_from_a_file_is_about_that_file_and_keeps_it_when_refused(client, officer, sent):
    file = EvidenceFileFactory(name="list.pdf")
    EvidenceFactory(update_version=sent, file=file)

    page = client.get(f"{ADD}?file={file.pk}")
    body = {"words": "", "reason": "", "offered": file.pk, "file": file.pk, "of_file": "1", "looked_for": ""}
    refused = client.post(ADD, body | {"propose": "1"})

    assert refused.status_code == 422
    for each in (page, refused):
        assert "<h1>Remove personal data</h1>" in each.text
        assert [(place.file, place.is_chosen) for place in each.context["files"]] == [(file, True)]
        assert each.text.index("list.pdf") < each.text.index(">Propose to destroy the file</button>")
    client.post(ADD, body | {"propose": "1", "reason": REASON})
    assert [each.file for each in Redaction.objects.get().files.all()] == [file]


def test_files_beside_the_words_are_offered_and_ticked_only_where_their_name_holds_them(client, officer, sent):
    for name in ("list.pdf", "palesa_exercise.pdf"):
        EvidenceFactory(update_version=sent, file=EvidenceFileFactory(name=name))
    EvidenceFactory(file=EvidenceFileFactory(name="another.pdf"))

    page = client.post(ADD, typed(look="1"))

    assert [(each.file.name, each.is_chosen) for each in page.context["files"]] == [
        ("list.pdf", False), ("palesa_exercise.pdf", True),
    ]  # fmt: skip
    body = looked_for(client, offered=list(EvidenceFile.objects.values_list("pk", flat=True)), file=[])
    client.post(ADD, body)
    assert not Redaction.objects.get().files.exists()


def test_nothing_that_is_sent_oddly_is_an_error(client, officer, sent):
    odd = {"shown": ["x", "dialogues.evidence:1"], "place": ["y"], "file": ["z", "9" * 30, "-1"], "offered": "q"}

    assert client.post(ADD, typed(look="1", **odd)).status_code == 200
    assert client.post(ADD, {}).status_code == 422


# --- While it waits ---------------------------------------------------------------------------------------------------

NOTE = "A proposal to remove personal data from this page is waiting. Do not share the page."


def pages_of(sent, *more):
    commitment = reverse("commitment_detail", args=[sent.update.commitment_id])
    return [reverse("version_detail", args=[sent.pk]), commitment, *more]


def test_pages_with_words_proposed_to_go_say_so_to_the_embassy_and_lead_there(client, officer, sent):
    evidence = EvidenceFactory(title=f"{NAME} was heard")
    dialogue = DialogueFactory(purpose=f"About {NAME}")
    pages = pages_of(
        sent, reverse("evidence_detail", args=[evidence.pk]), reverse("dialogue_detail", args=[dialogue.pk])
    )
    other = reverse("evidence_detail", args=[EvidenceFactory(title="Nobody is named").pk])
    assert NOTE not in "".join(client.get(page).text for page in [*pages, other])
    proposal = f'href="{reverse("redaction_detail", args=[RedactionFactory().pk])}"'

    for page in pages:
        text = client.get(page).text
        assert NOTE in text, page
        assert proposal in text, page
    assert NOTE not in client.get(other).text

    client.force_login(ObserverFactory())
    for page in pages[1:]:
        text = client.get(page).text
        assert NOTE in text, page
        assert proposal not in text, page


def test_a_ministry_is_not_told_of_a_proposal(client, sent):
    RedactionFactory()
    client.force_login(FocalPointFactory(ministry=sent.update.commitment.ministry))

    text = client.get(pages_of(sent)[1]).text

    assert NOTE not in text
    assert "redactions" not in text


def test_pages_with_a_file_proposed_to_go_say_so(client, officer, sent):
    file = EvidenceFileFactory()
    evidence = EvidenceFactory(update_version=sent, file=file, commitment=sent.update.commitment)
    RedactionFile.objects.create(redaction=RedactionFactory(words=""), file=file)

    for page in pages_of(sent, reverse("evidence_detail", args=[evidence.pk])):
        assert NOTE in client.get(page).text, page


def test_a_page_says_nothing_of_a_text_that_is_left_or_was_decided_on(client, officer, sent):
    page = pages_of(sent)[0]
    redaction = RedactionFactory()
    place = {"table": "dialogues.updateversion", "row": sent.pk, "field": "narrative"}
    redaction.places.create(**place, is_left=True)
    assert NOTE not in client.get(page).text

    waiting = RedactionFactory()
    assert NOTE in client.get(page).text
    RedactionDecisionFactory(redaction=waiting, decision="declined", reason="It names an official.")
    assert NOTE not in client.get(page).text


def test_an_update_with_words_proposed_to_go_is_not_accepted(client, officer, sent):
    EvidenceFactory(update_version=sent, commitment=sent.update.commitment)
    page = client.get(reverse("version_detail", args=[sent.pk]))
    [exhibit] = page.context["exhibits"]
    prefix = exhibit.lines[0].form.prefix
    body = {f"{prefix}-decision": "verified", f"{prefix}-reason": "Seen.", "accept-reason": "Kept as typed."}
    RedactionFactory()

    refused = client.post(reverse("version_accept", args=[sent.pk]), body)

    assert refused.status_code == 422
    assert shows_refusal(refused, "redaction_pending")
    assert "Confirm or decline that first" in refused.text
    assert "Kept as typed." in refused.text
    assert not UpdateVersionDecision.objects.exists()


def test_an_update_and_evidence_lead_those_who_may_to_have_a_text_taken_out(client, officer, sent):
    evidence = reverse("evidence_detail", args=[EvidenceFactory().pk])
    link = f'<a href="{ADD}">Remove personal data</a>'

    assert all(link in client.get(page).text for page in (pages_of(sent)[0], evidence))
    client.force_login(ObserverFactory())
    assert link not in client.get(evidence).text


# --- Deciding ---------------------------------------------------------------------------------------------------------


def test_somebody_else_finds_it_in_my_tasks_and_who_proposed_it_does_not(client, sent):
    redaction = RedactionFactory(recorded_by=OfficerFactory())
    tasks = reverse("my_tasks")

    client.force_login(redaction.recorded_by)
    assert reverse("redaction_detail", args=[redaction.pk]) not in client.get(tasks).text
    client.force_login(AmbassadorFactory())
    page = client.get(tasks)

    assert reverse("redaction_detail", args=[redaction.pk]) in page.text
    assert [item.waiting for item in page.context["navigation"] if item.label == "My tasks"] == [1]


def test_the_second_person_sees_the_words_and_every_place_and_confirms(client, sent):
    redaction = RedactionFactory(recorded_by=OfficerFactory())
    address = reverse("redaction_detail", args=[redaction.pk])
    client.force_login(AmbassadorFactory())

    page = client.get(address)
    assert NAME in page.text
    assert [place.label for place in page.context["places"]] == [UPDATE]
    answer = client.post(address, {"decision": "confirmed"}, follow=True)

    sent.refresh_from_db()
    assert sent.narrative == REDACTED
    assert NAME not in answer.text
    assert UPDATE in answer.text


def test_who_proposed_it_sees_it_and_can_not_decide(client, officer):
    redaction = RedactionFactory(recorded_by=officer)
    address = reverse("redaction_detail", args=[redaction.pk])

    page = client.get(address)

    assert "Another officer or the ambassador has to confirm it." in page.text
    assert 'name="decision"' not in page.text
    assert client.post(address, {"decision": "confirmed"}).status_code == 403


def test_no_reason_is_called_optional_that_declining_asks_for(client, sent):
    address = reverse("redaction_detail", args=[RedactionFactory(recorded_by=OfficerFactory()).pk])
    client.force_login(AmbassadorFactory())

    text = client.get(address).text

    assert "Reason, required to decline" in text
    assert "(optional)" not in text


def test_declining_wants_a_reason(client, sent):
    redaction = RedactionFactory(recorded_by=OfficerFactory())
    address = reverse("redaction_detail", args=[redaction.pk])
    client.force_login(AmbassadorFactory())

    refused = client.post(address, {"decision": "declined", "reason": " "})
    told = client.post(address, {"decision": "declined", "reason": "It names an official."}, follow=True)

    assert refused.status_code == 422
    assert NAME not in told.text
    assert "It names an official." in told.text


def test_who_comes_second_is_told_how_it_stands(client, sent):
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

    with django_assert_num_queries(7):  # session, person, zone, editions, tasks; count, rows
        page = client.get(reverse("redaction_list"))

    assert len(page.context["page"]) == count


# --- What is to be done afterwards ------------------------------------------------------------------------------------


def withdrawn_for(redaction):
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


def test_what_is_to_be_done_after_confirming_stands_on_its_page(client, officer, sent):
    redaction = take_out()
    briefing = withdrawn_for(redaction)
    other = withdrawn_for(RedactionDecisionFactory(redaction__words=REDACTED).redaction)

    text = client.get(reverse("redaction_detail", args=[redaction.pk])).text

    assert f'href="{reverse("briefing_detail", args=[briefing.pk])}"' in text
    assert f'href="{reverse("briefing_detail", args=[other.pk])}"' not in text
    assert "Downloaded by Thato Exercise on 28 January 2022" in text
    assert "Request a new briefing" in text
    assert "Ask the ministry that sent it to correct its own papers." in text


def test_until_briefings_were_searched_the_page_says_so(client, officer, sent):
    redaction = RedactionDecisionFactory().redaction

    text = client.get(reverse("redaction_detail", args=[redaction.pk])).text

    assert "Briefings are being searched for the words" in text
    assert "so none was withdrawn" not in text


def test_who_downloaded_a_file_that_was_destroyed_is_named(client, officer, sent):
    file, other = EvidenceFileFactory(), EvidenceFileFactory()
    redaction = RedactionDecisionFactory(redaction__words=REDACTED).redaction
    RedactionFile.objects.create(redaction=redaction, file=file)
    address = reverse("redaction_detail", args=[redaction.pk])
    with transaction.atomic():
        record("file.taken", by=OfficerFactory(name="Someone Else"), row=other, country=CountryFactory())
    text = client.get(address).text
    assert "Nobody downloaded a destroyed file." in text
    assert "Someone Else" not in text

    with transaction.atomic():
        record("file.taken", by=OfficerFactory(name="Thato Exercise"), row=file, country=CountryFactory())

    assert f"File {file.pk}: downloaded by Thato Exercise" in client.get(address).text


# --- What is told afterwards ------------------------------------------------------------------------------------------


def test_a_ministry_reads_the_mark_and_the_day_and_no_reason(client, sent):
    evidence = EvidenceFactory(update_version=sent, title=f"{NAME} was heard")
    UpdateVersionDecisionFactory(update_version=sent, decision="returned")
    take_out()
    ministry = sent.update.commitment.ministry
    client.force_login(FocalPointFactory(ministry=ministry))
    commitment = sent.update.commitment_id

    pages = [
        client.get(reverse("commitment_detail", args=[commitment])),
        client.get(reverse("evidence_detail", args=[evidence.pk])),
        client.get(reverse("update_send", args=[commitment])),
        client.get(reverse("ministry_home")),
        client.get(f"/api/v1/update-versions/{sent.pk}/"),
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


def test_pages_of_the_embassy_tell_the_day_and_hold_without_their_texts(client, officer, sent):
    evidence = EvidenceFactory(
        update_version=sent, title=NAME, source=NAME, stated_by=NAME, link="https://example.org/palesa-exercise",
        file=EvidenceFileFactory(name=f"{NAME}.pdf"),
    )  # fmt: skip
    take_out()

    for address in (
        reverse("version_detail", args=[sent.pk]),
        reverse("evidence_detail", args=[evidence.pk]),
        reverse("commitment_detail", args=[sent.update.commitment_id]),
    ):
        page = client.get(address)
        assert page.status_code == 200
        assert "Personal data was removed from this page on" in page.text
        assert "3 February 2022" in page.text
        assert "palesa" not in page.text.casefold()
        assert f'href="{REDACTED}"' not in page.text


def test_a_redacted_link_is_what_the_api_says_a_link_may_be(client, officer, sent):
    evidence = EvidenceFactory(title=NAME, link="https://example.org/palesa-exercise")
    take_out()

    schema = client.get("/api/v1/schema/", headers={"accept": "application/json"}).json()
    kinds = [schema["components"]["schemas"][name]["properties"]["link"] for name in ("Evidence", "OwnEvidence")]

    assert client.get(f"/api/v1/evidence/{evidence.pk}/").json()["link"] == REDACTED
    assert [(kind["type"], kind.get("format")) for kind in kinds] == [("string", None)] * 2


def test_a_page_without_a_redacted_text_tells_of_no_day(client, officer, sent):
    take_out()
    other = EvidenceFactory()

    page = client.get(reverse("evidence_detail", args=[other.pk]))

    assert page.context["redacted"] == []
    assert "Personal data was removed from this page on" not in page.text


def test_a_file_that_was_taken_out_is_told_in_a_sentence(client, officer, sent):
    file = EvidenceFileFactory()
    EvidenceFactory(update_version=sent, file=file)
    redaction = propose_redaction(
        country=CountryFactory(), words="", reason=REASON, files=[file], by=officer, now=at_noon(date(2022, 1, 28))
    )
    confirm_redaction(redaction=redaction, by=AmbassadorFactory(), now=at_noon(date(2022, 2, 3)))

    page = client.get(reverse("evidence_file", args=[file.pk]))

    assert page.status_code == 409
    assert shows_refusal(page, "redacted")
