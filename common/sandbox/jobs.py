"""The jobs of the sandbox and the limits of each. Must not import Django."""

import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

MAX_WRITTEN = 300_000_000
# The exit code of a job that refuses its file and writes the reason to standard error.
REFUSED = 3


class RefusedError(Exception):
    """A file refused by a job; `code` identifies the portal's sentence for it."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Job:
    """A function called as `function(file, out, *arguments)`: its module and name, and its process's limits.

    `extra_memory` is bytes beyond an idle process; `seconds` is wall-clock time, not counting the wait for a slot.
    """

    module: str
    function: str
    extra_memory: int
    cpu_seconds: int
    seconds: float


JOBS = {
    "read-sheets": Job("common.uploads.sheets", "write_sheets", 140_000_000, 8, 9),
    "read-words": Job("common.sandbox.documents", "write_words", 300_000_000, 20, 30),
    "count-pages": Job("common.sandbox.documents", "write_page_count", 700_000_000, 20, 30),
    "draw-page": Job("common.sandbox.documents", "draw_page", 700_000_000, 20, 30),
    "clean-picture": Job("common.sandbox.pictures", "clean_picture", 700_000_000, 20, 30),
}


def limit_this_process(job: Job) -> None:
    """Limit this process's resources from here on. On systems without such limits, the timeout of `run_job` remains."""
    with suppress(ImportError, OSError, ValueError):
        import resource

        pages = int(Path("/proc/self/statm").read_text().split()[0])
        memory = pages * os.sysconf("SC_PAGE_SIZE") + job.extra_memory
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
        resource.setrlimit(resource.RLIMIT_CPU, (job.cpu_seconds, job.cpu_seconds))
        resource.setrlimit(resource.RLIMIT_FSIZE, (MAX_WRITTEN, MAX_WRITTEN))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
