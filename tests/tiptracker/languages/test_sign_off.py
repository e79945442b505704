"""Languages are offered and used only where this installation has signed them off."""

from datetime import timedelta
from unittest.mock import patch

import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.factories import (
    TERMS_SET_AT,
    AdministratorFactory,
    CountryFactory,
    FocalPointFactory,
    LanguageReviewFactory,
    MinistryFactory,
    OfficerFactory,
)
from tests.pseudo_languages import OPEN, pseudo_languages
from tests.refusals import refuses
from tiptracker.audit.models import AuditEntry
from tiptracker.choices import Role
from tiptracker.errors import Refused
from tiptracker.languages import actions, enabled, views
from tiptracker.languages.actions import sign_off, switch_off
from tiptracker.languages.catalogues import CatalogueShare
from tiptracker.languages.enabled import find_language, forget_signed_off_languages, list_languages
from tiptracker.languages.models import LanguageReview
from tiptracker.mail.models import Mail, MailKind
from tiptracker.mail.rendering import build_message

pytestmark = pytest.mark.django_db
ENGLISH, FRENCH, SESOTHO = '<html lang="en-gb">', '<html lang="fr">', '<html lang="st">'
SPEAKER = {"speaker": "Marie Dubois", "speaker_office": "interpreter of the embassy"}


@pytest.fixture(autouse=True)
def read_the_rows():
    """Let the process read the rows, which tests otherwise assume to be none."""
    forget_signed_off_languages()


@pytest.fixture(autouse=True)
def catalogue(monkeypatch):
    """Let tests say how much of each catalogue is translated: all of it, unless they change it."""
    shares = {"fr": CatalogueShare(8000, 8000), "st": CatalogueShare(1800, 1800)}
    for module in (actions, views):
        monkeypatch.setattr(module, "measure_catalogue", lambda code: shares.get(code, CatalogueShare(0, 0)))
    return shares


@pytest.fixture
def administrator():
    return AdministratorFactory()


def codes(role=None):
    return [code for code, _ in list_languages(role)]


# --- Nothing but English before ---------------------------------------------------------------------------------------


def test_without_a_sign_off_there_is_only_english():
    assert codes() == ["en-gb"]
    assert find_language("fr", Role.OFFICER) == "en-gb"


def test_a_person_who_chose_a_language_reads_english_until_it_is_signed_off(client):
    client.force_login(OfficerFactory(language="fr", countries=[CountryFactory()]))

    assert ENGLISH in client.get(reverse("how_this_works")).text
    LanguageReviewFactory(language="fr")
    forget_signed_off_languages()
    assert FRENCH in client.get(reverse("how_this_works")).text


def test_the_language_of_a_country_waits_for_the_sign_off(client):
    client.force_login(OfficerFactory(countries=[CountryFactory(language="fr")]))

    assert ENGLISH in client.get(reverse("how_this_works")).text
    LanguageReviewFactory(language="fr")
    forget_signed_off_languages()
    assert FRENCH in client.get(reverse("how_this_works")).text


def test_the_browsers_language_waits_for_the_sign_off(client):
    asks = {"accept-language": "fr-BE, fr;q=0.9, en;q=0.5"}

    assert ENGLISH in client.get(reverse("account_login"), headers=asks).text
    LanguageReviewFactory(language="fr")
    forget_signed_off_languages()
    assert FRENCH in client.get(reverse("account_login"), headers=asks).text


def test_the_browsers_second_language_counts_if_the_first_is_switched_off(client):
    LanguageReviewFactory(language="fr")

    page = client.get(reverse("account_login"), headers={"accept-language": "st, fr;q=0.8, en;q=0.5"})

    assert FRENCH in page.text


def test_mails_wait_for_the_sign_off():
    person = FocalPointFactory(language="eo", ministry=MinistryFactory())
    values = {"what": "name"}
    mail = Mail.objects.create(
        kind=MailKind.ACCOUNT_CHANGED, person=person, queued_at=TERMS_SET_AT, template_values=values
    )
    with pseudo_languages():
        assert OPEN in build_message(mail).subject
        with patch.object(enabled, "signed_off_languages", frozenset):
            assert OPEN not in build_message(mail).subject


