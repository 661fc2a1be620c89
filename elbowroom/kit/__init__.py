"""Engines and tools. No help-desk word in here; only this folder touches engines."""
