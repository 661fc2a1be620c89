from elbowroom.people import customers

from .conftest import Desk


def test_nora_is_one_customer_however_she_writes_her_address(empty_desk: Desk) -> None:
    first = empty_desk.write(lambda tx: customers.find_or_make(tx, "Nora@customer.example", "Nora  Ellis"))
    again = empty_desk.write(lambda tx: customers.find_or_make(tx, "nora@CUSTOMER.example", "N."))
    assert first == again
    nora = empty_desk.read(lambda read: customers.customer(read, first))
    assert nora == {"id": first, "name": "Nora Ellis", "email": "Nora@customer.example", "phone": None}


def test_whoever_gives_no_name_is_called_by_her_address(empty_desk: Desk) -> None:
    id = empty_desk.write(lambda tx: customers.find_or_make(tx, "tom@customer.example"))
    assert empty_desk.read(lambda read: customers.customer(read, id))["name"] == "tom"
