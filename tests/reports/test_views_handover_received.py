"""The first page of a successor: who left, what was taken over, what waits; and nothing of another ministry."""

import pytest
from django.test import Client
from django.urls import reverse

from tests.authentication import force_sign_in
from tests.factories import (
    BenchmarkFactory,
    BriefingFactory,
    CommitmentFactory,
    DialogueFactory,
    DraftFactory,
    EditionFactory,
    EvidenceFactory,
    FocalPointFactory,
    HandoverFactory,
    MinistryFactory,
    ObserverFactory,
    OfficerFactory,
)
from tiptracker.handovers.choices import HandoverStepKind
from tiptracker.notifications.choices import Frequency, NoticeKind
from tiptracker.notifications.models import DigestSchedule
from tiptracker.notifications.preferences import read_digest_times, read_frequencies

pytestmark = pytest.mark.django_db

PAGE = "handover_received"


def open_page(person):
    client = Client()
    force_sign_in(client, person)
    return client, client.get(reverse(PAGE))


def first_page(person):
    """Where somebody lands after signing in."""
    client = Client()
    force_sign_in(client, person)
    return client.get(reverse("home")).headers["Location"]


def end(handover, kind=HandoverStepKind.CARRIED_OUT):
    handover.steps.create(kind=kind, at=handover.planned_at)


def test_the_handover_is_the_first_page_until_the_successor_closes_it(client):
    EditionFactory()
    handover = HandoverFactory(person=OfficerFactory(name="Thabo"), successor=OfficerFactory(name="Lineo"))
    lineo = handover.successor
    assert first_page(OfficerFactory()) == reverse("dashboard")
    assert first_page(handover.person) == reverse("dashboard")
    assert first_page(lineo) == reverse(PAGE)

    client, page = open_page(lineo)
    assert "Thabo is here until 20 January 2022." in page.text
    end(handover)
    assert "Since 21 January 2022, this work is yours." in client.get(reverse(PAGE)).text
    assert client.post(reverse(PAGE), {"do": "seen", "handover": handover.pk}).status_code == 302
    client.post(reverse(PAGE), {"do": "seen", "handover": handover.pk})  # the button, pressed twice

    assert first_page(lineo) == reverse("dashboard")
    assert "Thabo" in client.get(reverse(PAGE)).text  # it stays at its address
    assert reverse(PAGE) in client.get(reverse("sign_in_list")).text


@pytest.mark.parametrize("kind", [HandoverStepKind.CALLED_OFF, HandoverStepKind.LAPSED])
def test_a_handover_that_does_not_happen_is_shown_to_nobody(kind):
    handover = HandoverFactory(person=OfficerFactory(name="Thabo"))
    end(handover, kind)

    client, page = open_page(handover.successor)

    assert page.context["received"] == []
    assert first_page(handover.successor) == reverse("dashboard")
    assert client.post(reverse(PAGE), {"do": "seen", "handover": handover.pk}).status_code == 404


def test_an_officer_finds_what_the_other_began_and_what_waits():
    edition = EditionFactory()
    thabo, lineo, colleague = OfficerFactory(), OfficerFactory(), OfficerFactory()
    handover = HandoverFactory(person=thabo, successor=lineo)
    dialogue, other = DialogueFactory(planned=True), DialogueFactory(planned=True)
    DraftFactory(dialogue=dialogue, saved_by=thabo)
    DraftFactory(dialogue=other, saved_by=colleague)
    mine = BriefingFactory(edition=edition, requested_by=thabo, pdf=b"%PDF-1.7\n")
    EvidenceFactory(recorded_by=thabo, supports=[BenchmarkFactory()])
    EvidenceFactory(recorded_by=colleague, supports=[BenchmarkFactory()])
    end(handover)

    _, page = open_page(lineo)

    (received,) = page.context["received"]
    assert [link.url for link in received.drafts] == [reverse("dialogue_record", args=[dialogue.pk])]
    assert [link.url for link in received.briefings] == [reverse("briefing_detail", args=[mine.pk])]
    assert received.evidence == 1
    assert [link.url for link, _ in page.context["waiting"]] == ["/LSO/2021/tasks/", "/LSO/2021/handover/"]


def test_a_focal_point_finds_the_drafts_of_the_own_ministry_alone():
    """The person who left worked for another ministry before, and began a draft there."""
    BenchmarkFactory()
    ministry, earlier = MinistryFactory(), MinistryFactory()
    leaver, successor = FocalPointFactory(ministry=ministry), FocalPointFactory(ministry=ministry)
    theirs = CommitmentFactory(ministry=ministry, text="Train twenty police officers.")
    hidden = CommitmentFactory(ministry=earlier, text="Open a shelter in Berea.")
    for commitment in (theirs, hidden):
        DraftFactory(commitment=commitment, saved_by=leaver)
    end(HandoverFactory(person=leaver, successor=successor))

    client, page = open_page(successor)

    (received,) = page.context["received"]
    assert [link.url for link in received.drafts] == [reverse("update_send", args=[theirs.pk])]
    assert "Berea" not in page.text
    assert client.get(received.drafts[0].url).context["form"]["narrative"].value() == "So far"
    assert "Open commitments of your ministry: 1." in page.text


def test_nobody_reads_or_closes_the_handover_of_somebody_else():
    handover = HandoverFactory(person=OfficerFactory(name="Thabo"))

    client, page = open_page(OfficerFactory())

    assert "Thabo" not in page.text
    for do in ("seen", "mails"):
        assert client.post(reverse(PAGE), {"do": do, "handover": handover.pk}).status_code == 404
    assert not handover.steps.exists()


def test_the_choices_about_mails_are_offered_and_taken_over_only_on_request():
    thabo, lineo = OfficerFactory(name="Thabo"), OfficerFactory()
    thabo.notice_frequencies.create(kind=NoticeKind.UPDATE_RECEIVED, frequency=Frequency.AT_ONCE)
    DigestSchedule.objects.create(person=thabo, hour=15)
    handover = HandoverFactory(person=thabo, successor=lineo)
    lineo.notice_frequencies.create(kind=NoticeKind.FOR_AGENDA, frequency=Frequency.WEEKLY)
    end(handover)

    client, page = open_page(lineo)
    assert page.context["received"][0].mails == [("Update or answer received", "At once")]
    assert read_frequencies(lineo)[NoticeKind.UPDATE_RECEIVED] is Frequency.DAILY

    client.post(reverse(PAGE), {"do": "mails", "handover": handover.pk})

    assert read_frequencies(lineo)[NoticeKind.UPDATE_RECEIVED] is Frequency.AT_ONCE
    assert read_frequencies(lineo)[NoticeKind.FOR_AGENDA] is Frequency.WEEKLY
    assert read_digest_times(lineo).hour == 15


def test_an_observer_is_offered_no_mails_and_finds_the_handover_note():
    BenchmarkFactory()
    handover = HandoverFactory(person=ObserverFactory(), successor=ObserverFactory())

    _, page = open_page(handover.successor)

    assert not page.context["received"][0].offers_mails
    assert [link.url for link, _ in page.context["waiting"]] == ["/LSO/2021/handover/"]
