"""A search finds exactly what a plain reading of every visible text finds, on both databases, whatever script it is typed in."""

import random
from collections.abc import Sequence

import pytest

from common.folding import loose, spelling
from common.scripts import in_cyrillic
from search import index
from search.find import find_all
from search.indexer import sync_index
from search.models import NameWord
from search.names import new_name_word, similar_names
from search.query import SearchQuery
from search.words import can_hold_an_error, mistyped, stem, words_of
from tests.knowledge.posts.test_posts import write
from tests.search.things import attach, note
from trainers.models import Topic
from trainings.duplicates.detection import is_one_error

pytestmark = [pytest.mark.django_db, pytest.mark.both_engines, pytest.mark.slow]

Things = set[tuple[str, int]]
LETTERS = (
    ("a", "e", "i", "o", "u"),
    ("b", "c", "č", "ć", "d", "đ", "g", "j", "k", "l", "m", "n", "p", "r", "s", "š", "t", "v", "z", "ž"),
)


def things_found(member, texts: Sequence[str]) -> list[Things]:
    """What a member finds by each of some queries, of what is indexed."""
    every = find_all(member, [SearchQuery.parse(text) for text in texts])
    return [set(hits.documents.values_list("kind", "object_id")) for hits in every]


def is_near(first: str, other: str) -> bool:
    """Whether the search may take one for the other."""
    a, b = spelling(first), spelling(other)
    return (
        loose(a) == loose(b)
        or stem(a) == stem(b)
        or a.startswith(b)
        or b.startswith(a)
        or is_one_error(a, b)
        or is_one_error(loose(a), loose(b))
    )


def vocabulary(rng: random.Random, size: int) -> list[str]:
    """Words of the region's letters of which none is near another."""
    words: list[str] = []
    while len(words) < size:
        word = "".join(rng.choice(LETTERS[n % 2]) for n in range(1, rng.choice((7, 8, 9))))
        if not any(is_near(word, other) for other in words):
            words.append(word)
    return words


def typed(rng: random.Random, word: str) -> str:
    """The word as somebody else may type it."""
    return rng.choice([word, word.upper(), spelling(word), in_cyrillic(word), in_cyrillic(word).title(), f"„{word}“"])


@pytest.mark.parametrize("seed", [1, pytest.param(2, marks=pytest.mark.slow), pytest.param(3, marks=pytest.mark.slow)])
def test_random_words_find_what_a_plain_reading_finds(seed, trainer_me, trainer_rs, observer, recorder_me, training):
    rng = random.Random(seed)
    words = vocabulary(rng, 60)
    texts: dict[tuple[str, int], tuple[set[str], set[str]]] = {}
    people = {"ME": {trainer_me, recorder_me}, "RS": {trainer_rs}}
    everybody = {m.pk for m in (trainer_me, trainer_rs, observer, recorder_me)}

    def some(n: int) -> list[str]:
        return [rng.choice(words) for _n in range(n)]

    def written(chosen: list[str]) -> str:
        return " — ".join(typed(rng, word) for word in chosen)

    for n in range(40):
        author, reach = rng.choice((trainer_me, trainer_rs)), rng.choice(("network", "ministry", "public"))
        title, body, pages = some(2), some(6), [some(4) for _page in range(rng.randrange(3))]
        publish = rng.random() < 0.85
        post = write(author, written(title)[:160], body=written(body), reach=reach, publish=publish)
        seen = {m.pk for m in people[author.organisation.code]} if reach == "ministry" else everybody
        if publish:
            texts["post", post.pk] = ({*title, *body}, seen)
        if pages:
            version = attach(
                post, f"Fajl {n}", *(["page", k, written(page), ""] for k, page in enumerate(pages, 1)), by=author
            )
            if publish:
                # A file is found by its post's title too.
                texts["material", version.material_id] = ({word for page in pages for word in page} | set(title), seen)
    chosen = some(8)
    made = note(training, recorder_me, written(chosen))
    texts["note", made.pk] = (set(chosen), everybody - {observer.pk})

    sync_index()
    for member in (trainer_me, trainer_rs, observer, recorder_me):
        wanted = [{word} for word in words] + [set(rng.sample(words, 2)) for _pair in range(20)]
        results = things_found(member, [" ".join(typed(rng, word) for word in sorted(query)) for query in wanted])
        right = [
            {thing for thing, (held, seen) in texts.items() if query <= held and member.pk in seen} for query in wanted
        ]
        assert results == right
    assert len(texts) > 50


# Words of which many are near others: by script, spelling, ending, beginning, one letter, or not at all.
CONFUSABLE = [
    "obuka", "obuke", "обукама", "obukom", "Obukaško", "djeca", "deca", "djece", "žena", "жене", "Đorđević", "Djordjevic", "Ђорђевић",
    "Dordevi", "Gjorgjević", "Јовановић", "Jovanovik", "Jovan", "rod", "rodna", "rodno", "Rodos", "1325", "13250", "132", "UNSCR1325",
    "GA-1", "Ќосев", "Kjosev", "kosa", "Ćosa", "ana", "analiza", "анализом", "trening", "training", "trainings", "class", "klas", "рада",
    "Trenerić", "Tremerić", "Trneerić", "ισότητα", "Ισότητας", "Ισοτητο", "ab", "a",
]  # fmt: skip


