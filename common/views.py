"""Helpers shared by the views of all apps."""

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
    """Return the page of rows for `?page=`; the nearest one if the number is off. Two queries, none for a list."""
    return Paginator(rows, size).get_page(request.GET.get("page"))


def render_form(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    """Render the page of `form`: with status 422 if it has errors."""
    return render(request, template, context, status=422 if context["form"].errors else 200)


class _ShowErrors:
    """Passes a ValidationError raised in the block to `show`, and continues after the block."""

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
    """Run an action for a form; if it refuses, show the error in the form and continue after the block.

    with errors_in_form(form):
        actions.cancel_training(training=training, reason=form.cleaned_data["reason"], by=member)
        messages.success(request, _("The training is cancelled."))
        return redirect(training)
    return render_form(request, "trainings/reason_confirm.html", {"form": form, "training": training})
    """
    return _ShowErrors(partial(add_refusal, form))


def errors_as_messages(request: HttpRequest) -> _ShowErrors:
    """Run an action without a form, such as a button's; on refusal show a message on the next page and continue."""
    return _ShowErrors(lambda refusal: messages.error(request, sentences(refusal)))


def add_refusal(form: BaseForm, refusal: ValidationError) -> None:
    """Show an action's refusal in the form: at the fields it names, the rest as non-field errors."""
    if hasattr(refusal, "error_dict"):
        for name, errors in refusal.error_dict.items():
            form.add_error(name if name in form.fields else None, errors)
    else:
        form.add_error(None, refusal)


def sentences(refusal: ValidationError) -> str:
    """Return a refusal's sentences as one line."""
    return " ".join(refusal.messages)


def is_fragment(request: HttpRequest) -> bool:
    """Return whether htmx requests a part of the page; a restored history entry gets the whole page."""
    return bool(request.headers.get("HX-Request")) and not request.headers.get("HX-History-Restore-Request")


def pdf_response(content: bytes, name: str) -> HttpResponse:
    """Return a PDF shown in the browser; `name` is the portal's own word, never a person's.

    The browser's PDF viewer is an object with its own styles; the portal's policy would leave it empty.
    """
    answer = HttpResponse(content, content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="{name}.pdf"'
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Content-Security-Policy"] = (
        "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'none'"
    )
    return answer


def safe_next(request: HttpRequest, wanted: str, otherwise: str) -> str:
    """Return `wanted` if it is a path of this portal, else `otherwise`."""
    ours = wanted.startswith("/") and url_has_allowed_host_and_scheme(
        wanted, allowed_hosts=None, require_https=request.is_secure()
    )
    return wanted if ours else otherwise
