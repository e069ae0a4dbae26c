"""Putting people on a roster; roster or headcount, never both."""

from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from tests.conftest import client_of, make_roster, make_training, mark_all, person
from trainings.counting import Question, figures
from trainings.headcounts.actions import set_headcounts, switch_to_roster
from trainings.models import DuplicatePair, Enrolment, Headcount, Mark, Participant, Party
from trainings.roster.actions import RosterRow, add_to_roster, change_enrolment, remove_from_roster, restore_to_roster

pytestmark = [pytest.mark.django_db, pytest.mark.both_engines]


def counts(*numbers):
    groups = ("senior_officer", "junior_officer", "nco", "soldier")
    return [Headcount(sex="female", rank_group=g, attended=n) for g, n in zip(groups, numbers, strict=False)]


def one_training(training):
    return figures(Question(training=training.pk, whatever_state=True))


def test_person_whom_the_recorder_sees_is_reused_in_either_script(training, recorder_me):
    home = training.owner
    (first,) = add_to_roster(training=training, rows=[RosterRow("Ђорђевић", "Марија", home, "female")], by=recorder_me)
    other = make_training(recorder_me)
    (again,) = add_to_roster(training=other, rows=[RosterRow("Đorđević", "Marija", home)], by=recorder_me)
    assert again.participant_id == first.participant_id
    assert (Participant.objects.count(), DuplicatePair.objects.count()) == (1, 0)


def test_same_name_with_another_sex_is_another_person(training, recorder_me):
    rows = [RosterRow("Ilić", "Saša", training.owner, sex) for sex in ("female", "male")]
    added = add_to_roster(training=training, rows=rows, by=recorder_me)
    assert len({enrolment.participant_id for enrolment in added}) == 2
    assert DuplicatePair.objects.count() == 0


def test_sex_that_was_not_recorded_is_filled_in_later(training, recorder_me):
    rows = [RosterRow("Ilić", "Saša", training.owner)]
    add_to_roster(training=training, rows=rows, by=recorder_me)
    rows = [RosterRow("Ilić", "Saša", training.owner, "female")]
    add_to_roster(training=make_training(recorder_me), rows=rows, by=recorder_me)
    assert list(Participant.objects.values_list("sex", flat=True)) == ["female"]


def test_many_people_take_as_many_queries_as_a_few(training, recorder_me):
    numbers = []
    for first, number in ((0, 2), (100, 40)):
        rows = [RosterRow(f"Ilić{n}", "Saša", training.owner) for n in range(first, first + number)]
        with CaptureQueriesContext(connection) as queries:
            added = add_to_roster(training=training, rows=[*rows, rows[0]], by=recorder_me)
        assert [enrolment.participant.family_name for enrolment in added] == [row.family_name for row in rows]
        numbers.append(len(queries))
    assert numbers[0] - 4 <= numbers[1] <= numbers[0]  # the first makes the party
    assert list(training.enrolments.order_by("line").values_list("line", flat=True)) == list(range(1, 43))


def test_person_nobody_here_sees_becomes_an_open_pair(recorder_me, recorder_rs):
    kept_by_rs = make_training(recorder_rs)
    (theirs,) = make_roster(kept_by_rs, 1, recorder_rs)
    kept_by_me = make_training(recorder_me)
    (ours,) = make_roster(kept_by_me, 1, recorder_me, home=recorder_rs.organisation)
    pair = DuplicatePair.objects.get()
    assert (pair.first_id, pair.second_id, pair.state) == (theirs.participant_id, ours.participant_id, "open")


def test_person_named_by_a_number_the_recorder_may_not_see_is_a_new_one(recorder_me, recorder_rs):
    (theirs,) = make_roster(make_training(recorder_rs), 1, recorder_rs)
    row = RosterRow("Nova", "Osoba", recorder_me.organisation, participant=theirs.participant_id)
    (ours,) = add_to_roster(training=make_training(recorder_me), rows=[row], by=recorder_me)
    assert ours.participant_id != theirs.participant_id
    assert str(ours.participant) == "Nova, Osoba"


def test_two_visible_namesakes_are_not_guessed_between(training, recorder_me):
    home = training.owner
    for _n in range(2):
        Participant.objects.create(
            organisation=home, family_name="Ilić", given_name="Ana", spelling_key="ilic ana", loose_key="ilik ana"
        )
    (added,) = add_to_roster(training=training, rows=[RosterRow("Ilić", "Ana", home)], by=recorder_me)
    assert (Participant.objects.count(), DuplicatePair.objects.filter(second=added.participant).count()) == (3, 2)


