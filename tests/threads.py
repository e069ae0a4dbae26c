"""Acts that start at the same moment, each in a thread and a connection of its own."""

from collections.abc import Callable
from threading import Barrier, Thread
from typing import Any

import pytest
from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.db import IntegrityError, connection

from trainings.attendance.actions import KeyReusedError

needs_two_connections = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        connection.vendor == "sqlite",
        reason="SQLite in memory has one connection and one writer at a time: nothing races",
    ),
]
REFUSALS = (IntegrityError, ObjectDoesNotExist, ValidationError, KeyReusedError)


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """Run the acts in threads that start together; return what each returned or raised."""
    together, outcomes = Barrier(len(acts)), [None] * len(acts)

    def run(n: int, act: Callable[[], Any]) -> None:
        try:
            together.wait(10)
            outcomes[n] = act()
        except REFUSALS as wrong:
            outcomes[n] = wrong
        finally:
            connection.close()

    threads = [Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return outcomes
