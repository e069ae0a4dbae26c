"""Full-text search over everything, in the database itself. See docs/decisions/0014."""
