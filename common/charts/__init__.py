"""Charts as SVG from the server: stacked bars, lines over time, a map of the region.

Each is drawn twice, for a wide page and for a phone; one of the two is shown. Nothing is told by colour alone: parts stand in
the order of their legend, unknown ones are hatched, lines have their own dashes, marks and names at their ends. A chart never
stands without its table.
"""

from common.charts.bars import Bar, Part, bars
from common.charts.lines import Series, lines
from common.charts.region import Place, region_map
from common.charts.small import small_columns
from common.charts.svg import Chart

__all__ = ["Bar", "Chart", "Part", "Place", "Series", "bars", "lines", "region_map", "small_columns"]
