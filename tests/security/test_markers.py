"""No internal text comes out anywhere: whatever a ministry can reach is asked for and searched for planted markers.

`marked_rows.READABLE_BY_MINISTRIES` lists what may come out. Every other field of every model is internal, also one
added tomorrow.
"""

import io
import zipfile

import pytest
from django.conf import settings
from django.core import mail
from django.db import transaction
from django.db.models import FileField
from django.test.signals import template_rendered
from django.urls import reverse
from django.utils import timezone

from tests.conftest import run_due_jobs
from tests.factories import NoticeFactory
from tests.security.access_requests import record_htmx_checks, rule_url
from tests.security.conftest import create_world, reuse_drawn_previews
from tests.security.marked_rows import (
    MarkedRows,
    find_markers,
    markable_fields,
    own_models,
    pdf_with_text,
    readable_text,
)
from tests.security.test_roles import RULES
from tests.security.world import MINISTRIES
from tests.transactions import outer_transaction
from tiptracker.accounts import mails
from tiptracker.accounts.mail_links import LinkPurpose, password_link
from tiptracker.accounts.models import AccountRequest
from tiptracker.celery import app
from tiptracker.choices import AccountRequestKind
from tiptracker.mail.actions import MailInput, queue_mails
from tiptracker.mail.models import MailKind
from tiptracker.notifications.choices import NoticeKind
from tiptracker.notifications.models import Notice


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    """A world of its own, since markers are put into its rows."""
    with django_db_blocker.unblock(), reuse_drawn_previews(), create_world() as world:
        yield world
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def marked_rows(world):
    return MarkedRows(world)


def row_keys(world, line):
    """The keys of all rows that this line's address may be about; where it is about none, whatever the table says."""
    if line.row not in world.rows:
        return [world.keys().get(line.row)]
    return list(type(world.rows[line.row])._base_manager.order_by("pk").values_list("pk", flat=True))


def answers_to_reader(world, planted, reader):
    """By method and address: what it tells this reader; plainly and to htmx, with an empty body and a full one."""
    said = {}
    asked = {(line.method, line.route, line.row if "/" in line.row else ""): line for line in RULES}
    for line in asked.values():
        plainly, more = request_options(planted, line)
        every_key = row_keys(world, line)
        if line.expected[reader] == "405":  # refused for its method, before any row is looked for
            every_key = every_key[:1]
        for key in every_key:
            url = rule_url(line, key, reader)
            with record_htmx_checks() as looked_for:
                is_closed, said[f"{line.method} {url}"] = send_and_read(world.client(reader), line, url, plainly)
            if more and not is_closed and (looked_for or line.method != "GET"):
                said[f"{line.method} {url}, the other way"] = send_and_read(world.client(reader), line, url, more)[1]
    return said


def request_options(planted, line):
    """How an address is asked at first and, where it answered, once more: a page only if it looks whether htmx asks."""
    if line.method == "GET":
        return {}, {} if line.is_api else {"headers": {"HX-Request": "true"}}
    as_json = {"content_type": "application/json"} if line.is_api else {}
    body = planted.bodies.get(str(line), planted.bodies.get(f"{line.method} {line.route}"))
    return as_json, as_json | {"data": body} if body else {}


def send_and_read(client, line, url, more):
    """Whether it is closed to whoever asks, and what it says, with what it leads to."""
    with outer_transaction():
        response = getattr(client, line.method.lower())(url, follow=not line.is_api, **more)
        content = b"".join(response.streaming_content) if response.streaming else response.content
        transaction.set_rollback(True)
    return response.status_code in {403, 404, 405}, readable_text(content) + str(response.headers)


def stored_text(kept):
    with kept.open() as file:
        return readable_text(file.read())


