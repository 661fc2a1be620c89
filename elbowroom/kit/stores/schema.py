"""A PostgreSQL database as a whole: whether a desk works with it, and how what lies there is put aside."""

from sqlalchemy import Connection, text

_others = text(
    "SELECT count(*) FROM pg_stat_activity"
    " WHERE datname = current_database() AND application_name = 'elbowroom' AND pid <> pg_backend_pid()"
)
_lying_here = text("""
WITH bound AS (SELECT objid FROM pg_depend WHERE deptype IN ('a', 'i', 'e'))
SELECT 'TABLE ' || CAST(oid AS regclass) FROM pg_class
WHERE relkind = 'r' AND relnamespace = CAST(current_schema() AS regnamespace) AND oid NOT IN (SELECT objid FROM bound)
UNION ALL
SELECT 'SEQUENCE ' || CAST(oid AS regclass) FROM pg_class
WHERE relkind = 'S' AND relnamespace = CAST(current_schema() AS regnamespace) AND oid NOT IN (SELECT objid FROM bound)
UNION ALL
SELECT 'ROUTINE ' || CAST(oid AS regprocedure) FROM pg_proc
WHERE pronamespace = CAST(current_schema() AS regnamespace) AND oid NOT IN (SELECT objid FROM bound)
""")  # bound: a table's own sequence goes with it, and what an extension made is not ours


def is_served(connection: Connection) -> bool:
    """True while another process of the desk is connected to this database."""
    return bool(connection.execute(_others).scalar())


def put_aside(connection: Connection, schema: str) -> bool:
    """Moves all that lies in the current schema of PostgreSQL into one of that name; False where nothing does."""
    moved = connection.execute(_lying_here).scalars().all()
    if moved:
        connection.execute(text(f'CREATE SCHEMA "{schema}"'))
    for one in moved:
        connection.execute(text(f'ALTER {one} SET SCHEMA "{schema}"'))
    return bool(moved)
