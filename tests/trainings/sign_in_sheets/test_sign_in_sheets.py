"""Printed sign-in sheets: editions that never change, and what is typed in from them."""

import json
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from audit.models import AuditEntry
from common import pdf
from tests.conftest import client_of, edit_of, make_roster, make_training, person, plans
from trainings.actions import change_training, toggle_session
from trainings.attendance.actions import KeyReusedError, change_marks
from trainings.figures.actions import submit_figures
from trainings.models import Enrolment, Mark, MarkChange, SheetEdition, SheetEntry, Training
from trainings.models.sheets import CODE_LETTERS
from trainings.roster.actions import add_to_roster, change_enrolment, remove_from_roster
from trainings.sign_in_sheets import pdf as print_sheet
from trainings.sign_in_sheets.actions import make_sheet, record_from_sheet, take_back_sheet

pytestmark = pytest.mark.django_db


@pytest.fixture
def session(training):
    return training.sessions.first()


@pytest.fixture
def edition(session, recorder_me):
    """Six people on lines 1 to 6, three blank lines."""
    make_roster(session.training, 6, recorder_me)
    return printed(session, recorder_me)


def printed(session, by, script="written", headings=("en",), blank_lines=3):
    return make_sheet(session=session, script=script, headings=list(headings), blank_lines=blank_lines, by=by)


def typed(edition, by, exceptions=None, walk_ins=None, expected=None, key=None):
    return record_from_sheet(
        edition=edition,
        exceptions=exceptions or {},
        walk_ins=walk_ins or {},
        marks_shown=expected or {},
        key=key or uuid4(),
        by=by,
    )


def marks(edition):
    """The marks of the session by line of the sheet."""
    values = dict(Mark.objects.filter(session=edition.session).values_list("enrolment", "value"))
    lines = edition.lines.exclude(enrolment=None)
    return {line.number: values.get(line.enrolment_id, "") for line in lines}


def lines(edition):
    return list(edition.lines.values_list("number", "enrolment", "is_blank"))


# Editions


def test_edition_numbers_the_roster_and_its_blank_lines(edition):
    people = list(edition.training.enrolments.values_list("pk", flat=True))
    assert lines(edition) == [
        *[(n, pk, False) for n, pk in enumerate(people, 1)],
        (7, None, True),
        (8, None, True),
        (9, None, True),
    ]
    assert (edition.number, len(edition.code), set(edition.code) <= set(CODE_LETTERS)) == (1, 10, True)


def test_unchanged_roster_is_the_same_edition_again(edition, session, recorder_me):
    assert printed(session, recorder_me) == edition
    assert SheetEdition.objects.count() == 1
    assert [line.detail("again") for line in AuditEntry.objects.filter(action="make_sheet")] == [True, False]


def test_numbers_stay_when_the_roster_changes(edition, session, recorder_me):
    before = lines(edition)
    first = edition.lines.get(number=1).enrolment
    remove_from_roster(enrolment=first, by=recorder_me)
    add_to_roster(training=session.training, rows=[person(20, session.training.owner)], by=recorder_me)
    other = printed(session, recorder_me)
    assert (lines(edition), other.number) == (before, 2)
    assert first.pk not in [pk for _n, pk, _blank in lines(other)]


@pytest.mark.parametrize("other", [{"script": "both"}, {"headings": ("en", "latin")}, {"blank_lines": 4}])
def test_another_way_of_printing_is_another_edition(edition, session, recorder_me, other):
    assert printed(session, recorder_me, **other).number == 2


def test_walk_ins_are_not_part_of_what_was_printed(edition, session, recorder_me):
    typed(edition, recorder_me, walk_ins={7: person(9, session.training.owner)})
    assert (printed(session, recorder_me).number, edition.lines.filter(is_blank=True).count()) == (2, 3)


def test_nothing_is_printed_of_nothing(session, recorder_me):
    with pytest.raises(ValidationError, match="Nobody is on the roster"):
        printed(session, recorder_me, blank_lines=0)
    assert printed(session, recorder_me, blank_lines=5).lines.count() == 5


