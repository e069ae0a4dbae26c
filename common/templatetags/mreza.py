"""Template tags and filters: numbers, dates, names, icons, the women-and-men meter and links that keep the query."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from django import template
from django.core.paginator import Page
from django.template import Context
from django.utils import formats
from django.utils.html import escape, format_html, format_html_join
from django.utils.http import urlencode
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from common.days import local_day, written_day

register = template.Library()

NO_BREAK_SPACE = "\N{NO-BREAK SPACE}"
EN_DASH = "\N{EN DASH}"

# Each icon is drawn in strokes on a grid of 24 by 24.
ICONS = {
    "arrow": "M5 12h14m-6-6 6 6-6 6",
    "calendar": "M4 6h16v14H4zM4 10h16M8 3v4m8-4v4",
    "check": "m5 13 4.5 4.5L19 7",
    "close": "m6 6 12 12M18 6 6 18",
    "copy": "M9 9h11v11H9zM5 15H4V4h11v1",
    "download": "M12 4v11m-5-5 5 5 5-5M5 20h14",
    "lock": "M6 11h12v9H6zM8.5 11V8a3.5 3.5 0 0 1 7 0v3",
    "menu": "M4 7h16M4 12h16M4 17h16",
    "pencil": "m4 20 1-4L16 5l3 3L8 19zm9.5-12.5 3 3",
    "people": "M9 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zm-6 9c0-3.5 2.5-6 6-6s6 2.5 6 6m1-16.5a3.5 3.5 0 0 1 0 7m2 4c1.9.9 3 2.9 3 5.5",
    "plus": "M12 5v14M5 12h14",
    "print": "M7 9V4h10v5M7 17H4V9h16v8h-3M7 14h10v6H7z",
    "search": "M10.5 17a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13zm4.8-1.7L20 20",
    "warning": "M12 4 2.8 20h18.4zm0 6v4.5m0 2.4v.1",
}

METER_PARTS = ("women", "men", "other", "unknown")


@register.filter
def thousands(number: float | str | None) -> str:
    """2017 as "2,017" (in the reader's language); an unknown number as a dash."""
    if number is None or isinstance(number, str):
        return EN_DASH
    return formats.number_format(number, use_l10n=True, force_grouping=True)


@register.filter
def percent(share: float | str | None) -> str:
    """A share of 0 to 1 as "31 %", an unknown one as a dash. Only none is 0 % and only all is 100 %."""
    if share is None or isinstance(share, str):
        return EN_DASH
    if 0 < share < 0.01:
        number = "<1"
    elif 0.99 < share < 1:
        number = ">99"
    else:
        number = formats.number_format(int(share * 100 + 0.5), use_l10n=True)
    return f"{number}{NO_BREAK_SPACE}%"


@register.simple_tag
def between(least: float | None, most: float | None) -> str:
    """A range of shares: "32 %" if both format alike, else "32–33 %"; "at least 32 %" if the upper bound is not disclosed."""
    low, high = percent(least), percent(most)
    if least is None or low == high:
        return low
    if most is None:
        return gettext("at least %(share)s") % {"share": low}
    return f"{low.removesuffix(f'{NO_BREAK_SPACE}%')}{EN_DASH}{high}"


@register.filter
def initials(person: object) -> str:
    """The first letters of given and family name, of a person or of a written name, in their own script."""
    parts = [getattr(person, "given_name", ""), getattr(person, "family_name", "")]
    if not any(parts):
        words = str(person or "").split()
        parts = [words[0], words[-1] if len(words) > 1 else ""] if words else []
    return "".join(part.strip()[:1].upper() for part in parts if part)


@register.simple_tag
def date_range(start: date | None, end: date | None = None) -> str:
    """ "12–14 November 2026", "30 November – 2 December 2026" or, of one day, "12 November 2026"."""
    first, last = local_day(start), local_day(end)
    if first is None or last is None or first == last:
        return written_day(first or last)
    if first.year != last.year:
        return f"{formats.date_format(first, 'j F Y')} {EN_DASH} {formats.date_format(last, 'j F Y')}"
    if first.month != last.month:
        return f"{formats.date_format(first, 'j F')} {EN_DASH} {formats.date_format(last, 'j F Y')}"
    return f"{first.day}{EN_DASH}{formats.date_format(last, 'j F Y')}"


@register.simple_tag
def icon(name: str) -> SafeString:
    """An inline icon beside words; screen readers skip it."""
    return format_html(
        '<svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false"><path d="{}"/></svg>', ICONS[name]
    )


@register.inclusion_tag("components/meter.html")
def meter(
    women: float | None = 0,
    men: float | None = 0,
    other: float | None = 0,
    unknown: float | None = 0,
    label: str = "",
) -> dict[str, Any]:
    """A bar of 100 units: women, men, other and not recorded. `label` says the same in words for screen readers."""
    counts = dict(zip(METER_PARTS, (women or 0, men or 0, other or 0, unknown or 0), strict=True))
    total = sum(counts.values())
    bars = []
    start = 0.0
    for part, count in counts.items():
        if count:
            width = 100 * count / total
            bars.append({"part": part, "x": f"{start:.2f}", "width": f"{width:.2f}"})
            start += width
    return {"bars": bars, "label": label}


@register.simple_tag(takes_context=True)
def query_with(context: Context, **changes: object) -> str:
    """The page's query string with these keys set, or removed if the value is None or empty.

    Any change except of `page` resets to the first page.
    """
    query = dict(context["request"].GET.lists())
    for key, value in {"page": None, **changes}.items():
        if value is None or value == "":
            query.pop(key, None)
        else:
            query[key] = [str(value)]
    return f"?{urlencode(query, doseq=True)}"


@register.simple_tag(takes_context=True)
def query_without(context: Context, key: str, value: object = None) -> str:
    """The page's query string without one value of a key, or without the whole key: for active-filter chips."""
    query = context["request"].GET.copy()
    query.pop("page", None)
    values = [] if value is None else [chosen for chosen in query.getlist(key) if chosen != str(value)]
    query.setlist(key, values)
    return f"?{query.urlencode()}"


@register.simple_tag
def page_numbers(page: Page) -> Iterator[int | str]:
    """The page numbers worth a link, with an ellipsis for each omitted run."""
    return page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)


