"""Charts of a report."""

from reports.report import Report


def chart_of(report: Report) -> None:
    """Return the chart of a report."""
