"""Writing the audit log: one call in each action, and one before participants' names are shown."""

import hashlib
import json
import secrets
import time
from collections.abc import Callable, Iterable, Mapping, MutableMapping
from typing import Any

from django.db import models

from audit.models import AuditEntry, AuditText

# Viewing the same page again within this time counts as the same view.
READING_SECONDS = 15 * 60
READ_KEY = "names_read"

_entry_hooks: list[Callable[[AuditEntry], None]] = []


def on_entry(hook: Callable[[AuditEntry], None]) -> None:
    """Call `hook` with each new entry, inside the transaction of its write. Register in an `AppConfig.ready`.

    For what must follow a write, such as updating the search index. To run after the commit, use `transaction.on_commit`.
    """
    if hook not in _entry_hooks:
        _entry_hooks.append(hook)


def hash_of_text(salt: str, body: Mapping[str, Any]) -> str:
    """Return the hash an entry stores of its text: SHA-256 over its own salt and the text, in hexadecimal."""
    return hashlib.sha256(f"{salt}\n{json.dumps(body, sort_keys=True, ensure_ascii=False)}".encode()).hexdigest()


def organisation_of(thing: models.Model) -> int | None:
    """Return the key of the organisation a row belongs to: the owner of a training, the organisation of a member."""
    for name in ("owner_id", "organisation_id"):
        if hasattr(thing, name):
            organisation: int | None = getattr(thing, name)
            return organisation
    if thing._meta.label_lower == "members.organisation":
        return int(thing.pk)
    member = getattr(thing, "member", None)
    return organisation_of(member) if member is not None else None


def record(
    action: str,
    thing: models.Model,
    *,
    by: Any,
    root: models.Model | None = None,
    fields: Iterable[str] = (),
    free_text: Mapping[str, Any] | None = None,
    about_people: bool = False,
    is_reading: bool = False,
    **details: Any,
) -> AuditEntry:
    """Write one audit entry: `by` did `action` to `thing`, part of `root`, changing `fields`. One or two inserts.

    `details` are ids, numbers and the portal's own words. `free_text` is everything a person typed: names, addresses,
    reasons; `about_people` says that it may name participants, so that fewer members may read it.
    """
    whole = root if root is not None else thing
    salt = secrets.token_hex(16) if free_text else ""
    entry = AuditEntry.objects.create(
        by=by,
        action=action,
        kind=thing._meta.label_lower,
        object_id=str(thing.pk),
        root_kind=whole._meta.label_lower,
        root_id=str(whole.pk),
        organisation_id=organisation_of(whole),
        fields=sorted(fields),
        details=details,
        free_text_hash=hash_of_text(salt, free_text) if free_text else "",
        is_reading=is_reading,
    )
    if free_text:
        AuditText.objects.create(entry=entry, salt=salt, body=free_text, about_people=about_people)
    for hook in _entry_hooks:
        hook(entry)
    return entry


def record_reading(thing: models.Model, what: str, *, by: Any, session: MutableMapping[str, Any]) -> None:
    """Log that `by` is about to see participants' names of `thing` on page `what`; once in 15 minutes per browser.

    Called before any name is rendered: if the entry cannot be written, the error propagates and no name is shown. One
    insert for the first view, nothing for repeats: the browser's session remembers.
    """
    now = time.time()
    recent = {key: at for key, at in session.get(READ_KEY, {}).items() if now - at < READING_SECONDS}
    key = f"{thing._meta.label_lower} {thing.pk} {what}"
    if key in recent:
        return
    record("read_names", thing, by=by, is_reading=True, what=what)
    session[READ_KEY] = {**recent, key: now}


def latest_entry() -> int:
    """Return the number of the newest entry, 0 if there is none: unchanged means no write in between. One query."""
    return AuditEntry.objects.filter(is_reading=False).order_by("-pk").values_list("pk", flat=True).first() or 0


def entries_about(root: models.Model) -> models.QuerySet[AuditEntry]:
    """Return the entries about an object and its parts, newest first, with their actor and text."""
    entries = AuditEntry.objects.filter(root_kind=root._meta.label_lower, root_id=str(root.pk), is_reading=False)
    return entries.select_related("by", "text")


def as_text(value: object) -> str:
    """Return a field's value as stored in an entry's text."""
    return "" if value is None else str(value)


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, list[str]]:
    """Return the fields that differ, each with old and new value as text: for `free_text`; its keys are the `fields`."""
    return {
        name: [as_text(before.get(name)), as_text(value)]
        for name, value in after.items()
        if as_text(before.get(name)) != as_text(value)
    }


def changed_row(row: models.Model, names: Iterable[str]) -> dict[str, list[str]]:
    """Return which of these fields saving the row will change, as `changes` does; all of them for a new row. One query."""
    wanted = values_of(row, names)
    saved = type(row)._default_manager.filter(pk=row.pk).values(*wanted).first() if row.pk else None
    return changes(saved or {}, wanted)


def values_of(row: models.Model, names: Iterable[str]) -> dict[str, Any]:
    """Return these fields of a row by name, in the form `changes` compares."""
    return {name: getattr(row, name) for name in names}
