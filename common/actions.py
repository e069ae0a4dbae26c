"""Helpers shared by every app's `actions.py`."""

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import ParamSpec, TypeVar

from django.db import transaction

P = ParamSpec("P")
R = TypeVar("R")


def action(function: Callable[P, R]) -> Callable[P, R]:
    """Run the whole write in one transaction, so that its rows and its audit entry are saved or lost together."""

    @wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        with transaction.atomic():
            return function(*args, **kwargs)

    run.is_action = True  # type: ignore[attr-defined]  # read by the audit suite, which walks every action
    return run


@contextmanager
def collection_paused() -> Iterator[None]:
    """Pause this process's garbage collector while a long action holds many rows; also usable as a decorator.

    It would scan all of them repeatedly for nothing, an eighth of the time. Whoever paused it resumes it, so two at
    once cannot leave it off.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
