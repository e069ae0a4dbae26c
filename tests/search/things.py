"""Things to be found, and searches as a member makes them, for the tests of the search.

In a test nothing is committed, so what was written is indexed when a search is made: as the worker does it, by `sync_index`.
"""

from collections import defaultdict
from itertools import count

from django.db import transaction
from django.db.models import TextField
from django.db.models.functions import Cast

from audit.record import record
from knowledge.models import FieldNote, Material, MaterialText, MaterialVersion, Post
from members.models import Member
from search.documents import Content, contents_of, object_ids
from search.find import find
from search.index import rebuild
from search.indexer import WIDE_CHANGES, sync_index
from search.models import Document, Kind, Pending, TextPart
from search.query import SearchQuery
from search.ranking import SearchHits
from search.results import Result, results

_numbers = count(1)


def attach(post: Post, title: str, *places: list, by: Member, language: str = "en", **facts: object) -> MaterialVersion:
    """Add a file with these places (kind, number, text, name) to a post, as its action will: with a line of the record."""
    material = Material.objects.create(post=post, title=title, language_id=language, added_by=by)
    version = renew(material, *places, by=by, **facts)
    record("add_material", material, by=by, root=post)
    return version


def renew(material: Material, *places: list, by: Member, state: str = "read", **facts: object) -> MaterialVersion:
    """Add the next version of a file."""
    n = next(_numbers)
    version = MaterialVersion.objects.create(
        material=material,
        number=material.versions.count() + 1,
        stored=f"search/{n}",
        name=f"file-{n}.pdf",
        kind="application/pdf",
        size=1,
        checksum="0" * 64,
        added_by=by,
        text_state=state,
        **facts,
    )
    if places:
        MaterialText.objects.create(version=version, places=list(places))
    record("add_version", material, by=by, root=material.post)
    return version


def note(training, by: Member, worked: str, **facts: object) -> FieldNote:
    """Write a field note, as its action will."""
    made = FieldNote.objects.create(training=training, author=by, worked=worked, **facts)
    record("write_field_note", made, by=by, root=by)
    return made


def hits(member: Member, text: str, kind: str = "", *filters: str) -> SearchHits:
    """What a member finds."""
    sync_index()
    return find(member, SearchQuery.parse(text, kind, filters))


def rows(member: Member, text: str, kind: str = "", *filters: str) -> list[Result]:
    """The first page of what a member finds."""
    return results(hits(member, text, kind, *filters), 0, {})


def titles(member: Member, text: str, kind: str = "", *filters: str) -> list[str]:
    """The same, by titles alone, with the kind before each."""
    return [f"{row.kind} {row.title}" for row in rows(member, text, kind, *filters)]


def index_content() -> dict[tuple[str, int], tuple[object, ...]]:
    """All that the index holds, by document, however it came there."""
    parts: dict[int, list[object]] = defaultdict(list)
    for document, words in TextPart.objects.order_by("number").values_list("document", Cast("words", TextField())):
        parts[document].append(sorted(words.split()))
    rows = Document.objects.annotate(
        **{f"{name}_text": Cast(name, TextField()) for name in ("title", "names", "words")}
    )
    pointers = (
        "at",
        "post",
        "version",
        "comment",
        "note",
        "profile",
        "training",
        "course",
        "waits_for_text",
        "has_parts",
    )
    return {
        (row["kind"], row["object_id"]): (
            *(row[name] for name in pointers),
            *(sorted(row[f"{name}_text"].split()) for name in ("title", "names", "words")),
            parts[row["pk"]],
        )
        for row in rows.values("pk", "kind", "object_id", *pointers, "title_text", "names_text", "words_text")
    }


def rebuilt_content() -> dict[tuple[str, int], tuple[object, ...]]:
    """What the index would hold if it were built again; it stays as it is."""
    with transaction.atomic():
        rebuild()
        content = index_content()
        transaction.set_rollback(True)
    return content


def contents_by_document() -> dict[tuple[str, int], Content]:
    """All that the index should hold, as it is read of the things themselves."""
    every = [content for kind in Kind for content in contents_of(kind, list(object_ids(kind)))]
    return {(content.kind, content.object_id): content for content in every}


def documents_waiting() -> set[tuple[str, int]]:
    """The documents that are noted to be indexed, those of wide changes too."""
    waiting = set()
    for row in Pending.objects.all():
        wide = WIDE_CHANGES.get(row.what, lambda pk: [])(row.object_id)
        waiting |= {(kind, pk) for kind, rows in wide for pk in rows.values_list("pk", flat=True)}
        waiting |= set() if row.what in WIDE_CHANGES else {(row.what, row.object_id)}
    return waiting
