"""Numbers to SVG geometry, for pages and for print alike. Pure.

A drawing is a frozen dataclass of coordinates in SVG user units, rounded to two places, so that the
same numbers give the same bytes. Templates turn it into elements with presentation attributes only:
neither the print engine nor a strict content security policy lets an inline SVG take a style sheet.
The language is one for screen and paper: verified is solid, claimed is hatched, no data is a dashed
outline. The hatching is plain line segments, not an SVG pattern, so it needs no id (two drawings on
a page can't clash) and survives a copier.
"""

from reports.charts.axis import AxisEvent
from reports.charts.bars import ReadinessBar, ShareBar, readiness_bar, share_bar
from reports.charts.drawing import Label, hatch
from reports.charts.trend import TrendChart, trend_chart

__all__ = [
    "AxisEvent",
    "Label",
    "ReadinessBar",
    "ShareBar",
    "TrendChart",
    "hatch",
    "readiness_bar",
    "share_bar",
    "trend_chart",
]
