"""Input for Washington: the tracking period by pillar and indicium, on the public record of Lesotho."""

import io
from datetime import date, datetime

import page
import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import call_command
from django.urls import reverse
from pypdf import PdfReader

from dialogues.choices import EvidenceDecision
from dialogues.lesotho.loading import load_public_record
from dialogues.models import Evidence
from recommendations.models import Edition
from reports.briefings import pdf
from reports.briefings.content.documents import imprint_lines
from reports.briefings.html import render_html
from reports.briefings.washington import build_washington_input
from reports.models import Briefing
from reports.reader_view import ReaderView
from tests.factories import (
    MASERU,
    AmbassadorFactory,
    BenchmarkFactory,
    CountryFactory,
    EditionFactory,
    EvidenceFactory,
    EvidenceReviewFactory,
    FocalPointFactory,
    OfficerFactory,
    PartnerFactory,
    RecommendationFactory,
)
from tests.row_cache import load_cached

pytestmark = pytest.mark.django_db

JULY = datetime(2022, 7, 31, 23, 59, tzinfo=MASERU)
PERIOD_END = date(2022, 3, 31)


@pytest.fixture
def lesotho_edition():
    load_cached(load_public_record, now=JULY)
    return Edition.objects.get(year=2021)


def build_input(edition, *, reader=None, as_of=PERIOD_END, known_by=None, **options):
    reader = reader or AmbassadorFactory(countries=[edition.country])
    return build_washington_input(ReaderView(reader, edition, as_of, known_by), **options)


def find_indicium(content, pillar, number):
    """What it says of an indicium under a pillar."""
    section = next(section for section in content.pillars if section.title.lower() == pillar)
    return next(indicium for indicium in section.indicia if indicium.law == f"22 U.S.C. 7106(b)({number})")


def test_input_for_washington_is_ordered_by_pillar_and_indicium_as_in_the_law(lesotho_edition):
    content = build_input(lesotho_edition)

    assert [(section.title, [each.law[-3:] for each in section.indicia]) for section in content.pillars] == [
        ("Prosecution", ["(1)", "(2)", "(7)"]),
        ("Protection", ["(2)"]),
        ("Prevention", ["(3)", "10)"]),
    ]


def test_input_is_prepared_for_washington_for_every_requester(lesotho_edition):
    for factory in (OfficerFactory, AmbassadorFactory):
        reader = factory(countries=[lesotho_edition.country])
        told = dict(imprint_lines(build_input(lesotho_edition, reader=reader)))
        assert told["Prepared for"] == "Office to Monitor and Combat Trafficking in Persons, Washington"


def test_figures_are_compared_with_the_year_before(lesotho_edition):
    counted = {line.name: line for line in find_indicium(build_input(lesotho_edition), "prosecution", 1).counted}

    prosecutions = counted["Prosecutions"]
    assert (prosecutions.before, prosecutions.now) == ("4", "16")
    assert prosecutions.moved == "Prosecutions rose from 4 to 16."
    victims = {line.name: line for line in find_indicium(build_input(lesotho_edition), "protection", 2).counted}[
        "Victims identified"
    ]
    assert (victims.before, victims.now) == ("no data", "more, no figure")


def test_only_verified_actions_of_the_government_in_the_period_are_listed(lesotho_edition):
    content = build_input(lesotho_edition)
    deeds = [deed for section in content.pillars for each in section.indicia for deed in each.deeds]

    assert sorted({deed.towards for deed in deeds}) == ["10a", "10c", "4a, 4b", "6a", "7a"]
    hands = {deed.towards: deed.done_by for deed in deeds}
    assert (hands["4a, 4b"], hands["6a"]) == ("Joint, the government taking part", "Government")
    assert all(deed.when for deed in deeds)
    claimed = Evidence.objects.filter(reviews__isnull=True).values_list("title", flat=True)
    assert claimed
    assert not {deed.what for deed in deeds} & set(claimed)
    assert content.unverified > 0
    assert "claims are not verified yet and are left out" in render_html(content)


