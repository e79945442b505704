"""A condition by which a row of another table is looked up means the same as Exists."""

import pytest
from django.db.models import Exists, OuterRef

from dialogues.models import Commitment, CommitmentEvent
from tests import factories
from tiptracker.infrastructure.lookups import has_row

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


def test_a_row_that_is_looked_up_is_one_that_exists():
    made, kept = factories.CommitmentFactory(), factories.CommitmentFactory(made=False)
    events = CommitmentEvent.objects.filter(commitment=OuterRef("pk"))

    assert list(Commitment.objects.filter(has_row(events))) == [made]
    assert list(Commitment.objects.filter(~has_row(events))) == [kept]
    assert list(Commitment.objects.filter(has_row(events))) == list(Commitment.objects.filter(Exists(events)))
