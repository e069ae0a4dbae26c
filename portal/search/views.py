"""The search page and the searches that a member saves."""

from collections.abc import Sequence
from functools import partial
from typing import Any, overload

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from audit.kept import kept
from common.forms import fields_as_html
from common.views import is_fragment, page_of, sentences
from knowledge.access import own_searches
from knowledge.actions.searches import forget_search, look_at_search, save_search
from members.models import Member
from portal.search.asking import Found
from portal.search.following import follow_record
from portal.search.forms import FACETS, SaveForm, SearchForm
from portal.search.models import SearchState
from portal.search.results import PAGE, Result, ask, results
from portal.search.saved import saved_searches
from trainings.views.common import member_of


class _Rows(Sequence[Result]):
    """What was found, of which a page is read when it is asked for."""

    def __init__(self, member: Member, generation: int, found: Found, languages: dict[str, str]) -> None:
        self._told = member, generation, found
        self._languages = languages

    def __len__(self) -> int:
        return self._told[2].total

    @overload
    def __getitem__(self, wanted: int) -> Result: ...
    @overload
    def __getitem__(self, wanted: slice) -> list[Result]: ...
    def __getitem__(self, wanted: int | slice) -> Result | list[Result]:
        first = wanted if isinstance(wanted, int) else wanted.start
        rows = results(*self._told, first, self._languages)
        return rows[0] if isinstance(wanted, int) else rows


@require_GET
def search(request: HttpRequest) -> HttpResponse:
    """What was found, or where to begin."""
    member, state = member_of(request), follow_record()
    form = SearchForm(request.GET, state.stamp)
    asked = form.asked()
    context: dict[str, Any] = {
        "form": form, "wrong": form.wrong(), "q": request.GET.get("q", "")[:200].replace("\x00", ""),
        "chosen_count": sum(bool(request.GET.get(name)) for name in FACETS),
    }  # fmt: skip
    if asked.words:
        context |= _found(request, member, state, form)
    else:
        context["saved"] = saved_searches(member, state)
    if is_fragment(request):
        return render(request, "search/_found.html", context)
    filters = partial(fields_as_html, form, "q", "kind")
    context["filters"] = filters() if context["chosen_count"] else kept("filters of the search", filters, state.stamp)
    return render(request, "search/search.html", context)


def _found(request: HttpRequest, member: Member, state: SearchState, form: SearchForm) -> dict[str, Any]:
    asked, query = form.asked(), form.query()
    found = ask(member, state, asked)
    saved = kept(
        f"searches of {member.pk}", lambda: dict(own_searches(member).values_list("query", "pk")), state.stamp
    ).get(query)
    if saved is not None:
        look_at_search(saved)
    all_kinds = sum(found.counts.values())
    return {
        "page": page_of(request, _Rows(member, state.generation, found, form.languages()), PAGE),
        "asked": True,
        "kinds": [
            (kind, kind.label, n, kind == asked.kind) for kind, n in found.counts.items() if n or kind == asked.kind
        ],
        "chosen_kind": asked.kind,
        "all_kinds": all_kinds,
        "is_saved": saved is not None,
        "save_form": SaveForm(initial={"name": form.cleaned_data["q"][:80], "query": query}),
    }


@require_POST
def save(request: HttpRequest) -> HttpResponse:
    """Save a search and go back to it."""
    form = SaveForm(request.POST)
    if not form.is_valid():
        messages.error(request, " ".join(str(error) for errors in form.errors.values() for error in errors))
        return redirect("search:page")
    query = form.cleaned_data["query"]
    try:
        save_search(name=form.cleaned_data["name"], query=query, by=member_of(request))
    except ValidationError as refusal:
        messages.error(request, sentences(refusal))
    else:
        messages.success(request, _("Your search is saved. What is new in it stands on the search page."))
    return redirect(f"{reverse('search:page')}?{query}")


@require_POST
def forget(request: HttpRequest, pk: int) -> HttpResponse:
    """Remove a saved search."""
    member = member_of(request)
    forget_search(saved=get_object_or_404(own_searches(member), pk=pk), by=member)
    messages.success(request, _("The saved search is removed."))
    return redirect("search:page")