def test_only_a_signed_off_language_can_be_chosen(client):
    client.force_login(OfficerFactory(countries=[CountryFactory()]))

    assert client.post(reverse("account_language"), {"language": "fr"}).status_code == 422
    LanguageReviewFactory(language="fr")
    forget_signed_off_languages()
    assert client.post(reverse("account_language"), {"language": "fr"}).status_code == 302


# --- Sesotho is for ministries ----------------------------------------------------------------------------------------


def test_only_people_of_ministries_are_offered_sesotho(client):
    LanguageReviewFactory(language="st")

    assert codes(Role.FOCAL_POINT) == ["en-gb", "st"]
    assert codes(Role.OFFICER) == codes(Role.ADMINISTRATOR) == ["en-gb"]
    country = CountryFactory(language="st")
    client.force_login(OfficerFactory(countries=[country]))
    assert ENGLISH in client.get(reverse("how_this_works")).text
    client.force_login(FocalPointFactory(ministry=MinistryFactory(country=country)))
    assert SESOTHO in client.get(reverse("how_this_works")).text


# --- Signing off ------------------------------------------------------------------------------------------------------


def test_a_sign_off_is_a_dated_row_with_a_name(administrator):
    row = sign_off(language="fr", by=administrator, now=TERMS_SET_AT, **SPEAKER)

    assert (row.speaker, row.recorded_by, row.recorded_at) == ("Marie Dubois", administrator, TERMS_SET_AT)
    entry = AuditEntry.objects.get(verb="language.signed_off")
    assert entry.by_id == administrator.pk
    assert "Marie Dubois" in entry.detail.after


def test_switching_off_is_another_row(administrator):
    sign_off(language="fr", by=administrator, now=TERMS_SET_AT, **SPEAKER)
    later = TERMS_SET_AT + timedelta(days=1)

    switch_off(language="fr", reason="A term is wrong.", by=administrator, now=later)

    forget_signed_off_languages()
    assert codes() == ["en-gb"]
    assert list(LanguageReview.objects.values_list("is_signed_off", flat=True)) == [False, True]
    sign_off(language="fr", by=administrator, now=later, **SPEAKER)
    forget_signed_off_languages()
    assert codes() == ["en-gb", "fr"]


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"language": "fr", "speaker": " ", "speaker_office": "interpreter"}, "required"),
        ({"language": "fr", "speaker": "Marie Dubois", "speaker_office": ""}, "required"),
        ({"language": "en-gb", **SPEAKER}, "unknown_language"),
        ({"language": "de", **SPEAKER}, "unknown_language"),
    ],
)
def test_a_sign_off_names_the_speaker_and_a_language_of_ours(administrator, given, code):
    with pytest.raises(Refused) as refused:
        sign_off(by=administrator, now=TERMS_SET_AT, **given)
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("share", "said"),
    [
        (CatalogueShare(8000, 6766), "1,234 sentences are not translated. Ask who runs the server"),
        (CatalogueShare(8000, 7999), "1 sentence is not translated. Ask who runs the server"),
        (CatalogueShare(0, 0), "The language has no translations. Ask who runs the server"),
    ],
)
def test_a_language_with_gaps_is_not_signed_off(client, administrator, catalogue, share, said):
    catalogue["fr"] = share
    client.force_login(administrator)

    with refuses("incomplete_catalogue", sentence=said):
        sign_off(language="fr", by=administrator, now=TERMS_SET_AT, **SPEAKER)
    with pytest.raises(CommandError, match=said):
        call_command("sign_off_language", "fr", speaker="Marie Dubois", office="interpreter of the embassy")
    page = client.get(reverse("language_review", args=["fr"]))
    sent = client.post(reverse("language_review", args=["fr"]), SPEAKER)

    assert said in page.text
    assert "Speaker who reviewed the language" not in page.text
    assert sent.status_code == 422
    assert said in sent.text
    assert not LanguageReview.objects.exists()
    sign_off(language="st", by=administrator, now=TERMS_SET_AT, **SPEAKER)


