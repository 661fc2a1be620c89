"""Replies from the one door that admits them to the moment they leave, or come back."""
