"""The doors of what is said."""

from fastapi import APIRouter

from elbowroom.conversations.routes import (
    drafts,
    files,
    held,
    merges,
    notes,
    opening,
    reading,
    replies,
    scheduled,
    strays,
)

router = APIRouter(prefix="/api", tags=["conversations"])
for part in (opening, merges, replies, scheduled, notes, drafts, held, reading, files, strays):
    router.include_router(part.router)
