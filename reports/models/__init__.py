"""What the reports keep."""

from reports.models.packs import Contribution, PackKind, Release, SdgTarget
from reports.models.snapshots import FrozenTraining, Snapshot

__all__ = ["Contribution", "FrozenTraining", "PackKind", "Release", "SdgTarget", "Snapshot"]
