"""Whether the code before a migration bears it: while servers are upgraded one by one, both share a store."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from alembic.operations import ops
from alembic.operations.base import AbstractOperations

TAKES_AWAY = re.compile(r"\b(drop|rename|not\s+null|set\s+data\s+type|truncate)\b", re.IGNORECASE)


@contextmanager
def recorded() -> Iterator[list[Any]]:
    """What migrations ask of the store meanwhile; it is carried out as well."""
    asked: list[Any] = []
    real = AbstractOperations.invoke

    def invoke(self: AbstractOperations, operation: Any) -> Any:
        asked.append(operation)
        return real(self, operation)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(AbstractOperations, "invoke", invoke)
        yield asked


def unbearable(asked: list[Any]) -> list[str]:
    """What former code would stumble over, each in a few words. Tables that are new with it are its own affair."""
    new = {one.table_name for one in asked if isinstance(one, ops.CreateTableOp)}
    told = [(one, _words(one)) for one in asked]
    return [words for one, words in told if words and getattr(one, "table_name", None) not in new]


def _words(one: Any) -> str:
    where = f"{getattr(one, 'table_name', '')}.{getattr(one, 'column_name', '')}"
    if isinstance(one, ops.DropTableOp | ops.DropColumnOp | ops.RenameTableOp):
        return f"{type(one).__name__} {where}: former code still reads it"
    if isinstance(one, ops.AlterColumnOp):
        tight = one.modify_nullable is False or one.modify_name is not None or one.modify_type is not None
        return f"AlterColumnOp {where}: former code knows it as it was" if tight else ""
    if isinstance(one, ops.AddColumnOp):
        bare = not one.column.nullable and one.column.server_default is None
        return f"AddColumnOp {one.table_name}.{one.column.name}: former code writes rows without it" if bare else ""
    tighter = ops.CreateUniqueConstraintOp | ops.CreateCheckConstraintOp | ops.CreateForeignKeyOp
    if isinstance(one, tighter) or (isinstance(one, ops.CreateIndexOp) and one.unique):
        return f"{type(one).__name__} {where}: former code may write what it forbids"
    if isinstance(one, ops.ExecuteSQLOp) and TAKES_AWAY.search(str(one.sqltext)):
        return f"{str(one.sqltext)[:60]}: former code knows it as it was"
    return ""
