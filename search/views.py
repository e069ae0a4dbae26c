"""Views of the search page and of a member's saved searches."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from common.views import is_fragment, page_of, sentences
from knowledge.access import own_searches
from knowledge.subscriptions.saved_searches import forget_search, look_at_search, save_search
from members.models import Member
from members.request import member_of
from search.find import find
from search.forms import FILTERS, SaveForm, SearchForm
from search.full_text import index_scans
from search.results import PAGE, results
from search.saved import saved_searches


@require_GET
def search(request: HttpRequest) -> HttpResponse:
    """Show the search results or, without a query, the start page."""
    member, form = member_of(request), SearchForm(request.GET)
    context: dict[str, Any] = {
        "form": form,
        "errors": form.error_sentences(),
        "q": request.GET.get("q", "")[:200].replace("\x00", ""),
        "chosen_count": sum(bool(request.GET.get(name)) for name in FILTERS),
    }
    if form.search_query():
        context |= _results_of(request, member, form)
    else:
        context["saved"] = saved_searches(member)
    return render(request, "search/_results.html" if is_fragment(request) else "search/search.html", context)


def _results_of(request: HttpRequest, member: Member, form: SearchForm) -> dict[str, Any]:
    query, address = form.search_query(), form.address()
    with index_scans():
        hits = find(member, query)
        page = page_of(request, range(hits.total), PAGE)
        rows = results(hits, max(0, page.start_index() - 1), form.languages())
    saved = own_searches(member).filter(query=address).values_list("pk", flat=True).first()
    if saved is not None:
        look_at_search(saved)
    return {
        "query": query,
        "page": page,
        "results": rows,
        "kinds": [(kind, kind.label, n, kind == query.kind) for kind, n in hits.by_kind.items() if n or kind == query.kind],
        "chosen_kind": query.kind,
        "all_kinds": sum(hits.by_kind.values()),
        "is_saved": saved is not None,
        "save_form": SaveForm(initial={"name": form.cleaned_data["q"][:80], "query": address}),
    }  # fmt: skip


@require_POST
def save(request: HttpRequest) -> HttpResponse:
    """Save a search and return to it."""
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
    """Delete a saved search."""
    member = member_of(request)
    forget_search(saved=get_object_or_404(own_searches(member), pk=pk), by=member)
    messages.success(request, _("The saved search is removed."))
    return redirect("search:page")
