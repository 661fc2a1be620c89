import re

import pytest

from elbowroom.kit.mail import ids

SECRET = b"a secret of thirty-two bytes....."


def test_an_id_leads_back_to_its_row_and_stays_the_same():
    made = ids.make(SECRET, "m42", "desk.example")
    assert re.fullmatch(r"<er\.m42\.[a-z2-7]{24}@desk\.example>", made)
    assert ids.make(SECRET, "m42", "desk.example") == made
    assert ids.read(SECRET, made) == "m42"


@pytest.mark.parametrize(
    "change",
    [
        lambda made: made.strip("<>"),
        lambda made: made.upper(),
        lambda made: f"  {made} ",
        lambda made: made.replace("desk.example", "rewritten.example"),
    ],
)
def test_what_mailers_do_to_an_id(change):
    assert ids.read(SECRET, change(ids.make(SECRET, "m42", "desk.example"))) == "m42"


@pytest.mark.parametrize(
    "change",
    [
        lambda made: made.replace("m42", "m43"),
        lambda made: made.replace("er.m42.", "er.m42.a")[:-1],
        lambda made: made.replace("er.", "re."),
        lambda made: re.sub(r"\.[a-z2-7]{24}@", "." + "a" * 24 + "@", made),
        lambda made: re.sub(r"\.[a-z2-7]{24}@", ".@", made),
        lambda made: made.split("@")[0],
        lambda made: made + made,
        lambda made: made.replace("@", "@a@"),
        lambda made: made.replace("m42", "m4\u0662"),
        lambda made: "",
    ],
)
def test_a_forged_id_leads_nowhere(change):
    assert ids.read(SECRET, change(ids.make(SECRET, "m42", "desk.example"))) is None


def test_another_secret_another_id():
    made = ids.make(b"another secret", "m42", "desk.example")
    assert ids.read(SECRET, made) is None


@pytest.mark.parametrize("row", ["", "A", "a.b", "a b", "a@b", "a\r\nBcc: x", "ü", "x" * 41])
def test_a_row_that_a_mailer_would_change_is_refused(row):
    with pytest.raises(ValueError, match="row"):
        ids.make(SECRET, row, "desk.example")


@pytest.mark.parametrize("domain", ["", "a b", "a>b", "a\r\nb", "ü.example"])
def test_a_domain_that_is_none_is_refused(domain):
    with pytest.raises(ValueError, match="domain"):
        ids.make(SECRET, "m42", domain)


def test_no_secret_signs_nothing():
    with pytest.raises(ValueError, match="secret"):
        ids.make(b"", "m42", "desk.example")


def test_a_plus_address_leads_back_to_its_row():
    address = ids.plus_address(SECRET, "c7", "Support+de@desk.example")
    assert re.fullmatch(r"Support\+de\+c7\.[a-z2-7]{24}@desk\.example", address)
    assert ids.read_plus(SECRET, address) == ids.read_plus(SECRET, address.upper()) == "c7"
    assert ids.read_plus(SECRET, address.replace("c7", "c8")) is None
    assert ids.read_plus(SECRET, "support@desk.example") is None


def test_the_signature_of_one_kind_is_none_of_the_other():
    signature = ids.make(SECRET, "c7", "x.example").split(".")[2].split("@")[0]
    assert ids.read_plus(SECRET, f"a+c7.{signature}@x.example") is None


def test_an_address_too_long_for_a_plus_says_so():
    with pytest.raises(ValueError, match="no room"):
        ids.plus_address(SECRET, "c7", "x" * 40 + "@desk.example")