def test_cancelled_session_has_no_sheet(edition, session, recorder_me):
    toggle_session(session=session, by=recorder_me)
    session.refresh_from_db()
    with pytest.raises(ValidationError, match="cancelled"):
        printed(session, recorder_me)
    with pytest.raises(ValidationError, match="cancelled"):
        typed(edition, recorder_me)
    assert Mark.objects.count() == 0


def test_session_with_a_printed_sheet_is_not_removed(edition, session, recorder_me):
    training = session.training
    keep = list(plans(2))[1:]
    with pytest.raises(ValidationError, match="printed sign-in sheet"):
        change_training(training=training, sessions=keep, trainers=[], partners=[], by=recorder_me)
    assert training.sessions.count() == 2


# Typing in


def test_everybody_unmarked_is_present_but_the_exceptions(edition, recorder_me):
    answer = typed(edition, recorder_me, {2: "absent", 4: "late", 5: "excused"})
    assert marks(edition) == {1: "present", 2: "absent", 3: "present", 4: "late", 5: "excused", 6: "present"}
    assert answer.entry.counts == {"present": 3, "absent": 1, "late": 1, "excused": 1, "walk_ins": 0, "conflicts": 0}
    assert list(edition.training.enrolments.values_list("minutes", flat=True)) == [360, 0, 360, 360, 0, 360]


def test_walk_ins_are_enrolled_on_their_line_and_present(edition, recorder_me):
    home = edition.training.owner
    answer = typed(edition, recorder_me, {9: "late"}, {7: person(9, home), 9: person(10, home, unit="Četa")})
    assert [marks(edition)[n] for n in (7, 9)] == ["present", "late"]
    assert [n for n, pk, _blank in lines(edition) if pk is None] == [8]
    assert (answer.entry.counts["walk_ins"], answer.entry.counts["present"]) == (2, 6)
    assert edition.lines.get(number=9).enrolment.unit == "Četa"


def test_same_form_again_is_answered_the_same(edition, recorder_me):
    home, key = edition.training.owner, uuid4()
    first = typed(edition, recorder_me, {2: "absent"}, {7: person(9, home)}, key=key)
    before = (Enrolment.objects.count(), MarkChange.objects.count(), AuditEntry.objects.count())
    again = typed(edition, recorder_me, {2: "absent"}, {7: person(9, home)}, key=key)
    assert again.entry == first.entry
    assert {c.key: c.answer_value for c in again.marks.changes} == {c.key: c.answer_value for c in first.marks.changes}
    assert (Enrolment.objects.count(), MarkChange.objects.count(), AuditEntry.objects.count()) == before


@pytest.mark.parametrize("other", [{"exceptions": {3: "absent"}}, {"walk_ins": 1}, {"exceptions": {2: "late"}}])
def test_same_key_with_another_body_is_refused(edition, recorder_me, other):
    key = uuid4()
    typed(edition, recorder_me, {2: "absent"}, key=key)
    if "walk_ins" in other:
        other = {"exceptions": {2: "absent"}, "walk_ins": {7: person(9, edition.training.owner)}}
    with pytest.raises(KeyReusedError):
        typed(edition, recorder_me, key=key, **other)
    assert SheetEntry.objects.count() == 1


def test_mark_that_exists_is_changed_only_where_an_exception_names_it(edition, recorder_me, trainer_me):
    people = [edition.lines.get(number=n).enrolment for n in (1, 2)]
    change_marks(
        training=edition.training, edits=[edit_of(one, edition.session, "excused") for one in people], by=trainer_me
    )
    typed(edition, recorder_me, {2: "absent"}, expected={1: ("excused", 1), 2: ("excused", 1)})
    assert (marks(edition)[1], marks(edition)[2], marks(edition)[3]) == ("excused", "absent", "present")


def test_mark_made_since_the_page_was_opened_is_a_conflict_and_stays(edition, recorder_me, trainer_me):
    second = edition.lines.get(number=2).enrolment
    change_marks(training=edition.training, edits=[edit_of(second, edition.session, "excused")], by=trainer_me)
    answer = typed(edition, recorder_me, {2: "absent"}, expected={2: ("", 0)})
    assert [(c.new_value, c.answer_value) for c in answer.marks.conflicts] == [("absent", "excused")]
    assert (marks(edition)[2], marks(edition)[3], answer.entry.counts["conflicts"]) == ("excused", "present", 1)


