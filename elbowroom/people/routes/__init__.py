"""People's doors."""

from fastapi import APIRouter

from elbowroom.people.routes import account, entrance, staff

router = APIRouter(prefix="/api", tags=["people"])
for part in (entrance, account, staff):
    router.include_router(part.router)
