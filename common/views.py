"""What views of any app share."""

from collections.abc import Callable, Sequence
from functools import partial
from types import TracebackType
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme

PAGE_SIZE = 50


def page_of(request: HttpRequest, rows: QuerySet | Sequence[Any], size: int = PAGE_SIZE) -> Page:
    """Return the page of rows that `?page=` asks for; the nearest one where the number is off. Two queries, none for a list."""
    return Paginator(rows, size).get_page(request.GET.get("page"))


def render_form(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    """Render the page of `form`: as 422 where it has errors."""
    return render(request, template, context, status=422 if context["form"].errors else 200)


class _ShowErrors:
    """Hands a ValidationError raised in the block to `show`, and goes on after the block."""

    def __init__(self, show: Callable[[ValidationError], None]) -> None:
        self.show = show

    def __enter__(self) -> None:
        pass

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        if not isinstance(error, ValidationError):
            return False
        self.show(error)
        return True


def errors_in_form(form: BaseForm) -> _ShowErrors:
    """Run an action for a form; where it refuses, show why in the form and go on after the block.

    with errors_in_form(form):
        actions.cancel_training(training=training, reason=form.cleaned_data["reason"], by=member)
        messages.success(request, _("The training is cancelled."))
        return redirect(training)
    return render_form(request, "trainings/reason_confirm.html", {"form": form, "training": training})
    """
    return _ShowErrors(partial(add_refusal, form))


def errors_as_messages(request: HttpRequest) -> _ShowErrors:
    """Run an action that has no form, such as a button's; where it refuses, say why on the next page and go on after the block."""
    return _ShowErrors(lambda refusal: messages.error(request, sentences(refusal)))


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
