"""A search of any word finds exactly what a plain reading of every visible text finds, whatever script it is typed in."""

import random

import pytest

from common.folding import loose, spelling
from common.scripts import in_cyrillic
from portal.search.asking import is_one_error
from portal.search.bits import members_of
from portal.search.models import SearchEntry, SearchState
from portal.search.words import stem
from tests.knowledge.test_posts import write
from tests.portal.search_things import attach, found, note

pytestmark = [pytest.mark.django_db, pytest.mark.both_engines]

LETTERS = (
    ("a", "e", "i", "o", "u"),
    ("b", "c", "č", "ć", "d", "đ", "g", "j", "k", "l", "m", "n", "p", "r", "s", "š", "t", "v", "z", "ž"),
)


def is_near(one: str, other: str) -> bool:
    """Whether the search may take one for the other."""
    a, b = spelling(one), spelling(other)
    return (
        loose(a) == loose(b) or stem(a) == stem(b) or a.startswith(b) or b.startswith(a)
        or is_one_error(a, b) or is_one_error(loose(a), loose(b))
    )  # fmt: skip


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

    def things(member, question: str) -> set[tuple[str, int]]:
        bits = found(member, question).bits
        generation = SearchState.objects.get().generation
        rows = SearchEntry.objects.filter(generation=generation, number__in=members_of(bits))
        return set(rows.values_list("kind", "object_id"))

    wrong = {}
    for member in (trainer_me, trainer_rs, observer, recorder_me):
        for word in words:
            wanted = {thing for thing, (held, seen) in texts.items() if word in held and member.pk in seen}
            if things(member, typed(rng, word)) != wanted:
                wrong[member.email, word] = wanted
        for _pair in range(30):
            one, two = rng.sample(words, 2)
            wanted = {thing for thing, (held, seen) in texts.items() if {one, two} <= held and member.pk in seen}
            if things(member, f"{typed(rng, one)} {typed(rng, two)}") != wanted:
                wrong[member.email, f"{one} {two}"] = wanted
    assert wrong == {}
    assert len(texts) > 50
