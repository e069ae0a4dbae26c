"""What members tell the apps above them."""

from django.dispatch import Signal

# Sent inside the transaction in which a member came, or their name, roles or organisation changed: member, by.
member_changed = Signal()
