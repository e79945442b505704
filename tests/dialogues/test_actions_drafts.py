"""What is typed and not sent: shared by colleagues, never overwritten unseen, gone once it is sent or forgotten."""

from datetime import date, timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction

from dialogues.actions.drafts import (
    MAX_CHARACTERS,
    DraftPage,
    drop_draft,
    drop_untouched_drafts,
    finish_draft,
    save_draft,
)
from dialogues.actions.files import delete_unsent_files
from dialogues.actions.updates import send_update
from dialogues.choices import ClaimedProgress, DoneBy
from dialogues.models import Draft, EvidenceFile
from dialogues.models.drafts import DRAFT_LIFETIME
from tests.factories import (
    AdministratorFactory,
    AmbassadorFactory,
    CommitmentFactory,
    DialogueFactory,
    EvidenceFactory,
    EvidenceFileFactory,
    FocalPointFactory,
    ObserverFactory,
    OfficerFactory,
    UpdateVersionFactory,
    at_noon,
)
from tests.refusals import refuses
from tiptracker.audit.models import AuditEntry
from tiptracker.celery import app

pytestmark = pytest.mark.django_db

NOW = at_noon(date(2022, 1, 28))


@pytest.fixture
def own():
    return FocalPointFactory(name="'M’e Lineo")


@pytest.fixture
def colleague(own):
    return FocalPointFactory(ministry=own.ministry)


@pytest.fixture
def commitment(own):
    return CommitmentFactory(ministry=own.ministry)


def save(subject, by, text="Six districts", page=DraftPage(), *, files=(), now=NOW):  # noqa: B008 -- a value
    return save_draft(of=subject, content={"title": [text], "empty": [""]}, files=files, page=page, by=by, now=now)


def test_a_draft_is_seen_by_the_ministry_alone_and_that_of_a_dialogue_by_the_officers_alone(own, colleague, commitment):
    of_update = save(commitment, own)
    officer = OfficerFactory()
    of_dialogue = save(DialogueFactory(), officer)

    def visible_drafts(user):
        return set(Draft.objects.visible_to(user))

    assert visible_drafts(own) == visible_drafts(colleague) == {of_update}
    assert visible_drafts(officer) == visible_drafts(OfficerFactory()) == {of_dialogue}
    for reader in (FocalPointFactory(), AmbassadorFactory(), ObserverFactory(), AdministratorFactory()):
        assert visible_drafts(reader) == set(), reader.role
    assert visible_drafts(AnonymousUser()) == visible_drafts(OfficerFactory(countries=[])) == set()
    assert visible_drafts(FocalPointFactory(ministry=own.ministry, is_active=False)) == set()


def test_only_who_may_send_an_update_may_save_or_drop_its_draft(own, commitment):
    dialogue = DialogueFactory()
    draft = save(commitment, own)
    for subject, strangers in {
        commitment: (FocalPointFactory(), OfficerFactory(), AdministratorFactory()),
        dialogue: (own, AmbassadorFactory(), ObserverFactory(), OfficerFactory(countries=[])),
    }.items():
        for stranger in strangers:
            with pytest.raises(PermissionDenied):
                save(subject, stranger)
            with pytest.raises(PermissionDenied):
                drop_draft(of=subject, page=DraftPage(draft.mark), by=stranger, now=NOW)
    assert Draft.objects.get() == draft


def test_a_colleague_continues_a_draft_with_its_files(own, colleague, commitment):
    file = EvidenceFileFactory(uploaded_by=own, uploaded_at=NOW - timedelta(days=9))
    first = save(commitment, own, files=[file])
    assert EvidenceFile.objects.visible_to(colleague).get() == file
    assert not EvidenceFile.objects.visible_to(OfficerFactory()).exists()
    assert delete_unsent_files(now=NOW) == 0

    second = save(commitment, colleague, "Seven districts", DraftPage(first.mark), files=[file])

    assert (second.pk, second.version, second.saved_by, second.content) == (
        first.pk, 2, colleague, {"title": ["Seven districts"]},
    )  # fmt: skip
    assert list(second.files.all()) == [file]


def test_a_draft_refuses_files_of_other_people(own, commitment):
    file_of_another = EvidenceFileFactory(uploaded_by=FocalPointFactory())
    sent = EvidenceFactory(file=EvidenceFileFactory(uploaded_by=own)).file
    for file in (file_of_another, sent):
        with refuses("already_sent", field="files"):
            save(commitment, own, files=[file])
    assert not Draft.objects.exists()


def test_a_draft_saved_by_another_page_is_not_overwritten(own, colleague, commitment):
    first = save(commitment, own)
    with refuses("edit_conflict", sentence="'M’e Lineo saved a draft on 28 January 2022 at 12:00"):
        save(commitment, colleague, "Over it")
    with refuses("edit_conflict", sentence="You saved a draft on another page or device"):
        save(commitment, own, "Over it")
    save(commitment, colleague, "Seven districts", DraftPage(first.mark))
    for refused in (save, lambda subject, by, page: drop_draft(of=subject, page=page, by=by, now=NOW)):
        with refuses("edit_conflict"):
            refused(commitment, own, page=DraftPage(first.mark))

    assert Draft.objects.get().content == {"title": ["Seven districts"]}


def test_a_lost_response_is_no_conflict_of_a_page_with_itself(own, colleague, commitment):
    save(commitment, own, "Six", DraftPage("", "this page"))
    save(commitment, own, "Six", DraftPage("", "this page"))
    mended = save(commitment, own, "Six districts", DraftPage("", "this page"))
    assert mended.version == 2

    with refuses("edit_conflict"):
        save(commitment, colleague, "Six", DraftPage("", "this page"))
    save(commitment, colleague, "Seven", DraftPage(mended.mark, "another page"))
    with refuses("edit_conflict"):
        save(commitment, own, "Eight", DraftPage(mended.mark, "this page"))


