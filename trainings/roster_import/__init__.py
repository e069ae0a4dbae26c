"""Plan an import from a roster as read: who is who, what changes, what a person must decide. Start with `plan`."""