@register.filter
def with_marks(pieces: Iterable[Any]) -> SafeString:
    """A text in pieces (`text`, `is_match`), with the matches marked."""
    parts = (f"<mark>{escape(one.text)}</mark>" if one.is_match else escape(one.text) for one in pieces)
    return mark_safe("".join(parts))  # noqa: S308 - each piece is escaped


@register.filter
def spans(facts: Iterable[str]) -> SafeString:
    """Short facts in a row, for a line of class `meta`."""
    return mark_safe("".join(f"<span>{escape(fact)}</span>" for fact in facts))  # noqa: S308 - each fact is escaped


@register.filter
def badges(words: Iterable[str]) -> SafeString:
    """Words in a row, each as a badge."""
    return mark_safe("".join(f'<span class="badge">{escape(word)}</span>' for word in words))  # noqa: S308 - each word is escaped


@register.simple_tag
def hidden_inputs(context_query: Any, *left_out: str) -> SafeString:
    """A GET form's hidden inputs that preserve the current query, except the keys the form itself has."""
    pairs = (
        (key, value)
        for key, values in context_query.lists()
        if key not in left_out and key != "page"
        for value in values
    )
    return format_html_join("", '<input type="hidden" name="{}" value="{}">', pairs)


# Browser names in user agents, most specific first: Edge also says Chrome, and Chrome also says Safari.
BROWSERS = (("Edg/", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))
SYSTEMS = (("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"), ("Mac OS", "macOS"),
           ("Linux", "Linux"))  # fmt: skip


@register.filter
def browser(user_agent: str) -> str:
    """A user agent as "Firefox, Windows"; an unknown one as is, shortened."""
    known = [next((name for mark, name in marks if mark in user_agent), "") for marks in (BROWSERS, SYSTEMS)]
    return ", ".join(part for part in known if part) or user_agent[:40] or EN_DASH
