"""Each socket is an open file, and a shell's soft limit is often a thousand."""

import resource
from collections.abc import Iterator

import pytest

from elbowroom.kit.open_files import raise_limit

SOFT = 512


@pytest.fixture
def few() -> Iterator[int]:
    """A low soft limit; returns the hard one."""
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (SOFT, before[1]))
    yield before[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, before)


def test_the_soft_limit_is_raised_to_the_hard_one(few: int) -> None:
    assert raise_limit() == few
    assert resource.getrlimit(resource.RLIMIT_NOFILE)[0] == few


def test_where_the_system_refuses_the_soft_one_holds(few: int, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuses(*_: object) -> None:
        raise ValueError("current limit exceeds maximum limit")

    monkeypatch.setattr(resource, "setrlimit", refuses)
    held = raise_limit()
    monkeypatch.undo()
    assert held == SOFT
