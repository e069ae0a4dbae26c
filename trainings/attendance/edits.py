"""A requested change of one mark, with the version the user saw."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True)
class MarkEdit:
    """One change: the enrolment and session, the new value ("" clears), the version it was made from, its key."""

    enrolment: int
    session: int
    value: str
    base_version: int
    key: UUID
