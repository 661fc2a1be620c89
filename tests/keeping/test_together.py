"""Whoever makes a desk on PostgreSQL does it alone; who comes meanwhile waits and finds it made."""

import threading

import pytest
from sqlalchemy import text

from elbowroom.kit.stores import forming, postgres
from tests.cast import eventually
from tests.engines import Postgres

pytestmark = pytest.mark.slow
WAITS = text("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()")


def test_a_server_that_starts_during_a_move_waits_and_finds_the_desk(postgres_server: Postgres) -> None:
    url = postgres_server.new_database()
    mover, server, observer = (postgres.engine(url, 1, writes=writes) for writes in (True, True, False))
    failed = list[Exception]()

    def start() -> None:
        try:
            forming.migrate(server)
        except Exception as wrong:  # noqa: BLE001  looked at below
            failed.append(wrong)

    starting = threading.Thread(target=start)
    with forming.making(mover) as connection:
        forming.migrate_within(connection)
        starting.start()
        with observer.connect().execution_options(isolation_level="AUTOCOMMIT") as looking:
            eventually(lambda: looking.execute(WAITS).scalar(), "the server waits")
    starting.join(20)
    assert not failed
    assert forming.is_current(observer)
    for engine in (mover, server, observer):
        engine.dispose()
