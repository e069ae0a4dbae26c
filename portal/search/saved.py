"""Saved searches with what is new in each."""

from dataclasses import dataclass

from django.http import QueryDict

from knowledge.access import own_searches
from knowledge.models import SavedSearch
from members.models import Member
from portal.search.asking import Index
from portal.search.bits import of_members
from portal.search.forms import asked_of
from portal.search.models import SearchEntry


@dataclass(frozen=True)
class SavedShown:
    """A saved search, how much it finds and how much of it is newer than the last look."""

    saved: SavedSearch
    total: int
    new: int


def saved_searches(member: Member, generation: int) -> list[SavedShown]:
    """Return a member's saved searches. One query where there are none, else five, however many."""
    kept = list(own_searches(member))
    if not kept:
        return []
    questions = [asked_of(QueryDict(saved.query).dict()) for saved in kept]
    index = Index(member, generation, questions)
    since = min(saved.seen_until for saved in kept)
    newer = list(SearchEntry.objects.filter(generation=generation, at__gt=since).order_by().values_list("number", "at"))
    shown = []
    for saved, asked in zip(kept, questions, strict=True):
        bits = index.find(asked).bits
        new = bits & of_members(number for number, at in newer if at > saved.seen_until)
        shown.append(SavedShown(saved, bits.bit_count(), new.bit_count()))
    return shown
