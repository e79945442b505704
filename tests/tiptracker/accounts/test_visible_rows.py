"""Rows that are read by a query for each role are those that `visible_to` gives each person."""

import pytest
from django.contrib.auth.models import AnonymousUser

from dialogues.models import Commitment
from tests import factories
from tests.visibility import create_readers
from tiptracker.accounts.models import Ministry
from tiptracker.accounts.visible_rows import VisibleRows

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


def test_each_person_gets_the_rows_that_are_visible_to_them():
    readers = create_readers()
    for ministry in Ministry.objects.get_queryset():
        factories.CommitmentFactory(ministry=ministry, country=ministry.country)

    def build(reader, after):
        return Commitment.objects.visible_to(reader).filter(pk__gt=after)

    query = VisibleRows(build, after=int)
    for _ in range(2):
        for reader in readers.values():
            assert query.find(reader, after=0) == list(build(reader, after=0))

    assert len(query.find(readers["own ministry"], after=0)) == 1
    assert len(query.find(readers["officer"], after=0)) == 3


def test_who_may_not_sign_in_gets_no_rows():
    reader = factories.OfficerFactory()
    factories.CommitmentFactory()
    query = VisibleRows(lambda reader: Commitment.objects.visible_to(reader))
    assert query.find(reader)

    reader.is_active = False

    assert query.find(reader) == []
    assert query.find(AnonymousUser()) == []
