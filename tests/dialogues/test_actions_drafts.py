"""Drafts: shared by colleagues, never overwritten unseen, deleted when sent or old."""

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
def focal_point():
    return FocalPointFactory(name="'M’e Lineo")


@pytest.fixture
def colleague(focal_point):
    return FocalPointFactory(ministry=focal_point.ministry)


@pytest.fixture
def commitment(focal_point):
    return CommitmentFactory(ministry=focal_point.ministry)


def save_text(subject, by, text="Six districts", page=DraftPage(), *, files=(), now=NOW):  # noqa: B008 -- a value
    return save_draft(of=subject, content={"title": [text], "empty": [""]}, files=files, page=page, by=by, now=now)


def test_a_draft_is_seen_by_the_ministry_alone_and_that_of_a_dialogue_by_the_officers_alone(
    focal_point, colleague, commitment
):
    of_update = save_text(commitment, focal_point)
    officer = OfficerFactory()
    of_dialogue = save_text(DialogueFactory(), officer)

    def visible_drafts(user):
        return set(Draft.objects.visible_to(user))

    assert visible_drafts(focal_point) == visible_drafts(colleague) == {of_update}
    assert visible_drafts(officer) == visible_drafts(OfficerFactory()) == {of_dialogue}
    for reader in (FocalPointFactory(), AmbassadorFactory(), ObserverFactory(), AdministratorFactory()):
        assert visible_drafts(reader) == set(), reader.role
    assert visible_drafts(AnonymousUser()) == visible_drafts(OfficerFactory(countries=[])) == set()
    assert visible_drafts(FocalPointFactory(ministry=focal_point.ministry, is_active=False)) == set()


def test_only_who_may_send_an_update_may_save_or_drop_its_draft(focal_point, commitment):
    dialogue = DialogueFactory()
    draft = save_text(commitment, focal_point)
    for subject, strangers in {
        commitment: (FocalPointFactory(), OfficerFactory(), AdministratorFactory()),
        dialogue: (focal_point, AmbassadorFactory(), ObserverFactory(), OfficerFactory(countries=[])),
    }.items():
        for stranger in strangers:
            with pytest.raises(PermissionDenied):
                save_text(subject, stranger)
            with pytest.raises(PermissionDenied):
                drop_draft(of=subject, page=DraftPage(draft.mark), by=stranger, now=NOW)
    assert Draft.objects.get() == draft


def test_a_colleague_continues_a_draft_with_its_files(focal_point, colleague, commitment):
    file = EvidenceFileFactory(uploaded_by=focal_point, uploaded_at=NOW - timedelta(days=9))
    first = save_text(commitment, focal_point, files=[file])
    assert EvidenceFile.objects.visible_to(colleague).get() == file
    assert not EvidenceFile.objects.visible_to(OfficerFactory()).exists()
    assert delete_unsent_files(now=NOW) == 0

    second = save_text(commitment, colleague, "Seven districts", DraftPage(first.mark), files=[file])

    assert (second.pk, second.version, second.saved_by, second.content) == (
        first.pk, 2, colleague, {"title": ["Seven districts"]},
    )  # fmt: skip
    assert list(second.files.all()) == [file]


def test_a_draft_refuses_files_of_other_people(focal_point, commitment):
    file_of_another = EvidenceFileFactory(uploaded_by=FocalPointFactory())
    sent = EvidenceFactory(file=EvidenceFileFactory(uploaded_by=focal_point)).file
    for file in (file_of_another, sent):
        with refuses("already_sent", field="files"):
            save_text(commitment, focal_point, files=[file])
    assert not Draft.objects.exists()


def test_a_draft_saved_by_another_page_is_not_overwritten(focal_point, colleague, commitment):
    first = save_text(commitment, focal_point)
    with refuses("edit_conflict", sentence="'M’e Lineo saved a draft on 28 January 2022 at 12:00"):
        save_text(commitment, colleague, "Over it")
    with refuses("edit_conflict", sentence="You saved a draft on another page or device"):
        save_text(commitment, focal_point, "Over it")
    save_text(commitment, colleague, "Seven districts", DraftPage(first.mark))
    for refused in (save_text, lambda subject, by, page: drop_draft(of=subject, page=page, by=by, now=NOW)):
        with refuses("edit_conflict"):
            refused(commitment, focal_point, page=DraftPage(first.mark))

    assert Draft.objects.get().content == {"title": ["Seven districts"]}


def test_a_lost_response_is_no_conflict_of_a_page_with_itself(focal_point, colleague, commitment):
    save_text(commitment, focal_point, "Six", DraftPage("", "this page"))
    save_text(commitment, focal_point, "Six", DraftPage("", "this page"))
    mended = save_text(commitment, focal_point, "Six districts", DraftPage("", "this page"))
    assert mended.version == 2

    with refuses("edit_conflict"):
        save_text(commitment, colleague, "Six", DraftPage("", "this page"))
    save_text(commitment, colleague, "Seven", DraftPage(mended.mark, "another page"))
    with refuses("edit_conflict"):
        save_text(commitment, focal_point, "Eight", DraftPage(mended.mark, "this page"))


