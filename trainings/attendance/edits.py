"""What somebody wants to change of the marks: one cell, with what they saw there."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True)
class MarkEdit:
    """One change: the enrolment and session, the value wanted ("" clears), the version it was made from, its key."""

    enrolment: int
    session: int
    value: str
    base_version: int
    key: UUID
