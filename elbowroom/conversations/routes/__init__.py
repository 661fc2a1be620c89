"""The doors of what is said."""

from fastapi import APIRouter

from elbowroom.conversations.routes import (
    drafts,
    files,
    forwards,
    held,
    merges,
    notes,
    opening,
    reading,
    replies,
    saved,
    scheduled,
    strays,
    undelivered,
)

router = APIRouter(prefix="/api", tags=["conversations"])
PARTS = (
    opening, merges, replies, forwards, scheduled, notes, drafts, held, undelivered, saved, reading, files, strays,
)  # fmt: skip
for part in PARTS:
    router.include_router(part.router)
