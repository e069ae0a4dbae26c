"""A training as a workbook to fill in offline: written with keys, read back by them, compared three ways before import."""
