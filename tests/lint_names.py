"""`make lint`: refuses names that say nothing of what they hold, such as `found` or `told`, where a name is bound.

A name says what the value is: `matches`, `participants`, `search_query`. Inside a comprehension, whose whole meaning stands on
one line, `one` and the like may stay. What must keep such a name is in `EXCEPTIONS`, with its reason.
"""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BANNED = {"told", "asked", "found", "shown", "kept", "given", "one"}
BANNED_ENDINGS = ("_MOST", "_LEAST")
BANNED_BEGINNINGS = ("tell_",)
MAX_EXCEPTIONS = 40
# The folders whose names are done.
CHECKED = (
    "portal",
    "search",
    "reports",
    "knowledge",
    "trainings",
    "trainers",
    "notifications",
    "members",
    "mail",
    "audit",
    "common",
    "bench",
)
# path: {name: why it may stay}
EXCEPTIONS: dict[str, dict[str, str]] = {
    "reports/standard/forms.py": {"shown": "a hidden field of the form, by its name on the page"},
}


def is_banned(name: str) -> bool:
    return (
        name.lower() in BANNED or name.endswith(BANNED_ENDINGS) or name.startswith(BANNED_BEGINNINGS) or name == "tell"
    )


def bound_names(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Yield (line, name) for everything that a module binds: targets, parameters, functions, classes, imports as; not in comprehensions."""
    skipped: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.comprehension):
            skipped.update(id(inner) for inner in ast.walk(node.target))
    for node in ast.walk(tree):
        if id(node) in skipped:
            continue
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.lineno, node.id
        elif isinstance(node, ast.arg):
            yield node.lineno, node.arg
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.lineno, node.name
        elif isinstance(node, ast.alias) and node.asname:
            yield node.lineno, node.asname
        elif isinstance(node, ast.ExceptHandler) and node.name:
            yield node.lineno, node.name


def findings(path: str, source: str) -> list[str]:
    """Return the banned names of one file that no exception allows, as `path:line: name`."""
    allowed = EXCEPTIONS.get(path, {})
    return [
        f"{path}:{line}: {name}"
        for line, name in bound_names(ast.parse(source))
        if is_banned(name) and name not in allowed
    ]


def main() -> int:
    paths = [
        path for folder in CHECKED for path in sorted((ROOT / folder).rglob("*.py")) if "migrations" not in path.parts
    ]
    wrong = [line for path in paths for line in findings(path.relative_to(ROOT).as_posix(), path.read_text())]
    for line in wrong:
        print(line)
    exceptions = sum(len(names) for names in EXCEPTIONS.values())
    if exceptions > MAX_EXCEPTIONS:
        print(f"{exceptions} exceptions, at most {MAX_EXCEPTIONS}")
    return 1 if wrong or exceptions > MAX_EXCEPTIONS else 0


if __name__ == "__main__":
    sys.exit(main())
