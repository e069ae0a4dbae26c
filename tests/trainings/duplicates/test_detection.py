"""Finding who is probably one person, and the desk where a home coordinator decides."""

from random import Random

import pytest
from django.urls import reverse

from audit.models import AuditEntry
from tests.conftest import client_of, make_roster, make_training, mark_all
from tests.markup import squeezed
from trainings.access import open_pairs, visible_pairs
from trainings.duplicates.actions import compare_new_people, look_for_duplicates, reopen_pair, set_different
from trainings.duplicates.detection import MAX_ALIKE, Record, close_words, find_pairs
from trainings.models import DuplicatePair, Participant
from trainings.roster.actions import RosterRow, add_to_roster, change_enrolment, name_keys

pytestmark = pytest.mark.django_db


def made(home, family, given_name, sex="not_recorded", service=""):
    spelling_key, loose_key = name_keys(family, given_name)
    return Participant.objects.create(
        organisation=home,
        family_name=family,
        given_name=given_name,
        spelling_key=spelling_key,
        loose_key=loose_key,
        sex=sex,
        service_hash=service,
    )


def record_of(pk, family, given_name, sex="female", service=""):
    return Record(pk, family, given_name, sex, service)


def pairs_of(home):
    return {
        (pair.first.given_name, pair.second.given_name): pair.why
        for pair in DuplicatePair.objects.filter(first__organisation=home).select_related("first", "second")
    }


# --- finding ---

CASES = [
    (("petrovic", "milica"), ("petrovic", "milica"), "name"),
    (("petrovic", "milica"), ("milica", "petrovic"), "swapped"),
    (("dordevic", "milica"), ("djordjevic", "milica"), "loose"),
    (("milica", "djordjevic"), ("dordevic", "milica"), "loose"),
    (("petrovic", "milica"), ("petrovic", "milca"), "typing"),
    (("petrovic", "milica"), ("pertovic", "milica"), "typing"),
    (("petrovic", "milica"), ("petrovic", "jelena"), None),
    (("petrovic", "ana"), ("petrovic", "ena"), None),  # one letter of three is another name
    (("petrovic", "milca"), ("pertovic", "milica"), None),  # an error in both names
]


@pytest.mark.parametrize(("first", "other", "why"), CASES)
def test_pair_is_found_with_its_reason(first, other, why):
    pairs = find_pairs([record_of(1, *first), record_of(2, *other)])
    assert pairs == ({(1, 2): why} if why else {})


def test_sexes_and_numbers_speak_against_and_an_equal_number_for():
    def pairs_found(**facts):
        return find_pairs(
            [record_of(1, "petrovic", "milica", **facts), record_of(2, "petrovic", "milica", "male", "b")]
        )

    assert pairs_found() == {}
    assert pairs_found(sex="not_recorded") == {(1, 2): "name"}
    assert pairs_found(sex="male", service="a") == {}
    assert pairs_found(sex="male", service="b") == {(1, 2): "service"}
    married = [record_of(1, "petrovic", "milica", service="a"), record_of(2, "jovanovic", "milica", service="a")]
    assert find_pairs(married) == {(1, 2): "service"}


def test_two_names_that_many_bear_are_no_slip():
    families = ["petrovic", "lalic", "bulatovic"]
    marijas = [record_of(n, family, "marija") for n, family in enumerate(families)]
    marinas = [record_of(10 + n, family, "marina") for n, family in enumerate(families)]
    assert find_pairs(marijas + marinas) == {}
    assert find_pairs([*marijas, record_of(20, "lalic", "marjia")]) == {(1, 20): "typing"}


def test_close_words_are_those_a_slow_comparison_finds():
    from trainings.duplicates.detection import is_one_error

    random, letters = Random(7), "abc"
    words = {"".join(random.choice(letters) for _l in range(random.randint(2, 6))): 1 for _n in range(300)}
    slow = {
        word: sorted(other for other in words if min(len(word), len(other)) >= 4 and is_one_error(word, other))
        for word in words
    }
    assert close_words(words) == {word: others for word, others in slow.items() if others}


