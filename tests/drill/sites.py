"""Every place in views, forms and filters at which a scope or check is asked, and how that one place is made to ask nothing.

A place is a call in the source. Its function is compiled again with that one call replaced, and takes the new code while the
drill looks; so decorators, closures and whoever holds the function stay as they are.
"""

import ast
import inspect
import types
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.models import QuerySet

APPS = ("portal", "search", "reports", "knowledge", "trainings", "trainers", "notifications", "members", "mail")
ROOMS = {"views", "forms", "form", "pages", "filters", "comparison", "desk", "context", "todo"}
# What takes the place of a guard that raises: what it returns when it lets in.
GUARDS = {
    "require": "None", "_check_visible": "None", "managing": "{0}.user", "editing": "{0}.user", "_editing": "{0}.user",
    "_reader": "{0}.user",
    "managed": "({0}.user, __import__('members.models').models.Member._base_manager.select_related('organisation')"
               ".prefetch_related('roles').get(pk={1}))",
}  # fmt: skip
UNSCOPED = "(lambda rows: rows.model._default_manager.all())({call})"
NOTED = "__noted__"
# Where a call stands: its first and last line and column, as a call on what it returns begins at the same letter.
Place = tuple[int, int, int, int]


@dataclass(frozen=True)
class Site:
    """One call in the source, and the expression that takes its place."""

    module: str
    function: str
    line: int
    call: str
    instead: str

    @property
    def label(self) -> str:
        return f"{self.module}:{self.line} {self.call[:70]}"


def modules() -> Iterator[types.ModuleType]:
    for app in APPS:
        for path in sorted((Path(settings.BASE_DIR) / app).rglob("*.py")):
            parts = path.relative_to(settings.BASE_DIR).with_suffix("").parts
            if (
                any(ROOMS.intersection(part.split("_")) for part in parts[1:])
                and "migrations" not in parts
                and "demo" not in parts
            ):
                yield import_module(".".join(part for part in parts if part != "__init__"))


def _kind_of(module: types.ModuleType, call: ast.Call) -> str | None:
    """Return the expression that takes the place of this call, with {call} for the call itself; None if it decides nothing."""
    query = call.func
    if isinstance(query, ast.Name):
        if query.id in GUARDS and hasattr(module, query.id):
            return GUARDS[query.id].format(*(ast.unparse(argument) for argument in call.args))
        kind = getattr(module, query.id, None)
        if query.id == "get_object_or_404" and not isinstance(call.args[0], ast.Name):
            key = ", ".join(
                f"{word.arg}={ast.unparse(word.value)}" for word in call.keywords if word.arg in ("pk", "slug")
            )
            if key:
                rows = UNSCOPED.replace("{call}", f"({ast.unparse(call.args[0])})")
                return f"get_object_or_404({rows}, {key})"
        if query.id == "get_object_or_404" and len(call.keywords) > 1:
            return f"get_object_or_404({ast.unparse(call.args[0])}, pk=pk)"
        return _by_what_it_returns(kind) if inspect.isfunction(kind) and kind.__module__.endswith(".access") else None
    if isinstance(query, ast.Attribute) and isinstance(query.value, ast.Name) and query.value.id == "access":
        return _by_what_it_returns(getattr(module.access, query.attr))
    return "True" if isinstance(query, ast.Attribute) and query.attr == "has_perm" else None


def _place_of(call: ast.Call) -> Place:
    return (call.lineno, call.col_offset, call.end_lineno or 0, call.end_col_offset or 0)


def _by_what_it_returns(function: Callable[..., Any]) -> str | None:
    returned = inspect.signature(function).return_annotation
    if returned is bool:
        return "True"
    kind = getattr(returned, "__origin__", returned)
    return UNSCOPED if inspect.isclass(kind) and issubclass(kind, QuerySet) else None


class _Replace(ast.NodeTransformer):
    """Replaces the calls at these places, with other expressions."""

    def __init__(self, instead: dict[Place, str]) -> None:
        self.instead = instead

    def visit_Call(self, node: ast.Call) -> ast.AST:
        place = _place_of(node)
        self.generic_visit(node)
        words = self.instead.get(place)
        if words is None:
            return node
        new = ast.parse(words.replace("{call}", f"({ast.unparse(node)})"), mode="eval").body
        return ast.copy_location(new, node)