def test_facts_without_a_recommendation_stand_under_their_indicium_verified_first(lesotho_edition):
    partner = PartnerFactory(country=lesotho_edition.country, name="The House")
    made = {"country": lesotho_edition.country, "happened_to": date(2022, 1, 10), "done_by": "joint"}
    claimed = EvidenceFactory(indicia=[4], title="A claim", **made)
    EvidenceFactory(indicia=[4], title="A fact", partner=partner, verified=True, **made | {"happened_to": PERIOD_END})
    EvidenceFactory(indicia=[4], title="Before", verified=True, **made | {"happened_to": date(2021, 3, 1)})
    rejected = EvidenceFactory(indicia=[4], title="Untrue", **made)
    EvidenceReviewFactory(evidence=rejected, decision=EvidenceDecision.REJECTED)

    content = build_input(lesotho_edition)

    indicium = find_indicium(content, "prosecution", 4)
    assert [(fact.what, fact.state) for fact in indicium.others] == [("A fact", "verified"), ("A claim", "claimed")]
    assert "The House" in indicium.others[0].details
    printed = render_html(content)
    assert "Claimed, not reviewed. It shows: a concrete action." in printed
    assert "marked as claimed" in printed
    early = build_input(lesotho_edition, known_by=claimed.recorded_at)
    assert [fact.what for fact in find_indicium(early, "prosecution", 4).others] == ["A claim"]


def test_the_law_in_force_stands_before_the_indicia_as_known_by_then(lesotho_edition):
    content = build_input(lesotho_edition)

    standards = content.pillars[0].standards
    assert [[entry.kind for entry in standard.entries] for standard in standards] == [
        ["Offence"], ["Penalty"], ["Gap", "Gap", "Case of use"]
    ]  # fmt: skip
    assert standards[0].entries[0].details == "The evidence is not verified."
    assert "Nothing in force" not in render_html(content)
    assert build_input(lesotho_edition, known_by=datetime(2021, 6, 1, tzinfo=MASERU)).pillars[0].standards == ()


def test_each_assessment_has_its_rationale_and_section_of_the_law(lesotho_edition):
    judged = {
        line.key: line
        for pillar in build_input(lesotho_edition).pillars
        for each in pillar.indicia
        for line in each.judged
    }

    assert {key: line.verdict for key, line in judged.items()} == {
        "4a": "Met", "4b": "Met", "10a": "Met", "10c": "Met", "6a": "Concrete step", "7a": "Concrete step",
        "1c": "Stalled", "1d": "Stalled", "2a": "Stalled", "2b": "Stalled", "6b": "Stalled",
    }  # fmt: skip
    assert all(line.rationale and line.law for line in judged.values())
    assert [line.key for line in find_indicium(build_input(lesotho_edition), "prosecution", 7).judged] == ["1d"]


def test_nothing_is_verified_by_what_was_known_before_july(lesotho_edition):
    content = build_input(lesotho_edition, known_by=datetime(2022, 2, 28, 23, 59, tzinfo=MASERU))

    assert content.sentence == "Verified concrete actions of the government: 0. Indicators with a verified figure: 0."
    assert not [deed for section in content.pillars for each in section.indicia for deed in each.deeds]
    assert "No concrete action is verified for this indicium yet." in render_html(content)


