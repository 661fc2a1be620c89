"""The ticket: a list of its capabilities."""
