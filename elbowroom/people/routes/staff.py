"""Who works here and where: departments, people, invitations."""

from fastapi import APIRouter
from starlette.responses import Response

from elbowroom.kit.commands import Answer
from elbowroom.kit.db import Read, Tx
from elbowroom.people import agents, bodies, colleagues, departments, invitations, links, post
from elbowroom.people.caller import Administrator, SignedIn
from elbowroom.people.rights import Viewer
from elbowroom.people.shapes import Department, Departments, Invitations, NewlyInvited, People, Person

router = APIRouter()


@router.get("/departments", response_model=Departments)
async def read_departments(caller: SignedIn) -> Response:
    return await caller.answer(lambda read, viewer: {"departments": departments.seen_by(read, viewer)})


@router.post("/departments", response_model=Department, status_code=201)
async def make_department(caller: Administrator, body: bodies.NewDepartment) -> Response:
    def verb(tx: Tx, viewer: Viewer) -> Answer:
        return Answer({**departments.make(tx, body.name, viewer.by)}, 201)

    return await caller.command(verb, scope="admin")


@router.patch("/departments/{id}", response_model=Department)
async def change_department(caller: Administrator, id: int, body: bodies.DepartmentChanges) -> Response:
    def verb(tx: Tx, viewer: Viewer) -> Answer:
        return Answer({**departments.change(tx, viewer.by, id, body.from_version, body.name)})

    return await caller.command(verb, scope="admin")


@router.get("/people", response_model=People)
async def read_people(caller: Administrator) -> Response:
    return await caller.answer(lambda read, _viewer: {"people": colleagues.everyone(read)})


@router.patch("/people/{id}", response_model=Person)
async def change_person(caller: Administrator, id: int, body: bodies.PersonChanges) -> Response:
    wanted = body.model_dump(exclude_unset=True, exclude_none=True, exclude={"from_version"})

    def verb(tx: Tx, viewer: Viewer) -> Answer:
        return Answer({**agents.change(tx, viewer.by, id, body.from_version, wanted)})

    return await caller.command(verb, scope="admin")


@router.get("/invitations", response_model=Invitations)
async def read_invitations(caller: Administrator) -> Response:
    def question(read: Read, _viewer: Viewer) -> object:
        return {"invitations": invitations.open_ones(read)}

    return await caller.answer(question)


@router.post("/invitations", response_model=NewlyInvited, status_code=201)
async def invite(caller: Administrator, body: bodies.NewInvitation) -> Response:
    """Answers with the link, to be handed on by any way, and whether a mail with it was queued."""
    config, vault = caller.engines.config, caller.engines.vault

    def verb(tx: Tx, viewer: Viewer) -> Answer:
        made, secret = invitations.make(tx, viewer, body.email, body.name, body.role, body.departments)
        address = config.url or links.asked_at(caller.request)
        link = links.link(address, "invitation", secret)
        mailed = post.can_send(tx, config)
        if mailed:
            language = colleagues.me(tx, viewer)["language"]
            values = {"name": body.name, "by": viewer.name, "desk": address, "link": link}
            post.queue(tx, body.email, post.INVITATION, language, give_up_for=invitations.LASTS_FOR, **values)
        return Answer({**made, "link": vault.seal(link), "mailed": mailed}, 201)

    return await caller.command(verb, scope="admin", sealed=("link",))


@router.delete("/invitations/{id}")
async def end_invitation(caller: Administrator, id: int) -> Response:
    def verb(tx: Tx, _viewer: Viewer) -> Answer:
        invitations.end(tx, id)
        return Answer({})

    return await caller.command(verb, scope="admin")
