"""Who may read the log."""

from tiptracker.accounts.models import Reader
from tiptracker.audit.models import READERS


def can_read_log(user: Reader) -> bool:
    """The post for its countries, since it is its record; administrators, who look after accounts.

    An observer reads what the embassy holds on a government, not who at the embassy opened it.
    """
    return user.is_authenticated and user.is_active and user.role in READERS
