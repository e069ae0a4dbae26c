"""Things to be found, and a question as a member asks it, for the tests of the search."""

from itertools import count

from audit.record import record
from knowledge.models import FieldNote, Material, MaterialText, MaterialVersion, Post
from members.models import Member
from portal.search.asking import Asked, Found
from portal.search.following import follow_record
from portal.search.results import Result, ask, results

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
        material=material, number=material.versions.count() + 1, stored=f"search/{n}", name=f"file-{n}.pdf",
        kind="application/pdf", size=1, checksum="0" * 64, added_by=by, text_state=state, **facts,
    )  # fmt: skip
    if places:
        MaterialText.objects.create(version=version, places=list(places))
    record("new_version", version, by=by, root=material.post)
    return version


def note(training, by: Member, worked: str, **facts: object) -> FieldNote:
    """Write a field note, as its action will."""
    made = FieldNote.objects.create(training=training, author=by, worked=worked, **facts)
    record("write_field_note", made, by=by, root=by)
    return made


def found(member: Member, text: str, kind: str = "", *facets: str) -> Found:
    """What a member finds, the record followed before."""
    return ask(member, follow_record(all_of_it=True), Asked.of(text, kind, facets))


def rows(member: Member, text: str, kind: str = "", *facets: str) -> list[Result]:
    """The first page of what a member finds."""
    state = follow_record(all_of_it=True)
    return results(member, state.generation, ask(member, state, Asked.of(text, kind, facets)), 0, {})


def titles(member: Member, text: str, kind: str = "", *facets: str) -> list[str]:
    """The same, by titles alone, with the kind before each."""
    return [f"{row.kind} {row.title}" for row in rows(member, text, kind, *facets)]