def spelt(word: str) -> str:
    return loose(word) if word.isascii() else word


def is_slip(wanted: str, word: str) -> bool:
    if min(len(wanted), len(word)) < 4:
        return False
    return is_one_error(wanted, word) or is_one_error(spelt(wanted), spelt(word)) or spelt(word) in mistyped(wanted)


def stands_for(wanted: str, word: str, *, is_name: bool) -> bool:
    """Whether a word is found for one of a query, told as plainly as possible."""
    if wanted == word:
        return True
    if not (wanted.isalpha() and word.isalpha()):
        return False
    begins = len(wanted) >= 3 and word.startswith(wanted)
    # Spelt alike or with another ending, in either order.
    keys, others = ({stem(spelt(one)), spelt(stem(one))} for one in (wanted, word))
    return begins or bool(keys & others) or (is_name and is_slip(wanted, word))


def holds(texts: list[tuple[str, bool]], query: str) -> bool:
    """Whether texts (with whether each is a name) hold all words of a query, and its phrases each within one of them."""
    read = [(words_of(text), is_name) for text, is_name in texts]
    pieces = query.split('"')
    words = [word for piece in pieces[::2] for word in words_of(piece)]
    phrases = [words_of(piece) for piece in pieces[1::2]]
    return all(
        any(stands_for(wanted, word, is_name=is_name) for held, is_name in read for word in held) for wanted in words
    ) and all(
        any(held[n : n + len(phrase)] == phrase for held, _name in read for n in range(len(held))) for phrase in phrases
    )


@pytest.mark.parametrize("size", [10_000, 12])
def test_confusable_words_and_phrases_find_what_a_plain_reading_finds(size, trainer_me, trainer_rs, monkeypatch):
    """In whole texts, and in texts of many parts: `size` words each."""
    monkeypatch.setattr(index, "MAX_PART_WORDS", size)
    monkeypatch.setattr(index, "MAX_REPEATS", min(size, 200))
    rng = random.Random(7)

    def some(most: int) -> str:
        return " ".join(rng.choices(CONFUSABLE, k=rng.randint(1, most)))

    texts: dict[tuple[str, int], list[tuple[str, bool]]] = {}
    for n in range(16):
        author = rng.choice((trainer_me, trainer_rs))
        topics = [Topic.objects.create(name=f"{some(2)} {n}x")] if n % 4 == 0 else []
        title, body, pages = some(3), some(20), [some(4), some(20)]
        post = write(author, title, body=body, topics=topics)
        names = [author.full_name, author.organisation.name, author.organisation.short_name, *(t.name for t in topics)]
        named = [(name, True) for name in names]
        texts["post", post.pk] = [(title, False), (body, False), *named]
        if n % 2:
            file = attach(post, some(2), *(["page", k, page, ""] for k, page in enumerate(pages, 1)), by=author)
            heads = [f"{file.material.title} {file.name}", title, *pages]
            texts["material", file.material_id] = [(text, False) for text in heads] + named
    sync_index()
    queries = [*CONFUSABLE, *(some(3) for _n in range(30)), *(f'"{some(2)}"' for _n in range(25))]
    queries += [f'{some(1)} "{some(2)}"' for _n in range(20)]
    results = [{thing for thing in things if thing in texts} for things in things_found(trainer_me, queries)]
    wanted = [{thing for thing, held in texts.items() if holds(held, query)} for query in queries]
    wrong = {query: (one, other) for query, one, other in zip(queries, results, wanted, strict=True) if one != other}
    assert wrong == {}
    assert sum(0 < len(things) < len(texts) for things in wanted) > 60


def test_candidates_for_a_name_are_all_with_one_error(db):
    """What the database is asked for misses none of the names that may be meant."""
    rng = random.Random(3)
    names = {"".join(rng.choices("abcdgjkh", k=rng.randint(4, 9))) for _n in range(80)}
    names |= {word for text in CONFUSABLE for word in words_of(text) if can_hold_an_error(word)}
    NameWord.objects.bulk_create(map(new_name_word, names))
    slips = [slip for name in sorted(names) for slip in one_error(name, rng) if len(slip) >= 4]
    similar = {}
    for n in range(0, len(slips), 200):
        similar |= similar_names(slips[n : n + 200])
    assert similar == {slip: {name for name in names if is_slip(slip, name)} for slip in slips}
    assert sum(map(bool, similar.values())) > 300


def one_error(name: str, rng: random.Random) -> list[str]:
    """A name with a letter more, less, another, and with two swapped, each at a random place."""
    n, letter = rng.randrange(len(name)), rng.choice("abcdefgjk")
    swapped = name[: n - 1] + name[n] + name[n - 1] + name[n + 1 :] if n else name
    return [name[:n] + letter + name[n:], name[:n] + name[n + 1 :], name[:n] + letter + name[n + 1 :], swapped]
