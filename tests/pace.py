"""How fast this machine is just now, so that a limit in seconds means the same on a busy one."""

import time

USUAL_SECONDS = 0.05  # one million turns of an empty loop, where the limits were set
TURNS = 1_000_000


def pace() -> float:
    """Return how many times slower than usual this machine is just now, at least 1.0. Takes 0.1 to 0.5 s."""
    each = []
    for _n in range(3):
        began = time.perf_counter()
        for _turn in range(TURNS):
            pass
        each.append(time.perf_counter() - began)
    return max(1.0, sorted(each)[1] / USUAL_SECONDS)
