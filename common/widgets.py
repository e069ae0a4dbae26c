"""Inputs and selects written without a template each: a page of filters has a hundred choices, a sheet as many inputs."""

from collections.abc import Callable, Mapping
from typing import Any

from django.forms.renderers import TemplatesSetting
from django.http import HttpRequest
from django.utils.html import conditional_escape as escaped
from django.utils.safestring import mark_safe


def _attributes(attributes: Mapping[str, Any]) -> str:
    told = ""
    for name, value in attributes.items():
        if value is not False:
            told += f" {escaped(name)}"
            told += "" if value is True else f'="{escaped(value)}"'
    return told


def _input(widget: Mapping[str, Any]) -> str:
    value = "" if widget["value"] is None else f' value="{escaped(widget["value"])}"'
    return f'<input type="{escaped(widget["type"])}" name="{escaped(widget["name"])}"{value}{_attributes(widget["attrs"])}>'


def _select(widget: Mapping[str, Any]) -> str:
    parts = [f'<select name="{escaped(widget["name"])}"{_attributes(widget["attrs"])}>']
    for group, choices, _index in widget["optgroups"]:
        told = "".join(
            f'\n  <option value="{escaped(one["value"])}"{_attributes(one["attrs"])}>{escaped(one["label"])}</option>'
            for one in choices
        )
        parts.append(f'\n  <optgroup label="{escaped(group)}">{told}\n  </optgroup>' if group else told)
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
