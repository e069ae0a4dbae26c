"""Files that people send are read in a process of their own: little memory and time, no secrets, never an exception.

`run.run_job` is the way in for the portal; `jobs` says which jobs there are and what each may take; `__main__` is the
process itself. Jobs must not import Django: the process starts in a tenth of a second.
"""
