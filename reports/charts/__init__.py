"""Compute the geometry of SVG charts from numbers, for pages and print alike. No Django here.

A chart is a frozen dataclass of coordinates in SVG user units, rounded to two places, so the same numbers give the
same bytes. Templates turn it into elements with presentation attributes only: neither the print engine nor a
strict content security policy accepts a style sheet in an inline SVG.

Screen and paper use the same signs: verified is solid, claimed is hatched, no data is a dashed outline. The hatching
is made of plain line segments and not of an SVG pattern. So it needs no id that could clash between two charts on one
page, and it survives photocopying.
"""
