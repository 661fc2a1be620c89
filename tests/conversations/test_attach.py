"""Files: uploaded first, claimed by the message that goes with them, given out as downloads and nothing else."""

import io

import pytest
from PIL import Image

from tests.cast import Desk, Nora, Person


def picture() -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (5, 3), "red").save(made, "PNG")
    return made.getvalue()


def test_a_file_goes_with_a_reply_and_comes_out_as_it_went_in(bianca: Person, hanna: Person, ticket: int) -> None:
    file = bianca.uploads(b"\x00 hello", "manual.pdf", "application/pdf").ok()
    message = bianca.replies(ticket, "See the manual.", attachments=[file["id"]]).ok()["message"]
    assert message["attachments"] == [
        {"id": file["id"], "name": "manual.pdf", "size": 7, "type": "application/pdf", "image": False}
    ]
    got = hanna.get(f"/attachments/{file['id']}").ok()
    assert got.body == b"\x00 hello"
    assert got.headers["content-type"] == "application/octet-stream"
    assert got.headers["content-disposition"].startswith("attachment;")
    assert got.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in got.headers["content-security-policy"]


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../etc/passwd", "passwd"),
        ("..\\evil.exe", "evil.exe"),
        ("Rechnung Ä.pdf", "Rechnung Ä.pdf"),
        ("发票.pdf", "发票.pdf"),
        ("inv\u202efdp.exe", "invfdp.exe"),
        ("...", "file"),
    ],
)
def test_a_name_is_only_a_name(bianca: Person, name: str, shown: str) -> None:
    file = bianca.uploads(b"x", name).ok()
    assert file["name"] == shown
    header = bianca.get(f"/attachments/{file['id']}").headers["content-disposition"]
    assert header.isascii()
    assert not {"\r", "\n", '"', "/"} & set(header.removeprefix("attachment; filename*=UTF-8''"))


def test_pictures_are_shown_anew_and_nothing_else_is(bianca: Person) -> None:
    real = bianca.uploads(picture(), "red.png", "image/png").ok()["id"]
    shown = bianca.get(f"/attachments/{real}/image").ok()
    assert shown.headers["content-type"] == "image/png"
    assert Image.open(io.BytesIO(shown.body)).size == (5, 3)
    for content, kind in ((b"<svg onload='alert(1)'/>", "image/svg+xml"), (b"<script>", "image/png")):
        wrong = bianca.uploads(content, "x.png", kind).ok()["id"]
        assert bianca.get(f"/attachments/{wrong}/image").problem == "not-an-image"


def test_an_upload_is_its_uploaders_until_it_was_sent(bianca: Person, hanna: Person, ticket: int) -> None:
    file = bianca.uploads(picture()).ok()["id"]
    assert hanna.get(f"/attachments/{file}").status == 404
    assert hanna.notes(ticket, "Mine.", attachments=[file]).problem == "bad-request"
    assert bianca.notes(ticket, "Mine.", attachments=[file]).status == 201
    assert hanna.get(f"/attachments/{file}").status == 200


def test_a_file_goes_with_one_message_alone(bianca: Person, ticket: int) -> None:
    file = bianca.uploads(picture()).ok()["id"]
    bianca.notes(ticket, "Once.", attachments=[file]).ok()
    assert bianca.notes(ticket, "Twice.", attachments=[file]).problem == "bad-request"
    assert bianca.replies(ticket, "Thrice.", attachments=[999_999]).problem == "bad-request"
    assert [one["text"] for one in bianca.messages(ticket)][1:] == ["Once."]  # all of it or nothing


def test_a_message_has_at_most_twenty_files(bianca: Person, ticket: int) -> None:
    files = [bianca.uploads(b"x", f"{number}.txt").ok()["id"] for number in range(21)]
    assert bianca.notes(ticket, "All.", attachments=files).problem == "bad-request"
    assert len(bianca.notes(ticket, "All.", attachments=files[:20]).ok()["message"]["attachments"]) == 20


def test_the_files_of_a_reply_taken_back_are_hers_again(bianca: Person, hanna: Person, nora: Nora) -> None:
    ticket = nora.writes(inbox="Post")
    file = bianca.uploads(picture()).ok()["id"]
    number = bianca.replies(ticket, "Look.", attachments=[file])["message"]["number"]
    assert hanna.get(f"/attachments/{file}").status == 200
    assert bianca.withdraws(ticket, number).ok()["attachments"] == [file]
    assert hanna.get(f"/attachments/{file}").status == 404
    assert bianca.replies(ticket, "Look now.", attachments=[file]).status == 201


def test_more_than_25_mebibytes_are_refused_in_words(bianca: Person) -> None:
    assert bianca.uploads(b"x" * (25 * 1024 * 1024 + 1)).problem == "too-large"
    assert bianca.uploads(b"x" * (31 * 1024 * 1024)).problem == "too-large"


def test_a_stranger_stores_nothing(desk: Desk) -> None:
    before = sorted(desk.config.data_dir.glob("files/*/*"))
    assert desk.stranger().uploads(b"spam").status == 401
    assert sorted(desk.config.data_dir.glob("files/*/*")) == before


def test_a_file_is_named_once(bianca: Person, ticket: int) -> None:
    file = bianca.uploads(b"PNG").ok()["id"]
    for refused in (
        bianca.notes(ticket, "See this.", attachments=[file, file]),
        bianca.schedules(ticket, "See this.", 60, attachments=[file, file]),
        bianca.notes(ticket, "See this.", attachments=[file, 4711]),
    ):
        assert (refused.status, "unused upload" in refused["detail"]) == (422, True)
    bianca.notes(ticket, "See this.", attachments=[file]).ok()
    assert bianca.notes(ticket, "And this.", attachments=[file]).status == 422
