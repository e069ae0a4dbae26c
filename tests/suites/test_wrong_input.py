"""Rubbish posted to every form: the page again or 4xx with nothing written, never 5xx."""

import pytest
from django.urls import reverse

from tests.suites.decisions import DECISIONS
from tests.suites.test_audit import domain_rows

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

RUBBISH = {
    "long": "x" * 100_000, "emoji": "👩‍✈️", "null": "a\x00b", "negative": "-1", "huge": "9" * 40, "lines": "Ana\tB\n" * 10_000,
}  # fmt: skip
FIELDS = (
    "course", "title", "host", "country", "place", "language", "mode", "starts_on", "ends_on", "partners", "notes", "lead",
    "co_trainers", "key", "day_starts", "day_ends", "sessions-TOTAL_FORMS", "sessions-INITIAL_FORMS", "sessions-0-pk",
    "sessions-0-date", "reason", "version", "owner", "family_name", "given_name", "sex", "rank_words", "rank_group", "unit",
    "organisation", "participant", "rows", "column-0", "attended-nco-female", "completed-nco-female", "knows_completed",
    "enrolment", "session", "value", "base", "form_key", "batch", "shown", "s-1-1", "m-1-1", "email", "roles", "password",
    "again", "code", "name", "short_name", "kind", "position", "languages", "topics", "certified_on", "rank", "add",
)  # fmt: skip
# Buttons without a field: what is posted beside them is not read.
ONLY_BUTTONS = {
    "trainings:restore", "trainings:session_toggle", "trainings:enrolment_remove", "trainings:enrolment_restore",
    "trainings:submit", "trainings:headcount_switch", "trainings:held_settle", "members:revoke", "members:deactivate",
    "members:reactivate", "members:reset_factor", "members:resend", "members:decline", "members:export",
    "members:audit_export", "trainings:import_undo", "trainings:export", "trainings:list_export",
    "trainings:duplicates_look", "trainings:duplicate_different", "trainings:duplicate_reopen", "trainings:merge_undo",
    "trainings:workbook", "trainings:workbook_preview", "reports:sheet", "reports:trainers_sheet",
    "reports:snapshot_sheet", "reports:release_withdraw",
    "reports:coverage_sheet", "reports:indicators_sheet",
    "reports:quality_sheet",
    "knowledge:secret_make", "knowledge:secret_revoke", "notifications:leave",
    "knowledge:version_restore", "knowledge:material_remove",
    "search:forget",
    "knowledge:publish", "knowledge:pin", "knowledge:delete", "knowledge:preview",
    "knowledge:save", "knowledge:thank", "knowledge:restore", "knowledge:comment_remove", "knowledge:comment_thank",
    "knowledge:comment_accept", "knowledge:comment_restore", "notifications:list", "knowledge:follow_topic",
    "knowledge:follow_person", "knowledge:reported_leave", "knowledge:note_delete", "knowledge:revision_sheet",
}  # fmt: skip
# What these may take for what it says: a reason, a name, a long password.
TAKES_WORDS = {
    "trainings:cancel",
    "trainings:evidence_remove",
    "trainers:topic_new",
    "trainers:topic_edit",
    "members:accept",
    "reports:indicator_withdraw",
    "knowledge:version_withdraw",
    "knowledge:comment_new",
}


@pytest.mark.parametrize("kind", sorted(RUBBISH))
def test_rubbish_is_refused_and_nothing_is_written(kind, sides, browsers):
    before = domain_rows()
    answers = {}
    for route in sorted(name for name, decision in DECISIONS.items() if decision.post and name not in ONLY_BUTTONS):
        if route in TAKES_WORDS and kind != "null":
            continue
        url = reverse(route, args=sides[0].arguments(route))
        for name in ("coordinator_me", "admin", "trainer_me"):
            answer = browsers[name].post(url, dict.fromkeys(FIELDS, RUBBISH[kind]))
            answers[route, name] = answer.status_code
    assert {case: status for case, status in answers.items() if status >= 500} == {}
    assert domain_rows() == before


@pytest.mark.slow
@pytest.mark.parametrize("kind", sorted(set(RUBBISH) - {"lines", "long"}))
def test_rubbish_in_an_address_is_no_error(kind, sides, browsers):
    names = ("q", "state", "owner", "country", "course", "first", "last", "page", "copy", "session", "view", "organisation",
             "family_name", "given_name", "ministry", "language", "topic", "sort", "what", "cohort", "of", "left", "not_current")  # fmt: skip
    answers = {}
    for route in sorted(name for name, decision in DECISIONS.items() if decision.get and name != "trainers:photo"):
        url = reverse(route, args=sides[0].arguments(route))
        answers[route] = browsers["coordinator_me"].get(url, dict.fromkeys(names, RUBBISH[kind])).status_code
    assert {route: status for route, status in answers.items() if status >= 500} == {}


def test_person_named_by_a_huge_number_is_refused(sides, browsers):
    training = sides[0].training
    for number in ("9" * 30, "-1", "99999999999"):
        body = {
            "family_name": "Nova",
            "given_name": "Osoba",
            "sex": "female",
            "organisation": training.owner_id,
            "participant": number,
        }
        assert browsers["recorder_me"].post(f"{training.get_absolute_url()}roster/", body).status_code < 500


@pytest.mark.slow
def test_pasted_null_bytes_are_no_error(sides, browsers):
    training = sides[0].training
    body = {"rows": "Prezime\tIme\tJedinica\tČin\nNova\tOsoba\tČeta\x00\tčin\x00", "organisation": training.owner_id}
    assert browsers["recorder_me"].post(f"{training.get_absolute_url()}roster/import/", body).status_code < 500
