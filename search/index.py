"""Writing the index: single documents when their objects change, or all of them."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import islice
from typing import TypeVar

from django.db import transaction
from django.db.models import QuerySet

from search.documents import Content, contents_of, object_ids
from search.full_text import BREAK, IndexedWords, lock
from search.models import Document, Kind, NameWord, TextPart
from search.names import name_words, new_name_word
from search.words import keys_of, words_of

AT_ONCE = 500
# A PostgreSQL vector allows 16,383 positions, 255 per word, and 1 MB for words and their equally long keys.
MAX_PART_WORDS, MAX_REPEATS, MAX_PART_BYTES = 10_000, 200, 200_000
# A part repeats the last words of the previous one, so that each phrase (at most ten words) is whole in one of them.
OVERLAP = 9
_WRITTEN = (
    "at", "post", "version", "comment", "note", "profile", "training", "course", "waits_for_text", "has_parts", "title", "names", "words",
)  # fmt: skip

T = TypeVar("T")


def document_locks(kind: str, wanted: Iterable[int]) -> list[str]:
    """Return the names of the locks for these documents."""
    return [f"search {kind} {pk}" for pk in wanted]


def in_batches(items: Iterable[T], size: int) -> Iterator[list[T]]:
    remaining = iter(items)
    while batch := list(islice(remaining, size)):
        yield batch


@transaction.atomic
def index_documents(kind: Kind, wanted: Collection[int]) -> set[str]:
    """Update these documents and delete those nobody can find any more; return the words of their names.

    Each object is locked before it is read: if two processes index it at once, the later one reads the newer state. About ten queries, however many
    objects.
    """
    lock(document_locks(kind, wanted))
    folded = [_Folded(content) for content in contents_of(kind, wanted)]
    TextPart.objects.filter(document__kind=kind, document__object_id__in=wanted).delete()
    Document.objects.bulk_create(
        (row.document() for row in folded),
        update_conflicts=True,
        unique_fields=["kind", "object_id"],
        update_fields=_WRITTEN,
    )
    _add_parts(kind, {row.content.object_id: row.parts[1:] for row in folded if len(row.parts) > 1})
    gone = set(wanted) - {row.content.object_id for row in folded}
    Document.objects.filter(kind=kind, object_id__in=gone).delete()
    names = {word for row in folded for word in row.name_words}
    # Always in the same order, to prevent deadlocks.
    NameWord.objects.bulk_create(map(new_name_word, sorted(names)), ignore_conflicts=True)
    return names


class _Folded:
    """The folded words of one document."""

    def __init__(self, content: Content) -> None:
        self.content = content
        self.title, self.names = words_of(content.title), _joined(content.names)
        self.parts = text_parts(_joined(content.texts))
        self.name_words = name_words(self.names)

    def document(self) -> Document:
        content, text = self.content, self.parts[0]
        # A trainer's title is a name; other titles are not.
        name_marks = {f"@{word}" for word in name_words(self.title)} if content.kind == Kind.TRAINER else set()
        return Document(
            kind=content.kind,
            object_id=content.object_id,
            at=content.at,
            waits_for_text=content.waits_for_text,
            has_parts=len(self.parts) > 1,
            title=IndexedWords(self.title, near_marks(self.title) | name_marks),
            names=IndexedWords(self.names, near_marks(self.names)),
            words=IndexedWords(text, near_marks(text) | content.filter_marks()),
            **content.pointers,
        )


def near_marks(words: Iterable[str]) -> set[str]:
    """Return the keys of all these words."""
    return set().union(*map(keys_of, set(words)))


def _joined(texts: Iterable[str]) -> list[str]:
    """Return the words of several texts with a BREAK between them."""
    words: list[str] = []
    for text in texts:
        words += [BREAK, *words_of(text)] if words else words_of(text)
    return words


def text_parts(words: Sequence[str]) -> list[Sequence[str]]:
    """Split a long text into parts that fit into a vector."""
    if len(words) <= MAX_REPEATS:
        return [words]
    parts: list[Sequence[str]] = []
    part: list[str] = []
    repeats: Counter[str] = Counter()
    size = 0
    for word in words:
        if len(part) >= MAX_PART_WORDS or size >= MAX_PART_BYTES or (word and repeats[word] >= MAX_REPEATS):
            parts.append(part)
            part = part[-OVERLAP:]
            repeats, size = Counter(part), 0
        part.append(word)
        repeats[word] += 1
        size += len(word.encode())
    return [*parts, part]


def _add_parts(kind: Kind, texts: dict[int, list[Sequence[str]]]) -> None:
    """Save the parts that do not fit into the documents themselves. Two queries, none without parts."""
    if not texts:
        return
    documents = Document.objects.filter(kind=kind, object_id__in=texts).values_list("pk", "object_id")
    TextPart.objects.bulk_create(
        TextPart(document_id=pk, number=number, words=IndexedWords(words, near_marks(words)))
        for pk, object_id in documents
        for number, words in enumerate(texts[object_id], 2)
    )


def rebuild() -> int:
    """Rebuild the whole index and return the number of documents; meanwhile searches use the existing ones.

    Works in batches with a transaction each, so that locks are short. Concurrent writes are indexed as usual.
    """
    stale = set(NameWord.objects.values_list("word", flat=True))
    for kind in Kind:
        for batch in in_batches(list(object_ids(kind)), AT_ONCE):
            stale -= index_documents(kind, batch)
        _remove(Document.objects.filter(kind=kind).exclude(object_id__in=object_ids(kind)))
    for words in in_batches(stale, AT_ONCE):
        NameWord.objects.filter(word__in=words).delete()
    return Document.objects.count()


@transaction.atomic
def _remove(documents: QuerySet[Document]) -> None:
    gone = list(documents.values_list("pk", flat=True))
    for batch in in_batches(gone, AT_ONCE):
        TextPart.objects.filter(document__in=batch).delete()
        Document.objects.filter(pk__in=batch).delete()
