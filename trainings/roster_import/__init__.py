"""From a roster as read to what an import would do: who is who, what changes, what a person must decide. `plan` is the way in."""
