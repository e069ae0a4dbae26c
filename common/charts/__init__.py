"""Server-rendered SVG charts: stacked bars, lines over time, a map of the region.

Each is drawn twice, for desktop and for phone; one of the two is shown. Nothing is conveyed by colour alone: parts follow
the order of their legend, unknown ones are hatched, lines have their own dashes and markers, with names at their ends. A
chart always comes with its table.
"""

from common.charts.bars import Bar, Part, bars
from common.charts.lines import Series, lines
from common.charts.region import Place, region_map
from common.charts.small import small_columns
from common.charts.svg import Chart

__all__ = ["Bar", "Chart", "Part", "Place", "Series", "bars", "lines", "region_map", "small_columns"]
