"""Saved searches with what is new in each."""

from dataclasses import dataclass
from datetime import datetime

from django.http import QueryDict
from django.urls import reverse

from knowledge.access import own_searches
from knowledge.digest import Found
from knowledge.models import SavedSearch
from members.models import Member
from portal.search.asking import Index
from portal.search.bits import of_members
from portal.search.following import follow_record
from portal.search.forms import asked_of
from portal.search.models import SearchEntry, SearchState


@dataclass(frozen=True)
class SavedShown:
    """A saved search, how much it finds and how much of it is newer than the last look."""

    saved: SavedSearch
    total: int
    new: int


def told_in_digest(member: Member, since: datetime) -> list[Found]:
    """Return the saved searches that find something newer than the last digest and the last look, with its number."""
    # An index that was never built is not built for a mail.
    if not own_searches(member).exists() or not SearchState.objects.exclude(generation=0).exists():
        return []
    # What is kept of a search is right where the record has been followed.
    return [
        Found(f"{one.saved.name}: +{one.new}", f"{reverse('search:page')}?{one.saved.query}")
        for one in saved_searches(member, follow_record(), since)
        if one.new
    ]


def saved_searches(member: Member, state: SearchState, after: datetime | None = None) -> list[SavedShown]:
    """Return a member's saved searches; what is new is newer than their last look, and than `after`.

    One query where there are none, else four, one more where the index has changed, however many.
    """
    kept = list(own_searches(member))
    if not kept:
        return []
    questions = [asked_of(QueryDict(saved.query).dict()) for saved in kept]
    index = Index(member, state, questions)
    since = min(saved.seen_until for saved in kept)
    newer = list(
        SearchEntry.objects.filter(generation=state.generation, at__gt=since).order_by().values_list("number", "at")
    )
    shown = []
    for saved, asked in zip(kept, questions, strict=True):
        bits = index.find(asked).bits
        looked = max(saved.seen_until, after) if after else saved.seen_until
        new = bits & of_members(number for number, at in newer if at > looked)
        shown.append(SavedShown(saved, bits.bit_count(), new.bit_count()))
    return shown