def test_a_new_draft_is_not_mistaken_for_a_dropped_one(own, colleague, commitment):
    first = save(commitment, own)
    drop_draft(of=commitment, page=DraftPage(first.mark), by=own, now=NOW)
    with refuses("edit_conflict", sentence="was sent or deleted in the meantime"):
        save(commitment, own, "Seven", DraftPage(first.mark))
    save(commitment, colleague, "Anew")
    with refuses("edit_conflict"):
        save(commitment, own, "Seven", DraftPage(first.mark))


def test_no_draft_is_saved_where_no_update_is_expected(own, colleague, commitment):
    UpdateVersionFactory(update__commitment=commitment, recorded_by=colleague)
    with refuses("update_waits", sentence="sent an update on 10 January 2022"):
        save(commitment, own)
    done = CommitmentFactory(ministry=own.ministry, done=True)
    with refuses("closed", sentence="Verified done on 2 December 2021. Nothing more is needed here."):
        save(done, own)
    returned = UpdateVersionFactory(update__commitment=CommitmentFactory(ministry=own.ministry), returned=True)
    file = EvidenceFactory(update_version=returned, file=EvidenceFileFactory(uploaded_by=colleague)).file
    assert list(save(returned.update.commitment, own, files=[file]).files.all()) == [file]


def test_a_draft_that_is_too_long_is_refused_with_the_limit(own, commitment):
    with refuses("too_long", sentence=f"the limit is {MAX_CHARACTERS}"):
        save(commitment, own, "x" * (MAX_CHARACTERS + 1))
    with refuses("too_long"):
        save_draft(of=commitment, content={"rows": ["x"] * 1001}, files=(), page=DraftPage(), by=own, now=NOW)


def test_the_log_names_who_began_and_dropped_a_draft_without_its_content(own, commitment):
    officer = OfficerFactory()
    page = DraftPage(save(commitment, own).mark)
    page = DraftPage(save(commitment, own, "Seven", page).mark)
    drop_draft(of=commitment, page=page, by=own, now=NOW)
    drop_draft(of=commitment, page=page, by=own, now=NOW)
    dialogue = DialogueFactory()
    save(dialogue, officer)

    entries = AuditEntry.objects.filter(table="dialogues.draft").order_by("number")
    assert list(entries.values_list("verb", "by", "country", "detail__after")) == [
        ("draft.begun", own.pk, None, f'{{"commitment": {commitment.pk}}}'),
        ("draft.dropped", own.pk, None, f'{{"commitment": {commitment.pk}}}'),
        ("draft.begun", officer.pk, dialogue.country_id, f'{{"dialogue": {dialogue.pk}}}'),
    ]
    assert not AuditEntry.objects.visible_to(officer).filter(row=page.seen.split("-")[0], by=own).exists()


@transaction.atomic
def test_sending_deletes_the_draft_unless_a_colleague_saved_it_meanwhile(own, colleague, commitment):
    draft = save(commitment, own)
    with refuses("edit_conflict"):
        finish_draft(of=commitment, page=DraftPage(), by=colleague, now=NOW)
    finish_draft(of=commitment, page=DraftPage(draft.mark), by=colleague, now=NOW)
    finish_draft(of=commitment, page=DraftPage(), by=colleague, now=NOW)
    assert not Draft.objects.exists()


def test_sending_through_the_api_leaves_drafts_alone(own, commitment):
    draft = save(commitment, own)
    send_update(
        commitment=commitment,
        title="Six",
        narrative="Six districts",
        claimed=ClaimedProgress.UNDER_WAY,
        happened_from=None,
        happened_to=NOW.date(),
        done_by=DoneBy.GOVERNMENT,
        files=(),
        figures=(),
        by=own,
        now=NOW,
    )
    assert Draft.objects.get() == draft


def test_untouched_drafts_are_deleted_every_night_and_then_their_files(own, commitment, settings):
    file = EvidenceFileFactory(uploaded_by=own, uploaded_at=NOW)
    assert save(commitment, own, files=[file]).kept_until == date(2022, 4, 28)
    night = NOW + DRAFT_LIFETIME + timedelta(minutes=1)
    touched = save(CommitmentFactory(ministry=own.ministry), own, now=NOW + timedelta(minutes=2))

    assert (delete_unsent_files(now=night), drop_untouched_drafts(now=night), drop_untouched_drafts(now=night)) == (
        0,
        1,
        0,
    )
    assert delete_unsent_files(now=night) == 1
    assert Draft.objects.get() == touched
    assert not default_storage.exists(file.file.name)
    assert AuditEntry.objects.filter(verb="draft.forgotten").values_list("by", "country").get() == (None, None)

    Draft.objects.update(saved_at=NOW - DRAFT_LIFETIME - timedelta(days=365))
    app.loader.import_default_modules()
    app.tasks[settings.CELERY_BEAT_SCHEDULE["untouched-drafts"]["task"]]()
    assert not Draft.objects.exists()


def test_a_draft_belongs_to_one_commitment_or_one_dialogue(own, commitment):
    values = {"saved_at": NOW, "saved_by": own}
    for both in ({}, {"commitment": commitment, "dialogue": DialogueFactory()}):
        with pytest.raises(IntegrityError, match="a_draft_is_of_one"), transaction.atomic():
            Draft.objects.create(**values, **both)
