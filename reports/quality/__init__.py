"""The data-quality desk: what the records lack, counted, opened down to the rows, and how it has changed.

What is counted and what is listed is the same queryset, so that a number always equals its rows.
"""
