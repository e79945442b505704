"""Who may read the log."""

from tiptracker.accounts.models import AnyUser
from tiptracker.audit.models import LOG_READER_ROLES


def can_read_log(user: AnyUser) -> bool:
    """The post for its countries, since it is its record; administrators, who look after accounts.

    An observer reads what the embassy holds on a government, not who at the embassy opened it.
    """
    return user.is_authenticated and user.is_active and user.role in LOG_READER_ROLES
