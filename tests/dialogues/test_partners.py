"""Partners: adding and renaming them, and their list."""

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from dialogues.actions.partners import add_partner, change_partner
from dialogues.choices import PartnerKind
from dialogues.models import Partner
from tests.edition_urls import edition_url
from tests.factories import (
    DEADLINE_ON,
    AmbassadorFactory,
    ContributionFactory,
    CountryFactory,
    EvidenceFactory,
    ObserverFactory,
    OfficerFactory,
    PartnerFactory,
    RecommendationFactory,
    at_noon,
)
from tests.visibility import EMBASSY, create_readers, same_for_each, visible_names
from tiptracker.audit.models import AuditEntry
from tiptracker.errors import Refused
from tiptracker.validation import EditConflict

pytestmark = pytest.mark.django_db
NOW = at_noon(DEADLINE_ON)


def rename(partner, name, *, by=None, version=1):
    officer = by or OfficerFactory()
    kind = PartnerKind(partner.kind)
    return change_partner(partner=partner, version=version, name=name, kind=kind, note="", by=officer, now=NOW)


def test_only_the_embassy_of_the_country_sees_a_partner():
    here, there = PartnerFactory(), PartnerFactory(country=CountryFactory(elsewhere=True))

    seen = visible_names(create_readers(), {"here": here, "there": there})

    assert seen == same_for_each(EMBASSY, ["here"]) | {"officer elsewhere": ["there"]}


@pytest.mark.parametrize("reader", [AmbassadorFactory, ObserverFactory])
def test_only_officers_add_and_rename_partners(reader):
    person, partner = reader(), PartnerFactory()

    with pytest.raises(PermissionDenied):
        add_partner(country=partner.country, name="A shelter", kind=PartnerKind.OTHER, by=person, now=NOW)
    with pytest.raises(PermissionDenied):
        rename(partner, "A shelter", by=person)


@pytest.mark.parametrize(("name", "code"), [("  ", "required"), ("THE HOUSE", "taken")])
def test_a_partner_needs_a_name_of_its_own_in_its_country(name, code):
    country = PartnerFactory(name="The House").country
    PartnerFactory(name=name or "x", country=CountryFactory(elsewhere=True))

    with pytest.raises(Refused) as refusal:
        add_partner(country=country, name=name, kind=PartnerKind.OTHER, by=OfficerFactory(), now=NOW)

    assert (refusal.value.code, refusal.value.field) == (code, "name")


def test_the_log_keeps_the_earlier_name():
    partner = PartnerFactory(name="The House")

    rename(partner, "The New House")

    entry = AuditEntry.objects.get(verb="partner.changed")
    assert '"name": "The House"' in entry.detail.before
    assert Partner.objects.get().name == "The New House"
    with pytest.raises(EditConflict):
        rename(partner, "A third name")


def test_the_page_of_a_partner_lists_what_it_contributes_and_the_evidence_that_names_it(client):
    RecommendationFactory()
    partner, other = PartnerFactory(name="The House"), PartnerFactory()
    corrected = ContributionFactory(partner=partner, what="Two beds")
    given = ContributionFactory(partner=partner, what="Three beds", corrects=corrected, reason="It was three.")
    ContributionFactory(partner=other, what="A car")
    ContributionFactory(what="A course")
    named = EvidenceFactory(partner=partner, title="The House opened a room", verified=True)
    EvidenceFactory(partner=other)
    client.force_login(ObserverFactory())

    page = client.get(reverse("partner_detail", args=[partner.pk]))

    assert page.context["contributions"] == [given]
    assert (page.context["evidence"], page.context["evidence_count"]) == ([named], 1)
    assert page.context["verified"] == {named.pk}
    [row] = [row for row in client.get(edition_url("partner_list")).context["rows"] if row.partner == partner]
    assert (row.contributions, row.evidence, row.verified) == (1, 1, 1)


def test_an_officer_adds_a_partner_and_finds_it_in_the_list(client):
    edition = RecommendationFactory().edition
    client.force_login(OfficerFactory())

    page = client.post(
        edition_url("partner_add", edition=edition),
        {"name": "Maseru Shelter", "kind": "civil_society", "note": ""},
        follow=True,
    )

    assert page.request["PATH_INFO"] == edition_url("partner_list", edition=edition)
    assert [row.partner.name for row in page.context["rows"]] == ["Maseru Shelter"]
