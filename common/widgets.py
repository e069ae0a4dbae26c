"""Inputs and selects written without a template each: a page of filters has a hundred choices, a sheet as many inputs."""

from collections.abc import Callable, Mapping
from typing import Any

from django.forms.renderers import TemplatesSetting
from django.http import HttpRequest
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe


def _text(value: object) -> str:
    return conditional_escape(value if isinstance(value, SafeString) else str(value))


def _attributes(attributes: Mapping[str, object]) -> str:
    told = {name: value for name, value in attributes.items() if value is not False}
    return "".join(
        f" {_text(name)}" if value is True else f' {_text(name)}="{_text(value)}"' for name, value in told.items()
    )


def _input(widget: Mapping[str, Any]) -> str:
    value = "" if widget["value"] is None else f' value="{_text(widget["value"])}"'
    return f'<input type="{_text(widget["type"])}" name="{_text(widget["name"])}"{value}{_attributes(widget["attrs"])}>'


def _select(widget: Mapping[str, Any]) -> str:
    parts = [f'<select name="{_text(widget["name"])}"{_attributes(widget["attrs"])}>']
    for group, choices, _index in widget["optgroups"]:
        told = "".join(
            f'\n  <option value="{_text(one["value"])}"{_attributes(one["attrs"])}>{_text(one["label"])}</option>'
            for one in choices
        )
        parts.append(f'\n  <optgroup label="{_text(group)}">{told}\n  </optgroup>' if group else told)
    return "".join([*parts, "\n</select>"])


INPUTS = ("input", "text", "number", "email", "hidden", "date", "time", "search", "url", "tel", "password", "checkbox")
WRITERS: dict[str, Callable[[Mapping[str, Any]], str]] = {
    "django/forms/widgets/select.html": _select, **{f"django/forms/widgets/{kind}.html": _input for kind in INPUTS},
}  # fmt: skip


class WidgetRenderer(TemplatesSetting):
    """Django's own templates for forms; single inputs and selects come out alike, but without them."""

    def render(self, template_name: str, context: dict[str, Any], request: HttpRequest | None = None) -> str:
        """Return a widget as HTML, each value in it escaped unless it is known to be safe."""
        write = WRITERS.get(template_name)
        if write is None:
            return super().render(template_name, context, request)
        return mark_safe(write(context["widget"]))  # noqa: S308 - each value was escaped
