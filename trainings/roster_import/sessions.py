"""Match columns of marks to the sessions of a training."""

from collections import Counter
from collections.abc import Mapping, Sequence

from trainings.models import Session
from trainings.roster_import.parsing.headers import SessionHeader

ALL = "all"


def sessions_of_columns(
    headers: Sequence[SessionHeader], sessions: Sequence[Session], chosen: Mapping[int, str]
) -> list[list[Session]]:
    """Return for each column of marks its sessions: by a person's choice, by its day, by its number, by position.

    `chosen` holds for a column (by its position among the columns of marks) the key of a session, "all", or "" for none. An
    empty list is a column whose session is unknown: a question, unless it was chosen so.
    """
    sessions_by_column: list[list[Session]] = []
    used: Counter[tuple[int, int]] = Counter()
    for n, header in enumerate(headers):
        if n in chosen:
            wanted = chosen[n]
            sessions_by_column.append([s for s in sessions if wanted == ALL or str(s.pk) == wanted])
            continue
        there: list[Session] = []
        if header.day and header.month:
            on_day = [s for s in sessions if (s.date.day, s.date.month) == (header.day, header.month)]
            place = used[header.day, header.month]
            used[header.day, header.month] += 1
            there = on_day[place : place + 1]
            if header.year and there and there[0].date.year != header.year:
                there = []
        elif header.number:
            there = list(sessions[header.number - 1 : header.number])
        elif len(headers) == len(sessions):
            there = [sessions[n]]
        sessions_by_column.append(there)
    return sessions_by_column