def _functions(module: types.ModuleType) -> dict[str, types.FunctionType]:
    """The functions and methods that this module itself defines, by their qualified name, without their decorators."""
    results = {}
    holders = [module, *(c for c in vars(module).values() if inspect.isclass(c) and c.__module__ == module.__name__)]
    for holder in holders:
        for value in vars(holder).values():
            function = value.fget if isinstance(value, property) else value
            while hasattr(function, "__wrapped__"):
                function = function.__wrapped__
            if inspect.isfunction(function) and function.__code__.co_filename == module.__file__:
                results[function.__code__.co_qualname] = function
    return results


def _codes(code: types.CodeType) -> Iterator[types.CodeType]:
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            yield constant
            yield from _codes(constant)


def _compiled(module: types.ModuleType, instead: dict[Place, str]) -> dict[str, types.CodeType]:
    """Compile the module with these calls replaced; return the code of each function by its qualified name."""
    tree = _Replace(instead).visit(ast.parse(Path(str(module.__file__)).read_text()))
    whole = compile(ast.fix_missing_locations(tree), str(module.__file__), "exec")
    return {code.co_qualname: code for code in _codes(whole)}


@contextmanager
def _taken_by(module: types.ModuleType, codes: dict[str, types.CodeType]) -> Iterator[None]:
    functions = _functions(module)
    before = {name: functions[name].__code__ for name in codes if name in functions}
    for name in before:
        functions[name].__code__ = codes[name]
    try:
        yield
    finally:
        for name, code in before.items():
            functions[name].__code__ = code


def _outermost(tree: ast.Module) -> Iterator[tuple[str, ast.FunctionDef]]:
    """Yield the functions of a module and the methods of its classes, by their qualified name."""
    for node in tree.body:
        inner = node.body if isinstance(node, ast.ClassDef) else [node]
        prefix = f"{node.name}." if isinstance(node, ast.ClassDef) else ""
        yield from ((prefix + function.name, function) for function in inner if isinstance(function, ast.FunctionDef))


def sites() -> list[tuple[Site, Place]]:
    """Every place at which something is asked, in the order of the source. What only hands on an inner call is left out."""
    results = []
    for module in modules():
        known = _functions(module)
        for name, outer in _outermost(ast.parse(Path(str(module.__file__)).read_text())):
            query = [
                (call, instead)
                for call in ast.walk(outer)
                if isinstance(call, ast.Call) and (instead := _kind_of(module, call))
            ]
            inner = {id(node) for call, _instead in query for node in ast.walk(call) if node is not call}
            handing_on = {
                id(call) for call, _instead in query if any(id(node) in inner for node in _only_arguments(call, query))
            }
            for call, instead in query:
                if name in known and id(call) not in handing_on:
                    site = Site(module.__name__, name, call.lineno, ast.unparse(call), instead)
                    results.append((site, _place_of(call)))
    return results


def _only_arguments(call: ast.Call, query: list[tuple[ast.Call, str]]) -> list[ast.AST]:
    """The asking calls in the first argument of a guard that does nothing but refuse what they refuse."""
    if not isinstance(call.func, ast.Name) or call.func.id not in ("require", "get_object_or_404") or not call.args:
        return []
    first, asking = call.args[0], {id(node) for node, _instead in query}
    if call.func.id == "require":
        return [first] if id(first) in asking else []
    return [node for node in ast.walk(first) if id(node) in asking]


@contextmanager
def asking_nothing(site: Site, place: Place) -> Iterator[None]:
    """Let that one place ask nothing."""
    module = import_module(site.module)
    codes = _compiled(module, {place: site.instead})
    with _taken_by(module, {site.function: codes[site.function]}):
        yield


@contextmanager
def noting(every: list[tuple[Site, Place]], called: set[str]) -> Iterator[None]:
    """Note the label of each place that is come by."""
    with_places: dict[str, dict[Place, str]] = {}
    for site, place in every:
        with_places.setdefault(site.module, {})[place] = f"({NOTED}({site.label!r}), {{call}})[1]"
    managers = []
    for name, instead in with_places.items():
        module = import_module(name)
        module.__dict__[NOTED] = called.add
        managers.append(_taken_by(module, _compiled(module, instead)))
    for manager in managers:
        manager.__enter__()
    try:
        yield
    finally:
        for manager in reversed(managers):
            manager.__exit__(None, None, None)
        for name in with_places:
            del import_module(name).__dict__[NOTED]
