"""The end of each mail, its reply address and its language."""

import pytest
from django.utils import timezone

from tests.factories import FocalPointFactory, OfficerFactory
from tests.pseudo_languages import LEFT_TO_RIGHT, RIGHT_TO_LEFT, pseudo_languages, pseudo_translate
from tiptracker.accounts.actions import set_language
from tiptracker.localization import isolate
from tiptracker.mail.models import Mail, MailKind
from tiptracker.mail.rendering import build_message

pytestmark = pytest.mark.django_db


def mail_to(person, kind=MailKind.SIGN_IN_CHANGED, **values):
    return Mail(kind=kind, person=person, template_values=values, queued_at=timezone.now())


def test_replies_go_to_the_contact_person_of_the_country(settings):
    officer = OfficerFactory()
    country = officer.countries.get()
    country.contact = officer
    country.save()

    message = build_message(mail_to(FocalPointFactory(ministry__country=country), what="A new password was set."))

    assert message.reply_to == [officer.email]
    assert officer.email in message.body
    assert settings.PUBLIC_URL in message.body


def test_without_a_contact_person_a_mail_says_that_nobody_reads_replies():
    message = build_message(mail_to(OfficerFactory(), what="A new password was set."))

    assert message.reply_to == []
    assert "Nobody reads replies to this address." in message.body


def test_a_mail_speaks_the_language_of_its_recipient():
    person = OfficerFactory()
    with pseudo_languages():
        set_language(person=person, language=LEFT_TO_RIGHT)

        message = build_message(mail_to(person, what="A passkey was added to your sign-in."))

    assert message.subject == pseudo_translate("TIP Tracker: your sign-in was changed")
    assert pseudo_translate("A passkey was added to your sign-in.") in message.body


def test_a_mail_from_right_to_left_isolates_names_and_addresses(settings):
    officer = OfficerFactory()
    country = officer.countries.get()
    country.contact = officer
    country.save()
    person = FocalPointFactory(ministry__country=country)
    with pseudo_languages():
        set_language(person=person, language=RIGHT_TO_LEFT)

        body = build_message(mail_to(person, what="A passkey was added to your sign-in.")).body

    assert f"Dear {isolate(person.name)}," in body
    assert f"Your reply goes to {isolate(officer.email)}." in body
    assert f"TIP Tracker{pseudo_translate(':', RIGHT_TO_LEFT)} {settings.PUBLIC_URL}\n" in body


def test_changed_fields_are_named_in_one_sentence():
    message = build_message(mail_to(OfficerFactory(), MailKind.ACCOUNT_CHANGED, what="role, ministry, countries"))

    assert "What was changed: role, ministry and countries." in message.body
