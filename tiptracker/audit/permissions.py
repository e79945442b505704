"""Who may read the activity log."""

from tiptracker.accounts.models import AnyUser
from tiptracker.audit.models import LOG_READER_ROLES


def can_read_log(user: AnyUser) -> bool:
    """Return whether the user may read the log: officers and ambassadors for their countries, and administrators.

    It is the post's record of its countries; administrators look after accounts. An observer may read what the embassy
    holds on a government, but not who at the embassy opened it.
    """
    return user.is_authenticated and user.is_active and user.role in LOG_READER_ROLES
