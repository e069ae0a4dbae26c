"""The parts of an Office Open XML package, by the relations that name them. Must not import Django."""

import posixpath
import zipfile
from collections.abc import Iterator

from common.files.markup import walk


def find_part(box: zipfile.ZipFile, name: str) -> str:
    """Return the entry of this name, ignoring case as some programs write it differently, or ""."""
    if name in box.NameToInfo:
        return name
    return next((entry for entry in box.NameToInfo if entry.lower() == name.lower()), "")


def relations(box: zipfile.ZipFile, name: str) -> dict[str, tuple[str, str]]:
    """Return the relations of a part to other internal parts: id -> last word of the type, name of the target."""
    folder, base = posixpath.split(name)
    listed = find_part(box, f"{folder}/_rels/{base}.rels".lstrip("/"))
    if not listed:
        return {}
    with box.open(listed) as part:
        return {
            attributes.get("Id", ""): (
                attributes.get("Type", "").rpartition("/")[2],
                posixpath.normpath(posixpath.join("/", folder, attributes.get("Target", ""))).lstrip("/"),
            )
            for event, tag, attributes in walk(part)
            if event == "start" and tag == "Relationship" and attributes.get("TargetMode") != "External"
        }


def named_part(box: zipfile.ZipFile, name: str, kind: str, usual: str) -> str:
    """Return the part of this kind that another part refers to: some programs use another than the usual name."""
    targets = [find_part(box, target) for other, target in relations(box, name).values() if other == kind]
    return next(filter(None, targets), usual)


def main_part(box: zipfile.ZipFile, usual: str) -> str:
    """Return the part that the package declares as the document."""
    return named_part(box, "", "officeDocument", usual)


def listed_parts(box: zipfile.ZipFile, name: str, tag: str) -> Iterator[tuple[str, str]]:
    """Yield the names and parts of the slides or sheets listed by the main part, in its order."""
    related = relations(box, name)
    with box.open(name) as part:
        for event, element, attributes in walk(part):
            if event == "start" and element == tag:
                target = find_part(box, related.get(attributes.get("id", ""), ("", ""))[1])
                if target:
                    yield attributes.get("name", ""), target
