"""No internal text reaches a ministry: request all that it can reach, and search for planted markers.

`marked_rows.READABLE_BY_MINISTRIES` lists the fields that ministries may read. All other fields of all models are
internal, also new ones.
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
from tests.factories import FocalPointFactory, HandoverFactory, NoticeFactory
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
from tiptracker.accounts.models import AccountRequest, find_contact
from tiptracker.celery import app
from tiptracker.choices import AccountRequestKind
from tiptracker.handovers import mails as handover_mails
from tiptracker.handovers.mails import ToldPerson
from tiptracker.mail.actions import MailInput, queue_mails
from tiptracker.mail.models import MailKind
from tiptracker.notifications.choices import CALENDAR_KINDS, NoticeKind
from tiptracker.operations.failure_mails import notify_failure


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    """A separate world, because markers are put into its rows."""
    with django_db_blocker.unblock(), reuse_drawn_previews(), create_world() as world:
        yield world
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def marked_rows(world):
    return MarkedRows(world)


UNSEEN_ROWS = 2
"""How many of the rows that a reader may not see are asked for at each address: they all get the same answer."""


def row_keys(world, line, reader):
    """Return the keys of the rows that an address may be about: all that the reader may see, and some others.

    Without any, return the key that the table gives.
    """
    if line.row not in world.rows:
        return [world.keys().get(line.row)]
    model = type(world.rows[line.row])
    keys = list(model._base_manager.order_by("pk").values_list("pk", flat=True))
    if not hasattr(model._default_manager, "visible_to"):
        return keys
    seen = set(model._default_manager.visible_to(world.people[reader]).values_list("pk", flat=True))
    unseen = [key for key in keys if key not in seen]
    return [key for key in keys if key in seen] + unseen[:UNSEEN_ROWS]


def answers_to_reader(world, planted, reader):
    """Return, by method and address, the answers to this reader: plain and to htmx, with an empty and a full body."""
    said = {}
    asked = {(line.method, line.route, line.row if "/" in line.row else ""): line for line in RULES}
    for line in asked.values():
        if line.route == "metrics":  # for programs of this machine, which the tests' client is on
            continue
        plainly, more = request_options(planted, line)
        every_key = row_keys(world, line, reader)
        if line.expected[reader] in {"403", "405"}:  # refused for its method or the reader's role, whatever the row
            every_key = every_key[:1]
        for key in every_key:
            url = rule_url(line, key, reader)
            with record_htmx_checks() as looked_for:
                is_closed, said[f"{line.method} {url}"] = send_and_read(world.client(reader), line, url, plainly)
            if more and not is_closed and (looked_for or line.method != "GET"):
                said[f"{line.method} {url}, the other way"] = send_and_read(world.client(reader), line, url, more)[1]
    return said


def request_options(planted, line):
    """Return the requests to an address, and further ones if it answered. Pages that ignore htmx get one request."""
    if line.method == "GET":
        return {}, {} if line.is_api else {"headers": {"HX-Request": "true"}}
    as_json = {"content_type": "application/json"} if line.is_api else {}
    body = planted.bodies.get(str(line), planted.bodies.get(f"{line.method} {line.route}"))
    return as_json, as_json | {"data": body} if body else {}


def send_and_read(client, line, url, more):
    """Return whether the reader is refused, and the text of the answer and of the page that it redirects to."""
    with outer_transaction():
        response = getattr(client, line.method.lower())(url, follow=not line.is_api, **more)
        content = b"".join(response.streaming_content) if response.streaming else response.content
        transaction.set_rollback(True)
    return response.status_code in {403, 404, 405}, readable_text(content) + str(response.headers)


def stored_text(kept):
    with kept.open() as file:
        return readable_text(file.read())


def test_every_field_of_every_model_holds_a_marker(marked_rows):
    """In some row, so that there is something to find."""
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
def test_a_ministry_reads_only_texts_that_it_may_read(world, marked_rows, reader):
    texts = answers_to_reader(world, marked_rows, reader)
    found = {mark: where for where, text in texts.items() for mark in find_markers(text)}

    assert marked_rows.leaks(reader, found) == {}
    found_fields = {marked_rows.fields_by_marker.get(mark) for mark in found}
    unread = {
        marked_rows.fields_by_marker[mark] for mark, to in marked_rows.readers_by_marker.items() if reader in to
    } - found_fields
    assert unread == set(), "the reader may read these, but no page shows them, so the search proves nothing"


# --- Mails ------------------------------------------------------------------------------------------------------------


def all_mails(world, reader):
    """Send `reader` every kind of mail. Return the mails, and the names of the templates that were used."""
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
            notify_failure(person, ["Backups"])
            mails.notify_administrator_added(person, person, "an administrator")
            send_mails_about_handovers(world, reader)
            (digest,) = queue_mails([MailInput(MailKind.NOTICES, person)])
            about = {"row": str(world.rows["commitment"].pk), "delivered_at": timezone.now()}
            for kind in NoticeKind:
                own = queue_mails([MailInput(MailKind.DIALOGUE, person)]) if kind in CALENDAR_KINDS else [digest]
                NoticeFactory(person=person, kind=kind, mail=own[0], **about)
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
        world.client("out").post(password_link(person, LinkPurpose.RESET), {"password": new})
        run_due_jobs()
        transaction.set_rollback(True)
    template_rendered.disconnect(note)
    return [str(message.message()) for message in mail.outbox], used


def send_mails_about_handovers(world, reader):
    """Tell the reader that the contact person changes, and of handovers from and to the reader."""
    person, colleague = world.people[reader], FocalPointFactory(ministry=world.people[reader].ministry)
    of_contact = HandoverFactory(person=find_contact(world.pk("lesotho")))
    told = [ToldPerson(person, "ministry")]
    handover_mails.notify_handover(of_contact, told, is_contact=True)
    handover_mails.notify_called_off(of_contact, told)
    received = HandoverFactory(person=colleague, successor=person)
    handover_mails.notify_handover(received, [ToldPerson(colleague, "colleague")], is_contact=False)
    handover_mails.notify_carried_out(received, is_contact=False)
    handover_mails.notify_handover(HandoverFactory(person=person, successor=colleague), [], is_contact=False)


@pytest.mark.parametrize("reader", sorted(MINISTRIES))
def test_mails_to_a_ministry_contain_only_texts_that_it_may_read(world, marked_rows, reader):
    sent, used = all_mails(world, reader)

    folders = [path for path in (settings.BASE_DIR / "templates").rglob("email") if path.is_dir()]
    written = {str(path.relative_to(settings.BASE_DIR / "templates")) for each in folders for path in each.iterdir()}
    assert used == written, "a mail that this test does not send"
    assert len(sent) >= sum(name.endswith(".txt") for name in written)
    assert marked_rows.leaks(reader, {mark: message for message in sent for mark in find_markers(message)}) == {}


# --- The search itself ------------------------------------------------------------------------------------------------


def test_compressed_content_is_searched_too():
    sheet = io.BytesIO()
    with zipfile.ZipFile(sheet, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/sharedStrings.xml", "<si>zm000q</si>" * 9)

    for content in (sheet.getvalue(), pdf_with_text("zm000q")):
        assert b"zm000q" not in content
        assert "zm000q" in readable_text(content)
