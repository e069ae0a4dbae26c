"""Models of the reports: snapshots of reported figures, strengths of the ministries, values of indicators."""

from reports.models.indicators import Indicator, IndicatorValue
from reports.models.packs import Contribution, PackKind, Release, SdgTarget
from reports.models.snapshots import FrozenTraining, Snapshot
from reports.models.strengths import Strength, StrengthCell

__all__ = [
    "Contribution", "FrozenTraining", "Indicator", "IndicatorValue", "PackKind", "Release", "SdgTarget", "Snapshot", "Strength",
    "StrengthCell",
]  # fmt: skip
