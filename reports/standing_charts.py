"""Draw how an indicator stands against its annual target, for pages and documents."""

from dialogues.target_standings import TargetStanding
from reports.charts.figures import ChartFigure, FigureChart, figure_chart


def draw_standing(standing: TargetStanding, **size: float) -> FigureChart:
    """Return the chart of an indicator's year with its annual target."""
    edition, target = standing.year.edition, standing.target if standing.has_target else None
    figures = [
        ChartFigure(reading.through_on, reading.figure, is_verified)
        for reading, is_verified in standing.readings
        if reading.figure is not None
    ]
    return figure_chart(
        figures,
        starts_on=edition.starts_on,
        ends_on=edition.ends_on,
        baseline=target.baseline if target else None,
        target=target.figure if target else None,
        **size,
    )
