"""What views of any app share."""

from collections.abc import Callable, Sequence
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme

PAGE_SIZE = 50


def page_of(request: HttpRequest, rows: QuerySet | Sequence[Any], size: int = PAGE_SIZE) -> Page:
    """Return the page of rows that `?page=` asks for; the nearest one where the number is off. Two queries, none for a list."""
    return Paginator(rows, size).get_page(request.GET.get("page"))


def add_refusal(form: BaseForm, refusal: ValidationError) -> None:
    """Show an action's refusal in the form: at the fields it names, the rest on top."""
    if hasattr(refusal, "error_dict"):
        for name, errors in refusal.error_dict.items():
            form.add_error(name if name in form.fields else None, errors)
    else:
        form.add_error(None, refusal)


def sentences(refusal: ValidationError) -> str:
    """Return a refusal's sentences as one line."""
    return " ".join(refusal.messages)


def is_fragment(request: HttpRequest) -> bool:
    """Return whether htmx asks for a part of the page; a restored history entry gets the whole page."""
    return bool(request.headers.get("HX-Request")) and not request.headers.get("HX-History-Restore-Request")


def decide(request: HttpRequest, back: Any, act: Callable[[], Any], done: str, *, refused: Any = None) -> HttpResponse:
    """Run one act, say what came of it and go back: to a thing's page, an address or a named one.

    `refused` is where to go where the act refuses, if that is elsewhere.
    """
    try:
        act()
    except ValidationError as refusal:
        messages.error(request, sentences(refusal))
        return redirect(refused or back)
    messages.success(request, done)
    return redirect(back)


def pdf_response(content: bytes, name: str) -> HttpResponse:
    """Return a PDF that the browser shows; `name` is the portal's own word, never a person's.

    The browser's own viewer of PDFs is an object with styles of its own; the portal's policy would leave it empty.
    """
    answer = HttpResponse(content, content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="{name}.pdf"'
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Content-Security-Policy"] = (
        "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'none'"
    )
    return answer


def safe_next(request: HttpRequest, wanted: str, otherwise: str) -> str:
    """Return the address to go on to where it is a path of this portal, else the other one."""
    ours = wanted.startswith("/") and url_has_allowed_host_and_scheme(
        wanted, allowed_hosts=None, require_https=request.is_secure()
    )
    return wanted if ours else otherwise
