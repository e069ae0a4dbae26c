"""What is found by which words: scripts, spellings, beginnings, endings, slips; ranked, filtered, with its place."""

import pytest

from audit.record import record
from knowledge.discussion.actions import write_comment
from knowledge.models import MaterialText
from search import index, ranking
from search.full_text import BREAK
from search.models import Document, Kind, TextPart
from search.query import SearchQuery
from search.words import stem
from tests.conftest import client_of, join, make_training
from tests.knowledge.posts.test_posts import write
from tests.search.things import attach, hits, note, rows, titles
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
    marked = {title: [p.text for p in one.pieces if p.is_match] for title, one in by_title.items()}
    assert marked == {"PDF": ["Ђорђевић"], "XLSX": ["Djordjevic"]}
    assert by_title["PDF"].text.startswith("… riječ")
    assert by_title["PDF"].text.endswith("riječ …")
    assert len(by_title["PDF"].text) < 240


def test_excerpt_is_of_the_place_that_holds_most_of_the_words(trainer_me):
    post = write(trainer_me, "Priručnik", body="Ništa.")
    places = [["page", n, text] for n, text in enumerate(("mapa", "patrola", "mapa i patrola"), 1)]
    attach(post, "PDF", *places, by=trainer_me)
    (row,) = rows(trainer_me, "patrola mapa", "material")
    assert (row.excerpt.place, [p.text for p in row.excerpt.pieces if p.is_match]) == ("page 3", ["mapa", "patrola"])


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
    assert [piece.text for piece in row.excerpt.pieces if piece.is_match] == ["UNSCR", "1325"]


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
        assert marked in [piece.text for piece in row.excerpt.pieces if piece.is_match], words
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
    assert [piece.text for piece in row.excerpt.pieces if piece.is_match] == ["узне\u00adмира\u00adвања"]


def test_typing_error_of_one_letter_is_forgiven_in_names(trainer_me, trainer_rs, training):
    write(trainer_rs, "Trenerka", body="Trenerovićeva lekcija")
    for typed in ("Tremerić", "Trneerić", "Treneić", "Trenerićx", "Тремерић"):
        assert titles(trainer_me, typed) == ["trainer Tanja Trenerić", "training Gender awareness"], typed
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


def test_every_word_is_needed_and_title_and_names_count_together(trainer_me):
    topic = Topic.objects.create(name="Rareword")
    for title, body in (("Common", "x"), ("Common text", "rareword"), ("Rareword", "common")):
        write(trainer_me, title, body=body)
    write(trainer_me, "Common of names", body="x", topics=[topic])
    write(trainer_me, "Common and rareword", body="x")
    assert titles(trainer_me, "common rareword") == [
        "post Common and rareword",
        "post Common of names",
        "post Rareword",
        "post Common text",
    ]


def test_filters_narrow_and_counts_are_of_every_kind(trainer_me, trainer_rs, training):
    topic = Topic.objects.create(name="Zimzelen")
    post = write(trainer_me, "Jablan", body="x", topics=[topic])
    attach(post, "Jablan PDF", ["page", 1, "x"], by=trainer_me, language="sr")
    write(trainer_rs, "Jablan of Serbia", body="x")
    make_training(join("ME", "Jovana", "Zapis", "recorder"), title="Jablan training")
    everything = hits(trainer_me, "jablan")
    assert (everything.total, {k: n for k, n in everything.by_kind.items() if n}) == (
        4,
        {Kind.POST: 2, Kind.MATERIAL: 1, Kind.TRAINING: 1},
    )
    assert hits(trainer_me, "jablan", "post").by_kind == everything.by_kind
    assert hits(trainer_me, "jablan", "post").total == 2
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
    texts = {
        q: [f"{r.kind} {r.title} {r.score}" for r in rows(trainer_me, q)]
        for q in ("analiza", "родне анализе", "analiz ter")
    }
    assert texts == STORED


