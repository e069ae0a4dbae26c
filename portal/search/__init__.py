"""Search over everything: an index of what somebody may read, asked by sets of numbers. docs/decisions/0014."""
