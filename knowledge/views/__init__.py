"""Pages of knowledge, by noun."""
