"""What a reader may know of other people."""

from tiptracker.accounts.models import User


def can_read_name(reader: User, *, sent_for: int | None) -> bool:
    """Whether `reader` may read who recorded a row: the embassy of every row, a ministry of what was sent for it.

    `sent_for` is the ministry (id) for which the row was sent, None where the embassy recorded it. In which ministry
    the person works today says nothing of the day of the recording.
    """
    return reader.is_embassy or (sent_for is not None and sent_for == reader.ministry_id)
