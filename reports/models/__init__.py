"""What is: the strength of the ministries, and the indicators of what the network works for."""

from reports.models.indicators import Indicator, IndicatorValue
from reports.models.strengths import Strength, StrengthCell

__all__ = ["Indicator", "IndicatorValue", "Strength", "StrengthCell"]
