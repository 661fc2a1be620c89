"""Locks and beats are all that is stored about togetherness; who looked at what never is."""

from sqlalchemy import JSON, Column, Float, ForeignKey, String, Table

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
    Column("asked_by", Number),  # who asks to have it handed over, until when, and who hears of it
    Column("asked_until", Float),
    Column("asked_audience", String),
)
nodes = Table(  # written only where several servers may share the store
    "nodes",
    metadata,
    Column("node", String, primary_key=True),
    Column("beat", Number, nullable=False),
    Column("claims", JSON, nullable=False),  # places whose holders are there by a connection of this node
)
