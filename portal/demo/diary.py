"""The record of the demo: lines as the actions would have left them, written at once and dated back."""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256
from typing import Any

from django.db import models

from audit.models import Line, LineText
from audit.record import digest_of_text, organisation_of
from members.models import Member


class Diary:
    """Collects lines, then writes them in three statements."""

    def __init__(self) -> None:
        self.lines: list[Line] = []
        self.when: list[datetime] = []
        self.texts: list[LineText | None] = []

    def note(
        self, action: str, thing: models.Model, root: models.Model, by: Member, at: datetime, *,
        told: dict[str, Any] | None = None, about_people: bool = False, **details: Any,
    ) -> None:  # fmt: skip
        """Note one line, as `audit.record.record` writes it."""
        salt = sha256(f"{action} {thing._meta.label_lower} {len(self.lines)}".encode()).hexdigest()[:32] if told else ""
        self.lines.append(Line(
            by=by, action=action, kind=thing._meta.label_lower, object_id=str(thing.pk),
            root_kind=root._meta.label_lower, root_id=str(root.pk), organisation_id=organisation_of(root),
            details=details, told_digest=digest_of_text(salt, told) if told else "",
        ))  # fmt: skip
        self.when.append(at)
        self.texts.append(LineText(salt=salt, body=told, about_people=about_people) if told else None)

    def write(self) -> None:
        """Write everything that was noted."""
        made = Line.objects.bulk_create(self.lines)
        for line, at, text in zip(made, self.when, self.texts, strict=True):
            line.at = at
            if text is not None:
                text.line_id = line.pk
        Line.objects.bulk_update(made, ["at"])
        LineText.objects.bulk_create([text for text in self.texts if text is not None])
