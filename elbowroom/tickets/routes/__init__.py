"""The doors of tickets."""

from fastapi import APIRouter

from elbowroom.tickets.routes import inboxes, labels, locks, tickets

router = APIRouter(prefix="/api", tags=["tickets"])
for part in (tickets, labels, locks, inboxes):
    router.include_router(part.router)
