"""Uploaded and pasted sheets as plain cells. `reading` is the way in; the rest runs in the sandbox and must not import Django."""