def test_pairs_of_one_name_stay_linear():
    pairs = find_pairs([record_of(n, "petrovic", "milica") for n in range(200)])
    assert len(pairs) == 200 * MAX_ALIKE - sum(range(MAX_ALIKE + 1))


def test_people_added_are_paired_at_once_but_for_slips(recorder_me, organisation):
    home = organisation("ME")
    made(home, "Đorđević", "Milica")
    made(home, "Đorđević", "Jelena")
    training = make_training(recorder_me)
    rows = [
        RosterRow(*names, home) for names in (("Djordjevic", "Milica"), ("Jelena", "Đorđević"), ("Đorđević", "Milca"))
    ]
    add_to_roster(training=training, rows=rows, by=recorder_me)
    assert pairs_of(home) == {("Milica", "Milica"): "loose", ("Jelena", "Đorđević"): "swapped"}
    compare_new_people()
    assert pairs_of(home)["Milica", "Milca"] == "typing"
    assert AuditEntry.objects.filter(action="look_for_duplicates", by=None).count() == 1
    compare_new_people()  # nobody is new, so nothing is compared and nothing written
    assert AuditEntry.objects.filter(action="look_for_duplicates").count() == 1


def test_corrected_name_is_compared_again(recorder_me, organisation):
    training = make_training(recorder_me)
    first, other = make_roster(training, 2, recorder_me)
    compare_new_people()
    assert not DuplicatePair.objects.exists()
    person = first.participant
    change_enrolment(
        enrolment=other, family_name=person.family_name, given_name=person.given_name, sex=person.sex, by=recorder_me
    )
    compare_new_people()
    assert DuplicatePair.objects.get().first == person


def test_what_was_decided_is_never_opened_again(coordinator_me, organisation):
    home = organisation("ME")
    people = [made(home, "Petrović", "Milica") for _n in range(2)]
    assert look_for_duplicates(organisation=home, by=coordinator_me) == 1
    pair = DuplicatePair.objects.get()
    set_different(pair=pair, by=coordinator_me)
    assert look_for_duplicates(organisation=home, by=coordinator_me) == 0
    pair.refresh_from_db()
    assert (pair.first, pair.state, pair.decided_by) == (people[0], "different", coordinator_me)
    reopen_pair(pair=pair, by=coordinator_me)
    pair.refresh_from_db()
    assert (pair.state, pair.decided_by, pair.decided_at) == ("open", None, None)


def test_people_of_two_homes_are_never_a_pair(coordinator_me, organisation):
    made(organisation("ME"), "Petrović", "Milica")
    made(organisation("RS"), "Petrović", "Milica")
    for code in ("ME", "RS"):
        assert look_for_duplicates(organisation=organisation(code), by=coordinator_me) == 0


@pytest.mark.slow
def test_hundred_thousand_people_are_compared_in_seconds():
    """About 4 s on one core; the bound leaves room for a busy machine, and would not hold a quadratic search."""
    from time import process_time

    random = Random(11)
    syllables = ["pe", "tro", "ma", "ri", "jo", "va", "no", "lu", "ka", "ne", "bo", "sti", "du", "ra", "mi", "le"]
    families = ["".join(random.choices(syllables, k=random.randint(2, 4))) + "vic" for _n in range(4000)]
    values = ["".join(random.choices(syllables, k=random.randint(2, 3))) for _n in range(600)]
    people = [
        record_of(n, random.choice(families), random.choice(values), random.choice(["female", "male"]))
        for n in range(100_000)
    ]
    slips = [
        record_of(100_000 + n, people[n].family_name[:-1] + "h", people[n].given_name, people[n].sex)
        for n in range(100)
    ]
    start = process_time()
    pairs = find_pairs(people + slips)
    took = process_time() - start
    assert {(n, 100_000 + n) for n in range(100)} <= pairs.keys()
    assert took < 30, took


# --- the desk ---


