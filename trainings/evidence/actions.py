"""Scans of signed paper that support the figures: attach them, and remove them with a reason."""

import hashlib
from collections.abc import Sequence
from contextlib import ExitStack

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.record import record
from common.actions import action
from common.scans import Scan
from members.models import Member
from trainings.actions import check_open, locked
from trainings.models import Evidence, Session, Training

MAX_FILES = 40


@action
def attach_evidence(
    *, training: Training, scans: Sequence[Scan], session: Session | None = None, by: Member
) -> list[Evidence]:
    """Attach scans to a training, all or none; skip those already attached. Also after the figures are locked.

    Raises ValidationError if the training is cancelled or has too many files.
    """
    fresh = locked(training)
    if fresh.is_cancelled:
        raise ValidationError(_("This training is cancelled."))
    known = set(fresh.evidence.filter(removed_at=None).values_list("content_hash", flat=True))
    if len(known) + len(scans) > MAX_FILES:
        raise ValidationError(
            _("A training keeps at most %(n)d files. Scan several pages into one.") % {"n": MAX_FILES}
        )
    made = []
    with ExitStack() as stored:  # files are outside the transaction: delete those that could not be recorded
        for scan in scans:
            content_hash = hashlib.sha256(scan.content).hexdigest()
            if content_hash in known:
                continue
            known.add(content_hash)
            evidence = Evidence(
                training=fresh,
                session=session,
                kind=scan.kind,
                size=len(scan.content),
                content_hash=content_hash,
                added_by=by,
            )
            evidence.file.save(f"scan.{scan.ending}", ContentFile(scan.content), save=False)
            stored.callback(evidence.file.storage.delete, str(evidence.file.name))
            evidence.save()
            made.append(evidence)
        record("attach_evidence", fresh, by=by, files=len(made), evidence=[evidence.pk for evidence in made])
        stored.pop_all()
    return made


@action
def remove_evidence(*, evidence: Evidence, reason: str, by: Member) -> None:
    """Remove a scan with a reason, until figures are submitted. Its row and file stay; it is no longer shown."""
    if not reason.strip():
        raise ValidationError({"reason": _("Say why this scan is removed.")})
    training = locked(evidence.training)
    check_open(training)
    fresh = Evidence.objects.select_for_update().get(pk=evidence.pk)
    if fresh.removed_at:
        raise ValidationError(_("This scan is removed already."))
    fresh.removed_at, fresh.removed_by, fresh.removed_reason = timezone.now(), by, reason
    fresh.save(update_fields=["removed_at", "removed_by", "removed_reason"])
    record("remove_evidence", fresh, by=by, root=training, free_text={"reason": reason}, about_people=True)
