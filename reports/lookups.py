"""The organisations, countries, courses, topics, languages and trainers a question can name, read in one query."""

from dataclasses import dataclass, field
from typing import Any

from django.db.models import CharField, F, QuerySet, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast, Concat

from members.models import Country, Language, Organisation
from trainers.models import Topic, TrainerProfile
from trainings.models import Course

OWNERS = (Organisation.Kind.MINISTRY, Organisation.Kind.SECRETARIAT)


@dataclass
class Things:
    """Names by key for each kind of thing, sorted by name; `owners` are the keys of organisations that own trainings."""

    names: dict[str, dict[str, str]] = field(default_factory=dict)
    owners: set[str] = field(default_factory=set)

    def choices(self, kind: str, nothing: str) -> list[tuple[str, str]]:
        """Return the choices of a select of this kind, starting with the empty one."""
        thing_kind = "organisation" if kind in ("host", "owner") else kind
        names = self.names.get(thing_kind, {})
        return [("", nothing), *((k, name) for k, name in names.items() if kind != "owner" or k in self.owners)]


def _rows(
    kind: str, rows: QuerySet[Any], name: Combinable, more: Combinable | None = None
) -> QuerySet[Any, tuple[str, str, str, str]]:
    """Return (kind, key, name, more) of each row."""
    said = rows.order_by().annotate(
        thing=Value(kind),
        key=Cast("pk", CharField()),
        named=Cast(name, CharField()),
        more=Cast(more or Value(""), CharField()),
    )
    return said.values_list("thing", "key", "named", "more")


def read_things() -> Things:
    """Read everything a question can name. One query."""
    trainer = Concat("member__given_name", Value(" "), "member__family_name")
    parts = [
        _rows("organisation", Organisation.objects.all(), F("short_name"), F("kind")), _rows("country", Country.objects.all(), F("name")),
        _rows("course", Course.objects.all(), F("name")), _rows("topic", Topic.objects.all(), F("name")),
        _rows("language", Language.objects.all(), F("name")), _rows("trainer", TrainerProfile.objects.all(), trainer),
    ]  # fmt: skip
    things = Things()
    rows = parts[0].union(*parts[1:], all=True)
    for kind, key, name, more in sorted(rows, key=lambda row: row[2].casefold()):
        things.names.setdefault(kind, {})[key] = name
        if kind == "organisation" and more in OWNERS:
            things.owners.add(key)
    return things