def test_person_on_the_roster_already_is_passed_over(training, recorder_me):
    assert [len(make_roster(training, n, recorder_me)) for n in (2, 3, 3)] == [2, 1, 0]
    assert list(training.enrolments.order_by("line").values_list("line", flat=True)) == [1, 2, 3]


def test_removal_keeps_marks_and_restoring_brings_them_back(marked, recorder_me):
    enrolment = marked.enrolments.first()
    remove_from_roster(enrolment=enrolment, by=recorder_me)
    assert (one_training(marked).seats, Mark.objects.filter(enrolment=enrolment).count()) == (2, 2)
    restore_to_roster(enrolment=Enrolment.objects.get(pk=enrolment.pk), by=recorder_me)
    assert (one_training(marked).seats, one_training(marked).minutes) == (3, 2160)
    with pytest.raises(ValidationError, match="already"):
        restore_to_roster(enrolment=Enrolment.objects.get(pk=enrolment.pk), by=recorder_me)


def test_adding_a_removed_person_again_brings_their_marks_back(marked, recorder_me):
    enrolment = marked.enrolments.get(line=1)
    remove_from_roster(enrolment=enrolment, by=recorder_me)
    (back,) = add_to_roster(training=marked, rows=[person(0, marked.owner)], by=recorder_me)
    assert (back.pk, one_training(marked).minutes) == (enrolment.pk, 2160)


def test_corrected_row_changes_person_and_day(sheet, recorder_me):
    enrolment = sheet.enrolments.get(line=1)
    enrolment.rank_words, enrolment.rank_group, enrolment.unit = "potpukovnik", "senior_officer", "Garda"
    change_enrolment(enrolment=enrolment, family_name="Ћосић", given_name="Vera", sex="female", by=recorder_me)
    fresh = Enrolment.objects.select_related("participant").get(pk=enrolment.pk)
    assert (str(fresh.participant), fresh.participant.spelling_key) == ("Ћосић, Vera", "cosic vera")
    assert (fresh.rank_words, fresh.rank_group, fresh.unit) == ("potpukovnik", "senior_officer", "Garda")


def test_headcount_beside_a_roster_needs_a_word(marked, recorder_me):
    with pytest.raises(ValidationError, match="has a roster"):
        set_headcounts(training=marked, organisation=marked.owner, counts=counts(9), by=recorder_me)
    assert (Headcount.objects.count(), one_training(marked).seats) == (0, 3)


def test_switching_both_ways_keeps_the_marks(marked, recorder_me):
    party = set_headcounts(
        training=marked, organisation=marked.owner, counts=counts(9, 0, 2), replaces_roster=True, by=recorder_me
    )
    assert (one_training(marked).seats, one_training(marked).named_seats, Mark.objects.count()) == (11, 0, 6)
    with pytest.raises(ValidationError, match="recorded by a headcount"):
        make_roster(marked, 4, recorder_me)
    switch_to_roster(party=party, by=recorder_me)
    assert (one_training(marked).seats, one_training(marked).named_seats, Headcount.objects.count()) == (3, 3, 0)
    assert one_training(marked).minutes == 2160


def test_switching_back_leaves_off_who_was_removed_before(marked, recorder_me):
    remove_from_roster(enrolment=marked.enrolments.get(line=1), by=recorder_me)
    party = set_headcounts(
        training=marked, organisation=marked.owner, counts=counts(9), replaces_roster=True, by=recorder_me
    )
    switch_to_roster(party=party, by=recorder_me)
    assert one_training(marked).named_seats == 2


def test_new_headcount_takes_the_place_of_the_old(training, recorder_me):
    for numbers in ((9, 1), (4,)):
        set_headcounts(training=training, organisation=training.owner, counts=counts(*numbers), by=recorder_me)
    assert list(Headcount.objects.values_list("attended", flat=True)) == [4]


@pytest.mark.parametrize(("attended", "completed"), [(-1, None), (100_001, None), (5, 6), (5, -1)])
def test_headcount_that_cannot_be_is_refused(training, recorder_me, attended, completed):
    count = Headcount(sex="female", rank_group="nco", attended=attended, completed=completed)
    with pytest.raises(ValidationError):
        set_headcounts(training=training, organisation=training.owner, counts=[count], by=recorder_me)
    assert (Headcount.objects.count(), Party.objects.count()) == (0, 0)


def insert(table, row):
    columns = ", ".join(f'"{name}"' for name in row)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            f'INSERT INTO "{table}" ({columns}) VALUES ({", ".join(["%s"] * len(row))})',  # noqa: S608 - our own words
            list(row.values()),
        )
        connection.check_constraints()


