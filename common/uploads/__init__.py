"""Uploaded and pasted sheets as plain cells. `reading` is the way in; the rest runs in a process of its own.

`child`, `workbook`, `delimited` and `cells` must not import Django: the process starts in a tenth of a second.
"""