def test_every_field_of_every_model_holds_a_marker(marked_rows):
    """… in some row, so that there is something to find."""
    unmarked = []
    for model in own_models():
        for field in markable_fields(model):
            stored = model._base_manager.values_list(field.name, flat=True)
            kept = " ".join(map(str, stored))
            marks = [mark for mark, name in marked_rows.fields_by_marker.items() if name == str(field)]
            if isinstance(field, FileField):
                rows = model._base_manager.exclude(**{field.name: ""})
                kept += "".join(stored_text(getattr(row, field.name)) for row in rows)
            if not marks or not any(mark in kept for mark in marks):
                unmarked.append(str(field))

    assert unmarked == [], "plant a row with these in tests/security/marked_rows.py"


@pytest.mark.parametrize("reader", sorted(MINISTRIES))
def test_a_ministry_reads_what_is_meant_for_it_and_nothing_else(world, marked_rows, reader):
    said = answers_to_reader(world, marked_rows, reader)
    found = {mark: where for where, text in said.items() for mark in find_markers(text)}

    assert marked_rows.leaks(reader, found) == {}
    told = {marked_rows.fields_by_marker.get(mark) for mark in found}
    unread = {
        marked_rows.fields_by_marker[mark] for mark, to in marked_rows.readers_by_marker.items() if reader in to
    } - told
    assert unread == set(), "it may read these and is told them nowhere: searching proves nothing"


# --- Mails ------------------------------------------------------------------------------------------------------------


def all_mails(world, reader):
    """All mails that somebody can come to get, by the names of their templates: what was sent, and with which."""
    person = world.people[reader]
    used = set()
    app.loader.import_default_modules()

    def note(sender, template, **_):
        if template.name and "/email/" in template.name:
            used.add(template.name)

    template_rendered.connect(note)
    mail.outbox.clear()
    with outer_transaction():
        person.set_unusable_password()
        person.save()
        with transaction.atomic():
            mails.send_invitation(person)
            mails.notify_account_changed(person, "address and role", [person.email])
            mails.notify_log_fault(person, 1)
            mails.notify_administrator_added(person, person, "an administrator")
            notices = [
                NoticeFactory(person=person, kind=kind, row=str(world.rows["commitment"].pk)) for kind in NoticeKind
            ]
            carrying, *_ = queue_mails([MailInput(MailKind.NOTICES, person)])
            Notice.objects.filter(pk__in=[notice.pk for notice in notices]).update(mail=carrying)
            asked = {"person": person, "asked_by": person, "asked_at": timezone.now(), "old_email": person.email}
            address = AccountRequest.objects.create(
                kind=AccountRequestKind.ADDRESS, new_email="new@post.example", **asked
            )
            mails.notify_request_made(address)
            mails.send_address_confirmation(address)
            mails.ask_for_consent(address, [person], until=timezone.now())
            removal = AccountRequest.objects.create(kind=AccountRequestKind.SECOND_STEP, **asked)
            mails.notify_request_done(removal)
        world.client("out").post(reverse("password_forgotten"), {"email": person.email})
        run_due_jobs()
        new = "an entirely other password"
        world.client("out").post(password_link(person, LinkPurpose.RESET), {"password": new, "again": new})
        run_due_jobs()
        transaction.set_rollback(True)
    template_rendered.disconnect(note)
    return [str(message.message()) for message in mail.outbox], used


@pytest.mark.parametrize("reader", sorted(MINISTRIES))
def test_a_mail_tells_a_ministry_what_is_meant_for_it_and_nothing_else(world, marked_rows, reader):
    sent, used = all_mails(world, reader)

    folders = [path for path in (settings.BASE_DIR / "templates").rglob("email") if path.is_dir()]
    written = {str(path.relative_to(settings.BASE_DIR / "templates")) for each in folders for path in each.iterdir()}
    assert used == written, "a mail that this test does not send"
    assert len(sent) >= len(written)
    assert marked_rows.leaks(reader, {mark: message for message in sent for mark in find_markers(message)}) == {}


# --- The search itself ------------------------------------------------------------------------------------------------


def test_compressed_content_is_searched_too():
    sheet = io.BytesIO()
    with zipfile.ZipFile(sheet, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/sharedStrings.xml", "<si>zm000q</si>" * 9)

    for content in (sheet.getvalue(), pdf_with_text("zm000q")):
        assert b"zm000q" not in content
        assert "zm000q" in readable_text(content)
