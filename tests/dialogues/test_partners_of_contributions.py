"""The migration that turns the organization of a contribution, which was a text, into a partner of the list."""

from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.migrations.executor import MigrationExecutor

from dialogues.models import Contribution, Partner
from tests.conftest import connect_to, copy_database, drop_database, use_copy_of
from tests.database_roles import as_owner
from tests.factories import DEADLINE_ON, CountryFactory, OfficerFactory, PartnerFactory, at_noon

BEFORE, AFTER = ("dialogues", "0040_dialogue_numbers"), ("dialogues", "0041_partners_of_contributions")


def migrate_to(target):
    """Migrate and return the models of that state."""
    with as_owner():
        executor = MigrationExecutor(connection)
        executor.migrate([target])
        return executor.loader.project_state([target]).apps


@pytest.fixture(scope="module")
def old_database(database_template, django_db_blocker):
    """The name of a database in the state before the migration, to which nothing is connected."""
    with django_db_blocker.unblock(), use_copy_of(database_template) as name:
        apps = migrate_to(BEFORE)
        former = f"{name}_before"
        connect_to(name)
        copy_database(name, former)
        yield former, apps
        drop_database(former)


@pytest.fixture
def before(old_database, django_db_blocker):
    """The models before the migration, in a database of that state."""
    name, apps = old_database
    with django_db_blocker.unblock(), use_copy_of(name):
        yield apps


def test_a_text_that_names_a_partner_of_the_country_becomes_that_partner_and_another_one_is_added(before):
    here, there = CountryFactory(), CountryFactory(elsewhere=True)
    known, abroad = PartnerFactory(country=here, name="The House"), PartnerFactory(country=there, name="Care")
    given = {
        "kind": "training",
        "what": "A course",
        "starts_on": date(2022, 1, 10),
        "source": "A letter",
        "recorded_at": at_noon(DEADLINE_ON),
        "recorded_by_id": OfficerFactory().pk,
    }
    rows = before.get_model("dialogues", "Contribution").objects
    for organization in ("the house", "Care", "CARE"):
        rows.create(country_id=here.pk, given_by="partner", organization=organization, **given)
    rows.create(country_id=there.pk, given_by="partner", organization="Care", **given)
    rows.create(country_id=here.pk, given_by="united_states", **given)

    migrate_to(AFTER)

    added = Partner.objects.exclude(pk__in=[known.pk, abroad.pk]).get()
    assert (added.country, added.name, added.kind) == (here, "Care", "other")
    partners = list(Contribution.objects.order_by("pk").values_list("partner", flat=True))
    assert partners == [known.pk, added.pk, added.pk, abroad.pk, None]
    with pytest.raises(IntegrityError), transaction.atomic():
        Contribution.objects.filter(partner=added).update(partner=known)


def test_the_names_are_texts_again_if_the_migration_is_undone(before):
    migrate_to(AFTER)
    partner, officer = PartnerFactory(name="The House"), OfficerFactory()
    Contribution.objects.create(
        country=partner.country,
        given_by="partner",
        partner=partner,
        kind="training",
        what="A course",
        starts_on=date(2022, 1, 10),
        source="A letter",
        recorded_at=at_noon(DEADLINE_ON),
        recorded_by=officer,
    )

    [row] = migrate_to(BEFORE).get_model("dialogues", "Contribution").objects.all()

    assert row.organization == "The House"
