"""Uploaded and pasted sheets as plain cells. `reading` is the entry point; the rest is sandboxed and must not import Django."""