STORED = {
    "analiza": ["post Analiza 5", "material Analiza 5", "post Родна анализа терена 5", "note Gender awareness 1"],
    "родне анализе": ["post Родна анализа терена 4", "material Analiza 1"],
    "analiz ter": ["post Родна анализа терена 4", "material Analiza 1"],
}


def test_more_than_a_page_is_in_one_order(trainer_me):
    for n in range(45):
        write(trainer_me, f"Listopad {n}" if n % 3 else f"Kartice {n}", body="listopad")
    left = hits(trainer_me, "listopad")
    whole = list(left.page(0, 45).items())
    paged = [row for first in (0, 20, 40) for row in left.page(first, 20).items()]
    assert (left.total, len(whole), paged) == (45, 45, whole)
    # Fifteen are found by their text alone.
    assert [level for _pk, level in whole] == [0] * 30 + [4] * 15
    newest = [Document.objects.get(pk=pk).post.title.split() for pk, _level in whole]
    assert newest == [["Listopad", f"{n}"] for n in range(44, 0, -1) if n % 3] + [
        ["Kartice", f"{n}"] for n in range(42, -1, -3)
    ]
    assert (left.page(45, 20), left.page(10**9, 20)) == ({}, {})


@pytest.mark.parametrize("marks", ['""', "„“", "“”", "«»", "„”"])
def test_phrase_is_found_as_it_is_written(marks, trainer_me):
    write(trainer_me, "Razdvojeno", body="Rodna i otporna perspektiva, perspektiva rodna")
    write(trainer_me, "Padež", body="U rodnoj perspektivi")
    write(trainer_me, "Rodna", body="perspektiva")
    write(trainer_me, "Zajedno", body="Nova РОДНА, **перспектива** о роду")
    attach(
        write(trainer_me, "S fajlom", body="x"), "PDF", ["page", 1, "rodna"], ["page", 2, "perspektiva"], by=trainer_me
    )
    phrase = f"{marks[0]}rodna perspektiva{marks[1]}"
    (row,) = rows(trainer_me, phrase)
    assert (row.title, [p.text for p in row.excerpt.pieces if p.is_match]) == ("Zajedno", ["РОДНА, перспектива"])
    assert titles(trainer_me, f"rod {phrase}") == ["post Zajedno"]
    assert titles(trainer_me, f"{phrase} razdvojeno") == []


def test_word_in_quotation_marks_is_meant_exactly(trainer_me):
    for title in ("Obuka", "Obuke", "Obukama"):
        write(trainer_me, title, body="x")
    assert titles(trainer_me, '"obuke"') == ["post Obuke"]
    assert titles(trainer_me, '"обуке') == ["post Obuke", "post Obukama", "post Obuka"]


def test_number_and_reference_are_phrases_too(trainer_me, training):
    write(trainer_me, "Plan", body="UNSCR1325, 2026")
    write(trainer_me, "Drugi", body="1325 UNSCR")
    assert titles(trainer_me, '"UNSCR 1325"', "post") == ["post Plan"]
    assert titles(trainer_me, f'"{training.reference}"') == ["training Gender awareness"]


def test_comment_leads_to_its_place_in_the_discussion(trainer_me, trainer_rs):
    post = write(trainer_me, "Kartice", body="x")
    comment = write_comment(post=post, body="Probali smo sa mapom terena", answers=None, key=None, by=trainer_rs)
    (row,) = rows(trainer_me, "probali teren")
    assert (row.kind, row.label, row.title, row.facts[0]) == (Kind.COMMENT, "Comment", "Kartice", "Todor Trenerović")
    assert row.excerpt.text == "Probali smo sa mapom terena"
    answer = client_of(trainer_me).get(row.url)
    assert answer["Location"] == f"{post.get_absolute_url()}#comment-{comment.pk}"
    assert titles(trainer_me, "Trenerović", "comment") == ["comment Kartice"]
    # The post is found by its title, what is said about it is not.
    assert titles(trainer_me, "kartice") == ["post Kartice"]