def test_a_language_with_gaps_can_still_be_switched_off(client, administrator, catalogue):
    LanguageReviewFactory(language="fr")
    catalogue["fr"] = CatalogueShare(8000, 7999)
    client.force_login(administrator)

    assert "Switch the language off" in client.get(reverse("language_review", args=["fr"])).text
    assert client.post(reverse("language_review", args=["fr"]), {"reason": "It has gaps."}).status_code == 302
    assert not LanguageReview.objects.first().is_signed_off


def test_only_a_signed_off_language_can_be_switched_off(administrator):
    with pytest.raises(Refused) as refused:
        switch_off(language="fr", reason="A term is wrong.", by=administrator, now=TERMS_SET_AT)
    assert refused.value.code == "not_signed_off"


def test_an_administrator_of_a_post_signs_nothing_off():
    with pytest.raises(PermissionDenied):
        sign_off(language="fr", by=AdministratorFactory(countries=[CountryFactory()]), now=TERMS_SET_AT, **SPEAKER)


def test_the_command_signs_off_and_switches_off():
    call_command("sign_off_language", "fr", speaker="Marie Dubois", office="interpreter of the embassy")
    call_command("sign_off_language", "fr", off="A term is wrong.")

    assert [row.recorded_by for row in LanguageReview.objects.all()] == [None, None]
    with pytest.raises(CommandError):
        call_command("sign_off_language", "fr")


# --- The pages --------------------------------------------------------------------------------------------------------


def test_the_page_says_that_nobody_has_reviewed_a_language(client, administrator):
    client.force_login(administrator)

    text = client.get(reverse("languages")).text

    assert text.count("Not yet reviewed by a speaker. Switched off.") == 2


def test_an_administrator_signs_a_language_off_on_its_page(client, administrator, django_capture_on_commit_callbacks):
    client.force_login(administrator)
    url = reverse("language_review", args=["fr"])

    with django_capture_on_commit_callbacks(execute=True):
        assert client.post(url, {"speaker": "Marie Dubois"}).status_code == 422
        assert client.post(url, SPEAKER).status_code == 302

    assert codes() == ["en-gb", "fr"]
    page = client.get(url).text
    assert "Reviewed by Marie Dubois (interpreter of the embassy)" in page
    assert "Switch the language off" in page


# --- Cost -------------------------------------------------------------------------------------------------------------


def test_requests_ask_for_the_languages_once_and_keep_them(client):
    LanguageReviewFactory(language="fr")
    client.force_login(OfficerFactory(language="fr", countries=[CountryFactory()]))
    client.get(reverse("how_this_works"))

    with CaptureQueriesContext(connection) as queries:
        assert FRENCH in client.get(reverse("how_this_works")).text

    assert [query["sql"] for query in queries if "languagereview" in query["sql"]] == []


def test_requests_in_english_never_ask_for_the_languages(client):
    client.force_login(OfficerFactory(countries=[CountryFactory()]))
    forget_signed_off_languages()

    with CaptureQueriesContext(connection) as queries:
        client.get(reverse("how_this_works"))
        client.logout()
        client.get(reverse("account_login"), headers={"accept-language": "en-US, en;q=0.9"})

    assert [query["sql"] for query in queries if "languagereview" in query["sql"]] == []


def test_another_process_knows_a_sign_off_after_some_seconds(monkeypatch):
    now = 1000.0
    monkeypatch.setattr(enabled, "monotonic", lambda: now)
    assert codes() == ["en-gb"]
    LanguageReviewFactory(language="fr")
    assert codes() == ["en-gb"]

    now += enabled.KEPT_SECONDS + 1

    assert codes() == ["en-gb", "fr"]
