"""What is typed and not sent: shared by colleagues, never overwritten unseen, gone once it is sent or forgotten."""

from datetime import date, timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction

from dialogues.actions.drafts import (
    MAX_CHARACTERS,
    DraftClosed,
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
from tests.refusing import refuses
from tiptracker.audit.models import AuditEntry
from tiptracker.celery import app
from tiptracker.validation import EditConflict

pytestmark = pytest.mark.django_db

NOW = at_noon(date(2022, 1, 28))


@pytest.fixture
def own():
    return FocalPointFactory(name="'M’e Lineo")


@pytest.fixture
def colleague(own):
    return FocalPointFactory(ministry=own.ministry)


@pytest.fixture
def promise(own):
    return CommitmentFactory(ministry=own.ministry)


def save(of, by, text="Six districts", page=DraftPage(), *, files=(), now=NOW):  # noqa: B008 -- a value
    return save_draft(of=of, content={"title": [text], "empty": [""]}, files=files, page=page, by=by, now=now)


def test_a_draft_is_seen_by_the_ministry_alone_and_that_of_a_dialogue_by_the_officers_alone(own, colleague, promise):
    of_update = save(promise, own)
    officer = OfficerFactory()
    of_dialogue = save(DialogueFactory(), officer)

    def seen(user):
        return set(Draft.objects.visible_to(user))

    assert seen(own) == seen(colleague) == {of_update}
    assert seen(officer) == seen(OfficerFactory()) == {of_dialogue}
    for reader in (FocalPointFactory(), AmbassadorFactory(), ObserverFactory(), AdministratorFactory()):
        assert seen(reader) == set(), reader.role
    assert seen(AnonymousUser()) == seen(OfficerFactory(countries=[])) == set()
    assert seen(FocalPointFactory(ministry=own.ministry, is_active=False)) == set()


def test_whoever_may_not_send_it_saves_and_drops_nothing(own, promise):
    dialogue = DialogueFactory()
    draft = save(promise, own)
    for of, strangers in {
        promise: (FocalPointFactory(), OfficerFactory(), AdministratorFactory()),
        dialogue: (own, AmbassadorFactory(), ObserverFactory(), OfficerFactory(countries=[])),
    }.items():
        for stranger in strangers:
            with pytest.raises(PermissionDenied):
                save(of, stranger)
            with pytest.raises(PermissionDenied):
                drop_draft(of=of, page=DraftPage(draft.mark), by=stranger, now=NOW)
    assert Draft.objects.get() == draft


def test_a_colleague_goes_on_where_the_first_left_off_files_and_all(own, colleague, promise):
    file = EvidenceFileFactory(uploaded_by=own, uploaded_at=NOW - timedelta(days=9))
    first = save(promise, own, files=[file])
    assert EvidenceFile.objects.visible_to(colleague).get() == file
    assert not EvidenceFile.objects.visible_to(OfficerFactory()).exists()
    assert delete_unsent_files(now=NOW) == 0

    second = save(promise, colleague, "Seven districts", DraftPage(first.mark), files=[file])

    assert (second.pk, second.version, second.saved_by, second.content) == (
        first.pk, 2, colleague, {"title": ["Seven districts"]},
    )  # fmt: skip
    assert list(second.files.all()) == [file]


def test_a_file_of_somebody_else_gets_into_no_draft(own, promise):
    theirs = EvidenceFileFactory(uploaded_by=FocalPointFactory())
    sent = EvidenceFactory(file=EvidenceFileFactory(uploaded_by=own)).file
    for file in (theirs, sent):
        with refuses("One of those files was sent already", field="files"):
            save(promise, own, files=[file])
    assert not Draft.objects.exists()


def test_what_another_page_saved_meanwhile_is_not_overwritten(own, colleague, promise):
    first = save(promise, own)
    with pytest.raises(EditConflict, match="'M’e Lineo saved a draft on 28 January 2022 at 12:00"):
        save(promise, colleague, "Over it")
    with pytest.raises(EditConflict, match="You saved a draft on another page or device"):
        save(promise, own, "Over it")
    save(promise, colleague, "Seven districts", DraftPage(first.mark))
    for refused in (save, lambda of, by, page: drop_draft(of=of, page=page, by=by, now=NOW)):
        with pytest.raises(EditConflict):
            refused(promise, own, page=DraftPage(first.mark))

    assert Draft.objects.get().content == {"title": ["Seven districts"]}


def test_an_answer_lost_on_the_line_is_no_conflict_of_a_page_with_itself(own, colleague, promise):
    save(promise, own, "Six", DraftPage("", "this page"))
    save(promise, own, "Six", DraftPage("", "this page"))
    mended = save(promise, own, "Six districts", DraftPage("", "this page"))
    assert mended.version == 2

    with pytest.raises(EditConflict):
        save(promise, colleague, "Six", DraftPage("", "this page"))
    save(promise, colleague, "Seven", DraftPage(mended.mark, "another page"))
    with pytest.raises(EditConflict):
        save(promise, own, "Eight", DraftPage(mended.mark, "this page"))


def test_a_draft_begun_anew_is_not_taken_for_the_one_that_is_gone(own, colleague, promise):
    first = save(promise, own)
    drop_draft(of=promise, page=DraftPage(first.mark), by=own, now=NOW)
    with pytest.raises(EditConflict, match="was sent or dropped meanwhile"):
        save(promise, own, "Seven", DraftPage(first.mark))
    save(promise, colleague, "Anew")
    with pytest.raises(EditConflict):
        save(promise, own, "Seven", DraftPage(first.mark))


def test_where_nothing_is_asked_any_more_nothing_is_saved(own, colleague, promise):
    UpdateVersionFactory(update__commitment=promise, recorded_by=colleague)
    with pytest.raises(DraftClosed, match="sent this update on 10 January 2022"):
        save(promise, own)
    done = CommitmentFactory(ministry=own.ministry, done=True)
    with pytest.raises(DraftClosed, match="nothing more is needed here"):
        save(done, own)
    returned = UpdateVersionFactory(update__commitment=CommitmentFactory(ministry=own.ministry), returned=True)
    file = EvidenceFactory(update_version=returned, file=EvidenceFileFactory(uploaded_by=colleague)).file
    assert list(save(returned.update.commitment, own, files=[file]).files.all()) == [file]


def test_what_is_too_long_is_refused_with_how_much_is_taken(own, promise):
    with refuses(f"{MAX_CHARACTERS} can be kept"):
        save(promise, own, "x" * (MAX_CHARACTERS + 1))
    with refuses("too long to be kept"):
        save_draft(of=promise, content={"rows": ["x"] * 1001}, files=(), page=DraftPage(), by=own, now=NOW)


def test_the_log_tells_who_began_and_who_dropped_it_and_nothing_of_what_was_typed(own, promise):
    officer = OfficerFactory()
    page = DraftPage(save(promise, own).mark)
    page = DraftPage(save(promise, own, "Seven", page).mark)
    drop_draft(of=promise, page=page, by=own, now=NOW)
    drop_draft(of=promise, page=page, by=own, now=NOW)
    dialogue = DialogueFactory()
    save(dialogue, officer)

    told = AuditEntry.objects.filter(table="dialogues.draft").order_by("number")
    assert list(told.values_list("verb", "by", "country", "detail__after")) == [
        ("draft.begun", own.pk, None, f'{{"commitment": {promise.pk}}}'),
        ("draft.dropped", own.pk, None, f'{{"commitment": {promise.pk}}}'),
        ("draft.begun", officer.pk, dialogue.country_id, f'{{"dialogue": {dialogue.pk}}}'),
    ]
    assert not AuditEntry.objects.visible_to(officer).filter(row=page.seen.split("-")[0], by=own).exists()


@transaction.atomic
def test_it_goes_once_it_is_sent_unless_a_colleague_saved_what_the_sender_has_not_seen(own, colleague, promise):
    draft = save(promise, own)
    with pytest.raises(EditConflict):
        finish_draft(of=promise, page=DraftPage(), by=colleague, now=NOW)
    finish_draft(of=promise, page=DraftPage(draft.mark), by=colleague, now=NOW)
    finish_draft(of=promise, page=DraftPage(), by=colleague, now=NOW)
    assert not Draft.objects.exists()


def test_a_program_that_sends_an_update_leaves_the_draft_of_a_page_alone(own, promise):
    draft = save(promise, own)
    send_update(
        commitment=promise,
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


def test_every_night_what_nobody_went_on_with_is_removed_and_its_files_after_it(own, promise, settings):
    file = EvidenceFileFactory(uploaded_by=own, uploaded_at=NOW)
    assert save(promise, own, files=[file]).kept_until == date(2022, 4, 28)
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


def test_a_draft_is_of_one_thing_alone(own, promise):
    said = {"saved_at": NOW, "saved_by": own}
    for both in ({}, {"commitment": promise, "dialogue": DialogueFactory()}):
        with pytest.raises(IntegrityError, match="a_draft_is_of_one"), transaction.atomic():
            Draft.objects.create(**said, **both)
