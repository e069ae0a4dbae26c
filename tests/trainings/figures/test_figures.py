"""The life of figures: submitted, recalled, returned, verified, amended."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from audit.models import AuditEntry
from tests.conftest import client_of, edit_of, join, make_roster, make_training, person
from trainings.actions import cancel_training, change_training, restore_training, toggle_session
from trainings.attendance.actions import change_marks, mark_rest_present, undo_batch
from trainings.counting import Question, figures
from trainings.figures.actions import (
    Addition,
    AmendedFigures,
    amend_figures,
    recall_figures,
    return_figures,
    submit_figures,
    verify_figures,
)
from trainings.headcounts.actions import set_headcounts
from trainings.models import FiguresVersion, Headcount, Training
from trainings.roster.actions import RosterRow, add_to_roster, change_enrolment, remove_from_roster

pytestmark = [pytest.mark.django_db, pytest.mark.both_engines]


@pytest.fixture
def submitted(marked, recorder_me):
    submit_figures(training=marked, by=recorder_me)
    return Training.objects.get(pk=marked.pk)


@pytest.fixture
def verified(submitted, coordinator_me):
    verify_figures(training=submitted, version_seen=1, by=coordinator_me)
    return Training.objects.get(pk=submitted.pk)


def stands(training):
    return Training.objects.values_list("figures", "figures_version").get(pk=training.pk)


def test_submitting_freezes_a_version_and_counts(marked, recorder_me):
    assert figures(Question()).seats == 0
    version = submit_figures(training=marked, by=recorder_me)
    assert stands(marked) == ("submitted", 1)
    assert (version.number, version.made_by, version.totals["attended"]["seats"]) == (1, recorder_me, 3)
    assert version.totals["attended"]["minutes"] == 3 * 720
    assert figures(Question()).seats == 3


def test_submitting_needs_somebody(training, recorder_me):
    with pytest.raises(ValidationError, match="Nobody is on the roster"):
        submit_figures(training=training, by=recorder_me)
    assert FiguresVersion.objects.count() == 0


def test_submitting_needs_the_end(recorder_me):
    tomorrow = timezone.localdate() + timedelta(days=1)
    future = make_training(recorder_me, first=tomorrow)
    make_roster(future, 1, recorder_me)
    with pytest.raises(ValidationError, match="not ended"):
        submit_figures(training=future, by=recorder_me)


def test_submitting_twice_is_refused(submitted, recorder_me):
    with pytest.raises(ValidationError, match="submitted"):
        submit_figures(training=submitted, by=recorder_me)
    assert stands(submitted) == ("submitted", 1)


def test_submitter_recalls_and_the_version_stays_readable(submitted, recorder_me):
    recall_figures(training=submitted, version_seen=1, by=recorder_me)
    assert stands(submitted) == ("recorded", 1)
    assert figures(Question()).seats == 0
    old = FiguresVersion.objects.get()
    assert (old.recalled_at is None, old.totals["attended"]["seats"]) == (False, 3)
    submit_figures(training=submitted, by=recorder_me)
    assert stands(submitted) == ("submitted", 2)


def test_nobody_else_recalls(submitted):
    other = join("ME", "Druga", "Zapisić", "recorder")
    with pytest.raises(ValidationError, match="Only who submitted"):
        recall_figures(training=submitted, version_seen=1, by=other)
    assert stands(submitted) == ("submitted", 1)


def test_returned_with_a_reason_that_the_recorder_reads(submitted, coordinator_me, recorder_me):
    return_figures(training=submitted, version_seen=1, reason="Two people are missing", by=coordinator_me)
    assert stands(submitted) == ("recorded", 1)
    version = FiguresVersion.objects.get()
    assert (version.returned_reason, version.returned_at is None) == ("Two people are missing", False)
    page = client_of(recorder_me).get(submitted.get_absolute_url()).content.decode()
    assert page.count("Two people are missing") >= 1


@pytest.mark.parametrize("reason", ["", "   "])
def test_return_without_a_reason_is_refused(submitted, coordinator_me, reason):
    with pytest.raises(ValidationError, match="should be corrected"):
        return_figures(training=submitted, version_seen=1, reason=reason, by=coordinator_me)
    assert stands(submitted) == ("submitted", 1)


def test_verified_by_a_coordinator(verified, coordinator_me):
    assert stands(verified) == ("verified", 1)
    assert (verified.verified_by, verified.verified_at is None) == (coordinator_me, False)
    total = figures(Question())
    assert (total.seats, total.verified_seats, total.verified_share) == (3, 3, 1.0)


@pytest.mark.parametrize("act", [recall_figures, return_figures, verify_figures])
def test_only_exactly_the_version_seen_is_decided(submitted, recorder_me, coordinator_me, act):
    recall_figures(training=submitted, version_seen=1, by=recorder_me)
    submit_figures(training=submitted, by=recorder_me)
    by = recorder_me if act is recall_figures else coordinator_me
    reason = {"reason": "No"} if act is return_figures else {}
    with pytest.raises(ValidationError, match="version 2"):
        act(training=submitted, version_seen=1, by=by, **reason)
    assert stands(submitted) == ("submitted", 2)


def test_nobody_verifies_what_they_submitted(marked, coordinator_me):
    submit_figures(training=marked, by=coordinator_me)
    with pytest.raises(ValidationError, match="another coordinator"):
        verify_figures(training=marked, version_seen=1, by=coordinator_me)
    assert stands(marked) == ("submitted", 1)


def test_database_holds_that_nobody_verifies_their_own(submitted, recorder_me):
    with pytest.raises(IntegrityError), transaction.atomic():
        Training.objects.filter(pk=submitted.pk).update(figures="verified", verified_by=recorder_me)


@pytest.mark.parametrize("act", [recall_figures, return_figures, verify_figures])
def test_what_is_not_submitted_is_not_decided(marked, recorder_me, coordinator_me, act):
    Training.objects.filter(pk=marked.pk).update(submitted_by=recorder_me)
    reason = {"reason": "No"} if act is return_figures else {}
    by = recorder_me if act is recall_figures else coordinator_me
    with pytest.raises(ValidationError, match="not waiting"):
        act(training=marked, version_seen=0, by=by, **reason)


def test_amendment_makes_a_new_version_and_the_old_stays_readable(verified, coordinator_me):
    cell = verified.enrolments.first(), verified.sessions.first()
    edits = [edit_of(*cell, "absent", 1)]
    amend_figures(
        training=verified,
        change=AmendedFigures(edits=edits),
        reason="Signed by mistake",
        version_seen=1,
        by=coordinator_me,
    )
    assert stands(verified) == ("verified", 2)
    new, old = verified.figures_versions.all()
    assert (old.totals["attended"]["minutes"], new.totals["attended"]["minutes"]) == (2160, 1800)
    assert (new.amendment.reason, new.amendment.changes) == (
        "Signed by mistake",
        [[cell[0].pk, cell[1].pk, "present", "absent"]],
    )
    assert figures(Question()).minutes == 1800


def test_amendment_is_all_or_nothing(verified, coordinator_me):
    first, second, _third = verified.enrolments.all()
    session = verified.sessions.first()
    edits = [edit_of(first, session, "absent", 1), edit_of(second, session, "absent", 7)]
    with pytest.raises(ValidationError, match="changed since"):
        amend_figures(
            training=verified,
            change=AmendedFigures(edits=edits),
            reason="Wrong list",
            version_seen=1,
            by=coordinator_me,
        )
    assert stands(verified) == ("verified", 1)
    assert figures(Question()).minutes == 2160


@pytest.mark.parametrize(("reason", "version", "words"), [(" ", 1, "Say why"), ("Why", 2, "version 1")])
def test_amendment_needs_a_reason_and_the_version_seen(verified, coordinator_me, reason, version, words):
    edits = [edit_of(verified.enrolments.first(), verified.sessions.first(), "absent", 1)]
    with pytest.raises(ValidationError, match=words):
        amend_figures(
            training=verified,
            change=AmendedFigures(edits=edits),
            reason=reason,
            version_seen=version,
            by=coordinator_me,
        )
    assert stands(verified) == ("verified", 1)


def test_amendment_without_a_change_is_refused(verified, coordinator_me):
    with pytest.raises(ValidationError, match="nothing to amend"):
        amend_figures(training=verified, change=AmendedFigures(), reason="Why", version_seen=1, by=coordinator_me)


def test_only_verified_figures_are_amended(submitted, coordinator_me):
    edits = [edit_of(submitted.enrolments.first(), submitted.sessions.first(), "absent", 1)]
    with pytest.raises(ValidationError, match="Only verified"):
        amend_figures(
            training=submitted, change=AmendedFigures(edits=edits), reason="Why", version_seen=1, by=coordinator_me
        )


def test_cancelled_training_counts_nowhere(marked, recorder_me, coordinator_me):
    cancel_training(training=marked, reason="Storm", by=recorder_me)
    with pytest.raises(ValidationError, match="cancelled"):
        submit_figures(training=marked, by=recorder_me)
    assert figures(Question(training=marked.pk, whatever_state=True)).seats == 0
    restore_training(training=marked, by=recorder_me)
    assert figures(Question(training=marked.pk, whatever_state=True)).seats == 3


@pytest.mark.parametrize("state", ["submitted", "verified"])
def test_locked_figures_refuse_every_change(request, state, recorder_me):
    training = request.getfixturevalue(state)
    enrolment, session = training.enrolments.first(), training.sessions.first()
    batch = "00000000-0000-4000-8000-000000000001"
    facts = {"training": training, "by": recorder_me}
    refused = [
        lambda: add_to_roster(rows=[person(7, training.owner)], **facts),
        lambda: remove_from_roster(enrolment=enrolment, by=recorder_me),
        lambda: change_enrolment(enrolment=enrolment, family_name="A", given_name="B", sex="male", by=recorder_me),
        lambda: set_headcounts(organisation=training.owner, counts=[], replaces_roster=True, **facts),
        lambda: change_training(sessions=[], trainers=[], partners=[], **facts),
        lambda: cancel_training(reason="No", **facts),
        lambda: toggle_session(session=session, by=recorder_me),
        lambda: mark_rest_present(session=session, enrolments_shown=[], batch=batch, by=recorder_me),
        lambda: undo_batch(batch=batch, **facts),
    ]
    before = (AuditEntry.objects.count(), list(training.enrolments.values()), stands(training))
    for act in refused:
        with pytest.raises(ValidationError):
            act()
    assert change_marks(edits=[edit_of(enrolment, session, "absent", 1)], **facts).held == 1
    assert list(training.enrolments.values()) == before[1]
    assert stands(training) == before[2]
    assert AuditEntry.objects.count() == before[0] + 1


@pytest.mark.slow
def test_pages_of_the_main_job_from_submission_to_verified(marked, recorder_me, coordinator_me):
    url = marked.get_absolute_url()
    recorder, coordinator = client_of(recorder_me), client_of(coordinator_me)
    assert recorder.post(f"{url}figures/submit/").url == url
    assert coordinator.post(f"{url}figures/verify/", {"version": "0"}).url == url
    assert stands(marked) == ("submitted", 1)
    assert coordinator.post(f"{url}figures/return/", {"version": "1", "reason": "Check the second day"}).url == url
    assert recorder.post(f"{url}figures/submit/").url == url
    assert recorder.post(f"{url}figures/recall/", {"version": "2"}).url == url
    assert recorder.post(f"{url}figures/submit/").url == url
    assert coordinator.post(f"{url}figures/verify/", {"version": "3"}).url == url
    assert stands(marked) == ("verified", 3)
    history = recorder.get(f"{url}history/").content.decode()
    assert "Check the second day" in history


def amended_page(client, training, **changed):
    body = {
        "reason": "The signed list says so", "version": training.figures_version, "form_key": str(uuid4()),
        "missing-TOTAL_FORMS": "3", "missing-INITIAL_FORMS": "0", **changed,
    }  # fmt: skip
    for n in range(3):
        body.setdefault(f"missing-{n}-organisation", training.owner_id)
        body.setdefault(f"missing-{n}-sex", "not_recorded")
        body.setdefault(f"missing-{n}-value", "present")
    return client.post(reverse("trainings:amend", args=[training.reference]), body)


MISSING = {"missing-0-family_name": "Zaboravljena", "missing-0-given_name": "Ana", "missing-0-sex": "female"}


def test_one_amendment_adds_takes_off_and_changes_numbers(marked, recorder_me, coordinator_me, organisation):
    counts = [Headcount(sex="male", rank_group="nco", attended=20)]
    set_headcounts(training=marked, organisation=organisation("RS"), counts=counts, by=recorder_me)
    version = submit_figures(training=marked, by=recorder_me)
    verify_figures(training=marked, version_seen=version.number, by=coordinator_me)
    marked.refresh_from_db()
    leaving, row = marked.enrolments.first(), Headcount.objects.get()
    answer = amended_page(client_of(coordinator_me), marked, off=leaving.pk, **MISSING, **{f"headcount-{row.pk}": "22"})
    assert answer.status_code == 302
    old, new = marked.figures_versions.order_by("number")
    assert (old.totals["attended"]["seats"], new.totals["attended"]["seats"]) == (23, 25)
    assert (figures(Question()).seats, figures(Question()).headcounted) == (25, 22)
    added = marked.enrolments.get(participant__family_name="Zaboravljena")
    assert added.attended_sessions == marked.sessions_held
    kinds = [change[0] for change in new.amendment.changes]
    assert [kind for kind in kinds if isinstance(kind, str)] == ["taken off", "added", "headcount"]
    assert "Zaboravljena" not in str(new.amendment.changes)
    leaving.refresh_from_db()
    assert leaving.removed_at is not None
    assert leaving.marks.count() == marked.sessions_held


@pytest.mark.slow
def test_amendment_with_one_wrong_part_changes_nothing(verified, coordinator_me):
    verified.refresh_from_db()
    there = verified.enrolments.first().participant
    known = {"missing-0-family_name": there.family_name, "missing-0-given_name": there.given_name}
    before = list(verified.enrolments.values_list("pk", "removed_at"))
    client = client_of(coordinator_me)
    for wrong in (
        {**known, "missing-0-sex": there.sex, "off": verified.enrolments.last().pk},
        {"off": "999999"},
        {"missing-1-family_name": "Bez"},
        {"missing-TOTAL_FORMS": "x"},
        {"headcount-5": "-1"},
        {"reason": ""},
        {"version": "7"},
        {"off": "x"},
        {**MISSING, "missing-0-value": "asleep"},
    ):
        assert amended_page(client, verified, **wrong).status_code == 422, wrong
    assert list(verified.enrolments.values_list("pk", "removed_at")) == before
    assert verified.figures_versions.count() == 1


def test_headcount_of_another_training_is_not_amended(verified, recorder_me, coordinator_me):
    other = make_training(recorder_me)
    counts = [Headcount(sex="male", rank_group="nco", attended=20)]
    set_headcounts(training=other, organisation=other.owner, counts=counts, by=recorder_me)
    change = AmendedFigures(headcounts={Headcount.objects.get().pk: 3})
    with pytest.raises(ValidationError, match="not part of this training"):
        amend_figures(training=verified, change=change, reason="Why", version_seen=1, by=coordinator_me)
    assert Headcount.objects.get().attended == 20


def test_added_person_without_a_mark_is_enrolled_and_not_recorded(verified, coordinator_me):
    row = RosterRow("Nova", "Osoba", verified.owner)
    change = AmendedFigures(added=[Addition(row)])
    version = amend_figures(training=verified, change=change, reason="Why", version_seen=1, by=coordinator_me)
    assert (version.totals["enrolled"], version.totals["attended"]["seats"]) == (4, 3)
    assert version.totals["unmarked"] == verified.sessions_held
