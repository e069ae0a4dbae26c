"""Choices are written in one loop, and come out as Django's templates write them but for space between tags."""

import re
from typing import Any

import pytest
from django import forms
from django.forms.renderers import DjangoTemplates
from django.template.loader import render_to_string
from django.utils.safestring import mark_safe
from hypothesis import given
from hypothesis import strategies as st

NASTY = st.text("a<>&\"' \u00a0ж\n", max_size=6)
VALUES = st.one_of(st.none(), NASTY, NASTY.map(mark_safe), st.integers(-3, 3_000), st.booleans())
ATTRIBUTES = st.dictionaries(st.sampled_from(["id", "class", "data-x", "required", "aria-label"]), VALUES, max_size=3)
CHOICES = st.lists(st.tuples(NASTY | st.integers(0, 9), NASTY | NASTY.map(mark_safe)), max_size=4)
GROUPED = st.lists(st.tuples(NASTY.filter(bool), CHOICES), max_size=2)


def _close(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r">\s+<", "><", html)).strip()


@given(choices=CHOICES, grouped=GROUPED, value=VALUES, attributes=ATTRIBUTES)
def test_selects_are_as_djangos(choices, grouped, value, attributes):
    for widget in (
        forms.Select(choices=[*choices, *grouped]),
        forms.SelectMultiple(choices=choices),
        forms.NullBooleanSelect(),
    ):
        ours = widget.render("a<b", value, attributes)
        assert _close(ours) == _close(widget.render("a<b", value, attributes, renderer=DjangoTemplates()))


@pytest.mark.parametrize("kind", [forms.RadioSelect, forms.CheckboxSelectMultiple])
@given(choices=CHOICES.filter(bool), data=st.data())
def test_boxes_of_a_field_are_as_djangos(kind, choices, data):
    chosen = data.draw(st.sampled_from(choices))[0]

    class Form(forms.Form):
        pick = forms.Field(widget=kind(choices=choices, attrs={"data-x": "<"}), initial=chosen)

    field: Any = Form()["pick"]
    page = render_to_string("components/field.html", {"field": field})
    assert re.findall(r"<input[^>]*>", _close(page)) == [_close(box.tag()) for box in field]


@pytest.mark.parametrize("value", ["", "0", "12", "-1", '"<'])
def test_number_of_a_grid_is_as_djangos(value):
    class Form(forms.Form):
        n = forms.IntegerField(
            label="Soldier & <F>",
            required=False,
            min_value=0,
            max_value=100_000,
            widget=forms.NumberInput(attrs={"class": "count-input", "inputmode": "numeric"}),
        )

    field = Form({"n": value})["n"]

    def attributes(html: str) -> list[tuple[str, str]]:
        return sorted(re.findall(r'([\w-]+)="([^"]*)"', re.findall(r"<input[^>]*>", html)[0]))

    page = render_to_string("components/count_input.html", {"field": field})
    assert attributes(page) == attributes(field.as_widget() if value else field.as_widget().replace(">", ' value="">'))
    assert ">Soldier &amp; &lt;F&gt;</label>" in page
