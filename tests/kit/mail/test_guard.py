import pytest

from elbowroom.kit.mail import guard
from elbowroom.kit.mail.errors import Forbidden, Unreachable


def to(*addresses: str) -> guard.Resolver:
    return lambda host, port: list(addresses)


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8"])
def test_a_public_address_is_pinned(address):
    assert guard.allowed("mail.example", 993, resolve=to(address)) == address.removeprefix("::ffff:")


@pytest.mark.parametrize(
    "address",
    """127.0.0.1 127.8.8.8 0.0.0.0 10.1.2.3 172.16.0.1 192.168.1.1 169.254.169.254 100.64.0.1 192.0.0.1 192.0.2.1
    198.18.0.1 198.51.100.1 203.0.113.1 224.0.0.1 239.1.1.1 240.0.0.1 255.255.255.255 192.88.99.1
    :: ::1 ::127.0.0.1 ::ffff:127.0.0.1 ::ffff:10.0.0.1 ::ffff:169.254.169.254 64:ff9b::127.0.0.1 64:ff9b::8.8.8.8
    64:ff9b:1::1 100::1 2001::1 2001:db8::1 2002:7f00:1:: 2002:808:808::1 3fff::1 5f00::1 fc00::1 fd00::1 fe80::1
    fe80::1%eth0 fec0::1 ff02::1 4000::1""".split(),
)
def test_every_other_address_is_refused(address):
    with pytest.raises(Forbidden, match=r"mail\.example leads to"):
        guard.allowed("mail.example", 993, resolve=to(address))


def test_a_listed_network_is_allowed_and_only_it():
    assert guard.allowed("mail.lan", 25, ["10.0.0.0/8"], to("10.1.2.3")) == "10.1.2.3"
    assert guard.allowed("mail.lan", 25, ["10.0.0.0/8"], to("::ffff:10.1.2.3")) == "10.1.2.3"
    assert guard.allowed("mail.lan", 25, ["fd00::/8", "127.0.0.0/8"], to("127.0.0.1")) == "127.0.0.1"
    with pytest.raises(Forbidden):
        guard.allowed("mail.lan", 25, ["10.0.0.0/8"], to("192.168.1.1"))


def test_of_several_addresses_only_an_allowed_one_is_taken():
    assert guard.allowed("mail.example", 25, resolve=to("127.0.0.1", "10.0.0.1", "8.8.8.8")) == "8.8.8.8"


@pytest.mark.parametrize(
    "host", ["localhost", "127.0.0.1", "127.1", "0x7f.1", "2130706433", "0177.0.0.1", "[::1]", "::1"]
)
def test_this_machine_by_any_spelling(host):
    with pytest.raises((Forbidden, Unreachable)):
        guard.allowed(host, 25)


def test_a_name_is_looked_up_once():
    asked = []

    def resolve(host: str, port: int) -> list[str]:
        asked.append(host)
        return ["8.8.8.8"]

    guard.allowed("mail.example", 25, resolve=resolve)
    assert asked == ["mail.example"]


@pytest.mark.parametrize("port", [0, -1, 65536])
def test_a_port_that_is_none(port):
    with pytest.raises(Forbidden, match="port"):
        guard.allowed("mail.example", port, resolve=to("8.8.8.8"))


@pytest.mark.parametrize("host", ["", "no such host.invalid", "x" * 300, "a\0b"])
def test_a_name_that_leads_nowhere(host):
    with pytest.raises((Unreachable, Forbidden)):
        guard.allowed(host, 25)
