"""Build the part of a dialogue pack about figures, contributions, and what will sustain the work."""

from dialogues.dialogue_figures import ChosenLine, Work, gather_numbers
from dialogues.models import Contribution, Dialogue, Reading
from dialogues.models.dialogue_numbers import work_title
from reports.briefings.content.dialogue import PackContribution, PackFigure, PackNumbers, PackWork
from reports.evidence_sources import describe_reading_source
from reports.reader_view import ReaderView
from reports.standing_charts import draw_standing
from tiptracker.localization import format_date, format_short_date, gettext, pgettext

CHART_WIDTH, CHART_SIZE, PLOT_HEIGHT = 648, 11, 56
"""The size of a chart in a document, in user units."""


def build_pack_numbers(view: ReaderView, dialogue: Dialogue) -> PackNumbers:
    """Return the indicators of a dialogue with their charts, and the contributions of both sides."""
    numbers = gather_numbers(view.reader, dialogue, view.edition, today=view.as_of, known_by=view.known_by)
    return PackNumbers(
        figures=tuple(_build_figure(line) for line in numbers.lines),
        contributions=tuple(_build_contribution(row) for row in numbers.contributions),
        kept=tuple(
            gettext("%(maker)s kept its commitment: %(text)s") % {"maker": row.maker, "text": row.text}
            for row in numbers.kept
        ),
        works=tuple(PackWork(work.title, _describe_sustainment(work)) for work in numbers.works),
    )


def _build_figure(line: ChosenLine) -> PackFigure:
    standing, target = line.standing, line.standing.target
    discussion = line.chosen.discussion
    is_drawn = not line.is_dropped and (standing.has_target or bool(standing.readings))
    return PackFigure(
        name=line.chosen.indicator.name,
        unit=line.chosen.indicator.unit,
        baseline=target.baseline_text if target else pgettext("baseline", "none"),
        target=target.display_value if target else gettext("none"),
        now=_describe_reading(standing.verified) if standing.verified else gettext("no data"),
        claimed=_describe_reading(standing.claimed) if standing.claimed else "",
        source=describe_reading_source(standing.verified) if standing.verified else "",
        status_text=line.status_text,
        sentence=" ".join(standing.sentences),
        said=discussion.text if discussion and line.is_discussed else "",
        chart=draw_standing(standing, width=CHART_WIDTH, size=CHART_SIZE, plot_height=PLOT_HEIGHT)
        if is_drawn
        else None,
    )


def _describe_reading(reading: Reading) -> str:
    values = {"figure": reading.display_value, "date": format_short_date(reading.through_on)}
    return gettext("%(figure)s, up to %(date)s") % values


def _build_contribution(row: Contribution) -> PackContribution:
    return PackContribution(
        giver=row.giver,
        what=row.description,
        period=row.period,
        work=work_title(row.commitment or row.recommendation),
        source=row.source,
    )


def _describe_sustainment(work: Work) -> str:
    row = work.sustainment
    if row is None:
        return gettext("It is not recorded who pays after outside money ends.")
    values = {"payer": row.payer, "date": format_date(row.from_on), "proof": row.proof}
    return gettext("After outside money ends: paid by %(payer)s from %(date)s. Proof: %(proof)s") % values
