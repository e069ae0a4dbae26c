"""Audit entries as sentences: each app registers sentences for its actions, and labels and URLs for its objects."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from audit.models import AuditEntry

Words = str | Promise | Callable[[AuditEntry], str]
# The sentence after the actor's name, by action: "invited %(name)s." with the details and the text of the entry.
_said: dict[str, Words] = {}
# The same without numbers and words that could reveal single persons.
_said_briefly: dict[str, Words] = {}


@dataclass(frozen=True)
class Label:
    """What an object is called, and the URL of its page ("" if there is none)."""

    name: str
    url: str = ""


# By kind of object: keys in, labels by key out, in one query.
_labelled: dict[str, Callable[[set[str]], dict[str, Label]]] = {}
# By kind of object: search text in, keys out.
_found: dict[str, Callable[[str], Iterable[object]]] = {}


def say(sentences: Mapping[str, Words], briefly: Mapping[str, Words] | None = None) -> None:
    """Register the sentences of an app's actions; called once, when the app is ready.

    `briefly` are the variants for readers who may not see participants' names.
    """
    _said.update(sentences)
    _said_briefly.update(briefly or {})


def label(
    kind: str, labels: Callable[[set[str]], dict[str, Label]], find: Callable[[str], Iterable[object]] | None = None
) -> None:
    """Register how objects of a kind (app.model) are labelled, and how they are searched by name."""
    _labelled[kind] = labels
    if find is not None:
        _found[kind] = find


def actions_said() -> list[str]:
    """Return every action that has a sentence, sorted."""
    return sorted(_said)


def find_things(text: str) -> dict[str, set[str]]:
    """Return the keys of objects that match this text, by kind. One query per searchable kind."""
    return {kind: {str(key) for key in find(text)} for kind, find in _found.items()}


def has_sentence(action: str) -> bool:
    """Return whether an app has registered a sentence for this action."""
    return action in _said


class _Details(dict[str, object]):
    """A detail missing from an old entry, or whose text this reader may not see, renders as a dash, not an error."""

    def __missing__(self, key: str) -> str:
        return "–"


def sentence(entry: AuditEntry, *, with_text: bool) -> str:
    """Return the entry's sentence without the actor; `with_text` for readers who may see what was typed. No query.

    An unregistered action, from an older version, reads as its own name.
    """
    words = _said.get(entry.action) if with_text else _said_briefly.get(entry.action, _said.get(entry.action))
    if words is None:
        return entry.action.replace("_", " ") + "."
    if callable(words):
        return words(entry)
    details = _Details(entry.details)
    if with_text:
        details |= {name: value for name, value in entry.free_text.items() if isinstance(value, str)}
    return str(words) % details


def labels_of(entries: Iterable[AuditEntry]) -> dict[tuple[str, str], Label]:
    """Return the labels of the root objects of these entries, by kind and key. One query for each kind among them."""
    wanted: dict[str, set[str]] = {}
    for entry in entries:
        wanted.setdefault(entry.root_kind, set()).add(entry.root_id)
    labels: dict[tuple[str, str], Label] = {}
    for kind, keys in wanted.items():
        known = _labelled[kind](keys) if kind in _labelled else {}
        for key in keys:
            labels[kind, key] = known.get(key) or Label(
                _("%(kind)s %(key)s") % {"kind": kind.rpartition(".")[2], "key": key}
            )
    return labels
