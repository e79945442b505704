"""Keep, expire and send workbooks; and what holds for updates that an officer sends on behalf of a ministry."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from dialogues.actions.files import UNSENT_LIFETIME, delete_unsent_files
from dialogues.actions.updates import accept_update, send_update
from dialogues.actions.workbooks import (
    drop_untouched_workbooks,
    drop_workbook,
    keep_workbook,
    restore_workbook,
    save_workbook,
)
from dialogues.choices import ClaimedProgress, DoneBy, EvidenceDecision, UpdateDecision
from dialogues.models import Evidence, UpdateVersionDecision, WorkbookDraft
from dialogues.models.drafts import DRAFT_LIFETIME
from dialogues.permissions import can_review_evidence, can_send_on_behalf, can_verify_done
from tests.conftest import TODAY
from tests.factories import (
    AmbassadorFactory,
    CommitmentFactory,
    CountryFactory,
    EvidenceFileFactory,
    EvidenceReviewFactory,
    FocalPointFactory,
    OfficerFactory,
    WorkbookDraftFactory,
    at_noon,
)
from tests.refusals import refuses
from tiptracker.audit.models import AuditEntry

pytestmark = pytest.mark.django_db

NOW = at_noon(TODAY)


@pytest.fixture
def police():
    return FocalPointFactory()


@pytest.fixture
def officer():
    return OfficerFactory()


@pytest.fixture
def commitment(police):
    return CommitmentFactory(ministry=police.ministry)


def keep(by, ministry, received_on=None):
    return keep_workbook(
        ministry=ministry, name="a.xlsx", sha256="0" * 64, rows=[], received_on=received_on, by=by, now=NOW
    )


def send_on_behalf(commitment, by, received_on=TODAY, **changed):
    values = {
        "title": "Focal points named",
        "narrative": "Exercise: focal points were named.",
        "claimed": ClaimedProgress.DONE,
        "happened_from": date(2022, 1, 10),
        "happened_to": date(2022, 1, 20),
        "done_by": DoneBy.GOVERNMENT,
        "files": [],
        "figures": [],
    } | changed
    return send_update(commitment=commitment, received_on=received_on, by=by, now=NOW, **values)


# --- Drafts -----------------------------------------------------------------------------------------------------------


def test_a_ministrys_own_draft_is_logged_without_its_country_and_an_officers_with_it(police, officer):
    own, for_ministry = keep(police, police.ministry, TODAY), keep(officer, police.ministry, TODAY)

    assert (own.received_on, for_ministry.received_on) == (None, TODAY)
    entries = AuditEntry.objects.filter(verb="workbook.uploaded").order_by("number")
    assert list(entries.values_list("by", "country")) == [
        (police.pk, None),
        (officer.pk, police.ministry.country_id),
    ]


def test_only_the_ministry_and_officers_of_its_country_keep_a_workbook(police):
    elsewhere = OfficerFactory(countries=[CountryFactory(elsewhere=True)])

    for stranger in (FocalPointFactory(), AmbassadorFactory(), elsewhere):
        with pytest.raises(PermissionDenied):
            keep(stranger, police.ministry, TODAY)


def test_the_day_of_receipt_is_needed_from_an_officer(police, officer):
    with refuses("required", field="received_on"):
        keep(officer, police.ministry)
    with refuses("future_day", field="received_on"):
        keep(officer, police.ministry, TODAY + timedelta(days=1))


def test_a_draft_is_nobodys_after_its_uploader_has_moved_on(police, officer):
    own, for_ministry = keep(police, police.ministry), keep(officer, police.ministry, TODAY)
    police.ministry = FocalPointFactory().ministry
    police.save()
    officer.countries.set([CountryFactory(elsewhere=True)])

    for person, draft in ((police, own), (officer, for_ministry)):
        assert not WorkbookDraft.objects.visible_to(person).exists()
        with pytest.raises(PermissionDenied):
            drop_workbook(draft=draft, by=person, now=NOW)


def test_its_files_are_kept_as_long_as_the_draft(police):
    draft = keep(police, police.ministry)
    file = EvidenceFileFactory(uploaded_by=police, uploaded_at=NOW)
    save_workbook(draft=draft, rows=[], files=[file], seen=1, by=police, now=NOW)
    later = NOW + UNSENT_LIFETIME + timedelta(hours=1)
    assert delete_unsent_files(now=later) == 0

    night = NOW + DRAFT_LIFETIME + timedelta(days=1)
    assert (drop_untouched_workbooks(now=night - timedelta(days=2)), drop_untouched_workbooks(now=night)) == (0, 1)

    assert delete_unsent_files(now=night) == 1
    entry = AuditEntry.objects.get(verb="workbook.forgotten")
    assert (entry.by, entry.country) == (None, None)


def test_a_dropped_draft_comes_back_with_its_unsent_files_and_only_for_its_ministry(police):
    draft = keep(police, police.ministry)
    file = EvidenceFileFactory(uploaded_by=police)
    save_workbook(draft=draft, rows=[{"number": 3}], files=[file], seen=1, by=police, now=NOW)
    kept = drop_workbook(draft=draft, by=police, now=NOW)
    assert not WorkbookDraft.objects.exists()

    with pytest.raises(PermissionDenied):
        restore_workbook(ministry=FocalPointFactory().ministry, removed=kept.pk, by=police, now=NOW)
    back = restore_workbook(ministry=police.ministry, removed=kept.pk, by=police, now=NOW)

    assert (back.rows, list(back.files.all())) == ([{"number": 3}], [file])


def test_what_was_saved_in_another_tab_is_not_overwritten(police):
    draft = WorkbookDraftFactory(ministry=police.ministry, uploaded_by=police, version=2)

    with refuses("edit_conflict"):
        save_workbook(draft=draft, rows=[{"number": 3}], files=[], seen=1, by=police, now=NOW)
    assert WorkbookDraft.objects.get().rows == []


# --- On behalf of a ministry ------------------------------------------------------------------------------------------


def test_only_officers_of_the_country_send_on_behalf_and_only_for_a_ministry(commitment, officer, police):
    for stranger in (police, AmbassadorFactory(), OfficerFactory(countries=[CountryFactory(elsewhere=True)])):
        assert not can_send_on_behalf(stranger, commitment)
        with pytest.raises(PermissionDenied):
            send_on_behalf(commitment, stranger)
    assert not can_send_on_behalf(officer, CommitmentFactory(united_states=True))
    with pytest.raises(PermissionDenied):
        send_on_behalf(commitment, officer, received_on=None)
    with refuses("future_day", field="received_on"):
        send_on_behalf(commitment, officer, received_on=TODAY + timedelta(days=1))


def test_everything_of_such_an_update_names_the_officer_and_the_ministry(commitment, officer):
    sent = send_on_behalf(commitment, officer)

    event, piece = commitment.events.get(update_version=sent), sent.evidence.get()
    assert {row.sent_for for row in (sent, event, piece)} == {commitment.ministry}
    assert {row.recorded_by for row in (sent, event, piece)} == {officer}
    on_behalf = f"{officer.name} of the embassy on behalf of the {commitment.ministry.name}"
    assert {row.sender for row in (sent, event, piece)} == {
        f"{on_behalf}, from its workbook received on 28 January 2022"
    }
    assert piece.stated_by == commitment.ministry.name


def test_an_update_that_the_ministry_sent_itself_names_its_sender_alone(commitment, police):
    sent = send_on_behalf(commitment, police, received_on=None)

    assert (sent.received_on, sent.sender, sent.evidence.get().sender) == (None, police.name, police.name)


def test_neither_rules_nor_the_database_let_the_officer_decide_on_it(commitment, officer):
    sent = send_on_behalf(commitment, officer)
    piece = sent.evidence.get()

    assert not can_review_evidence(officer, piece)
    assert not can_verify_done(officer, commitment)
    with pytest.raises(PermissionDenied):
        accept_update(update_version=sent, reviews=[], reason="Exercise", by=officer, now=NOW)
    decision = UpdateVersionDecision(
        update_version=sent, decision=UpdateDecision.ACCEPTED, recorded_at=NOW, recorded_by=officer
    )
    with pytest.raises(IntegrityError), transaction.atomic():
        decision.save()
    with pytest.raises(IntegrityError), transaction.atomic():
        EvidenceReviewFactory(evidence=piece, decision=EvidenceDecision.VERIFIED, recorded_by=officer)
    assert Evidence.objects.count() == 1


def test_the_day_of_receipt_is_never_changed(commitment, officer):
    sent = send_on_behalf(commitment, officer)

    with pytest.raises(IntegrityError), transaction.atomic():
        type(sent).objects.filter(pk=sent.pk).update(received_on=None)
