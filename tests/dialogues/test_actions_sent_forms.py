"""A form of an update is recorded once, and not over an update that its page did not show."""

from uuid import uuid4

import pytest

from dialogues.actions.commitments import withdraw
from dialogues.actions.drafts import DraftPage, save_draft
from dialogues.actions.sent_forms import SentForm, find_sent_version
from dialogues.models import Draft, Evidence, SendKey, UpdateVersion
from tests.concurrent_writes import run_simultaneously
from tests.dialogues.test_actions_updates import NOW, return_version, send
from tests.factories import (
    CommitmentFactory,
    EvidenceFileFactory,
    FocalPointFactory,
    OfficerFactory,
    UpdateFactory,
    UpdateVersionFactory,
)
from tests.refusals import refuses
from tiptracker.audit.models import AuditEntry


@pytest.fixture
def police(db):
    return FocalPointFactory()


@pytest.fixture
def colleague(police):
    return FocalPointFactory(ministry=police.ministry, name="Exercise Colleague")


@pytest.fixture
def commitment(police):
    return CommitmentFactory(ministry=police.ministry)


def sent_form(last_version=0):
    return SentForm(uuid4(), b"what was typed", last_version)


def test_a_form_that_arrives_again_is_the_version_that_it_was_and_leaves_no_trace(commitment, police):
    form = sent_form()
    file = EvidenceFileFactory(uploaded_by=police)
    sent = send(commitment, police, form=form, files=[file])
    entries = AuditEntry.objects.count()

    assert send(commitment, police, form=form, files=[file]) == sent
    assert UpdateVersion.objects.count() == Evidence.objects.count() == SendKey.objects.count() == 1
    assert AuditEntry.objects.count() == entries


def test_a_form_is_known_again_whatever_became_of_its_update(commitment, police):
    form = sent_form()
    sent = send(commitment, police, form=form)
    return_version(sent, OfficerFactory())

    assert send(commitment, police, form=form) == sent

    withdraw(commitment=commitment, reason="Exercise: no longer wanted.", on=NOW.date(), by=OfficerFactory(), now=NOW)

    assert send(commitment, police, form=form) == sent
    assert UpdateVersion.objects.count() == 1


def test_a_form_that_arrives_twice_keeps_a_newer_draft(commitment, police):
    form = sent_form()
    return_version(send(commitment, police, form=form), OfficerFactory())
    save_draft(of=commitment, content={"narrative": ["Next"]}, files=(), page=DraftPage(), by=police, now=NOW)

    send(commitment, police, form=form, page=DraftPage())

    assert Draft.objects.get().content == {"narrative": ["Next"]}


def test_a_form_that_was_refused_is_sent_with_its_key(commitment, police):
    form = sent_form()
    with refuses("required", field="title"):
        send(commitment, police, form=form, title=" ")

    sent = send(commitment, police, form=form)

    assert sent.send_key.key == form.key


def test_a_form_that_was_changed_after_it_was_sent_is_no_repetition(commitment, police):
    """A person goes back in the browser, or does not know that the update has arrived, and continues to write."""
    form = sent_form()
    sent = send(commitment, police, form=form)
    changed = form._replace(content_digest=b"something else")

    with refuses("update_waits"):
        send(commitment, police, form=changed, narrative="More.")
    return_version(sent, OfficerFactory())
    with refuses("newer_version"):
        send(commitment, police, form=changed, narrative="More.")
    with refuses("key_used"):
        send(commitment, police, form=changed._replace(last_version=sent.pk), narrative="More.")
    assert UpdateVersion.objects.count() == 1


@pytest.mark.parametrize("decided", [False, True], ids=["waiting", "returned"])
def test_another_persons_key_is_refused_and_tells_nothing_of_what_was_sent(commitment, police, colleague, decided):
    form = sent_form()
    sent = send(commitment, police, form=form)
    if decided:
        return_version(sent, OfficerFactory())

    with refuses("key_used" if decided else "update_waits"):
        send(commitment, colleague, form=form._replace(last_version=None))
    assert find_sent_version(form, commitment, colleague) is None
    assert UpdateVersion.objects.count() == 1


def test_a_key_is_of_one_commitment(commitment, police):
    form = sent_form()
    send(commitment, police, form=form)
    another = CommitmentFactory(ministry=police.ministry)

    with refuses("key_used", sentence="This form was used before."):
        send(another, police, form=form)
    assert not another.updates.exists()


def test_an_update_of_a_colleague_that_the_page_has_not_shown_is_shown_first(commitment, police, colleague):
    form = sent_form()
    update = UpdateFactory(commitment=commitment)
    newer = UpdateVersionFactory(update=update, recorded_by=colleague, returned=True)

    with refuses("newer_version", sentence="Exercise Colleague sent an update on this commitment on 10 January 2022"):
        send(commitment, police, form=form)
    assert UpdateVersion.objects.get() == newer

    sent = send(commitment, police, form=form._replace(last_version=newer.pk))
    assert (sent.number, sent.send_key.key) == (2, form.key)


def test_an_accepted_update_that_the_page_has_not_shown_is_shown_first_too(commitment, police):
    UpdateVersionFactory(update=UpdateFactory(commitment=commitment), accepted=True)

    with refuses("newer_version"):
        send(commitment, police, form=sent_form())


def test_a_form_pressed_twice_at_the_same_moment_is_sent_once(fresh_database):
    police = FocalPointFactory()
    commitment, form = CommitmentFactory(ministry=police.ministry), sent_form()

    outcomes = run_simultaneously(
        lambda: send(commitment, police, form=form),
        lambda: send(commitment, police, form=form),
    )

    assert outcomes == ["done", "done"]
    assert UpdateVersion.objects.count() == SendKey.objects.count() == 1


def test_a_key_used_for_two_commitments_at_the_same_moment_is_of_one(fresh_database):
    police = FocalPointFactory()
    one, other = CommitmentFactory(ministry=police.ministry), CommitmentFactory(ministry=police.ministry)
    form = sent_form()

    outcomes = run_simultaneously(lambda: send(one, police, form=form), lambda: send(other, police, form=form))

    assert outcomes == ["done", "key_used"]
    assert UpdateVersion.objects.count() == SendKey.objects.count() == 1
