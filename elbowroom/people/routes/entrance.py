"""Doors that are open to strangers; each keeps its own guard."""

from fastapi import APIRouter, Request
from starlette.background import BackgroundTask
from starlette.responses import Response

from elbowroom.kit.config import Config
from elbowroom.kit.db import Read, Tx, folded
from elbowroom.kit.problems import Refused
from elbowroom.kit.web import Engines, encoded
from elbowroom.people import bodies, invitations, links, passwords, resets, setup
from elbowroom.people.caller import Anyone, cookie_name, shown_by
from elbowroom.people.colleagues import found_by_address, me
from elbowroom.people.guessing import (
    PAIR,
    RESETS,
    SOURCE,
    Guessing,
    device_sign,
    guessing_of,
    known_device,
    source_of,
)  # fmt: skip
from elbowroom.people.rights import load_viewer
from elbowroom.people.sessions import end_shown, is_known, open_session
from elbowroom.people.shapes import Doorway, Entered, Invited, Me

router = APIRouter()
REMEMBERED_FOR = 365 * 86_400


def wrong_password() -> Refused:
    detail = "Address and password do not fit together. Try again, or ask for a new password."
    return Refused(401, "wrong-password", "That did not fit", detail)


@router.post("/session", response_model=Entered)
async def sign_in(engines: Anyone, request: Request, body: bodies.SignIn) -> Response:
    guesses = guessing_of(request)
    device = known_device(engines.vault, body.email, request.cookies.get(device_cookie(engines.config)))
    tries = _count_try(guesses, body.email, source_of(request), device)
    known = await engines.db.read(lambda read: found_by_address(read, body.email))
    fits = await passwords.fits(known["password"] if known else None, body.password)
    if known is None or not fits or known["disabled_at"] is not None:
        raise wrong_password()

    def verb(tx: Tx) -> tuple[Me, str]:
        again = found_by_address(tx, body.email)
        if again is None or again["password"] != known["password"]:
            raise wrong_password()
        return enter_as(tx, engines, request, known["id"])

    whole, secret = await engines.db.write(verb)
    guesses.forgive(tries)
    guesses.give_back(source_of(request), SOURCE)
    return with_session(engines, whole, secret, body.email)


@router.post("/resets", status_code=202)
async def ask_reset(engines: Anyone, request: Request, body: bodies.ResetAsked) -> Response:
    """Looks the address up only after the answer left: neither its text nor its time tells who exists."""
    guessing_of(request).spend(("reset", source_of(request)), RESETS)
    answer = encoded({}, 202)
    answer.background = BackgroundTask(engines.db.write, lambda tx: resets.ask(tx, engines.config, body.email))
    return answer


@router.post("/resets/{token}", status_code=204)
async def settle_reset(engines: Anyone, token: str, body: bodies.ResetDone) -> Response:
    owner = await engines.db.read(lambda read: resets.owner(read, token))
    passwords.check_rules(body.password, owner["email"])
    fresh = await passwords.hash_password(body.password)
    await engines.db.write(lambda tx: resets.settle(tx, token, fresh))
    return Response(status_code=204)


@router.get("/invitations/token/{token}", response_model=Invited)
async def read_invitation(engines: Anyone, token: str) -> Response:
    return encoded(await engines.db.read(lambda read: invitations.invited(read, token)))


@router.post("/invitations/token/{token}", response_model=Entered)
async def accept_invitation(engines: Anyone, request: Request, token: str, body: bodies.Acceptance) -> Response:
    invited = await engines.db.read(lambda read: invitations.invited(read, token))
    passwords.check_rules(body.password, invited["email"])
    fresh = await passwords.hash_password(body.password)

    def verb(tx: Tx) -> tuple[Me, str]:
        person = invitations.accept(tx, token, body.name, fresh, body.language)
        return enter_as(tx, engines, request, person)

    return with_session(engines, *await engines.db.write(verb), invited["email"])


@router.get("/setup", response_model=Doorway)
async def read_setup(engines: Anyone, request: Request) -> Response:
    """Where a page should lead whoever opens it; asked first, so that a stranger meets no refusal."""
    shown = shown_by(None, request.cookies, engines.config)

    def question(read: Read) -> Doorway:
        return {
            "needed": setup.is_needed(read), "demo": request.app.state.demo, "signed_in": is_known(read, shown)
        }  # fmt: skip

    return encoded(await engines.db.read(question))


@router.post("/setup", response_model=Entered)
async def set_up(engines: Anyone, request: Request, body: bodies.First) -> Response:
    await engines.db.read(lambda read: setup.require_token(read, body.token))
    passwords.check_rules(body.password, body.email)
    fresh = await passwords.hash_password(body.password)

    def verb(tx: Tx) -> tuple[Me, str]:
        person = setup.set_up(tx, body.token, body.email, body.name, fresh, body.language)
        return enter_as(tx, engines, request, person)

    return with_session(engines, *await engines.db.write(verb), body.email)


def enter_as(tx: Tx, engines: Engines, request: Request, person: int) -> tuple[Me, str]:
    """A new session in place of the one that the browser showed; returns the cookie's secret."""
    viewer = load_viewer(tx, person)
    if viewer is None:
        raise wrong_password()
    shown = shown_by(None, request.cookies, engines.config)
    end_shown(tx, shown)
    secret = open_session(tx, person, request.headers.get("user-agent", ""))
    if viewer.is_administrator:
        links.learn(tx, engines.config, links.asked_at(request))
    return me(tx, viewer), secret


def with_session(engines: Engines, whole: Me, secret: str, email: str = "") -> Response:
    """Answers {me} with the cookie. How long it holds is the session's affair, not the cookie's."""
    answer = encoded({"me": whole})
    _set_cookie(answer, engines.config, cookie_name(engines.config), secret)
    if email:
        _set_cookie(answer, engines.config, device_cookie(engines.config), device_sign(engines.vault, email))
    return answer


def without_session(answer: Response, config: Config) -> Response:
    answer.delete_cookie(cookie_name(config), path="/", secure=config.is_https, httponly=True, samesite="lax")
    return answer


def device_cookie(config: Config) -> str:
    return f"{cookie_name(config)}-device"


def _set_cookie(answer: Response, config: Config, name: str, value: str) -> None:
    https = config.is_https
    answer.set_cookie(name, value, REMEMBERED_FOR, path="/", secure=https, httponly=True, samesite="lax")


def _count_try(guesses: Guessing, email: str, source: str, device: str | None) -> tuple[str, str]:
    """Raises Refused (429). A known browser is counted by itself and feels no neighbour."""
    if device is not None:
        tries = ("device", device)
        guesses.spend(tries, PAIR)
        return tries
    tries = (folded(email) or "", source)
    guesses.spend(tries, PAIR)
    guesses.spend(source, SOURCE)
    return tries
