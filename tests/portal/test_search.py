"""What is found by which words: scripts, spellings, beginnings, endings, slips; ranked, filtered, with its place."""

import pytest

from portal.search.asking import Asked
from portal.search.bits import gathered, highest, members_of, of_members, pack, packed_terms, unpack, unpacked_terms
from portal.search.models import BLOCK, Kind
from portal.search.words import stem
from tests.conftest import join, make_training
from tests.knowledge.test_posts import write
from tests.portal.search_things import attach, found, note, rows, titles
from trainers.models import Topic
from trainings.models import Training

pytestmark = [pytest.mark.django_db, pytest.mark.both_engines]

# Each line of FACTS.md, and beside it a word that is not to be taken for it.
SPELLINGS = [
    ("Ђорђевић", "Đorđević", "Djordjevic", "Dordevic"),
    ("Јовановић", "Jovanović", "Jovanovic"),
    ("Шћепановић", "Šćepanović", "Scepanovic"),
    ("Ќосев", "Kjosev", "Ćosev", "Kosev"),
    ("Ѓорѓи", "Gjorgji", "Đorđi", "Gorgi"),
    ("Џепаровски", "Džeparovski", "Dzeparovski"),
    ("Љубица", "Ljubica"),
    ("Његош", "Njegoš", "Njegos"),
    ("Хаџић", "Hadžić", "Hadzic"),
    ("Стојановска", "Stojanovska"),
    ("Ѕвезда", "Dzvezda"),
    ("Krasniqi", "KRASNIQI"),
    ("Çelik", "Celik"),
    ("Xhaferi", "Džaferi", "Џафери"),
]


def test_every_spelling_of_a_name_finds_every_other(trainer_me):
    for group in SPELLINGS:
        for n, name in enumerate(group):
            write(trainer_me, f"Post {n} of {group[0]}", body=f"What {name} told us.")
    for group in SPELLINGS:
        wanted = sorted(f"post Post {n} of {group[0]}" for n in range(len(group)))
        assert {name: sorted(titles(trainer_me, name)) for name in group} == dict.fromkeys(group, wanted)


def test_every_kind_is_found_by_what_it_holds(trainer_me, training):
    post = write(trainer_me, "Kartice", body="Vježba o **predrasudama** u komisiji.")
    attach(post, "Slajdovi", ["slide", 1, "Uvod"], ["slide", 3, "Шта видимо на контролном пункту"], by=trainer_me)
    note(training, trainer_me, "Mapa je otvorila razgovor.")
    assert titles(trainer_me, "predrasudama") == ["post Kartice"]
    assert titles(trainer_me, "kontrolnom punktu") == ["material Slajdovi"]
    assert titles(trainer_me, "МАПА") == ["note Gender awareness"]
    assert titles(trainer_me, "Trenerić", "trainer") == ["trainer Tanja Trenerić"]
    assert titles(trainer_me, "Danilovgrad", "training") == ["training Gender awareness"]
    assert titles(trainer_me, "GTOT") == ["course Gender Training of Trainers"]


def test_place_of_the_match_is_told_and_marked(trainer_me):
    post = write(trainer_me, "Priručnik", body="Ništa.")
    long = "riječ " * 80
    attach(post, "PDF", ["page", 1, "Uvod"], ["page", 7, f"{long}Ђорђевић о родној перспективи{long}"], by=trainer_me)
    attach(post, "XLSX", ["sheet", 2, "Plan | Djordjevic", "Jesen 2026"], by=trainer_me)
    by_title = {row.title: row.excerpt for row in rows(trainer_me, "Đorđević")}
    assert {title: one.place for title, one in by_title.items()} == {"PDF": "page 7", "XLSX": "sheet Jesen 2026"}
    marked = {title: [p.text for p in one.pieces if p.is_found] for title, one in by_title.items()}
    assert marked == {"PDF": ["Ђорђевић"], "XLSX": ["Djordjevic"]}
    assert by_title["PDF"].text.startswith("… riječ")
    assert by_title["PDF"].text.endswith("riječ …")
    assert len(by_title["PDF"].text) < 240


