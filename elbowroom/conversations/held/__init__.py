"""Replies that are held back, and whoever waits for one to be decided."""
