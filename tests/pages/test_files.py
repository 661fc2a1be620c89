"""The built page's files: kept for ever by browsers, packed for the way, and nothing beside them is given out."""

import gzip
from pathlib import Path

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from elbowroom.pages import pages

SCRIPT = "export const room = 1;\n" * 200


@pytest.fixture
def browser(tmp_path: Path) -> TestClient:
    static = tmp_path / "static"
    (static / "assets").mkdir(parents=True)
    (static / "index.html").write_text("<title>Elbowroom</title>")
    (static / "assets" / "desk-1a2b.js").write_text(SCRIPT)
    (static / "assets" / "inter-1a2b.woff2").write_bytes(b"wOF2")
    (tmp_path / "secret").write_text("no")
    app = FastAPI()
    pages.mount(app, static)
    return TestClient(app)


def test_a_script_comes_packed_to_whoever_can_unpack_it(browser: TestClient) -> None:
    path = "/assets/desk-1a2b.js"
    with browser.stream("GET", path, headers={"accept-encoding": "gzip"}) as answer:
        packed = b"".join(answer.iter_raw())
    assert gzip.decompress(packed).decode() == SCRIPT
    assert answer.headers["vary"] == "accept-encoding"
    plain = browser.get(path, headers={"accept-encoding": "identity"})
    assert plain.text == SCRIPT
    assert "content-encoding" not in plain.headers


def test_a_file_is_kept_for_ever_and_the_page_never(browser: TestClient) -> None:
    assert "immutable" in browser.get("/assets/inter-1a2b.woff2").headers["cache-control"]
    assert browser.get("/inbox/3/new/42").headers["cache-control"] == "no-cache"
    assert browser.get("/assets/none.js", headers={"accept-encoding": "gzip"}).status_code == 404


def test_a_page_is_named_by_its_last_script(tmp_path: Path) -> None:
    assert pages.name_of(tmp_path) == ""
    scripts = '<script type="module" crossorigin src="/assets/vue-1.js"></script>\n<script src="/assets/desk-1a2b.js">'
    (tmp_path / "index.html").write_text(scripts)
    assert pages.name_of(tmp_path) == "/assets/desk-1a2b.js"


def test_nothing_beside_the_page_is_given_out(browser: TestClient) -> None:
    for path in ("/..%2fsecret", "/assets/..%2f..%2fsecret", "/%2e%2e/secret"):
        assert browser.get(path).text != "no"
