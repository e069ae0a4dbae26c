"""Two workers that seal at the same moment."""

from datetime import timedelta

import pytest
from django.utils import timezone

from audit import seal
from audit.models import AuditEntry
from audit.record import record
from tests.threads import at_once, needs_two_connections

pytestmark = [*needs_two_connections, pytest.mark.slow]


def test_workers_that_seal_at_once_make_one_chain(reference, recorder_me, organisation, monkeypatch):
    monkeypatch.setattr(seal, "LINES_A_SEAL", 3)
    for n in range(30):
        record("change_organisation", organisation("ME"), by=recorder_me, number=n)
    AuditEntry.objects.update(at=timezone.now() - timedelta(hours=1))
    at_once(*[seal.seal_entries] * 4)
    seal.seal_entries()
    checked = seal.check_chain()
    assert (checked.findings, checked.tail, checked.entries) == ([], 0, AuditEntry.objects.count())
