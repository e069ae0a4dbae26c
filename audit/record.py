"""Writing the record: one call in each action."""

from typing import Any

from django.db import models

from audit.models import Line


def record(action: str, thing: models.Model, *, by: Any, root: models.Model | None = None, **details: Any) -> Line:
    """Write one line: `by` did `action` to `thing`, which is part of `root`. One insert.

    `details` are ids, numbers and the portal's own words. Names of participants do not belong here.
    """
    whole = root if root is not None else thing
    return Line.objects.create(
        by=by,
        action=action,
        kind=thing._meta.label_lower,
        object_id=str(thing.pk),
        root_kind=whole._meta.label_lower,
        root_id=str(whole.pk),
        details=details,
    )


def lines_about(root: models.Model) -> models.QuerySet[Line]:
    """Return the lines about one thing and what belongs to it, newest first, with their actor."""
    return Line.objects.filter(root_kind=root._meta.label_lower, root_id=str(root.pk)).select_related("by")