def keys(roster, headcount):
    def of(wanted):
        return None if not wanted else uuid4() if connection.features.has_native_uuid_field else uuid4().hex

    return {"roster_key": of(roster), "headcount_key": of(headcount)}


@pytest.mark.parametrize(("roster", "headcount"), [(True, True), (False, False)])
def test_database_refuses_a_party_that_is_both_or_neither(training, roster, headcount):
    row = {"training_id": training.pk, "organisation_id": training.owner_id, **keys(roster, headcount)}
    with pytest.raises(IntegrityError):
        insert("trainings_party", row)


@pytest.mark.parametrize(("roster", "headcount"), [(True, False), (False, True)])
def test_control_database_takes_a_party_that_is_one(training, roster, headcount):
    insert(
        "trainings_party",
        {"training_id": training.pk, "organisation_id": training.owner_id, **keys(roster, headcount)},
    )
    assert Party.objects.count() == 1


def test_database_refuses_a_second_party_of_the_same_organisation(sheet):
    row = {"training_id": sheet.pk, "organisation_id": sheet.owner_id, **keys(roster=False, headcount=True)}
    with pytest.raises(IntegrityError):
        insert("trainings_party", row)


def test_database_refuses_a_headcount_of_a_party_with_a_roster(sheet):
    party = Party.objects.get()
    key = party.roster_key if connection.features.has_native_uuid_field else party.roster_key.hex
    with pytest.raises(IntegrityError):
        insert("trainings_headcount", {"party_id": key, "sex": "female", "rank_group": "nco", "attended": 3})


def test_database_refuses_to_turn_a_party_with_people_into_a_headcount(sheet):
    def turn():
        with transaction.atomic():
            Party.objects.update(roster_key=None, headcount_key=uuid4())
            connection.check_constraints()

    with pytest.raises(IntegrityError):
        turn()


def test_suggestions_hold_only_people_the_member_sees(recorder_me, recorder_rs):
    make_roster(make_training(recorder_rs), 4, recorder_rs)
    mine = make_training(recorder_me)
    make_roster(mine, 1, recorder_me)
    url = f"{mine.get_absolute_url()}roster/suggest/"
    for typed in ("Petro", "Петро", "Jovan", "Marko"):
        people = client_of(recorder_me).post(url, {"family_name": typed}).context["people"]
        assert {p.organisation.code for p, _last in people} == ({"ME"} if typed in ("Petro", "Петро") else set())


def test_marks_of_the_whole_roster(sheet, recorder_me):
    mark_all(sheet, recorder_me, "late")
    assert one_training(sheet).seats == 3


def test_switching_back_brings_back_only_whom_the_headcount_took_off(marked, recorder_me):
    for enrolment in marked.enrolments.all():
        remove_from_roster(enrolment=enrolment, by=recorder_me)
    party = set_headcounts(training=marked, organisation=marked.owner, counts=counts(9), by=recorder_me)
    switch_to_roster(party=party, by=recorder_me)
    assert one_training(marked).named_seats == 0


def test_typed_name_on_the_roster_already_is_asked(training, recorder_me):
    client = client_of(recorder_me)
    body = {"family_name": "Petrović", "given_name": "Ana", "sex": "female", "organisation": training.owner_id}
    url = f"{training.get_absolute_url()}roster/"
    assert client.post(url, body).status_code == 302
    again = client.post(url, body)
    assert (again.status_code, training.enrolments.count()) == (422, 1)
    assert 'name="is_another"' in again.content.decode()
    assert client.post(url, {**body, "is_another": "on"}).status_code == 302
    assert (training.enrolments.count(), DuplicatePair.objects.count()) == (2, 1)


def test_suggestion_tells_nothing_of_a_training_kept_elsewhere(recorder_me, recorder_rs):
    """Serbia's person, known to Montenegro from a training of its own, served since in another unit: that is Serbia's."""
    mine, theirs = make_training(recorder_me), make_training(recorder_rs)
    home = recorder_rs.organisation
    add_to_roster(training=mine, rows=[person(0, home, unit="Ours")], by=recorder_me)
    (known,) = mine.enrolments.all()
    later = RosterRow(
        known.participant.family_name,
        known.participant.given_name,
        home,
        "female",
        unit="Theirs",
        participant=known.participant_id,
    )
    add_to_roster(training=theirs, rows=[later], by=recorder_rs)
    for who, training, unit in ((recorder_me, mine, "Ours"), (recorder_rs, theirs, "Theirs")):
        typed = {"family_name": known.participant.family_name}
        answer = client_of(who).post(f"{training.get_absolute_url()}roster/suggest/", typed)
        assert [last.unit for _person, last in answer.context["people"]] == [unit]
