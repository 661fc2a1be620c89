"""The doors of what is said."""

from fastapi import APIRouter

from elbowroom.conversations.routes import drafts, files, held, merges, notes, opening, reading, replies, scheduled

router = APIRouter(prefix="/api", tags=["conversations"])
for part in (opening, merges, replies, scheduled, notes, drafts, held, reading, files):
    router.include_router(part.router)
