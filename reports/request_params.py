"""Parse the edition, day and moment of knowledge that an address or a command names.

Pages, the API and the commands share these rules. An invalid value raises Refused with a sentence that says what to ask
for instead.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.utils.http import urlencode

from recommendations.models import Edition
from reports.readiness.explanation.changes import RecordMoment
from reports.readiness.forecast.next_steps import NextSteps, ReadinessStep
from reports.readiness.readiness import Readiness
from tiptracker import clock
from tiptracker.errors import Refused
from tiptracker.localization import format_date, gettext
from tiptracker.moments import parse_moment, refuse_extreme_years


class RequestedMoment(NamedTuple):
    """The requested edition, day and moment of knowledge (None: everything known now), and today's date there."""

    edition: Edition
    as_of: date
    known_by: datetime | None
    today: date

    @property
    def record_moment(self) -> RecordMoment:
        """The day and the moment of knowledge only."""
        return RecordMoment(self.as_of, self.known_by)

    @property
    def query(self) -> str:
        """The query string that requests the same moment of its edition again, without the question mark."""
        params = {"as_of": self.as_of.isoformat()}
        return urlencode(params | ({"known_by": self.known_by.isoformat()} if self.known_by else {}))


def parse_record_moment(params: Mapping[str, Any], edition: Edition, *, suffix: str = "") -> RequestedMoment:
    """Parse a moment of the record: `as_of` is a day, `known_by` a moment, `known_on` a day, meaning its end.

    `suffix` is added to the parameter names if an address has two moments. Raises Refused with the field.
    """
    zone = ZoneInfo(edition.country.time_zone)
    today = clock.today(edition.country.time_zone)
    name = f"as_of{suffix}"
    as_of = parse_as_of(text, edition, today, field=name) if (text := params.get(name, "")) else today
    name = f"known_by{suffix}"
    known_by = parse_moment(text, field=name) if (text := params.get(name, "")) else None
    name = f"known_on{suffix}"
    if known_by is None and (text := params.get(name, "")):
        known_on = _parse_date(text, field=name)
        if known_on > today:
            raise Refused(
                "future_day",
                gettext("Give a day up to today, or leave the field empty to use everything known now."),
                field=name,
            )
        known_by = refuse_extreme_years(datetime.combine(known_on, time.max, zone), text, field=name)
    return RequestedMoment(edition, as_of, known_by, today)


def parse_met_benchmarks(texts: Iterable[str], result: Readiness) -> frozenset[int]:
    """Return the benchmarks (ids) taken as met. Raises Refused for one that is not part of this result."""
    ids = {str(benchmark.benchmark_id): benchmark.benchmark_id for benchmark in result.verified.benchmarks}
    chosen = set(texts)
    if chosen - ids.keys():
        raise Refused(
            "benchmark_not_asked",
            gettext("That benchmark is not on the list. Tick the benchmarks below, or choose a later day."),
            field="met",
        )
    return frozenset(ids[text] for text in chosen)


def parse_taken_steps(keys: Iterable[str], steps: NextSteps) -> list[ReadinessStep]:
    """Return the next steps assumed as taken, in their order. Raises Refused for a key that is not among `steps`."""
    chosen = set(keys)
    taken = [step for step in steps.all_steps if step.key in chosen]
    if len(taken) < len(chosen):
        raise Refused(
            "unknown_step",
            gettext("That next step is no longer on the list. Tick the steps below, or choose an earlier day."),
            field="step",
        )
    return taken


def parse_as_of(text: str, edition: Edition, today: date, *, field: str = "as_of") -> date:
    """Parse a day from the start of the tracking period to `today`, the date in the country.

    For an upcoming edition only `today` is valid. Raises Refused.
    """
    day = _parse_date(text, field=field)
    if day > today:
        raise Refused(
            "future_day",
            gettext("%(date)s is in the future. Give a day up to today, %(today)s.")
            % {"date": format_date(day), "today": format_date(today)},
            field=field,
        )
    if day < min(edition.starts_on, today):
        raise Refused(
            "before_tracking_period",
            gettext("The tracking period begins on %(date)s. Give that day or a later one.")
            % {"date": format_date(edition.starts_on)},
            field=field,
        )
    return day


def _parse_date(text: str, *, field: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        sentence = gettext("“%(text)s” is not a date. Write it like 2022-03-31.") % {"text": text}
        raise Refused("not_a_day", sentence, field=field) from error