def test_without_sources_it_names_no_source(client, run_jobs):
    recommendation = RecommendationFactory(indicia=[1])
    benchmark = BenchmarkFactory(recommendation=recommendation)
    piece = EvidenceFactory(
        title="Budget released", stated_by="Whistle Example", source="A letter of the Treasury", link="https://x.example/",
        supports=[benchmark],
    )  # fmt: skip
    EvidenceReviewFactory(evidence=piece, evidence_link=piece.evidence_links.get(), decision=EvidenceDecision.VERIFIED)
    client.force_login(OfficerFactory())
    for what in ("washington", "washington-without-sources"):
        client.post(reverse("briefing_list"), {"what": what, "as_of": "2022-01-28"})
    run_jobs()

    named, unnamed = Briefing.objects.order_by("pk")
    texts = {}
    for briefing in (named, unnamed):
        with briefing.file.open("rb") as file:
            texts[briefing.has_sources] = " ".join(pdf.extract_pdf_text(file.read()).split())
    for text in ("Whistle Example", "A letter of the Treasury", "https://x.example/"):
        assert text in texts[True]
        assert text not in texts[False]
    assert "Budget released" in texts[False]
    assert (named.version, unnamed.version) == (1, 1)
    assert "without-sources" in unnamed.get_file().name
    assert "Input for Washington, without sources" in client.get(reverse("briefing_list")).text


def test_only_a_document_for_washington_can_leave_sources_out(client):
    RecommendationFactory()
    client.force_login(AmbassadorFactory())
    answer = client.post(
        "/api/v1/briefings/", {"kind": "ambassador", "has_sources": False}, content_type="application/json"
    )

    assert answer.json() == {
        "detail": "Only a document for Washington can leave its sources out. Include the sources.",
        "code": "needs_sources",
        "field": "has_sources",
    }
    assert not Briefing.objects.exists()


@pytest.mark.parametrize("is_ministry", [True, False])
def test_only_the_embassy_of_the_country_can_read_it(lesotho_edition, is_ministry):
    elsewhere = {"email": "elsewhere@post.example", "countries": [CountryFactory(elsewhere=True)]}
    reader = FocalPointFactory() if is_ministry else AmbassadorFactory(**elsewhere)

    with pytest.raises(PermissionDenied if is_ministry else Edition.DoesNotExist):
        build_input(lesotho_edition, reader=reader)


def test_the_input_has_nothing_of_another_country(lesotho_edition):
    elsewhere = CountryFactory(elsewhere=True)
    theirs = BenchmarkFactory(
        recommendation=RecommendationFactory(edition=EditionFactory(country=elsewhere)), terms__criterion="Marker asked"
    )
    piece = EvidenceFactory(country=elsewhere, title="Marker done", supports=[theirs])
    EvidenceReviewFactory(evidence=piece, evidence_link=piece.evidence_links.get(), decision=EvidenceDecision.VERIFIED)
    both = AmbassadorFactory(countries=[lesotho_edition.country, elsewhere])

    assert "Marker" not in render_html(build_input(lesotho_edition, reader=both))


def test_the_input_passes_pdf_ua_and_is_reproducible(lesotho_edition):
    first, second = (pdf.render_pdf(render_html(build_input(lesotho_edition))) for _ in range(2))

    assert first == second
    assert page.validate_pdf_bytes(first, profile="ua1").is_compliant
    text = " ".join(PdfReader(io.BytesIO(first)).pages[0].extract_text().split())
    assert "Tracking period 1 April 2021 to 31 March 2022" in text
    assert "SENSITIVE BUT UNCLASSIFIED" in text


@pytest.mark.day("2022-07-31")
def test_the_command_writes_it_with_and_without_sources(lesotho_edition, tmp_path, capsys):
    file = tmp_path / "input.pdf"
    options = {"kind": "washington", "as_of": "2022-03-31", "known_by": JULY.isoformat(), "output": str(file)}
    call_command("issue_briefing", "LSO", "2021", **options)
    named = pdf.extract_pdf_text(file.read_bytes())
    call_command("issue_briefing", "LSO", "2021", without_sources=True, **options)
    unnamed = pdf.extract_pdf_text(file.read_bytes())

    assert "Verified concrete actions of the government: " in capsys.readouterr().out
    assert "TIP Report 2022" in named
    assert "TIP Report 2022" not in unnamed
    with pytest.raises(SystemExit):
        call_command("issue_briefing", "LSO", "2021", without_sources=True, **options | {"kind": "ambassador"})
    assert "Leave --without-sources out." in capsys.readouterr().err
