"""The data-quality desk: what is missing from the records, as counts with the rows behind them and their history.

Counts and lists use the same queryset, so that a number always equals its rows.
"""