def test_a_new_draft_is_not_mistaken_for_a_dropped_one(focal_point, colleague, commitment):
    first = save_text(commitment, focal_point)
    drop_draft(of=commitment, page=DraftPage(first.mark), by=focal_point, now=NOW)
    with refuses("edit_conflict", sentence="was sent or deleted in the meantime"):
        save_text(commitment, focal_point, "Seven", DraftPage(first.mark))
    save_text(commitment, colleague, "Anew")
    with refuses("edit_conflict"):
        save_text(commitment, focal_point, "Seven", DraftPage(first.mark))


def test_no_draft_is_saved_where_no_update_is_expected(focal_point, colleague, commitment):
    UpdateVersionFactory(update__commitment=commitment, recorded_by=colleague)
    with refuses("update_waits", sentence="sent an update on 10 January 2022"):
        save_text(commitment, focal_point)
    done = CommitmentFactory(ministry=focal_point.ministry, done=True)
    with refuses("closed", sentence="Verified done on 2 December 2021. Nothing more is needed here."):
        save_text(done, focal_point)
    returned = UpdateVersionFactory(update__commitment=CommitmentFactory(ministry=focal_point.ministry), returned=True)
    file = EvidenceFactory(update_version=returned, file=EvidenceFileFactory(uploaded_by=colleague)).file
    assert list(save_text(returned.update.commitment, focal_point, files=[file]).files.all()) == [file]


def test_a_draft_that_is_too_long_is_refused_with_the_limit(focal_point, commitment):
    with refuses("too_long", sentence=f"the limit is {MAX_CHARACTERS}"):
        save_text(commitment, focal_point, "x" * (MAX_CHARACTERS + 1))
    with refuses("too_long"):
        save_draft(of=commitment, content={"rows": ["x"] * 1001}, files=(), page=DraftPage(), by=focal_point, now=NOW)


def test_the_log_names_who_began_and_dropped_a_draft_without_its_content(focal_point, commitment):
    officer = OfficerFactory()
    page = DraftPage(save_text(commitment, focal_point).mark)
    page = DraftPage(save_text(commitment, focal_point, "Seven", page).mark)
    drop_draft(of=commitment, page=page, by=focal_point, now=NOW)
    drop_draft(of=commitment, page=page, by=focal_point, now=NOW)
    dialogue = DialogueFactory()
    save_text(dialogue, officer)

    entries = AuditEntry.objects.filter(table="dialogues.draft").order_by("number")
    assert list(entries.values_list("verb", "by", "country", "detail__after")) == [
        ("draft.begun", focal_point.pk, None, f'{{"commitment": {commitment.pk}}}'),
        ("draft.dropped", focal_point.pk, None, f'{{"commitment": {commitment.pk}}}'),
        ("draft.begun", officer.pk, dialogue.country_id, f'{{"dialogue": {dialogue.pk}}}'),
    ]
    assert not AuditEntry.objects.visible_to(officer).filter(row=page.seen.split("-")[0], by=focal_point).exists()


@transaction.atomic
def test_sending_deletes_the_draft_unless_a_colleague_saved_it_meanwhile(focal_point, colleague, commitment):
    draft = save_text(commitment, focal_point)
    with refuses("edit_conflict"):
        finish_draft(of=commitment, page=DraftPage(), by=colleague, now=NOW)
    finish_draft(of=commitment, page=DraftPage(draft.mark), by=colleague, now=NOW)
    finish_draft(of=commitment, page=DraftPage(), by=colleague, now=NOW)
    assert not Draft.objects.exists()


def test_sending_through_the_api_leaves_drafts_alone(focal_point, commitment):
    draft = save_text(commitment, focal_point)
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
        by=focal_point,
        now=NOW,
    )
    assert Draft.objects.get() == draft


def test_untouched_drafts_are_deleted_every_night_and_then_their_files(focal_point, commitment, settings):
    file = EvidenceFileFactory(uploaded_by=focal_point, uploaded_at=NOW)
    assert save_text(commitment, focal_point, files=[file]).kept_until == date(2022, 4, 28)
    night = NOW + DRAFT_LIFETIME + timedelta(minutes=1)
    touched = save_text(CommitmentFactory(ministry=focal_point.ministry), focal_point, now=NOW + timedelta(minutes=2))

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


def test_a_draft_belongs_to_one_commitment_or_one_dialogue(focal_point, commitment):
    values = {"saved_at": NOW, "saved_by": focal_point}
    for both in ({}, {"commitment": commitment, "dialogue": DialogueFactory()}):
        with pytest.raises(IntegrityError, match="a_draft_is_of_one"), transaction.atomic():
            Draft.objects.create(**values, **both)
