"""The chain of seals: what was changed, removed or put in is found, on both databases."""

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.test import override_settings
from django.utils import timezone

from audit import seal
from audit.models import AuditEntry, AuditText, Seal
from audit.record import record

pytestmark = [pytest.mark.django_db, pytest.mark.both_engines]


@pytest.fixture
def sealed(organisation, recorder_me, monkeypatch):
    """Twelve entries in three seals, and two that are not sealed yet."""
    monkeypatch.setattr(seal, "LINES_A_SEAL", 5)
    AuditEntry.objects.all().update(at=timezone.now() - timedelta(hours=2))
    seal.seal_entries()
    home = organisation("ME")
    before = Seal.objects.count()
    for n in range(12):
        record(
            "change_organisation", home, by=recorder_me, fields=["name"], free_text={"name": ["a", f"Đ {n}"]}, number=n
        )
    AuditEntry.objects.filter(at__gte=timezone.now() - timedelta(minutes=1)).update(
        at=timezone.now() - timedelta(hours=1)
    )
    assert seal.seal_entries() == 12
    assert Seal.objects.count() == before + 3
    record("change_organisation", home, by=recorder_me)
    record("change_organisation", home, by=recorder_me)
    return AuditEntry.objects.order_by("-pk")[5]


def findings() -> list[str]:
    return [finding.sentence for finding in seal.check_chain().findings]


@pytest.mark.slow
def test_untouched_chain_holds_and_names_its_tail(sealed, capsys):
    call_command("check_audit")
    output = capsys.readouterr().out
    checked = seal.check_chain()
    assert (checked.findings, checked.tail, checked.entries) == ([], 2, AuditEntry.objects.count() - 2)
    assert f"{checked.entries} lines in {checked.seals} seals hold; 2 are not sealed yet, since" in output
    assert f"--noted next time: {checked.head}" in output


OTHER = {
    "action": "verify_figures", "kind": "x.y", "object_id": "999", "root_kind": "x.y", "root_id": "999", "fields": ["sex"],
    "details": {"number": 3}, "free_text_hash": "0" * 64, "is_reading": True, "by_id": None, "organisation_id": None,
}  # fmt: skip


@pytest.mark.parametrize("field", [*sorted(OTHER), "at"])
def test_changed_line_is_found(field, sealed):
    value = OTHER.get(field, sealed.at + timedelta(microseconds=1))
    AuditEntry.objects.filter(pk=sealed.pk).update(**{field: value})
    assert any("was changed" in sentence for sentence in findings())
    with pytest.raises(CommandError, match="do not hold"):
        call_command("check_audit")


def test_every_column_of_a_line_is_sealed():
    columns = {field.attname for field in AuditEntry._meta.concrete_fields}
    assert columns == set(OTHER) | {"id", "at"}


def test_removed_line_is_found(sealed):
    AuditText.objects.filter(entry=sealed).delete()
    sealed.delete()
    assert f"sealed in seal {Seal.objects.count() - 1}, was removed." in findings()[0]


def test_line_put_in_is_found(sealed, organisation):
    entry = record("verify_figures", organisation("ME"), by=None)
    AuditEntry.objects.filter(pk=entry.pk).update(at=timezone.now() - timedelta(minutes=40))
    Seal.objects.filter(number=Seal.objects.count()).update(at=timezone.now())
    assert any(f"Line {entry.pk} " in sentence and "put in" in sentence for sentence in findings())


def test_changed_and_removed_text_is_found(sealed):
    AuditText.objects.filter(entry=sealed).update(body={"name": ["a", "b"]})
    assert findings() == [f"The text of line {sealed.pk} was changed."]
    AuditText.objects.filter(entry=sealed).update(body=None)
    assert findings() == [f"The text of line {sealed.pk} is empty without having been erased."]
    AuditText.objects.filter(entry=sealed).delete()
    assert findings() == [f"The text of line {sealed.pk} was removed."]


def test_erased_text_leaves_the_chain_whole(sealed):
    AuditText.objects.filter(entry=sealed).update(body=None, erased_at=timezone.now())
    assert findings() == []
    assert AuditEntry.objects.get(pk=sealed.pk).free_text == {}


def test_changed_and_removed_seal_is_found(sealed):
    last = Seal.objects.count()
    Seal.objects.filter(number=last - 1).update(content_hash="0" * 64)
    assert len(findings()) == 2  # it does not fit its entries, and the next does not follow it
    Seal.objects.filter(number=last - 1).delete()
    assert f"Seal {last - 1} is missing." in findings()


def test_seals_cut_off_at_the_end_are_found_by_a_noted_head(sealed):
    head = seal.check_chain().head
    assert seal.check_chain(head).findings == []
    Seal.objects.filter(number=Seal.objects.count()).delete()
    assert seal.check_chain(head).findings[0].sentence == f"The seal noted as {head} is no longer part of the chain."


def test_whoever_has_the_database_alone_cannot_seal_anew(sealed):
    AuditEntry.objects.filter(pk=sealed.pk).update(action="verify_figures")
    with override_settings(AUDIT_KEY="a guess of the key"):
        for item in Seal.objects.order_by("number"):
            entries = [AuditEntry.objects.get(pk=pk) for pk in item.entries]
            before = Seal.objects.filter(number=item.number - 1).first()
            previous = before.content_hash if before else ""
            seal_hash = seal.hash_of(item.number, previous, item.at, entries)
            Seal.objects.filter(number=item.number).update(previous=previous, content_hash=seal_hash)
        assert findings() == []  # with the guessed key it fits
    assert len(findings()) >= 3


def test_line_committed_late_with_a_lower_number_is_sealed(sealed, organisation):
    missed = AuditEntry.objects.order_by("-pk")[3].pk
    first = Seal.objects.get(number=Seal.objects.count())
    Seal.objects.filter(pk=first.pk).delete()  # as if its transaction had not been over when the seal was made
    entries = [pk for pk in first.entries if pk != missed]
    held = [AuditEntry.objects.get(pk=pk) for pk in entries]
    seal_hash = seal.hash_of(first.number, first.previous, first.at, held)
    Seal.objects.create(
        number=first.number, at=first.at, entries=entries, previous=first.previous, content_hash=seal_hash
    )
    assert seal.seal_entries() == 1
    assert Seal.objects.order_by("number").last().entries == [missed]
    assert findings() == []


def test_fresh_lines_wait_until_they_have_settled(organisation, recorder_me):
    before = seal.check_chain().entries
    record("change_organisation", organisation("ME"), by=recorder_me)
    seal.seal_entries()
    assert AuditEntry.objects.count() > seal.check_chain().entries >= before


def test_lines_that_another_worker_sealed_meanwhile_are_not_sealed_again(sealed, monkeypatch):
    """The other worker is faster at the worst moment: when our entries are chosen and our seal is not yet made."""
    AuditEntry.objects.order_by("-pk").filter(at__gte=timezone.now() - timedelta(minutes=1)).update(
        at=timezone.now() - timedelta(hours=1)
    )
    unsealed, other = seal.unsealed, []

    def overtaken(now):
        chosen = list(unsealed(now).values_list("pk", flat=True))
        if not other:
            other.append(None)
            other[0] = seal.seal_entries()
        return AuditEntry.objects.filter(pk__in=chosen).order_by("pk")

    monkeypatch.setattr(seal, "unsealed", overtaken)
    assert (seal.seal_entries(), other) == (0, [2])
    checked = seal.check_chain()
    assert (checked.findings, checked.tail, checked.entries) == ([], 0, AuditEntry.objects.count())
