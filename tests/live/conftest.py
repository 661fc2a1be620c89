import pytest

from tests.cast import Desk, Nora, eventually


@pytest.fixture
def ticket(desk: Desk, nora: Nora) -> int:
    """Nora's lamp, long enough ago that the feed has told of it: no echo of its opening disturbs a count."""
    ticket = nora.writes()
    newest = desk.facts(f"ticket/{ticket}")[-1]["position"]
    eventually(lambda: desk.has_told(newest), "the feed has passed it")
    return ticket
