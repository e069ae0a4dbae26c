"""The history in sentences, and what it keeps from who may not see the names."""

from audit.models import AuditEntry
from audit.sentences import sentence


def test_history_tells_numbers_and_reasons_to_who_may_see_names() -> None:
    line = AuditEntry(action="set_headcounts", details={"attended": 3, "organisation": "ME"})
    assert sentence(line, with_text=True) == "recorded a headcount of 3 for ME."


def test_history_keeps_numbers_and_reasons_from_everybody_else() -> None:
    counted = [
        AuditEntry(action="set_headcounts", details={"attended": 3, "organisation": "ME"}),
        AuditEntry(action="add_to_roster", details={"added": 2}),
        AuditEntry(action="change_marks", details={"applied": 1, "held": 4}),
        AuditEntry(action="return_figures", details={"version": 1, "reason": "Two people were absent"}),
    ]
    texts = [sentence(line, with_text=False) for line in counted]
    assert texts == [
        "recorded a headcount.",
        "added people to the roster.",
        "changed marks.",
        "returned version 1 of the figures.",
    ]


def test_history_of_an_old_line_without_a_detail_reads_on() -> None:
    assert (
        sentence(AuditEntry(action="verify_figures", details={}), with_text=True)
        == "verified version – of the figures."
    )
