"""Streaming XML reader for documents: constant memory, no entities. Must not import Django."""

from collections.abc import Iterator
from typing import IO, Any
from xml.parsers.expat import ExpatError, ParserCreate


class DamagedError(Exception):
    """XML that no office program writes."""


Event = tuple[str, str, dict[str, str]]


def walk(part: IO[bytes], passed_over: frozenset[str] = frozenset()) -> Iterator[Event]:
    """Yield ("start", name, attributes), ("end", name, {}) and ("text", words, {}) in order, skipping `passed_over`.

    Names and attributes have no namespace. No tree is built; a document type with entities is refused. Raises DamagedError.
    """
    events: list[Event] = []
    hidden = 0

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal hidden
        name = tag.rpartition("}")[2]
        hidden += name in passed_over
        if not hidden:
            if "}" in "".join(attributes):
                # Of two attributes with one bare name the namespaced one is meant: a relation, not a number.
                names = sorted(attributes, key=lambda key: "}" in key)
                attributes = {key.rpartition("}")[2]: attributes[key] for key in names}
            events.append(("start", name, attributes))

    def end(tag: str) -> None:
        nonlocal hidden
        name = tag.rpartition("}")[2]
        if not hidden:
            events.append(("end", name, {}))
        hidden -= name in passed_over

    def text(words: str) -> None:
        if not hidden:
            events.append(("text", words, {}))

    def refuse(*_told: Any) -> Any:
        raise DamagedError

    parser = ParserCreate(namespace_separator="}")
    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = start, end, text
    parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = parser.ExternalEntityRefHandler = refuse
    try:
        while piece := part.read(64 * 1024):
            parser.Parse(piece, False)
            yield from events
            events.clear()
        parser.Parse(b"", True)
    except ExpatError as wrong:
        raise DamagedError from wrong
    yield from events
