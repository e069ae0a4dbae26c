"""What trainings tell the apps above them."""

from django.dispatch import Signal

# Sent after the commit of a change to the figures that count: submitted, recalled, returned, verified or amended.
figures_changed = Signal()