def test_excerpt_is_of_the_place_that_holds_most_of_the_words(trainer_me):
    post = write(trainer_me, "Priručnik", body="Ništa.")
    places = [["page", n, text] for n, text in enumerate(("mapa", "patrola", "mapa i patrola"), 1)]
    attach(post, "PDF", *places, by=trainer_me)
    (row,) = rows(trainer_me, "patrola mapa", "material")
    assert (row.excerpt.place, [p.text for p in row.excerpt.pieces if p.is_found]) == ("page 3", ["mapa", "patrola"])


def test_number_is_found_as_it_stands_and_no_other_for_it(trainer_me, training):
    for number in ("1325", "1326", "2250", "225"):
        write(trainer_me, f"Rezolucija {number}")
    other = make_training(trainer_me, trainers=(trainer_me,))
    Training.objects.filter(pk=other.pk).update(reference="ME-2025-011")
    assert titles(trainer_me, "1325", "post") == ["post Rezolucija 1325"]
    assert titles(trainer_me, "2250", "post") == ["post Rezolucija 2250"]
    assert [row.url for row in rows(trainer_me, "me-2025-011")] == ["/trainings/ME-2025-011/"]
    assert [row.url for row in rows(trainer_me, "МЕ 2025 001")] == [training.get_absolute_url()]


@pytest.mark.parametrize("typed", ["UNSCR1325", "unscr 1325", "УНСЦР1325", "1325 UNSCR"])
@pytest.mark.parametrize("written", ["After UNSCR 1325 the plan", "After UNSCR1325, the plan"])
def test_letters_and_figures_are_found_together_and_apart(typed, written, trainer_me):
    post = write(trainer_me, "Resolution", body=written)
    write(trainer_me, "Another", body="After UNSCR 1326 and 2250")
    (row,) = rows(trainer_me, typed, "post")
    assert row.url == post.get_absolute_url()
    assert [piece.text for piece in row.excerpt.pieces if piece.is_found] == ["UNSCR", "1325"]


@pytest.mark.parametrize(
    ("written", "typed", "marked"),
    [
        ("Η Ισότητα των φύλων", ["ισότητα", "ΙΣΟΤΗΤΑ", "ισοτητα", "ισο", "των ισοτητα"], "Ισότητα"),
        ("გენდერული თანასწორობა", ["თანასწორობა", "თანა"], "თანასწორობა"),
        ("Toplumsal cinsiyət eşitliği", ["cinsiyət", "CINSIYƏT", "cinsiyə"], "cinsiyət"),
        ("المساواة بين الجنسين", ["المساواة", "بَيْنَ المساواة"], "المساواة"),
    ],
)  # fmt: skip
def test_other_scripts_are_found_as_themselves(written, typed, marked, trainer_me):
    post = write(trainer_me, "Resolution", body=f"Naslov: {written}.")
    write(trainer_me, "Another", body="abv isotita cinsiyt")
    for words in typed:
        (row,) = rows(trainer_me, words)
        assert row.url == post.get_absolute_url(), words
        assert marked in [piece.text for piece in row.excerpt.pieces if piece.is_found], words
    assert titles(trainer_me, "isotita") == ["post Another"]
    assert titles(trainer_me, "ζωή") == []


def test_error_within_a_sound_of_two_letters_is_forgiven_in_names(reference):
    member = join("ME", "Горана", "Ђорђевић", "trainer")
    for typed in ("Djodrjevic", "Djordejvic", "Djorjdevic", "Djorfjevic", "Gjorsjević", "Ђодрђевић"):
        assert titles(member, typed, "trainer") == ["trainer Горана Ђорђевић"]


