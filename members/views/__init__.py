"""The pages of members, invitations, organisations and one's own account."""
