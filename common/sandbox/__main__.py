"""The process of one job: `python -m common.sandbox JOB [ARGUMENT…]`, the file on standard input, the answer on standard output.

Exits with 0, with REFUSED and the reason on standard error, or in any other way if the file broke a library.
"""

import sys
from importlib import import_module

from common.sandbox.jobs import JOBS, REFUSED, RefusedError, limit_this_process


def main() -> None:
    # pypdfium2 and Pillow import numpy where it happens to be installed, which fills the memory.
    sys.modules["numpy"] = None  # type: ignore[assignment]  # a module of None cannot be imported: its documented use
    job = JOBS[sys.argv[1]]
    limit_this_process(job)
    sys.stdin.buffer.seek(0)
    try:
        getattr(import_module(job.module), job.function)(sys.stdin.buffer, sys.stdout.buffer, *sys.argv[2:])
    except RefusedError as refused:
        reason = refused.code
    except MemoryError:
        reason = "memory"
    else:
        return
    sys.stderr.write(f"\n{reason}")
    raise SystemExit(REFUSED)


if __name__ == "__main__":
    main()
