"""Locks are the only thing about togetherness that is stored; who looked at what never is."""

from sqlalchemy import Column, Float, ForeignKey, String, Table

from elbowroom.kit.db import Number, metadata

locks = Table(  # rows are never deleted: the fence of a place must never fall
    "locks",
    metadata,
    Column("place", String, primary_key=True),
    Column("person", ForeignKey("people.id"), index=True),  # null: free
    Column("fence", Number, nullable=False),
    Column("since", Float, nullable=False),
    Column("idle_for", Float),  # freed after so many seconds without input; null: as long as the tab is there
    Column("until", Float),  # a program's lease; a browser's lock lives as long as its tab
)
