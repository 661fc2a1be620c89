import pytest

from elbowroom.kit.clock import TravelClock
from elbowroom.kit.problems import Refused
from elbowroom.kit.vault import Vault
from elbowroom.people import guessing
from elbowroom.people.guessing import Guessing, Limit, device_sign, known_device

TWO = Limit(burst=2, each=10.0)


def test_a_bucket_fills_again_with_time_and_never_beyond_its_rim() -> None:
    clock = TravelClock()
    guesses = Guessing(clock)
    for _ in range(2):
        guesses.spend("key", TWO)
    with pytest.raises(Refused) as refused:
        guesses.spend("key", TWO)
    assert refused.value.extra == {"retry_after": 10}
    clock.travel(1000)
    for _ in range(2):
        guesses.spend("key", TWO)
    with pytest.raises(Refused):
        guesses.spend("key", TWO)
    guesses.spend("another key", TWO)


def test_what_is_given_back_can_be_spent_again() -> None:
    guesses = Guessing(TravelClock())
    for _ in range(5):
        guesses.spend("key", TWO)
        guesses.give_back("key", TWO)


def test_memory_is_bounded_whatever_strangers_try(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guessing, "MOST", 100)
    guesses = Guessing(TravelClock())
    for key in range(1000):
        guesses.spend(key, TWO)
    assert len(guesses._left) <= 100


def test_a_browsers_sign_holds_for_its_address_and_key_alone() -> None:
    vault = Vault("one")
    sign = device_sign(vault, "Bianca@desk.example")
    assert known_device(vault, "bianca@desk.example", sign)
    assert known_device(vault, "hanna@desk.example", sign) is None
    assert known_device(Vault("two"), "bianca@desk.example", sign) is None
    for wrong in (None, "", ".", "x", sign + "0", "." + sign, "é.é"):
        assert known_device(vault, "bianca@desk.example", wrong) is None
