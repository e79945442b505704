"""Find and lift the lock-out of an account after too many failed attempts."""

from collections.abc import Iterable
from datetime import UTC, datetime

from allauth.core.internal import ratelimit
from django.core.cache import caches

from tiptracker.accounts.models import User

_APP, _ACTION = "allauth.account", "login_failed"


def find_lock_outs(people: Iterable[User], now: float) -> dict[int, datetime]:
    """Return until when each locked-out person is locked out, by id.

    People who are not locked out are left out. `now` is in seconds since 1970.
    """
    keys = {key: (person.pk, rate) for person in people for key, rate in _counter_keys(person)}
    lock_outs: dict[int, datetime] = {}
    for key, tries in caches["lock_outs"].get_many(keys).items():
        person, rate = keys[key]
        counted = [at for at in tries if at > now - rate.duration]
        if len(counted) >= rate.amount:
            until = datetime.fromtimestamp(counted[rate.amount - 1] + rate.duration, UTC)
            lock_outs[person] = max(until, lock_outs.get(person, until))
    return lock_outs


def clear_failed_attempts(person: User) -> None:
    """Reset the counts of failed attempts on an account, for its password and its second step."""
    caches["lock_outs"].delete_many([key for key, _ in _counter_keys(person)])


def _counter_keys(person: User) -> list[tuple[str, ratelimit.Rate]]:
    """Return the cache keys under which allauth counts failed attempts: by address, and by id for the second step."""
    rates = [rate for rate in ratelimit.get_rates(app=_APP, action=_ACTION) if rate.per == "key"]
    return [
        (ratelimit.get_cache_key(None, app=_APP, action=_ACTION, rate=rate, key=key), rate)
        for rate in rates
        for key in (person.email.lower(), f"mfa-auth-user-{person.pk}")
    ]
