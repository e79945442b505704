"""Keys are reserved, finished, released and dropped."""

from datetime import datetime, timedelta

import pytest

from tests.conftest import MASERU
from tests.factories import MinistryFactory, OfficerFactory
from tiptracker.accounts.models import Ministry
from tiptracker.idempotency.actions import RequestStillRunning, create_once, drop_old_keys, release_key, reserve_key
from tiptracker.idempotency.models import IdempotencyKey
from tiptracker.idempotency.tasks import drop_idempotency_keys

pytestmark = pytest.mark.django_db
NOW = datetime(2022, 1, 28, 9, tzinfo=MASERU)
REQUEST = "0" * 64


def test_neither_key_nor_body_is_stored():
    reserve_key(person=OfficerFactory(), key="a victim's name", request=REQUEST, now=NOW)

    (row,) = IdempotencyKey.objects.values()
    assert "victim" not in str(row)


def test_a_request_whose_process_died_is_carried_out_by_the_next_once_it_must_be_lost():
    person = OfficerFactory()
    lost = reserve_key(person=person, key="a", request=REQUEST, now=NOW)

    with pytest.raises(RequestStillRunning):
        reserve_key(person=person, key="a", request=REQUEST, now=NOW + timedelta(seconds=119))
    later = reserve_key(person=person, key="a", request=REQUEST, now=NOW + timedelta(minutes=2))

    assert later.made is None
    with pytest.raises(RequestStillRunning):  # should it come back to life after all, it makes nothing
        create_once(lost, MinistryFactory)
    release_key(lost)
    assert not Ministry.objects.exists()
    made = create_once(later, MinistryFactory)
    assert reserve_key(person=person, key="a", request=REQUEST, now=NOW + timedelta(minutes=3)).made == made


def test_old_keys_are_dropped_and_newer_ones_kept(set_clock):
    person = OfficerFactory()
    reserve_key(person=person, key="old", request=REQUEST, now=NOW - timedelta(hours=24))
    newer = reserve_key(person=person, key="newer", request=REQUEST, now=NOW - timedelta(hours=23))

    assert drop_old_keys(now=NOW) == 1
    drop_idempotency_keys()

    assert list(IdempotencyKey.objects.all()) == [newer]


def test_everybody_sees_only_their_own_keys():
    person, other = OfficerFactory(), OfficerFactory()
    own = reserve_key(person=person, key="a", request=REQUEST, now=NOW)
    reserve_key(person=other, key="a", request=REQUEST, now=NOW)

    assert list(IdempotencyKey.objects.visible_to(person)) == [own]
