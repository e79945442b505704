"""The register of the law: entries, corrections, ends, and what was in force and known."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied

from dialogues.actions.duplicates import DuplicateRecord
from dialogues.actions.law import CONTENT_FIELDS, add_law_entry, end_law_entry, replace_law_entry
from dialogues.choices import LawEntryKind, ProofState
from dialogues.models import LawEntry
from reports.readiness.gathering import gather_facts
from tests.edition_urls import edition_url
from tests.factories import (
    AmbassadorFactory,
    CountryFactory,
    EvidenceFactory,
    LawEntryFactory,
    OfficerFactory,
    RecommendationFactory,
    at_noon,
)
from tests.refusals import refuses
from tests.visibility import EMBASSY, create_readers, same_for_each, visible_names
from tiptracker.audit.models import AuditEntry
from tiptracker.validation import EditConflict

pytestmark = pytest.mark.django_db
DAY = date(2022, 1, 28)
NOW = at_noon(DAY)
VALUES = {
    "standard": 3,
    "kind": LawEntryKind.PENALTY,
    "citation": "Act 1, section 5",
    "text": "Ten years in prison.",
    "from_on": date(2021, 1, 1),
    "until_on": None,
    "source": "Gazette",
    "evidence": None,
}


def add(by=None, **values):
    return add_law_entry(country=CountryFactory(), by=by or OfficerFactory(), now=NOW, **VALUES | values)


def correct(entry, by=None, **values):
    saved = {name: getattr(entry, name) for name in CONTENT_FIELDS}
    return replace_law_entry(entry=entry, reason="Misread.", by=by or OfficerFactory(), now=NOW, **saved | values)


def current_texts():
    return list(LawEntry.objects.known_by(None).values_list("text", flat=True))


def test_only_the_embassy_of_the_country_sees_an_entry_and_only_officers_add_one():
    rows = {"here": LawEntryFactory(), "there": LawEntryFactory(country=CountryFactory(elsewhere=True))}

    seen = visible_names(create_readers(), rows)

    assert seen == same_for_each(EMBASSY, ["here"]) | {"officer elsewhere": ["there"]}
    with pytest.raises(PermissionDenied):
        add(AmbassadorFactory())
    with pytest.raises(PermissionDenied):
        correct(rows["here"], AmbassadorFactory(), text="Other")


@pytest.mark.parametrize(
    ("values", "code", "field"),
    [
        ({"citation": " "}, "required", "citation"),
        ({"text": ""}, "required", "text"),
        ({"source": ""}, "required", "source"),
        ({"until_on": date(2020, 1, 1)}, "reversed_dates", "until_on"),
    ],
)
def test_an_entry_has_its_citation_text_source_and_dates_in_order(values, code, field):
    with refuses(code, field=field):
        add(**values)


def test_the_same_entry_twice_and_evidence_of_another_country_are_refused():
    officer = OfficerFactory()
    add(officer)
    with pytest.raises(DuplicateRecord):
        add(officer)
    with refuses("another_country", field="evidence"):
        add(officer, evidence=EvidenceFactory(country=CountryFactory(elsewhere=True)))


def test_a_correction_replaces_an_entry_once_and_keeps_what_was_known_before():
    entry = LawEntryFactory(text="A fine.")
    with refuses("unchanged"):
        correct(entry)
    with refuses("required", field="reason"):
        end_law_entry(entry=entry, until_on=DAY, reason=" ", by=OfficerFactory(), now=NOW)

    correct(entry, text="Prison.")

    assert current_texts() == ["Prison."]
    assert [row.text for row in LawEntry.objects.known_by(NOW - timedelta(hours=1))] == ["A fine."]
    assert [row.text for row in LawEntry.objects.known_by(entry.recorded_at - timedelta(hours=1))] == []
    with pytest.raises(EditConflict):
        correct(entry, text="Both.")
    assert '"text": "A fine."' in AuditEntry.objects.get(verb="law_entry.corrected").detail.before


def test_an_ended_entry_is_over_the_day_after():
    ended = end_law_entry(
        entry=LawEntryFactory(from_on=date(2020, 1, 1)), until_on=DAY, reason="Repealed.", by=OfficerFactory(), now=NOW
    )

    assert [ended.is_over(DAY), ended.is_over(DAY + timedelta(days=1))] == [False, True]
    assert [row.pk for row in LawEntry.objects.begun_by(date(2019, 12, 31))] == []


def test_evidence_is_verified_until_it_is_corrected():
    verified = EvidenceFactory(verified=True)
    states = [LawEntryFactory(evidence=evidence).proof_state for evidence in (None, EvidenceFactory(), verified)]
    assert states == [ProofState.MISSING, ProofState.RECEIVED, ProofState.VERIFIED]

    EvidenceFactory(revises=verified, country=verified.country)

    assert LawEntry.objects.get(evidence=verified).proof_state == ProofState.RECEIVED


def test_an_officer_adds_corrects_and_ends_an_entry_and_readiness_stays(client):
    edition = RecommendationFactory().edition
    facts = gather_facts(edition)
    client.force_login(OfficerFactory())
    sent = {"standard": "3", "kind": "gap", "citation": "Act 1", "text": "A fine.", "source": "Gazette"}
    sent["from_on"] = "1938-06-01"

    page = client.post(edition_url("law_entry_add"), sent, follow=True)

    assert [row.entry.text for row in page.context["standards"][2].in_force] == ["A fine."]
    assert "never" in page.text
    entry = LawEntry.objects.get()
    client.post(f"/law/{entry.pk}/correct/", sent | {"text": "A small fine.", "reason": "Misread."})
    entry = LawEntry.objects.get(replaces=entry)
    client.post(f"/law/{entry.pk}/end/", {"until_on": "2022-01-01", "reason": "Repealed."})
    page = client.get(edition_url("law_list"))
    assert [row.entry.text for row in page.context["standards"][2].earlier] == ["A small fine."]
    assert page.context["standards"][2].in_force == []
    assert gather_facts(edition) == facts
