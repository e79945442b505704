"""The page to set up standard indicators, grouped by pillar and by the yearly question that they answer."""

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import NamedTuple

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect

from recommendations.catalogue.actions import StandardChoice, StandardSetup, as_counted, set_up_standard_indicators
from recommendations.catalogue.forms import StandardIndicatorRow
from recommendations.choices import INDICIA_SUMMARIES, BreakdownDimension
from recommendations.edition_context import EditionRequest, edition_url
from recommendations.indicator_matching import MatchKind, match_indicators
from recommendations.models import Indicator
from recommendations.permissions import can_set_up_indicators
from recommendations.standard_indicators import StandardIndicator, read_catalogue
from tiptracker import clock
from tiptracker.accounts.models import Country, Ministry
from tiptracker.errors import Refused
from tiptracker.localization import gettext, ngettext, record_language
from tiptracker.web.form_pages import form_page, sent_data
from tiptracker.web.frontend.form_rows import add_refusal_at, invalid_forms
from tiptracker.web.pages import render_page


class StandardLine(NamedTuple):
    """A standard indicator on the page: the row to set it up, or the indicator that it is already."""

    entry: StandardIndicator
    row: StandardIndicatorRow | None
    indicator: Indicator | None
    country: Country

    def is_ticked_in(self, data: QueryDict) -> bool:
        """Return whether it is ticked in what was sent, also if it has no row any more."""
        return f"{self.entry.key}-wanted" in data

    @property
    def name(self) -> str:
        """Its name, in the reader's language."""
        return gettext(self.entry.name)

    @property
    def unit(self) -> str:
        """Its unit; for money, the currency of the country."""
        return self.entry.unit_in(self.country.currency)

    @property
    def includes(self) -> str:
        """What a figure includes, for an indicator of the country as its record says it."""
        return (self.indicator.includes if self.indicator else "") or gettext(self.entry.includes)

    @property
    def note(self) -> str:
        """What the law leaves open; empty if nothing."""
        return gettext(self.entry.note) if self.entry.note else ""

    @property
    def indicium(self) -> str:
        """The indicium in words."""
        return gettext(INDICIA_SUMMARIES[self.entry.indicium])

    @property
    def breakdowns(self) -> list[str]:
        """The dimensions by which a figure can be broken down."""
        return [dimension.label for dimension in (*self.entry.breakdowns, BreakdownDimension.DISTRICT)]


class QuestionLines(NamedTuple):
    """The standard indicators of a pillar that answer one yearly question."""

    title: str
    lines: Sequence[StandardLine]


class PillarLines(NamedTuple):
    """The standard indicators of a pillar, by yearly question."""

    title: str
    questions: Sequence[QuestionLines]

    @property
    def total(self) -> int:
        """The number of its standard indicators."""
        return len(self._lines)

    @property
    def open_count(self) -> int:
        """The number of those that are not set up yet."""
        return sum(line.row is not None for line in self._lines)

    @property
    def ticked_count(self) -> int:
        """The number of those that are ticked."""
        return sum(line.row is not None and bool(line.row["wanted"].value()) for line in self._lines)

    @property
    def is_open(self) -> bool:
        """Whether a line has an error, so that the page shows it at once."""
        return any(line.row and line.row.errors for line in self._lines)

    @property
    def _lines(self) -> list[StandardLine]:
        return [line for question in self.questions for line in question.lines]


@form_page
def standard_indicators(request: EditionRequest) -> HttpResponse:
    """Set up the standard indicators that the country wants, in one press. With `tick=all`, the page opens ticked."""
    user, country = request.user, request.edition.country
    if not can_set_up_indicators(user, country):
        raise PermissionDenied
    indicators = {
        row.pk: row for row in Indicator.objects.visible_to(user).filter(country=country).select_related("ministry")
    }
    counted = [as_counted(row) for row in indicators.values()]
    with record_language():
        matches = match_indicators(read_catalogue().values(), counted)
    recognised = {match.counted.pk for match in matches.values() if match.kind is not MatchKind.SIMILAR}
    others = [row for row in counted if row.pk not in recognised]
    ministries = list(Ministry.objects.visible_to(user).filter(country=country))
    data = sent_data(request)
    lines = []
    for entry in read_catalogue().values():
        match = matches.get(entry.key)
        if match and match.kind is MatchKind.LINKED:
            lines.append(StandardLine(entry, None, indicators[match.counted.pk], country))
            continue
        row = StandardIndicatorRow(
            data,
            entry=entry,
            match=match,
            others=others,
            ministries=ministries,
            is_ticked=request.GET.get("tick") == "all",
        )
        lines.append(StandardLine(entry, row, None, country))
    rows = [line.row for line in lines if line.row]
    refused: Refused | None = None
    if data is not None and not invalid_forms(*rows):
        try:
            done = set_up_standard_indicators(
                country=country,
                chosen=[
                    *(row.choice for row in rows if row.is_wanted),
                    # Ticked on a page that was opened before it was set up, for example if the button is pressed twice.
                    *(StandardChoice(line.entry) for line in lines if line.indicator and line.is_ticked_in(data)),
                ],
                by=user,
                now=clock.now(country.time_zone),
            )
        except Refused as refusal:
            refused = None if _show_refusal(rows, refusal) else refusal
        else:
            messages.success(request, _describe(done))
            return redirect(edition_url(request.edition, "indicator_list"))
    context = {
        "edition": request.edition,
        "pillars": _group(lines),
        "open_count": len(rows),
        "total": len(lines),
        "refused_forms": invalid_forms(*rows),
        "refusal": refused,
    }
    return render_page(
        request, "recommendations/standard_indicators.html", context, status=200 if data is None else 422
    )


def _group(lines: Iterable[StandardLine]) -> list[PillarLines]:
    """Return the lines by pillar and yearly question, in the order of the catalogue."""
    return [
        PillarLines(
            pillar.label,
            [
                QuestionLines(question.label, list(same))
                for question, same in groupby(own, lambda line: line.entry.yearly_question)
            ],
        )
        for pillar, own in groupby(lines, lambda line: line.entry.pillar)
    ]


def _show_refusal(rows: Iterable[StandardIndicatorRow], refusal: Refused) -> bool:
    """Show a refusal next to the field that it names, such as "convictions-existing". Return whether it names one."""
    key, _, field = (refusal.field or "").partition("-")
    row = next((row for row in rows if row.entry.key == key), None)
    if row is not None:
        add_refusal_at(row, refusal, field)
    return row is not None


def _describe(done: StandardSetup) -> str:
    """Say what was set up, who is told and what comes next."""
    added, linked, before = len(done.added), len(done.linked), done.set_up_before
    sentences = []
    if added:
        sentences.append(
            ngettext("%(number)d indicator is added.", "%(number)d indicators are added.", added) % {"number": added}
        )
    if linked:
        sentences.append(
            ngettext(
                "%(number)d indicator is linked to a standard indicator.",
                "%(number)d indicators are linked to standard indicators.",
                linked,
            )
            % {"number": linked}
        )
    if before:
        sentences.append(
            ngettext(
                "%(number)d standard indicator was set up before and stays as it is.",
                "%(number)d standard indicators were set up before and stay as they are.",
                before,
            )
            % {"number": before}
        )
    sentences.append(gettext("No ministry gets a message. Next: enter their figures."))
    return " ".join(sentences)
