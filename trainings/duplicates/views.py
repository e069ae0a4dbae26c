"""The duplicates page of a home coordinator: pairs, one pair side by side, merges done and undone."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from audit.record import record_reading
from common.views import errors_as_messages, errors_in_form, page_of, render_form
from members.models import Member
from members.request import member_of
from trainings import access
from trainings.duplicates import actions
from trainings.duplicates.comparison import differing, shown_trainings
from trainings.duplicates.forms import MergeForm
from trainings.duplicates.merge_plan import Standing, against_merging, compare
from trainings.duplicates.merging import merge_people
from trainings.duplicates.unmerging import undo_merge
from trainings.filters import DuplicateFilter
from trainings.models import DuplicatePair, Enrolment
from trainings.pages import require

PAGE = 25
OPEN, DIFFERENT = DuplicatePair.State.OPEN, DuplicatePair.State.DIFFERENT


def _tabs(member: Member, current: str) -> list[tuple[str, str, bool]]:
    """The tabs of the page with the count of each. Two queries."""
    counts = access.visible_pairs(member).aggregate(
        open=Count("pk", filter=Q(pk__in=access.open_pairs(member))), different=Count("pk", filter=Q(state=DIFFERENT))
    )
    merged = access.visible_merges(member).filter(undone_at=None).count()
    desk = reverse("trainings:duplicates")
    tabs = [
        (_("To decide (%(n)d)") % {"n": counts["open"]}, desk, OPEN),
        (_("Not the same (%(n)d)") % {"n": counts["different"]}, f"{desk}?state={DIFFERENT}", DIFFERENT),
        (_("Merged (%(n)d)") % {"n": merged}, reverse("trainings:merges"), "merged"),
    ]
    return [(label, url, state == current) for label, url, state in tabs]


def _with_trainings(pairs: Sequence[DuplicatePair]) -> list[tuple[DuplicatePair, int, int]]:
    """Return each pair with the number of trainings of either participant. One query."""
    people = {pk for pair in pairs for pk in (pair.first_id, pair.second_id)}
    rows = Enrolment.objects.filter(participant__in=people, removed_at=None).order_by().values_list("participant")
    numbers = dict(rows.annotate(n=Count("pk")))
    return [(pair, numbers.get(pair.first_id, 0), numbers.get(pair.second_id, 0)) for pair in pairs]


@require_GET
def duplicate_list(request: HttpRequest) -> HttpResponse:
    """List open pairs of one's own people, or those marked as different."""
    member = member_of(request)
    require(access.can_decide_duplicates(member))
    state = DIFFERENT if request.GET.get("state") == DIFFERENT else OPEN
    pairs: QuerySet[DuplicatePair] = access.open_pairs(member)
    if state == DIFFERENT:
        pairs = access.visible_pairs(member).filter(state=DIFFERENT)
    chosen = DuplicateFilter(request.GET, queryset=pairs.select_related("first", "second", "decided_by"))
    page = page_of(request, chosen.qs, PAGE)
    if page.object_list:
        record_reading(member.organisation, "duplicates", by=member, session=request.session)
    context = {
        "filter": chosen, "page": page, "rows": _with_trainings(list(page)), "state": state,
        "tabs": _tabs(member, state), "is_filtered": any(chosen.form[name].value() for name in ("q", "why")),
    }  # fmt: skip
    return render(request, "trainings/duplicates/duplicate_list.html", context)


@require_POST
def duplicates_look(request: HttpRequest) -> HttpResponse:
    """Compare all one's own people with each other."""
    member = member_of(request)
    require(access.can_decide_duplicates(member))
    number = actions.look_for_duplicates(organisation=member.organisation, by=member)
    words = ngettext("%(n)d more pair was found.", "%(n)d more pairs were found.", number) % {"n": number}
    messages.success(request, words if number else _("All people were compared; no more pairs were found."))
    return redirect("trainings:duplicates")


def _fetch(request: HttpRequest, pk: int) -> DuplicatePair:
    people = ("first__organisation", "second__organisation", "first__member", "second__member", "decided_by")
    pairs = access.visible_pairs(member_of(request)).exclude(state=DuplicatePair.State.MERGED)
    return get_object_or_404(pairs.select_related(*people), pk=pk)


def _next(member: Member) -> HttpResponse:
    """Redirect to the next open pair, or to the list."""
    pair = access.open_pairs(member).order_by("pk").first()
    return redirect("trainings:duplicate", pair.pk) if pair else redirect("trainings:duplicates")


@require_http_methods(["GET", "POST"])
def duplicate_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Show two participants side by side with their trainings; merge them."""
    member, pair = member_of(request), _fetch(request, pk)
    record_reading(member.organisation, "duplicates", by=member, session=request.session)
    standings = compare(pair.first, pair.second)
    form = MergeForm(request.POST or None, first=pair.first, second=pair.second, standings=standings)
    if request.method == "POST" and form.is_valid():
        with errors_in_form(form):
            merge = merge_people(pair=pair, choice=form.choice(), by=member)
            messages.success(
                request, _("%(name)s is one person now. Under “Merged” you can undo it.") % {"name": merge.survivor}
            )
            return _next(member)
    context = _context(pair, standings, form)
    return render_form(request, "trainings/duplicates/duplicate_detail.html", context)


def _context(pair: DuplicatePair, standings: list[Standing], form: MergeForm) -> dict[str, Any]:
    return {
        "pair": pair,
        "people": differing([pair.first, pair.second], standings),
        "trainings": shown_trainings(standings, form),
        "against": against_merging(pair.first, pair.second, standings) if pair.is_open else [],
        "form": form,
        "facts": form.facts(),
        "to_choose": sum(len(standing.to_choose) for standing in standings),
    }


@require_POST
def duplicate_different(request: HttpRequest, pk: int) -> HttpResponse:
    """Mark these two as different people."""
    member, pair = member_of(request), _fetch(request, pk)
    with errors_as_messages(request):
        actions.set_different(pair=pair, by=member)
        text = _("Remembered: %(one)s and %(other)s are two people.")
        messages.success(request, text % {"one": pair.first, "other": pair.second})
    return _next(member)


@require_POST
def duplicate_reopen(request: HttpRequest, pk: int) -> HttpResponse:
    """Reopen a pair that was marked as different people."""
    member, pair = member_of(request), _fetch(request, pk)
    with errors_as_messages(request):
        actions.reopen_pair(pair=pair, by=member)
        messages.success(request, _("The two wait for a decision again."))
    return redirect("trainings:duplicate", pk)


@require_GET
def merge_list(request: HttpRequest) -> HttpResponse:
    """List merges, newest first, each with its undo."""
    member = member_of(request)
    require(access.can_decide_duplicates(member))
    merges = access.visible_merges(member).select_related("survivor", "gone", "by", "undone_by")
    page = page_of(request, merges, PAGE)
    if page.object_list:
        record_reading(member.organisation, "duplicates", by=member, session=request.session)
    return render(request, "trainings/duplicates/merge_list.html", {"page": page, "tabs": _tabs(member, "merged")})


@require_POST
def merge_undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Undo a merge; report what stays."""
    member = member_of(request)
    merge = get_object_or_404(access.visible_merges(member), pk=pk)
    with errors_as_messages(request):
        stays = undo_merge(merge=merge, by=member)
        messages.success(request, _("The merge is undone: they are two records again, and wait for a decision."))
        if stays:
            messages.warning(request, " ".join(stays))
    return redirect("trainings:merges")
