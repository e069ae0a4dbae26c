"""Search over everything, on the database's own full text. docs/decisions/0015."""