@pytest.fixture
def pair(recorder_me, organisation):
    home = organisation("ME")
    first, other = made(home, "Petrović", "Milica", "female"), made(home, "Petrovic", "Milica")
    return DuplicatePair.objects.create(first=first, second=other)


def test_only_the_home_coordinator_sees_pairs(pair, coordinator_me, coordinator_rs, recorder_me, admin):
    assert [list(visible_pairs(who)) for who in (coordinator_me, coordinator_rs, recorder_me, admin)] == [
        [pair],
        [],
        [],
        [],
    ]
    assert list(open_pairs(coordinator_me)) == [pair]


def test_desk_lists_what_waits_and_says_when_nothing_does(pair, coordinator_me):
    client = client_of(coordinator_me)
    page = client.get("/trainings/duplicates/")
    assert [(row[0], row[1], row[2]) for row in page.context["rows"]] == [(pair, 0, 0)]
    assert "the same name" in page.content.decode()
    assert client.get("/trainings/duplicates/?why=loose").context["rows"] == []
    assert "No pair fits." in client.get("/trainings/duplicates/?q=zzz").content.decode()
    assert len(client.get("/trainings/duplicates/?q=петровић").context["rows"]) == 1
    client.post(f"/trainings/duplicates/{pair.pk}/different/")
    assert "No two records wait for you." in client.get("/trainings/duplicates/").content.decode()
    again = client.get("/trainings/duplicates/?state=different")
    assert [row[0] for row in again.context["rows"]] == [pair]
    client.post(f"/trainings/duplicates/{pair.pk}/reopen/")
    assert [row[0] for row in client.get("/trainings/duplicates/").context["rows"]] == [pair]


def test_deciding_twice_says_so_and_changes_nothing(pair, coordinator_me):
    client = client_of(coordinator_me)
    for _n in range(2):
        answer = client.post(f"/trainings/duplicates/{pair.pk}/different/", follow=True)
    assert "decided already" in answer.content.decode()
    assert AuditEntry.objects.filter(action="set_different").count() == 1


def test_reading_the_desk_is_written_down_and_an_empty_desk_is_not(pair, coordinator_me, coordinator_rs):
    for member in (coordinator_me, coordinator_rs):
        client_of(member).get("/trainings/duplicates/")
    assert list(AuditEntry.objects.filter(is_reading=True).values_list("by", "organisation")) == [
        (coordinator_me.pk, coordinator_me.organisation_id)
    ]


def test_number_that_waits_stands_where_a_coordinator_works(pair, coordinator_me, recorder_me):
    training = make_training(recorder_me)
    add_to_roster(
        training=training,
        rows=[RosterRow("Petrović", "Milica", pair.first.organisation, participant=pair.first.pk)],
        by=recorder_me,
    )
    pages = ["/", "/trainings/", reverse("trainings:roster", args=[training.reference])]
    words = ["1 pair of records is probably one person.", "Probably one person (1)", "Perhaps recorded twice"]
    for member, visible in ((coordinator_me, True), (recorder_me, False)):
        client = client_of(member)
        assert [
            word in squeezed(client.get(page).content.decode()) for page, word in zip(pages, words, strict=True)
        ] == [visible] * 3


def test_interval_says_in_words_that_records_may_be_one(pair, coordinator_me, recorder_me):
    training = make_training(recorder_me)
    rows = [RosterRow(p.family_name, p.given_name, p.organisation, participant=p.pk) for p in (pair.first, pair.second)]
    add_to_roster(training=training, rows=rows, by=recorder_me)
    mark_all(training, recorder_me)
    sentence, desk = "the people here are at least 1 and at most 2", "Compare them"
    for member, leads in ((coordinator_me, True), (recorder_me, False)):
        page = client_of(member).get(training.get_absolute_url()).content.decode()
        assert (sentence in page, desk in page) == (True, leads)
    set_different(pair=pair, by=coordinator_me)
    assert sentence not in client_of(coordinator_me).get(training.get_absolute_url()).content.decode()
