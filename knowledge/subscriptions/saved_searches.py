"""Write actions for a member's saved searches."""

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.record import record
from common.actions import action
from knowledge.models import SavedSearch
from members.models import Member

MAX_SEARCHES = 20


@action
def save_search(*, name: str, query: str, by: Member) -> SavedSearch:
    """Save a search by its query string. Raises ValidationError if it is already saved, or if twenty others are.

    The audit log does not contain the search: what a member looks for is private.
    """
    locked = Member.objects.select_for_update().get(pk=by.pk)
    searches = SavedSearch.objects.filter(member=locked)
    if searches.filter(query=query).exists():
        raise ValidationError(_("You have saved this search already."))
    if searches.count() >= MAX_SEARCHES:
        raise ValidationError(_("You have saved twenty searches. Remove one of them first."))
    saved = SavedSearch.objects.create(member=locked, name=name, query=query)
    record("save_search", locked, by=by)
    return saved


@action
def forget_search(*, saved: SavedSearch, by: Member) -> None:
    """Delete a saved search."""
    saved.delete()
    record("forget_search", by, by=by)


def look_at_search(saved: int) -> None:
    """Save that the results of a saved search (by primary key) were seen: a read mark, so no audit entry."""
    SavedSearch.objects.filter(pk=saved).update(seen_until=timezone.now())
