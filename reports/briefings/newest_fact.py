"""Find the newest fact that a document can rest on."""

from datetime import datetime

from reports.reader_view import ReaderView
from reports.readiness.countable_facts import newest_recorded_at
from reports.readiness.facts import Facts
from reports.readiness.gathering import newest_dialogue_moment, newest_request_moment


def newest_fact(view: ReaderView, known_facts: Facts) -> datetime | None:
    """Return when the newest known fact of the country's record was recorded, in the country's time zone.

    It does not depend on the reader or on what a document includes: all documents made at one moment name the same
    moment, so that no reader takes one of them for outdated.
    """
    return view.newest(
        newest_recorded_at(known_facts),
        newest_dialogue_moment(view.edition, view.known_by),
        newest_request_moment(view.edition, view.known_by),
    )
