"""How fast this machine is just now, so that a limit in seconds means the same on a busy one."""

import gc
import time

# What making 50,000 small things takes where the limits were set. Such work is what a busy machine slows down most: it
# waits for memory, while an empty loop hardly notices the neighbours.
USUAL_SECONDS = 0.0115
SMALL_THINGS = 50_000


def is_within(took: float, most: float) -> bool:
    """Whether something took less than `most`, in the same unit, on a machine as fast as usual. The pace is measured where in doubt."""
    return took < most or took < most * pace()


def pace() -> float:
    """Return how many times slower than usual this machine is just now, at least 1.0. Takes 0.1 to 0.3 s.

    Without the collector, which would look through all that a test process holds and make any machine seem slow.
    """
    each = []
    was_on = gc.isenabled()
    gc.disable()
    try:
        for _n in range(5):
            began = time.perf_counter()
            made = [[n, {"n": str(n)}] for n in range(SMALL_THINGS)]
            each.append(time.perf_counter() - began)
            del made
    finally:
        if was_on:
            gc.enable()
    return max(1.0, sorted(each)[2] / USUAL_SECONDS)
