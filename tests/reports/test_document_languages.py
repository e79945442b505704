"""Documents in the reader's language: their sentences are translated, and official texts stay in English."""

import io
from datetime import datetime

import pytest
from django.urls import reverse
from django.utils.translation import override
from pypdf import PdfReader

from reports.actions.briefings import request_briefing
from reports.choices import BriefingKind
from reports.models import Briefing, Document
from tests.factories import (
    MASERU,
    BriefingFactory,
    LanguageReviewFactory,
    OfficerFactory,
    RecommendationFactory,
)
from tests.pseudo_languages import LEFT_TO_RIGHT, pseudo_languages, pseudo_translate
from tests.refusals import refuses
from tiptracker.languages.enabled import forget_signed_off_languages
from tiptracker.templatetags.recorded_texts import as_recorded

pytestmark = [pytest.mark.django_db, pytest.mark.day("2022-01-28")]
NOW = datetime(2022, 1, 28, 9, tzinfo=MASERU)


@pytest.fixture
def recommendation():
    return RecommendationFactory()


@pytest.fixture
def edition(recommendation):
    return recommendation.edition


@pytest.fixture
def officer(edition):
    return OfficerFactory(countries=[edition.country])


def request_document(edition, officer, now, kind=BriefingKind.AMBASSADOR, **more):
    return request_briefing(edition=edition, document=Document(kind, **more), as_of=now.date(), by=officer, now=now)


def read_pdf(briefing):
    briefing.refresh_from_db()
    with briefing.file.open() as file:
        return PdfReader(io.BytesIO(file.read()))


def test_a_document_is_made_in_the_language_that_was_chosen(edition, recommendation, officer, run_jobs):
    with pseudo_languages():
        briefing = request_document(edition, officer, NOW, language=LEFT_TO_RIGHT)
        run_jobs()
        pdf = read_pdf(briefing)

    pages = " ".join("".join(page.extract_text() for page in pdf.pages).split())
    assert pdf.trailer["/Root"]["/Lang"] == LEFT_TO_RIGHT
    assert pseudo_translate("About this document")[1:15] in pages
    assert recommendation.text.split()[0] in pages
    assert set(tag_languages(pdf.trailer["/Root"]["/StructTreeRoot"])) == {"en"}


def tag_languages(element):
    """Yield the languages that the tags of a PDF name, below an element of its structure."""
    element = element.get_object()
    if "/Lang" in element:
        yield element["/Lang"]
    children = element.get("/K", [])
    for child in children if isinstance(children, list) else [children]:
        if not isinstance(child, int):
            yield from tag_languages(child)


def test_a_document_in_english_stays_as_it_is(edition, officer, run_jobs):
    briefing = request_document(edition, officer, NOW)
    run_jobs()

    assert read_pdf(briefing).trailer["/Root"]["/Lang"] == "en"


def test_two_languages_are_two_files(edition, officer, run_jobs):
    with pseudo_languages():
        english = request_document(edition, officer, NOW)
        other = request_document(edition, officer, NOW, language=LEFT_TO_RIGHT)
        run_jobs()
    english.refresh_from_db()
    other.refresh_from_db()

    assert (english.version, other.version) == (1, 2)
    assert english.setting_sha256 != other.setting_sha256
    assert english.content_sha256 != other.content_sha256


def test_documents_for_washington_stay_in_english(edition, officer, run_jobs):
    LanguageReviewFactory(language="fr")
    forget_signed_off_languages()
    with refuses("english_for_washington", field="language", sentence="Documents for Washington are in English."):
        request_document(edition, officer, NOW, BriefingKind.WASHINGTON, language="fr")


@pytest.mark.parametrize("language", ["fr", "st", "xx"])
def test_only_a_signed_off_language_that_embassies_read_can_be_chosen(edition, officer, language):
    LanguageReviewFactory(language="st")
    forget_signed_off_languages()
    with refuses("no_choice", field="language"):
        request_document(edition, officer, NOW, language=language)


def test_the_form_suggests_the_readers_own_language(client, edition, officer):
    LanguageReviewFactory(language="fr")
    forget_signed_off_languages()
    officer.language = "fr"
    officer.save()
    client.force_login(officer)

    page = client.get(reverse("briefing_list"))
    client.post(reverse("briefing_list"), {"what": "ambassador", "as_of": "2022-01-28"})
    client.post(reverse("briefing_list"), {"what": "washington", "as_of": "2022-01-28", "language": "fr"})

    assert page.context["form"]["language"].initial == "fr"
    assert set(Briefing.objects.values_list("kind", "language")) == {("ambassador", "fr"), ("washington", "en-gb")}


def test_without_other_languages_nobody_chooses_one(client, officer):
    client.force_login(officer)

    assert "language" not in client.get(reverse("briefing_list")).context["form"].fields


def test_documents_of_different_languages_are_not_compared(client, edition, officer):
    client.force_login(officer)
    briefing = BriefingFactory(edition=edition, content={"title": "One"})
    other = BriefingFactory(edition=edition, version=2, language="fr", content={"title": "Un"})

    page = client.get(reverse("briefing_compare", args=[briefing.pk]), {"with": other.pk})

    assert page.context["others"] == []
    assert "Only documents in the same language can be compared." in page.text


def test_a_text_of_the_record_is_marked_as_english_on_pages_in_another_language():
    assert as_recorded("Fund <shelters>.") == "Fund <shelters>."
    with override("fr"):
        assert as_recorded("Fund <shelters>.") == '<span lang="en">Fund &lt;shelters&gt;.</span>'
        assert as_recorded("") == ""