def test_signs_that_nobody_sees_part_no_word(trainer_me):
    write(trainer_me, "Поступак", body="Пријава узне\u00adмира\u00adвања, \u200fme\u200bđu, obu\u2060ka.")
    for typed in ("uznemiravanja", "uzne\u00admiravanja", "\u200euznemiravanja", "obuka"):
        assert titles(trainer_me, typed) == ["post Поступак"]
    (row,) = rows(trainer_me, "узнемиравања")
    assert [piece.text for piece in row.excerpt.pieces if piece.is_found] == ["узне\u00adмира\u00adвања"]


def test_typing_error_of_one_letter_is_forgiven_in_names(trainer_me, trainer_rs, training):
    write(trainer_rs, "Trenerka", body="Trenerovićeva lekcija")
    for typed in ("Tremerić", "Trneerić", "Treneić", "Trenerićx", "Тремерић"):
        assert titles(trainer_me, typed) == [
            "trainer Tanja Trenerić", "training Gender awareness"
        ], typed  # fmt: skip
    assert titles(trainer_me, "Danilvograd") == ["training Gender awareness"]
    assert titles(trainer_me, "Danilvogad") == []


def test_typing_error_is_not_forgiven_in_other_words(trainer_me):
    write(trainer_me, "Kartice", body="ravnopravnost")
    assert titles(trainer_me, "ravnoprvnost") == []
    assert titles(trainer_me, "ravnopravnost") == ["post Kartice"]


def test_beginnings_and_endings_are_found_after_the_word_itself(trainer_me):
    for title in ("Obukama", "Obuka", "Obukaško"):
        write(trainer_me, title, body="x")
    assert titles(trainer_me, "obuka") == ["post Obuka", "post Obukaško", "post Obukama"]
    assert titles(trainer_me, "obukom") == ["post Obuka", "post Obukama"]
    assert titles(trainer_me, "obukas") == ["post Obukaško"]


@pytest.mark.parametrize(
    ("forms", "root"),
    [
        (("obuka", "obuke", "obuku", "obukom", "obukama", "obukata"), "obuk"),
        (("trainings", "training"), "training"),
        (("kurs", "kursevi", "kurseva", "kursom"), "kurs"),
        (("rod",), "rod"),
    ],
)
def test_endings_are_taken_by_rule(forms, root):
    assert {form: stem(form) for form in forms} == dict.fromkeys(forms, root)


def test_title_before_names_before_text_and_newer_first(trainer_me):
    topic = Topic.objects.create(name="Snowdrop")
    write(trainer_me, "Old text", body="snowdrop")
    write(trainer_me, "Named", body="x", topics=[topic])
    write(trainer_me, "Snowdrop", body="x")
    write(trainer_me, "New text", body="snowdrop")
    assert titles(trainer_me, "snowdrop") == ["post Snowdrop", "post Named", "post New text", "post Old text"]


def test_rarer_word_weighs_more_and_all_words_must_stand(trainer_me):
    for n in range(6):
        write(trainer_me, f"Common {n}", body="x")
    write(trainer_me, "Common and rareword", body="x")
    write(trainer_me, "Rareword", body="common")
    write(trainer_me, "Common plain", body="rareword")
    assert titles(trainer_me, "common rareword") == ["post Common and rareword", "post Rareword", "post Common plain"]


