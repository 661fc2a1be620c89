"""The doors of tickets."""

from fastapi import APIRouter

from elbowroom.tickets.routes import archive, bin, folders, inboxes, labels, locks, people, tickets

router = APIRouter(prefix="/api", tags=["tickets"])
for part in (tickets, labels, locks, inboxes, folders, archive, bin, people):
    router.include_router(part.router)