def test_words_of_a_long_text_may_be_in_different_parts_of_it(trainer_me, monkeypatch):
    monkeypatch.setattr(index, "MAX_PART_WORDS", 50)
    monkeypatch.setattr(index, "MAX_REPEATS", 20)
    pages = [["page", n, " ".join(f"rijec{n} broj ulica{n}x{k}" for k in range(20))] for n in range(1, 8)]
    version = attach(write(trainer_me, "Priručnik", body="x"), "Dug", *pages, by=trainer_me, language="sr")
    attach(write(trainer_me, "Drugi", body="x"), "Kratak", ["page", 1, "drugo"], by=trainer_me)
    assert titles(trainer_me, "rijec 7 broj", "material") == ["material Dug"]
    assert titles(trainer_me, "rijec 1 ulica 19 prirucnik", "material") == ["material Dug"]
    assert titles(trainer_me, "rijec 7", "material", "language=sr") == ["material Dug"]
    assert titles(trainer_me, "rijec 7", "material", "language=en") == []
    assert titles(trainer_me, '"rijec 7 broj ulica 7" "1 broj"', "material") == ["material Dug"]
    assert titles(trainer_me, '"rijec 1 broj ulica 7"', "material") == []
    assert TextPart.objects.count() > 5
    MaterialText.objects.filter(version=version).update(places=[["page", 1, "kratko", ""]])
    record("change_material", version.material, by=trainer_me)
    assert (titles(trainer_me, "rijec 7", "material"), TextPart.objects.count()) == ([], 0)


@pytest.mark.parametrize(
    ("words", "sizes"),
    [
        (["a"] * 200, [200]),
        (["a"] * 201, [200, 10]),
        ([f"w{n}" for n in range(10_000)], [10_000]),
        ([f"w{n}" for n in range(20_000)], [10_000, 10_000, 18]),
        ([BREAK] * 300, [300]),
    ],
)
def test_long_text_is_cut_where_a_vector_is_full(words, sizes):
    parts = index.text_parts(words)
    assert [len(part) for part in parts] == sizes
    # Each part begins with the end of the one before, so that every phrase of ten words is whole in one of them.
    assert [word for n, part in enumerate(parts) for word in (part[9:] if n else part)] == words


def test_text_of_the_longest_words_there_are_is_indexed(trainer_me):
    """Each word another one, of two bytes a letter: what fills a vector most."""
    digits = str.maketrans("0123456789", "αβγδεζηθικ")
    long = " ".join(f"{n:040}".translate(digits) for n in range(10_000))
    attach(write(trainer_me, "Priručnik", body="x"), "Dug", ["page", 1, long], by=trainer_me)
    words = [f"{n:040}".translate(digits) for n in (0, 9_999)]
    assert titles(trainer_me, " ".join(words), "material") == ["material Dug"]


def test_query_is_folded_and_each_word_once():
    query = SearchQuery.parse("Ђорђе  Đorđe, «đorđe» pa %_'\"")
    assert (query.words, query.phrases, query.size) == (("dorde", "pa"), (("dorde",),), 3)
    assert (SearchQuery.parse('"" „ “ "').size, bool(SearchQuery.parse('" . "'))) == (0, False)


def test_pages_are_the_same_whether_a_search_finds_few_or_many(trainer_me, monkeypatch):
    topic = Topic.objects.create(name="Listopad")
    for n in range(24):
        title = ("Listopad", "Listopadom", "Kartice", "Kartice")[n % 4]
        write(trainer_me, f"{title} {n}", body="listopad", topics=[topic] if n % 4 == 2 else [])
    few = hits(trainer_me, "listopad"), hits(trainer_me, "listopad", "post", "language=en")
    whole = [list(item.page(0, 24).items()) for item in few]
    monkeypatch.setattr(ranking, "MAX_SORTED", 0)
    for item, rows_of_all in zip(few, whole, strict=True):
        assert [row for n in range(0, 25, 7) for row in item.page(n, 7).items()] == rows_of_all
    assert [level for _pk, level in whole[0]] == [0] * 6 + [1] * 6 + [2] * 6 + [4] * 6
