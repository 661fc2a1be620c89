"""Telling people what concerns them, where they are."""
