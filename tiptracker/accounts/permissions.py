"""What a reader may know about other people."""

from tiptracker.accounts.models import User


def can_read_name(reader: User, *, sent_for: int | None) -> bool:
    """Return whether `reader` may see who recorded a row.

    The embassy may see it for every row, a ministry for rows that were sent for it.

    `sent_for` is the id of the ministry for which the row was sent, or None if the embassy recorded it. The ministry
    where the person works today does not count, because they may have worked elsewhere on the day of recording.
    """
    return reader.is_embassy or (sent_for is not None and sent_for == reader.ministry_id)
