"""Filters of the directory, with the number of trainers for each choice."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.http import QueryDict

from common.folding import loose, spelling
from members.models import Language, Organisation
from trainers.models import Topic, TrainerProfile


@dataclass(frozen=True)
class Choice:
    """One checkbox of a filter."""

    value: str
    label: str
    count: int
    chosen: bool


class Directory:
    """The filtered directory: `rows` are the trainers, the choices carry counts under the other filters."""

    def __init__(self, data: QueryDict, profiles: QuerySet[TrainerProfile]) -> None:
        self.q = data.get("q", "")[:100]
        self.chosen = {
            name: {value.replace("\x00", "") for value in data.getlist(name)}
            for name in ("ministry", "language", "topic")
        }
        self._profiles = profiles
        self.rows = self._narrowed()

    def _narrowed(self, without: str = "") -> QuerySet[TrainerProfile]:
        rows = self._profiles
        for word in spelling(self.q).split():
            rows = rows.filter(Q(name_key__contains=word) | Q(loose_key__contains=loose(word)))
        if self.chosen["ministry"] and without != "ministry":
            rows = rows.filter(member__organisation__code__in=self.chosen["ministry"])
        if self.chosen["language"] and without != "language":
            rows = rows.filter(
                pk__in=TrainerProfile.languages.through.objects.filter(language__in=self.chosen["language"]).values(
                    "trainerprofile"
                )
            )
        if self.chosen["topic"] and without != "topic":
            wanted = [int(pk) for pk in self.chosen["topic"] if pk.isdecimal() and len(pk) < 10]
            rows = rows.filter(
                pk__in=TrainerProfile.topics.through.objects.filter(topic__in=wanted).values("trainerprofile")
            )
        return rows

    def _choices(self, name: str, counts: Iterable[tuple[Any, str, int]]) -> list[Choice]:
        chosen = self.chosen[name]
        return [Choice(str(v), label, n, str(v) in chosen) for v, label, n in counts if n or str(v) in chosen]

    def ministries(self) -> list[Choice]:
        counted = Count("members__profile", filter=Q(members__profile__in=self._narrowed("ministry")))
        rows = Organisation.objects.annotate(n=counted).filter(kind=Organisation.Kind.MINISTRY)
        return self._choices("ministry", rows.values_list("code", "short_name", "n"))

    def languages(self) -> list[Choice]:
        rows = Language.objects.annotate(n=Count("trainers", filter=Q(trainers__in=self._narrowed("language"))))
        return self._choices("language", rows.values_list("code", "name", "n"))

    def topics(self) -> list[Choice]:
        rows = Topic.objects.annotate(n=Count("trainers", filter=Q(trainers__in=self._narrowed("topic"))))
        return self._choices("topic", rows.values_list("pk", "name", "n"))

    @property
    def count_of_chosen(self) -> int:
        return bool(self.q) + sum(len(values) for values in self.chosen.values())
