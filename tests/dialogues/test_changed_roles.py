"""The recorder's role at the time decides, even if the person now has another role, ministry or country."""

from datetime import timedelta

import pytest
from django.db import transaction

from dialogues.actions.files import delete_unsent_files, read_for_download, refuse_unless_own_and_unsent, store_upload
from dialogues.models import Evidence, EvidenceFile
from dialogues.permissions import can_review_evidence
from tests.dialogues.test_actions_files import NOW, letter_upload
from tests.factories import (
    AmbassadorFactory,
    CommitmentFactory,
    CountryFactory,
    EvidenceFactory,
    EvidenceLinkFactory,
    FocalPointFactory,
    MinistryFactory,
    OfficerFactory,
    UpdateVersionFactory,
)
from tests.refusals import refuses
from tiptracker.audit.models import AuditEntry
from tiptracker.choices import Role

pytestmark = pytest.mark.django_db


def change_role(person, *, role, ministry=None, countries=()):
    """Change an account as an administrator does."""
    person.role, person.ministry = role, ministry
    person.save()
    person.countries.set(countries)
    return person


def test_internal_evidence_stays_closed_to_the_ministry_that_its_recorder_joins():
    ministry = MinistryFactory()
    evidence = EvidenceFactory(commitment=CommitmentFactory(ministry=ministry))

    joined = change_role(evidence.recorded_by, role=Role.FOCAL_POINT, ministry=ministry)

    assert not Evidence.objects.visible_to(joined).exists()


def test_an_ambassador_reviews_what_an_officer_logged_wherever_that_officer_works_today():
    ambassador, logged = AmbassadorFactory(), EvidenceLinkFactory().evidence

    change_role(logged.recorded_by, role=Role.OBSERVER, countries=[CountryFactory()])

    assert can_review_evidence(ambassador, Evidence.objects.get(pk=logged.pk))
    assert list(Evidence.objects.for_review_by(ambassador)) == [logged]


def test_an_ambassador_does_not_review_what_a_focal_point_sent_who_is_an_officer_today():
    sent = EvidenceFactory(update_version=UpdateVersionFactory())

    change_role(sent.recorded_by, role=Role.OFFICER, countries=[sent.country])

    assert not can_review_evidence(AmbassadorFactory(), Evidence.objects.get(pk=sent.pk))


def test_a_ministrys_room_holds_what_was_uploaded_for_it(settings):
    moved, stays = FocalPointFactory(), FocalPointFactory()
    first = moved.ministry
    store_upload(upload=letter_upload(), by=moved, now=NOW)
    size = EvidenceFile.objects.get().size
    change_role(moved, role=Role.FOCAL_POINT, ministry=stays.ministry)
    settings.UPLOAD_MAX_MINISTRY_BYTES = size + 15

    assert store_upload(upload=letter_upload(), by=stays, now=NOW)
    with refuses("quota_exceeded", field="files"):
        store_upload(upload=letter_upload(), by=FocalPointFactory(ministry=first), now=NOW)


def test_a_file_that_was_not_sent_stays_with_the_side_it_was_uploaded_for():
    person = FocalPointFactory()
    first = person.ministry
    file = store_upload(upload=letter_upload(), by=person, now=NOW)
    elsewhere = CountryFactory(elsewhere=True)

    for role, ministry, countries in (
        (Role.FOCAL_POINT, MinistryFactory(), ()),
        (Role.OFFICER, None, [first.country]),
        (Role.OFFICER, None, [elsewhere]),
    ):
        change_role(person, role=role, ministry=ministry, countries=countries)
        assert not EvidenceFile.objects.visible_to(person).exists()
        with refuses("already_sent", field="files"), transaction.atomic():
            refuse_unless_own_and_unsent([file], person)

    change_role(person, role=Role.FOCAL_POINT, ministry=first)
    assert list(EvidenceFile.objects.visible_to(person)) == [file]


def test_a_file_of_one_country_is_not_moved_to_another():
    officer, elsewhere = OfficerFactory(), CountryFactory(elsewhere=True)
    file = store_upload(upload=letter_upload(), by=officer, now=NOW)

    change_role(officer, role=Role.OFFICER, countries=[elsewhere])

    assert not EvidenceFile.objects.visible_to(officer).exists()
    with refuses("already_sent", field="files"), transaction.atomic():
        refuse_unless_own_and_unsent([file], officer)


def test_actions_on_a_file_are_logged_in_the_country_of_its_upload():
    person = FocalPointFactory()
    file = store_upload(upload=letter_upload(), by=person, now=NOW)
    at_home = person.ministry.country_id
    change_role(person, role=Role.OFFICER, countries=[CountryFactory(elsewhere=True)])

    read_for_download(file=EvidenceFile.objects.get(), by=person)
    delete_unsent_files(now=NOW + timedelta(days=30))

    entries = AuditEntry.objects.filter(table="dialogues.evidencefile", row=str(file.pk))
    assert set(entries.values_list("verb", "country")) == {
        ("file.kept", at_home), ("file.taken", at_home), ("file.dropped", at_home),
    }  # fmt: skip
