"""Widgets are written without templates, and come out as Django's templates write them but for space between tags."""

import re
from typing import Any

import pytest
from django import forms
from django.forms.renderers import TemplatesSetting
from django.utils.safestring import mark_safe
from hypothesis import given
from hypothesis import strategies as st

from common.widgets import WRITERS, WidgetRenderer

NASTY = st.text("a<>&\"' \u00a0ж\n", max_size=6)
VALUES = st.one_of(st.none(), NASTY, NASTY.map(mark_safe), st.integers(-3, 3_000), st.booleans())
ATTRIBUTES = st.dictionaries(st.sampled_from(["id", "class", "data-x", "required", "aria-label"]), VALUES, max_size=3)
INPUTS = [
    forms.TextInput, forms.NumberInput, forms.EmailInput, forms.HiddenInput, forms.DateInput, forms.TimeInput, forms.SearchInput,
    forms.URLInput, forms.TelInput, forms.PasswordInput, forms.CheckboxInput,
]  # fmt: skip
CHOICES = st.lists(st.tuples(NASTY | st.integers(0, 9), NASTY | NASTY.map(mark_safe)), max_size=4)
GROUPED = st.lists(st.tuples(NASTY.filter(bool), CHOICES), max_size=2)


def _is_alike(widget: forms.Widget, value: Any, attributes: dict[str, Any]) -> None:
    assert widget.template_name in WRITERS
    ours, djangos = (
        re.sub(r">\s+<", "><", widget.render("a<b", value, attributes, renderer=renderer)).strip()
        for renderer in (WidgetRenderer(), TemplatesSetting())
    )
    assert ours == djangos


@pytest.mark.parametrize("kind", INPUTS)
@given(value=VALUES, attributes=ATTRIBUTES)
def test_inputs_are_as_djangos(kind, value, attributes):
    _is_alike(kind(), value, attributes)


@given(choices=CHOICES, grouped=GROUPED, value=VALUES, attributes=ATTRIBUTES)
def test_selects_are_as_djangos(choices, grouped, value, attributes):
    _is_alike(forms.Select(choices=[*choices, *grouped]), value, attributes)
    _is_alike(forms.NullBooleanSelect(), value, attributes)


def test_what_has_no_writer_is_left_to_its_template():
    shown = forms.Textarea().render("x", "<b>", {"id": "x"}, renderer=WidgetRenderer())
    assert shown.startswith("<textarea")
    assert "&lt;b&gt;" in shown
