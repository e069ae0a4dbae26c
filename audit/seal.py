"""The chain: lines are sealed in batches, each seal over its lines and the seal before, with a key of its own.

Whoever can write to the database alone cannot make the chain fit again after a line was changed, removed or put in.
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

from audit.models import Line, LineText, Seal
from audit.record import digest_of_text

LINES_A_SEAL = 1000
# A transaction in progress may still commit a line with a lower number: lines are sealed when they have settled.
SETTLED = timedelta(seconds=30)
# A line that is this much older than a seal and in none was put in afterwards.
LATE = timedelta(minutes=10)


def canonical(line: Line) -> str:
    """Return a line as the one text that is sealed, the same on every database."""
    return json.dumps(
        [
            line.pk, line.at.astimezone(UTC).isoformat(timespec="microseconds"), line.by_id, line.action, line.kind,
            line.object_id, line.root_kind, line.root_id, line.organisation_id, line.fields, line.details, line.told_digest,
            line.is_reading,
        ],
        sort_keys=True, ensure_ascii=False,
    )  # fmt: skip


def digest_of(number: int, previous: str, at: datetime, lines: Iterable[Line]) -> str:
    """Return the digest of a seal: HMAC-SHA256 with AUDIT_KEY over its number, time, the seal before and its lines."""
    sealing = hmac.new(settings.AUDIT_KEY.encode(), digestmod=hashlib.sha256)
    sealing.update(f"{number}\n{at.astimezone(UTC).isoformat(timespec='microseconds')}\n{previous}\n".encode())
    for line in lines:
        sealing.update(canonical(line).encode() + b"\n")
    return sealing.hexdigest()


def unsealed(now: datetime) -> models.QuerySet[Line]:
    """Return the lines in no seal, oldest first: newer than the seals of an hour ago, and not in a seal since."""
    settled = Seal.objects.filter(at__lt=now - timedelta(hours=1)).order_by("-number").first()
    floor = max(settled.lines) if settled else 0
    since = Seal.objects.filter(number__gt=settled.number if settled else 0).values_list("lines", flat=True)
    sealed = {pk for pks in since for pk in pks}
    waiting = Line.objects.filter(pk__gt=floor).order_by("pk")
    newest = max(sealed, default=floor)
    # Most of what is sealed lies below the newest sealed number; only gaps between are looked at one by one.
    gaps = set(waiting.filter(pk__lte=newest).values_list("pk", flat=True)) - sealed
    return waiting.filter(models.Q(pk__in=gaps) | models.Q(pk__gt=newest))


def seal_lines() -> int:
    """Seal what has settled, in batches of at most 1,000. Return how many lines. Safe to run in two workers at once.

    A batch whose number another worker has taken meanwhile is left to that worker.
    """
    total = 0
    while True:
        now = timezone.now()
        # Asked before the lines are: what another worker seals from here on has taken this number, and ours is refused.
        last = Seal.objects.order_by("-number").first()
        batch = list(unsealed(now).filter(at__lt=now - SETTLED)[:LINES_A_SEAL])
        if not batch:
            return total
        number, previous = (last.number + 1, last.digest) if last else (1, "")
        try:
            with transaction.atomic():
                Seal.objects.create(
                    number=number, at=now, lines=[line.pk for line in batch], previous=previous,
                    digest=digest_of(number, previous, now, batch),
                )  # fmt: skip
        except IntegrityError:
            return total
        total += len(batch)


def look_after_seals() -> None:
    """Seal what has settled: the worker's round."""
    seal_lines()


@dataclass
class Finding:
    """What is wrong with the chain, as a sentence."""

    sentence: str


@dataclass
class Checked:
    """What a check of the whole chain found: counts, the tail that is not sealed yet, and the head to note down."""

    lines: int
    seals: int
    tail: int
    tail_since: datetime | None
    head: str
    findings: list[Finding]


def _wrong_texts(lines: list[Line]) -> Iterator[Finding]:
    """Yield a finding for each line whose text is gone or is not the one it was written with; an erased one is right."""
    texts = LineText.objects.in_bulk([line.pk for line in lines if line.told_digest])
    for line in lines:
        if not line.told_digest:
            continue
        text = texts.get(line.pk)
        if text is None:
            yield Finding(f"The text of line {line.pk} was removed.")
        elif text.body is not None and digest_of_text(text.salt, text.body) != line.told_digest:
            yield Finding(f"The text of line {line.pk} was changed.")
        elif text.body is None and text.erased_at is None:
            yield Finding(f"The text of line {line.pk} is empty without having been erased.")


def _check_seal(seal: Seal, number: int, previous: str) -> Iterator[Finding]:
    """Yield what is wrong with one seal that should have this number and follow that digest."""
    if seal.number != number:
        yield Finding(f"Seal {number} is missing.")
    elif seal.previous != previous:
        yield Finding(f"Seal {seal.number} does not follow the seal before it.")
    found = Line.objects.in_bulk(seal.lines)
    for pk in seal.lines:
        if pk not in found:
            yield Finding(f"Line {pk}, sealed in seal {seal.number}, was removed.")
    lines = [found[pk] for pk in seal.lines if pk in found]
    if len(lines) == len(seal.lines) and digest_of(seal.number, seal.previous, seal.at, lines) != seal.digest:
        first, last = (seal.lines[0], seal.lines[-1]) if seal.lines else (0, 0)
        yield Finding(f"A line between {first} and {last}, or seal {seal.number} itself, was changed.")
    yield from _wrong_texts(lines)


def check_chain(noted: str = "") -> Checked:
    """Walk the whole chain and say what does not hold. Reads every line once, 1,000 at a time.

    `noted` is a head as an earlier check printed it (number:digest): it must still be part of the chain, which shows
    that no seals were cut off at the end.
    """
    findings: list[Finding] = []
    sealed: set[int] = set()
    number, previous, last_at = 0, "", None
    noted_number, _colon, noted_digest = noted.partition(":")
    noted_holds = not noted
    for seal in Seal.objects.order_by("number").iterator(chunk_size=100):
        findings += _check_seal(seal, number + 1, previous)
        twice = sealed.intersection(seal.lines)
        findings += [Finding(f"Line {pk} is in two seals.") for pk in sorted(twice)]
        sealed.update(seal.lines)
        number, previous, last_at = seal.number, seal.digest, seal.at
        noted_holds = noted_holds or (noted_number == str(number) and bool(noted_digest) and previous == noted_digest)
    if not noted_holds:
        findings.append(Finding(f"The seal noted as {noted} is no longer part of the chain."))
    tail: list[datetime] = []
    for pk, at in Line.objects.order_by("pk").values_list("pk", "at").iterator():
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
