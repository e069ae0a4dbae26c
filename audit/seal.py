"""The hash chain: entries are sealed in batches, each seal over its entries and the previous seal, with a separate key.

Write access to the database alone is not enough to repair the chain after an entry was changed, deleted or inserted.
"""

import hashlib
import hmac
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, models, transaction
from django.utils import timezone

from audit.models import AuditEntry, AuditText, Seal
from audit.record import hash_of_text

LINES_A_SEAL = 1000
# A transaction in progress may still commit an entry with a lower number: entries are sealed once they have settled.
SETTLED = timedelta(seconds=30)
# An entry this much older than a seal and in no seal was inserted afterwards.
LATE = timedelta(minutes=10)


def canonical(entry: AuditEntry) -> str:
    """Return an entry as the canonical text that is sealed, identical on every database."""
    return json.dumps(
        [
            entry.pk, entry.at.astimezone(UTC).isoformat(timespec="microseconds"), entry.by_id, entry.action, entry.kind,
            entry.object_id, entry.root_kind, entry.root_id, entry.organisation_id, entry.fields, entry.details, entry.free_text_hash,
            entry.is_reading,
        ],
        sort_keys=True, ensure_ascii=False,
    )  # fmt: skip


def hash_of(number: int, previous: str, at: datetime, entries: Iterable[AuditEntry]) -> str:
    """Return the hash of a seal: HMAC-SHA256 with AUDIT_KEY over its number, time, previous seal and entries."""
    sealing = hmac.new(settings.AUDIT_KEY.encode(), digestmod=hashlib.sha256)
    sealing.update(f"{number}\n{at.astimezone(UTC).isoformat(timespec='microseconds')}\n{previous}\n".encode())
    for entry in entries:
        sealing.update(canonical(entry).encode() + b"\n")
    return sealing.hexdigest()


def unsealed(now: datetime) -> models.QuerySet[AuditEntry]:
    """Return the entries in no seal, oldest first: newer than the seals of an hour ago, and not sealed since."""
    settled = Seal.objects.filter(at__lt=now - timedelta(hours=1)).order_by("-number").first()
    floor = max(settled.entries) if settled else 0
    since = Seal.objects.filter(number__gt=settled.number if settled else 0).values_list("entries", flat=True)
    sealed = {pk for pks in since for pk in pks}
    waiting = AuditEntry.objects.filter(pk__gt=floor).order_by("pk")
    newest = max(sealed, default=floor)
    # Most sealed entries lie below the newest sealed number; only the gaps are looked at one by one.
    gaps = set(waiting.filter(pk__lte=newest).values_list("pk", flat=True)) - sealed
    return waiting.filter(models.Q(pk__in=gaps) | models.Q(pk__gt=newest))


def seal_entries() -> int:
    """Seal settled entries, in batches of at most 1,000. Return how many. Safe to run in two workers at once.

    A batch whose number another worker has taken meanwhile is left to that worker.
    """
    total = 0
    while True:
        now = timezone.now()
        # Queried before the entries: if another worker seals from here on, it has taken this number and ours is refused.
        last = Seal.objects.order_by("-number").first()
        batch = list(unsealed(now).filter(at__lt=now - SETTLED)[:LINES_A_SEAL])
        if not batch:
            return total
        number, previous = (last.number + 1, last.content_hash) if last else (1, "")
        try:
            with transaction.atomic():
                Seal.objects.create(
                    number=number,
                    at=now,
                    entries=[entry.pk for entry in batch],
                    previous=previous,
                    content_hash=hash_of(number, previous, now, batch),
                )
        except IntegrityError:
            return total
        total += len(batch)


def look_after_seals() -> None:
    """Seal settled entries; run regularly by the worker."""
    seal_entries()


@dataclass
class Finding:
    """One fault in the chain, as a sentence."""

    sentence: str


@dataclass
class Checked:
    """The result of checking the whole chain: counts, the unsealed tail, and the head to write down."""

    entries: int
    seals: int
    tail: int
    tail_since: datetime | None
    head: str
    findings: list[Finding]


def _wrong_texts(entries: list[AuditEntry]) -> Iterator[Finding]:
    """Yield a finding for each entry whose text is missing or was altered; an erased text is valid."""
    texts = AuditText.objects.in_bulk([entry.pk for entry in entries if entry.free_text_hash])
    for entry in entries:
        if not entry.free_text_hash:
            continue
        text = texts.get(entry.pk)
        if text is None:
            yield Finding(f"The text of line {entry.pk} was removed.")
        elif text.body is not None and hash_of_text(text.salt, text.body) != entry.free_text_hash:
            yield Finding(f"The text of line {entry.pk} was changed.")
        elif text.body is None and text.erased_at is None:
            yield Finding(f"The text of line {entry.pk} is empty without having been erased.")


def _check_seal(seal: Seal, number: int, previous: str) -> Iterator[Finding]:
    """Yield the faults of one seal that should have this number and follow that hash."""
    if seal.number != number:
        yield Finding(f"Seal {number} is missing.")
    elif seal.previous != previous:
        yield Finding(f"Seal {seal.number} does not follow the seal before it.")
    entries_by_key = AuditEntry.objects.in_bulk(seal.entries)
    for pk in seal.entries:
        if pk not in entries_by_key:
            yield Finding(f"Line {pk}, sealed in seal {seal.number}, was removed.")
    entries = [entries_by_key[pk] for pk in seal.entries if pk in entries_by_key]
    if len(entries) == len(seal.entries) and hash_of(seal.number, seal.previous, seal.at, entries) != seal.content_hash:
        first, last = (seal.entries[0], seal.entries[-1]) if seal.entries else (0, 0)
        yield Finding(f"A line between {first} and {last}, or seal {seal.number} itself, was changed.")
    yield from _wrong_texts(entries)


def check_chain(noted: str = "") -> Checked:
    """Walk the whole chain and report every fault. Reads every entry once, 1,000 at a time.

    `noted` is a head printed by an earlier check (number:hash): it must still be part of the chain, which shows
    that no seals were cut off at the end.
    """
    findings: list[Finding] = []
    sealed: set[int] = set()
    number, previous, last_at = 0, "", None
    noted_number, _colon, noted_digest = noted.partition(":")
    noted_holds = not noted
    for seal in Seal.objects.order_by("number").iterator(chunk_size=100):
        findings += _check_seal(seal, number + 1, previous)
        twice = sealed.intersection(seal.entries)
        findings += [Finding(f"Line {pk} is in two seals.") for pk in sorted(twice)]
        sealed.update(seal.entries)
        number, previous, last_at = seal.number, seal.content_hash, seal.at
        noted_holds = noted_holds or (noted_number == str(number) and bool(noted_digest) and previous == noted_digest)
    if not noted_holds:
        findings.append(Finding(f"The seal noted as {noted} is no longer part of the chain."))
    tail: list[datetime] = []
    for pk, at in AuditEntry.objects.order_by("pk").values_list("pk", "at").iterator():
        if pk in sealed:
            continue
        if last_at and at < last_at - LATE:
            findings.append(
                Finding(f"Line {pk} of {at:%Y-%m-%d %H:%M} is in no seal, though later ones are: it was put in.")
            )
        else:
            tail.append(at)
    since = min(tail, default=None)
    return Checked(len(sealed), number, len(tail), since, f"{number}:{previous}" if number else "", findings)
