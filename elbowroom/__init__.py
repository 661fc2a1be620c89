"""Elbowroom: a support desk in which two agents never step on each other."""

__version__ = "0.1.0"
