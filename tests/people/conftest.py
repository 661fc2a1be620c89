"""People's district alone: its doors on a fresh store, and the cast behind their browsers."""

import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher
from fastapi import FastAPI
from fastapi.testclient import TestClient

from elbowroom.kit import journal
from elbowroom.kit.bus import Bus
from elbowroom.kit.clock import TravelClock
from elbowroom.kit.config import Config
from elbowroom.kit.db import Database, metadata
from elbowroom.kit.files import Files
from elbowroom.kit.jobs import jobs
from elbowroom.kit.vault import Vault
from elbowroom.kit.web import Engines, answer_problems
from elbowroom.people import agents, departments, passwords
from elbowroom.people.rights import Viewer, load_viewer
from elbowroom.people.routes import router
from tests.engines import address, copied, dropped, formed

STRONG = passwords._hasher
PASSWORD = "a quiet bicycle bell"
HASH = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1).hash(PASSWORD)


@dataclass
class Browser:
    """One browser: its cookies, and a fresh key for each write unless told otherwise."""

    client: TestClient
    id: int = 0
    email: str = ""

    def get(self, path: str, **more: Any) -> Any:
        return self.client.get(f"/api{path}", **more)

    def send(self, method: str, path: str, body: Any = None, *, key: str | None = "fresh", **headers: str) -> Any:
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if key is not None:
            sent["Idempotency-Key"] = str(uuid.uuid4()) if key == "fresh" else key
        return self.client.request(method, f"/api{path}", json=body, headers=sent)

    def sign_in(self, email: str = "", password: str = PASSWORD, **headers: str) -> Any:
        self.email = email or self.email
        return self.send("POST", "/session", {"email": self.email, "password": password}, key=None, **headers)


@dataclass
class Desk:
    engines: Engines
    clock: TravelClock
    app: FastAPI
    base: str = "http://desk.example"
    told: list[tuple[str, Any]] = field(default_factory=list)

    def viewer(self, person: int) -> Viewer:
        viewer = self.read(lambda read: load_viewer(read, person))
        assert isinstance(viewer, Viewer)
        return viewer

    def browser(self, ip: str = "192.0.2.1") -> Browser:
        client = TestClient(self.app, self.base, raise_server_exceptions=True, client=(ip, 50000))
        return Browser(client)

    def signed_in(self, email: str) -> Browser:
        browser = self.browser()
        answer = browser.sign_in(email)
        assert answer.status_code == 200, answer.text
        browser.id = answer.json()["me"]["id"]
        return browser

    def write(self, verb: Callable[..., Any]) -> Any:
        return self.engines.db.write_now(verb)

    def read(self, question: Callable[..., Any]) -> Any:
        return self.engines.db.read_now(question)

    def mails(self) -> list[dict[str, str]]:
        rows = self.read(lambda read: read.rows(jobs.select().order_by(jobs.c.id)))
        return [row["data"] for row in rows if row["kind"] == "system_mail"]

    def facts(self, place: str) -> list[dict[str, Any]]:
        kept = self.read(lambda read: [journal.expanded(read, one) for one in journal.of_place(read, place, 0)])
        return list(kept)


@pytest.fixture(autouse=True)
def quick_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """The slowness of a hash is not what these tests are about; test_sign_in.py holds it to its strength."""
    monkeypatch.setattr(passwords, "_hasher", PasswordHasher(time_cost=1, memory_cost=64, parallelism=1))
    monkeypatch.setattr(passwords, "MEMORY", 64)


@pytest.fixture
def url() -> str:
    """The address in the settings; a test that needs another one parametrizes it."""
    return ""


@pytest.fixture(scope="session")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return formed(tmp_path_factory.mktemp("empty"), metadata.sorted_tables)


@pytest.fixture
def empty_desk(empty: Path, tmp_path: Path, url: str) -> Iterator[Desk]:
    clock = TravelClock()
    config = Config(data_dir=tmp_path, url=url)
    db = Database(address(copied(empty, tmp_path)), clock)
    db.start()
    db.write_now(journal.new_epoch)
    app = FastAPI()
    app.include_router(router)
    answer_problems(app)
    engines = Engines(config, clock, db, Bus(), Files(tmp_path / "files"), Vault("a secret of the tests"))
    app.state.engines, app.state.demo = engines, False
    desk = Desk(engines, clock, app, url or "http://desk.example")
    db.listeners.append(desk.told.extend)
    yield desk
    db.close()
    dropped(tmp_path)


@pytest.fixture
def desk(empty_desk: Desk) -> Desk:
    def verb(tx: Any) -> None:
        support = departments.make(tx, "Support")["id"]
        billing = departments.make(tx, "Billing")["id"]
        for name, role, within in (
            ("Ada", "administrator", ()),
            ("Bianca", "agent", (support,)),
            ("Hanna", "agent", (support,)),
            ("Omid", "manager", (support,)),
            ("Lena", "agent", (billing,)),
        ):
            email = f"{name.lower()}@desk.example"
            agents.make(tx, email, name, role, within=within, password_hash=HASH)  # type: ignore[arg-type]

    empty_desk.write(verb)
    return empty_desk


def _one_of_the_cast(name: str) -> Callable[[Desk], Browser]:
    def someone(desk: Desk) -> Browser:
        return desk.signed_in(f"{name}@desk.example")

    return pytest.fixture(name=name)(someone)


ada, bianca, hanna, omid, lena = map(_one_of_the_cast, ("ada", "bianca", "hanna", "omid", "lena"))
SUPPORT, BILLING = 1, 2