def test_mark_cleared_since_the_page_was_opened_is_not_made_present(edition, recorder_me, trainer_me):
    first = edition.lines.get(number=1).enrolment
    change_marks(training=edition.training, edits=[edit_of(first, edition.session, "absent")], by=trainer_me)
    change_marks(training=edition.training, edits=[edit_of(first, edition.session, "", 1)], by=trainer_me)
    typed(edition, recorder_me, expected={1: ("absent", 1)})
    assert (marks(edition)[1], marks(edition)[2]) == ("", "present")


def test_who_left_the_roster_is_passed_over_and_refused_by_name(edition, recorder_me):
    remove_from_roster(enrolment=edition.lines.get(number=3).enrolment, by=recorder_me)
    with pytest.raises(ValidationError, match="line 3 is no longer on the roster"):
        typed(edition, recorder_me, {3: "absent"})
    typed(edition, recorder_me)
    assert (marks(edition)[3], marks(edition)[4]) == ("", "present")


def test_who_came_after_the_sheet_was_printed_is_not_marked(edition, recorder_me):
    (late,) = add_to_roster(training=edition.training, rows=[person(20, edition.training.owner)], by=recorder_me)
    typed(edition, recorder_me)
    assert Mark.objects.filter(enrolment=late).count() == 0


@pytest.mark.parametrize(
    ("exceptions", "walk_ins", "sentence"),
    [
        ({47: "absent"}, {}, "Line 47 is not on this sheet"),
        ({7: "absent"}, {}, "Line 7 is blank"),
        ({}, {2: 9}, "Line 2 is somebody"),
        ({}, {30: 9}, "Line 30 is not on this sheet"),
        ({}, {7: 1}, "Line 7: .* is on the roster already"),
        ({1: "asleep"}, {}, "present, late, excused or absent"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_written(edition, recorder_me, exceptions, walk_ins, sentence):
    people = {number: person(n, edition.training.owner) for number, n in walk_ins.items()}
    with pytest.raises(ValidationError) as refused:
        typed(edition, recorder_me, exceptions, {**people, 8: person(11, edition.training.owner)})
    assert refused.match(sentence)
    assert (Mark.objects.count(), Enrolment.objects.count(), SheetEntry.objects.count()) == (0, 6, 0)


def test_locked_figures_take_nothing(edition, recorder_me):
    submit_figures(training=edition.training, by=recorder_me)
    with pytest.raises(ValidationError, match="figures are submitted"):
        typed(edition, recorder_me)
    assert MarkChange.objects.count() == 0


def test_undo_takes_back_marks_and_walk_ins(edition, recorder_me):
    answer = typed(edition, recorder_me, {2: "absent"}, {7: person(9, edition.training.owner)})
    back = take_back_sheet(entry=answer.entry, by=recorder_me)
    assert (back.marks, back.walk_ins, back.staying) == (7, 1, 0)
    assert set(marks(edition).values()) == {""}
    assert (edition.training.enrolments.filter(removed_at=None).count(), lines(edition)[6]) == (6, (7, None, True))
    with pytest.raises(ValidationError, match="taken back already"):
        take_back_sheet(entry=answer.entry, by=recorder_me)
    typed(edition, recorder_me, {}, {7: person(9, edition.training.owner)})
    assert (marks(edition)[7], set(marks(edition).values())) == ("present", {"present"})


def test_undo_keeps_what_was_used_since(edition, recorder_me, trainer_me):
    answer = typed(edition, recorder_me, {}, {7: person(9, edition.training.owner)})
    walked_in, first = (edition.lines.get(number=n).enrolment for n in (7, 1))
    other = edition.training.sessions.last()
    edits = [edit_of(walked_in, other, "present"), edit_of(first, edition.session, "late", 1)]
    change_marks(training=edition.training, edits=edits, by=trainer_me)
    back = take_back_sheet(entry=answer.entry, by=recorder_me)
    assert (back.marks, back.walk_ins, back.staying) == (6, 0, 1)
    assert (marks(edition)[1], marks(edition)[2], lines(edition)[6][1]) == ("late", "", walked_in.pk)


# Pages


def form_of(client, edition, **changed):
    page = client.get(edition.get_absolute_url())
    return {"form_key": str(page.context["form_key"]), "shown": page.context["shown"], "exceptions": "", **changed}


def walked_in(number, family_name="Novaković", given_name="Nova", home=None, **more):
    body = {"family_name": family_name, "given_name": given_name, "sex": "female", "organisation": home, **more}
    return {f"w{number}-{name}": value for name, value in body.items()}


def test_page_looks_first_and_saves_then(edition, recorder_me):
    client, url = client_of(recorder_me), edition.get_absolute_url()
    body = form_of(client, edition, exceptions="2a 4к, 5 opravdana", **walked_in(7, home=edition.training.owner_id))
    looked = client.post(url, {**body, "look": "1"})
    assert (looked.status_code, looked.context["preview"]) == (
        200,
        "3 present, 1 absent, 1 late, 1 excused, 1 walk-in",
    )
    assert Mark.objects.count() == 0
    for _n in range(2):
        assert client.post(url, {**body, "save": "1"})["Location"] == url
    assert marks(edition) == {
        1: "present", 2: "absent", 3: "present", 4: "late", 5: "excused", 6: "present", 7: "present",
    }  # fmt: skip
    assert SheetEntry.objects.count() == 1
    assert client.get(url).context["entry_says"] == "3 present, 1 absent, 1 late, 1 excused, 1 walk-in"
    client.post(reverse("trainings:edition_undo", args=[edition.code]))
    assert set(marks(edition).values()) == {""}


def test_page_names_what_is_wrong_and_keeps_what_was_typed(edition, recorder_me):
    client = client_of(recorder_me)
    body = form_of(client, edition, exceptions="47a 8l 2x", save="1", **{"w7-family_name": "Bez Imena"})
    answer = client.post(edition.get_absolute_url(), body)
    assert (answer.status_code, answer.context["wrong"]) == (
        422,
        [
            "Line 47 is not on this sheet.",
            "Nobody knows “x” of line 2. Write a, l or e.",
            "Line 8 is blank. Say below who signed there.",
        ],
    )
    assert [form.number for form in answer.context["walk_ins_wrong"]] == [7]
    assert 'value="Bez Imena"' in answer.content.decode()
    assert ">47a 8l 2x</textarea>" in answer.content.decode()
    assert Mark.objects.count() == 0


def test_page_asks_whether_a_name_on_the_roster_is_another_person(edition, recorder_me):
    client, url = client_of(recorder_me), edition.get_absolute_url()
    there = edition.lines.get(number=1).enrolment.participant
    twin = walked_in(7, there.family_name, there.given_name, edition.training.owner_id, sex=there.sex)
    body = form_of(client, edition, save="1", **twin)
    answer = client.post(url, body)
    assert (answer.status_code, "w7-is_another" in answer.content.decode(), Mark.objects.count()) == (422, True, 0)
    assert client.post(url, {**body, "w7-is_another": "on"}).status_code == 302
    assert edition.training.enrolments.count() == 7


def test_page_shows_both_values_of_a_conflict(edition, recorder_me, trainer_me):
    client = client_of(recorder_me)
    body = form_of(client, edition, exceptions="2a", save="1")
    second = edition.lines.get(number=2).enrolment
    change_marks(training=edition.training, edits=[edit_of(second, edition.session, "late")], by=trainer_me)
    answer = client.post(edition.get_absolute_url(), body)
    (conflict,) = answer.context["conflicts"]
    assert (answer.status_code, conflict["theirs"], conflict["yours"]) == (409, "Late", "Absent")
    assert marks(edition)[2] == "late"


@pytest.mark.slow
def test_page_refuses_its_key_with_something_else(edition, recorder_me):
    client = client_of(recorder_me)
    body = form_of(client, edition, exceptions="2a", save="1")
    client.post(edition.get_absolute_url(), body)
    assert client.post(edition.get_absolute_url(), {**body, "exceptions": "3a"}).status_code == 409
    assert (marks(edition)[2], marks(edition)[3]) == ("absent", "present")


@pytest.mark.parametrize(
    "wrong", [{"form_key": "no"}, {"shown": "x"}, {"shown": "1:present:" + "9" * 30}, {"shown": "::"}]
)
def test_page_refuses_rubbish_with_a_sentence(edition, recorder_me, wrong):
    client = client_of(recorder_me)
    answer = client.post(edition.get_absolute_url(), {**form_of(client, edition, save="1"), **wrong})
    assert (answer.status_code, len(answer.context["wrong"]), Mark.objects.count()) == (422, 1, 0)


def test_sheet_is_made_by_its_page_and_opened_by_its_code(edition, session, recorder_me):
    client, url = client_of(recorder_me), reverse("trainings:sheet", args=[session.training.reference, session.pk])
    client.post(url, {"headings": ["en", "cyrillic"], "script": "both", "blank_lines": "2"})
    made = SheetEdition.objects.get(number=2)
    assert (made.headings, made.script, made.lines.count()) == (["en", "cyrillic"], "both", 8)
    find = reverse("trainings:sheet_find")
    for code in (made.code, made.readable_code.lower(), f" {made.code[:4]} {made.code[4:]} "):
        assert client.get(find, {"code": code})["Location"] == made.get_absolute_url()
    assert client.get(find, {"code": "ABCDEFGHJK"}).status_code == 404


@pytest.mark.parametrize("wrong", [{"headings": []}, {"headings": ["xx"]}, {"script": "runes"}, {"blank_lines": "41"}])
def test_page_refuses_to_print_what_there_is_not(edition, session, recorder_me, wrong):
    body = {"headings": ["en"], "script": "both", "blank_lines": "2", **wrong}
    url = reverse("trainings:sheet", args=[session.training.reference, session.pk])
    assert client_of(recorder_me).post(url, body).status_code == 422
    assert SheetEdition.objects.count() == 1


@pytest.mark.slow
def test_other_ministry_finds_no_edition(edition, recorder_rs, coordinator_rs, admin, observer, recorder_me):
    routes = [reverse(f"trainings:{name}", args=[edition.code]) for name in ("edition", "edition_pdf")]
    results = {
        member.pk: [client_of(member).get(url).status_code for url in routes]
        for member in (recorder_rs, coordinator_rs, admin, observer)
    }
    assert set(map(tuple, results.values())) == {(404, 404)}
    find = reverse("trainings:sheet_find")
    assert client_of(recorder_rs).get(find, {"code": edition.code}).status_code == 404
    assert [client_of(recorder_me).get(url).status_code for url in routes] == [200, 200]  # control: the pages are there


def test_edition_is_not_shown_where_its_reading_cannot_be_kept(edition, recorder_me, monkeypatch):
    def broken(*args, **kwargs):
        raise RuntimeError

    client = client_of(recorder_me)
    monkeypatch.setattr("trainings.sign_in_sheets.views.record_reading", broken)
    monkeypatch.setattr("trainings.sign_in_sheets.views.record", broken)
    for name in ("edition", "edition_pdf"):
        with pytest.raises(RuntimeError):
            client.get(reverse(f"trainings:{name}", args=[edition.code]))


# Paper


def shown_to_typst(edition, monkeypatch):
    values = []
    make = pdf.typst.compile

    def note(*args, **kwargs):
        values.append(json.loads(kwargs["sys_inputs"]["data"]))
        return make(*args, **kwargs)

    monkeypatch.setattr(pdf.typst, "compile", note)
    made = print_sheet.sheet_pdf(edition)
    return made, values[0]


def test_paper_says_who_where_when_and_how_to_come_back(edition, monkeypatch, settings):
    settings.SITE_URL = "https://portal.example"
    made, typst_data = shown_to_typst(edition, monkeypatch)
    assert (made[:5], b"pdfuaid:part" in made, b"pdfaid:part" in made) == (b"%PDF-", True, True)
    facts = ("title", "reference", "session", "place", "date", "time", "trainers", "code", "sheet_url", "blank")
    assert [typst_data[name] for name in facts] == [
        "Gender awareness", edition.training.reference, "Day 1", "Danilovgrad, Montenegro", "10.03.2025", "09:00–15:00",
        ["Tanja Trenerić"], edition.readable_code, f"portal.example/trainings/sheets/{edition.code}/", [7, 8, 9],
    ]  # fmt: skip
    assert [line["number"] for line in typst_data["lines"]] == [1, 2, 3, 4, 5, 6]
    assert print_sheet.edition_address(edition) == f"https://portal.example/trainings/sheets/{edition.code}/"


@pytest.mark.parametrize(
    ("script", "below"),
    [
        ("written", ("", "")), ("latin", ("Jovanović, Ana ax", "")), ("cyrillic", ("", "Кнежевић, Ана")),
        ("both", ("Jovanović, Ana ax", "Кнежевић, Ана")),
    ],
)  # fmt: skip
def test_names_stand_as_written_with_the_other_script_below(training, recorder_me, script, below, monkeypatch):
    home = training.owner
    add_to_roster(training=training, rows=[person(1, home), person(3, home)], by=recorder_me)
    cyrillic, latin = training.enrolments.order_by("pk")
    change_enrolment(enrolment=cyrillic, family_name="Јовановић", given_name="Ana ax", sex="male", by=recorder_me)
    change_enrolment(enrolment=latin, family_name="Knežević", given_name="Ana", sex="male", by=recorder_me)
    _made, typst_data = shown_to_typst(printed(training.sessions.first(), recorder_me, script), monkeypatch)
    names = {line["name"]["written"]: line["name"]["below"] for line in typst_data["lines"]}
    assert names == {"Јовановић, Ana ax": below[0], "Knežević, Ana": below[1]}


def test_paper_is_headed_in_the_languages_chosen(edition, monkeypatch, recorder_me):
    Training.objects.update(language="cnr")
    other = printed(edition.session, recorder_me, headings=("en", "latin", "cyrillic"))
    _made, typst_data = shown_to_typst(other, monkeypatch)
    assert (typst_data["words"]["name"], typst_data["words"]["unit"]) == (
        ["Family and given name", "Prezime i ime", "Презиме и име"],
        ["Unit", "Jedinica", "Јединица"],
    )


@pytest.mark.slow
def test_paper_of_two_hundred_people_with_any_names_is_made(training, recorder_me):
    rows = [person(n, training.owner, unit="Četa " * 30, rank_words="č" * 60) for n in range(200)]
    odd = ["漢" * 40, "#panic()", "😀", "A" * 80, "ا" * 20, "\u202e" + "x", "<b>", "$x$ @y *z*"]
    add_to_roster(training=training, rows=rows, by=recorder_me)
    for n, enrolment in enumerate(training.enrolments.all()[: len(odd)]):
        change_enrolment(enrolment=enrolment, family_name=odd[n], given_name=odd[-n], sex="male", by=recorder_me)
    made = print_sheet.sheet_pdf(
        printed(training.sessions.first(), recorder_me, "both", ("en", "latin", "cyrillic"), 40)
    )
    assert (made[:5], len(made) > 300_000) == (b"%PDF-", True)


def test_pdf_is_a_reading_and_its_name_is_nobodys(edition, recorder_me):
    answer = client_of(recorder_me).get(reverse("trainings:edition_pdf", args=[edition.code]))
    name = f"{edition.training.reference}-2025-03-10-1.pdf"
    assert (answer["Content-Type"], answer["Content-Disposition"]) == ("application/pdf", f'inline; filename="{name}"')
    line = AuditEntry.objects.get(action="export_names")
    assert (line.is_reading, line.by, line.details) == (True, recorder_me, {"what": "sign-in sheet"})


def test_attendance_leads_to_the_paper_and_back(edition, recorder_me, observer):
    page = client_of(recorder_me).get(f"{edition.training.get_absolute_url()}attendance/").content.decode()
    assert reverse("trainings:sheet", args=[edition.training.reference, edition.session_id]) in page
    assert edition.get_absolute_url() in page
    overview = client_of(observer).get(edition.training.get_absolute_url()).content.decode()
    assert ("sheet/" in overview, edition.code in overview) == (False, False)
    other = make_training(recorder_me)
    assert "/sheet/" in client_of(recorder_me).get(other.get_absolute_url()).content.decode()
