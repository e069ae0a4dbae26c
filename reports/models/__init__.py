"""What the reports keep."""

from reports.models.snapshots import FrozenTraining, Snapshot

__all__ = ["FrozenTraining", "Snapshot"]
