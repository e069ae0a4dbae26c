"""Signals that members send to the apps above."""

from django.dispatch import Signal

# Sent inside the transaction in which a member joined, or their name, roles or organisation changed: member, by.
member_changed = Signal()
