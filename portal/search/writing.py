"""Keeping things in the index: one by one as they change, or all of them anew in a generation of its own."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from itertools import islice

from django.db import transaction
from django.utils import timezone

from audit.models import Line
from portal.search import gathering
from portal.search.bits import pack, packed_terms, unpack, unpacked_terms
from portal.search.gathering import Doc
from portal.search.models import (
    BLOCK,
    Kind,
    MissingLine,
    NameSlip,
    SearchEntry,
    SearchPosting,
    SearchState,
    SearchWord,
    Tier,
)
from portal.search.words import is_frame, lefts, near, stem

# So many things, or words of things, are held before they are written.
BATCH, TERMS_MOST = 500, 400_000
# So many numbers of the record are remembered as passed without a line.
MISSING_MOST = 1_000
WORDS_HELD = 200_000
# So many words are looked up at once.
AT_ONCE = 5_000

Term = tuple[int, int]
# Of a word its id, and whether typing errors are forgiven.
Known = dict[str, tuple[int, bool]]
# For each (tier, word) and block: which numbers come in and which go.
Changes = dict[tuple[int, int, int], tuple[int, int]]


def _in_parts(words: Iterable[str]) -> Iterable[list[str]]:
    waiting = iter(sorted(words))
    while part := list(islice(waiting, AT_ONCE)):
        yield part


def word_ids(words: Collection[str], names: Collection[str], known: Known) -> dict[str, int]:
    """Return the ids of words, made where they are new; `names` are those for which typing errors are forgiven.

    `known` are those that were asked for before; it takes the new ones.
    """
    for part in _in_parts(word for word in words if word not in known):
        missing = set(part)
        for pk, word, is_name in SearchWord.objects.filter(word__in=part).values_list("pk", "word", "is_name"):
            known[word] = (pk, is_name)
            missing.discard(word)
        SearchWord.objects.bulk_create([_new_word(word) for word in sorted(missing)], ignore_conflicts=True)
        for pk, word, is_name in SearchWord.objects.filter(word__in=missing).values_list("pk", "word", "is_name"):
            known[word] = (pk, is_name)
    fresh = {word: known[word][0] for word in names if not known[word][1]}
    _make_names(fresh)
    known.update({word: (pk, True) for word, pk in fresh.items()})
    return {word: known[word][0] for word in words}


def _new_word(word: str) -> SearchWord:
    if "=" in word:
        return SearchWord(word=word, loose="", stem="", is_frame=is_frame(word))
    return SearchWord(word=word, loose=near(word), stem=stem(word))


def _make_names(words: dict[str, int]) -> None:
    if not words:
        return
    slips = [NameSlip(left=left, word_id=pk) for word, pk in words.items() for left in sorted(lefts(word))]
    NameSlip.objects.bulk_create(slips, ignore_conflicts=True, batch_size=AT_ONCE)
    SearchWord.objects.filter(pk__in=list(words.values())).update(is_name=True)


def _terms_of(docs: Collection[Doc], known: Known) -> list[set[Term]]:
    """The (tier, word id) pairs of each thing."""
    by_doc = [doc.terms() for doc in docs]
    words = {word for terms in by_doc for found in terms.values() for word in found}
    names = {word for terms in by_doc for word in terms[Tier.NAMES]}
    ids = word_ids(words, names, known)
    return [{(int(tier), ids[word]) for tier, found in terms.items() for word in found} for terms in by_doc]


def _apply(generation: int, changes: Changes) -> None:
    """Write what comes into the postings and goes out of them."""
    words = sorted({word for _tier, word, _block in changes})
    held: dict[tuple[int, int, int], SearchPosting] = {}
    for n in range(0, len(words), AT_ONCE):
        rows = SearchPosting.objects.filter(
            generation=generation, word__in=words[n : n + AT_ONCE], block__in={block for _t, _w, block in changes}
        )
        held |= {(row.tier, row.word_id, row.block): row for row in rows}
    kept, empty = [], []
    for (tier, word, block), (come, go) in sorted(changes.items()):
        row = held.get((tier, word, block))
        bits = ((unpack(bytes(row.bits)) if row else 0) & ~go) | come
        if bits:
            kept.append(SearchPosting(generation=generation, word_id=word, tier=tier, block=block, bits=pack(bits)))
        elif row is not None:
            empty.append(row.pk)
    SearchPosting.objects.bulk_create(
        kept, batch_size=2_000, update_conflicts=True, update_fields=["bits"],
        unique_fields=["word", "generation", "tier", "block"],
    )  # fmt: skip
    SearchPosting.objects.filter(pk__in=empty).delete()


class _Changes:
    """Collects what numbers come into which postings, and what go."""

    def __init__(self) -> None:
        self.come: dict[tuple[int, int, int], int] = defaultdict(int)
        self.go: dict[tuple[int, int, int], int] = defaultdict(int)

    def add(self, number: int, come: Iterable[Term], go: Iterable[Term] = ()) -> None:
        block, bit = number // BLOCK, 1 << number % BLOCK
        for tier, word in come:
            self.come[tier, word, block] |= bit
        for tier, word in go:
            self.go[tier, word, block] |= bit

    def write(self, generation: int) -> None:
        _apply(generation, {key: (self.come.get(key, 0), self.go.get(key, 0)) for key in {*self.come, *self.go}})


def index(state: SearchState, kind: Kind, keys: Collection[int]) -> None:
    """Bring these things in the index up to date; what nobody finds any more goes out. `state` is locked by the caller."""
    docs = {doc.object_id: doc for doc in gathering.docs_of(kind, keys)}
    held = {
        entry.object_id: entry
        for entry in SearchEntry.objects.filter(generation=state.generation, kind=kind, object_id__in=keys)
    }
    changes, fresh, changed = _Changes(), [], []
    for doc, terms in zip(docs.values(), _terms_of(docs.values(), {}), strict=True):
        entry = held.get(doc.object_id)
        if entry is None:
            entry = _entry(doc, state.generation, state.next_number, terms)
            state.next_number += 1
            changes.add(entry.number, terms)
            fresh.append(entry)
            continue
        before = unpacked_terms(bytes(entry.terms))
        if before == terms and _is_same(entry, doc):
            continue
        changes.add(entry.number, terms - before, before - terms)
        changed.append(_set(entry, doc, terms))
    for pk, entry in held.items():
        if pk not in docs:
            changes.add(entry.number, (), unpacked_terms(bytes(entry.terms)))
    changes.write(state.generation)
    SearchEntry.objects.bulk_create(fresh)
    SearchEntry.objects.bulk_update(changed, [*POINTERS, "at", "waits_for_text", "terms"], batch_size=200)
    SearchEntry.objects.filter(pk__in=[entry.pk for pk, entry in held.items() if pk not in docs]).delete()
    state.save(update_fields=["next_number"])


POINTERS = ("post", "version", "note", "profile", "training", "course")


def _is_same(entry: SearchEntry, doc: Doc) -> bool:
    same = (entry.at, entry.waits_for_text) == (doc.at, doc.waits_for_text)
    return same and all(getattr(entry, name) == value for name, value in doc.row.items())


def _set(entry: SearchEntry, doc: Doc, terms: set[Term]) -> SearchEntry:
    entry.at, entry.waits_for_text, entry.terms = doc.at, doc.waits_for_text, packed_terms(terms)
    for name, value in doc.row.items():
        setattr(entry, name, value)
    return entry


def _entry(doc: Doc, generation: int, number: int, terms: set[Term]) -> SearchEntry:
    return _set(SearchEntry(generation=generation, number=number, kind=doc.kind, object_id=doc.object_id), doc, terms)


def the_state() -> SearchState:
    """Return the state of the index, its row locked until the transaction ends; made where there is none."""
    SearchState.objects.get_or_create(pk=1)
    return SearchState.objects.select_for_update().get(pk=1)


def reindex() -> int:
    """Build the index anew beside the one in use and change over at the end; return how many things it holds.

    In constant memory but for a number and a moment of each thing: things are read by 500, words written by 400,000, the ids of
    200,000 remembered. Searches
    go on in the old one; what is written meanwhile is caught up with afterwards.
    """
    with transaction.atomic():
        state = the_state()
        state.begun = generation = state.begun + 1
        state.save(update_fields=["begun"])
        position = _end_of_the_record()
    number = _build(generation)
    with transaction.atomic():
        state = the_state()
        if generation > state.generation:
            state.generation, state.next_number, state.position = generation, number, position
            state.looked_at = timezone.now()
            state.save()
    # Somebody who began later may have been faster: then what was built here is thrown away.
    _forget_before(state.generation)
    return number


def _end_of_the_record() -> int:
    """Return the number of the last line, and note which of the thousand before it are not there yet."""
    numbers = set(Line.objects.order_by("-pk").values_list("pk", flat=True)[:MISSING_MOST])
    if not numbers:
        return 0
    missing, now = set(range(min(numbers), max(numbers))) - numbers, timezone.now()
    rows = [MissingLine(line=n, since=now) for n in sorted(missing)[-MISSING_MOST:]]
    MissingLine.objects.bulk_create(rows, ignore_conflicts=True)
    return max(numbers)


def _build(generation: int) -> int:
    number, changes, pairs = 0, _Changes(), 0
    known: Known = {}
    waiting = gathering.in_order()
    while batch := list(islice(waiting, BATCH)):
        by_kind: dict[Kind, list[int]] = defaultdict(list)
        for kind, pk in batch:
            by_kind[kind].append(pk)
        found = {
            (doc.kind, doc.object_id): doc for kind, keys in by_kind.items() for doc in gathering.docs_of(kind, keys)
        }
        docs = [found[thing] for thing in batch if thing in found]
        entries = []
        if len(known) > WORDS_HELD:
            known.clear()
        with transaction.atomic():
            for doc, terms in zip(docs, _terms_of(docs, known), strict=True):
                entries.append(_entry(doc, generation, number, terms))
                changes.add(number, terms)
                number, pairs = number + 1, pairs + len(terms)
            SearchEntry.objects.bulk_create(entries)
            # At the end of a block its postings are whole, so that none is written twice.
            if pairs > TERMS_MOST or number % BLOCK < len(docs):
                changes.write(generation)
                changes, pairs = _Changes(), 0
    with transaction.atomic():
        changes.write(generation)
    return number


def _forget_before(generation: int) -> None:
    """Throw the generations away that are older than the one in use, by parts, so that nobody waits long for the database."""
    for model in (SearchPosting, SearchEntry):
        while keys := list(model.objects.filter(generation__lt=generation).values_list("pk", flat=True)[:AT_ONCE]):
            model.objects.filter(pk__in=keys).delete()
