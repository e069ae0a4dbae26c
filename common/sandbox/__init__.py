"""Uploaded files are read in a separate process: limited memory and time, no secrets, never an exception.

`run.run_job` is the entry point for the portal; `jobs` lists the jobs and their limits; `__main__` is the
process itself. Jobs must not import Django: the process starts in a tenth of a second.
"""
