"""The forms of a page, read as a browser reads them."""

from dataclasses import dataclass, field, replace
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

from django.urls import Resolver404, resolve

TEXT_INPUTS = {"text", "search", "url", "tel", ""}
PASSWORD = "brodovi plove polako"
# What a person gives where a form insists on one of several fields, or asks for a confirmation.
LIKELY_VALUES = {"days": "10.3.2025, 9-15", "confirmed": "on", "credential": "null"}
NUMBERS = {"attended-nco-female": "3"}
# Boxes of which a person ticks one more, as a form sent as it stands would change nothing.
ONE_MORE = {"roles"}


@dataclass
class Input:
    """One control of a form: `kind` is the type of an input, "select" or "textarea"; `values` are sent as it stands."""

    name: str
    kind: str
    values: list[str] = field(default_factory=list)
    options: list[str] = field(default_factory=list)
    required: bool = False
    longest: int = 0


@dataclass
class PageForm:
    """One form of a page, as a browser reads it. `action` is where it goes, without a host."""

    page: str
    action: str
    method: str
    inputs: dict[str, Input] = field(default_factory=dict)
    # Name and value of each button that sends something; an empty name where one does not.
    buttons: list[tuple[str, str]] = field(default_factory=list)

    @property
    def route(self) -> str:
        return route_of(self.action)

    @property
    def shape(self) -> tuple[str, ...]:
        """What makes two forms the same for these suites: where they lead and what they ask, whatever the numbers."""
        buttons = (name for name, _value in self.buttons if name)
        return (self.route, self.method, *sorted({without_numbers(name) for name in (*self.inputs, *buttons)}))

    def as_shown(self) -> dict[str, list[str]]:
        """What a browser sends when a button is pressed, the last that has a name; a token too, which the test browser does not check."""
        sent = {"csrfmiddlewaretoken": ["x"]} if self.method == "post" else {}
        sent |= {name: list(given.values) for name, given in self.inputs.items() if given.values}
        return sent | {name: [value] for name, value in [pair for pair in self.buttons if pair[0]][-1:]}

    def filled(self, words: str = "Neko") -> dict[str, list[str]]:
        """The same with what must not stay empty filled in as a person would."""
        sent = self.as_shown()
        for name, values in self.inputs.items():
            others = [option for option in values.options if option not in values.values]
            if name in ONE_MORE:
                sent[name] = [*values.values, *others[:1]]
            elif values.kind == "radio" and others:
                sent[name] = others[:1]
            if name in sent and any(sent[name]):
                continue
            if (name in LIKELY_VALUES and values.kind != "number") or name in NUMBERS:
                sent[name] = [(LIKELY_VALUES | NUMBERS)[name]]
            elif values.required or name == "rows":
                sent[name] = [likely(values, words)]
        return sent


def likely(expected: Input, words: str) -> str:
    """A value that a person might give here."""
    if expected.name == "rows":
        return f"{words}\t{words}\tnovi@mod.example"
    if expected.name == "oldpassword":
        return PASSWORD
    if expected.options:
        return next((option for option in expected.options if option), "")
    return {
        "email": "novi@mod.example",
        "number": "1",
        "date": "2025-03-10",
        "time": "09:00",
        "password": PASSWORD,
    }.get(expected.kind, words)


def without_numbers(name: str) -> str:
    return "".join("#" if sign.isdigit() else sign for sign in name)


def route_of(url: str) -> str:
    try:
        return resolve(urlsplit(url).path).view_name or ""
    except Resolver404:
        return ""


class FormReader(HTMLParser):
    """Collects the forms of one page; what stands outside every form is left out."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.page, self.forms = page, []
        self.form: PageForm | None = None
        self.select: Input | None = None
        self.several = False
        self.typing: Input | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag == "form":
            action = urljoin(self.page, values.get("action", ""))
            self.form = PageForm(self.page, action, values.get("method", "get").lower())
            self.forms.append(self.form)
        elif self.form is not None and "disabled" not in values:
            read = {"input": self._input, "select": self._select, "option": self._option, "textarea": self._textarea,
                    "button": self._button}.get(tag)  # fmt: skip
            if read:
                read(values)

    def _input(self, expected: dict[str, str]) -> None:
        kind, name, value = expected.get("type", "text"), expected.get("name", ""), expected.get("value", "")
        if kind == "submit":
            self._button(expected)
        if kind in ("submit", "image", "reset", "button") or not name:
            return
        inputs = self.form.inputs
        first = inputs.setdefault(name, Input(name, kind, required="required" in expected))
        first.longest = int(expected.get("maxlength") or 0)
        if kind in ("radio", "checkbox"):
            value = expected.get("value", "on")
            first.options.append(value)
            if "checked" in expected:
                first.values.append(value)
        elif kind != "file":
            first.values.append(value)

    def _select(self, expected: dict[str, str]) -> None:
        name = expected.get("name", "")
        self.select, self.several = Input(name, "select", required="required" in expected), "multiple" in expected
        if name:
            self.form.inputs[name] = self.select

    def _option(self, expected: dict[str, str]) -> None:
        if self.select is not None:
            value = expected.get("value", "")
            self.select.options.append(value)
            if "selected" in expected:
                self.select.values.append(value)

    def _textarea(self, expected: dict[str, str]) -> None:
        name = expected.get("name", "")
        self.typing = Input(name, "textarea", [""], required="required" in expected)
        self.typing.longest = int(expected.get("maxlength") or 0)
        if name:
            self.form.inputs[name] = self.typing

    def _button(self, expected: dict[str, str]) -> None:
        self.form.buttons.append((expected.get("name", ""), expected.get("value", "")))
        if expected.get("formaction"):
            other = replace(
                self.form, action=urljoin(self.page, expected["formaction"]), buttons=[self.form.buttons.pop()]
            )
            self.forms.append(other)

    def handle_data(self, data: str) -> None:
        if self.typing is not None:
            self.typing.values[0] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.form = None
        elif tag == "select" and self.select is not None:
            if self.select.options and not self.select.values and not self.several:
                self.select.values = self.select.options[:1]
            self.select = None
        elif tag == "textarea" and self.typing is not None:
            self.typing.values[0] = self.typing.values[0].removeprefix("\n")
            self.typing = None


def forms_of(text: str, page: str) -> list[PageForm]:
    """Return the forms of one page. The token against forged requests is none of their inputs."""
    reader = FormReader(page)
    reader.feed(text)
    reader.close()
    for form in reader.forms:
        form.inputs.pop("csrfmiddlewaretoken", None)
    return reader.forms
