"""Signals that trainings sends to the apps above it."""

from django.dispatch import Signal

# Sent after commit when the counted figures change: submitted, withdrawn, returned, verified or amended.
figures_changed = Signal()
