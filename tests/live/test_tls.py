"""The desk speaks TLS itself: pages over https, the socket over wss, and a cookie that leaves by no other way."""

import json
import re
import socket
import ssl
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any, cast

import httpx2 as httpx
import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from elbowroom import cli
from tests import engines
from tests.cast import PASSWORD, eventually
from tests.mailservers import certificate
from tests.served import ServedDesk

pytestmark = pytest.mark.slow


class Secure(ServedDesk):
    """`elbowroom serve` with a certificate of its own."""

    trust: ssl.SSLContext

    @property
    def origin(self) -> str:
        return f"https://127.0.0.1:{self.port}"

    def browser(self) -> httpx.Client:
        return httpx.Client(base_url=self.origin, verify=self.trust, trust_env=False, timeout=20)

    def is_up(self) -> bool:
        assert self.process is not None
        assert self.process.poll() is None, self.words()
        with self.browser() as browser:
            try:
                return browser.get("/readyz").status_code == 200
            except httpx.TransportError:
                return False


@pytest.fixture
def desk(template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Secure]:
    chain, key = certificate(tmp_path)
    monkeypatch.setenv("ELBOWROOM_TLS_CERTIFICATE", str(chain))
    monkeypatch.setenv("ELBOWROOM_TLS_KEY", str(key))
    desk = Secure(engines.copied(template, tmp_path / "desk"))
    desk.trust = ssl.create_default_context(cafile=str(chain))
    desk.start()
    yield desk
    desk.close()
    engines.dropped(tmp_path / "desk")


@pytest.fixture
def hanna(desk: Secure) -> Iterator[httpx.Client]:
    with desk.browser() as hanna:
        answer = hanna.post("/api/session", json={"email": "hanna@desk.example", "password": PASSWORD})
        assert answer.status_code == 200
        cookie = answer.headers["set-cookie"]
        assert cookie.startswith("__Host-elbowroom=")
        assert "; Secure" in cookie
        assert "max-age" in answer.headers["strict-transport-security"]
        yield hanna


def opens(desk: Secure, hanna: httpx.Client, wires: ExitStack, *, room: int = 0) -> ClientConnection:
    """A socket over TLS that watches the first inbox; `room`: bytes that its kernel takes unread."""
    wire = socket.socket()
    if room:
        wire.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, room)
    wire.connect(("127.0.0.1", desk.port))
    shown = {"Cookie": "; ".join(f"{name}={value}" for name, value in hanna.cookies.items())}
    opening = connect(
        f"wss://127.0.0.1:{desk.port}/api/live", sock=wire, ssl=desk.trust, additional_headers=shown,
        origin=cast(Any, desk.origin), compression=None, proxy=None, ping_interval=None, max_size=None, max_queue=1,
        close_timeout=0,
    )  # fmt: skip
    tab: ClientConnection = wires.enter_context(cast(Any, opening))
    for said in ({"type": "hello", "tab": "t", "nonce": str(room)}, {"type": "watch", "place": "inbox/1"}):
        tab.send(json.dumps(said))
    return tab


def until(tab: ClientConnection, kind: str) -> dict[str, Any]:
    while (heard := json.loads(tab.recv(timeout=8)))["type"] != kind:
        pass
    return cast(dict[str, Any], heard)


def opened(hanna: httpx.Client, subject: str) -> int:
    body = {"subject": subject, "requester": "nora@customer.example", "body": "Broken."}
    answer = hanna.post("/api/tickets", json=body, headers={"Idempotency-Key": subject})
    assert answer.status_code == 201
    return int(answer.json()["id"])


def test_the_socket_is_heard_over_tls(desk: Secure, hanna: httpx.Client) -> None:
    with ExitStack() as wires:
        tab = opens(desk, hanna, wires)
        assert until(tab, "welcome")["me"]["name"] == "Hanna"
        assert until(tab, "snapshot")["place"] == "inbox/1"
        ticket = opened(hanna, "Lamp")
        assert [row["id"] for row in until(tab, "rows")["rows"]] == [ticket]
        desk.stop()
        with pytest.raises(ConnectionClosed):
            until(tab, "never")


def test_who_reads_nothing_is_cut_off_over_tls_too(desk: Secure, hanna: httpx.Client) -> None:
    ticket = opened(hanna, "Lamp")
    with ExitStack() as wires:
        deaf = opens(desk, hanna, wires, room=4096)
        deaf.send(json.dumps({"type": "watch", "place": f"ticket/{ticket}"}))
        eventually(lambda: sockets(hanna) == 1, "she listens")
        for number in range(60):
            body = {"body": f"{number} " + "x" * 199_000}
            key = {"Idempotency-Key": f"note {number}"}
            assert hanna.post(f"/api/tickets/{ticket}/notes", json=body, headers=key).status_code == 201
            if not sockets(hanna):
                break
        assert sockets(hanna) == 0


def sockets(hanna: httpx.Client) -> int:
    found = re.search(r"^elbowroom_sockets (\d+)", hanna.get("/metrics").text, re.M)
    assert found
    return int(found[1])


def test_a_key_that_does_not_fit_is_told_at_the_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ELBOWROOM_DATA_DIR", str(tmp_path))
    (tmp_path / "other").mkdir()
    chain, _ = certificate(tmp_path)
    _, key = certificate(tmp_path / "other")
    assert cli.main(["serve", "--port", "0", "--certificate", str(chain), "--key", str(key)]) == 1
    assert f"{key} is not the key of {chain}" in capsys.readouterr().err