def test_filters_narrow_and_counts_are_of_every_kind(trainer_me, trainer_rs, training):
    topic = Topic.objects.create(name="Zimzelen")
    post = write(trainer_me, "Jablan", body="x", topics=[topic])
    attach(post, "Jablan PDF", ["page", 1, "x"], by=trainer_me, language="sr")
    write(trainer_rs, "Jablan of Serbia", body="x")
    make_training(join("ME", "Jovana", "Zapis", "recorder"), title="Jablan training")
    everything = found(trainer_me, "jablan")
    assert (everything.total, {k: n for k, n in everything.counts.items() if n}) == (
        4, {Kind.POST: 2, Kind.MATERIAL: 1, Kind.TRAINING: 1}
    )  # fmt: skip
    assert found(trainer_me, "jablan", "post").counts == everything.counts
    assert found(trainer_me, "jablan", "post").total == 2
    home = trainer_rs.organisation_id
    assert titles(trainer_me, "jablan", "", f"topic={topic.pk}") == ["material Jablan PDF", "post Jablan"]
    assert titles(trainer_me, "jablan", "", "language=sr") == ["material Jablan PDF"]
    assert titles(trainer_me, "jablan", "", f"ministry={home}") == ["post Jablan of Serbia"]
    assert titles(trainer_me, "jablan", "", "year=2025") == ["training Jablan training"]
    assert titles(trainer_me, "jablan", "", "year=2025", f"ministry={home}") == []


def test_stored_expectation_is_the_same_on_both_databases(trainer_me, trainer_rs, training):
    topic = Topic.objects.get(name__startswith="Gender analysis")
    first = write(trainer_me, "Родна анализа терена", body="Ko u selu ima koga da pita?", topics=[topic])
    attach(first, "Analiza", ["page", 2, "analiza patrole i terena"], by=trainer_me)
    write(trainer_rs, "Analiza", body="Analizom do naredbe, iznova i iznova", kind="lesson")
    write(trainer_rs, "Naredba", body="x", topics=[topic])
    note(training, trainer_me, "Analiza na karti", is_author_hidden=True)
    told = {
        q: [f"{r.kind} {r.title} {r.score}" for r in rows(trainer_me, q)]
        for q in ("analiza", "родне анализе", "analiz ter")
    }
    assert told == STORED


STORED = {
    "analiza": [
        "post Analiza 960", "material Analiza 960", "post Родна анализа терена 960", "note Gender awareness 160",
    ],
    "родне анализе": ["post Родна анализа терена 1128", "material Analiza 588"],
    "analiz ter": ["post Родна анализа терена 1008", "material Analiza 568"],
}  # fmt: skip


def test_more_than_a_page_is_in_one_order(trainer_me):
    for n in range(45):
        write(trainer_me, f"Listopad {n}", body="x")
    one = found(trainer_me, "listopad")
    whole = [number for number, _score in one.numbers(0, 45)]
    paged = [number for first in (0, 20, 40) for number, _score in one.numbers(first, 20)]
    assert (one.total, paged, whole) == (45, whole, sorted(whole, reverse=True))


def test_sets_are_packed_and_read_back():
    few, many = {0, 5, BLOCK - 1}, set(range(0, BLOCK, 2))
    for numbers in (few, many, set(range(511)), set(range(512)), set()):
        bits = of_members(numbers)
        assert (unpack(pack(bits)), set(members_of(bits))) == (bits, numbers)
    assert [len(pack(of_members(range(n)))) for n in (511, 512)] == [1022, 1024]
    assert list(highest(of_members(few), 1, 5)) == [5, 0]
    terms = {(1, 7), (3, 2**40), (0, 1)}
    assert unpacked_terms(packed_terms(terms)) == terms


def test_blocks_are_gathered_into_sets():
    few, many = {0, 5, BLOCK - 1}, set(range(0, BLOCK, 2))
    blocks = [("a", 1, pack(of_members(few))), ("b", 0, pack(of_members(many))), ("a", 0, pack(of_members(many)))]
    later = ("a", 2, pack(of_members(few)))
    found = gathered([*blocks, later], 2 * BLOCK - 1)
    assert found == {"a": of_members(many | {BLOCK + n for n in few}), "b": of_members(many)}
    assert gathered([later], 2 * BLOCK) == {"a": of_members(2 * BLOCK + n for n in few)}


def test_question_is_folded_and_each_word_once():
    assert Asked.of("Ђорђе  Đorđe, «đorđe» pa %_'\"").words == ("dorde", "pa")
